//===- Puppet.h - Threads that do one thing at a time -----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// For scripts of several threads on the machine: each does what it is told and
/// says when it has done it, so that the order is the script's.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TEST_RUNTIME_PUPPET_H
#define IRQLINT_TEST_RUNTIME_PUPPET_H

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace irqlint::runtime::test {

class Puppet {
  std::mutex Lock;
  std::condition_variable Changed;
  std::function<void()> Job;
  bool Busy = false, Over = false;
  std::thread Body{[this] {
    std::unique_lock<std::mutex> Held(Lock);
    for (;;) {
      Changed.wait(Held, [&] { return Busy || Over; });
      if (!Busy)
        return;
      Held.unlock();
      Job();
      Held.lock();
      Busy = false;
      Changed.notify_all();
    }
  }};

public:
  ~Puppet() {
    {
      std::lock_guard<std::mutex> Held(Lock);
      Over = true;
    }
    Changed.notify_all();
    Body.join();
  }
  void start(std::function<void()> Do) {
    std::lock_guard<std::mutex> Held(Lock);
    Job = std::move(Do);
    Busy = true;
    Changed.notify_all();
  }
  bool isDone() {
    std::lock_guard<std::mutex> Held(Lock);
    return !Busy;
  }
  /// False when it does not get there: it is blocked for good.
  bool finish() {
    std::unique_lock<std::mutex> Held(Lock);
    return Changed.wait_for(Held, std::chrono::seconds(20),
                            [&] { return !Busy; });
  }
  /// Does it, and waits for it.
  template <typename F> auto operator()(F Do) {
    if constexpr (std::is_void_v<decltype(Do())>) {
      start(Do);
      finish();
    } else {
      decltype(Do()) Result{};
      start([&] { Result = Do(); });
      finish();
      return Result;
    }
  }
};

/// Until Condition holds; false when it never does.
template <typename F> bool comesTrue(F Condition) {
  auto End = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!Condition()) {
    if (std::chrono::steady_clock::now() > End)
      return false;
    std::this_thread::yield();
  }
  return true;
}

} // namespace irqlint::runtime::test

#endif // IRQLINT_TEST_RUNTIME_PUPPET_H
