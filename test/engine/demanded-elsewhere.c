// A lock that an annotation demands of an element is the one that is held, where the element is
// reached through a list, and not where a pointer leads to another object.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE {
  FAST_MUTEX Mutex;
  LIST_ENTRY Peers;
  struct _DEVICE *Parent;
  ULONG Count;
} DEVICE, *PDEVICE;
typedef struct _PEER {
  PDEVICE Device;
  LIST_ENTRY List;
} PEER, *PPEER;

_Requires_lock_held_(Peer->Device->Mutex) VOID removePeer(PPEER Peer);
_Requires_lock_held_(Device->Mutex) VOID countDown(PDEVICE Device);
extern DEVICE Global;

DRIVER_UNLOAD list_good;
VOID list_good(PDRIVER_OBJECT Driver) {
  PLIST_ENTRY Link;
  (void)Driver;
  ExAcquireFastMutex(&Global.Mutex);
  for (Link = Global.Peers.Flink; Link != &Global.Peers; Link = Link->Flink)
    removePeer(CONTAINING_RECORD(Link, PEER, List));
  ExReleaseFastMutex(&Global.Mutex);
}
DRIVER_UNLOAD list_bad;
VOID list_bad(PDRIVER_OBJECT Driver) { // expected-note 0+ {{}}
  PLIST_ENTRY Link;
  (void)Driver;
  for (Link = Global.Peers.Flink; Link != &Global.Peers; Link = Link->Flink) // expected-note 0+ {{}}
    removePeer(CONTAINING_RECORD(Link, PEER, List)); // expected-warning {{'removePeer' needs fast mutex 'Peer->Device->Mutex', which is not held here}}
}
DRIVER_UNLOAD parent_bad;
VOID parent_bad(PDRIVER_OBJECT Driver) { // expected-note 0+ {{}}
  (void)Driver;
  ExAcquireFastMutex(&Global.Mutex);
  countDown(Global.Parent); // expected-warning {{'countDown' needs fast mutex 'Device->Mutex', which is not held here}}
  ExReleaseFastMutex(&Global.Mutex);
}
