//===- RuleSet.cpp - Look-up of contracts ---------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules/RuleSet.h"
#include "Rules/Embedded.h"
#include "Rules/LazyTable.h"
#include "Rules/RuleLoader.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/ErrorHandling.h"
#include <mutex>

using llvm::ArrayRef;
using llvm::StringRef;

namespace irqlint {

std::string CheckInfo::analyzerName() const {
  std::string Out = "irqlint." + Group + ".";
  bool Upper = true;
  for (char C : Name) {
    if (C == '-') {
      Upper = true;
      continue;
    }
    Out += Upper ? llvm::toUpper(C) : C;
    Upper = false;
  }
  return Out;
}

namespace {

StringRef text(const EmbeddedRules &T, EmbeddedText P) {
  return StringRef(T.Text + P.Offset, P.Length);
}

/// Index of the entry with this key in a sorted span, or its size.
template <typename Entry, typename KeyOf>
uint32_t find(EmbeddedSpan<Entry> Span, StringRef Key, KeyOf Of) {
  const Entry *It =
      std::lower_bound(Span.begin(), Span.end(), Key,
                       [&](const Entry &E, StringRef K) { return Of(E) < K; });
  return It != Span.end() && Of(*It) == Key ? uint32_t(It - Span.begin())
                                            : Span.Size;
}

/// "28167" and "C28167" name the same rule of Code Analysis.
StringRef rivalKey(StringRef Id) {
  StringRef Digits = Id;
  if ((Digits.consume_front("C") || Digits.consume_front("c")) &&
      !Digits.empty() && llvm::all_of(Digits, llvm::isDigit))
    return Digits;
  return Id;
}

} // namespace

struct RuleSet::Impl {
  // The compiled-in rules; null in a set with overlays, which asks Base.
  const EmbeddedRules *Tables = nullptr;
  std::unique_ptr<LazyTable<FunctionContract>> Functions;
  std::unique_ptr<LazyTable<RoleContract>> Roles;
  mutable std::once_flag LocksOnce, ChecksOnce, ObjectsOnce;
  mutable llvm::StringMap<ObjectContract> Objects;
  mutable llvm::StringMap<SetupContract> Setup;
  mutable std::vector<ConfigRule> ConfigRules;
  mutable llvm::StringMap<CostContract> Costs;
  mutable std::vector<LockKindInfo> Locks; // parallel to Tables->Locks
  mutable std::vector<CheckInfo> Checks;   // in the order of rules/

  // Overlays. A null value is a disabled record.
  std::shared_ptr<const RuleSet> Base;
  llvm::StringMap<std::unique_ptr<FunctionContract>> MyFunctions;
  llvm::StringMap<std::unique_ptr<RoleContract>> MyRoles;
  llvm::StringMap<std::unique_ptr<LockKindInfo>> MyLocks;
  llvm::StringMap<std::string> MyRegistrations, MyMembers, MyEntryNames,
      MyLockTypes;
  std::vector<CheckInfo> MyChecks;
  std::vector<std::string> Log;

  void decodeObjects() const;
  const EmbeddedRecord &record(uint32_t I) const { return Tables->Records[I]; }
  /// Hands the text of a record to a reader. The rules were validated when
  /// they were compiled in, so an error is a defect of this program.
  template <typename Reader>
  auto read(uint32_t Record, RuleText &File, Reader Read) const;
  FunctionContract decodeFunction(const EmbeddedName &N) const;
  RoleContract decodeRole(const EmbeddedName &N) const;
  const RoleContract *roleAt(uint32_t I) const;
  const RoleContract *exactRole(StringRef Name) const;
  const RoleContract *linkedRole(EmbeddedSpan<EmbeddedLink> Links,
                                 StringRef Key) const;
  ArrayRef<LockKindInfo> locks() const;
  ArrayRef<CheckInfo> checks() const;
  void overlay(const RuleLoader &L);
  void note(const RecordKeys &R, StringRef File);
};

template <typename Reader>
auto RuleSet::Impl::read(uint32_t Record, RuleText &File, Reader Read) const {
  const EmbeddedRecord &E = record(Record);
  const EmbeddedFile &F = Tables->Files[E.File];
  File.Path = text(*Tables, F.Path).str();
  File.Header.Family = text(*Tables, F.Family).str();
  File.Header.Header = text(*Tables, F.Header).str();
  RuleSlice Slice;
  Slice.Text = text(*Tables, E.Text);
  Slice.Line = E.Line;
  RuleNames Names;
  Names.Constant = builtinConstant;
  std::vector<RuleProblem> Problems;
  auto R = Read(File, Slice, Names, Problems);
  if (!R)
    llvm::report_fatal_error(llvm::Twine("compiled-in rule is damaged: ") +
                             Problems.front().str());
  return std::move(*R);
}

FunctionContract RuleSet::Impl::decodeFunction(const EmbeddedName &N) const {
  FunctionContract C;
  for (uint32_t Record : {N.Base, N.Record}) {
    if (Record == NoEmbedded)
      continue;
    RuleText File;
    RoutineRecord R = read(Record, File, readFunction);
    apply(R, File.Header, C);
  }
  C.Name = text(*Tables, N.Name).str();
  return C;
}

RoleContract RuleSet::Impl::decodeRole(const EmbeddedName &N) const {
  RoleContract C;
  for (uint32_t Record : {N.Base, N.Record}) {
    if (Record == NoEmbedded)
      continue;
    RuleText File;
    apply(read(Record, File, readRole), C);
  }
  return C;
}

const RoleContract *RuleSet::Impl::roleAt(uint32_t I) const {
  return Roles->get(I, [&] { return decodeRole(Tables->Roles[I]); });
}

const RoleContract *RuleSet::Impl::exactRole(StringRef Name) const {
  if (Base) {
    auto It = MyRoles.find(Name);
    return It != MyRoles.end() ? It->second.get() : Base->I->exactRole(Name);
  }
  uint32_t I = find(Tables->Roles, Name, [&](const EmbeddedName &N) {
    return text(*Tables, N.Name);
  });
  return I == Tables->Roles.Size ? nullptr : roleAt(I);
}

const RoleContract *RuleSet::Impl::linkedRole(EmbeddedSpan<EmbeddedLink> Links,
                                              StringRef Key) const {
  uint32_t I = find(
      Links, Key, [&](const EmbeddedLink &L) { return text(*Tables, L.Key); });
  return I == Links.Size ? nullptr : roleAt(Links[I].Target);
}

ArrayRef<LockKindInfo> RuleSet::Impl::locks() const {
  std::call_once(LocksOnce, [&] {
    for (const EmbeddedName &N : Tables->Locks) {
      RuleText File;
      Locks.push_back(read(N.Record, File, readLock).Info);
    }
  });
  return Locks;
}

ArrayRef<CheckInfo> RuleSet::Impl::checks() const {
  if (Base)
    return MyChecks;
  std::call_once(ChecksOnce, [&] {
    std::vector<std::pair<uint32_t, CheckInfo>> Found;
    for (const EmbeddedName &N : Tables->Checks) {
      RuleText File;
      Found.push_back({N.Record, read(N.Record, File, readCheck).Info});
    }
    llvm::sort(Found, llvm::less_first());
    for (auto &[Record, Info] : Found)
      Checks.push_back(std::move(Info));
  });
  return Checks;
}

void RuleSet::Impl::decodeObjects() const {
  std::call_once(ObjectsOnce, [&] {
    if (Base)
      return; // overlay() has filled them
    for (const EmbeddedName &N : Tables->Objects) {
      RuleText File;
      ObjectContract O = read(N.Record, File, readObject).Object;
      O.Family = File.Header.Family;
      Objects[O.Name] = std::move(O);
    }
    for (const EmbeddedName &N : Tables->Setup) {
      RuleText File;
      SetupContract C = read(N.Record, File, readSetup).Setup;
      Setup[C.Name] = std::move(C);
    }
    for (const EmbeddedName &N : Tables->Costs) {
      RuleText File;
      CostContract C = read(N.Record, File, readCost).Cost;
      Costs[C.Name] = std::move(C);
    }
    std::vector<std::pair<uint32_t, ConfigRule>> Found;
    for (const EmbeddedName &N : Tables->ConfigRules) {
      RuleText File;
      Found.push_back({N.Record, read(N.Record, File, readConfigRule).Rule});
    }
    // In the order of rules/: the first rule that applies is the one shown.
    llvm::sort(Found, llvm::less_first());
    for (auto &[Record, Rule] : Found)
      ConfigRules.push_back(std::move(Rule));
  });
}

RuleSet::RuleSet(std::unique_ptr<Impl> I) : I(std::move(I)) {}
RuleSet::~RuleSet() = default;

std::shared_ptr<const RuleSet> RuleSet::builtin() {
  static const std::shared_ptr<const RuleSet> Set = [] {
    auto I = std::make_unique<Impl>();
    I->Tables = &BuiltinRules;
    I->Functions = std::make_unique<LazyTable<FunctionContract>>(
        BuiltinRules.Functions.Size);
    I->Roles =
        std::make_unique<LazyTable<RoleContract>>(BuiltinRules.Roles.Size);
    return std::shared_ptr<const RuleSet>(new RuleSet(std::move(I)));
  }();
  return Set;
}

const FunctionContract *RuleSet::function(StringRef Name) const {
  if (I->Base) {
    auto It = I->MyFunctions.find(Name);
    return It != I->MyFunctions.end() ? It->second.get()
                                      : I->Base->function(Name);
  }
  const EmbeddedRules &T = *I->Tables;
  uint32_t At = find(T.Functions, Name,
                     [&](const EmbeddedName &N) { return text(T, N.Name); });
  if (At == T.Functions.Size)
    return nullptr;
  return I->Functions->get(At,
                           [&] { return I->decodeFunction(T.Functions[At]); });
}

const RoleContract *RuleSet::role(StringRef Name) const {
  auto Try = [&](const llvm::Twine &Spelling) {
    llvm::SmallString<64> Buffer;
    return I->exactRole(Spelling.toStringRef(Buffer));
  };
  if (const RoleContract *R = I->exactRole(Name))
    return R;
  // The pointer type that goes with a function type, by the conventions of the
  // headers. Spellings that follow none are aliases in rules/roles.yaml.
  StringRef Rest = Name;
  if (Rest.consume_front("PFN_")) {
    if (const RoleContract *R = Try("EVT_" + Rest))
      return R;
    return I->exactRole(Rest);
  }
  if (Rest.consume_back("_HANDLER")) {
    for (StringRef Prefix : {"", "MINIPORT_", "PROTOCOL_", "FILTER_"})
      if (const RoleContract *R = Try(Prefix + Rest))
        return R;
    return nullptr;
  }
  if (Rest.consume_front("P"))
    if (const RoleContract *R = I->exactRole(Rest))
      return R;
  // Where the documentation names only the pointer type.
  return Try("P" + Name);
}

const RoleContract *RuleSet::roleOfEntryName(StringRef Function) const {
  if (!I->Base)
    return I->linkedRole(I->Tables->EntryNames, Function);
  auto It = I->MyEntryNames.find(Function);
  return It != I->MyEntryNames.end() ? I->exactRole(It->second)
                                     : I->Base->roleOfEntryName(Function);
}

const RoleContract *RuleSet::registeredRole(StringRef Api, unsigned Arg) const {
  std::string Key = (Api + ":" + llvm::Twine(Arg)).str();
  if (!I->Base)
    return I->linkedRole(I->Tables->Registrations, Key);
  auto It = I->MyRegistrations.find(Key);
  if (It != I->MyRegistrations.end())
    return I->exactRole(It->second);
  const RoleContract *R = I->Base->registeredRole(Api, Arg);
  // The role itself may have been replaced or disabled.
  return R ? I->exactRole(R->Name) : nullptr;
}

const RoleContract *RuleSet::memberRole(StringRef Struct,
                                        StringRef Member) const {
  std::string Key = (Struct + "." + Member).str();
  if (!I->Base)
    return I->linkedRole(I->Tables->Members, Key);
  auto It = I->MyMembers.find(Key);
  if (It != I->MyMembers.end())
    return I->exactRole(It->second);
  const RoleContract *R = I->Base->memberRole(Struct, Member);
  return R ? I->exactRole(R->Name) : nullptr;
}

const LockKindInfo *RuleSet::lockKind(StringRef Name) const {
  if (I->Base) {
    auto It = I->MyLocks.find(Name);
    return It != I->MyLocks.end() ? It->second.get() : I->Base->lockKind(Name);
  }
  uint32_t At = find(I->Tables->Locks, Name, [&](const EmbeddedName &N) {
    return text(*I->Tables, N.Name);
  });
  return At == I->Tables->Locks.Size ? nullptr : &I->locks()[At];
}

const LockKindInfo *RuleSet::lockKindOfType(StringRef Type) const {
  if (I->Base) {
    auto It = I->MyLockTypes.find(Type);
    if (It != I->MyLockTypes.end())
      return lockKind(It->second);
    const LockKindInfo *K = I->Base->lockKindOfType(Type);
    return K ? lockKind(K->Name) : nullptr;
  }
  const EmbeddedRules &T = *I->Tables;
  uint32_t At = find(T.LockTypes, Type,
                     [&](const EmbeddedLink &L) { return text(T, L.Key); });
  return At == T.LockTypes.Size ? nullptr : &I->locks()[T.LockTypes[At].Target];
}

const LockKindInfo *RuleSet::lockKindOfGlobal(StringRef Global) const {
  // Shares the index of types; the mark keeps the two apart.
  return lockKindOfType(("!" + Global).str());
}

ArrayRef<CheckInfo> RuleSet::checks() const { return I->checks(); }

const CheckInfo *RuleSet::checkInfo(StringRef Name) const {
  for (const CheckInfo &C : checks())
    if (C.Name == Name)
      return &C;
  return nullptr;
}

std::vector<const CheckInfo *> RuleSet::checksForRival(StringRef Id) const {
  std::vector<const CheckInfo *> Found;
  for (const CheckInfo &C : checks())
    if (llvm::any_of(C.Rivals, [&](const std::string &R) {
          return rivalKey(R).equals_insensitive(rivalKey(Id));
        }))
      Found.push_back(&C);
  return Found;
}

const ObjectContract *RuleSet::object(StringRef Creator) const {
  I->decodeObjects();
  auto It = I->Objects.find(Creator);
  return It == I->Objects.end() ? nullptr : &It->second;
}

bool RuleSet::isObjectKind(StringRef Kind) const {
  I->decodeObjects();
  return llvm::any_of(I->Objects,
                      [&](const auto &E) { return E.second.Kind == Kind; });
}

const SetupContract *RuleSet::setup(StringRef Routine) const {
  I->decodeObjects();
  auto It = I->Setup.find(Routine);
  return It == I->Setup.end() ? nullptr : &It->second;
}

const CostContract *RuleSet::cost(StringRef Routine) const {
  I->decodeObjects();
  auto It = I->Costs.find(Routine);
  return It == I->Costs.end() ? nullptr : &It->second;
}

ArrayRef<ConfigRule> RuleSet::configRules() const {
  I->decodeObjects();
  return I->ConfigRules;
}

std::vector<std::string> RuleSet::objectNames() const {
  I->decodeObjects();
  std::vector<std::string> Names;
  for (const auto &E : I->Objects)
    Names.push_back(E.first().str());
  llvm::sort(Names);
  return Names;
}

template <typename Mine>
static std::vector<std::string> allNames(std::vector<std::string> Names,
                                         const Mine &Overlay) {
  llvm::erase_if(Names, [&](const std::string &N) {
    auto It = Overlay.find(N);
    return It != Overlay.end() && !It->second;
  });
  for (const auto &E : Overlay)
    if (E.second)
      Names.push_back(E.first().str());
  llvm::sort(Names);
  Names.erase(llvm::unique(Names), Names.end());
  return Names;
}

static std::vector<std::string> allNames(const EmbeddedRules &T,
                                         EmbeddedSpan<EmbeddedName> Span) {
  std::vector<std::string> Names;
  for (const EmbeddedName &N : Span)
    Names.push_back(text(T, N.Name).str());
  return Names;
}

std::vector<std::string> RuleSet::functionNames() const {
  return I->Base ? allNames(I->Base->functionNames(), I->MyFunctions)
                 : allNames(*I->Tables, I->Tables->Functions);
}

std::vector<std::string> RuleSet::roleNames() const {
  return I->Base ? allNames(I->Base->roleNames(), I->MyRoles)
                 : allNames(*I->Tables, I->Tables->Roles);
}

ArrayRef<std::string> RuleSet::overlayLog() const { return I->Log; }

void RuleSet::Impl::note(const RecordKeys &R, StringRef File) {
  StringRef Verb = R.Disable ? "disabled" : R.Replace ? "replaced" : "added";
  Log.push_back(
      (Verb + " " + R.Name + " (" + File + ":" + llvm::Twine(R.Line) + ")")
          .str());
}

void RuleSet::Impl::overlay(const RuleLoader &L) {
  for (const auto &E : L.Locks) {
    MyLocks[E.R.Name] =
        E.R.Disable ? nullptr : std::make_unique<LockKindInfo>(E.R.Info);
    for (const std::string &T : E.R.Info.Types)
      MyLockTypes[T] = E.R.Name;
    for (const std::string &G : E.R.Info.Globals)
      MyLockTypes["!" + G] = E.R.Name;
    note(E.R, E.File->Path);
  }
  for (const auto &E : L.Roles) {
    std::vector<std::string> Names = E.R.Aliases;
    Names.push_back(E.R.Name);
    for (const std::string &N : Names) {
      auto &Slot = MyRoles[N];
      Slot.reset();
      if (E.R.Disable)
        continue;
      Slot = std::make_unique<RoleContract>();
      apply(E.R, *Slot);
    }
    std::vector<std::string> None;
    for (const std::string &R : E.R.RegisteredBy.value_or(None))
      MyRegistrations[R] = E.R.Name;
    for (const std::string &R : E.R.RegisteredVia.value_or(None))
      MyMembers[R] = E.R.Name;
    for (const std::string &R : E.R.EntryNames.value_or(None))
      MyEntryNames[R] = E.R.Name;
    note(E.R, E.File->Path);
  }
  for (const auto &E : L.Functions) {
    std::vector<std::string> Names = E.R.Aliases;
    Names.push_back(E.R.Name);
    for (const std::string &N : Names) {
      auto &Slot = MyFunctions[N];
      Slot.reset();
      if (E.R.Disable)
        continue;
      Slot = std::make_unique<FunctionContract>();
      apply(E.R, E.File->Header, *Slot);
      Slot->Name = N;
    }
    note(E.R, E.File->Path);
  }
  Base->I->decodeObjects();
  Objects = Base->I->Objects;
  Setup = Base->I->Setup;
  ConfigRules = Base->I->ConfigRules;
  Costs = Base->I->Costs;
  for (const auto &E : L.Objects) {
    Objects.erase(E.R.Name);
    if (!E.R.Disable) {
      Objects[E.R.Name] = E.R.Object;
      Objects[E.R.Name].Family = E.File->Header.Family;
    }
    note(E.R, E.File->Path);
  }
  for (const auto &E : L.Setup) {
    Setup.erase(E.R.Name);
    if (!E.R.Disable)
      Setup[E.R.Name] = E.R.Setup;
    note(E.R, E.File->Path);
  }
  for (const auto &E : L.Costs) {
    Costs.erase(E.R.Name);
    if (!E.R.Disable)
      Costs[E.R.Name] = E.R.Cost;
    note(E.R, E.File->Path);
  }
  for (const auto &E : L.ConfigRules) {
    llvm::erase_if(ConfigRules,
                   [&](const ConfigRule &C) { return C.Name == E.R.Name; });
    if (!E.R.Disable)
      ConfigRules.push_back(E.R.Rule);
    note(E.R, E.File->Path);
  }
  MyChecks = Base->checks().vec();
  for (const auto &E : L.Checks) {
    auto It = llvm::find_if(
        MyChecks, [&](const CheckInfo &C) { return C.Name == E.R.Name; });
    if (E.R.Disable)
      It = It == MyChecks.end() ? It : MyChecks.erase(It);
    else if (It != MyChecks.end())
      *It = E.R.Info;
    else
      MyChecks.push_back(E.R.Info);
    note(E.R, E.File->Path);
  }
}

static llvm::Error toError(ArrayRef<RuleProblem> Problems) {
  std::string Lines;
  for (const RuleProblem &P : Problems)
    Lines += (Lines.empty() ? "" : "\n") + P.str();
  return llvm::createStringError(llvm::inconvertibleErrorCode(), Lines);
}

llvm::Expected<std::shared_ptr<const RuleSet>>
RuleSet::withOverlays(ArrayRef<std::string> Files) {
  std::shared_ptr<const RuleSet> Base = builtin();
  if (Files.empty())
    return Base;
  RuleLoader L(Base.get());
  for (const std::string &F : Files)
    L.addFile(F);
  L.load();
  if (!L.Problems.empty())
    return toError(L.Problems);
  auto I = std::make_unique<Impl>();
  I->Base = std::move(Base);
  I->overlay(L);
  return std::shared_ptr<const RuleSet>(new RuleSet(std::move(I)));
}

llvm::Error RuleSet::check(StringRef File) {
  RuleLoader L(builtin().get());
  L.addFile(File);
  L.load();
  return L.Problems.empty() ? llvm::Error::success() : toError(L.Problems);
}

std::optional<int64_t> builtinConstant(StringRef Name) {
  const EmbeddedRules &T = BuiltinRules;
  uint32_t I = find(T.Constants, Name,
                    [&](const EmbeddedConstant &C) { return text(T, C.Name); });
  if (I == T.Constants.Size)
    return std::nullopt;
  return T.Constants[I].Value;
}

bool builtinReleases(StringRef Kind) {
  const EmbeddedRules &T = BuiltinRules;
  return find(T.Released, Kind, [&](const EmbeddedText &K) {
           return text(T, K);
         }) != T.Released.Size;
}

} // namespace irqlint
