//===- World.cpp - One execution: the machine, its judge and its unknowns -===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Verifier/World.h"
#include "Runtime/Kmdf/Framework.h"
#include "Runtime/Nt/Api.h"
#include <cstdlib>
#include <cstring>

using namespace irqlint;
using namespace irqlint::rt;

World *World::Current = nullptr;
/// Bytes before and after each block.
static constexpr uint64_t Beside = 8192;

/// Memory of scenarios, the same addresses in each execution.
static constexpr uint64_t ArenaSize = uint64_t(64) << 20;
static char *arena() {
  static char *At = static_cast<char *>(std::malloc(ArenaSize));
  return At;
}

bool World::isOfOneObject(const std::string &Routine) {
  static const char *const Beginnings[] = {"Interlocked",  "KeInitializeEvent",
                                           "KeSetEvent",   "KeResetEvent",
                                           "KeClearEvent", "KeReadStateEvent"};
  for (const char *B : Beginnings)
    if (Routine.rfind(B, 0) == 0)
      return true;
  return Routine == "KeWaitForSingleObject" || Routine == "KeReleaseMutex" ||
         Routine == "KeReleaseSemaphore";
}

World::World(const Program &P, Oracle &O, const MachineOptions &Opts,
             Oracle *Schedule)
    : P(P), O(O), M(Schedule ? *Schedule : O, Opts), L(M), D(M),
      K(new Framework(*this)) {
  if (Schedule) {
    M.orderAccesses();
    Memory = arena();
    M.NameOf = [this](uint64_t Object) {
      if (M.isOnAnyStack(Object))
        return uint64_t(1);
      uint64_t Number = K->number(Object);
      return Number ? Number : Object >> 3;
    };
  }
  Current = this;
  M.OnDeadlock = [this] { deadlock(); };
  if (Schedule)
    M.OnIdle = [this] { return giveUp(); };
}

World::~World() {
  auto Free = [](uint64_t Block) {
    char *Whole = reinterpret_cast<char *>(Block) - Beside;
    if (Whole < arena() || Whole >= arena() + ArenaSize)
      std::free(Whole);
  };
  for (auto &B : Blocks)
    Free(B.first);
  for (auto &B : FreedBlocks)
    Free(B.first);
  Current = nullptr;
}

std::string rt::describe(const Hold &H) {
  return (H.Kind ? H.Kind->Title : std::string("lock")) + " '" + H.Text + "'";
}

std::string rt::levelName(Level L) {
  std::string Name = irqlName(stepOf(L));
  return stepOf(L) == Irql::Dirql ? Name + " " + std::to_string(L) : Name;
}

//===----------------------------------------------------------------------===//
// What the driver's code tells
//===----------------------------------------------------------------------===//

void World::enterFunction(const FunctionInfo *F) {
  Activation &A = activation();
  SiteIndex Caller = Here;
  A.Stack.push_back({F, Caller});
  A.HasTested.push_back(false);
  if (M.stackIsLow(__builtin_frame_address(0)))
    M.stop(End::Fault);
  if (!F->Pageable)
    return;
  if (M.irql() <= ApcLevel)
    pass("paged-code-at-dispatch", Caller);
  else
    report("paged-code-at-dispatch",
           "pageable function '" + F->Name + "' is entered at " +
               levelName(M.irql()),
           Caller);
}

void World::leaveFunction() {
  Activation &A = activation();
  // The caller goes on at the place of its call.
  if (A.Stack.empty())
    return;
  if (A.Stack.size() > 1)
    Here = A.Stack.back().second;
  A.Stack.pop_back();
  A.HasTested.pop_back();
  if (!A.Stack.empty() && A.Stack.back().first->Pageable && M.irql() > ApcLevel)
    report("paged-code-at-dispatch",
           "pageable function '" + A.Stack.back().first->Name +
               "' goes on at " + levelName(M.irql()),
           Here);
}

//===----------------------------------------------------------------------===//
// Callbacks
//===----------------------------------------------------------------------===//

void World::enter(const Entering &E) {
  auto A = std::make_unique<Activation>();
  Thread &T = M.thread();
  A->Name = E.Name;
  A->Role = E.Role;
  A->Entry = E.At;
  A->Critical = T.Critical;
  A->Guarded = T.Guarded;
  A->Closed = E.Closed;
  A->MayKeepLocks = E.MayKeepLocks;
  A->MayChangeLevel = E.MayChangeLevel;
  A->From = Here;
  A->Held = E.Held;
  A->First = E.First;
  A->Sure = E.Sure;
  A->UpTo = E.UpTo;
  A->Turn = E.Turn;
  A->OwnerBefore = T.Owner;
  if (isScenario())
    FlowNames[T.Flow] = E.Name;
  if (E.Interrupts)
    T.Owner = A.get();
  T.Inside.push_back(A.get());
  Activations.push_back(std::move(A));
  M.cpu().Irql = E.At;
}

void World::leave() {
  Thread &T = M.thread();
  Activation &A = activation();
  judgeExit(A);
  LeftAt = Here;
  LeftName = A.Name;
  T.Owner = A.OwnerBefore;
  T.Inside.pop_back();
  Here = A.From;
}

void World::nameCallback(Entering &E, uint64_t Function,
                         const RoleContract *Role) {
  E.Role = Role;
  auto Name = P.Names.find(Function);
  E.Name = Name != P.Names.end() ? Name->second : "callback";
  if (Role) {
    E.MayKeepLocks = Role->AcquiresForCaller || Role->ReleasesForCaller;
    E.MayChangeLevel = !Role->SameIrqlOnReturn;
  }
}

uint64_t World::call(const RtCallback &C) {
  Calling N;
  nameCallback(N.How, C.Function, C.Role ? P.Rules->role(C.Role) : nullptr);
  if (C.OfSystem) {
    N.How.Name = "the system";
    N.How.MayKeepLocks = N.How.MayChangeLevel = true;
  }
  N.How.At = static_cast<Level>(C.Level);
  N.How.Interrupts = C.Interrupts;
  N.How.First = C.Args[0];
  N.Function = C.Function;
  N.Args.assign(C.Args, C.Args + 6);
  N.Lock = C.Lock;
  N.Kind = C.LockKind ? P.Rules->lockKind(C.LockKind) : nullptr;
  N.Spins = N.Kind && N.Kind->Spins;
  N.LockText = "of '" + N.How.Name + "'";
  if (C.OfSystem && C.LockKind)
    N.LockText = C.LockKind;
  return call(std::move(N));
}

std::pair<uint64_t, unsigned> World::turn() {
  const std::vector<Activation *> &In = M.thread().Inside;
  for (auto I = In.rbegin(); I != In.rend(); ++I)
    if ((*I)->Sure)
      return (*I)->Turn;
  return {0, 0};
}

uint64_t World::call(Calling C) {
  C.How.Turn = {C.Function, ++Turns[C.Function]};
  if (C.How.Sure && LeftOut && LeftOut->count(C.How.Turn))
    return 0;
  Thread &T = M.thread();
  Level Before = M.irql();
  LockTraits Traits;
  Traits.Spins = C.Spins;
  // A mutex keeps APCs out while it is held.
  bool Region = C.Lock && !C.Spins && C.Lends;
  int Critical = T.Critical;
  if (C.Lock) {
    if (C.Spins)
      M.raise(C.How.At);
    L.acquire(C.Lock, Traits, false);
    T.Critical += Region;
    Hold H;
    H.Object = C.Lock;
    H.Kind = C.Kind;
    H.Text = C.LockText;
    H.Routine = "the system";
    H.FromEntry = true;
    H.Raised = C.Spins;
    H.Base = Before;
    H.InRegion = Region;
    C.How.Held.push_back(H);
  }
  enter(C.How);
  if (C.How.Sure) {
    std::string Line = C.How.Name + " at " + levelName(M.irql());
    for (const std::string &H : heldNames())
      Line += " under " + H;
    Story.push_back(std::move(Line));
  }
  if (C.Lock && C.Lends)
    activation().Lent = C.How.Held;
  C.Args.resize(8);
  using Function =
      uint64_t(IRQLINT_RT *)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                             uint64_t, uint64_t, uint64_t);
  const std::vector<uint64_t> &A = C.Args;
  uint64_t R = reinterpret_cast<Function>(C.Function)(A[0], A[1], A[2], A[3],
                                                      A[4], A[5], A[6], A[7]);
  // Some give it up themselves, and then it may be somebody else's.
  bool Kept = C.Lock && findHold(C.Lock);
  leave();
  if (Kept)
    L.release(C.Lock);
  T.Critical = Critical;
  if (!C.How.Interrupts)
    M.setLevel(Before);
  return R;
}

Hold *World::findHold(uint64_t Object) {
  // What a callback that was called by a routine finds held counts, too.
  Thread &T = M.thread();
  for (auto I = T.Inside.rbegin(); I != T.Inside.rend(); ++I) {
    for (auto H = (*I)->Held.rbegin(); H != (*I)->Held.rend(); ++H)
      if (H->Object == Object)
        return &*H;
    if ((*I) == T.Owner)
      break; // below it is what was interrupted
  }
  return nullptr;
}

std::vector<std::string> World::heldNames() {
  std::vector<std::string> Out;
  if (inDriver())
    for (const Hold &H : activation().Held)
      Out.push_back(describe(H));
  return Out;
}

Hold *World::findTag(uint64_t Object, uint64_t Handle) {
  for (Hold &H : activation().Held)
    if (H.Object == Object && H.Handle == Handle)
      return &H;
  return nullptr;
}

void World::note(SiteIndex Where, std::string Text) {
  if (!inDriver())
    return;
  Activation &A = activation();
  unsigned Depth = A.Stack.empty() ? 0 : A.Stack.size() - 1;
  if (isScenario())
    Timeline.push_back(
        {Where, "'" + A.Name + "': " + Text, 0, M.irql(), heldNames()});
  A.History.push_back({Where, std::move(Text), Depth, M.irql(), heldNames()});
}

//===----------------------------------------------------------------------===//
// Routines
//===----------------------------------------------------------------------===//

Frame *World::begin(const char *Name, const uint64_t *Args, unsigned N) {
  auto *F = new Frame;
  F->Name = Name;
  F->Args.assign(Args, Args + N);
  F->Where = Here;
  F->Fn = P.Rules->function(Name);
  if (!F->Fn) {
    auto Own = P.Annotated.find(Name);
    F->Fn = Own == P.Annotated.end() ? nullptr : &Own->second;
  }
  if (inDriver())
    activation().At = Here;
  // Others may go first.
  M.point();
  Here = F->Where;
  if (F->Fn)
    for (const Effect &E : F->Fn->Effects)
      F->EffectApplies.push_back(holds(*F, E.When));
  return F;
}

void World::before(Frame &F) {
  if (!F.Fn)
    return;
  for (size_t I = 0; I < F.Fn->Effects.size(); ++I)
    if (F.EffectApplies[I] && F.Fn->Effects[I].Do == EffectKind::CallBack)
      if (const LockKindInfo *K = kindOf(F, F.Fn->Effects[I]))
        judgeAcquire(F, F.Fn->Effects[I], lockOf(F, F.Fn->Effects[I]).first, K,
                     false);
  size_t I = 0;
  // A release at the head comes before the window is judged.
  for (; I < F.Fn->Effects.size(); ++I) {
    const Effect &E = F.Fn->Effects[I];
    if (E.Do != EffectKind::Release || !E.IfHeld)
      break;
    if (F.EffectApplies[I]) {
      judgeUnheld(F, E);
      apply(F, E, true);
    }
  }
  judgeReleases(F, I);
  judgeAwaits(F);
  judgeWindow(F);
  judgeDuties(F);
  for (; I < F.Fn->Effects.size(); ++I)
    if (F.EffectApplies[I] && F.Fn->Effects[I].Success.empty()) {
      EffectKind K = F.Fn->Effects[I].Do;
      // What the body does itself, or what follows from its result.
      if (K != EffectKind::Acquire && F.Fn->Effects[I].Chosen.isNone())
        apply(F, F.Fn->Effects[I], true);
    }
}

void World::after(Frame &F, uint64_t Ret) {
  F.Ret = Ret;
  F.RetKnown = true;
  if (!F.Fn)
    return;
  // What analyses build on must be so.
  for (const Guarantee &G : F.Fn->Ensures)
    if (holds(F, G.When) && !holds(F, G.That))
      unsupported("a result of " + F.Name + " that its rules exclude");
  for (size_t I = 0; I < F.Fn->Effects.size(); ++I) {
    const Effect &E = F.Fn->Effects[I];
    if (!F.EffectApplies[I])
      continue;
    if (E.Do == EffectKind::Acquire || !E.Chosen.isNone() ||
        (!E.Success.empty() && holds(F, E.Success)))
      apply(F, E, true);
    if (E.Do == EffectKind::Allocate && E.Memory == "paged")
      if (auto B = Blocks.find(Ret); B != Blocks.end() && !B->second.Paged) {
        B->second.Paged = true;
        ++PagedBlocks;
      }
  }
}

void World::judgeReleases(Frame &F, size_t From) {
  for (size_t I = From; I < F.Fn->Effects.size(); ++I)
    if (F.EffectApplies[I] && F.Fn->Effects[I].Do == EffectKind::Release)
      judgeUnheld(F, F.Fn->Effects[I]);
}

void World::judgeAwaits(Frame &F) {
  for (size_t I = 0; I < F.Fn->Effects.size(); ++I)
    if (F.EffectApplies[I] && F.Fn->Effects[I].Do == EffectKind::Await)
      judgeAwait(F, F.Fn->Effects[I]);
}

void World::perform(Frame &F) {
  if (!F.Fn || !F.Fn->hasEffects())
    noteUnknownCall(F, P.Rules->function(F.Name) != nullptr);
  applyClaims(F);
  if (!F.Fn)
    return;
  size_t I = 0;
  for (; I < F.Fn->Effects.size(); ++I) {
    const Effect &E = F.Fn->Effects[I];
    if (E.Do != EffectKind::Release || !E.IfHeld)
      break;
    if (F.EffectApplies[I])
      apply(F, E, false);
  }
  judgeReleases(F, I);
  judgeAwaits(F);
  judgeWindow(F);
  judgeDuties(F);
  // What follows from the result comes when that is known.
  auto Follows = [](const Effect &E) {
    return E.Do == EffectKind::EnterRegion && !E.Success.empty();
  };
  for (size_t K = I; K < F.Fn->Effects.size(); ++K)
    if (F.EffectApplies[K] && !Follows(F.Fn->Effects[K]))
      apply(F, F.Fn->Effects[K], false);
  for (size_t K = I; K < F.Fn->Effects.size(); ++K)
    if (F.EffectApplies[K] && Follows(F.Fn->Effects[K]))
      apply(F, F.Fn->Effects[K], false);
}

void World::end(Frame *F) { delete F; }

std::string World::textOf(const Frame &F, unsigned I) const {
  if (F.Where < P.Sites.size() && I < P.Sites[F.Where].Arguments.size())
    return P.Sites[F.Where].Arguments[I];
  return "argument " + std::to_string(I + 1) + " of " + F.Name;
}

uint64_t World::chooseResult(const char *Name, const uint64_t *Args, unsigned N,
                             SiteIndex Where, bool Pointer) {
  Assumed.insert(Name);
  M.touchedAll();
  Domain Values;
  if (Where < P.Sites.size())
    Values = P.Sites[Where].Values;
  if (!Pointer)
    return memory().value(Values);
  std::pair<std::string, std::vector<uint64_t>> Key(
      Name, std::vector<uint64_t>(Args, Args + N));
  auto Known = Results.find(Key);
  if (Known != Results.end())
    return Known->second;
  Values.K = Domain::Pointer;
  uint64_t V = memory().value(Values);
  Results.emplace(std::move(Key), V);
  return V;
}

void *World::allocate(uint64_t Size, bool Zeroed) {
  if (Size > (uint64_t(1) << 28))
    return nullptr;
  M.touchedAll();
  // What a driver writes beside it must not reach what is ours.
  uint64_t All = (Size + 2 * Beside + 15) & ~uint64_t(15);
  char *Whole = nullptr;
  if (Memory && Memory + All <= arena() + ArenaSize) {
    Whole = Memory;
    Memory += All;
  } else {
    Whole = static_cast<char *>(std::malloc(All));
  }
  if (!Whole)
    return nullptr;
  void *B = Whole + Beside;
  std::memset(B, Zeroed ? 0 : 0xCD, Size);
  Blocks[reinterpret_cast<uint64_t>(B)] = {Size, false, Zeroed};
  return B;
}

void World::free(void *Block, std::string By, SiteIndex Where) {
  auto B = Blocks.find(reinterpret_cast<uint64_t>(Block));
  if (B == Blocks.end())
    return;
  if (isScenario()) {
    uint64_t Size = B->second.Size;
    Blocks.erase(B);
    endOfMemory(reinterpret_cast<uint64_t>(Block), Size, std::move(By), Where);
    return;
  }
  PagedBlocks -= B->second.Paged;
  Blocks.erase(B);
  std::free(static_cast<char *>(Block) - Beside);
}

//===----------------------------------------------------------------------===//
// Ends
//===----------------------------------------------------------------------===//

void World::report(const std::string &Check, std::string Message,
                   SiteIndex Where, bool CanGoOn) {
  Violation V;
  V.Check = Check;
  V.Message = std::move(Message);
  V.Where = Where;
  V.Thread = M.thread().Name;
  V.Cpu = M.cpu().Index;
  V.At = M.irql();
  V.Held = heldNames();
  if (inDriver()) {
    Activation &A = activation();
    V.Callback = A.Name;
    V.History = A.History;
    V.LevelFromEntry = V.At == A.Entry;
    V.Sure = A.Sure;
    for (const Hold &H : A.Held)
      V.LevelMaybe |= H.MaybeRaised;
    // The consequence of an earlier mistake: tell that one.
    if (A.LeftRaised &&
        (Check == "irql-too-high" || Check == "wait-at-dispatch" ||
         Check == "irql-not-restored" || Check == "paged-code-at-dispatch")) {
      V.Check = "release-wrong-form";
      V.Message = A.LeftRaised->Text;
      V.Where = A.LeftRaised->Where;
    }
  }
  if (isScenario())
    V.History = Timeline;
  if (V.Where < P.Sites.size())
    V.Function = P.Sites[V.Where].Function;
  // A caller may bring one level or another: wrong is what is so at both.
  static const std::set<std::string> OfLevels = {
      "irql-too-high",          "irql-too-low",          "wait-at-dispatch",
      "paged-code-at-dispatch", "irql-lowered-by-raise", "irql-raised-by-lower",
      "call-needs-apcs",        "paged-pool-at-dispatch"};
  if (inDriver() && activation().UpTo && V.LevelFromEntry &&
      OfLevels.count(V.Check)) {
    std::set<Level> &Spoke = SpokeUpTo[{V.Check, V.Where}];
    Spoke.insert(activation().Entry);
    if (Spoke.size() < 2)
      return;
  }
  // What was told by an earlier execution does not hide what comes after it,
  // if the routine can still do its work.
  static const std::set<std::string> GoesOn = {
      "irql-too-high",           "irql-too-low",
      "wait-at-dispatch",        "paged-code-at-dispatch",
      "irql-lowered-by-raise",   "irql-raised-by-lower",
      "complete-under-spin-lock"};
  // Wrong perhaps only because of the level at entry: then there is no sense in
  // going on at that level.
  if (Told && (CanGoOn || GoesOn.count(V.Check)) && Told(V))
    return;
  Found = std::move(V);
  M.stop(End::Reported);
}

void World::unsupported(std::string What) {
  Lacking = std::move(What);
  M.stop(End::Unsupported);
}

/// Nobody can go on. Told at the place where the oldest thread stands.
void World::deadlock() {
  if (isScenario()) {
    deadlockTogether();
    return;
  }
  Violation V;
  V.Check = "deadlock";
  std::string Who;
  for (const auto &T : M.threads()) {
    if (T->State == ThreadState::Done || T->Inside.empty())
      continue;
    Activation &A = *T->Inside.back();
    std::string What;
    auto Lock = L.waiting().find(T.get());
    SiteIndex Where = A.History.empty() ? A.From : A.History.back().Where;
    if (Lock != L.waiting().end())
      What = "for a lock that is never given up";
    else
      What = "for an object that is never signalled";
    Who += (Who.empty() ? "" : ", ") + std::string("'") + A.Name + "' waits " +
           What;
    if (!V.Where) {
      V.Where = Where;
      V.Callback = A.Name;
      V.Thread = T->Name;
      V.History = A.History;
    } else {
      V.History.insert(V.History.end(), A.History.begin(), A.History.end());
    }
  }
  V.Message = "nobody can go on: " + Who;
  // Who waits for an object has the lock that others need, who would signal it.
  for (const auto &Holder : M.threads())
    for (const auto &[Needs, Lock] : L.waiting()) {
      if (Holder.get() == Needs || Holder->Inside.empty() ||
          !D.waiting().count(Holder.get()) || !L.isHeldBy(Lock, Holder.get()))
        continue;
      const Activation &A = *Holder->Inside.back();
      V.Check = "self-wait";
      V.Where = A.At;
      V.Callback = A.Name;
      V.Thread = Holder->Name;
      V.Sure = A.Sure;
      V.History = A.History;
      V.Message = "'" + A.Name + "' waits with a lock that others need (" +
                  Needs->Name + "), and nobody else goes on";
    }
  if (V.Where < P.Sites.size())
    V.Function = P.Sites[V.Where].Function;
  Found = std::move(V);
}
