//===----------------------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// See https://llvm.org/LICENSE.txt for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// End of the WDF part: version tests, typed contexts, initializers.
//
//===----------------------------------------------------------------------===//

#pragma once
#pragma clang system_header

// (Asked only while the framework's verifier is on.)
#define WDFVERIFY(exp)                                                         \
  {                                                                            \
    (void)(exp);                                                               \
  }
#define WDF_EXTERN_C EXTERN_C
#define WDF_EXTERN_C_START EXTERN_C_START
#define WDF_EXTERN_C_END EXTERN_C_END

// Whether a function, structure or member exists depends on the framework that
// the driver meets at run time: unknown, so both branches are looked at.
EXTERN_C BOOLEAN IrqlintKitWdfIsAvailable(const char *Name);
#define WDF_IS_FUNCTION_AVAILABLE(name) IrqlintKitWdfIsAvailable(#name)
#define WDF_IS_STRUCTURE_AVAILABLE(name) IrqlintKitWdfIsAvailable(#name)
#define WDF_IS_FIELD_AVAILABLE(type, field)                                    \
  IrqlintKitWdfIsAvailable(#type "." #field)
#define WDF_STRUCTURE_SIZE(type) ((ULONG)sizeof(type))

EXTERN_C PWDF_DRIVER_GLOBALS WdfDriverGlobals;

// Zeroes a structure and sets its Size member.
#define IRQLINT_KIT_WDF_START(p)                                               \
  (RtlZeroMemory((p), sizeof(*(p))), (p)->Size = sizeof(*(p)))

#include <irqlint_kit/wdf-context.h>
#include <irqlint_kit/wdf-init-device.h>
#include <irqlint_kit/wdf-init-io.h>
#include <irqlint_kit/wdf-init-object.h>
