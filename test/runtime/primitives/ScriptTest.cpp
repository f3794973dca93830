//===- ScriptTest.cpp - Documented answers, step by step ------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Sequences on production builds: what each call answers in each state.
/// Scripts where the order matters, and all sequences, or many, against a
/// simple description of the rule where there is one.
//===----------------------------------------------------------------------===//

#include "Puppet.h"
#include "Runtime/Platform/Native.h"
#include "Runtime/Primitives/AddressWait.h"
#include "Runtime/Primitives/CallbackObject.h"
#include "Runtime/Primitives/ConditionVariable.h"
#include "Runtime/Primitives/ExSpinLock.h"
#include "Runtime/Primitives/FastMutex.h"
#include "Runtime/Primitives/KernelQueue.h"
#include "Runtime/Primitives/KeyedEvent.h"
#include "Runtime/Primitives/ObjectWaits.h"
#include "Runtime/Primitives/PushLock.h"
#include "Runtime/Primitives/Resource.h"
#include "Runtime/Primitives/Rundown.h"
#include "Runtime/Primitives/Timer.h"
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <random>

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

using N = NativePlatform;
using Waits = ObjectWaits<N>;
using Self = KernelThread<N>;
Dispatcher<N> All;

WaitOptions now() {
  WaitOptions O;
  O.Deadline = 0;
  return O;
}

/// A script: letters are calls, each followed by what it answers. s(et),
/// r(eset), p(ulse): the state before; w(ait, at once): 1 or 0; ?: the state.
void eventScript(EventKind Kind, bool Set, const char *Script) {
  KernelEvent<N> E(All, Kind, Set);
  Self Me(All);
  for (const char *Do = Script; *Do; Do += 2) {
    int Got = *Do == 's'   ? E.set()
              : *Do == 'r' ? E.reset()
              : *Do == 'p' ? E.pulse()
              : *Do == 'w' ? Waits::one(Me, E, now()) == 0
                           : E.readState();
    EXPECT_EQ(Got, Do[1] - '0') << Script << " at " << Do;
  }
}

TEST(Script, Events) {
  constexpr auto Stays = EventKind::Notification,
                 Resets = EventKind::Synchronization;
  eventScript(Stays, false, "?0w0r0p0?0s0?1w1w1?1s1r1?0w0s0p1?0w0");
  eventScript(Stays, true, "?1w1?1r1w0r0s0s1s1w1p1w0");
  eventScript(Resets, false, "?0w0s0?1w1?0w0s0s1w1w0r0s0r1w0p0?0s0p1w0");
  eventScript(Resets, true, "?1w1?0w0s0p1?0");
}

TEST(Script, SemaphoresCountUpToTheirLimit) {
  for (int Limit = 1; Limit <= 4; ++Limit)
    for (int Count = 0; Count <= Limit; ++Count) {
      Semaphore<N> S(All, Count, Limit);
      Self Me(All);
      int Left = Count;
      for (; Left; --Left) {
        EXPECT_EQ(S.readState(), Left);
        EXPECT_EQ(Waits::one(Me, S, now()), 0u);
      }
      EXPECT_EQ(Waits::one(Me, S, now()), wait_status::TimedOut);
      EXPECT_EQ(S.release(Limit), 0);
      static unsigned Told;
      Told = 0;
      MisuseHandler Old =
          setMisuseHandler([](Misuse M, const void *, const char *) {
            Told += M == Misuse::LimitExceeded;
          });
      EXPECT_EQ(S.release(1), Limit);
      EXPECT_EQ(S.release(0x7fffffff), Limit);
      setMisuseHandler(Old);
      EXPECT_EQ(Told, 2u);
      EXPECT_EQ(S.readState(), Limit);
    }
}

/// Two threads and all sequences of six calls: a mutex answers as a count with
/// an owner does.
TEST(Script, MutexesAreOwnedAndCounted) {
  Puppet Hands[2];
  std::unique_ptr<Self> Records[2];
  for (int T = 0; T < 2; ++T)
    Hands[T]([&, T] { Records[T] = std::make_unique<Self>(All); });
  MisuseHandler Old =
      setMisuseHandler([](Misuse, const void *, const char *) {});
  for (unsigned Sequence = 0; Sequence < 1u << 12; ++Sequence) {
    Mutex<N> M(All);
    int Owner = -1, Depth = 0;
    for (unsigned I = 0; I < 6; ++I) {
      int T = Sequence >> 2 * I & 1;
      bool Release = Sequence >> (2 * I + 1) & 1;
      Self &Me = *Records[T];
      if (Release) {
        int32_t Before = Hands[T]([&] { return M.release(Me); });
        EXPECT_EQ(Before, 1 - Depth);
        if (Owner == T && !--Depth)
          Owner = -1;
      } else {
        bool Got = Hands[T]([&] { return Waits::one(Me, M, now()) == 0; });
        EXPECT_EQ(Got, Owner < 0 || Owner == T);
        if (Got) {
          Owner = T;
          ++Depth;
        }
      }
      EXPECT_EQ(M.readState(), 1 - Depth);
      EXPECT_EQ(Records[0]->areApcsDisabled(), Owner == 0);
      EXPECT_EQ(Records[1]->areApcsDisabled(), Owner == 1);
    }
    for (; Depth; --Depth)
      Hands[Owner]([&] { M.release(*Records[Owner]); });
  }
  setMisuseHandler(Old);
  for (int T = 0; T < 2; ++T)
    Hands[T]([&, T] { Records[T].reset(); });
}

/// Regions in every mix of up to eight steps: what they say, and which APCs
/// are run at which step.
TEST(Script, RegionsHoldApcsBack) {
  unsigned Checked = 0;
  for (unsigned Sequence = 0; Sequence < 1u << 16; ++Sequence) {
    struct Counts {
      unsigned Special = 0, Normal = 0;
    } Ran;
    Self Me(All);
    Apc<N> Special(
        Me, ApcKind::Special,
        [](void *C, void *, void *) { ++static_cast<Counts *>(C)->Special; },
        &Ran);
    Apc<N> Normal(
        Me, ApcKind::Normal,
        [](void *C, void *, void *) { ++static_cast<Counts *>(C)->Normal; },
        &Ran);
    unsigned Critical = 0, Guarded = 0;
    bool Sensible = true;
    for (unsigned I = 0; I < 8 && Sensible; ++I) {
      switch (Sequence >> 2 * I & 3) {
      case 0:
        ++Critical;
        Me.enterCriticalRegion();
        break;
      case 1:
        ++Guarded;
        Me.enterGuardedRegion();
        break;
      case 2:
        Sensible = Critical;
        if (Sensible) {
          --Critical;
          Me.leaveCriticalRegion();
        }
        break;
      default:
        Sensible = Guarded;
        if (Sensible) {
          --Guarded;
          Me.leaveGuardedRegion();
        }
      }
      if (!Sensible)
        break;
      if (!I) { // both come after the first step
        Special.insert();
        Normal.insert();
        Me.runKernelApcs();
      }
      ASSERT_EQ(Me.areApcsDisabled(), Critical || Guarded);
      ASSERT_EQ(Me.areAllApcsDisabled(), Guarded != 0);
      if (!Guarded)
        ASSERT_EQ(Ran.Special, 1u);
      if (!Guarded && !Critical)
        ASSERT_EQ(Ran.Normal, 1u);
      if (!I && Guarded)
        ASSERT_EQ(Ran.Special + Ran.Normal, 0u);
      ++Checked;
    }
    Special.remove();
    Normal.remove();
  }
  EXPECT_GT(Checked, 100000u);
}

/// Try-calls of three threads on an executive resource, against its rules.
TEST(Script, ResourcesByTheirRules) {
  Puppet Hands[3];
  std::mt19937 Random(5);
  for (int Run = 0; Run < 300; ++Run) {
    Resource<N> R;
    std::map<int, int> Depth; // per owner
    bool Exclusive = false;
    for (int I = 0; I < 15; ++I) {
      int T = int(Random() % 3);
      bool Own = Depth.count(T);
      switch (Random() % 4) {
      case 0: {
        bool May = Depth.empty() || (Exclusive && Own);
        EXPECT_EQ(Hands[T]([&] { return R.acquireExclusive(false); }), May);
        if (May) {
          Exclusive = true;
          ++Depth[T];
        }
        break;
      }
      case 1: {
        bool May = !Exclusive || Own;
        auto Kind = SharedKind(Random() % 3); // nobody waits: no difference
        EXPECT_EQ(Hands[T]([&] { return R.acquireShared(false, Kind); }), May);
        if (May)
          ++Depth[T];
        break;
      }
      case 2:
        if (!Own)
          break;
        Hands[T]([&] { R.release(); });
        if (!--Depth[T])
          Depth.erase(T);
        if (Depth.empty())
          Exclusive = false;
        break;
      default:
        if (!Own || !Exclusive)
          break;
        Hands[T]([&] { R.convertToShared(); });
        Exclusive = false;
      }
      for (int Asked = 0; Asked < 3; ++Asked) {
        int Times = Depth.count(Asked) ? Depth[Asked] : 0;
        EXPECT_EQ(Hands[Asked]([&] { return int(R.acquiredCount()); }), Times);
        EXPECT_EQ(Hands[Asked]([&] { return R.isAcquiredExclusive(); }),
                  Exclusive && Times);
      }
      EXPECT_EQ(R.isFree(), Depth.empty());
    }
  }
}

/// With waiters: who gets in behind whom.
TEST(Script, ResourcesWithWaiters) {
  Resource<N> R;
  Puppet Owner, Writer, Reader, Late;
  EXPECT_TRUE(Owner([&] { return R.acquireShared(); }));
  Writer.start([&] { R.acquireExclusive(); });
  ASSERT_TRUE(comesTrue([&] { return R.waitingWriters() == 1; }));
  EXPECT_FALSE(Late([&] { return R.acquireShared(false); }));
  EXPECT_TRUE(Owner([&] { return R.acquireShared(false); })); // recursive
  EXPECT_TRUE(Late(
      [&] { return R.acquireShared(false, SharedKind::StarveExclusive); }));
  EXPECT_FALSE(Owner(
      [&] { return R.acquireShared(false, SharedKind::WaitForExclusive); }));
  Reader.start([&] { R.acquireShared(); });
  ASSERT_TRUE(comesTrue([&] { return R.waitingReaders() == 1; }));
  EXPECT_EQ(R.contention(), 2u);
  Owner([&] { R.release(); });
  Owner([&] { R.release(); });
  EXPECT_FALSE(Writer.isDone()); // the late one still reads
  Late([&] { R.release(); });
  ASSERT_TRUE(Writer.finish());
  EXPECT_FALSE(Reader.isDone());
  EXPECT_TRUE(Writer([&] { return R.acquireShared(); }));
  Writer([&] { R.release(); });
  Writer([&] { R.convertToShared(); });
  ASSERT_TRUE(Reader.finish()); // conversion lets readers in
  EXPECT_FALSE(Late([&] { return R.acquireExclusive(false); }));
  Writer([&] { R.release(); });
  Reader([&] { R.release(); });
  EXPECT_TRUE(R.isFree());
}

/// Steps of four threads on a slim lock: S(hared), E(xclusive), s and e: if
/// possible at once, r(elease). Then '+': has it, '-': has it not, '?': waits
/// for it. Letters after a release are those who get it by that.
struct SlimStep {
  int Thread;
  char Do, Answer;
  const char *Then = "";
};

TEST(Script, SlimLocksStepByStep) {
  static const SlimStep Steps[] = {
      {0, 'e', '+'},
      {1, 'e', '-'},
      {1, 's', '-'},
      {0, 'r', '+'},
      {0, 's', '+'},
      {1, 's', '+'},
      {2, 's', '+'},
      {3, 'e', '-'},
      {1, 'r', '+'},
      {3, 'e', '-'},
      {0, 'r', '+'},
      {3, 'e', '-'},
      {2, 'r', '+'},
      {3, 'e', '+'},
      {3, 'r', '+'},
      // A writer waits for readers, and keeps new ones out.
      {0, 'S', '+'},
      {1, 'S', '+'},
      {2, 'E', '?'},
      {3, 's', '-'},
      {3, 'e', '-'},
      {0, 'r', '+'},
      {3, 's', '-'},
      {1, 'r', '+', "2"},
      {3, 's', '-'},
      {2, 'r', '+'},
      {3, 's', '+'},
      {3, 'r', '+'},
      // Readers wait for a writer, and all get in.
      {0, 'E', '+'},
      {1, 'S', '?'},
      {2, 'S', '?'},
      {3, 'S', '?'},
      {0, 'e', '-'},
      {0, 'r', '+', "123"},
      {0, 'e', '-'},
      {2, 'r', '+'},
      {1, 'r', '+'},
      {0, 'e', '-'},
      {3, 'r', '+'},
      {0, 'e', '+'},
      // A writer waits for a writer.
      {1, 'E', '?'},
      {2, 'e', '-'},
      {0, 'r', '+', "1"},
      {2, 's', '-'},
      {1, 'r', '+'},
      {2, 's', '+'},
      {2, 'r', '+'},
  };
  PushLock<N> L;
  Puppet Hands[4];
  bool Shares[4] = {};
  unsigned Waiting = 0;
  for (const SlimStep &S : Steps) {
    std::string Where = "step " + std::to_string(&S - Steps);
    Puppet &H = Hands[S.Thread];
    bool Got = false;
    switch (S.Do) {
    case 'e':
      Got = H([&] { return L.tryAcquireExclusive(); });
      break;
    case 's':
      Got = H([&] { return L.tryAcquireShared(); });
      break;
    case 'r':
      H([&] { Shares[S.Thread] ? L.releaseShared() : L.releaseExclusive(); });
      Got = true;
      break;
    default:
      H.start([&] { S.Do == 'S' ? L.acquireShared() : L.acquireExclusive(); });
      if (S.Answer == '?') {
        // The first one is seen in the word; more only by time.
        ASSERT_TRUE(comesTrue([&] { return L.hasWaiters(); })) << Where;
        if (Waiting++)
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
        EXPECT_FALSE(H.isDone()) << Where;
      } else {
        ASSERT_TRUE(H.finish()) << Where;
      }
      Got = S.Answer == '+';
    }
    EXPECT_EQ(Got, S.Answer == '+') << Where;
    if (S.Do != 'r' && S.Answer != '-')
      Shares[S.Thread] = S.Do == 's' || S.Do == 'S';
    for (const char *T = S.Then; *T; ++T, --Waiting)
      ASSERT_TRUE(Hands[*T - '0'].finish()) << Where;
    for (int T = 0; T < 4 && !Waiting; ++T)
      EXPECT_TRUE(Hands[T].isDone()) << Where;
  }
  EXPECT_TRUE(L.isFree());
}

/// Every sequence of try-calls, of up to six, on a reader/writer spin lock.
TEST(Script, ReaderWriterSpinLocks) {
  for (unsigned Sequence = 0; Sequence < 5 * 5 * 5 * 5 * 5 * 5; ++Sequence) {
    ExSpinLock<N> L;
    unsigned Readers = 0, Rest = Sequence;
    bool Writer = false;
    for (int I = 0; I < 6; ++I, Rest /= 5)
      switch (Rest % 5) {
      case 0:
        EXPECT_EQ(L.tryAcquireShared(), !Writer);
        Readers += !Writer;
        break;
      case 1: {
        bool May = !Writer && !Readers;
        EXPECT_EQ(L.tryAcquireExclusive(), May);
        Writer |= May;
        break;
      }
      case 2:
        if (Readers) {
          L.releaseShared();
          --Readers;
        }
        break;
      case 3:
        if (Writer) {
          L.releaseExclusive();
          Writer = false;
        }
        break;
      default:
        if (!Readers)
          break;
        bool May = Readers == 1;
        EXPECT_EQ(L.tryConvert(), May);
        if (May) {
          Readers = 0;
          Writer = true;
        }
      }
  }
}

TEST(Script, FastMutexes) {
  FastMutex<N> M;
  Puppet A, B;
  EXPECT_TRUE(A([&] { return M.tryAcquire(); }));
  EXPECT_FALSE(A([&] { return M.tryAcquire(); })); // not recursive
  EXPECT_FALSE(B([&] { return M.tryAcquire(); }));
  B.start([&] { M.acquire(); });
  A([&] { M.release(); });
  ASSERT_TRUE(B.finish());
  EXPECT_FALSE(A([&] { return M.tryAcquire(); }));
  B([&] { M.release(); });
  EXPECT_TRUE(M.isIdle() && !M.owner());
}

TEST(Script, Rundown) {
  Rundown<N> R;
  Puppet Owner;
  EXPECT_TRUE(R.acquire() && R.acquire(3));
  Owner.start([&] { R.wait(); });
  ASSERT_TRUE(comesTrue([&] {
    if (!R.acquire())
      return true;
    R.release();
    return false;
  }));
  R.release(3);
  EXPECT_FALSE(Owner.isDone());
  R.release();
  ASSERT_TRUE(Owner.finish());
  EXPECT_FALSE(R.acquire());
  R.reinitialize();
  EXPECT_TRUE(R.acquire());
  R.release();
  R.completed();
  EXPECT_FALSE(R.acquire());
}

TEST(Script, KeyedEventsMeetInPairs) {
  KeyedEvent<N> E;
  Puppet A, B, C;
  EXPECT_EQ(E.wait(1), KeyedResult::OddKey);
  EXPECT_EQ(E.release(0x1235), KeyedResult::OddKey);
  EXPECT_EQ(E.wait(8, 0, N::now() + 10), KeyedResult::TimedOut);
  EXPECT_EQ(E.release(8, 0, N::now() + 10), KeyedResult::TimedOut);
  A.start([&] { E.release(8); }); // whoever comes first blocks
  B.start([&] { E.release(16); });
  EXPECT_EQ(E.wait(16), KeyedResult::Met);
  ASSERT_TRUE(B.finish());
  EXPECT_EQ(E.wait(8, 7, N::now() + 10), KeyedResult::TimedOut); // process 7
  EXPECT_FALSE(A.isDone());
  EXPECT_EQ(E.wait(8), KeyedResult::Met);
  ASSERT_TRUE(A.finish());
  EXPECT_EQ(E.wait(8, 0, N::now() + 10), KeyedResult::TimedOut); // once
}

TEST(Script, AddressWaits) {
  AddressWait<N> W;
  N::Atomic<uint64_t> Value{5};
  EXPECT_TRUE(W.wait(Value, uint64_t(6))); // differs already
  EXPECT_FALSE(W.wait(Value, uint64_t(5), N::now() + 10));
  W.wakeSingle(&Value); // nobody is there, and it is not remembered
  EXPECT_FALSE(W.wait(Value, uint64_t(5), N::now() + 10));
  Puppet A, B;
  for (Puppet *P : {&A, &B})
    P->start([&] {
      while (Value.load(Order::Acquire) == 5)
        W.wait(Value, uint64_t(5));
    });
  Value.store(7, Order::Release);
  W.wakeAll(&Value);
  EXPECT_TRUE(A.finish() && B.finish());
}

TEST(Script, ConditionVariables) {
  ConditionVariable<N> C;
  PushLock<N> L;
  unsigned Awake = 0;
  auto Sleep = [&](Time Deadline) IRQLINT_NO_ANALYSIS {
    L.acquireExclusive();
    bool Woken = C.sleep([&] { L.releaseExclusive(); },
                         [&] { L.acquireExclusive(); }, Deadline);
    Awake += Woken; // the lock is held again, whatever came of it
    L.releaseExclusive();
    return Woken;
  };
  C.wake(); // nobody is there, and it is not remembered
  C.wakeAll();
  EXPECT_FALSE(Sleep(N::now() + 10));
  Puppet A, B;
  A.start([&] { Sleep(Never); });
  B.start([&] { Sleep(Never); });
  // One wake-up is one sleeper's.
  ASSERT_TRUE(comesTrue([&] {
    C.wake();
    return A.isDone() || B.isDone();
  }));
  ASSERT_TRUE(comesTrue([&] {
    C.wakeAll();
    return A.isDone() && B.isDone();
  }));
  EXPECT_EQ(Awake, 2u);
}

/// What callbacks were called with, in order.
struct Calls {
  std::string Log;
  static void note(void *Context, void *First, void *Second) {
    auto &L = *static_cast<std::pair<Calls *, char> *>(Context);
    L.first->Log += L.second;
    L.first->Log += *static_cast<char *>(First);
    L.first->Log += *static_cast<char *>(Second);
  }
};

TEST(Script, CallbackObjects) {
  Calls C;
  std::pair<Calls *, char> One{&C, '1'}, Two{&C, '2'};
  CallbackObject<N> Single(false), Many(true);
  using Registration = CallbackObject<N>::Registration;
  Registration R1(Calls::note, &One), R2(Calls::note, &Two);
  char X = 'x', Y = 'y';
  Many.notify(&X, &Y); // nobody listens
  EXPECT_EQ(C.Log, "");
  EXPECT_TRUE(Single.add(R1));
  EXPECT_FALSE(Single.add(R2)); // one only
  Single.notify(&X, &Y);
  EXPECT_EQ(C.Log, "1xy");
  Single.remove(R1);
  Single.notify(&X, &Y);
  EXPECT_TRUE(Single.add(R2)); // free again
  Single.notify(&Y, &X);
  EXPECT_EQ(C.Log, "1xy2yx");
  Single.remove(R2);
  C.Log.clear();
  EXPECT_TRUE(Many.add(R2) && Many.add(R1));
  Many.notify(&X, &X); // in the order of registration
  EXPECT_EQ(C.Log, "2xx1xx");
  Many.remove(R2);
  Many.notify(&Y, &Y);
  EXPECT_EQ(C.Log, "2xx1xx1yy");
  Many.remove(R1);
}

TEST(Script, CompletionPorts) {
  CompletionPort<N> Port(1);
  Self Me(All), Other(All);
  using Packet = CompletionPort<N>::Packet;
  Packet Got[4];
  EXPECT_EQ(Port.remove(Me, Got, 1, 0), 0u); // nothing there
  for (uintptr_t I = 1; I <= 4; ++I)
    EXPECT_TRUE(Port.set({I, 10 * I, 0, 100 * I}));
  EXPECT_EQ(Port.depth(), 4u);
  EXPECT_EQ(Port.remove(Me, Got, 1), 1u);
  EXPECT_EQ(Got[0].Key, 1u); // first in, first out, as it was put in
  EXPECT_EQ(Got[0].Value, 10u);
  EXPECT_EQ(Got[0].Information, 100u);
  // It comes back for more: up to as many as there are.
  EXPECT_EQ(Port.remove(Me, Got, 2), 2u);
  EXPECT_EQ(Got[0].Key, 2u);
  EXPECT_EQ(Got[1].Key, 3u);
  EXPECT_EQ(Port.depth(), 1u);
  // One thread works, which is all that may: another one gets nothing.
  Puppet B;
  EXPECT_EQ(B([&] {
              Packet P;
              return Port.remove(Other, &P, 1, N::now() + 10);
            }),
            0u);
  EXPECT_FALSE(Port.isClosed());
  EXPECT_EQ(Port.close(), 1u); // what is left is dropped
  EXPECT_TRUE(Port.isClosed());
  EXPECT_EQ(Port.remove(Me, Got, 1), 0u);
}

TEST(Script, TimersOnTheClock) {
  TimerQueue<N> Clock;
  Self Me(All);
  KernelTimer<N> T(All, Clock, EventKind::Notification);
  Time Start = N::now();
  EXPECT_FALSE(T.set(Start + 10 * 1000 * 1000)); // a second
  EXPECT_TRUE(T.set(Start + 20 * 1000 * 1000));
  EXPECT_EQ(Clock.nextDue(), Start + 20 * 1000 * 1000);
  EXPECT_EQ(Clock.expire(Start + 10 * 1000 * 1000), 0u);
  EXPECT_TRUE(T.isSet());
  EXPECT_TRUE(T.cancel());
  EXPECT_FALSE(T.cancel());
  EXPECT_EQ(T.readState(), 0);
  EXPECT_FALSE(T.set(Start)); // has passed
  EXPECT_EQ(T.readState(), 1);
  EXPECT_FALSE(T.isSet());
  EXPECT_EQ(Waits::one(Me, T, now()), 0u);
  // A wait that a thread of its own ends.
  EXPECT_FALSE(T.set(N::now() + 20000));
  EXPECT_EQ(T.readState(), 0);
  Puppet Ticks;
  Ticks.start([&] {
    while (!Clock.expire(N::now()))
      std::this_thread::yield();
  });
  EXPECT_EQ(Waits::one(Me, T), 0u);
  EXPECT_TRUE(Ticks.finish());
}

TEST(Script, WaitsTimeOutNoEarlierThanTheySay) {
  KernelEvent<N> E(All, EventKind::Synchronization);
  Self Me(All);
  for (Time Length : {1000u, 20000u, 100000u}) {
    WaitOptions O;
    O.Deadline = N::now() + Length;
    EXPECT_EQ(Waits::one(Me, E, O), wait_status::TimedOut);
    EXPECT_GE(N::now(), O.Deadline);
    O.Deadline = N::now() + Length;
    EXPECT_EQ(Waits::delay(Me, O), wait_status::TimedOut);
    EXPECT_GE(N::now(), O.Deadline);
  }
}

} // namespace
