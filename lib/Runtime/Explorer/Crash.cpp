//===- Crash.cpp - Invalid accesses end an execution ----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Explorer/Crash.h"
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IRQLINT_ASAN 1
#endif
#endif
#ifdef IRQLINT_ASAN
#include <sanitizer/asan_interface.h>
#endif

using namespace irqlint::runtime;

namespace {

constexpr size_t AlternateSize = 64 << 10;

struct Target {
  CrashCatcher::Landing Go = nullptr;
  void *Argument = nullptr, *Top = nullptr;
  unsigned Catchers = 0;
  struct sigaction OldSegv, OldBus;
  stack_t OldStack;
  void *Stack = nullptr;
};
thread_local Target Current;

void handle(int Signal, siginfo_t *, void *Context) {
  Target &T = Current;
  if (!T.Go) { // not ours: happens again, with the disposition that was there
    sigaction(SIGSEGV, &T.OldSegv, nullptr);
    sigaction(SIGBUS, &T.OldBus, nullptr);
    return;
  }
  auto *U = static_cast<ucontext_t *>(Context);
  auto Top = reinterpret_cast<uintptr_t>(T.Top) & ~uintptr_t(15);
#ifdef IRQLINT_ASAN // frames that are left this way do not clean up
#if defined(__x86_64__)
  auto Low = uintptr_t(U->uc_mcontext.gregs[REG_RSP]);
#else
  auto Low = uintptr_t(U->uc_mcontext.sp);
#endif
  if (Low < Top)
    __asan_unpoison_memory_region(reinterpret_cast<void *>(Low), Top - Low);
#endif
#if defined(__x86_64__)
  // As after a call: the return address would lie at 16n + 8.
  U->uc_mcontext.gregs[REG_RSP] = greg_t(Top - 24);
  U->uc_mcontext.gregs[REG_RIP] = reinterpret_cast<greg_t>(T.Go);
  U->uc_mcontext.gregs[REG_RDI] = reinterpret_cast<greg_t>(T.Argument);
#elif defined(__aarch64__)
  U->uc_mcontext.sp = Top - 16;
  U->uc_mcontext.pc = reinterpret_cast<uintptr_t>(T.Go);
  U->uc_mcontext.regs[0] = reinterpret_cast<uintptr_t>(T.Argument);
#endif
}

} // namespace

CrashCatcher::CrashCatcher() {
  Target &T = Current;
  if (T.Catchers++)
    return;
  T.Stack = mmap(nullptr, AlternateSize, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (T.Stack == MAP_FAILED)
    abort();
  stack_t S = {};
  S.ss_sp = T.Stack;
  S.ss_size = AlternateSize;
  sigaltstack(&S, &T.OldStack);
  struct sigaction A = {};
  A.sa_sigaction = handle;
  A.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &A, &T.OldSegv);
  sigaction(SIGBUS, &A, &T.OldBus);
}

CrashCatcher::~CrashCatcher() {
  Target &T = Current;
  if (--T.Catchers)
    return;
  sigaction(SIGSEGV, &T.OldSegv, nullptr);
  sigaction(SIGBUS, &T.OldBus, nullptr);
  sigaltstack(&T.OldStack, nullptr);
  munmap(T.Stack, AlternateSize);
}

void CrashCatcher::set(Landing L, void *Argument, void *Top) {
  Current.Go = L;
  Current.Argument = Argument;
  Current.Top = Top;
}
