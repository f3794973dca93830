#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  KSPIN_LOCK StatsLock;
  FAST_MUTEX Mutex;
  KEVENT Stopped;
  ULONG Count;
  BOOLEAN Running;
} DEVICE_EXTENSION;

/* hw.c */
void HwStop(DEVICE_EXTENSION *Ext);
void HwPoll(DEVICE_EXTENSION *Ext, BOOLEAN Wait);
void HwCount(DEVICE_EXTENSION *Ext);
NTSTATUS HwReset(DEVICE_EXTENSION *Ext);
void HwOrder(DEVICE_EXTENSION *Ext);
void HwStats(DEVICE_EXTENSION *Ext);
void HwNeedsDispatch(DEVICE_EXTENSION *Ext);
/* lock.c */
void DevLock(DEVICE_EXTENSION *Ext, KIRQL *OldIrql);
void DevUnlock(DEVICE_EXTENSION *Ext, KIRQL OldIrql);
BOOLEAN DevTryLock(DEVICE_EXTENSION *Ext);
NTSTATUS DevLockIfRunning(DEVICE_EXTENSION *Ext, KIRQL *OldIrql);
/* registered in main.c, without a role type */
void LateTimer(PKDPC Dpc, PVOID Context, PVOID A1, PVOID A2);
