//===- Changed.h - Units that a change reaches ------------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_PROJECT_CHANGED_H
#define IRQLINT_PROJECT_CHANGED_H

#include "Project/Plan.h"

namespace irqlint {

/// Keeps the units of \p P that are among the changed files (absolute paths,
/// also of deleted files) or include one, however deep. Judged by the text of
/// the includes without conditions, so rather too many than too few. A changed
/// project file is a change of all its units, a changed property sheet or the
/// like one of all units.
void keepChanged(Plan &P, llvm::ArrayRef<std::string> Files);

} // namespace irqlint

#endif // IRQLINT_PROJECT_CHANGED_H
