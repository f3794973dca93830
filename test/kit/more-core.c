// Reads, writes and operations that say their order; images, cryptography, contexts.
// RUN: %clang_kit -Werror -fsyntax-only %s
// RUN: %clang_kit --target=i686-pc-windows-msvc -Werror -fsyntax-only %s
// RUN: %clang_kit -x c++ -std=c++17 -Werror -fsyntax-only %s
#include <ntddk.h>
#include <aux_klib.h>
#include <bcrypt.h>
#include <ntimage.h>
#include <ntintsafe.h>
#ifndef __cplusplus
#define static_assert _Static_assert
#endif
#define VALUE(X, N) static_assert((X) == (N), #X)
VALUE(sizeof(IMAGE_DOS_HEADER), 64);
VALUE(sizeof(IMAGE_NT_HEADERS32), 248);
VALUE(sizeof(IMAGE_NT_HEADERS64), 264);
VALUE(sizeof(IMAGE_SECTION_HEADER), 40);
VALUE(sizeof(IMAGE_EXPORT_DIRECTORY), 40);
VALUE(FAST_FAIL_INVALID_ARG, 5);
VALUE(UINT16_MAX, 65535);
VALUE(SIZE_T_MAX, ~(SIZE_T)0);
VALUE(SIZE_MAX, ~(size_t)0);
VALUE(sizeof(__int3264), sizeof(void *));
VALUE((unsigned __int3264)-1, ~(ULONG_PTR)0);
#if SIZE_MAX < 0xFFFFFFFF
#error the preprocessor knows it, too
#endif
#ifdef _M_AMD64
VALUE(sizeof(CONTEXT), 1232);
VALUE(__builtin_offsetof(CONTEXT, Rip), 248);
#endif

LONG Count(LONG volatile *L, LONG64 volatile *Q, SHORT volatile *S,
           SIZE_T volatile *Z) {
  WriteNoFence16(S, 1);
  WriteRaw64(Q, 2);
  return InterlockedAddAcquire(L, 1) + (LONG)InterlockedDecrementRelease64(Q) +
         ReadNoFence16(S) + (LONG)ReadSizeTAcquire(Z);
}
ULONG First(ULONG Mask) {
  ULONG Bit;
  if (!BitScanForward(&Bit, Mask))
    RtlFailFast(FAST_FAIL_INVALID_ARG);
  return Bit;
}
PIMAGE_SECTION_HEADER Section(PIMAGE_NT_HEADERS H) {
  return IMAGE_FIRST_SECTION(H);
}
NTSTATUS Hash(BCRYPT_ALG_HANDLE A, BCRYPT_HASH_HANDLE *H) {
  AUX_MODULE_EXTENDED_INFO Info;
  ULONG Size = sizeof Info;
  (void)AuxKlibQueryModuleInformation(&Size, sizeof Info, &Info);
  return BCryptCreateHash(A, H, 0, 0, 0, 0, BCRYPT_HASH_REUSABLE_FLAG);
}
#ifndef __cplusplus
PVOID Key(PREG_OPEN_KEY_INFORMATION_V1 I) { return I->RootObject; }
#endif
