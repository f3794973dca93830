// A lock in a wrapper is known by the member that the wrapper is: the locks of all wrappers
// are not one class, nor are those that two classes inherit.
// RUN: %irqlint scan %s > %t.txt || true; FileCheck %s --input-file=%t.txt
// CHECK: lock-wrappers.cpp:{{[0-9]+}}:{{.*}} is held; 'flush_bad' acquires them in the opposite order
// CHECK-NOT: opposite order
extern "C" {
#include <ntddk.h>
}

class Guarded {
public:
  void lock() { KeAcquireSpinLock(&Spin, &Irql); }
  void unlock() { KeReleaseSpinLock(&Spin, Irql); }

private:
  KSPIN_LOCK Spin;
  KIRQL Irql;
};

struct Table {
  Guarded Lock;
  int Count;
};
struct Rx {
  Guarded Lock;
  int Count;
};
struct Tx {
  Guarded Lock;
  int Count;
};
static Table Main;

void receive_good(Rx *R) {
  R->Lock.lock();
  Main.Lock.lock();
  R->Count++;
  Main.Lock.unlock();
  R->Lock.unlock();
}
void send_good(Tx *T) {
  Main.Lock.lock();
  T->Lock.lock();
  T->Count++;
  T->Lock.unlock();
  Main.Lock.unlock();
}
void flush_bad(Rx *R) {
  Main.Lock.lock();
  R->Lock.lock();
  R->Count++;
  R->Lock.unlock();
  Main.Lock.unlock();
}

// ---- inherited

class Path {
protected:
  Guarded Lock;
  int Count;
};
class Control : public Path {
public:
  void send_good(Table *T);
};
class Receive : public Path {
public:
  void take_good(Table *T);
};
void Control::send_good(Table *T) {
  T->Lock.lock();
  Lock.lock();
  Count++;
  Lock.unlock();
  T->Lock.unlock();
}
void Receive::take_good(Table *T) {
  Lock.lock();
  T->Lock.lock();
  Count++;
  T->Lock.unlock();
  Lock.unlock();
}

//===--- wrappers that choose by leaving early --------------------------------------------===//

class Checked {
public:
  void lock(PKIRQL Old);
  void unlock(KIRQL Old);
};

class Object {
  ULONG Flags;
  KSPIN_LOCK Lock;
  Checked *Checker;
  ULONG Count;

protected:
  bool isChecked() { return (Flags & 4) != 0; }
  void lock(PKIRQL Old) {
    if (isChecked()) {
      if (Checker != nullptr) {
        Checker->lock(Old);
        return;
      }
    }
    KeAcquireSpinLock(&Lock, Old);
  }
  void unlock(KIRQL Old) {
    if (isChecked()) {
      if (Checker != nullptr) {
        Checker->unlock(Old);
        return;
      }
    }
    KeReleaseSpinLock(&Lock, Old);
  }
  _Releases_lock_(this->Other.Lock)
  _IRQL_requires_(DISPATCH_LEVEL)
  void dispatch(_IRQL_restores_ KIRQL Old);
  void outside();

public:
  void leavesEarly_good() {
    KIRQL Old;
    lock(&Old);
    outside();
    ++Count;
    unlock(Old);
  }
  void leavesEarly_bad(bool Stop) {
    KIRQL Old;
    lock(&Old); // expected-note 0+ {{}}
    outside();
    if (Stop) // expected-note 0+ {{}}
      return; // expected-warning {{is still held}} expected-note 0+ {{}}
    unlock(Old);
  }
  // The one that is handed the lock of this object gives it up.
  void handsOver_good(bool Idle) {
    KIRQL Old;
    lock(&Old);
    ++Count;
    if (Idle)
      dispatch(Old);
    else
      unlock(Old);
  }
};
void useObject(Object *O) {
  O->leavesEarly_good();
  O->leavesEarly_bad(true);
  O->handsOver_good(true);
}
