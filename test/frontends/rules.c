// Rule files of the user work in every front end, several at once as well.
// RUN: %same_findings --notes --rules=%S/Inputs/wrappers.yaml --rules=%S/Inputs/wrappers-wait.yaml %s
// Without the second one what it knows is unknown.
// RUN: %irqlint_tidy "--config={CheckOptions: {irqlint-*.Rules: %S/Inputs/wrappers.yaml}}" \
// RUN:   --checks=-*,irqlint-* %s -- %kit_flags | FileCheck --check-prefix=FIRST %s
// FIRST-NOT: irqlint-wait-at-dispatch
// FIRST: [irqlint-lock-leaked]

// A name without folder is looked for beside the source and above.
// RUN: rm -rf %t && mkdir -p %t/src/deep && cp %s %t/src/deep/rules.c
// RUN: cp %S/Inputs/wrappers.yaml %t/src
// RUN: %tidy "--config={CheckOptions: {irqlint-*.Rules: wrappers.yaml}}" \
// RUN:   --checks=-*,irqlint-* %t/src/deep/rules.c -- %kit_flags | FileCheck --check-prefix=FIRST %s

// A rule file with mistakes is one error with its place, and nothing is found.
// RUN: echo '{CheckOptions: {irqlint-*.Rules: wrappers-bad.yaml}}' > %t/src/.clang-tidy
// RUN: cp %S/Inputs/wrappers-bad.yaml %t/src
// RUN: not %irqlint_tidy --checks=-*,irqlint-* %t/src/deep/rules.c -- %kit_flags \
// RUN:   > %t/tidy.out
// RUN: FileCheck --check-prefix=BAD %s < %t/tidy.out
// RUN: not %tidy --checks=-*,irqlint-* %t/src/deep/rules.c -- %kit_flags > %t/plugin.out
// RUN: FileCheck --check-prefix=BAD %s < %t/plugin.out
// RUN: not %clang_analyze -Xclang -analyzer-config -Xclang irqlint:Rules=wrappers-bad.yaml \
// RUN:   %t/src/deep/rules.c 2> %t/analyzer.out
// RUN: FileCheck --check-prefix=BAD %s < %t/analyzer.out
// RUN: %lsp --flags="%kit_flags" %t/src/deep/rules.c > %t/clangd.out
// RUN: FileCheck --check-prefix=BAD %s < %t/clangd.out
// BAD-NOT: warning:
// BAD: error: {{(irqlint: )?[Rr]}}ule file not usable, nothing is checked: {{.*}}wrappers-bad.yaml:5:5: unknown key 'effect' (and {{[0-9]+}} more; 'irqlint rules check' lists them)
// BAD-NOT: rror:
// BAD-NOT: warning:

// So is one that is not there.
// RUN: echo '{CheckOptions: {irqlint-*.Rules: none.yaml}}' > %t/src/.clang-tidy
// RUN: not %irqlint_tidy --checks=-*,irqlint-* %t/src/deep/rules.c -- %kit_flags \
// RUN:   | FileCheck --check-prefix=NONE %s
// NONE: error: rule file not usable, nothing is checked: none.yaml:1:1: cannot read rule file
// NONE-NOT: rror:

// Options of the analyzer are checked by the analyzer, if it is asked to.
// RUN: not %clang_analyze -Xclang -analyzer-config-compatibility-mode=false \
// RUN:   -Xclang -analyzer-config -Xclang irqlint:Possible=perhaps %s 2>&1 \
// RUN:   | FileCheck --check-prefix=VALUE %s
// VALUE: error: invalid input for checker option 'irqlint:Possible', that expects a boolean value
#include <ntddk.h>

typedef struct _DEVICE {
  KSPIN_LOCK Lock;
  ULONG Count;
} DEVICE, *PDEVICE;

VOID LockDevice(PKSPIN_LOCK Lock, PKIRQL Old);
VOID UnlockDevice(PKSPIN_LOCK Lock, KIRQL Old);
VOID WaitForDevice(PDEVICE Device);

VOID wait_under_lock_bad(PDEVICE Device) {
  KIRQL Old;
  LockDevice(&Device->Lock, &Old);
  WaitForDevice(Device); // expect: wait-at-dispatch
  UnlockDevice(&Device->Lock, Old);
}

DRIVER_UNLOAD leak_bad;
VOID leak_bad(PDRIVER_OBJECT Driver) {
  PDEVICE Device = Driver->DeviceObject->DeviceExtension;
  KIRQL Old;
  LockDevice(&Device->Lock, &Old);
  if (Device->Count)
    return; // expect: lock-leaked
  UnlockDevice(&Device->Lock, Old);
}
