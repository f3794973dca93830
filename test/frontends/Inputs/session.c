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
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, NULL);
  KeReleaseSpinLock(&Ext->Lock, Old);
}

VOID other(PEXT Ext) {
  Ext->Count = 1;
}
