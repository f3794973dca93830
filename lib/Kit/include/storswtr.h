// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tracing of storage class drivers: with WPP unless the project asks for kernel
// debugger output by DEBUG_USE_KDPRINT.
#pragma once
#ifndef DEBUG_USE_KDPRINT
#define DEBUG_USE_WPP
#define WPP_NORMAL_FLAGS
#define WPP_CONTROL_GUIDS_NORMAL_FLAGS(id)
#else
#undef DEBUG_USE_WPP
#undef WPP_INIT_TRACING
#undef WPP_CLEANUP
#define WPP_INIT_TRACING(...)
#define WPP_CLEANUP(...)
typedef enum _DEBUG_FLAGS {
  TRACE_FLAG_GENERAL,
  TRACE_FLAG_PNP,
  TRACE_FLAG_POWER,
  TRACE_FLAG_RW,
  TRACE_FLAG_IOCTL,
  TRACE_FLAG_QUEUE,
  TRACE_FLAG_WMI,
  TRACE_FLAG_TIMER,
  TRACE_FLAG_INIT,
  TRACE_FLAG_LOCK,
  TRACE_FLAG_DEBUG1,
  TRACE_FLAG_DEBUG2,
  TRACE_FLAG_MCN,
  TRACE_FLAG_ISR,
  TRACE_FLAG_ENUM,
  TRACE_FLAG_LOGOTEST,
  TRACE_FLAG_DUMP,
  TRACE_FLAG_SCSI
} DEBUG_FLAGS, *PDEBUG_FLAGS;
void StorDebugPrint(int Level, DEBUG_FLAGS Flags, const char *Message, ...);
#define TracePrint(x) StorDebugPrint x
#endif
