//===- wdf-init-io.h - WDF initializers -----------------------*- C -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// See https://llvm.org/LICENSE.txt for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Initializers of the framework: queues, requests, targets, interrupts, DMA.
// Bodies are real, since what they leave in a structure (automatic
// serialization, inherited scope...) decides how callbacks are synchronized.
//
//===----------------------------------------------------------------------===//

#pragma once
#pragma clang system_header

#ifdef __cplusplus
extern "C" {
#endif

FORCEINLINE BOOLEAN WDF_IO_QUEUE_IDLE(WDF_IO_QUEUE_STATE State) {
  return ((State & WdfIoQueueNoRequests) &&
          (State & WdfIoQueueDriverNoRequests))
             ? TRUE
             : FALSE;
}

FORCEINLINE BOOLEAN WDF_IO_QUEUE_READY(WDF_IO_QUEUE_STATE State) {
  return ((State & WdfIoQueueDispatchRequests) &&
          (State & WdfIoQueueAcceptRequests) &&
          ((State & WdfIoQueuePnpHeld) == 0))
             ? TRUE
             : FALSE;
}

FORCEINLINE BOOLEAN WDF_IO_QUEUE_STOPPED(WDF_IO_QUEUE_STATE State) {
  return (((State & WdfIoQueueDispatchRequests) == 0) &&
          (State & WdfIoQueueAcceptRequests) &&
          (State & WdfIoQueueDriverNoRequests))
             ? TRUE
             : FALSE;
}

FORCEINLINE BOOLEAN WDF_IO_QUEUE_DRAINED(WDF_IO_QUEUE_STATE State) {
  return (((State & WdfIoQueueAcceptRequests) == 0) &&
          (State & WdfIoQueueDispatchRequests) &&
          (State & WdfIoQueueNoRequests) &&
          (State & WdfIoQueueDriverNoRequests))
             ? TRUE
             : FALSE;
}

FORCEINLINE BOOLEAN WDF_IO_QUEUE_PURGED(WDF_IO_QUEUE_STATE State) {
  return (((State & WdfIoQueueAcceptRequests) == 0) &&
          (State & WdfIoQueueNoRequests) &&
          (State & WdfIoQueueDriverNoRequests))
             ? TRUE
             : FALSE;
}

FORCEINLINE VOID WDF_IO_QUEUE_CONFIG_INIT(
    PWDF_IO_QUEUE_CONFIG Config, WDF_IO_QUEUE_DISPATCH_TYPE DispatchType) {
  IRQLINT_KIT_WDF_START(Config);
  Config->PowerManaged = WdfUseDefault;
  Config->DispatchType = DispatchType;
  if (Config->DispatchType == WdfIoQueueDispatchParallel) {
    Config->Settings.Parallel.NumberOfPresentedRequests = (ULONG)-1;
  }
}

FORCEINLINE VOID WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(
    PWDF_IO_QUEUE_CONFIG Config, WDF_IO_QUEUE_DISPATCH_TYPE DispatchType) {
  IRQLINT_KIT_WDF_START(Config);
  Config->PowerManaged = WdfUseDefault;
  Config->DefaultQueue = TRUE;
  Config->DispatchType = DispatchType;
  if (Config->DispatchType == WdfIoQueueDispatchParallel) {
    Config->Settings.Parallel.NumberOfPresentedRequests = (ULONG)-1;
  }
}

FORCEINLINE VOID WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_DEFAULT_INIT(
    PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY Policy,
    ULONG TotalForwardProgressRequests) {
  IRQLINT_KIT_WDF_START(Policy);
  Policy->TotalForwardProgressRequests = TotalForwardProgressRequests;
  Policy->ForwardProgressReservedPolicy =
      WdfIoForwardProgressReservedPolicyAlwaysUseReservedRequest;
}

FORCEINLINE VOID WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_EXAMINE_INIT(
    PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY Policy,
    ULONG TotalForwardProgressRequests,
    PFN_WDF_IO_WDM_IRP_FOR_FORWARD_PROGRESS EvtIoWdmIrpForForwardProgress) {
  IRQLINT_KIT_WDF_START(Policy);
  Policy->TotalForwardProgressRequests = TotalForwardProgressRequests;
  Policy->ForwardProgressReservedPolicy =
      WdfIoForwardProgressReservedPolicyUseExamine;
  Policy->ForwardProgressReservePolicySettings.Policy.ExaminePolicy
      .EvtIoWdmIrpForForwardProgress = EvtIoWdmIrpForForwardProgress;
}

FORCEINLINE VOID WDF_IO_QUEUE_FORWARD_PROGRESS_POLICY_PAGINGIO_INIT(
    PWDF_IO_QUEUE_FORWARD_PROGRESS_POLICY Policy,
    ULONG TotalForwardProgressRequests) {
  IRQLINT_KIT_WDF_START(Policy);
  Policy->TotalForwardProgressRequests = TotalForwardProgressRequests;
  Policy->ForwardProgressReservedPolicy =
      WdfIoForwardProgressReservedPolicyPagingIO;
}

FORCEINLINE VOID
WDF_REQUEST_PARAMETERS_INIT(PWDF_REQUEST_PARAMETERS Parameters) {
  RtlZeroMemory(Parameters, sizeof(WDF_REQUEST_PARAMETERS));
  Parameters->Size = (USHORT)WDF_STRUCTURE_SIZE(WDF_REQUEST_PARAMETERS);
}

FORCEINLINE VOID
WDF_REQUEST_COMPLETION_PARAMS_INIT(PWDF_REQUEST_COMPLETION_PARAMS Params) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfRequestTypeNoFormat;
}

FORCEINLINE VOID WDF_REQUEST_REUSE_PARAMS_INIT(PWDF_REQUEST_REUSE_PARAMS Params,
                                               ULONG Flags, NTSTATUS Status) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Flags = Flags;
  Params->Status = Status;
}

FORCEINLINE VOID WDF_REQUEST_REUSE_PARAMS_SET_NEW_IRP(
    PWDF_REQUEST_REUSE_PARAMS Params, PIRP NewIrp) {
  Params->Flags |= WDF_REQUEST_REUSE_SET_NEW_IRP;
  Params->NewIrp = NewIrp;
}

FORCEINLINE VOID
WDF_REQUEST_SEND_OPTIONS_INIT(PWDF_REQUEST_SEND_OPTIONS Options, ULONG Flags) {
  IRQLINT_KIT_WDF_START(Options);
  Options->Flags = Flags;
}

FORCEINLINE VOID WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(
    PWDF_REQUEST_SEND_OPTIONS Options, LONGLONG Timeout) {
  Options->Flags |= WDF_REQUEST_SEND_OPTION_TIMEOUT;
  Options->Timeout = Timeout;
}

FORCEINLINE VOID
WDF_REQUEST_FORWARD_OPTIONS_INIT(PWDF_REQUEST_FORWARD_OPTIONS ForwardOptions) {
  IRQLINT_KIT_WDF_START(ForwardOptions);
  ForwardOptions->Flags |= WDF_REQUEST_FORWARD_OPTION_SEND_AND_FORGET;
}

FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(
    PWDF_IO_TARGET_OPEN_PARAMS Params, PDEVICE_OBJECT DeviceObject) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfIoTargetOpenUseExistingDevice;
  Params->TargetDeviceObject = DeviceObject;
}

FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_CREATE_BY_NAME(
    PWDF_IO_TARGET_OPEN_PARAMS Params, PCUNICODE_STRING TargetDeviceName,
    ACCESS_MASK DesiredAccess) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfIoTargetOpenByName;
  RtlCopyMemory(&Params->TargetDeviceName, TargetDeviceName,
                sizeof(UNICODE_STRING));
  Params->DesiredAccess = DesiredAccess;
  Params->CreateOptions = FILE_NON_DIRECTORY_FILE;
}

FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(
    PWDF_IO_TARGET_OPEN_PARAMS Params, PCUNICODE_STRING TargetDeviceName,
    ACCESS_MASK DesiredAccess) {
  WDF_IO_TARGET_OPEN_PARAMS_INIT_CREATE_BY_NAME(Params, TargetDeviceName,
                                                DesiredAccess);
  Params->CreateDisposition = FILE_OPEN;
}

FORCEINLINE VOID
WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(PWDF_IO_TARGET_OPEN_PARAMS Params) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfIoTargetOpenReopen;
}

FORCEINLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_FILE(
    PWDF_IO_TARGET_OPEN_PARAMS Params, PCUNICODE_STRING FileName) {
  IRQLINT_KIT_WDF_START(Params);
  Params->Type = WdfIoTargetOpenLocalTargetByFile;
  if (FileName != NULL) {
    RtlCopyMemory(&Params->FileName, FileName, sizeof(UNICODE_STRING));
  }
}

FORCEINLINE VOID WDF_INTERRUPT_CONFIG_INIT(
    PWDF_INTERRUPT_CONFIG Configuration, PFN_WDF_INTERRUPT_ISR EvtInterruptIsr,
    PFN_WDF_INTERRUPT_DPC EvtInterruptDpc) {
  IRQLINT_KIT_WDF_START(Configuration);
  Configuration->ShareVector = WdfUseDefault;
  Configuration->EvtInterruptIsr = EvtInterruptIsr;
  Configuration->EvtInterruptDpc = EvtInterruptDpc;
  Configuration->ReportInactiveOnPowerDown = WdfUseDefault;
}

FORCEINLINE VOID WDF_INTERRUPT_INFO_INIT(PWDF_INTERRUPT_INFO Info) {
  IRQLINT_KIT_WDF_START(Info);
}

FORCEINLINE VOID WDF_INTERRUPT_EXTENDED_POLICY_INIT(
    PWDF_INTERRUPT_EXTENDED_POLICY ExtendedPolicy) {
  IRQLINT_KIT_WDF_START(ExtendedPolicy);
  ExtendedPolicy->Policy = WdfIrqPolicyMachineDefault;
  ExtendedPolicy->Priority = WdfIrqPriorityUndefined;
}

FORCEINLINE VOID WDF_DMA_ENABLER_CONFIG_INIT(PWDF_DMA_ENABLER_CONFIG Config,
                                             WDF_DMA_PROFILE Profile,
                                             size_t MaximumLength) {
  IRQLINT_KIT_WDF_START(Config);
  Config->Profile = Profile;
  Config->MaximumLength = MaximumLength;
}

FORCEINLINE VOID WDF_DMA_SYSTEM_PROFILE_CONFIG_INIT(
    PWDF_DMA_SYSTEM_PROFILE_CONFIG DmaConfig, PHYSICAL_ADDRESS Address,
    DMA_WIDTH DmaWidth, PCM_PARTIAL_RESOURCE_DESCRIPTOR DmaDescriptor) {
  IRQLINT_KIT_WDF_START(DmaConfig);
  DmaConfig->DeviceAddress = Address;
  DmaConfig->DmaWidth = DmaWidth;
  DmaConfig->DmaDescriptor = DmaDescriptor;
}

FORCEINLINE VOID WDF_COMMON_BUFFER_CONFIG_INIT(PWDF_COMMON_BUFFER_CONFIG Config,
                                               ULONG AlignmentRequirement) {
  IRQLINT_KIT_WDF_START(Config);
  Config->AlignmentRequirement = AlignmentRequirement;
}

#ifdef __cplusplus
}
#endif
