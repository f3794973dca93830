//===- Progress.h - How far a scan is ---------------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_PROGRESS_H
#define IRQLINT_TOOL_PROGRESS_H

#include "llvm/ADT/StringRef.h"
#include <chrono>
#include <string>

namespace irqlint {

/// One line that is overwritten, on a terminal only:
/// "[120/952] 13 findings, 4 min left: queue.c".
class Progress {
public:
  explicit Progress(size_t Total);
  ~Progress() { clear(); }

  /// A unit whose result was there already.
  void known() { ++Known; }
  /// \p Findings until now.
  void done(llvm::StringRef File, size_t Findings);
  void clear();

  /// "2 h 5 min", "4 min", "20 s".
  static std::string duration(double Seconds);

private:
  std::chrono::steady_clock::time_point Start;
  size_t Total, Known = 0, Worked = 0;
  bool On;
};

} // namespace irqlint

#endif // IRQLINT_TOOL_PROGRESS_H
