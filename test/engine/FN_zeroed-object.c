// Zeroes are no event, but memory that was filled with them counts as filled.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _EXT {
  KEVENT Event;
} EXT;
VOID zeroed_bad(VOID) {
  EXT Ext;
  RtlZeroMemory(&Ext, sizeof(Ext));
  KeWaitForSingleObject(&Ext.Event, Executive, KernelMode, FALSE, NULL); // not told: it was never initialized
}
VOID raw_bad(VOID) {
  EXT Ext;
  KeWaitForSingleObject(&Ext.Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{before it is initialized}}
}
VOID initialized_good(VOID) {
  EXT Ext;
  KeInitializeEvent(&Ext.Event, NotificationEvent, FALSE);
  KeWaitForSingleObject(&Ext.Event, Executive, KernelMode, FALSE, NULL);
}
