// A mutex whose state is asked before it is released is thought to be held still where the answer says that it is not.
// RUN: %verify %s
#include <ntddk.h>

VOID untilFree_good(PKMUTEX Mutex) {
  LARGE_INTEGER None;
  None.QuadPart = 0;
  if (KeWaitForSingleObject(Mutex, Executive, KernelMode, FALSE, &None) != STATUS_SUCCESS)
    return;
  while (KeReadStateMutex(Mutex) != 1)
    KeReleaseMutex(Mutex, FALSE);
} // expected-warning {{kernel mutex 'Mutex' is still held when 'untilFree_good' returns}}
