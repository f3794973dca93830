//===- LinkCollector.cpp --------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/LinkCollector.h"
#include "Engine/Exploration.h"
#include "Engine/PathSteps.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Index/USRGeneration.h"
#include "llvm/Support/Path.h"

using namespace clang;
using namespace irqlint;

std::string irqlint::usrOf(const FunctionDecl *FD) {
  SmallString<128> Usr;
  if (index::generateUSRForDecl(FD, Usr))
    return "";
  return Usr.str().str();
}

FunctionSummary irqlint::summaryOf(const LinkFunction &K) {
  FunctionSummary S;
  S.Known = K.Known;
  S.Neutral = !K.Changes;
  S.Blurs = K.Blurs;
  S.Need.MinHi = K.MinHi;
  S.Need.MaxLo = K.MaxLo;
  S.Completes = K.Completes;
  S.Awaits = K.Awaits;
  S.TouchesUnknown = K.TouchesUnknown;
  for (const std::string &T : K.Touches)
    S.TouchedKeys[T] |= FunctionSummary::Uses;
  for (const std::string &T : K.TouchesExclusive)
    S.TouchedKeys[T] |= FunctionSummary::Exclusively;
  for (const std::string &T : K.Destroys)
    S.TouchedKeys[T] |= FunctionSummary::Destroys;
  for (const LockTake &T : K.Takes)
    S.Takes[T.Key] = T;
  return S;
}

ClassId LinkCollector::globalClass(StringRef Name) {
  return Globals.insert(Name.str()).first->c_str();
}

const std::string &LinkCollector::keyOf(ClassId C) const {
  auto [I, New] = Keys.try_emplace(C);
  if (New && C) {
    std::string K = makeKey(C);
    Keys[C] = std::move(K);
  }
  return Keys[C];
}

std::string LinkCollector::makeKey(ClassId C) const {
  for (const std::string &G : Globals)
    if (G.c_str() == C)
      return "system:" + G;
  const auto *D = static_cast<const Decl *>(C);
  if (const auto *F = dyn_cast<FieldDecl>(D)) {
    const RecordDecl *R = F->getParent();
    std::string Owner = R->getQualifiedNameAsString();
    if (!R->getIdentifier())
      if (const TypedefNameDecl *T = R->getTypedefNameForAnonDecl())
        Owner = T->getNameAsString();
    // Two nameless types are not to be mixed up.
    if (Owner.empty() || !R->getIdentifier()) {
      SourcePos P = posOf(R->getLocation(), Ctx);
      Owner += "@" + P.File + ":" + std::to_string(P.Line);
    }
    return Owner + "::" + F->getNameAsString();
  }
  const auto *V = dyn_cast<VarDecl>(D);
  if (!V || !V->hasGlobalStorage())
    return "";
  if (V->isExternallyVisible())
    return V->getQualifiedNameAsString();
  SourcePos P = posOf(V->getLocation(), Ctx);
  return V->getQualifiedNameAsString() + "@" + P.File + ":" +
         std::to_string(P.Line);
}

LockTake LinkCollector::describe(const HeldLock &L, const Identity &Ids) const {
  LockTake T;
  // (One class of locks for all objects of a wrapper would be none at all.)
  const Decl *Derived = nullptr;
  if (std::optional<ClassId> Outer =
          Ids.wrapperClass(L.Object, L.Class, Derived)) {
    T.Key = *Outer ? keyOf(*Outer) : "";
    if (const auto *Whole = dyn_cast_or_null<NamedDecl>(Derived))
      T.Key += " of " + Whole->getQualifiedNameAsString();
  } else {
    T.Key = keyOf(L.Class);
  }
  T.Text = (L.Kind ? L.Kind->Title : std::string("lock")) + " '" +
           Ids.nameOf(L.Object) + "'";
  T.Shared = L.Shared;
  T.Recursive = L.Kind && (L.Shared ? L.Kind->RecursiveShared
                                    : L.Kind->RecursiveExclusive);
  SourceLocation Used = Ids.placeOf(L.Object);
  if (const auto *E = static_cast<const Expr *>(L.Site))
    T.Pos = posOf(Used.isValid() ? Used : E->getBeginLoc(), Ctx);
  return T;
}

void LinkCollector::noteOrder(const SyncState &Before, const HeldLock &New,
                              const Identity &Ids, const FunctionDecl *Frame) {
  // (What was taken where it must not be is told as that.)
  if (Before.Held.empty() || !New.Class || New.Depth > 1 || New.Doubtful)
    return;
  noteSkipped(Before, {describe(New, Ids)}, Ids, Frame, SourceLocation());
}

void LinkCollector::noteSkipped(const SyncState &Held,
                                const std::vector<LockTake> &Takes,
                                const Identity &Ids, const FunctionDecl *Frame,
                                SourceLocation Call) {
  if (Takes.empty())
    return;
  std::vector<LockTake> From;
  for (const HeldLock &L : Held.Held) {
    // (What is held at entry was taken before the function.)
    if (!L.Class || (!L.Site && !(L.FromEntry && Frame)))
      continue;
    LockTake T = describe(L, Ids);
    if (!L.Site)
      T.Pos = posOf(Frame->getLocation(), Ctx);
    if (!T.Key.empty())
      From.push_back(std::move(T));
  }
  // A function that takes what is held already would wait for itself: what it
  // takes depends on what is not known here, and so may the other locks.
  auto Again = [&](const LockTake &F) {
    return !F.Recursive && llvm::any_of(Takes, [&](const LockTake &To) {
      return F.Key == To.Key;
    });
  };
  if (Call.isValid() && llvm::any_of(From, Again))
    return;
  for (const LockTake &To : Takes) {
    // (What is held already is taken again, or is another of its class.)
    if (llvm::any_of(From, [&](const LockTake &F) { return F.Key == To.Key; }))
      continue;
    for (const LockTake &F : From) {
      if (To.Key.empty() || !Known.insert({F, To}).second)
        continue;
      LockOrderEdge E;
      E.From = F;
      E.To = To;
      for (const LockTake &H : From)
        E.Held.push_back(H.Key);
      E.Function = Frame ? Frame->getQualifiedNameAsString() : "";
      if (Call.isValid())
        E.Call = posOf(Call, Ctx);
      Order.push_back(std::move(E));
    }
  }
}

/// Defined in another unit, if it is the driver's at all.
bool LinkCollector::isForeign(const FunctionDecl *FD) const {
  return FD->getIdentifier() && !Index.find(FD) && !Index.ruleOf(FD) &&
         FD->isExternallyVisible() && !FD->getBuiltinID() &&
         !FD->isInvalidDecl();
}

bool LinkCollector::leadsOut(const FunctionDecl *FD) const {
  FD = FD->getCanonicalDecl();
  auto [I, New] = LeadsOut.try_emplace(FD, false);
  if (New) {
    bool Does = !reach(FD, /*Own=*/false).empty();
    return LeadsOut[FD] = Does;
  }
  return I->second;
}

LinkUse &LinkCollector::use(const FunctionDecl *Caller,
                            const FunctionDecl *Callee) {
  LinkUse &U = Uses[{Caller, Callee->getCanonicalDecl()}];
  if (U.Usr.empty()) {
    U.Usr = usrOf(Callee);
    if (Caller)
      U.Caller = usrOf(Caller);
  }
  return U;
}

void LinkCollector::noteCall(const FunctionDecl *Callee, IrqlRange Level,
                             const SyncState &Held, const Identity &Ids,
                             const FunctionDecl *Frame, SourceLocation Call) {
  if (Index.find(Callee) ? !leadsOut(Callee) : !isForeign(Callee))
    return;
  LinkUse &U = use(Frame, Callee);
  U.HighestLo = std::max(U.HighestLo, Level.Lo);
  U.LowestHi = std::min(U.LowestHi, Level.Hi);
  for (const HeldLock &L : Held.Held) {
    U.Spinning |= L.Kind && L.Kind->Spins;
    if (!L.Class) {
      U.HeldUnknown = true;
      continue;
    }
    LockTake T = describe(L, Ids);
    if (T.Key.empty() ||
        llvm::any_of(U.Held, [&](const LockTake &K) { return K.Key == T.Key; }))
      continue;
    U.Held.push_back(std::move(T));
    U.Call = posOf(Call, Ctx);
    U.Function = Frame ? Frame->getQualifiedNameAsString() : "";
  }
}

llvm::SetVector<const FunctionDecl *>
LinkCollector::reach(const FunctionDecl *FD, bool Own) const {
  llvm::SetVector<const FunctionDecl *> Out;
  llvm::SmallPtrSet<const FunctionDecl *, 16> Seen;
  SmallVector<const FunctionDecl *, 16> Work{FD->getCanonicalDecl()};
  while (!Work.empty()) {
    const FunctionDecl *Next = Work.pop_back_val();
    if (!Seen.insert(Next).second)
      continue;
    const FunctionFacts *F = Index.find(Next);
    if (!F) {
      if (isForeign(Next))
        Out.insert(Next);
      continue;
    }
    if (Index.ruleOf(Next))
      continue;
    if (Own && Seen.size() > 1 && F->FD->isExternallyVisible() &&
        !F->FD->isInlined())
      Out.insert(Next);
    Work.append(F->Callees.begin(), F->Callees.end());
  }
  return Out;
}

void LinkCollector::noteUnexplored(const FunctionDecl *FD,
                                   const EntryContext &Entry) {
  // What it calls in the unit is reached at its level, too, and may have no
  // known level of its own.
  for (const FunctionDecl *Callee : Index.find(FD)->Callees) {
    if (Index.find(Callee) ? !Entry.Known || !leadsOut(Callee)
                           : !isForeign(Callee))
      continue;
    LinkUse &U = use(FD, Callee);
    if (!Entry.Known)
      continue;
    U.HighestLo = std::max(U.HighestLo, Entry.Range.Lo);
    U.LowestHi = std::min(U.LowestHi, Entry.Range.Hi);
  }
}

void LinkCollector::fill(LinkFunction &F, const FunctionDecl *FD,
                         const FunctionSummary &S) const {
  F.Known = S.Known;
  F.Changes = S.Known && !S.Neutral;
  F.Blurs = S.Blurs;
  F.MinHi = S.Need.MinHi;
  F.MaxLo = S.Need.MaxLo;
  F.Completes = S.Completes;
  F.Awaits = S.Awaits;
  F.TouchesUnknown = S.TouchesUnknown;
  std::map<std::string, unsigned> Touched = S.TouchedKeys;
  for (auto [C, How] : S.Touched)
    if (const std::string &K = keyOf(C); !K.empty())
      Touched[K] |= How;
  for (const auto &[K, How] : Touched) {
    if (How & FunctionSummary::Uses)
      F.Touches.push_back(K);
    if (How & FunctionSummary::Exclusively)
      F.TouchesExclusive.push_back(K);
    if (How & FunctionSummary::Destroys)
      F.Destroys.push_back(K);
  }
  for (const auto &[K, T] : S.Takes)
    F.Takes.push_back(T);
  for (const FunctionDecl *Callee : reach(FD, /*Own=*/true))
    F.Calls.push_back(usrOf(Callee));
  llvm::sort(F.Calls);
}

LinkFacts LinkCollector::take() const {
  LinkFacts Out;
  for (const auto &[Place, U] : Uses)
    if (!U.Usr.empty()) {
      Out.Uses.push_back(U);
      llvm::sort(Out.Uses.back().Held);
    }
  for (const auto &[FD, Role] : Index.foreignRegistrations())
    if (std::string Usr = usrOf(FD); !Usr.empty())
      Out.Registrations.push_back({Usr, Role->Name});
  llvm::sort(Out.Registrations);
  Out.Registrations.erase(llvm::unique(Out.Registrations),
                          Out.Registrations.end());
  Out.Order = Order;
  return Out;
}
