//===- Pool.cpp - Memory --------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Nt/Nt.h"

/// Allocations fail now and then, which is where many error paths begin.
static PVOID allocate(SIZE_T Bytes, BOOLEAN Zeroed) {
  if (irqlint_rt_choose(2))
    return nullptr;
  return irqlint_rt_allocate(Bytes, Zeroed);
}

extern "C" {

PVOID ExAllocatePoolWithTag(POOL_TYPE Type, SIZE_T Bytes, ULONG Tag) {
  Call C("ExAllocatePoolWithTag", Type, Bytes, Tag);
  return C.end(allocate(Bytes, FALSE));
}

PVOID ExAllocatePool(POOL_TYPE Type, SIZE_T Bytes) {
  Call C("ExAllocatePool", Type, Bytes);
  return C.end(allocate(Bytes, FALSE));
}

PVOID ExAllocatePoolZero(POOL_TYPE Type, SIZE_T Bytes, ULONG Tag) {
  Call C("ExAllocatePoolZero", Type, Bytes, Tag);
  return C.end(allocate(Bytes, TRUE));
}

PVOID ExAllocatePoolUninitialized(POOL_TYPE Type, SIZE_T Bytes, ULONG Tag) {
  Call C("ExAllocatePoolUninitialized", Type, Bytes, Tag);
  return C.end(allocate(Bytes, FALSE));
}

PVOID ExAllocatePool2(POOL_FLAGS Flags, SIZE_T Bytes, ULONG Tag) {
  Call C("ExAllocatePool2", Flags, Bytes, Tag);
  return C.end(allocate(Bytes, !(Flags & POOL_FLAG_UNINITIALIZED)));
}

VOID ExFreePool(PVOID P) {
  Call C("ExFreePool", P);
  irqlint_rt_free(P);
  C.end();
}

VOID ExFreePoolWithTag(PVOID P, ULONG Tag) {
  Call C("ExFreePoolWithTag", P, Tag);
  irqlint_rt_free(P);
  C.end();
}

} // extern "C"
