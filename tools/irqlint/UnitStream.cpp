//===- UnitStream.cpp - A unit's result as it comes into being ------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "UnitStream.h"
#include "Report/Json.h"
#include "Report/UnitJson.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace irqlint;

void UnitWriter::line(StringRef Key, json::Value V) {
  Out(formatv("{0}\n", json::Value(json::Object{{Key, std::move(V)}})).str());
}

void UnitWriter::parsed(const UnitResult &R) { line("parsed", toJSON(R)); }

void UnitWriter::exploring(StringRef Function) {
  line("exploring", jsonString(Function));
}

void UnitWriter::importing(StringRef Usr, StringRef Name) {
  line("importing",
       json::Object{{"usr", jsonString(Usr)}, {"name", jsonString(Name)}});
}

void UnitWriter::found(const Finding &F) { line("found", toJSON(F)); }

void UnitWriter::ended(double PeakMb, StringRef Failure) {
  line("ended",
       json::Object{{"peakMb", PeakMb}, {"failure", jsonString(Failure)}});
}

namespace {

/// What the lines until now say.
struct Reader {
  UnitJob Job;
  std::string Exploring, Failure;
  double PeakMb = 0;
  bool Done = false;

  /// False for a line that is none of ours: the worker died within it.
  bool take(StringRef Line) {
    Expected<json::Value> V = json::parse(Line);
    if (!V) {
      consumeError(V.takeError());
      return false;
    }
    const json::Object *O = V->getAsObject();
    json::Path::Root Root;
    if (!O)
      return false;
    if (const json::Value *All = O->get("done")) {
      UnitJob Whole;
      if (!fromJSON(*All, Whole, Root))
        return false;
      Job = std::move(Whole);
      return Done = true;
    }
    if (const json::Value *Parsed = O->get("parsed"))
      return fromJSON(*Parsed, Job.Result, Root);
    if (std::optional<StringRef> Name = O->getString("exploring")) {
      Exploring = Name->str();
      return true;
    }
    if (const json::Object *I = O->getObject("importing")) {
      Job.DiedImporting = I->getString("usr").value_or("").str();
      Job.DiedAtFunction = I->getString("name").value_or("").str();
      return true;
    }
    if (const json::Object *Ended = O->getObject("ended")) {
      PeakMb = Ended->getNumber("peakMb").value_or(0);
      Failure = Ended->getString("failure").value_or("").str();
      return true;
    }
    Finding F;
    if (const json::Value *Found = O->get("found");
        Found && fromJSON(*Found, F, Root)) {
      Job.Result.Findings.push_back(std::move(F));
      return true;
    }
    return false;
  }
};

} // namespace

UnitJob irqlint::readUnitStream(StringRef Text, StringRef Failure) {
  Reader R;
  while (!Text.empty()) {
    auto [Line, Rest] = Text.split('\n');
    Text = Rest;
    if (!Line.trim().empty() && !R.take(Line))
      break;
  }
  R.Job.Result.PeakMb = R.PeakMb;
  if (R.Done)
    return std::move(R.Job);
  std::string Why = !R.Failure.empty() ? R.Failure
                    : Failure.empty()  ? "its result is cut off"
                                       : Failure.str();
  if (!R.Exploring.empty())
    Why += " while '" + R.Exploring + "' was explored";
  else if (!R.Job.DiedAtFunction.empty())
    Why += " while '" + R.Job.DiedAtFunction + "' was brought in";
  R.Job.Result.Failure = Why;
  return std::move(R.Job);
}
