//===- Baseline.cpp - What was found before -------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Baseline.h"
#include "Report/Json.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace irqlint;

static constexpr StringLiteral Format = "irqlint-baseline";

std::string irqlint::baselineText(const Report &R, StringRef Base) {
  json::Array Items;
  for (const ReportItem &I : R.Items)
    Items.push_back(json::Object{
        {"fingerprint", I.Fingerprint},
        {"check", jsonString(I.F.Check)},
        {"certainty",
         I.F.Sure == Certainty::Definite ? "definite" : "possible"},
        {"file", jsonString(pathFrom(Base, I.F.Pos.File))},
        {"function", jsonString(I.F.Function)},
        {"message", jsonString(I.F.Message)}});
  return printJson(json::Object{
      {"format", Format}, {"version", 1}, {"findings", std::move(Items)}});
}

Expected<Baseline> Baseline::load(StringRef File) {
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer)
    return createStringError(Buffer.getError(), "cannot read baseline '%s': %s",
                             File.str().c_str(),
                             Buffer.getError().message().c_str());
  return parse((*Buffer)->getBuffer(), File);
}

Expected<Baseline> Baseline::parse(StringRef Text, StringRef Name) {
  auto Bad = [&](const Twine &Why) {
    return createStringError(inconvertibleErrorCode(), "%s: not a baseline: %s",
                             Name.str().c_str(), Why.str().c_str());
  };
  Expected<json::Value> V = json::parse(Text);
  if (!V)
    return Bad(toString(V.takeError()));
  const json::Object *O = V->getAsObject();
  if (!O || O->getString("format") != StringRef(Format))
    return Bad("no \"format\": \"irqlint-baseline\"");
  if (O->getInteger("version") != int64_t(1))
    return Bad("its version is not 1");
  const json::Array *Items = O->getArray("findings");
  if (!Items)
    return Bad("no list \"findings\"");
  Baseline B;
  for (const json::Value &E : *Items) {
    const json::Object *I = E.getAsObject();
    std::optional<StringRef> Print =
        I ? I->getString("fingerprint") : std::nullopt;
    if (!Print)
      return Bad("a finding without fingerprint");
    B.Known[*Print] = I->getString("certainty") == StringRef("possible")
                          ? Certainty::Possible
                          : Certainty::Definite;
  }
  return B;
}

bool Baseline::knows(const ReportItem &I) const {
  auto It = Known.find(I.Fingerprint);
  return It != Known.end() && It->second <= I.F.Sure;
}

void Baseline::apply(Report &R) const {
  size_t All = R.Items.size();
  llvm::erase_if(R.Items, [&](const ReportItem &I) { return knows(I); });
  R.Known += All - R.Items.size();
}
