//===- Identity.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Identity.h"
#include "clang/AST/Decl.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/MemRegion.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/SymbolManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

static void keyOf(const MemRegion *R, llvm::raw_ostream &OS);

static void keyOf(SymbolRef S, llvm::raw_ostream &OS) {
  if (const auto *V = dyn_cast<SymbolRegionValue>(S)) {
    OS << "val(";
    keyOf(V->getRegion(), OS);
    OS << ')';
  } else if (const auto *D = dyn_cast<SymbolDerived>(S)) {
    // What an opaque call left behind in the same place.
    OS << "val(";
    keyOf(D->getRegion(), OS);
    OS << ')';
  } else if (const auto *C = dyn_cast<SymbolCast>(S)) {
    keyOf(C->getOperand(), OS);
  } else {
    OS << '$' << static_cast<const void *>(S);
  }
}

static void keyOf(const MemRegion *R, llvm::raw_ostream &OS) {
  R = R->StripCasts();
  if (const auto *F = dyn_cast<FieldRegion>(R)) {
    keyOf(F->getSuperRegion(), OS);
    OS << '.' << static_cast<const void *>(F->getDecl()->getCanonicalDecl());
  } else if (const auto *E = dyn_cast<ElementRegion>(R)) {
    keyOf(E->getSuperRegion(), OS);
    OS << '[';
    if (auto I = E->getIndex().getAs<nonloc::ConcreteInt>())
      OS << *I->getValue().get();
    else if (SymbolRef S = E->getIndex().getAsSymbol())
      keyOf(S, OS);
    else
      OS << '?';
    OS << ']';
  } else if (const auto *B = dyn_cast<CXXBaseObjectRegion>(R)) {
    keyOf(B->getSuperRegion(), OS);
  } else if (const auto *S = dyn_cast<SymbolicRegion>(R)) {
    OS << '*';
    keyOf(S->getSymbol(), OS);
  } else if (const auto *V = dyn_cast<NonParamVarRegion>(R);
             V && V->getDecl()->hasGlobalStorage()) {
    OS << 'g' << static_cast<const void *>(V->getDecl()->getCanonicalDecl());
  } else {
    OS << 'r' << static_cast<const void *>(R);
  }
}

static SymbolRef rootSymbol(SVal V) {
  const MemRegion *R = V.getAsRegion();
  SymbolRef S = R ? nullptr : V.getAsSymbol();
  while (R || S) {
    if (R) {
      const auto *SR = dyn_cast<SymbolicRegion>(R->getBaseRegion());
      if (!SR)
        return nullptr;
      S = SR->getSymbol();
      R = nullptr;
    }
    if (const auto *V = dyn_cast<SymbolRegionValue>(S))
      R = V->getRegion();
    else if (const auto *D = dyn_cast<SymbolDerived>(S))
      R = D->getRegion();
    else if (const auto *C = dyn_cast<SymbolCast>(S))
      S = C->getOperand();
    else
      return S;
    if (R)
      S = nullptr;
  }
  return nullptr;
}

ObjectId Identity::object(SVal V) {
  std::string Key;
  llvm::raw_string_ostream OS(Key);
  if (const MemRegion *R = V.getAsRegion())
    keyOf(R, OS);
  else if (SymbolRef S = V.getAsSymbol())
    keyOf(S, OS);
  else if (auto I = V.getAs<loc::ConcreteInt>())
    OS << "int" << *I->getValue().get();
  else if (auto N = V.getAs<nonloc::ConcreteInt>())
    OS << "int" << *N->getValue().get(); // a lock with a number
  else
    return nullptr;
  ObjectId O = intern(Key);
  if (SymbolRef S = rootSymbol(V))
    Roots.try_emplace(O, S);
  if (const MemRegion *R = V.getAsRegion())
    Regions.try_emplace(O, R->StripCasts());
  return O;
}

bool irqlint::isListLink(const FieldDecl *F) {
  const RecordDecl *R = F->getParent();
  unsigned Links = 0;
  for (const FieldDecl *G : R->fields()) {
    QualType T = G->getType()->getPointeeType();
    if (T.isNull() || T->getAsRecordDecl() == nullptr ||
        T->getAsRecordDecl()->getCanonicalDecl() != R->getCanonicalDecl())
      return false;
    ++Links;
  }
  return Links == 2;
}

/// The place out of which the pointer was loaded that leads to \p R.
static const MemRegion *loadedFrom(const MemRegion *R) {
  const auto *B = dyn_cast<SymbolicRegion>(R->StripCasts());
  SymbolRef S = B ? B->getSymbol() : nullptr;
  while (const auto *C = dyn_cast_or_null<SymbolCast>(S))
    S = C->getOperand();
  if (const auto *V = dyn_cast_or_null<SymbolRegionValue>(S))
    return V->getRegion()->StripCasts();
  if (const auto *D = dyn_cast_or_null<SymbolDerived>(S))
    return D->getRegion()->StripCasts();
  return nullptr;
}

bool Identity::movedOn(ObjectId From, ObjectId To) const {
  const auto *A = dyn_cast_or_null<FieldRegion>(Regions.lookup(From)),
             *B = dyn_cast_or_null<FieldRegion>(Regions.lookup(To));
  if (!A || !B || A->getDecl() != B->getDecl())
    return false;
  auto Key = [](const MemRegion *R) {
    std::string K;
    llvm::raw_string_ostream OS(K);
    keyOf(R, OS);
    return K;
  };
  std::string Held = Key(A->getSuperRegion());
  const MemRegion *R = B->getSuperRegion();
  for (unsigned I = 0; I < 4; ++I) {
    const auto *P = dyn_cast_or_null<FieldRegion>(loadedFrom(R));
    // (An object of another type may well point back to where one came from.)
    if (!P || isListLink(P->getDecl()) ||
        P->getDecl()->getParent() != A->getDecl()->getParent())
      return false;
    R = P->getSuperRegion();
    if (Key(R) == Held)
      return true;
  }
  return false;
}

ObjectId Identity::global(StringRef Name) {
  return intern(("global:" + Name).str());
}

static ClassId classOfRegion(const MemRegion *R);

static ClassId classOfSymbol(SymbolRef S) {
  const MemRegion *R = nullptr;
  if (const auto *V = dyn_cast<SymbolRegionValue>(S))
    R = V->getRegion();
  else if (const auto *D = dyn_cast<SymbolDerived>(S))
    R = D->getRegion();
  else if (const auto *C = dyn_cast<SymbolCast>(S))
    return classOfSymbol(C->getOperand());
  if (!R)
    return nullptr;
  const auto *Var = dyn_cast<VarRegion>(R->StripCasts());
  return Var && !Var->getDecl()->hasGlobalStorage() ? nullptr
                                                    : classOfRegion(R);
}

static ClassId classOfRegion(const MemRegion *R) {
  R = R->StripCasts();
  if (const auto *F = dyn_cast<FieldRegion>(R))
    return F->getDecl()->getCanonicalDecl();
  if (const auto *E = dyn_cast<ElementRegion>(R))
    return classOfRegion(E->getSuperRegion());
  if (const auto *V = dyn_cast<VarRegion>(R))
    return V->getDecl()->getCanonicalDecl();
  // (Through a local pointer it could be any object: no class.)
  if (const auto *S = dyn_cast<SymbolicRegion>(R))
    return classOfSymbol(S->getSymbol());
  return nullptr;
}

ClassId Identity::classOf(SVal V) {
  if (const MemRegion *R = V.getAsRegion())
    return classOfRegion(R);
  if (SymbolRef S = V.getAsSymbol())
    return classOfSymbol(S);
  return nullptr;
}

/// A record that is little more than a lock: the lock, and perhaps a level.
static bool isWrapper(const FieldDecl *Lock) {
  unsigned Others = 0;
  for (const FieldDecl *F : Lock->getParent()->fields()) {
    if (F->getCanonicalDecl() == Lock)
      continue;
    // (A level, or a flag.)
    if (!F->getType()->isAnyCharacterType() && !F->getType()->isBooleanType())
      return false;
    ++Others;
  }
  return Others < 2 && !Lock->getParent()->isUnion();
}

/// The class of the object that \p F was reached through as one of its bases.
static const Decl *derivedOf(const FieldRegion *F) {
  const MemRegion *R = F->getSuperRegion();
  bool Base = false;
  while (const auto *B = dyn_cast<CXXBaseObjectRegion>(R)) {
    R = B->getSuperRegion();
    Base = true;
  }
  QualType T;
  if (const auto *S = dyn_cast<SymbolicRegion>(R))
    T = S->getPointeeStaticType();
  else if (const auto *V = dyn_cast<TypedValueRegion>(R))
    T = V->getValueType();
  return Base && !T.isNull() ? T->getAsRecordDecl() : nullptr;
}

std::optional<ClassId> Identity::wrapperClass(ObjectId O, ClassId C,
                                              const Decl *&Derived) const {
  const auto *Lock = dyn_cast_or_null<FieldDecl>(static_cast<const Decl *>(C));
  if (!Lock || !isWrapper(Lock))
    return std::nullopt;
  const MemRegion *R = Regions.lookup(O);
  while (R) {
    R = R->StripCasts();
    if (const auto *E = dyn_cast<ElementRegion>(R)) {
      R = E->getSuperRegion();
    } else if (const auto *B = dyn_cast<CXXBaseObjectRegion>(R)) {
      R = B->getSuperRegion();
    } else if (const auto *F = dyn_cast<FieldRegion>(R)) {
      const FieldDecl *D = F->getDecl()->getCanonicalDecl();
      if (D != Lock && !isWrapper(D)) {
        Derived = derivedOf(F);
        return D;
      }
      R = F->getSuperRegion();
      Lock = D;
    } else if (const auto *V = dyn_cast<VarRegion>(R)) {
      return V->getDecl()->hasGlobalStorage() ? V->getDecl()->getCanonicalDecl()
                                              : nullptr;
    } else {
      R = loadedFrom(R);
    }
  }
  return nullptr;
}

void Identity::setName(ObjectId O, StringRef Text) {
  if (O && !Text.empty())
    Names.try_emplace(O, Text.str());
}

std::string Identity::nameOf(ObjectId O) const {
  auto I = Names.find(O);
  return I == Names.end() ? "?" : I->second;
}

bool Identity::isWithin(StringRef Part, StringRef Whole) {
  return Part.consume_front(Whole) &&
         (Part.empty() || Part.front() == '.' || Part.front() == '[');
}

const char *Identity::intern(StringRef S) {
  return Keys.try_emplace(S, 0).first->getKeyData();
}
