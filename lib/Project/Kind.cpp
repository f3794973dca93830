//===- Kind.cpp - Kernel or user mode, by what sources include ------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Sources.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace irqlint {

/// `#if` that asks which mode is compiled for: what is below says nothing.
static bool asksForMode(StringRef Condition) {
  for (StringRef Word : {"KERNEL", "USER_MODE", "USERMODE", "_NTDDK_",
                         "_WDMDDK_", "_NTIFS_", "_NTDEF_", "NTOS_MODE"})
    if (Condition.contains_insensitive(Word))
      return true;
  return false;
}

std::vector<Included> includedFiles(StringRef Text) {
  std::vector<Included> Out;
  unsigned Depth = 0, ByMode = 0; // conditions that are open; the first of mode
  for (size_t At = Text.find('#'); At != StringRef::npos;
       At = Text.find('#', At + 1)) {
    StringRef L = Text.substr(At + 1).ltrim(" \t");
    StringRef Word = L.take_while([](char C) { return isAlpha(C); });
    L = L.drop_front(Word.size());
    if (Word.starts_with("if")) {
      ++Depth;
      if (!ByMode &&
          asksForMode(L.take_until([](char C) { return C == '\n'; })))
        ByMode = Depth;
    } else if (Word == "endif") {
      if (ByMode == Depth)
        ByMode = 0;
      Depth -= Depth ? 1 : 0;
    }
    if (Word != "include")
      continue;
    L = L.ltrim(" \t");
    bool Angled = L.starts_with("<");
    if (!Angled && !L.starts_with("\""))
      continue;
    StringRef Name = L.drop_front().take_until(
        [](char C) { return C == '>' || C == '"' || C == '\n'; });
    Out.push_back({Name.trim().str(), Angled, ByMode != 0});
  }
  return Out;
}

const StringSet<> &kernelHeaders() {
  static const StringSet<> Names = {
      "ntddk.h",    "wdm.h",      "ntifs.h",        "wdf.h",
      "ndis.h",     "storport.h", "srb.h",          "portcls.h",
      "ks.h",       "fwpsk.h",    "wdfminiport.h",  "miniport.h",
      "hidport.h",  "usbdlib.h",  "netadaptercx.h", "acx.h",
      "dispmprt.h", "wsk.h",      "classpnp.h",     "fltkernel.h",
      "bthddi.h",   "ntosp.h",    "scsi.h",         "csq.h"};
  return Names;
}

static bool onlyUserMode(StringRef LowerName) {
  static const StringSet<> Names = {
      "windows.h",  "winsock2.h", "ws2tcpip.h", "winbase.h",     "winuser.h",
      "winternl.h", "tchar.h",    "objbase.h",  "atlbase.h",     "afxwin.h",
      "shlobj.h",   "setupapi.h", "cfgmgr32.h", "wextestclass.h"};
  return Names.contains(LowerName);
}

namespace {

/// Goes through the headers of the tree as the preprocessor would, if each
/// condition held, up to the first one that is for one mode only.
class ModeFinder {
public:
  ModeFinder(Planner &P, ArrayRef<std::string> Dirs) : P(P), Dirs(Dirs) {}

  std::optional<UnitKind> of(StringRef Text, StringRef File, unsigned Depth) {
    constexpr unsigned MaxDepth = 24;
    if (Depth > MaxDepth)
      return std::nullopt;
    for (const Included &I : includedFiles(Text)) {
      if (I.ByMode)
        continue;
      std::string Name =
          sys::path::filename(I.Name, sys::path::Style::windows).lower();
      if (kernelHeaders().contains(Name))
        return UnitKind::Kernel;
      if (onlyUserMode(Name))
        return UnitKind::User;
      std::optional<std::string> Path = find(I, File);
      if (!Path)
        continue;
      auto [It, New] = Known.try_emplace(*Path);
      if (New)
        if (auto Buffer = MemoryBuffer::getFile(*Path)) {
          std::optional<UnitKind> K =
              of((*Buffer)->getBuffer(), *Path, Depth + 1);
          Known[*Path] = K;
        }
      if (std::optional<UnitKind> K = Known.lookup(*Path))
        return K;
    }
    return std::nullopt;
  }

private:
  Planner &P;
  ArrayRef<std::string> Dirs;
  StringMap<std::optional<UnitKind>> Known;

  std::optional<std::string> find(const Included &I, StringRef From) {
    auto At = [&](StringRef Dir) -> std::optional<std::string> {
      auto Real = P.Paths.resolve(normalizePath(I.Name, Dir));
      return Real && P.Paths.isFile(*Real) ? Real : std::nullopt;
    };
    if (!I.Angled)
      if (auto Real = At(sys::path::parent_path(From)))
        return Real;
    for (const std::string &Dir : Dirs)
      if (auto Real = At(Dir))
        return Real;
    return std::nullopt;
  }
};

} // namespace

SourceModes modesOfSources(Planner &P, ArrayRef<std::string> Files,
                           ArrayRef<std::string> Dirs) {
  SourceModes Out;
  ModeFinder Finder(P, Dirs);
  for (const std::string &File : Files) {
    auto Buffer = MemoryBuffer::getFile(File);
    if (!Buffer)
      continue;
    StringRef Text = (*Buffer)->getBuffer();
    if (std::optional<UnitKind> K = Finder.of(Text, File, 0))
      ++(*K == UnitKind::Kernel ? Out.Kernel : Out.User);
    Out.DriverEntry |= Text.contains("DriverEntry");
  }
  return Out;
}

} // namespace irqlint
