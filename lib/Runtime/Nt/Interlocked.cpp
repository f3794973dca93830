//===- Interlocked.cpp - Operations that nobody can come in between of ----===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// The machine is one thread of the host: what it must be told is that here
/// others may go first, and that these accesses order threads.
//===----------------------------------------------------------------------===//

#include "Runtime/Nt/Nt.h"

static void arrive(volatile const void *Address, RtWord Size) {
  irqlint_rt_atomic(reinterpret_cast<RtWord>(Address), Size, 3, 0);
}

extern "C" {

#define INTERLOCKED(Suffix, T)                                                 \
  T InterlockedIncrement##Suffix(T volatile *A) {                              \
    arrive(A, sizeof(T));                                                      \
    return *A = *A + 1;                                                        \
  }                                                                            \
  T InterlockedDecrement##Suffix(T volatile *A) {                              \
    arrive(A, sizeof(T));                                                      \
    return *A = *A - 1;                                                        \
  }                                                                            \
  T InterlockedAdd##Suffix(T volatile *A, T V) {                               \
    arrive(A, sizeof(T));                                                      \
    return *A = *A + V;                                                        \
  }                                                                            \
  T InterlockedExchange##Suffix(T volatile *A, T V) {                          \
    arrive(A, sizeof(T));                                                      \
    T Old = *A;                                                                \
    *A = V;                                                                    \
    return Old;                                                                \
  }                                                                            \
  T InterlockedExchangeAdd##Suffix(T volatile *A, T V) {                       \
    arrive(A, sizeof(T));                                                      \
    T Old = *A;                                                                \
    *A = Old + V;                                                              \
    return Old;                                                                \
  }                                                                            \
  T InterlockedAnd##Suffix(T volatile *A, T V) {                               \
    arrive(A, sizeof(T));                                                      \
    T Old = *A;                                                                \
    *A = Old & V;                                                              \
    return Old;                                                                \
  }                                                                            \
  T InterlockedOr##Suffix(T volatile *A, T V) {                                \
    arrive(A, sizeof(T));                                                      \
    T Old = *A;                                                                \
    *A = Old | V;                                                              \
    return Old;                                                                \
  }                                                                            \
  T InterlockedXor##Suffix(T volatile *A, T V) {                               \
    arrive(A, sizeof(T));                                                      \
    T Old = *A;                                                                \
    *A = Old ^ V;                                                              \
    return Old;                                                                \
  }                                                                            \
  T InterlockedCompareExchange##Suffix(T volatile *A, T V, T Expected) {       \
    arrive(A, sizeof(T));                                                      \
    T Old = *A;                                                                \
    if (Old == Expected)                                                       \
      *A = V;                                                                  \
    return Old;                                                                \
  }
#include "Runtime/Nt/InterlockedTypes.def"
#undef INTERLOCKED

PVOID InterlockedExchangePointer(PVOID volatile *A, PVOID V) {
  arrive(A, sizeof(PVOID));
  PVOID Old = *A;
  *A = V;
  return Old;
}

PVOID InterlockedCompareExchangePointer(PVOID volatile *A, PVOID V,
                                        PVOID Expected) {
  arrive(A, sizeof(PVOID));
  PVOID Old = *A;
  if (Old == Expected)
    *A = V;
  return Old;
}

// Under the caller's spin lock, which they take and give up themselves.

PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY Head, PLIST_ENTRY Entry,
                                        PKSPIN_LOCK Lock) {
  Call C("ExInterlockedInsertHeadList", Head, Entry, Lock);
  irqlint_rt_await_free(Lock);
  arrive(Lock, sizeof(*Lock));
  PLIST_ENTRY First = IsListEmpty(Head) ? nullptr : Head->Flink;
  InsertHeadList(Head, Entry);
  return C.end(First);
}

PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY Head, PLIST_ENTRY Entry,
                                        PKSPIN_LOCK Lock) {
  Call C("ExInterlockedInsertTailList", Head, Entry, Lock);
  irqlint_rt_await_free(Lock);
  arrive(Lock, sizeof(*Lock));
  PLIST_ENTRY Last = IsListEmpty(Head) ? nullptr : Head->Blink;
  InsertTailList(Head, Entry);
  return C.end(Last);
}

PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY Head, PKSPIN_LOCK Lock) {
  Call C("ExInterlockedRemoveHeadList", Head, Lock);
  irqlint_rt_await_free(Lock);
  arrive(Lock, sizeof(*Lock));
  return C.end(IsListEmpty(Head) ? nullptr : RemoveHeadList(Head));
}

} // extern "C"
