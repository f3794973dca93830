//===- Wpp.h - What the WPP trace preprocessor would generate ---*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Software tracing: finds the trace functions that a driver declares and
/// writes the macros of its .tmh files. The format string and its arguments
/// stay evaluated, level and flags (no C names) go away, and the driver's own
/// WPP_<parameters>_PRE/_POST macros, which may return, are kept.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_WPP_H
#define IRQLINT_PROJECT_WPP_H

#include "Project/Plan.h"
#include "llvm/ADT/StringRef.h"
#include <map>

namespace irqlint {

/// Trace functions with the parameters that their suffixes use.
struct WppConfig {
  std::vector<TraceFunction> Functions;
  /// Function name -> text of the arguments in USEPREFIX and USESUFFIX.
  std::map<std::string, std::string> Affixes;

  void add(const TraceFunction &F);
};

/// Parses the value of WppTraceFunction: "A(LEVEL,MSG,...);B((FLAGS,MSG,...))".
/// Parts that are no function are ignored.
std::vector<TraceFunction> parseTraceFunctions(llvm::StringRef List);

/// Adds what the `begin_wpp config` ... `end_wpp` blocks of \p Source declare.
void scanWppConfig(llvm::StringRef Source, WppConfig &Into);

/// Text of a .tmh file.
std::string tmhText(const WppConfig &Config);

} // namespace irqlint

#endif // IRQLINT_PROJECT_WPP_H
