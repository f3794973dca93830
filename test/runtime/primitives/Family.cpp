//===- Family.cpp - Clients and mutants of a family of primitives ---------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Family.h"
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

using namespace irqlint::runtime;
using namespace irqlint::runtime::test;

static std::string baseName(const std::string &Path) {
  return Path.substr(Path.rfind('/') + 1);
}

static std::string sourceLine(const Site &S) {
  std::ifstream In(std::string(IRQLINT_SOURCE_DIR "/lib/Runtime/Primitives/") +
                   baseName(S.File));
  std::string Line;
  for (unsigned I = 0; I < S.Line; ++I)
    std::getline(In, Line);
  return Line;
}

static double secondsSince(std::chrono::steady_clock::time_point Start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
      .count();
}

static std::string thousands(uint64_t N) {
  return N < 1000 ? std::to_string(N)
                  : thousands(N / 1000) + " " +
                        (std::to_string(1000 + N % 1000).c_str() + 1);
}

/// Holds the row of the family in docs/runtime.md against what was found out;
/// IRQLINT_UPDATE in the environment: corrects it.
static void checkRow(const Family &F, uint64_t Executions,
                     const std::string &Mutants) {
  const char *Path = IRQLINT_SOURCE_DIR "/docs/runtime.md";
  std::ifstream In(Path);
  std::string All, Line, Start = std::string("| ") + F.Name + " |";
  std::string Clients = std::to_string(F.Clients.size()) + " clients, ";
  std::string Tail =
      " " + Clients + thousands(Executions) + " | " + Mutants + " |";
  bool Found = false, Right = false, Exact = false;
  while (std::getline(In, Line)) {
    // (Of the first table: others have rows of the same name.)
    if (!Found && Line.compare(0, Start.size(), Start) == 0) {
      Found = true;
      size_t Last = Line.rfind('|', Line.size() - 2);
      size_t Before = Line.rfind('|', Last - 1);
      std::string Now = Line.substr(Before + 1);
      // How many executions it takes depends a little on the compiler.
      size_t At = Now.find(Clients);
      uint64_t Written = 0;
      for (char C :
           Now.substr(At == std::string::npos ? 0 : At + Clients.size(),
                      Now.find('|')))
        if (C == '|')
          break;
        else if (C >= '0' && C <= '9')
          Written = Written * 10 + uint64_t(C - '0');
      Right = At != std::string::npos &&
              Now.find("| " + Mutants + " |") != std::string::npos &&
              Written * 2 > Executions && Written < Executions * 2;
      Exact = Now == Tail;
      Line = Line.substr(0, Before + 1) + Tail;
    }
    All += Line + "\n";
  }
  if (Found && !Exact && std::getenv("IRQLINT_UPDATE"))
    std::ofstream(Path) << All;
  else
    EXPECT_TRUE(Right) << "docs/runtime.md: the row '" << F.Name
                       << "' has to end in:" << Tail;
}

void irqlint::runtime::test::verify(const Family &F) {
  bool Nightly = std::getenv("IRQLINT_NIGHTLY");
  SiteMap Sites;
  struct Verified {
    const Client *C;
    uint64_t Executions;
  };
  std::vector<Verified> Hunters;
  uint64_t Executions = 0;
  for (const Client &C : F.Clients) {
    auto Start = std::chrono::steady_clock::now();
    SearchOptions O;
    O.Sites = &Sites;
    bool Partly = C.Nightly; // perhaps; the line below says whether
    O.MaxExecutions = !Partly ? 3000000 : Nightly ? 5000000 : 10000;
    SearchResult R = explore(C.Run, O);
    ASSERT_TRUE(C.Fails != Failure::Kind::None ? R.Found.K == C.Fails
                : Partly                       ? !R.Found
                                               : R.verified())
        << F.Name << ", " << C.Name << ": " << R.text();
    printf("  %s, %s: %llu executions (%llu abandoned), up to %u operations, "
           "%.2f s%s\n",
           F.Name, C.Name, static_cast<unsigned long long>(R.Executions),
           static_cast<unsigned long long>(R.Abandoned), R.MaxSteps,
           secondsSince(Start),
           R.Complete || R.Found ? "" : "; not to the end");
    Executions += R.Executions + R.Abandoned;
    if (C.Mutants)
      Hunters.push_back({&C, R.Executions + R.Abandoned});
  }
  // Small clients first: most mutants are found within a few executions.
  std::sort(Hunters.begin(), Hunters.end(),
            [](const Verified &A, const Verified &B) {
              return A.Executions < B.Executions;
            });

  auto Start = std::chrono::steady_clock::now();
  unsigned Mutants = 0, Found = 0;
  std::vector<bool> Used(F.Survivors.size());
  for (const auto &[Place, Use] : Sites) {
    std::string File = baseName(Use.Where.File);
    if (std::none_of(F.Sources.begin(), F.Sources.end(),
                     [&](const char *S) { return File == S; }))
      continue;
    std::string Line = sourceLine(Use.Where);
    for (const Mutation &M : mutationsOf(Use)) {
      ++Mutants;
      bool Caught = false;
      SearchOptions O;
      O.Mutant = &M;
      O.MaxExecutions = Nightly ? 200000 : 20000;
      for (size_t I = 0; I < Hunters.size() && !Caught; ++I)
        Caught = explore(Hunters[I].C->Run, O).Found.K != Hunters[I].C->Fails;
      Found += Caught;
      if (Caught)
        continue;
      auto Known = std::find_if(
          F.Survivors.begin(), F.Survivors.end(), [&](const Survivor &S) {
            return Line.find(S.Line) != std::string::npos &&
                   M.text().find(S.Change) != std::string::npos;
          });
      if (Known == F.Survivors.end())
        ADD_FAILURE() << F.Name << ": nothing finds " << M.text() << ": "
                      << Line;
      else
        Used[size_t(Known - F.Survivors.begin())] = true;
    }
  }
  for (size_t I = 0; I < Used.size(); ++I)
    EXPECT_TRUE(Used[I]) << F.Name << ": no such survivor any more: "
                         << F.Survivors[I].Line << ", "
                         << F.Survivors[I].Change;
  printf("  %s: %u of %u mutants found, %.2f s\n", F.Name, Found, Mutants,
         secondsSince(Start));
  if (!Nightly)
    checkRow(F, Executions,
             std::to_string(Found) + " of " + std::to_string(Mutants));
}
