//===- main.cpp - Writes the kit's annotated declarations --------------*- C++
//-*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
/// \file
/// usage: irqlint-kit-contracts NAMES.tsv OUTPUT_DIR
///
/// NAMES.tsv comes from kit-gen.py: what each part declares. Written is one
/// file per part, which declares the routines of the rules once more, with what
/// the rules say about them as annotations (SAL) and as attributes (Clang).
//===----------------------------------------------------------------------===//

#include "Contracts.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace irqlint;
using namespace llvm;

static const char Head[] =
    "// Generated from rules/ by irqlint-kit-contracts; do not edit.\n"
    "#pragma once\n#pragma clang system_header\n"
    "#include <irqlint_kit/contracts.h>\n";

static void write(const RuleSet &R, const Capabilities &C, const KitName &N,
                  std::string &Out) {
  if (N.K == KitName::Role) {
    const RoleContract *Role = R.role(N.Name);
    std::string A = Role ? C.of(*Role) : "";
    if (!A.empty())
      Out += "#define " + N.Name + A + " " + N.Name + "\n";
    return;
  }
  const FunctionContract *F = R.function(N.Name);
  if (!F)
    return;
  Prototype P = Prototype::parse(N.Text);
  SalText Sal = salOf(*F, P, R);
  auto All = C.of(*F, P);
  if (Sal.Routine.empty() && All.size() == 1 && All[0].Attributes.empty())
    return;
  std::string Plain = P.with({});
  Out += join(Sal.Routine, " ") + (Sal.Routine.empty() ? "" : " ") +
         P.with(Sal.Parameters) + All[0].Attributes + ";\n";
  if (All.size() == 1)
    return;
  // C++ has no such overloads of functions with C linkage.
  Out += "#ifndef __cplusplus\n";
  for (const Capabilities::Declaration &D : drop_begin(All))
    Out += Plain + " IRQLINT_CASE(" + D.When + ")" + D.Attributes + ";\n";
  Out += "#endif\n";
}

static std::string wholeFile(const std::string &Declarations) {
  return Head + std::string("#ifdef __cplusplus\nextern \"C\" {\n#endif\n") +
         Declarations + "#ifdef __cplusplus\n}\n#endif\n";
}

static bool save(StringRef Path, StringRef Text) {
  // Unchanged files keep their time, so nothing is rebuilt for them.
  if (auto Old = MemoryBuffer::getFile(Path);
      Old && (*Old)->getBuffer() == Text)
    return true;
  std::error_code EC;
  raw_fd_ostream OS(Path, EC);
  if (!EC) {
    OS << Text;
    OS.close();
    EC = OS.error();
  }
  if (EC)
    errs() << Path << ": error: " << EC.message() << "\n";
  return !EC;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    errs() << "usage: irqlint-kit-contracts NAMES.tsv OUTPUT_DIR\n";
    return 2;
  }
  auto Input = MemoryBuffer::getFile(argv[1]);
  if (!Input) {
    errs() << argv[1] << ": error: " << Input.getError().message() << "\n";
    return 1;
  }
  std::shared_ptr<const RuleSet> R = RuleSet::builtin();
  Capabilities C(*R);
  std::map<std::string, std::string> Parts;
  SmallVector<StringRef, 0> Lines;
  (*Input)->getBuffer().split(Lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef Line : Lines) {
    SmallVector<StringRef, 5> Cells;
    Line.split(Cells, '\t');
    if (Cells.size() != 5) {
      errs() << argv[1] << ": error: not five columns: '" << Line << "'\n";
      return 1;
    }
    KitName N{Cells[0] == "role" ? KitName::Role : KitName::Routine,
              Cells[1].str(), Cells[2].str(), Cells[3].str(), Cells[4].str()};
    std::string Text;
    write(*R, C, N, Text);
    if (!Text.empty() && !N.Condition.empty())
      Text = "#if " + N.Condition + "\n" + Text + "#endif\n";
    Parts[N.Part] += Text;
  }
  if (std::error_code EC = sys::fs::create_directories(argv[2])) {
    errs() << argv[2] << ": error: " << EC.message() << "\n";
    return 1;
  }
  auto Path = [&](StringRef Name) {
    SmallString<128> S(argv[2]);
    sys::path::append(S, Name);
    return S.str().str();
  };
  bool Good = save(Path("capabilities.h"), wholeFile(C.prelude()));
  for (const auto &[Part, Text] : Parts)
    Good &= save(Path(Part + ".h"), wholeFile(Text));
  return Good ? 0 : 1;
}
