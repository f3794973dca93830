// Kernel sockets, the network module registrar, IP helper, filtering layers, polling
// and offloads of NDIS.
// RUN: %clang_kit -Werror -fsyntax-only %s
// RUN: %clang_kit --target=i686-pc-windows-msvc -Werror -fsyntax-only %s
// RUN: %clang_kit -x c++ -std=c++17 -Werror -fsyntax-only %s
#include <ndis.h>
#include <wsk.h>
#include <netioapi.h>
#include <ndis/poll.h>
#include <fwpsk.h>
#include <fwpmk.h>
#ifndef __cplusplus
#define static_assert _Static_assert
#endif
#define VALUE(X, N) static_assert((X) == (N), #X)
VALUE(MAKE_WSK_VERSION(1, 0), 0x100);
VALUE(SIO_WSK_SET_REMOTE_ADDRESS, 0x8F000001);
VALUE(FWPS_LAYER_INBOUND_IPPACKET_V4, 0);
VALUE(FWPS_LAYER_ALE_AUTH_CONNECT_V4, 48);
VALUE(FWPS_FIELD_ALE_AUTH_CONNECT_V4_IP_LOCAL_ADDRESS, 2);
VALUE(FWPS_FIELD_ALE_AUTH_CONNECT_V4_IP_REMOTE_PORT, 7);
VALUE(FWPS_METADATA_FIELD_PROCESS_ID, 0x20);
VALUE(NDIS_RUNTIME_VERSION_680, 0x60050);
VALUE(NDIS_RSS_HASH_TYPE_FROM_HASH_INFO(NDIS_HASH_TCP_IPV4 | 1), 0x200);
VALUE(IfOperStatusUp, 1);
static_assert(sizeof(WSK_BUF) == 3 * sizeof(void *), "");

// Both spellings of the members that all sockets have.
NTSTATUS Close(PWSK_SOCKET Socket, PIRP Irp) {
  const WSK_PROVIDER_DATAGRAM_DISPATCH *D =
      (const WSK_PROVIDER_DATAGRAM_DISPATCH *)Socket->Dispatch;
  return Irp ? D->WskCloseSocket(Socket, Irp)
             : D->Basic.WskCloseSocket(Socket, Irp);
}

static NTSTATUS WSKAPI Received(PVOID Context, ULONG Flags,
                                PWSK_DATAGRAM_INDICATION Data) {
  return Context && Flags && Data->RemoteAddress ? 0 : -1;
}
const WSK_CLIENT_DATAGRAM_DISPATCH Datagrams = {Received};

static NTSTATUS Attach(HANDLE Binding, PVOID Context,
                       PNPI_REGISTRATION_INSTANCE Provider) {
  (void)Context;
  return Provider->ModuleId->Type == MIT_GUID
             ? NmrClientAttachProvider(Binding, 0, 0, 0, 0)
             : -1;
}
NPI_CLIENT_ATTACH_PROVIDER_FN *const Attaches = Attach;

static void Poll(PVOID Context, PNDIS_POLL_DATA Data) {
  (void)Context;
  Data->Receive.NumberOfIndicatedNbls = Data->Receive.MaxNblsToIndicate;
}
NDIS_POLL *const Polls = Poll;

BOOLEAN Offloads(const NDIS_OFFLOAD *O, PNET_BUFFER_LIST List) {
  NdisSetNblFlag(List, 1);
  return O->LsoV2.IPv4.MaxOffLoadSize && O->Checksum.IPv4Transmit.TcpChecksum &&
         NdisTestNblFlag(List, 1);
}

static void NTAPI Classify(const FWPS_INCOMING_VALUES0 *Values,
                           const FWPS_INCOMING_METADATA_VALUES0 *Meta,
                           PVOID Layer, const void *Context,
                           const FWPS_FILTER3 *Filter, UINT64 Flow,
                           FWPS_CLASSIFY_OUT0 *Out) {
  (void)Meta, (void)Layer, (void)Context, (void)Filter, (void)Flow, (void)Out;
  (void)Values->incomingValue[FWPS_FIELD_ALE_AUTH_CONNECT_V4_IP_PROTOCOL];
}
FWPS_CALLOUT3 Callout = {{0}, 0, Classify, 0, 0};

NTSTATUS Metric(NET_LUID Luid, ULONG *Metric) {
  MIB_IPINTERFACE_ROW Row;
  InitializeIpInterfaceEntry(&Row);
  Row.InterfaceLuid = Luid;
  NTSTATUS Status = GetIpInterfaceEntry(&Row);
  *Metric = Row.Metric;
  return Status;
}
