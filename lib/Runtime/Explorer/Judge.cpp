//===- Judge.cpp - Races, lifetimes, and the trace in words ---------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runtime/Explorer/Execution.h"
#include <cstring>

using namespace irqlint::runtime;

const char *irqlint::runtime::failureName(Failure::Kind K) {
  switch (K) {
  case Failure::Kind::None:
    return "nothing";
  case Failure::Kind::Race:
    return "data race";
  case Failure::Kind::Lifetime:
    return "use outside of lifetime";
  case Failure::Kind::Deadlock:
    return "deadlock";
  case Failure::Kind::Endless:
    return "no end";
  case Failure::Kind::Misuse:
    return "misuse";
  case Failure::Kind::Crash:
    return "crash";
  case Failure::Kind::Expectation:
    break;
  }
  return "failed expectation";
}

/// Judges an operation on an atomic, before it happens.
void Execution::checkLifetime(Location &L, Site Where) {
  if (L.Dead) {
    Wrong.K = Failure::Kind::Lifetime;
    Wrong.Text = siteText(Where) + " uses an object that ended at " +
                 siteText(L.WriteSite);
  } else if (!Opts.IgnoreRaces && !L.Write.before(Current->Clocks.Now)) {
    Wrong.K = Failure::Kind::Race;
    Wrong.Text = siteText(Where) +
                 " is not ordered after the begin of the object's life at " +
                 siteText(L.WriteSite);
  }
}

/// A plain access; begin and end of life are writes, too.
void Execution::access(const void *Address, size_t Size, bool IsWrite,
                       Site Where) {
  if (Now == Phase::Teardown || Now == Phase::Idle)
    return;
  // A loop without operations, say through a broken list.
  if (++PlainAccesses > Opts.MaxSteps * 64) {
    fail(Failure::Kind::Endless,
         "no end after " + std::to_string(PlainAccesses) + " accesses");
    return;
  }
  Location &L = Shadow[Shadow.find(Address, unsigned(Size))];
  ThreadState &T = *Current;
  const char *What = IsWrite ? " writes" : " reads";
  if (L.Dead) {
    fail(Failure::Kind::Lifetime, siteText(Where) + What +
                                      " an object that ended at " +
                                      siteText(L.WriteSite));
    return;
  }
  if (!Opts.IgnoreRaces) {
    if (!L.Write.before(T.Clocks.Now)) {
      fail(Failure::Kind::Race, siteText(Where) + What +
                                    " unordered with the write at " +
                                    siteText(L.WriteSite));
      return;
    }
    if (IsWrite && !T.Clocks.Now.covers(L.Accesses)) {
      fail(Failure::Kind::Race, siteText(Where) + What +
                                    " unordered with the access at " +
                                    siteText(L.AccessSite));
      return;
    }
  }
  uint32_t Mine = T.Clocks.Now.At[T.Model.Id];
  if (IsWrite) {
    L.Write = {T.Model.Id, Mine};
    L.WriteSite = Where;
  } else {
    L.Accesses.At[T.Model.Id] = Mine;
    L.AccessSite = Where;
  }
}

void Execution::read(const void *Address, size_t Size, Site Where) {
  access(Address, Size, false, Where);
}

bool Execution::write(void *Address, size_t Size, Site Where) {
  access(Address, Size, true, Where);
  if (Sites && Where.Line) {
    SiteUse &Use = (*Sites)[{Where.File, Where.Line, Where.Column}];
    Use.Where = Where;
    Use.K = Operation::Kind::Store;
    Use.Wrote = true;
  }
  return !Mutant || Mutant->K != Mutation::Kind::Drop || !Mutant->at(Where);
}

void Execution::begin(void *Address, size_t Size, Site Where) {
  if (Now == Phase::Teardown || Now == Phase::Idle)
    return;
  Location &L = Shadow[Shadow.find(Address, unsigned(Size))];
  bool WasDead = L.Dead;
  L.Dead = false;
  // What its predecessor in this memory synchronized is over.
  L.Released.clear();
  if (WasDead) { // its end was ordered after all its uses; only the order to
                 // that counts
    L.Accesses.clear();
  }
  access(Address, Size, true, Where);
}

void Execution::end(void *Address, size_t Size, Site Where) {
  if (Now == Phase::Teardown || Now == Phase::Idle)
    return;
  access(Address, Size, true, Where);
  Shadow[Shadow.find(Address, unsigned(Size))].Dead = true;
}

void Execution::deallocate(void *Memory, size_t Size, size_t) {
  auto *From = static_cast<const char *>(Memory);
  for (unsigned I = 0; I < Shadow.size(); ++I) {
    auto *At = static_cast<const char *>(Shadow[I].Address);
    if (At >= From && At < From + Size && !Shadow[I].Dead)
      end(const_cast<char *>(At), Shadow[I].Size, Site::here());
  }
}

static std::string valueText(const unsigned char *Bytes, unsigned Size) {
  uint64_t V = 0;
  std::memcpy(&V, Bytes, std::min(Size, 8u));
  char Text[24];
  snprintf(Text, sizeof(Text), "%#llx", static_cast<unsigned long long>(V));
  return Text;
}

std::string Execution::describe(const Event &E) const {
  std::string Text = Threads[E.Thread]->Model.Name;
  Text += ": " + siteText(E.Where) + " ";
  if (E.K == Operation::Kind::Fence)
    return Text + "fence " + orderName(E.O);
  Text += std::string(E.K == Operation::Kind::Load    ? "load"
                      : E.K == Operation::Kind::Store ? "store"
                                                      : "update") +
          " " + orderName(E.O) + " #" + std::to_string(E.Location) + " " +
          valueText(E.Before, E.Size);
  if (E.Wrote)
    Text += " -> " + valueText(E.After, E.Size);
  if (E.TimedOut)
    Text += " (time out)";
  return Text;
}

std::string Execution::history() const {
  std::string Text;
  for (const Event &E : Trace)
    Text += describe(E) + "\n";
  return Text;
}
