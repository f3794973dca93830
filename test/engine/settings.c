// What chooses a lock keeps its value, however it is asked.
// RUN: %verify %s
#include <ntddk.h>

enum Method { None, Region, Count, Write, Read };
static enum Method Chosen;
static LONG Rounds;
VOID beforeRead(VOID);
VOID beforeWrite(VOID);
VOID beforeCount(VOID);
VOID afterRead(VOID);
VOID afterWrite(VOID);
VOID afterCount(VOID);
VOID choose(enum Method M) { Chosen = M; }

int worker_good(VOID) {
  for (LONG I = 0; I < Rounds; I++) {
    switch (Chosen) {
    case Read: beforeRead(); break;
    case Write: beforeWrite(); break;
    case Count: beforeCount(); break;
    case Region: KeEnterCriticalRegion(); break;
    }
    switch (Chosen) {
    case Read: afterRead(); break;
    case Write: afterWrite(); break;
    case Count: afterCount(); break;
    case Region: KeLeaveCriticalRegion(); break;
    }
  }
  return 0;
}
int worker_bad(VOID) {
  for (LONG I = 0; I < Rounds; I++) {
    switch (Chosen) {
    case Read: beforeRead(); break;
    case Write: beforeWrite(); break;
    case Count: KeEnterCriticalRegion(); break;
    case Region: KeEnterCriticalRegion(); break;
    }
    switch (Chosen) {
    case Read: afterRead(); break;
    case Write: afterWrite(); break;
    case Count: afterCount(); break;
    case Region: KeLeaveCriticalRegion(); break;
    }
  }
  return 0; // expected-warning {{'worker_bad' returns in a critical region, entered by 'KeEnterCriticalRegion'}}
}

// A member that the lock lies behind, through a local copy.
typedef struct _MAP {
  FAST_MUTEX Change;
  ULONG Flags;
} MAP;
typedef struct _DEVICE {
  MAP *Map;
} DEVICE;
VOID complain(DEVICE *D, const char *Text);
int work(DEVICE *D);
static VOID lockMap(DEVICE *D) {
  MAP *M = D->Map;
  if (!M) {
    complain(D, "no map");
    return;
  }
  ExAcquireFastMutex(&M->Change);
  M->Flags |= 2;
}
static VOID unlockMap(DEVICE *D) {
  MAP *M = D->Map;
  if (!M) {
    complain(D, "no map");
    return;
  }
  M->Flags &= ~2u;
  ExReleaseFastMutex(&M->Change);
}
int run_good(DEVICE *D) {
  lockMap(D);
  int Result = work(D);
  unlockMap(D);
  return Result;
}
int run_bad(DEVICE *D) {
  lockMap(D);
  int Result = work(D);
  if (Result < 0)
    return Result; // expected-warning {{fast mutex 'M->Change' is still held when 'run_bad' returns}}
  unlockMap(D);
  return Result;
}

// An object that one way initializes is initialized where the ways meet.
typedef struct _PART {
  PIRP Irp;
  PKEVENT Done;
} PART;
PART *allocatePart(VOID);
VOID submit(PART *P, ULONG Size);
NTSTATUS send_good(PIRP Irp, ULONG Total) {
  KEVENT Event;
  ULONG I, Size, Parts = (Total - 1) / 4096 + 1, Last = Total % 4096;
  if (Last == 0)
    Last = 4096;
  for (I = 0; I < Parts; I++) {
    PART *P = allocatePart();
    Size = I == Parts - 1 ? Last : 4096;
    if (P == NULL)
      return STATUS_INSUFFICIENT_RESOURCES;
    if (Irp != NULL) {
      P->Irp = Irp;
    } else {
      KeInitializeEvent(&Event, NotificationEvent, FALSE);
      P->Done = &Event;
    }
    submit(P, Size);
    if (Irp == NULL)
      KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
  }
  return STATUS_SUCCESS;
}
NTSTATUS send_bad(PIRP Irp) {
  KEVENT Event;
  if (Irp != NULL)
    KeInitializeEvent(&Event, NotificationEvent, FALSE);
  if (Irp == NULL)
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'Event' is used by 'KeWaitForSingleObject' before it is initialized}}
  return STATUS_SUCCESS;
}
