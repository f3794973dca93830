//===- SourceTokens.h - Raw tokens around a place ---------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The tokens of a source file without preprocessing. While the parser asks
/// for an unknown name this tells what stands before and behind it, and how
/// variables of an unknown type are used elsewhere.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_SOURCETOKENS_H
#define IRQLINT_PROJECT_SOURCETOKENS_H

#include "Project/Parse.h"
#include "clang/Basic/LangOptions.h"
#include "clang/Basic/SourceLocation.h"
#include "clang/Basic/TokenKinds.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include <map>
#include <set>
#include <vector>

namespace irqlint {

struct RawToken {
  clang::tok::TokenKind Kind;
  unsigned Offset;
  llvm::StringRef Text;

  bool is(clang::tok::TokenKind K) const { return Kind == K; }
  bool isName() const { return Kind == clang::tok::raw_identifier; }
};

/// Tokens of one buffer. Those of preprocessor directives stand apart, so that
/// an #ifdef between two tokens does not separate them.
class FileTokens {
public:
  FileTokens(llvm::StringRef Buffer, const clang::LangOptions &Lang);

  std::vector<RawToken> Code, Directives;

  /// Places of an identifier in Code, ascending.
  llvm::ArrayRef<unsigned> places(llvm::StringRef Name) const;

  /// Sequence and index of the token at \p Offset; null if there is none.
  std::pair<const std::vector<RawToken> *, size_t> at(unsigned Offset) const;

private:
  llvm::StringMap<std::vector<unsigned>> Index;
};

/// What the neighbourhood says about a name.
struct NameGuess {
  NameKind Kind = NameKind::Unknown;
  /// The syntax leaves no other choice.
  bool Sure = false;
  /// A type that can only be a structure or class.
  bool Structure = false;
};

/// Judges the name at index \p I. \p InBody: inside a function body.
NameGuess guessFromTokens(const std::vector<RawToken> &Tokens, size_t I,
                          bool InBody, bool CPlusPlus);

/// How values of a type are used, by the names declared with it.
struct TypeUse {
  bool Dot = false, Arrow = false;
  /// Called directly or through `(*name)(...)`.
  bool Called = false;
  /// A member of an element is accessed: array or pointer.
  bool Indexed = false;
  /// Member name -> token kind that follows it somewhere.
  std::map<std::string, clang::tok::TokenKind> Members;
};

/// Names of the variables and fields that \p Declared declares as `Type name`
/// (\p Direct) or as `Type *name` and `PType name` (\p Through).
void collectDeclared(llvm::StringRef Type, const FileTokens &Declared,
                     std::set<std::string> &Direct,
                     std::set<std::string> &Through);

/// True when a value followed by \p Next is only handed on.
bool isPlainUse(clang::tok::TokenKind Next);

/// Members that are accessed through \p Name.
void collectMembers(llvm::StringRef Name, const FileTokens &Used,
                    TypeUse &Into);

/// Index in \p T.Code of the return type's last name of the function \p Name
/// that the file defines; -1 if it defines none.
int definitionOf(llvm::StringRef Name, const FileTokens &T);

/// Names between string literals, where only a macro for another one makes
/// sense (`"\\Device\\" DRIVER_NAME "0"`).
void collectTextNames(const FileTokens &File, std::set<std::string> &Into);

/// True for an unknown name outside of functions, at index \p I, that can only
/// be a macro for nothing or an attribute. \p IsType: is the name a type?
bool isAttributeLike(const std::vector<RawToken> &T, size_t I,
                     llvm::function_ref<bool(llvm::StringRef)> IsType);

/// True for names that stand for a pointer by convention (PIRP, PDEVICE_X).
bool looksLikePointerType(llvm::StringRef Name);
/// True for callback role names (EVT_..., ..._ROUTINE, ..._CALLBACK).
bool looksLikeRole(llvm::StringRef Name);

} // namespace irqlint

#endif // IRQLINT_PROJECT_SOURCETOKENS_H
