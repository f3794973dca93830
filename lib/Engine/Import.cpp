//===- Import.cpp ---------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Import.h"
#include "Engine/ErrorGate.h"
#include "Engine/LinkCollector.h"
#include "Engine/UnitIndex.h"
#include "clang/AST/ASTImporter.h"
#include "clang/AST/ASTImporterSharedState.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;
using namespace irqlint;

UnitImport::UnitImport(ASTContext &To, const RuleSet &Rules)
    : To(To), Rules(Rules), Shared(std::make_shared<ASTImporterSharedState>(
                                *To.getTranslationUnitDecl())) {}

UnitImport::~UnitImport() = default;

bool UnitImport::isImported(const FunctionDecl *FD) const {
  return Shared->isNewDecl(FD);
}

/// Bodies that cannot be walked are taken off while their unit is imported.
namespace {
class WithoutBodies {
public:
  explicit WithoutBodies(const llvm::DenseSet<const FunctionDecl *> &Blocked) {
    for (const FunctionDecl *Canonical : Blocked) {
      const FunctionDecl *Def = nullptr;
      if (!Canonical->hasBody(Def))
        continue;
      Taken.push_back({const_cast<FunctionDecl *>(Def), Def->getBody()});
      Taken.back().first->setBody(nullptr);
    }
  }
  ~WithoutBodies() {
    for (auto &[FD, Body] : Taken)
      FD->setBody(Body);
  }

private:
  SmallVector<std::pair<FunctionDecl *, Stmt *>, 8> Taken;
};
} // namespace

unsigned UnitImport::add(ASTContext &From, const ErrorLocations &Errors,
                         const std::function<bool(const Decl *)> &IsStub,
                         const std::vector<std::string> &Usrs) {
  UnitIndex Index(From, Rules, IsStub);
  ErrorGate Gate(From, Index, Errors);
  WithoutBodies Guard(Gate.blocked());
  std::set<std::string> Wanted(Usrs.begin(), Usrs.end());
  // The importer tells of conflicts; nobody is to read that here.
  IgnoringDiagConsumer Quiet;
  DiagnosticsEngine &ToDiags = To.getDiagnostics();
  DiagnosticConsumer *Client = ToDiags.getClient();
  bool Owned = ToDiags.ownsClient();
  std::unique_ptr<DiagnosticConsumer> Keep = ToDiags.takeClient();
  ToDiags.setClient(&Quiet, /*ShouldOwnClient=*/false);

  ASTImporter Importer(To, To.getSourceManager().getFileManager(), From,
                       From.getSourceManager().getFileManager(),
                       /*MinimalImport=*/false, Shared);
  Importer.setODRHandling(ASTImporter::ODRHandlingType::Liberal);
  unsigned Came = 0;
  for (const auto &[FD, Facts] : Index.functions()) {
    if (!FD->isExternallyVisible() || !Wanted.count(usrOf(FD)) ||
        Gate.blocked().contains(FD))
      continue;
    llvm::Expected<Decl *> Got =
        Importer.Import(const_cast<FunctionDecl *>(Facts.FD));
    if (!Got) {
      llvm::consumeError(Got.takeError());
      continue;
    }
    const auto *New = dyn_cast<FunctionDecl>(*Got);
    Came += New && New->doesThisDeclarationHaveABody();
  }
  ToDiags.setClient(Client, Owned);
  if (Owned)
    (void)Keep.release();
  return Came;
}
