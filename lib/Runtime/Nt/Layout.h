//===- Layout.h - Structures and numbers of the kit -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// What the machine, which is compiled without the kit's headers, has to know
/// of them. Each list ends with a null name.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_NT_LAYOUT_H
#define IRQLINT_RUNTIME_NT_LAYOUT_H

extern "C" {

/// A member of a structure that a routine takes as configuration; the one
/// without a name is the structure itself.
struct RtMember {
  const char *Routine; ///< empty: of any
  const char *Struct, *Name;
  unsigned Offset, Size;
};
extern const struct RtMember irqlint_rt_members[];

/// An NTSTATUS, or another constant of the headers.
struct RtNumber {
  const char *Name;
  int Value;
};
extern const struct RtNumber irqlint_rt_numbers[];
}

#endif // IRQLINT_RUNTIME_NT_LAYOUT_H
