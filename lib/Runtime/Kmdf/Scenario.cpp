//===- Scenario.cpp - What a scenario does to devices of the framework ----===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// The same objects as elsewhere, but clients, queues and what happens to the
/// device have threads of their own, and whatever waits really does.
//===----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"
#include "llvm/ADT/STLExtras.h"

using namespace irqlint;
using namespace irqlint::rt;

/// As the kit numbers it.
static constexpr uint64_t Manual = 3;

uint64_t Framework::plugIn() {
  if (!Driver || !Driver->config("EvtDriverDeviceAdd"))
    return 0;
  size_t Before = Things.size();
  addDevice();
  for (size_t I = Before; I < Things.size(); ++I)
    if (WdfThing &T = *Things[I]; T.Kind == "device" && !T.Deleted) {
      start(T);
      return T.handle();
    }
  return 0;
}

/// The type of a request, and the callback of a queue that takes it.
static std::pair<const char *, const char *> kindOf(unsigned Major) {
  auto Is = [&](const char *Name) {
    return Major == unsigned(Framework::number(Name));
  };
  if (Is("IRP_MJ_READ"))
    return {"WdfRequestTypeRead", "EvtIoRead"};
  if (Is("IRP_MJ_WRITE"))
    return {"WdfRequestTypeWrite", "EvtIoWrite"};
  if (Is("IRP_MJ_DEVICE_CONTROL"))
    return {"WdfRequestTypeDeviceControl", "EvtIoDeviceControl"};
  if (Is("IRP_MJ_INTERNAL_DEVICE_CONTROL"))
    return {"WdfRequestTypeDeviceControlInternal",
            "EvtIoInternalDeviceControl"};
  return {"WdfRequestTypeNoFormat", "EvtIoDefault"};
}

uint64_t Framework::request(uint64_t Handle, unsigned Major, unsigned Code) {
  WdfThing &R = add("request", "");
  WdfThing *Device = find(Handle);
  R.Device = Device;
  auto [Type, Member] = kindOf(Major);
  auto Configured = Device->Queues.find(uint64_t(number(Type)));
  R.Queue =
      Configured == Device->Queues.end() ? Device->Queue : Configured->second;
  R.Member = Member;
  R.Args = {0, R.handle()};
  if (Code)
    R.Args.insert(R.Args.end(), {0, 0, Code});
  return R.handle();
}

uint64_t Framework::serve(uint64_t Handle) {
  WdfThing &R = *find(Handle);
  WdfThing *Q = R.Queue;
  std::string Member = R.Member;
  if (Q && !Q->config(Member.c_str()))
    Member = "EvtIoDefault";
  bool ByHand = Q && Q->config("DispatchType") == Manual;
  const char *Refused = nullptr;
  if (R.Canceled)
    Refused = "STATUS_CANCELLED";
  else if (!Q || (!ByHand && !Q->config(Member.c_str())))
    Refused = "STATUS_INVALID_DEVICE_REQUEST";
  else if (Q->Deleted || !Q->Accepts)
    Refused = "STATUS_INVALID_DEVICE_STATE";
  if (Refused) {
    R.Completed = true;
    return R.Status = status(Refused);
  }
  R.Args[0] = Q->handle();
  if (ByHand)
    Q->Waiting.push_back(&R);
  else
    deliver(*Q, R, Member, R.Args, false);
  if (!R.Completed) {
    World::Pending P;
    P.Over = [&R] { return R.Completed; };
    P.GiveUp = [this, &R] { cancel(R); };
    W.expect(std::move(P));
  }
  waitUntil([&R] { return R.Completed; }, /*Client=*/true);
  return R.Status;
}

void Framework::giveUp(uint64_t Request) {
  WdfThing &R = *find(Request);
  cancel(R);
  R.Canceled = true; // also one that nobody has got yet
}

/// One after the other for a device.
void Framework::event(uint64_t Handle, unsigned Major, unsigned Minor) {
  WdfThing &Device = *find(Handle);
  waitUntil([&] { return !Device.Busy; });
  if (Device.Deleted)
    return;
  Device.Busy = true;
  auto Is = [&](const char *Name) { return Minor == unsigned(number(Name)); };
  if (Major == unsigned(number("IRP_MJ_POWER")))
    powerCycle(Device);
  else if (Is("IRP_MN_REMOVE_DEVICE") || Is("IRP_MN_SURPRISE_REMOVAL"))
    remove(Device, Is("IRP_MN_SURPRISE_REMOVAL"));
  else if (Is("IRP_MN_STOP_DEVICE"))
    rebalance(Device);
  Device.Busy = false;
  changed();
}

void Framework::interruptAll() {
  for (size_t I = 0; I < Things.size(); ++I)
    if (Things[I]->Kind == "interrupt")
      interrupt(*Things[I]);
}

void Framework::nextLater(WdfThing &Queue) {
  WdfThing *Device = Queue.Device;
  if (!W.isScenario() || !Device || Queue.Waiting.empty() ||
      Queue.config("DispatchType") == Manual)
    return;
  W.machine().createThread("queue", [this, Device] { pump(*Device); });
}

/// A queue stops: what the driver has it gives back, or says that it keeps it.
/// \p Ends: for ever; then that is not enough.
void Framework::awaitRequests(WdfThing &Queue, bool Ends) {
  if (Ends) {
    Queue.Accepts = false;
    for (WdfThing *R : std::vector<WdfThing *>(Queue.Presented))
      cancel(*R);
    while (!Queue.Waiting.empty())
      cancel(*Queue.Waiting.front());
  }
  waitUntil([&] {
    return llvm::all_of(Queue.Presented,
                        [&](const WdfThing *R) { return !Ends && R->Stopped; });
  });
  W.machine().acquired(Queue.completions());
}

std::optional<uint64_t> Framework::configureDispatching(Frame &F) {
  WdfThing *Q = F.Args.size() > 2 ? argument(F, 1) : nullptr;
  WdfThing *T = Q ? begin(F, "device") : nullptr;
  if (!T)
    return std::nullopt;
  T->Queues[F.Args[2] & 0xFFFFFFFF] = Q;
  return done(F, 0);
}

/// The driver keeps it while the device sleeps, or gives it back to the queue.
std::optional<uint64_t> Framework::requestStopped(Frame &F) {
  WdfThing *R = inQueue(F);
  if (!R)
    return std::nullopt;
  R->Stopped = true;
  if (F.Args.size() > 1 && (F.Args[1] & 0xFF)) {
    finish(*R);
    R->Queue->Waiting.push_front(R);
  }
  changed();
  return done(F, 0);
}
