// RUN: not %irqlint scan --possible %s >%t
// RUN: FileCheck %s <%t
// RUN: %same_findings --notes %s
// Where a finding rests on what an earlier call demanded of the level, that call
// is named; where it holds all the same, it is not.
#include <ntddk.h>

// CHECK-LABEL: :12:3: warning: 'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL..APC_LEVEL
// CHECK: :[[#]]:3: note: KeWaitForSingleObject requires APC_LEVEL or below here, so the level is at most APC_LEVEL
void below(PKEVENT Event, KSPIN_LOCK *Lock) {
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
  KeAcquireSpinLockAtDpcLevel(Lock); // expect: irql-too-low
}

// Two demands: the stricter one is named, whichever comes first.
// CHECK-LABEL: warning: 'KeAcquireSpinLockAtDpcLevel' is called at PASSIVE_LEVEL,
// CHECK-NOT: requires
// CHECK: note: setUp requires PASSIVE_LEVEL or below here, so the level is at most PASSIVE_LEVEL
// CHECK-NOT: requires
_IRQL_requires_max_(PASSIVE_LEVEL) void setUp(void);
_IRQL_requires_max_(APC_LEVEL) void wait(void);
void stricter(KSPIN_LOCK *Lock) {
  setUp();
  wait();
  KeAcquireSpinLockAtDpcLevel(Lock); // expect: irql-too-low
}

// CHECK-LABEL: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL..
// CHECK: note: KeReleaseSpinLockFromDpcLevel requires DISPATCH_LEVEL or above here, so the level is at least DISPATCH_LEVEL
void above(PKEVENT Event, KSPIN_LOCK *Lock) {
  KeAcquireSpinLockAtDpcLevel(Lock);
  KeReleaseSpinLockFromDpcLevel(Lock);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL); // expect: wait-at-dispatch
}

// The lock is reason enough.
// CHECK-LABEL: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL while
// CHECK-NOT: requires
void allTheSame(PKEVENT Event, KSPIN_LOCK *Lock) {
  KIRQL OldIrql;
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
  KeAcquireSpinLock(Lock, &OldIrql);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL); // expect: wait-at-dispatch
  KeReleaseSpinLock(Lock, OldIrql);
}

// So is the type of the callback.
// CHECK-LABEL: warning: 'KeWaitForSingleObject' waits at DISPATCH_LEVEL [
// CHECK-NOT: requires
// CHECK: note: 'dpc' is entered at DISPATCH_LEVEL
// CHECK-NOT: requires
KDEFERRED_ROUTINE dpc;
void dpc(PKDPC Dpc, PVOID Context, PVOID Arg1, PVOID Arg2) {
  KeAcquireSpinLockAtDpcLevel(Arg1);
  KeReleaseSpinLockFromDpcLevel(Arg1);
  KeWaitForSingleObject(Context, Executive, KernelMode, FALSE, NULL); // expect: wait-at-dispatch
  (void)Dpc, (void)Arg2;
}

// What a call begins is one step.
// CHECK-LABEL: warning: guarded mutex 'Mutex' is acquired again
// CHECK: note: guarded region is entered by KeAcquireGuardedMutex here; guarded mutex 'Mutex' is acquired{{$}}
// CHECK-NOT: note:
void together(PKGUARDED_MUTEX Mutex) {
  KeAcquireGuardedMutex(Mutex);
  KeAcquireGuardedMutex(Mutex); // expect: double-acquire
}
