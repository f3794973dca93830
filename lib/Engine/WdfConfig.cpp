//===- WdfConfig.cpp ------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/WdfConfig.h"
#include "Engine/PathSteps.h"
#include "Engine/WdfRules.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/FileManager.h"
#include "clang/Lex/MacroInfo.h"

using namespace clang;
using namespace irqlint;

/// Value of a macro that is one number.
static std::optional<int64_t> macroNumber(Preprocessor &PP, StringRef Name) {
  const MacroInfo *M = PP.getMacroInfo(PP.getIdentifierInfo(Name));
  if (!M || M->getNumTokens() != 1 ||
      !M->getReplacementToken(0).is(tok::numeric_constant))
    return std::nullopt;
  bool Invalid = false;
  std::string Text = PP.getSpelling(M->getReplacementToken(0), &Invalid);
  int64_t N;
  if (Invalid || StringRef(Text).getAsInteger(0, N))
    return std::nullopt;
  return N;
}

WdfConfig::WdfConfig(ASTContext &Ctx, Preprocessor &PP, const UnitIndex &Index,
                     const llvm::DenseSet<const FunctionDecl *> &Skip,
                     const WdfFacts &Others)
    : Ctx(Ctx), Rules(Index.rules()),
      Flow(followConfigurations(Ctx, Index, Skip)) {
  WdfFacts &F = Flow.Facts;
  if (F.Objects.empty() && Others.Objects.empty())
    return;
  auto Version = [&](StringRef Major, StringRef Minor) {
    std::optional<int64_t> A = macroNumber(PP, Major),
                           I = macroNumber(PP, Minor);
    if (A && I)
      F.Version = *A * 100 + *I;
    return A.has_value();
  };
  // The framework's headers want these from the build.
  F.UserMode = Version("UMDF_VERSION_MAJOR", "UMDF_VERSION_MINOR");
  if (!F.UserMode)
    Version("KMDF_VERSION_MAJOR", "KMDF_VERSION_MINOR");
  concludeConfiguration(F, Rules);
  if (Others.Objects.empty())
    return;
  const std::vector<WdfObject> Alone = F.Objects;
  joinObjects(F, Others);
  concludeConfiguration(F, Rules);
  for (size_t I = 0; I < F.Objects.size(); ++I)
    if (I >= Alone.size() || !(F.Objects[I].Callbacks == Alone[I].Callbacks))
      for (const WdfCallback &C : F.Objects[I].Callbacks)
        Changed.insert(C.Function);
}

void WdfConfig::refine(const FunctionDecl *FD, EntryContext &Entry) const {
  if (facts().Objects.empty() || !Entry.Role)
    return;
  std::string Name = FD->getQualifiedNameAsString();
  std::optional<IrqlRange> Range;
  bool Same = true, UpTo = false, Known = true, LockKnown = true,
       TypeKnown = true;
  const WdfCallback *First = nullptr;
  int FirstObject = NoObject;
  for (size_t I = 0; I < facts().Objects.size(); ++I)
    for (const WdfCallback &C : facts().Objects[I].Callbacks) {
      // (What another unit names is not what is hidden in this one.)
      if (C.Function != Name ||
          (facts().Objects[I].Foreign && !FD->isExternallyVisible()))
        continue;
      Entry.Objects.push_back(int(I));
      if (!First) {
        First = &C;
        FirstObject = int(I);
      }
      Known &= !C.Entry.isUnknown();
      Same &= !Range || *Range == C.Entry;
      UpTo |= C.UpTo;
      Range = Range ? Range->hull(C.Entry) : C.Entry;
      LockKnown &= (!C.LockUnknown || C.LockOwner != NoObject) &&
                   C.LockOwner == First->LockOwner;
      TypeKnown &= !C.LockUnknown && C.Mutex == First->Mutex;
    }
  if (!First)
    return;
  Entry.LocksKnown = LockKnown;
  if (LockKnown && First->LockOwner != NoObject)
    Entry.Held.push_back({First->LockOwner, First->InterruptLock,
                          TypeKnown && First->Mutex, TypeKnown,
                          configTitle(facts(), First->LockOwner)});
  if (!Known)
    return;
  std::optional<IrqlRange> Now = Entry.Range.meet(*Range);
  if (!Now)
    return; // the author's annotations say otherwise
  Entry.Range = *Now;
  Entry.Conditional = UpTo || !Same;
  Entry.Known = !Entry.Range.isUnknown();
  if (!UpTo && Same)
    Entry.Why =
        "as " + First->Member + " of the " + configTitle(facts(), FirstObject);
}

int WdfConfig::objectAt(const Expr *Call) const {
  auto I = Flow.Handles.find(Call);
  if (I == Flow.Handles.end() || I->second.empty())
    return NoObject;
  int Found = NoObject;
  for (int O : I->second) {
    if (O == NoObject)
      return NoObject;
    if (Found == NoObject)
      Found = O;
    else if (facts().Objects[O].Site != facts().Objects[Found].Site)
      return NoObject;
  }
  return Found;
}

HandleLock WdfConfig::lockAt(const Expr *Call) const {
  HandleLock L;
  int I = objectAt(Call);
  if (I == NoObject)
    return L;
  const WdfObject &O = facts().Objects[I];
  const ObjectContract *C = Rules.object(O.Creator);
  if (!C)
    return L;
  // Configurations of one creation must agree.
  auto Agree = [&](auto Get) {
    for (const WdfObject &X : facts().Objects)
      if (X.Site == O.Site && Get(X) != Get(O))
        return false;
    return true;
  };
  if (llvm::any_of(C->Callbacks, [](const CallbackContract &B) {
        return B.Under == CallbackContract::Interrupt;
      })) {
    L.K = HandleLock::Interrupt;
    L.Owner = O.Many ? NoObject : I;
    auto Level = [](const WdfObject &X) {
      for (const WdfCallback &B : X.Callbacks)
        if (B.InterruptLock && !B.Entry.isUnknown())
          return B.Mutex ? 1 : 2;
      return 0;
    };
    L.TypeKnown = Level(O) != 0 && Agree(Level);
    L.Mutex = Level(O) == 1;
    return L;
  }
  if (!C->OwnsLock) {
    if (!C->MaySetScope)
      L.K = HandleLock::None;
    return L;
  }
  L.K = HandleLock::Callback;
  auto Owner = [&](const WdfObject &X) {
    return configCallbackLock(facts(), int(&X - facts().Objects.data()), Rules);
  };
  auto Level = [](const WdfObject &X) {
    return X.Level.known() ? X.Level.Value : -1;
  };
  auto Scope = [](const WdfObject &X) {
    return X.Scope.known() ? X.Scope.Value : -1;
  };
  auto Site = [&](const WdfObject &X) {
    int W = Owner(X);
    return W == NoObject ? -1 : int(facts().Objects[W].Site);
  };
  if (!Agree(Scope) || !Agree(Site) || !O.Scope.known())
    return L;
  int W = Owner(O);
  L.Owner = W == NoObject || facts().Objects[W].Many ? NoObject : W;
  L.TypeKnown = O.Level.known() && Agree(Level);
  L.Mutex = configIsPassive(O.Level);
  L.Unused = !configSynchronizes(O.Scope);
  return L;
}

int WdfConfig::takenOverBy(const Expr *Call) const {
  int I = objectAt(Call);
  if (I == NoObject || facts().Objects[I].Many)
    return NoObject;
  for (size_t K = 0; K < facts().Objects.size(); ++K) {
    const WdfObject &O = facts().Objects[K];
    const ObjectContract *C = Rules.object(O.Creator);
    if (!C || C->TakesLock.empty())
      continue;
    auto M = O.Config.find(C->TakesLock);
    if (M != O.Config.end() && M->second.K == ConfigValue::Object &&
        facts().Objects[M->second.Obj].Site == facts().Objects[I].Site)
      return int(K);
  }
  return NoObject;
}

namespace {
class Judgements : public ObjectJudgement {
public:
  Judgements(ASTContext &Ctx, const WdfFlowResult &Flow, const RuleSet &Rules,
             llvm::function_ref<bool(SourceLocation)> IsRoot,
             llvm::function_ref<bool(StringRef, Certainty)> Enabled)
      : Ctx(Ctx), Flow(Flow), Rules(Rules), IsRoot(IsRoot), Enabled(Enabled) {}

  const WdfFacts &facts() const override { return Flow.Facts; }
  const RuleSet &rules() const override { return Rules; }

  void report(StringRef Check, Certainty Sure, int Object, std::string Message,
              ArrayRef<PathStep> Steps, std::string Hint) override {
    if (size_t(Object) >= Flow.Sites.size())
      return; // another unit creates it, and tells
    SourceLocation At = Flow.Sites[Object]->getBeginLoc();
    SourceLocation Place = Ctx.getSourceManager().getExpansionLoc(At);
    if (!IsRoot(At) || !Enabled(Check, Sure) ||
        !Said.insert({Check.str(), Place.getRawEncoding()}).second)
      return;
    LocatedFinding L;
    L.Loc = At;
    L.F.Check = Check.str();
    L.F.Sure = Sure;
    L.F.Message = std::move(Message);
    L.F.Hint = std::move(Hint);
    L.F.Pos = posOf(At, Ctx);
    L.F.Function = L.F.Entry = facts().Objects[Object].Function;
    for (const PathStep &S : Steps) {
      SourceLocation Where = locate(S.Pos);
      if (Where.isInvalid())
        continue;
      L.F.Path.push_back(S);
      L.StepLocs.push_back(Where);
    }
    Found.push_back(std::move(L));
  }

  std::vector<LocatedFinding> Found;

private:
  ASTContext &Ctx;
  const WdfFlowResult &Flow;
  const RuleSet &Rules;
  llvm::function_ref<bool(SourceLocation)> IsRoot;
  llvm::function_ref<bool(StringRef, Certainty)> Enabled;
  std::set<std::pair<std::string, unsigned>> Said;

  SourceLocation locate(const SourcePos &P) const {
    SourceManager &SM = Ctx.getSourceManager();
    if (P.File.empty())
      return {};
    auto File = SM.getFileManager().getOptionalFileRef(P.File);
    return File ? SM.translateFileLineCol(&File->getFileEntry(), P.Line, P.Col)
                : SourceLocation();
  }
};
} // namespace

std::vector<LocatedFinding>
WdfConfig::judge(const std::vector<std::unique_ptr<Check>> &Checks,
                 llvm::function_ref<bool(SourceLocation)> IsRoot,
                 llvm::function_ref<bool(StringRef, Certainty)> Enabled) const {
  if (facts().Objects.empty())
    return {};
  Judgements J(Ctx, Flow, Rules, IsRoot, Enabled);
  for (const auto &C : Checks)
    C->onObjects(J);
  return std::move(J.Found);
}
