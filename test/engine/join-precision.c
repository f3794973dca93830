// What is known of values survives where paths meet: ranges are united, flags that were
// computed by conditional operators stay apart from one another, and a row of them costs no
// path for each combination.
// RUN: %verify %s
// RUN: %irqlint scan %s --stats=%t.json > /dev/null; FileCheck %s --input-file=%t.json
// CHECK: "given_up": []
#include <ntddk.h>

typedef struct _EXT {
  KSPIN_LOCK Lock;
  ULONG State, Flags;
  BOOLEAN Exclusive;
} EXT, *PEXT;

NTSTATUS start(PEXT Ext, ULONG How);

//===--- a row of conditional operators -------------------------------------------------===//

#define FLAG_ON(F, B) (((F) & (B)) ? TRUE : FALSE)

NTSTATUS row_good(PEXT Ext, ULONG Options) {
  BOOLEAN A = FLAG_ON(Options, 0x1), B = FLAG_ON(Options, 0x2);
  BOOLEAN C = FLAG_ON(Options, 0x4), D = FLAG_ON(Options, 0x8);
  BOOLEAN E = FLAG_ON(Options, 0x10), F = FLAG_ON(Options, 0x20);
  BOOLEAN G = FLAG_ON(Options, 0x40), H = FLAG_ON(Options, 0x80);
  BOOLEAN I = FLAG_ON(Options, 0x100), J = FLAG_ON(Options, 0x200);
  BOOLEAN K = FLAG_ON(Options, 0x400), L = FLAG_ON(Options, 0x800);
  BOOLEAN M = (Options & 0x1000) != 0, N = (Options & 0x2000) != 0;
  BOOLEAN O = (Options & 0x4000) != 0, P = (Options & 0x8000) != 0;
  KIRQL Irql = 0;
  if (P)
    KeAcquireSpinLock(&Ext->Lock, &Irql);
  Ext->Flags = A + B + C + D + E + F + G + H + I + J + K + L + M + N + O;
  if (P)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}

NTSTATUS row_bad(PEXT Ext, ULONG Options) {
  BOOLEAN A = FLAG_ON(Options, 0x1), B = FLAG_ON(Options, 0x2);
  BOOLEAN C = FLAG_ON(Options, 0x4), D = FLAG_ON(Options, 0x8);
  BOOLEAN E = FLAG_ON(Options, 0x10), F = FLAG_ON(Options, 0x20);
  BOOLEAN G = FLAG_ON(Options, 0x40), H = FLAG_ON(Options, 0x80);
  KIRQL Irql = 0;
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-note 0+ {{}}
  Ext->Flags = A + B + C + D + E + F + G;
  if (H) // expected-note 0+ {{}}
    return STATUS_UNSUCCESSFUL; // expected-warning {{spin lock 'Ext->Lock' is still held when 'row_bad' returns}} expected-note 0+ {{}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}

//===--- united ranges ------------------------------------------------------------------===//

// Whatever went wrong, the status is negative: the lock is given up at the end.
NTSTATUS status_good(PEXT Ext, ULONG How) {
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql);
  switch (How) {
  case 0:
    Status = STATUS_UNSUCCESSFUL;
    break;
  case 1:
    Status = STATUS_INVALID_PARAMETER;
    break;
  case 2:
    Status = STATUS_NOT_SUPPORTED;
    break;
  case 3:
    Status = STATUS_CANCELLED;
    break;
  case 4:
    Status = STATUS_DEVICE_BUSY;
    break;
  case 5:
    Status = STATUS_INSUFFICIENT_RESOURCES;
    break;
  case 6:
    Status = STATUS_NO_SUCH_DEVICE;
    break;
  case 7:
    Status = STATUS_DEVICE_NOT_READY;
    break;
  case 8:
    Status = STATUS_IO_TIMEOUT;
    break;
  case 9:
    Status = STATUS_NOT_FOUND;
    break;
  default:
    Ext->State = How;
    KeReleaseSpinLock(&Ext->Lock, Irql);
    break;
  }
  if (!NT_SUCCESS(Status))
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return Status;
}

NTSTATUS status_bad(PEXT Ext, ULONG How) {
  NTSTATUS Status = STATUS_SUCCESS;
  KIRQL Irql;
  KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-note 0+ {{}}
  switch (How) { // expected-note 0+ {{}}
  case 0:
    Status = STATUS_UNSUCCESSFUL;
    break;
  case 1:
    Status = STATUS_INVALID_PARAMETER;
    break;
  case 2:
    Status = STATUS_PENDING; // a success, and nobody gave the lock up
    break;
  default:
    Ext->State = How;
    KeReleaseSpinLock(&Ext->Lock, Irql);
    break;
  }
  if (!NT_SUCCESS(Status)) // expected-note 0+ {{}}
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return Status; // expected-warning {{spin lock 'Ext->Lock' is still held when 'status_bad' returns}} expected-note 0+ {{}}
}

//===--- flags that go together, after many others --------------------------------------===//

NTSTATUS together_good(PEXT Ext, ULONG How) {
  BOOLEAN Locked = FALSE, Owner = FALSE;
  ULONG Cost = 0;
  KIRQL Irql = 0;
  if (How & 1)
    Cost += 1;
  if (How & 2)
    Cost += 2;
  if (How & 4)
    Cost += 4;
  if (How & 8)
    Cost += 8;
  if (Ext->Exclusive) {
    KeAcquireSpinLock(&Ext->Lock, &Irql);
    Locked = TRUE;
    Owner = Cost > 4;
  }
  for (ULONG I = 0; I < How; ++I)
    if (start(Ext, I) == STATUS_PENDING)
      ++Cost;
  Ext->State = Cost + Owner;
  if (Locked)
    KeReleaseSpinLock(&Ext->Lock, Irql);
  return STATUS_SUCCESS;
}

//===--- a comparison as the lock's mode, over a loop -----------------------------------===//

PEXT next(PEXT Ext);

VOID mode_good(PEXT Ext, ULONG Flags) {
  BOOLEAN AtDispatch = (Flags & 1) != 0;
  KIRQL Irql = 0;
  for (; Ext; Ext = next(Ext)) {
    if (AtDispatch == TRUE)
      KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
    else
      KeAcquireSpinLock(&Ext->Lock, &Irql);
    if (Ext->State == 1 && Ext->Flags == 2)
      Ext->Flags = 0;
    if (AtDispatch == TRUE)
      KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    else
      KeReleaseSpinLock(&Ext->Lock, Irql);
    if (start(Ext, 0) == STATUS_PENDING)
      Ext->State = 0;
    if (AtDispatch == TRUE)
      KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
    else
      KeAcquireSpinLock(&Ext->Lock, &Irql);
    --Ext->State;
    if (AtDispatch == TRUE)
      KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    else
      KeReleaseSpinLock(&Ext->Lock, Irql);
  }
}

// The mode may have changed between the two tests.
VOID mode_bad(PEXT Ext, ULONG Flags) {
  BOOLEAN AtDispatch = (Flags & 1) != 0;
  KIRQL Irql = 0;
  if (AtDispatch == TRUE) // expected-note 0+ {{}}
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
  else
    KeAcquireSpinLock(&Ext->Lock, &Irql); // expected-note 0+ {{}}
  AtDispatch = Ext->State == 0;
  if (AtDispatch == TRUE) // expected-note 0+ {{}}
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock); // expected-warning {{was acquired by 'KeAcquireSpinLock' but is released by 'KeReleaseSpinLockFromDpcLevel'}} expected-note 0+ {{}}
  else
    KeReleaseSpinLock(&Ext->Lock, Irql); // expected-warning 0+ {{}} expected-note 0+ {{}}
} // expected-warning {{'mode_bad' returns at PASSIVE_LEVEL}} expected-note 0+ {{}}

//===--- a condition of several parts, kept and tested again ----------------------------===//

VOID parts_good(PEXT Ext, PEXT Other, ULONG How) {
  KIRQL Irql = 0;
  BOOLEAN Both = FALSE;
  for (ULONG I = 0; I < How; ++I) {
    Both = !Other && Ext->State != 3 && Ext->State != 4 && Ext->Flags == 0;
    if (Both) {
      KeAcquireSpinLock(&Ext->Lock, &Irql);
      Both = !Other && Ext->State != 3 && Ext->State != 4 && Ext->Flags == 0;
      if (!Both)
        KeReleaseSpinLock(&Ext->Lock, Irql);
    }
    start(Ext, I);
    if (Both)
      KeReleaseSpinLock(&Ext->Lock, Irql);
  }
}

//===--- what a function returns stays with the path ---------------------------------------===//

static NTSTATUS lockAndTell(PEXT Ext, ULONG What, PKIRQL Irql) {
  KeAcquireSpinLock(&Ext->Lock, Irql);
  switch (What) {
  case 1: return STATUS_DEVICE_BUSY;
  case 2: return STATUS_DEVICE_NOT_READY;
  case 3: return STATUS_NO_MEMORY;
  case 4: return STATUS_NOT_FOUND;
  case 5: return STATUS_NOT_SUPPORTED;
  case 6: return STATUS_INVALID_PARAMETER;
  case 7: return STATUS_ACCESS_DENIED;
  case 8: return STATUS_CANCELLED;
  case 9: return STATUS_IO_TIMEOUT;
  case 10: return STATUS_DISK_FULL;
  case 11: return STATUS_DELETE_PENDING;
  case 12: return STATUS_PENDING;
  default: return STATUS_SUCCESS;
  }
}
DRIVER_DISPATCH told_bad;
NTSTATUS told_bad(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXT Ext = Device->DeviceExtension;
  NTSTATUS Status;
  KIRQL Irql;
  Status = lockAndTell(Ext, Irp->Flags, &Irql);
  if (Status == STATUS_PENDING)
    return Status; // expected-warning {{spin lock 'Ext->Lock' is still held when 'told_bad' returns; acquired by 'KeAcquireSpinLock'}}
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return Status;
}
DRIVER_DISPATCH told_good;
NTSTATUS told_good(PDEVICE_OBJECT Device, PIRP Irp) {
  PEXT Ext = Device->DeviceExtension;
  NTSTATUS Status;
  KIRQL Irql;
  Status = lockAndTell(Ext, Irp->Flags, &Irql);
  if (!NT_SUCCESS(Status)) {
    KeReleaseSpinLock(&Ext->Lock, Irql);
    return Status;
  }
  if (Status < 0)
    return Status; // cannot be
  KeReleaseSpinLock(&Ext->Lock, Irql);
  return Status;
}

//===--- a mode that is read again in each round ----------------------------------------===//

typedef struct _CHANNEL {
  struct _PORT *Port;
  ULONG Number;
} CHANNEL, *PCHANNEL;
typedef struct _PORT {
  ULONG PerChannel : 1;
  ULONG Other : 31;
  KSPIN_LOCK Lock;
  KSPIN_LOCK Locks[8];
  ULONG Count, Seen, Last;
} PORT, *PPORT;

void complete(PCHANNEL Channel, ULONG What);
ULONG take_next(PCHANNEL Channel);

static void lock_port(PPORT Port, ULONG Number, PKIRQL Irql) {
  if (Port->PerChannel == 0 || Number == 0xffffffff)
    KeAcquireSpinLock(&Port->Lock, Irql);
  else
    KeAcquireSpinLock(&Port->Locks[Number], Irql);
}

static void unlock_port(PPORT Port, ULONG Number, KIRQL Irql) {
  if (Port->PerChannel == 0 || Number == 0xffffffff)
    KeReleaseSpinLock(&Port->Lock, Irql);
  else
    KeReleaseSpinLock(&Port->Locks[Number], Irql);
}

// All that the rounds of the loop do to the port leaves open how it is locked
// next time, but not between the two calls.
void rounds_good(PCHANNEL Channel) {
  ULONG Next;
  KIRQL Irql;
  do {
    lock_port(Channel->Port, Channel->Number, &Irql);
    Next = take_next(Channel);
    unlock_port(Channel->Port, Channel->Number, Irql);
    if (Next != 0) {
      complete(Channel, Next);
      if (Next & 1)
        Channel->Port->Count++;
      else if (Next & 2)
        Channel->Port->Seen = Next;
      if (Channel->Port->Last != Next && Next != 17)
        complete(Channel, 0);
    }
  } while (Next != 0);
}

void rounds_bad(PCHANNEL Channel) {
  ULONG Next;
  KIRQL Irql;
  do {
    lock_port(Channel->Port, Channel->Number, &Irql); // expected-note 0+ {{}}
    Next = take_next(Channel);
    if (Next == 17) // expected-note 0+ {{}}
      return; // expected-warning {{is still held when 'rounds_bad' returns}} expected-note 0+ {{}}
    unlock_port(Channel->Port, Channel->Number, Irql);
    if (Next != 0)
      complete(Channel, Next);
  } while (Next != 0);
}
