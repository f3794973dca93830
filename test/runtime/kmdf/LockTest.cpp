//===- LockTest.cpp - Locks of objects in the driver's hands --------------===//
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

/// Runs \p Body in the read callback of a queue; the check that stopped it.
std::string inRead(uint64_t Level, uint64_t Scope,
                   const std::function<void(Driver &, uint64_t Queue,
                                            uint64_t Device)> &Body) {
  Driver D;
  uint64_t Device = 0;
  uint64_t Read = D.on("read", [&](auto &Args) {
    Body(D, Args[0], Device);
    return 0;
  });
  D.run([&] {
    D.driver(attributes());
    Device = D.device(attributes(Level, Scope));
    D.reads(Device, Read);
    return 0;
  });
  EXPECT_FALSE(D.Notes.empty());
  return D.Check;
}

TEST(Locks, TheCallbackLockIsASpinLockOrAMutex) {
  Driver D;
  D.run([&] {
    D.driver(attributes());
    uint64_t Spins = D.device(attributes(Dispatch, Device));
    uint64_t Waits = D.device(attributes(Passive, Device));
    D.call("WdfObjectAcquireLock", {Spins});
    EXPECT_EQ(D.irql(), DispatchLevel);
    D.call("WdfObjectReleaseLock", {Spins});
    EXPECT_EQ(D.irql(), PassiveLevel);
    D.call("WdfObjectAcquireLock", {Waits});
    EXPECT_EQ(D.irql(), PassiveLevel);
    EXPECT_EQ(D.W->machine().thread().Critical, 1);
    D.call("WdfObjectReleaseLock", {Waits});
    EXPECT_EQ(D.W->machine().thread().Critical, 0);
    return 0xC0000001;
  });
  EXPECT_EQ(D.Check, "");
}

TEST(Locks, AQueueOfDeviceScopeHasTheLockOfItsDevice) {
  Driver D;
  D.run([&] {
    D.driver(attributes());
    uint64_t H = D.device(attributes(Dispatch, Device));
    uint64_t Q = D.reads(H, 64);
    D.call("WdfObjectAcquireLock", {Q});
    EXPECT_TRUE(D.W->locks().isHeld(H));
    D.call("WdfObjectReleaseLock", {H});
    EXPECT_FALSE(D.W->locks().isHeld(H));
    return 0xC0000001;
  });
  EXPECT_EQ(D.Check, "");
}

TEST(Locks, AroundACallback) {
  auto Nothing = [](Driver &, uint64_t, uint64_t) {};
  EXPECT_EQ(inRead(Dispatch, Device, Nothing), "");
  EXPECT_EQ(inRead(Dispatch, Device,
                   [](Driver &D, uint64_t, uint64_t H) {
                     D.call("WdfObjectAcquireLock", {H});
                   }),
            "callback-lock-misuse");
  EXPECT_EQ(inRead(Dispatch, Queue,
                   [](Driver &D, uint64_t Q, uint64_t) {
                     D.call("WdfObjectReleaseLock", {Q});
                   }),
            "callback-lock-misuse");
  for (uint64_t Level : {Dispatch, Passive})
    EXPECT_EQ(inRead(Level, Queue,
                     [&](Driver &D, uint64_t Q, uint64_t) {
                       D.call("WdfObjectReleaseLock", {Q});
                       EXPECT_EQ(D.irql(), PassiveLevel);
                       EXPECT_EQ(D.W->machine().thread().Critical, 0);
                       D.call("WdfObjectAcquireLock", {Q});
                       EXPECT_EQ(D.irql(), Level == Dispatch ? DispatchLevel
                                                             : PassiveLevel);
                     }),
              "");
}

TEST(Locks, OnlySomeObjectsHaveOne) {
  Driver D;
  D.run([&] {
    D.driver(attributes());
    uint64_t H = 0;
    D.call("WdfObjectCreate", {0, Driver::address(H)});
    D.call("WdfObjectAcquireLock", {H});
    return 0;
  });
  EXPECT_EQ(D.Check, "callback-lock-misuse");
}

/// What \p Body finds with an interrupt of a device: when its power is up, or
/// (\p Early) before.
std::string withInterrupt(bool IsPassive,
                          const std::function<void(Driver &, uint64_t)> &Body,
                          bool GivesLock = false, bool Early = false) {
  Driver D;
  uint64_t I = 0, Lock = 0;
  uint64_t Up = D.on("up", [&](auto &) {
    if (!Early)
      Body(D, GivesLock ? Lock : I);
    return 0xC0000001; // no device remains
  });
  uint64_t Add = D.on("add", [&](auto &Args) {
    D.Init = Args[1];
    D.power({{"EvtDeviceD0EntryPostInterruptsEnabled", Up}});
    uint64_t H = D.device(attributes());
    Struct C("WdfInterruptCreate");
    C.set("EvtInterruptIsr", 64).set("PassiveHandling", IsPassive);
    if (GivesLock) {
      D.call("WdfSpinLockCreate", {0, Driver::address(Lock)});
      C.set("SpinLock", Lock);
    }
    I = D.interrupt(H, C);
    EXPECT_EQ(D.Status, "STATUS_SUCCESS");
    if (Early)
      Body(D, GivesLock ? Lock : I);
    return 0;
  });
  D.run([&] {
    D.driver(attributes(), Add);
    return 0;
  });
  EXPECT_GE(D.Notes.size(), Early ? 1u : 2u);
  return D.Check;
}

/// Calls \p Body at DISPATCH_LEVEL.
void raised(Driver &D, const std::function<void()> &Body) {
  D.W->machine().raise(DispatchLevel);
  Body();
  D.W->machine().setLevel(PassiveLevel);
}

TEST(Locks, OfInterrupts) {
  EXPECT_EQ(withInterrupt(
                false,
                [](Driver &D, uint64_t I) {
                  EXPECT_EQ(D.call("WdfInterruptTryToAcquireLock", {I}), 0u);
                  D.call("WdfInterruptAcquireLock", {I});
                  EXPECT_EQ(D.irql(), DeviceLevel);
                  D.call("WdfInterruptReleaseLock", {I});
                  EXPECT_EQ(D.irql(), PassiveLevel);
                }),
            "");
  EXPECT_EQ(withInterrupt(
                true,
                [](Driver &D, uint64_t I) {
                  D.call("WdfInterruptAcquireLock", {I});
                  EXPECT_EQ(D.irql(), PassiveLevel);
                  D.call("WdfInterruptReleaseLock", {I});
                  ASSERT_NE(D.call("WdfInterruptTryToAcquireLock", {I}) & 0xFF,
                            0u);
                  D.call("WdfInterruptReleaseLock", {I});
                }),
            "");
}

/// Before it is connected it has none that could be acquired.
TEST(Locks, OfInterruptsThatAreNotConnected) {
  auto Acquire = [](Driver &D, uint64_t I) {
    D.call("WdfInterruptAcquireLock", {I});
  };
  EXPECT_EQ(withInterrupt(false, Acquire, false, true), "callback-lock-misuse");
  auto Synchronize = [](Driver &D, uint64_t I) {
    D.call("WdfInterruptSynchronize", {I, D.on("never"), 0});
  };
  EXPECT_EQ(withInterrupt(false, Synchronize, false, true),
            "callback-lock-misuse");
  // The lock of a passive one is there from the start.
  EXPECT_EQ(withInterrupt(
                true,
                [](Driver &D, uint64_t I) {
                  D.call("WdfInterruptAcquireLock", {I});
                  D.call("WdfInterruptReleaseLock", {I});
                },
                false, true),
            "");
  EXPECT_EQ(withInterrupt(
                false,
                [](Driver &D, uint64_t I) {
                  EXPECT_EQ(D.call("WdfInterruptTryToAcquireLock", {I}) & 0xFF,
                            0u);
                },
                false, true),
            "");
}

TEST(Locks, OfPassiveInterruptsAreNotForHighLevels) {
  for (const char *Name : {"WdfInterruptAcquireLock", "WdfInterruptSynchronize",
                           "WdfInterruptReleaseLock"}) {
    auto Call = [&](bool High) {
      return withInterrupt(true, [&](Driver &D, uint64_t I) {
        bool Releases = Name == std::string("WdfInterruptReleaseLock");
        auto Now = [&] { D.call(Name, {I, D.on("synchronized"), 0}); };
        if (Releases)
          D.call("WdfInterruptAcquireLock", {I});
        if (High)
          raised(D, Now);
        else
          Now();
        if (!Releases && Name == std::string("WdfInterruptAcquireLock") &&
            !High)
          D.call("WdfInterruptReleaseLock", {I});
      });
    };
    EXPECT_EQ(Call(true), "irql-too-high") << Name;
    EXPECT_EQ(Call(false), "") << Name;
  }
  // That of another one is meant for them.
  EXPECT_EQ(withInterrupt(false,
                          [](Driver &D, uint64_t I) {
                            raised(D, [&] {
                              D.call("WdfInterruptAcquireLock", {I});
                              EXPECT_EQ(D.irql(), DeviceLevel);
                              D.call("WdfInterruptReleaseLock", {I});
                              EXPECT_EQ(D.irql(), DispatchLevel);
                            });
                          }),
            "");
}

TEST(Locks, InterruptsAreEnabledAndDisabledByHand) {
  auto Try = [](bool High, bool IsPassive) {
    unsigned Served = 0;
    std::string Check = withInterrupt(IsPassive, [&](Driver &D, uint64_t I) {
      auto Both = [&] {
        WdfThing *T = D.W->framework().find(I);
        EXPECT_TRUE(T->Connected);
        D.call("WdfInterruptDisable", {I});
        Served += !T->Connected;
        D.call("WdfInterruptEnable", {I});
        EXPECT_TRUE(T->Connected);
      };
      if (High)
        raised(D, Both);
      else
        Both();
    });
    EXPECT_EQ(Served, High ? 0u : 1u);
    return Check;
  };
  for (bool IsPassive : {false, true}) {
    EXPECT_EQ(Try(false, IsPassive), "");
    EXPECT_EQ(Try(true, IsPassive), "irql-too-high");
  }
}

/// That of a device before those of its queues.
TEST(Locks, HaveAnOrder) {
  for (uint64_t Level : {Dispatch, Passive}) {
    EXPECT_EQ(inRead(Level, Queue,
                     [](Driver &D, uint64_t, uint64_t H) {
                       D.call("WdfObjectAcquireLock", {H});
                     }),
              "lock-order-inversion");
    EXPECT_EQ(inRead(Level, Queue,
                     [](Driver &D, uint64_t Q, uint64_t H) {
                       D.call("WdfObjectReleaseLock", {Q});
                       D.call("WdfObjectAcquireLock", {H});
                       D.call("WdfObjectReleaseLock", {H});
                       D.call("WdfObjectAcquireLock", {Q});
                     }),
              "");
  }
}

TEST(Locks, SynchronizedWithAnInterrupt) {
  for (bool IsPassive : {false, true}) {
    std::vector<std::string> Inside;
    EXPECT_EQ(withInterrupt(IsPassive,
                            [&](Driver &D, uint64_t I) {
                              uint64_t Run = D.on("synchronized", [&](auto &A) {
                                EXPECT_EQ(A[1], 77u);
                                Inside.push_back(print(D.Notes.back()));
                                D.Notes.pop_back();
                                return 1;
                              });
                              EXPECT_EQ(D.call("WdfInterruptSynchronize",
                                               {I, Run, 77}),
                                        1u);
                              EXPECT_EQ(D.irql(), PassiveLevel);
                            }),
              "");
    ASSERT_EQ(Inside.size(), 1u);
    EXPECT_THAT(Inside[0],
                testing::StartsWith(IsPassive ? "synchronized PASSIVE_LEVEL, "
                                                "lock of the passive interrupt"
                                              : "synchronized DIRQL 5, "
                                                "framework interrupt lock"));
  }
  EXPECT_EQ(withInterrupt(false,
                          [&](Driver &D, uint64_t I) {
                            uint64_t Run = D.on("again", [&, I](auto &) {
                              D.call("WdfInterruptAcquireLock", {I});
                              return 1;
                            });
                            D.call("WdfInterruptSynchronize", {I, Run, 0});
                          }),
            "interrupt-lock-recursion");
}

TEST(Locks, ASpinLockThatWasGivenAway) {
  EXPECT_EQ(withInterrupt(
                false,
                [](Driver &D, uint64_t Lock) {
                  D.call("WdfSpinLockAcquire", {Lock});
                },
                true),
            "callback-lock-misuse");
}

TEST(Locks, WaitsThatCannotEnd) {
  auto Timer = [](uint64_t Level, bool Serialized, bool Own) {
    Driver D;
    uint64_t Device = 0, Timer = 0;
    uint64_t Read = D.on("read", [&](auto &Args) {
      if (!Own)
        D.call("WdfTimerStop", {Timer, 1});
      D.call("WdfRequestComplete", {Args[1], 0});
      return 0;
    });
    uint64_t Tick = D.on("tick", [&](auto &Args) {
      if (Own)
        D.call("WdfTimerStop", {Args[0], 1});
      return 0;
    });
    D.run([&] {
      D.driver(attributes());
      Device = D.device(attributes(Level, test::Device));
      D.reads(Device, Read);
      Timer = D.child("WdfTimerCreate",
                      Struct("WdfTimerCreate")
                          .set("EvtTimerFunc", Tick)
                          .set("AutomaticSerialization", Serialized),
                      attributes(Level == Passive ? Passive : InheritLevel,
                                 InheritScope, Device));
      EXPECT_EQ(D.Status, "STATUS_SUCCESS");
      D.call("WdfTimerStart", {Timer, uint64_t(-10)});
      return 0;
    });
    return D.Check;
  };
  EXPECT_EQ(Timer(Passive, true, false), "self-wait");
  EXPECT_EQ(Timer(Passive, false, false), "");
  EXPECT_EQ(Timer(Passive, false, true), "self-wait");
  EXPECT_EQ(Timer(Dispatch, false, true), "self-wait");
}

} // namespace
