// paged-code-at-dispatch: pageable code runs at DISPATCH_LEVEL or above.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  FAST_MUTEX Mutex;
  KLOCK_QUEUE_HANDLE Handle;
  ULONG Count;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

//===--- a pageable function raises the level itself ---------------------------===//

void alloc_text_bad(PDEVICE_EXTENSION Ext);
void alloc_text_good(PDEVICE_EXTENSION Ext);
void in_init_section_good(PDEVICE_EXTENSION Ext);
#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, alloc_text_bad)
#pragma alloc_text(PAGE, alloc_text_good)
#pragma alloc_text(INIT, in_init_section_good)
#endif

void alloc_text_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  PAGED_CODE();
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{pageable function 'alloc_text_bad' raises IRQL to DISPATCH_LEVEL with 'KeAcquireSpinLock' and goes on running there}}
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void alloc_text_good(PDEVICE_EXTENSION Ext) {
  PAGED_CODE();
  ExAcquireFastMutex(&Ext->Mutex);
  ++Ext->Count;
  ExReleaseFastMutex(&Ext->Mutex);
}
// Initialization code is thrown away, not paged.
void in_init_section_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

__declspec(code_seg("PAGE"))
void code_seg_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = KeRaiseIrqlToDpcLevel(); // expected-warning {{pageable function 'code_seg_bad' raises IRQL to DISPATCH_LEVEL with 'KeRaiseIrqlToDpcLevel' and goes on running there}}
  ++Ext->Count;
  KeLowerIrql(Irql);
}
__declspec(code_seg("NONPAGE"))
void other_segment_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

#pragma code_seg("PAGE")
void pragma_bad(PDEVICE_EXTENSION Ext) {
  KLOCK_QUEUE_HANDLE Handle;
  KeAcquireInStackQueuedSpinLock(&Ext->Lock, &Handle); // expected-warning {{pageable function 'pragma_bad' raises IRQL to DISPATCH_LEVEL with 'KeAcquireInStackQueuedSpinLock' and goes on running there}}
  KeReleaseInStackQueuedSpinLock(&Handle);
}
#pragma code_seg()
void after_pragma_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

#pragma code_seg(push, "PAGE")
void pushed_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{pageable function 'pushed_bad' raises IRQL to DISPATCH_LEVEL with 'KeAcquireSpinLock' and goes on running there}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
#pragma code_seg(pop)
void popped_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// A helper that is not pageable may hold the lock; the pageable caller does not
// run while it is held.
static void count(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
__declspec(code_seg("PAGE"))
void helper_good(PDEVICE_EXTENSION Ext) {
  PAGED_CODE();
  count(Ext);
}
// But one that returns with the lock held brings its caller there.
static KIRQL take(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  return Irql;
}
__declspec(code_seg("PAGE"))
void helper_keeps_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql = take(Ext); // expected-warning {{pageable function 'helper_keeps_bad' goes on at DISPATCH_LEVEL after 'take' raised IRQL}}
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
// So does a header's inline helper: it is compiled into the caller.
static __forceinline void countInline(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-warning {{pageable function 'inlined_bad' raises IRQL to DISPATCH_LEVEL with 'KeAcquireSpinLock' and goes on running there}}
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
__declspec(code_seg("PAGE"))
void inlined_bad(PDEVICE_EXTENSION Ext) { countInline(Ext); }

//===--- a pageable function is called at raised level --------------------------===//

__declspec(code_seg("PAGE")) static void paged(PDEVICE_EXTENSION Ext) { ++Ext->Count; }
__declspec(code_seg("PAGE")) void pagedElsewhere(PDEVICE_EXTENSION Ext);

void calls_paged_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  paged(Ext); // expected-warning {{pageable function 'paged' is called at DISPATCH_LEVEL}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void calls_paged_elsewhere_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  pagedElsewhere(Ext); // expected-warning {{pageable function 'pagedElsewhere' is called at DISPATCH_LEVEL}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void calls_paged_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  paged(Ext);
  ExAcquireFastMutex(&Ext->Mutex);
  paged(Ext); // APC_LEVEL still pages
  ExReleaseFastMutex(&Ext->Mutex);
}

//===--- PAGED_CODE states the level ---------------------------------------------===//

static void states(PDEVICE_EXTENSION Ext) {
  PAGED_CODE(); // expected-warning {{'states' states that it runs at or below APC_LEVEL but runs at DISPATCH_LEVEL}}
  ++Ext->Count;
}
void calls_states_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  states(Ext);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
KDEFERRED_ROUTINE dpc_states_bad;
void dpc_states_bad(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  (void)Object, (void)Context, (void)A, (void)B;
  PAGED_CODE(); // expected-warning {{'dpc_states_bad' states that it runs at or below APC_LEVEL but runs at DISPATCH_LEVEL}}
}
DRIVER_DISPATCH dispatch_states_good; // the author knows who calls
NTSTATUS dispatch_states_good(PDEVICE_OBJECT Device, PIRP Irp) {
  (void)Device, (void)Irp;
  PAGED_CODE();
  return STATUS_SUCCESS;
}

// PAGED_CODE without a section: the function may run on after raising, its code
// is resident.
void resident_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  PAGED_CODE();
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// Code in a section with a name of its own can be locked in memory while it is
// needed at that level: only a possible finding.
__declspec(code_seg("PAGELK"))
void locked_while_open(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ++Ext->Count;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void calls_locked_while_open(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  locked_while_open(Ext);
  KeLowerIrql(Irql);
}

// The VPB lock raises as any spin lock.
__declspec(code_seg("PAGE"))
void vpb_bad(PDEVICE_OBJECT Device) {
  KIRQL Irql;
  IoAcquireVpbSpinLock(&Irql); // expected-warning {{pageable function 'vpb_bad' raises IRQL to DISPATCH_LEVEL with 'IoAcquireVpbSpinLock' and goes on running there}}
  ++Device->ReferenceCount;
  IoReleaseVpbSpinLock(Irql);
}
