//===- RuleLoader.cpp - Reading and cross-checking rule files -------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules/RuleLoader.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Errc.h"

using llvm::StringRef;

namespace irqlint {

void RuleLoader::addFile(StringRef Path) {
  auto Buffer = llvm::MemoryBuffer::getFile(Path, /*IsText=*/true);
  if (!Buffer) {
    Problems.push_back(
        {Path.str(), 1, 1,
         "cannot read rule file: " + Buffer.getError().message()});
    return;
  }
  auto S = std::make_unique<Source>();
  S->Buffer = std::move(*Buffer);
  S->Text = RuleText::cut(Path, S->Buffer->getBuffer(), Problems);
  Sources.push_back(std::move(S));
}

void RuleLoader::addText(StringRef Path, StringRef Text) {
  auto S = std::make_unique<Source>();
  S->Buffer = llvm::MemoryBuffer::getMemBufferCopy(Text, Path);
  S->Text = RuleText::cut(Path, S->Buffer->getBuffer(), Problems);
  Sources.push_back(std::move(S));
}

template <typename Record>
void RuleLoader::problem(const LoadedRecord<Record> &At,
                         const llvm::Twine &Message) {
  Problems.push_back({At.File->Path, At.R.Line, At.R.Col, Message.str()});
}

template <typename Record>
void RuleLoader::checkDuplicates(
    const std::vector<LoadedRecord<Record>> &Records, StringRef What,
    llvm::function_ref<bool(StringRef)> Known) {
  llvm::StringMap<const LoadedRecord<Record> *> Seen, SeenBase;
  for (const auto &L : Records) {
    bool Base = L.File->Header.Base;
    auto [It, New] = (Base ? SeenBase : Seen).try_emplace(L.R.Name, &L);
    bool Changes = L.R.Replace || L.R.Disable;
    if (L.R.Replace && L.R.Disable)
      problem(L, What + " '" + L.R.Name +
                     "': 'replace' and 'disable' exclude each other");
    if (!Under) {
      if (Changes)
        problem(L, "'replace' and 'disable' are for files laid over the "
                   "shipped rules");
      if (!New)
        problem(L, What + " '" + L.R.Name + "' is already defined at " +
                       It->second->File->Path + ":" +
                       llvm::Twine(It->second->R.Line));
      continue;
    }
    if (!New && It->second->File == L.File)
      problem(L, What + " '" + L.R.Name + "' is already defined at line " +
                     llvm::Twine(It->second->R.Line) + " of this file");
    else if (!Changes && (!New || Known(L.R.Name)))
      problem(L, What + " '" + L.R.Name +
                     "' is already defined; say 'replace: true' to replace it "
                     "or 'disable: true' to drop it");
    else if (Changes && New && !Known(L.R.Name))
      problem(L, "there is no " + What + " '" + L.R.Name + "' to " +
                     (L.R.Disable ? "disable" : "replace"));
    It->second = &L;
  }
}

void RuleLoader::checkReleases() {
  for (const auto &F : Functions)
    for (const Effect &E : F.R.Effects.value_or(std::vector<Effect>()))
      if (E.Do == EffectKind::Release)
        ReleasedKinds.insert(E.LockKind);
  for (const auto &F : Functions)
    for (const Effect &E : F.R.Effects.value_or(std::vector<Effect>()))
      if ((E.Do == EffectKind::Acquire || E.Do == EffectKind::TryAcquire) &&
          !ReleasedKinds.contains(E.LockKind) &&
          !(Under && builtinReleases(E.LockKind)))
        problem(F, "no routine releases a lock of kind '" + E.LockKind +
                       "', which this one acquires");
}

void RuleLoader::sortProblems() {
  // Problems of different phases, back into the order of the files.
  llvm::StringMap<unsigned> Order;
  for (const auto &S : Sources)
    Order.try_emplace(S->Text.Path, Order.size());
  auto Key = [&](const RuleProblem &P) {
    return std::make_tuple(Order.lookup(P.File), P.Line, P.Col,
                           StringRef(P.Message));
  };
  llvm::sort(Problems, [&](const RuleProblem &A, const RuleProblem &B) {
    return Key(A) < Key(B);
  });
}

void RuleLoader::load() {
  RuleNames Names;
  llvm::StringMap<int64_t> Numbers;
  llvm::StringSet<> LockNames, Globals, RoleNames;
  Names.Constant = [&](StringRef N) -> std::optional<int64_t> {
    if (auto It = Numbers.find(N); It != Numbers.end())
      return It->second;
    return Under ? builtinConstant(N) : std::nullopt;
  };
  Names.IsLockKind = [&](StringRef N) {
    return LockNames.contains(N) || (Under && Under->lockKind(N));
  };
  Names.IsGlobal = [&](StringRef N) {
    return Globals.contains(N) || (Under && Under->lockKindOfGlobal(N));
  };
  Names.IsRole = [&](StringRef N) {
    return RoleNames.contains(N) || (Under && Under->role(N));
  };

  auto ReadAll = [&](RuleSection Section, auto Read, auto &Into) {
    for (const auto &S : Sources)
      for (const RuleSlice &Slice : S->Text.Slices)
        if (Slice.Section == Section)
          if (auto R = Read(S->Text, Slice, Names, Problems))
            Into.push_back({std::move(*R), &S->Text, &Slice});
  };
  // In the order in which the sections use each other's names.
  ReadAll(RuleSection::Constants, readConstant, Constants);
  for (const auto &C : Constants)
    Numbers[C.R.Name] = C.R.Value;
  ReadAll(RuleSection::Locks, readLock, Locks);
  for (const auto &L : Locks) {
    LockNames.insert(L.R.Name);
    for (const std::string &G : L.R.Info.Globals)
      Globals.insert(G);
  }
  ReadAll(RuleSection::Roles, readRole, Roles);
  for (const auto &R : Roles) {
    RoleNames.insert(R.R.Name);
    for (const std::string &A : R.R.Aliases)
      RoleNames.insert(A);
  }
  ReadAll(RuleSection::Functions, readFunction, Functions);
  ReadAll(RuleSection::Checks, readCheck, Checks);
  llvm::StringSet<> CheckNames, Kinds;
  for (const auto &C : Checks)
    CheckNames.insert(C.R.Name);
  Names.IsCheck = [&](StringRef N) {
    return CheckNames.contains(N) || (Under && Under->checkInfo(N));
  };
  for (const auto &K : Locks)
    if (!K.R.Info.Check.empty() && !Names.IsCheck(K.R.Info.Check))
      problem(K, "unknown check '" + K.R.Info.Check + "'");
  for (const auto &F : Functions)
    for (const Prohibition &P :
         F.R.Forbids.value_or(std::vector<Prohibition>()))
      if (!Names.IsCheck(P.Check))
        problem(F, "unknown check '" + P.Check + "'");
  ReadAll(RuleSection::Objects, readObject, Objects);
  for (const auto &O : Objects)
    Kinds.insert(O.R.Object.Kind);
  Names.IsObjectKind = [&](StringRef N) {
    return Kinds.contains(N) || (Under && Under->isObjectKind(N));
  };
  ReadAll(RuleSection::Setup, readSetup, Setup);
  ReadAll(RuleSection::ConfigRules, readConfigRule, ConfigRules);
  ReadAll(RuleSection::Costs, readCost, Costs);

  checkDuplicates(Constants, "constant",
                  [&](StringRef N) { return builtinConstant(N).has_value(); });
  checkDuplicates(Locks, "lock kind",
                  [&](StringRef N) { return Under->lockKind(N) != nullptr; });
  checkDuplicates(Roles, "role",
                  [&](StringRef N) { return Under->role(N) != nullptr; });
  checkDuplicates(Functions, "function",
                  [&](StringRef N) { return Under->function(N) != nullptr; });
  checkDuplicates(Checks, "check",
                  [&](StringRef N) { return Under->checkInfo(N) != nullptr; });
  checkDuplicates(Objects, "object",
                  [&](StringRef N) { return Under->object(N) != nullptr; });
  checkDuplicates(Setup, "setup routine",
                  [&](StringRef N) { return Under->setup(N) != nullptr; });
  checkDuplicates(Costs, "cost",
                  [&](StringRef N) { return Under->cost(N) != nullptr; });
  checkDuplicates(ConfigRules, "configuration rule", [&](StringRef N) {
    return llvm::any_of(Under->configRules(),
                        [&](const ConfigRule &R) { return R.Name == N; });
  });
  checkReleases();
  sortProblems();
}

} // namespace irqlint
