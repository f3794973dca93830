//===- Happened.h - What happened, whatever the order -----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// A number for the partial order of the steps of an execution (Musuvathi,
/// Qadeer: Fair stateless model checking, PLDI 2008, and their happens-before
/// caching). Two executions that differ only in the order of steps that do not
/// concern each other have the same one, and are in the same state. What is not
/// known to concern one object only is ordered with everything.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_MACHINE_HAPPENED_H
#define IRQLINT_RUNTIME_MACHINE_HAPPENED_H

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace irqlint::rt {

class Happened {
public:
  using Flow = uint32_t;

  /// A flow that \p By has started.
  void begin(Flow F, Flow By);
  /// Something that concerns nobody else.
  void step(Flow F, uint64_t What);
  /// Something with one object.
  void touch(Flow F, uint64_t Object, bool Writes);
  /// Something that may concern anything.
  void touchAll(Flow F, uint64_t What);
  uint64_t state() const { return Sum; }
  static uint64_t mix(uint64_t A, uint64_t B);

private:
  struct Object {
    uint64_t Written = 0, Read = 0;
  };
  uint64_t &of(Flow F);
  void set(Flow F, uint64_t To);

  std::vector<uint64_t> Flows;
  std::unordered_map<uint64_t, Object> Objects;
  Object All;
  uint64_t Sum = 0;
};

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_MACHINE_HAPPENED_H
