//===- Deferred.cpp - Deferred procedures, timers, threads, work items ----===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Nt/Nt.h"

static RtWord word(const volatile void *P) {
  return reinterpret_cast<RtWord>(P);
}

/// A periodic timer would go on for ever.
static const ULONG MaxPeriods = 2;

static BOOLEAN insert(PRKDPC Dpc, PVOID First, PVOID Second) {
  RtCallback R = {};
  R.Role = "KDEFERRED_ROUTINE";
  R.Function = reinterpret_cast<RtWord>(Dpc->DeferredRoutine);
  R.Args[0] = word(Dpc);
  R.Args[1] = word(Dpc->DeferredContext);
  R.Args[2] = word(First);
  R.Args[3] = word(Second);
  R.Level = DISPATCH_LEVEL;
  R.Interrupts = 1;
  return irqlint_rt_queue_dpc(Dpc, &R, -1) != 0;
}

// What the machine keeps in a timer: its own number, and how often it expired.
static RtWord number(PKTIMER T) { return word(T->TimerListEntry.Flink); }
static void keepNumber(PKTIMER T, RtWord N) {
  T->TimerListEntry.Flink = reinterpret_cast<PLIST_ENTRY>(N);
}

static void IRQLINT_RT expire(void *Context) {
  auto *T = static_cast<PKTIMER>(Context);
  keepNumber(T, 0);
  irqlint_rt_signal(T, 0, 1);
  if (T->Dpc)
    insert(T->Dpc, nullptr, nullptr);
  if (T->Period && ++T->Processor < MaxPeriods)
    keepNumber(T, irqlint_rt_timer(irqlint_rt_now() + T->Period * 10000ull,
                                   expire, T));
}

static BOOLEAN cancel(PKTIMER T) {
  bool Was = number(T) && irqlint_rt_cancel_timer(number(T));
  keepNumber(T, 0);
  return Was;
}

static BOOLEAN set(PKTIMER T, LARGE_INTEGER Due, LONG Period, PKDPC Dpc) {
  BOOLEAN Was = cancel(T);
  irqlint_rt_signal(T, 1, 0);
  T->Dpc = Dpc;
  T->Period = (ULONG)Period;
  T->Processor = 0;
  RtWord Now = irqlint_rt_now(), At = (RtWord)Due.QuadPart;
  if (Due.QuadPart <= 0)
    At = Now + (RtWord)-Due.QuadPart;
  else if (At < Now)
    At = Now;
  keepNumber(T, irqlint_rt_timer(At, expire, T));
  return Was;
}

namespace {
struct WorkItem {
  PDEVICE_OBJECT Device;
};
} // namespace

extern "C" {

VOID KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE Routine, PVOID Context) {
  Call C("KeInitializeDpc", Dpc, Routine, Context);
  Dpc->DeferredRoutine = Routine;
  Dpc->DeferredContext = Context;
  Dpc->DpcData = nullptr;
  C.end();
}

BOOLEAN KeInsertQueueDpc(PRKDPC Dpc, PVOID First, PVOID Second) {
  Call C("KeInsertQueueDpc", Dpc, First, Second);
  return C.end(insert(Dpc, First, Second));
}

BOOLEAN KeRemoveQueueDpc(PRKDPC Dpc) {
  Call C("KeRemoveQueueDpc", Dpc);
  return C.end((BOOLEAN)(irqlint_rt_remove_dpc(Dpc) != 0));
}

VOID KeFlushQueuedDpcs(VOID) {
  Call C("KeFlushQueuedDpcs");
  irqlint_rt_flush_dpcs();
  C.end();
}

static void initialize(PKTIMER Timer, TIMER_TYPE Type) {
  keepNumber(Timer, 0);
  Timer->Dpc = nullptr;
  Timer->Period = 0;
  irqlint_rt_object(Timer,
                    Type == NotificationTimer ? NotificationObject
                                              : SynchronizationObject,
                    0, 1);
}

VOID KeInitializeTimer(PKTIMER Timer) {
  Call C("KeInitializeTimer", Timer);
  initialize(Timer, NotificationTimer);
  C.end();
}

VOID KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type) {
  Call C("KeInitializeTimerEx", Timer, Type);
  initialize(Timer, Type);
  C.end();
}

BOOLEAN KeSetTimer(PKTIMER Timer, LARGE_INTEGER Due, PKDPC Dpc) {
  Call C("KeSetTimer", Timer, Due.QuadPart, Dpc);
  return C.end(set(Timer, Due, 0, Dpc));
}

BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER Due, LONG Period, PKDPC Dpc) {
  Call C("KeSetTimerEx", Timer, Due.QuadPart, Period, Dpc);
  return C.end(set(Timer, Due, Period, Dpc));
}

BOOLEAN KeCancelTimer(PKTIMER Timer) {
  Call C("KeCancelTimer", Timer);
  return C.end(cancel(Timer));
}

BOOLEAN KeReadStateTimer(PKTIMER Timer) {
  Call C("KeReadStateTimer", Timer);
  return C.end((BOOLEAN)(irqlint_rt_object_state(Timer) != 0));
}

/// A handle is the address of the thread's object.
NTSTATUS PsCreateSystemThread(PHANDLE Handle, ULONG Access,
                              POBJECT_ATTRIBUTES Attributes, HANDLE Process,
                              PCLIENT_ID Id, PKSTART_ROUTINE Start,
                              PVOID Context) {
  Call C("PsCreateSystemThread", Handle, Access, Attributes, Process, Id, Start,
         Context);
  void *Object = irqlint_rt_allocate(sizeof(DISPATCHER_HEADER), 1);
  irqlint_rt_object(Object, NotificationObject, 0, 1);
  RtCallback R = {};
  R.Role = "KSTART_ROUTINE";
  R.Function = reinterpret_cast<RtWord>(Start);
  R.Args[0] = word(Context);
  irqlint_rt_thread(&R, Object);
  *Handle = Object;
  return C.end((NTSTATUS)STATUS_SUCCESS);
}

NTSTATUS PsTerminateSystemThread(NTSTATUS Status) {
  Call C("PsTerminateSystemThread", Status);
  C.end();
  irqlint_rt_exit_thread();
  return Status;
}

NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK Access,
                                   POBJECT_TYPE Type, KPROCESSOR_MODE Mode,
                                   PVOID *Object,
                                   POBJECT_HANDLE_INFORMATION Information) {
  Call C("ObReferenceObjectByHandle", Handle, Access, Type, Mode, Object,
         Information);
  *Object = Handle;
  return C.end((NTSTATUS)STATUS_SUCCESS);
}

PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT Device) {
  Call C("IoAllocateWorkItem", Device);
  auto *W = static_cast<WorkItem *>(irqlint_rt_allocate(sizeof(WorkItem), 1));
  W->Device = Device;
  return C.end(reinterpret_cast<PIO_WORKITEM>(W));
}

VOID IoFreeWorkItem(PIO_WORKITEM Item) {
  Call C("IoFreeWorkItem", Item);
  irqlint_rt_free(Item);
  C.end();
}

VOID IoQueueWorkItem(PIO_WORKITEM Item, PIO_WORKITEM_ROUTINE Routine,
                     WORK_QUEUE_TYPE Queue, PVOID Context) {
  Call C("IoQueueWorkItem", Item, Routine, Queue, Context);
  RtCallback R = {};
  R.Role = "IO_WORKITEM_ROUTINE";
  R.Function = reinterpret_cast<RtWord>(Routine);
  R.Args[0] = word(reinterpret_cast<WorkItem *>(Item)->Device);
  R.Args[1] = word(Context);
  irqlint_rt_thread(&R, nullptr);
  C.end();
}

} // extern "C"
