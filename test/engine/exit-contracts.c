// What tells a caller that a helper keeps a lock, or leaves the level raised, is a contract: a place
// that it gives for the old level, a result of zero among error codes, a success that never took the
// lock at all. What tells it nothing, or the wrong thing, is a mistake.
// RUN: %verify %s
#include <ntifs.h>

typedef struct _NODE {
  ERESOURCE Main;
  ERESOURCE Paging;
  ULONG Value;
} NODE, *PNODE;
typedef enum _RESULT { RESULT_OK, RESULT_FULL, RESULT_GONE } RESULT;

extern ERESOURCE TableLock;
PNODE find(ULONG Key);
int ready(PNODE Node);
int fits(PNODE Node);

// Who gives a place for the old level gets the table locked.
PNODE optional_level_good(ULONG Key, KIRQL *Old) {
  KIRQL Irql;
  PNODE Node;
  if (Key == 0) {
    if (Old != NULL) {
      KeRaiseIrql(APC_LEVEL, Old);
      ExAcquireResourceSharedLite(&TableLock, TRUE);
    }
    return NULL;
  }
  KeRaiseIrql(APC_LEVEL, &Irql);
  ExAcquireResourceSharedLite(&TableLock, TRUE);
  Node = find(Key);
  if (Old != NULL) {
    *Old = Irql;
  } else {
    ExReleaseResourceLite(&TableLock);
    KeLowerIrql(Irql);
  }
  return Node;
}
// The other way round nobody can lower it.
VOID optional_level_bad(PNODE Node, KIRQL *Old) {
  KIRQL Irql;
  KeRaiseIrql(APC_LEVEL, &Irql); // expected-note {{raised}}
  Node->Value = 1;
  if (Old == NULL) // expected-note 0+ {{}}
    return;        // expected-warning {{'optional_level_bad' returns at APC_LEVEL}}
  *Old = Irql;
  KeLowerIrql(Irql);
}

// Of error codes without a sign zero is success.
ULONG zero_good(PNODE Node, KIRQL *Old) {
  KeRaiseIrql(DISPATCH_LEVEL, Old);
  if (!ready(Node)) {
    KeLowerIrql(*Old);
    return 2;
  }
  return 0;
}
RESULT enumeration_good(PNODE Node) {
  ExAcquireResourceExclusiveLite(&Node->Main, TRUE);
  if (!ready(Node)) {
    ExReleaseResourceLite(&Node->Main);
    return RESULT_GONE;
  }
  return RESULT_OK;
}
ULONG zero_bad(PNODE Node, KIRQL *Old) {
  KeRaiseIrql(DISPATCH_LEVEL, Old); // expected-note {{raised}}
  if (!ready(Node))                 // expected-note {{true}}
    return 2; // expected-warning {{'zero_bad' returns at DISPATCH_LEVEL}}
  KeLowerIrql(*Old);
  return 0;
}
RESULT enumeration_bad(PNODE Node) {
  ExAcquireResourceExclusiveLite(&Node->Main, TRUE); // expected-note {{acquired}}
  if (!ready(Node))                                  // expected-note {{true}}
    return RESULT_GONE; // expected-warning {{'Node->Main' is still held when 'enumeration_bad' returns}}
  ExReleaseResourceLite(&Node->Main);
  return RESULT_OK;
}

// A success for which the lock was not wanted gave up nothing.
BOOLEAN wanted_good(PNODE Node, ULONG Flags, BOOLEAN Wait) {
  if ((Flags & 1) && !ExAcquireResourceSharedLite(&Node->Main, Wait))
    return FALSE;
  if ((Flags & 2) && !ExAcquireResourceSharedLite(&Node->Paging, Wait)) {
    if (Flags & 1)
      ExReleaseResourceLite(&Node->Main);
    return FALSE;
  }
  return TRUE;
}
BOOLEAN wanted_bad(PNODE Node, ULONG Flags, BOOLEAN Wait) {
  if ((Flags & 1) && !ExAcquireResourceSharedLite(&Node->Main, Wait)) // expected-note 1+ {{}}
    return FALSE;
  if ((Flags & 2) && !fits(Node)) // expected-note 0-2 {{}}
    return FALSE;                 // expected-warning {{'Node->Main' is still held when 'wanted_bad' returns}}
  if (Flags & 1)
    ExReleaseResourceLite(&Node->Main);
  return TRUE;
}

// What goes on after the return may own the resource by then.
NTSTATUS startTransfer(PNODE Node);
NTSTATUS pending_good(PNODE Node) {
  NTSTATUS Status;
  ExAcquireResourceSharedLite(&Node->Main, TRUE);
  Status = startTransfer(Node);
  if (Status == STATUS_PENDING)
    return STATUS_PENDING;
  ExReleaseResourceLite(&Node->Main);
  return Status;
}
NTSTATUS pending_bad(PNODE Node) {
  NTSTATUS Status;
  ExAcquireResourceSharedLite(&Node->Main, TRUE); // expected-note {{acquired}}
  Status = startTransfer(Node);
  if (Status == STATUS_NOT_FOUND) // expected-note {{assuming}}
    return STATUS_NOT_FOUND;      // expected-warning {{'Node->Main' is still held when 'pending_bad' returns}}
  ExReleaseResourceLite(&Node->Main);
  return Status;
}

// Where the level was high enough before, nothing was raised, and the failure gives nothing back.
VOID raiseIfLow(PKIRQL Old) {
  KIRQL Now = KeGetCurrentIrql();
  if (Now >= DISPATCH_LEVEL) {
    *Old = Now;
    return;
  }
  KeRaiseIrql(DISPATCH_LEVEL, Old); // expected-note 0+ {{}}
}
VOID lowerIfRaised(PKIRQL Old) {
  if (*Old < DISPATCH_LEVEL)
    KeLowerIrql(*Old);
}
ULONG needed_good(PNODE Node, PKIRQL Old) {
  raiseIfLow(Old);
  if (Node && ready(Node))
    return 0;
  if (!fits(Node)) {
    lowerIfRaised(Old);
    return 1;
  }
  return 0;
}
ULONG needed_bad(PNODE Node, PKIRQL Old) {
  raiseIfLow(Old); // expected-note 0+ {{}}
  if (Node && ready(Node)) // expected-note 0+ {{}}
    return 1; // expected-warning {{'needed_bad' returns at DISPATCH_LEVEL}}
  if (!fits(Node)) {
    lowerIfRaised(Old);
    return 1;
  }
  lowerIfRaised(Old);
  return 0;
}

// A flag that says who keeps the lock says nothing where it was never taken.
VOID enter_good(PNODE Node, BOOLEAN Stay) {
  if (!ready(Node))
    return;
  ExAcquireResourceExclusiveLite(&Node->Main, TRUE);
  Node->Value = 1;
  if (!Stay)
    ExReleaseResourceLite(&Node->Main);
}
VOID enter_bad(PNODE Node, BOOLEAN Stay) {
  if (!ready(Node)) // expected-note 0+ {{}}
    return;
  ExAcquireResourceExclusiveLite(&Node->Main, TRUE); // expected-note 0+ {{}}
  if (!fits(Node)) // expected-note 0+ {{}}
    return; // expected-warning {{'Node->Main' is still held when 'enter_bad' returns}}
  if (!Stay)
    ExReleaseResourceLite(&Node->Main);
}

// Which critical region is kept is told by the same result as the lock that needs it; paths that
// entered none say nothing.
typedef struct _ITEM {
  LIST_ENTRY Link;
} ITEM;
static ERESOURCE ItemsLock;
static LIST_ENTRY Items;

ITEM *first_good(VOID) {
  ITEM *Item = NULL;
  BOOLEAN Waits = KeGetCurrentIrql() == PASSIVE_LEVEL;
  if (Waits) {
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(&ItemsLock, TRUE);
  }
  if (!IsListEmpty(&Items)) {
    Item = CONTAINING_RECORD(Items.Flink, ITEM, Link);
  } else if (Waits) {
    ExReleaseResourceLite(&ItemsLock);
    KeLeaveCriticalRegion();
  }
  return Item;
}

static ULONG Queued;
VOID clear_bad(VOID) {
  BOOLEAN Waits = KeGetCurrentIrql() == PASSIVE_LEVEL;
  if (Waits) {
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&ItemsLock, TRUE);
  }
  InitializeListHead(&Items);
  if (Waits) {
    ExReleaseResourceLite(&ItemsLock);
    if (Queued)
      return; // expected-warning {{'clear_bad' returns in a critical region, entered by 'KeEnterCriticalRegion'}}
    KeLeaveCriticalRegion();
  }
}
