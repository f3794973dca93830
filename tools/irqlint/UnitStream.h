//===- UnitStream.h - A unit's result as it comes into being ----*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// A worker writes one JSON object a line: what the parser says, the function
/// that it begins to explore, each finding, and at last everything. So a unit
/// that dies loses nothing of what it had found.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_UNITSTREAM_H
#define IRQLINT_TOOL_UNITSTREAM_H

#include "UnitJob.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/JSON.h"

namespace irqlint {

/// Writes the lines. \p Out must not keep what it gets to itself.
class UnitWriter {
public:
  explicit UnitWriter(llvm::function_ref<void(llvm::StringRef)> Out)
      : Out(Out) {}

  void parsed(const UnitResult &R);
  void exploring(llvm::StringRef Function);
  /// A function of another unit; without name: that is over.
  void importing(llvm::StringRef Usr, llvm::StringRef Name);
  void found(const Finding &F);
  void done(const UnitJob &J) { line("done", toJSON(J)); }
  /// By whoever watched the worker: its peak memory, and why it did not get to
  /// done() (empty: it did).
  void ended(double PeakMb, llvm::StringRef Failure);

private:
  void line(llvm::StringRef Key, llvm::json::Value V);
  llvm::function_ref<void(llvm::StringRef)> Out;
};

/// The job that \p Text, written by a UnitWriter, tells of. \p Failure is why
/// the worker ended early, or empty; then the result is what there was until
/// then, and its Failure says so.
UnitJob readUnitStream(llvm::StringRef Text, llvm::StringRef Failure);

} // namespace irqlint

#endif // IRQLINT_TOOL_UNITSTREAM_H
