// What reading the findings in real drivers taught: the false ones here are silent, and what
// is wrong in the same shape is still told.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _NONPAGED {
  FAST_MUTEX Mutex;
} NONPAGED;

//===--- a lock that counts its owner, next to a union ----------------------------------===//

typedef struct _FCB {
  union {
    FSRTL_ADVANCED_FCB_HEADER Header;
    LIST_ENTRY Links;
  };
  NONPAGED *NonPaged;
  PVOID Owner;
  ULONG Count;
} FCB;
typedef struct _VCB {
  FCB *Volume;
  ULONG Flags;
} VCB;

VOID fill(VCB *Vcb);

VOID count_good(VCB *Vcb) {
  FCB *F;
  fill(Vcb);
  F = Vcb->Volume;
  F->Header.ValidDataLength.QuadPart = 0;
  if (F->Owner != PsGetCurrentThread()) {
    ExAcquireFastMutex(&F->NonPaged->Mutex);
    NT_ASSERT(F->Count == 0);
    F->Owner = PsGetCurrentThread();
  }
  F->Count += 1;
  F->Count -= 1;
  if (F->Count == 0) {
    F->Owner = NULL;
    ExReleaseFastMutex(&F->NonPaged->Mutex);
  }
}

VOID count_bad(VCB *Vcb) {
  FCB *F;
  fill(Vcb);
  F = Vcb->Volume;
  F->Header.ValidDataLength.QuadPart = 0;
  if (F->Owner != PsGetCurrentThread()) {
    ExAcquireFastMutex(&F->NonPaged->Mutex); // expected-note 0+ {{}}
    NT_ASSERT(F->Count == 0); // expected-note 0+ {{}}
    F->Owner = PsGetCurrentThread();
  }
  F->Count += 1;
  if (Vcb->Flags) // expected-note 0+ {{}}
    return; // expected-warning {{fast mutex 'F->NonPaged->Mutex' is still held when 'count_bad' returns}} expected-note 0+ {{}}
  F->Count -= 1;
  if (F->Count == 0) {
    F->Owner = NULL;
    ExReleaseFastMutex(&F->NonPaged->Mutex);
  }
}

//===--- what was tested after a release is known until the next one --------------------===//

typedef struct _ADAPTER {
  KSPIN_LOCK Queue[16], Whole;
  ULONG Queues, Vectors;
  KIRQL Irql;
} ADAPTER;

static ULONG indexOf(ADAPTER *A, ULONG Id) {
  if (A->Vectors)
    return Id - 1;
  return Id;
}
static VOID lockQueue(ADAPTER *A, ULONG Id) {
  if (A->Queues > 1) {
    ULONG I = indexOf(A, Id);
    KeAcquireSpinLock(&A->Queue[I], &A->Irql);
  } else {
    KeAcquireSpinLock(&A->Whole, &A->Irql);
  }
}
static VOID unlockQueue(ADAPTER *A, ULONG Id) {
  if (A->Queues > 1) {
    ULONG I = indexOf(A, Id);
    KeReleaseSpinLock(&A->Queue[I], A->Irql);
  } else {
    KeReleaseSpinLock(&A->Whole, A->Irql);
  }
}
VOID queues_good(ADAPTER *A) {
  for (ULONG Q = 0; Q < 3; ++Q) {
    lockQueue(A, Q);
    unlockQueue(A, Q);
  }
}
VOID queues_bad(ADAPTER *A) {
  for (ULONG Q = 0; Q < 3; ++Q) {
    lockQueue(A, Q); // expected-note 0+ {{}}
    if (A->Vectors == Q) // expected-note 0+ {{}}
      return; // expected-warning {{is still held when 'queues_bad' returns}} expected-note 0+ {{}}
    unlockQueue(A, Q);
  }
}

//===--- an object of another type points back ------------------------------------------===//

typedef struct _DEVICE {
  ERESOURCE Lock;
  struct _VOLUME *Volume;
  struct _DEVICE *Parent;
  ULONG Children;
} DEVICE;
typedef struct _VOLUME {
  DEVICE *Device;
} VOLUME;

static VOID removeChild(VOLUME *V) {
  DEVICE *D = V->Device;
  --D->Children;
  ExReleaseResourceLite(&D->Lock);
}
IO_WORKITEM_ROUTINE back_good;
VOID back_good(PDEVICE_OBJECT Object, PVOID Context) {
  DEVICE *D = Context;
  (void)Object;
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&D->Lock, TRUE);
  removeChild(D->Volume);
  KeLeaveCriticalRegion();
}
IO_WORKITEM_ROUTINE parent_bad;
VOID parent_bad(PDEVICE_OBJECT Object, PVOID Context) {
  DEVICE *D = Context;
  (void)Object;
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&D->Lock, TRUE); // expected-note 0+ {{}}
  D = D->Parent;
  ExReleaseResourceLite(&D->Lock); // expected-warning {{the pointer has moved on from the object whose lock is held}} expected-note 0+ {{}}
  KeLeaveCriticalRegion();
} // expected-warning 0+ {{}} expected-note 0+ {{}}

//===--- "acquired shared" is said of an exclusive owner, too ---------------------------===//

VOID query_good(DEVICE *D) {
  BOOLEAN Locked = FALSE;
  if (!ExIsResourceAcquiredSharedLite(&D->Lock)) {
    ExAcquireResourceSharedLite(&D->Lock, TRUE);
    Locked = TRUE;
  }
  ++D->Children;
  if (Locked)
    ExReleaseResourceLite(&D->Lock);
  ExAcquireResourceExclusiveLite(&D->Lock, TRUE);
  --D->Children;
  ExReleaseResourceLite(&D->Lock);
}
VOID query_bad(DEVICE *D) {
  ExAcquireResourceSharedLite(&D->Lock, TRUE); // expected-note 0+ {{}}
  ++D->Children;
  ExAcquireResourceExclusiveLite(&D->Lock, TRUE); // expected-warning {{is held shared and is acquired exclusively}} expected-note 0+ {{}}
  --D->Children;
  ExReleaseResourceLite(&D->Lock);
  ExReleaseResourceLite(&D->Lock);
}

//===--- assertions with names of their own ---------------------------------------------===//

VOID DriverAssert(BOOLEAN Holds, ULONG Line);
#define MY_ASSERT(E) DriverAssert((E) ? TRUE : FALSE, __LINE__)

static VOID stopUnless(BOOLEAN Holds, ULONG Line) {
  if (!Holds)
    KeBugCheckEx(0xabc, Line, 0, 0, 0);
}
VOID complain(BOOLEAN Holds, ULONG Line);

VOID assert_good(ADAPTER *A) {
  MY_ASSERT(KeGetCurrentIrql() == DISPATCH_LEVEL);
  KeAcquireSpinLockAtDpcLevel(&A->Whole);
  ++A->Vectors;
  KeReleaseSpinLockFromDpcLevel(&A->Whole);
}
VOID assert_own_good(ADAPTER *A) {
  stopUnless(KeGetCurrentIrql() == DISPATCH_LEVEL ? TRUE : FALSE, __LINE__);
  KeAcquireSpinLockAtDpcLevel(&A->Whole);
  ++A->Vectors;
  KeReleaseSpinLockFromDpcLevel(&A->Whole);
}
VOID assert_bad(ADAPTER *A) {
  complain(KeGetCurrentIrql() >= DISPATCH_LEVEL ? TRUE : FALSE, __LINE__); // expected-note 0+ {{}}
  KeAcquireSpinLockAtDpcLevel(&A->Whole); // expected-warning {{below its minimum DISPATCH_LEVEL}} expected-note 0+ {{}}
  ++A->Vectors;
  KeReleaseSpinLockFromDpcLevel(&A->Whole); // expected-warning 0+ {{}} expected-note 0+ {{}}
}

//===--- an entry point whose caller holds the lock that counts its owner ---------------===//

FAST_IO_QUERY_BASIC_INFO owner_good;
BOOLEAN owner_good(PFILE_OBJECT File, BOOLEAN Wait, PFILE_BASIC_INFORMATION Buffer,
                   PIO_STATUS_BLOCK Status, PDEVICE_OBJECT Device) {
  FCB *F = File->FsContext;
  PVOID Thread = PsGetCurrentThread();
  (void)Wait, (void)Buffer, (void)Status, (void)Device;
  if (Thread != F->Owner) {
    ExAcquireFastMutex(&F->NonPaged->Mutex);
    NT_ASSERT(F->Count == 0);
    F->Owner = Thread;
  }
  F->Count += 1;
  F->Count -= 1;
  if (F->Count == 0) {
    F->Owner = NULL;
    ExReleaseFastMutex(&F->NonPaged->Mutex);
  }
  return TRUE;
}
FAST_IO_QUERY_BASIC_INFO owner_bad;
BOOLEAN owner_bad(PFILE_OBJECT File, BOOLEAN Wait, PFILE_BASIC_INFORMATION Buffer,
                  PIO_STATUS_BLOCK Status, PDEVICE_OBJECT Device) {
  FCB *F = File->FsContext;
  (void)Wait, (void)Buffer, (void)Status, (void)Device;
  F->Count -= 1;
  if (F->Count == 0) { // expected-note 0+ {{}}
    F->Owner = NULL;
    ExReleaseFastMutex(&F->NonPaged->Mutex); // expected-warning {{was not acquired on this path}} expected-note 0+ {{}}
  }
  return TRUE;
}

//===--- a lock that is taken again ends the path ----------------------------------------===//

VOID again_bad(ADAPTER *A, PKSPIN_LOCK Second) {
  KIRQL Irql, Inner;
  KeAcquireSpinLock(&A->Whole, &Irql); // expected-note 0+ {{}}
  if (A->Vectors) // expected-note 0+ {{}}
    KeAcquireSpinLock(&A->Whole, &Inner); // expected-warning {{is acquired again}} expected-note 0+ {{}}
  // (What would follow is not told again: the thread never comes here.)
  KeAcquireSpinLockAtDpcLevel(Second);
  KeReleaseSpinLockFromDpcLevel(Second);
  KeReleaseSpinLock(&A->Whole, Irql);
}

//===--- locks of a set, next to one that was taken by itself -----------------------------===//

typedef struct _FILE_SET {
  ERESOURCE Own;
  LIST_ENTRY Files;
} FILE_SET;
typedef struct _FILE_OF_SET {
  LIST_ENTRY Link;
  PERESOURCE Resource;
} FILE_OF_SET;
FILE_OF_SET *nextFile(FILE_SET *S, FILE_OF_SET *Last);

DRIVER_DISPATCH set_good, set_bad;
NTSTATUS set_good(PDEVICE_OBJECT Device, PIRP Irp) {
  FILE_SET *S = Device->DeviceExtension;
  FILE_OF_SET *F = NULL;
  (void)Irp;
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&S->Own, TRUE);
  while ((F = nextFile(S, F)) != NULL)
    ExAcquireResourceExclusiveLite(F->Resource, TRUE);
  F = NULL;
  while ((F = nextFile(S, F)) != NULL)
    ExReleaseResourceLite(F->Resource);
  ExReleaseResourceLite(&S->Own);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
NTSTATUS set_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  FILE_SET *S = Device->DeviceExtension;
  FILE_OF_SET *F = NULL;
  (void)Irp;
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&S->Own, TRUE);
  while ((F = nextFile(S, F)) != NULL) // expected-note 0+ {{}}
    ExAcquireResourceExclusiveLite(F->Resource, TRUE);
  F = NULL;
  while ((F = nextFile(S, F)) != NULL) // expected-note 0+ {{}}
    ExReleaseResourceLite(F->Resource);
  ExReleaseResourceLite(&S->Own); // expected-note 0+ {{}}
  ExReleaseResourceLite(&S->Own); // expected-warning {{was released before}}
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}

//===--- a store next to the lock of one element of many ---------------------------------===//

typedef struct _SESSION {
  PVOID Owner;
  PKSPIN_LOCK Lock;
} SESSION;
typedef struct _SESSIONS {
  ULONG Count;
  SESSION All[8];
} SESSIONS;
typedef struct _PORT {
  SESSIONS *S;
  ULONG Id;
} PORT;
KDEFERRED_ROUTINE element_good, element_bad;
VOID element_good(PKDPC Dpc, PVOID Context, PVOID A1, PVOID A2) {
  PORT *P = Context;
  SESSIONS *S = P->S;
  (void)Dpc, (void)A1, (void)A2;
  if (S->All[P->Id].Owner == NULL)
    return;
  KeAcquireSpinLockAtDpcLevel(S->All[P->Id].Lock);
  S->All[P->Id].Owner = NULL;
  KeReleaseSpinLockFromDpcLevel(S->All[P->Id].Lock);
}
VOID element_bad(PKDPC Dpc, PVOID Context, PVOID A1, PVOID A2) {
  PORT *P = Context;
  SESSIONS *S = P->S;
  (void)Dpc, (void)A1, (void)A2;
  KeAcquireSpinLockAtDpcLevel(S->All[P->Id].Lock); // expected-note 0+ {{}}
  S->All[P->Id].Owner = NULL;
  if (S->Count == 0) // expected-note 0+ {{}}
    return; // expected-warning {{is still held}} expected-note 0+ {{}}
  KeReleaseSpinLockFromDpcLevel(S->All[P->Id].Lock);
}

//===--- a resource that is given up elsewhere ---------------------------------------------===//

typedef struct _ASYNC {
  PERESOURCE Resource;
} ASYNC;
DRIVER_DISPATCH elsewhere_good, elsewhere_bad;
NTSTATUS elsewhere_good(PDEVICE_OBJECT Device, PIRP Irp) {
  FILE_SET *S = Device->DeviceExtension;
  ASYNC *A = Irp->Tail.Overlay.DriverContext[0];
  KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&S->Own, TRUE);
  A->Resource = &S->Own; // whoever completes the request releases it
  KeLeaveCriticalRegion();
  return IoCallDriver(Device, Irp);
}
NTSTATUS elsewhere_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  FILE_SET *S = Device->DeviceExtension;
  ASYNC A;
  KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&S->Own, TRUE); // expected-note 0+ {{}}
  A.Resource = &S->Own; // nobody sees it
  if (A.Resource->ActiveEntries > 4) { // expected-note 0+ {{}}
    ExReleaseResourceLite(&S->Own);
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
  }
  KeLeaveCriticalRegion();
  return STATUS_UNSUCCESSFUL; // expected-warning {{is still held}} expected-note 0+ {{}}
}

//===--- annotations whose condition is not looked at, or is about an argument -------------===//

_When_(return != 0, _Acquires_exclusive_lock_(S->Own))
BOOLEAN takeSet(FILE_SET *S);
_When_(return != 0 && Check != 0, _Acquires_exclusive_lock_(S->Own))
BOOLEAN takeChecked(FILE_SET *S, BOOLEAN Check);

DRIVER_DISPATCH ignored_good, ignored_bad, argument_good, argument_bad;
NTSTATUS ignored_good(PDEVICE_OBJECT Device, PIRP Irp) {
  FILE_SET *S = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  takeSet(S); // known to wait
  ExReleaseResourceLite(&S->Own);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
NTSTATUS ignored_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  FILE_SET *S = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  if (!takeSet(S)) // expected-note 0+ {{}}
    ExReleaseResourceLite(&S->Own); // expected-warning {{was not acquired on this path}} expected-note 0+ {{}}
  else
    ExReleaseResourceLite(&S->Own);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
NTSTATUS argument_good(PDEVICE_OBJECT Device, PIRP Irp) {
  FILE_SET *S = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  if (takeChecked(S, FALSE)) // what becomes of this one is not said
    ExReleaseResourceLite(&S->Own);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
NTSTATUS argument_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  FILE_SET *S = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  if (takeChecked(S, TRUE)) { // expected-note 0+ {{}}
    KeLeaveCriticalRegion();
    return STATUS_UNSUCCESSFUL; // expected-warning {{is still held}} expected-note 0+ {{}}
  }
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
