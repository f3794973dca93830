// StorPort spin locks.
// RUN: %verify %s
#include <ntddk.h>
#include <storport.h>

typedef struct _HBA {
  ULONG Count;
  BOOLEAN Stopping;
  STOR_DPC Dpc;
} HBA, *PHBA;

HW_STARTIO leak_bad;
BOOLEAN leak_bad(PVOID Extension, PSCSI_REQUEST_BLOCK Srb) {
  PHBA Hba = Extension;
  STOR_LOCK_HANDLE Handle = {0};
  (void)Srb;
  StorPortAcquireSpinLock(Hba, InterruptLock, NULL, &Handle);
  if (Hba->Stopping)
    return FALSE; // expected-warning {{is still held when 'leak_bad' returns; acquired by 'StorPortAcquireSpinLock'}}
  StorPortReleaseSpinLock(Hba, &Handle);
  return TRUE;
}
HW_STARTIO leak_good;
BOOLEAN leak_good(PVOID Extension, PSCSI_REQUEST_BLOCK Srb) {
  PHBA Hba = Extension;
  STOR_LOCK_HANDLE Handle = {0};
  (void)Srb;
  StorPortAcquireSpinLock(Hba, InterruptLock, NULL, &Handle);
  if (Hba->Stopping) {
    StorPortReleaseSpinLock(Hba, &Handle);
    return FALSE;
  }
  StorPortReleaseSpinLock(Hba, &Handle);
  return TRUE;
}
// The lock order of the documentation: DPC lock, start-I/O lock, interrupt lock.
HW_DPC_ROUTINE nested_good;
void nested_good(PSTOR_DPC Dpc, PVOID Extension, PVOID A, PVOID B) {
  PHBA Hba = Extension;
  STOR_LOCK_HANDLE StartIo = {0}, Interrupt = {0};
  (void)Dpc, (void)A, (void)B;
  StorPortAcquireSpinLock(Hba, StartIoLock, NULL, &StartIo);
  StorPortAcquireSpinLock(Hba, InterruptLock, NULL, &Interrupt);
  ++Hba->Count;
  StorPortReleaseSpinLock(Hba, &Interrupt);
  StorPortReleaseSpinLock(Hba, &StartIo);
}
HW_DPC_ROUTINE double_bad;
void double_bad(PSTOR_DPC Dpc, PVOID Extension, PVOID A, PVOID B) {
  PHBA Hba = Extension;
  STOR_LOCK_HANDLE First = {0}, Second = {0};
  (void)Dpc, (void)A, (void)B;
  StorPortAcquireSpinLock(Hba, StartIoLock, NULL, &First);
  StorPortAcquireSpinLock(Hba, StartIoLock, NULL, &Second); // expected-warning {{is acquired again by 'StorPortAcquireSpinLock' while this thread holds it; first acquired by 'StorPortAcquireSpinLock'}}
  StorPortReleaseSpinLock(Hba, &Second);
  StorPortReleaseSpinLock(Hba, &First);
}
HW_DPC_ROUTINE dpc_lock_good;
void dpc_lock_good(PSTOR_DPC Dpc, PVOID Extension, PVOID A, PVOID B) {
  PHBA Hba = Extension;
  STOR_LOCK_HANDLE Handle = {0};
  (void)A, (void)B;
  StorPortAcquireSpinLock(Hba, DpcLock, Dpc, &Handle);
  ++Hba->Count;
  StorPortReleaseSpinLock(Hba, &Handle);
}
HW_DPC_ROUTINE dpc_lock_bad;
void dpc_lock_bad(PSTOR_DPC Dpc, PVOID Extension, PVOID A, PVOID B) {
  PHBA Hba = Extension;
  STOR_LOCK_HANDLE Handle = {0};
  (void)A, (void)B;
  StorPortAcquireSpinLock(Hba, DpcLock, Dpc, &Handle);
  if (++Hba->Count == 7)
    return; // expected-warning {{is still held when 'dpc_lock_bad' returns; acquired by 'StorPortAcquireSpinLock'}}
  StorPortReleaseSpinLock(Hba, &Handle);
}
HW_DPC_ROUTINE message_lock_bad;
void message_lock_bad(PSTOR_DPC Dpc, PVOID Extension, PVOID A, PVOID B) {
  PHBA Hba = Extension;
  ULONG Irql = 0;
  (void)Dpc, (void)A, (void)B;
  StorPortAcquireMSISpinLock(Hba, 1, &Irql);
  if (++Hba->Count == 7)
    return; // expected-warning {{is still held when 'message_lock_bad' returns; acquired by 'StorPortAcquireMSISpinLock'}}
  StorPortReleaseMSISpinLock(Hba, 1, Irql);
}
HW_DPC_ROUTINE message_lock_good;
void message_lock_good(PSTOR_DPC Dpc, PVOID Extension, PVOID A, PVOID B) {
  PHBA Hba = Extension;
  ULONG First = 0, Second = 0;
  (void)Dpc, (void)A, (void)B;
  StorPortAcquireMSISpinLock(Hba, 1, &First);
  StorPortAcquireMSISpinLock(Hba, 2, &Second);
  ++Hba->Count;
  StorPortReleaseMSISpinLock(Hba, 2, Second);
  StorPortReleaseMSISpinLock(Hba, 1, First);
}
