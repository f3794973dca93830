//===- FunctionStatus.cpp - How much of each function was parsed ----------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/FunctionStatus.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"

using namespace llvm;
using namespace clang;

namespace irqlint {

namespace {

struct Place {
  FileID File;
  unsigned Offset;
  bool operator<(const Place &O) const {
    return std::tie(File, Offset) < std::tie(O.File, O.Offset);
  }
};

/// Offsets of one statement in the file of the function.
struct Extent {
  unsigned Begin, End;
  bool Damaged;
};

class Judge : public RecursiveASTVisitor<Judge> {
public:
  Judge(ASTContext &Ctx, ArrayRef<SourceLocation> ErrorLocs,
        ArrayRef<SourceLocation> StubLocs, ArrayRef<std::string> Foreign)
      : SM(Ctx.getSourceManager()), Foreign(Foreign) {
    for (SourceLocation L : ErrorLocs)
      Errors.push_back(placeOf(L));
    for (SourceLocation L : StubLocs)
      Stubs.push_back(placeOf(L));
    llvm::sort(Errors);
    llvm::sort(Stubs);
  }

  std::vector<FunctionParse> Out;

  bool VisitFunctionDecl(FunctionDecl *F) {
    if (!F->isThisDeclarationADefinition() || F->isImplicit() ||
        F->isDefaulted() || F->isDeleted() || F->isTemplateInstantiation())
      return true;
    SourceLocation Begin = SM.getExpansionLoc(F->getBeginLoc());
    if (Begin.isInvalid() || isForeign(SM.getFileID(Begin)))
      return true;
    Out.push_back(judge(F));
    return true;
  }
  // Bodies hold nothing that is listed here but lambdas, which belong to
  // the function around them.
  bool TraverseCompoundStmt(CompoundStmt *) { return true; }

private:
  Place placeOf(SourceLocation L) const {
    auto [F, O] = SM.getDecomposedLoc(SM.getExpansionLoc(L));
    return {F, O};
  }

  /// A header is named as it stands on the disk, however it was included.
  const std::string &nameOnDisk(FileID F, StringRef Name) {
    auto [It, New] = DiskNames.try_emplace(F);
    if (New) {
      auto S = SM.getFileManager().getVirtualFileSystem().status(Name);
      It->second = S ? S->getName().str() : Name.str();
    }
    return It->second;
  }

  bool isForeign(FileID F) {
    auto [It, New] = ForeignFiles.try_emplace(F, false);
    if (New)
      if (auto E = SM.getFileEntryRefForID(F))
        for (StringRef Folder : Foreign)
          It->second |= E->getName().starts_with(Folder);
    return It->second;
  }

  void statement(const Stmt *S) {
    if (!S)
      return;
    if (const auto *C = dyn_cast<CompoundStmt>(S)) {
      for (const Stmt *B : C->body())
        statement(B);
      return;
    }
    Extent E{placeOf(S->getBeginLoc()).Offset, placeOf(S->getEndLoc()).Offset,
             false};
    if (const auto *X = dyn_cast<Expr>(S)) {
      E.Damaged = X->containsErrors();
    } else if (const auto *D = dyn_cast<DeclStmt>(S)) {
      for (const Decl *Sub : D->decls()) {
        E.Damaged |= Sub->isInvalidDecl();
        if (const auto *V = dyn_cast<VarDecl>(Sub))
          if (const Expr *Init = V->getInit())
            E.Damaged |= Init->containsErrors();
      }
    } else {
      for (const Stmt *Child : S->children()) {
        if (!Child)
          continue;
        // Conditions belong to this statement, bodies are their own.
        if (const auto *X = dyn_cast<Expr>(Child); X && !isBody(S, Child))
          E.Damaged |= X->containsErrors();
        else
          statement(Child);
      }
    }
    Extents.push_back(E);
  }

  static bool isBody(const Stmt *S, const Stmt *Child) {
    if (const auto *I = dyn_cast<IfStmt>(S))
      return Child == I->getThen() || Child == I->getElse();
    if (const auto *W = dyn_cast<WhileStmt>(S))
      return Child == W->getBody();
    if (const auto *D = dyn_cast<DoStmt>(S))
      return Child == D->getBody();
    if (const auto *F = dyn_cast<ForStmt>(S))
      return Child == F->getBody();
    if (const auto *W = dyn_cast<SwitchStmt>(S))
      return Child == W->getBody();
    if (const auto *C = dyn_cast<SwitchCase>(S))
      return Child == C->getSubStmt();
    if (const auto *L = dyn_cast<LabelStmt>(S))
      return Child == L->getSubStmt();
    return false;
  }

  FunctionParse judge(FunctionDecl *F) {
    FunctionParse R;
    R.Function = F;
    R.Name = F->getQualifiedNameAsString();
    Place Begin = placeOf(F->getBeginLoc()), End = placeOf(F->getEndLoc());
    SourceLocation Loc = SM.getExpansionLoc(F->getLocation());
    PresumedLoc P = SM.getPresumedLoc(Loc, /*UseLineDirectives=*/false);
    if (P.isValid()) {
      R.Pos.File = nameOnDisk(SM.getFileID(Loc), P.getFilename());
      R.Pos.Line = P.getLine();
      R.Pos.Col = P.getColumn();
    }
    Extents.clear();
    statement(F->getBody());
    if (const auto *Ctor = dyn_cast<CXXConstructorDecl>(F))
      for (const CXXCtorInitializer *Init : Ctor->inits())
        if (Init->isWritten() && Init->getInit())
          statement(Init->getInit());
    bool Damaged = F->isInvalidDecl();
    for (const ParmVarDecl *Param : F->parameters())
      Damaged |= Param->isInvalidDecl();
    unsigned ErrorsInside = 0;
    for (auto It = llvm::lower_bound(Errors, Begin);
         It != Errors.end() && !(End < *It); ++It) {
      if (It->File != Begin.File)
        break;
      ++ErrorsInside;
      // The innermost statement around the place; errors that left no
      // statement behind count for the function alone.
      Extent *Best = nullptr;
      for (Extent &E : Extents)
        if (E.Begin <= It->Offset && It->Offset <= E.End &&
            (!Best || E.End - E.Begin < Best->End - Best->Begin))
          Best = &E;
      if (Best)
        Best->Damaged = true;
    }
    R.Statements = Extents.size();
    for (const Extent &E : Extents)
      R.DamagedStatements += E.Damaged;
    Damaged |= ErrorsInside || R.DamagedStatements;
    auto Stub = llvm::lower_bound(Stubs, Begin);
    bool Stubbed =
        Stub != Stubs.end() && Stub->File == Begin.File && !(End < *Stub);
    R.Status = ErrorsInside && !R.Statements ? ParseStatus::Lost
               : Damaged                     ? ParseStatus::Damaged
               : Stubbed                     ? ParseStatus::Stubbed
                                             : ParseStatus::Clean;
    return R;
  }

  SourceManager &SM;
  ArrayRef<std::string> Foreign;
  std::vector<Place> Errors, Stubs;
  llvm::DenseMap<FileID, std::string> DiskNames;
  std::map<FileID, bool> ForeignFiles;
  std::vector<Extent> Extents;
};

} // namespace

std::vector<FunctionParse> functionStatus(ASTContext &Ctx,
                                          ArrayRef<SourceLocation> Errors,
                                          ArrayRef<SourceLocation> StubUses,
                                          ArrayRef<std::string> Foreign) {
  Judge J(Ctx, Errors, StubUses, Foreign);
  J.TraverseDecl(Ctx.getTranslationUnitDecl());
  return std::move(J.Out);
}

} // namespace irqlint
