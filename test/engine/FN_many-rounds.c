// A condition that holds only after more rounds of a loop than are followed. The loop's
// bound and the condition are one variable. (Found by a random program.)
// RUN: %verify %s
// expected-no-diagnostics
#include <ntifs.h>

typedef struct _EXT {
  EX_RUNDOWN_REF Rundown;
  ULONG Count;
} EXT, *PEXT;

BOOLEAN manyRounds(PEXT Ext) {
  ULONG I;
  if (ExAcquireRundownProtection(&Ext->Rundown)) {
    for (I = 0; I < Ext->Count; ++I)
      ;
    if (Ext->Count > 7)
      return TRUE; // kept
    ExReleaseRundownProtection(&Ext->Rundown);
  }
  return TRUE;
}
