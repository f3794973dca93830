//===- LockLoops.h - Loops that take a set of locks --------------*- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Locks that are taken one by one in a loop and given back in another: which
/// of them are held depends on how often each loop ran, which no path tells.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_LOCKLOOPS_H
#define IRQLINT_ENGINE_LOCKLOOPS_H

#include "clang/AST/Expr.h"
#include "llvm/ADT/DenseSet.h"

namespace irqlint {

class UnitIndex;

/// Adds the calls in \p Loop that take (or give back) in each round the lock of
/// another object and do not undo it.
void lockLoopsIn(const clang::Stmt *Loop, const UnitIndex &Index,
                 llvm::DenseSet<const clang::Expr *> &Out);

/// \p Branch, some statements, does one half of a pair and leaves the other to
/// somebody else: it takes a lock or gives one up, raises or lowers. (What it
/// does just before it leaves does not count.)
bool doesHalf(llvm::ArrayRef<const clang::Stmt *> Branch,
              const UnitIndex &Index);

} // namespace irqlint

#endif // IRQLINT_ENGINE_LOCKLOOPS_H
