// NDIS spin locks, plain and at DISPATCH_LEVEL, and NDIS reader/writer locks.
// RUN: %verify %s -DNDIS_MINIPORT_DRIVER=1 -DNDIS650_MINIPORT=1
#include <ndis.h>

typedef struct _ADAPTER {
  NDIS_SPIN_LOCK Lock, Other;
  PNDIS_RW_LOCK_EX Table;
  NDIS_EVENT Event;
  ULONG Count;
  BOOLEAN Stopping, AtDispatch;
} ADAPTER, *PADAPTER;

MINIPORT_PAUSE leak_bad;
NDIS_STATUS leak_bad(NDIS_HANDLE Context, PNDIS_MINIPORT_PAUSE_PARAMETERS Parameters) {
  PADAPTER Adapter = (PADAPTER)Context;
  (void)Parameters;
  NdisAcquireSpinLock(&Adapter->Lock);
  if (Adapter->Stopping)
    return NDIS_STATUS_FAILURE; // expected-warning {{NDIS spin lock 'Adapter->Lock' is still held when 'leak_bad' returns; acquired by 'NdisAcquireSpinLock'}}
  NdisReleaseSpinLock(&Adapter->Lock);
  return NDIS_STATUS_SUCCESS;
}
MINIPORT_PAUSE leak_good;
NDIS_STATUS leak_good(NDIS_HANDLE Context, PNDIS_MINIPORT_PAUSE_PARAMETERS Parameters) {
  PADAPTER Adapter = (PADAPTER)Context;
  NDIS_STATUS Status = NDIS_STATUS_SUCCESS;
  (void)Parameters;
  NdisAcquireSpinLock(&Adapter->Lock);
  if (Adapter->Stopping)
    Status = NDIS_STATUS_FAILURE;
  NdisReleaseSpinLock(&Adapter->Lock);
  NdisMSleep(1000);
  return Status;
}
void double_bad(PADAPTER Adapter) {
  NdisAcquireSpinLock(&Adapter->Lock);
  NdisDprAcquireSpinLock(&Adapter->Lock); // expected-warning {{NDIS spin lock 'Adapter->Lock' is acquired again by 'NdisDprAcquireSpinLock' while this thread holds it; first acquired by 'NdisAcquireSpinLock'}}
  NdisDprReleaseSpinLock(&Adapter->Lock);
  NdisReleaseSpinLock(&Adapter->Lock);
}
void nested_dpr_good(PADAPTER Adapter) {
  NdisAcquireSpinLock(&Adapter->Lock);
  NdisDprAcquireSpinLock(&Adapter->Other);
  NdisDprReleaseSpinLock(&Adapter->Other);
  NdisReleaseSpinLock(&Adapter->Lock);
}
void wrong_form_bad(PADAPTER Adapter) {
  NdisAcquireSpinLock(&Adapter->Lock);
  NdisDprReleaseSpinLock(&Adapter->Lock); // expected-warning {{NDIS spin lock 'Adapter->Lock' was acquired by 'NdisAcquireSpinLock' but is released by 'NdisDprReleaseSpinLock', which leaves the level raised}}
}
void sleep_bad(PADAPTER Adapter) {
  NdisAcquireSpinLock(&Adapter->Lock);
  NdisMSleep(1000); // expected-warning {{'NdisMSleep' waits at DISPATCH_LEVEL while NDIS spin lock 'Adapter->Lock' is held}}
  NdisReleaseSpinLock(&Adapter->Lock);
}
void wait_event_bad(PADAPTER Adapter) {
  NdisAcquireSpinLock(&Adapter->Lock);
  NdisWaitEvent(&Adapter->Event, 100); // expected-warning {{'NdisWaitEvent' waits at DISPATCH_LEVEL while NDIS spin lock 'Adapter->Lock' is held}}
  NdisReleaseSpinLock(&Adapter->Lock);
}
// The form follows the send flags, both times.
#define ACQUIRE(Lock, AtDispatch)                                              \
  do {                                                                         \
    if (AtDispatch)                                                            \
      NdisDprAcquireSpinLock(Lock);                                            \
    else                                                                       \
      NdisAcquireSpinLock(Lock);                                               \
  } while (0)
#define RELEASE(Lock, AtDispatch)                                              \
  do {                                                                         \
    if (AtDispatch)                                                            \
      NdisDprReleaseSpinLock(Lock);                                            \
    else                                                                       \
      NdisReleaseSpinLock(Lock);                                               \
  } while (0)
MINIPORT_SEND_NET_BUFFER_LISTS by_flag_good;
void by_flag_good(NDIS_HANDLE Context, PNET_BUFFER_LIST List, NDIS_PORT_NUMBER Port, ULONG Flags) {
  PADAPTER Adapter = (PADAPTER)Context;
  BOOLEAN AtDispatch = (Flags & NDIS_SEND_FLAGS_DISPATCH_LEVEL) != 0;
  (void)List, (void)Port;
  ACQUIRE(&Adapter->Lock, AtDispatch);
  ++Adapter->Count;
  RELEASE(&Adapter->Lock, AtDispatch);
}
MINIPORT_SEND_NET_BUFFER_LISTS by_flag_bits_good;
void by_flag_bits_good(NDIS_HANDLE Context, PNET_BUFFER_LIST List, NDIS_PORT_NUMBER Port, ULONG Flags) {
  PADAPTER Adapter = (PADAPTER)Context;
  (void)List, (void)Port;
  if (NDIS_TEST_SEND_AT_DISPATCH_LEVEL(Flags))
    NdisDprAcquireSpinLock(&Adapter->Lock);
  else
    NdisAcquireSpinLock(&Adapter->Lock);
  ++Adapter->Count;
  if (NDIS_TEST_SEND_AT_DISPATCH_LEVEL(Flags))
    NdisDprReleaseSpinLock(&Adapter->Lock);
  else
    NdisReleaseSpinLock(&Adapter->Lock);
}

//===--- reader/writer locks ---------------------------------------------------------------===//

MINIPORT_PAUSE rw_leak_bad;
NDIS_STATUS rw_leak_bad(NDIS_HANDLE Context, PNDIS_MINIPORT_PAUSE_PARAMETERS Parameters) {
  PADAPTER Adapter = (PADAPTER)Context;
  LOCK_STATE_EX State;
  (void)Parameters;
  NdisAcquireRWLockRead(Adapter->Table, &State, 0);
  if (Adapter->Stopping)
    return NDIS_STATUS_FAILURE; // expected-warning {{NDIS reader/writer lock 'Adapter->Table' is still held when 'rw_leak_bad' returns; acquired by 'NdisAcquireRWLockRead'}}
  NdisReleaseRWLock(Adapter->Table, &State);
  return NDIS_STATUS_SUCCESS;
}
MINIPORT_PAUSE rw_good;
NDIS_STATUS rw_good(NDIS_HANDLE Context, PNDIS_MINIPORT_PAUSE_PARAMETERS Parameters) {
  PADAPTER Adapter = (PADAPTER)Context;
  LOCK_STATE_EX Outer, Inner;
  (void)Parameters;
  // Readers nest, each with its own state.
  NdisAcquireRWLockRead(Adapter->Table, &Outer, 0);
  NdisAcquireRWLockRead(Adapter->Table, &Inner, NDIS_RWL_AT_DISPATCH_LEVEL);
  NdisReleaseRWLock(Adapter->Table, &Inner);
  NdisReleaseRWLock(Adapter->Table, &Outer);
  NdisMSleep(10);
  return NDIS_STATUS_SUCCESS;
}
void rw_sleep_bad(PADAPTER Adapter) {
  LOCK_STATE_EX State;
  NdisAcquireRWLockWrite(Adapter->Table, &State, 0);
  NdisMSleep(10); // expected-warning {{'NdisMSleep' waits at DISPATCH_LEVEL while NDIS reader/writer lock 'Adapter->Table' is held}}
  NdisReleaseRWLock(Adapter->Table, &State);
}
void rw_upgrade_bad(PADAPTER Adapter) {
  LOCK_STATE_EX Read, Write;
  NdisAcquireRWLockRead(Adapter->Table, &Read, 0);
  NdisAcquireRWLockWrite(Adapter->Table, &Write, NDIS_RWL_AT_DISPATCH_LEVEL); // expected-warning {{NDIS reader/writer lock 'Adapter->Table' is held shared and is acquired exclusively by 'NdisAcquireRWLockWrite'}}
  NdisReleaseRWLock(Adapter->Table, &Write);
  NdisReleaseRWLock(Adapter->Table, &Read);
}
// The flag is a promise about the level.
MINIPORT_PAUSE rw_flag_bad;
NDIS_STATUS rw_flag_bad(NDIS_HANDLE Context, PNDIS_MINIPORT_PAUSE_PARAMETERS Parameters) {
  PADAPTER Adapter = (PADAPTER)Context;
  LOCK_STATE_EX State;
  (void)Parameters; // entered at PASSIVE_LEVEL
  NdisAcquireRWLockRead(Adapter->Table, &State, NDIS_RWL_AT_DISPATCH_LEVEL); // expected-warning {{'NdisAcquireRWLockRead' is called at PASSIVE_LEVEL, below its minimum DISPATCH_LEVEL}}
  NdisReleaseRWLock(Adapter->Table, &State);
  return NDIS_STATUS_SUCCESS;
}

__declspec(code_seg("PAGE"))
void paged_bad(PADAPTER Adapter) {
  NdisAcquireSpinLock(&Adapter->Lock); // expected-warning {{pageable function 'paged_bad' raises IRQL to DISPATCH_LEVEL with 'NdisAcquireSpinLock' and goes on running there}}
  NdisReleaseSpinLock(&Adapter->Lock);
}
