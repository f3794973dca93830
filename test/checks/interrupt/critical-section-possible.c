// Where estimates decide, a critical section is possibly too long.
// RUN: %verify_possible %s

#include <ntddk.h>

typedef struct {
  KSPIN_LOCK Lock;
  PUCHAR Status;
  ULONG Count;
  LIST_ENTRY List;
} DEVICE;

void prints_bad(DEVICE *D) {
  KIRQL Old;
  KeAcquireSpinLock(&D->Lock, &Old); // expected-warning{{spin lock 'D->Lock' is held for up to 60 microseconds on the worst path}}
  DbgPrint("count %u", D->Count);
  KeReleaseSpinLock(&D->Lock, Old);
}

void prints_afterwards_good(DEVICE *D) {
  KIRQL Old;
  ULONG Count;
  KeAcquireSpinLock(&D->Lock, &Old);
  Count = D->Count;
  KeReleaseSpinLock(&D->Lock, Old);
  DbgPrint("count %u", Count);
}

void until_ready_bad(DEVICE *D) {
  KIRQL Old;
  KeAcquireSpinLock(&D->Lock, &Old); // expected-warning{{is held for a time without bound: this loop ends only when the device answers}}
  while (!(READ_REGISTER_UCHAR(D->Status) & 1))
    D->Count++;
  KeReleaseSpinLock(&D->Lock, Old);
}

// How far it counts is data, but the loop ends.
void data_decides_bad(DEVICE *D, ULONG Rounds) {
  KIRQL Old;
  ULONG I;
  KeAcquireSpinLock(&D->Lock, &Old); // expected-warning{{is held for up to}}
  for (I = 0; I < Rounds; I++)
    KeStallExecutionProcessor(10);
  KeReleaseSpinLock(&D->Lock, Old);
}

// Following a list costs little.
void list_good(DEVICE *D) {
  KIRQL Old;
  PLIST_ENTRY E;
  KeAcquireSpinLock(&D->Lock, &Old);
  for (E = D->List.Flink; E != &D->List; E = E->Flink)
    D->Count++;
  KeReleaseSpinLock(&D->Lock, Old);
}

// A copy whose size is data.
void copy_good(DEVICE *D, PVOID To, PVOID From, SIZE_T Size) {
  KIRQL Old;
  KeAcquireSpinLock(&D->Lock, &Old);
  RtlCopyMemory(To, From, Size);
  KeReleaseSpinLock(&D->Lock, Old);
}
