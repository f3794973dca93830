//===- WdfStore.h - What is where, for WdfFlow ------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Private to the configuration pass: places (variables, members, pointees) and
/// the few sorts of values that it tells apart.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_WDFSTORE_H
#define IRQLINT_ENGINE_WDFSTORE_H

#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include <map>
#include <memory>
#include <tuple>
#include <vector>

namespace irqlint {

/// Number of a place; 0 is "nowhere known".
using PlaceId = unsigned;

struct FlowValue {
  enum Kind : uint8_t {
    Unknown,
    Number,
    Function, ///< Ptr: FunctionDecl
    Address,  ///< Id: place
    Handle,   ///< Id: creation site, Variant: configuration seen there
    Symbol,   ///< Id: place whose initial value it is
    Zero,     ///< a structure of zeros
  } K = Unknown;
  int64_t Num = 0;
  unsigned Id = 0;
  int Variant = -1;
  const clang::FunctionDecl *Ptr = nullptr;
  /// Where the program put it; not part of the value.
  clang::SourceLocation At;

  static FlowValue number(int64_t N) {
    FlowValue V;
    V.K = Number;
    V.Num = N;
    return V;
  }
  static FlowValue address(PlaceId P) {
    FlowValue V;
    V.K = P ? Address : Unknown;
    V.Id = P;
    return V;
  }
  static FlowValue symbol(PlaceId P) {
    FlowValue V;
    V.K = P ? Symbol : Unknown;
    V.Id = P;
    return V;
  }
  static FlowValue handle(unsigned Site, int Variant) {
    FlowValue V;
    V.K = Handle;
    V.Id = Site;
    V.Variant = Variant;
    return V;
  }
  static FlowValue function(const clang::FunctionDecl *FD) {
    FlowValue V;
    V.K = Function;
    V.Ptr = FD->getCanonicalDecl();
    return V;
  }
  static FlowValue zero() {
    FlowValue V;
    V.K = Zero;
    return V;
  }
  bool isNumber(int64_t N) const { return K == Number && Num == N; }
  bool operator==(const FlowValue &O) const {
    return K == O.K && Num == O.Num && Id == O.Id && Variant == O.Variant &&
           Ptr == O.Ptr;
  }
  bool operator!=(const FlowValue &O) const { return !(*this == O); }
};

/// Interns places; shared by all states of a unit.
class Places {
public:
  enum Kind : uint8_t { Variable, Pointee, Member, Element, Result };
  struct Place {
    Kind K = Variable;
    PlaceId Parent = 0;
    const void *What = nullptr; ///< VarDecl, FieldDecl or call
    unsigned Number = 0;        ///< frame or index
  };

  PlaceId variable(const clang::VarDecl *V, unsigned Frame) {
    return intern(
        {Variable, 0, V->getCanonicalDecl(), V->hasLocalStorage() ? Frame : 0});
  }
  PlaceId member(PlaceId Parent, const clang::FieldDecl *F) {
    return Parent ? intern({Member, Parent, F->getCanonicalDecl(), 0}) : 0;
  }
  PlaceId element(PlaceId Parent, unsigned Index) {
    return Parent ? intern({Element, Parent, nullptr, Index}) : 0;
  }
  /// What the initial value of \p Of points at.
  PlaceId pointee(PlaceId Of) {
    return Of ? intern({Pointee, Of, nullptr, 0}) : 0;
  }
  /// A nameless place for the result of a call.
  PlaceId result(const clang::Expr *Call, unsigned Frame) {
    return intern({Result, 0, Call, Frame});
  }

  const Place &operator[](PlaceId P) const { return All[P]; }
  const clang::FieldDecl *fieldOf(PlaceId P) const {
    return P && All[P].K == Member
               ? static_cast<const clang::FieldDecl *>(All[P].What)
               : nullptr;
  }
  const clang::VarDecl *variableOf(PlaceId P) const {
    return P && All[P].K == Variable
               ? static_cast<const clang::VarDecl *>(All[P].What)
               : nullptr;
  }
  /// The place that \p P is a part of, 0 for a whole one.
  PlaceId wholeOf(PlaceId P) const {
    return All[P].K == Member || All[P].K == Element ? All[P].Parent : 0;
  }
  /// The known places that are parts of \p P, and theirs.
  void partsOf(PlaceId P, std::vector<PlaceId> &Into) const;
  /// The place that \p Part (of \p From) has in \p To.
  PlaceId moved(PlaceId Part, PlaceId From, PlaceId To);

private:
  using Key = std::tuple<Kind, PlaceId, const void *, unsigned>;
  std::vector<Place> All{Place()};
  std::vector<std::vector<PlaceId>> Parts{{}}; ///< by place
  std::map<Key, PlaceId> Known;
  PlaceId intern(Place P);
};

/// Contents of memory on one path. A binding of a structure says something of
/// all its members that have none of their own.
class Store {
public:
  /// Contents, or null when nothing was ever stored there on this path.
  const FlowValue *find(PlaceId P, const Places &All) const;
  void bind(PlaceId P, FlowValue V, const Places &All);
  /// Assigns a structure.
  void copy(PlaceId To, PlaceId From, Places &All);
  /// What both know.
  static Store join(const Store &A, const Store &B, const Places &All);
  bool operator==(const Store &O) const;

private:
  /// Sorted by place.
  using Entries = std::vector<std::pair<PlaceId, FlowValue>>;
  /// Shared with copies until one of them is changed; null: empty. (Each path
  /// through a function has a copy, most of them the same.)
  std::shared_ptr<Entries> Map;

  const Entries &entries() const;
  Entries &own();
  const FlowValue *at(PlaceId P) const;
  void set(PlaceId P, const FlowValue &V);
};

} // namespace irqlint

#endif // IRQLINT_ENGINE_WDFSTORE_H
