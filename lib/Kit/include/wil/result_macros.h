// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The ways out of a function that the library's macros are: what is logged on
// the way is left out.
#pragma once
#ifdef __cplusplus
#include <wil/common.h>

#define IRQLINT_WIL_RETURN_IF(type, value, fails, result) \
  do { \
    const type irqlintResult = (value); \
    if (fails) \
      return result; \
  } while (0)
#define IRQLINT_WIL_RETURN_WHEN(condition, result) \
  do { \
    if (condition) \
      return result; \
  } while (0)

#define NT_RETURN_NTSTATUS(status) return (status)
#define NT_RETURN_NTSTATUS_MSG(status, ...) return (status)
#define NT_RETURN_IF_NTSTATUS_FAILED(status) \
  IRQLINT_WIL_RETURN_IF(NTSTATUS, status, irqlintResult < 0, irqlintResult)
#define NT_RETURN_IF_NTSTATUS_FAILED_MSG(status, ...) NT_RETURN_IF_NTSTATUS_FAILED(status)
#define NT_RETURN_NTSTATUS_IF(status, condition) IRQLINT_WIL_RETURN_WHEN(condition, (status))
#define NT_RETURN_NTSTATUS_IF_NULL(status, pointer) IRQLINT_WIL_RETURN_WHEN((pointer) == nullptr, (status))
#define NT_RETURN_IF_NULL_ALLOC(pointer) \
  IRQLINT_WIL_RETURN_WHEN((pointer) == nullptr, STATUS_NO_MEMORY)

#define RETURN_HR(hr) return (hr)
#define RETURN_HR_MSG(hr, ...) return (hr)
#define RETURN_WIN32(error) return HRESULT_FROM_WIN32(error)
#define RETURN_NTSTATUS(status) return HRESULT_FROM_NT(status)
#define RETURN_IF_FAILED(hr) IRQLINT_WIL_RETURN_IF(HRESULT, hr, irqlintResult < 0, irqlintResult)
#define RETURN_IF_FAILED_MSG(hr, ...) RETURN_IF_FAILED(hr)
#define RETURN_IF_FAILED_EXPECTED(hr) RETURN_IF_FAILED(hr)
#define RETURN_IF_FAILED_LOG(hr) RETURN_IF_FAILED(hr)
#define RETURN_HR_IF(hr, condition) IRQLINT_WIL_RETURN_WHEN(condition, (hr))
#define RETURN_HR_IF_MSG(hr, condition, ...) RETURN_HR_IF(hr, condition)
#define RETURN_HR_IF_EXPECTED(hr, condition) RETURN_HR_IF(hr, condition)
#define RETURN_HR_IF_NULL(hr, pointer) RETURN_HR_IF(hr, (pointer) == nullptr)
#define RETURN_HR_IF_NULL_MSG(hr, pointer, ...) RETURN_HR_IF_NULL(hr, pointer)
#define RETURN_IF_NULL_ALLOC(pointer) RETURN_HR_IF_NULL(E_OUTOFMEMORY, pointer)
#define RETURN_IF_NULL_ALLOC_MSG(pointer, ...) RETURN_IF_NULL_ALLOC(pointer)
#define RETURN_IF_NTSTATUS_FAILED(status) \
  IRQLINT_WIL_RETURN_IF(NTSTATUS, status, irqlintResult < 0, HRESULT_FROM_NT(irqlintResult))
#define RETURN_IF_NTSTATUS_FAILED_MSG(status, ...) RETURN_IF_NTSTATUS_FAILED(status)
#define RETURN_IF_WIN32_ERROR(error) \
  IRQLINT_WIL_RETURN_IF(long, error, irqlintResult != 0, HRESULT_FROM_WIN32(irqlintResult))
#define RETURN_LAST_ERROR() return HRESULT_FROM_WIN32(GetLastError())
#define RETURN_LAST_ERROR_IF(condition) \
  IRQLINT_WIL_RETURN_WHEN(condition, HRESULT_FROM_WIN32(GetLastError()))
#define RETURN_LAST_ERROR_IF_NULL(pointer) RETURN_LAST_ERROR_IF((pointer) == nullptr)
#define RETURN_IF_WIN32_BOOL_FALSE(condition) RETURN_LAST_ERROR_IF(!(condition))

#define LOG_IF_FAILED(hr) (hr)
#define LOG_HR(hr) (hr)
#define LOG_IF_NTSTATUS_FAILED(status) (status)
#endif
