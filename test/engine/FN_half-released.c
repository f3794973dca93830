// A resource is given up without the region that came with it, on one way of two, and a helper
// enters and leaves a region of its own later. (As a callback it is accused. Found by a random
// program.)
// RUN: %verify %s
#include <ntifs.h>

typedef struct _EXT {
  ERESOURCE Res;
  EX_RUNDOWN_REF Rundown;
  KEVENT Event;
  BOOLEAN Busy;
} EXT, *PEXT;

static BOOLEAN helper(PEXT Ext) {
  ExEnterCriticalRegionAndAcquireResourceExclusive(&Ext->Res);
  if (Ext->Busy) {
    ExReleaseResourceAndLeaveCriticalRegion(&Ext->Res);
    return FALSE;
  }
  KeSetEvent(&Ext->Event, 0, FALSE);
  ExReleaseResourceAndLeaveCriticalRegion(&Ext->Res);
  return TRUE;
}
void halfReleased(PEXT Ext) {
  BOOLEAN Busy = Ext->Busy;
  if (Busy)
    ExEnterCriticalRegionAndAcquireResourceExclusive(&Ext->Res);
  ExReleaseResourceLite(&Ext->Res); // in the region ever after
  helper(Ext);
}
IO_WORKITEM_ROUTINE callback_bad;
void callback_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PEXT Ext = Context;
  (void)Device;
  ExEnterCriticalRegionAndAcquireResourceExclusive(&Ext->Res);
  ExReleaseResourceLite(&Ext->Res);
  helper(Ext);
} // expected-warning {{'callback_bad' returns in a critical region}}
