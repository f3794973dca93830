//===- Merge.h - Joining paths that agree -----------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Property simulation (Das, Lerner, Seigle: ESP, PLDI 2002) on top of the
/// static analyzer: where control flow joins, paths with the same
/// synchronization state become one path that knows only what all of them
/// know. Paths with different synchronization states are never joined, so a
/// flag that goes with a held lock keeps its value.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_MERGE_H
#define IRQLINT_ENGINE_MERGE_H

#include "Engine/Extent.h"
#include "Engine/Slice.h"
#include "Engine/StateTrait.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ExprEngine.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/RangedConstraintManager.h"
#include "llvm/ADT/SetVector.h"
#include <map>
#include <vector>

namespace irqlint {

class Merger {
public:
  explicit Merger(StatePool &Pool) : Pool(Pool) {}

  /// Paths that differ only outside of \p S are joined at once.
  void useSlice(Slice &S) { Relevant = &S; }

  enum class Verdict { Continue, Drop };

  /// The program stores to a member or element; the analyzer's store does not
  /// list these, so they are remembered here.
  void noteStore(const clang::ento::TypedValueRegion *R) {
    Written.insert(R);
    Watched.insert(R);
  }
  bool hasStored(const clang::ento::TypedValueRegion *R) const {
    return Written.contains(R);
  }

  /// The program has read the member \p R, which decides about a lock: what is
  /// known of its value is kept as long as all paths agree on it.
  /// \p Joint: together with others.
  void noteGuard(const clang::ento::TypedValueRegion *R, bool Joint) {
    Guards.insert(R);
    if (Joint)
      JointGuards.insert(R);
    Watched.insert(R);
  }
  const llvm::SetVector<const clang::ento::TypedValueRegion *> &guards() const {
    return Guards;
  }

  /// Lets go of all states; they must not outlive their engine.
  void clear() { Table.clear(); }

  /// The state with which a path waits at the entrance of \p Block has become
  /// part of a more general one.
  bool isReplaced(const clang::CFGBlock *Block,
                  const clang::StackFrameContext *Frame,
                  const clang::ento::ProgramState *S) const {
    return Replaced.contains({{Block, Frame}, S});
  }
  /// The path goes on from there.
  void goesOn(const clang::CFGBlock *Block,
              const clang::StackFrameContext *Frame,
              const clang::ento::ProgramState *S) {
    Gone.insert({{Block, Frame}, S});
  }

  /// A path enters \p Block from \p Previous in state \p S. Continue: go on
  /// with \p S, which may have been weakened. Drop: an earlier path covers this
  /// one.
  /// \p Entry is the symbol of the level at entry. \p Flags: variables of the
  /// function that decide about a lock.
  Verdict enter(const clang::CFGBlock *Block, const clang::CFGBlock *Previous,
                const clang::StackFrameContext *Frame,
                clang::ento::ProgramStateRef &S, clang::ento::SymbolRef Entry,
                clang::ento::ExprEngine &Eng,
                llvm::ArrayRef<const clang::VarDecl *> Flags = {});

private:
  struct Key {
    const clang::CFGBlock *Block;
    const clang::StackFrameContext *Frame;
    const SyncState *Class;
    std::string Control; ///< control variables, flags, what is returned
    bool operator<(const Key &O) const {
      return std::tie(Block, Frame, Class, Control) <
             std::tie(O.Block, O.Frame, O.Class, O.Control);
    }
  };
  /// What a state knows, in a form that is cheap to compare.
  struct Facts {
    clang::ento::ProgramStateRef State;
    llvm::DenseMap<clang::ento::SymbolRef, clang::ento::RangeSet> Constraints;
    llvm::DenseMap<const clang::ento::MemRegion *, clang::ento::SVal> Variables;
    std::vector<clang::ento::SVal> Members; ///< parallel to Watched
    /// At the exit of a function: what it returns, which lies with the
    /// expression and not in a variable.
    const clang::Expr *ReturnExpr = nullptr;
    clang::ento::SVal Returned;
    /// What is known of those that choose a lock together.
    std::string Choice;
  };
  struct Seen {
    std::vector<Facts> Kept;
    /// How often a state had to be weakened that had gone on already.
    unsigned Rounds = 0;
  };
  using Waiting = std::pair<
      std::pair<const clang::CFGBlock *, const clang::StackFrameContext *>,
      const clang::ento::ProgramState *>;
  llvm::DenseSet<Waiting> Replaced, Gone;
  StatePool &Pool;
  llvm::SetVector<const clang::ento::TypedValueRegion *> Written, Guards,
      JointGuards;
  /// Both: the places in memory whose values are compared.
  llvm::SetVector<const clang::ento::TypedValueRegion *> Watched;
  std::map<Key, Seen> Table;
  std::map<const clang::CFGBlock *, bool> JoinCache;
  /// Symbols that stand for "any value" in one place, by block and region.
  llvm::DenseSet<clang::ento::SymbolRef> AnySymbols;
  std::vector<void *> ConstraintKeys, RelationKeys;
  bool KeysKnown = false;
  Slice *Relevant = nullptr;
  /// What decides at the place of the join.
  const llvm::BitVector *Live = nullptr;
  static constexpr unsigned Always = ~0u;
  /// The variable or member, by its number in the slice, that a region or an
  /// origin of a symbol belongs to.
  mutable llvm::DenseMap<const clang::ento::MemRegion *, unsigned> Places;
  mutable llvm::DenseMap<clang::ento::SymbolRef, llvm::SmallVector<unsigned, 2>>
      Origins;

  bool isLive(unsigned Place) const {
    return Place == Always || (Place < Live->size() && Live->test(Place));
  }
  unsigned placeOf(const clang::ento::MemRegion *R) const;
  bool isRelevant(const clang::ento::MemRegion *R) const {
    return isLive(placeOf(R));
  }
  bool isRelevant(clang::ento::SymbolRef S,
                  const llvm::DenseSet<clang::ento::SymbolRef> &Stored) const;
  bool agreeInSlice(const Facts &A, const Facts &B,
                    const clang::StackFrameContext *Frame,
                    clang::ento::ExprEngine &Eng) const;
  void bornInOne(const Facts &A, const Facts &B,
                 const clang::StackFrameContext *Frame,
                 llvm::function_ref<void(const clang::VarDecl *,
                                         const clang::StackFrameContext *)>
                     Do) const;
  clang::ento::ProgramStateRef
  bornInEither(clang::ento::ProgramStateRef W, const Facts &New,
               const Facts &Old, const clang::StackFrameContext *Frame,
               clang::ConstCFGElementRef Anchor,
               clang::ento::SValBuilder &SVB) const;
  bool agreeInBirth(const Facts &A, const Facts &B,
                    const clang::StackFrameContext *Frame) const;
  bool isJoin(const clang::CFGBlock *B, const clang::ParentMap &Parents);
  void findConstraintKeys(clang::ento::ProgramStateRef S,
                          const clang::LocationContext *LC,
                          clang::ConstCFGElementRef Anchor,
                          clang::ento::ExprEngine &Eng);
  clang::ento::ProgramStateRef concretize(
      clang::ento::ProgramStateRef S,
      const llvm::DenseMap<const clang::ento::MemRegion *, clang::ento::SVal>
          &Variables,
      clang::ento::ExprEngine &Eng, const clang::LocationContext *LC) const;
  Facts factsOf(clang::ento::ProgramStateRef S,
                clang::ento::ExprEngine &Eng) const;
  bool covers(const Facts &General, const Facts &Special,
              clang::ento::ExprEngine &Eng) const;
  unsigned difference(const Facts &A, const Facts &B) const;
  std::string choiceOf(const Facts &F, clang::ento::ExprEngine &Eng) const;
  clang::ento::ProgramStateRef
  weaken(const Facts &New, const Facts &Old, unsigned Round,
         const clang::CFGBlock *Block, clang::ento::SymbolRef Entry,
         clang::ento::ExprEngine &Eng, const clang::LocationContext *LC,
         clang::ConstCFGElementRef Anchor);
  /// What is known of bits of \p R, as a part of a choice.
  static void saysOfBits(const Facts &F, const clang::ento::TypedValueRegion *R,
                         llvm::raw_ostream &OS);
  /// What the two sides know alike of bits of \p V and \p Was, of \p Any.
  clang::ento::ProgramStateRef
  keepBits(clang::ento::ProgramStateRef W, clang::ento::SVal Any,
           clang::ento::SVal V, clang::ento::SVal Was, const Facts &New,
           const Facts &Old, clang::ento::ExprEngine &Eng) const;
  /// Whether \p Special keeps to what \p General knows of \p S; nothing if that
  /// is no test of bits of a symbol that \p Meaning names.
  static std::optional<bool> coversBits(
      clang::ento::SymbolRef S, const clang::ento::RangeSet &General,
      const llvm::DenseMap<clang::ento::SymbolRef, clang::ento::SVal> &Meaning,
      const Facts &Special);
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_MERGE_H
