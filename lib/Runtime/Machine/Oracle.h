//===- Oracle.h - Who decides what the program leaves open ------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// Everything that one execution leaves open (which processor goes on, what an
/// unknown value is, whether an allocation fails) is a numbered choice. The
/// sequence of choices determines the execution, so it can be repeated, varied
/// and enumerated.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_MACHINE_ORACLE_H
#define IRQLINT_RUNTIME_MACHINE_ORACLE_H

#include <cstdint>
#include <vector>

namespace irqlint::rt {

class Oracle {
public:
  /// Depth-first enumeration: the first execution takes choice 0 everywhere.
  Oracle() = default;

  /// A number below \p N (1 or more).
  unsigned choose(unsigned N);

  /// Prepares the next execution of the enumeration. False when all were done.
  bool next();
  /// Prepares the same execution once more.
  void repeat();
  /// Prepares an execution that follows no order: choices are drawn from
  /// \p Seed. Enumeration cannot be resumed afterwards.
  void random(uint64_t Seed);

  /// The next choice is one that no execution has come to before.
  bool isNew() const { return !Drawing && Taken.size() >= Path.size(); }

  /// Choices made in the current execution: the key to repeat it.
  const std::vector<uint8_t> &taken() const { return Taken; }

private:
  uint64_t draw();

  struct Point {
    uint8_t Choice, Count;
  };
  std::vector<Point> Path; ///< prefix that the next execution follows
  std::vector<uint8_t> Taken;
  bool Drawing = false;
  uint64_t State = 0, Began = 0;
};

} // namespace irqlint::rt

#endif // IRQLINT_RUNTIME_MACHINE_ORACLE_H
