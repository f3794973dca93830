// NDIS_LOWER_IRQL lowers nothing where the old level is the current one.
// RUN: %verify %s
#include <ndis.h>

VOID work(PVOID Context);

VOID send_good(PVOID Context, ULONG Flags) {
  KIRQL Old;
  if (NDIS_TEST_SEND_FLAG(Flags, NDIS_SEND_FLAGS_DISPATCH_LEVEL))
    Old = DISPATCH_LEVEL;
  else
    NDIS_RAISE_IRQL_TO_DISPATCH(&Old);
  work(Context);
  NDIS_LOWER_IRQL(Old, DISPATCH_LEVEL);
}

VOID send_bad(PVOID Context, BOOLEAN Wait) {
  KIRQL Old;
  NDIS_RAISE_IRQL_TO_DISPATCH(&Old);
  work(Context);
  if (Wait)
    return; // expected-warning {{'send_bad' returns at DISPATCH_LEVEL}}
  NDIS_LOWER_IRQL(Old, DISPATCH_LEVEL);
}
