//===- Interrupt.cpp - Sections that exclude a service routine ------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//

#include "Runtime/Nt/Nt.h"

/// x64: any device level.
static const unsigned DeviceIrql = 5;

extern "C" {

BOOLEAN KeSynchronizeExecution(PKINTERRUPT Interrupt,
                               PKSYNCHRONIZE_ROUTINE Routine, PVOID Context) {
  Call C("KeSynchronizeExecution", Interrupt, Routine, Context);
  RtCallback R = {};
  R.Role = "KSYNCHRONIZE_ROUTINE";
  R.Function = reinterpret_cast<RtWord>(Routine);
  R.Args[0] = reinterpret_cast<RtWord>(Context);
  R.Level = DeviceIrql;
  R.Lock = reinterpret_cast<RtWord>(Interrupt);
  R.LockKind = "interrupt-spin-lock";
  return C.end((BOOLEAN)irqlint_rt_call(&R));
}

ULONG_PTR KeIpiGenericCall(PKIPI_BROADCAST_WORKER Worker, ULONG_PTR Context) {
  Call C("KeIpiGenericCall", Worker, Context);
  RtCallback R = {};
  R.Role = "KIPI_BROADCAST_WORKER";
  R.Function = reinterpret_cast<RtWord>(Worker);
  R.Args[0] = Context;
  R.Level = 14; // IPI_LEVEL
  return C.end((ULONG_PTR)irqlint_rt_call(&R));
}

} // extern "C"
