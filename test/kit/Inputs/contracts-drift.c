#include <ntifs.h>

typedef struct EXT {
  KSPIN_LOCK Lock;
  ULONG Count;
} EXT;

NTSTATUS LeaksOnError(EXT *Ext, BOOLEAN Early) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Early)
    return STATUS_UNSUCCESSFUL;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}

VOID Twice(EXT *Ext) {
  KIRQL Irql, Again;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeAcquireSpinLock(&Ext->Lock, &Again);
  KeReleaseSpinLock(&Ext->Lock, Again);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

VOID TooHigh(EXT *Ext, PHANDLE Key, POBJECT_ATTRIBUTES Attributes) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ZwCreateKey(Key, KEY_READ, Attributes, 0, NULL, 0, NULL);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

VOID RaisedTooHigh(PHANDLE Key, POBJECT_ATTRIBUTES Attributes) {
  KIRQL Irql = KeRaiseIrqlToDpcLevel();
  ZwCreateKey(Key, KEY_READ, Attributes, 0, NULL, 0, NULL);
  KeLowerIrql(Irql);
}

VOID Global(BOOLEAN Early) {
  KIRQL Irql;
  IoAcquireCancelSpinLock(&Irql);
  if (Early)
    return;
  IoReleaseCancelSpinLock(Irql);
}

VOID Good(EXT *Ext, PHANDLE Key, POBJECT_ATTRIBUTES Attributes) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Count++;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  ZwCreateKey(Key, KEY_READ, Attributes, 0, NULL, 0, NULL);
  KeEnterCriticalRegion();
  KeLeaveCriticalRegion();
}
