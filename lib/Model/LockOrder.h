//===- LockOrder.h - In which order locks are taken -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A graph over classes of locks (the member of a type, the global variable):
/// an edge says that a lock of the second class was waited for while one of the
/// first was held. Two threads that go round a circle of such edges can wait
/// for each other forever (Engler, Ashcraft: RacerX, SOSP 2003; the kernel's
/// own Driver Verifier builds the same graph at run time).
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_MODEL_LOCKORDER_H
#define IRQLINT_MODEL_LOCKORDER_H

#include "Model/Finding.h"
#include <string>
#include <vector>

namespace irqlint {

/// A lock that is taken somewhere.
struct LockTake {
  std::string Key;  ///< of its class; equal in all units of a driver
  std::string Text; ///< kind and name as the user wrote it
  SourcePos Pos;
  bool Shared = false;
  /// The owner may take it again (shared, where it holds it shared).
  bool Recursive = false;

  bool operator==(const LockTake &O) const {
    return Key == O.Key && Pos == O.Pos;
  }
  bool operator<(const LockTake &O) const {
    return Key != O.Key ? Key < O.Key : Pos < O.Pos;
  }
};

/// A lock is waited for while another one is held.
struct LockOrderEdge {
  LockTake From, To;
  /// Keys of everything that was held at the second acquisition.
  std::vector<std::string> Held;
  std::string Function; ///< that holds From
  /// The call that leads to To, when another function takes it.
  SourcePos Call;

  bool operator==(const LockOrderEdge &O) const {
    return From == O.From && To == O.To;
  }
  bool operator<(const LockOrderEdge &O) const {
    return From == O.From ? To < O.To : From < O.From;
  }
};

/// One finding per circle of \p Edges, where its last edge (by place) takes the
/// second lock. A circle all of whose edges are taken under one common lock is
/// none. The result depends on the set of edges only.
std::vector<Finding> lockOrderFindings(std::vector<LockOrderEdge> Edges);

} // namespace irqlint

#endif // IRQLINT_MODEL_LOCKORDER_H
