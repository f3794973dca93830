// What an annotation at a parameter wants to be held is not asked of callers (docs/limits.md); the same of the function is.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _TREE {
  FAST_MUTEX Mutex;
  ULONG Size;
} TREE, *PTREE;

VOID shrinkParameter(_Requires_lock_held_(_Curr_->Mutex) PTREE Tree);
_Requires_lock_held_(Tree->Mutex) VOID shrink(PTREE Tree);

DRIVER_UNLOAD parameter_bad, function_bad, function_good;
extern PTREE TheTree;
VOID parameter_bad(PDRIVER_OBJECT Driver) {
  (void)Driver;
  shrinkParameter(TheTree); // not told
}
VOID function_bad(PDRIVER_OBJECT Driver) {
  (void)Driver;
  shrink(TheTree); // expected-warning {{'shrink' needs fast mutex 'Tree->Mutex', which is not held here}}
}
VOID function_good(PDRIVER_OBJECT Driver) {
  (void)Driver;
  ExAcquireFastMutex(&TheTree->Mutex);
  shrink(TheTree);
  ExReleaseFastMutex(&TheTree->Mutex);
}
