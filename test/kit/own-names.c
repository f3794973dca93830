// What drivers may call their own: integers of the C library, small functions,
// error numbers, routines that no header of the kit declares.
// RUN: %clang_kit -Werror -fsyntax-only %s
// RUN: %clang_kit -DWITH_ERRNO -Werror -fsyntax-only %s
#include <ntifs.h>
typedef CHAR int8_t;
typedef LONG int32_t;
typedef ULONG uint32_t;
FORCEINLINE ULONG __min(ULONG A, ULONG B) { return A < B ? A : B; }

#ifdef WITH_ERRNO
#include <errno.h>
_Static_assert(EINVAL == 22 && ENOTEMPTY == 41, "");
#else
enum { ENOENT = -2, EINVAL = -22 };
#endif

typedef enum { OriginalApcEnvironment } ENVIRONMENT;
NTKERNELAPI VOID KeInitializeApc(PKAPC Apc, PETHREAD Thread, ENVIRONMENT E,
                                 PVOID Kernel, PVOID Rundown, PVOID Normal,
                                 KPROCESSOR_MODE Mode, PVOID Context);
typedef enum { SystemBasicInformation } WHAT;
NTSYSAPI NTSTATUS NTAPI ZwQuerySystemInformation(WHAT Class, PVOID Buffer,
                                                 ULONG Length, ULONG *Needed);

#if 16 > MEMORY_ALLOCATION_ALIGNMENT
#error a number on 64-bit machines
#endif
const wchar_t *Name(void) { return __FUNCTIONW__; }
void Old(_Out_z_cap_c_(5) char *Text, _In_count_x_(n) int *Numbers);
void Locks(int *Lock) {
  _Analysis_suppress_lock_checking_(*Lock)
  NT_ASSERT(Lock != 0);
}
__drv_dispatchType_other DRIVER_DISPATCH Default;
SID_IDENTIFIER_AUTHORITY Authority = SECURITY_NT_AUTHORITY;
int32_t Least(int8_t A) { return (int32_t)__min((ULONG)A, 3); }
