//===- Links.cpp - Where a check or a routine is documented ---------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/Links.h"

using namespace llvm;

StringRef irqlint::toolVersion() { return IRQLINT_VERSION; }
StringRef irqlint::toolHomepage() { return IRQLINT_HOMEPAGE; }

std::string irqlint::checkUrl(StringRef Check) {
  return IRQLINT_HOMEPAGE "/blob/main/docs/checks/" + Check.str() + ".md";
}

std::string irqlint::sourceUrl(StringRef Source) {
  if (Source.starts_with("https://") || Source.starts_with("http://"))
    return Source.str();
  if (!Source.contains('/') || Source.contains(' '))
    return "";
  return "https://learn.microsoft.com/windows-hardware/drivers/ddi/" +
         Source.str();
}
