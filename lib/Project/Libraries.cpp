//===- Libraries.cpp - Which static libraries a driver is linked with -----===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Sources.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"
#include <map>
#include <set>

using namespace llvm;

namespace irqlint {

namespace {

class Resolver {
public:
  explicit Resolver(Planner &P) : P(P) {
    for (const ProjectInfo &I : P.Result.Projects)
      if (!I.Library.empty() && I.Skipped.empty())
        Makers[I.Library].insert(I.File);
  }

  void resolve(ProjectInfo &I) {
    std::set<std::string> Found;
    for (const std::string &Input : I.LinkInputs)
      if (std::optional<std::string> L = maker(I.File, Input))
        Found.insert(std::move(*L));
    for (const std::string &R : I.References)
      for (const auto &M : Makers)
        if (M.second.count(R))
          Found.insert(R);
    Found.erase(I.File);
    I.Libraries.assign(Found.begin(), Found.end());
  }

private:
  Planner &P;
  /// Projects by the file that they make.
  StringMap<std::set<std::string>> Makers;
  /// By solution file.
  std::map<std::string, std::set<std::string>> Solutions;

  /// The project that makes what \p Project names as \p Input.
  std::optional<std::string> maker(StringRef Project, StringRef Input) {
    Input = Input.trim().trim('"');
    // Behind a folder of the kit, which is not known and so empty.
    if (Input.starts_with("\\"))
      return std::nullopt;
    auto M = Makers.find(
        sys::path::filename(Input, sys::path::Style::windows).lower());
    if (M == Makers.end())
      return std::nullopt;
    // Libraries are made below their project, if nothing else is said.
    std::string Path = normalizePath(Input, sys::path::parent_path(Project));
    std::vector<std::string> Near;
    for (const std::string &Maker : M->second)
      if (Maker != Project && StringRef(Path).starts_with_insensitive(
                                  sys::path::parent_path(Maker).str() + "/"))
        Near.push_back(Maker);
    // The one that is deepest contains the file most closely.
    if (!Near.empty())
      return *llvm::max_element(Near, [](const auto &A, const auto &B) {
        return sys::path::parent_path(A).size() <
               sys::path::parent_path(B).size();
      });
    // Else it is the one that some solution builds with the project.
    for (const std::string &Maker : M->second)
      if (Maker != Project && builtTogether(Project, Maker))
        Near.push_back(Maker);
    if (Near.size() != 1)
      return std::nullopt;
    return Near.front();
  }

  bool builtTogether(StringRef A, StringRef B) {
    constexpr unsigned MaxUp = 6;
    StringRef D = sys::path::parent_path(A);
    for (unsigned Up = 0; Up < MaxUp && !D.empty();
         ++Up, D = sys::path::parent_path(D))
      for (const PathIndex::Entry &E : P.Paths.list(D)) {
        StringRef Name = E.Name;
        if (E.IsFolder || !(Name.ends_with_insensitive(".sln") ||
                            Name.ends_with_insensitive(".slnx")))
          continue;
        std::string File = (D + "/" + Name).str();
        auto [It, New] = Solutions.try_emplace(File);
        if (New)
          for (std::string &Project : solutionProjects(P, File))
            It->second.insert(std::move(Project));
        if (It->second.count(A.str()) && It->second.count(B.str()))
          return true;
      }
    return false;
  }
};

} // namespace

void planLibraries(Planner &P) {
  // MSBuild builds the projects that one refers to along with it.
  constexpr size_t MaxAdded = 1000;
  std::set<std::string> Known;
  for (const ProjectInfo &I : P.Result.Projects)
    Known.insert(I.File);
  size_t First = P.Result.Projects.size();
  for (size_t I = 0; I < P.Result.Projects.size(); ++I) {
    std::string File = P.Result.Projects[I].File;
    for (const std::string &R :
         std::vector<std::string>(P.Result.Projects[I].References)) {
      if (!StringRef(R).ends_with_insensitive(".vcxproj") ||
          P.Result.Projects.size() - First > MaxAdded ||
          !Known.insert(R).second)
        continue;
      if (Error E = planVcxproj(P, R, solutionFolderOf(P, R),
                                /*OnlyLibrary=*/true))
        P.diag(ProjectDiag::Error, File, 0, 0,
               "referenced project '" + R +
                   "' is left out: " + toString(std::move(E)));
    }
  }
  for (const ProjectInfo &I : P.Result.Projects)
    if (I.Skipped.empty())
      for (const std::string &R : I.References)
        for (ProjectInfo &L : P.Result.Projects)
          if (L.MayBeLibrary && L.Library.empty() && L.File == R)
            L.Library = StringRef(L.Name).lower() + ".lib";
  Resolver Names(P);
  for (ProjectInfo &I : P.Result.Projects)
    if (I.Skipped.empty())
      Names.resolve(I);
}

std::vector<std::vector<size_t>> linkClasses(const Plan &P) {
  EquivalenceClasses<size_t> Together;
  for (const LinkedUnits &D : linkedUnits(P))
    for (const auto *List : {&D.Own, &D.Libraries})
      for (size_t I : *List)
        Together.unionSets(D.Own.front(), I);
  std::vector<std::vector<size_t>> Out;
  std::map<size_t, size_t> Index;
  for (size_t I = 0; I < P.Units.size(); ++I) {
    auto [It, New] = Index.try_emplace(Together.getLeaderValue(I), Out.size());
    if (New)
      Out.emplace_back();
    Out[It->second].push_back(I);
  }
  return Out;
}

std::vector<LinkedUnits> linkedUnits(const Plan &P) {
  using Key = std::pair<std::string, std::string>; // project, configuration
  std::vector<LinkedUnits> Out;
  std::map<Key, size_t> Index;
  for (size_t I = 0; I < P.Units.size(); ++I) {
    auto [It, New] = Index.try_emplace(
        {P.Units[I].ProjectFile, P.Units[I].Config}, Out.size());
    if (New)
      Out.emplace_back();
    Out[It->second].Own.push_back(I);
  }
  std::map<Key, const ProjectInfo *> Infos;
  for (const ProjectInfo &I : P.Projects)
    Infos.try_emplace({I.File, I.Config}, &I);
  // The same configuration of the library, or the only one that it has.
  auto Find = [&](const std::string &File, const std::string &Config) {
    auto It = Infos.find({File, Config});
    if (It != Infos.end())
      return It;
    It = Infos.lower_bound({File, ""});
    if (It == Infos.end() || It->first.first != File)
      return Infos.end();
    auto Next = std::next(It);
    return Next != Infos.end() && Next->first.first == File ? Infos.end() : It;
  };
  std::set<size_t> Linked; // libraries that some driver has
  for (auto &[K, Driver] : Index) {
    auto Self = Infos.find(K);
    if (Self == Infos.end())
      continue;
    std::set<Key> Seen{K};
    std::vector<const ProjectInfo *> Left{Self->second};
    std::set<size_t> Units;
    while (!Left.empty()) {
      const ProjectInfo *I = Left.back();
      Left.pop_back();
      for (const std::string &File : I->Libraries) {
        auto L = Find(File, K.second);
        if (L == Infos.end() || !Seen.insert(L->first).second)
          continue;
        Left.push_back(L->second);
        if (auto U = Index.find(L->first); U != Index.end()) {
          Units.insert(Out[U->second].Own.begin(), Out[U->second].Own.end());
          if (Self->second->Library.empty())
            Linked.insert(U->second);
        }
      }
    }
    Out[Driver].Libraries.assign(Units.begin(), Units.end());
  }
  for (size_t I = Out.size(); I-- > 0;)
    if (Linked.count(I))
      Out.erase(Out.begin() + I);
  return Out;
}

} // namespace irqlint
