// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The forms of new that do not allocate or do not throw.
#pragma once
#ifdef __cplusplus
#include <irqlint_kit/core.h>
namespace std {
struct nothrow_t {};
extern const nothrow_t nothrow;
} // namespace std
inline void *__cdecl operator new(size_t, void *Where) noexcept { return Where; }
inline void *__cdecl operator new[](size_t, void *Where) noexcept { return Where; }
inline void __cdecl operator delete(void *, void *) noexcept {}
inline void __cdecl operator delete[](void *, void *) noexcept {}
void *__cdecl operator new(size_t Size, const std::nothrow_t &) noexcept;
void *__cdecl operator new[](size_t Size, const std::nothrow_t &) noexcept;
#endif
