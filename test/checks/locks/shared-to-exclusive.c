// shared-to-exclusive: an owner in shared mode asks for exclusive ownership.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  EX_SPIN_LOCK Table, Other;
  ERESOURCE Resource;
  ULONG Count;
  BOOLEAN Write;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

void spin_lock_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  ExAcquireSpinLockExclusiveAtDpcLevel(&Ext->Table); // expected-warning {{reader/writer spin lock 'Ext->Table' is held shared and is acquired exclusively by 'ExAcquireSpinLockExclusiveAtDpcLevel'}}
  ++Ext->Count;
  ExReleaseSpinLockExclusiveFromDpcLevel(&Ext->Table);
  ExReleaseSpinLockShared(&Ext->Table, Irql);
}
void other_lock_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  ExAcquireSpinLockExclusiveAtDpcLevel(&Ext->Other);
  ++Ext->Count;
  ExReleaseSpinLockExclusiveFromDpcLevel(&Ext->Other);
  ExReleaseSpinLockShared(&Ext->Table, Irql);
}
void released_between_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  ExReleaseSpinLockShared(&Ext->Table, Irql);
  Irql = ExAcquireSpinLockExclusive(&Ext->Table);
  ++Ext->Count;
  ExReleaseSpinLockExclusive(&Ext->Table, Irql);
}
// Conversion is what it is for; on failure release and take it anew.
void converted_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  if (!ExTryConvertSharedSpinLockExclusive(&Ext->Table)) {
    ExReleaseSpinLockShared(&Ext->Table, Irql);
    Irql = ExAcquireSpinLockExclusive(&Ext->Table);
  }
  ++Ext->Count;
  ExReleaseSpinLockExclusive(&Ext->Table, Irql);
}
void conversion_failed_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = ExAcquireSpinLockShared(&Ext->Table);
  if (!ExTryConvertSharedSpinLockExclusive(&Ext->Table))
    ExAcquireSpinLockExclusiveAtDpcLevel(&Ext->Table); // expected-warning {{reader/writer spin lock 'Ext->Table' is held shared and is acquired exclusively by 'ExAcquireSpinLockExclusiveAtDpcLevel'}}
  ++Ext->Count;
  ExReleaseSpinLockExclusive(&Ext->Table, Irql);
}

void resource_bad(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  if (Ext->Write)
    ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE); // expected-warning {{'Ext->Resource' is held shared and is acquired exclusively by 'ExAcquireResourceExclusiveLite'}}
  ++Ext->Count;
  if (Ext->Write)
    ExReleaseResourceLite(&Ext->Resource);
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}
// Exclusive, then shared, is legal; Wait = FALSE just fails.
void resource_good(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ExReleaseResourceLite(&Ext->Resource);
  ExReleaseResourceLite(&Ext->Resource);
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  if (ExAcquireResourceExclusiveLite(&Ext->Resource, FALSE))
    ExReleaseResourceLite(&Ext->Resource);
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}

static void update(PDEVICE_EXTENSION Ext) {
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE); // expected-warning {{'Ext->Resource' is held shared and is acquired exclusively by 'ExAcquireResourceExclusiveLite'}}
  ++Ext->Count;
  ExReleaseResourceLite(&Ext->Resource);
}
void helper_bad(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  update(Ext);
  ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}
void helper_good(PDEVICE_EXTENSION Ext) {
  KeEnterCriticalRegion();
  ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
  ExReleaseResourceLite(&Ext->Resource);
  update(Ext);
  KeLeaveCriticalRegion();
}
// Upgraded only if nobody owns it exclusively already.
void ownership_query_good(PDEVICE_EXTENSION Ext) {
  BOOLEAN Taken = FALSE;
  KeEnterCriticalRegion();
  if (!ExIsResourceAcquiredSharedLite(&Ext->Resource)) {
    ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
    Taken = TRUE;
  }
  ++Ext->Count;
  if (Taken)
    ExReleaseResourceLite(&Ext->Resource);
  KeLeaveCriticalRegion();
}
