// Network adapters of the class extension: rings are walked through functions, queues
// and filters have typed callbacks, flags stay flags.
// RUN: %clang_kit -x c++ -std=c++17 -Werror -fsyntax-only %s
#include <ntddk.h>
#include <wdf.h>
#include <netadaptercx.h>
#include <net/ring.h>
#include <net/packet.h>
#include <new>

static_assert(sizeof(NET_FRAGMENT) == 8, "bit fields of one word");
static_assert(sizeof(NET_PACKET_CHECKSUM) == 1, "two bits for each layer");
static_assert(__is_same(decltype(NET_PACKET_QUEUE_CONFIG::EvtAdvance), EVT_PACKET_QUEUE_ADVANCE *), "role");

EVT_PACKET_QUEUE_ADVANCE Advance;
void Advance(NETPACKETQUEUE Queue) {
  const NET_RING_COLLECTION *Rings = NetTxQueueGetRingCollection(Queue);
  NET_RING *Ring = NetRingCollectionGetPacketRing(Rings);
  for (UINT32 I = Ring->BeginIndex; I != Ring->EndIndex; I = NetRingIncrementIndex(Ring, I))
    if (!NetRingGetPacketAtIndex(Ring, I)->Ignore)
      Ring->BeginIndex = I;
}
EVT_PACKET_QUEUE_SET_NOTIFICATION_ENABLED Enabled;
EVT_PACKET_QUEUE_CANCEL Cancel;

NTSTATUS create(NETTXQUEUE_INIT *Init, NETADAPTER Adapter) {
  NET_PACKET_QUEUE_CONFIG Config;
  NET_PACKET_QUEUE_CONFIG_INIT(&Config, Advance, Enabled, Cancel);
  NET_ADAPTER_RECEIVE_FILTER_CAPABILITIES Filter;
  NET_ADAPTER_RECEIVE_FILTER_CAPABILITIES_INIT(&Filter, nullptr);
  Filter.SupportedPacketFilters = NetPacketFilterFlagDirected | NetPacketFilterFlagMulticast;
  NetAdapterSetReceiveFilterCapabilities(Adapter, &Filter);
  NETPACKETQUEUE Queue;
  return NetTxQueueCreate(Init, WDF_NO_OBJECT_ATTRIBUTES, &Config, &Queue);
}

struct Context {
  int Value;
};
Context *place(void *Memory) { return new (Memory) Context{1}; }
