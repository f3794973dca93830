//===- Driver.h - A driver of the framework, written as a test --*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TEST_RUNTIME_KMDF_DRIVER_H
#define IRQLINT_TEST_RUNTIME_KMDF_DRIVER_H

#include "Runtime/Kmdf/Framework.h"
#include "Runtime/Nt/Api.h"
#include "Runtime/Nt/Layout.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <cstring>
#include <utility>

namespace irqlint::rt::test {

enum Level3 : uint64_t { InheritLevel = 1, Passive = 2, Dispatch = 3 };
enum Scope4 : uint64_t { InheritScope = 1, Device = 2, Queue = 3, None = 4 };
enum : uint64_t { Sequential = 1, Parallel = 2, Manual = 3 };

/// A structure of the kit, by the names of its members.
class Struct {
public:
  explicit Struct(std::string Routine) : Routine(std::move(Routine)) {
    for (const RtMember *M = irqlint_rt_members; M->Routine; ++M)
      if (this->Routine == M->Routine && !*M->Name &&
          (!this->Routine.empty() ||
           std::string(M->Struct) == "WDF_OBJECT_ATTRIBUTES"))
        Bytes.resize(M->Size);
    set("Size", Bytes.size());
  }
  Struct &set(const char *Member, uint64_t Value) {
    for (const RtMember *M = irqlint_rt_members; M->Routine; ++M)
      if (Routine == M->Routine && std::string(M->Name) == Member) {
        std::memcpy(Bytes.data() + M->Offset, &Value, M->Size);
        return *this;
      }
    ADD_FAILURE() << "no member " << Member << " for " << Routine;
    return *this;
  }
  operator uint64_t() { return reinterpret_cast<uint64_t>(Bytes.data()); }

private:
  std::string Routine;
  std::vector<char> Bytes;
};

/// Attributes after their INIT macro.
inline Struct attributes(uint64_t Level = InheritLevel,
                         uint64_t Scope = InheritScope, uint64_t Parent = 0) {
  Struct A("");
  A.set("ExecutionLevel", Level).set("SynchronizationScope", Scope);
  A.set("ParentObject", Parent);
  return A;
}

/// How a callback was entered.
struct Note {
  std::string Name;
  Level At;
  std::vector<std::string> Held;
  bool ApcsOff;
  std::vector<uint64_t> Args;
};
inline std::string print(const Note &N) {
  std::string S = N.Name + " " + levelName(N.At);
  for (const std::string &H : N.Held)
    S += ", " + H;
  return S + (N.ApcsOff ? ", no APCs" : "");
}

class Driver {
public:
  using Body = std::function<uint64_t(const std::vector<uint64_t> &)>;

  Driver() {
    P.Rules = RuleSet::builtin();
    P.Memory = &Memory;
    P.Sites.resize(1);
    current() = this;
  }
  ~Driver() { current() = nullptr; }

  /// No callbacks, nothing was told.
  void reset() {
    Callbacks.clear();
    Notes.clear();
    Check.clear();
    Init = 4096;
  }
  /// Address of a callback that notes how it is entered.
  uint64_t on(std::string Name, Body B = {}) {
    size_t Slot = Callbacks.size();
    Callbacks.push_back({std::move(Name), std::move(B)});
    uint64_t At = addresses(std::make_index_sequence<64>()).at(Slot);
    P.Names[At] = P.Symbols[At] = Callbacks.back().first;
    return At;
  }

  /// One execution of \p Entry, and what comes of it; the \p Nth in the order
  /// of the choices.
  End run(const std::function<uint64_t()> &Entry, unsigned Nth = 0) {
    Oracle O;
    if (Nth) { // what was taken last is taken otherwise
      run(Entry, O);
      Notes.clear();
      O.next();
    }
    return run(Entry, O);
  }
  End run(const std::function<uint64_t()> &Entry, Oracle &O) {
    Memory.begin(O);
    W = std::make_unique<World>(P, O, MachineOptions());
    Machine &M = W->machine();
    M.Main = &M.createThread("thread", [&] {
      Entering E;
      E.Name = "DriverEntry";
      E.Role = P.Rules->role("DRIVER_INITIALIZE");
      W->enter(E);
      uint64_t Status = Entry();
      W->leave();
      W->framework().live(static_cast<int32_t>(Status) >= 0);
    });
    End How = M.run();
    if (W->Found)
      Check = W->Found->Check;
    W.reset();
    return How;
  }

  /// A call of a routine.
  uint64_t call(const char *Name, std::vector<uint64_t> Args) {
    return irqlint_rt_routine(Name, Args.data(), Args.size(), 1);
  }
  std::string status(const char *Name, std::vector<uint64_t> Args) {
    return nameOf(static_cast<int>(call(Name, std::move(Args))));
  }
  static std::string nameOf(int Status) {
    for (const RtNumber *N = irqlint_rt_numbers; N->Name; ++N)
      if (N->Value == Status && std::string(N->Name).find("STATUS") == 0)
        return N->Name;
    return std::to_string(Status);
  }
  Level irql() { return W->machine().irql(); }

  // The usual objects; what each returned is in Status.
  uint64_t driver(Struct Attributes, uint64_t Add = 0, uint64_t Unload = 0) {
    Struct C("WdfDriverCreate");
    C.set("EvtDriverDeviceAdd", Add).set("EvtDriverUnload", Unload);
    uint64_t H = 0;
    Status = status("WdfDriverCreate", {16, 16, Attributes, C, address(H)});
    return H;
  }
  uint64_t device(Struct Attributes) {
    uint64_t H = 0, Pointer = Init;
    Status =
        status("WdfDeviceCreate", {address(Pointer), Attributes, address(H)});
    Init += 64; // one for each device
    return H;
  }
  uint64_t queue(uint64_t Device, Struct Config, Struct Attributes) {
    uint64_t H = 0;
    Status =
        status("WdfIoQueueCreate", {Device, Config, Attributes, address(H)});
    return H;
  }
  /// A queue for reads.
  uint64_t reads(uint64_t Device, uint64_t Callback,
                 uint64_t DispatchType = Parallel) {
    return queue(Device,
                 Struct("WdfIoQueueCreate")
                     .set("DispatchType", DispatchType)
                     .set("EvtIoRead", Callback),
                 attributes());
  }
  /// Of the next device: what is called when its power or place changes.
  void power(const std::vector<std::pair<const char *, uint64_t>> &Callbacks) {
    Struct C("WdfDeviceInitSetPnpPowerEventCallbacks");
    for (auto [Member, Callback] : Callbacks)
      C.set(Member, Callback);
    call("WdfDeviceInitSetPnpPowerEventCallbacks", {Init, C});
  }
  /// A timer, DPC, work item or interrupt.
  uint64_t child(const char *Routine, Struct Config, Struct Attributes) {
    uint64_t H = 0;
    Status = status(Routine, {Config, Attributes, address(H)});
    return H;
  }
  uint64_t interrupt(uint64_t Device, Struct Config) {
    uint64_t H = 0;
    Status = status("WdfInterruptCreate", {Device, Config, 0, address(H)});
    return H;
  }
  static uint64_t address(uint64_t &V) {
    return reinterpret_cast<uint64_t>(&V);
  }

  std::vector<Note> Notes;
  std::vector<std::string> printed() const {
    std::vector<std::string> Out;
    for (const Note &N : Notes)
      Out.push_back(print(N));
    return Out;
  }
  std::string Status, Check;
  uint64_t Init = 4096;
  Program P;
  std::unique_ptr<World> W;

private:
  static Driver *&current() {
    static Driver *D = nullptr;
    return D;
  }
  template <size_t N>
  static uint64_t IRQLINT_RT callback(uint64_t A, uint64_t B, uint64_t C,
                                      uint64_t D) {
    Driver &Me = *current();
    auto &[Name, Run] = Me.Callbacks[N];
    Me.Notes.push_back({Name,
                        Me.W->machine().irql(),
                        Me.W->heldNames(),
                        Me.W->machine().thread().Critical > 0,
                        {A, B, C, D}});
    return Run ? Run({A, B, C, D}) : 0;
  }
  template <size_t... N>
  static std::vector<uint64_t> addresses(std::index_sequence<N...>) {
    return {reinterpret_cast<uint64_t>(&callback<N>)...};
  }
  std::vector<std::pair<std::string, Body>> Callbacks;
  Unknowns Memory;
};

} // namespace irqlint::rt::test

#endif // IRQLINT_TEST_RUNTIME_KMDF_DRIVER_H
