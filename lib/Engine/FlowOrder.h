//===- FlowOrder.h - In which order paths are followed ----------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The analyzer's own orders let a short path run ahead of the others: each
/// later arrival at a join then sends one more wave through everything behind
/// it. Here blocks are processed in a weak topological order (Bourdoncle,
/// "Efficient chaotic iteration strategies with widenings", FMPA 1993), across
/// inlined calls: all paths reach a join before any goes on, and a loop is done
/// before what follows it.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_FLOWORDER_H
#define IRQLINT_ENGINE_FLOWORDER_H

#include "Engine/Merge.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/CoreEngine.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/WorkList.h"
#include <map>
#include <memory>

namespace irqlint {

/// Position of each block of \p G, by block number, in a weak topological
/// order: a loop's blocks are contiguous and come before the blocks after it.
std::vector<unsigned> flowOrder(const clang::CFG &G);

/// A work list in that order. Nodes at a join that \p Merge has replaced by a
/// more general one are dropped.
std::unique_ptr<clang::ento::WorkList> makeFlowOrderList(Merger &Merge);

/// Makes \p Eng use \p List.
void useWorkList(clang::ento::ExprEngine &Eng,
                 std::unique_ptr<clang::ento::WorkList> List);

} // namespace irqlint

#endif // IRQLINT_ENGINE_FLOWORDER_H
