//===- Api.cpp - What routines of the system are built from ---------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Nt/Api.h"
#include "Runtime/Kmdf/Framework.h"
#include "Runtime/Verifier/World.h"
#include <cstdlib>
#include <cstring>

using namespace irqlint;
using namespace irqlint::rt;

static World &world() { return World::current(); }

/// The driver's code writes the place it is at here; each entry reads it.
extern "C" unsigned irqlint_rt_site = 0;
static void arrive() {
  if (irqlint_rt_site)
    world().Here = irqlint_rt_site;
  irqlint_rt_site = 0;
}

//===----------------------------------------------------------------------===//
// Written by the loader into the driver's code
//===----------------------------------------------------------------------===//

void IRQLINT_RT irqlint_rt_enter(const void *F) {
  arrive();
  world().enterFunction(static_cast<const FunctionInfo *>(F));
}

void IRQLINT_RT irqlint_rt_leave() {
  // The place of the return is where the end of a callback is judged.
  arrive();
  world().leaveFunction();
}

void IRQLINT_RT irqlint_rt_load(RtWord Address, RtWord Size, unsigned S) {
  World &W = world();
  if (W.isScenario()) {
    if (W.program().Sites[S].System)
      arrive();
    W.access(Address, Size, Races::Access::Read, S);
  }
  if (!W.memory().contains(Address)) {
    W.touch(Address, false, S);
    return;
  }
  const Domain &D = W.program().Sites[S].Values;
  if (D.Values.size() > 1)
    W.hasTested();
  W.memory().beforeLoad(Address, Size, D);
}

void IRQLINT_RT irqlint_rt_store(RtWord Address, RtWord Size, unsigned S) {
  World &W = world();
  if (W.isScenario()) {
    if (W.program().Sites[S].System)
      arrive();
    W.access(Address, Size, Races::Access::Write, S);
  }
  if (!W.memory().contains(Address)) {
    W.touch(Address, true, S);
    return;
  }
  W.memory().beforeStore(Address, Size);
}

void IRQLINT_RT irqlint_rt_atomic(RtWord Address, RtWord Size, unsigned How,
                                  unsigned S) {
  World &W = world();
  if (W.isScenario()) {
    arrive();
    SiteIndex Here = W.Here;
    W.machine().point();
    W.Here = Here;
    W.access(Address, Size, Races::Access::Atomic, S ? S : Here);
    return;
  }
  if (How & 1)
    irqlint_rt_load(Address, Size, S);
  if (How & 2)
    irqlint_rt_store(Address, Size, S);
}

void IRQLINT_RT irqlint_rt_tick() { world().tick(); }

/// Stands for every function of which only the address is known.
static RtWord IRQLINT_RT unknownFunction(RtWord, RtWord, RtWord, RtWord) {
  arrive();
  World &W = world();
  return W.memory().value(W.program().Sites[W.Here].Values);
}

RtWord IRQLINT_RT irqlint_rt_callee(RtWord Function) {
  return world().memory().contains(Function)
             ? reinterpret_cast<RtWord>(&unknownFunction)
             : Function;
}

RtWord IRQLINT_RT irqlint_rt_routine(const char *Name, const RtWord *Args,
                                     unsigned N, unsigned Result) {
  arrive();
  World &W = world();
  Frame *F = W.begin(Name, Args, N);
  if (std::optional<uint64_t> Done = W.framework().perform(*F)) {
    W.end(F);
    return *Done;
  }
  W.perform(*F);
  RtWord R = F->Ret;
  bool Known = F->RetKnown;
  SiteIndex Where = F->Where;
  bool NoReturn = F->Fn && F->Fn->NoReturn;
  W.end(F);
  W.Here = Where;
  if (NoReturn)
    W.machine().stop(End::Infeasible);
  if (Known || !Result)
    return R;
  return W.chooseResult(Name, Args, N, Where, Result == 2);
}

void IRQLINT_RT irqlint_rt_no_return() {
  world().machine().stop(End::Infeasible);
}

//===----------------------------------------------------------------------===//
// A routine with a body
//===----------------------------------------------------------------------===//

void *IRQLINT_RT irqlint_rt_begin(const char *Name, const RtWord *Args,
                                  unsigned N) {
  arrive();
  Frame *F = world().begin(Name, Args, N);
  if (!World::isOfOneObject(F->Name))
    world().machine().touchedAll();
  world().before(*F);
  return F;
}

RtWord IRQLINT_RT irqlint_rt_end(void *Frame_, RtWord Result) {
  auto *F = static_cast<Frame *>(Frame_);
  if (!World::isOfOneObject(F->Name))
    world().machine().touchedAll();
  world().after(*F, Result);
  world().Here = F->Where;
  world().end(F);
  return Result;
}

//===----------------------------------------------------------------------===//
// Levels, choices, memory
//===----------------------------------------------------------------------===//

unsigned IRQLINT_RT irqlint_rt_irql() { return world().machine().irql(); }
unsigned IRQLINT_RT irqlint_rt_choose(unsigned N) {
  return world().choices().choose(N);
}
unsigned IRQLINT_RT irqlint_rt_open() { return world().program().OpenWorld; }

void *IRQLINT_RT irqlint_rt_allocate(RtWord Size, unsigned Zeroed) {
  return world().allocate(Size, Zeroed);
}
void IRQLINT_RT irqlint_rt_free(void *P) { world().free(P); }

unsigned IRQLINT_RT irqlint_rt_unknown(const void *P, RtWord Size) {
  return world().memory().isUnknown(reinterpret_cast<RtWord>(P), Size);
}

void IRQLINT_RT irqlint_rt_touch(const void *P, RtWord Size, unsigned Write) {
  auto A = reinterpret_cast<RtWord>(P);
  if (Size && !world().machine().isOnAnyStack(A))
    world().machine().touchedMemory(A, Size, Write != 0);
  if (Write)
    world().memory().beforeStore(A, Size);
  else
    world().memory().beforeLoad(A, Size, Domain());
}

void IRQLINT_RT irqlint_rt_unsupported(const char *What) {
  world().unsupported(What);
}

void IRQLINT_RT irqlint_rt_report(const char *Check, const char *Message) {
  world().report(Check, Message, world().Here);
}

RtWord IRQLINT_RT irqlint_rt_now() {
  world().machine().touchedAll();
  return world().machine().now();
}
void IRQLINT_RT irqlint_rt_pass_time(RtWord Units) {
  world().machine().passTime(Units);
}

//===----------------------------------------------------------------------===//
// Dispatcher objects
//===----------------------------------------------------------------------===//

static RtWord address(const void *P) { return reinterpret_cast<RtWord>(P); }

void IRQLINT_RT irqlint_rt_object(void *Object, unsigned Kind, int Signal,
                                  int Limit) {
  world().dispatcher().init(address(Object), static_cast<ObjectKind>(Kind),
                            Signal, Limit);
}

unsigned IRQLINT_RT irqlint_rt_object_known(void *Object) {
  return world().dispatcher().find(address(Object)) != nullptr;
}

int IRQLINT_RT irqlint_rt_object_state(void *Object) {
  Dispatcher::Object *O = world().dispatcher().find(address(Object));
  return O ? O->Signal : 0;
}

int IRQLINT_RT irqlint_rt_signal(void *Object, unsigned How, int Count) {
  Dispatcher &D = world().dispatcher();
  switch (How) {
  case 1:
    return D.reset(address(Object));
  case 2:
    return D.pulse(address(Object));
  case 3:
    return D.releaseMutex(address(Object));
  default:
    return D.signal(address(Object), Count);
  }
}

int IRQLINT_RT irqlint_rt_wait(void *const *Objects, unsigned N, unsigned All,
                               const long long *Timeout) {
  World &W = world();
  std::vector<uint64_t> List;
  for (unsigned I = 0; I < N; ++I)
    List.push_back(address(Objects[I]));
  std::optional<uint64_t> Span;
  if (Timeout) {
    Domain D;
    D.Values = {0, -10000};
    W.memory().beforeLoad(address(Timeout), 8, D);
    uint64_t Now = W.machine().now();
    auto Given = static_cast<uint64_t>(*Timeout);
    if (*Timeout <= 0)
      Span = -Given;
    else
      Span = Given > Now ? Given - Now : 0;
  }
  SiteIndex Here = W.Here;
  unsigned Index = 0;
  WaitResult R = W.dispatcher().wait(List, All, Span, Index);
  W.Here = Here;
  return R == WaitResult::TimedOut ? -1 : static_cast<int>(Index);
}

//===----------------------------------------------------------------------===//
// Threads, deferred procedures, timers
//===----------------------------------------------------------------------===//

RtWord IRQLINT_RT irqlint_rt_call(const RtCallback *C) {
  return world().call(*C);
}

void IRQLINT_RT irqlint_rt_thread(const RtCallback *C, void *Object) {
  World &W = world();
  auto It = W.program().Names.find(C->Function);
  std::string Name =
      It == W.program().Names.end() ? "system thread" : It->second;
  W.machine().createThread(Name, [&W, C = *C, Object] {
    W.Ends[&W.machine().thread()] = Object;
    W.call(C);
    if (Object)
      W.dispatcher().signal(address(Object));
  });
}

void IRQLINT_RT irqlint_rt_exit_thread() {
  World &W = world();
  if (W.inDriver())
    W.leave();
  auto Object = W.Ends.find(&W.machine().thread());
  if (Object != W.Ends.end() && Object->second)
    W.dispatcher().signal(address(Object->second));
  W.machine().exitThread();
}

RtWord IRQLINT_RT irqlint_rt_current_thread() {
  return reinterpret_cast<RtWord>(&world().machine().thread());
}
unsigned IRQLINT_RT irqlint_rt_current_cpu() {
  return world().machine().cpu().Index;
}
unsigned IRQLINT_RT irqlint_rt_cpu_count() {
  return world().machine().cpuCount();
}

unsigned IRQLINT_RT irqlint_rt_queue_dpc(const void *Key, const RtCallback *C,
                                         int Cpu) {
  World &W = world();
  Deferred D;
  D.Key = address(Key);
  D.At = static_cast<Level>(C->Level);
  D.Run = [&W, C = *C, Known = W.known()] {
    W.interrupt(Known, [&] { W.call(C); });
  };
  return W.machine().queueDpc(Cpu < 0 ? W.machine().cpu().Index : Cpu,
                              std::move(D));
}

unsigned IRQLINT_RT irqlint_rt_remove_dpc(const void *Key) {
  return world().machine().removeDpc(address(Key));
}

void IRQLINT_RT irqlint_rt_flush_dpcs() {
  Machine &M = world().machine();
  M.spinUntil([&M] { return !M.dpcsPending(); });
  M.acquired(World::EndOfCallbacks);
}

RtWord IRQLINT_RT irqlint_rt_timer(RtWord Due,
                                   void(IRQLINT_RT *Fire)(void *Context),
                                   void *Context) {
  World &W = world();
  RtWord Id = W.machine().addTimer(Due, [=, &W] {
    W.Armed.erase(address(Context));
    Fire(Context);
  });
  W.Armed[address(Context)] = Id;
  return Id;
}

unsigned IRQLINT_RT irqlint_rt_cancel_timer(RtWord Id) {
  World &W = world();
  for (auto I = W.Armed.begin(); I != W.Armed.end(); ++I)
    if (I->second == Id) {
      W.Armed.erase(I);
      break;
    }
  return W.machine().cancelTimer(Id);
}

//===----------------------------------------------------------------------===//
// Scenarios
//===----------------------------------------------------------------------===//

void IRQLINT_RT irqlint_rt_interrupt(const RtCallback *C) {
  World &W = world();
  Deferred D;
  D.At = static_cast<Level>(C->Level);
  D.Run = [&W, C = *C] { W.interrupt(Races::Clock(), [&] { W.call(C); }); };
  Machine &M = W.machine();
  M.requestInterrupt(M.choices().choose(M.cpuCount()), std::move(D));
}

unsigned IRQLINT_RT irqlint_rt_decide(unsigned N) {
  unsigned Which = world().machine().choices().choose(N);
  world().machine().stepped(Which);
  return Which;
}

void IRQLINT_RT irqlint_rt_expect(void *Request,
                                  unsigned(IRQLINT_RT *Over)(void *),
                                  void(IRQLINT_RT *GiveUp)(void *)) {
  World::Pending P;
  P.Over = [=] { return Over(Request) != 0; };
  P.GiveUp = [=] { GiveUp(Request); };
  world().expect(std::move(P));
}

RtWord IRQLINT_RT irqlint_rt_plug_in() { return world().framework().plugIn(); }
unsigned IRQLINT_RT irqlint_rt_is_framework(const void *Device) {
  return world().framework().isDevice(address(Device));
}
RtWord IRQLINT_RT irqlint_rt_request(const void *Device, unsigned Major,
                                     unsigned Code) {
  return world().framework().request(address(Device), Major, Code);
}
RtWord IRQLINT_RT irqlint_rt_serve(RtWord Request) {
  return world().framework().serve(Request);
}
void IRQLINT_RT irqlint_rt_give_up(RtWord Request) {
  world().framework().giveUp(Request);
}
void IRQLINT_RT irqlint_rt_event(const void *Device, unsigned Major,
                                 unsigned Minor) {
  world().framework().event(address(Device), Major, Minor);
}
void IRQLINT_RT irqlint_rt_interrupt_framework() {
  world().framework().interruptAll();
}

unsigned IRQLINT_RT irqlint_rt_answer() {
  return static_cast<unsigned>(world().answer());
}
void IRQLINT_RT irqlint_rt_answers(unsigned Which) { world().Answers = Which; }

void IRQLINT_RT irqlint_rt_spawn(RtWord Name, void(IRQLINT_RT *Body)(void *),
                                 void *Context) {
  World &W = world();
  auto It = W.program().Names.find(Name);
  Thread &T = W.machine().createThread(
      It == W.program().Names.end() ? "thread" : It->second,
      [Body, Context, &W] {
        Body(Context);
        W.ended();
      });
  W.Spawned.push_back(&T);
}

void IRQLINT_RT irqlint_rt_join() { world().join(); }

void IRQLINT_RT irqlint_rt_flush_interrupts() {
  Machine &M = world().machine();
  M.spinUntil([&M] { return !M.interruptsPending(); });
  M.acquired(World::EndOfCallbacks);
}

void IRQLINT_RT irqlint_rt_await_free(const void *Lock) {
  World &W = world();
  W.machine().spinUntil([&] { return !W.locks().isHeld(address(Lock)); });
  W.machine().acquired(address(Lock));
}

void IRQLINT_RT irqlint_rt_publish(const void *Lock) {
  world().machine().released(address(Lock));
}

RtWord IRQLINT_RT irqlint_rt_global_lock(const char *Name) {
  return world().globalLock(Name);
}

void *IRQLINT_RT irqlint_rt_slot(unsigned Index, void *Value, unsigned Set) {
  world().machine().touchedAll();
  void *&Slot = world().Slots[Index];
  if (Set)
    Slot = Value;
  return Slot;
}

void IRQLINT_RT irqlint_rt_misuse(const char *Message) {
  World &W = world();
  W.report("unsynchronized-access", Message, W.Here, /*GoesOn=*/true);
}
