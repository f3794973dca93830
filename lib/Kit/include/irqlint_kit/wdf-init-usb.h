//===- wdf-init-usb.h - WDF initializers ----------------------*- C -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// See https://llvm.org/LICENSE.txt for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Initializers of the framework: USB targets.
// Bodies are real, since what they leave in a structure (automatic
// serialization, inherited scope...) decides how callbacks are synchronized.
//
//===----------------------------------------------------------------------===//

#pragma once
#pragma clang system_header

#ifdef __cplusplus
extern "C" {
#endif

FORCEINLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT(
    PWDF_USB_CONTROL_SETUP_PACKET Packet, WDF_USB_BMREQUEST_DIRECTION Direction,
    WDF_USB_BMREQUEST_RECIPIENT Recipient, BYTE Request, USHORT Value,
    USHORT Index) {
  RtlZeroMemory(Packet, sizeof(WDF_USB_CONTROL_SETUP_PACKET));
  Packet->Packet.bm.Request.Dir = (BYTE)Direction;
  Packet->Packet.bm.Request.Type = (BYTE)BmRequestStandard;
  Packet->Packet.bm.Request.Recipient = (BYTE)Recipient;
  Packet->Packet.bRequest = Request;
  Packet->Packet.wValue.Value = Value;
  Packet->Packet.wIndex.Value = Index;
}

FORCEINLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_CLASS(
    PWDF_USB_CONTROL_SETUP_PACKET Packet, WDF_USB_BMREQUEST_DIRECTION Direction,
    WDF_USB_BMREQUEST_RECIPIENT Recipient, BYTE Request, USHORT Value,
    USHORT Index) {
  RtlZeroMemory(Packet, sizeof(WDF_USB_CONTROL_SETUP_PACKET));
  Packet->Packet.bm.Request.Dir = (BYTE)Direction;
  Packet->Packet.bm.Request.Type = (BYTE)BmRequestClass;
  Packet->Packet.bm.Request.Recipient = (BYTE)Recipient;
  Packet->Packet.bRequest = Request;
  Packet->Packet.wValue.Value = Value;
  Packet->Packet.wIndex.Value = Index;
}

FORCEINLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_VENDOR(
    PWDF_USB_CONTROL_SETUP_PACKET Packet, WDF_USB_BMREQUEST_DIRECTION Direction,
    WDF_USB_BMREQUEST_RECIPIENT Recipient, BYTE Request, USHORT Value,
    USHORT Index) {
  RtlZeroMemory(Packet, sizeof(WDF_USB_CONTROL_SETUP_PACKET));
  Packet->Packet.bm.Request.Dir = (BYTE)Direction;
  Packet->Packet.bm.Request.Type = (BYTE)BmRequestVendor;
  Packet->Packet.bm.Request.Recipient = (BYTE)Recipient;
  Packet->Packet.bRequest = Request;
  Packet->Packet.wValue.Value = Value;
  Packet->Packet.wIndex.Value = Index;
}

FORCEINLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_FEATURE(
    PWDF_USB_CONTROL_SETUP_PACKET Packet,
    WDF_USB_BMREQUEST_RECIPIENT BmRequestRecipient, USHORT FeatureSelector,
    USHORT Index, BOOLEAN SetFeature) {
  RtlZeroMemory(Packet, sizeof(WDF_USB_CONTROL_SETUP_PACKET));
  Packet->Packet.bm.Request.Dir = (BYTE)BmRequestHostToDevice;
  Packet->Packet.bm.Request.Type = (BYTE)BmRequestStandard;
  Packet->Packet.bm.Request.Recipient = (BYTE)BmRequestRecipient;
  if (SetFeature) {
    Packet->Packet.bRequest = USB_REQUEST_SET_FEATURE;
  } else {
    Packet->Packet.bRequest = USB_REQUEST_CLEAR_FEATURE;
  }
  Packet->Packet.wValue.Value = FeatureSelector;
  Packet->Packet.wIndex.Value = Index;
}

FORCEINLINE VOID WDF_USB_CONTROL_SETUP_PACKET_INIT_GET_STATUS(
    PWDF_USB_CONTROL_SETUP_PACKET Packet,
    WDF_USB_BMREQUEST_RECIPIENT BmRequestRecipient, USHORT Index) {
  RtlZeroMemory(Packet, sizeof(WDF_USB_CONTROL_SETUP_PACKET));
  Packet->Packet.bm.Request.Dir = (BYTE)BmRequestDeviceToHost;
  Packet->Packet.bm.Request.Type = (BYTE)BmRequestStandard;
  Packet->Packet.bm.Request.Recipient = (BYTE)BmRequestRecipient;
  Packet->Packet.bRequest = USB_REQUEST_GET_STATUS;
  Packet->Packet.wIndex.Value = Index;
  Packet->Packet.wValue.Value = 0;
}

FORCEINLINE VOID WDF_USB_CONTINUOUS_READER_CONFIG_INIT(
    PWDF_USB_CONTINUOUS_READER_CONFIG Config,
    PFN_WDF_USB_READER_COMPLETION_ROUTINE EvtUsbTargetPipeReadComplete,
    WDFCONTEXT EvtUsbTargetPipeReadCompleteContext, size_t TransferLength) {
  IRQLINT_KIT_WDF_START(Config);
  Config->EvtUsbTargetPipeReadComplete = EvtUsbTargetPipeReadComplete;
  Config->EvtUsbTargetPipeReadCompleteContext =
      EvtUsbTargetPipeReadCompleteContext;
  Config->TransferLength = TransferLength;
}

FORCEINLINE WDFIOTARGET WdfUsbTargetDeviceGetIoTarget(WDFUSBDEVICE UsbDevice) {
  return (WDFIOTARGET)UsbDevice;
}

FORCEINLINE VOID
WDF_USB_DEVICE_INFORMATION_INIT(PWDF_USB_DEVICE_INFORMATION Udi) {
  IRQLINT_KIT_WDF_START(Udi);
}

FORCEINLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_SINGLE_INTERFACE(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfUsbTargetDeviceSelectConfigTypeSingleInterface;
}

FORCEINLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_MULTIPLE_INTERFACES(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params, UCHAR NumberInterfaces,
    PWDF_USB_INTERFACE_SETTING_PAIR SettingPairs) {
  IRQLINT_KIT_WDF_START(Params);
  if (SettingPairs != NULL && NumberInterfaces != 0) {
    Params->Type = WdfUsbTargetDeviceSelectConfigTypeInterfacesPairs;
    Params->Types.MultiInterface.NumberInterfaces = NumberInterfaces;
    Params->Types.MultiInterface.Pairs = SettingPairs;
  } else {
    Params->Type = WdfUsbTargetDeviceSelectConfigTypeMultiInterface;
  }
}

FORCEINLINE VOID
WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_INTERFACES_DESCRIPTORS(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params,
    PUSB_CONFIGURATION_DESCRIPTOR ConfigDescriptor,
    PUSB_INTERFACE_DESCRIPTOR *InterfaceDescriptors,
    ULONG NumInterfaceDescriptors) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfUsbTargetDeviceSelectConfigTypeInterfacesDescriptor;
  Params->Types.Descriptor.ConfigurationDescriptor = ConfigDescriptor;
  Params->Types.Descriptor.InterfaceDescriptors = InterfaceDescriptors;
  Params->Types.Descriptor.NumInterfaceDescriptors = NumInterfaceDescriptors;
}

FORCEINLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_URB(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params, PURB Urb) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfUsbTargetDeviceSelectConfigTypeUrb;
  Params->Types.Urb.Urb = Urb;
}

FORCEINLINE VOID WDF_USB_DEVICE_SELECT_CONFIG_PARAMS_INIT_DECONFIG(
    PWDF_USB_DEVICE_SELECT_CONFIG_PARAMS Params) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfUsbTargetDeviceSelectConfigTypeDeconfig;
}

FORCEINLINE VOID WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_DESCRIPTOR(
    PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params,
    PUSB_INTERFACE_DESCRIPTOR Interface) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfUsbInterfaceSelectSettingTypeDescriptor;
  Params->Types.Descriptor.InterfaceDescriptor = Interface;
}

FORCEINLINE VOID WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_URB(
    PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params, PURB Urb) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfUsbInterfaceSelectSettingTypeUrb;
  Params->Types.Urb.Urb = Urb;
}

FORCEINLINE VOID WDF_USB_INTERFACE_SELECT_SETTING_PARAMS_INIT_SETTING(
    PWDF_USB_INTERFACE_SELECT_SETTING_PARAMS Params, UCHAR SettingIndex) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfUsbInterfaceSelectSettingTypeSetting;
  Params->Types.Interface.SettingIndex = SettingIndex;
}

FORCEINLINE WDFIOTARGET WdfUsbTargetPipeGetIoTarget(WDFUSBPIPE Pipe) {
  return (WDFIOTARGET)Pipe;
}

FORCEINLINE VOID WDF_USB_PIPE_INFORMATION_INIT(PWDF_USB_PIPE_INFORMATION Info) {
  IRQLINT_KIT_WDF_START(Info);
}

FORCEINLINE BOOLEAN WDF_USB_PIPE_DIRECTION_IN(UCHAR EndpointAddress) {
  return (EndpointAddress & USB_ENDPOINT_DIRECTION_MASK) ? TRUE : FALSE;
}

FORCEINLINE BOOLEAN WDF_USB_PIPE_DIRECTION_OUT(UCHAR EndpointAddress) {
  return (EndpointAddress & USB_ENDPOINT_DIRECTION_MASK) == 0x00 ? TRUE : FALSE;
}

FORCEINLINE VOID WDF_USB_DEVICE_CREATE_CONFIG_INIT(
    PWDF_USB_DEVICE_CREATE_CONFIG Config, ULONG USBDClientContractVersion) {
  IRQLINT_KIT_WDF_START(Config);
  Config->USBDClientContractVersion = USBDClientContractVersion;
}

#ifdef __cplusplus
}
#endif
