//===- Dispatcher.cpp - Events, semaphores, mutexes and waits -------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Nt/Nt.h"

/// The state is kept by the machine; drivers may look at the header's copy.
static void mirror(PVOID Object) {
  auto *H = static_cast<DISPATCHER_HEADER *>(Object);
  irqlint_rt_touch(&H->SignalState, sizeof(LONG), 1);
  H->SignalState = irqlint_rt_object_state(Object);
}

/// What nobody initialized in this execution is somebody else's work, unless
/// everything is known.
static bool known(const char *Routine, PVOID Object) {
  if (irqlint_rt_object_known(Object))
    return true;
  if (!irqlint_rt_open())
    irqlint_rt_report("lock-not-initialized", Routine);
  return false;
}

extern "C" {

VOID KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State) {
  Call C("KeInitializeEvent", Event, Type, State);
  irqlint_rt_object(Event,
                    Type == NotificationEvent ? NotificationObject
                                              : SynchronizationObject,
                    State != 0, 1);
  mirror(Event);
  C.end();
}

LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait) {
  Call C("KeSetEvent", Event, Increment, Wait);
  LONG Before = 0;
  if (known("KeSetEvent", Event)) {
    Before = irqlint_rt_signal(Event, 0, 1);
    mirror(Event);
  }
  return C.end(Before);
}

LONG KeResetEvent(PRKEVENT Event) {
  Call C("KeResetEvent", Event);
  LONG Before = 0;
  if (known("KeResetEvent", Event)) {
    Before = irqlint_rt_signal(Event, 1, 0);
    mirror(Event);
  }
  return C.end(Before);
}

VOID KeClearEvent(PRKEVENT Event) {
  Call C("KeClearEvent", Event);
  if (known("KeClearEvent", Event)) {
    irqlint_rt_signal(Event, 1, 0);
    mirror(Event);
  }
  C.end();
}

LONG KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait) {
  Call C("KePulseEvent", Event, Increment, Wait);
  LONG Before = 0;
  if (known("KePulseEvent", Event)) {
    Before = irqlint_rt_signal(Event, 2, 1);
    mirror(Event);
  }
  return C.end(Before);
}

LONG KeReadStateEvent(PRKEVENT Event) {
  Call C("KeReadStateEvent", Event);
  if (!known("KeReadStateEvent", Event))
    return C.end((LONG)irqlint_rt_choose(2));
  return C.end((LONG)irqlint_rt_object_state(Event));
}

VOID KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit) {
  Call C("KeInitializeSemaphore", Semaphore, Count, Limit);
  irqlint_rt_object(Semaphore, SemaphoreObject, Count, Limit);
  mirror(Semaphore);
  C.end();
}

LONG KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment,
                        LONG Adjustment, BOOLEAN Wait) {
  Call C("KeReleaseSemaphore", Semaphore, Increment, Adjustment, Wait);
  LONG Before = 0;
  if (known("KeReleaseSemaphore", Semaphore)) {
    Before = irqlint_rt_signal(Semaphore, 0, Adjustment);
    mirror(Semaphore);
  }
  return C.end(Before);
}

LONG KeReadStateSemaphore(PRKSEMAPHORE Semaphore) {
  Call C("KeReadStateSemaphore", Semaphore);
  if (!known("KeReadStateSemaphore", Semaphore))
    return C.end((LONG)irqlint_rt_choose(2));
  return C.end((LONG)irqlint_rt_object_state(Semaphore));
}

VOID KeInitializeMutex(PRKMUTEX Mutex, ULONG Level) {
  Call C("KeInitializeMutex", Mutex, Level);
  irqlint_rt_object(Mutex, MutexObject, 1, 1);
  mirror(Mutex);
  C.end();
}

LONG KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait) {
  Call C("KeReleaseMutex", Mutex, Wait);
  LONG Before = 0;
  if (known("KeReleaseMutex", Mutex)) {
    Before = irqlint_rt_signal(Mutex, 3, 1);
    mirror(Mutex);
  }
  return C.end(Before);
}

LONG KeReadStateMutex(PRKMUTEX Mutex) {
  Call C("KeReadStateMutex", Mutex);
  if (!known("KeReadStateMutex", Mutex))
    return C.end((LONG)irqlint_rt_choose(2));
  return C.end((LONG)irqlint_rt_object_state(Mutex));
}

static NTSTATUS wait(PVOID *Objects, ULONG Count, BOOLEAN All,
                     PLARGE_INTEGER Timeout) {
  for (ULONG I = 0; I < Count; ++I)
    known("wait", Objects[I]);
  int Index = irqlint_rt_wait(Objects, Count, All,
                              Timeout ? &Timeout->QuadPart : nullptr);
  for (ULONG I = 0; I < Count; ++I)
    if (irqlint_rt_object_known(Objects[I]))
      mirror(Objects[I]);
  return Index < 0 ? STATUS_TIMEOUT : (NTSTATUS)(STATUS_WAIT_0 + Index);
}

NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON Reason,
                               KPROCESSOR_MODE Mode, BOOLEAN Alertable,
                               PLARGE_INTEGER Timeout) {
  Call C("KeWaitForSingleObject", Object, Reason, Mode, Alertable, Timeout);
  return C.end(wait(&Object, 1, FALSE, Timeout));
}

NTSTATUS KeWaitForMutexObject(PVOID Object, KWAIT_REASON Reason,
                              KPROCESSOR_MODE Mode, BOOLEAN Alertable,
                              PLARGE_INTEGER Timeout) {
  Call C("KeWaitForMutexObject", Object, Reason, Mode, Alertable, Timeout);
  return C.end(wait(&Object, 1, FALSE, Timeout));
}

NTSTATUS KeWaitForMultipleObjects(ULONG Count, PVOID Objects[], WAIT_TYPE Type,
                                  KWAIT_REASON Reason, KPROCESSOR_MODE Mode,
                                  BOOLEAN Alertable, PLARGE_INTEGER Timeout,
                                  PKWAIT_BLOCK Blocks) {
  Call C("KeWaitForMultipleObjects", Count, Objects, Type, Reason, Mode,
         Alertable, Timeout, Blocks);
  return C.end(wait(Objects, Count, Type == WaitAll, Timeout));
}

NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE Mode, BOOLEAN Alertable,
                                PLARGE_INTEGER Interval) {
  Call C("KeDelayExecutionThread", Mode, Alertable, Interval);
  irqlint_rt_wait(nullptr, 0, FALSE, &Interval->QuadPart);
  return C.end(STATUS_SUCCESS);
}

} // extern "C"
