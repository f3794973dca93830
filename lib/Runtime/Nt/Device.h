//===- Device.h - Devices and requests, inside of the runtime ---*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_NT_DEVICE_H
#define IRQLINT_RUNTIME_NT_DEVICE_H

#include "Runtime/Nt/Nt.h"

/// What the runtime keeps for an execution (irqlint_rt_slot).
enum : unsigned { InterruptSlot, DriverSlot };

/// A connected interrupt.
struct RtInterrupt {
  RtInterrupt *Next;
  PKSERVICE_ROUTINE Routine;
  /// Instead, for one that comes as a message.
  PKMESSAGE_SERVICE_ROUTINE Message;
  PVOID Context;
  unsigned Level;
};

PDEVICE_OBJECT newDevice(PDRIVER_OBJECT Driver, ULONG ExtensionSize);
/// A request with a place for each driver below; nobody has got it yet.
PIRP newRequest(PDEVICE_OBJECT Device, UCHAR Major, UCHAR Minor);
/// Whoever has sent it does not want it any more. Whether anybody was told.
BOOLEAN cancelRequest(PIRP Irp);
NTSTATUS callDriver(PDEVICE_OBJECT Device, PIRP Irp);

#endif // IRQLINT_RUNTIME_NT_DEVICE_H
