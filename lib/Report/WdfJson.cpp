//===- WdfJson.cpp - JSON form of framework objects -----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Json.h"
#include "Report/UnitJson.h"

using namespace llvm;
using namespace irqlint;

static const char *const Kinds[] = {"unknown", "number", "function", "object",
                                    "non-null"};
static const char *const Origins[] = {"unknown", "explicit", "default",
                                      "inherited"};

template <size_t N, typename Enum>
static bool named(const json::Object &O, json::Path P, StringRef Key,
                  const char *const (&Names)[N], Enum &Out) {
  auto Text = O.getString(Key);
  for (size_t I = 0; Text && I < N; ++I)
    if (*Text == Names[I]) {
      Out = Enum(I);
      return true;
    }
  P.field(Key).report("not one of the known names");
  return false;
}

namespace irqlint {

static json::Value toJSON(const ConfigValue &V) {
  json::Object O{{"is", Kinds[V.K]}};
  if (V.K == ConfigValue::Number || (V.K == ConfigValue::Function && V.Num))
    O["value"] = V.Num;
  if (!V.Text.empty())
    O["name"] = jsonString(V.Text);
  if (V.K == ConfigValue::Object)
    O["object"] = V.Obj;
  if (!V.Pos.File.empty())
    O["pos"] = toJSON(V.Pos);
  return O;
}

static bool fromJSON(const json::Value &V, ConfigValue &R, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && named(*V.getAsObject(), P, "is", Kinds, R.K) &&
         M.mapOptional("value", R.Num) && M.mapOptional("name", R.Text) &&
         M.mapOptional("object", R.Obj) && M.mapOptional("pos", R.Pos);
}

static json::Value toJSON(const Constraint &C) {
  json::Object O{{"from", Origins[C.From]}};
  if (C.known())
    O["value"] = C.Value;
  return O;
}

static bool fromJSON(const json::Value &V, Constraint &R, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && named(*V.getAsObject(), P, "from", Origins, R.From) &&
         M.mapOptional("value", R.Value);
}

static json::Value toJSON(const WdfCallback &C) {
  json::Object O{{"member", jsonString(C.Member)},
                 {"function", jsonString(C.Function)},
                 {"min", int64_t(C.Entry.Lo)},
                 {"max", int64_t(C.Entry.Hi)},
                 {"entry", C.Entry.str()}};
  if (C.UpTo)
    O["upTo"] = true;
  if (C.LockOwner != NoObject) {
    O["lockOwner"] = C.LockOwner;
    O["mutex"] = C.Mutex;
  }
  if (C.InterruptLock)
    O["interruptLock"] = true;
  if (C.LockUnknown)
    O["lockUnknown"] = true;
  return O;
}

static bool fromJSON(const json::Value &V, WdfCallback &R, json::Path P) {
  json::ObjectMapper M(V, P);
  unsigned Lo = 0, Hi = unsigned(HighestIrql);
  if (!M || !M.map("member", R.Member) || !M.map("function", R.Function) ||
      !M.map("min", Lo) || !M.map("max", Hi) ||
      !M.mapOptional("upTo", R.UpTo) ||
      !M.mapOptional("lockOwner", R.LockOwner) ||
      !M.mapOptional("mutex", R.Mutex) ||
      !M.mapOptional("interruptLock", R.InterruptLock) ||
      !M.mapOptional("lockUnknown", R.LockUnknown))
    return false;
  if (Lo > Hi || Hi > unsigned(HighestIrql)) {
    P.field("max").report("not a range of levels");
    return false;
  }
  R.Entry = {Irql(Lo), Irql(Hi)};
  return true;
}

static json::Object members(const std::map<std::string, ConfigValue> &M) {
  json::Object O;
  for (const auto &E : M)
    O[E.first] = toJSON(E.second);
  return O;
}

static json::Value toJSON(const WdfObject &W) {
  json::Object O{{"kind", jsonString(W.Kind)},
                 {"creator", jsonString(W.Creator)},
                 {"function", jsonString(W.Function)},
                 {"pos", toJSON(W.Pos)},
                 {"handle", jsonString(W.Handle)},
                 {"config", members(W.Config)},
                 {"attributes", members(W.Attributes)},
                 {"hasConfig", W.HasConfig},
                 {"attributesGiven", toJSON(W.AttributesGiven)},
                 {"parent", toJSON(W.Parent)},
                 {"device", toJSON(W.Device)},
                 {"site", int64_t(W.Site)},
                 {"createdIn", jsonString(W.CreatedIn)},
                 {"level", toJSON(W.Level)},
                 {"scope", toJSON(W.Scope)},
                 {"callbacks", json::Array(W.Callbacks)}};
  if (W.Many)
    O["many"] = true;
  if (W.Foreign)
    O["foreign"] = true;
  return O;
}

static bool fromJSON(const json::Value &V, WdfObject &R, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.map("kind", R.Kind) && M.map("creator", R.Creator) &&
         M.mapOptional("function", R.Function) && M.map("pos", R.Pos) &&
         M.mapOptional("handle", R.Handle) &&
         M.mapOptional("config", R.Config) &&
         M.mapOptional("attributes", R.Attributes) &&
         M.mapOptional("hasConfig", R.HasConfig) &&
         M.mapOptional("attributesGiven", R.AttributesGiven) &&
         M.mapOptional("parent", R.Parent) &&
         M.mapOptional("device", R.Device) && M.mapOptional("site", R.Site) &&
         M.mapOptional("createdIn", R.CreatedIn) &&
         M.mapOptional("level", R.Level) && M.mapOptional("scope", R.Scope) &&
         M.mapOptional("callbacks", R.Callbacks) &&
         M.mapOptional("many", R.Many) && M.mapOptional("foreign", R.Foreign);
}

json::Value toJSON(const WdfFacts &F) {
  json::Object O{{"objects", json::Array(F.Objects)}};
  if (F.Version)
    O["version"] = *F.Version;
  if (F.UserMode)
    O["userMode"] = true;
  if (F.Whole)
    O["whole"] = true;
  return O;
}

/// Indices of objects must lead somewhere.
static bool valid(const WdfFacts &F) {
  auto Ok = [&](int I) {
    return I == NoObject || (I >= 0 && size_t(I) < F.Objects.size());
  };
  auto Value = [&](const ConfigValue &V) {
    return V.K != ConfigValue::Object || (V.Obj != NoObject && Ok(V.Obj));
  };
  for (const WdfObject &O : F.Objects) {
    for (const auto *Members : {&O.Config, &O.Attributes})
      for (const auto &E : *Members)
        if (!Value(E.second))
          return false;
    for (const WdfCallback &C : O.Callbacks)
      if (!Ok(C.LockOwner))
        return false;
    if (!Value(O.Parent) || !Value(O.Device))
      return false;
  }
  return true;
}

bool fromJSON(const json::Value &V, WdfFacts &R, json::Path P) {
  json::ObjectMapper M(V, P);
  if (!M || !M.map("objects", R.Objects) ||
      !M.mapOptional("version", R.Version) ||
      !M.mapOptional("userMode", R.UserMode) ||
      !M.mapOptional("whole", R.Whole))
    return false;
  if (valid(R))
    return true;
  P.report("an index of an object leads nowhere");
  return false;
}

} // namespace irqlint
