//===- JobPool.h - Units in processes of their own --------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Runs jobs in forked processes with limits on time and memory: a crash or a
/// blow-up costs one job. Forking without exec shares the loaded rules and
/// libraries, which would otherwise cost more than a small unit's parse. What a
/// job has said until it ends, however it ends, is kept.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_TOOL_JOBPOOL_H
#define IRQLINT_TOOL_JOBPOOL_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include <csignal>
#include <cstddef>
#include <string>

namespace irqlint {

struct JobLimits {
  unsigned Parallel = 1;
  unsigned Seconds = 120;   ///< processor time per job; 0 = no limit
  unsigned MemoryMb = 4096; ///< address space per job; 0 = no limit
};

struct JobOutcome {
  std::string Output;  ///< what the job said on its way and returned
  std::string Failure; ///< why that is not all: one sentence; else empty
  double PeakMb = 0;   ///< peak resident memory of the process
};

/// Runs jobs 0..Count-1. \p Work is called in the child, \p Done in the
/// parent, in the order in which jobs end. When \p Stop becomes nonzero, the
/// running jobs are killed (their Failure is "interrupted"); those not yet
/// started get no Done.
void runJobs(size_t Count, const JobLimits &Limits,
             llvm::function_ref<std::string(size_t)> Work,
             llvm::function_ref<void(size_t, JobOutcome)> Done,
             const volatile std::sig_atomic_t &Stop);

/// For \p Work only: adds \p Text to the job's output at once.
void sayFromJob(llvm::StringRef Text);

} // namespace irqlint

#endif // IRQLINT_TOOL_JOBPOOL_H
