#pragma once
#include <ntddk.h>

typedef struct _STATE {
  KSPIN_LOCK Lock;
  ULONG Count;
} STATE, *PSTATE;

VOID named_bad(PSTATE State);
VOID named_too_bad(PSTATE State);
VOID disabled_ok(PSTATE State);
VOID segment_bad(PSTATE State);
VOID default_ok(PSTATE State);
