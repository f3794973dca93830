//===- OutputFile.h - Files that are written whole or not at all -*- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Output goes to a temporary file beside its target, which it then replaces.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_OUTPUTFILE_H
#define IRQLINT_REPORT_OUTPUTFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace irqlint {

/// Writes \p Text to \p Path; "-" is standard output. Devices and pipes are
/// written in place. The error names the path; no partial file stays behind.
llvm::Error writeFileAtomically(llvm::StringRef Path, llvm::StringRef Text);

/// Fails like writeFileAtomically() would, without writing: so that a long
/// scan does not find out at its end.
llvm::Error checkWritable(llvm::StringRef Path);

} // namespace irqlint

#endif // IRQLINT_REPORT_OUTPUTFILE_H
