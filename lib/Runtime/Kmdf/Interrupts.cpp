//===- Interrupts.cpp - Interrupt objects ---------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"

using namespace irqlint;
using namespace irqlint::rt;

/// Whether the hardware's description says that this one can wake.
static constexpr uint64_t WakeHint = 0x20;

//===----------------------------------------------------------------------===//
// What an interrupt may be, beyond the members of its own configuration
//===----------------------------------------------------------------------===//

std::string Framework::refuse(const WdfThing &T, const char *Message,
                              const char *Status) {
  W.report("object-config-refused",
           "'" + T.How->Name + "': " + Message + "; it fails with " + Status,
           T.Where, /*GoesOn=*/true);
  return Status;
}

/// The status with which it is refused for what its device is, and its parent.
std::string Framework::judgeInterrupt(const WdfThing &T) {
  static const char Invalid[] = "STATUS_INVALID_PARAMETER";
  if (T.config("CanWakeDevice")) {
    std::map<std::string, uint64_t> Resource;
    if (uint64_t At = T.config("InterruptTranslated"))
      read(Resource, "", "CM_PARTIAL_RESOURCE_DESCRIPTOR", At);
    auto Flags = Resource.find("Flags");
    if (Flags != Resource.end() && !(Flags->second & WakeHint))
      return refuse(T,
                    "it is to wake the device, and its resource does not say "
                    "that it can",
                    Invalid);
    if (T.Device && T.Device->Said.OfBus)
      return refuse(T, "it is to wake a device that a bus driver enumerates",
                    Invalid);
    if (T.Device && !T.Device->Said.OwnsPowerPolicy.value_or(true))
      return refuse(T,
                    "it is to wake a device whose power policy this driver "
                    "does not own",
                    Invalid);
  }
  if (!T.ParentGiven || !T.Parent || !T.config("AutomaticSerialization"))
    return "";
  if (T.Parent->Kind != "queue" && T.Parent->Kind != "device")
    return refuse(T, "its parent is neither a queue nor a device", Invalid);
  if (T.Device && T.Parent->Device && T.Parent->Device != T.Device)
    return refuse(T, "its parent belongs to another device", Invalid);
  return "";
}

//===----------------------------------------------------------------------===//
// Device set-up that decides over it
//===----------------------------------------------------------------------===//

std::optional<uint64_t> Framework::initOwnership(Frame &F) {
  if (F.Args.size() < 2)
    return std::nullopt;
  W.before(F);
  Inits[F.Args[0]].OwnsPowerPolicy = (F.Args[1] & 0xFF) != 0;
  return done(F, 0);
}

/// A filter owns it only if it says so.
std::optional<uint64_t> Framework::initFilter(Frame &F) {
  W.before(F);
  InitSays &Said = Inits[F.Args[0]];
  if (!Said.OwnsPowerPolicy)
    Said.OwnsPowerPolicy = false;
  return done(F, 0);
}

std::optional<uint64_t> Framework::initBusChild(Frame &F) {
  W.before(F);
  uint64_t Init = fails() ? 0 : unknown();
  if (Init)
    Inits[Init].OfBus = true;
  return done(F, Init);
}

//===----------------------------------------------------------------------===//
// Its lock
//===----------------------------------------------------------------------===//

/// Why there is nothing to acquire now; empty if there is.
std::string Framework::lacksInterruptLock(const WdfThing &T, bool Spins) const {
  if (Spins && !T.Connected && T.How)
    return "returns without the lock: the interrupt is not connected before "
           "EvtInterruptEnable and after EvtInterruptDisable";
  if (!Spins && W.machine().irql() > PassiveLevel)
    return "does nothing at " + levelName(W.machine().irql()) +
           ": the lock of an interrupt that is handled at PASSIVE_LEVEL is "
           "waited for";
  return "";
}

/// Of an interrupt that is not known, it is either way.
std::optional<uint64_t> Framework::interruptSynchronize(Frame &F) {
  Lock L = lock(F.Args[0], InterruptLock, "");
  W.before(F);
  if (!L.Lacks.empty()) {
    W.report(L.Check, "'" + F.Name + "' " + L.Lacks, F.Where, /*GoesOn=*/true);
    return done(F, 0);
  }
  bool Spins = L.Known ? L.Spins : W.choices().choose(2) == 0;
  Calling C;
  W.nameCallback(C.How, F.Args[1], Rules.role("EVT_WDF_INTERRUPT_SYNCHRONIZE"));
  C.How.At = Spins ? DeviceLevel : W.machine().irql();
  C.How.First = F.Args[0];
  C.How.Sure = L.Known;
  C.Function = F.Args[1];
  C.Args = {F.Args[0], F.Args[2]};
  C.Lock = L.Object;
  C.Kind = L.Kind;
  C.Spins = Spins;
  C.LockText = W.textOf(F, 0);
  C.Lends = true;
  return done(F, W.call(std::move(C)) & 0xFF);
}

//===----------------------------------------------------------------------===//
// Connected, and what it asks for
//===----------------------------------------------------------------------===//

void Framework::connect(WdfThing &T, bool On) {
  if (T.Connected == On || !T.Device)
    return;
  if (On)
    T.Connected = true;
  call(T, On ? "EvtInterruptEnable" : "EvtInterruptDisable",
       {T.handle(), T.Device->handle()});
  T.Connected = On;
  if (On) // whoever serves it knows what was before
    W.machine().released(lock(T.handle(), InterruptLock, "").Object);
  else if (W.isScenario())
    waitUntil([&T] { return !T.Running; });
}

/// Above PASSIVE_LEVEL, which is told, they do nothing.
std::optional<uint64_t> Framework::interruptEnable(Frame &F) {
  WdfThing *T = begin(F, "interrupt");
  if (!T)
    return std::nullopt;
  if (W.machine().irql() == PassiveLevel)
    connect(*T, F.Name == "WdfInterruptEnable");
  return done(F, 0);
}

std::optional<uint64_t> Framework::interruptDpc(Frame &F) {
  return interruptLater(F, "EvtInterruptDpc");
}

std::optional<uint64_t> Framework::interruptWork(Frame &F) {
  return interruptLater(F, "EvtInterruptWorkItem");
}

std::optional<uint64_t> Framework::interruptLater(Frame &F,
                                                  const char *Member) {
  WdfThing *T = argument(F, 0);
  if (!T || !T->config(Member))
    return std::nullopt;
  W.before(F);
  bool Was = T->Queued;
  std::vector<uint64_t> Args = {T->handle(),
                                T->Device ? T->Device->handle() : 0};
  if (!Was && llvm::StringRef(Member) == "EvtInterruptDpc")
    queueDpc(*T, Member, std::move(Args));
  else if (!Was)
    queueWork(*T, Member, std::move(Args));
  return done(F, !Was);
}
