//===- EntryLocks.cpp -----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/EntryLocks.h"
#include "Engine/WdfConfig.h"
#include "Engine/WdfRules.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

// Names that rules/wdf-lock.yaml gives to the locks of the framework's objects.
static constexpr const char *CallbackLock = "framework-callback-lock";
static constexpr const char *InterruptLock = "framework-interrupt-lock";
static constexpr const char *InterruptWaitLock =
    "framework-interrupt-wait-lock";

static std::string keyOf(bool Interrupt, int Owner, const UnitRun &Unit) {
  // Configurations of one creation are one object.
  unsigned Site = Unit.Config->facts().Objects[Owner].Site;
  return std::string(Interrupt ? InterruptLock : CallbackLock) + "#" +
         std::to_string(Site);
}

/// The object that has the lock, if the first parameter is a handle of it.
static ObjectId ownerInParameter(const LockKindInfo &K, RootRun &R,
                                 CheckerContext &C) {
  if (R.FD->getNumParams() == 0)
    return nullptr;
  const ParmVarDecl *P = R.FD->getParamDecl(0);
  QualType T = P->getType();
  for (unsigned I = 0; I < 6; ++I) {
    StringRef Name;
    if (const auto *TT = T->getAs<TypedefType>()) {
      Name = TT->getDecl()->getName();
      T = TT->desugar();
    } else if (const auto *PT = T->getAs<PointerType>()) {
      T = PT->getPointeeType();
      continue;
    } else if (const auto *RT = T->getAs<RecordType>()) {
      Name = RT->getDecl()->getName();
    }
    if (Name.empty())
      return nullptr;
    for (const std::string &Known : K.Types)
      if (Name == Known)
        return R.Ids.object(C.getState()->getSVal(
            C.getState()->getRegion(P, C.getStackFrame())));
    if (isa<RecordType>(T.getTypePtr()))
      return nullptr;
  }
  return nullptr;
}

static void hold(SyncState &S, ObjectId O, const LockKindInfo *K,
                 LevelValue Base) {
  HeldLock L;
  L.Object = O;
  L.Kind = K;
  L.FromEntry = true;
  L.Base = Base;
  L.Order = unsigned(S.Held.size());
  S.Held.push_back(L);
}

void irqlint::addEntryLocks(SyncState &S, UnitRun &Unit, CheckerContext &C) {
  RootRun &R = *Unit.Root;
  const RuleSet &Rules = Unit.Index.rules();
  bool Configured = false;
  for (const EntryLock &L : R.Entry.Held) {
    const LockKindInfo *K = frameworkLockKind(L.Interrupt, L.Mutex, Unit);
    ObjectId O = R.Ids.global(keyOf(L.Interrupt, L.Owner, Unit));
    R.Ids.setName(O, L.Title);
    // Its release goes back to whatever the framework was called at.
    hold(S, O, K,
         L.Mutex && L.TypeKnown
             ? LevelValue::entry()
             : LevelValue::fixed({Irql::Passive, Irql::Dispatch}));
    Configured |= L.Interrupt;
  }
  const RoleContract *Role = R.Entry.Role;
  if (!Role)
    return;
  for (const std::string &Name : Role->LocksOnEntry) {
    if (const LockKindInfo *K = Rules.lockKindOfGlobal(Name)) {
      ObjectId O = R.Ids.global(Name);
      R.Ids.setName(O, K->Title);
      hold(S, O, K, LevelValue());
      S.Held.back().Class = Unit.Link.globalClass(Name);
      continue;
    }
    if (Configured)
      continue;
    // Below DISPATCH_LEVEL it may be another sort of lock, or none.
    const LockKindInfo *K = Rules.lockKind(Name);
    ObjectId O = K && R.Entry.Range.Lo >= Irql::Dispatch
                     ? ownerInParameter(*K, R, C)
                     : nullptr;
    if (!O && K)
      if (const ValueDecl *Place = Unit.Index.runsUnder(R.FD)) {
        // A critical section: the lock is the one that its callers name.
        O = R.Ids.global("run under " + Place->getNameAsString());
        R.Ids.setName(O, Place->getNameAsString());
        hold(S, O, K, LevelValue());
        S.Held.back().Class = Place->getCanonicalDecl();
        continue;
      }
    if (!O) {
      // Some lock of the system's or the framework's whose object the routine
      // does not see.
      S.ClosedWorld = false;
      continue;
    }
    R.Ids.setName(O, R.FD->getParamDecl(0)->getNameAsString());
    hold(S, O, K, LevelValue());
  }
  if (Role->ReleasesForCaller && Role->LocksOnEntry.empty())
    S.ClosedWorld = false;
}

ObjectId irqlint::frameworkLock(bool Interrupt, int Owner,
                                const UnitRun &Unit) {
  ObjectId O = Unit.Root->Ids.global(keyOf(Interrupt, Owner, Unit));
  Unit.Root->Ids.setName(O, configTitle(Unit.Config->facts(), Owner));
  return O;
}

const LockKindInfo *irqlint::frameworkLockKind(bool Interrupt, bool Mutex,
                                               const UnitRun &Unit) {
  return Unit.Index.rules().lockKindOfGlobal(!Interrupt ? CallbackLock
                                             : Mutex    ? InterruptWaitLock
                                                        : InterruptLock);
}

int irqlint::ownerOfFrameworkLock(StringRef Id, const WdfFacts &Facts) {
  unsigned Site = 0;
  size_t At = Id.find(std::string(CallbackLock) + "#");
  if (At == StringRef::npos ||
      Id.substr(At).split('#').second.getAsInteger(10, Site))
    return NoObject;
  for (size_t I = 0; I < Facts.Objects.size(); ++I)
    if (Facts.Objects[I].Site == Site)
      return int(I);
  return NoObject;
}
