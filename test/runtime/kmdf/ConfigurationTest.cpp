//===- ConfigurationTest.cpp - What the framework creates and refuses -----===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"

using namespace irqlint;
using namespace irqlint::rt;
using namespace irqlint::rt::test;
using testing::ElementsAre;

namespace {

constexpr char Success[] = "STATUS_SUCCESS";

/// Executes a creation below a device; its status, and the check that told it.
struct Outcome {
  std::string Status, Check;
  bool operator==(const Outcome &O) const {
    return Status == O.Status && Check == O.Check;
  }
};
void PrintTo(const Outcome &O, std::ostream *OS) {
  *OS << O.Status << " " << O.Check;
}

Outcome create(uint64_t DeviceLevel, uint64_t DeviceScope,
               const std::function<void(Driver &, uint64_t)> &Body) {
  Outcome Out;
  Driver D;
  // The check ends the execution; the second time it is known, and the
  // routine returns.
  for (int Round = 0; Round < 2; ++Round) {
    std::string Known = D.Check;
    D.run([&] {
      D.W->Told = [&](const Violation &V) { return V.Check == Known; };
      D.driver(attributes());
      uint64_t Device = D.device(attributes(DeviceLevel, DeviceScope));
      Body(D, Device);
      Out.Status = D.Status;
      return 0xC0000001; // nothing lives
    });
  }
  Out.Check = D.Check;
  return Out;
}

Struct timer(bool Serialized) {
  Struct C("WdfTimerCreate");
  C.set("EvtTimerFunc", 64).set("AutomaticSerialization", Serialized);
  return C;
}
Struct item(bool Serialized) {
  Struct C("WdfWorkItemCreate");
  C.set("EvtWorkItemFunc", 64).set("AutomaticSerialization", Serialized);
  return C;
}
Struct dpc(bool Serialized) {
  Struct C("WdfDpcCreate");
  C.set("EvtDpcFunc", 64).set("AutomaticSerialization", Serialized);
  return C;
}

TEST(Configuration, EveryMemberAndStatusOfTheRulesIsKnown) {
  std::set<std::string> Members, Statuses;
  for (const RtMember *M = irqlint_rt_members; M->Routine; ++M)
    Members.insert(std::string(M->Routine) + "." + M->Name);
  for (const RtNumber *N = irqlint_rt_numbers; N->Name; ++N)
    Statuses.insert(N->Name);
  auto Rules = RuleSet::builtin();
  for (const std::string &Name : Rules->objectNames()) {
    const ObjectContract *C = Rules->object(Name);
    for (const CallbackContract &K : C->Callbacks)
      EXPECT_TRUE(Members.count(Name + "." + K.Member)) << Name << K.Member;
    if (!C->Serialization.empty())
      EXPECT_TRUE(Members.count(Name + "." + C->Serialization));
  }
  for (const ConfigRule &R : Rules->configRules()) {
    EXPECT_TRUE(R.Status.empty() || Statuses.count(R.Status)) << R.Status;
    for (const ConfigCondition &C : R.When)
      for (llvm::StringRef Rest = C.Value; !Rest.empty();) {
        auto [Word, Tail] = Rest.split('|');
        Rest = Tail;
        if (Word.empty() || !isupper(Word[0]))
          continue;
        bool Found = false;
        for (const std::string &M : Members)
          Found |= llvm::StringRef(M).ends_with(("." + Word).str());
        EXPECT_TRUE(Found) << R.Name << ": " << Word.str();
      }
  }
}

TEST(Configuration, TimersOfAllLevels) {
  auto Timer = [](uint64_t Level, bool Serialized = true) {
    return [=](Driver &D, uint64_t Device) {
      D.child("WdfTimerCreate", timer(Serialized),
              attributes(Level, InheritScope, Device));
    };
  };
  const Outcome Fine{Success, ""};
  const Outcome Refused{"STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL",
                        "serialization-incompatible"};
  EXPECT_EQ(create(Dispatch, Device, Timer(InheritLevel)), Fine);
  EXPECT_EQ(create(Dispatch, Device, Timer(Passive)), Refused);
  EXPECT_EQ(create(Passive, Device, Timer(InheritLevel)), Refused);
  EXPECT_EQ(create(Passive, Device, Timer(Passive)), Fine);
  EXPECT_EQ(create(Passive, Device, Timer(InheritLevel, false)), Fine);
  EXPECT_EQ(create(Passive, None, Timer(InheritLevel)), Fine);
}

TEST(Configuration, WorkItemsAndDpcsHaveOneLevel) {
  auto Item = [](Driver &D, uint64_t Device) {
    D.child("WdfWorkItemCreate", item(true),
            attributes(InheritLevel, InheritScope, Device));
  };
  auto Dpc = [](Driver &D, uint64_t Device) {
    D.child("WdfDpcCreate", dpc(true),
            attributes(InheritLevel, InheritScope, Device));
  };
  const Outcome Fine{Success, ""};
  const Outcome Refused{"STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL",
                        "serialization-incompatible"};
  EXPECT_EQ(create(Passive, Device, Item), Fine);
  EXPECT_EQ(create(Dispatch, Device, Item), Refused);
  EXPECT_EQ(create(Dispatch, Queue, Dpc), Fine);
  EXPECT_EQ(create(Passive, Queue, Dpc), Refused);
}

/// A device that only inherits passive has a mutex, but no mark.
TEST(Configuration, InheritedPassiveIsATrap) {
  auto Try = [](const char *Routine, Struct C) {
    Outcome Out;
    Driver D;
    for (int Round = 0; Round < 2; ++Round) {
      std::string Known = D.Check;
      D.run([&] {
        D.W->Told = [&](const Violation &V) { return V.Check == Known; };
        D.driver(attributes(Passive, None));
        uint64_t H = D.device(attributes(InheritLevel, Device));
        D.child(Routine, C, attributes(InheritLevel, InheritScope, H));
        Out.Status = D.Status;
        return 0xC0000001;
      });
    }
    Out.Check = D.Check;
    return Out;
  };
  EXPECT_EQ(Try("WdfDpcCreate", dpc(true)),
            (Outcome{Success, "serialization-incompatible"}));
  EXPECT_EQ(Try("WdfWorkItemCreate", item(true)),
            (Outcome{"STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL",
                     "serialization-incompatible"}));
  EXPECT_EQ(Try("WdfWorkItemCreate", item(false)), (Outcome{Success, ""}));
}

TEST(Configuration, Attributes) {
  auto Lock = [](Struct A) {
    return [A](Driver &D, uint64_t) mutable {
      uint64_t H = 0;
      D.Status = D.status("WdfSpinLockCreate", {A, Driver::address(H)});
      EXPECT_EQ(H != 0, D.Status == Success);
    };
  };
  EXPECT_EQ(create(1, 1, Lock(attributes())), (Outcome{Success, ""}));
  EXPECT_EQ(create(1, 1, Lock(attributes(Passive))),
            (Outcome{"STATUS_WDF_EXECUTION_LEVEL_INVALID",
                     "execution-level-not-allowed"}));
  EXPECT_EQ(create(1, 1, Lock(attributes(InheritLevel, Device))),
            (Outcome{"STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID",
                     "synchronization-scope-not-allowed"}));
  EXPECT_EQ(create(1, 1, Lock(attributes(InheritLevel, None))),
            (Outcome{Success, ""}));
  EXPECT_EQ(create(1, 1, Lock(attributes(7))).Status,
            "STATUS_WDF_OBJECT_ATTRIBUTES_INVALID");
  EXPECT_EQ(create(1, 1, Lock(attributes(1, 9))).Status,
            "STATUS_WDF_OBJECT_ATTRIBUTES_INVALID");
  Struct Short = attributes();
  Short.set("Size", 8);
  EXPECT_EQ(create(1, 1, Lock(Short)),
            (Outcome{"STATUS_INFO_LENGTH_MISMATCH", ""}));
}

TEST(Configuration, Queues) {
  auto With = [](Struct C, Struct A) {
    return [=](Driver &D, uint64_t Device) { D.queue(Device, C, A); };
  };
  Struct Good("WdfIoQueueCreate"), Bare = Good, Hand = Good;
  Good.set("DispatchType", Parallel).set("EvtIoDefault", 64);
  Bare.set("DispatchType", Parallel);
  Hand.set("DispatchType", Manual).set("EvtIoRead", 64);
  EXPECT_EQ(create(1, 1, With(Good, attributes())), (Outcome{Success, ""}));
  EXPECT_EQ(create(1, 1, With(Bare, attributes())),
            (Outcome{"STATUS_WDF_NO_CALLBACK", "object-config-refused"}));
  EXPECT_EQ(create(1, 1, With(Hand, attributes())),
            (Outcome{"STATUS_INVALID_PARAMETER", "object-config-refused"}));
  EXPECT_EQ(
      create(Dispatch, Device, With(Good, attributes(Passive))),
      (Outcome{"STATUS_INVALID_PARAMETER", "execution-level-not-allowed"}));
  EXPECT_EQ(create(Dispatch, Device, With(Good, attributes(Passive, Queue))),
            (Outcome{Success, ""}));
  Good.set("DefaultQueue", 1);
  EXPECT_EQ(create(1, 1,
                   [&](Driver &D, uint64_t Device) {
                     D.queue(Device, Good, attributes());
                     EXPECT_EQ(D.Status, Success);
                     D.queue(Device, Good, attributes());
                   }),
            (Outcome{"STATUS_UNSUCCESSFUL", ""}));
}

TEST(Configuration, Parents) {
  EXPECT_EQ(
      create(1, 1,
             [](Driver &D, uint64_t) {
               D.child("WdfTimerCreate", timer(false), attributes());
             }),
      (Outcome{"STATUS_WDF_PARENT_NOT_SPECIFIED", "object-config-refused"}));
  EXPECT_EQ(create(1, 1,
                   [](Driver &D, uint64_t Device) {
                     D.device(attributes(1, 1, Device));
                   }),
            (Outcome{"STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED",
                     "object-config-refused"}));
  EXPECT_EQ(create(1, 1,
                   [](Driver &D, uint64_t) {
                     D.child("WdfDpcCreate", dpc(false),
                             attributes(1, 1, D.call("WdfGetDriver", {0})));
                   })
                .Status,
            "STATUS_INVALID_DEVICE_REQUEST");
}

/// An interrupt that is made in EvtDevicePrepareHardware, or (\p Early) in
/// EvtDriverDeviceAdd.
Outcome
interrupt(bool Early, const std::function<void(Driver &, Struct &)> &Change,
          const std::function<void(Driver &)> &SetUp = {},
          const std::function<uint64_t(Driver &, uint64_t)> &Parent = {}) {
  Outcome Out;
  Driver D;
  for (int Round = 0; Round < 2; ++Round) {
    std::string Known = D.Check;
    uint64_t Device = 0;
    auto Create = [&](auto &) {
      Struct C("WdfInterruptCreate");
      C.set("EvtInterruptIsr", D.on("isr")).set("ShareVector", 2);
      Change(D, C);
      Struct A = attributes();
      if (Parent)
        A.set("ParentObject", Parent(D, Device));
      uint64_t H = 0;
      Out.Status =
          D.status("WdfInterruptCreate", {Device, C, A, Driver::address(H)});
      return 0xC0000001;
    };
    uint64_t Prepare = D.on("prepare", Create);
    uint64_t Add = D.on("add", [&](auto &Args) -> uint64_t {
      D.Init = Args[1];
      if (SetUp)
        SetUp(D);
      Struct P("WdfDeviceInitSetPnpPowerEventCallbacks");
      if (!Early)
        P.set("EvtDevicePrepareHardware", Prepare);
      D.call("WdfDeviceInitSetPnpPowerEventCallbacks", {D.Init, P});
      Device = D.device(attributes());
      return Early ? Create(Args) : 0;
    });
    D.run([&] {
      D.W->Told = [&](const Violation &V) { return V.Check == Known; };
      D.driver(attributes(), Add);
      return 0;
    });
  }
  Out.Check = D.Check;
  return Out;
}

TEST(Configuration, InterruptsAndTheirResources) {
  const Outcome Fine{Success, ""};
  const Outcome Early{"STATUS_INVALID_PARAMETER", "object-config-refused"};
  const Outcome Late{"STATUS_INVALID_DEVICE_STATE", "object-config-refused"};
  static uint64_t Line = 0x200003; // type, sharing, flags: it can wake
  auto At = reinterpret_cast<uint64_t>(&Line);
  auto Resources = [&](bool Raw, bool Translated, uint64_t Share = 2) {
    return [=](Driver &, Struct &C) {
      C.set("InterruptRaw", Raw ? At : 0)
          .set("InterruptTranslated", Translated ? At : 0)
          .set("ShareVector", Share);
    };
  };
  EXPECT_EQ(interrupt(true, Resources(false, false)), Fine);
  EXPECT_EQ(interrupt(true, Resources(true, false)), Early);
  EXPECT_EQ(interrupt(true, Resources(false, true)), Early);
  // Sharing may be said before the resources are known.
  EXPECT_EQ(interrupt(true, Resources(false, false, 1)), Fine);
  EXPECT_EQ(interrupt(false, Resources(true, true)), Fine);
  EXPECT_EQ(interrupt(false, Resources(false, true)), Late);
  EXPECT_EQ(interrupt(false, Resources(true, false)), Late);
  EXPECT_EQ(interrupt(false, Resources(true, true, 1)), Late);
  EXPECT_EQ(interrupt(false, Resources(true, true, 0)), Late);
}

TEST(Configuration, InterruptsThatWake) {
  const Outcome Fine{Success, ""};
  const Outcome Bad{"STATUS_INVALID_PARAMETER", "object-config-refused"};
  static uint64_t Can = 0x200003, Cannot = 0x3;
  auto Wakes = [](uint64_t &Line) {
    return [&Line](Driver &, Struct &C) {
      auto At = reinterpret_cast<uint64_t>(&Line);
      C.set("PassiveHandling", 1).set("CanWakeDevice", 1);
      C.set("InterruptRaw", At).set("InterruptTranslated", At);
    };
  };
  auto Owner = [](bool Is) {
    return [Is](Driver &D) {
      D.call("WdfDeviceInitSetPowerPolicyOwnership", {D.Init, Is});
    };
  };
  auto Filter = [](Driver &D) { D.call("WdfFdoInitSetFilter", {D.Init}); };
  EXPECT_EQ(interrupt(false, Wakes(Can)), Fine);
  EXPECT_EQ(interrupt(false, Wakes(Cannot)), Bad);
  EXPECT_EQ(interrupt(false, Wakes(Can), Owner(true)), Fine);
  EXPECT_EQ(interrupt(false, Wakes(Can), Owner(false)), Bad);
  EXPECT_EQ(interrupt(false, Wakes(Can), Filter), Bad);
  EXPECT_EQ(interrupt(false, Wakes(Can),
                      [&](Driver &D) {
                        Filter(D);
                        Owner(true)(D);
                      }),
            Fine);
  EXPECT_EQ(interrupt(false, Wakes(Can),
                      [](Driver &D) { // that of a device on our bus
                        D.Init = D.call("WdfPdoInitAllocate", {0});
                      }),
            Bad);
  EXPECT_EQ(interrupt(true,
                      [](Driver &, Struct &C) {
                        C.set("PassiveHandling", 1).set("CanWakeDevice", 1);
                      }),
            Bad);
}

TEST(Configuration, ParentsOfInterrupts) {
  const Outcome Fine{Success, ""};
  const Outcome Bad{"STATUS_INVALID_PARAMETER", "object-config-refused"};
  auto Serialized = [](Driver &, Struct &C) {
    C.set("AutomaticSerialization", 1);
  };
  auto Of = [&](const std::function<uint64_t(Driver &, uint64_t)> &Parent) {
    return interrupt(true, Serialized, {}, Parent);
  };
  auto QueueOf = [](Driver &D, uint64_t Device) { return D.reads(Device, 64); };
  EXPECT_EQ(Of([](Driver &, uint64_t Device) { return Device; }), Fine);
  EXPECT_EQ(Of(QueueOf), Fine);
  EXPECT_EQ(Of([](Driver &D, uint64_t Device) {
              uint64_t H = 0;
              D.call("WdfObjectCreate",
                     {attributes(InheritLevel, InheritScope, Device),
                      Driver::address(H)});
              return H;
            }),
            Bad);
  EXPECT_EQ(Of([&](Driver &D, uint64_t) {
              D.Init += 64;
              return QueueOf(D, D.device(attributes()));
            }),
            Bad);
}

TEST(Configuration, FileObjectsAreJudgedWithTheDevice) {
  auto Try = [](uint64_t FileScope, uint64_t DeviceLevel, uint64_t DeviceScope,
                std::string &Check) {
    Driver D;
    std::string Status;
    for (int Round = 0; Round < 2; ++Round) {
      std::string Known = D.Check;
      D.run([&] {
        D.W->Told = [&](const Violation &V) { return V.Check == Known; };
        D.driver(attributes());
        Struct C("WdfDeviceInitSetFileObjectConfig");
        C.set("EvtFileClose", 64);
        D.call("WdfDeviceInitSetFileObjectConfig",
               {D.Init, C, attributes(InheritLevel, FileScope)});
        D.device(attributes(DeviceLevel, DeviceScope));
        Status = D.Status;
        return 0xC0000001;
      });
    }
    Check = D.Check;
    return Status;
  };
  std::string Check;
  EXPECT_EQ(Try(InheritScope, InheritLevel, Queue, Check),
            "STATUS_INVALID_DEVICE_REQUEST");
  EXPECT_EQ(Check, "synchronization-scope-not-allowed");
  EXPECT_EQ(Try(InheritScope, Dispatch, Device, Check),
            "STATUS_INVALID_DEVICE_REQUEST");
  EXPECT_EQ(Try(InheritScope, Passive, Device, Check), Success);
  EXPECT_EQ(Try(None, Dispatch, Queue, Check), Success);
  EXPECT_EQ(Check, "");
}

TEST(Configuration, OneDriverAndContexts) {
  Driver D;
  char Type[64] = {};
  for (const RtMember *M = irqlint_rt_members; M->Routine; ++M)
    if (std::string(M->Name) == "ContextSize") {
      uint64_t Size = 24;
      std::memcpy(Type + M->Offset, &Size, 8);
    }
  auto Of = reinterpret_cast<uint64_t>(Type);
  D.run([&] {
    D.driver(attributes());
    EXPECT_EQ(D.Status, Success);
    D.driver(attributes());
    EXPECT_EQ(D.Status, "STATUS_DRIVER_INTERNAL_ERROR");
    uint64_t Device = D.device(attributes().set("ContextTypeInfo", Of));
    uint64_t Context = D.call("WdfObjectGetTypedContextWorker", {Device, Of});
    EXPECT_NE(Context, 0u);
    EXPECT_EQ(*reinterpret_cast<uint64_t *>(Context), 0u);
    EXPECT_EQ(D.call("WdfObjectContextGetObject", {Context}), Device);
    EXPECT_EQ(D.call("WdfObjectGetTypedContextWorker", {Device, Of + 1}), 0u);
    uint64_t Out = 0;
    Struct Same = attributes().set("ContextTypeInfo", Of);
    EXPECT_EQ(D.status("WdfObjectAllocateContext",
                       {Device, Same, Driver::address(Out)}),
              "STATUS_OBJECT_NAME_EXISTS");
    EXPECT_EQ(Out, Context);
    return 0xC0000001;
  });
}

} // namespace
