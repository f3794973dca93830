//===- Progress.cpp - How far a scan is -----------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Progress.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace irqlint;

Progress::Progress(size_t Total)
    : Start(std::chrono::steady_clock::now()), Total(Total),
      On(sys::Process::StandardErrIsDisplayed()) {}

std::string Progress::duration(double Seconds) {
  auto Whole = static_cast<uint64_t>(Seconds + 0.5);
  if (Whole < 60)
    return utostr(Whole) + " s";
  uint64_t Minutes = (Whole + 30) / 60;
  if (Minutes < 60)
    return utostr(Minutes) + " min";
  return utostr(Minutes / 60) + " h " + utostr(Minutes % 60) + " min";
}

void Progress::done(StringRef File, size_t Findings) {
  ++Worked;
  if (!On)
    return;
  size_t Done = Known + Worked;
  std::string Line = "[" + utostr(Done) + "/" + utostr(Total) + "] " +
                     utostr(Findings) +
                     (Findings == 1 ? " finding" : " findings");
  // The first few say little about the rest.
  double Seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
          .count();
  if (Worked >= 3 && Done < Total)
    Line += ", " + duration(Seconds / Worked * (Total - Done)) + " left";
  Line += ": ";
  size_t Columns = std::max(40u, sys::Process::StandardErrColumns());
  if (Columns > Line.size() + 1)
    Line += sys::path::filename(File).take_back(Columns - Line.size() - 1);
  clear();
  errs() << Line;
}

void Progress::clear() {
  if (On)
    errs() << "\r\x1b[K";
}
