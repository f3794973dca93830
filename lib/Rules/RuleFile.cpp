//===- RuleFile.cpp - Cutting rule files, laying records over contracts ---===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules/RuleFile.h"
#include "Rules/RuleYaml.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/Twine.h"

using llvm::StringRef;

namespace irqlint {

std::string RuleProblem::str() const {
  return (File + ":" + llvm::Twine(Line) + ":" + llvm::Twine(Col) +
          ": error: " + Message)
      .str();
}

static std::optional<RuleSection> sectionOf(StringRef Key) {
  return llvm::StringSwitch<std::optional<RuleSection>>(Key)
      .Case("constants", RuleSection::Constants)
      .Case("locks", RuleSection::Locks)
      .Case("roles", RuleSection::Roles)
      .Case("functions", RuleSection::Functions)
      .Case("checks", RuleSection::Checks)
      .Case("objects", RuleSection::Objects)
      .Case("setup", RuleSection::Setup)
      .Case("config-rules", RuleSection::ConfigRules)
      .Case("costs", RuleSection::Costs)
      .Default(std::nullopt);
}

RuleText RuleText::cut(StringRef Path, StringRef Text,
                       std::vector<RuleProblem> &Problems) {
  RuleText F;
  F.Path = Path.str();
  Text.consume_front("\xEF\xBB\xBF");

  // Sections are found by their key at the left margin, records by their dash.
  // What is left over, with the lines of sections blanked to keep the line
  // numbers, are the header keys.
  std::string HeaderLines;
  std::optional<RuleSection> Section;
  std::optional<size_t> DashIndent; // of the open record
  RuleSlice Open;
  auto Close = [&](const char *End) {
    if (!DashIndent)
      return;
    Open.Text = StringRef(Open.Text.data(), End - Open.Text.data());
    F.Slices.push_back(Open);
    DashIndent.reset();
  };
  auto Complain = [&](unsigned Line, size_t Col, const llvm::Twine &Message) {
    Problems.push_back({F.Path, Line, unsigned(Col), Message.str()});
  };

  size_t SectionIndent = 0;
  bool SeenRecord = false, SkippedBroken = false;
  unsigned LineNo = 0;
  for (StringRef Rest = Text; !Rest.empty();) {
    StringRef Line = Rest.take_until([](char C) { return C == '\n'; });
    Rest = Rest.drop_front(std::min(Line.size() + 1, Rest.size()));
    ++LineNo;
    StringRef Body = Line.ltrim(' ');
    size_t Indent = Line.size() - Body.size();
    StringRef Bare = Body.rtrim();
    bool Blank = Bare.empty() || Bare.starts_with("#");
    bool Marker = Indent == 0 && (Bare == "---" || Bare == "...");

    if (!Blank && Indent == 0 && !Marker && !Bare.starts_with("-")) {
      Close(Line.data());
      Section.reset();
      auto [Key, Value] = Bare.split(':');
      if ((Section = sectionOf(Key.rtrim()))) {
        HeaderLines += '\n';
        Value = Value.split(" #").first.trim();
        SeenRecord = SkippedBroken = false;
        if (!Value.empty() && Value != "[]")
          Complain(LineNo, Key.size() + 2,
                   "write '" + Key + "' as a list with one '- ' per record");
        continue;
      }
    }
    if (!Section) {
      HeaderLines += Line;
      HeaderLines += '\n';
      continue;
    }
    HeaderLines += '\n';
    if (Blank)
      continue;
    if (Marker) {
      Close(Line.data());
      Complain(LineNo, 1, "a rule file is one YAML document");
      Section.reset();
      continue;
    }
    bool Dash = Bare == "-" || Bare.starts_with("- ");
    if (Dash && (!SeenRecord || Indent <= SectionIndent)) {
      Close(Line.data());
      if (SeenRecord && Indent != SectionIndent)
        Complain(LineNo, Indent + 1,
                 "this record is indented unlike those before it");
      if (!SeenRecord)
        SectionIndent = Indent;
      SeenRecord = true;
      SkippedBroken = false;
      DashIndent = Indent;
      Open = {*Section, StringRef(Line.data(), 0), LineNo};
      continue;
    }
    if (DashIndent && Indent > *DashIndent)
      continue;
    Close(Line.data());
    if (!SkippedBroken)
      Complain(LineNo, Indent + 1, "expected '- ', the start of a record");
    SkippedBroken = true;
  }
  Close(Text.end());
  if (StringRef(HeaderLines).trim().empty())
    return F;
  readHeader(F.Path, HeaderLines, F.Header, Problems);
  return F;
}

template <typename T> static void set(T &To, const std::optional<T> &From) {
  if (From)
    To = *From;
}

void apply(const RoutineRecord &R, const RuleFileHeader &H,
           FunctionContract &C) {
  C.Name = R.Name;
  if (!H.Family.empty())
    C.Family = H.Family;
  if (!H.Header.empty() && C.Header.empty())
    C.Header = H.Header;
  set(C.Header, R.Header);
  set(C.Windows, R.Windows);
  // A record that states windows of its own also states their nature.
  if (R.Windows)
    C.Conditional = false;
  set(C.Conditional, R.Conditional);
  set(C.Effects, R.Effects);
  set(C.Writes, R.Writes);
  set(C.Forbids, R.Forbids);
  set(C.Ensures, R.Ensures);
  set(C.Apc, R.Apc);
  set(C.Pairs, R.Pairs);
  set(C.NoReturn, R.NoReturn);
  set(C.EndsThread, R.EndsThread);
  set(C.Atomically, R.Atomically);
  set(C.Source, R.Source);
}

void apply(const RoleRecord &R, RoleContract &C) {
  C.Name = R.Name;
  if (R.Implementer) {
    C.ImplementedByDriver = *R.Implementer != "system";
    C.ImplementedBySystem = *R.Implementer != "driver";
  }
  set(C.Entry, R.Entry);
  if (R.Entry)
    C.Conditional = false;
  set(C.Conditional, R.Conditional);
  if (R.Usual)
    C.Usual = R.Usual;
  if (R.Assume)
    C.Assume = R.Assume;
  if (R.LocksOnEntry) {
    C.LocksOnEntry = *R.LocksOnEntry;
    C.LocksStated = true;
  }
  set(C.AcquiresForCaller, R.Acquires);
  set(C.ReleasesForCaller, R.Releases);
  set(C.SameIrqlOnReturn, R.SameIrql);
  set(C.HandsOver, R.HandsOver);
  if (R.Tags)
    for (const std::string &Tag : *R.Tags) {
      if (Tag == "in-critical-region" || Tag == "normal-kernel-apcs-disabled")
        C.Apcs = ApcEntry::NormalDisabled;
      C.SystemThread |= Tag == "system-thread";
    }
  if (R.Apcs)
    C.Apcs = *R.Apcs;
  set(C.SystemThread, R.SystemThread);
  set(C.Phase, R.Phase);
  set(C.Conditions, R.Tags);
  set(C.RegisteredBy, R.RegisteredBy);
  set(C.RegisteredVia, R.RegisteredVia);
  set(C.EntryNames, R.EntryNames);
  set(C.Source, R.Source);
}

} // namespace irqlint
