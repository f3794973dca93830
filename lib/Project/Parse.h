//===- Parse.h - A translation unit, parsed without giving up ---*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Parses a planned unit in process with the settings that real driver trees
/// need: no error limit, missing headers empty, generated headers emulated,
/// unknown names declared on demand, and a status for every function.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_PARSE_H
#define IRQLINT_PROJECT_PARSE_H

#include "Model/Finding.h"
#include "Project/Plan.h"
#include "clang/Basic/SourceLocation.h"
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace clang {
class ASTContext;
class Decl;
class FunctionDecl;
class Preprocessor;
class SourceManager;
} // namespace clang

namespace irqlint {

/// What an unknown name most likely is.
enum class NameKind {
  Unknown,
  Type,         ///< opaque structure, or what else; pointer if P-prefixed
  PointerType,  ///< pointer to an opaque structure
  FunctionType, ///< callback role: `EVT_X Foo;` declares a function
  Function,
  Constant,
};

struct ParseOptions {
  /// Folder of the bundled headers; searched last. Empty: none.
  std::string KitDir;
  /// Real WDK or KMDF headers of the user; searched before the kit.
  std::vector<std::string> HeaderDirs;
  /// Searched after the kit (a last fallback such as another DDK).
  std::vector<std::string> FallbackDirs;
  /// Clang's resource folder; empty: that of the LLVM this was built with.
  std::string ResourceDir;
  /// Declare unknown names on demand.
  bool Stubs = true;
  /// Take missing headers as empty (else they are errors).
  bool SkipMissingHeaders = true;
  /// What is known about a name that no header declares.
  std::function<NameKind(llvm::StringRef)> LookupKind;
  /// Bodies of which functions to read; empty: of all.
  std::function<bool(const clang::FunctionDecl *)> WantBody;
  /// More arguments for the compiler proper (cc1 spelling).
  std::vector<std::string> ExtraArgs;
  /// Contents that replace a file on disk (editor buffers, tests): path, text.
  std::vector<std::pair<std::string, std::string>> Overlays;
};

/// How much of one function definition was understood.
struct FunctionParse {
  const clang::FunctionDecl *Function = nullptr;
  std::string Name;
  SourcePos Pos;
  ParseStatus Status = ParseStatus::Clean;
  unsigned Statements = 0, DamagedStatements = 0;
};

/// One diagnostic of severity error, with its place.
struct ParseError {
  clang::SourceLocation Loc;
  SourcePos Pos;
  std::string Message;

  /// "file:line:col: error: message".
  std::string str() const;
};

/// A parsed unit. The AST lives as long as this object.
class ParsedUnit {
public:
  ~ParsedUnit();

  clang::ASTContext &context() const;
  clang::Preprocessor &preprocessor() const;
  clang::SourceManager &sources() const;

  const UnitPlan &plan() const;
  const std::vector<ParseError> &errors() const;
  /// Just the places, as analyzeUnit() takes them.
  const std::vector<clang::SourceLocation> &errorLocations() const;
  /// As included ("net/ring.h"), sorted.
  const std::set<std::string> &missingHeaders() const;
  /// Names declared on demand, sorted.
  const std::set<std::string> &stubbedNames() const;
  /// All files read (absolute), sorted: what the result depends on.
  const std::vector<std::string> &dependencies() const;
  /// Paths (absolute) that headers were looked for at in vain: the result
  /// depends on nothing being there.
  std::vector<std::string> absent() const;
  /// True for a declaration that was made on demand.
  bool isStub(const clang::Decl *D) const;
  /// Definitions outside the kit and the user's WDK headers, in source order.
  const std::vector<FunctionParse> &functions() const;
  double parseSeconds() const;

  struct Impl;
  explicit ParsedUnit(std::unique_ptr<Impl> I);

private:
  std::unique_ptr<Impl> I;
};

/// Parses \p Unit. Errors in the source are part of the result; the call fails
/// only when there is nothing to work on (file missing or unreadable, settings
/// the compiler refuses).
llvm::Expected<std::unique_ptr<ParsedUnit>> parseUnit(const UnitPlan &Unit,
                                                      const ParseOptions &Opts);

/// The compiler-proper arguments that parseUnit() uses, for `--verbose`.
std::vector<std::string> compilerArguments(const UnitPlan &Unit,
                                           const ParseOptions &Opts);

/// Fills errors, missing headers, stubs, statements and functions of \p R.
void describeParse(const ParsedUnit &U, UnitResult &R);

} // namespace irqlint

#endif // IRQLINT_PROJECT_PARSE_H
