//===- Device.cpp - Devices, requests, interrupts -------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// Enough of the I/O manager for one driver above a bus that does what it is
/// asked to: at once, or later and on a thread of its own.
//===----------------------------------------------------------------------===//

#include "Runtime/Nt/Device.h"
#include <irqlint_scenario.h>

/// All device levels are one.
static const unsigned DeviceIrql = 5;

static RtWord word(const volatile void *P) {
  return reinterpret_cast<RtWord>(P);
}

PDEVICE_OBJECT newDevice(PDRIVER_OBJECT Driver, ULONG ExtensionSize) {
  auto *D = static_cast<PDEVICE_OBJECT>(
      irqlint_rt_allocate(sizeof(DEVICE_OBJECT), 1));
  D->DriverObject = Driver;
  D->StackSize = 1;
  if (ExtensionSize)
    D->DeviceExtension = irqlint_rt_allocate(ExtensionSize, 1);
  if (Driver) {
    D->NextDevice = Driver->DeviceObject;
    Driver->DeviceObject = D;
  }
  return D;
}

PIRP newRequest(PDEVICE_OBJECT Device, UCHAR Major, UCHAR Minor) {
  RtWord Size = sizeof(IRP) + Device->StackSize * sizeof(IO_STACK_LOCATION);
  auto *Irp = static_cast<PIRP>(irqlint_rt_allocate(Size, 1));
  Irp->StackCount = Device->StackSize;
  Irp->CurrentLocation = (CHAR)(Device->StackSize + 1);
  Irp->Tail.Overlay.CurrentStackLocation =
      reinterpret_cast<PIO_STACK_LOCATION>(Irp + 1) + Device->StackSize;
  Irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
  PIO_STACK_LOCATION First = Irp->Tail.Overlay.CurrentStackLocation - 1;
  First->MajorFunction = Major;
  First->MinorFunction = Minor;
  return Irp;
}

static NTSTATUS complete(PIRP Irp) {
  if (Irp->AllocationFlags) {
    irqlint_rt_misuse("a request is completed that was completed before");
    return STATUS_SUCCESS;
  }
  while (Irp->CurrentLocation <= Irp->StackCount) {
    PIO_STACK_LOCATION S = Irp->Tail.Overlay.CurrentStackLocation;
    Irp->PendingReturned = (S->Control & SL_PENDING_RETURNED) != 0;
    ++Irp->CurrentLocation;
    ++Irp->Tail.Overlay.CurrentStackLocation;
    NTSTATUS Status = Irp->IoStatus.Status;
    UCHAR Asks = Status >= 0 ? SL_INVOKE_ON_SUCCESS : SL_INVOKE_ON_ERROR;
    if (!S->CompletionRoutine || !(S->Control & Asks)) {
      if (Irp->PendingReturned && Irp->CurrentLocation <= Irp->StackCount)
        Irp->Tail.Overlay.CurrentStackLocation->Control |= SL_PENDING_RETURNED;
      continue;
    }
    RtCallback R = {};
    R.Role = "IO_COMPLETION_ROUTINE";
    R.Function = reinterpret_cast<RtWord>(S->CompletionRoutine);
    if (Irp->CurrentLocation <= Irp->StackCount)
      R.Args[0] = word(Irp->Tail.Overlay.CurrentStackLocation->DeviceObject);
    R.Args[1] = word(Irp);
    R.Args[2] = word(S->Context);
    R.Level = irqlint_rt_irql();
    if ((NTSTATUS)irqlint_rt_call(&R) == STATUS_MORE_PROCESSING_REQUIRED)
      return STATUS_MORE_PROCESSING_REQUIRED;
  }
  Irp->AllocationFlags = 1;
  if (Irp->UserEvent)
    irqlint_rt_signal(Irp->UserEvent, 0, 1);
  return STATUS_SUCCESS;
}

static void IRQLINT_RT completeLater(void *Context) {
  complete(static_cast<PIRP>(Context));
}

/// The bus below does what the scenario lets it do. Plug and play and power
/// succeed at once.
static NTSTATUS lower(PIRP Irp) {
  PIO_STACK_LOCATION S = Irp->Tail.Overlay.CurrentStackLocation;
  bool Plug =
      S->MajorFunction == IRP_MJ_PNP || S->MajorFunction == IRP_MJ_POWER;
  unsigned Answer = Plug ? SCENARIO_SUCCEED : irqlint_rt_answer();
  NTSTATUS Status = STATUS_SUCCESS;
  if (Answer & (SCENARIO_FAIL | SCENARIO_FAIL_LATER))
    Status = STATUS_UNSUCCESSFUL;
  else if (Answer == SCENARIO_CANCEL_LATER)
    Status = STATUS_CANCELLED;
  Irp->IoStatus.Status = Status;
  if (Answer & (SCENARIO_SUCCEED | SCENARIO_FAIL)) {
    complete(Irp);
    return Status;
  }
  S->Control |= SL_PENDING_RETURNED;
  irqlint_rt_spawn(0, completeLater, Irp);
  return STATUS_PENDING;
}

/// Under the cancel spin lock, which goes with the routine of the driver.
static RtWord takeBack(RtWord Request, RtWord) {
  auto Irp = reinterpret_cast<PIRP>(Request);
  PDRIVER_CANCEL Routine = Irp->CancelRoutine;
  Irp->Cancel = TRUE;
  Irp->CancelRoutine = nullptr;
  if (!Routine)
    return 0;
  RtCallback R = {};
  R.Role = "DRIVER_CANCEL";
  R.Function = reinterpret_cast<RtWord>(Routine);
  R.Args[0] = word(Irp->Tail.Overlay.CurrentStackLocation->DeviceObject);
  R.Args[1] = Request;
  R.Level = DISPATCH_LEVEL;
  irqlint_rt_call(&R);
  return 1;
}

BOOLEAN cancelRequest(PIRP Irp) {
  Irp->CancelIrql = (KIRQL)irqlint_rt_irql();
  RtCallback R = {};
  R.OfSystem = 1;
  R.Function = reinterpret_cast<RtWord>(&takeBack);
  R.Args[0] = word(Irp);
  R.Level = DISPATCH_LEVEL;
  R.Lock = irqlint_rt_global_lock("cancel-spin-lock");
  R.LockKind = "cancel-spin-lock";
  return irqlint_rt_call(&R) != 0;
}

NTSTATUS callDriver(PDEVICE_OBJECT Device, PIRP Irp) {
  --Irp->CurrentLocation;
  PIO_STACK_LOCATION S = --Irp->Tail.Overlay.CurrentStackLocation;
  S->DeviceObject = Device;
  if (!Device->DriverObject)
    return lower(Irp);
  PDRIVER_DISPATCH Dispatch =
      Device->DriverObject->MajorFunction[S->MajorFunction];
  if (!Dispatch) {
    Irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    complete(Irp);
    return STATUS_INVALID_DEVICE_REQUEST;
  }
  RtCallback R = {};
  R.Role = "DRIVER_DISPATCH";
  R.Function = reinterpret_cast<RtWord>(Dispatch);
  R.Args[0] = word(Device);
  R.Args[1] = word(Irp);
  R.Level = irqlint_rt_irql();
  return (NTSTATUS)irqlint_rt_call(&R);
}

static void connect(PKINTERRUPT *Interrupt, PKSERVICE_ROUTINE Routine,
                    PKMESSAGE_SERVICE_ROUTINE Message, PVOID Context) {
  auto *I =
      static_cast<RtInterrupt *>(irqlint_rt_allocate(sizeof(RtInterrupt), 1));
  I->Routine = Routine;
  I->Message = Message;
  I->Context = Context;
  I->Level = DeviceIrql;
  I->Next =
      static_cast<RtInterrupt *>(irqlint_rt_slot(InterruptSlot, nullptr, 0));
  irqlint_rt_slot(InterruptSlot, I, 1);
  *Interrupt = reinterpret_cast<PKINTERRUPT>(I);
  irqlint_rt_publish(I); // the service routine comes with this lock
}

static void disconnect(PKINTERRUPT Interrupt) {
  auto *Gone = reinterpret_cast<RtInterrupt *>(Interrupt);
  auto *First =
      static_cast<RtInterrupt *>(irqlint_rt_slot(InterruptSlot, nullptr, 0));
  if (First == Gone)
    irqlint_rt_slot(InterruptSlot, Gone->Next, 1);
  for (RtInterrupt *I = First; I; I = I->Next)
    if (I->Next == Gone)
      I->Next = Gone->Next;
  Gone->Routine = nullptr; // what is on its way finds nobody
  Gone->Message = nullptr;
  // Who is in the service routine leaves it first.
  irqlint_rt_flush_interrupts();
}

extern "C" {

/// (The kit declares it only; no point at which others could come.)
PIO_STACK_LOCATION IoGetNextIrpStackLocation(PIRP Irp) {
  return Irp->Tail.Overlay.CurrentStackLocation - 1;
}

NTSTATUS IoCreateDevice(PDRIVER_OBJECT Driver, ULONG ExtensionSize,
                        PUNICODE_STRING Name, DEVICE_TYPE Type, ULONG Flags,
                        BOOLEAN Exclusive, PDEVICE_OBJECT *Device) {
  Call C("IoCreateDevice", Driver, ExtensionSize, Name, Type, Flags, Exclusive,
         Device);
  *Device = newDevice(Driver, ExtensionSize);
  return C.end((NTSTATUS)STATUS_SUCCESS);
}

/// Requests that are still in the driver do not keep it: they have to be
/// waited for.
VOID IoDeleteDevice(PDEVICE_OBJECT Device) {
  Call C("IoDeleteDevice", Device);
  for (PDEVICE_OBJECT *D = &Device->DriverObject->DeviceObject; *D;
       D = &(*D)->NextDevice)
    if (*D == Device) {
      *D = Device->NextDevice;
      break;
    }
  if (Device->DeviceExtension)
    irqlint_rt_free(Device->DeviceExtension);
  irqlint_rt_free(Device);
  C.end();
}

PDEVICE_OBJECT IoAttachDeviceToDeviceStack(PDEVICE_OBJECT Source,
                                           PDEVICE_OBJECT Target) {
  Call C("IoAttachDeviceToDeviceStack", Source, Target);
  while (Target->AttachedDevice)
    Target = Target->AttachedDevice;
  Target->AttachedDevice = Source;
  Source->StackSize = (CCHAR)(Target->StackSize + 1);
  return C.end(Target);
}

VOID IoDetachDevice(PDEVICE_OBJECT Target) {
  Call C("IoDetachDevice", Target);
  Target->AttachedDevice = nullptr;
  C.end();
}

NTSTATUS IofCallDriver(PDEVICE_OBJECT Device, PIRP Irp) {
  Call C("IofCallDriver", Device, Irp);
  return C.end(callDriver(Device, Irp));
}

NTSTATUS IoCallDriver(PDEVICE_OBJECT Device, PIRP Irp) {
  Call C("IoCallDriver", Device, Irp);
  return C.end(callDriver(Device, Irp));
}

VOID IofCompleteRequest(PIRP Irp, CCHAR Boost) {
  Call C("IofCompleteRequest", Irp, Boost);
  complete(Irp);
  C.end();
}

VOID IoCompleteRequest(PIRP Irp, CCHAR Boost) {
  Call C("IoCompleteRequest", Irp, Boost);
  complete(Irp);
  C.end();
}

BOOLEAN IoCancelIrp(PIRP Irp) {
  Call C("IoCancelIrp", Irp);
  return C.end(cancelRequest(Irp));
}

NTSTATUS IoConnectInterrupt(PKINTERRUPT *Interrupt, PKSERVICE_ROUTINE Routine,
                            PVOID Context, PKSPIN_LOCK Lock, ULONG Vector,
                            KIRQL Irql, KIRQL SynchronizeIrql,
                            KINTERRUPT_MODE Mode, BOOLEAN Share,
                            KAFFINITY Processors, BOOLEAN Floating) {
  Call C("IoConnectInterrupt", Interrupt, Routine, Context, Lock, Vector, Irql,
         SynchronizeIrql, Mode, Share, Processors, Floating);
  connect(Interrupt, Routine, nullptr, Context);
  return C.end((NTSTATUS)STATUS_SUCCESS);
}

NTSTATUS IoConnectInterruptEx(PIO_CONNECT_INTERRUPT_PARAMETERS P) {
  Call C("IoConnectInterruptEx", P);
  switch (P->Version) {
  case CONNECT_FULLY_SPECIFIED:
  case CONNECT_FULLY_SPECIFIED_GROUP:
    if (P->FullySpecified.SynchronizeIrql == PASSIVE_LEVEL)
      irqlint_rt_unsupported("interrupts that are served at PASSIVE_LEVEL");
    connect(P->FullySpecified.InterruptObject, P->FullySpecified.ServiceRoutine,
            nullptr, P->FullySpecified.ServiceContext);
    break;
  case CONNECT_LINE_BASED:
    connect(P->LineBased.InterruptObject, P->LineBased.ServiceRoutine, nullptr,
            P->LineBased.ServiceContext);
    break;
  case CONNECT_MESSAGE_BASED: {
    // One message.
    auto *Table = static_cast<PIO_INTERRUPT_MESSAGE_INFO>(
        irqlint_rt_allocate(sizeof(IO_INTERRUPT_MESSAGE_INFO), 1));
    Table->MessageCount = 1;
    Table->UnifiedIrql = Table->MessageInfo[0].Irql = DeviceIrql;
    connect(&Table->MessageInfo[0].InterruptObject, nullptr,
            P->MessageBased.MessageServiceRoutine,
            P->MessageBased.ServiceContext);
    *P->MessageBased.ConnectionContext.InterruptMessageTable = Table;
    break;
  }
  case CONNECT_MESSAGE_BASED_PASSIVE:
    irqlint_rt_unsupported("interrupts that are served at PASSIVE_LEVEL");
    break;
  default:
    return C.end((NTSTATUS)STATUS_NOT_SUPPORTED);
  }
  return C.end((NTSTATUS)STATUS_SUCCESS);
}

VOID IoDisconnectInterrupt(PKINTERRUPT Interrupt) {
  Call C("IoDisconnectInterrupt", Interrupt);
  disconnect(Interrupt);
  C.end();
}

VOID IoDisconnectInterruptEx(PIO_DISCONNECT_INTERRUPT_PARAMETERS P) {
  Call C("IoDisconnectInterruptEx", P);
  if (P->Version == CONNECT_MESSAGE_BASED) {
    PIO_INTERRUPT_MESSAGE_INFO Table =
        P->ConnectionContext.InterruptMessageTable;
    disconnect(Table->MessageInfo[0].InterruptObject);
    irqlint_rt_free(Table);
  } else {
    disconnect(P->ConnectionContext.InterruptObject);
  }
  C.end();
}

VOID IoInitializeDpcRequest(PDEVICE_OBJECT Device, PIO_DPC_ROUTINE Routine) {
  Call C("IoInitializeDpcRequest", Device, Routine);
  Device->Dpc.DeferredRoutine =
      reinterpret_cast<PKDEFERRED_ROUTINE>(reinterpret_cast<RtWord>(Routine));
  C.end();
}

BOOLEAN IoRequestDpc(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context) {
  Call C("IoRequestDpc", Device, Irp, Context);
  RtCallback R = {};
  R.Role = "IO_DPC_ROUTINE";
  R.Function = reinterpret_cast<RtWord>(Device->Dpc.DeferredRoutine);
  R.Args[0] = word(&Device->Dpc);
  R.Args[1] = word(Device);
  R.Args[2] = word(Irp);
  R.Args[3] = word(Context);
  R.Level = DISPATCH_LEVEL;
  R.Interrupts = 1;
  return C.end((BOOLEAN)(irqlint_rt_queue_dpc(&Device->Dpc, &R, -1) != 0));
}

} // extern "C"
