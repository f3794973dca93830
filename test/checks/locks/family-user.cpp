// User mode: critical sections, slim locks, their guards; the kit has no headers for it.
// RUN: %verify -std=c++17 %s
#include <ntifs.h>

extern "C" {
typedef struct _RTL_CRITICAL_SECTION { PVOID Debug; LONG Count; } CRITICAL_SECTION, *PCRITICAL_SECTION;
typedef struct _RTL_SRWLOCK { PVOID Ptr; } SRWLOCK, *PSRWLOCK;
typedef struct _RTL_CONDITION_VARIABLE { PVOID Ptr; } CONDITION_VARIABLE, *PCONDITION_VARIABLE;
void EnterCriticalSection(PCRITICAL_SECTION);
int TryEnterCriticalSection(PCRITICAL_SECTION);
void LeaveCriticalSection(PCRITICAL_SECTION);
void DeleteCriticalSection(PCRITICAL_SECTION);
void AcquireSRWLockExclusive(PSRWLOCK);
void AcquireSRWLockShared(PSRWLOCK);
BOOLEAN TryAcquireSRWLockExclusive(PSRWLOCK);
void ReleaseSRWLockExclusive(PSRWLOCK);
void ReleaseSRWLockShared(PSRWLOCK);
int SleepConditionVariableCS(PCONDITION_VARIABLE, PCRITICAL_SECTION, ULONG);
ULONG WaitForMultipleObjects(ULONG, const HANDLE *, int, ULONG);
}

struct Box {
  CRITICAL_SECTION Section;
  SRWLOCK Lock;
  CONDITION_VARIABLE Changed;
  ULONG Items;
  bool Closed;
};

bool section_leak_bad(Box *B) {
  EnterCriticalSection(&B->Section);
  if (B->Closed)
    return false; // expected-warning {{critical section 'B->Section' is still held when 'section_leak_bad' returns}}
  ++B->Items;
  LeaveCriticalSection(&B->Section);
  return true;
}
void section_again_good(Box *B) {
  EnterCriticalSection(&B->Section);
  EnterCriticalSection(&B->Section);
  LeaveCriticalSection(&B->Section);
  LeaveCriticalSection(&B->Section);
}
void section_try_bad(Box *B) {
  if (TryEnterCriticalSection(&B->Section))
    ++B->Items;
  LeaveCriticalSection(&B->Section); // expected-warning {{critical section 'B->Section' is released by 'LeaveCriticalSection' on a path on which 'TryEnterCriticalSection' failed to acquire it}}
}
void section_deleted_bad(Box *B) {
  EnterCriticalSection(&B->Section);
  DeleteCriticalSection(&B->Section); // expected-warning {{critical section 'B->Section' is deleted by 'DeleteCriticalSection' while it is held}}
}
void slim_again_bad(Box *B) {
  AcquireSRWLockExclusive(&B->Lock);
  AcquireSRWLockExclusive(&B->Lock); // expected-warning {{slim reader/writer lock 'B->Lock' is acquired again by 'AcquireSRWLockExclusive'}}
  ReleaseSRWLockExclusive(&B->Lock);
}
void slim_upgrade_bad(Box *B) {
  AcquireSRWLockShared(&B->Lock);
  AcquireSRWLockExclusive(&B->Lock); // expected-warning {{slim reader/writer lock 'B->Lock' is held shared and is acquired exclusively}}
  ReleaseSRWLockExclusive(&B->Lock);
}
void slim_mode_bad(Box *B) {
  AcquireSRWLockExclusive(&B->Lock);
  ReleaseSRWLockShared(&B->Lock); // expected-warning {{slim reader/writer lock 'B->Lock' is held exclusively but is released by 'ReleaseSRWLockShared'}}
}
void slim_try_good(Box *B) {
  if (!TryAcquireSRWLockExclusive(&B->Lock))
    return;
  ++B->Items;
  ReleaseSRWLockExclusive(&B->Lock);
}
void wait_without_lock_bad(Box *B) {
  EnterCriticalSection(&B->Section);
  while (B->Items == 0) {
    LeaveCriticalSection(&B->Section);
    SleepConditionVariableCS(&B->Changed, &B->Section, 1000); // expected-warning {{'SleepConditionVariableCS' needs critical section 'B->Section', which is not held here}}
    EnterCriticalSection(&B->Section);
  }
  LeaveCriticalSection(&B->Section);
}
void wait_with_lock_good(Box *B) {
  EnterCriticalSection(&B->Section);
  while (B->Items == 0)
    SleepConditionVariableCS(&B->Changed, &B->Section, 1000);
  LeaveCriticalSection(&B->Section);
}
void too_many_bad(const HANDLE *Handles) {
  WaitForMultipleObjects(65, Handles, 0, MAXULONG); // expected-warning {{'WaitForMultipleObjects' waits for more than 64 objects}}
}

//===--- guards whose bodies can be seen -------------------------------------------===//

namespace mini {
template <typename Mutex> class lock_guard {
public:
  explicit lock_guard(Mutex &M) : M(M) { M.lock(); }
  ~lock_guard() { M.unlock(); }

private:
  Mutex &M;
};
} // namespace mini

class SectionMutex {
public:
  void lock() { EnterCriticalSection(&Section); }
  void unlock() { LeaveCriticalSection(&Section); }
  CRITICAL_SECTION Section;
};
class SlimMutex {
public:
  void lock() { AcquireSRWLockExclusive(&Lock); }
  void unlock() { ReleaseSRWLockExclusive(&Lock); }
  SRWLOCK Lock;
};

struct Table {
  SectionMutex Mutex;
  SlimMutex Slim;
  ULONG Count;
};

bool guard_good(Table *T) {
  mini::lock_guard<SectionMutex> Guard(T->Mutex);
  if (T->Count)
    return false;
  ++T->Count;
  return true;
}
bool guard_and_hand_bad(Table *T) {
  mini::lock_guard<SlimMutex> Guard(T->Slim);
  if (T->Count)
    return false;
  T->Slim.unlock();
  return true; // expected-warning {{slim reader/writer lock 'Lock' is released by 'ReleaseSRWLockExclusive' but was released before}}
}
void guard_twice_bad(Table *T) {
  mini::lock_guard<SlimMutex> Outer(T->Slim);
  AcquireSRWLockExclusive(&T->Slim.Lock); // expected-warning {{is acquired again by 'AcquireSRWLockExclusive' while this thread holds it}}
}

//===--- classes whose bodies cannot be seen ---------------------------------------===//

class CComAutoCriticalSection {
public:
  long Lock();
  long Unlock();
  PVOID Section;
};
struct Queue {
  CComAutoCriticalSection Section;
  ULONG Count;
  bool Closed;
};
bool atl_leak_bad(Queue *Q) {
  Q->Section.Lock();
  if (Q->Closed)
    return false; // expected-warning {{critical section 'Q->Section' is still held when 'atl_leak_bad' returns; acquired by 'CComAutoCriticalSection::Lock'}}
  ++Q->Count;
  Q->Section.Unlock();
  return true;
}
bool atl_good(Queue *Q) {
  bool Open;
  Q->Section.Lock();
  Open = !Q->Closed;
  if (Open)
    ++Q->Count;
  Q->Section.Unlock();
  return Open;
}
