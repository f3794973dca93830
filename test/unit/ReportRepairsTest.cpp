//===- ReportRepairsTest.cpp ----------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report/OutputFile.h"
#include "Report/Repairs.h"
#include "Report/Sarif.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace irqlint;
using namespace llvm;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

struct RepairsTest : testing::Test {
  SmallString<128> Dir;
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("irqlint-repairs", Dir));
  }
  void TearDown() override { sys::fs::remove_directories(Dir); }

  std::string write(StringRef Name, StringRef Text) {
    std::string Path = (Dir + "/" + Name).str();
    EXPECT_FALSE(bool(writeFileAtomically(Path, Text)));
    return Path;
  }
  static std::string read(StringRef Path) {
    auto B = MemoryBuffer::getFile(Path);
    return B ? (*B)->getBuffer().str() : "(none)";
  }
  static TextEdit edit(const std::string &File, unsigned Line, unsigned Col,
                       StringRef Was, StringRef Text) {
    TextEdit E;
    E.Pos = {File, Line, Col, Line, unsigned(Col + Was.size())};
    E.Was = Was.str();
    E.Text = Text.str();
    return E;
  }
  static Report report(std::vector<std::vector<TextEdit>> Repairs) {
    Report R;
    for (std::vector<TextEdit> &Edits : Repairs) {
      ReportItem I;
      I.F.Check = "release-wrong-form";
      I.F.Pos = Edits.front().Pos;
      I.F.Fix.Says = "do it";
      I.F.Fix.Edits = std::move(Edits);
      R.Items.push_back(std::move(I));
    }
    return R;
  }
  std::string errorOf(const Report &R) {
    Expected<RepairCount> C = repairFiles(R, Dir);
    return C ? "(none)" : toString(C.takeError());
  }
};

TEST_F(RepairsTest, EditsOfALineDoNotMoveEachOther) {
  std::string A = write("a.c", "x\r\n  unlock(l, old);\r\ny");
  Report R = report(
      {{edit(A, 2, 13, "old", "older"), edit(A, 2, 3, "unlock", "unlockAll")},
       {edit(A, 3, 1, "y", "")}});
  Expected<RepairCount> C = repairFiles(R, Dir);
  ASSERT_TRUE(bool(C)) << toString(C.takeError());
  EXPECT_EQ(C->Repairs, 2u);
  EXPECT_EQ(C->Files, 1u);
  EXPECT_EQ(read(A), "x\r\n  unlockAll(l, older);\r\n");
}

TEST_F(RepairsTest, TheSameEditOfTwoFindingsIsMadeOnce) {
  std::string A = write("a.c", "unlock(l);\n");
  Report R = report({{edit(A, 1, 1, "unlock", "u")},
                     {edit(A, 1, 1, "unlock", "u"), edit(A, 1, 8, "l", "m")}});
  EXPECT_EQ(errorOf(R), "(none)");
  EXPECT_EQ(read(A), "u(m);\n");
}

TEST_F(RepairsTest, ContradictionsChangeNothing) {
  std::string A = write("a.c", "one\n"), B = write("b.c", "unlock(l);\n");
  EXPECT_THAT(errorOf(report({{edit(A, 1, 1, "one", "two")},
                              {edit(B, 1, 1, "unlock", "u")},
                              {edit(B, 1, 1, "unlock", "v")}})),
              testing::AllOf(HasSubstr("b.c:1:1: error: two repairs contradict "
                                       "each other here: 'u' and 'v'"),
                             HasSubstr("nothing was repaired")));
  // Overlapping only, and two texts put in at one place.
  EXPECT_THAT(errorOf(report({{edit(B, 1, 1, "unlock(", "u(")},
                              {edit(B, 1, 7, "(l)", "()")}})),
              HasSubstr("contradict"));
  EXPECT_THAT(
      errorOf(report({{edit(B, 1, 8, "", "a")}, {edit(B, 1, 8, "", "b")}})),
      HasSubstr("contradict"));
  EXPECT_EQ(read(A), "one\n");
  EXPECT_EQ(read(B), "unlock(l);\n");
}

TEST_F(RepairsTest, WhatHasChangedIsLeftAlone) {
  std::string A = write("a.c", "one\n"), B = write("b.c", "lock(l);\n");
  TextEdit Good = edit(A, 1, 1, "one", "two");
  for (const TextEdit &Bad : {edit(B, 1, 1, "unlock", "u"),
                              edit(B, 9, 1, "x", "y"), edit(B, 1, 90, "x", "y"),
                              edit(Dir.str().str() + "/none.c", 1, 1, "x", "")})
    EXPECT_THAT(errorOf(report({{Good}, {Bad}})),
                HasSubstr("; nothing was repaired"));
  EXPECT_EQ(read(A), "one\n");
}

TEST_F(RepairsTest, ShowsTheLinesAfterwards) {
  std::string A = write("a.c", "a\n\tunlock(l,\n\t       old);\nb\n");
  SourceText Sources;
  Repair R;
  R.Edits = {edit(A, 2, 2, "unlock", "u")};
  std::optional<LineChange> C = lineChange(R, Sources);
  ASSERT_TRUE(C);
  EXPECT_EQ(C->Line, 2u);
  EXPECT_THAT(C->Before, ElementsAre("\tunlock(l,"));
  EXPECT_THAT(C->After, ElementsAre("\tu(l,"));
  // From the comma to the end of the second argument.
  TextEdit Two = edit(A, 2, 10, ",\n\t       old", "");
  Two.Pos.EndLine = 3;
  Two.Pos.EndCol = 12;
  R.Edits.push_back(Two);
  C = lineChange(R, Sources);
  ASSERT_TRUE(C);
  EXPECT_THAT(C->After, ElementsAre("\tu(l);"));
  R.Edits.front().Was = "lock";
  EXPECT_FALSE(lineChange(R, Sources));
  EXPECT_FALSE(lineChange(Repair(), Sources));
}

TEST_F(RepairsTest, UnitsThatDoNotAgreeHaveNone) {
  std::string A = write("a.h", "unlock(l);\n");
  Report R = report({{edit(A, 1, 1, "unlock", "u")}});
  auto Unit = [&](const Finding &F) {
    UnitResult U;
    U.File = F.Fix.Says + ".c";
    U.Findings = {F};
    return U;
  };
  Finding One = R.Items[0].F, Other = One;
  SourceText Sources;
  EXPECT_EQ(collect({Unit(One), Unit(Other)}, Sources, nullptr)
                .Items[0]
                .F.Fix.Edits.size(),
            1u);
  Other.Fix = {};
  Report Both = collect({Unit(One), Unit(Other)}, Sources, nullptr);
  ASSERT_EQ(Both.Items.size(), 1u);
  EXPECT_TRUE(Both.Items[0].F.Fix.Edits.empty());
}

TEST_F(RepairsTest, SarifCountsColumnsInUtf16) {
  std::string A = write("a.c", "/* \xf0\x9f\x94\x92 */ unlock(l);\n");
  Report R = report({{edit(A, 1, 12, "unlock", "u")}});
  SourceText Sources;
  std::string Text = sarifText(R, Sources, SarifOptions());
  EXPECT_THAT(Text, HasSubstr("\"startColumn\": 10"));
  EXPECT_THAT(Text, HasSubstr("\"endColumn\": 16"));
}

} // namespace
