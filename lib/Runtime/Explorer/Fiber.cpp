//===- Fiber.cpp - Stacks that a scheduler switches between ---------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Explorer/Fiber.h"
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IRQLINT_ASAN 1
#endif
#endif
#ifdef IRQLINT_ASAN
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

using namespace irqlint::runtime;

extern "C" void irqlintSwitchContext(void **Save, void *Load);
extern "C" void irqlintFiberStart();

#if defined(__x86_64__)
// Callee-saved registers of the System V ABI; the control words of x87 and SSE
// are never changed here.
asm(R"(
  .text
  .globl irqlintSwitchContext
  .hidden irqlintSwitchContext
  .type irqlintSwitchContext,@function
irqlintSwitchContext:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
  .size irqlintSwitchContext, .-irqlintSwitchContext

  .globl irqlintFiberStart
  .hidden irqlintFiberStart
  .type irqlintFiberStart,@function
irqlintFiberStart:
  movq %r12, %rdi
  xorl %ebp, %ebp
  callq *%r13
  ud2
  .size irqlintFiberStart, .-irqlintFiberStart
)");
static constexpr int SavedWords = 6, ArgumentWord = 3,
                     EntryWord = 2; // r15 r14 r13 r12 rbx rbp
#elif defined(__aarch64__)
asm(R"(
  .text
  .globl irqlintSwitchContext
  .hidden irqlintSwitchContext
  .type irqlintSwitchContext,%function
irqlintSwitchContext:
  sub sp, sp, #160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #160
  ret
  .size irqlintSwitchContext, .-irqlintSwitchContext

  .globl irqlintFiberStart
  .hidden irqlintFiberStart
  .type irqlintFiberStart,%function
irqlintFiberStart:
  mov x0, x19
  blr x20
  brk #0
  .size irqlintFiberStart, .-irqlintFiberStart
)");
static constexpr int SavedWords = 20, ArgumentWord = 0, EntryWord = 1,
                     ReturnWord = 11;
#else
#error "no context switch for this processor yet"
#endif

Fiber::Fiber(size_t StackSize) {
  size_t Page = size_t(sysconf(_SC_PAGESIZE));
  Size = (StackSize + Page - 1) / Page * Page + Page;
  void *Memory = mmap(nullptr, Size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (Memory == MAP_FAILED || mprotect(Memory, Page, PROT_NONE) != 0) {
    perror("irqlint-runtime: no memory for a stack");
    abort();
  }
  Stack = static_cast<char *>(Memory);
}

Fiber::Fiber(Fiber &&Other) noexcept
    : Stack(std::exchange(Other.Stack, nullptr)), Size(Other.Size),
      Context(Other.Context) {}

Fiber &Fiber::operator=(Fiber &&Other) noexcept {
  std::swap(Stack, Other.Stack);
  std::swap(Size, Other.Size);
  std::swap(Context, Other.Context);
  std::swap(Body, Other.Body);
  std::swap(Argument, Other.Argument);
  return *this;
}

Fiber::~Fiber() {
  if (Stack)
    munmap(Stack, Size);
}

void Fiber::enter(void *Self) {
#ifdef IRQLINT_ASAN
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
  auto *F = static_cast<Fiber *>(Self);
  F->Body(F->Argument);
}

void Fiber::prepare(Entry E, void *A) {
  Body = E;
  Argument = A;
#ifdef IRQLINT_ASAN
  // Frames that were abandoned here left their red zones.
  size_t Page = size_t(sysconf(_SC_PAGESIZE));
  __asan_unpoison_memory_region(Stack + Page, Size - Page);
#endif
  auto **Top = reinterpret_cast<void **>(Stack + Size);
#if defined(__x86_64__)
  // The frame that "ret" pops leaves the stack as a call would: 16n + 8 below.
  *--Top = nullptr;
  *--Top = nullptr;
  *--Top = reinterpret_cast<void *>(irqlintFiberStart);
  Top -= SavedWords;
#else
  Top -= SavedWords;
  Top[ReturnWord] = reinterpret_cast<void *>(irqlintFiberStart);
#endif
  Top[ArgumentWord] = this;
  Top[EntryWord] = reinterpret_cast<void *>(enter);
  Context = Top;
}

void Fiber::switchTo(Fiber &To) {
#ifdef IRQLINT_ASAN
  void *Fake = nullptr;
  size_t Page = size_t(sysconf(_SC_PAGESIZE));
  static thread_local const void *MainBottom;
  static thread_local size_t MainSize;
  const void *Bottom = To.Stack ? To.Stack + Page : MainBottom;
  size_t Room = To.Stack ? To.Size - Page : MainSize;
  if (!Stack &&
      !MainBottom) { // the first switch tells where the caller's stack is
    pthread_attr_t Attributes;
    void *Address;
    pthread_getattr_np(pthread_self(), &Attributes);
    pthread_attr_getstack(&Attributes, &Address, &MainSize);
    pthread_attr_destroy(&Attributes);
    MainBottom = Address;
  }
  __sanitizer_start_switch_fiber(&Fake, Bottom, Room);
#endif
  irqlintSwitchContext(&Context, To.Context);
#ifdef IRQLINT_ASAN
  __sanitizer_finish_switch_fiber(Fake, nullptr, nullptr);
#endif
}
