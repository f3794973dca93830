//===- Model.cpp - The platform under a deterministic scheduler -----------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Platform/Model.h"

using namespace irqlint::runtime;

static thread_local Host *CurrentHost = nullptr;

Host::~Host() = default;

Host *Host::current() { return CurrentHost; }

Host *Host::setCurrent(Host *H) { return std::exchange(CurrentHost, H); }

void irqlint::runtime::performOperation(const Operation &Op) {
  if (Host *H = Host::current())
    H->perform(Op);
  else if (Op.Address)
    Op.Apply(Op.Address); // nobody else is there
}

void ModelPlatform::fence(Order O, Site Where) {
  Operation Op;
  Op.K = Operation::Kind::Fence;
  Op.O = Op.Failed = O;
  Op.Where = Where;
  performOperation(Op);
}

bool ModelPlatform::parkUntil(Time Deadline, Site Where) {
  ModelThread &T = *self();
  bool Unparked = false;
  auto Take = [&](void *Token) {
    uint32_t V;
    std::memcpy(&V, Token, sizeof(V));
    Unparked = V != 0;
    V = 0;
    std::memcpy(Token, &V, sizeof(V));
    return Unparked;
  };
  auto IsSet = [](const void *Token) {
    return *static_cast<const uint32_t *>(Token) != 0;
  };
  Operation Op;
  Op.K = Operation::Kind::Update;
  Op.O = Order::Acquire;
  Op.Failed = Order::Relaxed;
  Op.Size = sizeof(T.Token);
  Op.Address = &T.Token;
  Op.Apply = Take;
  Op.Ready = IsSet;
  Op.Deadline = Deadline;
  Op.Where = Where;
  performOperation(Op);
  return Unparked;
}

void ModelPlatform::unpark(Thread *T, Site Where) {
  auto Set = [](void *Token) {
    *static_cast<uint32_t *>(Token) = 1;
    return true;
  };
  Operation Op;
  Op.K = Operation::Kind::Update;
  Op.O = Order::Release;
  Op.Failed = Order::Relaxed;
  Op.Size = sizeof(T->Token);
  Op.Address = &T->Token;
  Op.Apply = Set;
  Op.Where = Where;
  performOperation(Op);
}
