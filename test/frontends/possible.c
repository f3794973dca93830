// What is wrong on some levels only is said by all front ends when asked for,
// marked as such and with a hint, and by none of them otherwise.
// RUN: %same_findings --possible --notes %s
// RUN: not %same_findings %s | FileCheck %s
// CHECK-NOT: is not expected
// CHECK: clang-tidy --load does not report possible irql-too-high
// CHECK: clang --analyze does not report possible irql-too-high
// CHECK: irqlint-tidy does not report possible irql-too-high
// CHECK: irqlint-clangd does not report possible irql-too-high
// CHECK: irqlint scan does not report possible irql-too-high

// One check alone may be asked, too, and that does not ask the others.
// RUN: %irqlint_tidy "--config={CheckOptions: {irqlint-irql-too-high.Possible: true}}" \
// RUN:   --checks=-*,irqlint-* %s -- %kit_flags | FileCheck --check-prefix=ONE %s
// RUN: %irqlint_tidy "--config={CheckOptions: {irqlint-lock-leaked.Possible: true}}" \
// RUN:   --checks=-*,irqlint-* %s -- %kit_flags | count 0
// RUN: not %irqlint_tidy "--config={CheckOptions: {irqlint-lock-leaked.Posible: true}}" \
// RUN:   --checks=-*,irqlint-* --verify-config 2>&1 | FileCheck --check-prefix=TYPO %s
// RUN: %irqlint_tidy "--config={CheckOptions: {irqlint-*.Possible: true}}" \
// RUN:   --checks=-*,irqlint-* --verify-config
// ONE: possible.c:[[# @LINE + 8]]:3: warning: {{.*}} (possible) [irqlint-irql-too-high]
// ONE: possible.c:[[# @LINE + 7]]:3: note: state the level at which 'drop' runs
// TYPO: unknown check option 'irqlint-lock-leaked.Posible'
#include <ntddk.h>

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID drop(HANDLE File);
VOID drop(HANDLE File) {
  ZwClose(File); // expect: possible irql-too-high
}
