//===- Capabilities.cpp - Rules as Clang's attributes ------------------*- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A level is a capability: who is at DISPATCH_LEVEL or above holds
/// at_DISPATCH_LEVEL. What cannot be told exactly by an attribute is told so
/// that nothing wrong is said: `assert_capability` neither demands a release
/// nor minds one.
//===----------------------------------------------------------------------===//

#include "Contracts.h"
#include "llvm/ADT/StringExtras.h"

using namespace irqlint;
using namespace llvm;

static std::string identifier(StringRef Name) {
  std::string S = Name.str();
  std::replace(S.begin(), S.end(), '-', '_');
  return S;
}

/// Attributes of one declaration, each with its arguments, in order.
struct Capabilities::Attributes {
  std::vector<std::pair<std::string, std::vector<std::string>>> All;
  void add(StringRef Name, const std::vector<std::string> &Arguments) {
    if (Arguments.empty())
      return;
    for (auto &[N, List] : All)
      if (N == Name) {
        for (const std::string &A : Arguments)
          if (!is_contained(List, A))
            List.push_back(A);
        return;
      }
    All.push_back({Name.str(), Arguments});
  }
  bool has(StringRef Name, StringRef Argument) const {
    return any_of(All, [&](auto &One) {
      return One.first == Name && is_contained(One.second, Argument);
    });
  }
  std::string text() const {
    std::string S;
    for (const auto &[N, List] : All)
      S += " IRQLINT_ATTRIBUTE(" + N + "(" + join(List, ", ") + "))";
    return S;
  }
};

static std::vector<std::string> reached(Irql L) {
  if (L >= Irql::Dirql)
    return {"at_DISPATCH_LEVEL", "at_DIRQL"};
  if (L == Irql::Dispatch)
    return {"at_DISPATCH_LEVEL"};
  return L == Irql::Apc ? std::vector<std::string>{"at_APC_LEVEL"}
                        : std::vector<std::string>{};
}

static std::vector<std::string> above(Irql Max) {
  std::vector<std::string> S;
  if (Max < Irql::Apc)
    S.push_back("at_APC_LEVEL");
  if (Max < Irql::Dispatch)
    S.push_back("at_DISPATCH_LEVEL");
  if (Max < Irql::Dirql)
    S.push_back("at_DIRQL");
  return S;
}

static bool takesOrGives(const Effect &E) {
  return E.Do == EffectKind::Acquire || E.Do == EffectKind::TryAcquire ||
         E.Do == EffectKind::Release || E.Do == EffectKind::Convert;
}

Capabilities::Capabilities(const RuleSet &R) : Rules(R) {
  for (const std::string &Name : R.functionNames())
    if (const FunctionContract *F = R.function(Name))
      read(*F);
}

void Capabilities::read(const FunctionContract &F) {
  for (const Effect &E : F.Effects) {
    if (!takesOrGives(E) || E.IfHeld)
      continue;
    Group &G = Groups[E.LockKind];
    const LockKindInfo *Kind = Rules.lockKind(E.LockKind);
    bool Named = !E.GlobalLock.empty() || E.Lock.K == ValueRef::Arg ||
                 E.Lock.K == ValueRef::Deref;
    bool Handle = E.Handle.K == ValueRef::Arg;
    // A count of users goes along with requests; a lock that a wait takes if
    // the object happens to be one is nothing for a declaration.
    if (E.OfType || (Kind && Kind->Reference) || (!Named && !Handle))
      G.Dropped = true;
    G.Released |= E.Do == EffectKind::Release;
    if (E.Do == EffectKind::Release && E.Lock.isNone() && E.GlobalLock.empty())
      G.ByHandle = true;
    if (E.Do == EffectKind::Convert || !E.ModeFrom.isNone() || !E.When.empty())
      G.Generic = true;
    if (E.To.K == LevelRef::Fixed && !E.ToMaybe &&
        E.Do != EffectKind::Release) {
      auto [It, New] = G.Levels.insert({E.Form, E.To.Level});
      if (!New)
        It->second = std::min(It->second, E.To.Level);
    }
  }
}

const Capabilities::Group *Capabilities::group(const Effect &E) const {
  auto It = Groups.find(E.LockKind);
  return It == Groups.end() || !It->second.usable() ? nullptr : &It->second;
}

std::vector<std::string> Capabilities::levels(const Effect &E) const {
  bool Changes = E.Do == EffectKind::Release
                     ? !E.Restores.isNone()
                     : E.To.K == LevelRef::Fixed && !E.ToMaybe;
  const Group *G = group(E);
  if (!G || !Changes)
    return {};
  if (auto It = G->Levels.find(E.Form); It != G->Levels.end())
    return reached(It->second);
  if (!E.Form.empty() || G->Levels.empty())
    return {};
  Irql Lowest = HighestIrql;
  for (const auto &[Form, L] : G->Levels)
    Lowest = std::min(Lowest, L);
  return reached(Lowest);
}

std::optional<std::string> Capabilities::lock(const Effect &E,
                                              const Prototype &P) const {
  const Group *G = group(E);
  if (!G)
    return std::nullopt;
  if (!E.GlobalLock.empty())
    return "the_" + identifier(E.GlobalLock);
  bool Handle = G->ByHandle && !E.Handle.isNone();
  std::optional<std::string> V = P.spell(Handle ? E.Handle : E.Lock);
  if (!V)
    return std::nullopt;
  return "irqlint_" + identifier(E.LockKind) + "_of((const volatile void *)" +
         *V + ")";
}

void Capabilities::add(const Effect &E, bool Certain, const Prototype &P,
                       Attributes &A) const {
  std::optional<std::string> Lock = lock(E, P);
  const Group *G = group(E);
  if (!Lock)
    return;
  std::vector<std::string> What{*Lock}, Levels = levels(E);
  What.insert(What.end(), Levels.begin(), Levels.end());
  bool Generic = G->Generic || !E.ModeFrom.isNone();
  std::string Shared = E.Shared && !Generic ? "shared_" : "";
  if (E.Do == EffectKind::Convert) {
    A.add("assert_capability", {*Lock});
    return;
  }
  if (E.Do == EffectKind::Release) {
    if (!Certain) { // perhaps it is given up: then nobody minds either way
      A.add("assert_capability", What);
      A.add("release_generic_capability", What);
    } else if (!E.ModeStated || Generic)
      A.add("release_generic_capability", What);
    else
      A.add("release_" + Shared + "capability", What);
    return;
  }
  bool Simple = E.Success.size() == 1 &&
                E.Success[0].Value.K == ValueRef::Ret &&
                E.Success[0].Is == Condition::NonZero && P.ReturnsTruth;
  if (Certain && E.Do == EffectKind::Acquire && E.Success.empty())
    A.add("acquire_" + Shared + "capability", What);
  else if (Certain && Simple) {
    What.insert(What.begin(), "1");
    A.add("try_acquire_" + Shared + "capability", What);
  } else
    A.add("assert_" + Shared + "capability", What);
}

static bool same(const Conditions &A, const Conditions &B) {
  return A.size() == B.size() &&
         std::equal(A.begin(), A.end(), B.begin(),
                    [](const Condition &X, const Condition &Y) {
                      return X.Is == Y.Is && X.Of == Y.Of &&
                             X.Value.K == Y.Value.K &&
                             X.Value.Index == Y.Value.Index &&
                             X.Value.Field == Y.Value.Field;
                    });
}

Capabilities::Declaration Capabilities::declaration(const FunctionContract &F,
                                                    const Prototype &P,
                                                    const Conditions *Case,
                                                    Irql RaisedTo) const {
  Attributes A;
  auto Holds = [&](const Conditions &When) {
    return When.empty() || (Case && same(When, *Case));
  };
  for (const Effect &E : F.Effects) {
    if (takesOrGives(E) && !E.IfHeld) {
      if (Holds(E.When))
        add(E, /*Certain=*/true, P, A);
      else if (!Case) // with a case of its own it is told there
        add(E, /*Certain=*/false, P, A);
    } else if (E.Do == EffectKind::Raise && E.When.empty()) {
      A.add("acquire_capability",
            reached(E.To.K == LevelRef::Fixed ? E.To.Level : RaisedTo));
    } else if (E.Do == EffectKind::Lower && E.When.empty()) {
      // How far it goes, only the value knows.
      A.add("assert_capability", above(Irql::Passive));
      A.add("release_generic_capability", above(Irql::Passive));
    } else if (E.Do == EffectKind::Require && Holds(E.When) && !E.OfType) {
      if (std::optional<std::string> L = lock(E, P))
        A.add(E.Not      ? "locks_excluded"
              : E.Shared ? "requires_shared_capability"
                         : "requires_capability",
              {*L});
    }
  }
  for (const IrqlWindow &W : F.Windows) {
    if (!Holds(W.When) || (P.StatesLevels && W.When.empty()))
      continue;
    A.add("locks_excluded", above(W.Range.Hi));
    if (F.Conditional || !W.MinFirm)
      continue;
    // Which device level it is, and whether a service routine is at one at all,
    // no declaration says.
    for (const std::string &L : reached(W.Range.Lo))
      if (W.Range.Lo == Irql::Dispatch &&
          !A.has("release_generic_capability", L) &&
          !A.has("release_capability", L) &&
          !A.has("release_shared_capability", L))
        A.add("requires_capability", {L});
  }
  return {"", A.text()};
}

std::vector<Capabilities::Declaration>
Capabilities::of(const FunctionContract &F, const Prototype &P) const {
  std::vector<Declaration> All{declaration(F, P, nullptr, Irql::Passive)};
  std::vector<const Conditions *> Cases;
  auto Note = [&](const Conditions &C) {
    if (!C.empty() && P.spell(C, false) &&
        none_of(Cases, [&](const Conditions *O) { return same(*O, C); }))
      Cases.push_back(&C);
  };
  for (const IrqlWindow &W : F.Windows)
    Note(W.When);
  for (const Effect &E : F.Effects)
    if (takesOrGives(E) && lock(E, P))
      Note(E.When);
  std::string Earlier;
  for (const Conditions *C : Cases) {
    std::string This = *P.spell(*C, false);
    Declaration D = declaration(F, P, C, Irql::Passive);
    D.When = Earlier + "(" + This + ")";
    if (D.Attributes != All[0].Attributes)
      All.push_back(D);
    Earlier += "!(" + This + ") && ";
  }
  for (const Effect &E : F.Effects) {
    if (E.Do != EffectKind::Raise || E.To.K != LevelRef::Value)
      continue;
    std::optional<std::string> V = P.spell(E.To.From);
    if (!V || !Cases.empty())
      continue;
    const std::pair<const char *, Irql> Steps[] = {
        {" > 2", Irql::Dirql}, {" == 2", Irql::Dispatch}, {" == 1", Irql::Apc}};
    for (auto [Is, L] : Steps) {
      Declaration D = declaration(F, P, nullptr, L);
      D.When = *V + Is;
      All.push_back(D);
    }
  }
  return All;
}

std::string Capabilities::of(const RoleContract &Role) const {
  Attributes A;
  bool Global = any_of(Role.LocksOnEntry, [&](const std::string &L) {
    return Rules.lockKindOfGlobal(L) != nullptr;
  });
  // To return with another lock than it got is its contract.
  if (Role.AcquiresForCaller || (Role.ReleasesForCaller && !Global))
    return " IRQLINT_ATTRIBUTE(no_thread_safety_analysis)";
  if (!Role.ImplementedByDriver || Role.Conditional || Role.Entry.isUnknown())
    return "";
  std::vector<std::string> Levels = reached(Role.Entry.Lo);
  if (Role.Entry.Lo < Irql::Dispatch)
    Levels.clear();
  for (const std::string &L : Role.LocksOnEntry) {
    if (!Rules.lockKindOfGlobal(L) || !Role.ReleasesForCaller)
      continue;
    // It comes with the lock and goes without: with the level of before.
    std::vector<std::string> What{"the_" + identifier(L)};
    What.insert(What.end(), Levels.begin(), Levels.end());
    A.add("release_capability", What);
    Levels.clear();
  }
  A.add("requires_capability", Levels);
  return A.text();
}

std::string Capabilities::prelude() const {
  std::string S;
  std::set<std::string> Globals;
  for (const auto &[Name, G] : Groups) {
    const LockKindInfo *Kind = Rules.lockKind(Name);
    if (!G.usable() || !Kind)
      continue;
    std::string Id = "irqlint_" + identifier(Name);
    bool Again = Kind->RecursiveExclusive || Kind->RecursiveShared;
    S += "struct IRQLINT_ATTRIBUTE(capability(\"" + Kind->Title + "\"))" +
         (Again ? " IRQLINT_ATTRIBUTE(reentrant_capability) " : " ") + Id +
         " { int Unused; };\n";
    S += "struct " + Id + " *" + Id + "_of(const volatile void *);\n";
    for (const std::string &G : Kind->Globals)
      if (Globals.insert(G).second)
        S += "extern struct " + Id + " the_" + identifier(G) + ";\n";
  }
  return S;
}
