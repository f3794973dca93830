// An assertion that cannot hold says that nobody comes there: what stands behind it is code for the case
// that somebody does.
// RUN: %verify %s
#include <ntddk.h>

static KSPIN_LOCK Lock;
static ULONG Sum;

NTSTATUS add_bad(ULONG N) {
  KIRQL Old;
  KeAcquireSpinLock(&Lock, &Old);
  if (N > 3) {
    ASSERT(FALSE);
    return STATUS_INVALID_PARAMETER; // expected-warning {{spin lock 'Lock' is still held when 'add_bad' returns}}
  }
  Sum += N;
  KeReleaseSpinLock(&Lock, Old);
  return STATUS_SUCCESS;
}
NTSTATUS finish_bad(ULONG N, PIRP Irp) {
  KIRQL Old;
  KeAcquireSpinLock(&Lock, &Old);
  switch (N) {
  case 1:
    Sum += N;
    break;
  default:
    NT_ASSERT(FALSE);
    IoCompleteRequest(Irp, IO_NO_INCREMENT); // expected-warning {{'IoCompleteRequest' completes a request while spin lock 'Lock' is held}}
    break;
  }
  KeReleaseSpinLock(&Lock, Old);
  return STATUS_SUCCESS;
}
// Nothing stands behind this one.
VOID mode_good(ULONG Mode, PKIRQL Old) {
  switch (Mode) {
  case 0:
    KeAcquireSpinLock(&Lock, Old);
    break;
  case 1:
    *Old = KeAcquireSpinLockRaiseToDpc(&Lock);
    break;
  default:
    NT_ASSERT(FALSE);
    break;
  }
  Sum += Mode;
  KeReleaseSpinLock(&Lock, *Old);
}
