// saved-irql-mismatch: the level that is restored is not the one that the
// acquisition saved.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Outer, Inner, Third;
  KIRQL Saved, SavedInner;
  EX_SPIN_LOCK Table;
  ULONG Count;
  BOOLEAN Ready;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

//===--- two locks, the saved levels swapped -------------------------------===//

void swapped_bad(PDEVICE_EXTENSION Ext) {
  KIRQL A, B;
  KeAcquireSpinLock(&Ext->Outer, &A);
  KeAcquireSpinLock(&Ext->Inner, &B);
  KeReleaseSpinLock(&Ext->Inner, A); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Inner' restores the level from before spin lock 'Ext->Outer' was acquired, which is still held}}
  KeReleaseSpinLock(&Ext->Outer, B);
}
void nested_good(PDEVICE_EXTENSION Ext) {
  KIRQL A, B;
  KeAcquireSpinLock(&Ext->Outer, &A);
  KeAcquireSpinLock(&Ext->Inner, &B);
  KeReleaseSpinLock(&Ext->Inner, B);
  KeReleaseSpinLock(&Ext->Outer, A);
}
// Released out of order is legal as long as the levels go back in order: the
// first release keeps DISPATCH_LEVEL, the last one restores the lowest.
void out_of_order_good(PDEVICE_EXTENSION Ext) {
  KIRQL A, B;
  KeAcquireSpinLock(&Ext->Outer, &A);
  KeAcquireSpinLock(&Ext->Inner, &B);
  KeReleaseSpinLock(&Ext->Outer, B);
  KeReleaseSpinLock(&Ext->Inner, A);
}
// Each with its own level, out of order: the outer one goes back while the
// inner lock is held.
void out_of_order_bad(PDEVICE_EXTENSION Ext) {
  KIRQL A, B;
  KeAcquireSpinLock(&Ext->Outer, &A);
  KeAcquireSpinLock(&Ext->Inner, &B);
  KeReleaseSpinLock(&Ext->Outer, A); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Outer' restores the level from before spin lock 'Ext->Inner' was acquired, which is still held}}
  KeReleaseSpinLock(&Ext->Inner, B);
}
void hand_over_hand_good(PDEVICE_EXTENSION Ext) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Outer, &A);
  KeAcquireSpinLockAtDpcLevel(&Ext->Inner);
  KeReleaseSpinLockFromDpcLevel(&Ext->Outer);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Inner, A);
}

// One variable for both: the second acquisition overwrites it with
// DISPATCH_LEVEL, and nobody knows the first level any more.
void one_variable_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  NT_ASSERT(KeGetCurrentIrql() == PASSIVE_LEVEL);
  KeAcquireSpinLock(&Ext->Outer, &Irql);
  KeAcquireSpinLock(&Ext->Inner, &Irql);
  KeReleaseSpinLock(&Ext->Inner, Irql);
  KeReleaseSpinLock(&Ext->Outer, Irql); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Outer' restores DISPATCH_LEVEL, but the level before was PASSIVE_LEVEL}}
}
IO_WORKITEM_ROUTINE one_variable_role_bad;
void one_variable_role_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Outer, &Irql);
  KeAcquireSpinLock(&Ext->Inner, &Irql);
  KeReleaseSpinLock(&Ext->Inner, Irql);
  KeReleaseSpinLock(&Ext->Outer, Irql); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Outer' restores DISPATCH_LEVEL, but the level before was PASSIVE_LEVEL}}
}
// One after the other is fine.
void one_variable_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Outer, &Irql);
  KeReleaseSpinLock(&Ext->Outer, Irql);
  KeAcquireSpinLock(&Ext->Inner, &Irql);
  KeReleaseSpinLock(&Ext->Inner, Irql);
}

//===--- never saved -----------------------------------------------------===//

void never_saved_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql, Other;
  KeAcquireSpinLock(&Ext->Outer, &Other);
  KeReleaseSpinLock(&Ext->Outer, Irql); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Outer' restores a level that was never saved on this path}}
}
void sometimes_saved_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql, Other;
  if (Ext->Ready)
    KeAcquireSpinLock(&Ext->Outer, &Irql);
  else
    KeAcquireSpinLock(&Ext->Outer, &Other);
  KeReleaseSpinLock(&Ext->Outer, Irql); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Outer' restores a level that was never saved on this path}}
}
void lower_never_saved_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  if (Ext->Ready)
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  ++Ext->Count;
  KeLowerIrql(Irql); // expected-warning {{'KeLowerIrql' restores a level that was never saved on this path}}
}

//===--- constants -------------------------------------------------------===//

KDEFERRED_ROUTINE constant_bad;
void constant_bad(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Object, (void)A, (void)B;
  KeAcquireSpinLock(&Ext->Outer, &Irql);
  KeReleaseSpinLock(&Ext->Outer, PASSIVE_LEVEL); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Outer' restores PASSIVE_LEVEL, but the level before was DISPATCH_LEVEL}}
}
// Right, if only by luck: the level is that of the role.
IO_WORKITEM_ROUTINE constant_good;
void constant_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeAcquireSpinLock(&Ext->Outer, &Irql);
  KeReleaseSpinLock(&Ext->Outer, PASSIVE_LEVEL);
}

//===--- where the level is kept ------------------------------------------===//

// In a member, by the lock that protects the member.
void member_good(PDEVICE_EXTENSION Ext) {
  KeAcquireSpinLock(&Ext->Outer, &Ext->Saved);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Outer, Ext->Saved);
}
void member_swapped_bad(PDEVICE_EXTENSION Ext) {
  KeAcquireSpinLock(&Ext->Outer, &Ext->Saved);
  KeAcquireSpinLock(&Ext->Inner, &Ext->SavedInner);
  KeReleaseSpinLock(&Ext->Inner, Ext->Saved); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Inner' restores the level from before spin lock 'Ext->Outer' was acquired, which is still held}}
  KeReleaseSpinLock(&Ext->Outer, Ext->SavedInner);
}

// Returned by a helper, passed by pointer, kept in a context of one's own.
static KIRQL lockOuter(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Outer, &Irql);
  return Irql;
}
static void lockInner(PDEVICE_EXTENSION Ext, PKIRQL Irql) { KeAcquireSpinLock(&Ext->Inner, Irql); }
static void unlockOuter(PDEVICE_EXTENSION Ext, KIRQL Irql) { KeReleaseSpinLock(&Ext->Outer, Irql); }
static void unlockInner(PDEVICE_EXTENSION Ext, PKIRQL Irql) { KeReleaseSpinLock(&Ext->Inner, *Irql); }

void helpers_good(PDEVICE_EXTENSION Ext) {
  KIRQL A = lockOuter(Ext), B;
  lockInner(Ext, &B);
  unlockInner(Ext, &B);
  unlockOuter(Ext, A);
}

typedef struct _GUARD {
  PKSPIN_LOCK Lock;
  KIRQL Irql;
} GUARD;
static void guardEnter(GUARD *G, PKSPIN_LOCK Lock) {
  G->Lock = Lock;
  KeAcquireSpinLock(Lock, &G->Irql);
}
static void guardLeave(GUARD *G) { KeReleaseSpinLock(G->Lock, G->Irql); }
void guard_good(PDEVICE_EXTENSION Ext) {
  GUARD A, B;
  guardEnter(&A, &Ext->Outer);
  guardEnter(&B, &Ext->Inner);
  guardLeave(&B);
  guardLeave(&A);
}
void array_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql[2];
  KeAcquireSpinLock(&Ext->Outer, &Irql[0]);
  KeAcquireSpinLock(&Ext->Inner, &Irql[1]);
  KeReleaseSpinLock(&Ext->Inner, Irql[1]);
  KeReleaseSpinLock(&Ext->Outer, Irql[0]);
}
void array_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql[2];
  KeAcquireSpinLock(&Ext->Outer, &Irql[0]);
  KeAcquireSpinLock(&Ext->Inner, &Irql[1]);
  KeReleaseSpinLock(&Ext->Inner, Irql[0]); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Inner' restores the level from before spin lock 'Ext->Outer' was acquired, which is still held}}
  KeReleaseSpinLock(&Ext->Outer, Irql[1]);
}
void copied_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql, Copy;
  KeAcquireSpinLock(&Ext->Outer, &Irql);
  Copy = Irql;
  KeReleaseSpinLock(&Ext->Outer, Copy);
}

//===--- other families --------------------------------------------------===//

void reader_writer_bad(PDEVICE_EXTENSION Ext) {
  KIRQL A, B;
  A = ExAcquireSpinLockShared(&Ext->Table);
  KeAcquireSpinLock(&Ext->Inner, &B);
  KeReleaseSpinLock(&Ext->Inner, A); // expected-warning {{'KeReleaseSpinLock' of 'Ext->Inner' restores the level from before reader/writer spin lock 'Ext->Table' was acquired, which is still held}}
  ExReleaseSpinLockShared(&Ext->Table, B);
}
void reader_writer_good(PDEVICE_EXTENSION Ext) {
  KIRQL A, B;
  A = ExAcquireSpinLockShared(&Ext->Table);
  KeAcquireSpinLock(&Ext->Inner, &B);
  KeReleaseSpinLock(&Ext->Inner, B);
  ExReleaseSpinLockShared(&Ext->Table, A);
}
void cancel_lock_bad(PDEVICE_EXTENSION Ext, PIRP Irp) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Outer, &A);
  IoAcquireCancelSpinLock(&Irp->CancelIrql);
  IoReleaseCancelSpinLock(A); // expected-warning {{restores the level from before spin lock 'Ext->Outer' was acquired, which is still held}}
  KeReleaseSpinLock(&Ext->Outer, A);
}
void cancel_lock_good(PDEVICE_EXTENSION Ext, PIRP Irp) {
  KIRQL A;
  KeAcquireSpinLock(&Ext->Outer, &A);
  IoAcquireCancelSpinLock(&Irp->CancelIrql);
  IoReleaseCancelSpinLock(Irp->CancelIrql);
  KeReleaseSpinLock(&Ext->Outer, A);
}
void interrupt_lock_bad(PKINTERRUPT Interrupt, PDEVICE_EXTENSION Ext) {
  KIRQL A, B;
  KeAcquireSpinLock(&Ext->Outer, &A);
  B = KeAcquireInterruptSpinLock(Interrupt);
  ++Ext->Count;
  KeReleaseInterruptSpinLock(Interrupt, A); // expected-warning {{'KeReleaseInterruptSpinLock' of 'Interrupt' restores the level from before spin lock 'Ext->Outer' was acquired, which is still held}}
  KeReleaseSpinLock(&Ext->Outer, B);
}
void interrupt_lock_good(PKINTERRUPT Interrupt, PDEVICE_EXTENSION Ext) {
  KIRQL A, B;
  KeAcquireSpinLock(&Ext->Outer, &A);
  B = KeAcquireInterruptSpinLock(Interrupt);
  ++Ext->Count;
  KeReleaseInterruptSpinLock(Interrupt, B);
  KeReleaseSpinLock(&Ext->Outer, A);
}

//===--- control flow ----------------------------------------------------===//

// A chain: the lock of the next element is taken before the previous is
// released, the level goes along.
void chain_good(PDEVICE_EXTENSION Ext, ULONG N) {
  KIRQL Irql, Dummy;
  KeAcquireSpinLock(&Ext->Outer, &Irql);
  for (ULONG I = 0; I < N; ++I) {
    KeAcquireSpinLock(&Ext->Inner, &Dummy);
    KeReleaseSpinLock(&Ext->Inner, Dummy);
  }
  KeReleaseSpinLock(&Ext->Outer, Irql);
}
void correlated_good(PDEVICE_EXTENSION Ext, BOOLEAN Both) {
  KIRQL A, B = PASSIVE_LEVEL;
  KeAcquireSpinLock(&Ext->Outer, &A);
  if (Both)
    KeAcquireSpinLock(&Ext->Inner, &B);
  ++Ext->Count;
  if (Both)
    KeReleaseSpinLock(&Ext->Inner, B);
  KeReleaseSpinLock(&Ext->Outer, A);
}
