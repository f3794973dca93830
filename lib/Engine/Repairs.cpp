//===- Repairs.cpp --------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Repairs.h"
#include "Engine/PathSteps.h"
#include "Engine/ReleaseText.h"
#include "Engine/Values.h"
#include "clang/AST/ASTContext.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

namespace {

class Words : private ReleaseText {
public:
  using ReleaseText::ReleaseText;

  std::optional<LocatedRepair> find(const Remedy &Cure) {
    if (!understand(*Cure.At))
      return std::nullopt;
    LocatedRepair R;
    R.Release = Release;
    R.Acquisition = Acquisition;
    bool Found =
        Cure.K == Remedy::PairedRelease ? pairedRelease(R) : savedLevel(R);
    if (!Found || R.Edits.empty())
      return std::nullopt;
    return R;
  }

private:
  bool savedLevel(LocatedRepair &R) {
    unsigned At = ReleaseEffect->Restores.From.Index;
    if (ReleaseEffect->Restores.From.K != ValueRef::Arg ||
        At >= OldArgs.size() || !isOnlyAcquisition(/*Exactly=*/true))
      return false;
    std::string Text = savedText();
    if (Text.empty() || Text == OldArgs[At])
      return false;
    R.Says = "pass '" + Text + "'";
    R.Edits.push_back({OldRanges[At], Text});
    return true;
  }

  /// The effect by which the routine undoes the acquisition.
  const Effect *undoneBy(const FunctionContract &Fn) const {
    for (const Effect &E : Fn.Effects)
      if (E.Do == EffectKind::Release && E.LockKind == Lock->Kind->Name &&
          !E.IfHeld && E.When.empty() && E.ModeFrom.isNone() &&
          (E.Form.empty() || E.Form == Lock->Form) &&
          (!E.ModeStated || E.Shared == Lock->Shared))
        return &E;
    return nullptr;
  }

  bool pairedRelease(LocatedRepair &R) {
    if (AcquireEffect->ModeFrom.isNone() &&
        AcquireEffect->Shared != Lock->Shared)
      return false; // converted since
    // A shared hold that is given up as an exclusive one may have been meant to
    // be that, unless another release says otherwise.
    if (Lock->Shared && !ReleaseEffect->Shared && ReleaseEffect->ModeStated &&
        !isReleasedShared())
      return false;
    // A form that is right with APCs off only may be what is wrong.
    if ((Lock->Form != ReleaseEffect->Form ||
         ReleaseEffect->LockKind != Lock->Kind->Name) &&
        needOf(AcquireFn->Apc).Off && !Lock->ApcsWereOff)
      return false;
    // An object of another kind's type was acquired wrongly, too.
    if (!Lock->Kind->Types.empty() &&
        (AcquireEffect->Lock.K != ValueRef::Arg ||
         !typeIsOf(Lock->Kind->Types,
                   Acquisition->getArg(AcquireEffect->Lock.Index)
                       ->IgnoreParenCasts()
                       ->getType())))
      return false;
    // The one that names the mode is meant, if there are several.
    const FunctionContract *Partner = nullptr;
    const Effect *Undo = nullptr;
    const FunctionDecl *Decl = nullptr;
    unsigned Params = 0, Rivals = 0;
    for (const std::string &Name : AcquireFn->Pairs) {
      const FunctionContract *Fn = Unit.Index.rules().function(Name);
      const Effect *E = Fn ? undoneBy(*Fn) : nullptr;
      const FunctionDecl *D = nullptr;
      std::optional<unsigned> N = E ? declared(Name, D) : std::nullopt;
      if (!N || (Undo && Undo->ModeStated && !E->ModeStated))
        continue;
      Rivals = Undo && Undo->ModeStated == E->ModeStated ? Rivals + 1 : 0;
      Partner = Fn;
      Undo = E;
      Decl = D;
      Params = *N;
    }
    if (!Partner || Rivals || Partner->Name == ReleaseFn->Name)
      return false;
    bool Borrows = false;
    std::optional<Texts> Args = argumentsOf(*Undo, Params, Decl, Borrows);
    if (!Args || !isOnlyAcquisition(Borrows))
      return false;
    CharSourceRange Name = nameRange();
    if (Name.isInvalid())
      return false;
    R.Says = "call '" + Partner->Name + "(" + llvm::join(*Args, ", ") + ")'";
    R.Edits.push_back({Name, Partner->Name});
    return changeArguments(*Args, R);
  }

  /// What the partner has to be called with; of what the release does not name
  /// (\p Borrows) the acquisition tells.
  std::optional<Texts> argumentsOf(const Effect &Undo, unsigned Params,
                                   const FunctionDecl *Decl,
                                   bool &Borrows) const {
    Texts Args(Params);
    auto Put = [&](const ValueRef &Where, const ValueRef &Old,
                   const ValueRef &Source) {
      if (Where.isNone())
        return true;
      if (Where.K != ValueRef::Arg || Where.Index >= Params)
        return false;
      const Expr *From = nullptr;
      if (Old.K == ValueRef::Arg && Old.Index < OldArgs.size()) {
        From = Release->getArg(Old.Index);
        Args[Where.Index] = OldArgs[Old.Index];
      } else if (Source.K == ValueRef::Arg &&
                 Source.Index < Acquisition->getNumArgs()) {
        From = Acquisition->getArg(Source.Index);
        Borrows = true;
        if (isStable(From))
          Args[Where.Index] = textOfExpr(From);
      }
      return !Args[Where.Index].empty() && fits(From, Where.Index, Decl);
    };
    if (!Put(Undo.Lock, ReleaseEffect->Lock, AcquireEffect->Lock) ||
        !Put(Undo.Handle, ReleaseEffect->Handle, AcquireEffect->Handle))
      return std::nullopt;
    if (Undo.Restores.K == LevelRef::Value) {
      const ValueRef &To = Undo.Restores.From;
      if (To.K != ValueRef::Arg || To.Index >= Params)
        return std::nullopt;
      const ValueRef &Old = ReleaseEffect->Restores.From;
      if (Event->RestoresByValue && Old.K == ValueRef::Arg &&
          Old.Index < OldArgs.size() && Lock->Base.known() &&
          Event->Restores == Lock->Base) {
        Args[To.Index] = OldArgs[Old.Index]; // as it should be
      } else {
        Borrows = true;
        Args[To.Index] = savedText();
      }
    }
    // Another argument is one that nothing is known of.
    if (llvm::is_contained(Args, ""))
      return std::nullopt;
    return Args;
  }

  bool fits(const Expr *From, unsigned Index, const FunctionDecl *Decl) const {
    if (!Decl || !From)
      return From;
    QualType Want = Decl->getParamDecl(Index)->getType();
    return Unit.Ctx.hasSameUnqualifiedType(From->getType(), Want) ||
           (Want->isPointerType() && From->getType()->isPointerType() &&
            Unit.Ctx.hasSameUnqualifiedType(Want->getPointeeType(),
                                            From->getType()->getPointeeType()));
  }

  bool changeArguments(const Texts &New, LocatedRepair &R) const {
    size_t Old = OldArgs.size(), Common = 0;
    while (Common < Old && Common < New.size() &&
           OldArgs[Common] == New[Common])
      ++Common;
    if (Common == Old && Common == New.size())
      return true;
    if (New.empty())
      return false;
    SourceLocation End = OldRanges.back().getEnd();
    if (Old == New.size()) {
      for (size_t I = Common; I < Old; ++I)
        if (OldArgs[I] != New[I])
          R.Edits.push_back({OldRanges[I], New[I]});
    } else if (Common == New.size()) {
      R.Edits.push_back(
          {CharSourceRange::getCharRange(OldRanges[Common - 1].getEnd(), End),
           ""});
    } else if (Common == Old) {
      // (What only inserts is made twice by tools that apply repairs twice.)
      R.Edits.push_back(
          {OldRanges.back(),
           llvm::join(llvm::ArrayRef(New).drop_front(Old - 1), ", ")});
    } else {
      R.Edits.push_back(
          {CharSourceRange::getCharRange(OldRanges.front().getBegin(), End),
           llvm::join(New, ", ")});
    }
    return true;
  }
};

} // namespace

std::optional<LocatedRepair> irqlint::wordsOf(const Remedy &Cure, UnitRun &Unit,
                                              const LevelMap &Map,
                                              ProgramStateRef S,
                                              const LocationContext *LC) {
  if (Cure.K == Remedy::None || !Cure.At)
    return std::nullopt;
  return Words(Unit, Map, S, LC).find(Cure);
}

bool irqlint::isStillCertain(const LocatedRepair &R, const UnitRun &Unit) {
  auto Met = Unit.ReleasedBy.find(R.Release);
  if (Met == Unit.ReleasedBy.end() || Met->second.size() != 1 ||
      !Met->second.contains(R.Acquisition))
    return false;
  // Where something is wrong with the acquisition, that may be all.
  const SourceManager &SM = Unit.Ctx.getSourceManager();
  SourceLocation At = SM.getExpansionLoc(
      static_cast<const Expr *>(R.Acquisition)->getBeginLoc());
  return llvm::none_of(Unit.Pending, [&](const PendingReport &P) {
    return SM.getExpansionLoc(P.Loc) == At;
  });
}

TextEdit irqlint::textEdit(const LocatedEdit &E, const ASTContext &Ctx) {
  const SourceManager &SM = Ctx.getSourceManager();
  TextEdit T;
  T.Pos = posOf(E.Range.getBegin(), Ctx);
  T.Pos.EndLine = SM.getExpansionLineNumber(E.Range.getEnd());
  T.Pos.EndCol = SM.getExpansionColumnNumber(E.Range.getEnd());
  T.Was = Lexer::getSourceText(E.Range, SM, Ctx.getLangOpts()).str();
  T.Text = E.Text;
  return T;
}
