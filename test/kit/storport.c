// A storage miniport: StorPort locks and the request block.
//
// RUN: %clang_kit -fsyntax-only -Wall -Wextra -Werror %s

#include <storport.h>

#define SAME(a, b) _Static_assert((a) == (b), #a " is not " #b)

SAME(DpcLock, 1);
SAME(StartIoLock, 2);
SAME(InterruptLock, 3);
SAME(SRB_STATUS_SUCCESS, 1);
SAME(SRB_STATUS_INVALID_REQUEST, 6);
SAME(SRB_STATUS(SRB_STATUS_BUSY | SRB_STATUS_QUEUE_FROZEN), SRB_STATUS_BUSY);
SAME(SRB_FUNCTION_EXECUTE_SCSI, 0);
SAME(SCSIOP_READ_CAPACITY, 0x25);
SAME(sizeof(CDB), 16);
SAME(sizeof(SCSI_REQUEST_BLOCK), 88);
SAME(__builtin_offsetof(INQUIRYDATA, VendorId), 8);
SAME(__builtin_offsetof(INQUIRYDATA, ProductId), 16);
SAME(__builtin_types_compatible_p(__typeof__(((HW_INITIALIZATION_DATA *)0)->HwStartIo), HW_STARTIO *), 1);

HW_STARTIO StartIo;
BOOLEAN StartIo(PVOID Extension, PSCSI_REQUEST_BLOCK Srb) {
  STOR_LOCK_HANDLE Handle = {0};
  StorPortAcquireSpinLock(Extension, InterruptLock, NULL, &Handle);
  Srb->SrbStatus = Srb->Cdb[0] == SCSIOP_READ ? SRB_STATUS_SUCCESS : SRB_STATUS_INVALID_REQUEST;
  StorPortReleaseSpinLock(Extension, &Handle);
  StorPortNotification(RequestComplete, Extension, Srb);
  return TRUE;
}
