// An annotation says when a lock is taken by the result and by an argument together. Of calls with another
// argument it says nothing, and so a release where the result alone says no is not told.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _EXT {
  ERESOURCE Own;
} EXT, *PEXT;

_When_(return != 0 && Check != 0, _Acquires_exclusive_lock_(Ext->Own))
BOOLEAN takeChecked(PEXT Ext, BOOLEAN Check);

DRIVER_DISPATCH refused_bad, twice_bad;
NTSTATUS refused_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXT Ext = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  if (!takeChecked(Ext, TRUE))
    ExReleaseResourceLite(&Ext->Own); // not told: it was not acquired
  else
    ExReleaseResourceLite(&Ext->Own);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
NTSTATUS twice_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXT Ext = Device->DeviceExtension;
  (void)Irp;
  KeEnterCriticalRegion();
  if (takeChecked(Ext, TRUE)) { // expected-note 0+ {{}}
    ExReleaseResourceLite(&Ext->Own); // expected-note 0+ {{}}
    ExReleaseResourceLite(&Ext->Own); // expected-warning {{was released before}} expected-note 0+ {{}}
  }
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}
