#include <ntddk.h>

typedef struct _EXT {
  KSPIN_LOCK Lock;
  KEVENT Idle;
  ULONG Count;
} EXT, *PEXT;

VOID drain(PEXT Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  Ext->Count = 0;
  KeReleaseSpinLock(&Ext->Lock, Old);
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, NULL);
}

VOID other(PEXT Ext) {
  Ext->Count = 1;
}
