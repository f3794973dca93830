//===- Instrument.cpp - What the driver's code tells the machine ----------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Loader/Instrument.h"
#include "Runtime/Nt/Api.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/Path.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/LowerInvoke.h"

using namespace llvm;

namespace irqlint::rt {

namespace {

class Instrumenter {
public:
  Instrumenter(CompiledUnit &U, Program &P, StringRef KitDir,
               const std::set<std::string> &HasBody)
      : U(U), M(*U.Code), P(P), KitDir(KitDir), HasBody(HasBody),
        Word(Type::getInt64Ty(M.getContext())),
        Int(Type::getInt32Ty(M.getContext())),
        Ptr(PointerType::getUnqual(M.getContext())),
        Void(Type::getVoidTy(M.getContext())) {}

  void run();

private:
  bool isSystem(const Function &F) const;
  void function(Function &F);
  void call(CallBase &C, bool System);
  void leave(Instruction &Return);
  /// \p Atomic: nobody else is in between, or it is marked as shared.
  void memory(Instruction &I, Value *Address, Value *Size, bool Load,
              bool Store, bool Atomic = false);
  void stub(Function &F);
  void moveVariables();
  unsigned site(const Instruction &I, bool ForValue);
  void setSite(IRBuilder<> &B, const Instruction &I);
  FunctionCallee hook(const char *Name, Type *Result, ArrayRef<Type *> Params);
  Constant *address(const void *A) {
    return ConstantExpr::getIntToPtr(
        ConstantInt::get(Word, reinterpret_cast<uint64_t>(A)), Ptr);
  }
  std::string pathOf(const DILocation &L) const;

  CompiledUnit &U;
  Module &M;
  Program &P;
  std::string KitDir;
  const std::set<std::string> &HasBody;
  IntegerType *Word, *Int;
  PointerType *Ptr;
  Type *Void;
  std::optional<MemberDomains> Members;
};

} // namespace

std::string Instrumenter::pathOf(const DILocation &L) const {
  if (sys::path::is_absolute(L.getFilename()))
    return L.getFilename().str();
  SmallString<128> Path(L.getDirectory());
  sys::path::append(Path, L.getFilename());
  sys::path::remove_dots(Path, /*remove_dot_dot=*/true);
  return Path.str().str();
}

bool Instrumenter::isSystem(const Function &F) const {
  const DISubprogram *S = F.getSubprogram();
  if (!S)
    return true;
  return !KitDir.empty() && S->getFilename().starts_with(KitDir);
}

FunctionCallee Instrumenter::hook(const char *Name, Type *Result,
                                  ArrayRef<Type *> Params) {
  return M.getOrInsertFunction(Name, FunctionType::get(Result, Params, false));
}

/// A record of the place; with the values that matter if one is read there.
unsigned Instrumenter::site(const Instruction &I, bool ForValue) {
  Site S;
  const Function &F = *I.getFunction();
  if (const DebugLoc &L = I.getDebugLoc()) {
    S.File = pathOf(*L);
    S.Line = L.getLine();
    S.Col = L.getCol();
    if (const auto *C = dyn_cast<CallBase>(&I))
      if (const Function *Callee = C->getCalledFunction()) {
        auto It = U.Arguments.find(
            {L->getFilename().str(), S.Line, S.Col, Callee->getName().str()});
        if (It == U.Arguments.end())
          It = U.Arguments.find(
              {S.File, S.Line, S.Col, Callee->getName().str()});
        if (It != U.Arguments.end()) {
          S.Arguments = It->second.Texts;
          S.Types = It->second.Types;
        }
      }
  }
  S.Function = F.getSubprogram() ? F.getSubprogram()->getName().str()
                                 : F.getName().str();
  S.System = isSystem(F);
  if (ForValue) {
    S.Values = domainOf(&I);
    // Another place may look at it later.
    Members->add(I, S.Values);
  }
  if (const auto *C = dyn_cast<CallBase>(&I)) {
    S.ResultUnused = C->use_empty();
    S.Dies = dyingResults(*C);
    for (unsigned A = 0; A < C->arg_size() && A < 32; ++A)
      if (C->getArgOperand(A)->getType()->isIntegerTy() &&
          isAnyValue(C->getArgOperand(A)))
        S.AnyValue |= 1u << A;
  }
  P.Sites.push_back(std::move(S));
  return P.Sites.size() - 1;
}

void Instrumenter::setSite(IRBuilder<> &B, const Instruction &I) {
  B.CreateStore(ConstantInt::get(Int, site(I, !I.getType()->isVoidTy())),
                address(&irqlint_rt_site));
}

void Instrumenter::memory(Instruction &I, Value *Address, Value *Size,
                          bool Load, bool Store, bool Atomic) {
  const Value *Object = getUnderlyingObject(Address);
  // Variables of its own are always known.
  if (isa<AllocaInst>(Object))
    return;
  if (const auto *G = dyn_cast<GlobalVariable>(Object); G && G->isConstant())
    return;
  IRBuilder<> B(&I);
  Value *A = B.CreatePtrToInt(Address, Word);
  if (Atomic)
    B.CreateCall(hook("irqlint_rt_atomic", Void, {Word, Word, Int, Int}),
                 {A, Size, ConstantInt::get(Int, Load + 2 * Store),
                  ConstantInt::get(Int, site(I, Load))});
  else if (Load)
    B.CreateCall(hook("irqlint_rt_load", Void, {Word, Word, Int}),
                 {A, Size, ConstantInt::get(Int, site(I, true))});
  if (Store && !Atomic)
    B.CreateCall(hook("irqlint_rt_store", Void, {Word, Word, Int}),
                 {A, Size, ConstantInt::get(Int, site(I, false))});
}

void Instrumenter::call(CallBase &C, bool System) {
  if (C.isInlineAsm())
    return;
  if (auto *MI = dyn_cast<MemIntrinsic>(&C)) {
    IRBuilder<> B(&C);
    Value *Size = B.CreateZExtOrTrunc(MI->getLength(), Word);
    if (auto *T = dyn_cast<MemTransferInst>(MI))
      memory(C, T->getRawSource(), Size, true, false);
    memory(C, MI->getRawDest(), Size, false, true);
    return;
  }
  if (isa<IntrinsicInst>(C))
    return;
  IRBuilder<> B(&C);
  if (!C.getCalledFunction()) {
    Value *A = B.CreatePtrToInt(C.getCalledOperand(), Word);
    A = B.CreateCall(hook("irqlint_rt_callee", Word, {Word}), {A});
    C.setCalledOperand(B.CreateIntToPtr(A, Ptr));
  }
  if (!System)
    setSite(B, C);
}

/// All return statements share one instruction; which one it was says the
/// branch that leads there.
void Instrumenter::leave(Instruction &Return) {
  BasicBlock *Exit = Return.getParent();
  bool Told = false;
  if (Exit->getName().starts_with("return") &&
      &*Exit->getFirstNonPHIOrDbg() == &Return)
    for (BasicBlock *Before : predecessors(Exit)) {
      Instruction *Branch = Before->getTerminator();
      if (Branch->getNumSuccessors() != 1 || !Branch->getDebugLoc())
        continue;
      IRBuilder<> B(Branch);
      setSite(B, *Branch);
      Told = true;
    }
  IRBuilder<> B(&Return);
  if (!Told)
    setSite(B, Return);
  B.CreateCall(hook("irqlint_rt_leave", Void, {}));
}

void Instrumenter::function(Function &F) {
  bool System = isSystem(F);
  if (!System) {
    std::vector<Domain> &Arguments = P.Arguments[F.getName().str()];
    for (const Argument &A : F.args())
      Arguments.push_back(domainOf(&A));
    // Numbers that nobody looks at differ from one another, like pointers.
    for (size_t I = 0, Next = 0; I < Arguments.size(); ++I)
      if (Arguments[I].K == Domain::Integer && Arguments[I].Values.size() == 1)
        Arguments[I].Values[0] = Next++;
  }
  uint64_t Frame = 0;
  for (Instruction &I : instructions(F))
    if (auto *A = dyn_cast<AllocaInst>(&I))
      if (auto S = A->getAllocationSize(M.getDataLayout()))
        Frame += S->getFixedValue();
  if (Frame >= Fiber::MaxFrame) {
    // Too large for any kernel stack, and for ours: never entered.
    F.deleteBody();
    IRBuilder<> B(BasicBlock::Create(M.getContext(), "", &F));
    B.CreateCall(hook("irqlint_rt_no_return", Void, {}));
    B.CreateUnreachable();
    return;
  }
  SmallVector<std::pair<const BasicBlock *, const BasicBlock *>> Back;
  FindFunctionBackedges(F, Back);
  std::vector<Instruction *> Work;
  for (Instruction &I : instructions(F))
    Work.push_back(&I);
  const DataLayout &DL = M.getDataLayout();
  auto SizeOf = [&](Type *T) {
    return ConstantInt::get(Word, DL.getTypeStoreSize(T).getFixedValue());
  };
  for (Instruction *I : Work) {
    if (auto *L = dyn_cast<LoadInst>(I))
      memory(*I, L->getPointerOperand(), SizeOf(L->getType()), true, false,
             L->isVolatile() || L->isAtomic());
    else if (auto *S = dyn_cast<StoreInst>(I))
      memory(*I, S->getPointerOperand(),
             SizeOf(S->getValueOperand()->getType()), false, true,
             S->isVolatile() || S->isAtomic());
    else if (auto *A = dyn_cast<AtomicRMWInst>(I))
      memory(*I, A->getPointerOperand(), SizeOf(A->getType()), true, true,
             true);
    else if (auto *X = dyn_cast<AtomicCmpXchgInst>(I))
      memory(*I, X->getPointerOperand(),
             SizeOf(X->getCompareOperand()->getType()), true, true, true);
    else if (auto *C = dyn_cast<CallBase>(I))
      call(*C, System);
    else if (isa<ReturnInst>(I) && !System)
      leave(*I);
  }
  std::set<const BasicBlock *> Ticking;
  for (auto &[From, To] : Back)
    if (Ticking.insert(From).second)
      IRBuilder<>(const_cast<BasicBlock *>(From)->getTerminator())
          .CreateCall(hook("irqlint_rt_tick", Void, {}));
  if (System)
    return;
  auto Info = std::make_unique<FunctionInfo>();
  Info->Name = F.getSubprogram()->getName().str();
  // (Sections with a name of their own can be locked in memory.)
  Info->Pageable = F.getSection().equals_insensitive("PAGE");
  IRBuilder<> B(&*F.getEntryBlock().getFirstNonPHIOrDbgOrAlloca());
  B.CreateCall(hook("irqlint_rt_enter", Void, {Ptr}), {address(Info.get())});
  P.Functions.push_back(std::move(Info));
}

/// `R f(A a)` that the runtime has no body for: its contract happens.
void Instrumenter::stub(Function &F) {
  std::string Name = F.getName().str();
  F.setLinkage(GlobalValue::InternalLinkage);
  F.setDLLStorageClass(GlobalValue::DefaultStorageClass);
  BasicBlock *Body = BasicBlock::Create(M.getContext(), "", &F);
  IRBuilder<> B(Body);
  unsigned N = F.arg_size();
  auto *Space = ArrayType::get(Word, N + 1);
  Value *Args = B.CreateAlloca(Space);
  for (unsigned I = 0; I < N; ++I) {
    Value *A = F.getArg(I);
    Type *T = A->getType();
    if (T->isPointerTy())
      A = B.CreatePtrToInt(A, Word);
    else if (T->isIntegerTy())
      A = B.CreateZExtOrTrunc(A, Word);
    else
      A = ConstantInt::get(Word, 0);
    B.CreateStore(A, B.CreateConstInBoundsGEP2_32(Space, Args, 0, I));
  }
  Type *R = F.getReturnType();
  unsigned Kind = R->isVoidTy() ? 0 : R->isPointerTy() ? 2 : 1;
  Value *Result =
      B.CreateCall(hook("irqlint_rt_routine", Word, {Ptr, Ptr, Int, Int}),
                   {B.CreateGlobalString(Name), Args, ConstantInt::get(Int, N),
                    ConstantInt::get(Int, Kind)});
  if (F.doesNotReturn()) {
    B.CreateCall(hook("irqlint_rt_no_return", Void, {}));
    B.CreateUnreachable();
  } else if (R->isVoidTy())
    B.CreateRetVoid();
  else if (R->isPointerTy())
    B.CreateRet(B.CreateIntToPtr(Result, R));
  else if (R->isIntegerTy())
    B.CreateRet(B.CreateZExtOrTrunc(Result, R));
  else
    B.CreateRet(Constant::getNullValue(R));
}

/// To where the machine can tell what was written and what was not.
void Instrumenter::moveVariables() {
  std::vector<GlobalVariable *> Move;
  for (GlobalVariable &G : M.globals())
    if (!G.getName().starts_with("llvm.") && G.getValueType()->isSized() &&
        (G.isDeclaration() || (!G.isConstant() && G.hasInitializer() &&
                               G.getInitializer()->isNullValue())))
      Move.push_back(&G);
  for (GlobalVariable *G : Move) {
    uint64_t Size = M.getDataLayout().getTypeAllocSize(G->getValueType());
    uint64_t At = P.Memory->addStatic(std::max<uint64_t>(Size, 8));
    if (!At)
      continue;
    P.Variables[G->getName().str()] = At;
    G->replaceAllUsesWith(address(reinterpret_cast<void *>(At)));
    G->eraseFromParent();
  }
}

void Instrumenter::run() {
  {
    LoopAnalysisManager LAM;
    FunctionAnalysisManager FAM;
    CGSCCAnalysisManager CAM;
    ModuleAnalysisManager MAM;
    PassBuilder PB;
    PB.registerModuleAnalyses(MAM);
    PB.registerCGSCCAnalyses(CAM);
    PB.registerFunctionAnalyses(FAM);
    PB.registerLoopAnalyses(LAM);
    PB.crossRegisterProxies(LAM, FAM, CAM, MAM);
    FunctionPassManager FPM;
    FPM.addPass(LowerInvokePass());
    FPM.addPass(SROAPass(SROAOptions::PreserveCFG));
    for (Function &F : M) {
      if (F.isDeclaration())
        continue;
      F.removeFnAttr(Attribute::OptimizeNone);
      FPM.run(F, FAM);
      removeUnreachableBlocks(F);
      F.setPersonalityFn(nullptr);
      FAM.invalidate(F, PreservedAnalyses::none());
    }
  }
  std::vector<Function *> Defined, Declared;
  for (Function &F : M)
    (F.isDeclaration() ? Declared : Defined).push_back(&F);
  if (P.Sites.empty())
    P.Sites.emplace_back(); // 0: not known
  moveVariables();
  Members.emplace(M);
  for (Function *F : Defined)
    function(*F);
  for (Function *F : Declared) {
    if (F->isIntrinsic() || F->use_empty())
      continue;
    std::string Name = F->getName().str();
    if (!HasBody.count(Name) && Name.rfind("irqlint_rt_", 0) != 0)
      stub(*F);
  }
  for (Function &F : M) {
    F.addFnAttr("no-stack-arg-probe");
    F.setDLLStorageClass(GlobalValue::DefaultStorageClass);
    F.setSection("");
  }
  for (GlobalVariable &G : M.globals()) {
    G.setDLLStorageClass(GlobalValue::DefaultStorageClass);
    if (!G.getName().starts_with("llvm."))
      G.setSection("");
  }
  for (const char *List :
       {"llvm.used", "llvm.compiler.used", "llvm.global.annotations"})
    if (GlobalVariable *G = M.getGlobalVariable(List))
      G->eraseFromParent();
  StripDebugInfo(M);
  if (NamedMDNode *Options = M.getNamedMetadata("llvm.linker.options"))
    Options->eraseFromParent();
}

void instrument(CompiledUnit &U, Program &P, StringRef KitDir,
                const std::set<std::string> &HasBody) {
  Instrumenter(U, P, KitDir, HasBody).run();
}

} // namespace irqlint::rt
