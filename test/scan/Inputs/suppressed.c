#include <ntddk.h>

static KSPIN_LOCK Lock;
static KEVENT Event;

/* The wait under a spin lock of bad.c, silenced in each way there is. */
#define HEAD KIRQL Old; UNREFERENCED_PARAMETER(Device); UNREFERENCED_PARAMETER(Irp)

DRIVER_DISPATCH same_line, next_line, block;

NTSTATUS same_line(PDEVICE_OBJECT Device, PIRP Irp)
{
    HEAD;
    KeAcquireSpinLock(&Lock, &Old);
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL); // NOLINT(irqlint-wait-at-dispatch,irqlint-irql-too-high)
    KeReleaseSpinLock(&Lock, Old);
    return STATUS_SUCCESS;
}

NTSTATUS next_line(PDEVICE_OBJECT Device, PIRP Irp)
{
    HEAD;
    KeAcquireSpinLock(&Lock, &Old);
    // NOLINTNEXTLINE(irqlint-*)
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
    KeReleaseSpinLock(&Lock, Old);
    return STATUS_SUCCESS;
}

// NOLINTBEGIN(irqlint-*)
NTSTATUS block(PDEVICE_OBJECT Device, PIRP Irp)
{
    HEAD;
    KeAcquireSpinLock(&Lock, &Old);
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
    KeReleaseSpinLock(&Lock, Old);
    return STATUS_SUCCESS;
}
// NOLINTEND(irqlint-*)
