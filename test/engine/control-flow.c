// Recursion, loops made of goto, computed conditions, large switches.
// RUN: %verify %s
// RUN: %irqlint scan %s --stats=%t.json > /dev/null; FileCheck %s --input-file=%t.json
// CHECK: "given_up": []
#include <ntddk.h>

typedef struct _NODE {
  KSPIN_LOCK Lock;
  KEVENT Event;
  struct _NODE *Left, *Right;
  ULONG Count, Flags;
} NODE, *PNODE;

//===--- recursion ----------------------------------------------------------------------===//

static void visit(PNODE Node) {
  KIRQL Irql;
  if (!Node)
    return;
  KeAcquireSpinLock(&Node->Lock, &Irql);
  ++Node->Count;
  KeReleaseSpinLock(&Node->Lock, Irql);
  visit(Node->Left);
  visit(Node->Right);
}
void recursion_good(PNODE Root) {
  visit(Root);
  KeWaitForSingleObject(&Root->Event, Executive, KernelMode, FALSE, NULL);
}
static void odd(PNODE Node, ULONG N);
static void even(PNODE Node, ULONG N) {
  if (N)
    odd(Node, N - 1);
  else
    KeWaitForSingleObject(&Node->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'Node->Lock' is held}}
}
static void odd(PNODE Node, ULONG N) {
  if (N)
    even(Node, N - 1);
}
void mutual_recursion_bad(PNODE Node, ULONG N) {
  KIRQL Irql;
  KeAcquireSpinLock(&Node->Lock, &Irql);
  even(Node, N);
  KeReleaseSpinLock(&Node->Lock, Irql);
}
// Holds the lock over the recursion, and the recursion takes it.
static void nested(PNODE Node) {
  KIRQL Irql;
  KeAcquireSpinLock(&Node->Lock, &Irql); // expected-warning {{spin lock 'Node->Lock' is acquired again}}
  if (Node->Count--)
    nested(Node);
  KeReleaseSpinLock(&Node->Lock, Irql);
}
void recursion_bad(PNODE Node) { nested(Node); }

//===--- goto ---------------------------------------------------------------------------===//

void goto_loop_good(PNODE Node) {
  KIRQL Irql;
  ULONG I = 0;
Top:
  KeAcquireSpinLock(&Node->Lock, &Irql);
  if (Node->Flags & 1)
    goto Next;
  if (Node->Flags & 2)
    goto Done;
  ++Node->Count;
Next:
  KeReleaseSpinLock(&Node->Lock, Irql);
  if (++I < 10)
    goto Top;
  return;
Done:
  KeReleaseSpinLock(&Node->Lock, Irql);
}
void goto_into_bad(PNODE Node) {
  KIRQL Irql;
  KeAcquireSpinLock(&Node->Lock, &Irql);
  if (Node->Flags & 1)
    goto Wait;
  KeReleaseSpinLock(&Node->Lock, Irql);
  return;
Wait:
  KeWaitForSingleObject(&Node->Event, Executive, KernelMode, FALSE, NULL); // expected-warning {{'KeWaitForSingleObject' waits at DISPATCH_LEVEL while spin lock 'Node->Lock' is held}}
  KeReleaseSpinLock(&Node->Lock, Irql);
}

//===--- computed conditions ------------------------------------------------------------===//

void comma_and_ternary_good(PNODE Node, ULONG N) {
  KIRQL Irql = PASSIVE_LEVEL;
  BOOLEAN Lock = N > 3 ? TRUE : FALSE;
  if (Lock)
    KeAcquireSpinLock(&Node->Lock, &Irql);
  Lock ? (void)++Node->Count : (void)0;
  if (N > 3)
    KeReleaseSpinLock(&Node->Lock, Irql);
  KeWaitForSingleObject(&Node->Event, Executive, KernelMode, FALSE, NULL);
}
void short_circuit_good(PNODE Node, BOOLEAN A, BOOLEAN B) {
  KIRQL Irql = PASSIVE_LEVEL;
  BOOLEAN Both = A && B;
  if (Both)
    KeAcquireSpinLock(&Node->Lock, &Irql);
  if (A && B)
    KeReleaseSpinLock(&Node->Lock, Irql);
  KeWaitForSingleObject(&Node->Event, Executive, KernelMode, FALSE, NULL);
}
void not_not_good(PNODE Node) {
  KIRQL Irql = PASSIVE_LEVEL;
  BOOLEAN Lock = !!(Node->Flags & 4);
  if (Lock)
    KeAcquireSpinLock(&Node->Lock, &Irql);
  if (!Lock)
    return;
  KeReleaseSpinLock(&Node->Lock, Irql);
}
void bits_of_flags_good(PNODE Node) {
  KIRQL Irql = PASSIVE_LEVEL;
  ULONG State = 0;
  if (Node->Flags & 1) {
    KeAcquireSpinLock(&Node->Lock, &Irql);
    State |= 0x80;
  }
  if (Node->Flags & 2)
    State |= 1;
  if (State & 0x80)
    KeReleaseSpinLock(&Node->Lock, Irql);
  KeWaitForSingleObject(&Node->Event, Executive, KernelMode, FALSE, NULL);
}
void do_while_good(PNODE Node) {
  KIRQL Irql;
  do {
    KeAcquireSpinLock(&Node->Lock, &Irql);
    if (Node->Count == 0) {
      KeReleaseSpinLock(&Node->Lock, Irql);
      break;
    }
    --Node->Count;
    KeReleaseSpinLock(&Node->Lock, Irql);
  } while (Node->Flags);
  KeWaitForSingleObject(&Node->Event, Executive, KernelMode, FALSE, NULL);
}
void counted_loops_good(PNODE Nodes) {
  KIRQL Irql;
  for (ULONG I = 0; I < 5; ++I)
    for (ULONG J = 0; J < 5; ++J) {
      KeAcquireSpinLock(&Nodes[I].Lock, &Irql);
      Nodes[I].Count += J;
      KeReleaseSpinLock(&Nodes[I].Lock, Irql);
    }
  KeWaitForSingleObject(&Nodes->Event, Executive, KernelMode, FALSE, NULL);
}
