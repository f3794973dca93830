//===- SourceText.h - Lines of source files, for reports --------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Reads source files once and hands out their lines. A file that is gone or
/// unreadable has no lines; reports then go without excerpts.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_REPORT_SOURCETEXT_H
#define IRQLINT_REPORT_SOURCETEXT_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <vector>

namespace irqlint {

class SourceText {
public:
  /// Text of line \p Line (from 1) without its line end; empty if there is no
  /// such line. Lives as long as this object.
  llvm::StringRef line(llvm::StringRef File, unsigned Line);
  /// All lines of \p File.
  const std::vector<llvm::StringRef> &lines(llvm::StringRef File);
  /// Uses \p Text for \p File instead of what is on disk.
  void overlay(llvm::StringRef File, llvm::StringRef Text);

private:
  struct Entry {
    std::unique_ptr<llvm::MemoryBuffer> Buffer;
    std::vector<llvm::StringRef> Lines;
  };
  static void split(Entry &E);
  llvm::StringMap<Entry> Files;
};

} // namespace irqlint

#endif // IRQLINT_REPORT_SOURCETEXT_H
