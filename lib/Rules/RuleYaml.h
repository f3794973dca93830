//===- RuleYaml.h - YAML I/O traits of the rule records ---------*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// How each member of a record is spelled. Private to lib/Rules; the reference
/// for users is docs/rules-format.md.
//===----------------------------------------------------------------------===//

#ifndef IRQLINT_RULES_RULEYAML_H
#define IRQLINT_RULES_RULEYAML_H

#include "Rules/RuleFile.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/YAMLTraits.h"

namespace irqlint {

/// Travels through YAML I/O as its context.
struct RuleReader {
  explicit RuleReader(const RuleNames &Names) : Names(Names) {}

  const RuleNames &Names;
  unsigned Errors = 0;
  /// Keeps a composed message alive while YAML I/O reports it.
  std::string Scratch;

  llvm::StringRef say(const llvm::Twine &Message) {
    Scratch = Message.str();
    return Scratch;
  }
  static RuleReader &of(void *Context) {
    return *static_cast<RuleReader *>(Context);
  }
};

/// Parses `arg0`, `*arg1`, `arg1.Member`, `ret`; false if it is none of them.
bool parseValueRef(llvm::StringRef Text, ValueRef &Out);

/// Checks that the keys of an effect fit together; the message of the first
/// misfit, or empty.
std::string checkEffect(const Effect &E, bool HasMode, bool HasWindow);

/// Reads the keys of a file that stand outside of its sections.
void readHeader(const std::string &Path, llvm::StringRef Text,
                RuleFileHeader &H, std::vector<RuleProblem> &Problems);

} // namespace irqlint

#endif // IRQLINT_RULES_RULEYAML_H
