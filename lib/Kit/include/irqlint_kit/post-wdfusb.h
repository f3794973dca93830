//===----------------------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// See https://llvm.org/LICENSE.txt for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// End of the WDF USB part: initializers.
//
//===----------------------------------------------------------------------===//

#pragma once
#pragma clang system_header

#include <irqlint_kit/wdf-init-usb.h>
