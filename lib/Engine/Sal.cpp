//===- Sal.cpp ------------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Sal.h"
#include "clang/AST/Attr.h"
#include "clang/AST/Decl.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;
using namespace irqlint;
using llvm::StringRef;

namespace {

enum class Sal {
  Other,
  Max,
  Min,
  Exact,
  Raises,
  Saves,
  Restores,
  Same,
  Acquires,
  AcquiresShared,
  Releases,
  Held,
  Class,
  Dispatch,
};

Sal classify(StringRef Name) {
  return llvm::StringSwitch<Sal>(Name)
      .Cases({"_IRQL_requires_max_", "__drv_maxIRQL"}, Sal::Max)
      .Cases({"_IRQL_requires_min_", "__drv_minIRQL"}, Sal::Min)
      .Cases({"_IRQL_requires_", "__drv_requiresIRQL"}, Sal::Exact)
      .Cases({"_IRQL_raises_", "__drv_raisesIRQL", "__drv_setsIRQL"},
             Sal::Raises)
      .Cases({"_IRQL_saves_", "_IRQL_saves_global_", "__drv_savesIRQL",
              "__drv_savesIRQLGlobal", "__drv_out_deref"},
             Sal::Saves)
      .Cases({"_IRQL_requires_same_", "__drv_sameIRQL"}, Sal::Same)
      .Cases({"_IRQL_restores_", "_IRQL_restores_global_", "__drv_restoresIRQL",
              "__drv_restoresIRQLGlobal"},
             Sal::Restores)
      .Cases({"_Acquires_lock_", "_Acquires_exclusive_lock_",
              "_Acquires_nonreentrant_lock_", "__drv_acquiresResource",
              "__drv_acquiresExclusiveResource", "__acquires"},
             Sal::Acquires)
      .Cases({"__drv_acquiresResourceGlobal",
              "__drv_acquiresExclusiveResourceGlobal",
              "__drv_acquiresCancelSpinLock", "_Global_cancel_spin_lock_"},
             Sal::Acquires)
      .Case("_Acquires_shared_lock_", Sal::AcquiresShared)
      .Cases({"_Releases_lock_", "_Releases_exclusive_lock_",
              "_Releases_shared_lock_", "_Releases_nonreentrant_lock_",
              "__drv_releasesResource", "__drv_releasesExclusiveResource",
              "__releases", "__drv_releasesCancelSpinLock"},
             Sal::Releases)
      .Cases({"__drv_releasesResourceGlobal",
              "__drv_releasesExclusiveResourceGlobal"},
             Sal::Releases)
      .Cases({"_Requires_lock_held_", "_Requires_exclusive_lock_held_",
              "_Requires_shared_lock_held_", "__drv_mustHold",
              "__drv_mustHoldGlobal", "__drv_holdsCancelSpinLock"},
             Sal::Held)
      .Cases({"_Function_class_", "__drv_functionClass"}, Sal::Class)
      .Cases({"_Dispatch_type_", "__drv_dispatchType"}, Sal::Dispatch)
      .Default(Sal::Other);
}

/// The level named in an annotation: a level constant, a number, or a sum of
/// such as some headers have it.
std::optional<Irql> levelOf(StringRef Text) {
  Text = Text.trim(" ()");
  unsigned N;
  if (!Text.getAsInteger(0, N))
    return irqlFromNumber(N);
  return parseIrql(std::string_view(Text.data(), Text.size()));
}

/// Splits "NAME(ARGS)".
std::pair<StringRef, StringRef> splitCall(StringRef T) {
  size_t Open = T.find('(');
  if (Open == StringRef::npos)
    return {T, ""};
  return {T.take_front(Open), T.drop_front(Open + 1).rsplit(')').first};
}

} // namespace

/// What the annotation says about a lock that it names.
static std::optional<SalLockClaim> lockClaim(StringRef Name, StringRef Args) {
  SalLockClaim L;
  L.Text = Args.trim().str();
  if (Name.contains("_exclusive_") || Name.contains("Exclusive"))
    L.M = SalLockClaim::Exclusive;
  else if (Name.contains("_shared_"))
    L.M = SalLockClaim::Shared;
  if (Name == "_Requires_lock_not_held_") {
    L.R = SalLockClaim::NotHeld;
  } else if (Name == "_Requires_no_locks_held_") {
    L.R = SalLockClaim::NoneHeld;
    return L;
  } else {
    switch (classify(Name)) {
    case Sal::Acquires:
    case Sal::AcquiresShared:
      L.R = SalLockClaim::Acquires;
      break;
    case Sal::Releases:
      L.R = SalLockClaim::Releases;
      break;
    case Sal::Held:
      L.R = SalLockClaim::Held;
      break;
    default:
      return std::nullopt;
    }
  }
  if (L.Text.empty() || StringRef(L.Text).starts_with("_Global_"))
    return std::nullopt;
  return L;
}

/// Cuts at the first comma outside of parentheses.
static std::pair<StringRef, StringRef> cutAtComma(StringRef T) {
  int Depth = 0;
  for (size_t I = 0; I < T.size(); ++I) {
    Depth += T[I] == '(';
    Depth -= T[I] == ')';
    if (T[I] == ',' && Depth == 0)
      return {T.take_front(I).trim(), T.drop_front(I + 1).trim()};
  }
  return {T.trim(), ""};
}

/// `_When_(Condition, NAME(ARGS) NAME(ARGS) ...)`.
static void noteConditional(StringRef Args, SalContract &C) {
  auto [When, Rest] = cutAtComma(Args);
  while (!Rest.empty()) {
    StringRef Name =
        Rest.take_while([](char Ch) { return llvm::isAlnum(Ch) || Ch == '_'; });
    Rest = Rest.drop_front(Name.size()).ltrim();
    size_t End = 0;
    if (Rest.starts_with("(")) {
      int Depth = 0;
      do {
        Depth += Rest[End] == '(';
        Depth -= Rest[End] == ')';
        ++End;
      } while (Depth > 0 && End < Rest.size());
    } else if (Name.empty()) {
      return;
    }
    StringRef Inner = End >= 2 ? Rest.slice(1, End - 1) : StringRef();
    Rest = Rest.drop_front(End).ltrim(" \t\n,");
    std::optional<SalLockClaim> L = lockClaim(Name, Inner);
    if (!L ||
        (L->R != SalLockClaim::Acquires && L->R != SalLockClaim::Releases))
      continue;
    L->When = When.str();
    C.Conditional.push_back(std::move(*L));
  }
}

static void apply(StringRef Text, SalContract &C) {
  auto [Name, Args] = splitCall(Text);
  if (std::optional<SalLockClaim> L = lockClaim(Name, Args))
    C.Locks.push_back(std::move(*L));
  else if (Name == "_When_" || Name == "__drv_when")
    noteConditional(Args, C);
  switch (classify(Name)) {
  case Sal::Max:
    if (auto L = levelOf(Args)) {
      C.HasWindow = true;
      C.Window.Hi = std::min(C.Window.Hi, *L);
    }
    break;
  case Sal::Min:
    if (auto L = levelOf(Args)) {
      C.HasWindow = true;
      C.Window.Lo = std::max(C.Window.Lo, std::min(*L, Irql::Dirql));
    }
    break;
  case Sal::Exact:
    // (No constant is the level of a device: who means it writes the highest.)
    if (auto L = levelOf(Args)) {
      C.HasWindow = true;
      C.Window = {std::min(*L, Irql::Dirql), *L};
    }
    break;
  case Sal::Raises: {
    C.ChangesLevel = true;
    Effect E;
    E.Do = EffectKind::Raise;
    if (auto L = levelOf(Args)) {
      E.To.K = LevelRef::Fixed;
      E.To.Level = *L;
      C.Fn.Effects.push_back(E);
    }
    break;
  }
  case Sal::Saves:
    C.ChangesLevel = true;
    if (Args.empty())
      C.SavesTo.push_back(-1);
    break;
  case Sal::Same:
    C.SameLevel = true;
    break;
  case Sal::Restores: {
    // (Of the function itself: the level lies somewhere that is not a
    // parameter. Nobody can tell which it is.)
    C.ChangesLevel = true;
    Effect E;
    E.Do = EffectKind::Lower;
    C.Fn.Effects.push_back(E);
    break;
  }
  case Sal::Acquires:
  case Sal::AcquiresShared:
    C.AcquiresLock = true;
    break;
  case Sal::Releases:
    C.ReleasesLock = true;
    break;
  case Sal::Held:
    C.RequiresLock = true;
    break;
  case Sal::Class:
    C.Role = Args.trim().str();
    break;
  case Sal::Dispatch:
    if (C.Role.empty())
      C.Role = "DRIVER_DISPATCH";
    break;
  case Sal::Other:
    // _When_, _At_ and the like wrap others: what they say holds only under a
    // condition, which is enough not to judge the body's exits by it.
    C.AcquiresLock |= Args.contains("_Acquires_") || Args.contains("acquires");
    C.ReleasesLock |= Args.contains("_Releases_") || Args.contains("releases");
    C.ChangesLevel |= Args.contains("_IRQL_raises_") ||
                      Args.contains("_IRQL_saves_") ||
                      Args.contains("_IRQL_restores_") ||
                      Args.contains("setsIRQL") || Args.contains("savesIRQL");
    break;
  }
}

/// What stands at a parameter calls it by a word of its own.
static std::string named(StringRef Text, StringRef Parameter) {
  static const StringRef Own = "_Curr_";
  std::string Result;
  for (size_t At; (At = Text.find(Own)) != StringRef::npos;
       Text = Text.drop_front(At + Own.size()))
    (Result += Text.take_front(At)) += Parameter;
  return Result += Text;
}

SalContract irqlint::readSal(const FunctionDecl *FD) {
  SalContract C;
  llvm::StringSet<> Seen;
  auto Read = [&](const Decl *D) {
    for (const auto *A : D->specific_attrs<AnnotateAttr>()) {
      StringRef T = A->getAnnotation();
      if (!T.consume_front("sal:") || !Seen.insert(T).second)
        continue;
      apply(T, C);
    }
  };
  // Where the old level goes to, or comes from.
  auto Saves = [&C](unsigned Index) {
    C.ChangesLevel = true;
    C.SavesTo.push_back(Index);
    for (Effect &E : C.Fn.Effects)
      if (E.Do == EffectKind::Raise) {
        E.Saves.K = ValueRef::Deref;
        E.Saves.Index = Index;
      }
  };
  auto Restores = [&C](const ParmVarDecl *P, unsigned Index) {
    C.ChangesLevel = true;
    Effect E;
    E.Do = EffectKind::Lower;
    E.Restores.K = LevelRef::Value;
    E.Restores.From.K =
        P->getType()->isPointerType() ? ValueRef::Deref : ValueRef::Arg;
    E.Restores.From.Index = Index;
    C.Fn.Effects.push_back(E);
  };
  auto ReadSaved = [&](const ParmVarDecl *P, unsigned Index) {
    for (const auto *A : P->specific_attrs<AnnotateAttr>()) {
      StringRef T = A->getAnnotation();
      if (!T.consume_front("sal:"))
        continue;
      Sal K = classify(splitCall(T).first);
      if (K == Sal::Restores)
        Restores(P, Index);
      else if (K == Sal::Saves)
        Saves(Index);
      else if ((K == Sal::Acquires || K == Sal::AcquiresShared ||
                K == Sal::Releases) &&
               P->getIdentifier())
        // (What is to be held is not asked here: see docs/limits.md.)
        apply(StringRef(named(T, P->getName())), C);
    }
  };
  // "global" forms of the function name the parameter last; a level in it is
  // as good as in one that is annotated itself.
  auto ReadGlobal = [&](const FunctionDecl *F) {
    for (const auto *A : F->specific_attrs<AnnotateAttr>()) {
      StringRef T = A->getAnnotation();
      if (!T.consume_front("sal:"))
        continue;
      auto [Name, Args] = splitCall(T);
      StringRef Where = Args.rsplit(',').second.trim();
      for (unsigned I = 0; I < F->getNumParams(); ++I) {
        const ParmVarDecl *P = F->getParamDecl(I);
        QualType Level = P->getType()->isPointerType()
                             ? P->getType()->getPointeeType()
                             : P->getType();
        if (P->getName() != Where || !Level->isCharType())
          continue;
        if (classify(Name) == Sal::Saves && P->getType()->isPointerType()) {
          Saves(I);
        } else if (classify(Name) == Sal::Restores) {
          llvm::erase_if(C.Fn.Effects, [](const Effect &E) {
            return E.Do == EffectKind::Lower;
          });
          Restores(P, I);
        }
      }
    }
  };
  // Later declarations inherit the annotations of earlier ones.
  const FunctionDecl *Last = FD->getMostRecentDecl();
  Read(Last);
  ReadGlobal(Last);
  unsigned I = 0;
  for (const ParmVarDecl *P : Last->parameters())
    ReadSaved(P, I++);
  C.Fn.Name = FD->getNameAsString();
  if (C.HasWindow && C.Window.Lo <= C.Window.Hi) {
    IrqlWindow W;
    W.Range = C.Window;
    C.Fn.Windows.push_back(W);
  } else {
    C.HasWindow = false;
  }
  return C;
}
