// clang-tidy falls silent after a missing header or too many errors. What it
// says stays as it is, but the checks must know where the other errors are: they
// judge what is whole and leave what is not.
// RUN: not %irqlint_tidy --checks=-*,irqlint-*,clang-diagnostic-* %s -- %kit_flags \
// RUN:   | FileCheck %s
// RUN: not %tidy --checks=-*,irqlint-*,clang-diagnostic-* %s -- %kit_flags | FileCheck %s
// RUN: not %tidy --checks=-*,irqlint-*,clang-diagnostic-* %s -- %kit_flags -DNO_HEADER -ferror-limit=2 \
// RUN:   | FileCheck --check-prefix=LIMIT %s
// RUN: %lsp --flags="%kit_flags" %s | FileCheck --check-prefix=CLANGD %s
#include <ntddk.h>

// CHECK: broken.c:[[# @LINE + 4]]:10: error: 'no_such_header.h' file not found [clang-diagnostic-error]
// CHECK-NOT: error:
// CLANGD: broken.c:[[# @LINE + 2]]:10: error: 'no_such_header.h' file not found
#ifndef NO_HEADER
#include "no_such_header.h"
#endif

typedef struct _EXT {
  KSPIN_LOCK Lock;
  KEVENT Idle;
} EXT, *PEXT;

VOID damaged(PEXT Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  // LIMIT: {{^}}error: too many errors emitted, stopping now [clang-diagnostic-error]
  // LIMIT-NEXT: broken.c:[[# @LINE + 1]]:{{[0-9]+}}: error: expected ';' after expression
  KeReleaseSpinLock(&Ext->Lock, Old) a b c;
  // LIMIT: error: use of undeclared identifier 'a' [clang-diagnostic-error]
  b = ;
  c = ;
  // LIMIT-NOT: error:
  d = ;
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, NULL);
}

VOID whole_bad(PEXT Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  // CHECK: broken.c:[[# @LINE + 3]]:3: warning: {{.*}} [irqlint-wait-at-dispatch]
  // LIMIT: broken.c:[[# @LINE + 2]]:3: warning: {{.*}} [irqlint-wait-at-dispatch]
  // CLANGD: broken.c:[[# @LINE + 1]]:3: warning: {{.*}} [irqlint-wait-at-dispatch]
  KeWaitForSingleObject(&Ext->Idle, Executive, KernelMode, FALSE, NULL);
  KeReleaseSpinLock(&Ext->Lock, Old);
  // CHECK-NOT: warning:
}
