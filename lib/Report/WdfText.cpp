//===- WdfText.cpp --------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/WdfText.h"
#include "Report/Collect.h"
#include "Report/Json.h"
#include "Report/UnitJson.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <set>

using namespace llvm;
using namespace irqlint;

static const char *const Origins[] = {"", "written", "by default", "inherited"};
static const char *const Levels[] = {"invalid", "inherit", "passive",
                                     "dispatch"};
static const char *const Scopes[] = {"invalid", "inherit", "device", "queue",
                                     "none"};

template <size_t N>
static std::string named(const Constraint &C, const char *const (&Names)[N]) {
  if (!C.known())
    return "unknown";
  std::string Name = C.Value >= 0 && size_t(C.Value) < N ? Names[C.Value] : "?";
  return Name + " (" + Origins[C.From] + ")";
}

static std::string title(const WdfFacts &F, int I) {
  const WdfObject &O = F.Objects[I];
  std::string T = O.Handle.empty() ? O.Kind : O.Kind + " '" + O.Handle + "'";
  if (O.Foreign)
    T += " of " + sys::path::filename(O.Pos.File).str();
  return T;
}

static std::string owner(const WdfFacts &F, const ConfigValue &V) {
  switch (V.K) {
  case ConfigValue::Object:
    return title(F, V.Obj);
  case ConfigValue::Number:
    return V.Num ? "invalid" : "none";
  case ConfigValue::NonNull:
    return "some object";
  default:
    return "unknown";
  }
}

static void write(raw_ostream &OS, const WdfFacts &F, size_t I,
                  StringRef Base) {
  const WdfObject &O = F.Objects[I];
  OS << "  " << title(F, int(I)) << ", " << O.Creator << " in " << O.Function
     << ", " << pathFrom(Base, O.Pos.File) << ':' << O.Pos.Line << '\n';
  bool Constrained = O.Kind == "driver" || O.Kind == "device" ||
                     O.Kind == "queue" || O.Kind == "file object";
  if (O.Level.known() || O.Scope.known() || Constrained)
    OS << "    execution level " << named(O.Level, Levels)
       << ", synchronization scope " << named(O.Scope, Scopes) << '\n';
  auto Parent = O.Attributes.find("ParentObject");
  bool Named = Parent != O.Attributes.end() &&
               !(Parent->second.known() && Parent->second.Num == 0);
  ConfigValue P = Named ? Parent->second : O.Parent;
  if (P.K != ConfigValue::Unknown)
    OS << "    parent " << owner(F, P) << '\n';
  auto Serial = O.Config.find("AutomaticSerialization");
  if (Serial != O.Config.end())
    OS << "    automatic serialization "
       << (!Serial->second.known()   ? "unknown"
           : Serial->second.Num != 0 ? "on"
                                     : "off")
       << '\n';
  for (const WdfCallback &C : O.Callbacks) {
    OS << "    " << C.Member << ": " << C.Function << " at "
       << (C.UpTo ? "up to " + std::string(irqlName(C.Entry.Hi))
                  : C.Entry.str());
    if (C.LockOwner != NoObject)
      OS << ", under the " << (C.InterruptLock ? "interrupt" : "callback")
         << " lock of " << title(F, C.LockOwner)
         << (C.LockUnknown ? " (of unknown type)"
             : C.Mutex     ? " (a mutex)"
                           : " (a spin lock)");
    else if (C.LockUnknown)
      OS << ", lock unknown";
    OS << '\n';
  }
}

std::string irqlint::objectsText(ArrayRef<UnitResult> Units, StringRef Base) {
  std::string Text;
  raw_string_ostream OS(Text);
  for (const UnitResult &U : Units) {
    if (all_of(U.Objects.Objects, [](const WdfObject &O) { return O.Foreign; }))
      continue;
    OS << pathFrom(Base, U.File) << '\n';
    // One creation seen on several ways, with nothing to tell them apart, is
    // listed once.
    std::set<std::string> Seen;
    for (size_t I = 0; I < U.Objects.Objects.size(); ++I) {
      if (U.Objects.Objects[I].Foreign)
        continue; // listed where it is created
      std::string One;
      raw_string_ostream O(One);
      write(O, U.Objects, I, Base);
      if (Seen.insert(One).second)
        OS << One;
    }
  }
  return Text;
}

json::Value irqlint::objectsJson(ArrayRef<UnitResult> Units, StringRef Base) {
  json::Array All;
  for (const UnitResult &U : Units)
    if (!U.Objects.Objects.empty())
      All.push_back(json::Object{{"file", jsonString(pathFrom(Base, U.File))},
                                 {"facts", toJSON(U.Objects)}});
  return All;
}
