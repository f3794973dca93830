/*===- irqlint_scenario.h - What happens to a driver ---------------*- C -*-===*\
|* Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
\*===----------------------------------------------------------------------===*/
/*
 * For a function without parameters that `irqlint run --scenario=NAME` runs
 * in all interleavings up to a bound. What is started with ScenarioRequest,
 * ScenarioThread and ScenarioInterrupt happens at the same time, in any order;
 * the function ends when all of it has.
 */
#ifndef IRQLINT_SCENARIO_H
#define IRQLINT_SCENARIO_H

#include <ntddk.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef VOID SCENARIO_BODY(PVOID Context);

/* Calls DriverEntry; the driver. What follows is the same for drivers of the
   framework (KMDF), whose device is a handle here that only these take. */
PDRIVER_OBJECT ScenarioLoadDriver(PDRIVER_INITIALIZE DriverEntry);
/* Calls the driver's AddDevice above a bus; the driver's device. */
PDEVICE_OBJECT ScenarioAddDevice(PDRIVER_OBJECT Driver);
/* Sends a request and waits until it is complete; its status. */
NTSTATUS ScenarioSend(PDEVICE_OBJECT Device, UCHAR Major, UCHAR Minor);

/* A thread of its own sends a request and waits until it is complete. */
VOID ScenarioRequest(PDEVICE_OBJECT Device, UCHAR Major, UCHAR Minor);
/* The same, and another thread cancels the request at some time. */
VOID ScenarioRequestAndCancel(PDEVICE_OBJECT Device, UCHAR Major, UCHAR Minor);
/* The same for an I/O control code: sent now, by a thread of its own, and
   canceled. */
NTSTATUS ScenarioSendControl(PDEVICE_OBJECT Device, ULONG Code);
VOID ScenarioControl(PDEVICE_OBJECT Device, ULONG Code);
VOID ScenarioControlAndCancel(PDEVICE_OBJECT Device, ULONG Code);
/* A thread of its own calls a function. */
VOID ScenarioThread(SCENARIO_BODY *Body, PVOID Context);
/* The device interrupts once, at some time, on some processor. */
VOID ScenarioInterrupt(VOID);
/* What other drivers may do with what they are sent from now on, as an OR of
   these; one of them each time. At first: succeed, at once or later. */
#define SCENARIO_SUCCEED 1
#define SCENARIO_FAIL 2
#define SCENARIO_SUCCEED_LATER 4
#define SCENARIO_FAIL_LATER 8
#define SCENARIO_CANCEL_LATER 16
VOID ScenarioAnswers(ULONG Which);
/* Waits for all that was started so far, and for what it queued. */
VOID ScenarioWait(VOID);

#ifdef __cplusplus
}
#endif

#endif /* IRQLINT_SCENARIO_H */
