// An object whose lock is either its own or one that checks others, by a bit of its flags: what was
// tested stays known through loops that give the lock up and take it again, although the word of
// flags may be another one then.
// RUN: %irqlint scan %s > %t.txt || true; FileCheck %s --input-file=%t.txt --implicit-check-not=warning:
#include <ntddk.h>

struct CheckedLock {
  void lock(PKIRQL, BOOLEAN);
  void unlock(KIRQL, BOOLEAN);
};
struct Extension {
  CheckedLock *Checked;
  ULONG History[8];
  ULONG Start[1];
};
struct Base {
  USHORT Type, Flags;
  BOOLEAN isDebug() { return !!(Flags & 0x80); }
  Extension *extension() { return CONTAINING_RECORD(this, Extension, Start); }
};
struct PlainLock {
  KSPIN_LOCK Lock;
  void acquire(KIRQL *Old) { KeAcquireSpinLock(&Lock, Old); }
  void release(KIRQL New) { KeReleaseSpinLock(&Lock, New); }
};
struct Object : Base {
  PlainLock Own;
  void lock(PKIRQL Irql) {
    if (isDebug()) {
      Extension *E = extension();
      if (E->Checked != NULL) {
        E->Checked->lock(Irql, FALSE);
        return;
      }
    }
    Own.acquire(Irql);
  }
  void unlock(KIRQL Irql) {
    if (isDebug()) {
      Extension *E = extension();
      if (E->Checked != NULL) {
        E->Checked->unlock(Irql, FALSE);
        return;
      }
    }
    Own.release(Irql);
  }
};

struct Timer : Object {
  BOOLEAN Again, Aborted;
  PVOID Stopping;
  BOOLEAN cancel();
  BOOLEAN stop_good();
  BOOLEAN stop_bad();
};
BOOLEAN Timer::stop_good() {
  KIRQL Irql;
  BOOLEAN Result;
  lock(&Irql);
  Aborted = FALSE;
  Stopping = KeGetCurrentThread();
  do {
    Again = FALSE;
    unlock(Irql);
    Result = cancel();
    lock(&Irql);
  } while (Result == FALSE && Again);
  Stopping = NULL;
  unlock(Irql);
  return Result;
}
// (Nobody else is told that it is stopping.)
BOOLEAN Timer::stop_bad() {
  KIRQL Irql;
  BOOLEAN Result;
  lock(&Irql);
  do {
    Again = FALSE;
    unlock(Irql);
    Result = cancel();
    lock(&Irql);
  } while (Result == FALSE && Again);
  if (Aborted)
    return TRUE;
  // CHECK: debug-locks.cpp:[[#@LINE-1]]:5: warning: spin lock 'Lock' is still held when 'stop_bad' returns
  unlock(Irql);
  return Result;
}

// The object of a call that locks stays what it was.
struct Provider {
  Object *Parent;
  BOOLEAN Full;
  BOOLEAN update(KIRQL Irql);
  BOOLEAN add_good() {
    KIRQL Irql;
    Parent->lock(&Irql);
    BOOLEAN Update = update(Irql);
    Parent->unlock(Irql);
    return Update;
  }
  BOOLEAN add_bad() {
    KIRQL Irql;
    Parent->lock(&Irql);
    if (Full)
      return FALSE;
    // CHECK: debug-locks.cpp:[[#@LINE-1]]:7: warning: spin lock {{.*}} is still held when 'add_bad' returns
    Parent->unlock(Irql);
    return TRUE;
  }
};
BOOLEAN both(Provider *P) { return P->add_good() && P->add_bad(); }

// What comes behind the wrapper is not done under the lock.
struct Target : Object {
  PDEVICE_OBJECT Next;
  KSPIN_LOCK Count;
  ULONG Sent;
  NTSTATUS send_good(PIRP Irp) {
    KIRQL Irql;
    KeAcquireSpinLock(&Count, &Irql);
    ++Sent;
    KeReleaseSpinLock(&Count, Irql);
    lock(&Irql);
    ++Sent;
    unlock(Irql);
    return IoCallDriver(Next, Irp);
  }
  NTSTATUS send_bad(PIRP Irp) {
    KIRQL Irql;
    KeAcquireSpinLock(&Count, &Irql);
    ++Sent;
    NTSTATUS Status = IoCallDriver(Next, Irp);
    // CHECK: warning: spin lock {{.*}} is held for a time without bound: 'IoCallDriver' runs other drivers
    KeReleaseSpinLock(&Count, Irql);
    return Status;
  }
};
NTSTATUS sendBoth(Target *T, PIRP A, PIRP B) {
  NTSTATUS Status = T->send_good(A);
  if (!NT_SUCCESS(Status))
    return Status;
  return T->send_bad(B);
}

// A lock that notes its owner: who has it, has it until he gives it up.
struct Table {
  PVOID find(PVOID Owner, PVOID Lock); // of another file
};
struct OwnedLock {
  KSPIN_LOCK Lock;
  PVOID Owner;
  Table *Owners;
  void acquire(PKIRQL Irql) {
    PVOID Me = KeGetCurrentThread();
    KeAcquireSpinLock(&Lock, Irql);
    Owner = Me;
    Owners->find(Me, this);
  }
  void release(KIRQL Irql) {
    if (Owner != KeGetCurrentThread())
      return;
    Owners->find(Owner, this);
    Owner = NULL;
    KeReleaseSpinLock(&Lock, Irql);
  }
  ULONG Count;
  ULONG next_good() {
    KIRQL Irql;
    acquire(&Irql);
    ULONG Next = ++Count;
    release(Irql);
    return Next;
  }
  ULONG next_bad() {
    KIRQL Irql;
    acquire(&Irql);
    if (Count == 0)
      return 0;
    // CHECK: debug-locks.cpp:[[#@LINE-1]]:7: warning: spin lock {{.*}} is still held when 'next_bad' returns
    ULONG Next = ++Count;
    release(Irql);
    return Next;
  }
};
ULONG nextBoth(OwnedLock *L) { return L->next_good() + L->next_bad(); }
