//===- Life.cpp - The life of a device ------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// Device-add, resources, power up, interrupts, files and requests, timers and
/// what they set off, cancelation, power down, removal: each callback in the
/// order in which the framework calls it, one at a time for a device where it
/// says so.
//===----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"
#include "llvm/ADT/STLExtras.h"
#include <utility>

using namespace irqlint;
using namespace irqlint::rt;
using llvm::StringRef;

/// For what was set off to come to its end, in units of 100 ns.
static constexpr uint64_t Moment = 10'000'000;
/// Sequential, Parallel, Manual as the kit numbers them.
static constexpr uint64_t Sequential = 1, Manual = 3;

static bool isSuccess(uint64_t Status) {
  return static_cast<int32_t>(Status) >= 0;
}

std::vector<WdfThing *> Framework::of(const WdfThing &Device,
                                      StringRef Kind) const {
  std::vector<WdfThing *> Out;
  for (const auto &T : Things)
    if (T->Device == &Device && T->Kind == Kind && !T->Deleted)
      Out.push_back(T.get());
  return Out;
}

std::vector<int64_t> Framework::domain(uint64_t Function,
                                       unsigned Parameter) const {
  const Program &P = W.program();
  if (auto S = P.Symbols.find(Function); S != P.Symbols.end())
    if (auto A = P.Arguments.find(S->second);
        A != P.Arguments.end() && Parameter < A->second.size())
      return A->second[Parameter].Values;
  return {0};
}

void Framework::live(bool Succeeded) {
  if (Things.empty() || W.machine().irql() != PassiveLevel)
    return;
  if (Driver && Succeeded && Driver->config("EvtDriverDeviceAdd"))
    addDevice();
  for (size_t I = 0; I < Things.size(); ++I)
    if (WdfThing &T = *Things[I];
        T.Kind == "device" && !T.Deleted && Succeeded && start(T))
      work(T);
  for (size_t I = Things.size(); I-- > 0;)
    if (WdfThing &T = *Things[I]; T.Kind == "device" && !T.Deleted)
      remove(T, T.Stage == WdfThing::Working &&
                    listens(T, "EvtDeviceSurpriseRemoval") &&
                    W.choices().choose(2));
  if (Driver && Succeeded) {
    call(*Driver, "EvtDriverUnload", {Driver->handle()});
    destroy(*Driver);
  }
}

void Framework::addDevice() {
  uint64_t Init = unknown();
  size_t Before = Things.size();
  std::optional<uint64_t> Status =
      call(*Driver, "EvtDriverDeviceAdd", {Driver->handle(), Init});
  if (Status && isSuccess(*Status))
    return;
  for (size_t I = Things.size(); I-- > Before;)
    if (Things[I]->Kind == "device" && !Things[I]->Deleted)
      destroy(*Things[I]);
}

std::optional<uint64_t> Framework::power(WdfThing &Device, StringRef Member,
                                         std::vector<uint64_t> Args) {
  std::optional<uint64_t> R;
  Args.insert(Args.begin(), Device.handle());
  for (WdfThing *P : of(Device, "power callbacks"))
    if (std::optional<uint64_t> V = call(*P, Member, Args))
      R = V;
  return R;
}

bool Framework::listens(const WdfThing &Device, const char *Member) const {
  return llvm::any_of(of(Device, "power callbacks"),
                      [&](WdfThing *P) { return P->config(Member) != 0; });
}

/// False when a callback refuses.
bool Framework::powerUp(WdfThing &Device, uint64_t From) {
  auto Fine = [&](const char *Member) {
    std::optional<uint64_t> R = power(Device, Member, {From});
    return !R || isSuccess(*R);
  };
  if (!Fine("EvtDeviceD0Entry"))
    return false;
  Device.Stage = WdfThing::Powered;
  for (WdfThing *I : of(Device, "interrupt"))
    connect(*I, true);
  if (!Fine("EvtDeviceD0EntryPostInterruptsEnabled"))
    return false;
  Device.Stage = WdfThing::Enabled;
  return true;
}

bool Framework::start(WdfThing &Device) {
  if (!Started.insert(&Device).second)
    return false;
  Device.Stage = WdfThing::Prepared; // also when that fails
  std::optional<uint64_t> R =
      power(Device, "EvtDevicePrepareHardware", {unknown(), unknown()});
  if ((R && !isSuccess(*R)) ||
      !powerUp(Device, number("WdfPowerDeviceD3Final")))
    return false;
  Device.SelfManaged = true;
  R = power(Device, "EvtDeviceSelfManagedIoInit", {});
  if (R && !isSuccess(*R))
    return false;
  Device.Stage = WdfThing::Working;
  return true;
}

void Framework::files(WdfThing &Device) {
  for (WdfThing *Config : of(Device, "file object")) {
    if (Config->Parent != &Device)
      continue;
    WdfThing &File = add("file object", "");
    File.How = Config->How;
    File.Where = Config->Where;
    File.Config = Config->Config;
    File.Given = Config->Given;
    File.Attributes = Config->Attributes;
    File.Device = File.Parent = &Device;
    conclude(File);
    addContext(File);
    File.Parent = Config; // not one that is set up itself
    WdfThing &Create = add("request", "");
    call(File, "EvtDeviceFileCreate",
         {Device.handle(), Create.handle(), File.handle()});
    sleep(Moment);
    call(File, "EvtFileCleanup", {File.handle()});
    call(File, "EvtFileClose", {File.handle()});
    destroy(File);
  }
}

/// One request for each value that matters.
void Framework::present(WdfThing &Queue, StringRef Member) {
  const CallbackContract *C = callback(Queue, Member);
  WdfEntry E = entryOf(Queue, *C);
  if (!E.Function || !E.Known)
    return;
  std::vector<std::vector<int64_t>> Values;
  size_t Most = 1;
  for (unsigned I = 2; I < 5; ++I) {
    Values.push_back(domain(E.Function, I));
    Most = std::max(Most, Values.back().size());
  }
  for (bool Raised : {false, true}) {
    if (Raised && !E.UpTo)
      break;
    for (size_t N = 0; N < Most && !Queue.Deleted; ++N) {
      WdfThing &R = add("request", "");
      R.Device = Queue.Device;
      std::vector<uint64_t> Args = {Queue.handle(), R.handle()};
      for (const auto &V : Values)
        Args.push_back(V[N % V.size()]);
      deliver(Queue, R, Member, std::move(Args), Raised);
      sleep(Moment / 10);
      pump(*Queue.Device);
    }
  }
  // One whose client gives it up at once.
  if (Queue.Deleted)
    return;
  WdfThing &R = add("request", "");
  R.Device = Queue.Device;
  std::vector<uint64_t> Args = {Queue.handle(), R.handle()};
  for (const auto &V : Values)
    Args.push_back(V[0]);
  deliver(Queue, R, Member, std::move(Args), false);
  cancel(R);
  sleep(Moment / 10);
}

/// What waits in queues comes to their callbacks.
void Framework::pump(WdfThing &Device) {
  for (bool Any = true; Any;) {
    Any = false;
    for (WdfThing *Q : of(Device, "queue")) {
      uint64_t Type = Q->config("DispatchType");
      if (Type == Manual || !Q->Dispatches || Q->Waiting.empty() ||
          (Type == Sequential && !Q->Presented.empty()))
        continue;
      WdfThing &R = *Q->Waiting.front();
      Q->Waiting.pop_front();
      Any = true;
      std::string Member =
          Q->config(R.Member.c_str()) ? R.Member : "EvtIoDefault";
      // Nobody takes it, or it goes in circles.
      if (!Q->config(Member.c_str()) || ++R.Fired > 3) {
        R.Completed = true;
        continue;
      }
      std::vector<uint64_t> Args = R.Args;
      if (Args.size() < 2)
        Args.resize(2);
      Args[0] = Q->handle();
      Args[1] = R.handle();
      deliver(*Q, R, Member, std::move(Args), false);
    }
  }
}

/// \p Raised: the caller brings DISPATCH_LEVEL along.
void Framework::deliver(WdfThing &Queue, WdfThing &R, StringRef Member,
                        std::vector<uint64_t> Args, bool Raised) {
  R.Queue = &Queue;
  R.Member = Member.str();
  R.Stopped = false;
  R.Args = Args;
  // The next one comes when this one is through.
  if (!Queue.Dispatches || (Queue.config("DispatchType") == Sequential &&
                            !Queue.Presented.empty())) {
    Queue.Waiting.push_back(&R);
    return;
  }
  Queue.Presented.push_back(&R);
  if (Queue.config("DispatchType") == Sequential)
    W.machine().acquired(Queue.completions());
  if (Raised)
    W.machine().raise(DispatchLevel);
  call(Queue, Member, std::move(Args));
  if (Raised)
    W.machine().setLevel(PassiveLevel);
}

/// The client does not want it any more.
void Framework::cancel(WdfThing &R) {
  WdfThing *Q = R.Queue;
  if (!Q || R.Completed)
    return;
  // What comes back to a queue later is canceled there.
  if (std::exchange(R.Canceled, true) && !llvm::is_contained(Q->Waiting, &R))
    return;
  CallbackContract Like;
  Like.Under = CallbackContract::Scope;
  if (llvm::is_contained(Q->Waiting, &R)) {
    finish(R);
    // It was in the driver's hands before.
    if (!call(*Q, "EvtIoCanceledOnQueue", {Q->handle(), R.handle()}) &&
        !R.Completed) {
      R.Completed = true;
      R.Status = status("STATUS_CANCELLED");
      changed();
    }
    return;
  }
  uint64_t Routine = R.CancelRoutine;
  R.CancelRoutine = 0;
  W.machine().acquired(R.end()); // since it was set
  WdfEntry E = entryOf(*Q, Like);
  if (!Routine || !E.Known)
    return;
  E.Function = Routine;
  E.Role = Rules.role("EVT_WDF_REQUEST_CANCEL");
  call(*Q, E, {R.handle()});
}

void Framework::work(WdfThing &Device) {
  sleep(Moment);
  files(Device);
  for (WdfThing *Q : of(Device, "queue"))
    if (Q->config("DispatchType") != Manual)
      for (const char *Member :
           {"EvtIoRead", "EvtIoWrite", "EvtIoDeviceControl",
            "EvtIoInternalDeviceControl", "EvtIoDefault"})
        if (!Q->Deleted && Q->config(Member))
          present(*Q, Member);
  for (WdfThing *I : of(Device, "interrupt")) {
    interrupt(*I);
    sleep(Moment);
  }
  sleep(Moment);
  pump(Device);
  for (WdfThing *Q : of(Device, "queue")) {
    std::vector<WdfThing *> All(Q->Presented);
    All.insert(All.end(), Q->Waiting.begin(), Q->Waiting.end());
    for (WdfThing *R : All)
      cancel(*R);
  }
  unreached(Device);
  powerCycle(Device);
  rebalance(Device);
}

/// Callbacks that nothing has set off: what would, other parts of the system
/// do, or the driver at a time that did not come.
void Framework::unreached(WdfThing &Device) {
  std::vector<std::pair<WdfThing *, std::string>> Left;
  static const char *const Later[] = {"EvtTimerFunc", "EvtDpcFunc",
                                      "EvtWorkItemFunc", "EvtInterruptDpc",
                                      "EvtInterruptWorkItem"};
  for (const auto &T : Things)
    if (T->Device == &Device && !T->Deleted)
      for (const char *Member : Later)
        if (T->config(Member) && !T->Reached.count(Member))
          Left.push_back({T.get(), Member});
  if (Left.empty() || !W.choices().choose(2))
    return;
  for (auto &[T, Member] : Left) {
    const CallbackContract *C = callback(*T, Member);
    if (!C || T->Deleted)
      continue;
    if (C->Level == Irql::Passive || entryOf(*T, *C).At == PassiveLevel)
      queueWork(*T, Member, {T->handle(), Device.handle()});
    else
      queueDpc(*T, Member, {T->handle(), Device.handle()});
    sleep(Moment);
  }
}

/// Of requests that the driver keeps it is told.
void Framework::stopRequests(WdfThing &Device, uint64_t Action) {
  for (WdfThing *Q : of(Device, "queue")) {
    if (Q->config("PowerManaged") == 0 &&
        Action == uint64_t(number("WdfRequestStopActionSuspend")))
      continue;
    Q->Dispatches = false;
    bool Ends = Action != uint64_t(number("WdfRequestStopActionSuspend"));
    for (WdfThing *R : std::vector<WdfThing *>(Q->Presented)) {
      R->Stopped = false;
      if (!R->Completed && !Q->Deleted)
        call(*Q, "EvtIoStop", {Q->handle(), R->handle(), Action});
    }
    if (W.isScenario())
      awaitRequests(*Q, Ends);
  }
}

void Framework::powerDown(WdfThing &Device, uint64_t To) {
  if (Device.Stage >= WdfThing::Enabled)
    power(Device, "EvtDeviceD0ExitPreInterruptsDisabled", {To});
  if (Device.Stage < WdfThing::Powered)
    return;
  for (WdfThing *I : of(Device, "interrupt"))
    connect(*I, false);
  power(Device, "EvtDeviceD0Exit", {To});
}

/// The device sleeps and wakes up again.
void Framework::powerCycle(WdfThing &Device) {
  if (of(Device, "power callbacks").empty())
    return;
  uint64_t Low = number("WdfPowerDeviceD3");
  std::vector<WdfThing *> Stopped = dispatching(Device);
  power(Device, "EvtDeviceSelfManagedIoSuspend", {});
  stopRequests(Device, number("WdfRequestStopActionSuspend"));
  powerDown(Device, Low);
  Device.Stage = WdfThing::Prepared;
  pause();
  if (powerUp(Device, Low))
    resume(Device, Stopped);
}

std::vector<WdfThing *> Framework::dispatching(const WdfThing &Device) const {
  std::vector<WdfThing *> Out = of(Device, "queue");
  llvm::erase_if(Out, [](WdfThing *Q) { return !Q->Dispatches; });
  return Out;
}

/// Power is up again.
void Framework::resume(WdfThing &Device,
                       const std::vector<WdfThing *> &Stopped) {
  for (WdfThing *Q : Stopped) {
    if (Q->Deleted)
      continue;
    Q->Dispatches = true;
    for (WdfThing *R : std::vector<WdfThing *>(Q->Presented))
      if (!R->Completed)
        call(*Q, "EvtIoResume", {Q->handle(), R->handle()});
  }
  std::optional<uint64_t> R =
      power(Device, "EvtDeviceSelfManagedIoRestart", {});
  if (R && !isSuccess(*R))
    return;
  Device.Stage = WdfThing::Working;
  pump(Device);
  pause();
}

/// Others get their turn; in scenarios they have it anyway.
void Framework::pause() {
  if (!W.isScenario())
    sleep(Moment);
}

/// Interrupts that were created for these resources go with them.
void Framework::releaseHardware(WdfThing &Device) {
  power(Device, "EvtDeviceReleaseHardware", {unknown()});
  for (WdfThing *I : of(Device, "interrupt"))
    if (I->CreatedIn == "EVT_WDF_DEVICE_PREPARE_HARDWARE")
      destroy(*I);
}

/// Resources are given out anew: the device stops and starts again, unless the
/// driver refuses.
void Framework::rebalance(WdfThing &Device) {
  // (Of those that do not want to know there would be too many executions.)
  if (Device.Stage != WdfThing::Working ||
      (!W.isScenario() && !listens(Device, "EvtDeviceQueryStop")))
    return;
  std::optional<uint64_t> R = power(Device, "EvtDeviceQueryStop", {});
  if (R && !isSuccess(*R))
    return;
  power(Device, "EvtDeviceSelfManagedIoSuspend", {});
  std::vector<WdfThing *> Stopped = dispatching(Device);
  stopRequests(Device, number("WdfRequestStopActionSuspend"));
  powerDown(Device, number("WdfPowerDeviceD3Final"));
  releaseHardware(Device);
  Device.Stage = WdfThing::Prepared;
  pause();
  R = power(Device, "EvtDevicePrepareHardware", {unknown(), unknown()});
  if ((R && !isSuccess(*R)) ||
      !powerUp(Device, number("WdfPowerDeviceD3Final")))
    return;
  resume(Device, Stopped);
}

/// As its user asks for it, where the driver may refuse, or because it is gone.
void Framework::remove(WdfThing &Device, bool Surprise) {
  if (Device.Stage == WdfThing::Working) {
    std::optional<uint64_t> R;
    if (!Surprise)
      R = power(Device, "EvtDeviceQueryRemove", {});
    if (R && !isSuccess(*R) && W.isScenario())
      return;
    // One that may not be removed is pulled out in the end.
    if (Surprise || (R && !isSuccess(*R)))
      power(Device, "EvtDeviceSurpriseRemoval", {});
    power(Device, "EvtDeviceSelfManagedIoSuspend", {});
    stopRequests(Device, number("WdfRequestStopActionPurge"));
  }
  powerDown(Device, number("WdfPowerDeviceD3Final"));
  if (Device.Stage >= WdfThing::Prepared)
    releaseHardware(Device);
  if (Device.SelfManaged) {
    power(Device, "EvtDeviceSelfManagedIoFlush", {});
    power(Device, "EvtDeviceSelfManagedIoCleanup", {});
  }
  destroy(Device);
}

/// With all that is below it, whose callbacks come to their end first.
void Framework::destroy(WdfThing &T) {
  if (T.Deleted)
    return;
  for (size_t I = Things.size(); I-- > 0;)
    if (WdfThing &Child = *Things[I]; Child.Parent == &T && !Child.Deleted)
      destroy(Child);
  if (T.Alarm)
    W.machine().cancelTimer(T.Alarm);
  T.Alarm = 0;
  // What runs comes to its end, in scenarios; work items that are queued run.
  const std::vector<Activation *> &In = W.machine().thread().Inside;
  bool Waits = W.isScenario() && W.machine().irql() == PassiveLevel &&
               (In.empty() || In.back()->First != T.handle()) &&
               T.Kind != "device" && T.Kind != "driver";
  if (W.machine().removeDpc(T.handle()) || !Waits)
    T.Queued = false;
  if (Waits)
    waitFor(T);
  T.Deleted = true;
  callAll(T, T.Cleanup, "EvtCleanupCallback");
  if (!T.References)
    end(T);
}

/// Nobody refers to it any more.
void Framework::end(WdfThing &T) {
  callAll(T, T.Destroy, "EvtDestroyCallback");
  if (!W.isScenario())
    return;
  for (auto &[Type, At] : T.Contexts)
    W.free(reinterpret_cast<void *>(At),
           "the framework, with the " + title(T.handle()) + ",", T.Where);
}

void Framework::callAll(WdfThing &T, const std::vector<uint64_t> &Functions,
                        const char *Member) {
  for (uint64_t Function : Functions) {
    WdfEntry E;
    E.Struct = "WDF_OBJECT_ATTRIBUTES";
    E.Member = Member;
    E.Function = Function;
    E.At = W.machine().irql();
    call(T, E, {T.handle()});
  }
}
