//===- UnitCache.cpp - Results of unchanged units -------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "UnitCache.h"
#include "Report/Json.h"
#include "Report/OutputFile.h"
#include "Report/UnitJson.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace irqlint;

/// Removes what scans that were killed left half written.
static void removeLeftovers(StringRef Dir) {
  constexpr auto Old = std::chrono::hours(24);
  std::error_code EC;
  for (sys::fs::directory_iterator It(Dir, EC), End; !EC && It != End;
       It.increment(EC)) {
    ErrorOr<sys::fs::basic_file_status> S = It->status();
    if (S && sys::path::extension(It->path()) == ".tmp" &&
        std::chrono::system_clock::now() - S->getLastModificationTime() > Old)
      sys::fs::remove(It->path());
  }
}

Expected<UnitCache> UnitCache::open(StringRef Dir, StringRef Settings) {
  SmallString<256> Units(Dir);
  sys::path::append(Units, "units");
  std::error_code EC = sys::fs::create_directories(Units);
  if (!EC)
    EC = sys::fs::access(Units, sys::fs::AccessMode::Write);
  if (EC)
    return createStringError(EC, "--keep: cannot use folder '%s': %s",
                             Dir.str().c_str(), EC.message().c_str());
  removeLeftovers(Units);
  return UnitCache(std::string(Units), Settings.str());
}

std::string UnitCache::entry(const UnitPlan &Unit, StringRef With) const {
  std::string Text = Settings + printJson(toJSON(Unit)) + With.str();
  std::string Name = sys::path::stem(Unit.File).str();
  for (char &C : Name)
    if (!isAlnum(C) && C != '-' && C != '_')
      C = '_';
  Name += "-" + utohexstr(xxh3_64bits(Text), /*LowerCase=*/true, 16) + ".json";
  SmallString<256> Path(Dir);
  sys::path::append(Path, Name);
  return std::string(Path);
}

std::string UnitCache::contentHash(StringRef File) {
  auto [It, New] = Hashes.try_emplace(File, "gone");
  if (New)
    if (auto Buffer = MemoryBuffer::getFile(File))
      It->second = utohexstr(xxh3_64bits((*Buffer)->getBuffer()),
                             /*LowerCase=*/true, 16);
  return It->second;
}

std::optional<UnitJob> UnitCache::find(const UnitPlan &Unit, StringRef With) {
  auto Buffer = MemoryBuffer::getFile(entry(Unit, With));
  if (!Buffer)
    return std::nullopt;
  Expected<json::Value> V = json::parse((*Buffer)->getBuffer());
  if (!V) {
    consumeError(V.takeError()); // a damaged entry is no entry
    return std::nullopt;
  }
  const json::Object *O = V->getAsObject();
  const json::Object *Files = O ? O->getObject("files") : nullptr;
  const json::Object *Absent = O ? O->getObject("absent") : nullptr;
  const json::Value *Stored = O ? O->get("job") : nullptr;
  UnitJob Job;
  json::Path::Root Root;
  if (!Files || Files->empty() || !Absent || !Stored ||
      !fromJSON(*Stored, Job, Root))
    return std::nullopt;
  for (const auto &[File, Hash] : *Files)
    if (Hash.getAsString() != StringRef(contentHash(File)))
      return std::nullopt;
  for (const auto &[Folder, Names] : *Absent) {
    const json::Array *A = Names.getAsArray();
    if (!A)
      return std::nullopt;
    // Most are folders that do not exist, or names in a folder that does.
    std::optional<std::string> Real = Paths.resolve(Folder);
    if (!Real)
      continue;
    for (const json::Value &Name : *A)
      if (Paths.resolve(*Real + "/" + Name.getAsString().value_or("").str()))
        return std::nullopt;
  }
  return Job;
}

Error UnitCache::store(const UnitPlan &Unit, const UnitJob &Job,
                       StringRef With) {
  // Names that JSON cannot hold could not be looked at next time.
  auto IsText = [](const std::string &Path) { return json::isUTF8(Path); };
  if (!IsText(Unit.File) || !all_of(Job.Dependencies, IsText) ||
      !all_of(Job.Absent, IsText))
    return Error::success();
  json::Object Files;
  for (const std::string &File : Job.Dependencies)
    Files[File] = contentHash(File);
  Files[Unit.File] = contentHash(Unit.File);
  json::Object Absent; // names by folder
  for (const std::string &Path : Job.Absent) {
    json::Value &Names =
        Absent.try_emplace(sys::path::parent_path(Path), json::Array())
            .first->second;
    Names.getAsArray()->push_back(sys::path::filename(Path));
  }
  return writeFileAtomically(
      entry(Unit, With), printJson(json::Object{{"file", jsonString(Unit.File)},
                                                {"files", std::move(Files)},
                                                {"absent", std::move(Absent)},
                                                {"job", toJSON(Job)}}));
}
