//===- Native.cpp - The platform that runs on the machine -----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Platform/Native.h"
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <linux/futex.h>
#include <mutex>
#include <new>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace irqlint::runtime;

namespace {

constexpr uint32_t TokenNone = 0, TokenSet = 1, TokenParked = ~0u;

/// Sleeps while Word is Expected; false when Deadline passed.
bool futexWait(std::atomic<uint32_t> &Word, uint32_t Expected, Time Deadline) {
  timespec Until;
  if (Deadline != Never)
    Until = {time_t(Deadline / 10000000), long(Deadline % 10000000) * 100};
  // The bitset form takes an absolute time of the monotonic clock.
  long Result = syscall(SYS_futex, &Word, FUTEX_WAIT_BITSET_PRIVATE, Expected,
                        Deadline == Never ? nullptr : &Until, nullptr,
                        FUTEX_BITSET_MATCH_ANY);
  return !(Result == -1 && errno == ETIMEDOUT);
}

/// Threads that have ended, for reuse; see NativeThread.
std::mutex FreeLock;
NativeThread *FreeThreads = nullptr;

struct Registration {
  NativeThread *T;

  Registration() {
    std::lock_guard<std::mutex> Guard(FreeLock);
    T = FreeThreads;
    if (T)
      FreeThreads = T->NextFree;
    else
      T = new NativeThread;
  }
  ~Registration() {
    std::lock_guard<std::mutex> Guard(FreeLock);
    T->NextFree = FreeThreads;
    FreeThreads = T;
  }
};

void reportAndAbort(Misuse M, const void *Object, const char *Primitive) {
  fprintf(stderr, "irqlint-runtime: %s %p %s\n", Primitive, Object,
          misuseText(M));
  abort();
}

std::atomic<MisuseHandler> Handler{reportAndAbort};

} // namespace

const char *irqlint::runtime::orderName(Order O) {
  static const char *const Names[] = {"relaxed", "acquire", "release",
                                      "acq_rel", "seq_cst"};
  return Names[unsigned(O)];
}

const char *irqlint::runtime::misuseText(Misuse M) {
  switch (M) {
  case Misuse::NotHeld:
    return "is released while it is not held in that mode";
  case Misuse::NotOwner:
    return "is released by a thread that does not own it";
  case Misuse::Recursive:
    return "is acquired again by its owner";
  case Misuse::OverRelease:
    return "is released more often than acquired";
  case Misuse::LimitExceeded:
    return "would exceed its limit";
  case Misuse::InUse:
    return "is deleted or initialized while in use";
  case Misuse::NotInitialized:
    return "is used while not initialized";
  case Misuse::BadArgument:
    return "gets an argument that is not allowed";
  case Misuse::WrongMode:
    return "is used in two ways that exclude one another";
  case Misuse::HeldAtEnd:
    return "is owned by a thread that ends";
  case Misuse::FromWithin:
    return "is waited for from within";
  }
  return "is misused";
}

MisuseHandler irqlint::runtime::setMisuseHandler(MisuseHandler H) {
  return Handler.exchange(H ? H : reportAndAbort);
}

void NativePlatform::misuse(Misuse M, const void *Object,
                            const char *Primitive) {
  Handler.load()(M, Object, Primitive);
}

void NativeBackoff::pause() {
  // Beyond some rounds the holder has probably lost its processor.
  if (Round >= 10) {
    sched_yield();
    return;
  }
  for (unsigned I = 0; I < 1u << (Round < 6 ? Round : 6); ++I) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }
  ++Round;
}

NativeThread *NativePlatform::self() {
  thread_local Registration Self;
  return Self.T;
}

void NativePlatform::park() { parkUntil(Never); }

bool NativePlatform::parkUntil(Time Deadline) {
  std::atomic<uint32_t> &Token = self()->Token;
  uint32_t Old = TokenNone;
  if (!Token.compare_exchange_strong(Old, TokenParked,
                                     std::memory_order_acquire)) {
    Token.exchange(TokenNone, std::memory_order_acquire);
    return true;
  }
  for (;;) {
    bool InTime = futexWait(Token, TokenParked, Deadline);
    Old = TokenSet;
    if (Token.compare_exchange_strong(Old, TokenNone,
                                      std::memory_order_acquire))
      return true;
    // A waker may set the token at the last moment; then it counts.
    if (!InTime)
      return Token.exchange(TokenNone, std::memory_order_acquire) == TokenSet;
  }
}

void NativePlatform::unpark(Thread *T) {
  if (T->Token.exchange(TokenSet, std::memory_order_release) == TokenParked)
    syscall(SYS_futex, &T->Token, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

unsigned NativePlatform::cpu() {
  int N = sched_getcpu();
  return N < 0 ? 0 : unsigned(N);
}

unsigned NativePlatform::cpuCount() {
  static const unsigned Count = [] {
    long N = sysconf(_SC_NPROCESSORS_CONF);
    return N < 1 ? 1u : unsigned(N);
  }();
  return Count;
}

Time NativePlatform::now() {
  timespec Now;
  clock_gettime(CLOCK_MONOTONIC, &Now);
  return Time(Now.tv_sec) * 10000000 + Time(Now.tv_nsec) / 100;
}

void *NativePlatform::allocate(size_t Size, size_t Alignment) {
  return ::operator new(Size, std::align_val_t(Alignment), std::nothrow);
}

void NativePlatform::deallocate(void *Memory, size_t, size_t Alignment) {
  ::operator delete(Memory, std::align_val_t(Alignment));
}
