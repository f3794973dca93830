// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Words of the library that its other headers and drivers use.
#pragma once
#ifdef __cplusplus
#include <wil/wistd_type_traits.h>
#ifndef WI_NODISCARD
#define WI_NODISCARD
#endif
#ifndef WI_NOEXCEPT
#define WI_NOEXCEPT noexcept
#endif
#define WI_ASSERT(condition) ((void)0)
#define WI_ASSERT_MSG(condition, message) ((void)0)
#define WI_VERIFY(condition) ((void)!!(condition))
#define WI_VERIFY_FALSE(condition) ((void)!!(condition))

#define WI_EnumValue(value) ((unsigned long long)(value))
#define WI_SetAllFlags(variable, flags) ((variable) |= (flags))
#define WI_SetFlag(variable, flag) ((variable) |= (flag))
#define WI_SetFlagIf(variable, flag, condition) \
  do { if (condition) ((variable) |= (flag)); } while (0)
#define WI_ClearAllFlags(variable, flags) ((variable) &= ~(flags))
#define WI_ClearFlag(variable, flag) ((variable) &= ~(flag))
#define WI_ClearFlagIf(variable, flag, condition) \
  do { if (condition) ((variable) &= ~(flag)); } while (0)
#define WI_UpdateFlag(variable, flag, set) \
  ((set) ? ((variable) |= (flag)) : ((variable) &= ~(flag)))
#define WI_UpdateFlagsInMask(variable, mask, flags) \
  ((variable) = ((variable) & ~(mask)) | ((flags) & (mask)))
#define WI_ToggleAllFlags(variable, flags) ((variable) ^= (flags))
#define WI_ToggleFlag(variable, flag) ((variable) ^= (flag))
#define WI_AreAllFlagsSet(value, flags) (((value) & (flags)) == (flags))
#define WI_IsAnyFlagSet(value, flags) (((value) & (flags)) != 0)
#define WI_IsFlagSet(value, flag) (((value) & (flag)) != 0)
#define WI_AreAllFlagsClear(value, flags) (((value) & (flags)) == 0)
#define WI_IsAnyFlagClear(value, flags) (((value) & (flags)) != (flags))
#define WI_IsFlagClear(value, flag) (((value) & (flag)) == 0)
#define WI_IsSingleFlagSet(value) (((value) != 0) && (((value) & ((value) - 1)) == 0))
#define WI_IsSingleFlagSetInMask(value, mask) WI_IsSingleFlagSet((value) & (mask))

namespace wil {
template <typename T> long verify_hresult(T Value) { return (long)Value; }
template <typename T> bool verify_bool(T Value) { return !!Value; }
template <typename T> void assign_to_opt_param(T *To, T Value) {
  if (To)
    *To = Value;
}
template <typename T> void assign_null_to_opt_param(T *To) {
  if (To)
    *To = nullptr;
}
} // namespace wil
#endif
