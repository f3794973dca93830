// condition-wait-without-loop, keyed-event-misuse: user mode, whose headers the kit does
// not have; what is needed is declared here.
// RUN: %verify %s
// RUN: %verify_possible -DPOSSIBLE %s
#include <ntifs.h>

typedef struct _RTL_CONDITION_VARIABLE { PVOID Ptr; } CONDITION_VARIABLE, *PCONDITION_VARIABLE;
typedef struct _RTL_SRWLOCK { PVOID Ptr; } SRWLOCK, *PSRWLOCK;
int SleepConditionVariableSRW(PCONDITION_VARIABLE Variable, PSRWLOCK Lock, ULONG Time, ULONG Flags);
int WaitOnAddress(volatile VOID *Address, PVOID Compare, SIZE_T Size, ULONG Time);
NTSTATUS NtWaitForKeyedEvent(HANDLE Event, PVOID Key, BOOLEAN Alertable, PLARGE_INTEGER Timeout);
NTSTATUS NtReleaseKeyedEvent(HANDLE Event, PVOID Key, BOOLEAN Alertable, PLARGE_INTEGER Timeout);

typedef struct _BOX {
  SRWLOCK Lock;
  CONDITION_VARIABLE Changed;
  ULONG Items;
  BOOLEAN Closed;
} BOX, *PBOX;

//===--- condition variables -------------------------------------------------------===//

void once_bad(PBOX Box) {
  if (Box->Items == 0)
    SleepConditionVariableSRW(&Box->Changed, &Box->Lock, MAXULONG, 0); // expected-warning {{'SleepConditionVariableSRW' may return before what it waits for has happened, and nothing looks again}}
  --Box->Items;
}
void loop_good(PBOX Box) {
  while (Box->Items == 0)
    SleepConditionVariableSRW(&Box->Changed, &Box->Lock, MAXULONG, 0);
  --Box->Items;
}
void loop_in_the_middle_good(PBOX Box) {
  for (;;) {
    if (Box->Items)
      break;
    if (!Box->Closed)
      SleepConditionVariableSRW(&Box->Changed, &Box->Lock, MAXULONG, 0);
  }
  --Box->Items;
}
void goto_good(PBOX Box) {
Again:
  if (Box->Items == 0) {
    SleepConditionVariableSRW(&Box->Changed, &Box->Lock, MAXULONG, 0);
    goto Again;
  }
  --Box->Items;
}
// A wrapper: the loop may be its callers'.
void wrapper_good(PBOX Box) {
#ifdef POSSIBLE
  // expected-warning@+2 {{nothing looks again}}
#endif
  SleepConditionVariableSRW(&Box->Changed, &Box->Lock, MAXULONG, 0);
}
void address_bad(PBOX Box) {
  ULONG Empty = 0;
  if (Box->Items == 0)
    WaitOnAddress(&Box->Items, &Empty, sizeof(Empty), MAXULONG); // expected-warning {{'WaitOnAddress' may return before}}
  --Box->Items;
}
void address_good(PBOX Box) {
  ULONG Empty = 0;
  while (Box->Items == 0)
    WaitOnAddress(&Box->Items, &Empty, sizeof(Empty), MAXULONG);
  --Box->Items;
}

//===--- keyed events --------------------------------------------------------------===//

NTSTATUS odd_key_bad(HANDLE Event) {
  return NtWaitForKeyedEvent(Event, (PVOID)0x1001, FALSE, NULL); // expected-warning {{'NtWaitForKeyedEvent' is called with an odd key, which it refuses}}
}
NTSTATUS release_odd_key_bad(HANDLE Event) {
  return NtReleaseKeyedEvent(Event, (PVOID)7, FALSE, NULL); // expected-warning {{'NtReleaseKeyedEvent' is called with an odd key}}
}
NTSTATUS even_key_good(HANDLE Event) {
  return NtWaitForKeyedEvent(Event, (PVOID)0x1000, FALSE, NULL);
}
NTSTATUS address_as_key_good(HANDLE Event, PBOX Box) {
  return NtReleaseKeyedEvent(Event, Box, FALSE, NULL);
}
