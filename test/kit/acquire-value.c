// KeAcquireSpinLock and KeRaiseIrql also return the level that they store: where they
// are macros, drivers use them as expressions.
// RUN: %verify %s
// Both witnesses see the same.
// RUN: not %irqlint run %s 2>&1 | FileCheck %s
// CHECK-NOT: warning: {{.*}}restores
// CHECK: acquire-value.c:33:3: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL
// CHECK-NOT: warning: {{.*}}restores
// CHECK: acquire-value.c:46:3: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL
// CHECK-NOT: warning: {{.*}}restores
// CHECK: acquire-value.c:61:3: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL
// CHECK-NOT: warning: {{.*}}restores
// CHECK: 3 findings in 1 unit
// RUN: %clang_kit -x c++ -std=c++17 -Werror -fsyntax-only %s
#include <ntddk.h>

static KSPIN_LOCK Lock;
static KIRQL Saved;
static KEVENT Event;
static ULONG Count;

static KIRQL Enter(PKSPIN_LOCK L) { return KeAcquireSpinLock(L, &Saved); }
static void Leave(PKSPIN_LOCK L) { KeReleaseSpinLock(L, Saved); }

void Good(void) {
  Enter(&Lock);
  Count++;
  Leave(&Lock);
}

void Bad(void) {
  Enter(&Lock);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'L' is held}}
  Leave(&Lock);
}

// The value itself goes back.
void GoodValue(void) {
  KIRQL Stored, Returned = KeAcquireSpinLock(&Lock, &Stored);
  Count++;
  KeReleaseSpinLock(&Lock, Returned);
}

void BadValue(void) {
  KIRQL Stored, Returned = KeAcquireSpinLock(&Lock, &Stored);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'Lock' is held}}
  KeReleaseSpinLock(&Lock, Returned);
}

void GoodLevel(void) {
  KIRQL Stored, Returned = KeRaiseIrql(DISPATCH_LEVEL, &Stored);
  Count++;
  KeLowerIrql(Returned);
  KeRaiseIrql(DISPATCH_LEVEL, &Stored);
  Count++;
  KeLowerIrql(Stored);
}

void BadLevel(void) {
  KIRQL Stored, Returned = KeRaiseIrql(DISPATCH_LEVEL, &Stored);
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
  KeLowerIrql(Returned);
}
