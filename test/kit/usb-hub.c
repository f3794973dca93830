// Emulated USB devices, requests to hubs, the setup packet in both spellings.
// RUN: %clang_kit -Werror -fsyntax-only %s
#include <ntddk.h>
#include <wdf.h>
#include <usb.h>
#include <usbbusif.h>
#include <usbioctl.h>
#include <usbuser.h>
#include <wdfusb.h>
#include <ude/1.0/UdeCx.h>
#define SAME(A, B) _Static_assert((A) == (B), #A)
SAME(sizeof(USB_DEFAULT_PIPE_SETUP_PACKET), 8);
SAME(sizeof(BM_REQUEST_TYPE), 1);
SAME(sizeof(USB_NODE_CONNECTION_INFORMATION_EX), 35);
SAME(IOCTL_USB_GET_NODE_CONNECTION_INFORMATION_EX, 0x220448);
SAME(IOCTL_USB_GET_DESCRIPTOR_FROM_NODE_CONNECTION, 0x220410);

int In(PUSB_DEFAULT_PIPE_SETUP_PACKET P) {
  return P->bmRequestType.Dir && P->bmRequestType.s.Recipient == 1;
}
BOOLEAN USB_BUSIFFN IsHighSpeed(PVOID Context) { return Context != 0; }
USB_BUS_INTERFACE_USBDI_V3 Bus = {.IsDeviceHighSpeed = IsHighSpeed};

EVT_UDECX_USB_ENDPOINT_RESET Reset;
EVT_UDECX_USB_DEVICE_D0_EXIT Exit;
NTSTATUS Add(UDECXUSBDEVICE Device, WDFQUEUE Queue, UDECXUSBENDPOINT *New) {
  UDECX_USB_ENDPOINT_CALLBACKS Callbacks;
  PUDECXUSBENDPOINT_INIT Init = UdecxUsbSimpleEndpointInitAllocate(Device);
  UDECX_USB_ENDPOINT_CALLBACKS_INIT(&Callbacks, Reset);
  UdecxUsbEndpointInitSetCallbacks(Init, &Callbacks);
  NTSTATUS Status = UdecxUsbEndpointCreate(&Init, WDF_NO_OBJECT_ATTRIBUTES, New);
  if (NT_SUCCESS(Status))
    UdecxUsbEndpointSetWdfIoQueue(*New, Queue);
  return Status;
}
