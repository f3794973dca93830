// Callbacks of kernel sockets and of NDIS polling run at up to DISPATCH_LEVEL; what
// is registered in a table of the kit is known by it.
// RUN: not %irqlint scan --checks=irql-too-high --possible %s | FileCheck %s
#include <ndis.h>
#include <wsk.h>
#include <ndis/poll.h>

static KEVENT Event;

static VOID Poll(PVOID Context, PNDIS_POLL_DATA Data) {
  (void)Context, (void)Data;
  // CHECK: [[@LINE+1]]:{{.*}}'KeWaitForSingleObject'
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
}
static const NDIS_POLL_CHARACTERISTICS Polling = {.PollHandler = Poll};

static NTSTATUS NTAPI Received(PVOID Context, ULONG Flags,
                               PWSK_DATAGRAM_INDICATION Data) {
  (void)Context, (void)Flags, (void)Data;
  // CHECK: [[@LINE+1]]:{{.*}}'KeWaitForSingleObject'
  KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
  return STATUS_SUCCESS;
}
static const WSK_CLIENT_DATAGRAM_DISPATCH Datagrams = {
    .WskReceiveFromEvent = Received};

NTSTATUS Start(NDIS_HANDLE Handle, NDIS_POLL_HANDLE *Out) {
  return Datagrams.WskReceiveFromEvent
             ? NdisRegisterPoll(Handle, NULL, &Polling, Out)
             : STATUS_UNSUCCESSFUL;
}
