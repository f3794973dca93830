//===- ModelLinkTest.cpp --------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model/LinkFacts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace irqlint;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

namespace {

SourcePos at(const char *File, unsigned Line) {
  SourcePos P;
  P.File = File;
  P.Line = Line;
  P.Col = 1;
  return P;
}

LockTake take(const char *Key, unsigned Line, const char *File = "a.c") {
  LockTake T;
  T.Key = Key;
  T.Text = std::string("lock '") + Key + "'";
  T.Pos = at(File, Line);
  return T;
}

LockOrderEdge edge(const char *From, const char *To, unsigned Line,
                   std::vector<std::string> Held = {},
                   const char *File = "a.c") {
  LockOrderEdge E;
  E.From = take(From, Line, File);
  E.To = take(To, Line + 1, File);
  E.Held = std::move(Held);
  E.Held.push_back(From);
  E.Function = "f" + std::to_string(Line);
  return E;
}

TEST(LockOrder, OneOrderIsFine) {
  EXPECT_THAT(lockOrderFindings(
                  {edge("A", "B", 10), edge("B", "C", 20), edge("A", "C", 30)}),
              IsEmpty());
}

TEST(LockOrder, OppositeOrders) {
  std::vector<Finding> F =
      lockOrderFindings({edge("A", "B", 10), edge("B", "A", 20)});
  ASSERT_THAT(F, SizeIs(1));
  EXPECT_EQ(F[0].Pos.Line, 21u); // the later of the two
  EXPECT_EQ(F[0].Sure, Certainty::Definite);
  EXPECT_EQ(F[0].Path.size(), 4u);
}

TEST(LockOrder, DoesNotDependOnTheOrderOfFacts) {
  std::vector<LockOrderEdge> Edges = {edge("A", "B", 10), edge("B", "C", 20),
                                      edge("C", "A", 30), edge("B", "A", 40)};
  std::vector<Finding> First = lockOrderFindings(Edges);
  std::reverse(Edges.begin(), Edges.end());
  std::vector<Finding> Second = lockOrderFindings(Edges);
  ASSERT_EQ(First.size(), Second.size());
  for (size_t I = 0; I < First.size(); ++I)
    EXPECT_EQ(First[I].Message, Second[I].Message);
}

TEST(LockOrder, ACommonLockKeepsThemApart) {
  EXPECT_THAT(lockOrderFindings(
                  {edge("A", "B", 10, {"Gate"}), edge("B", "A", 20, {"Gate"})}),
              IsEmpty());
  // One acquisition outside of it is enough.
  EXPECT_THAT(
      lockOrderFindings({edge("A", "B", 10, {"Gate"}),
                         edge("B", "A", 20, {"Gate"}), edge("B", "A", 30)}),
      SizeIs(1));
}

TEST(LockOrder, SharedHoldersOnlyWaitForWriters) {
  LockOrderEdge X = edge("A", "B", 10), Y = edge("B", "A", 20);
  for (LockOrderEdge *E : {&X, &Y})
    E->From.Shared = E->To.Shared = true;
  std::vector<Finding> F = lockOrderFindings({X, Y});
  ASSERT_THAT(F, SizeIs(1));
  EXPECT_EQ(F[0].Sure, Certainty::Possible);
}

TEST(LockOrder, AnOwnerThatCountsMayHoldTheOtherAlready) {
  LockOrderEdge X = edge("A", "B", 10), Y = edge("B", "A", 20);
  for (LockOrderEdge *E : {&X, &Y})
    E->From.Recursive = E->To.Recursive = true;
  std::vector<Finding> F = lockOrderFindings({X, Y});
  ASSERT_THAT(F, SizeIs(1));
  EXPECT_EQ(F[0].Sure, Certainty::Possible);
}

TEST(LockOrder, ALongCircleIsOneFinding) {
  EXPECT_THAT(lockOrderFindings({edge("A", "B", 10), edge("B", "C", 20),
                                 edge("C", "D", 30), edge("D", "A", 40)}),
              SizeIs(1));
}

LinkFunction function(const char *Usr) {
  LinkFunction F;
  F.Usr = Usr;
  F.External = F.Known = true;
  return F;
}

LinkUse use(const char *Usr) {
  LinkUse U;
  U.Usr = Usr;
  return U;
}

TEST(Link, WhatSuitsEveryCallIsNotBroughtIn) {
  LinkFacts A, B;
  A.Uses = {use("f")};
  LinkFunction F = function("f");
  F.MinHi = Irql::Passive;
  B.Functions = {F};
  EXPECT_TRUE(planLink({&A, &B})[0].empty());
  A.Uses[0].HighestLo = Irql::Dispatch;
  EXPECT_THAT(planLink({&A, &B})[0].Imports, ElementsAre(Pair(1u, "f")));
}

TEST(Link, ALockOfTheCallerIsTakenAgain) {
  LinkFacts A, B;
  A.Uses = {use("f")};
  A.Uses[0].Held = {take("Lock", 3)};
  LinkFunction F = function("f");
  F.Touches = {"Other"};
  B.Functions = {F};
  EXPECT_TRUE(planLink({&A, &B})[0].empty());
  B.Functions[0].Touches = {"Lock", "Other"};
  EXPECT_FALSE(planLink({&A, &B})[0].empty());
  // An owner may take it again, unless it holds it shared and that is not.
  A.Uses[0].Held[0].Recursive = true;
  EXPECT_TRUE(planLink({&A, &B})[0].empty());
  A.Uses[0].Held[0].Shared = true;
  B.Functions[0].TouchesExclusive = {"Lock"};
  EXPECT_FALSE(planLink({&A, &B})[0].empty());
}

TEST(Link, NeedsTravelThroughUnits) {
  LinkFacts A, B, C;
  A.Uses = {use("f")};
  A.Uses[0].HighestLo = Irql::Dispatch;
  LinkFunction F = function("f");
  F.Calls = {"g"};
  B.Functions = {F};
  LinkFunction G = function("g");
  G.MinHi = Irql::Passive;
  C.Functions = {G};
  EXPECT_THAT(planLink({&A, &B, &C})[0].Imports,
              ElementsAre(Pair(1u, "f"), Pair(2u, "g")));
}

TEST(Link, WhatIsTooLargeToBeBroughtInIsKnownToChangeThings) {
  LinkFacts A, B, C;
  A.Uses = {use("f")};
  A.Uses[0].Caller = "a";
  LinkFunction F = function("f");
  F.Changes = true;
  F.Cost = 100000;
  B.Functions = {F};
  LinkRequest R = planLink({&A, &B})[0];
  EXPECT_TRUE(R.Imports.empty());
  EXPECT_THAT(R.Again["a"], ElementsAre("~f"));
  // The same where one that is brought in calls it.
  A.Uses[0].Usr = "g";
  A.Uses[0].HighestLo = Irql::Dispatch;
  LinkFunction G = function("g");
  G.Calls = {"f"};
  G.MinHi = Irql::Passive;
  C.Functions = {G};
  R = planLink({&A, &B, &C})[0];
  EXPECT_THAT(R.Imports, ElementsAre(Pair(2u, "g")));
  EXPECT_THAT(R.Again["a"], ElementsAre("g", "~f"));
  // Small ones are brought in.
  B.Functions[0].Cost = 10;
  EXPECT_THAT(planLink({&A, &B, &C})[0].Imports,
              ElementsAre(Pair(1u, "f"), Pair(2u, "g")));
}

TEST(Link, RolesGoToWhoDefinesTheFunction) {
  LinkFacts A, B;
  A.Registrations = {{"f", "KDEFERRED_ROUTINE"}};
  B.Functions = {function("f")};
  std::vector<LinkRequest> R = planLink({&A, &B});
  EXPECT_TRUE(R[0].empty());
  EXPECT_THAT(R[1].Roles, SizeIs(1));
  B.Functions[0].HasRole = true;
  EXPECT_TRUE(planLink({&A, &B})[1].empty());
}

TEST(Link, TwoDefinitionsAreNone) {
  LinkFacts A, B, C;
  A.Uses = {use("f")};
  LinkFunction F = function("f");
  F.Changes = true;
  B.Functions = {F};
  F.Completes = true;
  C.Functions = {F};
  EXPECT_TRUE(planLink({&A, &B, &C})[0].empty());
}

TEST(Link, ADriverReplacesAFunctionOfItsLibrary) {
  LinkFacts A, B, Library;
  A.Uses = {use("f")};
  LinkFunction F = function("f");
  F.Changes = true;
  B.Functions = {F};
  F.Completes = true;
  Library.Functions = {F};
  EXPECT_THAT(planLink(DriverFacts({&A, &B, &Library}, 2))[0].Imports,
              ElementsAre(Pair(1u, "f")));
  // Of two libraries nobody can tell.
  EXPECT_TRUE(planLink(DriverFacts({&A, &B, &Library}, 1))[0].empty());
}

TEST(Link, OrderThroughACall) {
  LinkFacts A, B;
  A.Uses = {use("f")};
  A.Uses[0].Held = {take("X", 3)};
  A.Uses[0].Call = at("a.c", 4);
  A.Uses[0].Function = "caller";
  LinkFunction F = function("f");
  F.Takes = {take("Y", 9, "b.c")};
  B.Functions = {F};
  B.Order = {edge("Y", "X", 20, {}, "b.c")};
  std::vector<LockOrderEdge> E = linkOrder({&A, &B});
  ASSERT_THAT(E, SizeIs(1));
  E.insert(E.end(), B.Order.begin(), B.Order.end());
  std::vector<Finding> Found = lockOrderFindings(E);
  ASSERT_THAT(Found, SizeIs(1));
  EXPECT_EQ(Found[0].Pos.File, "b.c");
}

// What the callee itself gives up on the way is not held when it takes the
// other.
TEST(Link, NoOrderWhereTheCallersLockIsGivenUp) {
  LinkFacts A, B;
  A.Uses = {use("f")};
  A.Uses[0].Held = {take("X", 3)};
  LinkFunction F = function("f");
  F.Takes = {take("Y", 9, "b.c")};
  F.Touches = {"X", "Y"};
  B.Functions = {F};
  EXPECT_THAT(linkOrder({&A, &B}), SizeIs(0));
  B.Functions[0].Touches = {"Y"};
  EXPECT_THAT(linkOrder({&A, &B}), SizeIs(1));
  // Taken again, it says nothing of the order of the two.
  A.Uses[0].Held.push_back(take("Y", 4));
  EXPECT_THAT(linkOrder({&A, &B}), SizeIs(0));
}

// A function of the unit that means nothing by itself, and leads to one that
// does.
TEST(Link, OnlyWhomItMattersToIsLookedAtAgain) {
  LinkFacts A, B;
  LinkUse Bad = use("helper"), Fine = use("helper");
  Bad.Caller = "holder";
  Bad.Held = {take("X", 3)};
  Fine.Caller = "other";
  A.Uses = {Bad, Fine};
  LinkFunction Helper = function("helper");
  Helper.Calls = {"f"};
  A.Functions = {Helper};
  LinkFunction F = function("f");
  F.Touches = {"X"};
  B.Functions = {F};
  LinkRequest R = planLink({&A, &B})[0];
  EXPECT_THAT(R.Imports, ElementsAre(Pair(1u, "f")));
  ASSERT_THAT(R.Again, SizeIs(1));
  EXPECT_EQ(R.Again.begin()->first, "holder");
  EXPECT_THAT(R.Again.begin()->second, ElementsAre("f"));
}

} // namespace
