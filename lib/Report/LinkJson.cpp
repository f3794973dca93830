//===- LinkJson.cpp - Facts for other units, as JSON ----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/LinkJson.h"
#include "Report/Json.h"
#include "Report/UnitJson.h"
#include <set>

using namespace llvm;

namespace irqlint {

// One description of each record serves both directions.
namespace {

class Out {
public:
  json::Object O;
  bool operator()(StringRef Key, const std::string &V) {
    if (!V.empty())
      O[Key] = jsonString(V);
    return true;
  }
  bool operator()(StringRef Key, bool V) {
    if (V)
      O[Key] = true;
    return true;
  }
  bool operator()(StringRef Key, unsigned V) {
    if (V)
      O[Key] = int64_t(V);
    return true;
  }
  bool operator()(StringRef Key, Irql V, Irql Default) {
    if (V != Default)
      O[Key] = int64_t(V);
    return true;
  }
  bool operator()(StringRef Key, const SourcePos &V) {
    if (!V.File.empty())
      O[Key] = toJSON(V);
    return true;
  }
  bool operator()(StringRef Key, const std::vector<std::string> &V) {
    if (!V.empty())
      O[Key] = jsonStrings(V);
    return true;
  }
  bool operator()(StringRef Key, const std::set<std::string> &V) {
    return (*this)(Key, std::vector<std::string>(V.begin(), V.end()));
  }
  template <class T> bool operator()(StringRef Key, const T &V);
};

class In {
public:
  In(const json::Object &O, json::Path P) : O(O), P(P) {}
  bool operator()(StringLiteral Key, Irql &V, Irql) {
    if (!O.get(Key))
      return true;
    std::optional<int64_t> N = O.getInteger(Key);
    if (!N || *N < int64_t(LowestIrql) || *N > int64_t(HighestIrql)) {
      P.field(Key).report("no such level");
      return false;
    }
    V = Irql(*N);
    return true;
  }
  bool operator()(StringLiteral Key, std::set<std::string> &V) {
    std::vector<std::string> All;
    if (!(*this)(Key, All))
      return false;
    V.insert(All.begin(), All.end());
    return true;
  }
  template <class T> bool operator()(StringLiteral Key, T &V);

private:
  const json::Object &O;
  json::Path P;
};

template <class IO> bool fields(IO &X, LockTake &V) {
  return X("key", V.Key) && X("text", V.Text) && X("pos", V.Pos) &&
         X("shared", V.Shared) && X("recursive", V.Recursive);
}
template <class IO> bool fields(IO &X, LockOrderEdge &V) {
  return X("from", V.From) && X("to", V.To) && X("held", V.Held) &&
         X("function", V.Function) && X("call", V.Call);
}
template <class IO> bool fields(IO &X, LinkFunction &V) {
  return X("usr", V.Usr) && X("external", V.External) && X("known", V.Known) &&
         X("cost", V.Cost) && X("hasRole", V.HasRole) &&
         X("changes", V.Changes) && X("blurs", V.Blurs) &&
         X("unusable", V.Unusable) && X("minHi", V.MinHi, HighestIrql) &&
         X("maxLo", V.MaxLo, LowestIrql) && X("completes", V.Completes) &&
         X("awaits", V.Awaits) && X("touches", V.Touches) &&
         X("exclusive", V.TouchesExclusive) && X("destroys", V.Destroys) &&
         X("touchesUnknown", V.TouchesUnknown) && X("takes", V.Takes) &&
         X("calls", V.Calls);
}
template <class IO> bool fields(IO &X, LinkUse &V) {
  return X("usr", V.Usr) && X("caller", V.Caller) &&
         X("highestLo", V.HighestLo, LowestIrql) &&
         X("lowestHi", V.LowestHi, HighestIrql) && X("held", V.Held) &&
         X("heldUnknown", V.HeldUnknown) && X("spinning", V.Spinning) &&
         X("call", V.Call) && X("function", V.Function);
}
template <class IO> bool fields(IO &X, LinkRegistration &V) {
  return X("usr", V.Usr) && X("role", V.Role);
}
template <class IO> bool fields(IO &X, DataLock &V) {
  return X("key", V.Key) && X("text", V.Text);
}
template <class IO> bool fields(IO &X, DataAccess &V) {
  unsigned Is = V.Is;
  if (!X("is", Is))
    return false;
  V.Is = DataAccess::Use(std::min(Is, unsigned(DataAccess::EndlessWait)));
  return X("routine", V.Routine) && X("record", V.Record) &&
         X("name", V.Name) && X("text", V.Text) && X("pos", V.Pos) &&
         X("write", V.Write) && X("modify", V.Modify) && X("held", V.Held);
}
template <class IO> bool fields(IO &X, DataCall &V) {
  return X("usr", V.Usr) && X("held", V.Held);
}
template <class IO> bool fields(IO &X, DataFunction &V) {
  return X("usr", V.Usr) && X("name", V.Name) && X("accesses", V.Accesses) &&
         X("calls", V.Calls) && X("role", V.Role) && X("setup", V.Setup) &&
         X("opening", V.Opening) && X("lo", V.Lo, LowestIrql) &&
         X("hi", V.Hi, HighestIrql) && X("held", V.Held) &&
         X("oneAtATime", V.OneAtATime);
}
template <class IO> bool fields(IO &X, SharedData &V) {
  return X("functions", V.Functions) && X("shared", V.SharedTypes) &&
         X("private", V.PrivateTypes) && X("setup", V.SetupFunctions) &&
         X("open", V.OpenFunctions) && X("other", V.OtherFunctions) &&
         X("escaped", V.Escaped);
}
template <class IO> bool fields(IO &X, LinkFacts &V) {
  return X("functions", V.Functions) && X("uses", V.Uses) &&
         X("registrations", V.Registrations) && X("order", V.Order) &&
         X("data", V.Data);
}

template <class T> json::Value write(const T &V) {
  Out X;
  fields(X, const_cast<T &>(V)); // Out only reads
  return std::move(X.O);
}

template <class T> bool read(const json::Value &V, T &R, json::Path P) {
  if (!V.getAsObject()) {
    P.report("expected object");
    return false;
  }
  In X(*V.getAsObject(), P);
  return fields(X, R);
}

template <class T> json::Value toValue(const std::vector<T> &V) {
  json::Array A;
  for (const T &E : V)
    A.push_back(write(E));
  return A;
}
template <class T> json::Value toValue(const T &V) { return write(V); }

template <class T> bool Out::operator()(StringRef Key, const T &V) {
  json::Value J = toValue(V);
  if (const json::Array *A = J.getAsArray(); !A || !A->empty())
    O[Key] = std::move(J);
  return true;
}

bool fromValue(const json::Value &V, std::string &R, json::Path P) {
  return json::fromJSON(V, R, P);
}
bool fromValue(const json::Value &V, bool &R, json::Path P) {
  return json::fromJSON(V, R, P);
}
bool fromValue(const json::Value &V, unsigned &R, json::Path P) {
  return json::fromJSON(V, R, P);
}
bool fromValue(const json::Value &V, SourcePos &R, json::Path P) {
  return fromJSON(V, R, P);
}
template <class T> bool fromValue(const json::Value &V, T &R, json::Path P) {
  return read(V, R, P);
}
template <class T>
bool fromValue(const json::Value &V, std::vector<T> &R, json::Path P) {
  const json::Array *A = V.getAsArray();
  if (!A) {
    P.report("expected array");
    return false;
  }
  R.clear();
  R.resize(A->size());
  for (size_t I = 0; I < A->size(); ++I)
    if (!fromValue((*A)[I], R[I], P.index(I)))
      return false;
  return true;
}

template <class T> bool In::operator()(StringLiteral Key, T &V) {
  const json::Value *J = O.get(Key);
  return !J || fromValue(*J, V, P.field(Key));
}

} // namespace

json::Value toJSON(const LinkFacts &F) { return write(F); }

json::Value toJSON(const LinkRequest &R) {
  json::Array Imports, Roles;
  for (const auto &[Unit, Usr] : R.Imports)
    Imports.push_back(json::Array{int64_t(Unit), jsonString(Usr)});
  for (const LinkRegistration &L : R.Roles)
    Roles.push_back(write(L));
  return json::Object{{"imports", std::move(Imports)},
                      {"roles", std::move(Roles)}};
}

bool fromJSON(const json::Value &V, LinkFacts &F, json::Path P) {
  return read(V, F, P);
}

} // namespace irqlint
