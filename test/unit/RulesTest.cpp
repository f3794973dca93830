//===- RulesTest.cpp - Rule files, overlays, the shipped rules ------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rules/RuleLoader.h"
#include "Rules/RuleSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include <set>
#include <thread>

using namespace irqlint;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// A rule file on disk for as long as the test runs.
class TempRules {
public:
  explicit TempRules(llvm::StringRef Text) {
    llvm::SmallString<128> Path;
    int FD;
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("rules", "yaml", FD, Path));
    llvm::raw_fd_ostream(FD, true) << Text;
    File = Path.str().str();
  }
  ~TempRules() { llvm::sys::fs::remove(File); }
  std::string File;
};

/// Problems of a text laid over the shipped rules, without the file name.
std::vector<std::string> problems(llvm::StringRef Text) {
  RuleLoader L(RuleSet::builtin().get());
  L.addText("t.yaml", Text);
  L.load();
  std::vector<std::string> Out;
  for (const RuleProblem &P : L.Problems)
    Out.push_back(P.str());
  return Out;
}

std::shared_ptr<const RuleSet> overlay(llvm::StringRef Text) {
  TempRules T(Text);
  auto R = RuleSet::withOverlays({T.File});
  if (!R) {
    ADD_FAILURE() << llvm::toString(R.takeError());
    return RuleSet::builtin();
  }
  return *R;
}

// ---------------------------------------------------------------- the format

TEST(RuleFormat, EveryMemberOfAFunctionIsRead) {
  auto R = overlay(R"(
family: mine
header: mine.h
locks:
  - name: my-lock
    title: my lock
    types: [MY_LOCK]
    spins: true
    recursive-shared: true
    must-release-before-return: false
functions:
  - name: MyAcquire
    irql:
      - {max: DISPATCH}
      - {min: APC, max: APC, firm-min: false, when: [{value: arg3, is: any-bits, of: 0x10}]}
    effects:
      - {do: acquire, kind: my-lock, lock: arg0.Inner.Lock, mode: arg1, handle: arg2, form: plain, saves: "*arg4", to: DISPATCH, when: [{value: ret, is: ge, of: -1}]}
      - {do: raise, to: arg5, saves: in-lock}
    apc: normal-kernel-disabled
    pairs: [MyRelease]
    no-return: true
    source: some/page
  - name: MyRelease
    effects:
      - {do: release, kind: my-lock, handle: arg0, restores: saved}
      - {do: lower, restores: arg1}
)");
  const FunctionContract *A = R->function("MyAcquire");
  ASSERT_TRUE(A);
  EXPECT_EQ(A->Family, "mine");
  EXPECT_EQ(A->Header, "mine.h");
  EXPECT_EQ(A->Source, "some/page");
  EXPECT_TRUE(A->NoReturn);
  EXPECT_EQ(A->Apc, ApcDuty::NormalDisabled);
  EXPECT_THAT(A->Pairs, ElementsAre("MyRelease"));
  ASSERT_EQ(A->Windows.size(), 2u);
  EXPECT_EQ(A->Windows[0].Range, (IrqlRange{Irql::Passive, Irql::Dispatch}));
  EXPECT_TRUE(A->Windows[0].MinFirm);
  EXPECT_EQ(A->Windows[1].Range, IrqlRange::exactly(Irql::Apc));
  EXPECT_FALSE(A->Windows[1].MinFirm);
  ASSERT_EQ(A->Windows[1].When.size(), 1u);
  EXPECT_EQ(A->Windows[1].When[0].Is, Condition::AnyBits);
  EXPECT_EQ(A->Windows[1].When[0].Of, 16);
  ASSERT_EQ(A->Effects.size(), 2u);
  const Effect &E = A->Effects[0];
  EXPECT_EQ(E.Do, EffectKind::Acquire);
  EXPECT_EQ(E.LockKind, "my-lock");
  EXPECT_EQ(E.Lock.K, ValueRef::Member);
  EXPECT_EQ(E.Lock.Index, 0u);
  EXPECT_EQ(E.Lock.Field, "Inner.Lock");
  EXPECT_EQ(E.ModeFrom.K, ValueRef::Arg);
  EXPECT_EQ(E.ModeFrom.Index, 1u);
  EXPECT_EQ(E.Handle.Index, 2u);
  EXPECT_EQ(E.Saves.K, ValueRef::Deref);
  EXPECT_EQ(E.Saves.Index, 4u);
  EXPECT_EQ(E.To.Level, Irql::Dispatch);
  EXPECT_EQ(E.When[0].Value.K, ValueRef::Ret);
  EXPECT_EQ(E.When[0].Of, -1);
  EXPECT_EQ(A->Effects[1].To.K, LevelRef::Value);
  EXPECT_EQ(A->Effects[1].To.From.Index, 5u);
  EXPECT_TRUE(A->Effects[1].SavesInLock);
  const FunctionContract *Rel = R->function("MyRelease");
  ASSERT_TRUE(Rel);
  EXPECT_EQ(Rel->Effects[0].Restores.K, LevelRef::Saved);
  EXPECT_EQ(Rel->Effects[1].Restores.K, LevelRef::Value);
  EXPECT_TRUE(Rel->Windows.empty());
  const LockKindInfo *K = R->lockKindOfType("MY_LOCK");
  ASSERT_TRUE(K);
  EXPECT_EQ(K->Name, "my-lock");
  EXPECT_TRUE(K->Spins);
  EXPECT_TRUE(K->RecursiveShared);
  EXPECT_FALSE(K->RecursiveExclusive);
  EXPECT_FALSE(K->MustReleaseBeforeReturn);
}

TEST(RuleFormat, EveryMemberOfARoleIsRead) {
  auto R = overlay(R"(
roles:
  - name: MY_CALLBACK
    aliases: [MY_CALLBACK_FN]
    implementer: either
    entry: {min: APC, max: DIRQL}
    usual: DISPATCH
    conditional: true
    locks-on-entry: [cancel-spin-lock, interrupt-spin-lock]
    acquires-for-caller: true
    releases-for-caller: true
    same-irql-on-return: false
    conditions: [arbitrary-thread]
    registered-by: ["MyRegister:2"]
    registered-via: [MY_TABLE.Callback]
    entry-names: [MyEntry]
    source: a/b
)");
  const RoleContract *C = R->role("MY_CALLBACK");
  ASSERT_TRUE(C);
  EXPECT_TRUE(C->ImplementedByDriver);
  EXPECT_TRUE(C->ImplementedBySystem);
  EXPECT_EQ(C->Entry, (IrqlRange{Irql::Apc, Irql::Dirql}));
  EXPECT_EQ(C->Usual, Irql::Dispatch);
  EXPECT_TRUE(C->Conditional);
  EXPECT_TRUE(C->LocksStated);
  EXPECT_THAT(C->LocksOnEntry,
              ElementsAre("cancel-spin-lock", "interrupt-spin-lock"));
  EXPECT_TRUE(C->AcquiresForCaller);
  EXPECT_TRUE(C->ReleasesForCaller);
  EXPECT_FALSE(C->SameIrqlOnReturn);
  EXPECT_THAT(C->Conditions, ElementsAre("arbitrary-thread"));
  EXPECT_EQ(R->registeredRole("MyRegister", 2), C);
  EXPECT_EQ(R->registeredRole("MyRegister", 1), nullptr);
  EXPECT_EQ(R->memberRole("MY_TABLE", "Callback"), C);
  EXPECT_EQ(R->roleOfEntryName("MyEntry"), C);
  ASSERT_TRUE(R->role("PMY_CALLBACK_FN"));
  EXPECT_EQ(R->role("PMY_CALLBACK_FN")->Entry, C->Entry);
}

TEST(RuleFormat, CommentsMarkersAndBlockScalarsDoNotConfuseTheCut) {
  EXPECT_THAT(problems("---\n# functions: no\nfamily: x # why\n\n"
                       "functions: # the list\n# left\n"
                       "- name: A1\n  # inside\n\n  source: |\n    functions:\n"
                       "    - name: B\n    # not a comment\n"
                       "- name: A2\nchecks: []\n"),
              ElementsAre());
}

TEST(RuleFormat, EmptyFilesAndWindowsLineEndsAreFine) {
  EXPECT_THAT(problems(""), ElementsAre());
  EXPECT_THAT(problems("# nothing\n"), ElementsAre());
  EXPECT_THAT(problems("\xEF\xBB\xBF"
                       "functions:\r\n  - name: A1\r\n    source: a\r\n"),
              ElementsAre());
}

// ---------------------------------------------------------------- errors

struct BadCase {
  const char *Text, *Error;
};
/// A misfit within a flow mapping is reported at its first key.
class RuleErrors : public testing::TestWithParam<BadCase> {};

TEST_P(RuleErrors, NamePlaceAndReason) {
  EXPECT_THAT(problems(GetParam().Text), ElementsAre(GetParam().Error));
}

INSTANTIATE_TEST_SUITE_P(
    All, RuleErrors,
    testing::Values(
        BadCase{"colour: red\n", "t.yaml:1:1: error: unknown key 'colour'"},
        BadCase{"functions:\n  - name: A\n    irq: []\n",
                "t.yaml:3:5: error: unknown key 'irq'"},
        BadCase{"functions:\n  - irql: [{max: APC}]\n",
                "t.yaml:2:5: error: missing required key 'name'"},
        BadCase{"functions:\n  - name: A\n    irql: [{max: DISPTCH}]\n",
                "t.yaml:3:18: error: unknown level; one of PASSIVE, APC, "
                "DISPATCH, DIRQL, HIGH"},
        BadCase{"functions:\n  - name: A\n    irql: [{min: HIGH, max: APC}]\n",
                "t.yaml:3:13: error: no level is left: 'min' is above 'max'"},
        BadCase{"functions:\n  - name: A\n    effects:\n"
                "      - {do: init, kind: spinlok, lock: arg0}\n",
                "t.yaml:4:26: error: unknown lock kind 'spinlok'; 'locks:' "
                "defines kinds"},
        BadCase{"functions:\n  - name: A\n    effects:\n"
                "      - {do: init, kind: cancel-spin-lock, global: cancl}\n",
                "t.yaml:4:52: error: unknown global lock 'cancl'; 'globals' of "
                "a lock kind names them"},
        BadCase{"functions:\n  - name: A\n    effects:\n"
                "      - {do: call-back, callback: arg0, role: NOPE}\n",
                "t.yaml:4:47: error: unknown role 'NOPE'; 'roles:' defines "
                "roles"},
        BadCase{
            "functions:\n  - name: A\n    effects:\n"
            "      - {do: try-acquire, kind: spin-lock, lock: arg0}\n",
            "t.yaml:4:10: error: try-acquire needs 'success', the condition "
            "under which the lock is owned"},
        BadCase{"functions:\n  - name: A\n    effects:\n"
                "      - {do: release, kind: spin-lock, lock: arg1, each: "
                "arg0}\n",
                "t.yaml:4:10: error: 'each' is for acquire and try-acquire of "
                "a 'lock' that is an argument"},
        BadCase{"functions:\n  - name: A\n    effects:\n"
                "      - {do: acquire, kind: spin-lock, lock: arg1, chosen: "
                "ret}\n",
                "t.yaml:4:10: error: 'chosen' goes with 'each', and without "
                "'success'"},
        BadCase{"functions:\n  - name: A\n    effects:\n"
                "      - {do: dance}\n",
                "t.yaml:4:14: error: unknown enumerated scalar"},
        BadCase{"functions:\n  - name: A\n    effects:\n"
                "      - {do: release, kind: spin-lock, lock: argx}\n",
                "t.yaml:4:46: error: not a value; write argN, *argN, "
                "argN.Member, ret or this"},
        BadCase{"functions:\n  - name: A\n    effects:\n"
                "      - {do: wait, when: [{value: arg1, is: eq, of: TEN}]}\n",
                "t.yaml:4:53: error: 'TEN' is neither a number nor a name from "
                "'constants:'"},
        BadCase{"functions:\n  - name: A\n    effects:\n"
                "      - {do: wait, when: [{value: arg1, is: eq}]}\n",
                "t.yaml:4:28: error: this comparison needs 'of'"},
        BadCase{"functions:\n  - name: A\n    effects:\n"
                "      - {do: raise, saves: ret}\n",
                "t.yaml:4:10: error: raise needs 'to', the level after it"},
        BadCase{"functions:\n  - name: A\n    effects:\n"
                "      - {do: wait, to: APC}\n",
                "t.yaml:4:10: error: 'to' has no meaning for this effect"},
        BadCase{"functions:\n  - name: A\n  - name: B\n  - name: A\n",
                "t.yaml:4:5: error: function 'A' is already defined at line 2 "
                "of this file"},
        BadCase{"functions:\n  - {name: KeAcquireSpinLock}\n",
                "t.yaml:2:5: error: function 'KeAcquireSpinLock' is already "
                "defined; say 'replace: true' to replace it or 'disable: true' "
                "to drop it"},
        BadCase{"functions:\n  - {name: NoSuchThing, disable: true}\n",
                "t.yaml:2:5: error: there is no function 'NoSuchThing' to "
                "disable"},
        BadCase{"locks:\n  - {name: l}\nfunctions:\n  - name: A\n"
                "    effects: [{do: acquire, kind: l, lock: arg0}]\n",
                "t.yaml:4:5: error: no routine releases a lock of kind 'l', "
                "which this one acquires"},
        BadCase{"roles:\n  - {name: R, locks-on-entry: [nope]}\n",
                "t.yaml:2:32: error: 'nope' is neither a lock kind nor a "
                "global lock"},
        BadCase{"roles:\n  - {name: R, registered-by: [Api]}\n",
                "t.yaml:2:6: error: 'registered-by' entry 'Api' is not "
                "\"Routine:argument\""},
        BadCase{"checks:\n  - {name: c, group: g, summary: s, rule: r, "
                "severity: loud}\n",
                "t.yaml:2:6: error: 'severity' is error, warning or note"},
        BadCase{"functions: {name: A}\n",
                "t.yaml:1:11: error: write 'functions' as a list with one '- ' "
                "per record"},
        BadCase{"functions:\n  name: A\n",
                "t.yaml:2:3: error: expected '- ', the start of a record"},
        BadCase{"functions:\n  - name: A\n---\nfamily: b\n",
                "t.yaml:3:1: error: a rule file is one YAML document"}));

TEST(RuleErrors, AllProblemsOfAFileInItsOrder) {
  std::vector<std::string> P = problems("functions:\n"
                                        "  - name: A\n"
                                        "    irql: [{max: X}]\n"
                                        "  - name: B\n"
                                        "    bogus: 1\n"
                                        "  - name: C\n"
                                        "    irql: [{max: APC}\n"
                                        "  - {name: KeAcquireSpinLock}\n"
                                        "locks:\n"
                                        "  - {name: l, tpyes: []}\n");
  ASSERT_EQ(P.size(), 5u);
  EXPECT_THAT(P[0], HasSubstr("t.yaml:3:18: error: unknown level"));
  EXPECT_THAT(P[1], HasSubstr("t.yaml:5:5: error: unknown key 'bogus'"));
  EXPECT_THAT(P[2], HasSubstr("t.yaml:7:"));
  EXPECT_THAT(P[3], HasSubstr("t.yaml:8:5: error: function"));
  EXPECT_THAT(P[4], HasSubstr("t.yaml:10:15: error: unknown key 'tpyes'"));
}

TEST(RuleErrors, MissingFileAndGarbage) {
  llvm::Error E = RuleSet::check("/nonexistent/rules.yaml");
  EXPECT_EQ(llvm::toString(std::move(E)),
            "/nonexistent/rules.yaml:1:1: error: cannot read rule file: No "
            "such file or directory");
  EXPECT_FALSE(problems("\x01\x02{{{[").empty());
  EXPECT_FALSE(problems("functions:\n  - &a [*a, {").empty());
}

// ---------------------------------------------------------------- overlays

TEST(Overlay, AddsReplacesAndDisables) {
  auto R = overlay("functions:\n"
                   "  - {name: MyWait, effects: [{do: wait}]}\n"
                   "  - {name: KeSetEvent, replace: true, irql: [{max: APC}]}\n"
                   "  - {name: KeStallExecutionProcessor, disable: true}\n"
                   "roles:\n"
                   "  - {name: DRIVER_DISPATCH, replace: true, entry: {max: "
                   "PASSIVE}}\n"
                   "checks:\n"
                   "  - {name: irql-too-low, disable: true}\n");
  ASSERT_TRUE(R->function("MyWait"));
  const FunctionContract *F = R->function("KeSetEvent");
  ASSERT_TRUE(F);
  EXPECT_EQ(F->Windows.size(), 1u);
  EXPECT_TRUE(F->Effects.empty());
  EXPECT_EQ(R->function("KeStallExecutionProcessor"), nullptr);
  // Through the pointer spelling, and through the table that names the role.
  EXPECT_EQ(R->role("PDRIVER_DISPATCH")->Entry,
            IrqlRange::exactly(Irql::Passive));
  EXPECT_EQ(R->memberRole("DRIVER_OBJECT", "MajorFunction")->Entry,
            IrqlRange::exactly(Irql::Passive));
  EXPECT_EQ(R->checkInfo("irql-too-low"), nullptr);
  EXPECT_EQ(R->checks().size() + 1, RuleSet::builtin()->checks().size());
  std::vector<std::string> Names = R->functionNames();
  EXPECT_THAT(Names, Contains("MyWait"));
  EXPECT_THAT(Names, testing::Not(Contains("KeStallExecutionProcessor")));
  ASSERT_EQ(R->overlayLog().size(), 5u);
  EXPECT_THAT(R->overlayLog()[0], HasSubstr("replaced DRIVER_DISPATCH ("));
  EXPECT_THAT(R->overlayLog()[1], HasSubstr("added MyWait ("));
  // The shipped rules are untouched.
  EXPECT_FALSE(RuleSet::builtin()->function("MyWait"));
  EXPECT_TRUE(RuleSet::builtin()->function("KeStallExecutionProcessor"));
}

TEST(Overlay, LaterFilesChangeEarlierOnes) {
  TempRules A("functions:\n  - {name: MyF, irql: [{max: APC}]}\n");
  TempRules B("functions:\n  - {name: MyF, replace: true, irql: [{max: "
              "PASSIVE}]}\n");
  TempRules C("functions:\n  - {name: MyF}\n");
  auto R = RuleSet::withOverlays({A.File, B.File});
  ASSERT_TRUE(bool(R));
  EXPECT_EQ((*R)->function("MyF")->Windows[0].Range,
            IrqlRange::exactly(Irql::Passive));
  auto Bad = RuleSet::withOverlays({A.File, C.File});
  ASSERT_FALSE(bool(Bad));
  EXPECT_THAT(llvm::toString(Bad.takeError()),
              HasSubstr(C.File + ":2:5: error: function 'MyF' is already "
                                 "defined; say 'replace: true'"));
}

TEST(Overlay, TheExampleInTheDocumentationLoads) {
  auto Doc =
      llvm::MemoryBuffer::getFile(IRQLINT_SOURCE_DIR "/docs/rules-format.md");
  ASSERT_TRUE(bool(Doc));
  llvm::StringRef Text = (*Doc)->getBuffer();
  Text = Text.split("```yaml\n").second.split("```").first;
  ASSERT_FALSE(Text.empty());
  auto R = overlay(Text);
  const FunctionContract *F = R->function("WaitForIdle");
  ASSERT_TRUE(F);
  EXPECT_EQ(F->Effects[0].When[0].Is, Condition::NoBits);
  EXPECT_EQ(F->Effects[0].When[0].Of, 4);
  EXPECT_EQ(R->registeredRole("MyRegister", 1)->Entry,
            IrqlRange::exactly(Irql::Dispatch));
}

// ---------------------------------------------------------------- shipped

TEST(Shipped, EveryRecordDecodes) {
  auto R = RuleSet::builtin();
  std::vector<std::string> Functions = R->functionNames();
  EXPECT_GT(Functions.size(), 4200u);
  for (const std::string &N : Functions) {
    const FunctionContract *F = R->function(N);
    ASSERT_TRUE(F) << N;
    EXPECT_EQ(F->Name, N);
    for (const Effect &E : F->Effects) {
      if (!E.LockKind.empty()) {
        EXPECT_TRUE(R->lockKind(E.LockKind)) << N;
      }
      if (!E.Role.empty()) {
        EXPECT_TRUE(R->role(E.Role)) << N;
      }
    }
    for (const std::string &P : F->Pairs) {
      const FunctionContract *Release = R->function(P);
      ASSERT_TRUE(Release) << N << " pairs with " << P;
      EXPECT_TRUE(Release->hasEffects()) << P;
    }
  }
  std::vector<std::string> Roles = R->roleNames();
  EXPECT_GT(Roles.size(), 1500u);
  for (const std::string &N : Roles)
    ASSERT_TRUE(R->role(N)) << N;
}

/// Every acquisition can be undone by a release of the same kind and form, and
/// what saves the level in the lock is restored from there.
TEST(Shipped, AcquisitionsAndTheirPairsAgree) {
  auto R = RuleSet::builtin();
  for (const std::string &N : R->functionNames()) {
    const FunctionContract *F = R->function(N);
    for (const Effect &A : F->Effects) {
      if (A.Do != EffectKind::Acquire && A.Do != EffectKind::TryAcquire)
        continue;
      for (const std::string &P : F->Pairs) {
        bool Found = false;
        for (const Effect &Rel : R->function(P)->Effects) {
          if (Rel.Do != EffectKind::Release || Rel.LockKind != A.LockKind)
            continue;
          Found = true;
          if (A.Form.empty() && !Rel.Form.empty())
            continue; // goes with every form
          EXPECT_EQ(A.Form, Rel.Form) << N << " / " << P;
          bool Keeps = A.SavesInLock || !A.Saves.isNone();
          EXPECT_EQ(Keeps, !Rel.Restores.isNone()) << N << " / " << P;
          if (A.SavesInLock) {
            EXPECT_EQ(Rel.Restores.K, LevelRef::Saved) << N << " / " << P;
          }
        }
        EXPECT_TRUE(Found) << N << " acquires " << A.LockKind << ", " << P
                           << " does not release it";
      }
    }
  }
}

TEST(Shipped, FamilyRecordsRefineTheDocumentedWindow) {
  auto R = RuleSet::builtin();
  const FunctionContract *F = R->function("KeAcquireSpinLockAtDpcLevel");
  ASSERT_TRUE(F);
  EXPECT_EQ(F->Family, "spin-lock");
  EXPECT_EQ(F->Header, "wdm.h");
  EXPECT_EQ(F->Source, "wdm/nf-wdm-keacquirespinlockatdpclevel");
  ASSERT_EQ(F->Windows.size(), 1u);
  EXPECT_EQ(F->Windows[0].Range, (IrqlRange{Irql::Dispatch, Irql::High}));
  EXPECT_TRUE(F->Windows[0].MinFirm);
  ASSERT_EQ(F->Effects.size(), 1u);
  // An alias without a page of its own shares the record.
  const FunctionContract *Kf = R->function("KfAcquireSpinLock");
  ASSERT_TRUE(Kf);
  EXPECT_EQ(Kf->Name, "KfAcquireSpinLock");
  EXPECT_EQ(Kf->Effects[0].Saves.K, ValueRef::Ret);
}

TEST(Shipped, BareMinimumIsNotFirm) {
  const FunctionContract *F =
      RuleSet::builtin()->function("WdfDeviceAssignProperty");
  ASSERT_TRUE(F);
  ASSERT_EQ(F->Windows.size(), 1u);
  EXPECT_FALSE(F->Windows[0].MinFirm);
}

TEST(Shipped, PointerSpellingsOfRoles) {
  auto R = RuleSet::builtin();
  for (auto [Spelling, Name] :
       {std::pair("PDRIVER_DISPATCH", "DRIVER_DISPATCH"),
        {"PFN_WDF_TIMER", "EVT_WDF_TIMER"},
        {"PFN_WDF_IO_QUEUE_IO_READ", "EVT_WDF_IO_QUEUE_IO_READ"},
        {"PKDEFERRED_ROUTINE", "KDEFERRED_ROUTINE"},
        {"PIO_WORKITEM_ROUTINE", "IO_WORKITEM_ROUTINE"},
        {"PKSERVICE_ROUTINE", "KSERVICE_ROUTINE"},
        {"MINIPORT_SEND_NET_BUFFER_LISTS_HANDLER",
         "MINIPORT_SEND_NET_BUFFER_LISTS"},
        {"FLT_PRE_OPERATION_CALLBACK", "PFLT_PRE_OPERATION_CALLBACK"},
        {"PFLT_POST_OPERATION_CALLBACK", "PFLT_POST_OPERATION_CALLBACK"}}) {
    ASSERT_TRUE(R->role(Spelling)) << Spelling;
    EXPECT_EQ(R->role(Spelling)->Name, Name);
  }
  EXPECT_EQ(R->role("PVOID"), nullptr);
  EXPECT_EQ(R->role(""), nullptr);
}

TEST(Shipped, RolesOfEntriesRegistrationsAndMembers) {
  auto R = RuleSet::builtin();
  EXPECT_EQ(R->roleOfEntryName("DriverEntry")->Name, "DRIVER_INITIALIZE");
  EXPECT_EQ(R->roleOfEntryName("main"), nullptr);
  EXPECT_EQ(R->registeredRole("KeInitializeDpc", 1)->Name, "KDEFERRED_ROUTINE");
  EXPECT_EQ(R->registeredRole("IoQueueWorkItem", 1)->Entry,
            IrqlRange::exactly(Irql::Passive));
  EXPECT_EQ(R->memberRole("DRIVER_OBJECT", "DriverStartIo")->Entry,
            IrqlRange::exactly(Irql::Dispatch));
  const RoleContract *Cancel = R->role("DRIVER_CANCEL");
  EXPECT_THAT(Cancel->LocksOnEntry, ElementsAre("cancel-spin-lock"));
  EXPECT_TRUE(Cancel->ReleasesForCaller);
  EXPECT_EQ(R->lockKindOfGlobal("cancel-spin-lock")->Name, "cancel-spin-lock");
}

TEST(Shipped, ChecksAndRivals) {
  auto R = RuleSet::builtin();
  EXPECT_GE(R->checks().size(), 16u);
  std::set<std::string> Names;
  for (const CheckInfo &C : R->checks()) {
    Names.insert(C.Name);
    // What no other tool checks are configurations of framework objects,
    // interrupt locks, and some of the primitives.
    if (C.Group != "kmdf" && C.Group != "sync" && C.Group != "interrupt")
      EXPECT_FALSE(C.Rivals.empty()) << C.Name;
    EXPECT_THAT(C.Bad, HasSubstr("#include <")) << C.Name;
    EXPECT_THAT(C.Good, HasSubstr("#include <")) << C.Name;
    EXPECT_NE(C.Bad, C.Good) << C.Name;
    // (Some primitives have no page.)
    if (C.Group != "sync")
      EXPECT_FALSE(C.Source.empty()) << C.Name;
  }
  EXPECT_EQ(Names.size(), R->checks().size());
  EXPECT_EQ(R->checkInfo("irql-too-high")->analyzerName(),
            "irqlint.irql.IrqlTooHigh");
  auto Found = R->checksForRival("28167");
  ASSERT_EQ(Found.size(), 1u);
  EXPECT_EQ(Found[0]->Name, "irql-not-restored");
  EXPECT_EQ(R->checksForRival("c28167"), Found);
  EXPECT_TRUE(R->checksForRival("C99999").empty());
}

TEST(Shipped, LookUpIsThreadSafe) {
  auto R = overlay("functions:\n  - {name: MyF}\n");
  std::vector<std::string> Names = R->functionNames();
  std::vector<std::thread> Threads;
  std::atomic<unsigned> Missing{0};
  for (unsigned T = 0; T != 4; ++T)
    Threads.emplace_back([&, T] {
      for (size_t I = 0; I != Names.size(); ++I)
        Missing += !R->function(Names[(I * 7 + T) % Names.size()]);
      Missing += R->lockKind("spin-lock") == nullptr;
      Missing += R->checks().empty();
    });
  for (std::thread &T : Threads)
    T.join();
  EXPECT_EQ(Missing, 0u);
}

} // namespace
