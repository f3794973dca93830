//===- RequestTest.cpp - Requests, queues, timers, procedures for later ---===//
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

struct Two {
  uint64_t Device = 0, Read = 0, Waiting = 0;
};

/// A device with a queue for reads and one by hand; \p Read gets the request.
std::string
withQueues(uint64_t DispatchType,
           const std::function<void(Driver &, Two &, uint64_t)> &Read,
           const std::function<void(Driver &, Two &)> &Exit = {},
           const std::function<void(Driver &)> &AtEnd = {}) {
  Driver D;
  Two Q;
  uint64_t OnRead = D.on("read", [&](auto &Args) {
    Read(D, Q, Args[1]);
    return 0;
  });
  uint64_t OnExit = D.on("exit", [&](auto &) {
    if (Exit)
      Exit(D, Q);
    return 0;
  });
  End How = D.run([&] {
    D.driver(attributes());
    D.power({{"EvtDeviceSelfManagedIoFlush", OnExit}});
    Q.Device = D.device(attributes(Passive, None));
    Q.Read = D.reads(Q.Device, OnRead, DispatchType);
    Q.Waiting =
        D.queue(Q.Device,
                Struct("WdfIoQueueCreate")
                    .set("DispatchType", Manual)
                    .set("EvtIoCanceledOnQueue", D.on("canceled on queue")),
                attributes());
    EXPECT_EQ(D.Status, Success);
    return 0;
  });
  EXPECT_EQ(How, End::Done);
  EXPECT_FALSE(D.Notes.empty());
  if (AtEnd)
    AtEnd(D);
  return D.Check;
}

TEST(Requests, WaitInLine) {
  unsigned Served = 0;
  withQueues(Parallel, [&](Driver &D, Two &Q, uint64_t R) {
    uint64_t Out = 1;
    EXPECT_EQ(D.call("WdfRequestGetIoQueue", {R}), Q.Read);
    EXPECT_EQ(D.status("WdfIoQueueRetrieveNextRequest",
                       {Q.Waiting, Driver::address(Out)}),
              "STATUS_NO_MORE_ENTRIES");
    EXPECT_EQ(Out, 0u);
    EXPECT_EQ(D.status("WdfRequestForwardToIoQueue", {R, Q.Waiting}), Success);
    EXPECT_EQ(D.call("WdfRequestGetIoQueue", {R}), Q.Waiting);
    EXPECT_EQ(D.status("WdfIoQueueRetrieveNextRequest",
                       {Q.Waiting, Driver::address(Out)}),
              Success);
    EXPECT_EQ(Out, R);
    EXPECT_EQ(D.status("WdfRequestRequeue", {R}), Success);
    EXPECT_EQ(D.status("WdfIoQueueRetrieveNextRequest",
                       {Q.Waiting, Driver::address(Out)}),
              Success);
    EXPECT_EQ(Out, R);
    D.call("WdfRequestComplete", {R, 0});
    EXPECT_EQ(D.status("WdfRequestForwardToIoQueue", {R, Q.Waiting}),
              "STATUS_WDF_REQUEST_INVALID_STATE");
    ++Served;
  });
  EXPECT_GT(Served, 0u);
}

TEST(Requests, StoppedQueues) {
  withQueues(Parallel, [&](Driver &D, Two &Q, uint64_t R) {
    uint64_t Out = 0;
    D.call("WdfIoQueueStop", {Q.Waiting, 0, 0});
    EXPECT_EQ(D.status("WdfRequestForwardToIoQueue", {R, Q.Waiting}), Success);
    EXPECT_EQ(D.status("WdfIoQueueRetrieveNextRequest",
                       {Q.Waiting, Driver::address(Out)}),
              "STATUS_WDF_PAUSED");
    D.call("WdfIoQueueStart", {Q.Waiting});
    EXPECT_EQ(D.status("WdfIoQueueRetrieveNextRequest",
                       {Q.Waiting, Driver::address(Out)}),
              Success);
    D.call("WdfIoQueueDrain", {Q.Waiting, 0, 0});
    EXPECT_EQ(D.status("WdfRequestForwardToIoQueue", {R, Q.Waiting}),
              "STATUS_WDF_BUSY");
    D.call("WdfRequestComplete", {R, 0});
  });
}

TEST(Requests, AreCanceled) {
  std::vector<std::string> Story;
  withQueues(
      Parallel,
      [&](Driver &D, Two &, uint64_t R) {
        uint64_t Cancel = D.on("cancel", [&D](auto &Args) {
          EXPECT_EQ(D.call("WdfRequestIsCanceled", {Args[0]}), 1u);
          D.call("WdfRequestComplete", {Args[0], 0});
          return 0;
        });
        EXPECT_EQ(D.status("WdfRequestMarkCancelableEx", {R, Cancel}), Success);
        EXPECT_EQ(D.status("WdfRequestUnmarkCancelable", {R}), Success);
        EXPECT_EQ(D.status("WdfRequestUnmarkCancelable", {R}),
                  "STATUS_INVALID_PARAMETER");
        D.call("WdfRequestMarkCancelable", {R, Cancel});
      },
      {}, [&](Driver &D) { Story = D.printed(); });
  // The second one at once, the first one later.
  EXPECT_THAT(Story, ElementsAre("read PASSIVE_LEVEL", "read PASSIVE_LEVEL",
                                 "cancel PASSIVE_LEVEL", "cancel PASSIVE_LEVEL",
                                 "exit PASSIVE_LEVEL"));
}

TEST(Requests, AreCanceledWhileTheyWait) {
  std::vector<std::string> Story;
  withQueues(
      Parallel,
      [&](Driver &D, Two &Q, uint64_t R) {
        D.call("WdfRequestForwardToIoQueue", {R, Q.Waiting});
      },
      {}, [&](Driver &D) { Story = D.printed(); });
  EXPECT_THAT(Story, ElementsAre("read PASSIVE_LEVEL", "read PASSIVE_LEVEL",
                                 "canceled on queue PASSIVE_LEVEL",
                                 "canceled on queue PASSIVE_LEVEL",
                                 "exit PASSIVE_LEVEL"));
}

TEST(Requests, AreNotWaitedForByTheirOwnCallback) {
  for (const char *Name :
       {"WdfIoQueueStopSynchronously", "WdfIoQueueDrainSynchronously",
        "WdfIoQueuePurgeSynchronously",
        "WdfIoQueueStopAndPurgeSynchronously"}) {
    Driver D;
    uint64_t Read = D.on("read", [&](auto &Args) {
      D.call(Name, {Args[0]});
      return 0;
    });
    D.run([&] {
      D.driver(attributes());
      uint64_t H = D.device(attributes(Passive, None));
      D.reads(H, Read);
      return 0;
    });
    EXPECT_EQ(D.Check, "self-wait") << Name;
  }
}

TEST(Requests, OfASequentialQueueComeOneByOne) {
  std::vector<uint64_t> Kept;
  unsigned Most = 0, Served = 0;
  withQueues(Sequential, [&](Driver &D, Two &, uint64_t R) {
    ++Served;
    Kept.push_back(R);
    Most = std::max<unsigned>(Most, Kept.size());
    // The second one comes only when the first one is through.
    if (Served > 1) {
      for (uint64_t Old : Kept)
        D.call("WdfRequestComplete", {Old, 0});
      Kept.clear();
    }
  });
  EXPECT_EQ(Served, 1u); // the others were canceled while they waited
  EXPECT_EQ(Most, 1u);
}

TEST(Requests, ThatAreForwardedComeToTheOtherQueue) {
  Driver D;
  uint64_t Second = 0;
  uint64_t First = D.on("first", [&](auto &Args) {
    EXPECT_EQ(D.status("WdfRequestForwardToIoQueue", {Args[1], Second}),
              Success);
    return 0;
  });
  uint64_t Serve = D.on("second", [&](auto &Args) {
    EXPECT_EQ(Args[0], Second);
    D.call("WdfRequestComplete", {Args[1], 0});
    return 0;
  });
  EXPECT_EQ(D.run([&] {
    D.driver(attributes());
    uint64_t H = D.device(attributes(Passive, None));
    Struct C("WdfIoQueueCreate");
    C.set("DispatchType", Parallel).set("EvtIoWrite", First);
    D.queue(H, C, attributes());
    C.set("DispatchType", Sequential).set("EvtIoWrite", 0);
    C.set("EvtIoDefault", Serve);
    Second = D.queue(H, C, attributes(Dispatch, Queue));
    return 0;
  }),
            End::Done);
  EXPECT_THAT(
      D.printed(),
      testing::IsSupersetOf({"first PASSIVE_LEVEL",
                             "second DISPATCH_LEVEL, callback lock 'queue'"}));
}

/// A request that is sent on, in the executions that the other driver's answers
/// make: what each said, by "result status".
std::set<std::string> sent(uint64_t Flags, bool CancelsIt = false) {
  std::set<std::string> Said;
  Driver D;
  Oracle O;
  bool More = true;
  for (unsigned N = 0; More && N < 40; ++N) {
    std::string Line;
    bool First = true;
    D.reset();
    uint64_t Back = D.on("back", [&](auto &Args) {
      Line += " " + D.status("WdfRequestGetStatus", {Args[0]});
      EXPECT_EQ(Args[3], 77u);
      D.call("WdfRequestComplete", {Args[0], 0});
      return 0;
    });
    uint64_t Read = D.on("read", [&](auto &Args) {
      if (!std::exchange(First, false)) {
        D.call("WdfRequestComplete", {Args[1], 0});
        return 0;
      }
      uint64_t Options[4] = {Flags << 32 | 16, 0};
      D.call("WdfRequestSetCompletionRoutine", {Args[1], Back, 77});
      uint64_t Went =
          D.call("WdfRequestSend",
                 {Args[1], 4096, reinterpret_cast<uint64_t>(Options)});
      Line = std::to_string(Went & 0xFF) + Line; // it may be back already
      if (CancelsIt)
        D.call("WdfRequestCancelSentRequest", {Args[1]});
      if (Line == "0" || (Flags & 2)) { // it did not go, or is back
        Line += " " + D.status("WdfRequestGetStatus", {Args[1]});
        D.call("WdfRequestComplete", {Args[1], 0});
      }
      return 0;
    });
    EXPECT_EQ(D.run(
                  [&] {
                    D.driver(attributes());
                    uint64_t H = D.device(attributes(Dispatch, None));
                    D.reads(H, Read);
                    return 0;
                  },
                  O),
              End::Done);
    EXPECT_EQ(D.Check, "");
    if (!Line.empty())
      Said.insert(Line);
    More = O.next();
  }
  EXPECT_FALSE(More);
  return Said;
}

TEST(Requests, ThatAreSentComeBack) {
  EXPECT_THAT(sent(0),
              testing::UnorderedElementsAre(
                  "1 STATUS_SUCCESS", "1 STATUS_UNSUCCESSFUL",
                  "1 STATUS_CANCELLED", "0 STATUS_INVALID_DEVICE_STATE"));
  EXPECT_THAT(sent(2),
              testing::UnorderedElementsAre(
                  "1 STATUS_SUCCESS", "1 STATUS_UNSUCCESSFUL",
                  "1 STATUS_CANCELLED", "0 STATUS_INVALID_DEVICE_STATE"));
  EXPECT_THAT(sent(8), testing::UnorderedElementsAre(
                           "1", "0 STATUS_INVALID_DEVICE_STATE"));
  // What is canceled while it is away comes back like that; one that was
  // back before is not.
  EXPECT_THAT(sent(0, true), testing::UnorderedElementsAre(
                                 "1 STATUS_SUCCESS", "1 STATUS_CANCELLED",
                                 "0 STATUS_INVALID_DEVICE_STATE"));
}

TEST(Objects, LastAsLongAsTheyAreReferenced) {
  Driver D;
  D.run([&] {
    D.driver(attributes());
    uint64_t H = 0;
    Struct A = attributes();
    A.set("EvtCleanupCallback", D.on("cleanup"));
    A.set("EvtDestroyCallback", D.on("destroy"));
    D.call("WdfObjectCreate", {A, Driver::address(H)});
    D.call("WdfObjectReferenceActual", {H, 0, 0, 0});
    D.call("WdfObjectDelete", {H});
    EXPECT_THAT(D.printed(), ElementsAre("cleanup PASSIVE_LEVEL"));
    D.call("WdfObjectDereferenceActual", {H, 0, 0, 0});
    EXPECT_THAT(D.printed(),
                ElementsAre("cleanup PASSIVE_LEVEL", "destroy PASSIVE_LEVEL"));
    return 0xC0000001;
  });
  EXPECT_EQ(D.Notes.size(), 2u);
}

TEST(Later, TimersAndDpcs) {
  Driver D;
  uint64_t Timer = 0, Dpc = 0, Periodic = 0;
  auto Count = [&](const char *Name) {
    return std::count_if(D.Notes.begin(), D.Notes.end(),
                         [&](const Note &N) { return N.Name == Name; });
  };
  uint64_t Entry = D.on("entry", [&](auto &) {
    EXPECT_EQ(D.call("WdfTimerStart", {Timer, uint64_t(-10000)}), 0u);
    EXPECT_EQ(D.call("WdfTimerStart", {Timer, uint64_t(-20000)}), 1u);
    EXPECT_EQ(D.call("WdfTimerStop", {Timer, 0}), 1u);
    EXPECT_EQ(D.call("WdfTimerStop", {Timer, 1}), 0u);
    D.call("WdfTimerStart", {Periodic, uint64_t(-10000)});
    // It waits until the level falls.
    uint64_t Lock = 0;
    D.call("WdfSpinLockCreate", {0, Driver::address(Lock)});
    D.call("WdfSpinLockAcquire", {Lock});
    EXPECT_EQ(D.call("WdfDpcEnqueue", {Dpc}), 1u);
    EXPECT_EQ(D.call("WdfDpcEnqueue", {Dpc}), 0u);
    EXPECT_EQ(Count("dpc"), 0);
    EXPECT_EQ(D.call("WdfDpcCancel", {Dpc, 0}), 1u);
    EXPECT_EQ(D.call("WdfDpcCancel", {Dpc, 0}), 0u);
    EXPECT_EQ(D.call("WdfDpcEnqueue", {Dpc}), 1u);
    D.call("WdfSpinLockRelease", {Lock});
    EXPECT_EQ(Count("dpc"), 1);
    return 0;
  });
  EXPECT_EQ(D.run([&] {
    D.driver(attributes());
    D.power({{"EvtDeviceSelfManagedIoInit", Entry}});
    uint64_t H = D.device(attributes(Dispatch, None));
    Struct T("WdfTimerCreate");
    T.set("EvtTimerFunc", D.on("timer"));
    Timer = D.child("WdfTimerCreate", T, attributes(1, 1, H));
    T.set("EvtTimerFunc", D.on("periodic")).set("Period", 5);
    Periodic = D.child("WdfTimerCreate", T, attributes(1, 1, H));
    Dpc = D.child("WdfDpcCreate",
                  Struct("WdfDpcCreate").set("EvtDpcFunc", D.on("dpc")),
                  attributes(1, 1, H));
    return 0;
  }),
            End::Done);
  EXPECT_EQ(D.Check, "");
  EXPECT_EQ(Count("timer"), 0);
  EXPECT_EQ(Count("periodic"), 3); // as often as one is followed
}

TEST(Later, WorkItemsRunOnceForEachTime) {
  Driver D;
  uint64_t Item = 0;
  uint64_t Entry = D.on("entry", [&](auto &) {
    D.call("WdfWorkItemEnqueue", {Item});
    D.call("WdfWorkItemEnqueue", {Item}); // it is queued already
    D.call("WdfWorkItemFlush", {Item});
    EXPECT_EQ(D.Notes.size(), 2u);
    return 0;
  });
  EXPECT_EQ(D.run([&] {
    D.driver(attributes());
    D.power({{"EvtDeviceSelfManagedIoInit", Entry}});
    uint64_t H = D.device(attributes(Dispatch, None));
    Item = D.child(
        "WdfWorkItemCreate",
        Struct("WdfWorkItemCreate").set("EvtWorkItemFunc", D.on("work")),
        attributes(1, 1, H));
    return 0;
  }),
            End::Done);
  EXPECT_THAT(D.printed(),
              ElementsAre("entry PASSIVE_LEVEL", "work PASSIVE_LEVEL"));
}

} // namespace
