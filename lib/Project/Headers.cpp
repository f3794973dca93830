//===- Headers.cpp - The file system that the parser sees -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Headers.h"
#include "Project/EventManifest.h"
#include "Project/MessageFile.h"
#include "Project/MofFile.h"
#include "Project/Sources.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace irqlint {

HeaderFileSystem::HeaderFileSystem(IntrusiveRefCntPtr<vfs::FileSystem> Base,
                                   const UnitPlan &Unit)
    : ProxyFileSystem(Base), Unit(Unit), Paths(Base),
      Memory(makeIntrusiveRefCnt<vfs::InMemoryFileSystem>()) {}

void HeaderFileSystem::addOverlay(StringRef Path, StringRef Text) {
  std::string P = normalizePath(Path);
  Memory->addFile(P, 0, MemoryBuffer::getMemBufferCopy(Text, P));
  Overlaid.insert(P);
}

void HeaderFileSystem::hide(StringRef Folder, std::vector<std::string> Names) {
  Hidden.push_back({normalizePath(Folder) + "/", std::move(Names)});
}

std::string HeaderFileSystem::absolute(const Twine &Path) {
  SmallString<256> P;
  Path.toVector(P);
  std::string Base;
  if (!sys::path::is_absolute(P))
    if (auto CWD = getCurrentWorkingDirectory())
      Base = *CWD;
  return normalizePath(P, Base);
}

std::optional<std::string> HeaderFileSystem::real(StringRef Absolute) {
  auto R = Paths.resolve(Absolute);
  if (!R) {
    Absent.insert(Absolute.str());
    return std::nullopt;
  }
  for (auto &[Folder, Names] : Hidden)
    if (StringRef(*R).starts_with(Folder) &&
        is_contained(Names, sys::path::filename(*R).lower()))
      return std::nullopt;
  return R;
}

void HeaderFileSystem::convert(const std::string &Real) {
  if (!Looked.insert(Real).second)
    return;
  vfs::FileSystem &FS = getUnderlyingFS();
  auto Status = FS.status(Real);
  if (!Status || !Status->isRegularFile() || Status->getSize() < 2)
    return;
  auto File = FS.openFileForRead(Real);
  if (!File)
    return;
  auto Begin = (*File)->getBuffer(Real, 2, /*RequiresNullTerminator=*/false);
  auto IsMarked = [](StringRef T) {
    return hasUTF16ByteOrderMark(ArrayRef(T.data(), T.size()));
  };
  if (!Begin || !IsMarked((*Begin)->getBuffer()))
    return;
  auto Whole = FS.getBufferForFile(Real);
  std::string Text;
  if (!Whole || !convertUTF16ToUTF8String(ArrayRef((*Whole)->getBufferStart(),
                                                   (*Whole)->getBufferSize()),
                                          Text))
    return;
  // Lines that Windows ends stay as they are; only the mark goes.
  StringRef Plain = Text;
  Plain.consume_front("\xEF\xBB\xBF");
  addOverlay(Real, Plain);
  Converted.insert(Real);
}

std::string HeaderFileSystem::wppText() {
  if (!WppStarted) {
    WppStarted = true;
    for (const TraceFunction &F : Unit.TraceFunctions)
      Wpp.add(F);
    for (const std::string &File : Unit.WppConfigFiles)
      if (auto B = getUnderlyingFS().getBufferForFile(File))
        scanWppConfig((*B)->getBuffer(), Wpp);
  }
  // WPP scans what the project lists; what the parser has read so far is the
  // same from this file's point of view, and cheap to know.
  for (; WppScanned < Opened.size(); ++WppScanned)
    if (auto B = getUnderlyingFS().getBufferForFile(Opened[WppScanned]))
      scanWppConfig((*B)->getBuffer(), Wpp);
  if (Wpp.Functions.empty()) {
    // The declaring header may be listed in the project and included nowhere.
    std::vector<std::string> Folders = Unit.IncludeDirs;
    Folders.push_back(sys::path::parent_path(Unit.File).str());
    for (const std::string &Folder : Folders)
      for (const PathIndex::Entry &E : Paths.list(Folder))
        if (!E.IsFolder && isHeaderName(E.Name))
          if (auto B =
                  getUnderlyingFS().getBufferForFile(Folder + "/" + E.Name)) {
            Consulted.push_back(Folder + "/" + E.Name);
            scanWppConfig((*B)->getBuffer(), Wpp);
          }
  }
  return tmhText(Wpp);
}

std::vector<StringRef> HeaderFileSystem::nearbyHeaders() {
  constexpr size_t MaxBytes = 2 << 20;
  constexpr unsigned MaxFiles = 120;
  size_t Bytes = 0;
  if (Nearby.empty()) {
    std::vector<std::string> Folders = {
        sys::path::parent_path(Unit.File).str()};
    Folders.insert(Folders.end(), Unit.IncludeDirs.begin(),
                   Unit.IncludeDirs.end());
    for (const std::string &Folder : Folders)
      for (const PathIndex::Entry &E : Paths.list(Folder)) {
        if (E.IsFolder || !isHeaderName(E.Name) || Bytes > MaxBytes ||
            Nearby.size() >= MaxFiles)
          continue;
        auto B = getUnderlyingFS().getBufferForFile(Folder + "/" + E.Name);
        if (!B)
          continue;
        Consulted.push_back(Folder + "/" + E.Name);
        Bytes += (*B)->getBufferSize();
        Nearby.push_back(std::move(*B));
      }
  }
  std::vector<StringRef> Out;
  for (const auto &B : Nearby)
    Out.push_back(B->getBuffer());
  return Out;
}

std::string HeaderFileSystem::generate(StringRef Absolute) {
  StringRef Name = sys::path::filename(Absolute);
  std::string Text;
  if (Name.ends_with_insensitive(".tmh")) {
    if (!Memory->exists(Absolute))
      Text = wppText();
  } else if (auto G = find_if(Unit.GeneratedHeaders,
                              [&](const GeneratedHeader &H) {
                                return Name.equals_insensitive(H.Name);
                              });
             G != Unit.GeneratedHeaders.end()) {
    if (!Memory->exists(Absolute))
      if (auto B = getUnderlyingFS().getBufferForFile(G->Source))
        Text = StringRef(G->Source).ends_with_insensitive(".mof")
                   ? mofHeader((*B)->getBuffer())
                   : manifestHeader((*B)->getBuffer());
  } else if (Name.ends_with_insensitive(".h") && !Unit.MessageFiles.empty()) {
    auto Mc = find_if(Unit.MessageFiles, [&](StringRef M) {
      return sys::path::stem(M).equals_insensitive(sys::path::stem(Name));
    });
    if (Mc == Unit.MessageFiles.end())
      return "";
    if (!Memory->exists(Absolute))
      if (auto B = getUnderlyingFS().getBufferForFile(*Mc))
        Text = messageHeader((*B)->getBuffer());
  } else {
    return "";
  }
  if (!Memory->exists(Absolute)) {
    // The parser looks beside the including file first; answer only where a
    // folder exists, so that search paths mean the same as for real files.
    if (!Paths.isFolder(sys::path::parent_path(Absolute)))
      return "";
    Memory->addFile(Absolute, 0,
                    MemoryBuffer::getMemBufferCopy(Text, Absolute));
    Generated.push_back(Absolute.str());
  }
  return Absolute.str();
}

ErrorOr<vfs::Status> HeaderFileSystem::status(const Twine &Path) {
  std::string P = absolute(Path);
  if (Overlaid.contains(P))
    return Memory->status(P);
  // A .tmh that lies around from some build would need the real trace headers.
  bool Tmh = StringRef(P).ends_with_insensitive(".tmh");
  if (!Tmh)
    if (auto R = real(P)) {
      convert(*R);
      if (Overlaid.contains(*R))
        return Memory->status(*R);
      auto S = getUnderlyingFS().status(*R);
      if (!S)
        return S;
      vfs::Status Out = vfs::Status::copyWithNewName(*S, *R);
      Out.ExposesExternalVFSPath = true;
      return Out;
    }
  std::string G = generate(P);
  if (!G.empty())
    return Memory->status(G);
  return std::make_error_code(std::errc::no_such_file_or_directory);
}

bool HeaderFileSystem::exists(const Twine &Path) {
  auto S = status(Path);
  return S && S->exists();
}

ErrorOr<std::unique_ptr<vfs::File>>
HeaderFileSystem::openFileForRead(const Twine &Path) {
  std::string P = absolute(Path);
  if (Overlaid.contains(P) && !Converted.contains(P))
    return Memory->openFileForRead(P);
  if (!StringRef(P).ends_with_insensitive(".tmh"))
    if (auto R = real(P)) {
      convert(*R);
      if (Overlaid.contains(*R) && !Converted.contains(*R))
        return Memory->openFileForRead(*R);
      if (!is_contained(Opened, *R))
        Opened.push_back(*R);
      if (Converted.contains(*R))
        return Memory->openFileForRead(*R);
      return getUnderlyingFS().openFileForRead(*R);
    }
  std::string G = generate(P);
  if (!G.empty())
    return Memory->openFileForRead(G);
  return std::make_error_code(std::errc::no_such_file_or_directory);
}

vfs::directory_iterator HeaderFileSystem::dir_begin(const Twine &Dir,
                                                    std::error_code &EC) {
  if (auto R = real(absolute(Dir)))
    return getUnderlyingFS().dir_begin(*R, EC);
  EC = std::make_error_code(std::errc::no_such_file_or_directory);
  return {};
}

std::error_code HeaderFileSystem::getRealPath(const Twine &Path,
                                              SmallVectorImpl<char> &Out) {
  std::string P = absolute(Path);
  if (auto R = real(P))
    return getUnderlyingFS().getRealPath(*R, Out);
  return getUnderlyingFS().getRealPath(P, Out);
}

} // namespace irqlint
