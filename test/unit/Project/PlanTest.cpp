//===- PlanTest.cpp - Which units a build description yields --------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Plan.h"
#include "Project/MSBuild.h"
#include "Project/Wildcards.h"
#include "TempTree.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace irqlint;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

std::string errorOf(const std::string &Path, PlanOptions Opts = {}) {
  auto P = planUnits({Path}, Opts);
  return P ? "" : llvm::toString(P.takeError());
}

Plan planOf(const std::string &Path, PlanOptions Opts = {}) {
  auto P = planUnits({Path}, Opts);
  EXPECT_TRUE(bool(P)) << (P ? "" : llvm::toString(P.takeError()));
  return P ? std::move(*P) : Plan();
}

/// A kernel project with \p Middle between the toolset and the end.
std::string
project(const std::string &Middle,
        const std::string &Toolset = "WindowsKernelModeDriver10.0") {
  return R"(<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
  <ItemGroup Label="ProjectConfigurations">
    <ProjectConfiguration Include="Debug|x64"/>
    <ProjectConfiguration Include="Release|x64"/>
    <ProjectConfiguration Include="Release|Win32"/>
  </ItemGroup>
  <Import Project="$(VCTargetsPath)\Microsoft.Cpp.Default.props" />
  <PropertyGroup>
    <ConfigurationType>Driver</ConfigurationType>
    <DriverType>WDM</DriverType>
    <PlatformToolset>)" +
         Toolset + R"(</PlatformToolset>
  </PropertyGroup>
)" + Middle +
         "</Project>\n";
}

TEST(MSBuildExpressions, PropertiesAndFunctions) {
  MSBuildExpressions X;
  X.Properties["name"] = "Win8 Release";
  EXPECT_EQ(X.expand("[$(NAME)][$(missing)]"), "[Win8 Release][]");
  EXPECT_EQ(X.expand("$(Name.Replace('Win8 ', ''))"), "Release");
  EXPECT_EQ(X.expand("$(Name.Replace(' ', '_').ToLower())"), "win8_release");
  EXPECT_EQ(X.expand("a%20b%3Bc"), "a b;c");
  std::string Complaint;
  X.Complain = [&](const std::string &M) { Complaint = M; };
  EXPECT_EQ(X.expand("<$([System.IO.File]::ReadAllText('x'))>"), "<>");
  EXPECT_THAT(Complaint, HasSubstr("not supported"));
}

TEST(MSBuildExpressions, Conditions) {
  MSBuildExpressions X;
  X.Properties["configuration"] = "Debug";
  X.Properties["platform"] = "x64";
  X.Properties["version"] = "0x602";
  X.Exists = [](llvm::StringRef P) { return P == "there"; };
  EXPECT_TRUE(X.condition(""));
  EXPECT_TRUE(X.condition("'$(Configuration)|$(Platform)'=='debug|X64'"));
  EXPECT_FALSE(X.condition("'$(Platform)' != 'x64'"));
  EXPECT_TRUE(X.condition("exists('there') and !exists('gone')"));
  EXPECT_TRUE(X.condition("'a'=='b' or ('a'=='a' and '1'=='1')"));
  EXPECT_FALSE(X.condition("!('a'=='a')"));
  EXPECT_TRUE(X.condition("$(Version)<0xA00"));
  EXPECT_FALSE(X.condition("$(Version) >= 0x603"));
  EXPECT_TRUE(X.condition("$(Configuration.EndsWith('bug'))"));
  std::string Complaint;
  X.Complain = [&](const std::string &M) { Complaint = M; };
  EXPECT_FALSE(X.condition("'open == 'x'"));
  EXPECT_THAT(Complaint, HasSubstr("not understood"));
}

TEST(MSBuildExpressions, HostileConditionsEnd) {
  MSBuildExpressions X;
  EXPECT_FALSE(X.condition(std::string(100000, '(')));
  EXPECT_FALSE(X.condition(std::string(100000, '!')));
  EXPECT_FALSE(matchesWildcard("*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST(Plan, VcxprojMetadataAndDefines) {
  TempTree T;
  T.write("src/a.c", "int a;");
  T.write("src/b.cpp", "int b;");
  T.write("src/skip.c", "");
  T.write("src/gen/one.c", "");
  T.write("src/gen/two.c", "");
  T.write("Inc/x.h", "");
  std::string P = T.write("src/drv.vcxproj", project(R"(
  <ItemDefinitionGroup>
    <ClCompile>
      <PreprocessorDefinitions>%(PreprocessorDefinitions);ALL;VAL=3</PreprocessorDefinitions>
      <AdditionalIncludeDirectories>%(AdditionalIncludeDirectories);..\INC;.\gone</AdditionalIncludeDirectories>
    </ClCompile>
  </ItemDefinitionGroup>
  <ItemDefinitionGroup Condition="'$(Configuration)'=='Debug'">
    <ClCompile><PreprocessorDefinitions>ONLY_DEBUG;%(PreprocessorDefinitions)</PreprocessorDefinitions></ClCompile>
  </ItemDefinitionGroup>
  <ItemGroup>
    <ClCompile Include="A.C"><PreprocessorDefinitions>%(PreprocessorDefinitions);MINE</PreprocessorDefinitions></ClCompile>
    <ClCompile Include="b.cpp"><LanguageStandard>stdcpp20</LanguageStandard></ClCompile>
    <ClCompile Include="skip.c"><ExcludedFromBuild>true</ExcludedFromBuild></ClCompile>
    <ClCompile Include="gen\*.c" Exclude="gen\two.c"/>
  </ItemGroup>
)"));
  Plan Release = planOf(P);
  ASSERT_EQ(Release.Units.size(), 3u);
  const UnitPlan &A = Release.Units[0], &B = Release.Units[1];
  EXPECT_EQ(A.File, T.path("src/a.c")) << "spelled as on disk";
  EXPECT_EQ(A.Driver, "drv");
  EXPECT_EQ(A.Config, "Release|x64");
  EXPECT_EQ(A.Target, "x86_64-pc-windows-msvc");
  EXPECT_THAT(A.Defines, Contains("ALL"));
  EXPECT_THAT(A.Defines, Contains("VAL=3"));
  EXPECT_THAT(A.Defines, Contains("MINE"));
  EXPECT_THAT(A.Defines, Contains("_AMD64_"));
  EXPECT_THAT(A.Defines, Contains("_WIN32_WINNT=0x0A00"));
  EXPECT_THAT(A.Defines, Not(Contains("ONLY_DEBUG")));
  EXPECT_THAT(A.Defines, Not(Contains("DBG=1")));
  EXPECT_THAT(A.IncludeDirs, ElementsAre(T.path("Inc")));
  EXPECT_FALSE(A.CPlusPlus);
  EXPECT_TRUE(B.CPlusPlus);
  EXPECT_EQ(B.Standard, "c++20");
  EXPECT_THAT(B.Defines, Not(Contains("MINE")));
  EXPECT_EQ(Release.Units[2].File, T.path("src/gen/one.c"));

  PlanOptions Debug;
  Debug.Configs = {"debug|x64"};
  EXPECT_THAT(planOf(P, Debug).Units[0].Defines, Contains("ONLY_DEBUG"));
  EXPECT_THAT(planOf(P, Debug).Units[0].Defines, Contains("DBG=1"));
  PlanOptions X86;
  X86.Configs = {"Release|Win32"};
  EXPECT_THAT(planOf(P, X86).Units[0].Defines, Contains("_X86_=1"));
  EXPECT_EQ(planOf(P, X86).Units[0].Target, "i686-pc-windows-msvc");
}

TEST(Plan, SeveralConfigurations) {
  TempTree T;
  T.write("a.c", "int a;");
  std::string P =
      T.write("drv.vcxproj", project("<ItemGroup><ClCompile Include='a.c'/>"
                                     "</ItemGroup>"));
  auto Configs = [&](std::vector<std::string> Wanted) {
    PlanOptions O;
    O.Configs = std::move(Wanted);
    std::vector<std::string> Out;
    for (const UnitPlan &U : planOf(P, O).Units)
      Out.push_back(U.Config);
    return Out;
  };
  EXPECT_THAT(Configs({"Debug|x64", "release|win32"}),
              ElementsAre("Debug|x64", "Release|Win32"));
  // The project has not got one of them, and is planned as always then.
  EXPECT_THAT(Configs({"Release|x64", "Release|ARM64"}),
              ElementsAre("Release|x64"));
  EXPECT_THAT(Configs({"all"}),
              ElementsAre("Release|x64", "Debug|x64", "Release|Win32"));
}

TEST(Plan, SharedItems) {
  TempTree T;
  T.write("drv/a.c", "int a;");
  T.write("common/shared.c", "int s;");
  T.write("common/inc/shared.h", "");
  T.write("common/common.vcxitems", R"(<?xml version="1.0"?>
<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
  <PropertyGroup Label="Globals"><HasSharedItems>true</HasSharedItems></PropertyGroup>
  <ItemDefinitionGroup>
    <ClCompile><AdditionalIncludeDirectories>%(AdditionalIncludeDirectories);$(MSBuildThisFileDirectory)inc</AdditionalIncludeDirectories></ClCompile>
  </ItemDefinitionGroup>
  <ItemGroup><ClCompile Include="$(MSBuildThisFileDirectory)Shared.c"/></ItemGroup>
</Project>)");
  Plan P = planOf(T.write("drv/drv.vcxproj", project(R"(
  <ImportGroup Label="Shared"><Import Project="..\common\common.vcxitems" Label="Shared"/></ImportGroup>
  <ItemGroup><ClCompile Include="a.c"/></ItemGroup>)")));
  ASSERT_EQ(P.Units.size(), 2u);
  EXPECT_EQ(P.Units[0].File, T.path("common/shared.c"));
  EXPECT_EQ(P.Units[1].File, T.path("drv/a.c"));
  for (const UnitPlan &U : P.Units) {
    EXPECT_EQ(U.Driver, "drv");
    EXPECT_THAT(U.IncludeDirs, ElementsAre(T.path("common/inc")));
  }
}

TEST(Plan, AdditionalOptionsKeepTheirQuotes) {
  TempTree T;
  T.write("a.c", "int a;");
  Plan P = planOf(T.write("drv.vcxproj", project(R"(
  <ItemDefinitionGroup><ClCompile>
    <AdditionalOptions>/DTEXT=\"x\" "/DLONG=a b" %(AdditionalOptions)</AdditionalOptions>
    <PreprocessorDefinitions>STRING=\"y\";BARE="z"</PreprocessorDefinitions>
  </ClCompile></ItemDefinitionGroup>
  <ItemGroup><ClCompile Include="a.c"/></ItemGroup>)")));
  ASSERT_EQ(P.Units.size(), 1u);
  for (const char *D : {"TEXT=\"x\"", "LONG=a b", "STRING=\"y\"", "BARE=\"z\""})
    EXPECT_THAT(P.Units[0].Defines, Contains(D));
}

TEST(Plan, ResponseFiles) {
  TempTree T;
  T.write("a.c", "int a;");
  T.write("inc/a.h", "");
  T.write("build/flags.rsp", "-DFIRST \"-I..\\inc\"\n@more.rsp");
  T.write("build/more.rsp", "/DSECOND=2 @flags.rsp");
  Plan P = planOf(T.write("build/compile_commands.json",
                          R"([{"directory": ".", "file": "../a.c",
      "arguments": ["clang-cl", "@flags.rsp", "/DLAST", "@gone.rsp", "..\\a.c"]}])"));
  ASSERT_EQ(P.Units.size(), 1u) << "and a circle of files ends";
  for (const char *D : {"FIRST", "SECOND=2", "LAST"})
    EXPECT_THAT(P.Units[0].Defines, Contains(D));
  EXPECT_THAT(P.Units[0].IncludeDirs, ElementsAre(T.path("inc")));
}

TEST(Plan, OddNamesSurviveJson) {
  UnitPlan U, Back;
  U.File = "/a b;c'\"\\/\xfc\xff.c";
  U.IncludeDirs = {"/plain", "/\xe4"};
  U.GeneratedHeaders = {{"x.h", "/\xf6.mof"}};
  llvm::json::Path::Root Root;
  llvm::Expected<llvm::json::Value> V =
      llvm::json::parse(llvm::formatv("{0}", toJSON(U)).str());
  ASSERT_TRUE(bool(V)) << llvm::toString(V.takeError());
  ASSERT_TRUE(fromJSON(*V, Back, Root));
  EXPECT_EQ(Back.File, U.File);
  EXPECT_EQ(Back.IncludeDirs, U.IncludeDirs);
  EXPECT_EQ(Back.GeneratedHeaders[0].Source, U.GeneratedHeaders[0].Source);
}

TEST(Plan, ImportsAndDirectoryBuildProps) {
  TempTree T;
  T.write("Directory.Build.props",
          "<Project><PropertyGroup><Tree>FROM_TREE</Tree></PropertyGroup>"
          "</Project>");
  T.write("shared/Common.props",
          "<Project><PropertyGroup><Here>$(MSBuildThisFileDirectory)inc"
          "</Here></PropertyGroup><ItemDefinitionGroup><ClCompile>"
          "<PreprocessorDefinitions>COMMON;%(PreprocessorDefinitions)"
          "</PreprocessorDefinitions></ClCompile></ItemDefinitionGroup>"
          "</Project>");
  T.write("shared/inc/h.h", "");
  T.write("drv/a.c", "");
  std::string P = T.write("drv/drv.vcxproj", project(R"x(
  <Import Project="..\Shared\common.PROPS" Condition="exists('..\Shared\common.PROPS')"/>
  <Import Project="nowhere.props"/>
  <ItemGroup><ClCompile Include="a.c">
    <PreprocessorDefinitions>$(Tree);%(PreprocessorDefinitions)</PreprocessorDefinitions>
    <AdditionalIncludeDirectories>$(Here)</AdditionalIncludeDirectories>
  </ClCompile></ItemGroup>)x"));
  Plan R = planOf(P);
  ASSERT_EQ(R.Units.size(), 1u);
  EXPECT_THAT(R.Units[0].Defines, Contains("FROM_TREE"));
  EXPECT_THAT(R.Units[0].Defines, Contains("COMMON"));
  EXPECT_THAT(R.Units[0].IncludeDirs, ElementsAre(T.path("shared/inc")));
  ASSERT_EQ(R.Diags.size(), 1u);
  EXPECT_THAT(R.Diags[0].str(), HasSubstr("drv.vcxproj:16:3: warning: "
                                          "imported file 'nowhere.props'"));
}

/// What sets the kind of file, the toolset and folders is in a sheet that is
/// not there.
const char *const Undecided = R"(<Project>
<Import Project="..\nowhere\all.props"/>
<ItemGroup>%s</ItemGroup></Project>)";

std::string undecided(const std::string &Items) {
  std::string Text = Undecided;
  return Text.replace(Text.find("%s"), 2, Items);
}

TEST(Plan, SourcesTellTheModeWhereASheetIsMissing) {
  TempTree T;
  // Through a header, and past a condition that says nothing.
  T.write("inc/both.h", "#ifdef _KERNEL_MODE\n#include <ntddk.h>\n#else\n"
                        "#include <windows.h>\n#endif\n");
  T.write("drv/pre.h", "#include \"both.h\"\n#include <ndis.h>\n");
  T.write("drv/a.c", "#include \"pre.h\"\nint DriverEntry(void);\n");
  T.write("lib/l.c", "#include <ntddk.h>\n");
  T.write("app/b.c", "#include \"both.h\"\n#include <windows.h>\n");
  T.write("drv/drv.vcxproj",
          undecided("<ClCompile Include=\"a.c\"/>"
                    "<ProjectReference Include=\"..\\lib\\lib.vcxproj\"/>"));
  T.write("lib/lib.vcxproj", undecided("<ClCompile Include=\"l.c\"/>"));
  T.write("app/app.vcxproj",
          undecided("<ClCompile Include=\"b.c\"/>"
                    "<ProjectReference Include=\"..\\drv\\drv.vcxproj\"/>"));
  Plan R = planOf(T.path());
  ASSERT_EQ(R.Units.size(), 2u);
  EXPECT_EQ(R.Units[0].File, T.path("drv/a.c"));
  EXPECT_EQ(R.Units[0].Kind, UnitKind::Kernel);
  EXPECT_THAT(R.Units[0].Defines, Contains("KERNEL_MODE=1"));
  EXPECT_THAT(R.Units[0].IncludeDirs, Contains(T.path("inc")));
  std::string Notes;
  for (const ProjectDiag &D : R.Diags)
    Notes += D.str() + "\n";
  EXPECT_THAT(Notes, HasSubstr("drv.vcxproj: note: "));
  EXPECT_THAT(Notes, Not(HasSubstr("app.vcxproj: note: ")));
  for (const ProjectInfo &I : R.Projects) {
    EXPECT_EQ(I.Skipped, I.Name == "app" ? "user mode" : "") << I.Name;
    // One that a driver refers to is a library, a driver is none.
    EXPECT_EQ(I.Library, I.Name == "lib" ? "lib.lib" : "") << I.Name;
  }
  EXPECT_EQ(linkedUnits(R).size(), 1u);
}

TEST(Plan, KernelCodeThatNoProjectBuilds) {
  TempTree T;
  T.write("app/b.c", "#include <windows.h>\n");
  T.write("app/app.vcxproj", project("<ItemGroup><ClCompile Include=\"b.c\"/>"
                                     "</ItemGroup>",
                                     "WindowsApplicationForDrivers10.0"));
  T.write("drv/a.c", "#include <ntddk.h>\n");
  Plan R = planOf(T.path());
  ASSERT_EQ(R.Units.size(), 1u);
  EXPECT_EQ(R.Units[0].File, T.path("drv/a.c"));
  EXPECT_TRUE(R.Units[0].Guessed);
}

TEST(Plan, UserModeProjectWithKernelCodeIsNamed) {
  TempTree T;
  T.write("b.c", "#include <ntddk.h>\n");
  std::string P = T.write(
      "app.vcxproj",
      "<Project><PropertyGroup><PlatformToolset>v143</PlatformToolset>"
      "</PropertyGroup><ItemGroup><ClCompile Include=\"b.c\"/></ItemGroup>"
      "</Project>");
  Plan R = planOf(T.path());
  EXPECT_THAT(R.Units, IsEmpty());
  ASSERT_EQ(R.Projects.size(), 1u);
  EXPECT_THAT(R.Projects[0].Skipped,
              HasSubstr("user mode, though 1 of its sources includes kernel "
                        "headers"));
}

TEST(Plan, FolderBelowItsSolution) {
  TempTree T;
  T.write("all.sln",
          "Microsoft Visual Studio Solution File, Format Version 12.00\n"
          "Project(\"{8BC9CEB8-8B4A-11D0-8D11-00A0C91BC942}\") = \"d\", "
          "\"drv\\d.vcxproj\", \"{1}\"\nEndProject\n");
  T.write("inc/h.h", "");
  T.write("drv/a.c", "");
  T.write("drv/d.vcxproj", project(R"x(
  <ItemGroup><ClCompile Include="a.c"><AdditionalIncludeDirectories>$(SolutionDir)inc</AdditionalIncludeDirectories></ClCompile></ItemGroup>
)x"));
  Plan R = planOf(T.path("drv"));
  ASSERT_EQ(R.Units.size(), 1u);
  EXPECT_THAT(R.Units[0].IncludeDirs, ElementsAre(T.path("inc")));
}

TEST(Plan, QuotesInDefines) {
  TempTree T;
  T.write("a.c", "");
  std::string P = T.write("d.vcxproj", project(R"x(
  <ItemGroup><ClCompile Include="a.c"><PreprocessorDefinitions>NEW="x";OLD=\"y\";"WHOLE=1"</PreprocessorDefinitions></ClCompile></ItemGroup>
)x"));
  Plan R = planOf(P);
  ASSERT_EQ(R.Units.size(), 1u);
  for (const char *D : {"NEW=\"x\"", "OLD=\"y\"", "WHOLE=1"})
    EXPECT_THAT(R.Units[0].Defines, Contains(D));
}

TEST(Plan, FunctionsThatFindFiles) {
  TempTree T;
  T.write("a.props", "<Project><PropertyGroup><Top>HERE</Top></PropertyGroup>"
                     "</Project>");
  T.write("d/e/a.c", "");
  std::string P = T.write("d/e/d.vcxproj", project(R"x(
  <Import Project="$([MSBuild]::GetPathOfFileAbove('a.props', '$(MSBuildThisFileDirectory)../'))"/>
  <Import Project="$([MSBuild]::GetDirectoryNameOfFileAbove($(MSBuildThisFileDirectory), a.props))\a.props"/>
  <PropertyGroup><Len>$([System.String]::Copy('abc').Length)</Len><Cut>$(Top.TrimEnd('E'))</Cut></PropertyGroup>
  <ItemGroup><ClCompile Include="a.c"><PreprocessorDefinitions>$(Top)=$(Len);$(Cut)</PreprocessorDefinitions></ClCompile></ItemGroup>
)x"));
  Plan R = planOf(P);
  EXPECT_THAT(R.Diags, IsEmpty());
  ASSERT_EQ(R.Units.size(), 1u);
  EXPECT_THAT(R.Units[0].Defines, Contains("HERE=3"));
  EXPECT_THAT(R.Units[0].Defines, Contains("HER"));
}

TEST(Plan, DefinitionsCountWhereverTheyStand) {
  TempTree T;
  T.write("a.c", "");
  // MSBuild judges all item definitions before the first item.
  std::string P = T.write("d.vcxproj", project(R"x(
  <ItemGroup><ClCompile Include="a.c"/></ItemGroup>
  <ItemDefinitionGroup><ClCompile><PreprocessorDefinitions>LATE</PreprocessorDefinitions></ClCompile></ItemDefinitionGroup>
)x"));
  Plan R = planOf(P);
  ASSERT_EQ(R.Units.size(), 1u);
  EXPECT_THAT(R.Units[0].Defines, Contains("LATE"));
}

TEST(Plan, ImportCycleEnds) {
  TempTree T;
  T.write("loop.props", "<Project><Import Project=\"loop.props\"/></Project>");
  T.write("a.c", "");
  std::string P =
      T.write("d.vcxproj", project("<Import Project=\"loop.props\"/><ItemGroup>"
                                   "<ClCompile Include=\"a.c\"/></ItemGroup>"));
  Plan R = planOf(P);
  EXPECT_EQ(R.Units.size(), 1u);
  EXPECT_TRUE(R.hasErrors());
}

TEST(Plan, BrokenAndMissingFilesHaveAPlace) {
  TempTree T;
  std::string Broken =
      T.write("bad.vcxproj", "<Project>\n  <PropertyGroup>\n  </Oops>\n");
  EXPECT_THAT(errorOf(Broken), HasSubstr("bad.vcxproj:3:"));
  std::string Other = T.write("html.vcxproj", "<html></html>");
  EXPECT_THAT(errorOf(Other), HasSubstr("not an MSBuild project"));
  EXPECT_THAT(errorOf(T.write("empty.vcxproj", "")), HasSubstr("error"));
  EXPECT_THAT(errorOf(T.path("none.vcxproj")), HasSubstr("No such file"));
  EXPECT_THAT(errorOf(T.write("notes.txt", "x")), HasSubstr("neither"));

  std::string Gone = T.write(
      "gone.vcxproj",
      project("<ItemGroup>\n<ClCompile Include=\"gone.c\"/></ItemGroup>"));
  Plan R = planOf(Gone);
  EXPECT_THAT(R.Units, IsEmpty());
  ASSERT_TRUE(R.hasErrors());
  EXPECT_THAT(R.Diags[0].str(), HasSubstr("gone.vcxproj:15:1: error: source "
                                          "file 'gone.c' does not exist"));
}

TEST(Plan, UserModeAndPackagesAreListedButNotPlanned) {
  TempTree T;
  T.write("a.c", "");
  std::string Items = "<ItemGroup><ClCompile Include=\"a.c\"/></ItemGroup>";
  std::string App = T.write("app.vcxproj",
                            project(Items, "WindowsApplicationForDrivers10.0"));
  std::string Package = T.write(
      "pkg.vcxproj",
      project("<PropertyGroup><ConfigurationType>Utility</ConfigurationType>"
              "</PropertyGroup>" +
              Items));
  Plan R = planOf(App);
  EXPECT_THAT(R.Units, IsEmpty());
  ASSERT_EQ(R.Projects.size(), 1u);
  EXPECT_EQ(R.Projects[0].Skipped, "user mode");
  EXPECT_EQ(planOf(Package).Projects[0].Skipped, "package");
  PlanOptions All;
  All.UserMode = true;
  ASSERT_EQ(planOf(App, All).Units.size(), 1u);
  EXPECT_EQ(planOf(App, All).Units[0].Kind, UnitKind::User);
}

TEST(Plan, SolutionListsItsProjects) {
  TempTree T;
  T.write("one/a.c", "");
  T.write("one/One.vcxproj",
          project("<ItemGroup><ClCompile Include=\"a.c\"/></ItemGroup>"));
  T.write("bad/bad.vcxproj", "<Project");
  std::string Sln = T.write("all.sln", R"(
Microsoft Visual Studio Solution File, Format Version 12.00
Project("{8BC9}") = "one", "ONE\one.vcxproj", "{1}"
EndProject
Project("{2150}") = "Folder", "Folder", "{2}"
EndProject
Project("{8BC9}") = "gone", "gone\gone.vcxproj", "{3}"
EndProject
Project("{8BC9}") = "bad", "bad\bad.vcxproj", "{4}"
EndProject
)");
  Plan R = planOf(Sln);
  ASSERT_EQ(R.Units.size(), 1u);
  EXPECT_EQ(R.Units[0].File, T.path("one/a.c"));
  ASSERT_EQ(R.Diags.size(), 2u);
  EXPECT_THAT(R.Diags[0].str(), HasSubstr("all.sln:7:30: error: project "
                                          "'gone\\gone.vcxproj'"));
  EXPECT_THAT(R.Diags[1].str(), HasSubstr("bad.vcxproj:1:"));
  EXPECT_THAT(errorOf(T.write("no.sln", "hello")),
              HasSubstr("not a Visual Studio solution"));
  // A folder finds the same project once.
  EXPECT_EQ(planOf(T.path()).Units.size(), 1u);
}

std::string library(const std::string &Middle) {
  return project("<PropertyGroup><ConfigurationType>StaticLibrary"
                 "</ConfigurationType></PropertyGroup>" +
                 Middle);
}

std::string linking(const std::string &Inputs) {
  return project("<ItemDefinitionGroup><Link><AdditionalDependencies>" +
                 Inputs +
                 "</AdditionalDependencies></Link></ItemDefinitionGroup>"
                 "<ItemGroup><ClCompile Include=\"d.c\"/></ItemGroup>");
}

const ProjectInfo &infoOf(const Plan &P, const std::string &File) {
  static const ProjectInfo None;
  for (const ProjectInfo &I : P.Projects)
    if (I.File == File)
      return I;
  ADD_FAILURE() << File << " is not in the plan";
  return None;
}

TEST(Plan, LibrariesOfADriver) {
  TempTree T;
  std::string Source = "<ItemGroup><ClCompile Include=\"q.c\"/></ItemGroup>";
  std::vector<std::string> Libs;
  for (std::string Dir : {"tree/lib", "tree/hal", "other/lib"}) {
    T.write(Dir + "/q.c", "");
    Libs.push_back(
        T.write(Dir + "/l.vcxproj",
                library("<PropertyGroup><TargetName>" +
                        std::string(Dir == "tree/hal" ? "Hal" : "Queue") +
                        "</TargetName></PropertyGroup>" + Source)));
  }
  for (std::string Dir : {"byfile", "bykit", "byname", "byref", "alone"})
    T.write("tree/" + Dir + "/d.c", "");
  std::string ByFile = T.write(
      "tree/byfile/d.vcxproj",
      linking("%(AdditionalDependencies);..\\LIB\\$(IntDir)\\queue.lib"));
  std::string ByKit =
      T.write("tree/bykit/d.vcxproj", linking("$(DDK_LIB_PATH)\\hal.lib"));
  std::string ByName = T.write("tree/byname/d.vcxproj", linking("queue.lib"));
  std::string Alone = T.write("tree/alone/d.vcxproj", linking("queue.lib"));
  std::string ByRef = T.write(
      "tree/byref/d.vcxproj",
      project("<ItemGroup><ClCompile Include=\"d.c\"/><ProjectReference "
              "Include=\"..\\..\\other\\lib\\l.vcxproj\"/>"
              "<ProjectReference Include=\"..\\hal\\l.vcxproj\">"
              "<LinkLibraryDependencies>false</LinkLibraryDependencies>"
              "</ProjectReference><ProjectReference "
              "Include=\"..\\byname\\d.vcxproj\"/></ItemGroup>"));
  // A name alone is that of the library that is built together with it.
  std::string Sln = T.write("tree/all.sln", R"(
Microsoft Visual Studio Solution File, Format Version 12.00
Project("{8BC9}") = "d", "byname\d.vcxproj", "{1}"
EndProject
Project("{8BC9}") = "l", "lib\l.vcxproj", "{2}"
EndProject
Project("{8BC9}") = "h", "hal\l.vcxproj", "{3}"
EndProject
Project("{8BC9}") = "k", "bykit\d.vcxproj", "{4}"
EndProject
)");
  Plan R = planOf(T.path());
  EXPECT_EQ(R.Units.size(), 8u);
  EXPECT_THAT(infoOf(R, ByFile).Libraries, ElementsAre(Libs[0]));
  EXPECT_THAT(infoOf(R, ByKit).Libraries, IsEmpty());
  EXPECT_THAT(infoOf(R, ByName).Libraries, ElementsAre(Libs[0]));
  EXPECT_THAT(infoOf(R, Alone).Libraries, IsEmpty());
  EXPECT_THAT(infoOf(R, ByRef).Libraries, ElementsAre(Libs[2]));

  // The library that nobody is linked with stands for itself; the driver to
  // which another refers is not part of it.
  std::vector<LinkedUnits> Linked = linkedUnits(R);
  EXPECT_EQ(Linked.size(), 6u);
  for (const LinkedUnits &L : Linked) {
    ASSERT_EQ(L.Own.size(), 1u);
    std::string File = R.Units[L.Own[0]].ProjectFile;
    EXPECT_EQ(L.Libraries.size(),
              File == ByFile || File == ByName || File == ByRef ? 1u : 0u)
        << File;
  }

  // A project by itself brings the libraries to which it refers.
  R = planOf(ByRef);
  EXPECT_EQ(R.Units.size(), 2u);
  EXPECT_THAT(infoOf(R, ByRef).Libraries, ElementsAre(Libs[2]));
}

TEST(Plan, LibrariesInACircleAndBroken) {
  TempTree T;
  T.write("q.c", "");
  auto Refers = [](const std::string &To) {
    return "<ItemGroup><ClCompile Include=\"q.c\"/><ProjectReference "
           "Include=\"" +
           To + "\"/></ItemGroup>";
  };
  T.write("a.vcxproj", library(Refers("b.vcxproj")));
  T.write("b.vcxproj", library(Refers("a.vcxproj")));
  std::string Driver = T.write("d.vcxproj", project(Refers("a.vcxproj")));
  Plan R = planOf(Driver);
  EXPECT_EQ(R.Units.size(), 3u);
  std::vector<LinkedUnits> Linked = linkedUnits(R);
  ASSERT_EQ(Linked.size(), 1u);
  EXPECT_EQ(Linked[0].Libraries.size(), 2u);

  T.write("broken.vcxproj", "<Project>\n</Oops>");
  R = planOf(T.write("e.vcxproj", project(Refers("broken.vcxproj"))));
  EXPECT_EQ(R.Units.size(), 1u);
  ASSERT_EQ(R.Diags.size(), 1u);
  EXPECT_THAT(R.Diags[0].str(), HasSubstr("broken.vcxproj:2:"));
}

TEST(Plan, CompileCommands) {
  TempTree T;
  T.write("inc/k.h", "");
  T.write("a.c", "");
  T.write("b.cpp", "");
  std::string Db = T.write("compile_commands.json", R"([
 {"directory": ".", "file": "a.c",
  "arguments": ["clang-cl.exe", "/DONE=1", "/D", "TWO", "/Iinc", "/FI", "k.h", "-c", "a.c"]},
 {"directory": ".", "file": "b.cpp",
  "command": "clang++ --target=aarch64-pc-windows-msvc -std=c++20 -DQ=\\\"s\\\" -I inc b.cpp"},
 {"directory": ".", "file": "gone.c", "command": "cc gone.c"},
 {"directory": "."}
])");
  Plan R = planOf(Db);
  ASSERT_EQ(R.Units.size(), 2u);
  const UnitPlan &A = R.Units[0], &B = R.Units[1];
  EXPECT_THAT(A.Defines, Contains("ONE=1"));
  EXPECT_THAT(A.Defines, Contains("TWO"));
  EXPECT_THAT(A.Defines, Contains("_AMD64_"));
  EXPECT_THAT(A.IncludeDirs, ElementsAre(T.path("inc")));
  EXPECT_THAT(A.ForcedIncludes, ElementsAre("k.h"));
  EXPECT_TRUE(B.CPlusPlus);
  EXPECT_EQ(B.Standard, "c++20");
  EXPECT_EQ(B.Target, "aarch64-pc-windows-msvc");
  EXPECT_THAT(B.Defines, Contains("Q=\"s\""));
  EXPECT_THAT(B.Defines, Contains("_ARM64_"));
  EXPECT_EQ(R.Diags.size(), 2u) << "file gone; entry without file";
  EXPECT_THAT(errorOf(T.write("x/compile_commands.json", "[\n {,}]")),
              HasSubstr("compile_commands.json:2:"));
}

TEST(Plan, BareFolderTakesKernelSourcesOnly) {
  TempTree T;
  T.write("drv/inc/common.h", "#include <ntddk.h>\n");
  T.write("drv/main.c", "#include \"common.h\"\n");
  T.write("drv/init.c", "#  include <NtDDK.h>\n");
  T.write("app/main.c", "#include <stdio.h>\n");
  T.write("lib/far.c", "#include \"own.h\"\n");
  T.write("lib/inc/own.h", "#include \"../../drv/inc/COMMON.h\"\n");
  Plan R = planOf(T.path());
  ASSERT_EQ(R.Units.size(), 3u) << "main.c, init.c and, through own.h, far.c";
  EXPECT_EQ(R.Units[0].File, T.path("drv/init.c"));
  EXPECT_TRUE(R.Units[0].Guessed);
  EXPECT_THAT(R.Units[0].IncludeDirs, Contains(T.path("drv/inc")));
  EXPECT_THAT(R.Units[0].Defines, Contains("_AMD64_"));
  // Named explicitly, any source is taken.
  EXPECT_EQ(planOf(T.path("app/main.c")).Units.size(), 1u);
}

TEST(Plan, HeadersThatTheProjectGenerates) {
  TempTree T;
  T.write("a.c", "");
  std::string Mof = T.write("toast.mof", ""), Man = T.write("log.man", "");
  T.write("plain.man", "");
  T.write("msg.mc", "");
  Plan R = planOf(T.write("d.vcxproj", project(R"(
  <ItemGroup><ClCompile Include="a.c"/>
   <MofComp Include="toast.mof">
    <CreateBinaryMofFile>".\$(IntDir)\binary.bmf"</CreateBinaryMofFile></MofComp>
   <Wmimofck Include=".\$(IntDir)\binary.bmf">
    <HeaderOutputFile>.\$(IntDir)\ToastMof.h</HeaderOutputFile></Wmimofck>
   <Wmimofck Include="other.bmf"><HeaderOutputFile>o.h</HeaderOutputFile></Wmimofck>
   <MessageCompile Include="log.man">
    <GeneratedFilesBaseName>myEvents</GeneratedFilesBaseName></MessageCompile>
   <MessageCompile Include="plain.man"/>
   <MessageCompile Include="msg.mc"/></ItemGroup>)")));
  ASSERT_EQ(R.Units.size(), 1u);
  std::vector<std::string> Names;
  for (const GeneratedHeader &H : R.Units[0].GeneratedHeaders)
    Names.push_back(H.Name + "<" + H.Source);
  EXPECT_THAT(Names,
              ElementsAre("myEvents.h<" + Man, "plain.h<" + T.path("plain.man"),
                          "ToastMof.h<" + Mof));
  EXPECT_THAT(R.Units[0].MessageFiles, ElementsAre(T.path("msg.mc")));
  UnitPlan Back;
  llvm::json::Path::Root Root;
  ASSERT_TRUE(fromJSON(toJSON(R.Units[0]), Back, Root));
  ASSERT_EQ(Back.GeneratedHeaders.size(), 3u);
  EXPECT_EQ(Back.GeneratedHeaders[2].Source, Mof);
}

TEST(Plan, UnitSurvivesJson) {
  TempTree T;
  T.write("a.c", "");
  std::string P = T.write("d.vcxproj", project(R"(
  <ItemGroup><ClCompile Include="a.c"><PreprocessorDefinitions>A="b"</PreprocessorDefinitions>
   <WppTraceFunction>Trace((LEVEL,MSG,...))</WppTraceFunction></ClCompile></ItemGroup>)"));
  Plan R = planOf(P);
  ASSERT_EQ(R.Units.size(), 1u);
  UnitPlan Back;
  llvm::json::Path::Root Root;
  ASSERT_TRUE(fromJSON(toJSON(R.Units[0]), Back, Root));
  EXPECT_EQ(toJSON(Back), toJSON(R.Units[0]));
  EXPECT_EQ(Back.TraceFunctions, R.Units[0].TraceFunctions);
  EXPECT_FALSE(fromJSON(llvm::json::Object{{"file", 3}}, Back, Root));
}

} // namespace
