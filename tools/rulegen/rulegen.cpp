//===- rulegen.cpp - Turns rules/ into a source file ----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// irqlint-rulegen --output FILE.cpp RULES-FOLDER
///
/// Validates every rule file below the folder and writes the tables of
/// Rules/Embedded.h. Exit status 1 and one line per problem if there is any.
//===----------------------------------------------------------------------===//

#include "Rules/Embedded.h"
#include "Rules/RuleLoader.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ToolOutputFile.h"
#include "llvm/Support/WithColor.h"
#include <map>

using namespace irqlint;
using namespace llvm;

// The generator runs before there are rules to compile in.
const EmbeddedRules irqlint::BuiltinRules = {};

static cl::opt<std::string> Output("output", cl::Required,
                                   cl::desc("source file to write"));
static cl::opt<std::string> Folder(cl::Positional, cl::Required,
                                   cl::desc("RULES-FOLDER"));

namespace {

class Writer {
public:
  Writer(const RuleLoader &L, StringRef Root) : L(L), Root(Root) {}
  void write(raw_ostream &OS);
  std::vector<std::string> Problems;

private:
  struct NameEntry {
    uint32_t Record = NoEmbedded, Base = NoEmbedded;
  };
  using NameTable = std::map<std::string, NameEntry>;
  using LinkTable = std::map<std::string, std::string>;

  EmbeddedText add(StringRef S);
  uint32_t addRecord(const RuleText &File, const RuleSlice &Slice);
  template <typename Record>
  NameTable
  nameTable(const std::vector<LoadedRecord<Record>> &Records,
            function_ref<ArrayRef<std::string>(const Record &)> AliasesOf);
  void link(LinkTable &T, const std::string &Key, const std::string &Target);
  void emitText(raw_ostream &OS) const;
  void emitNames(raw_ostream &OS, StringRef Table, const NameTable &T);
  void emitLinks(raw_ostream &OS, StringRef Table, const LinkTable &T,
                 const NameTable &Targets);

  const RuleLoader &L;
  StringRef Root;
  std::string Text;
  StringMap<EmbeddedText> Pieces;
  std::vector<const RuleText *> Files;
  DenseMap<const RuleText *, unsigned> FileIndex;
  std::vector<EmbeddedRecord> Records;
};

} // namespace

EmbeddedText Writer::add(StringRef S) {
  auto [It, New] = Pieces.try_emplace(
      S, EmbeddedText{uint32_t(Text.size()), uint32_t(S.size())});
  if (New)
    Text += S;
  return It->second;
}

uint32_t Writer::addRecord(const RuleText &File, const RuleSlice &Slice) {
  auto [It, New] = FileIndex.try_emplace(&File, Files.size());
  if (New)
    Files.push_back(&File);
  // Trailing comments belong to the next record.
  Records.push_back(
      {add(Slice.Text.rtrim()), Slice.Line, uint16_t(It->second)});
  return Records.size() - 1;
}

template <typename Record>
Writer::NameTable Writer::nameTable(
    const std::vector<LoadedRecord<Record>> &Loaded,
    function_ref<ArrayRef<std::string>(const Record &)> AliasesOf) {
  NameTable T;
  std::map<std::string, uint32_t> Base;
  for (const auto &E : Loaded)
    if (E.File->Header.Base) {
      Base[E.R.Name] = addRecord(*E.File, *E.Slice);
      T[E.R.Name].Record = Base[E.R.Name];
    }
  for (const auto &E : Loaded) {
    if (E.File->Header.Base)
      continue;
    uint32_t At = addRecord(*E.File, *E.Slice);
    auto Own = Base.find(E.R.Name);
    T[E.R.Name] = {At, Own == Base.end() ? NoEmbedded : Own->second};
  }
  // Aliases last, so that a clash with a record of that name shows.
  std::map<std::string, std::string> Taken;
  for (const auto &E : Loaded)
    for (const std::string &A : AliasesOf(E.R)) {
      auto B = Base.find(A);
      auto It = T.find(A);
      bool HasRecord = It != T.end() && B == Base.end();
      if (HasRecord || !Taken.try_emplace(A, E.R.Name).second) {
        Problems.push_back((E.File->Path + ":" + Twine(E.R.Line) + ":" +
                            Twine(E.R.Col) + ": error: alias '" + A +
                            "' is already defined")
                               .str());
        continue;
      }
      NameEntry N = T[E.R.Name];
      if (B != Base.end())
        N.Base = B->second;
      T[A] = N;
    }
  return T;
}

void Writer::link(LinkTable &T, const std::string &Key,
                  const std::string &Target) {
  auto [It, New] = T.try_emplace(Key, Target);
  // Ambiguous links are dropped: no role is better than a wrong one.
  if (!New && It->second != Target)
    It->second.clear();
}

void Writer::emitText(raw_ostream &OS) const {
  OS << "static const char Text[] =\n";
  for (StringRef Rest = Text; !Rest.empty();) {
    StringRef Line = Rest.take_front(100);
    Rest = Rest.drop_front(Line.size());
    OS << "\"";
    OS.write_escaped(Line, /*UseHexEscapes=*/false);
    OS << "\"\n";
  }
  OS << ";\n";
}

static raw_ostream &operator<<(raw_ostream &OS, EmbeddedText T) {
  return OS << '{' << T.Offset << ',' << T.Length << '}';
}

void Writer::emitNames(raw_ostream &OS, StringRef Table, const NameTable &T) {
  OS << "static const EmbeddedName " << Table << "[] = {\n";
  for (const auto &[Name, E] : T)
    OS << '{' << add(Name) << ',' << E.Record << "u," << E.Base << "u},\n";
  OS << "{{0,0},0,0}};\n";
}

void Writer::emitLinks(raw_ostream &OS, StringRef Table, const LinkTable &T,
                       const NameTable &Targets) {
  OS << "static const EmbeddedLink " << Table << "[] = {\n";
  for (const auto &[Key, Target] : T)
    if (!Target.empty())
      OS << '{' << add(Key) << ','
         << std::distance(Targets.begin(), Targets.find(Target)) << "},\n";
  OS << "{{0,0},0}};\n";
}

void Writer::write(raw_ostream &OS) {
  static const std::vector<std::string> None;
  NameTable Functions = nameTable<RoutineRecord>(
      L.Functions, [](const RoutineRecord &R) -> ArrayRef<std::string> {
        return R.Aliases;
      });
  NameTable Roles = nameTable<RoleRecord>(
      L.Roles,
      [](const RoleRecord &R) -> ArrayRef<std::string> { return R.Aliases; });
  NameTable Locks = nameTable<LockRecord>(
      L.Locks,
      [](const LockRecord &) -> ArrayRef<std::string> { return None; });
  NameTable Checks = nameTable<CheckRecord>(
      L.Checks,
      [](const CheckRecord &) -> ArrayRef<std::string> { return None; });

  auto NoAliases = [](const auto &) -> ArrayRef<std::string> { return None; };
  NameTable Objects = nameTable<ObjectRecord>(L.Objects, NoAliases);
  NameTable Setup = nameTable<SetupRecord>(L.Setup, NoAliases);
  NameTable ConfigRules = nameTable<ConfigRuleRecord>(L.ConfigRules, NoAliases);
  NameTable Costs = nameTable<CostRecord>(L.Costs, NoAliases);

  LinkTable Registrations, Members, EntryNames, LockTypes;
  for (const auto &E : L.Roles) {
    for (const std::string &K : E.R.RegisteredBy.value_or(None))
      link(Registrations, K, E.R.Name);
    for (const std::string &K : E.R.RegisteredVia.value_or(None))
      link(Members, K, E.R.Name);
    for (const std::string &K : E.R.EntryNames.value_or(None))
      link(EntryNames, K, E.R.Name);
  }
  for (const auto &E : L.Locks) {
    std::vector<std::string> Keys = E.R.Info.Types;
    for (const std::string &G : E.R.Info.Globals)
      Keys.push_back("!" + G);
    for (const std::string &K : Keys)
      if (!LockTypes.try_emplace(K, E.R.Name).second)
        Problems.push_back((E.File->Path + ":" + Twine(E.R.Line) + ":" +
                            Twine(E.R.Col) + ": error: type '" + K +
                            "' already belongs to lock kind '" + LockTypes[K] +
                            "'")
                               .str());
  }

  std::string Tables;
  raw_string_ostream TS(Tables);
  emitNames(TS, "Functions", Functions);
  emitNames(TS, "Roles", Roles);
  emitNames(TS, "Locks", Locks);
  emitNames(TS, "Checks", Checks);
  emitNames(TS, "Objects", Objects);
  emitNames(TS, "Setup", Setup);
  emitNames(TS, "ConfigRules", ConfigRules);
  emitNames(TS, "Costs", Costs);
  emitLinks(TS, "Registrations", Registrations, Roles);
  emitLinks(TS, "Members", Members, Roles);
  emitLinks(TS, "EntryNames", EntryNames, Roles);
  emitLinks(TS, "LockTypes", LockTypes, Locks);
  std::map<std::string, int64_t> Constants;
  for (const auto &C : L.Constants)
    Constants[C.R.Name] = C.R.Value;
  TS << "static const EmbeddedConstant Constants[] = {\n";
  for (const auto &[Name, Value] : Constants)
    TS << '{' << add(Name) << ',' << Value << "},\n";
  TS << "{{0,0},0}};\nstatic const EmbeddedText Released[] = {\n";
  std::vector<StringRef> Released(L.ReleasedKinds.keys().begin(),
                                  L.ReleasedKinds.keys().end());
  sort(Released);
  for (StringRef K : Released)
    TS << add(K) << ",\n";
  TS << "{0,0}};\nstatic const EmbeddedRecord Records[] = {\n";
  for (const EmbeddedRecord &R : Records)
    TS << '{' << R.Text << ',' << R.Line << ',' << R.File << "},\n";
  TS << "{{0,0},0,0}};\nstatic const EmbeddedFile Files[] = {\n";
  for (const RuleText *F : Files) {
    // Paths in messages are those of the source tree, not of the machine that
    // built the program.
    StringRef Path = F->Path;
    Path.consume_front(Root);
    while (Path.consume_front("/"))
      ;
    TS << '{' << add(("rules/" + Path).str()) << ',' << add(F->Header.Family)
       << ',' << add(F->Header.Header) << "},\n";
  }
  TS << "{{0,0},{0,0},{0,0}}};\n";

  OS << "// Written by irqlint-rulegen from rules/. Do not edit.\n"
        "#include \"Rules/Embedded.h\"\n"
        "using namespace irqlint;\n"
        "namespace {\n";
  emitText(OS);
  OS << Tables
     << "template <typename T, unsigned N>\n"
        "constexpr EmbeddedSpan<T> span(const T (&A)[N]) { return {A, N - 1}; "
        "}\n"
        "} // namespace\n"
        "const EmbeddedRules irqlint::BuiltinRules = {Text, "
        "span(Files), span(Records), span(Functions), span(Roles), "
        "span(Locks), span(Checks), span(Objects), span(Setup), "
        "span(ConfigRules), span(Costs), span(Registrations), span(Members), "
        "span(EntryNames), span(LockTypes), span(Constants), "
        "span(Released)};\n";
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "validates and compiles in rules/\n");
  std::vector<std::string> Paths;
  std::error_code EC;
  for (sys::fs::recursive_directory_iterator It(Folder, EC), End;
       It != End && !EC; It.increment(EC))
    if (sys::path::extension(It->path()) == ".yaml")
      Paths.push_back(It->path());
  if (EC || Paths.empty()) {
    WithColor::error() << Folder << ": "
                       << (EC ? EC.message() : "no rule files here") << "\n";
    return 1;
  }
  // The order decides indices and messages, so it must not depend on the disk.
  sort(Paths);
  RuleLoader L(/*Under=*/nullptr);
  for (const std::string &P : Paths)
    L.addFile(P);
  L.load();
  for (const RuleProblem &P : L.Problems)
    errs() << P.str() << "\n";
  if (!L.Problems.empty())
    return 1;

  std::string Source;
  raw_string_ostream OS(Source);
  Writer W(L, Folder);
  W.write(OS);
  for (const std::string &P : W.Problems)
    errs() << P << "\n";
  if (!W.Problems.empty())
    return 1;
  ToolOutputFile Out(Output, EC, sys::fs::OF_Text);
  if (EC) {
    WithColor::error() << Output << ": " << EC.message() << "\n";
    return 1;
  }
  Out.os() << Source;
  Out.os().flush();
  if (Out.os().has_error()) {
    WithColor::error() << Output << ": " << Out.os().error().message() << "\n";
    Out.os().clear_error();
    return 1;
  }
  Out.keep();
  return 0;
}
