// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// TraceLogging and the WPP recorder: nothing is recorded, but every value that
// a driver passes is evaluated, so calls inside trace statements stay visible.
#pragma once

typedef const struct irqlint_trace_provider *TraceLoggingHProvider;
#ifdef __cplusplus
extern "C++" {
template <class... T> inline void irqlint_trace(const T &...) {}
}
extern "C" {
#else
void __cdecl irqlint_trace();
#endif
NTSTATUS TraceLoggingRegister(TraceLoggingHProvider Provider);
NTSTATUS TraceLoggingRegisterEx(TraceLoggingHProvider Provider,
                                PETWENABLECALLBACK Callback, PVOID Context);
VOID TraceLoggingUnregister(TraceLoggingHProvider Provider);
BOOLEAN irqlint_trace_enabled(TraceLoggingHProvider Provider);
#ifdef __cplusplus
}
#endif
#define TraceLoggingProviderEnabled(h, ...) irqlint_trace_enabled(h)
#define TRACELOGGING_DECLARE_PROVIDER(h) EXTERN_C const TraceLoggingHProvider h
#define TRACELOGGING_DEFINE_PROVIDER(h, name, ...)                             \
  EXTERN_C const TraceLoggingHProvider h;                                      \
  const TraceLoggingHProvider h = NULL
#define TRACELOGGING_DEFINE_PROVIDER_STORAGE TRACELOGGING_DEFINE_PROVIDER
#define TraceLoggingOptionGroup(...) 0
#define TraceLoggingOptionMicrosoftTelemetry() 0
#define TraceLoggingWrite(h, name, ...) irqlint_trace(h, ##__VA_ARGS__)
#define TraceLoggingWriteActivity(h, name, a, r, ...)                          \
  irqlint_trace(h, a, r, ##__VA_ARGS__)
#define TraceLoggingWriteStart(a, name, ...) irqlint_trace(0, ##__VA_ARGS__)
#define TraceLoggingWriteStop(a, name, ...) irqlint_trace(0, ##__VA_ARGS__)
#define TraceLoggingWriteTagged(a, name, ...) irqlint_trace(0, ##__VA_ARGS__)
#define TraceLoggingLevel(x) (x)
#define TraceLoggingKeyword(x) (x)
#define TraceLoggingOpcode(x) (x)
#define TraceLoggingEventTag(x) (x)
#define TraceLoggingChannel(x) (x)
#define TraceLoggingDescription(...) 0
#define TraceLoggingStruct(n, ...) (n)
#define TraceLoggingCustomAttribute(...) 0
#define TelemetryPrivacyDataTag(x) 0
#define PartA_PrivTags 0
#define PDT_ProductAndServicePerformance 0
#define PDT_ProductAndServiceUsage 0
#define TraceLoggingValue(v, ...) (v)
#define TraceLoggingBool(v, ...) (v)
#define TraceLoggingBoolean(v, ...) (v)
#define TraceLoggingInt8(v, ...) (v)
#define TraceLoggingUInt8(v, ...) (v)
#define TraceLoggingInt16(v, ...) (v)
#define TraceLoggingUInt16(v, ...) (v)
#define TraceLoggingInt32(v, ...) (v)
#define TraceLoggingUInt32(v, ...) (v)
#define TraceLoggingInt64(v, ...) (v)
#define TraceLoggingUInt64(v, ...) (v)
#define TraceLoggingHexInt8(v, ...) (v)
#define TraceLoggingHexUInt8(v, ...) (v)
#define TraceLoggingHexInt16(v, ...) (v)
#define TraceLoggingHexUInt16(v, ...) (v)
#define TraceLoggingHexInt32(v, ...) (v)
#define TraceLoggingHexUInt32(v, ...) (v)
#define TraceLoggingHexInt64(v, ...) (v)
#define TraceLoggingHexUInt64(v, ...) (v)
#define TraceLoggingHexULongPtr(v, ...) (v)
#define TraceLoggingLong(v, ...) (v)
#define TraceLoggingULong(v, ...) (v)
#define TraceLoggingHexLong(v, ...) (v)
#define TraceLoggingHexULong(v, ...) (v)
#define TraceLoggingNTStatus(v, ...) (v)
#define TraceLoggingHResult(v, ...) (v)
#define TraceLoggingWinError(v, ...) (v)
#define TraceLoggingPointer(v, ...) (v)
#define TraceLoggingCodePointer(v, ...) (v)
#define TraceLoggingString(v, ...) (v)
#define TraceLoggingWideString(v, ...) (v)
#define TraceLoggingCountedString(v, n, ...) (v)
#define TraceLoggingCountedWideString(v, n, ...) (v)
#define TraceLoggingUnicodeString(v, ...) (v)
#define TraceLoggingAnsiString(v, ...) (v)
#define TraceLoggingBinary(v, n, ...) (v)
#define TraceLoggingGuid(v, ...) (&(v))
#define TraceLoggingFileTime(v, ...) (&(v))
#define TraceLoggingSystemTime(v, ...) (&(v))
#define TraceLoggingFloat32(v, ...) (v)
#define TraceLoggingFloat64(v, ...) (v)
#define TraceLoggingChar(v, ...) (v)
#define TraceLoggingSizeT(v, ...) (v)
#define TraceLoggingPid(v, ...) (v)
#define TraceLoggingTid(v, ...) (v)
#define TraceLoggingUInt8Array(v, n, ...) (v)
#define TraceLoggingUInt32Array(v, n, ...) (v)
#define TraceLoggingUInt8FixedArray(v, n, ...) (v)
#define TraceLoggingUInt16FixedArray(v, n, ...) (v)
#define TraceLoggingUInt32FixedArray(v, n, ...) (v)
#define TraceLoggingHexUInt8FixedArray(v, n, ...) (v)
