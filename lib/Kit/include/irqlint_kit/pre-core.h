// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every other declaration of the kit builds on: target macros, linkage
// and attribute macros, SEH keywords, the markers that the analyzer looks for.
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <limits.h>

// A kernel build passes these on the command line; a bare folder scan does not.
#if defined(_M_AMD64) && !defined(_AMD64_)
#define _AMD64_
#endif
#if defined(_M_IX86) && !defined(_X86_)
#define _X86_ 1
#endif
#if defined(_M_ARM64) && !defined(_ARM64_)
#define _ARM64_
#endif
#ifndef NTDDI_VERSION
#define NTDDI_VERSION 0x0A000010
#endif
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif
#ifndef WINVER
#define WINVER _WIN32_WINNT
#endif
#ifndef DBG
#define DBG 0
#endif

#ifdef __cplusplus
#define EXTERN_C extern "C"
#define EXTERN_C_START extern "C" {
#define EXTERN_C_END }
#else
#define EXTERN_C extern
#define EXTERN_C_START
#define EXTERN_C_END
#endif

#define NTAPI __stdcall
#define NTAPI_INLINE NTAPI
#define FASTCALL __fastcall
#define CALLBACK __stdcall
#define WINAPI __stdcall
#define APIENTRY __stdcall
#define CDECL __cdecl
#define STDAPICALLTYPE __stdcall
#define STDMETHODCALLTYPE __stdcall
#define STDMETHODVCALLTYPE __cdecl
#define DDKAPI __stdcall
#define NTKERNELAPI
#define NTHALAPI
#define NTSYSAPI
#define NTSYSCALLAPI
#define NTKRNLVISTAAPI
#define WINBASEAPI
#define WMILIBAPI
#define DECLSPEC_IMPORT
#define DECLSPEC_EXPORT
#define DECLSPEC_NORETURN __declspec(noreturn)
#define DECLSPEC_NOTHROW __declspec(nothrow)
#define DECLSPEC_NOVTABLE __declspec(novtable)
#define DECLSPEC_NOINLINE __declspec(noinline)
#define DECLSPEC_SELECTANY __declspec(selectany)
#define DECLSPEC_UUID(x) __declspec(uuid(x))
#define DECLSPEC_ALIGN(x) __declspec(align(x))
#define DECLSPEC_CACHEALIGN __declspec(align(64))
#define DECLSPEC_ADDRSAFE
#define DECLSPEC_DEPRECATED
#define DECLSPEC_DEPRECATED_DDK
#define DECLSPEC_RESTRICT
#define DECLSPEC_GUARDNOCF
#define DECLSPEC_SAFEBUFFERS
#define DECLSPEC_NOSANITIZEADDRESS
#define DEPRECATE_DDK_FUNCTIONS_ATTR
#define NOP_FUNCTION __noop
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#define FORCEINLINE static __forceinline
#define CFORCEINLINE FORCEINLINE
#define INLINE static __inline
#define RESTRICTED_POINTER
#define UNALIGNED __unaligned
#define UNALIGNED64 __unaligned
#define FAR
#define NEAR
#define far
#define near
#define PASCAL __stdcall
#define CONST const
#define VOLATILE volatile
#define DUMMYUNIONNAME
#define DUMMYUNIONNAME1
#define DUMMYUNIONNAME2
#define DUMMYUNIONNAME3
#define DUMMYUNIONNAME4
#define DUMMYUNIONNAME5
#define DUMMYUNIONNAME6
#define DUMMYUNIONNAME7
#define DUMMYUNIONNAME8
#define DUMMYUNIONNAME9
#define DUMMYSTRUCTNAME
#define DUMMYSTRUCTNAME1
#define DUMMYSTRUCTNAME2
#define DUMMYSTRUCTNAME3
#define DUMMYSTRUCTNAME4
#define DUMMYSTRUCTNAME5
#define _ANONYMOUS_UNION
#define _ANONYMOUS_STRUCT
#define STDMETHODIMP HRESULT __stdcall
#define STDMETHODIMP_(type) type __stdcall
#define STDAPI EXTERN_C HRESULT __stdcall
#define STDAPI_(type) EXTERN_C type __stdcall
#define STDMETHOD(method) virtual HRESULT __stdcall method
#define STDMETHOD_(type, method) virtual type __stdcall method
#define PURE = 0
#define interface struct
#define THIS_
#define THIS void
#define DECLARE_INTERFACE(i) struct __declspec(novtable) i
#define DECLARE_INTERFACE_(i, base) struct __declspec(novtable) i : public base
#define MIDL_INTERFACE(x) struct __declspec(uuid(x)) __declspec(novtable)
#define POINTER_64 __ptr64
#define POINTER_32 __ptr32
#define POINTER_SIGNED __sptr
#define POINTER_UNSIGNED __uptr
#ifdef _WIN64
#define POINTER_ALIGNMENT __declspec(align(8))
#define IRQLINT_ONLY64(...) __VA_ARGS__ // a member that 32-bit targets lack
#else
#define POINTER_ALIGNMENT
#define IRQLINT_ONLY64(...)
#endif
#ifdef _WIN64 // a number: conditions of the preprocessor ask for it
#define MEMORY_ALLOCATION_ALIGNMENT 16
#else
#define MEMORY_ALLOCATION_ALIGNMENT 8
#endif
// An integer as wide as a pointer, as the compiler of interfaces calls it.
#ifdef _WIN64
#define __int3264 __int64
#else
#define __int3264 __int32
#endif
#ifndef SIZE_MAX
#define SIZE_MAX __SIZE_MAX__
#endif
#define ALLOC_PRAGMA 1
#define ALLOC_DATA_PRAGMA 1

// In C the exception header gives the keywords short names.
#ifndef __cplusplus
#define try __try
#define except __except
#define finally __finally
#define leave __leave
#endif
#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)
#define GetExceptionCode _exception_code
#define exception_code _exception_code
#define GetExceptionInformation() ((PEXCEPTION_POINTERS)_exception_info())
#define exception_info() ((PEXCEPTION_POINTERS)_exception_info())
#define AbnormalTermination _abnormal_termination
#define abnormal_termination _abnormal_termination

#ifdef __cplusplus
extern "C" {
#endif
// Markers for the analyzer. A failed assertion does not return, so that the
// asserted condition holds on every path that goes on.
void irqlint_paged_code(void);
__declspec(noreturn) void irqlint_assert_failed(void);
#ifdef __cplusplus
}
#endif
#define PAGED_CODE() irqlint_paged_code()
// Says that the code is pageable but locked into memory: no bound on the level.
#define PAGED_CODE_LOCKED() ((void)0)
#define IRQLINT_ASSERT(e) ((e) ? (void)0 : irqlint_assert_failed())
#define ASSERT(e) IRQLINT_ASSERT(e)
#define ASSERTMSG(m, e) IRQLINT_ASSERT(e)
#define RTL_SOFT_ASSERT(e) ((void)0)
#define RTL_SOFT_ASSERTMSG(m, e) ((void)0)
#define RTL_ASSERT(e) IRQLINT_ASSERT(e)
#define NT_ASSERT(e) IRQLINT_ASSERT(e)
#define NT_ASSERTMSG(m, e) IRQLINT_ASSERT(e)
#define NT_ASSERTMSGW(m, e) IRQLINT_ASSERT(e)
#define NT_ASSERT_ASSUME(e) IRQLINT_ASSERT(e)
#define NT_ASSERT_ACTION(e) IRQLINT_ASSERT(e)
#define NT_FRE_ASSERT(e) IRQLINT_ASSERT(e)
#define NT_FRE_ASSERTMSG(m, e) IRQLINT_ASSERT(e)
#define NT_ANALYSIS_ASSUME(e) ((e) ? (void)0 : irqlint_assert_failed())
// These two are also used for their value.
#define RTL_VERIFY(e) ((e) ? TRUE : (irqlint_assert_failed(), FALSE))
#define RTL_VERIFYMSG(m, e) RTL_VERIFY(e)
#define NT_VERIFY(e) RTL_VERIFY(e)
#define NT_VERIFYMSG(m, e) RTL_VERIFY(e)
#define NT_FRE_VERIFY(e) RTL_VERIFY(e)
#define VERIFY_IS_IRQL_PASSIVE_LEVEL() irqlint_paged_code()
#define C_ASSERT(e) typedef char __C_ASSERT__[(e) ? 1 : -1]
#define UNREFERENCED_PARAMETER(P) ((void)(P))
#define DBG_UNREFERENCED_PARAMETER(P) ((void)(P))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(V) ((void)(V))
#define DEFAULT_UNREACHABLE default: __assume(0)
#define NT_ASSUME(e) __assume(e)
#define ASSUME_NO_OPTIMIZE
#define OBJECT_ALIGN(x) x

#ifdef __cplusplus
#define DEFINE_ENUM_FLAG_OPERATORS(T)                                          \
  extern "C++" {                                                               \
  inline constexpr T operator|(T a, T b) { return T((int)a | (int)b); }        \
  inline constexpr T operator&(T a, T b) { return T((int)a & (int)b); }        \
  inline constexpr T operator^(T a, T b) { return T((int)a ^ (int)b); }        \
  inline constexpr T operator~(T a) { return T(~(int)a); }                     \
  inline T &operator|=(T &a, T b) { return a = a | b; }                        \
  inline T &operator&=(T &a, T b) { return a = a & b; }                        \
  inline T &operator^=(T &a, T b) { return a = a ^ b; }                        \
  }
#define REFGUID const GUID &
#define REFIID const IID &
#define REFCLSID const IID &
#define DEFINE_GUID_EXTERN extern "C"
#else
#define DEFINE_ENUM_FLAG_OPERATORS(T)
#define REFGUID const GUID *
#define REFIID const IID *
#define REFCLSID const IID *
#define DEFINE_GUID_EXTERN extern
#endif
// Never a definition: headers with GUIDs are included twice, and no value is
// looked at.
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)           \
  DEFINE_GUID_EXTERN const GUID name
#define DEFINE_GUIDEX(name) DEFINE_GUID_EXTERN const GUID name
#define STATICGUIDOF(g) STATIC_##g
#define __DEFINE_GUID_SELECTANY
#define DECLARE_HANDLE(name) typedef struct name##__ *name
#define DECLARE_CONST_UNICODE_STRING(var, string)                              \
  const WCHAR var##_buffer[] = string;                                         \
  const UNICODE_STRING var = {sizeof(string) - sizeof(WCHAR), sizeof(string),  \
                              (PWCH)var##_buffer}
#define DECLARE_GLOBAL_CONST_UNICODE_STRING(var, string)                       \
  extern const __declspec(selectany) UNICODE_STRING var = {                    \
      sizeof(string) - sizeof(WCHAR), sizeof(string), (PWCH)string}
#define DECLARE_UNICODE_STRING_SIZE(var, size)                                 \
  WCHAR var##_buffer[size];                                                    \
  UNICODE_STRING var = {0, (size) * sizeof(WCHAR), var##_buffer}
#define RTL_CONSTANT_STRING(s)                                                 \
  { sizeof(s) - sizeof((s)[0]), sizeof(s), s }
#define _RTL_CONSTANT_STRING_type_check(s) s
