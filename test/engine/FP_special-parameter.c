// A value of a parameter that stands for "no lock is held" comes from other callers only.
// RUN: %verify %s
#include <ntifs.h>

extern ERESOURCE Lock;
VOID insert(HANDLE Parent, HANDLE Process);

static VOID add(HANDLE Parent, HANDLE Process) {
  if (Parent == (HANDLE)-1) { // expected-note {{}}
    ExAcquireResourceExclusiveLite(&Lock, TRUE); // expected-warning {{is held shared and is acquired exclusively}}
    insert(NULL, Process);
    ExReleaseResourceLite(&Lock);
    return;
  }
  insert(Parent, Process);
}
VOID created_good(HANDLE Parent, HANDLE Process) {
  ExAcquireResourceSharedLite(&Lock, TRUE); // expected-note 0+ {{}}
  add(Parent, Process);                     // expected-note 0+ {{}}
  ExReleaseResourceLite(&Lock);
}
VOID asked_good(HANDLE Process) { add((HANDLE)-1, Process); }
