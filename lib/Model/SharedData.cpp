//===- SharedData.cpp -----------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model/SharedData.h"
#include <algorithm>
#include <map>
#include <tuple>

using namespace irqlint;

/// Calls that are followed below a callback.
static constexpr unsigned MaxDepth = 12;
/// Ways (function and locks) on which one callback is followed.
static constexpr size_t MaxWays = 4000;

void SharedData::merge(const SharedData &O) {
  std::set<std::string> Known;
  for (const DataFunction &F : Functions)
    Known.insert(F.Usr);
  for (const DataFunction &F : O.Functions)
    if (!Known.count(F.Usr))
      Functions.push_back(F);
  SharedTypes.insert(O.SharedTypes.begin(), O.SharedTypes.end());
  PrivateTypes.insert(O.PrivateTypes.begin(), O.PrivateTypes.end());
  SetupFunctions.insert(O.SetupFunctions.begin(), O.SetupFunctions.end());
  OpenFunctions.insert(O.OpenFunctions.begin(), O.OpenFunctions.end());
  OtherFunctions.insert(O.OtherFunctions.begin(), O.OtherFunctions.end());
  Escaped.insert(O.Escaped.begin(), O.Escaped.end());
}

namespace {

using Locks = std::set<DataLock>;

/// An access on the way of one callback.
struct Site {
  const DataFunction *Root;
  const DataFunction *In;
  const DataAccess *What;
  Locks Held;

  bool holds(const std::string &Key) const {
    return Held.count(DataLock{Key, ""}) != 0;
  }
  /// All locks that are held are known.
  bool sure() const { return !holds(UnknownLock); }
};

/// What the program does with one member or variable.
struct Member {
  std::vector<Site> Sites;
};

using Place = std::tuple<std::string, unsigned, unsigned>;

Place placeOf(const Site &S) {
  return {S.What->Pos.File, S.What->Pos.Line, S.What->Pos.Col};
}

class Finder {
public:
  explicit Finder(const std::vector<const SharedData *> &Units) {
    std::set<std::string> Private;
    for (const SharedData *U : Units) {
      Shared.insert(U->SharedTypes.begin(), U->SharedTypes.end());
      Private.insert(U->PrivateTypes.begin(), U->PrivateTypes.end());
      for (const DataFunction &F : U->Functions)
        Functions.try_emplace(F.Usr, &F);
    }
    for (const std::string &P : Private)
      Shared.erase(P);
    for (const SharedData *U : Units)
      Setup.insert(U->SetupFunctions.begin(), U->SetupFunctions.end());
    for (const SharedData *U : Units)
      Open.insert(U->OpenFunctions.begin(), U->OpenFunctions.end());
    for (const SharedData *U : Units)
      Escaped.insert(U->Escaped.begin(), U->Escaped.end());
    for (const SharedData *U : Units)
      for (const std::string &O : U->OtherFunctions) {
        Setup.erase(O);
        Open.erase(O);
      }
  }

  std::vector<Finding> run() {
    for (const auto &[Usr, F] : Functions)
      if (!F->Role.empty()) {
        Seen.clear();
        InSetup = F->Setup || Setup.count(Usr);
        InOpen = F->Opening || Open.count(Usr);
        follow(*F, *F, Locks(F->Held.begin(), F->Held.end()), 0);
      }
    // Who calls the others is not known, nor what is held then.
    for (const auto &[Usr, F] : Functions)
      if (!Followed.count(F)) {
        InSetup = true;
        Seen.clear();
        follow(*F, *F, Locks(), 0);
      }
    std::vector<Finding> Out;
    for (const auto &[Key, E] : Events)
      if (!Escaped.count(Key.first + "::" + Key.second))
        judgeWait(E, Out);
    for (auto &[Key, M] : Members) {
      std::sort(M.Sites.begin(), M.Sites.end(),
                [](const Site &A, const Site &B) {
                  return std::tie(A.Root->Usr, A.In->Usr) <
                             std::tie(B.Root->Usr, B.In->Usr) ||
                         (A.Root->Usr == B.Root->Usr &&
                          A.In->Usr == B.In->Usr && placeOf(A) < placeOf(B));
                });
      if (judgeGuarded(M, Out))
        continue;
      judgeInterrupt(M, Out);
    }
    return Out;
  }

private:
  std::map<std::string, const DataFunction *> Functions;
  std::set<std::string> Shared, Setup, Open, Escaped;
  /// The callback that is being followed is one of those.
  bool InSetup = false, InOpen = false;
  std::set<const DataFunction *> Followed;
  struct Event {
    std::vector<Site> Waits, Signals;
  };
  std::map<std::pair<std::string, std::string>, Event> Events;
  std::map<std::pair<std::string, std::string>, Member> Members;
  std::set<std::pair<const DataFunction *, std::vector<std::string>>> Seen;

  void follow(const DataFunction &Root, const DataFunction &F, Locks Held,
              unsigned Depth) {
    std::vector<std::string> Keys;
    for (const DataLock &L : Held)
      Keys.push_back(L.Key);
    if (Depth > MaxDepth || Seen.size() > MaxWays ||
        !Seen.insert({&F, Keys}).second)
      return;
    Followed.insert(&F);
    for (const DataAccess &A : F.Accesses) {
      Site S{&Root, &F, &A, Held};
      S.Held.insert(A.Held.begin(), A.Held.end());
      if (A.Is != DataAccess::Data) {
        Event &E = Events[{A.Record, A.Name}];
        if (A.Is == DataAccess::Signal)
          E.Signals.push_back(std::move(S));
        else if (!InSetup)
          E.Waits.push_back(std::move(S));
        continue;
      }
      // (A count of those who have it open is another matter.)
      if (InSetup || (InOpen && !A.Modify) ||
          (!A.Record.empty() && !Shared.count(A.Record)))
        continue;
      Members[{A.Record, A.Name}].Sites.push_back(std::move(S));
    }
    for (const DataCall &C : F.Calls) {
      auto I = Functions.find(C.Usr);
      // (What the system calls as well is entered as the driver does here.)
      if (I == Functions.end())
        continue;
      Locks Inner = Held;
      Inner.insert(C.Held.begin(), C.Held.end());
      follow(Root, *I->second, std::move(Inner), Depth + 1);
    }
  }

  /// Nothing keeps the two from happening at the same time.
  static bool collide(const Site &A, const Site &B) {
    if (A.Root == B.Root || !(A.What->Write || B.What->Write) || !A.sure() ||
        !B.sure())
      return false;
    if (!A.Root->OneAtATime.empty() && A.Root->OneAtATime == B.Root->OneAtATime)
      return false;
    return std::none_of(A.Held.begin(), A.Held.end(), [&](const DataLock &L) {
      return B.Held.count(L) != 0;
    });
  }

  /// Most of the program uses the member under a lock that it takes itself for
  /// that.
  bool judgeGuarded(const Member &M, std::vector<Finding> &Out) const {
    std::map<std::string, DataLock> Candidates;
    for (const Site &S : M.Sites)
      for (const DataLock &L : S.Held)
        if (L.Key != UnknownLock)
          Candidates.try_emplace(L.Key, L);
    for (const auto &[Key, Lock] : Candidates) {
      std::set<Place> With, Without;
      bool Explicit = false, Written = false;
      for (const Site &S : M.Sites) {
        if (S.holds(Key)) {
          With.insert(placeOf(S));
          Written |= S.What->Write;
          Explicit |= std::find(S.Root->Held.begin(), S.Root->Held.end(),
                                Lock) == S.Root->Held.end();
        } else if (S.sure()) {
          Without.insert(placeOf(S));
        }
      }
      if (!Explicit || !Written || With.size() < 2 ||
          With.size() <= Without.size())
        continue;
      const Site *Best = nullptr, *Other = nullptr;
      for (const Site &B : M.Sites)
        for (const Site &A : M.Sites) {
          // (To look at a value without the lock is common, and often right.)
          if (B.holds(Key) || !A.holds(Key) || !B.What->Write || !collide(A, B))
            continue;
          if (!Best || (B.What->Modify && !Best->What->Modify)) {
            Best = &B;
            Other = &A;
          }
        }
      if (!Best)
        continue;
      Finding F = describe(*Best, *Other);
      F.Message += " without " + Lock.Text + ", which guards it elsewhere; " +
                   meanwhile(*Other);
      F.Hint = "hold " + Lock.Text +
               " here, use an interlocked routine, or serialize the callbacks";
      Out.push_back(std::move(F));
      return true;
    }
    return false;
  }

  /// A service routine and code that it interrupts change the same value, one
  /// of them by what it finds there: a change gets lost.
  void judgeInterrupt(const Member &M, std::vector<Finding> &Out) const {
    for (const Site &A : M.Sites)
      for (const Site &B : M.Sites) {
        if (A.Root->Lo < Irql::Dirql || B.Root->Lo >= Irql::Dirql ||
            !A.What->Write || !B.What->Write ||
            !(A.What->Modify || B.What->Modify) || !collide(A, B))
          continue;
        Finding F = describe(B, A);
        F.Message += " without the interrupt lock; " + meanwhile(A);
        F.Hint = "do it under the interrupt lock, or use an interlocked "
                 "routine on both sides";
        Out.push_back(std::move(F));
        return;
      }
  }

  /// Whoever would end the wait needs a lock that is held around it.
  void judgeWait(const Event &E, std::vector<Finding> &Out) const {
    if (E.Signals.empty())
      return; // somebody else's business
    std::set<Place> Told;
    for (const Site &W : E.Waits)
      for (const DataLock &L : W.Held) {
        if (L.Key == UnknownLock ||
            !std::all_of(E.Signals.begin(), E.Signals.end(),
                         [&](const Site &S) {
                           return S.holds(L.Key) && S.Root != W.Root;
                         }) ||
            !Told.insert(placeOf(W)).second)
          continue;
        const Site &S = E.Signals.front();
        Finding F;
        F.Check = "self-wait";
        // (Two objects of one class have different locks and events.)
        F.Sure =
            std::find(W.Root->Held.begin(), W.Root->Held.end(), L) !=
                        W.Root->Held.end() &&
                    (W.What->Record.empty() || Shared.count(W.What->Record))
                ? Certainty::Definite
                : Certainty::Possible;
        F.Pos = W.What->Pos;
        F.Function = W.In->Name;
        F.Entry = W.Root->Name;
        F.Message = "'" + W.What->Routine + "' waits for '" + W.What->Text +
                    "' with " + L.Text + " held, and '" + S.Root->Name +
                    "', which would signal it, needs that lock";
        F.Hint = "give the lock up before the wait, or signal from where it is "
                 "not held";
        PathStep At;
        At.Pos = S.What->Pos;
        At.Function = S.In->Name;
        At.Level = levelOf(*S.Root);
        for (const DataLock &H : S.Held)
          At.Held.push_back(H.Text);
        At.Message = "'" + S.What->Routine +
                     "' signals it here, on the way of '" + S.Root->Name +
                     "', with " + lockList(S) + " held";
        F.Path.push_back(std::move(At));
        Out.push_back(std::move(F));
      }
  }

  static std::string verb(const DataAccess &A) {
    return A.Modify ? "changed" : A.Write ? "written" : "read";
  }

  static std::string meanwhile(const Site &A) {
    return "'" + A.Root->Name + "' may be running then, where it is " +
           verb(*A.What);
  }

  static std::string levelOf(const DataFunction &F) {
    IrqlRange R{F.Lo, F.Hi};
    if (R.isUnknown())
      return "";
    return R.Lo == R.Hi ? R.str() : "up to " + std::string(irqlName(R.Hi));
  }

  static std::string lockList(const Site &S) {
    std::string T;
    for (const DataLock &L : S.Held)
      T += (T.empty() ? "" : ", ") + L.Text;
    return T.empty() ? "no lock" : T;
  }

  static PathStep step(const Site &S) {
    PathStep P;
    P.Pos = S.What->Pos;
    P.Function = S.In->Name;
    P.Level = levelOf(*S.Root);
    for (const DataLock &L : S.Held)
      P.Held.push_back(L.Text);
    P.Message = "'" + S.What->Text + "' is " + verb(*S.What) +
                " here on the way of '" + S.Root->Name + "', a " +
                S.Root->Role + (P.Level.empty() ? "" : " at " + P.Level) +
                ", with " + lockList(S) + " held";
    return P;
  }

  static Finding describe(const Site &B, const Site &A) {
    Finding F;
    F.Check = "unsynchronized-access";
    F.Sure = Certainty::Possible;
    F.Pos = B.What->Pos;
    F.Function = B.In->Name;
    F.Entry = B.Root->Name;
    F.Message = "'" + B.What->Text + "' is " + verb(*B.What);
    if (B.Root != B.In)
      F.Message += " on the way of '" + B.Root->Name + "'";
    F.Path.push_back(step(A));
    F.Path.push_back(step(B));
    return F;
  }
};

} // namespace

std::vector<Finding>
irqlint::sharedDataFindings(const std::vector<const SharedData *> &Units) {
  return Finder(Units).run();
}
