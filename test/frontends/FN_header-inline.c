// A known miss of irqlint-clangd: it sees no bodies of inline functions in
// headers (clangd skips them), so a lock taken only there is unknown to it. The
// other front ends report it.
// RUN: %same_findings --without=irqlint-clangd --flag=-I%S/Inputs %s
// RUN: %lsp --flags="%kit_flags -I%S/Inputs" %s | FileCheck %s
// CHECK: {{^}}0 diagnostics
#include "guarded.h"

VOID wait_under_header_lock_bad(PGUARDED G) {
  KIRQL Old;
  lockGuarded(G, &Old);
  KeWaitForSingleObject(&G->Idle, Executive, KernelMode, FALSE, NULL); // expect: wait-at-dispatch
  KeReleaseSpinLock(&G->Lock, Old);
}
