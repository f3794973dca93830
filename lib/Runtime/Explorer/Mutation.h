//===- Mutation.h - Changes of single operations ----------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A test of a synchronization algorithm is worth what it finds. So each place
/// where an algorithm orders, writes or updates is changed, one at a time, and
/// some client has to notice.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_EXPLORER_MUTATION_H
#define IRQLINT_RUNTIME_EXPLORER_MUTATION_H

#include "Runtime/Platform/Host.h"
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace irqlint::runtime {

struct Mutation {
  enum class Kind : uint8_t {
    Weaken, ///< the order becomes To
    Drop,   ///< nothing is written; the caller believes that it was
    Tear,   ///< an update becomes a load and, later, a store
  };
  Kind K = Kind::Weaken;
  Site Where;
  Order To = Order::Relaxed;

  bool at(const Site &S) const;
  std::string text() const;
};

/// What operations at one place were seen to do.
struct SiteUse {
  Site Where;
  Operation::Kind K = Operation::Kind::Load;
  Order O = Order::Relaxed;
  bool Wrote = false;
};

/// Places by file, line and column.
using SiteMap = std::map<std::tuple<std::string, unsigned, unsigned>, SiteUse>;

/// File name without folders, line, column.
std::string siteText(const Site &S);

/// All changes of a place: each weaker order; no write; torn updates.
std::vector<Mutation> mutationsOf(const SiteUse &Use);

} // namespace irqlint::runtime

#endif // IRQLINT_RUNTIME_EXPLORER_MUTATION_H
