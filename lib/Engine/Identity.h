//===- Identity.h - Which lock is meant -------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Maps a lock argument to an identity that survives what the analyzer forgets
/// at opaque calls: the access path through which the program reaches the
/// object. Two loads of `Ext->Lock` are the same lock although a call in
/// between may have changed the member; a store that really changes it gives
/// another path.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_IDENTITY_H
#define IRQLINT_ENGINE_IDENTITY_H

#include "Model/SyncState.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/SVals.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include <optional>

namespace irqlint {

class Identity {
public:
  /// Identity of the object that \p V points at (or is a handle of); null when
  /// nothing at all is known about the value.
  ObjectId object(clang::ento::SVal V);
  ObjectId global(llvm::StringRef Name);
  /// The field, variable or routine result that the object comes from.
  ClassId classOf(clang::ento::SVal V);

  /// When \p C is a member of a wrapper (a class that holds a lock and nothing
  /// else): the member or variable that the wrapper of \p O is; null when that
  /// is not known. Nothing when \p C belongs to no wrapper. \p Derived becomes
  /// the class of the whole object when the member is one of its base's.
  std::optional<ClassId> wrapperClass(ObjectId O, ClassId C,
                                      const clang::Decl *&Derived) const;

  /// Remembers how the user spelled an object; the first spelling stays.
  void setName(ObjectId O, llvm::StringRef Text);
  std::string nameOf(ObjectId O) const;

  /// Remembers where \p O was taken, if that is not where the call stands.
  void setPlace(ObjectId O, clang::SourceLocation L) { Places[O] = L; }
  clang::SourceLocation placeOf(ObjectId O) const { return Places.lookup(O); }

  /// The symbol at the root of the access path (a routine's result, a value
  /// nobody knows), or null when the path begins at a variable.
  clang::ento::SymbolRef rootOf(ObjectId O) const { return Roots.lookup(O); }

  /// \p O is \p Whole, or a part of it.
  static bool isWithin(ObjectId O, ObjectId Whole) {
    return isWithin(llvm::StringRef(static_cast<const char *>(O)),
                    llvm::StringRef(static_cast<const char *>(Whole)));
  }
  static bool isWithin(llvm::StringRef Part, llvm::StringRef Whole);
  /// \p To is reached from the object that \p From lies in, through one of
  /// its pointers: `Ext = Ext->Parent` between two uses of `Ext->Lock`. (The
  /// links of a circular list may lead back.)
  bool movedOn(ObjectId From, ObjectId To) const;

  /// Interned copy of a short string.
  const char *intern(llvm::StringRef S);

private:
  llvm::StringMap<char> Keys;
  llvm::DenseMap<const void *, std::string> Names;
  llvm::DenseMap<ObjectId, clang::SourceLocation> Places;
  llvm::DenseMap<const void *, clang::ento::SymbolRef> Roots;
  llvm::DenseMap<const void *, const clang::ento::MemRegion *> Regions;
};

/// \p F links the elements of a doubly linked list: its record is nothing but
/// two pointers to its own kind. Such lists are circular, no link is null.
bool isListLink(const clang::FieldDecl *F);

} // namespace irqlint

#endif // IRQLINT_ENGINE_IDENTITY_H
