// A minifilter's registration: clean, typed by role, documented values.
//
// RUN: %clang_kit -fsyntax-only -Wall -Wextra -Werror %s

#include <fltkernel.h>

#define SAME(a, b) _Static_assert((a) == (b), #a " is not " #b)

SAME(FLT_PREOP_SUCCESS_WITH_CALLBACK, 0);
SAME(FLT_PREOP_PENDING, 2);
SAME(FLT_PREOP_COMPLETE, 4);
SAME(FLT_PREOP_SYNCHRONIZE, 5);
SAME(FLT_POSTOP_MORE_PROCESSING_REQUIRED, 1);
SAME(FLT_STREAMHANDLE_CONTEXT, 0x10);
SAME(FLT_FSTYPE_NTFS, 2);
SAME(IRP_MJ_ACQUIRE_FOR_SECTION_SYNCHRONIZATION, 0xFF);
SAME(__builtin_types_compatible_p(__typeof__(((FLT_OPERATION_REGISTRATION *)0)->PreOperation), PFLT_PRE_OPERATION_CALLBACK), 1);

static PFLT_FILTER Filter;

static FLT_PREOP_CALLBACK_STATUS FLTAPI PreCreate(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects, PVOID *Context) {
  PFLT_FILE_NAME_INFORMATION Name;
  UNREFERENCED_PARAMETER(Objects);
  *Context = NULL;
  if (FLT_IS_FASTIO_OPERATION(Data) || (Data->Iopb->Parameters.Create.Options & 1))
    return FLT_PREOP_DISALLOW_FASTIO;
  if (NT_SUCCESS(FltGetFileNameInformation(Data, FLT_FILE_NAME_NORMALIZED | FLT_FILE_NAME_QUERY_DEFAULT, &Name)))
    FltReleaseFileNameInformation(Name);
  return FLT_PREOP_SUCCESS_NO_CALLBACK;
}

static NTSTATUS FLTAPI Unload(FLT_FILTER_UNLOAD_FLAGS Flags) {
  UNREFERENCED_PARAMETER(Flags);
  FltUnregisterFilter(Filter);
  return STATUS_SUCCESS;
}

static const FLT_OPERATION_REGISTRATION Callbacks[] = {
    {IRP_MJ_CREATE, FLTFL_OPERATION_REGISTRATION_SKIP_PAGING_IO, PreCreate, NULL, NULL},
    {IRP_MJ_OPERATION_END, 0, NULL, NULL, NULL}};

static const FLT_REGISTRATION Registration = {
    .Size = sizeof(FLT_REGISTRATION),
    .Version = FLT_REGISTRATION_VERSION,
    .OperationRegistration = Callbacks,
    .FilterUnloadCallback = Unload};

DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path) {
  UNREFERENCED_PARAMETER(Path);
  return FltRegisterFilter(Driver, &Registration, &Filter);
}
