//===- Unknowns.cpp - Memory whose contents nobody has determined ---------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Machine/Unknowns.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

using namespace irqlint::rt;

static char *reserve(uint64_t Size) {
  void *P = mmap(nullptr, Size, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (P == MAP_FAILED)
    std::abort();
  return static_cast<char *>(P);
}

Unknowns::Unknowns() : Memory(reserve(Capacity)), Known(reserve(Capacity)) {
  Base = reinterpret_cast<uint64_t>(Memory);
}

Unknowns::~Unknowns() {
  munmap(Memory, Capacity);
  munmap(Known, Capacity);
}

uint64_t Unknowns::addStatic(uint64_t Size) {
  uint64_t At = (StaticEnd + 15) & ~uint64_t(15);
  if (At + Size > StaticSpace)
    return 0;
  StaticEnd = At + Size;
  return Base + At;
}

void Unknowns::begin(Oracle &O) {
  Choices = &O;
  std::memset(Memory, 0, StaticEnd);
  std::memset(Known, 0, StaticEnd);
  std::memset(Memory + StaticSpace, 0, Next - StaticSpace);
  std::memset(Known + StaticSpace, 0, Next - StaticSpace);
  Next = StaticSpace;
}

void Unknowns::defineStatics() { std::memset(Known, 2, StaticEnd); }

void Unknowns::define(uint64_t Address, uint64_t Size, bool Written) {
  if (!contains(Address))
    return;
  uint64_t At = Address - Base;
  std::memset(Known + At, Written ? 2 : 1, std::min(Size, Capacity - At));
}

std::optional<uint64_t> Unknowns::written(uint64_t Address) const {
  if (!contains(Address) || Address - Base + 8 > Capacity)
    return std::nullopt;
  uint64_t At = Address - Base, Value = 0;
  bool Any = false;
  for (unsigned I = 0; I < 8; ++I)
    if (Known[At + I] == 2) {
      Any = true;
      std::memcpy(reinterpret_cast<char *>(&Value) + I, Memory + At + I, 1);
    }
  return Any ? std::optional<uint64_t>(Value) : std::nullopt;
}

bool Unknowns::isUnknown(uint64_t Address, uint64_t Size) const {
  if (!contains(Address))
    return false;
  for (uint64_t I = 0, At = Address - Base; I < Size && At + I < Capacity; ++I)
    if (Known[At + I])
      return false;
  return true;
}

uint64_t Unknowns::newObject() {
  if (Next + BlockSize > Capacity ||
      (Next - StaticSpace) / BlockSize >= MaxObjects)
    return 0;
  uint64_t At = Next;
  Next += BlockSize;
  return Base + At + BlockOrigin;
}

uint64_t Unknowns::value(const Domain &D) {
  switch (D.K) {
  case Domain::Integer:
    return D.Values[Choices->choose(D.Values.size())];
  case Domain::Pointer:
  case Domain::ListFlink:
  case Domain::ListBlink:
    if (D.MayBeNull && Choices->choose(2))
      return 0;
    return newObject();
  }
  return 0;
}

void Unknowns::put(uint64_t Address, uint64_t Size, uint64_t Value) {
  std::memcpy(reinterpret_cast<void *>(Address), &Value,
              std::min<uint64_t>(Size, 8));
  define(Address, Size);
}

void Unknowns::determine(uint64_t Address, uint64_t Size, const Domain &D) {
  uint64_t At = Address - Base;
  if (Size > 8 || At + Size > Capacity) {
    define(Address, Size);
    return;
  }
  if (std::all_of(Known + At, Known + At + Size, [](char C) { return C; }))
    return;
  // A part was written: the rest is as it is, zero.
  if (!isUnknown(Address, Size)) {
    define(Address, Size);
    return;
  }
  if (Size == 8 && (D.K == Domain::ListFlink || D.K == Domain::ListBlink)) {
    uint64_t Head = D.K == Domain::ListFlink ? Address : Address - 8;
    uint64_t Other = D.K == Domain::ListFlink ? Head + 8 : Head;
    if (isUnknown(Other, 8)) {
      // An empty list, or one with one or two entries.
      uint64_t Last = Head;
      for (unsigned N = Choices->choose(3); N; --N) {
        uint64_t Entry = newObject();
        if (!Entry)
          break;
        put(Last, 8, Entry);
        put(Entry + 8, 8, Last);
        Last = Entry;
      }
      put(Last, 8, Head);
      put(Head + 8, 8, Last);
      return;
    }
  }
  put(Address, Size, value(D));
}
