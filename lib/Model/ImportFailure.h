//===- ImportFailure.h - What one unit could not see of another -*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_MODEL_IMPORTFAILURE_H
#define IRQLINT_MODEL_IMPORTFAILURE_H

#include <string>

namespace irqlint {

/// A function of another unit of the driver that calls lead to and that could
/// not be looked into.
struct ImportFailure {
  /// The function, the file that defines it, and the one that calls it.
  std::string Function, File, From;
  std::string Why;

  bool operator==(const ImportFailure &O) const {
    return Function == O.Function && File == O.File && From == O.From;
  }
};

} // namespace irqlint

#endif // IRQLINT_MODEL_IMPORTFAILURE_H
