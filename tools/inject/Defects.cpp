//===- Defects.cpp - Defects to plant into a function ---------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Defects.h"
#include "Engine/EntryContext.h"
#include "Engine/LinkCollector.h"
#include "Sites.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include <map>

using namespace clang;
using namespace irqlint;

namespace {

/// Declares and asks for something that nobody can know.
constexpr llvm::StringLiteral Maybe =
    "extern int IrqlintMaybe(void); if (IrqlintMaybe()) ";
/// Blocks the thread for a while.
constexpr llvm::StringLiteral Delay =
    "LARGE_INTEGER IrqlintTime; IrqlintTime.QuadPart = -10000; "
    "KeDelayExecutionThread(KernelMode, FALSE, &IrqlintTime);";

/// Another form of a routine, which does not go with the partner of the first.
/// Args: how many of the arguments stay; More: what is appended.
struct Form {
  llvm::StringLiteral From, To;
  unsigned Args;
  llvm::StringLiteral More;
};
constexpr Form ReleaseForms[] = {
    {"KeReleaseSpinLock", "KeReleaseSpinLockFromDpcLevel", 1, ""},
    {"KeReleaseSpinLockFromDpcLevel", "KeReleaseSpinLock", 1, "PASSIVE_LEVEL"},
    {"KeReleaseInStackQueuedSpinLock",
     "KeReleaseInStackQueuedSpinLockFromDpcLevel", 1, ""},
    {"KeReleaseInStackQueuedSpinLockFromDpcLevel",
     "KeReleaseInStackQueuedSpinLock", 1, ""},
    {"ExReleaseSpinLockShared", "ExReleaseSpinLockExclusive", 2, ""},
    {"ExReleaseSpinLockExclusive", "ExReleaseSpinLockShared", 2, ""},
    {"ExReleaseSpinLockSharedFromDpcLevel",
     "ExReleaseSpinLockExclusiveFromDpcLevel", 1, ""},
    {"ExReleaseSpinLockExclusiveFromDpcLevel",
     "ExReleaseSpinLockSharedFromDpcLevel", 1, ""},
    {"ExReleaseFastMutex", "ExReleaseFastMutexUnsafe", 1, ""},
    {"ExReleaseFastMutexUnsafe", "ExReleaseFastMutex", 1, ""},
    {"KeReleaseGuardedMutex", "KeReleaseGuardedMutexUnsafe", 1, ""},
    {"ExReleasePushLockExclusive", "ExReleasePushLockShared", 1, ""},
    {"ExReleasePushLockShared", "ExReleasePushLockExclusive", 1, ""},
    {"NdisReleaseSpinLock", "NdisDprReleaseSpinLock", 1, ""},
    {"NdisDprReleaseSpinLock", "NdisReleaseSpinLock", 1, ""},
};
constexpr Form AcquireForms[] = {
    {"KeAcquireSpinLock", "KeAcquireSpinLockAtDpcLevel", 1, ""},
    {"KeAcquireInStackQueuedSpinLock",
     "KeAcquireInStackQueuedSpinLockAtDpcLevel", 2, ""},
    {"ExAcquireFastMutex", "ExAcquireFastMutexUnsafe", 1, ""},
    {"NdisAcquireSpinLock", "NdisDprAcquireSpinLock", 1, ""},
};

/// Statements that are wrong with a spin lock held, and what the end of the
/// file gets for them.
struct UnderLock {
  llvm::StringLiteral Class, Text, AtEnd;
};
constexpr UnderLock SpinningCrimes[] = {
    {"wait-under-lock", Delay, ""},
    {"wait-under-lock-deep", "extern void IrqlintOuter(void); IrqlintOuter();",
     "static void IrqlintInner(void) { LARGE_INTEGER T; T.QuadPart = -10000; "
     "KeDelayExecutionThread(KernelMode, FALSE, &T); } "
     "void IrqlintOuter(void) { IrqlintInner(); }"},
    {"paged-function-under-lock",
     "extern void IrqlintPaged(void); IrqlintPaged();",
     "void IrqlintPaged(void) { PAGED_CODE(); }"},
    {"paged-pool-under-lock",
     "ExFreePool(ExAllocatePoolWithTag(PagedPool, 8, 1));", ""},
    {"blocking-lock-under-lock",
     "extern FAST_MUTEX IrqlintMutex; ExAcquireFastMutex(&IrqlintMutex); "
     "ExReleaseFastMutex(&IrqlintMutex);",
     "FAST_MUTEX IrqlintMutex;"},
    {"passive-call-under-lock", "ZwClose((HANDLE)0);", ""},
    {"complete-under-lock",
     "extern PIRP IrqlintIrp; IoCompleteRequest(IrqlintIrp, "
     "IO_NO_INCREMENT);",
     "PIRP IrqlintIrp;"},
};

class Planter {
public:
  Planter(const FunctionDecl *FD, const UnitIndex &Index)
      : FD(FD), Index(Index), Ctx(FD->getASTContext()),
        Sites(sitesOf(FD, Index)), Entry(entryContextOf(FD, Index)) {
    Seen = Entry.IsEntryPoint;
    for (const auto &KV : Index.functions())
      Seen |= KV.second.Callees.contains(FD->getCanonicalDecl());
  }

  std::vector<Defect> run() {
    if (Sites.empty() || isa<CXXMethodDecl>(FD))
      return {};
    for (const Site &S : Sites)
      for (const SiteEffect &E : S.Effects)
        if (S.Removable)
          note(S, E);
    for (const auto &[Lock, P] : Locks)
      pair(Lock, P);
    regions();
    levels();
    entry();
    return std::move(Out);
  }

private:
  struct Partners {
    std::vector<const Site *> Acquires, Releases;
    const LockKindInfo *Kind = nullptr;
  };

  const FunctionDecl *FD;
  const UnitIndex &Index;
  const ASTContext &Ctx;
  std::vector<Site> Sites;
  EntryContext Entry;
  /// The file shows who calls it, and so what it is to do with locks.
  bool Seen = false;
  std::map<std::string, Partners> Locks;
  std::vector<const Site *> Enters, Leaves, Raises, Lowers;
  std::vector<Defect> Out;

  void note(const Site &S, const SiteEffect &E) {
    auto Once = [&S](std::vector<const Site *> &V) {
      if (V.empty() || V.back() != &S)
        V.push_back(&S);
    };
    switch (E.What->Do) {
    case EffectKind::Acquire:
    case EffectKind::Release:
      if (E.Kind && !E.Lock.empty()) {
        Partners &P = Locks[E.Lock];
        P.Kind = E.Kind;
        Once(E.What->Do == EffectKind::Acquire ? P.Acquires : P.Releases);
      }
      break;
    case EffectKind::EnterRegion:
      Once(Enters);
      break;
    case EffectKind::LeaveRegion:
      Once(Leaves);
      break;
    case EffectKind::Raise:
      Once(Raises);
      break;
    case EffectKind::Lower:
      Once(Lowers);
      break;
    default:
      break;
    }
  }

  // ---- making defects

  Defect &add(llvm::StringRef Class, const Site &S, std::vector<Edit> Edits,
              llvm::StringRef AtEnd = "") {
    Defect D;
    D.Class = Class.str();
    D.Function = FD->getQualifiedNameAsString();
    D.Usr = usrOf(FD);
    D.Line = S.Line;
    D.What = S.Text;
    D.Edits = std::move(Edits);
    if (!AtEnd.empty()) {
      const SourceManager &SM = Ctx.getSourceManager();
      unsigned Size = SM.getBufferData(SM.getMainFileID()).size();
      D.Edits.push_back({Size, Size,
                         "\n#pragma code_seg()\n#ifdef __cplusplus\n"
                         "extern \"C++\" {\n#endif\n" +
                             AtEnd.str() +
                             "\n#ifdef __cplusplus\n}\n#endif\n"});
    }
    Out.push_back(std::move(D));
    return Out.back();
  }
  static Edit replace(const Site &S, const llvm::Twine &Text) {
    return {S.Begin, S.End, Text.str()};
  }
  static Edit before(const Site &S, const llvm::Twine &Text) {
    return {S.Begin, S.End, ("{ " + Text + " " + S.Text + " }").str()};
  }
  static Edit after(const Site &S, const llvm::Twine &Text) {
    return {S.Begin, S.End, ("{ " + S.Text + " " + Text + " }").str()};
  }
  static Edit drop(const Site &S) { return {S.Begin, S.End, "(void)0;"}; }

  /// A statement that leaves the function with an error; empty if none can be
  /// written.
  std::string leave() const {
    QualType T = FD->getReturnType();
    if (T->isVoidType())
      return "return;";
    if (T.getAsString() == "NTSTATUS")
      return "return ((NTSTATUS)0xC0000001L);";
    if (T->isPointerType() || T->isIntegralOrEnumerationType())
      return "return (" + T.getAsString(Ctx.getPrintingPolicy()) + ")0;";
    return "";
  }

  /// The call as written in the main file, not in a macro: its callee's name
  /// and arguments.
  struct Written {
    std::string Name;
    std::vector<std::string> Args;
  };
  std::optional<Written> written(const SiteEffect &E) const {
    Written W;
    W.Name = textOf(E.Call->getCallee()->getSourceRange(), Ctx);
    for (const Expr *A : E.Call->arguments()) {
      W.Args.push_back(textOf(A->getSourceRange(), Ctx));
      if (W.Args.back().empty())
        return std::nullopt;
    }
    if (W.Name.empty() || textOf(E.Call->getSourceRange(), Ctx).empty())
      return std::nullopt;
    return W;
  }
  Edit editCall(const SiteEffect &E, const llvm::Twine &Text) const {
    return {unsigned(offsetOf(E.Call->getBeginLoc(), Ctx)),
            unsigned(offsetBehind(E.Call->getEndLoc(), Ctx)), Text.str()};
  }

  // ---- locks

  void pair(const std::string &Lock, const Partners &P) {
    // What only acquires, or only releases, is a helper; what it does is right
    // or wrong for its callers, which this file need not have.
    if (P.Acquires.empty() || P.Releases.empty())
      return;
    dropSome(P);
    const std::string Return = leave();
    // One more or one less than the callers expect, on all paths, is theirs to
    // know, unless it cannot be.
    const bool Counts = P.Kind->RecursiveExclusive || P.Kind->RecursiveShared;
    const bool Plain = Seen || !Counts;
    const SiteEffect *Effect = nullptr;
    for (const Site *R : P.Releases) {
      if (Plain)
        add("double-release", *R, {after(*R, R->Text)});
      add("conditional-release", *R, {before(*R, Maybe)});
      if (!Return.empty())
        add("return-before-release", *R, {before(*R, Maybe + Return)});
      if (R->Loop && sameLoop(P, *R)) {
        add("continue-before-release", *R, {before(*R, Maybe + "continue;")});
        add("break-before-release", *R, {before(*R, Maybe + "break;")});
      }
      Effect = effect(*R, EffectKind::Release, Lock);
      if (!Effect)
        continue;
      // Under another spin lock, that one lowers the level.
      if (!withinAnother(P, *R))
        forms(ReleaseForms, "release-form", *R, *Effect);
      wrongLevel(P, *R, *Effect);
      if (Seen || P.Releases.size() > 1)
        wrongLock(*R, *Effect);
      if (Plain) {
        releaseInHelper(*R, *Effect);
      }
      if (P.Kind->Spins)
        for (const UnderLock &C : SpinningCrimes)
          add(C.Class, *R, {before(*R, C.Text)}, C.AtEnd);
    }
    for (const Site *A : P.Acquires) {
      if (Plain)
        add("double-acquire", *A, {after(*A, A->Text)});
      if (Seen)
        add("conditional-acquire", *A, {before(*A, Maybe)});
      Effect = effect(*A, EffectKind::Acquire, Lock);
      if (!Effect)
        continue;
      forms(AcquireForms, "acquire-form", *A, *Effect);
      acquireInHelper(*A, *Effect);
      sharedToExclusive(*A, *Effect);
      if (!Return.empty())
        returnBetween(P, *A, Return);
    }
  }

  static const SiteEffect *effect(const Site &S, EffectKind K,
                                  const std::string &Lock) {
    for (const SiteEffect &E : S.Effects)
      if (E.What->Do == K && E.Lock == Lock)
        return &E;
    return nullptr;
  }

  bool withinAnother(const Partners &P, const Site &R) const {
    return llvm::any_of(Locks, [&](const auto &KV) {
      const Partners &O = KV.second;
      auto Before = [&](const Site *S) { return S->Begin < R.Begin; };
      return &O != &P && O.Kind->Spins && llvm::any_of(O.Acquires, Before) &&
             !llvm::all_of(O.Releases, Before);
    });
  }

  static bool sameLoop(const Partners &P, const Site &R) {
    return llvm::any_of(P.Acquires, [&](const Site *A) {
      return A->Loop == R.Loop && A->Begin < R.Begin;
    });
  }

  void dropSome(const Partners &P) {
    std::vector<Edit> All;
    for (const Site *R : P.Releases) {
      All.push_back(drop(*R));
      if (P.Releases.size() > 1)
        add("drop-release-path", *R, {drop(*R)});
    }
    if (!Seen)
      return;
    add("drop-release-all", *P.Releases.front(), All);
    for (const Site *A : P.Acquires)
      add("drop-acquire", *A, {drop(*A)});
  }

  /// Somewhere between an acquisition and the release in the same block.
  void returnBetween(const Partners &P, const Site &A,
                     const std::string &Return) {
    if (!A.Block)
      return;
    const Site *R = nullptr;
    for (const Site *S : P.Releases)
      if (S->Block == A.Block && S->Index > A.Index &&
          (!R || S->Index < R->Index))
        R = S;
    std::vector<const Site *> Between;
    for (const Site &S : Sites)
      if (R && S.Block == A.Block && S.Index > A.Index && S.Index < R->Index)
        Between.push_back(&S);
    if (Between.empty())
      return;
    const Site &S = *Between[Between.size() / 2];
    add("return-between", S,
        {{S.Begin, S.Begin,
          (Maybe + Return + " ").str().insert(0, "{ ") + "} "}});
  }

  template <size_t N>
  void forms(const Form (&Table)[N], llvm::StringRef Class, const Site &S,
             const SiteEffect &E) {
    std::optional<Written> W = written(E);
    for (const Form &F : Table) {
      if (!W || W->Name != F.From || W->Args.size() < F.Args)
        continue;
      std::string Text = F.To.str() + "(";
      for (unsigned I = 0; I < F.Args; ++I)
        Text += (I ? ", " : "") + W->Args[I];
      if (!F.More.empty())
        Text += ", " + F.More.str();
      add(Class, S, {editCall(E, Text + ")")});
    }
  }

  /// Another lock of the same kind: one that the function takes, too, or the
  /// neighbour in the same structure.
  void wrongLock(const Site &S, const SiteEffect &E) {
    if (E.What->Lock.K != ValueRef::Arg ||
        E.What->Lock.Index >= E.Call->getNumArgs())
      return;
    const Expr *Arg = E.Call->getArg(E.What->Lock.Index);
    const Expr *Object = Arg->IgnoreParenCasts();
    if (const auto *U = dyn_cast<UnaryOperator>(Object))
      if (U->getOpcode() == UO_AddrOf)
        Object = U->getSubExpr()->IgnoreParens();
    const auto *M = dyn_cast<MemberExpr>(Object);
    const auto *Field = M ? dyn_cast<FieldDecl>(M->getMemberDecl()) : nullptr;
    if (!Field)
      return;
    int B = offsetOf(M->getMemberLoc(), Ctx),
        End = offsetBehind(M->getMemberLoc(), Ctx);
    if (B < 0 || End < B)
      return;
    for (const FieldDecl *Other : Field->getParent()->fields())
      if (Other != Field && Other->getIdentifier() &&
          Ctx.hasSameType(Other->getType(), Field->getType()) &&
          Index.rules().lockKindOfType(
              baseType(Field->getType()).getUnqualifiedType().getAsString())) {
        add("wrong-lock", S,
            {{unsigned(B), unsigned(End), Other->getName().str()}});
        return;
      }
  }
  static QualType baseType(QualType T) {
    return T->isPointerType() ? T->getPointeeType() : T;
  }

  /// The saved level of a release comes from another variable.
  void wrongLevel(const Partners &P, const Site &S, const SiteEffect &E) {
    if (E.What->Restores.K != LevelRef::Value)
      return;
    unsigned I = E.What->Restores.From.Index;
    if (I >= E.Call->getNumArgs() ||
        textOf(E.Call->getSourceRange(), Ctx).empty())
      return;
    const Expr *Arg = E.Call->getArg(I);
    std::string Text = textOf(Arg->getSourceRange(), Ctx);
    if (Text.empty())
      return;
    unsigned B = offsetOf(Arg->getBeginLoc(), Ctx),
             End = offsetBehind(Arg->getEndLoc(), Ctx);
    add("saved-level-uninitialized", S,
        {{S.Begin, S.Begin, "{ KIRQL IrqlintIrql; "},
         {B, End, "IrqlintIrql"},
         {S.End, S.End, " }"}});
    // Another one that is in use at the same time.
    for (const auto &[Lock, Other] : Locks) {
      if (&Other == &P || Other.Acquires.size() != 1 ||
          Other.Releases.size() != 1 || P.Acquires.size() != 1 ||
          P.Releases.size() != 1)
        continue;
      const Site &A2 = *Other.Acquires[0], &R2 = *Other.Releases[0];
      const SiteEffect *E2 = effect(R2, EffectKind::Release, Lock);
      if (!E2 || E2->What->Restores.K != LevelRef::Value ||
          E2->What->Restores.From.Index >= E2->Call->getNumArgs())
        continue;
      std::string Text2 = textOf(
          E2->Call->getArg(E2->What->Restores.From.Index)->getSourceRange(),
          Ctx);
      if (Text2.empty() || Text2 == Text || A2.Begin > S.Begin ||
          R2.Begin < P.Acquires[0]->Begin || A2.Begin == P.Acquires[0]->Begin)
        continue;
      add("saved-level-swapped", S, {{B, End, Text2}});
    }
  }

  /// Text of parameters and arguments for a helper that stands for the call.
  bool helperTexts(const SiteEffect &E, std::string &Params, std::string &Args,
                   std::string &Names) const {
    const FunctionDecl *Callee = E.Call->getDirectCallee();
    std::optional<Written> W = written(E);
    if (!W || !Callee || Callee->getNumParams() != W->Args.size() ||
        W->Args.empty() || !Callee->getReturnType()->isVoidType())
      return false;
    for (unsigned I = 0; I < W->Args.size(); ++I) {
      const char *Comma = I ? ", " : "";
      std::string Name = "A" + std::to_string(I);
      QualType T = Ctx.getAdjustedParameterType(
          Callee->getParamDecl(I)->getType().getNonReferenceType());
      Params += Comma +
                T.getUnqualifiedType().getAsString(Ctx.getPrintingPolicy()) +
                " " + Name;
      Names += Comma + Name;
      Args += Comma + W->Args[I];
    }
    return true;
  }

  /// A helper takes the lock and keeps it when it fails.
  void acquireInHelper(const Site &S, const SiteEffect &E) {
    std::string Params, Args, Names, Return = leave();
    if (Return.empty() || !helperTexts(E, Params, Args, Names))
      return;
    std::string Callee = E.Call->getDirectCallee()->getNameAsString();
    add("helper-keeps-lock-on-error", S,
        {replace(S, "{ extern NTSTATUS IrqlintTake(" + Params +
                        "); if (!NT_SUCCESS(IrqlintTake(" + Args + "))) " +
                        Return + " }")},
        "extern int IrqlintMaybe(void); NTSTATUS IrqlintTake(" + Params +
            ") { " + Callee + "(" + Names +
            "); if (IrqlintMaybe()) return ((NTSTATUS)0xC0000001L); "
            "return ((NTSTATUS)0); }");
  }

  /// A helper gives the lock up, and the caller does so again.
  void releaseInHelper(const Site &S, const SiteEffect &E) {
    std::string Params, Args, Names;
    if (!helperTexts(E, Params, Args, Names))
      return;
    std::string Callee = E.Call->getDirectCallee()->getNameAsString();
    add("helper-releases-too", S,
        {before(S, "extern void IrqlintGive(" + Params + "); IrqlintGive(" +
                       Args + ");")},
        "extern int IrqlintMaybe(void); void IrqlintGive(" + Params +
            ") { if (IrqlintMaybe()) { " + Callee + "(" + Names + "); } }");
  }

  void sharedToExclusive(const Site &S, const SiteEffect &E) {
    std::optional<Written> W = written(E);
    if (W && W->Name == "ExAcquireResourceSharedLite")
      add("shared-to-exclusive", S,
          {after(S, "ExAcquireResourceExclusiveLite(" + W->Args[0] +
                        ", TRUE); ExReleaseResourceLite(" + W->Args[0] +
                        ");")});
  }

  // ---- regions, levels, entry

  void regions() {
    if (Enters.empty() || Leaves.empty())
      return;
    std::vector<Edit> All;
    for (const Site *L : Leaves) {
      All.push_back(drop(*L));
      if (Leaves.size() > 1)
        add("drop-leave-region-path", *L, {drop(*L)});
      add("double-leave-region", *L, {after(*L, L->Text)});
      if (std::string Return = leave(); !Return.empty())
        add("return-before-leave-region", *L, {before(*L, Maybe + Return)});
    }
    if (!Seen)
      return;
    add("drop-leave-region-all", *Leaves.front(), All);
    for (const Site *E : Enters) {
      add("drop-enter-region", *E, {drop(*E)});
      add("conditional-enter-region", *E, {before(*E, Maybe)});
    }
  }

  /// To where waiting is wrong; also where that is not a constant.
  bool raisesHigh(const Site &R) const {
    const SiteEffect *E = R.find(EffectKind::Raise);
    if (!E || E->What->To.K == LevelRef::Fixed)
      return !E || E->What->To.Level > Irql::Apc;
    const ValueRef &To = E->What->To.From;
    if (To.K != ValueRef::Arg || To.Index >= E->Call->getNumArgs())
      return true;
    const Expr *Level = E->Call->getArg(To.Index);
    Expr::EvalResult V;
    return Level->isValueDependent() || !Level->EvaluateAsInt(V, Ctx) ||
           V.Val.getInt().getExtValue() > 1;
  }

  void levels() {
    if (Raises.empty() || Lowers.empty())
      return;
    for (const Site *L : Lowers) {
      add("drop-lower", *L, {drop(*L)});
      if (std::string Return = leave(); !Return.empty())
        add("return-before-lower", *L, {before(*L, Maybe + Return)});
      // (At APC_LEVEL one may wait.)
      if (llvm::all_of(Raises, [&](const Site *R) { return raisesHigh(*R); }))
        add("wait-when-raised", *L, {before(*L, Delay)});
    }
    for (const Site *R : Raises)
      add("drop-raise", *R, {drop(*R)});
  }

  /// What the way in which the system enters the function forbids.
  void entry() {
    const EntryContext &C = Entry;
    int B = offsetBehind(FD->getBody()->getBeginLoc(), Ctx);
    if (B < 0)
      return;
    Site S;
    S.Begin = S.End = B;
    S.Line = Ctx.getSourceManager().getExpansionLineNumber(FD->getLocation());
    S.Text = C.Why;
    if (C.Known && !C.Conditional && C.Range.Lo >= Irql::Dispatch)
      for (const UnderLock &U : SpinningCrimes)
        if (!U.Class.starts_with("complete"))
          add((U.Class.substr(0, U.Class.find("-under-lock")) +
               (U.Class.ends_with("-deep") ? "-deep" : "") + "-in-callback")
                  .str(),
              S, {{S.Begin, S.End, ("{ " + U.Text + " }").str()}}, U.AtEnd);
    if (C.Pageable)
      add("spin-lock-in-paged-code", S,
          {{S.Begin, S.End,
            "{ extern KSPIN_LOCK IrqlintSpin; KIRQL IrqlintIrql; "
            "KeAcquireSpinLock(&IrqlintSpin, &IrqlintIrql); "
            "KeReleaseSpinLock(&IrqlintSpin, IrqlintIrql); }"}},
          "KSPIN_LOCK IrqlintSpin;");
  }
};

} // namespace

std::vector<Defect> irqlint::defectsOf(const FunctionDecl *FD,
                                       const UnitIndex &Index) {
  return Planter(FD, Index).run();
}

std::string irqlint::changedText(llvm::StringRef Text, const Defect &D) {
  std::vector<Edit> Edits = D.Edits;
  llvm::sort(Edits, [](const Edit &A, const Edit &B) {
    return std::tie(A.Begin, A.End) < std::tie(B.Begin, B.End);
  });
  std::string Out;
  unsigned At = 0;
  for (const Edit &E : Edits) {
    Out += Text.substr(At, E.Begin - At);
    Out += E.Text;
    At = E.End;
  }
  Out += Text.substr(At);
  return Out;
}
