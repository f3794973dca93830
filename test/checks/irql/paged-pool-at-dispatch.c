// paged-pool-at-dispatch: pageable memory is allocated, freed or touched where it
// cannot be brought in.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _NAME {
  ULONG Length;
  WCHAR Text[32];
} NAME, *PNAME;
typedef struct _EXT {
  KSPIN_LOCK Lock;
  PNAME Name;
  ULONG Count;
  POOL_TYPE Type;
} EXT, *PEXT;

void allocated_bad(PEXT Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Name = ExAllocatePoolWithTag(PagedPool, sizeof(NAME), 'emaN'); // expected-warning {{'ExAllocatePoolWithTag' allocates pageable memory at DISPATCH_LEVEL; spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void allocated_good(PEXT Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Name = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(NAME), 'emaN');
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
static PNAME NewName(void) {
  return ExAllocatePoolWithTag(PagedPool, sizeof(NAME), 'emaN'); // expected-warning {{'ExAllocatePoolWithTag' allocates pageable memory at DISPATCH_LEVEL}}
}
void in_helper_bad(PEXT Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Name = NewName();
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void in_helper_good(PEXT Ext) {
  KIRQL Irql;
  PNAME Name = NewName();
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Name = Name;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
KDEFERRED_ROUTINE dpc_bad;
void dpc_bad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B) {
  PEXT Ext = Context;
  (void)Dpc, (void)A, (void)B;
  Ext->Name = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(NAME), 'emaN'); // expected-warning {{'ExAllocatePool2' allocates pageable memory at DISPATCH_LEVEL}}
}
void written_bad(PEXT Ext) {
  KIRQL Irql;
  PNAME Name = ExAllocatePoolWithTag(PagedPool, sizeof(NAME), 'emaN');
  if (!Name)
    return;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Name->Length = Ext->Count; // expected-warning {{'Name->Length' lies in pageable memory and is written at DISPATCH_LEVEL; spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  Ext->Name = Name;
}
void read_bad(PEXT Ext) {
  KIRQL Irql;
  PNAME Name = ExAllocatePoolWithTag(PagedPool, sizeof(NAME), 'emaN');
  if (!Name)
    return;
  Name->Length = 4;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Count += Name->Length; // expected-warning {{'Name->Length' lies in pageable memory and is read at DISPATCH_LEVEL}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  Ext->Name = Name;
}
void touched_good(PEXT Ext) {
  KIRQL Irql;
  ULONG Length;
  PNAME Name = ExAllocatePoolWithTag(PagedPool, sizeof(NAME), 'emaN');
  if (!Name)
    return;
  Name->Length = 4;
  Length = Name->Length;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Count += Length;
  Ext->Name = Name;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void freed_bad(PEXT Ext) {
  KIRQL Irql;
  PNAME Name = ExAllocatePoolWithTag(PagedPool, sizeof(NAME), 'emaN');
  if (!Name)
    return;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  ExFreePoolWithTag(Name, 'emaN'); // expected-warning {{'ExFreePoolWithTag' frees pageable memory at DISPATCH_LEVEL; spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void freed_good(PEXT Ext) {
  KIRQL Irql;
  PNAME Name = ExAllocatePoolWithTag(PagedPool, sizeof(NAME), 'emaN');
  if (!Name)
    return;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
  ExFreePoolWithTag(Name, 'emaN');
}
// What it is depends on the caller.
void unknown_good(PEXT Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Name = ExAllocatePoolWithTag(Ext->Type, sizeof(NAME), 'emaN');
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
