// What stops the system ends a path, whatever a header says of it.
// RUN: %verify %s
typedef unsigned char KIRQL;
typedef struct { unsigned long long Value; } KSPIN_LOCK;
KIRQL KeAcquireSpinLock(KSPIN_LOCK *Lock, KIRQL *Old);
void KeReleaseSpinLock(KSPIN_LOCK *Lock, KIRQL Old);
void DbgRaiseAssertionFailure(void);
void RtlFailFast(unsigned Code);
void KeBugCheckEx(unsigned Code, void *A, void *B, void *C, void *D);
void ExRaiseStatus(long Status);
void DbgBreakPoint(void); // a debugger goes on from it

#define TAKE(NAME, STOP)                                                       \
  int NAME(KSPIN_LOCK *Lock, int Count) {                                      \
    KIRQL Old;                                                                 \
    KeAcquireSpinLock(Lock, &Old);                                             \
    if (Count <= 0) {                                                          \
      STOP;                                                                    \
      return 0;                                                                \
    }                                                                          \
    KeReleaseSpinLock(Lock, Old);                                              \
    return Count;                                                              \
  }
TAKE(Asserts, DbgRaiseAssertionFailure())
TAKE(Fails, RtlFailFast(5))
TAKE(Stops, KeBugCheckEx(1, 0, 0, 0, 0))
TAKE(Raises, ExRaiseStatus(-1))
TAKE(GoesOn, DbgBreakPoint()) // expected-warning {{spin lock 'Lock' is still held when 'GoesOn' returns}}
