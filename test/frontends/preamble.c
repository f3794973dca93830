// Section pragmas at the top of a file, where the precompiled preamble of clangd
// swallows them, count in all front ends.
// RUN: %same_findings --notes --flag=-I%S/Inputs %s
#include "pageable.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text("PAGE", named_bad)
#pragma alloc_text(PAGE, named_too_bad)
#else
#pragma alloc_text(PAGE, disabled_ok)
#endif
#pragma code_seg(push)
#pragma code_seg("PAGE")

VOID segment_bad(PSTATE State) {
  KIRQL Old;
  PAGED_CODE();
  KeAcquireSpinLock(&State->Lock, &Old); // expect: paged-code-at-dispatch
  State->Count++;
  KeReleaseSpinLock(&State->Lock, Old);
}

#pragma code_seg(pop)
#pragma code_seg()

VOID default_ok(PSTATE State) {
  KIRQL Old;
  KeAcquireSpinLock(&State->Lock, &Old);
  State->Count++;
  KeReleaseSpinLock(&State->Lock, Old);
}

VOID disabled_ok(PSTATE State) {
  KIRQL Old;
  KeAcquireSpinLock(&State->Lock, &Old);
  State->Count++;
  KeReleaseSpinLock(&State->Lock, Old);
}

VOID named_bad(PSTATE State) {
  KIRQL Old;
  KeAcquireSpinLock(&State->Lock, &Old); // expect: paged-code-at-dispatch
  State->Count++;
  KeReleaseSpinLock(&State->Lock, Old);
}

VOID named_too_bad(PSTATE State) {
  KIRQL Old;
  KeAcquireSpinLock(&State->Lock, &Old); // expect: paged-code-at-dispatch
  State->Count++;
  KeReleaseSpinLock(&State->Lock, Old);
}
