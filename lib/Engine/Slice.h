//===- Slice.h - What decides about locks and levels ------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The variables and members of which the values decide whether a routine is
/// called that matters to synchronization: those in the conditions that such
/// calls depend on (Ferrante, Ottenstein, Warren: The Program Dependence
/// Graph, 1987), those that are handed to them, and those that these are
/// computed from. Of each place of the program it is known which of them can
/// still decide about anything that comes after it. Paths that differ in
/// nothing else can be joined at once.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_SLICE_H
#define IRQLINT_ENGINE_SLICE_H

#include "clang/Analysis/AnalysisDeclContext.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"
#include <functional>
#include <map>
#include <vector>

namespace irqlint {

class Slice {
public:
  /// \p Matters: a call of this function is one of those. \p Small: the body
  /// of a function that is looked into wherever it is called, or null.
  Slice(std::function<bool(const clang::FunctionDecl *)> Matters,
        std::function<const clang::Stmt *(const clang::FunctionDecl *)> Small)
      : Matters(std::move(Matters)), Small(std::move(Small)) {}

  /// Takes in the function of \p ADC, and those that it may lead to.
  void require(clang::AnalysisDeclContext &ADC);

  /// The number of a variable or member in the sets below.
  unsigned numberOf(const clang::ValueDecl *D);
  const clang::ValueDecl *declOf(unsigned Number) const {
    return Decls[Number];
  }

  /// What decides about anything that comes after the entrance of \p Block, in
  /// the function of \p Frame or in those that wait for its return. Valid
  /// until the next call of require().
  const llvm::BitVector &liveAt(const clang::StackFrameContext *Frame,
                                const clang::CFGBlock *Block);

  /// What is tested at \p L decides whether such a call is reached. True also
  /// for places in functions that were not taken in.
  bool decides(clang::SourceLocation L, const clang::SourceManager &SM) const;

private:
  using Functions = llvm::SmallVector<const clang::FunctionDecl *, 2>;
  /// One function; the vectors are indexed by block.
  struct Part {
    std::vector<llvm::BitVector> Uses;
    std::vector<Functions> Calls;
    /// Both of these with what follows from them; empty: not computed.
    std::vector<llvm::BitVector> Live;
    llvm::BitVector Total;
  };

  std::function<bool(const clang::FunctionDecl *)> Matters;
  std::function<const clang::Stmt *(const clang::FunctionDecl *)> Small;
  llvm::DenseMap<const clang::ValueDecl *, unsigned> Numbers;
  std::vector<const clang::ValueDecl *> Decls; ///< by number
  std::map<const clang::Decl *, Part> Parts;
  /// What the values of a variable or member are computed from, by number.
  std::vector<llvm::BitVector> Sources;
  std::map<std::pair<const clang::StackFrameContext *, const clang::CFGBlock *>,
           llvm::BitVector>
      Cache;
  /// Conditions that decide nothing.
  std::vector<clang::SourceRange> Idle;

  void mention(const clang::Stmt *S, llvm::BitVector &In, unsigned Depth = 0);
  void close(llvm::BitVector &Set) const;
  const llvm::BitVector &totalOf(const clang::Decl *D);
  const std::vector<llvm::BitVector> &liveIn(const clang::Decl *D,
                                             const clang::CFG &G);
  void collect(clang::AnalysisDeclContext &ADC,
               llvm::SmallVectorImpl<const clang::FunctionDecl *> &Leads);
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_SLICE_H
