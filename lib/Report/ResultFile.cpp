//===- ResultFile.cpp - The JSON result file ------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/ResultFile.h"
#include "Report/Json.h"
#include "Report/Links.h"
#include "Report/UnitJson.h"

using namespace llvm;
using namespace irqlint;

static constexpr StringLiteral Format = "irqlint-result";

json::Value irqlint::toJSON(const std::vector<ImportFailure> &List) {
  json::Array A;
  for (const ImportFailure &F : List)
    A.push_back(json::Object{{"function", jsonString(F.Function)},
                             {"file", jsonString(F.File)},
                             {"from", jsonString(F.From)},
                             {"why", jsonString(F.Why)}});
  return A;
}

bool irqlint::fromJSON(const json::Value &V, ImportFailure &F, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && M.map("function", F.Function) && M.map("file", F.File) &&
         M.map("from", F.From) && M.map("why", F.Why);
}

json::Value irqlint::resultToJson(const Report &R) {
  json::Array Items, Units;
  for (const ReportItem &I : R.Items) {
    json::Value V = toJSON(I.F);
    json::Object &O = *V.getAsObject();
    O["fingerprint"] = I.Fingerprint;
    O["sourceLine"] = jsonString(I.SourceLine);
    O["units"] = jsonStrings(I.Units);
    if (!I.Drivers.empty())
      O["drivers"] = jsonStrings(I.Drivers);
    Items.push_back(std::move(V));
  }
  for (const UnitResult &U : R.Units)
    Units.push_back(toJSON(U));
  return json::Object{{"format", Format},
                      {"version", 1},
                      {"tool", ("irqlint " + toolVersion()).str()},
                      {"findings", std::move(Items)},
                      {"units", std::move(Units)},
                      {"problems", jsonStrings(R.Problems)},
                      {"notBrought", toJSON(R.NotBrought)},
                      {"suppressed", int64_t(R.Suppressed)},
                      {"known", int64_t(R.Known)},
                      {"possibleHidden", int64_t(R.PossibleHidden)},
                      {"interrupted", R.Interrupted},
                      {"linkSeconds", R.LinkSeconds},
                      {"wallSeconds", R.WallSeconds}};
}

namespace irqlint {
static bool fromJSON(const json::Value &V, ReportItem &R, json::Path P) {
  json::ObjectMapper M(V, P);
  return M && fromJSON(V, R.F, P) &&
         M.mapOptional("sourceLine", R.SourceLine) &&
         M.mapOptional("fingerprint", R.Fingerprint) &&
         M.mapOptional("units", R.Units) && M.mapOptional("drivers", R.Drivers);
}
} // namespace irqlint

Expected<Report> irqlint::resultFromJson(StringRef Text, StringRef Name) {
  auto Bad = [&](const Twine &Why) {
    return createStringError(inconvertibleErrorCode(),
                             "%s: not a result of irqlint: %s",
                             Name.str().c_str(), Why.str().c_str());
  };
  Expected<json::Value> V = json::parse(Text);
  if (!V)
    return Bad(toString(V.takeError()));
  const json::Object *O = V->getAsObject();
  if (!O || O->getString("format") != StringRef(Format))
    return Bad("no \"format\": \"irqlint-result\" (write it with "
               "--format=json)");
  if (O->getInteger("version") != int64_t(1))
    return Bad("its version is not 1");
  Report R;
  json::Path::Root Root("result");
  json::ObjectMapper M(*V, Root);
  if (M && M.map("findings", R.Items) && M.map("units", R.Units) &&
      M.mapOptional("problems", R.Problems) &&
      M.mapOptional("notBrought", R.NotBrought) &&
      M.mapOptional("suppressed", R.Suppressed) &&
      M.mapOptional("known", R.Known) &&
      M.mapOptional("possibleHidden", R.PossibleHidden) &&
      M.mapOptional("interrupted", R.Interrupted) &&
      M.mapOptional("linkSeconds", R.LinkSeconds) &&
      M.mapOptional("wallSeconds", R.WallSeconds))
    return R;
  return Bad(toString(Root.getError()));
}
