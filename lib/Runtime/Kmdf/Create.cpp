//===- Create.cpp - Objects begin -----------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Kmdf/Framework.h"
#include "Runtime/Nt/Layout.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>

using namespace irqlint;
using namespace irqlint::rt;
using llvm::StringRef;

static const char Attributes[] = "WDF_OBJECT_ATTRIBUTES";

Framework::Framework(World &W)
    : W(W), Rules(*W.program().Rules),
      ObjectLock(Rules.lockKindOfGlobal("framework-callback-lock")),
      InterruptLock(Rules.lockKindOfGlobal("framework-interrupt-lock")),
      InterruptWaitLock(
          Rules.lockKindOfGlobal("framework-interrupt-wait-lock")),
      SpinLock(Rules.lockKindOfType("WDFSPINLOCK")) {}

Framework::~Framework() = default;

int Framework::number(StringRef Name) {
  for (const RtNumber *N = irqlint_rt_numbers; N->Name; ++N)
    if (Name == N->Name)
      return N->Value;
  // Something in the rules that the list lacks: no success, in any case.
  return number("STATUS_UNSUCCESSFUL");
}

WdfThing *Framework::find(uint64_t Handle) const {
  auto I = Handles.find(Handle);
  return I == Handles.end() ? nullptr : I->second;
}

uint64_t Framework::number(uint64_t Object) const {
  const WdfThing *T = find(Object & ~uint64_t(7));
  return T ? (T->Number << 3 | (Object & 7)) << 8 | 1 : 0;
}

WdfThing &Framework::add(std::string Kind, std::string Name) {
  Things.push_back(std::make_unique<WdfThing>());
  WdfThing &T = *Things.back();
  T.Number = Things.size();
  T.Kind = std::move(Kind);
  T.Name = std::move(Name);
  Handles[T.handle()] = &T;
  return T;
}

/// A device; one that other code has created gets a stand-in.
WdfThing *Framework::deviceAt(uint64_t Handle) {
  if (WdfThing *T = find(Handle))
    return T;
  if (!Handle)
    return nullptr;
  WdfThing &T = add("device", "");
  Handles.erase(T.handle());
  T.StandsFor = Handle;
  Handles[Handle] = &T;
  T.How = Rules.object("WdfDeviceCreate");
  T.Device = &T;
  return &T;
}

std::string Framework::title(uint64_t Handle) const {
  const WdfThing *T = find(Handle);
  return T ? T->Kind + (T->Name.empty() ? "" : " '" + T->Name + "'") : "";
}

std::string Framework::structOf(StringRef Routine) const {
  for (const RtMember *M = irqlint_rt_members; M->Routine; ++M)
    if (Routine == M->Routine)
      return M->Struct;
  return "";
}

bool Framework::fails() {
  if (Failed || !W.program().OpenWorld)
    return false;
  return Failed = W.choices().choose(2) != 0;
}

void Framework::store(uint64_t At, uint64_t Value) {
  if (!At)
    return;
  W.memory().beforeStore(At, 8);
  std::memcpy(reinterpret_cast<void *>(At), &Value, 8);
}

/// What the structure at \p From says, as far as somebody has written it.
void Framework::read(std::map<std::string, uint64_t> &To, StringRef Routine,
                     StringRef Struct, uint64_t From) {
  for (const RtMember *M = irqlint_rt_members; M->Routine; ++M) {
    if (Routine != M->Routine || Struct != M->Struct || !*M->Name)
      continue;
    uint64_t At = From + M->Offset, V = 0;
    if (W.memory().isUnknown(At, M->Size))
      continue;
    std::memcpy(&V, reinterpret_cast<const void *>(At), M->Size);
    To[M->Name] = V;
  }
}

void Framework::readAttributes(WdfThing &T, uint64_t At) {
  T.Given = At != 0;
  if (At)
    read(T.Attributes, "", Attributes, At);
  if (uint64_t Parent = T.attribute("ParentObject")) {
    T.ParentGiven = true;
    T.Parent = find(Parent);
  }
}

/// The framework looks at sizes before anything else.
bool Framework::sizesFit(const WdfThing &T) const {
  auto Fits = [](StringRef Routine, StringRef Struct,
                 const std::map<std::string, uint64_t> &Read) {
    auto Size = Read.find("Size");
    if (Size == Read.end())
      return true;
    for (const RtMember *M = irqlint_rt_members; M->Routine; ++M)
      if (Routine == M->Routine && Struct == M->Struct && !*M->Name)
        return Size->second == M->Size;
    return true;
  };
  return Fits("", Attributes, T.Attributes) &&
         Fits(T.How->Name, structOf(T.How->Name), T.Config);
}

/// Tells what the rules have against it; the status, or nothing. \p SetUp: the
/// device that it was set up for is being created.
std::string Framework::judge(WdfThing &T, bool SetUp) {
  std::string Status;
  std::set<std::string> Told;
  for (const ConfigRule &R : Rules.configRules()) {
    if ((!R.Kinds.empty() && !llvm::is_contained(R.Kinds, T.Kind)) ||
        R.DeviceFails != SetUp || !holds(T, R.When).value_or(false))
      continue;
    if (Status.empty())
      Status = R.Status;
    if (!R.Possible && Told.insert(R.Check).second)
      W.report(R.Check,
               "'" + T.How->Name + "': " + R.Message +
                   (R.Status.empty() ? "" : "; it fails with " + R.Status),
               T.Where, /*GoesOn=*/true);
  }
  return Status;
}

void Framework::conclude(WdfThing &T) {
  const ObjectContract &C = *T.How;
  const WdfThing *Above = C.Inherits == ObjectContract::FromDriver   ? Driver
                          : C.Inherits == ObjectContract::FromDevice ? T.Device
                                                                     : nullptr;
  auto Conclude = [&](const char *Word, const std::vector<ConfigRow> &Rows,
                      std::optional<int64_t> Default,
                      std::optional<int64_t> WdfThing::*Which) {
    if (std::optional<int64_t> Row = firstRow(T, Rows))
      return Row;
    std::optional<int64_t> Said = word(T, Word);
    if (!Said || *Said > 1)
      return Said;
    if (*Said == 0)
      return std::optional<int64_t>();
    if (C.Inherits == ObjectContract::Nobody)
      return Default;
    if (!Above && C.Inherits == ObjectContract::FromDriver)
      return Which == &WdfThing::Level ? W.program().DriverLevel
                                       : W.program().DriverScope;
    return Above ? Above->*Which : std::nullopt;
  };
  T.Level = Conclude("level", C.LevelRows, C.DefaultLevel, &WdfThing::Level);
  T.Scope = Conclude("scope", C.ScopeRows, C.DefaultScope, &WdfThing::Scope);
}

void Framework::addContext(WdfThing &T) {
  if (uint64_t F = T.attribute("EvtCleanupCallback"))
    T.Cleanup.push_back(F);
  if (uint64_t F = T.attribute("EvtDestroyCallback"))
    T.Destroy.push_back(F);
  uint64_t Type = T.attribute("ContextTypeInfo");
  if (!Type || T.Contexts.count(Type))
    return;
  std::map<std::string, uint64_t> Info;
  read(Info, "", "WDF_OBJECT_CONTEXT_TYPE_INFO", Type);
  uint64_t Size =
      std::max(Info["ContextSize"], T.attribute("ContextSizeOverride"));
  T.Contexts[Type] = reinterpret_cast<uint64_t>(W.allocate(Size, true));
}

std::optional<uint64_t> Framework::create(Frame &F, const ObjectContract &C) {
  auto Argument = [&](const ValueRef &V) {
    return W.valueOf(F, V).value_or(0);
  };
  W.before(F);
  std::string Name =
      C.Handle.isNone() ||
              C.Handle.Index >= W.program().Sites[F.Where].Arguments.size()
          ? ""
          : W.textOf(F, C.Handle.Index);
  Name.erase(0, Name.find_first_not_of("& "));
  if (Name.find("NULL") != Name.npos || Name == "0" || Name.find('(') == 0)
    Name.clear();
  WdfThing &T = add(C.Kind, Name);
  T.How = &C;
  T.Where = F.Where;
  if (W.activation().Closed && W.activation().Role)
    T.CreatedIn = W.activation().Role->Name;
  readAttributes(T, C.Attributes.isNone() ? 0 : Argument(C.Attributes));
  if (uint64_t Config = C.Config.isNone() ? 0 : Argument(C.Config))
    read(T.Config, C.Name, structOf(C.Name), Config);
  if (!C.Device.isNone())
    T.Device = deviceAt(Argument(C.Device));
  if (!T.Parent && !T.ParentGiven && !C.Parent.isNone())
    T.Parent = find(Argument(C.Parent));
  bool IsDevice = C.Inherits == ObjectContract::FromDriver;
  uint64_t SetUp = C.Setup.isNone() ? 0 : Argument(C.Setup);
  bool SetsUp = SetUp && !IsDevice;

  auto Refuse = [&](uint64_t Status) {
    Handles.erase(T.handle());
    T.Deleted = true;
    return done(F, Status);
  };
  if (IsDevice) {
    T.Device = &T;
    T.Parent = Driver;
    T.Said = Inits[SetUp];
  } else if (!T.Device) {
    for (WdfThing *P = T.Parent; P && !T.Device; P = P->Parent)
      T.Device = P->Device;
  }
  conclude(T);
  if (!sizesFit(T)) {
    // Garbage is not looked into any further.
    if (T.Given.value_or(false) && T.attribute("Size") == 0)
      judge(T, false);
    return Refuse(SetsUp ? 0 : status("STATUS_INFO_LENGTH_MISMATCH"));
  }
  std::string Status = judge(T, false);
  if (Status.empty() && T.Kind == "interrupt")
    Status = judgeInterrupt(T);
  if (SetsUp) { // nothing is returned; what is wrong is dropped
    if (!Status.empty())
      return Refuse(0);
    SetUps[SetUp].push_back(&T);
    return done(F, 0);
  }
  if (!Status.empty())
    return Refuse(status(Status));
  if (IsDevice)
    for (WdfThing *S : SetUps[SetUp]) {
      S->Device = S->Parent = &T;
      conclude(*S);
      if (std::string Fails = judge(*S, true); !Fails.empty())
        return Refuse(status(Fails));
    }
  if (C.Inherits == ObjectContract::Nobody && C.DefaultLevel) { // a driver
    if (Driver)
      return Refuse(status("STATUS_DRIVER_INTERNAL_ERROR"));
    Driver = &T;
  }
  // What calls back belongs to a device.
  if (!C.Serialization.empty() && !T.Device)
    for (const WdfThing *P = T.Parent; P; P = P->Parent)
      if (P == Driver)
        return Refuse(status("STATUS_INVALID_DEVICE_REQUEST"));
  bool Default = T.config("DefaultQueue");
  if (Default && T.Device)
    if (T.Device->Queue)
      return Refuse(status("STATUS_UNSUCCESSFUL"));
  if (fails()) {
    if (Driver == &T)
      Driver = nullptr;
    return Refuse(status("STATUS_INSUFFICIENT_RESOURCES"));
  }
  if (Default && T.Device)
    T.Device->Queue = &T;
  if (!C.TakesLock.empty())
    if (WdfThing *L = find(T.config(C.TakesLock.c_str())))
      L->TakenBy = &T;
  addContext(T);
  if (IsDevice)
    store(F.Args[C.Setup.Index], 0); // the framework owns it now
  if (!C.Handle.isNone() && C.Handle.Index < F.Args.size())
    store(F.Args[C.Handle.Index], T.handle());
  return done(F, 0);
}
