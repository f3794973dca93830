//===- MSBuild.h - Reads .vcxproj and .props --------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// The part of MSBuild's evaluation that says which files a project compiles
/// and how: properties and imports in a first pass, item definitions in a
/// second and items in a third one, conditions, metadata with inheritance,
/// wildcards. Targets and tasks are never looked at; nothing is executed or
/// written.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_MSBUILD_H
#define IRQLINT_PROJECT_MSBUILD_H

#include "Project/PathIndex.h"
#include "Project/Plan.h"
#include "llvm/ADT/StringMap.h"
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pugi {
class xml_document;
class xml_node;
} // namespace pugi

namespace irqlint {

/// Values by lower-case name; MSBuild ignores case in all names.
using NameValues = std::map<std::string, std::string>;

/// Expands `$(Name)`, `$(Name.Method('a','b'))`, `%(Meta)` and `@(Item)` and
/// judges conditions. Unknown names are empty, as in MSBuild.
class MSBuildExpressions {
public:
  NameValues Properties;
  /// Answers `%(Name)` and `%(Type.Name)`; may be null.
  std::function<std::string(llvm::StringRef)> Metadata;
  /// Answers `@(Name)`, joined with `;`; may be null.
  std::function<std::string(llvm::StringRef)> Items;
  /// Answers exists('path'); may be null.
  std::function<bool(llvm::StringRef)> Exists;
  /// The nearest folder, from Start upwards, that holds File; may be null.
  std::function<std::string(llvm::StringRef Start, llvm::StringRef File)>
      FolderAbove;
  /// Told about constructs that are not understood.
  std::function<void(const std::string &)> Complain;

  std::string expand(llvm::StringRef Text) const;
  /// True for an empty condition; one that cannot be understood is false.
  bool condition(llvm::StringRef Text) const;
  std::string property(llvm::StringRef Name) const;
};

struct MSBuildItem {
  /// Lower-case item type ("clcompile").
  std::string Type;
  /// As written, expanded, with `/`.
  std::string Include;
  /// Absolute and spelled as on disk when the file exists.
  std::string Path;
  bool Exists = false;
  NameValues Metadata;
  /// Where the item element stands.
  std::string File;
  unsigned Line = 0, Col = 0;

  std::string meta(llvm::StringRef Name) const;
};

class MSBuildProject {
public:
  MSBuildProject(PathIndex &Paths, std::vector<ProjectDiag> &Diags);
  ~MSBuildProject();

  /// Evaluates \p File for the wanted configuration ("Release|x64"; empty: the
  /// newest release). The error has file:line:col when the XML is broken.
  llvm::Error load(llvm::StringRef File, llvm::StringRef WantedConfig,
                   llvm::StringRef SolutionDir = "");

  const std::string &config() const { return Config; }
  /// All that the project has ("Debug|Win32"), in its order.
  const std::vector<std::string> &allConfigs() const { return AllConfigs; }
  std::string property(llvm::StringRef Name) const;
  /// An import that the project cannot do without is not there.
  bool missesImports() const { return Missing; }
  const std::vector<MSBuildItem> &items() const { return Items; }
  /// Of an ItemDefinitionGroup: definition("Link", "AdditionalDependencies").
  std::string definition(llvm::StringRef Type, llvm::StringRef Name) const;
  /// All files that were read: the project and its imports.
  const std::vector<std::string> &files() const { return Files; }

private:
  struct Document;
  /// MSBuild evaluates a project three times over, in this order.
  enum Pass { Properties, Definitions, ItemsPass };
  Document *open(llvm::StringRef File, llvm::Error &Err);
  void pass(Document &D, Pass Which, unsigned Depth);
  void walk(Document &D, const pugi::xml_node &Parent, Pass Which,
            unsigned Depth);
  void importFile(Document &D, const pugi::xml_node &N, Pass Which,
                  unsigned Depth);
  void propertyGroup(Document &D, const pugi::xml_node &N);
  void itemDefinitions(Document &D, const pugi::xml_node &N);
  void itemGroup(Document &D, const pugi::xml_node &N);
  void readMetadata(Document &D, const pugi::xml_node &N, NameValues &Into,
                    const MSBuildItem *For);
  void expandInclude(Document &D, const pugi::xml_node &N, MSBuildItem Proto,
                     llvm::StringRef Include, llvm::StringRef Exclude);
  bool holds(Document &D, const pugi::xml_node &N);
  void chooseConfig(Document &D, llvm::StringRef Wanted);
  void setToolsetProperties();
  void diag(ProjectDiag::Level L, const Document &D, const pugi::xml_node &N,
            const std::string &Message);

  PathIndex &Paths;
  std::vector<ProjectDiag> &Diags;
  MSBuildExpressions Expr;
  std::map<std::string, std::unique_ptr<Document>> Documents;
  std::vector<std::string> Files;
  std::string ProjectDir, Config, DerivedTarget;
  std::vector<std::string> AllConfigs;
  std::map<std::string, NameValues> Defaults;
  std::vector<MSBuildItem> Items;
  unsigned Imports = 0;
  bool Missing = false;
};

/// Line and column (from 1) of a byte offset.
std::pair<unsigned, unsigned> lineAndColumn(llvm::StringRef Text,
                                            size_t Offset);

} // namespace irqlint

#endif // IRQLINT_PROJECT_MSBUILD_H
