//===- UnitCache.cpp - Results of unchanged units -------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "UnitCache.h"
#include "Report/Json.h"
#include "Report/OutputFile.h"
#include "Report/ResultFile.h"
#include "Report/UnitJson.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CRC.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
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

static constexpr StringLiteral Mark = "irqlint-keep 2 ";

static std::string compact(const json::Value &V) {
  return formatv("{0}", V).str();
}

static std::string checksum(StringRef Text) {
  return utohexstr(crc32(arrayRefFromStringRef(Text)), /*LowerCase=*/true, 8);
}

Expected<UnitCache> UnitCache::open(StringRef Dir, StringRef Settings) {
  for (StringRef Name : {"units", "drivers"}) {
    SmallString<256> Folder(Dir);
    sys::path::append(Folder, Name);
    std::error_code EC = sys::fs::create_directories(Folder);
    if (!EC)
      EC = sys::fs::access(Folder, sys::fs::AccessMode::Write);
    if (EC)
      return createStringError(EC, "--keep: cannot use folder '%s': %s",
                               Dir.str().c_str(), EC.message().c_str());
    removeLeftovers(Folder);
  }
  return UnitCache(Dir.str(), Settings.str());
}

std::string UnitCache::entry(StringRef Folder, StringRef Name,
                             StringRef Key) const {
  std::string File = Name.str();
  for (char &C : File)
    if (!isAlnum(C) && C != '-' && C != '_')
      C = '_';
  File += "-" + utohexstr(xxh3_64bits(Key), /*LowerCase=*/true, 16) + ".json";
  SmallString<256> Path(Dir);
  sys::path::append(Path, Folder, File);
  return std::string(Path);
}

std::string UnitCache::entry(const UnitPlan &Unit, StringRef With) const {
  return entry("units", sys::path::stem(Unit.File),
               Settings + compact(toJSON(Unit)) + With.str());
}

std::string UnitCache::entry(ArrayRef<const UnitPlan *> Units,
                             StringRef How) const {
  std::string Key = Settings;
  for (const UnitPlan *U : Units)
    Key += compact(toJSON(*U));
  return entry("drivers", Units.front()->Driver, Key + How.str());
}

std::string UnitCache::contentHash(StringRef File) {
  auto [It, New] = Hashes.try_emplace(File, "gone");
  if (New)
    if (auto Buffer = MemoryBuffer::getFile(File))
      It->second = utohexstr(xxh3_64bits((*Buffer)->getBuffer()),
                             /*LowerCase=*/true, 16);
  return It->second;
}

std::optional<json::Value> UnitCache::load(StringRef File) {
  auto Parse = [](StringRef Text) -> std::optional<json::Value> {
    Expected<json::Value> V = json::parse(Text);
    if (V)
      return std::move(*V);
    consumeError(V.takeError());
    return std::nullopt;
  };
  auto Buffer = MemoryBuffer::getFile(File);
  if (!Buffer)
    return std::nullopt;
  auto [First, Rest] = (*Buffer)->getBuffer().split('\n');
  if (!First.consume_front(Mark) || First != checksum(Rest))
    return std::nullopt;
  auto [MadeFrom, Result] = Rest.split('\n');
  std::optional<json::Value> From = Parse(MadeFrom);
  const json::Object *O = From ? From->getAsObject() : nullptr;
  const json::Object *Files = O ? O->getObject("files") : nullptr;
  const json::Object *Absent = O ? O->getObject("absent") : nullptr;
  if (!Files || Files->empty() || !Absent)
    return std::nullopt;
  for (const auto &[Path, Hash] : *Files)
    if (Hash.getAsString() != StringRef(contentHash(Path)))
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
  return Parse(Result);
}

Error UnitCache::save(StringRef File, ArrayRef<const UnitPlan *> Units,
                      ArrayRef<const UnitJob *> Jobs, json::Value Result) {
  // Names that JSON cannot hold could not be looked at next time.
  auto IsText = [](const std::string &Path) { return json::isUTF8(Path); };
  json::Object Files, Absent; // the latter: names by folder
  std::set<StringRef> Gone;
  for (const UnitPlan *U : Units) {
    if (!IsText(U->File))
      return Error::success();
    Files[U->File] = contentHash(U->File);
  }
  for (const UnitJob *Job : Jobs) {
    if (!all_of(Job->Dependencies, IsText) || !all_of(Job->Absent, IsText))
      return Error::success();
    for (const std::string &Path : Job->Dependencies)
      Files.try_emplace(Path, contentHash(Path));
    Gone.insert(Job->Absent.begin(), Job->Absent.end());
  }
  for (StringRef Path : Gone)
    Absent.try_emplace(sys::path::parent_path(Path), json::Array())
        .first->second.getAsArray()
        ->push_back(sys::path::filename(Path));
  std::string Text = compact(json::Object{{"files", std::move(Files)},
                                          {"absent", std::move(Absent)}}) +
                     "\n" + compact(Result) + "\n";
  return writeFileAtomically(File, (Mark + checksum(Text) + "\n" + Text).str());
}

std::optional<UnitJob> UnitCache::find(const UnitPlan &Unit, StringRef With) {
  std::optional<json::Value> V = load(entry(Unit, With));
  UnitJob Job;
  json::Path::Root Root;
  if (!V || !fromJSON(*V, Job, Root))
    return std::nullopt;
  return Job;
}

Error UnitCache::store(const UnitPlan &Unit, const UnitJob &Job,
                       StringRef With) {
  return save(entry(Unit, With), {&Unit}, {&Job}, toJSON(Job));
}

std::optional<KeptDrivers>
UnitCache::findDrivers(ArrayRef<const UnitPlan *> Units, StringRef How) {
  std::optional<json::Value> V = load(entry(Units, How));
  KeptDrivers Kept;
  json::Path::Root Root;
  if (!V)
    return std::nullopt;
  json::ObjectMapper M(*V, Root);
  if (!M || !M.map("results", Kept.Results) ||
      !M.map("notBrought", Kept.NotBrought) ||
      !M.map("truncated", Kept.Truncated) ||
      Kept.Results.size() != Units.size())
    return std::nullopt;
  return Kept;
}

Error UnitCache::storeDrivers(ArrayRef<const UnitPlan *> Units, StringRef How,
                              ArrayRef<const UnitJob *> Jobs,
                              const KeptDrivers &Kept) {
  json::Array Results;
  for (const UnitResult &R : Kept.Results)
    Results.push_back(toJSON(R));
  return save(entry(Units, How), Units, Jobs,
              json::Object{{"results", std::move(Results)},
                           {"notBrought", toJSON(Kept.NotBrought)},
                           {"truncated", int64_t(Kept.Truncated)}});
}
