//===- CostYaml.cpp - YAML I/O traits of the cost records -----------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules/RuleRead.h"
#include "Rules/RuleScalars.h"

using namespace irqlint;
using llvm::yaml::IO;

LLVM_YAML_IS_SEQUENCE_VECTOR(irqlint::CostRecord)

namespace llvm::yaml {

template <> struct MappingTraits<CostRecord> {
  static void mapping(IO &Y, CostRecord &V) {
    Y.mapRequired("name", V.Name);
    Y.mapOptional("disable", V.Disable);
    Y.mapOptional("replace", V.Replace);
    CostContract &C = V.Cost;
    C.Name = V.Name;
    Y.mapOptional("microseconds", C.Microseconds);
    Y.mapOptional("times", C.Times);
    Y.mapOptional("unknown-times", C.UnknownTimes);
    Y.mapOptional("exact", C.Exact);
    Y.mapOptional("unbounded", C.Unbounded);
    Y.mapOptional("reads-device", C.ReadsDevice);
    Y.mapOptional("what", C.What);
    Y.mapOptional("source", C.Source);
  }
  static std::string validate(IO &Y, CostRecord &V) {
    if (V.Disable || RuleReader::of(Y.getContext()).Errors)
      return {};
    if (V.Cost.Microseconds < 0 || V.Cost.UnknownTimes < 0)
      return "a time cannot be negative";
    if (V.Cost.Unbounded && V.Cost.Microseconds > 0)
      return "'unbounded' and 'microseconds' exclude each other";
    return {};
  }
};

} // namespace llvm::yaml

namespace irqlint {

std::optional<CostRecord> readCost(const RuleText &F, const RuleSlice &S,
                                   const RuleNames &N,
                                   std::vector<RuleProblem> &P) {
  return readRecord<CostRecord>(F, S, N, P);
}

} // namespace irqlint
