//===- CompileCommands.cpp - Units of a compilation database ----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/MSBuild.h"
#include "Project/Sources.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace irqlint {

namespace {

/// Reads one command line of cl, clang-cl, clang or gcc into a unit.
class CommandReader {
public:
  CommandReader(Planner &P, UnitPlan &U, StringRef Dir)
      : P(P), U(U), Dir(Dir) {}

  void read(ArrayRef<std::string> Args) {
    if (Args.empty())
      return;
    StringRef Tool =
        sys::path::filename(Args[0], sys::path::Style::windows).lower() == ""
            ? StringRef(Args[0])
            : sys::path::filename(Args[0], sys::path::Style::windows);
    MicrosoftStyle = Tool.starts_with_insensitive("cl.exe") ||
                     Tool.equals_insensitive("cl") ||
                     Tool.starts_with_insensitive("clang-cl");
    bool PlusPlus = Tool.ends_with("++") || Tool.ends_with("++.exe");
    U.CPlusPlus = PlusPlus || isCPlusPlusName(U.File);
    for (size_t I = 1; I < Args.size(); ++I)
      I += option(Args, I);
  }

private:
  void include(StringRef D) {
    auto Real = P.Paths.resolve(normalizePath(D.trim('"'), Dir));
    if (Real && P.Paths.isFolder(*Real) && !is_contained(U.IncludeDirs, *Real))
      U.IncludeDirs.push_back(*Real);
  }

  /// Handles the option at \p I; returns how many further arguments it took.
  size_t option(ArrayRef<std::string> Args, size_t I) {
    StringRef A = Args[I];
    bool Slash = MicrosoftStyle && A.starts_with("/");
    if (!Slash && !A.starts_with("-"))
      return 0;
    StringRef Name = A.drop_front();
    size_t Took = 0;
    auto Value = [&](StringRef Switch) -> std::optional<StringRef> {
      if (!Name.starts_with(Switch))
        return std::nullopt;
      StringRef V = Name.drop_front(Switch.size());
      if (V.empty() && I + 1 < Args.size()) {
        V = Args[I + 1];
        Took = 1;
      }
      return V;
    };
    // Longer names first: -isystem before -I is not needed, case differs.
    if (MicrosoftStyle) {
      if (auto V = Value("FI"))
        return U.ForcedIncludes.push_back(V->str()), Took;
      if (auto V = Value("external:I"))
        return include(*V), Took;
      if (auto V = Value("imsvc"))
        return include(*V), Took;
      if (Name == "TP" || Name == "TC")
        return U.CPlusPlus = Name == "TP", 0;
      if (Name.starts_with("std:"))
        return U.Standard = Name.drop_front(4).str(), 0;
    }
    for (StringRef S : {"isystem", "iquote", "idirafter"})
      if (auto V = Value(S))
        return include(*V), Took;
    if (auto V = Value("include"))
      return U.ForcedIncludes.push_back(V->ltrim('=').str()), Took;
    if (Name.starts_with("std="))
      return U.Standard = Name.drop_front(4).str(), 0;
    if (Name.consume_front("-target="))
      return U.Target = Name.str(), 0;
    if (Name == "target" && I + 1 < Args.size())
      return U.Target = Args[I + 1], 1;
    if (Name == "m32")
      return U.Target = tripleOf("Win32"), 0;
    if (Name == "x" && I + 1 < Args.size())
      return U.CPlusPlus = StringRef(Args[I + 1]).starts_with("c++"), 1;
    if (auto V = Value("D")) {
      std::string D = V->str();
      size_t Sign = D.find_first_of("=#");
      if (Sign != std::string::npos)
        D[Sign] = '=';
      return U.Defines.push_back(D), Took;
    }
    if (auto V = Value("U"))
      return U.Undefines.push_back(V->str()), Took;
    if (auto V = Value("I"))
      return include(*V), Took;
    return 0;
  }

  Planner &P;
  UnitPlan &U;
  StringRef Dir;
  bool MicrosoftStyle = false;
};

/// Puts the contents of `@file` arguments in their place.
void expandResponseFiles(std::vector<std::string> &Args, StringRef Dir) {
  constexpr unsigned MaxFiles = 100;
  unsigned Files = 0;
  for (size_t I = 0; I < Args.size();) {
    if (!StringRef(Args[I]).starts_with("@") || ++Files > MaxFiles) {
      ++I;
      continue;
    }
    auto Buffer = MemoryBuffer::getFile(
        normalizePath(StringRef(Args[I]).drop_front(), Dir));
    if (!Buffer) {
      ++I;
      continue;
    }
    BumpPtrAllocator Alloc;
    StringSaver Saver(Alloc);
    SmallVector<const char *> Tokens;
    cl::TokenizeWindowsCommandLine((*Buffer)->getBuffer(), Saver, Tokens);
    Args.erase(Args.begin() + I);
    Args.insert(Args.begin() + I, Tokens.begin(), Tokens.end());
  }
}

} // namespace

Error planCompileCommands(Planner &P, StringRef File, StringRef Only) {
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer)
    return createStringError(Buffer.getError(), "%s: error: cannot read: %s",
                             File.str().c_str(),
                             Buffer.getError().message().c_str());
  auto Json = json::parse((*Buffer)->getBuffer());
  if (!Json) {
    std::string Message;
    unsigned Line = 1, Col = 1;
    handleAllErrors(Json.takeError(), [&](const ErrorInfoBase &E) {
      Message = E.message();
      // "[line:col, byte=n]: text"
      StringRef M = Message;
      if (M.consume_front("["))
        if (!M.consumeInteger(10, Line) && M.consume_front(":"))
          M.consumeInteger(10, Col);
    });
    return createStringError("%s:%u:%u: error: not JSON: %s",
                             File.str().c_str(), Line, Col, Message.c_str());
  }
  json::Array *Entries = Json->getAsArray();
  if (!Entries)
    return createStringError(
        "%s:1:1: error: not a compilation database: expected an array",
        File.str().c_str());
  StringRef Folder = sys::path::parent_path(File);
  ProjectInfo Info;
  Info.File = File.str();
  Info.Name = sys::path::filename(Folder).str();
  unsigned Index = 0;
  for (json::Value &V : *Entries) {
    ++Index;
    json::Object *O = V.getAsObject();
    auto Source = O ? O->getString("file") : std::nullopt;
    if (!Source) {
      P.diag(ProjectDiag::Error, File.str(), 0, 0,
             "entry " + utostr(Index) + " has no \"file\"");
      continue;
    }
    std::string Dir =
        normalizePath(O->getString("directory").value_or("."), Folder);
    UnitPlan U;
    std::string Path = normalizePath(*Source, Dir);
    auto Real = P.Paths.resolve(Path);
    if (!Only.empty() && (!Real || *Real != Only))
      continue;
    if (!isSourceName(Path))
      continue;
    if (!Real) {
      P.diag(ProjectDiag::Error, File.str(), 0, 0,
             "entry " + utostr(Index) + ": source file '" + Path +
                 "' does not exist");
      continue;
    }
    U.File = *Real;
    U.Driver = Info.Name;
    U.ProjectFile = Info.File;
    std::vector<std::string> Args;
    BumpPtrAllocator Alloc;
    StringSaver Saver(Alloc);
    SmallVector<const char *> Tokens;
    if (json::Array *A = O->getArray("arguments")) {
      for (json::Value &E : *A)
        if (auto S = E.getAsString())
          Args.push_back(S->str());
    } else if (auto Command = O->getString("command")) {
      // A backslash separates folders where cl is called and quotes elsewhere.
      StringRef First = Command->ltrim('"');
      bool Windows =
          First.take_until([](char C) { return C == ' ' || C == '"'; })
              .ends_with_insensitive(".exe") ||
          First.starts_with("cl ");
      if (Windows)
        cl::TokenizeWindowsCommandLine(*Command, Saver, Tokens);
      else
        cl::TokenizeGNUCommandLine(*Command, Saver, Tokens);
      Args.assign(Tokens.begin(), Tokens.end());
    }
    expandResponseFiles(Args, Dir);
    CommandReader(P, U, Dir).read(Args);
    // cl names its levels "c++20"; only those of C need no translation.
    StringRef Std = U.Standard;
    if (Std.empty() || Std == "clatest")
      U.Standard = U.CPlusPlus ? "c++17" : "gnu17";
    else if (Std == "c++latest")
      U.Standard = "c++23";
    // The parser wants Microsoft's rules whatever compiler the list names.
    if (!StringRef(U.Target).contains("windows"))
      U.Target = StringRef(U.Target).starts_with("aarch64") ? tripleOf("ARM64")
                 : StringRef(U.Target).starts_with("i")     ? tripleOf("Win32")
                                                            : tripleOf("x64");
    bool HasTarget = any_of(U.Defines, [](StringRef D) {
      D = D.split('=').first;
      return D == "_AMD64_" || D == "_X86_" || D == "_ARM64_" || D == "_WIN64";
    });
    if (!HasTarget) {
      std::vector<std::string> Own = std::move(U.Defines);
      U.Defines.clear();
      StringRef T = U.Target;
      addKernelDefines(U,
                       T.starts_with("aarch64") ? "ARM64"
                       : T.starts_with("i")     ? "Win32"
                                                : "x64",
                       0xA00, /*Debug=*/false);
      U.Defines.insert(U.Defines.end(), Own.begin(), Own.end());
    }
    for (const std::string &D : P.Opts.Defines)
      U.Defines.push_back(D);
    for (size_t I = 0; I != P.Opts.IncludeDirs.size(); ++I)
      if (auto R = P.Paths.resolve(normalizePath(P.Opts.IncludeDirs[I])))
        U.IncludeDirs.insert(U.IncludeDirs.begin() + I, *R);
    P.Result.Units.push_back(std::move(U));
    ++Info.Units;
  }
  if (!Only.empty() && !Info.Units)
    return Error::success();
  if (!Info.Units)
    Info.Skipped = "no sources";
  P.Result.Projects.push_back(std::move(Info));
  return Error::success();
}

} // namespace irqlint
