// wait-at-dispatch: a thread waits at DISPATCH_LEVEL or above.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  KEVENT Event;
  KMUTEX Mutex;
  KSEMAPHORE Semaphore;
  FAST_MUTEX FastMutex;
  KGUARDED_MUTEX Guarded;
  ERESOURCE Resource;
  KDPC Dpc;
  BOOLEAN Busy;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

//===--- the routines that wait --------------------------------------------===//

void single_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void single_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
void multiple_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  PVOID Objects[2];
  Objects[0] = &Ext->Event;
  Objects[1] = &Ext->Semaphore;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL); // expected-warning {{'KeWaitForMultipleObjects' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void mutex_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeWaitForMutexObject(&Ext->Mutex, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForMutexObject' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
  KeReleaseMutex(&Ext->Mutex, FALSE);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void delay_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  LARGE_INTEGER Delay;
  Delay.QuadPart = -10000;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeDelayExecutionThread(KernelMode, FALSE, &Delay); // expected-warning {{'KeDelayExecutionThread' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void stall_good(PDEVICE_EXTENSION Ext) { // spins, does not wait
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeStallExecutionProcessor(10);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

//===--- the timeout decides -----------------------------------------------===//

void zero_timeout_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  LARGE_INTEGER Zero;
  Zero.QuadPart = 0;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, &Zero);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void zero_initialized_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  LARGE_INTEGER Zero = {0};
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, &Zero) == STATUS_SUCCESS)
    Ext->Busy = FALSE;
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void zero_by_rtl_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  LARGE_INTEGER Zero = RtlConvertLongToLargeInteger(0);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, &Zero);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
static LARGE_INTEGER NoTime;
void zero_global_good(PDEVICE_EXTENSION Ext) { // its value is not known here
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, &NoTime);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void some_timeout_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  LARGE_INTEGER Second;
  Second.QuadPart = -10 * 1000 * 1000;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, &Second); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void timeout_by_parameter_good(PDEVICE_EXTENSION Ext, LARGE_INTEGER *Timeout) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (Timeout && Timeout->QuadPart == 0)
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, Timeout);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
static NTSTATUS waitFor(PDEVICE_EXTENSION Ext, PLARGE_INTEGER Timeout) {
  return KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, Timeout); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
}
void timeout_through_helper_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  waitFor(Ext, NULL);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
static NTSTATUS lookAt(PDEVICE_EXTENSION Ext, PLARGE_INTEGER Timeout) {
  return KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, Timeout);
}
void timeout_through_helper_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  LARGE_INTEGER Zero;
  Zero.QuadPart = 0;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  lookAt(Ext, &Zero);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  lookAt(Ext, NULL);
}

//===--- blocking locks under spin locks -------------------------------------===//

void fast_mutex_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ExAcquireFastMutex(&Ext->FastMutex); // expected-warning {{'ExAcquireFastMutex' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
  ExReleaseFastMutex(&Ext->FastMutex);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void fast_mutex_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  ExAcquireFastMutex(&Ext->FastMutex);
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  ExReleaseFastMutex(&Ext->FastMutex);
}
void guarded_mutex_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  KeAcquireGuardedMutex(&Ext->Guarded); // expected-warning {{'KeAcquireGuardedMutex' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
  KeReleaseGuardedMutex(&Ext->Guarded);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}
void resource_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeEnterCriticalRegion();
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE); // expected-warning {{'ExAcquireResourceExclusiveLite' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
  ExReleaseResourceLite(&Ext->Resource);
  KeReleaseSpinLock(&Ext->Lock, Irql);
  KeLeaveCriticalRegion();
}
void under_fast_mutex_good(PDEVICE_EXTENSION Ext) { // APC_LEVEL allows waits
  ExAcquireFastMutex(&Ext->FastMutex);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
  ExReleaseFastMutex(&Ext->FastMutex);
}

//===--- where the level comes from ------------------------------------------===//

KDEFERRED_ROUTINE dpc_bad;
void dpc_bad(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Object, (void)A, (void)B;
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
static void registeredDpc(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Object, (void)A, (void)B;
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}
void start(PDEVICE_EXTENSION Ext) { KeInitializeDpc(&Ext->Dpc, registeredDpc, Ext); }

IO_TIMER_ROUTINE io_timer_bad;
void io_timer_bad(PDEVICE_OBJECT Device, PVOID Context) {
  LARGE_INTEGER Delay;
  (void)Device, (void)Context;
  Delay.QuadPart = -1;
  KeDelayExecutionThread(KernelMode, FALSE, &Delay); // expected-warning {{'KeDelayExecutionThread' waits at DISPATCH_LEVEL}}
}
DRIVER_DISPATCH dispatch_good; // possible only: most dispatch routines run below
NTSTATUS dispatch_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  (void)Irp;
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
  return STATUS_SUCCESS;
}
void raised_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
  KeLowerIrql(Irql);
}
_IRQL_requires_(DISPATCH_LEVEL)
void annotated_bad(PDEVICE_EXTENSION Ext) {
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL}}
}

// Asks for the level and waits only where it may.
void asks_good(PDEVICE_EXTENSION Ext) {
  if (KeGetCurrentIrql() < DISPATCH_LEVEL)
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
void asks_under_lock_good(PDEVICE_EXTENSION Ext, BOOLEAN Locked) {
  KIRQL Irql = PASSIVE_LEVEL;
  if (Locked)
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  if (KeGetCurrentIrql() <= APC_LEVEL)
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
  if (Locked)
    KeReleaseSpinLock(&Ext->Lock, Irql);
}

//===--- helpers and loops ---------------------------------------------------===//

// The helper drops the caller's lock around its wait.
static void waitUnlocked(PDEVICE_EXTENSION Ext, PKIRQL Irql) {
  KeReleaseSpinLock(&Ext->Lock, *Irql);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
  KeAcquireSpinLock(&Ext->Lock, Irql);
}
void drops_lock_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  while (Ext->Busy)
    waitUnlocked(Ext, &Irql);
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

// Only one branch of the loop drops it.
void loop_bad(PDEVICE_EXTENSION Ext, BOOLEAN Drop) {
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  while (Ext->Busy) {
    if (Drop)
      KeReleaseSpinLock(&Ext->Lock, Irql);
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'Ext->Lock' is held}}
    if (Drop)
      KeAcquireSpinLock(&Ext->Lock, &Irql);
  }
  KeReleaseSpinLock(&Ext->Lock, Irql);
}

#define WAIT(Object) KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, NULL)
#define LOCK(Ext, Irql) KeAcquireSpinLock(&(Ext)->Lock, Irql)
#define UNLOCK(Ext, Irql) KeReleaseSpinLock(&(Ext)->Lock, Irql)
void macros_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  LOCK(Ext, &Irql);
  WAIT(&Ext->Event); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock}}
  UNLOCK(Ext, Irql);
}
void macros_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  LOCK(Ext, &Irql);
  UNLOCK(Ext, Irql);
  WAIT(&Ext->Event);
}

//===--- Wait = TRUE: the wait must follow at once ---------------------------===//

void set_event_then_wait_good(PDEVICE_EXTENSION Ext, PKEVENT Other) {
  KeSetEvent(Other, IO_NO_INCREMENT, TRUE);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
void release_mutex_then_wait_good(PDEVICE_EXTENSION Ext) {
  KeWaitForSingleObject(&Ext->Mutex, Executive, KernelMode, FALSE, NULL);
  KeReleaseMutex(&Ext->Mutex, TRUE);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
void release_semaphore_then_wait_good(PDEVICE_EXTENSION Ext) {
  KeReleaseSemaphore(&Ext->Semaphore, IO_NO_INCREMENT, 1, TRUE);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
// Something between: the dispatcher is still locked, at DISPATCH_LEVEL.
void set_event_then_mutex_bad(PDEVICE_EXTENSION Ext, PKEVENT Other) {
  KeSetEvent(Other, IO_NO_INCREMENT, TRUE);
  ExAcquireFastMutex(&Ext->FastMutex); // expected-warning {{'ExAcquireFastMutex' waits at DISPATCH_LEVEL while}}
  ExReleaseFastMutex(&Ext->FastMutex);
  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
void set_event_no_wait_good(PDEVICE_EXTENSION Ext, PKEVENT Other) {
  KeSetEvent(Other, IO_NO_INCREMENT, FALSE);
  ExAcquireFastMutex(&Ext->FastMutex);
  ExReleaseFastMutex(&Ext->FastMutex);
}
