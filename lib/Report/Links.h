//===- Links.h - Where a check or a routine is documented -------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_LINKS_H
#define IRQLINT_REPORT_LINKS_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace irqlint {

/// Version and home page of this build.
llvm::StringRef toolVersion();
llvm::StringRef toolHomepage();

/// Page of the check in this project's documentation.
std::string checkUrl(llvm::StringRef Check);

/// URL of a rule's source: a full URL as it is, "wdm/nf-wdm-..." as a page of
/// the driver documentation, anything else empty.
std::string sourceUrl(llvm::StringRef Source);

} // namespace irqlint

#endif // IRQLINT_REPORT_LINKS_H
