//===- wdf-init-device.h - WDF initializers -------------------*- C -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// See https://llvm.org/LICENSE.txt for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Initializers of the framework: device, file object, bus and WMI
// configuration. Bodies are real, since what they leave in a structure
// (automatic serialization, inherited scope...) decides how callbacks are
// synchronized.
//
//===----------------------------------------------------------------------===//

#pragma once
#pragma clang system_header

#ifdef __cplusplus
extern "C" {
#endif

FORCEINLINE VOID WDF_FILEOBJECT_CONFIG_INIT(
    PWDF_FILEOBJECT_CONFIG FileEventCallbacks,
    PFN_WDF_DEVICE_FILE_CREATE EvtDeviceFileCreate,
    PFN_WDF_FILE_CLOSE EvtFileClose, PFN_WDF_FILE_CLEANUP EvtFileCleanup) {
  FileEventCallbacks->Size = WDF_STRUCTURE_SIZE(WDF_FILEOBJECT_CONFIG);
  FileEventCallbacks->EvtDeviceFileCreate = EvtDeviceFileCreate;
  FileEventCallbacks->EvtFileClose = EvtFileClose;
  FileEventCallbacks->EvtFileCleanup = EvtFileCleanup;
  FileEventCallbacks->FileObjectClass = WdfFileObjectWdfCannotUseFsContexts;
  FileEventCallbacks->AutoForwardCleanupClose = WdfUseDefault;
}

FORCEINLINE VOID WDF_POWER_POLICY_EVENT_CALLBACKS_INIT(
    PWDF_POWER_POLICY_EVENT_CALLBACKS Callbacks) {
  IRQLINT_KIT_WDF_START(Callbacks);
}

FORCEINLINE VOID
WDF_PNPPOWER_EVENT_CALLBACKS_INIT(PWDF_PNPPOWER_EVENT_CALLBACKS Callbacks) {
  IRQLINT_KIT_WDF_START(Callbacks);
}

FORCEINLINE ULONG WdfDevStateNormalize(ULONG State) {
  return State & ~WdfDevStateNP;
}

FORCEINLINE BOOLEAN WdfDevStateIsNP(ULONG State) {
  return (State & WdfDevStateNP) ? TRUE : FALSE;
}

FORCEINLINE VOID WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(
    PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS Settings,
    WDF_POWER_POLICY_S0_IDLE_CAPABILITIES IdleCaps) {
  IRQLINT_KIT_WDF_START(Settings);
  Settings->IdleTimeout = IdleTimeoutDefaultValue;
  Settings->UserControlOfIdleSettings = IdleAllowUserControl;
  Settings->Enabled = WdfUseDefault;
  Settings->PowerUpIdleDeviceOnSystemWake = WdfUseDefault;
  Settings->IdleTimeoutType = DriverManagedIdleTimeout;
  Settings->ExcludeD3Cold = WdfUseDefault;
  Settings->IdleCaps = IdleCaps;
  if (IdleCaps == IdleCannotWakeFromS0) {
    Settings->DxState = PowerDeviceD3;
  } else if (IdleCaps == IdleCanWakeFromS0 ||
             IdleCaps == IdleUsbSelectiveSuspend) {
    Settings->DxState = PowerDeviceMaximum;
  }
}

FORCEINLINE VOID WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS_INIT(
    PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS Settings) {
  IRQLINT_KIT_WDF_START(Settings);
  Settings->Enabled = WdfUseDefault;
  Settings->DxState = PowerDeviceMaximum;
  Settings->UserControlOfWakeSettings = WakeAllowUserControl;
}

FORCEINLINE VOID WDF_DEVICE_STATE_INIT(PWDF_DEVICE_STATE PnpDeviceState) {
  IRQLINT_KIT_WDF_START(PnpDeviceState);
  PnpDeviceState->Disabled = WdfUseDefault;
  PnpDeviceState->DontDisplayInUI = WdfUseDefault;
  PnpDeviceState->Failed = WdfUseDefault;
  PnpDeviceState->NotDisableable = WdfUseDefault;
  PnpDeviceState->Removed = WdfUseDefault;
  PnpDeviceState->ResourcesChanged = WdfUseDefault;
  PnpDeviceState->AssignedToGuest = WdfUseDefault;
}

FORCEINLINE VOID
WDF_DEVICE_PNP_CAPABILITIES_INIT(PWDF_DEVICE_PNP_CAPABILITIES Caps) {
  IRQLINT_KIT_WDF_START(Caps);
  Caps->LockSupported = WdfUseDefault;
  Caps->EjectSupported = WdfUseDefault;
  Caps->Removable = WdfUseDefault;
  Caps->DockDevice = WdfUseDefault;
  Caps->UniqueID = WdfUseDefault;
  Caps->SilentInstall = WdfUseDefault;
  Caps->SurpriseRemovalOK = WdfUseDefault;
  Caps->HardwareDisabled = WdfUseDefault;
  Caps->NoDisplayInUI = WdfUseDefault;
  Caps->Address = (ULONG)-1;
  Caps->UINumber = (ULONG)-1;
}

FORCEINLINE VOID
WDF_DEVICE_POWER_CAPABILITIES_INIT(PWDF_DEVICE_POWER_CAPABILITIES Caps) {
  ULONG i;
  IRQLINT_KIT_WDF_START(Caps);
  Caps->DeviceD1 = WdfUseDefault;
  Caps->DeviceD2 = WdfUseDefault;
  Caps->WakeFromD0 = WdfUseDefault;
  Caps->WakeFromD1 = WdfUseDefault;
  Caps->WakeFromD2 = WdfUseDefault;
  Caps->WakeFromD3 = WdfUseDefault;
  for (i = 0; i < sizeof(Caps->DeviceState) / sizeof(Caps->DeviceState[1]);
       i++) {
    Caps->DeviceState[i] = PowerDeviceMaximum;
  }
  Caps->DeviceWake = PowerDeviceMaximum;
  Caps->SystemWake = PowerSystemMaximum;
  Caps->D1Latency = (ULONG)-1;
  Caps->D2Latency = (ULONG)-1;
  Caps->D3Latency = (ULONG)-1;
  Caps->IdealDxStateForSx = PowerDeviceMaximum;
}

FORCEINLINE VOID WDF_REMOVE_LOCK_OPTIONS_INIT(
    PWDF_REMOVE_LOCK_OPTIONS RemoveLockOptions, ULONG Flags) {
  IRQLINT_KIT_WDF_START(RemoveLockOptions);
  RemoveLockOptions->Flags = Flags;
}

FORCEINLINE VOID WDF_POWER_FRAMEWORK_SETTINGS_INIT(
    PWDF_POWER_FRAMEWORK_SETTINGS PowerFrameworkSettings) {
  IRQLINT_KIT_WDF_START(PowerFrameworkSettings);
  PowerFrameworkSettings->DirectedPoFxEnabled = WdfUseDefault;
}

FORCEINLINE VOID WDF_IO_TYPE_CONFIG_INIT(PWDF_IO_TYPE_CONFIG IoTypeConfig) {
  IRQLINT_KIT_WDF_START(IoTypeConfig);
  IoTypeConfig->ReadWriteIoType = WdfDeviceIoBuffered;
  IoTypeConfig->DeviceControlIoType = WdfDeviceIoBuffered;
}

FORCEINLINE VOID WDF_DEVICE_PROPERTY_DATA_INIT(
    PWDF_DEVICE_PROPERTY_DATA PropertyData, const DEVPROPKEY *PropertyKey) {
  IRQLINT_KIT_WDF_START(PropertyData);
  PropertyData->PropertyKey = PropertyKey;
}

FORCEINLINE VOID WDF_DEVICE_INTERFACE_PROPERTY_DATA_INIT(
    PWDF_DEVICE_INTERFACE_PROPERTY_DATA PropertyData,
    const GUID *InterfaceClassGUID, const DEVPROPKEY *PropertyKey) {
  IRQLINT_KIT_WDF_START(PropertyData);
  PropertyData->InterfaceClassGUID = InterfaceClassGUID;
  PropertyData->PropertyKey = PropertyKey;
}

FORCEINLINE VOID
WDF_FDO_EVENT_CALLBACKS_INIT(PWDF_FDO_EVENT_CALLBACKS Callbacks) {
  IRQLINT_KIT_WDF_START(Callbacks);
}

FORCEINLINE VOID
WDF_PDO_EVENT_CALLBACKS_INIT(PWDF_PDO_EVENT_CALLBACKS Callbacks) {
  IRQLINT_KIT_WDF_START(Callbacks);
}

FORCEINLINE VOID WDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER_INIT(
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER Header,
    ULONG IdentificationDescriptionSize) {
  RtlZeroMemory(Header, IdentificationDescriptionSize);
  Header->IdentificationDescriptionSize = IdentificationDescriptionSize;
}

FORCEINLINE VOID WDF_CHILD_ADDRESS_DESCRIPTION_HEADER_INIT(
    PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER Header,
    ULONG AddressDescriptionSize) {
  RtlZeroMemory(Header, AddressDescriptionSize);
  Header->AddressDescriptionSize = AddressDescriptionSize;
}

FORCEINLINE VOID WDF_CHILD_RETRIEVE_INFO_INIT(
    PWDF_CHILD_RETRIEVE_INFO Info,
    PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription) {
  IRQLINT_KIT_WDF_START(Info);
  Info->IdentificationDescription = IdentificationDescription;
}

FORCEINLINE VOID WDF_CHILD_LIST_CONFIG_INIT(
    PWDF_CHILD_LIST_CONFIG Config, ULONG IdentificationDescriptionSize,
    PFN_WDF_CHILD_LIST_CREATE_DEVICE EvtChildListCreateDevice) {
  IRQLINT_KIT_WDF_START(Config);
  Config->IdentificationDescriptionSize = IdentificationDescriptionSize;
  Config->EvtChildListCreateDevice = EvtChildListCreateDevice;
}

FORCEINLINE VOID WDF_CHILD_LIST_ITERATOR_INIT(PWDF_CHILD_LIST_ITERATOR Iterator,
                                              ULONG Flags) {
  IRQLINT_KIT_WDF_START(Iterator);
  Iterator->Flags = Flags;
}

FORCEINLINE VOID
WDF_QUERY_INTERFACE_CONFIG_INIT(PWDF_QUERY_INTERFACE_CONFIG InterfaceConfig,
                                PINTERFACE Interface, CONST GUID *InterfaceType,
                                PFN_WDF_DEVICE_PROCESS_QUERY_INTERFACE_REQUEST
                                    EvtDeviceProcessQueryInterfaceRequest) {
  IRQLINT_KIT_WDF_START(InterfaceConfig);
  InterfaceConfig->Interface = Interface;
  InterfaceConfig->InterfaceType = InterfaceType;
  InterfaceConfig->EvtDeviceProcessQueryInterfaceRequest =
      EvtDeviceProcessQueryInterfaceRequest;
}

FORCEINLINE VOID WdfDeviceInterfaceReferenceNoOp(PVOID Context) {
  UNREFERENCED_PARAMETER(Context);
}

FORCEINLINE VOID WdfDeviceInterfaceDereferenceNoOp(PVOID Context) {
  UNREFERENCED_PARAMETER(Context);
}

FORCEINLINE VOID WDF_WMI_PROVIDER_CONFIG_INIT(PWDF_WMI_PROVIDER_CONFIG Config,
                                              CONST GUID *Guid) {
  IRQLINT_KIT_WDF_START(Config);
  RtlCopyMemory(&Config->Guid, Guid, sizeof(GUID));
}

FORCEINLINE VOID WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(
    PWDF_WMI_INSTANCE_CONFIG Config, WDFWMIPROVIDER Provider) {
  IRQLINT_KIT_WDF_START(Config);
  Config->Provider = Provider;
}

FORCEINLINE VOID WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(
    PWDF_WMI_INSTANCE_CONFIG Config, PWDF_WMI_PROVIDER_CONFIG ProviderConfig) {
  IRQLINT_KIT_WDF_START(Config);
  Config->ProviderConfig = ProviderConfig;
}

FORCEINLINE NTSTATUS WDF_WMI_BUFFER_APPEND_STRING(PVOID Buffer,
                                                  ULONG BufferLength,
                                                  PCUNICODE_STRING String,
                                                  PULONG RequiredSize) {
  *RequiredSize = String->Length + sizeof(USHORT);
  if (BufferLength < (String->Length + sizeof(USHORT))) {
    return STATUS_BUFFER_TOO_SMALL;
  }
  *(USHORT *)Buffer = String->Length;
  RtlCopyMemory(WDF_PTR_ADD_OFFSET(Buffer, sizeof(USHORT)), String->Buffer,
                String->Length);
  return STATUS_SUCCESS;
}

#ifdef __cplusplus
}
#endif
