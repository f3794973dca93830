#include <ntddk.h>

static KSPIN_LOCK Lock;
static KEVENT Event;

DRIVER_DISPATCH bad_wait;

NTSTATUS bad_wait(PDEVICE_OBJECT Device, PIRP Irp)
{
    KIRQL Old;

    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Irp);
    KeAcquireSpinLock(&Lock, &Old);
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
    KeReleaseSpinLock(&Lock, Old);
    return STATUS_SUCCESS;
}
