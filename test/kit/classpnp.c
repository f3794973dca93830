// Storage class drivers: commands, extended request blocks, the device extensions
// that the class library shares with its drivers.
// RUN: %clang_kit -Werror -fsyntax-only %s
// RUN: %clang_kit -x c++ -std=c++17 -Werror -fsyntax-only %s
// RUN: %clang_kit -DDEBUG_USE_KDPRINT -Werror -fsyntax-only %s
#include <ntddk.h>
#include <classpnp.h>
#include <srbhelper.h>
#include <storswtr.h>
#include <storduid.h>
#include <ata.h>
#include <ntiologc.h>
#ifndef __cplusplus
#define static_assert _Static_assert
#endif
#define SIZE(T, N) static_assert(sizeof(T) == (N), #T)
#define OFFSET(T, F, N) static_assert(__builtin_offsetof(T, F) == (N), #T "." #F)
#define VALUE(X, N) static_assert((X) == (N), #X)

// On the wire (SPC-4, SBC-3, ACS-3).
SIZE(CDB, 16);
SIZE(SENSE_DATA, 18);
SIZE(INQUIRYDATA, 104);
SIZE(VPD_BLOCK_LIMITS_PAGE, 64);
SIZE(VPD_BLOCK_DEVICE_CHARACTERISTICS_PAGE, 64);
SIZE(READ_CAPACITY16_DATA, 32);
SIZE(UNMAP_BLOCK_DESCRIPTOR, 16);
SIZE(BLOCK_DEVICE_TOKEN_DESCRIPTOR, 514);
SIZE(IDENTIFY_DEVICE_DATA, 512);
OFFSET(IDENTIFY_DEVICE_DATA, SerialNumber, 20);
OFFSET(IDENTIFY_DEVICE_DATA, ModelNumber, 54);
OFFSET(VPD_BLOCK_LIMITS_PAGE, MaximumUnmapLBACount, 20);
VALUE(SCSIOP_READ_CAPACITY, 0x25);
VALUE(SCSIOP_UNMAP, 0x42);
VALUE(VPD_BLOCK_LIMITS, 0xB0);
VALUE(SCSI_ADSENSE_LB_PROVISIONING, 0x38);
VALUE(IDE_COMMAND_IDENTIFY, 0xEC);
VALUE((ULONG)IO_ERR_BAD_BLOCK, 0xC0040007);

SIZE(SRBEX_DATA_SCSI_CDB16, 40);
SIZE(SRBEX_DATA_SCSI_CDB32, 56);
OFFSET(SRBEX_DATA_SCSI_CDB_VAR, SenseInfoBuffer, 24);
VALUE(SrbExDataTypeScsiCdb16, 0x40);
VALUE(SrbExDataTypeWmi, 0x60);
VALUE(SrbExDataTypeIoInfo, 0x80);
VALUE(SRB_FUNCTION_STORAGE_REQUEST_BLOCK, 0x28);

PCLASS_READ_WRITE Verify;
NTSTATUS readWrite(PDEVICE_OBJECT Device, PIRP Irp) {
  PFUNCTIONAL_DEVICE_EXTENSION Fdo = (PFUNCTIONAL_DEVICE_EXTENSION)Device->DeviceExtension;
  PCOMMON_DEVICE_EXTENSION Common = &Fdo->CommonExtension;
  KIRQL Irql;
  ULONG Removed = ClassAcquireRemoveLock(Device, Irp);
  if (Removed || !Common->IsFdo) {
    ClassReleaseRemoveLock(Device, Irp);
    return STATUS_DEVICE_DOES_NOT_EXIST;
  }
  KeAcquireSpinLock(&Fdo->ReleaseQueueSpinLock, &Irql);
  if (TEST_FLAG(Fdo->DeviceFlags, DEV_WRITE_CACHE))
    SET_FLAG(Fdo->SrbFlags, SRB_FLAGS_ADAPTER_CACHE_ENABLE);
  KeReleaseSpinLock(&Fdo->ReleaseQueueSpinLock, Irql);
  ADJUST_FUA_FLAG(Fdo);
  Verify = readWrite;
  return Verify(Device, Irp);
}
VOID finish(PSTORAGE_REQUEST_BLOCK_HEADER Srb, PVOID Buffer) {
  PCDB Cdb = SrbGetCdb(Srb);
  REVERSE_BYTES(&Cdb->CDB10.LogicalBlockByte0, Buffer);
  SrbSetSenseInfoBuffer(Srb, NULL);
  FREE_POOL(Buffer);
  DebugPrint((ClassDebugError, (PCCHAR) "%p", Srb));
#ifdef DEBUG_USE_KDPRINT
  TracePrint((1, TRACE_FLAG_IOCTL, "%p", Srb));
#endif
}
#if !defined(DEBUG_USE_KDPRINT) && !defined(DEBUG_USE_WPP)
#error storswtr.h chooses WPP
#endif
