//===- RandomProgram.h - Small random programs for cross-checks -*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Programs of atomic operations, waits and parking whose end states say what
/// each thread read. Two searches that claim to be complete must agree on them.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TEST_RUNTIME_RANDOMPROGRAM_H
#define IRQLINT_TEST_RUNTIME_RANDOMPROGRAM_H

#include "Runtime/Explorer/Explorer.h"
#include "Runtime/Platform/Model.h"
#include <random>

namespace irqlint::runtime::test {

struct RandomProgram {
  enum class Do : uint8_t {
    Load,
    Store,
    Add,
    Exchange,
    Compare,
    Await,
    AwaitTake,
    Park,
    ParkShort,
    Unpark,
    Count
  };
  struct Step {
    Do What;
    unsigned Variable;
    int Value, Expected;
  };
  std::vector<std::vector<Step>> Threads;
  unsigned Variables;

  RandomProgram(unsigned Seed, unsigned MaxThreads, unsigned MaxSteps) {
    std::mt19937 Random(Seed);
    auto Draw = [&](unsigned N) { return unsigned(Random() % N); };
    Variables = 1 + Draw(3);
    Threads.resize(2 + Draw(MaxThreads - 1));
    bool Waits = Draw(2);
    for (auto &T : Threads)
      for (unsigned N = 1 + Draw(MaxSteps); N; --N) {
        auto What = Do(Draw(Waits ? unsigned(Do::Count) : unsigned(Do::Await)));
        T.push_back({What,
                     What == Do::Unpark ? Draw(unsigned(Threads.size()))
                                        : Draw(Variables),
                     int(Draw(3)), int(Draw(3))});
      }
  }

  void operator()(Scenario &S) const {
    using P = ModelPlatform;
    struct Shared {
      P::Atomic<int> Variable[3];
      P::Thread *Id[4] = {};
      std::string Log[4];
    };
    auto *M = S.make<Shared>();
    for (size_t I = 0; I < Threads.size(); ++I)
      M->Id[I] = &S.thread("t", [M, I, this] {
        for (const Step &Next : Threads[I])
          M->Log[I] += std::to_string(run(*M, Next)) + " ";
      });
    S.atEnd([M, &S, this] {
      std::string Text;
      for (size_t I = 0; I < Threads.size(); ++I)
        Text += M->Log[I] + "| ";
      for (unsigned V = 0; V < Variables; ++V)
        Text += std::to_string(M->Variable[V].load(Order::Relaxed)) + " ";
      S.outcome(Text);
    });
  }

private:
  template <typename Shared> static int run(Shared &M, const Step &S) {
    using P = ModelPlatform;
    auto &V = M.Variable[S.Variable % 3];
    int Expected = S.Expected;
    switch (S.What) {
    case Do::Load:
      return V.load(Order::SeqCst);
    case Do::Store:
      V.store(S.Value, Order::SeqCst);
      return -1;
    case Do::Add:
      return V.fetchAdd(S.Value, Order::SeqCst);
    case Do::Exchange:
      return V.exchange(S.Value, Order::SeqCst);
    case Do::Compare:
      V.compareExchange(Expected, S.Value, Order::SeqCst);
      return Expected;
    case Do::Await:
      return V.await([&](int X) { return X == S.Expected; }, Order::SeqCst);
    case Do::AwaitTake:
      return V.awaitUpdate(
          [&](int X) {
            return X == S.Expected ? std::optional<int>(S.Value) : std::nullopt;
          },
          Order::SeqCst);
    case Do::Park:
      P::park();
      return -2;
    case Do::ParkShort:
      return P::parkUntil(1);
    default:
      P::unpark(M.Id[S.Variable]);
      return -3;
    }
  }
};

} // namespace irqlint::runtime::test

#endif // IRQLINT_TEST_RUNTIME_RANDOMPROGRAM_H
