//===- Solution.cpp - Projects of a Visual Studio solution ------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/MSBuild.h"
#include "Project/Sources.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <pugixml.hpp>

using namespace llvm;

namespace irqlint {

namespace {

struct Reference {
  std::string Path;
  unsigned Line, Col;
};

/// `Project("{kind}") = "name", "path", "{id}"`.
std::vector<Reference> readSln(StringRef Text) {
  std::vector<Reference> Out;
  SmallVector<StringRef> Lines;
  Text.split(Lines, '\n');
  for (size_t N = 0; N != Lines.size(); ++N) {
    StringRef L = Lines[N].trim();
    if (!L.starts_with("Project("))
      continue;
    SmallVector<StringRef> Quoted;
    L.split(Quoted, '"');
    // Odd parts stand between quotes: kind, name, path, id.
    if (Quoted.size() < 8)
      continue;
    Out.push_back({Quoted[5].str(), unsigned(N + 1),
                   unsigned(Quoted[5].data() - Lines[N].data() + 1)});
  }
  return Out;
}

Expected<std::vector<Reference>> readSlnx(StringRef File, StringRef Text) {
  pugi::xml_document Xml;
  pugi::xml_parse_result R = Xml.load_buffer(Text.data(), Text.size());
  const char *Problem = R ? nullptr : R.description();
  if (!Problem && StringRef(Xml.document_element().name()) != "Solution")
    Problem = "not a solution: the root element is not <Solution>";
  if (Problem) {
    auto [Line, Col] = lineAndColumn(Text, R ? 0 : size_t(R.offset));
    return createStringError("%s:%u:%u: error: %s", File.str().c_str(), Line,
                             Col, Problem);
  }
  std::vector<Reference> Out;
  struct Walker : pugi::xml_tree_walker {
    StringRef Text;
    std::vector<Reference> &Out;
    Walker(StringRef Text, std::vector<Reference> &Out)
        : Text(Text), Out(Out) {}
    bool for_each(pugi::xml_node &N) override {
      if (StringRef(N.name()) == "Project") {
        auto [Line, Col] = lineAndColumn(Text, size_t(N.offset_debug()));
        Out.push_back({N.attribute("Path").value(), Line, Col});
      }
      return true;
    }
  } W(Text, Out);
  Xml.traverse(W);
  return Out;
}

} // namespace

std::string solutionFolderOf(Planner &P, StringRef Project) {
  // A solution stands a few folders above its projects at most.
  constexpr unsigned MaxUp = 6;
  SmallString<256> Abs(Project);
  sys::fs::make_absolute(Abs);
  StringRef D = sys::path::parent_path(Abs);
  for (unsigned Up = 0; Up < MaxUp && !D.empty();
       ++Up, D = sys::path::parent_path(D))
    for (const PathIndex::Entry &E : P.Paths.list(D)) {
      StringRef Name = E.Name;
      if (E.IsFolder || !(Name.ends_with_insensitive(".sln") ||
                          Name.ends_with_insensitive(".slnx")))
        continue;
      auto Buffer = MemoryBuffer::getFile(D + "/" + Name);
      if (Buffer &&
          (*Buffer)->getBuffer().contains_insensitive(sys::path::filename(Abs)))
        return D.str();
    }
  return "";
}

static Expected<std::vector<Reference>> readSolution(StringRef File) {
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer)
    return createStringError(Buffer.getError(), "%s: error: cannot read: %s",
                             File.str().c_str(),
                             Buffer.getError().message().c_str());
  StringRef Text = (*Buffer)->getBuffer();
  if (sys::path::extension(File).equals_insensitive(".slnx"))
    return readSlnx(File, Text);
  if (Text.contains("Microsoft Visual Studio Solution File"))
    return readSln(Text);
  return createStringError("%s:1:1: error: not a Visual Studio solution",
                           File.str().c_str());
}

std::vector<std::string> solutionProjects(Planner &P, StringRef File) {
  std::vector<std::string> Out;
  Expected<std::vector<Reference>> Projects = readSolution(File);
  if (!Projects) {
    consumeError(Projects.takeError());
    return Out;
  }
  for (const Reference &R : *Projects)
    if (auto Real = P.Paths.resolve(
            normalizePath(R.Path, sys::path::parent_path(File))))
      Out.push_back(*Real);
  return Out;
}

Error planSolution(Planner &P, StringRef File) {
  Expected<std::vector<Reference>> Projects = readSolution(File);
  if (!Projects)
    return Projects.takeError();
  StringRef Dir = sys::path::parent_path(File);
  for (const Reference &R : *Projects) {
    StringRef Ext = sys::path::extension(R.Path, sys::path::Style::windows);
    // Solution folders have no extension; other kinds hold no C code.
    if (!Ext.equals_insensitive(".vcxproj"))
      continue;
    auto Real = P.Paths.resolve(normalizePath(R.Path, Dir));
    if (!Real) {
      P.diag(ProjectDiag::Error, File.str(), R.Line, R.Col,
             "project '" + R.Path + "' does not exist");
      continue;
    }
    if (Error E = planVcxproj(P, *Real, Dir))
      P.diag(ProjectDiag::Error, File.str(), R.Line, R.Col,
             "project '" + R.Path + "' is left out: " + toString(std::move(E)));
  }
  return Error::success();
}

} // namespace irqlint
