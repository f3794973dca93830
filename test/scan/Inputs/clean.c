#include <ntddk.h>

static KSPIN_LOCK Lock;
static KEVENT Event;

DRIVER_DISPATCH good_wait;

NTSTATUS good_wait(PDEVICE_OBJECT Device, PIRP Irp)
{
    KIRQL Old;

    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Irp);
    KeAcquireSpinLock(&Lock, &Old);
    KeReleaseSpinLock(&Lock, Old);
    KeWaitForSingleObject(&Event, Executive, KernelMode, FALSE, NULL);
    return STATUS_SUCCESS;
}
