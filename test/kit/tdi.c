// A client of a transport: its headers, and what its event handlers may do.
// RUN: not %irqlint scan --possible %s 2>&1 | FileCheck %s
// RUN: %clang_kit --target=i686-pc-windows-msvc -Werror -fsyntax-only %s
// RUN: %clang_kit -x c++ -std=c++17 -Werror -fsyntax-only %s
#include <tdikrnl.h>

#ifndef __cplusplus
#define static_assert _Static_assert
#endif
#define VALUE(X, N) static_assert((X) == (N), #X)
VALUE(TDI_SET_EVENT_HANDLER, 0x0B);
VALUE(TDI_EVENT_CHAINED_RECEIVE, 7);
VALUE(TDI_RECEIVE_AT_DISPATCH_LEVEL, 0x800);
VALUE(TDI_ADDRESS_TYPE_IP6, 23);
VALUE(TDI_ADDRESS_LENGTH_IP, 14);
VALUE(sizeof(TA_IP_ADDRESS), 22);

typedef struct _CLIENT { KEVENT Idle; KSPIN_LOCK Lock; ULONG Bytes; } CLIENT;

// CHECK: tdi.c:[[#@LINE+2]]:{{.*}}'KeWaitForSingleObject' may wait at PASSIVE_LEVEL..DISPATCH_LEVEL (possible)
static NTSTATUS NTAPI OnReceive(PVOID Context, CONNECTION_CONTEXT Connection, ULONG Flags, ULONG Indicated, ULONG Available, ULONG *Taken, PVOID Tsdu, PIRP *Irp) {
  KeWaitForSingleObject(&((CLIENT *)Context)->Idle, Executive, KernelMode, FALSE, NULL);
  *Taken = Indicated;
  return STATUS_SUCCESS;
}

static NTSTATUS NTAPI OnDisconnect(PVOID Context, CONNECTION_CONTEXT Connection, LONG DataLength, PVOID Data, LONG InfoLength, PVOID Info, ULONG Flags) {
  CLIENT *Client = (CLIENT *)Context;
  KIRQL Old;
  KeAcquireSpinLock(&Client->Lock, &Old);
  Client->Bytes = 0;
  KeReleaseSpinLock(&Client->Lock, Old);
  return STATUS_SUCCESS;
}

void Listen(PIRP First, PIRP Second, PDEVICE_OBJECT Device, PFILE_OBJECT File, CLIENT *Client) {
  TdiBuildSetEventHandler(First, Device, File, NULL, NULL, TDI_EVENT_RECEIVE, OnReceive, Client);
  TdiBuildSetEventHandler(Second, Device, File, NULL, NULL, TDI_EVENT_DISCONNECT, OnDisconnect, Client);
}

// CHECK: tdi.c:[[#@LINE+4]]:{{.*}}'TdiDeregisterPnPHandlers' is called at DISPATCH_LEVEL
void Forget(HANDLE Binding, CLIENT *Client) {
  KIRQL Old;
  KeAcquireSpinLock(&Client->Lock, &Old);
  TdiDeregisterPnPHandlers(Binding);
  KeReleaseSpinLock(&Client->Lock, Old);
}
// CHECK: 2 findings (1 possible) in 1 unit
