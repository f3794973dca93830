//===----------------------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// See https://llvm.org/LICENSE.txt for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Typed object contexts. A context type T gets a constant type description and
// an accessor function that returns T * for any handle; the accessor is a real
// function so that the analyzer sees its result type.
//
//===----------------------------------------------------------------------===//

#pragma once
#pragma clang system_header

#define WDF_TYPE_NAME_TO_TYPE_INFO(type) _WDF_##type##_TYPE_INFO
#define WDF_TYPE_NAME_POINTER_TYPE(type) WDF_POINTER_TYPE_##type
#define WDF_TYPE_NAME_TO_EXTERNAL_INIT(type) _WDF_##type##_EXTERNAL_INIT
#define WDF_TYPE_NAME_TO_EXTERNAL_INIT_FUNCTION(type)                          \
  type##_EXTERNAL_INIT_FUNCTION
#define WDF_GET_CONTEXT_TYPE_INFO(type) (&WDF_TYPE_NAME_TO_TYPE_INFO(type))

#define WDF_OBJECT_ATTRIBUTES_SET_CONTEXT_TYPE(attributes, type)               \
  ((attributes)->ContextTypeInfo = WDF_GET_CONTEXT_TYPE_INFO(type)->UniqueType)
#define WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(attributes, type)              \
  WDF_OBJECT_ATTRIBUTES_INIT(attributes);                                      \
  WDF_OBJECT_ATTRIBUTES_SET_CONTEXT_TYPE(attributes, type)

#define WDF_DECLARE_TYPE_AND_GLOBALS(type, unique, getter, section)            \
  typedef type *WDF_TYPE_NAME_POINTER_TYPE(type);                              \
  EXTERN_C const __declspec(selectany) WDF_OBJECT_CONTEXT_TYPE_INFO            \
  WDF_TYPE_NAME_TO_TYPE_INFO(type) = {sizeof(WDF_OBJECT_CONTEXT_TYPE_INFO),    \
                                      #type, sizeof(type), unique, getter};

#define WDF_DECLARE_CASTING_FUNCTION(type, accessor)                           \
  FORCEINLINE WDF_TYPE_NAME_POINTER_TYPE(type) accessor(WDFOBJECT Handle) {    \
    return (WDF_TYPE_NAME_POINTER_TYPE(type))WdfObjectGetTypedContextWorker(   \
        Handle, WDF_GET_CONTEXT_TYPE_INFO(type)->UniqueType);                  \
  }

#define WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(type, accessor)                     \
  WDF_DECLARE_TYPE_AND_GLOBALS(type, WDF_GET_CONTEXT_TYPE_INFO(type), NULL,    \
                               ".data")                                        \
  WDF_DECLARE_CASTING_FUNCTION(type, accessor)
#define WDF_DECLARE_CONTEXT_TYPE(type)                                         \
  WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(type, WdfObjectGet_##type)
#define WDF_DECLARE_SHARED_CONTEXT_TYPE_WITH_NAME(type, accessor)              \
  WDF_DECLARE_TYPE_AND_GLOBALS(                                                \
      type, NULL, WDF_TYPE_NAME_TO_EXTERNAL_INIT_FUNCTION(type), ".data")      \
  WDF_DECLARE_CASTING_FUNCTION(type, accessor)

#define WdfObjectGetTypedContext(handle, type)                                 \
  ((type *)WdfObjectGetTypedContextWorker(                                     \
      (WDFOBJECT)(handle), WDF_GET_CONTEXT_TYPE_INFO(type)->UniqueType))

// Custom types: a context that marks an object and carries one number.
#define WDF_CUSTOM_TYPE_CONTEXT_NAME(type) WdfCustomType_##type
#define WDF_GET_CUSTOM_TYPE_FUNCTION_NAME(type) WdfObjectGetCustomType_##type
#define WDF_ADD_CUSTOM_TYPE_FUNCTION_NAME(type) WdfObjectAddCustomType_##type
#define WDF_DECLARE_CUSTOM_TYPE(type)                                          \
  typedef WDF_CUSTOM_TYPE_CONTEXT WDF_CUSTOM_TYPE_CONTEXT_NAME(type);          \
  WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(WDF_CUSTOM_TYPE_CONTEXT_NAME(type),       \
                                     WDF_GET_CUSTOM_TYPE_FUNCTION_NAME(type))  \
  FORCEINLINE NTSTATUS WDF_ADD_CUSTOM_TYPE_FUNCTION_NAME(type)(                \
      WDFOBJECT Handle, ULONG_PTR Data,                                        \
      PFN_WDF_OBJECT_CONTEXT_CLEANUP EvtCleanupCallback,                       \
      PFN_WDF_OBJECT_CONTEXT_DESTROY EvtDestroyCallback) {                     \
    WDF_OBJECT_ATTRIBUTES Attributes;                                          \
    WDF_CUSTOM_TYPE_CONTEXT_NAME(type) *Context = NULL;                        \
    NTSTATUS Status;                                                           \
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(                                   \
        &Attributes, WDF_CUSTOM_TYPE_CONTEXT_NAME(type));                      \
    Attributes.EvtCleanupCallback = EvtCleanupCallback;                        \
    Attributes.EvtDestroyCallback = EvtDestroyCallback;                        \
    Status =                                                                   \
        WdfObjectAllocateContext(Handle, &Attributes, (PVOID *)&Context);      \
    if (NT_SUCCESS(Status))                                                    \
      Context->Data = Data;                                                    \
    return Status;                                                             \
  }
#define WdfObjectIsCustomType(handle, type)                                    \
  (WdfObjectGetTypedContext(handle, WDF_CUSTOM_TYPE_CONTEXT_NAME(type)) != NULL)
#define WdfObjectAddCustomTypeWithData(handle, type, data, cleanup, destroy)   \
  WDF_ADD_CUSTOM_TYPE_FUNCTION_NAME(type)(handle, data, cleanup, destroy)
#define WdfObjectAddCustomType(handle, type)                                   \
  WdfObjectAddCustomTypeWithData(handle, type, 0, NULL, NULL)
#define WdfObjectGetCustomTypeData(handle, type)                               \
  (WDF_GET_CUSTOM_TYPE_FUNCTION_NAME(type)(handle)->Data)
