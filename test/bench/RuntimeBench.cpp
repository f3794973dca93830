//===- RuntimeBench.cpp - What the runtime's locks cost -------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Names are kind/lock: "alone" and "two" take and give up a lock exclusively,
/// by one thread or two of them with a little work inside; "read" shared by one
/// thread; "signal" sets and takes; "fair" counts who gets it. runtime.py makes
/// ratios of them.
//===----------------------------------------------------------------------===//

#include "Runtime/Platform/Native.h"
#include "Runtime/Primitives/CriticalSection.h"
#include "Runtime/Primitives/DriverLocks.h"
#include "Runtime/Primitives/FastMutex.h"
#include "Runtime/Primitives/KernelQueue.h"
#include "Runtime/Primitives/PerProcessor.h"
#include "Runtime/Primitives/Resource.h"
#include "Runtime/Primitives/Rundown.h"
#include "Runtime/Primitives/SList.h"
#include <algorithm>
#include <benchmark/benchmark.h>
#include <mutex>
#include <pthread.h>
#include <shared_mutex>
#include <string>
#include <thread>

using namespace irqlint::runtime;
using N = NativePlatform;

namespace {

Dispatcher<N> All;

struct StdMutex {
  std::mutex M;
  void acquire() { M.lock(); }
  void release() { M.unlock(); }
};
struct StdShared {
  std::shared_mutex M;
  void acquire() { M.lock(); }
  void release() { M.unlock(); }
  void acquireShared() { M.lock_shared(); }
  void releaseShared() { M.unlock_shared(); }
};
struct PthreadSpin {
  pthread_spinlock_t L;
  PthreadSpin() { pthread_spin_init(&L, PTHREAD_PROCESS_PRIVATE); }
  void acquire() { pthread_spin_lock(&L); }
  void release() { pthread_spin_unlock(&L); }
};
struct Queued {
  QueuedSpinLock<N> L;
  QueuedHandle<N> &handle() {
    thread_local QueuedHandle<N> H;
    return H;
  }
  void acquire() { L.acquire(handle()); }
  void release() { L.release(handle()); }
};
template <typename L> struct Exclusive : L {
  void acquire() { this->acquireExclusive(); }
  void release() { this->releaseExclusive(); }
};
struct Executive : Resource<N> {
  void acquire() { acquireExclusive(); }
  void releaseShared() { release(); }
};
struct UserResource : RtlResource<N> {
  void acquire() { acquireExclusive(); }
  void releaseShared() { release(); }
};
struct Section {
  AddressWait<N> Waits;
  CriticalSection<N> L{Waits};
  void acquire() { L.acquire(); }
  void release() { L.release(); }
};
/// Tokens: the lock of the reader's processor.
template <typename L> struct Split : Exclusive<L> {
  using Token = decltype(std::declval<L>().acquireShared());
  Token Last{};
  void acquireShared() { Last = L::acquireShared(); }
  void releaseShared() { L::releaseShared(Last); }
};
KernelThread<N> &me() {
  thread_local KernelThread<N> Self(All);
  return Self;
}
struct EventLock {
  KernelEvent<N> E{All, EventKind::Synchronization, true};
  void acquire() { ObjectWaits<N>::one(me(), E); }
  void release() { E.set(); }
};
struct MutexLock {
  Mutex<N> M{All};
  void acquire() { ObjectWaits<N>::one(me(), M); }
  void release() { M.release(me()); }
};
struct WaitLock {
  WdfWaitLock<N> L{All};
  void acquire() { L.acquire(me()); }
  void release() { L.release(me()); }
};
struct References {
  Rundown<N> R;
  void acquire() { R.acquire(); }
  void release() { R.release(); }
};
struct AwareReferences {
  CacheAwareRundown<N> R;
  void acquire() { R.acquire(); }
  void release() { R.release(); }
};
/// Two events at once, by a wait for all.
struct BothEvents {
  KernelEvent<N> A{All, EventKind::Synchronization, true},
      B{All, EventKind::Synchronization, true};
  void acquire() {
    DispatcherObject<N> *Of[] = {&A, &B};
    ObjectWaits<N>::several(me(), Of, 2, WaitKind::All);
  }
  void release() {
    A.set();
    B.set();
  }
};

template <typename L> void alone(benchmark::State &S) {
  static L Lock;
  for (auto _ : S) {
    Lock.acquire();
    benchmark::ClobberMemory();
    Lock.release();
  }
}

template <typename L> void two(benchmark::State &S) {
  static L Lock;
  static uint64_t Shared[4];
  uint64_t Own = 0;
  for (auto _ : S) {
    Lock.acquire();
    for (uint64_t &V : Shared)
      benchmark::DoNotOptimize(++V);
    Lock.release();
    for (int I = 0; I < 20; ++I)
      benchmark::DoNotOptimize(++Own);
  }
}

template <typename L> void readShared(benchmark::State &S) {
  static L Lock;
  for (auto _ : S) {
    Lock.acquireShared();
    benchmark::ClobberMemory();
    Lock.releaseShared();
  }
}

/// Two threads take it as fast as they can: what the one gets that gets less,
/// and how often it goes to the other one.
template <typename L> void fair(benchmark::State &S) {
  for (auto _ : S) {
    L Lock;
    uint64_t Got[2] = {}, Changes = 0;
    unsigned Last = 2;
    std::atomic<unsigned> There{0};
    std::atomic<bool> Over{false};
    auto Take = [&](unsigned Me) {
      ++There;
      while (There < 2)
        ;
      while (!Over.load(std::memory_order_relaxed)) {
        Lock.acquire();
        ++Got[Me];
        Changes += Last != Me;
        Last = Me;
        Lock.release();
      }
    };
    std::thread A(Take, 0), B(Take, 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    Over = true;
    A.join();
    B.join();
    double Sum = double(Got[0] + Got[1]);
    S.counters["less"] = 100 * double(std::min(Got[0], Got[1])) / Sum;
    S.counters["changes"] = 100 * double(Changes) / Sum;
  }
}

void list(benchmark::State &S) {
  static SList<N> List;
  static SListEntry<N> Entry;
  for (auto _ : S) {
    List.push(&Entry);
    benchmark::DoNotOptimize(List.pop());
  }
}

void stdList(benchmark::State &S) {
  static std::mutex Lock;
  static SListEntry<N> *Head, Entry;
  for (auto _ : S) {
    {
      std::lock_guard<std::mutex> Guard(Lock);
      Entry.Next.store(Head, Order::Relaxed);
      Head = &Entry;
    }
    std::lock_guard<std::mutex> Guard(Lock);
    benchmark::DoNotOptimize(Head);
    Head = Head->Next.load(Order::Relaxed);
  }
}

void kernelQueue(benchmark::State &S) {
  static KernelQueue<N> Queue(1);
  static QueueEntry<N> Entry;
  for (auto _ : S) {
    Queue.insert(Entry);
    benchmark::DoNotOptimize(Queue.remove(me()));
  }
}

template <typename L> void exclusive(const std::string &Name, bool Fair) {
  benchmark::RegisterBenchmark(("alone/" + Name).c_str(), alone<L>);
  benchmark::RegisterBenchmark(("two/" + Name).c_str(), two<L>)
      ->Threads(2)
      ->UseRealTime();
  if (Fair)
    benchmark::RegisterBenchmark(("fair/" + Name).c_str(), fair<L>)
        ->Iterations(1)
        ->UseRealTime();
}
template <typename L> void shared(const std::string &Name) {
  exclusive<L>(Name, false);
  benchmark::RegisterBenchmark(("read/" + Name).c_str(), readShared<L>);
}

} // namespace

int main(int argc, char **argv) {
  exclusive<StdMutex>("std::mutex", true);
  shared<StdShared>("std::shared_mutex");
  exclusive<PthreadSpin>("pthread spin lock", true);
  exclusive<SpinLock<N>>("spin lock", true);
  exclusive<Queued>("queued spin lock", true);
  shared<Exclusive<ExSpinLock<N>>>("EX_SPIN_LOCK");
  shared<Exclusive<PushLock<N>>>("push lock");
  exclusive<FastMutex<N>>("fast mutex", true);
  exclusive<Section>("critical section", true);
  shared<Executive>("ERESOURCE");
  shared<UserResource>("RTL_RESOURCE");
  shared<Split<NdisRwLock<N>>>("NDIS RW lock");
  shared<Split<CacheAwarePushLock<N>>>("cache-aware push lock");
  exclusive<EventLock>("synchronization event", true);
  exclusive<MutexLock>("KMUTEX", false);
  exclusive<WaitLock>("WDFWAITLOCK", false);
  exclusive<BothEvents>("wait for all of two", false);
  exclusive<References>("rundown protection", false);
  exclusive<AwareReferences>("cache-aware rundown", false);
  benchmark::RegisterBenchmark("alone/SLIST push and pop", list);
  benchmark::RegisterBenchmark("alone/list under std::mutex", stdList);
  benchmark::RegisterBenchmark("alone/kernel queue, in and out", kernelQueue);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 2;
  benchmark::RunSpecifiedBenchmarks();
}
