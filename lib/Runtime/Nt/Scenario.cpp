//===- Scenario.cpp - What happens to a driver ----------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Nt/Device.h"
#include <irqlint_scenario.h>

namespace {
struct Item {
  PDEVICE_OBJECT Device;
  SCENARIO_BODY *Body;
  PVOID Context;
  PIRP Irp;
  UCHAR Major, Minor;
  RtWord Request; // of the framework
};
} // namespace

static Item *newItem() {
  return static_cast<Item *>(irqlint_rt_allocate(sizeof(Item), 1));
}

static unsigned IRQLINT_RT over(void *Irp) {
  return static_cast<PIRP>(Irp)->AllocationFlags != 0;
}

static void IRQLINT_RT giveUp(void *Irp) {
  cancelRequest(static_cast<PIRP>(Irp));
}

static NTSTATUS send(PDEVICE_OBJECT Device, PIRP Irp) {
  void *Done = irqlint_rt_allocate(sizeof(KEVENT), 1);
  irqlint_rt_object(Done, NotificationObject, 0, 1);
  Irp->UserEvent = static_cast<PKEVENT>(Done);
  NTSTATUS Status = callDriver(Device, Irp);
  if (Status != STATUS_PENDING) {
    if (!Irp->AllocationFlags)
      irqlint_rt_misuse("a dispatch routine returns without STATUS_PENDING, "
                        "but the request is not complete");
    return Status;
  }
  irqlint_rt_expect(Irp, over, giveUp);
  irqlint_rt_wait(&Done, 1, 0, nullptr);
  return Irp->IoStatus.Status;
}

static void IRQLINT_RT request(void *Context) {
  auto *I = static_cast<Item *>(Context);
  if (I->Request)
    irqlint_rt_serve(I->Request);
  else if (!I->Irp)
    irqlint_rt_event(I->Device, I->Major, I->Minor);
  else
    send(I->Device, I->Irp);
}

static void IRQLINT_RT cancel(void *Context) {
  auto *I = static_cast<Item *>(Context);
  if (I->Request)
    irqlint_rt_give_up(I->Request);
  // Nobody cancels what has come back.
  else if (I->Irp && !I->Irp->AllocationFlags)
    cancelRequest(I->Irp);
}

static bool isEvent(UCHAR Major) {
  return Major == IRP_MJ_PNP || Major == IRP_MJ_POWER;
}

/// A request as it is sent: its control code is where drivers look for it.
static PIRP newControl(PDEVICE_OBJECT Device, UCHAR Major, UCHAR Minor,
                       ULONG Code) {
  PIRP Irp = newRequest(Device, Major, Minor);
  if (Code)
    (Irp->Tail.Overlay.CurrentStackLocation - 1)
        ->Parameters.DeviceIoControl.IoControlCode = Code;
  return Irp;
}

static Item *start(PDEVICE_OBJECT Device, UCHAR Major, UCHAR Minor,
                   ULONG Code = 0) {
  Item *I = newItem();
  I->Device = Device;
  I->Major = Major;
  I->Minor = Minor;
  if (irqlint_rt_is_framework(Device)) {
    if (!isEvent(Major))
      I->Request = irqlint_rt_request(Device, Major, Code);
    irqlint_rt_spawn(0, request, I);
    return I;
  }
  I->Irp = newControl(Device, Major, Minor, Code);
  PDRIVER_DISPATCH Dispatch = Device->DriverObject->MajorFunction[Major];
  irqlint_rt_spawn(reinterpret_cast<RtWord>(Dispatch), request, I);
  return I;
}

static void IRQLINT_RT thread(void *Context) {
  auto *I = static_cast<Item *>(Context);
  RtCallback R = {};
  R.Function = reinterpret_cast<RtWord>(I->Body);
  R.Args[0] = reinterpret_cast<RtWord>(I->Context);
  irqlint_rt_call(&R);
}

/// The service routine as the processor finds it when the interrupt gets there.
static RtWord service(RtWord Interrupt, RtWord) {
  auto *I = reinterpret_cast<RtInterrupt *>(Interrupt);
  if (!I->Routine && !I->Message)
    return 0;
  RtCallback R = {};
  R.Role = I->Message ? "KMESSAGE_SERVICE_ROUTINE" : "KSERVICE_ROUTINE";
  R.Function = I->Message ? reinterpret_cast<RtWord>(I->Message)
                          : reinterpret_cast<RtWord>(I->Routine);
  R.Args[0] = Interrupt;
  R.Args[1] = reinterpret_cast<RtWord>(I->Context);
  R.Level = I->Level;
  R.Interrupts = 1;
  R.Lock = Interrupt;
  R.LockKind = "interrupt-spin-lock";
  return irqlint_rt_call(&R);
}

static NTSTATUS sendNow(PDEVICE_OBJECT Device, UCHAR Major, UCHAR Minor,
                        ULONG Code) {
  if (!irqlint_rt_is_framework(Device))
    return send(Device, newControl(Device, Major, Minor, Code));
  if (!isEvent(Major))
    return (NTSTATUS)irqlint_rt_serve(irqlint_rt_request(Device, Major, Code));
  irqlint_rt_event(Device, Major, Minor);
  return STATUS_SUCCESS;
}

static void IRQLINT_RT interrupt(void *) {
  irqlint_rt_interrupt_framework();
  auto *I =
      static_cast<RtInterrupt *>(irqlint_rt_slot(InterruptSlot, nullptr, 0));
  for (; I; I = I->Next) {
    RtCallback R = {};
    R.Function = reinterpret_cast<RtWord>(&service);
    R.Args[0] = reinterpret_cast<RtWord>(I);
    R.Level = I->Level;
    R.Interrupts = 1;
    irqlint_rt_interrupt(&R);
  }
}

extern "C" {

PDRIVER_OBJECT ScenarioLoadDriver(PDRIVER_INITIALIZE Entry) {
  auto *D = static_cast<PDRIVER_OBJECT>(
      irqlint_rt_allocate(sizeof(DRIVER_OBJECT), 1));
  D->DriverExtension = static_cast<PDRIVER_EXTENSION>(
      irqlint_rt_allocate(sizeof(DRIVER_EXTENSION), 1));
  D->DriverExtension->DriverObject = D;
  RtCallback R = {};
  R.Role = "DRIVER_INITIALIZE";
  R.Function = reinterpret_cast<RtWord>(Entry);
  R.Args[0] = reinterpret_cast<RtWord>(D);
  R.Args[1] =
      reinterpret_cast<RtWord>(irqlint_rt_allocate(sizeof(UNICODE_STRING), 1));
  irqlint_rt_call(&R);
  return D;
}

PDEVICE_OBJECT ScenarioAddDevice(PDRIVER_OBJECT Driver) {
  if (RtWord Device = irqlint_rt_plug_in())
    return reinterpret_cast<PDEVICE_OBJECT>(Device);
  PDEVICE_OBJECT Bus = newDevice(nullptr, 0);
  if (PDRIVER_ADD_DEVICE Add = Driver->DriverExtension->AddDevice) {
    RtCallback R = {};
    R.Role = "DRIVER_ADD_DEVICE";
    R.Function = reinterpret_cast<RtWord>(Add);
    R.Args[0] = reinterpret_cast<RtWord>(Driver);
    R.Args[1] = reinterpret_cast<RtWord>(Bus);
    irqlint_rt_call(&R);
  }
  PDEVICE_OBJECT Top = Bus;
  while (Top->AttachedDevice)
    Top = Top->AttachedDevice;
  return Top != Bus ? Top : Driver->DeviceObject;
}

NTSTATUS ScenarioSend(PDEVICE_OBJECT Device, UCHAR Major, UCHAR Minor) {
  return sendNow(Device, Major, Minor, 0);
}

NTSTATUS ScenarioSendControl(PDEVICE_OBJECT Device, ULONG Code) {
  return sendNow(Device, IRP_MJ_DEVICE_CONTROL, 0, Code);
}

VOID ScenarioControlAndCancel(PDEVICE_OBJECT Device, ULONG Code) {
  irqlint_rt_spawn(0, cancel, start(Device, IRP_MJ_DEVICE_CONTROL, 0, Code));
}

VOID ScenarioControl(PDEVICE_OBJECT Device, ULONG Code) {
  start(Device, IRP_MJ_DEVICE_CONTROL, 0, Code);
}

VOID ScenarioRequest(PDEVICE_OBJECT Device, UCHAR Major, UCHAR Minor) {
  start(Device, Major, Minor);
}

VOID ScenarioRequestAndCancel(PDEVICE_OBJECT Device, UCHAR Major, UCHAR Minor) {
  irqlint_rt_spawn(0, cancel, start(Device, Major, Minor));
}

VOID ScenarioThread(SCENARIO_BODY *Body, PVOID Context) {
  Item *I = newItem();
  I->Body = Body;
  I->Context = Context;
  irqlint_rt_spawn(reinterpret_cast<RtWord>(Body), thread, I);
}

VOID ScenarioInterrupt(VOID) { irqlint_rt_spawn(0, interrupt, nullptr); }

VOID ScenarioAnswers(ULONG Which) { irqlint_rt_answers(Which); }

VOID ScenarioWait(VOID) { irqlint_rt_join(); }

} // extern "C"
