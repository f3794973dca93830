//===- Compile.cpp - From a parsed unit to code that can be run -----------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Loader/Compile.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/GlobalDecl.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/CodeGenOptions.h"
#include "clang/CodeGen/ModuleBuilder.h"
#include "clang/Lex/HeaderSearch.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/VirtualFileSystem.h"

using namespace clang;

namespace irqlint::rt {

namespace {

/// Notes what the arguments of calls look like.
class CallTexts : public RecursiveASTVisitor<CallTexts> {
public:
  CallTexts(ASTContext &Ctx, std::map<CallPlace, CallArguments> &Out)
      : Ctx(Ctx), Out(Out) {}

  bool VisitCallExpr(CallExpr *E) {
    const FunctionDecl *FD = E->getDirectCallee();
    const SourceManager &SM = Ctx.getSourceManager();
    PresumedLoc P = SM.getPresumedLoc(SM.getExpansionLoc(E->getExprLoc()));
    if (!FD || !FD->getIdentifier() || P.isInvalid())
      return true;
    CallArguments Arguments;
    for (const Expr *A : E->arguments()) {
      std::string Text;
      llvm::raw_string_ostream OS(Text);
      A->IgnoreParenCasts()->printPretty(OS, nullptr, Ctx.getPrintingPolicy());
      Arguments.Texts.push_back(std::move(Text));
      QualType T = A->IgnoreParenCasts()->getType();
      if (T->isPointerType())
        T = T->getPointeeType();
      Arguments.Types.push_back(
          T.getUnqualifiedType().getAsString(Ctx.getPrintingPolicy()));
    }
    Out.try_emplace(
        {P.getFilename(), P.getLine(), P.getColumn(), FD->getName().str()},
        std::move(Arguments));
    return true;
  }

private:
  ASTContext &Ctx;
  std::map<CallPlace, CallArguments> &Out;
};

/// `static int X;` in C becomes a definition at the end of the unit.
void completeTentative(ASTContext &Ctx, ASTConsumer &Gen) {
  for (Decl *D : Ctx.getTranslationUnitDecl()->decls())
    if (auto *V = dyn_cast<VarDecl>(D))
      if (V->getActingDefinition() == V && !V->getInit() &&
          V->isThisDeclarationADefinition() == VarDecl::TentativeDefinition)
        Gen.CompleteTentativeDefinition(V);
}

/// What templates of functions became: in no list of declarations, and made
/// only if it is known before it is used.
struct Instances : RecursiveASTVisitor<Instances> {
  explicit Instances(ASTConsumer &Gen) : Gen(Gen) {}
  ASTConsumer &Gen;
  bool VisitFunctionTemplateDecl(FunctionTemplateDecl *T) {
    for (FunctionDecl *F : T->specializations())
      if (F->doesThisDeclarationHaveABody() && !F->isDependentContext())
        Gen.HandleTopLevelDecl(DeclGroupRef(F));
    return true;
  }
  bool shouldVisitTemplateInstantiations() const { return true; }
  bool TraverseStmt(Stmt *) { return true; }
};

} // namespace

llvm::Expected<CompiledUnit> compile(const ParsedUnit &U) {
  if (!U.errors().empty())
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   U.errors().front().str());
  ASTContext &Ctx = U.context();
  Preprocessor &PP = U.preprocessor();
  CompiledUnit Out;
  Out.Context = std::make_unique<llvm::LLVMContext>();
  Out.Context->setDiscardValueNames(false);

  CodeGenOptions Opts;
  Opts.OptimizationLevel = 0;
  Opts.setDebugInfo(llvm::codegenoptions::DebugLineTablesOnly);
  Opts.DebugColumnInfo = true;
  Opts.EmitLLVMUseLists = false;
  // Everything the author wrote can be started by itself.
  for (const FunctionParse &F : U.functions())
    if (F.Function && !F.Function->hasAttr<UsedAttr>())
      const_cast<FunctionDecl *>(F.Function)
          ->addAttr(UsedAttr::CreateImplicit(Ctx));

  std::unique_ptr<CodeGenerator> Gen(CreateLLVMCodeGen(
      Ctx.getDiagnostics(), U.plan().File, llvm::vfs::getRealFileSystem(),
      PP.getHeaderSearchInfo().getHeaderSearchOpts(), PP.getPreprocessorOpts(),
      Opts, *Out.Context));
  Gen->Initialize(Ctx);
  for (Decl *D : Ctx.getTranslationUnitDecl()->decls())
    Gen->HandleTopLevelDecl(DeclGroupRef(D));
  Instances(*Gen).TraverseDecl(Ctx.getTranslationUnitDecl());
  // Methods defined in their class are otherwise made when somebody calls them.
  for (const FunctionParse &F : U.functions())
    if (const auto *M = dyn_cast_or_null<CXXMethodDecl>(F.Function))
      if (!M->isDependentContext())
        Gen->HandleInlineFunctionDefinition(const_cast<CXXMethodDecl *>(M));
  completeTentative(Ctx, *Gen);
  Gen->HandleTranslationUnit(Ctx);
  for (const FunctionParse &F : U.functions())
    if (F.Function && !F.Function->isDependentContext() &&
        !isa<CXXConstructorDecl, CXXDestructorDecl>(F.Function))
      Out.Symbols[F.Function] =
          Gen->GetMangledName(GlobalDecl(F.Function)).str();
  Out.Code = Gen->ReleaseModule();
  if (!Out.Code || !U.errors().empty())
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   U.errors().empty()
                                       ? U.plan().File + ": error: no code"
                                       : U.errors().front().str());
  // Functions of its own are started by name, too.
  for (auto &[Decl, Symbol] : Out.Symbols)
    if (llvm::Function *F = Out.Code->getFunction(Symbol))
      if (F->hasLocalLinkage()) {
        F->setName(U.plan().File + "::" + Symbol);
        F->setLinkage(llvm::GlobalValue::ExternalLinkage);
        Symbol = F->getName().str();
      }
  CallTexts(Ctx, Out.Arguments).TraverseDecl(Ctx.getTranslationUnitDecl());
  return std::move(Out);
}

} // namespace irqlint::rt
