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

/// In the user's words.
static std::string reason(llvm::Error E) {
  std::string Why = "it uses what is declared in another way here";
  llvm::handleAllErrors(std::move(E), [&](const ASTImportError &I) {
    if (I.Error == ASTImportError::UnsupportedConstruct)
      Why = "it uses what Clang's importer does not know";
    else if (I.Error == ASTImportError::Unknown)
      Why = "Clang's importer failed";
  });
  return Why;
}

std::vector<ImportFailure> UnitImport::add(
    ASTContext &From, const ErrorLocations &Errors,
    const std::function<bool(const Decl *)> &IsStub,
    const std::vector<std::string> &Usrs,
    llvm::function_ref<void(llvm::StringRef, llvm::StringRef)> OnImport) {
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
  std::vector<ImportFailure> Failed;
  for (const auto &[FD, Facts] : Index.functions()) {
    std::string Usr = FD->isExternallyVisible() ? usrOf(FD) : "";
    if (Usr.empty() || !Wanted.count(Usr))
      continue;
    ImportFailure F;
    F.Function = FD->getNameAsString();
    if (Gate.blocked().contains(FD)) {
      F.Why = Gate.verdictOf(FD).Why;
      Failed.push_back(std::move(F));
      continue;
    }
    OnImport(Usr, F.Function);
    llvm::Expected<Decl *> Got =
        Importer.Import(const_cast<FunctionDecl *>(Facts.FD));
    if (!Got) {
      F.Why = reason(Got.takeError());
    } else {
      const auto *New = dyn_cast<FunctionDecl>(*Got);
      if (New && New->hasBody())
        continue;
      F.Why = "its body did not come along";
    }
    Failed.push_back(std::move(F));
  }
  ToDiags.setClient(Client, Owned);
  if (Owned)
    (void)Keep.release();
  return Failed;
}
