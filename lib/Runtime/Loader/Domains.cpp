//===- Domains.cpp - Which values of an unknown matter --------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// A value is followed to the comparisons that it takes part in; each gives one
/// value on either side. What is never compared is zero.
//===----------------------------------------------------------------------===//

#include "Runtime/Loader/Instrument.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Operator.h"

using namespace llvm;

namespace irqlint::rt {

namespace {
class Follow {
public:
  explicit Follow(Domain &D) : D(D) {}

  /// \p V is the value plus \p Offset.
  void users(const Value *V, unsigned Depth, int64_t Offset = 0) {
    if (Depth > 8 || !Seen.insert(V).second)
      return;
    for (const User *U : V->users())
      user(V, U, Depth, Offset);
  }

  bool NullCompared = false;

private:
  void add(int64_t V) {
    for (int64_t Known : D.Values)
      if (Known == V)
        return;
    if (D.Values.size() < 8)
      D.Values.push_back(V);
  }

  void compare(const Value *V, const ICmpInst *C, int64_t Offset) {
    const Value *Other =
        C->getOperand(0) == V ? C->getOperand(1) : C->getOperand(0);
    if (isa<ConstantPointerNull>(Other)) {
      NullCompared = true;
      return;
    }
    const auto *K = dyn_cast<ConstantInt>(Other);
    if (!K) { // a bound or another unknown: a few small numbers
      for (int64_t Small : {1, 2, 3})
        add(Small);
      return;
    }
    if (K->getBitWidth() > 64)
      return;
    int64_t N = K->getSExtValue();
    add(N - Offset);
    switch (C->getPredicate()) {
    case CmpInst::ICMP_SLT:
    case CmpInst::ICMP_SGE:
    case CmpInst::ICMP_ULT:
    case CmpInst::ICMP_UGE:
      if (N != 0 || C->isSigned())
        add(N - 1 - Offset);
      break;
    default:
      add(N + 1 - Offset);
    }
  }

  void user(const Value *V, const User *U, unsigned Depth, int64_t Offset) {
    if (const auto *C = dyn_cast<ICmpInst>(U)) {
      compare(V, C, Offset);
    } else if (const auto *S = dyn_cast<SwitchInst>(U)) {
      for (const auto &Case : S->cases())
        add(Case.getCaseValue()->getSExtValue() - Offset);
      add(-1);
    } else if (isa<BranchInst>(U)) {
      add(1);
    } else if (const auto *B = dyn_cast<BinaryOperator>(U)) {
      // A bit that is tested: set and not set.
      if (B->getOpcode() == Instruction::And)
        if (const auto *K = dyn_cast<ConstantInt>(B->getOperand(1)))
          add(K->getSExtValue());
      const auto *K = dyn_cast<ConstantInt>(B->getOperand(1));
      int64_t By = K && K->getBitWidth() <= 64 ? K->getSExtValue() : 0;
      if (B->getOpcode() == Instruction::Add)
        Offset += By;
      else if (B->getOpcode() == Instruction::Sub)
        Offset -= By;
      users(B, Depth + 1, Offset);
    } else if (isa<CastInst>(U) || isa<PHINode>(U) || isa<SelectInst>(U) ||
               isa<FreezeInst>(U)) {
      users(U, Depth + 1, Offset);
    } else if (const auto *C = dyn_cast<CallBase>(U)) {
      // Helpers look at it in place of this function.
      if (const Function *F = C->getCalledFunction(); F && !F->isDeclaration())
        for (unsigned I = 0; I < C->arg_size() && I < F->arg_size(); ++I)
          if (C->getArgOperand(I) == V)
            users(F->getArg(I), Depth + 1, Offset);
    } else if (const auto *S = dyn_cast<StoreInst>(U)) {
      // Variables whose address is taken (by exception blocks) stay in memory.
      if (S->getValueOperand() == V)
        if (const auto *A = dyn_cast<AllocaInst>(S->getPointerOperand()))
          for (const User *L : A->users())
            if (isa<LoadInst>(L))
              users(L, Depth + 1, Offset);
    }
  }

  Domain &D;
  SmallPtrSet<const Value *, 16> Seen;
};
} // namespace

Domain domainOf(const Value *V) {
  Domain D;
  Follow F(D);
  F.users(V, 0);
  if (V->getType()->isPointerTy()) {
    D.K = Domain::Pointer;
    D.MayBeNull = F.NullCompared;
    if (const auto *L = dyn_cast<LoadInst>(V))
      if (const auto *G = dyn_cast<GEPOperator>(L->getPointerOperand()))
        if (const auto *S = dyn_cast<StructType>(G->getSourceElementType()))
          if (S->hasName() && S->getName() == "struct._LIST_ENTRY" &&
              G->getNumIndices() == 2)
            if (const auto *I = dyn_cast<ConstantInt>(G->getOperand(2)))
              D.K = I->isZero() ? Domain::ListFlink : Domain::ListBlink;
    return D;
  }
  return D;
}

/// The member that an instruction reads or changes; empty if it is none.
static std::string memberOf(const Instruction &I) {
  const auto *L = dyn_cast<LoadInst>(&I);
  if (!L || !L->getType()->isIntegerTy())
    return "";
  std::string Name;
  const Value *P = L->getPointerOperand();
  while (const auto *G = dyn_cast<GEPOperator>(P)) {
    const auto *S = dyn_cast<StructType>(G->getSourceElementType());
    if (!S || !S->hasName() || !G->hasAllConstantIndices())
      return "";
    std::string Part = S->getName().str();
    for (const Use &Index : G->indices())
      Part += "." + std::to_string(cast<ConstantInt>(Index)->getZExtValue());
    Name = Part + "/" + Name;
    P = G->getPointerOperand();
  }
  if (Name.empty() && isa<GlobalVariable>(P))
    Name = P->getName().str();
  return Name;
}

static constexpr size_t MaxValues = 8;

MemberDomains::MemberDomains(const Module &M) {
  for (const Function &F : M)
    for (const BasicBlock &B : F)
      for (const Instruction &I : B) {
        std::string Name = memberOf(I);
        if (Name.empty())
          continue;
        std::vector<int64_t> &All = Values[Name];
        for (int64_t V : domainOf(&I).Values)
          if (All.size() < MaxValues &&
              std::find(All.begin(), All.end(), V) == All.end())
            All.push_back(V);
      }
}

void MemberDomains::add(const Instruction &I, Domain &D) const {
  auto All = Values.find(memberOf(I));
  if (All == Values.end() || D.K != Domain::Integer)
    return;
  for (int64_t V : All->second)
    if (D.Values.size() < MaxValues &&
        std::find(D.Values.begin(), D.Values.end(), V) == D.Values.end())
      D.Values.push_back(V);
}

/// The value is stored, returned or handed to another function.
static bool escapes(const Value *V, unsigned Depth = 0) {
  if (Depth > 6)
    return true;
  for (const User *U : V->users()) {
    if (isa<ReturnInst>(U))
      return true;
    if (const auto *S = dyn_cast<StoreInst>(U)) {
      if (S->getValueOperand() == V)
        return true;
    } else if (const auto *C = dyn_cast<CallBase>(U)) {
      if (!C->getCalledFunction() || !C->getCalledFunction()->isDeclaration())
        return true;
    } else if (const auto *L = dyn_cast<LoadInst>(U)) {
      if (escapes(L, Depth + 1))
        return true;
    } else if (isa<CastInst, PHINode, SelectInst, GetElementPtrInst>(U) &&
               escapes(U, Depth + 1)) {
      return true;
    }
  }
  return false;
}

uint32_t dyingResults(const CallBase &C) {
  uint32_t Out = 0;
  if (C.getType()->isIntegerTy() && !escapes(&C))
    Out |= 1u << 31;
  for (unsigned I = 0; I < C.arg_size() && I < 31; ++I)
    if (const auto *A = dyn_cast<AllocaInst>(C.getArgOperand(I)))
      if (!escapes(A))
        Out |= 1u << I;
  return Out;
}

static bool isAnyValue(const Value *V, unsigned Depth) {
  if (isa<Constant>(V) || V->getType()->isPointerTy())
    return false;
  if (isa<LoadInst, Argument, CallBase>(V))
    return domainOf(V).Values.size() == 1;
  const auto *U = dyn_cast<Instruction>(V);
  if (!U || Depth > 6)
    return false;
  for (const Value *O : U->operands())
    if (isAnyValue(O, Depth + 1))
      return true;
  return false;
}

bool isAnyValue(const Value *V) { return isAnyValue(V, 0); }

} // namespace irqlint::rt
