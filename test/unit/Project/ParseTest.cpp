//===- ParseTest.cpp - Units whose headers are not there ------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Parse.h"
#include "Project/EventManifest.h"
#include "Project/MessageFile.h"
#include "Project/MofFile.h"
#include "Project/Wpp.h"
#include "TempTree.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/AST/Stmt.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace irqlint;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

class ParseTest : public testing::Test {
protected:
  TempTree T;
  ParseOptions Opts;

  UnitPlan unit(const std::string &Name, const std::string &Text) {
    UnitPlan U;
    U.File = T.write(Name, Text);
    U.CPlusPlus = llvm::StringRef(Name).ends_with(".cpp");
    U.Standard = U.CPlusPlus ? "c++20" : "c17";
    return U;
  }
  std::unique_ptr<ParsedUnit> parse(const UnitPlan &U) {
    auto R = parseUnit(U, Opts);
    EXPECT_TRUE(bool(R)) << (R ? "" : llvm::toString(R.takeError()));
    return R ? std::move(*R) : nullptr;
  }
  static std::string errors(const ParsedUnit &U) {
    std::string Out;
    for (const ParseError &E : U.errors())
      Out += E.str() + "\n";
    return Out;
  }
  static const FunctionParse *function(const ParsedUnit &U,
                                       llvm::StringRef Name) {
    for (const FunctionParse &F : U.functions())
      if (F.Name == Name)
        return &F;
    return nullptr;
  }
};

/// Counts return statements of a function.
struct Returns : clang::RecursiveASTVisitor<Returns> {
  unsigned Count = 0;
  bool VisitReturnStmt(clang::ReturnStmt *) { return ++Count, true; }
};
unsigned returnsIn(const FunctionParse &F) {
  Returns R;
  R.TraverseStmt(F.Function->getBody());
  return R.Count;
}

TEST_F(ParseTest, FindsHeadersInAnyCaseAndWithBackslashes) {
  T.write("Inc/Sub/Common.h", "#pragma once\n#define FOUND 7\ntypedef int T;");
  UnitPlan U =
      unit("a.c", "#include \"SUB\\common.H\"\n"
                  "#include <sub/COMMON.h>\n"
                  "int x[FOUND == 7 ? 1 : -1]; T f(void) { return 1; }");
  U.IncludeDirs = {T.path("Inc")};
  auto R = parse(U);
  EXPECT_EQ(errors(*R), "");
  EXPECT_THAT(R->missingHeaders(), IsEmpty());
  EXPECT_THAT(R->dependencies(), Contains(T.path("Inc/Sub/Common.h")));
}

TEST_F(ParseTest, MissingHeadersAreEmptyAndNamed) {
  auto R = parse(unit("a.c", "#include <gone.h>\n#include \"dir/gone2.h\"\n"
                             "#if __has_include(<gone.h>)\n#error wrong\n"
                             "#endif\nint f(void) { return 0; }\n"));
  EXPECT_EQ(errors(*R), "");
  EXPECT_THAT(R->missingHeaders(), ElementsAre("dir/gone2.h", "gone.h"));
  Opts.SkipMissingHeaders = false;
  auto Strict = parse(unit("a.c", "#include <gone.h>\nint f(void){return 0;}"));
  EXPECT_THAT(errors(*Strict), HasSubstr("a.c:1:10: error: 'gone.h' file not"));
  ASSERT_NE(function(*Strict, "f"), nullptr) << "goes on after a fatal error";
}

TEST_F(ParseTest, KitComesAfterRealHeaders) {
  T.write("kit/wdm.h", "#define WHO 1\n");
  T.write("kit/sal.h", "#define SAL 1\n");
  T.write("wdk/km/wdm.h", "#define WHO 2\n");
  T.write("wdk/shared/sal.h", "#define SAL 2\n");
  Opts.KitDir = T.path("kit");
  Opts.HeaderDirs = {T.path("wdk")};
  auto R = parse(unit("a.c", "#include <wdm.h>\n#include <sal.h>\n"
                             "int a[WHO == 2 ? 1 : -1];\n"
                             // Annotations work only through the kit's own.
                             "int b[SAL == 1 ? 1 : -1];\n"));
  EXPECT_EQ(errors(*R), "");
}

TEST_F(ParseTest, TraceMacrosOfTheProject) {
  UnitPlan U =
      unit("a.c", "#include \"A.TMH\"\nint g(int);\n"
                  "int f(int a) { TraceEvents(LVL, FLG, \"%d\", g(a));\n"
                  "TracePrint((LVL, FLG, \"x\")); return a; }\n");
  U.TraceFunctions = parseTraceFunctions(
      "TraceEvents(LEVEL,FLAGS,MSG,...);TracePrint((LEVEL,FLAGS,MSG,...))");
  auto R = parse(U);
  EXPECT_EQ(errors(*R), "");
  EXPECT_THAT(R->stubbedNames(), IsEmpty()) << "level and flags are no names";
  EXPECT_EQ(function(*R, "f")->Status, ParseStatus::Clean);
}

TEST_F(ParseTest, TraceMacrosThatReturn) {
  T.write("trace.h", R"(
// begin_wpp config
// FUNC RETURN_IF_BAD{LEVEL=ERR,FLAGS=DUMMY}(STATUS, MSG, ...);
// FUNC Enter{LEVEL=VERBOSE}(...);
// end_wpp
#define WPP_LEVEL_FLAGS_STATUS_PRE(l, f, s) do { int s_ = (s); if (s_ < 0) {
#define WPP_LEVEL_FLAGS_STATUS_POST(l, f, s) ; return s_; } } while (0)
)");
  auto R = parse(unit("a.c", "#include \"trace.h\"\n#include \"a.tmh\"\n"
                             "int g(void);\nint f(void) { Enter();\n"
                             " RETURN_IF_BAD(g(), \"bad %d\", 1);\n"
                             " return 0; }\n"));
  EXPECT_EQ(errors(*R), "");
  ASSERT_NE(function(*R, "f"), nullptr);
  EXPECT_EQ(returnsIn(*function(*R, "f")), 2u) << "the early return is kept";
}

TEST_F(ParseTest, TraceMessageInParenthesesOfItsOwn) {
  // The keyword FUNC may be left out; what is traced is evaluated.
  T.write("trace.h", R"(
// begin_wpp config
// USEPREFIX (Say, "%!STDPREFIX!");
// Say{FLAG = ALL}(LEVEL, (MSG, ...));
// end_wpp
unsigned Say(const char *, ...);
)");
  auto R = parse(unit("a.cpp", "#include \"trace.h\"\n#include \"a.tmh\"\n"
                               "int f(int a) { Say(LOUD, (\"x %d\", a));\n"
                               " Say(LOUD, (\"y\")); return a; }\n"));
  EXPECT_EQ(errors(*R), "");
  ASSERT_NE(function(*R, "f"), nullptr);
  EXPECT_EQ(function(*R, "f")->Status, ParseStatus::Clean);
}

TEST(Wpp, ParsesDeclarations) {
  WppConfig C;
  scanWppConfig("/*\nbegin_wpp config\nFUNC A{LEVEL=X,FLAGS=Y}(MSG, ...);\n"
                "USESUFFIX (B, \"%!STATUS!\", HR);\nFUNC B(LEVEL,\n HR);\n"
                "CUSTOM_TYPE(x, ItemEnum(y));\nend_wpp\n*/ FUNC C(MSG);",
                C);
  ASSERT_EQ(C.Functions.size(), 2u);
  EXPECT_THAT(C.Functions[0].Fixed, ElementsAre("LEVEL=X", "FLAGS=Y"));
  EXPECT_THAT(C.Functions[1].Params, ElementsAre("LEVEL", "HR"));
  // A parameter that a suffix prints is evaluated, the level is not.
  EXPECT_THAT(tmhText(C), HasSubstr("#define B(LEVEL, HR) WPP_LEVEL_HR_PRE"
                                    "(LEVEL, HR) ((void)__irqlint_trace(HR))"));
}

TEST(MessageFile, ValuesFollowSeverityFacilityAndId) {
  std::string H =
      messageHeader("MessageIdTypedef=NTSTATUS\r\n"
                    "FacilityNames=(System=0x0\n"
                    "  Serial=0x6:FACILITY_SERIAL)\n"
                    "MessageId=0x0004 Facility=Serial "
                    "Severity=Informational SymbolicName=S_ONE\n"
                    "Language=English\nText MessageId=9\n.\n"
                    "MessageId=+2 Severity=Error SymbolicName=S_TWO\n"
                    "Language=English\nx\n.\n");
  EXPECT_THAT(H, HasSubstr("#define S_ONE ((NTSTATUS)0x40060004L)"));
  EXPECT_THAT(H, HasSubstr("#define S_TWO ((NTSTATUS)0xC0060006L)"));
}

TEST_F(ParseTest, MessageFileAnswersItsHeader) {
  UnitPlan U = unit("a.c", "#include \"log.h\"\nint f(void) { return L_X; }");
  U.MessageFiles = {T.write("LOG.MC", "MessageId=1 SymbolicName=L_X\n"
                                      "Language=English\nx\n.\n")};
  auto R = parse(U);
  EXPECT_EQ(errors(*R), "");
  EXPECT_THAT(R->stubbedNames(), IsEmpty());
}

TEST_F(ParseTest, KernelCodeFor32BitsIsStdcall) {
  UnitPlan U = unit("a.c", R"(
typedef void ROLE(int);
ROLE F;
void __stdcall F(int X) {}
void (__stdcall *P)(int) = F;
int __cdecl Print(const char *, ...);
int Variadic(const char *Text, ...) { return Print(Text); }
)");
  U.Target = "i686-pc-windows-msvc";
  EXPECT_EQ(errors(*parse(U)), "");
}

const char *MofText = R"(
#pragma autorecover
[Dynamic, Provider("WMIProv"), WMI, // guid("{not this}")
 guid("{BBA21300-6DD3-11d2-B844-00C04FAD5171}") : amended, Description("a ] b")]
class Info : WMIEvent {
  [key, read] string InstanceName;
  [read] boolean Active;
  [WmiDataId(2), read] uint64 Second[3];
  [WmiDataId(1), read, WmiEnum{"0=x" "1=y"}] uint32 First;
  [WmiDataId(3), MaxLen(31)] string Fixed;
};
/* class Hidden { [WmiDataId(1)] uint8 X; }; */
[WMI] class List {
  [WmiDataId(1)] uint32 Count;
  [WmiDataId(2), WmiSizeIs("Count")] Info Items[];
  [WmiDataId(3)] string Tail;
};
[WMI] class Text {
  [WmiDataId(1)] sint16 Kind;
  [WmiDataId(2)] string Tail;
};
[WMI, guid("{1}")] class Methods {
  [Implemented, WmiMethodId(7)] void Reset([in, Description("(")] uint8 How, [out] boolean Done);
};
)";

TEST_F(ParseTest, MofClassesBecomeStructures) {
  UnitPlan U = unit("a.c", R"(
#include <InfoMof.h>
#define SAME(A, B) _Static_assert((A) == (B), #A)
SAME(sizeof(Info), 96);
SAME(FIELD_OFFSET(Info, Second), 8);
SAME(Info_SIZE, 96);
SAME(Info_First_ID, 1);
SAME(Info_Fixed_SIZE, 64);
SAME(FIELD_OFFSET(List, Items), 8);
SAME(List_Tail_ID, 3);
SAME(FIELD_OFFSET(Text, VariableData), 2);
SAME(Reset, 7);
SAME(sizeof(Reset_IN), 1);
SAME(Reset_OUT_SIZE, 1);
const GUID Id = InfoGuid;
const GUID *Where = &Info_GUID;
int f(PInfo I, PList L) { return I->First + L->Items[0].First; }
#if defined(Text_SIZE) || defined(List_SIZE)
#error no size is known
#endif
)");
  U.Defines = {"FIELD_OFFSET(T,F)=((int)__builtin_offsetof(T,F))"};
  U.ForcedIncludes = {T.write(
      "base.h", "typedef unsigned char UCHAR, BOOLEAN; typedef char CHAR;\n"
                "typedef unsigned int ULONG; typedef short SHORT;\n"
                "typedef unsigned long long ULONGLONG;\n"
                "typedef unsigned short WCHAR;\n"
                "typedef struct { ULONG A; WCHAR B, C; UCHAR D[8]; } GUID;\n"
                "#define DEFINE_GUID(N, ...) extern const GUID N\n")};
  U.GeneratedHeaders = {{"INFOMOF.H", T.write("Info.mof", MofText)}};
  U.IncludeDirs = {llvm::sys::path::parent_path(U.File).str()};
  auto R = parse(U);
  EXPECT_EQ(errors(*R), "");
  EXPECT_THAT(R->stubbedNames(), IsEmpty());
  EXPECT_THAT(R->dependencies(), Contains(U.GeneratedHeaders[0].Source));
}

TEST(MofFile, BrokenTextIsNoLoop) {
  for (llvm::StringRef Bad : {"class A { [WmiDataId(1)", "[guid(", "class",
                              "\"x", "class A { uint32 f([in]"})
    EXPECT_THAT(mofHeader(Bad), HasSubstr("#pragma once"));
}

TEST_F(ParseTest, ManifestGivesEventMacros) {
  UnitPlan U = unit("a.c", R"(
#include "myEvents.h"
long f(int *P) {
  long Status = EventRegisterMy_Driver();
  if (EventEnabledReadStart())
    EventWriteReadStart(0, ++*P);
  EventUnregisterMy_Driver();
  if (MCGEN_EVENT_ENABLED(ReadStart))
    Status += MY_PROVIDER_Context.Level;
  return Status + (READ_KEYWORD == 0x10) + ReadStart.Id;
}
#if !MCGEN_USE_KERNEL_MODE_APIS
int ForUserMode() noexcept;
#endif
)");
  U.ForcedIncludes = {T.write("base.h", "#define EXTERN_C extern\n"
                                        "typedef struct { int Id; } GUID, "
                                        "EVENT_DESCRIPTOR;\n")};
  U.GeneratedHeaders = {
      {"myEvents.h", T.write("my.man", R"(<?xml version='1.0'?>
<instrumentationManifest xmlns:w="http://x"><instrumentation><w:events>
<provider name="My-Driver" symbol="MY_PROVIDER" guid="{}">
<keywords><keyword mask="0x10" symbol="READ_KEYWORD"/></keywords>
<events><event symbol="ReadStart" value="3"/><event value="7"/></events>
</provider></w:events></instrumentation></instrumentationManifest>)")}};
  auto R = parse(U);
  EXPECT_EQ(errors(*R), "");
  EXPECT_THAT(R->stubbedNames(), IsEmpty());
}

TEST(EventManifest, NoManifestGivesNoMacros) {
  EXPECT_THAT(manifestHeader("not xml <"), Not(HasSubstr("EventWrite")));
}

const char *StubText = R"(
EVT_THING_READY OnReady;
typedef struct _CTX { THING_STATE State; PTHING Thing; THING_LIST List; } CTX;
void Later(THING_STATE State, PTHING Thing, SOME_HANDLE);
int Use(PTHING Dev, CTX *C)
{
    SOME_HANDLE h = SomeOpen(Dev, THING_SHARED | THING_WRITE);
    if (Dev->Queue->Depth > 3 || C->List.Head == 0) return STATUS_THING_BUSY;
    C->Thing->Count = sizeof(THING_HEADER);
    switch (C->State) { case ThingOn: case ThingOff: break; }
    UseConfig(&ThingConfig, (PTHING_OTHER)C, h);
    return 0;
}
void OnReady(int Which) { }
)";

TEST_F(ParseTest, StubsInC) {
  auto R = parse(unit("a.c", StubText));
  EXPECT_EQ(errors(*R), "");
  EXPECT_EQ(function(*R, "Use")->Status, ParseStatus::Stubbed);
  EXPECT_EQ(function(*R, "Use")->DamagedStatements, 0u);
  for (const char *Name : {"EVT_THING_READY", "PTHING", "SomeOpen",
                           "THING_SHARED", "STATUS_THING_BUSY", "ThingConfig"})
    EXPECT_THAT(R->stubbedNames(), Contains(Name));
  EXPECT_THAT(R->stubbedNames(), Not(Contains("Head")))
      << "members are no names";
}

TEST_F(ParseTest, IntegersOfTheCLibraryNeedNoHeader) {
  auto R = parse(unit("a.c", R"(
static uint8_t Low(uint32_t Value) { return (uint8_t)(Value & 0xff); }
uintptr_t Up(void *P) { return ((uintptr_t)P + 63) & ~(uintptr_t)63; }
_Static_assert(sizeof(uint16_t) == 2 && (int8_t)-1 < 0, "");
int Use(void) { return Low(7) + sizeof(Up(0)); }
)"));
  EXPECT_EQ(errors(*R), "");
  EXPECT_EQ(function(*R, "Low")->Status, ParseStatus::Stubbed);
  // A driver's own come first.
  R = parse(unit("b.c", "typedef unsigned long uint32_t;\n"
                        "uint32_t f(unsigned long X) { return X; }\n"));
  EXPECT_EQ(errors(*R), "");
  EXPECT_EQ(function(*R, "f")->Status, ParseStatus::Clean);
}

TEST_F(ParseTest, MacrosAloneOnALineMayBeUnknown) {
  auto R = parse(unit("a.c", R"(
#include "gone.h"
MY_EXTERN_C_BEGIN

typedef struct _S { int A; } S;

MY_ATTRIBUTE
int
First(S *P) { return P->A; }

// Not alone: the type of a function.
MY_STATUS
Second(S *P)
{
  return P->A;
}

MY_EXTERN_C_END
)"));
  EXPECT_EQ(errors(*R), "");
  EXPECT_EQ(function(*R, "First")->Status, ParseStatus::Clean);
  EXPECT_EQ(function(*R, "Second")->Status, ParseStatus::Stubbed);
  EXPECT_THAT(R->stubbedNames(), ElementsAre("MY_STATUS"));
}

TEST_F(ParseTest, AttributesBeforeATypeMayBeUnknown) {
  auto R = parse(unit("a.c", R"(
typedef my_aligned struct _S { int A; } S;
my_packed struct T { int B; };
static my_cold S *Find(S *P) { return P; }
my_api int First(S *P) { return Find(P)->A; }
my_table int Numbers[2] = {1, 2};
// Not before a type: the type of a function, with a convention behind it.
my_status __stdcall Second(struct T *P) { return P->B; }
)"));
  EXPECT_EQ(errors(*R), "");
  EXPECT_EQ(function(*R, "Find")->Status, ParseStatus::Clean);
  EXPECT_EQ(function(*R, "First")->Status, ParseStatus::Clean);
  EXPECT_EQ(function(*R, "Second")->Status, ParseStatus::Stubbed);
  EXPECT_THAT(R->stubbedNames(), ElementsAre("my_status"));
}

TEST_F(ParseTest, FilesInUtf16) {
  auto Wide = [](llvm::StringRef Text, bool Big) {
    std::string Out = Big ? "\xFE\xFF" : "\xFF\xFE";
    for (char C : Text) {
      Out += Big ? '\0' : C;
      Out += Big ? C : '\0';
    }
    return Out;
  };
  T.write("little.h", Wide("#include \"big.h\"\r\n#define ONE 1\r\n", false));
  T.write("big.h", Wide("typedef struct _S { int A; } S;\n", true));
  T.write("half.h", "\xFF\xFE\x31"); // half a character is no text
  auto R = parse(unit("a.c", Wide("#include \"little.h\"\n"
                                  "int First(S *P) { return P->A + ONE; }\n"
                                  "int Second(S *P) { return P->B; }\n",
                                  false)));
  EXPECT_THAT(errors(*R), HasSubstr("a.c:3:30: error: no member named 'B'"));
  EXPECT_EQ(R->errors().size(), 1u) << errors(*R);
  EXPECT_EQ(function(*R, "First")->Status, ParseStatus::Clean);
  // A change of them is a change of the unit.
  EXPECT_THAT(R->dependencies(), Contains(T.path("little.h")));
  EXPECT_THAT(R->dependencies(), Contains(T.path("big.h")));
  R = parse(unit("b.c", "#include \"half.h\"\nint Third(void) { return 0; }"));
  EXPECT_FALSE(R->errors().empty());
}

TEST_F(ParseTest, DeclarationsMayDifferInParameters) {
  auto R = parse(unit("a.c", R"(
typedef void ROUTINE(void *Context);
typedef struct _S { int A; } S;
ROUTINE Run, *Pointer = Run;
int Sum(unsigned *P);
char Other(int A);
static void Run(S *P) { P->A = 0; }
int Sum(int *P) { Run((void *)P); return *P; }
int Other(int A) { return A; }
)"));
  // Another result stays a mistake.
  EXPECT_THAT(errors(*R), HasSubstr("conflicting types for 'Other'"));
  EXPECT_EQ(R->errors().size(), 1u) << errors(*R);
  EXPECT_EQ(function(*R, "Run")->Status, ParseStatus::Clean);
  EXPECT_EQ(function(*R, "Sum")->Status, ParseStatus::Clean);
  EXPECT_FALSE(
      parse(unit("b.cpp", "int f(int *); char f(int *P) { return 0; }"))
          ->errors()
          .empty());
}

TEST_F(ParseTest, TextsOfTheBuildMayBeUnknown) {
  auto R = parse(unit("a.c", R"(
typedef unsigned short wchar_t;
#define KNOWN "k"
void Open(const wchar_t *Wide, const char *Name, int Length);
int First(void) {
  Open(L"\\Device\\" PREFIX L"0", "v" MAJOR "." KNOWN, sizeof(SUFFIX "x"));
  return 1;
}
int Second(int A) { return A ? "a" : Missing(; }
)"));
  EXPECT_EQ(function(*R, "First")->Status, ParseStatus::Clean) << errors(*R);
  EXPECT_THAT(errors(*R), Not(HasSubstr("a.c:6:")));
  EXPECT_FALSE(R->errors().empty());
}

TEST_F(ParseTest, TemplatesMayNameWhatComesLater) {
  const char *Text = R"(
class Later;
template <class T> struct Holder { int get(Later &L) { return L.A; } };
class Later { public: int A; };
int First(Later &L) { return Holder<int>().get(L); }
)";
  UnitPlan U = unit("a.cpp", Text);
  U.Standard = "c++17";
  EXPECT_EQ(errors(*parse(U)), "");
  U.Standard = "c++20"; // is strict about it
  EXPECT_THAT(errors(*parse(U)), HasSubstr("incomplete type"));
}

TEST_F(ParseTest, CodeAndDataMayShareASection) {
  auto R = parse(unit("a.c", R"(
#pragma code_seg("page")
int Call(void) { return 1; }
__declspec(allocate("page")) static unsigned char Page[64];
int Use(void) { return Call() + Page[0]; }
)"));
  EXPECT_EQ(errors(*R), "");
  EXPECT_EQ(function(*R, "Use")->Status, ParseStatus::Clean);
}

TEST_F(ParseTest, StubsInCPlusPlus) {
  auto R = parse(unit("a.cpp", StubText));
  EXPECT_EQ(errors(*R), "");
  EXPECT_EQ(function(*R, "Use")->Status, ParseStatus::Stubbed);
}

TEST_F(ParseTest, CPlusPlusStubsConvert) {
  auto R = parse(unit("a.cpp", R"(
struct S { int x; }; enum E { One }; struct GUID { int a; };
void take(S *, E, const GUID *);
S *make() {
  S *s = CreateThing(3);
  E e = SOME_ENUMERATOR;
  take(s, OTHER_ENUMERATOR, &GUID_THING);
  const GUID *list[] = { &GUID_ONE, &GUID_TWO };
  if (CheckThing(s) == 3 || !CheckThing(s)) return nullptr;
  UNKNOWN_BLOCK *b = GetBlock(s);
  b->State = One; b->Next = s; b->Flags |= SOME_FLAG; take(b->Next, One, 0);
  if ((b->Flags & 3) == OTHER_FLAG || b->Next == s || 2 < b->Count) b->Count++;
  switch (b->Kind) { case 1: case SOME_KIND: break; }
  int n = b->Count + 1; int &r = b->Ref; r = n;
  return CreateThing(4);
}
)"));
  EXPECT_EQ(errors(*R), "");
}

TEST_F(ParseTest, StubsDoNotDisturbLaterDeclarations) {
  for (const char *Name : {"a.c", "a.cpp"}) {
    auto R = parse(unit(Name, "void f(LATER *p);\n"
                              "typedef struct LATER_ { int a; } LATER;\n"
                              "int g(LATER *p) { return p->a; }\n"
                              "int h(void) { int local = 1; { int inner = "
                              "local; goto out; out: return inner; } }\n"));
    EXPECT_EQ(errors(*R), "") << Name;
    EXPECT_THAT(R->stubbedNames(), ElementsAre("LATER"));
    EXPECT_EQ(function(*R, "h")->Status, ParseStatus::Clean);
  }
}

TEST_F(ParseTest, NameTableOverrulesGuess) {
  Opts.LookupKind = [](llvm::StringRef N) {
    return N == "ODD" || N == "PFN_ODD" ? NameKind::FunctionType
                                        : NameKind::Unknown;
  };
  // Elsewhere defined, so that only the table can know.
  auto R = parse(unit("a.c", "ODD Handler;\nstruct S { ODD *A; PFN_ODD B; };\n"
                             "void f(struct S *s) { s->A = Handler;\n"
                             "s->B = Handler; s->B(1); Handler(s); }\n"));
  EXPECT_EQ(errors(*R), "");
  Opts.Stubs = false;
  EXPECT_FALSE(parse(unit("a.c", "ODD Handler;\n"))->errors().empty());
}

TEST_F(ParseTest, RoleIsKnownByTheDefinitionThatFollows) {
  for (const char *Name : {"a.c", "a.cpp"}) {
    auto R = parse(unit(Name, "ODD_NAME Handler;\nvoid set(void *);\n"
                              "#ifndef __cplusplus\n" // wants C linkage
                              "#pragma alloc_text(PAGE, Handler)\n#endif\n"
                              "void Handler(int a) { (void)a; }\n"
                              "ODD_VALUE Number;\n"));
    EXPECT_EQ(errors(*R), "") << Name;
  }
}

TEST_F(ParseTest, MacroArgumentsThatNameTypes) {
  auto R = parse(unit("a.c", R"(
#define CONTAINER(p, type, field) ((type *)((char *)(p) - 8))
#define DBG(x) DebugPrint x
void f(void *p) { MY_ITEM *i = CONTAINER(p, MY_ITEM, Link);
  DBG(("text %d", 3)); i->Value = 1; }
)"));
  EXPECT_EQ(errors(*R), "");
}

TEST_F(ParseTest, ErrorsCostOnlyTheirFunction) {
  auto R = parse(unit("a.c", "int good(int a) { return a; }\n"
                             "int bad(int a) {\n  a = 1;\n  struct X y;\n"
                             "  a = ;\n  return a;\n}\n"
                             "int good2(int a) { return a; }\n"));
  EXPECT_EQ(R->errors().size(), 2u) << errors(*R);
  EXPECT_EQ(R->errors()[0].Pos.Line, 4u);
  EXPECT_EQ(function(*R, "good")->Status, ParseStatus::Clean);
  EXPECT_EQ(function(*R, "good2")->Status, ParseStatus::Clean);
  const FunctionParse *Bad = function(*R, "bad");
  EXPECT_EQ(Bad->Status, ParseStatus::Damaged);
  EXPECT_GE(Bad->DamagedStatements, 1u);
  EXPECT_LT(Bad->DamagedStatements, Bad->Statements);
  UnitResult U;
  describeParse(*R, U);
  EXPECT_EQ(U.Errors, 2u);
  EXPECT_THAT(U.FirstError, HasSubstr("a.c:4:"));
  EXPECT_EQ(U.Functions.size(), 3u);
}

TEST_F(ParseTest, UnusableInputIsAnError) {
  UnitPlan U;
  U.File = T.path("gone.c");
  auto R = parseUnit(U, Opts);
  ASSERT_FALSE(bool(R));
  EXPECT_THAT(llvm::toString(R.takeError()),
              HasSubstr("gone.c: error: cannot"));
  U = unit("a.c", "int a;");
  U.Target = "nonsense-unknown-thing";
  auto Bad = parseUnit(U, Opts);
  ASSERT_FALSE(bool(Bad));
  EXPECT_THAT(llvm::toString(Bad.takeError()), HasSubstr("a.c: error: "));
}

TEST_F(ParseTest, GarbageDoesNotCrash) {
  for (const char *Text :
       {"", "{", "}}}}", "((((((", "EVT_X", "EVT_X ", "A B C D E", "a::b::c",
        "#define X(\nX(", "typedef A", "struct { A B; } ; B", "A<B<C>>x;",
        "int f() { A * B; C(D)(E); return (F)G; }", "void f(A, B *, C&&, ...);",
        "enum { A = B, C = sizeof(D) };", "A f() { return A(); }"})
    for (const char *Name : {"a.c", "a.cpp"})
      EXPECT_NE(parse(unit(Name, Text)), nullptr) << Text;
}

} // namespace
