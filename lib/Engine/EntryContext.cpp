//===- EntryContext.cpp ---------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/EntryContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/TypeLoc.h"

using namespace clang;
using namespace irqlint;

Paging irqlint::pagingOf(const FunctionDecl *FD) {
  auto Of = [](StringRef Section) {
    if (!Section.starts_with_insensitive("PAGE"))
      return Paging::Resident;
    return Section.size() > 4 ? Paging::Lockable : Paging::Pageable;
  };
  Paging P = Paging::Resident;
  for (const FunctionDecl *R : FD->redecls()) {
    if (const auto *A = R->getAttr<SectionAttr>())
      P = std::max(P, Of(A->getName()));
    if (const auto *A = R->getAttr<CodeSegAttr>())
      P = std::max(P, Of(A->getName()));
  }
  return P;
}

/// Nothing keeps APCs out of the system's own threads.
static ApcEntry apcsAtEntryOf(const RoleContract &R) {
  return R.Apcs == ApcEntry::Unknown && R.SystemThread ? ApcEntry::Enabled
                                                       : R.Apcs;
}

/// Role from `ROLE_TYPE Name;` on any declaration of the function.
static const RoleContract *declaredRole(const FunctionDecl *FD,
                                        const UnitIndex &Index) {
  for (const FunctionDecl *R : FD->redecls())
    if (const TypeSourceInfo *TSI = R->getTypeSourceInfo())
      if (const RoleContract *Role = Index.roleOfType(TSI->getType()))
        return Role;
  return nullptr;
}

/// Which locks it gives up for its caller is known where the role names them;
/// then no other one is excused.
static bool mayKeepLocks(const RoleContract &R) {
  return R.AcquiresForCaller || (R.ReleasesForCaller && R.LocksOnEntry.empty());
}

static void applyRole(EntryContext &C, const RoleContract *R) {
  if (!R->ImplementedByDriver)
    return;
  if (!C.Role) {
    C.Role = R;
    C.IsEntryPoint = true;
    C.Range = R->Entry;
    C.Known = !R->Entry.isUnknown();
    C.Conditional = R->Conditional;
    C.Assume = R->Assume;
    C.MayKeepLocks = mayKeepLocks(*R);
    C.MayChangeLevel = !R->SameIrqlOnReturn;
    C.Apcs = apcsAtEntryOf(*R);
    C.SystemThread = R->SystemThread;
    C.HandsOver = R->HandsOver;
    C.Why = "as " + R->Name;
    return;
  }
  if (R == C.Role)
    return;
  // One routine in several roles: it may be entered as any of them.
  C.Range = C.Range.hull(R->Entry);
  C.Known = C.Known && !R->Entry.isUnknown() && !C.Range.isUnknown();
  C.Conditional |= R->Conditional || C.Range != R->Entry;
  if (C.Assume != R->Assume)
    C.Assume.reset();
  C.MayKeepLocks |= mayKeepLocks(*R);
  C.MayChangeLevel |= !R->SameIrqlOnReturn;
  C.HandsOver |= R->HandsOver;
  C.SystemThread &= R->SystemThread;
  if (C.Apcs != apcsAtEntryOf(*R))
    C.Apcs = ApcEntry::Unknown;
}

EntryContext irqlint::entryContextOf(const FunctionDecl *FD,
                                     const UnitIndex &Index) {
  EntryContext C;
  const SalContract &Sal = Index.salOf(FD);
  C.Pageable = pagingOf(FD) == Paging::Pageable;

  if (const RoleContract *R = declaredRole(FD, Index))
    applyRole(C, R);
  if (!Sal.Role.empty())
    if (const RoleContract *R = Index.rules().role(Sal.Role))
      applyRole(C, R);
  if (!C.Role)
    for (const RoleContract *R : Index.registrationsOf(FD))
      applyRole(C, R);
  if (!C.Role && FD->getIdentifier() && !isa<CXXMethodDecl>(FD))
    if (const RoleContract *R = Index.rules().roleOfEntryName(FD->getName()))
      applyRole(C, R);

  if (Sal.HasWindow) {
    // The author's word about this function beats what the role allows.
    if (auto M = C.Known ? C.Range.meet(Sal.Window) : Sal.Window)
      C.Range = *M;
    else
      C.Range = Sal.Window;
    // A bare maximum says what callers may do, not that they do.
    C.Conditional = C.Known ? C.Conditional : false;
    C.Known = true;
    if (C.Why.empty())
      C.Why = "by its annotation";
  }
  if (C.Assume && (Sal.HasWindow || C.Pageable || Index.asksLevelBelow(FD)))
    C.Assume.reset();
  if (C.Assume) {
    C.Range.Lo = std::max(C.Range.Lo, *C.Assume);
    C.Conditional = false;
  }
  C.MayKeepLocks |= Sal.AcquiresLock || Sal.ReleasesLock;
  C.UnderCallersLock = Sal.RequiresLock;
  C.MayChangeLevel |= Sal.ChangesLevel;
  C.SameLevel = Sal.SameLevel && !Sal.ChangesLevel;

  if (C.Pageable) {
    IrqlRange Paged{LowestIrql, Irql::Apc};
    if (auto M = C.Range.meet(Paged))
      C.Range = *M;
    if (!C.Known)
      C.Why = "because it is pageable";
    C.Known = true;
  }
  return C;
}
