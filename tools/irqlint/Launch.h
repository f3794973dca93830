//===- Launch.h - Units by a launcher, maybe on other machines --*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// `--launcher=CMD` runs `CMD irqlint unit JOB RESULT` for each unit: JOB is a
/// file with the unit's plan and settings, RESULT one that fills while the
/// unit is worked on. Nothing else has to be shared but these files, the
/// sources, and irqlint itself.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_LAUNCH_H
#define IRQLINT_TOOL_LAUNCH_H

#include "Project/Plan.h"
#include "Setup.h"
#include "UnitJob.h"

namespace irqlint {

class Launcher {
public:
  /// \p Command in the shell's quoting; its first word must be a program.
  /// \p Folder holds the files; empty: one of its own, for this machine only.
  static llvm::Expected<Launcher> make(llvm::StringRef Command,
                                       llvm::StringRef Folder,
                                       std::string Program,
                                       const SetupValues &Values);

  /// In a worker process: has the unit done and says what comes of it.
  std::string run(const UnitPlan &Unit, const SecondLook &Second,
                  size_t Index) const;

  /// Removes the files that are left.
  void cleanUp() const;

private:
  std::vector<std::string> Command; ///< ends with the program
  std::string Folder;
  SetupValues Values;
};

/// `irqlint unit JOB RESULT`.
int unitCommand();

} // namespace irqlint

#endif // IRQLINT_TOOL_LAUNCH_H
