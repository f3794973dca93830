// A mini-redirector: its headers, and what the routines of the buffering
// subsystem say of locks and levels.
// RUN: %verify %s
// RUN: %clang_kit --target=i686-pc-windows-msvc -Werror -fsyntax-only %s
// RUN: %clang_kit -x c++ -std=c++17 -DCXX -Werror -fsyntax-only %s
#include <rx.h>
#include <winerror.h>

#ifndef __cplusplus
#define static_assert _Static_assert
#endif
#define VALUE(X, N) static_assert((X) == (N), #X)
VALUE(LOWIO_OP_NOTIFY_CHANGE_DIRECTORY, 8);
VALUE(LOWIO_OP_MAXIMUM, 10);
VALUE(RDBSS_NTC_SRVOPEN, 0xeb1c);
VALUE(FCB_STATE_WRITECACHING_ENABLED, 0x08000000);
VALUE(RX_CONTEXT_FLAG_ASYNC_OPERATION, 0x1000);
VALUE(ERROR_DISK_QUOTA_EXCEEDED, 1295);
// The public part comes first in what the subsystem makes of it.
VALUE(__builtin_offsetof(MRX_FCB, SrvOpenList), __builtin_offsetof(FCB, SrvOpenList));
VALUE(__builtin_offsetof(MRX_SRV_OPEN, SrvOpenQLinks), __builtin_offsetof(SRV_OPEN, SrvOpenQLinks));
VALUE(__builtin_offsetof(MRX_FOBX, OffsetOfNextEaToReturn), __builtin_offsetof(FOBX, OffsetOfNextEaToReturn));
VALUE(__builtin_offsetof(MRX_V_NET_ROOT, IsExplicitConnection), __builtin_offsetof(V_NET_ROOT, IsExplicitConnection));

#ifndef CXX
static NTSTATUS NTAPI Read(PRX_CONTEXT RxContext) {
  PLOWIO_CONTEXT Io = &RxContext->LowIoContext;
  PNET_ROOT Root = (PNET_ROOT)RxContext->pFcb->pNetRoot;
  if (NodeType(RxContext->pFobx->pSrvOpen) != RDBSS_NTC_SRVOPEN)
    return STATUS_INVALID_PARAMETER;
  RxContext->IoStatusBlock.Information = Io->ParamsFor.ReadWrite.ByteCount + Root->SrvCall->Flags;
  return RxContext->RxDeviceObject->Flags & DO_POWER_PAGABLE ? STATUS_PENDING : STATUS_SUCCESS;
}

MINIRDR_DISPATCH Dispatch;
void Fill(void) {
  ZeroAndInitializeNodeType(&Dispatch, RDBSS_NTC_MINIRDR_DISPATCH, sizeof(Dispatch));
  Dispatch.MRxLowIOSubmit[LOWIO_OP_READ] = Read;
}

NTSTATUS NTAPI LeaksTable(PRX_CONTEXT RxContext, PUNICODE_STRING Name) {
  PNET_ROOT Root = (PNET_ROOT)RxContext->Create.pNetRoot;
  KeEnterCriticalRegion();
  RxAcquireFcbTableLockExclusive(&Root->FcbTable, TRUE);
  if (!RxFcbTableLookupFcb(&Root->FcbTable, Name)) {
    KeLeaveCriticalRegion();
    return STATUS_OBJECT_NAME_NOT_FOUND; // expected-warning {{is still held when 'LeaksTable' returns}}
  }
  RxReleaseFcbTableLock(&Root->FcbTable);
  KeLeaveCriticalRegion();
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI GivesTableBack(PRX_CONTEXT RxContext, PUNICODE_STRING Name) {
  PNET_ROOT Root = (PNET_ROOT)RxContext->Create.pNetRoot;
  PFCB Fcb;
  KeEnterCriticalRegion();
  RxAcquireFcbTableLockExclusive(&Root->FcbTable, TRUE);
  Fcb = RxFcbTableLookupFcb(&Root->FcbTable, Name);
  RxReleaseFcbTableLock(&Root->FcbTable);
  KeLeaveCriticalRegion();
  return Fcb ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

void AtDispatch(PRX_CONTEXT RxContext, PKSPIN_LOCK Lock) {
  KIRQL Old;
  KeAcquireSpinLock(Lock, &Old);
  RxLowIoCompletion(RxContext); // expected-warning {{'RxLowIoCompletion' is called at DISPATCH_LEVEL}}
  KeReleaseSpinLock(Lock, Old);
  RxLowIoCompletion(RxContext);
}
#endif
