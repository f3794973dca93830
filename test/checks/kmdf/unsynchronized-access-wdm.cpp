// Device extensions of drivers without the framework; here in C++.
// RUN: %verify_possible %s

#include <ntddk.h>

namespace {
struct Extension {
  PKINTERRUPT Interrupt;
  KSPIN_LOCK Lock;
  ULONG Status, Taken, Queued, Limit;
  PDEVICE_OBJECT Self;
};
} // namespace

KSERVICE_ROUTINE Isr;
BOOLEAN Isr(PKINTERRUPT, PVOID Context) {
  auto *E = static_cast<Extension *>(Context);
  E->Status |= 1;
  E->Taken |= 1;
  return TRUE;
}

KSYNCHRONIZE_ROUTINE takeIt;
BOOLEAN takeIt(PVOID Context) {
  static_cast<Extension *>(Context)->Taken = 0;
  return TRUE;
}

DRIVER_DISPATCH control_bad;
NTSTATUS control_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  auto *E = static_cast<Extension *>(Device->DeviceExtension);
  E->Status = 0; // expected-warning{{'E->Status' is written without the interrupt lock; 'Isr' may be running then}}
  KeSynchronizeExecution(E->Interrupt, takeIt, E);
  KIRQL Old;
  KeAcquireSpinLock(&E->Lock, &Old);
  if (E->Queued++ > E->Limit)
    E->Queued = E->Limit;
  KeReleaseSpinLock(&E->Lock, Old);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}

// Starting and stopping: nothing else is under way.
DRIVER_DISPATCH plugAndPlay_good;
NTSTATUS plugAndPlay_good(PDEVICE_OBJECT Device, PIRP Irp) {
  auto *E = static_cast<Extension *>(Device->DeviceExtension);
  E->Status = 0;
  E->Queued = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}

KDEFERRED_ROUTINE timer_bad;
void timer_bad(PKDPC, PVOID Context, PVOID, PVOID) {
  static_cast<Extension *>(Context)->Queued = 0; // expected-warning{{without spin lock 'E->Lock', which guards it elsewhere; 'control_bad' may be running then}}
}

extern "C" DRIVER_INITIALIZE DriverEntry;
extern "C" NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING) {
  Driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = control_bad;
  Driver->MajorFunction[IRP_MJ_PNP] = plugAndPlay_good;
  return STATUS_SUCCESS;
}
