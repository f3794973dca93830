// The ways to silence a finding mean the same to every front end. Each function
// has the same fault; the last ones show that it would be found, and that a
// mark for another check does not hide it.
// RUN: %same_findings %s
#include <ntddk.h>

typedef struct _EXT {
  KSPIN_LOCK Lock;
  HANDLE First, Second;
} EXT, *PEXT;

VOID nolint_with_name(PEXT Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  ZwClose(Ext->First); // NOLINT(irqlint-irql-too-high)
  ZwClose(Ext->Second); // NOLINT
  KeReleaseSpinLock(&Ext->Lock, Old);
}

VOID nolint_next_line(PEXT Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  // NOLINTNEXTLINE(irqlint-*)
  ZwClose(Ext->First);
  // NOLINTBEGIN(irqlint-*)
  ZwClose(Ext->Second);
  // NOLINTEND(irqlint-*)
  KeReleaseSpinLock(&Ext->Lock, Old);
}

VOID pragma_suppress(PEXT Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
#pragma warning(suppress : 28121)
  ZwClose(Ext->First);
#pragma warning(suppress : 28118 28121)
  ZwClose(Ext->Second);
  KeReleaseSpinLock(&Ext->Lock, Old);
}

VOID attribute_on_statement(PEXT Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  [[clang::suppress]] ZwClose(Ext->First);
  [[clang::suppress]] {
    ZwClose(Ext->Second);
  }
  KeReleaseSpinLock(&Ext->Lock, Old);
}

[[clang::suppress]] VOID attribute_on_function(PEXT Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  ZwClose(Ext->First);
  ZwClose(Ext->Second);
  KeReleaseSpinLock(&Ext->Lock, Old);
}

static VOID helper(PEXT Ext) {
  [[clang::suppress]] ZwClose(Ext->First);
  [[clang::suppress]] ZwClose(Ext->Second);
}

VOID attribute_in_helper(PEXT Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  helper(Ext);
  KeReleaseSpinLock(&Ext->Lock, Old);
}

VOID marks_for_others(PEXT Ext) {
  KIRQL Old;
  KeAcquireSpinLock(&Ext->Lock, &Old);
  // NOLINTNEXTLINE(irqlint-lock-leaked)
  ZwClose(Ext->First); // expect: irql-too-high
#pragma warning(suppress : 4100)
  ZwClose(Ext->Second); // expect: irql-too-high
  KeReleaseSpinLock(&Ext->Lock, Old);
}
