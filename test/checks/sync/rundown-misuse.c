// rundown-misuse: run-down protection is acquired without success, kept where nobody
// gives it back, or waited for by its holder.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _SESSION {
  EX_RUNDOWN_REF Rundown, Other;
  PEX_RUNDOWN_REF_CACHE_AWARE Fast;
  KEVENT Event;
  ULONG Count;
  BOOLEAN Ready, Held;
  struct _SESSION *Peer;
} SESSION, *PSESSION;

NTSTATUS TalkTo(PSESSION Session);
NTSTATUS Start(PSESSION Session);

//===--- the result of the acquisition ---------------------------------------------===//

void ignored_bad(PSESSION Session) {
  ExAcquireRundownProtection(&Session->Rundown); // expected-warning {{'ExAcquireRundownProtection' is called without a look at its result}}
  ++Session->Count;
  ExReleaseRundownProtection(&Session->Rundown);
}
void ignored_cast_bad(PSESSION Session) {
  (void)ExAcquireRundownProtectionCacheAware(Session->Fast); // expected-warning {{'ExAcquireRundownProtectionCacheAware' is called without a look at its result}}
  ++Session->Count;
  ExReleaseRundownProtectionCacheAware(Session->Fast);
}
void looked_at_good(PSESSION Session) {
  if (!ExAcquireRundownProtection(&Session->Rundown))
    return;
  ++Session->Count;
  ExReleaseRundownProtection(&Session->Rundown);
}
void released_after_failure_bad(PSESSION Session) {
  if (ExAcquireRundownProtection(&Session->Rundown))
    ++Session->Count;
  ExReleaseRundownProtection(&Session->Rundown); // expected-warning {{run-down protection 'Session->Rundown' is released by 'ExReleaseRundownProtection' on a path on which 'ExAcquireRundownProtection' failed to acquire it}}
}
void released_after_success_good(PSESSION Session) {
  BOOLEAN Got = ExAcquireRundownProtection(&Session->Rundown);
  if (Got)
    ++Session->Count;
  KeClearEvent(&Session->Event);
  if (Got)
    ExReleaseRundownProtection(&Session->Rundown);
}
void flag_in_member_good(PSESSION Session) {
  Session->Held = ExAcquireRundownProtection(&Session->Rundown);
  TalkTo(Session);
  if (Session->Held)
    ExReleaseRundownProtection(&Session->Rundown);
}
void failed_of_two_bad(PSESSION Session) {
  if (!ExAcquireRundownProtection(&Session->Rundown))
    goto Exit;
  ++Session->Count;
Exit:
  ExReleaseRundownProtection(&Session->Rundown); // expected-warning {{failed to acquire it}}
}
static BOOLEAN Enter(PSESSION Session) { return ExAcquireRundownProtection(&Session->Rundown); }
static void Leave(PSESSION Session) { ExReleaseRundownProtection(&Session->Rundown); }
void wrapped_good(PSESSION Session) {
  if (Enter(Session)) {
    ++Session->Count;
    Leave(Session);
  }
}

//===--- kept ----------------------------------------------------------------------===//

NTSTATUS kept_on_error_bad(PSESSION Session) {
  if (!ExAcquireRundownProtection(&Session->Rundown))
    return STATUS_DELETE_PENDING;
  if (!Session->Ready)
    return STATUS_DEVICE_NOT_READY; // expected-warning {{run-down protection 'Session->Rundown' is kept when 'kept_on_error_bad' returns; acquired by 'ExAcquireRundownProtection'}}
  ++Session->Count;
  ExReleaseRundownProtection(&Session->Rundown);
  return STATUS_SUCCESS;
}
NTSTATUS kept_on_error_good(PSESSION Session) {
  NTSTATUS Status = STATUS_SUCCESS;
  if (!ExAcquireRundownProtection(&Session->Rundown))
    return STATUS_DELETE_PENDING;
  if (!Session->Ready)
    Status = STATUS_DEVICE_NOT_READY;
  else
    ++Session->Count;
  ExReleaseRundownProtection(&Session->Rundown);
  return Status;
}
void kept_in_break_bad(PSESSION Session, ULONG Code) {
  if (!ExAcquireRundownProtection(&Session->Rundown))
    return;
  switch (Code) {
  case 1:
    ++Session->Count;
    break;
  case 2:
    return; // expected-warning {{run-down protection 'Session->Rundown' is kept when 'kept_in_break_bad' returns}}
  }
  ExReleaseRundownProtection(&Session->Rundown);
}
// Success keeps the protection for the caller, failure gives it up.
NTSTATUS reference_good(PSESSION Session) {
  NTSTATUS Status;
  if (!ExAcquireRundownProtection(&Session->Rundown))
    return STATUS_DELETE_PENDING;
  Status = Start(Session);
  if (!NT_SUCCESS(Status))
    ExReleaseRundownProtection(&Session->Rundown);
  return Status;
}
// It goes on with the work item.
IO_WORKITEM_ROUTINE Continue;
void handed_over_good(PSESSION Session, PIO_WORKITEM Item) {
  if (!ExAcquireRundownProtection(&Session->Rundown))
    return;
  if (Session->Ready) {
    IoQueueWorkItem(Item, Continue, DelayedWorkQueue, Session);
    return;
  }
  ExReleaseRundownProtection(&Session->Rundown);
}
// In its work routine it is given up; nobody acquired it there.
void Continue(PDEVICE_OBJECT Device, PVOID Context) {
  PSESSION Session = Context;
  (void)Device;
  ++Session->Count;
  ExReleaseRundownProtection(&Session->Rundown);
}
// The count belongs to the object, and the function takes one for itself, too.
void own_and_the_objects_good(PSESSION Session) {
  if (!ExAcquireRundownProtection(&Session->Rundown))
    return;
  ++Session->Count;
  ExReleaseRundownProtection(&Session->Rundown);
  ExReleaseRundownProtection(&Session->Rundown);
}

//===--- waiting -------------------------------------------------------------------===//

void wait_as_holder_bad(PSESSION Session) {
  if (!ExAcquireRundownProtection(&Session->Rundown))
    return;
  ExWaitForRundownProtectionRelease(&Session->Rundown); // expected-warning {{'ExWaitForRundownProtectionRelease' waits until nobody holds run-down protection 'Session->Rundown', which this path itself holds}}
  ExReleaseRundownProtection(&Session->Rundown);
}
static void Close(PSESSION Session) {
  ExWaitForRundownProtectionReleaseCacheAware(Session->Fast); // expected-warning {{waits until nobody holds cache-aware run-down protection 'Session->Fast'}}
}
void wait_in_helper_bad(PSESSION Session) {
  if (!ExAcquireRundownProtectionCacheAware(Session->Fast))
    return;
  Close(Session);
  ExReleaseRundownProtectionCacheAware(Session->Fast);
}
void wait_good(PSESSION Session) {
  if (ExAcquireRundownProtection(&Session->Rundown)) {
    ++Session->Count;
    ExReleaseRundownProtection(&Session->Rundown);
  }
  ExWaitForRundownProtectionRelease(&Session->Rundown);
}
void wait_for_other_good(PSESSION Session) {
  if (!ExAcquireRundownProtection(&Session->Rundown))
    return;
  ExWaitForRundownProtectionRelease(&Session->Other);
  ExReleaseRundownProtection(&Session->Rundown);
}
