//===- Fiber.cpp - Stacks for threads of the machine ----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Machine/Fiber.h"
#include <cstdlib>
#include <vector>

using namespace irqlint::rt;

static constexpr uint64_t StackSize = 4 * Fiber::MaxFrame;

/// Stacks of fibers that are gone, for the next ones: mapping one costs more
/// than most executions.
static std::vector<irqlint::runtime::Fiber> &spareStacks() {
  static std::vector<irqlint::runtime::Fiber> Spare;
  return Spare;
}

Fiber::Fiber(std::function<void()> B) : Body(std::move(B)) {
  std::vector<irqlint::runtime::Fiber> &Spare = spareStacks();
  if (!Spare.empty()) {
    Stack = std::move(Spare.back());
    Spare.pop_back();
  } else {
    Stack = irqlint::runtime::Fiber(StackSize);
  }
  Stack.prepare(&Fiber::start, this);
}

Fiber::~Fiber() {
  if (Body)
    spareStacks().push_back(std::move(Stack));
}

void Fiber::start(void *Self) {
  static_cast<Fiber *>(Self)->Body();
  std::abort(); // the body must not return
}

void Fiber::switchTo(Fiber &From, Fiber &To) {
  if (&From != &To)
    From.Stack.switchTo(To.Stack);
}

bool Fiber::contains(const void *Address) const {
  uint64_t Depth = static_cast<const char *>(Stack.top()) -
                   static_cast<const char *>(Address);
  return Depth - 1 < StackSize;
}

bool Fiber::isLow(const void *StackPointer) const {
  uint64_t Used = static_cast<const char *>(Stack.top()) -
                  static_cast<const char *>(StackPointer);
  return Used > StackSize - 2 * MaxFrame;
}
