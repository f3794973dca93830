//===- Nt.h - For the bodies of routines ------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//=----------------------------------------------------------------------===//
/// \file
/// Sources with this header are compiled like drivers.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RUNTIME_NT_NT_H
#define IRQLINT_RUNTIME_NT_NT_H

#include <ntifs.h>

#include "Runtime/Nt/Api.h"

/// As ObjectKind in Machine/Dispatcher.h.
enum : unsigned {
  NotificationObject,
  SynchronizationObject,
  SemaphoreObject,
  MutexObject,
};

#endif // IRQLINT_RUNTIME_NT_NT_H
