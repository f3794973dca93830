//===- Finding.h - What a check says, without Clang -------------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// Findings and per-unit statistics as plain values. The engine makes them,
/// every front end and every report format consumes them.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_MODEL_FINDING_H
#define IRQLINT_MODEL_FINDING_H

#include "Model/WdfObject.h"
#include <string>
#include <vector>

namespace irqlint {

/// Definite: wrong on every level (or lock state) that the entry allows.
/// Possible: wrong on some of them; shown with --possible.
enum class Certainty { Definite, Possible };

/// One step of the path that leads to a finding.
struct PathStep {
  SourcePos Pos;
  std::string Message;
  /// Function whose body holds the step.
  std::string Function;
  /// Call depth below the entry function.
  unsigned Depth = 0;
  /// Level after the step ("DISPATCH_LEVEL"), empty if not known.
  std::string Level;
  /// Locks held after the step, as the user wrote them.
  std::vector<std::string> Held;
};

/// New text for a part of a file.
struct TextEdit {
  /// What is replaced; where its end is its beginning, text is put in.
  SourcePos Pos;
  /// The text that is there.
  std::string Was;
  std::string Text;
};

/// A change of the source after which the finding is gone. Findings of which
/// the repair is not certain have none.
struct Repair {
  std::string Says; ///< "call 'KeReleaseSpinLock(Lock, OldIrql)'"
  std::vector<TextEdit> Edits;
};

struct Finding {
  /// Catalog name without prefix: "irql-too-high".
  std::string Check;
  Certainty Sure = Certainty::Definite;
  std::string Message;
  SourcePos Pos;
  /// Function whose body holds Pos.
  std::string Function;
  /// Function where the path begins (same as Function, or a caller).
  std::string Entry;
  /// For possible findings: the annotation that would settle it.
  std::string Hint;
  std::vector<PathStep> Path;
  Repair Fix;
  /// The function needed stubbed declarations or has damaged statements.
  bool Stubbed = false;
  bool Damaged = false;
};

/// How much of a function the parser understood.
enum class ParseStatus {
  Clean,   ///< no error touches it
  Stubbed, ///< complete, but uses names that were declared on demand
  Damaged, ///< error inside; damaged statements count as unknown values
  Lost,    ///< no usable body
};

/// What happened to one function of the unit.
struct FunctionRecord {
  std::string Name;
  SourcePos Pos;
  ParseStatus Parse = ParseStatus::Clean;
  bool Relevant = false;
  bool ExploredFully = false;
  /// Why exploration ended early, or why the function was skipped; empty if
  /// neither.
  std::string GivenUp;
  bool SkippedForErrors = false;
  /// Explored with what its own file tells only: the other files of its driver
  /// were too much.
  bool FileAlone = false;
  unsigned Nodes = 0;
  double Seconds = 0;
};

/// Everything one translation unit yields.
struct UnitResult {
  std::string File;
  /// What it was planned as a part of: the driver, and "Release|x64" or empty.
  std::string Driver, Config;
  std::vector<Finding> Findings;
  std::vector<FunctionRecord> Functions;
  /// Headers that were not found and taken as empty.
  std::vector<std::string> MissingHeaders;
  /// Names that were declared on demand.
  std::vector<std::string> StubbedNames;
  unsigned Errors = 0;
  /// The first error, as the compiler words it, with its place; empty if none.
  std::string FirstError;
  /// Framework objects that it creates.
  WdfFacts Objects;
  unsigned Statements = 0, DamagedStatements = 0;
  double ParseSeconds = 0, AnalysisSeconds = 0;
  /// Peak resident memory of the unit's process in MiB.
  double PeakMb = 0;
  /// Non-empty when the unit could not be analyzed at all (crash, time-out,
  /// file gone): one sentence, with the place.
  std::string Failure;
};

} // namespace irqlint

#endif // IRQLINT_MODEL_FINDING_H
