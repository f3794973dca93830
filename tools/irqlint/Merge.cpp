//===- Merge.cpp - irqlint merge ------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "Emit.h"
#include "Options.h"
#include "Report/ResultFile.h"

using namespace llvm;
using namespace irqlint;

int irqlint::mergeCommand() {
  if (Error E = checkOutputOptions())
    return fail(std::move(E));
  std::vector<Report> Parts;
  for (const std::string &File : opt::MergeFiles) {
    auto Buffer = MemoryBuffer::getFile(File);
    if (!Buffer)
      return fail("cannot read '" + File + "': " + Buffer.getError().message());
    Expected<Report> R = resultFromJson((*Buffer)->getBuffer(), File);
    if (!R)
      return fail(R.takeError());
    Parts.push_back(std::move(*R));
  }
  SourceText Sources;
  return emitReport(mergeReports(std::move(Parts)), Sources,
                    *RuleSet::builtin(), sourceRoot("."));
}
