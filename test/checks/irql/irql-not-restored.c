// irql-not-restored: a callback returns at another level than it was entered at.
// RUN: %verify %s
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
  KSPIN_LOCK Lock;
  KIRQL Saved;
  ULONG Count;
  BOOLEAN Ready;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

IO_WORKITEM_ROUTINE shortest_bad;
void shortest_bad(PDEVICE_OBJECT Device, PVOID Context) {
  KIRQL Irql;
  (void)Device, (void)Context;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
} // expected-warning {{'shortest_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL; the level was changed by 'KeRaiseIrql'}}

IO_WORKITEM_ROUTINE shortest_good;
void shortest_good(PDEVICE_OBJECT Device, PVOID Context) {
  KIRQL Irql;
  (void)Device, (void)Context;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  KeLowerIrql(Irql);
}

DRIVER_DISPATCH early_return_bad;
NTSTATUS early_return_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql;
  (void)Irp;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  if (!Ext->Ready)
    return STATUS_DEVICE_NOT_READY; // expected-warning {{'early_return_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL..DISPATCH_LEVEL; the level was changed by 'KeRaiseIrql'}}
  KeLowerIrql(Irql);
  return STATUS_SUCCESS;
}

DRIVER_DISPATCH goto_bad;
NTSTATUS goto_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  (void)Irp;
  Irql = KeRaiseIrqlToDpcLevel();
  if (!Ext->Ready) {
    Status = STATUS_DEVICE_NOT_READY;
    goto Exit;
  }
  ++Ext->Count;
  KeLowerIrql(Irql);
Exit:
  return Status; // expected-warning {{'goto_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL..DISPATCH_LEVEL; the level was changed by 'KeRaiseIrqlToDpcLevel'}}
}

DRIVER_DISPATCH goto_good;
NTSTATUS goto_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  (void)Irp;
  Irql = KeRaiseIrqlToDpcLevel();
  if (!Ext->Ready) {
    Status = STATUS_DEVICE_NOT_READY;
    goto Exit;
  }
  ++Ext->Count;
Exit:
  KeLowerIrql(Irql);
  return Status;
}

// Raise only if the level is lower, undo only if raised.
DRIVER_DISPATCH raise_if_lower_good;
NTSTATUS raise_if_lower_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql = KeGetCurrentIrql();
  (void)Irp;
  if (Irql < DISPATCH_LEVEL)
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  ++Ext->Count;
  if (Irql < DISPATCH_LEVEL)
    KeLowerIrql(Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH raise_flag_good;
NTSTATUS raise_flag_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql = PASSIVE_LEVEL;
  BOOLEAN Raised = FALSE;
  (void)Irp;
  if (KeGetCurrentIrql() < DISPATCH_LEVEL) {
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    Raised = TRUE;
  }
  ++Ext->Count;
  if (Raised)
    KeLowerIrql(Irql);
  return STATUS_SUCCESS;
}
DRIVER_DISPATCH raise_flag_inverted_bad;
NTSTATUS raise_flag_inverted_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PDEVICE_EXTENSION Ext = Device->DeviceExtension;
  KIRQL Irql = PASSIVE_LEVEL;
  BOOLEAN AtDispatch = TRUE;
  (void)Irp;
  if (Ext->Ready) {
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    AtDispatch = FALSE;
  }
  ++Ext->Count;
  if (AtDispatch && Ext->Count == 0)
    return STATUS_UNSUCCESSFUL;
  if (!AtDispatch && Ext->Count != 1)
    KeLowerIrql(Irql);
  return STATUS_SUCCESS; // expected-warning {{'raise_flag_inverted_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL..DISPATCH_LEVEL; the level was changed by 'KeRaiseIrql'}}
}

// The saved level goes by a structure member, and by two helpers.
static void enter(PDEVICE_EXTENSION Ext) { KeRaiseIrql(DISPATCH_LEVEL, &Ext->Saved); }
static void leave_(PDEVICE_EXTENSION Ext) { KeLowerIrql(Ext->Saved); }
IO_WORKITEM_ROUTINE helpers_good;
void helpers_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  enter(Ext);
  ++Ext->Count;
  leave_(Ext);
}
IO_WORKITEM_ROUTINE helpers_bad;
void helpers_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  (void)Device;
  enter(Ext);
  if (++Ext->Count > 3)
    return; // expected-warning {{'helpers_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL; the level was changed by 'KeRaiseIrql'}}
  leave_(Ext);
}

// A helper that raises for its caller is not accused; one of whose exits all
// but one restore it is.
KIRQL raises_for_caller_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  Ext->Count = 0;
  return Irql;
}
void odd_exit_bad(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  if (!Ext->Ready)
    return; // expected-warning {{'odd_exit_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL..DISPATCH_LEVEL; the level was changed by 'KeRaiseIrql'}}
  ++Ext->Count;
  KeLowerIrql(Irql);
}

_IRQL_raises_(DISPATCH_LEVEL) _IRQL_saves_
KIRQL annotated_raise_good(PDEVICE_EXTENSION Ext) {
  KIRQL Irql;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  ++Ext->Count;
  return Irql;
}

// In a loop: raised in each turn, lowered in each but the last.
IO_WORKITEM_ROUTINE loop_bad;
void loop_bad(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  for (;;) {
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    if (Ext->Count-- == 0)
      break;
    KeLowerIrql(Irql);
  }
} // expected-warning {{'loop_bad' returns at DISPATCH_LEVEL, but was entered at PASSIVE_LEVEL; the level was changed by 'KeRaiseIrql'}}
IO_WORKITEM_ROUTINE loop_good;
void loop_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  for (;;) {
    KeRaiseIrql(DISPATCH_LEVEL, &Irql);
    if (Ext->Count-- == 0)
      break;
    KeLowerIrql(Irql);
  }
  KeLowerIrql(Irql);
}

// A DPC that lowers below DISPATCH_LEVEL and does not come back.
KDEFERRED_ROUTINE dpc_lowers_bad;
void dpc_lowers_bad(PKDPC Object, PVOID Context, PVOID A, PVOID B) {
  (void)Object, (void)Context, (void)A, (void)B;
  KeLowerIrql(PASSIVE_LEVEL);
} // expected-warning {{'dpc_lowers_bad' returns at PASSIVE_LEVEL, but was entered at DISPATCH_LEVEL; the level was changed by 'KeLowerIrql'}}

// __finally lowers on every way out.
IO_WORKITEM_ROUTINE finally_good;
void finally_good(PDEVICE_OBJECT Device, PVOID Context) {
  PDEVICE_EXTENSION Ext = Context;
  KIRQL Irql;
  (void)Device;
  KeRaiseIrql(DISPATCH_LEVEL, &Irql);
  __try {
    if (!Ext->Ready)
      return;
    if (Ext->Count == 3)
      __leave;
    ++Ext->Count;
  } __finally {
    KeLowerIrql(Irql);
  }
}
