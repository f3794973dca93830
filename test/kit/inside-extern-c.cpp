// What drivers in C++ do with the headers: everything inside of extern "C", an aligned
// operator of their own, macros that few use.
// RUN: %clang_kit -std=c++20 -fsyntax-only -Wall -Werror %s
// RUN: %clang_kit -std=c++17 -fsyntax-only -Wall -Werror %s
extern "C" {
#include <fltkernel.h>
#include <wdf.h>
#include <TraceLoggingProvider.h>
}
#ifdef __cpp_aligned_new
void operator delete(PVOID Memory, size_t Size, std::align_val_t Align) noexcept;
#endif

bool same(const GUID &A, const GUID &B) { return A == B; }
int copy(char (&To)[4]) { return strcpy_s(To, "abc"); }

static_assert(ROUND_TO_SIZE(5, 4) == 8, "up");
static_assert(ROUND_TO_SIZE(8, 4) == 8, "already");
static_assert(LODWORD(0x100000002ull) == 2 && HIDWORD(0x100000002ull) == 1, "halves");

void verified(bool Good) {
  WDFVERIFY(Good);
}
