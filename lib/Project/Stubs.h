//===- Stubs.h - Declarations for names that no header gives ----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// When unqualified look-up finds nothing, declares the name on the spot: an
/// opaque type, a callback role, a function or a constant, judged by a name
/// table or by the tokens around it. Stubs never enter a scope, so a real
/// declaration that comes later does not conflict with them.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_STUBS_H
#define IRQLINT_PROJECT_STUBS_H

#include "Project/SourceTokens.h"
#include "clang/Sema/ExternalSemaSource.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"
#include <functional>
#include <set>

namespace clang {
class NamedDecl;
class RecordDecl;
class Sema;
} // namespace clang

namespace irqlint {

class StubSource : public clang::ExternalSemaSource {
public:
  /// \p LookupKind may be null. \p Nearby yields the texts of the unit's own
  /// headers, where unknown types may be used before or after this one.
  StubSource(std::function<NameKind(llvm::StringRef)> LookupKind,
             std::function<std::vector<llvm::StringRef>()> Nearby);
  ~StubSource() override;

  bool LookupUnqualified(clang::LookupResult &R, clang::Scope *S) override;

  /// C++ text to put in front of a unit that uses stubs.
  static const char *const Prelude;

  bool isStub(const clang::Decl *D) const { return Stubs.contains(D); }
  const std::set<std::string> &names() const { return Names; }
  /// Unknown names outside of functions where only a macro that is nothing, or
  /// an attribute, makes sense: alone on a line (MY_HEADER_BEGIN), or before
  /// another type (`typedef MY_ALIGN struct`, `MY_API NTSTATUS f(...)`).
  const std::set<std::string> &loneNames() const { return Lone; }
  /// Every place where a look-up was answered with a stub.
  const std::vector<clang::SourceLocation> &uses() const { return Uses; }

private:
  /// What exactly a name of some kind becomes.
  enum Shape {
    OfKind,    ///< what its NameKind says
    AnyResult, ///< C++: function whose result converts to everything
    AnyValue,  ///< C++: object that converts to everything
    Object,    ///< variable: its address or a member is taken
    NumShapes
  };
  Shape shapeOf(clang::Sema &S, NameGuess G, clang::SourceLocation Loc);
  clang::NamedDecl *declare(clang::Sema &S, llvm::StringRef Name, NameGuess G,
                            Shape Sh, clang::SourceLocation Loc,
                            clang::FileID Near);
  clang::QualType anyType(clang::Sema &S);
  clang::NamedDecl *makeType(clang::Sema &S, llvm::StringRef Name, bool Pointer,
                             bool Structure, clang::FileID Near);
  clang::NamedDecl *makeRole(clang::Sema &S, llvm::StringRef Name,
                             clang::SourceLocation Loc);
  clang::NamedDecl *makeFunction(clang::Sema &S, llvm::StringRef Name,
                                 clang::QualType Result);
  clang::NamedDecl *makeConstant(clang::Sema &S, llvm::StringRef Name,
                                 std::optional<uint32_t> Known = std::nullopt);
  clang::NamedDecl *makeStandard(clang::Sema &S, llvm::StringRef Name);
  clang::NamedDecl *makeVariable(clang::Sema &S, llvm::StringRef Name, bool Any,
                                 clang::FileID Near);
  clang::RecordDecl *makeRecord(clang::Sema &S, llvm::StringRef Tag,
                                const TypeUse &Use, unsigned Depth);
  clang::QualType memberType(clang::Sema &S, llvm::StringRef Name,
                             clang::tok::TokenKind Next, unsigned Depth);
  clang::QualType functionType(clang::Sema &S, clang::QualType Return);
  void useOf(clang::Sema &S, llvm::StringRef Type, clang::FileID Near,
             TypeUse &Direct, TypeUse &Through);
  const FileTokens *tokens(clang::Sema &S, clang::FileID F);
  NameGuess guess(clang::Sema &S, clang::SourceLocation Loc, bool InBody,
                  clang::FileID &Near);
  clang::NamedDecl *add(clang::Sema &S, clang::NamedDecl *D);

  /// All token sequences worth a look: main file, \p Near, nearby headers.
  std::vector<const FileTokens *> allTokens(clang::Sema &S, clang::FileID Near);

  std::function<NameKind(llvm::StringRef)> LookupKind;
  std::function<std::vector<llvm::StringRef>()> Nearby;
  std::vector<std::unique_ptr<FileTokens>> NearbyTokens;
  bool NearbyRead = false;
  std::map<clang::FileID, std::unique_ptr<FileTokens>> Tokens;
  /// Per name one declaration of each kind: a name may be used as a type here
  /// and (by macro) as a value there.
  llvm::StringMap<clang::NamedDecl *> Made[6][NumShapes];
  llvm::StringMap<clang::RecordDecl *> Records;
  llvm::DenseSet<const clang::Decl *> Stubs;
  std::set<std::string> Names, Lone;
  std::vector<clang::SourceLocation> Uses;
  unsigned NextConstant = 0;
  bool Busy = false;
};

} // namespace irqlint

#endif // IRQLINT_PROJECT_STUBS_H
