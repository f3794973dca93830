// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// (Nothing that holds a lock.)
#pragma once
#include <wil/wistd_type_traits.h>
