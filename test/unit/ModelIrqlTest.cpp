//===- ModelIrqlTest.cpp - Levels and intervals ---------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model/Irql.h"
#include "gtest/gtest.h"

using namespace irqlint;

TEST(Irql, NamesAreReadBackInBothSpellings) {
  for (Irql L :
       {Irql::Passive, Irql::Apc, Irql::Dispatch, Irql::Dirql, Irql::High})
    EXPECT_EQ(parseIrql(irqlName(L)), L);
  EXPECT_EQ(parseIrql("PASSIVE"), Irql::Passive);
  EXPECT_EQ(parseIrql("DISPATCH"), Irql::Dispatch);
  EXPECT_EQ(parseIrql("DPC_LEVEL"), Irql::Dispatch);
  EXPECT_EQ(parseIrql("HIGH"), Irql::High);
  EXPECT_EQ(parseIrql("dispatch"), std::nullopt);
  EXPECT_EQ(parseIrql(""), std::nullopt);
}

TEST(Irql, NumbersOfTheTarget) {
  EXPECT_EQ(irqlFromNumber(0), Irql::Passive);
  EXPECT_EQ(irqlFromNumber(1), Irql::Apc);
  EXPECT_EQ(irqlFromNumber(2), Irql::Dispatch);
  // x64: devices 3..12, CLOCK_LEVEL 13, HIGH_LEVEL 15.
  EXPECT_EQ(irqlFromNumber(3), Irql::Dirql);
  EXPECT_EQ(irqlFromNumber(12), Irql::Dirql);
  EXPECT_EQ(irqlFromNumber(13), Irql::High);
  EXPECT_EQ(irqlFromNumber(15), Irql::High);
  // x86: devices 3..26, PROFILE_LEVEL 27, HIGH_LEVEL 31.
  EXPECT_EQ(irqlFromNumber(13, /*Is64Bit=*/false), Irql::Dirql);
  EXPECT_EQ(irqlFromNumber(26, false), Irql::Dirql);
  EXPECT_EQ(irqlFromNumber(27, false), Irql::High);
  EXPECT_EQ(irqlFromNumber(31, false), Irql::High);
}

TEST(Irql, Intervals) {
  IrqlRange Low{Irql::Passive, Irql::Apc}, High{Irql::Dispatch, Irql::Dirql};
  EXPECT_FALSE(Low.overlaps(High));
  EXPECT_EQ(Low.meet(High), std::nullopt);
  EXPECT_EQ(Low.hull(High), (IrqlRange{Irql::Passive, Irql::Dirql}));
  EXPECT_EQ(Low.meet(IrqlRange::unknown()), Low);
  EXPECT_TRUE(Low.within(IrqlRange::unknown()));
  EXPECT_FALSE(IrqlRange::unknown().within(Low));
  EXPECT_EQ(IrqlRange::exactly(Irql::Dispatch).str(), "DISPATCH_LEVEL");
  EXPECT_EQ(Low.str(), "PASSIVE_LEVEL..APC_LEVEL");
  EXPECT_EQ(IrqlRange::unknown().str(), "unknown");
}
