//===- CallbackTest.cpp - Callback objects, cancellation ------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Family.h"
#include "Runtime/Primitives/CallbackObject.h"
#include "Runtime/Primitives/CancelSafeQueue.h"

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

namespace {

constexpr auto Told = Failure::Kind::Misuse;
using Callbacks = CallbackObject<P>;

struct Counter {
  P::Atomic<int> Runs{0};
  Protected Data;
  static void run(void *C, void *, void *) {
    auto &Me = *static_cast<Counter *>(C);
    Me.Data.read();
    Me.Runs.fetchAdd(1, Order::Relaxed);
  }
};

/// After unregistering nothing calls, and what was called with may go.
Program leave(unsigned Notifiers, unsigned Leavers, unsigned Rounds = 1) {
  return [=](Scenario &S) {
    auto *O = S.make<Callbacks>(true);
    auto *Stays = S.make<Counter>();
    auto *R = S.make<Callbacks::Registration>(Counter::run, Stays);
    for (unsigned I = 0; I < Leavers; ++I)
      S.thread("leaver", [=] {
        Counter Mine;
        Callbacks::Registration Own(Counter::run, &Mine);
        for (unsigned N = 0; N < Rounds; ++N) {
          O->add(Own);
          O->remove(Own);
          Mine.Data.write();
        }
      });
    O->add(*R);
    for (unsigned I = 0; I < Notifiers; ++I)
      S.thread("notifier", [=] { O->notify(nullptr, nullptr); });
    S.atEnd([=, &S] {
      S.expect(Stays->Runs.load(Order::Relaxed) == int(Notifiers),
               "not each time");
      O->remove(*R);
    });
  };
}

struct Letter {
  std::string *Text;
  char Name;
  Callbacks *Object = nullptr;
  Callbacks::Registration *Own = nullptr;
  static void run(void *L, void *A, void *B) {
    auto &Me = *static_cast<Letter *>(L);
    *Me.Text += A == &Me || B == &Me ? '!' : Me.Name;
  }
  static void leaveFromWithin(void *L, void *, void *) {
    auto &Me = *static_cast<Letter *>(L);
    Me.Object->remove(*Me.Own);
  }
  static void nest(void *L, void *A, void *) {
    auto &Me = *static_cast<Letter *>(L);
    *Me.Text += Me.Name;
    if (A)
      Me.Object->notify(nullptr, nullptr);
  }
};

void callbackRules(Scenario &S) {
  auto *O = S.make<Callbacks>(true);
  auto *One = S.make<Callbacks>(false);
  S.thread("t", [=, &S] {
    std::string Text;
    Letter A{&Text, 'a'}, B{&Text, 'b'}, C{&Text, 'c', O};
    using R = Callbacks::Registration;
    R RA(Letter::run, &A), RB(Letter::run, &B), RC(Letter::nest, &C);
    S.expect(O->add(RA) && O->add(RB) && O->add(RC), "refused");
    O->notify(&A, &B);
    S.expect(Text == "!!cabc", "in order, with arguments, nested");
    O->remove(RB);
    Text.clear();
    O->notify(nullptr, nullptr);
    S.expect(Text == "ac", "from the middle");
    O->remove(RC);
    S.expect(O->add(RB), "again");
    O->remove(RA);
    Text.clear();
    O->notify(nullptr, nullptr);
    S.expect(Text == "b", "the first and the last one");
    O->remove(RB);
    S.expect(One->add(RA) && !One->add(RB), "only one");
    One->remove(RA);
    S.expect(One->add(RB), "the next one");
    One->remove(RB);
  });
}

void leaveFromWithin(Scenario &S) {
  auto *O = S.make<Callbacks>(true);
  S.thread("t", [=] {
    Letter L{nullptr, 'a', O};
    Callbacks::Registration R(Letter::leaveFromWithin, &L);
    L.Own = &R;
    O->add(R);
    O->notify(nullptr, nullptr);
    O->remove(R);
  });
}
void leaveTwice(Scenario &S) {
  auto *O = S.make<Callbacks>(true);
  S.thread("t", [=] {
    Callbacks::Registration R(Letter::run, nullptr);
    O->add(R);
    O->remove(R);
    O->remove(R);
  });
}
void addTwice(Scenario &S) {
  auto *O = S.make<Callbacks>(true);
  S.thread("t", [=] {
    Callbacks::Registration R(Letter::run, nullptr);
    O->add(R);
    O->add(R);
    O->remove(R);
  });
}

TEST(CallbackFamily, Callbacks) {
  verify({"callback object",
          {"CallbackObject.h"},
          {{"1 notifier, 1 leaver", leave(1, 1)},
           {"1 notifier, 1 leaver x 2", leave(1, 1, 2)},
           {"2 notifiers, 1 leaver", leave(2, 1)},
           {"1 notifier, 2 leavers", leave(1, 2)},
           {"rules", callbackRules},
           {"leaving from within", leaveFromWithin, false, true, Told},
           {"leaving twice", leaveTwice, false, true, Told},
           {"registering twice", addTwice, false, true, Told}},
          {}});
}

using Request = CancelableRequest<P>;
using Queue = CancelSafeQueue<P>;

struct Device {
  SpinLock<P> Cancel;
  Queue Pending{complete, this};
  Request Requests[2];
  P::Cell<int> Ended[2];
  Protected Data;
  P::Atomic<int> Canceled{0};

  void end(Request &R) {
    P::Cell<int> &E = Ended[&R - Requests];
    E.set(E.get() + 1);
  }
  static void complete(Request &R, void *D) {
    auto &Me = *static_cast<Device *>(D);
    Me.end(R);
    Me.Canceled.fetchAdd(1, Order::Relaxed);
  }
  void checkEnd(Scenario &S, int N) {
    for (int I = 0; I < N; ++I)
      S.expect(Ended[I].get() == 1, "not ended once");
  }
};

/// One request: queued, worked on by one thread, canceled by the other; ended
/// by exactly one.
Program cancelOne(bool ByName) {
  return [=](Scenario &S) {
    auto *D = S.make<Device>();
    S.thread("driver", [=, &S] {
      Request &R = D->Requests[0];
      D->Pending.insert(R);
      Request *Got = ByName ? D->Pending.remove(R) ? &R : nullptr
                            : D->Pending.removeNext();
      S.expect(!Got || Got == &R, "another one");
      if (Got)
        D->end(*Got);
    });
    S.thread("canceler", [=, &S] {
      bool Called = D->Requests[0].cancel(D->Cancel);
      S.expect(D->Requests[0].isCanceled(), "no mark");
      S.outcome(Called ? "called" : "not called");
      S.expect(!D->Requests[0].cancel(D->Cancel) || !Called, "called twice");
    });
    S.atEnd([=, &S] {
      D->checkEnd(S, 1);
      S.expect(D->Cancel.isFree(), "the cancel lock is taken");
    });
  };
}

/// Two requests; the second one is worked on although the first one is being
/// canceled.
void cancelFirst(Scenario &S) {
  auto *D = S.make<Device>();
  D->Pending.insert(D->Requests[0]);
  D->Pending.insert(D->Requests[1]);
  S.thread("worker", [=, &S] {
    int N = 0;
    for (; Request *R = D->Pending.removeNext(); ++N)
      D->end(*R);
    S.expect(N >= 1, "stopped at one that is canceled");
  });
  S.thread("canceler", [=] { D->Requests[0].cancel(D->Cancel); });
  S.atEnd([=, &S] { D->checkEnd(S, 2); });
}

/// Two cancelers of two requests in one queue, and no worker.
void cancelBoth(Scenario &S) {
  auto *D = S.make<Device>();
  for (int I = 0; I < 2; ++I)
    S.thread("canceler", [=] {
      D->Pending.insert(D->Requests[I]);
      D->Requests[I].cancel(D->Cancel);
    });
  S.atEnd([=, &S] {
    D->checkEnd(S, 2);
    S.expect(D->Canceled.load(Order::Relaxed) == 2, "not canceled");
  });
}

void requestRules(Scenario &S) {
  auto *D = S.make<Device>();
  S.thread("t", [=, &S] {
    Request *R = D->Requests;
    D->Pending.insert(R[0]), D->Pending.insert(R[1]);
    S.expect(D->Pending.remove(R[1]) && !D->Pending.remove(R[1]), "by name");
    D->Pending.insert(R[1]);
    S.expect(D->Pending.removeNext() == &R[0], "in order");
    S.expect(!R[0].cancel(D->Cancel), "no routine");
    R[0].setCancelRoutine([](Request &, SpinLock<P> &) {}); // somebody else's
    S.expect(!D->Pending.remove(R[0]), "no longer here");
    S.expect(R[0].setCancelRoutine(nullptr), "the routine is gone");
    D->Pending.insert(R[0]); // canceled already
    S.expect(D->Ended[0].get() == 1, "taken in although canceled");
    S.expect(R[1].cancel(D->Cancel), "not called");
    S.expect(!D->Pending.removeNext(), "empty");
    S.expect(D->Canceled.load(Order::Relaxed) == 2, "completions");
  });
}

TEST(CallbackFamily, Cancellation) {
  verify({"cancel-safe queue",
          {"CancelSafeQueue.h"},
          {{"1 request", cancelOne(false)},
           {"1 request, by name", cancelOne(true)},
           {"2 requests, the first is canceled", cancelFirst},
           {"2 requests, both are canceled", cancelBoth},
           {"rules", requestRules}},
          {}});
}

} // namespace
