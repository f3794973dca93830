//===- DispatchTest.cpp - At which level and under which lock -------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"
#include "llvm/ADT/STLExtras.h"

using namespace irqlint;
using namespace irqlint::rt;
using namespace irqlint::rt::test;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

/// How the request callback of a queue below a device is entered.
std::vector<std::string> read(uint64_t DeviceLevel, uint64_t DeviceScope,
                              uint64_t Level = InheritLevel,
                              uint64_t Scope = InheritScope,
                              uint64_t DriverLevel = InheritLevel,
                              uint64_t DriverScope = InheritScope) {
  Driver D;
  uint64_t Read = D.on("read", [&](auto &Args) {
    D.call("WdfRequestComplete", {Args[1], 0});
    return 0;
  });
  EXPECT_EQ(D.run([&] {
    D.driver(attributes(DriverLevel, DriverScope));
    uint64_t H = D.device(attributes(DeviceLevel, DeviceScope));
    Struct C("WdfIoQueueCreate");
    C.set("DispatchType", Parallel).set("EvtIoRead", Read);
    D.queue(H, C, attributes(Level, Scope));
    return 0;
  }),
            End::Done);
  // Several requests come, one after the other.
  std::vector<std::string> Out;
  for (const std::string &Line : D.printed())
    if (!llvm::is_contained(Out, Line))
      Out.push_back(Line);
  return Out;
}

// The table of scopes and levels, line by line; the lock is that of the device
// or of the queue.
TEST(Dispatch, ScopeDevicePassive) {
  EXPECT_THAT(
      read(Passive, Device),
      ElementsAre("read PASSIVE_LEVEL, callback lock 'device', no APCs"));
}
TEST(Dispatch, ScopeDeviceDispatch) {
  EXPECT_THAT(read(Dispatch, Device),
              ElementsAre("read DISPATCH_LEVEL, callback lock 'device'"));
}
TEST(Dispatch, ScopeQueuePassive) {
  EXPECT_THAT(
      read(Passive, Queue),
      ElementsAre("read PASSIVE_LEVEL, callback lock 'queue', no APCs"));
}
TEST(Dispatch, ScopeQueueDispatch) {
  EXPECT_THAT(read(Dispatch, Queue),
              ElementsAre("read DISPATCH_LEVEL, callback lock 'queue'"));
}
TEST(Dispatch, ScopeNonePassive) {
  EXPECT_THAT(read(Passive, None), ElementsAre("read PASSIVE_LEVEL"));
}
TEST(Dispatch, ScopeNoneDispatch) {
  EXPECT_THAT(read(Dispatch, None),
              ElementsAre("read PASSIVE_LEVEL", "read DISPATCH_LEVEL"));
}

TEST(Dispatch, WhatIsInherited) {
  // By default: dispatch, none.
  EXPECT_THAT(read(InheritLevel, InheritScope),
              ElementsAre("read PASSIVE_LEVEL", "read DISPATCH_LEVEL"));
  EXPECT_THAT(
      read(InheritLevel, InheritScope, 1, 1, Passive, Device),
      ElementsAre("read PASSIVE_LEVEL, callback lock 'device', no APCs"));
  EXPECT_THAT(
      read(Dispatch, None, Passive, Queue),
      ElementsAre("read PASSIVE_LEVEL, callback lock 'queue', no APCs"));
  EXPECT_THAT(read(Passive, Device, InheritLevel, None),
              ElementsAre("read PASSIVE_LEVEL"));
}

TEST(Dispatch, Files) {
  auto Files = [](uint64_t Level, uint64_t Scope, uint64_t FileScope) {
    Driver D;
    EXPECT_EQ(D.run([&] {
      D.driver(attributes());
      Struct C("WdfDeviceInitSetFileObjectConfig");
      C.set("EvtDeviceFileCreate", D.on("create"))
          .set("EvtFileCleanup", D.on("cleanup"))
          .set("EvtFileClose", D.on("close"));
      D.call("WdfDeviceInitSetFileObjectConfig",
             {D.Init, C, attributes(InheritLevel, FileScope)});
      D.device(attributes(Level, Scope));
      return 0;
    }),
              End::Done);
    return D.printed();
  };
  EXPECT_THAT(
      Files(Passive, Device, InheritScope),
      ElementsAre("create PASSIVE_LEVEL, callback lock 'device', no APCs",
                  "cleanup PASSIVE_LEVEL, callback lock 'device', no APCs",
                  "close PASSIVE_LEVEL, callback lock 'device', no APCs"));
  // From version 1.11 on passive, whatever the device is.
  EXPECT_THAT(Files(Dispatch, Queue, None),
              ElementsAre("create PASSIVE_LEVEL", "cleanup PASSIVE_LEVEL",
                          "close PASSIVE_LEVEL"));
}

/// Timer, DPC and work item, which the driver sets off when the device starts.
std::vector<std::string> later(uint64_t Level, uint64_t Scope, bool Serialized,
                               uint64_t TimerLevel = InheritLevel) {
  Driver D;
  uint64_t Timer = 0, Dpc = 0, Item = 0;
  uint64_t Entry = D.on("entry", [&](auto &) {
    D.call("WdfTimerStart", {Timer, uint64_t(-10000)});
    if (Dpc)
      EXPECT_EQ(D.call("WdfDpcEnqueue", {Dpc}), 1u);
    if (Item)
      D.call("WdfWorkItemEnqueue", {Item});
    return 0;
  });
  EXPECT_EQ(D.run([&] {
    D.W->Told = [](const Violation &) { return true; };
    D.driver(attributes());
    D.power({{"EvtDeviceSelfManagedIoInit", Entry}});
    uint64_t H = D.device(attributes(Level, Scope));
    Timer = D.child("WdfTimerCreate",
                    Struct("WdfTimerCreate")
                        .set("EvtTimerFunc", D.on("timer"))
                        .set("AutomaticSerialization", Serialized),
                    attributes(TimerLevel, InheritScope, H));
    Dpc = D.child("WdfDpcCreate",
                  Struct("WdfDpcCreate")
                      .set("EvtDpcFunc", D.on("dpc"))
                      .set("AutomaticSerialization", Serialized),
                  attributes(InheritLevel, InheritScope, H));
    Item = D.child("WdfWorkItemCreate",
                   Struct("WdfWorkItemCreate")
                       .set("EvtWorkItemFunc", D.on("work"))
                       .set("AutomaticSerialization", Serialized),
                   attributes(InheritLevel, InheritScope, H));
    return 0;
  }),
            End::Done);
  std::vector<std::string> Out = D.printed();
  std::sort(Out.begin(), Out.end());
  return Out;
}

TEST(Dispatch, WithoutSerialization) {
  EXPECT_THAT(later(Dispatch, Device, false),
              ElementsAre("dpc DISPATCH_LEVEL", "entry PASSIVE_LEVEL",
                          "timer DISPATCH_LEVEL", "work PASSIVE_LEVEL"));
  EXPECT_THAT(later(Dispatch, Device, false, Passive),
              testing::Contains("timer PASSIVE_LEVEL"));
}

TEST(Dispatch, SerializedWithADevice) {
  // The work item does not fit to a spin lock, and is refused.
  EXPECT_THAT(later(Dispatch, Device, true),
              ElementsAre("dpc DISPATCH_LEVEL, callback lock 'device'",
                          "entry PASSIVE_LEVEL",
                          "timer DISPATCH_LEVEL, callback lock 'device'"));
  // Here it is the only one that fits, with a passive timer.
  EXPECT_THAT(
      later(Passive, Device, true, Passive),
      ElementsAre("entry PASSIVE_LEVEL",
                  "timer PASSIVE_LEVEL, callback lock 'device', no APCs",
                  "work PASSIVE_LEVEL, callback lock 'device', no APCs"));
  EXPECT_THAT(later(Dispatch, None, true),
              ElementsAre("dpc DISPATCH_LEVEL", "entry PASSIVE_LEVEL",
                          "timer DISPATCH_LEVEL", "work PASSIVE_LEVEL"));
}

/// The callbacks of an interrupt.
std::vector<std::string> interrupts(bool IsPassive, bool Serialized,
                                    uint64_t Level) {
  Driver D;
  uint64_t Isr = D.on("isr", [&](auto &Args) {
    D.call(IsPassive ? "WdfInterruptQueueWorkItemForIsr"
                     : "WdfInterruptQueueDpcForIsr",
           {Args[0]});
    return 1;
  });
  uint64_t Add = D.on("add", [&](auto &Args) {
    D.Init = Args[1];
    uint64_t H = D.device(attributes(Level, Device));
    Struct C("WdfInterruptCreate");
    C.set("EvtInterruptIsr", Isr)
        .set(IsPassive ? "EvtInterruptWorkItem" : "EvtInterruptDpc",
             D.on("later"))
        .set("EvtInterruptEnable", D.on("enable"))
        .set("EvtInterruptDisable", D.on("disable"))
        .set("PassiveHandling", IsPassive)
        .set("AutomaticSerialization", Serialized);
    D.interrupt(H, C);
    EXPECT_EQ(D.Status, "STATUS_SUCCESS");
    return 0;
  });
  EXPECT_EQ(D.run([&] {
    D.driver(attributes(), Add, D.on("unload"));
    return 0;
  }),
            End::Done);
  return D.printed();
}

TEST(Dispatch, Interrupts) {
  EXPECT_THAT(interrupts(false, false, Passive),
              ElementsAre("add PASSIVE_LEVEL",
                          "enable DIRQL 5, framework interrupt lock "
                          "'interrupt'",
                          "isr DIRQL 5, framework interrupt lock 'interrupt'",
                          "later DISPATCH_LEVEL",
                          "disable DIRQL 5, framework interrupt lock "
                          "'interrupt'",
                          "unload PASSIVE_LEVEL"));
  EXPECT_THAT(interrupts(false, true, Dispatch),
              testing::Contains("later DISPATCH_LEVEL, callback lock "
                                "'device'"));
  std::vector<std::string> P = interrupts(true, true, Passive);
  EXPECT_THAT(P, testing::Contains("isr PASSIVE_LEVEL, lock of the passive "
                                   "interrupt 'interrupt', no APCs"));
  EXPECT_THAT(P, testing::Contains("later PASSIVE_LEVEL, callback lock "
                                   "'device', no APCs"));
}

/// One after the other, each at PASSIVE_LEVEL, and backwards on the way down.
TEST(Dispatch, TheLifeOfADevice) {
  // It also sleeps once.
  static const char *const Members[] = {
      "EvtDevicePrepareHardware", "EvtDeviceD0Entry",
      "EvtDeviceD0EntryPostInterruptsEnabled", "EvtDeviceSelfManagedIoInit",
      "EvtDeviceSelfManagedIoSuspend", "EvtDeviceD0ExitPreInterruptsDisabled",
      "EvtDeviceD0Exit", "EvtDeviceD0Entry",
      "EvtDeviceD0EntryPostInterruptsEnabled", "EvtDeviceSelfManagedIoRestart",
      // Resources are given out anew.
      "EvtDeviceQueryStop", "EvtDeviceSelfManagedIoSuspend",
      "EvtDeviceD0ExitPreInterruptsDisabled", "EvtDeviceD0Exit",
      "EvtDeviceReleaseHardware", "EvtDevicePrepareHardware",
      "EvtDeviceD0Entry", "EvtDeviceD0EntryPostInterruptsEnabled",
      "EvtDeviceSelfManagedIoRestart", "EvtDeviceQueryRemove",
      "EvtDeviceSelfManagedIoSuspend", "EvtDeviceD0ExitPreInterruptsDisabled",
      "EvtDeviceD0Exit", "EvtDeviceReleaseHardware",
      "EvtDeviceSelfManagedIoFlush", "EvtDeviceSelfManagedIoCleanup"};
  auto Live = [](const std::string &Refuses, bool Gone = false) {
    Driver D;
    D.run(
        [&] {
          Struct C("WdfDeviceInitSetPnpPowerEventCallbacks");
          std::set<std::string> Each(std::begin(Members), std::end(Members));
          Each.insert("EvtDeviceSurpriseRemoval");
          for (const std::string &M : Each)
            C.set(M.c_str(), D.on(M, [&D, M, Refuses](auto &) {
              EXPECT_EQ(D.irql(), PassiveLevel);
              return Refuses == M ? 0xC0000001 : 0;
            }));
          D.driver(attributes(), 0, D.on("unload"));
          D.call("WdfDeviceInitSetPnpPowerEventCallbacks", {D.Init, C});
          D.device(attributes().set("EvtCleanupCallback", D.on("cleanup")));
          return 0;
        },
        Gone ? 1 : 0);
    std::vector<std::string> Out;
    for (const Note &N : D.Notes)
      Out.push_back(N.Name);
    return Out;
  };
  std::vector<std::string> All(std::begin(Members), std::end(Members));
  All.push_back("cleanup");
  All.push_back("unload");
  EXPECT_EQ(Live(""), All);
  std::vector<std::string> Refused = Live("EvtDevicePrepareHardware");
  EXPECT_THAT(Refused, testing::Not(testing::Contains("EvtDeviceD0Entry")));
  EXPECT_THAT(Refused, testing::Not(testing::Contains("EvtDeviceD0Exit")));
  EXPECT_THAT(Refused, testing::Contains("EvtDeviceReleaseHardware"));
  std::vector<std::string> Late = Live("EvtDeviceD0EntryPostInterruptsEnabled");
  EXPECT_THAT(Late, testing::Contains("EvtDeviceD0Exit"));
  EXPECT_THAT(Late, testing::Not(testing::Contains("EvtDeviceQueryRemove")));

  // One that is pulled out is not asked before, and goes the same way.
  auto Surprised = [&](std::vector<std::string> Way, bool Asked) {
    auto At = std::find(Way.begin(), Way.end(), "EvtDeviceQueryRemove");
    if (Asked)
      Way.insert(At + 1, "EvtDeviceSurpriseRemoval");
    else
      *At = "EvtDeviceSurpriseRemoval";
    return Way;
  };
  EXPECT_EQ(Live("", /*Gone=*/true), Surprised(All, false));
  EXPECT_EQ(Live("EvtDeviceQueryRemove"), Surprised(All, true));
  // Who does not want to stop goes on.
  std::vector<std::string> Stays = Live("EvtDeviceQueryStop");
  EXPECT_EQ(std::count(Stays.begin(), Stays.end(), "EvtDevicePrepareHardware"),
            1);
  EXPECT_THAT(Stays, testing::Contains("EvtDeviceQueryRemove"));
}

/// Interrupts that were created for resources end with them.
TEST(Dispatch, InterruptsOfResources) {
  Driver D;
  uint64_t Device = 0;
  static uint64_t Line = 0;
  std::vector<uint64_t> Created;
  uint64_t Prepare = D.on("prepare", [&](auto &) {
    auto At = reinterpret_cast<uint64_t>(&Line);
    Struct C("WdfInterruptCreate");
    C.set("EvtInterruptIsr", D.on("isr")).set("ShareVector", 2);
    C.set("EvtInterruptEnable", D.on("enable"));
    C.set("InterruptRaw", At).set("InterruptTranslated", At);
    for (uint64_t H : Created)
      EXPECT_EQ(D.W->framework().find(H)->Deleted, true);
    Created.push_back(D.interrupt(Device, C));
    EXPECT_EQ(D.Status, "STATUS_SUCCESS");
    return 0;
  });
  EXPECT_EQ(D.run([&] {
    D.driver(attributes());
    D.power({{"EvtDevicePrepareHardware", Prepare},
             {"EvtDeviceQueryStop", D.on("query stop")}});
    Device = D.device(attributes());
    return 0;
  }),
            End::Done);
  EXPECT_EQ(D.Check, "");
  EXPECT_EQ(Created.size(), 2u);
  // Power comes up three times: the second time after sleep, with the first.
  std::vector<std::string> All = D.printed();
  EXPECT_EQ(std::count_if(All.begin(), All.end(),
                          [](auto &S) { return S.find("enable ") == 0; }),
            3);
}

TEST(Dispatch, ADriverThatFailsHasNoDevices) {
  Driver D;
  D.run([&] {
    D.driver(attributes(), D.on("add"), D.on("unload"));
    return 0xC0000001;
  });
  EXPECT_THAT(D.printed(), IsEmpty());
}

} // namespace
