// Headers of the kit as drivers spell them, for tools that mind it.
// RUN: %clang_kit -fsyntax-only -Werror %s
// RUN: %irqlint_tidy --quiet '--checks=-*,irqlint-*' %s -- %kit_flags
// RUN: %irqlint scan %s
#include <fltKernel.h>
#include <Ntstrsafe.h>
#include <WppRecorder.h>
#include <TraceLoggingProvider.h>
FLT_PREOP_CALLBACK_STATUS used(void);
