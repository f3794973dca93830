//===- KitTest.cpp - Finding the kit, names it lacks ----------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kit/Kit.h"
#include "gtest/gtest.h"
#include <cstdlib>

using namespace irqlint;

namespace {

class KitEnvironment : public ::testing::Test {
protected:
  void TearDown() override { unsetenv("IRQLINT_KIT"); }
};

TEST_F(KitEnvironment, NamedByTheEnvironment) {
  std::string Dir = IRQLINT_BINARY_DIR "/share/irqlint/kit/include";
  setenv("IRQLINT_KIT", Dir.c_str(), 1);
  auto Kit = findKit("KitTests");
  ASSERT_TRUE(bool(Kit)) << llvm::toString(Kit.takeError());
  EXPECT_EQ(Dir, *Kit);
}

TEST_F(KitEnvironment, WrongFolderIsNamed) {
  setenv("IRQLINT_KIT", "/nowhere/kit", 1);
  auto Kit = findKit("KitTests");
  ASSERT_FALSE(bool(Kit));
  std::string Text = llvm::toString(Kit.takeError());
  EXPECT_NE(std::string::npos, Text.find("IRQLINT_KIT names '/nowhere/kit'"))
      << Text;
}

TEST_F(KitEnvironment, NotNextToTheProgram) {
  unsetenv("IRQLINT_KIT");
  auto Kit = findKit("KitTests"); // build/test/share/... does not exist
  ASSERT_FALSE(bool(Kit));
  EXPECT_NE(std::string::npos,
            llvm::toString(Kit.takeError()).find("share/irqlint/kit/include"));
}

TEST(KitNames, KindsOfUndeclaredNames) {
  EXPECT_EQ(KitName::Type, lookupKind("ACXAUDIOENGINE"));
  EXPECT_EQ(KitName::Callback, lookupKind("EVT_ACX_CIRCUIT_CREATE_STREAM"));
  EXPECT_EQ(KitName::Function, lookupKind("AcxCircuitCreate"));
  EXPECT_EQ(KitName::Unknown, lookupKind("NoSuchNameAtAll"));
  EXPECT_EQ(KitName::Unknown, lookupKind(""));
}

TEST(KitNames, DeclaredNamesAreNotStubbed) {
  EXPECT_EQ(KitName::Unknown, lookupKind("KeAcquireSpinLock"));
  EXPECT_EQ(KitName::Unknown, lookupKind("KDEFERRED_ROUTINE"));
}

} // namespace
