// Code that harms whoever runs it.
#include <ntddk.h>

void endless(void) {
  for (;;)
    ;
}
int recursive(int N) { return recursive(N + 1) + 1; }
void wild(void) { *(volatile int *)(ULONG_PTR)0x123456789000 = 1; }
void trap(void) { __debugbreak(); }
int deepStack(int N) {
  volatile char Big[400000];
  Big[N] = 1;
  return Big[0];
}
// More than was allocated, on both sides.
void beside(void) {
  PUCHAR P = ExAllocatePoolWithTag(NonPagedPool, 16, 'besi');
  int I;
  if (!P)
    return;
  for (I = -64; I < 80; ++I)
    P[I] = 0xFF;
  ExFreePoolWithTag(P, 'besi');
}

static KSPIN_LOCK Lock;
IO_WORKITEM_ROUTINE last;
void last(PDEVICE_OBJECT Device, PVOID Context) {
  KIRQL Irql;
  (void)Device, (void)Context;
  KeAcquireSpinLock(&Lock, &Irql);
}
