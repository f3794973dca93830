//===- Jit.cpp - The driver's code in this process ------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Loader/Jit.h"
#include "Runtime/Nt/Api.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/ExecutionEngine/Orc/ThreadSafeModule.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include <cstring>

using namespace llvm;
using namespace llvm::orc;

namespace irqlint::rt {

namespace {

// What the code generator calls on its own, in the driver's convention.
void *IRQLINT_RT copy(void *D, const void *S, size_t N) {
  irqlint_rt_touch(S, N, 0);
  irqlint_rt_touch(D, N, 1);
  return std::memmove(D, S, N);
}
void *IRQLINT_RT fill(void *D, int V, size_t N) {
  irqlint_rt_touch(D, N, 1);
  return std::memset(D, V, N);
}
int IRQLINT_RT compare(const void *A, const void *B, size_t N) {
  irqlint_rt_touch(A, N, 0);
  irqlint_rt_touch(B, N, 0);
  return std::memcmp(A, B, N);
}
size_t IRQLINT_RT length(const char *S) { return std::strlen(S); }

#define IRQLINT_HOOK(F) {#F, reinterpret_cast<void *>(&F)}
const RtExport Intrinsic[] = {
    {"memcpy", reinterpret_cast<void *>(&copy)},
    {"memmove", reinterpret_cast<void *>(&copy)},
    {"memset", reinterpret_cast<void *>(&fill)},
    {"memcmp", reinterpret_cast<void *>(&compare)},
    {"strlen", reinterpret_cast<void *>(&length)},
    IRQLINT_HOOK(irqlint_rt_enter),
    IRQLINT_HOOK(irqlint_rt_leave),
    IRQLINT_HOOK(irqlint_rt_load),
    IRQLINT_HOOK(irqlint_rt_store),
    IRQLINT_HOOK(irqlint_rt_atomic),
    IRQLINT_HOOK(irqlint_rt_tick),
    IRQLINT_HOOK(irqlint_rt_callee),
    IRQLINT_HOOK(irqlint_rt_routine),
    IRQLINT_HOOK(irqlint_rt_no_return),
};
#undef IRQLINT_HOOK

/// The Windows convention in ELF.
constexpr char TargetName[] = "x86_64-pc-windows-msvc-elf";

} // namespace

std::set<std::string> routinesWithBody(bool Scenario) {
  std::set<std::string> Out;
  for (const RtExport &E : Intrinsic)
    Out.insert(E.Name);
  for (const RtExport *E = irqlint_rt_exports; E->Name; ++E)
    Out.insert(E->Name);
  if (Scenario)
    for (const RtExport *E = irqlint_rt_scenario_exports; E->Name; ++E)
      Out.insert(E->Name);
  return Out;
}

LoadedCode::LoadedCode() = default;
LoadedCode::~LoadedCode() = default;

Expected<std::unique_ptr<LoadedCode>>
LoadedCode::load(std::vector<CompiledUnit> Units, bool Scenario) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  JITTargetMachineBuilder Target{Triple(TargetName)};
  // Absolute addresses: the code lies far from the runtime's.
  Target.setCodeModel(CodeModel::Large);
  Target.setRelocationModel(Reloc::Static);
  Target.setCodeGenOptLevel(CodeGenOptLevel::None);
  Expected<std::unique_ptr<TargetMachine>> TM = Target.createTargetMachine();
  if (!TM)
    return TM.takeError();
  DataLayout Layout = (*TM)->createDataLayout();

  Expected<std::unique_ptr<LLJIT>> Jit =
      LLJITBuilder()
          .setJITTargetMachineBuilder(Target)
          .setDataLayout(Layout)
          .setLinkProcessSymbolsByDefault(false)
          .setPlatformSetUp(setUpInactivePlatform)
          .create();
  if (!Jit)
    return Jit.takeError();
  std::unique_ptr<LoadedCode> Code(new LoadedCode);
  Code->Jit = std::move(*Jit);
  SymbolMap Symbols;
  auto Define = [&](const RtExport &E) {
    Symbols[Code->Jit->mangleAndIntern(E.Name)] = {
        ExecutorAddr::fromPtr(E.Address),
        JITSymbolFlags::Exported | JITSymbolFlags::Callable};
  };
  // A library of its own, so that a driver may define what we define.
  JITDylib &System = cantFail(Code->Jit->createJITDylib("system"));
  for (const RtExport &E : Intrinsic)
    Define(E);
  for (const RtExport *E = irqlint_rt_exports; E->Name; ++E)
    Define(*E);
  if (Scenario)
    for (const RtExport *E = irqlint_rt_scenario_exports; E->Name; ++E)
      Define(*E);
  if (Error E = System.define(absoluteSymbols(std::move(Symbols))))
    return std::move(E);
  Code->Jit->getMainJITDylib().addToLinkOrder(System);

  std::vector<std::pair<std::string, uint64_t>> Writable;
  for (CompiledUnit &U : Units) {
    Module &M = *U.Code;
    M.setTargetTriple(Triple(TargetName));
    M.setDataLayout(Layout);
    for (GlobalVariable &G : M.globals())
      if (!G.isConstant() && !G.isDeclaration() &&
          !G.getName().starts_with("llvm.")) {
        if (G.hasLocalLinkage()) { // has to be found by name
          G.setName(M.getModuleIdentifier() + "::" + G.getName());
          G.setLinkage(GlobalValue::ExternalLinkage);
        }
        Writable.push_back(
            {G.getName().str(), Layout.getTypeAllocSize(G.getValueType())});
      }
    if (Error E = Code->Jit->addIRModule(
            ThreadSafeModule(std::move(U.Code), std::move(U.Context))))
      return std::move(E);
  }
  for (auto &[Name, Size] : Writable) {
    Expected<ExecutorAddr> At = Code->Jit->lookup(Name);
    if (!At)
      return At.takeError();
    char *P = At->toPtr<char *>();
    Code->Variables.push_back({P, std::string(P, Size)});
  }
  return std::move(Code);
}

uint64_t LoadedCode::address(StringRef Symbol) const {
  Expected<ExecutorAddr> A = Jit->lookup(Symbol);
  if (!A) {
    consumeError(A.takeError());
    return 0;
  }
  return A->getValue();
}

void LoadedCode::resetVariables() {
  for (Variable &V : Variables)
    std::memcpy(V.At, V.Initial.data(), V.Initial.size());
}

} // namespace irqlint::rt
