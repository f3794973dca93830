//===- Family.h - Clients and mutants of a family of primitives -*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A family is verified when all its clients are explored to the end without a
/// failure, and every mutant of its sources is found by one of them. Mutants
/// that nothing finds have to be named with the reason.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TEST_RUNTIME_FAMILY_H
#define IRQLINT_TEST_RUNTIME_FAMILY_H

#include "Runtime/Explorer/Explorer.h"
#include "Runtime/Platform/Model.h"
#include <gtest/gtest.h>

namespace irqlint::runtime::test {

using P = ModelPlatform;

struct Client {
  const char *Name;
  Program Run;
  /// By day, some of it; by night to its end, or five million executions.
  bool Nightly = false;
  bool Mutants = true; ///< looks for mutants, too
  /// What it has to end with: mutants may also swallow a report.
  Failure::Kind Fails = Failure::Kind::None;
};

/// A mutant that no client finds.
struct Survivor {
  const char *Line; ///< part of the line of source
  const char
      *Change; ///< "relaxed", "acquire", "release", "writes nothing", "torn"
  const char *Why;
};

struct Family {
  const char *Name;
  std::vector<const char *> Sources; ///< below lib/Runtime/Primitives
  std::vector<Client> Clients;
  std::vector<Survivor> Survivors;
};

/// Explores, mutates, and prints one line per client and the score.
void verify(const Family &F);

/// Data that exactly one writer or any number of readers may look at.
class Protected {
  P::Cell<int> Value{0};

public:
  void write() { Value.set(Value.get() + 1); }
  int read() const { return Value.get(); }
};

} // namespace irqlint::runtime::test

#endif // IRQLINT_TEST_RUNTIME_FAMILY_H
