// NDIS 6: locks, network buffers and a filter's characteristics.
//
// RUN: %clang_kit -fsyntax-only -Wall -Wextra -Werror %s

#include <ndis.h>
#include <netiodef.h>

#define SAME(a, b) _Static_assert((a) == (b), #a " is not " #b)

SAME(NDIS_STATUS_PENDING, 0x103);
SAME((ULONG)NDIS_STATUS_RESOURCES, 0xC000009A);
SAME((ULONG)NDIS_STATUS_FAILURE, 0xC0000001);
SAME((ULONG)NDIS_STATUS_PAUSED, 0xC023002A);
SAME(NDIS_OBJECT_TYPE_FILTER_DRIVER_CHARACTERISTICS, 0x8B);
SAME(OID_GEN_CURRENT_PACKET_FILTER, 0x0001010E);
SAME(OID_GEN_VENDOR_DRIVER_VERSION, 0x00010116);
SAME(OID_GEN_STATISTICS, 0x00020106);
SAME(OID_PNP_ENABLE_WAKE_UP, 0xFD010106);
SAME(NdisRequestMethod, 12);
SAME(NdisMediumMax, 20);
SAME(sizeof(NDIS_OBJECT_HEADER), 4);
SAME(sizeof(ETHERNET_HEADER), 14);
SAME(sizeof(IPV4_HEADER), 20);
SAME(sizeof(IPV6_HEADER), 40);
SAME(sizeof(NET_LUID), 8);
SAME(__builtin_types_compatible_p(__typeof__(((NDIS_FILTER_DRIVER_CHARACTERISTICS *)0)->AttachHandler), FILTER_ATTACH *), 1);

static NDIS_SPIN_LOCK Lock;
static PNDIS_RW_LOCK_EX RwLock;

FILTER_SEND_NET_BUFFER_LISTS Send;
VOID Send(NDIS_HANDLE Context, PNET_BUFFER_LIST Lists, NDIS_PORT_NUMBER Port, ULONG Flags) {
  LOCK_STATE_EX State;
  ULONG Bytes = 0;

  if (NDIS_TEST_SEND_AT_DISPATCH_LEVEL(Flags))
    NdisDprAcquireSpinLock(&Lock);
  else
    NdisAcquireSpinLock(&Lock);
  for (PNET_BUFFER_LIST L = Lists; L; L = NET_BUFFER_LIST_NEXT_NBL(L))
    Bytes += NET_BUFFER_DATA_LENGTH(NET_BUFFER_LIST_FIRST_NB(L));
  if (NDIS_TEST_SEND_AT_DISPATCH_LEVEL(Flags))
    NdisDprReleaseSpinLock(&Lock);
  else
    NdisReleaseSpinLock(&Lock);

  NdisAcquireRWLockRead(RwLock, &State, 0);
  NdisReleaseRWLock(RwLock, &State);
  if (Bytes)
    NdisFSendNetBufferLists(Context, Lists, Port, Flags);
}

VOID Register(PDRIVER_OBJECT Driver, PNDIS_HANDLE Handle) {
  NDIS_FILTER_DRIVER_CHARACTERISTICS C;
  NdisZeroMemory(&C, sizeof(C));
  C.Header.Type = NDIS_OBJECT_TYPE_FILTER_DRIVER_CHARACTERISTICS;
  C.Header.Size = NDIS_SIZEOF_FILTER_DRIVER_CHARACTERISTICS_REVISION_1;
  C.SendNetBufferListsHandler = Send;
  if (NdisFRegisterFilterDriver(Driver, NULL, &C, Handle) != NDIS_STATUS_SUCCESS)
    NdisMSleep(1000);
}

// The parts of a request have tags, and work items a role of their own.
NDIS_IO_WORKITEM_FUNCTION Later;
ULONG length(PNDIS_OID_REQUEST Request) {
  struct _SET *Set = &Request->DATA.SET_INFORMATION;
  struct _QUERY *Query = &Request->DATA.QUERY_INFORMATION;
  struct _METHOD *Method = &Request->DATA.METHOD_INFORMATION;
  return Set->InformationBufferLength + Query->InformationBufferLength + Method->InputBufferLength;
}
