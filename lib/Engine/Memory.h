//===- Memory.h - Where objects live, and whether they are alive -*- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// What a path shows of the memory behind a pointer: a local variable, a
/// global one, memory it allocated itself; and whether anything was stored
/// there yet.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_ENGINE_MEMORY_H
#define IRQLINT_ENGINE_MEMORY_H

#include "clang/StaticAnalyzer/Core/PathSensitive/CallEvent.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/ProgramState.h"

namespace irqlint {

bool isOnStack(clang::ento::SVal Pointer);
bool isGlobal(clang::ento::SVal Pointer);

enum class MemoryKind : unsigned char { Unknown, NonPaged, Paged };

/// What the path allocated \p Pointer as.
MemoryKind memoryKindOf(clang::ento::SVal Pointer,
                        clang::ento::ProgramStateRef S);

/// \p Pointer, the result of a call, points to new memory. Unless \p Filled,
/// nothing was stored there.
clang::ento::ProgramStateRef noteAllocation(clang::ento::ProgramStateRef S,
                                            clang::ento::SVal Pointer,
                                            MemoryKind Kind, bool Filled,
                                            const clang::ento::CallEvent &Call,
                                            unsigned Count);

/// The path saw the memory of the object begin, and nothing was stored into it
/// since: neither by the program nor by a routine that it was handed to.
bool isUnborn(clang::ento::SVal Object, clang::ento::ProgramStateRef S);

/// A routine has filled the object.
clang::ento::ProgramStateRef giveBirth(clang::ento::ProgramStateRef S,
                                       clang::ento::SVal Object,
                                       const clang::ento::CallEvent &Call,
                                       unsigned Count);
/// What begins the object is \p Value of its type.
clang::ento::ProgramStateRef
giveBirth(clang::ento::ProgramStateRef S, clang::ento::SVal Object,
          const clang::LocationContext *At,
          llvm::function_ref<clang::ento::SVal(clang::QualType)> Value);

} // namespace irqlint

#endif // IRQLINT_ENGINE_MEMORY_H
