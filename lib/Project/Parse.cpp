//===- Parse.cpp - A translation unit, parsed without giving up -*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Parse.h"
#include "Project/FunctionStatus.h"
#include "Project/Headers.h"
#include "Project/Stubs.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/DiagnosticSema.h"
#include "clang/Basic/Stack.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Lex/PPCallbacks.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Options/OptionUtils.h"
#include "clang/Sema/Sema.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Triple.h"
#include <chrono>

using namespace llvm;
using namespace clang;

namespace irqlint {

namespace {

/// Keeps errors with their place; warnings are none of our business here.
class ErrorCollector : public DiagnosticConsumer {
public:
  std::vector<ParseError> Errors;
  std::vector<SourceLocation> Locations;
  /// Functions that are declared twice, with types that differ.
  std::set<std::string> Conflicts;

  void HandleDiagnostic(DiagnosticsEngine::Level Level,
                        const Diagnostic &Info) override {
    DiagnosticConsumer::HandleDiagnostic(Level, Info);
    // Code and data in one section: cl allows it, and nothing is misread.
    if (Level < DiagnosticsEngine::Error ||
        Info.getID() == diag::err_section_conflict)
      return;
    if (Info.getID() == diag::err_conflicting_types && Info.getNumArgs() &&
        Info.getArgKind(0) == DiagnosticsEngine::ak_declarationname)
      Conflicts.insert(DeclarationName::getFromOpaqueInteger(Info.getRawArg(0))
                           .getAsString());
    ParseError E;
    E.Loc = Info.getLocation();
    SmallString<128> Text;
    Info.FormatDiagnostic(Text);
    E.Message = Text.str().str();
    if (E.Loc.isValid() && Info.hasSourceManager()) {
      PresumedLoc P = Info.getSourceManager().getPresumedLoc(
          Info.getSourceManager().getExpansionLoc(E.Loc), /*UseLineDirectives=*/
          false);
      if (P.isValid()) {
        E.Pos.File = P.getFilename();
        if (auto S = Info.getSourceManager()
                         .getFileManager()
                         .getVirtualFileSystem()
                         .status(E.Pos.File))
          E.Pos.File = S->getName().str();
        E.Pos.Line = P.getLine();
        E.Pos.Col = P.getColumn();
      }
    }
    if (E.Loc.isValid())
      Locations.push_back(E.Loc);
    Errors.push_back(std::move(E));
  }
};

/// Records headers that are not found and lets the parser go on. The first one
/// of a kernel unit brings in the NT base instead: whatever the header was, it
/// would have included that (ndis.h, storport.h), and nothing works without.
class MissingHeaders : public PPCallbacks {
public:
  MissingHeaders(Preprocessor &PP, std::set<std::string> &Names, bool Skip,
                 bool AddBase)
      : PP(PP), Names(Names), Skip(Skip), AddBase(AddBase) {}

  bool FileNotFound(StringRef Name) override {
    Names.insert(Name.str());
    return Skip;
  }

  void InclusionDirective(SourceLocation HashLoc, const Token &, StringRef,
                          bool IsAngled, CharSourceRange,
                          OptionalFileEntryRef File, StringRef, StringRef,
                          const Module *, bool,
                          SrcMgr::CharacteristicKind) override {
    if (File || !Skip || !AddBase)
      return;
    AddBase = false;
    FileID F = PP.getSourceManager().createFileID(
        MemoryBuffer::getMemBuffer("#include <ntddk.h>\n",
                                   "<irqlint: missing header>"),
        SrcMgr::C_System, 0, 0, HashLoc);
    PP.EnterSourceFile(F, nullptr, HashLoc);
  }

private:
  Preprocessor &PP;
  std::set<std::string> &Names;
  bool Skip, AddBase;
};

/// Has the parser leave out the bodies that nobody wants, and takes the
/// parameters from declarations that would contradict the definition: to
/// Microsoft's compiler of C that is a warning (`KSTART_ROUTINE Run;`, then
/// `void Run(MY_CONTEXT *C)`). How they were written stays known.
class SomeBodies : public ASTConsumer {
public:
  SomeBodies(std::function<bool(const FunctionDecl *)> Want,
             std::set<std::string> Loose)
      : Want(std::move(Want)), Loose(std::move(Loose)) {}
  bool HandleTopLevelDecl(DeclGroupRef Group) override {
    for (Decl *D : Group)
      if (auto *FD = dyn_cast<FunctionDecl>(D);
          FD && !FD->isThisDeclarationADefinition() && FD->getIdentifier() &&
          Loose.count(FD->getNameAsString()))
        if (const auto *T = FD->getType()->getAs<FunctionProtoType>())
          FD->setType(FD->getASTContext().getFunctionNoProtoType(
              T->getReturnType(), T->getExtInfo()));
    return true;
  }
  bool shouldSkipFunctionBody(Decl *D) override {
    const FunctionDecl *FD = D->getAsFunction();
    return Want && FD && !Want(FD);
  }

private:
  std::function<bool(const FunctionDecl *)> Want;
  std::set<std::string> Loose;
};

/// Parses and keeps everything.
class KeepAction : public ASTFrontendAction {
public:
  std::function<void(CompilerInstance &)> Prepare;
  std::function<bool(const FunctionDecl *)> WantBody;
  std::set<std::string> Loose;

protected:
  std::unique_ptr<ASTConsumer> CreateASTConsumer(CompilerInstance &CI,
                                                 StringRef) override {
    Prepare(CI);
    return std::make_unique<SomeBodies>(WantBody, Loose);
  }
};

/// Where WDK-like folders keep their headers.
std::vector<std::string> expandHeaderDir(const std::string &Dir) {
  std::vector<std::string> Out;
  PathIndex Paths;
  auto Add = [&](const std::string &P) {
    if (auto R = Paths.resolve(P); R && Paths.isFolder(*R))
      Out.push_back(*R);
  };
  std::string Root = normalizePath(Dir);
  // The highest numbered subfolder: "10.0.26100.0", "1.33".
  auto Newest = [&](const std::string &Folder) {
    std::string Best;
    std::vector<unsigned> BestParts;
    auto Real = Paths.resolve(Folder);
    if (!Real)
      return Best;
    for (const PathIndex::Entry &E : Paths.list(*Real)) {
      SmallVector<StringRef> Parts;
      StringRef(E.Name).split(Parts, '.');
      std::vector<unsigned> Numbers;
      for (StringRef P : Parts) {
        unsigned N;
        if (P.getAsInteger(10, N))
          break;
        Numbers.push_back(N);
      }
      if (E.IsFolder && !Numbers.empty() && Numbers.size() == Parts.size() &&
          Numbers > BestParts) {
        BestParts = Numbers;
        Best = *Real + "/" + E.Name;
      }
    }
    return Best;
  };
  std::string Base = Root;
  if (!Paths.resolve(Base + "/km"))
    if (std::string N = Newest(Base); !N.empty() && Paths.resolve(N + "/km"))
      Base = N;
  Add(Base);
  for (const char *Sub : {"/km", "/km/crt", "/shared"})
    Add(Base + Sub);
  for (const std::string &Wdf : {Root + "/wdf/kmdf", Root + "/kmdf", Root})
    if (std::string N = Newest(Wdf); !N.empty() && Paths.resolve(N + "/wdf.h"))
      Add(N);
  if (Base != Root)
    Add(Root);
  return Out;
}

/// Headers that only annotate. The kit's turn annotations into attributes; a
/// real WDK's expand to nothing outside Microsoft's compiler.
const char *const AnnotationHeaders[] = {"sal.h",
                                         "driverspecs.h",
                                         "specstrings.h",
                                         "concurrencysal.h",
                                         "kernelspecs.h",
                                         "specstrings_strict.h",
                                         "specstrings_undef.h",
                                         "specstrings_supp.h",
                                         "sdv_driverspecs.h"};

} // namespace

struct ParsedUnit::Impl {
  UnitPlan Plan;
  ErrorCollector Errors;
  IntrusiveRefCntPtr<HeaderFileSystem> FS;
  IntrusiveRefCntPtr<StubSource> Stubs;
  std::unique_ptr<CompilerInstance> CI;
  KeepAction Action;
  bool Began = false;
  std::set<std::string> Missing, NoNames;
  std::vector<std::string> Dependencies;
  std::vector<FunctionParse> Functions;
  unsigned Statements = 0, DamagedStatements = 0;
  double Seconds = 0;

  ~Impl() {
    if (Began)
      Action.EndSourceFile();
  }
};

ParsedUnit::ParsedUnit(std::unique_ptr<Impl> I) : I(std::move(I)) {}
ParsedUnit::~ParsedUnit() = default;

ASTContext &ParsedUnit::context() const { return I->CI->getASTContext(); }
Preprocessor &ParsedUnit::preprocessor() const {
  return I->CI->getPreprocessor();
}
SourceManager &ParsedUnit::sources() const { return I->CI->getSourceManager(); }
const UnitPlan &ParsedUnit::plan() const { return I->Plan; }
const std::vector<ParseError> &ParsedUnit::errors() const {
  return I->Errors.Errors;
}
const std::vector<SourceLocation> &ParsedUnit::errorLocations() const {
  return I->Errors.Locations;
}
const std::set<std::string> &ParsedUnit::missingHeaders() const {
  return I->Missing;
}
const std::set<std::string> &ParsedUnit::stubbedNames() const {
  return I->Stubs ? I->Stubs->names() : I->NoNames;
}
const std::vector<std::string> &ParsedUnit::dependencies() const {
  return I->Dependencies;
}
std::vector<std::string> ParsedUnit::absent() const {
  return {I->FS->absent().begin(), I->FS->absent().end()};
}
bool ParsedUnit::isStub(const Decl *D) const {
  return I->Stubs && I->Stubs->isStub(D);
}
const std::vector<FunctionParse> &ParsedUnit::functions() const {
  return I->Functions;
}
double ParsedUnit::parseSeconds() const { return I->Seconds; }

std::string ParseError::str() const {
  std::string Out;
  if (!Pos.File.empty())
    Out = Pos.File + ":" + std::to_string(Pos.Line) + ":" +
          std::to_string(Pos.Col) + ": ";
  return Out + "error: " + Message;
}

static std::string resourceDir(const ParseOptions &Opts) {
  if (!Opts.ResourceDir.empty())
    return Opts.ResourceDir;
  // Next to an installed program first, so that a moved installation works.
  static int Anchor;
  std::string Exe =
      sys::fs::getMainExecutable("irqlint", static_cast<void *>(&Anchor));
  for (const std::string &Dir :
       {Exe.empty() ? std::string() : GetResourcesPath(Exe),
        std::string(IRQLINT_CLANG_RESOURCE_DIR)})
    if (!Dir.empty() && sys::fs::exists(Dir + "/include/stddef.h"))
      return Dir;
  return IRQLINT_CLANG_RESOURCE_DIR;
}

std::vector<std::string> compilerArguments(const UnitPlan &U,
                                           const ParseOptions &Opts) {
  std::string Triple = U.Target;
  // The version selects Microsoft's dialect (_MSC_VER 1944).
  if (StringRef(Triple).ends_with("-msvc"))
    Triple += "19.44.0";
  std::vector<std::string> A = {
      "-triple", Triple, "-fsyntax-only", "-x", U.CPlusPlus ? "c++" : "c",
      "-std=" +
          (U.Standard.empty() ? (U.CPlusPlus ? "c++20" : "c17") : U.Standard),
      "-fms-extensions", "-fms-compatibility",
      "-fms-compatibility-version=19.44", "-fno-rtti", "-ferror-limit", "0",
      "-fno-spell-checking",
      // Warnings, and the errors that are warnings in disguise (conversions,
      // implicit functions): Microsoft's compiler accepts such code.
      "-Wno-everything", "-fmessage-length=0"};
  if (U.Kind == UnitKind::Kernel) {
    A.push_back("-fms-kernel");
    // Kernel code for 32 bits is built with /Gz: what names no convention is
    // __stdcall, so NTAPI on one of two declarations is no contradiction.
    if (llvm::Triple(U.Target).getArch() == llvm::Triple::x86)
      A.push_back("-fdefault-calling-conv=stdcall");
  }
  // Before C++20 Microsoft's compiler reads a template's body where it is
  // used, when all names are known.
  if (U.CPlusPlus && StringRef(Triple).contains("-msvc") &&
      is_contained({"c++11", "c++14", "c++17", "gnu++11", "gnu++14", "gnu++17"},
                   StringRef(U.Standard)))
    A.push_back("-fdelayed-template-parsing");
  if (U.CPlusPlus && U.Kind == UnitKind::User)
    for (StringRef E : {"-fcxx-exceptions", "-fexceptions"})
      A.push_back(E.str());
  auto Two = [&](StringRef Flag, StringRef Value) {
    A.push_back(Flag.str());
    A.push_back(Value.str());
  };
  A.push_back("-D__IRQLINT__=1");
  for (const std::string &D : U.Defines)
    Two("-D", D);
  for (const std::string &D : U.Undefines)
    Two("-U", D);
  for (const std::string &D : U.IncludeDirs)
    Two("-I", D);
  for (const std::string &Given : Opts.HeaderDirs)
    for (const std::string &D : expandHeaderDir(Given))
      Two("-internal-isystem", D);
  if (!Opts.KitDir.empty())
    Two("-internal-isystem", normalizePath(Opts.KitDir));
  std::string Resource = resourceDir(Opts);
  Two("-resource-dir", Resource);
  Two("-internal-isystem", Resource + "/include");
  for (const std::string &D : Opts.FallbackDirs)
    Two("-internal-isystem", normalizePath(D));
  for (const std::string &F : U.ForcedIncludes)
    Two("-include", F);
  for (const std::string &E : Opts.ExtraArgs)
    A.push_back(E);
  A.push_back(U.File);
  return A;
}

namespace {
/// What a first reading finds out for a second one.
struct Lesson {
  std::set<std::string> Lone;  ///< see StubSource::loneNames()
  std::set<std::string> Loose; ///< functions whose declarations contradict
  std::set<std::string> Texts; ///< see collectTextNames()
};
} // namespace

/// Texts that the build defines, in the files that have errors.
static std::set<std::string> missingTexts(const ParsedUnit &U) {
  std::set<FileID> Files;
  for (SourceLocation L : U.errorLocations())
    for (SourceLocation At :
         {U.sources().getExpansionLoc(L), U.sources().getSpellingLoc(L)})
      Files.insert(U.sources().getFileID(At));
  std::set<std::string> Found, Out;
  for (FileID F : Files)
    if (auto Buffer = U.sources().getBufferOrNone(F))
      collectTextNames(
          FileTokens(Buffer->getBuffer(), U.preprocessor().getLangOpts()),
          Found);
  for (const std::string &Name : Found) {
    const IdentifierInfo *I = U.preprocessor().getIdentifierInfo(Name);
    if (I->getTokenID() == tok::identifier && !I->hadMacroDefinition())
      Out.insert(Name);
  }
  return Out;
}

/// Once through, with what \p L says of \c Loose; it gets what there is to
/// learn.
static Expected<std::unique_ptr<ParsedUnit>>
parseOnce(const UnitPlan &Unit, const ParseOptions &Opts, Lesson &L) {
  auto Start = std::chrono::steady_clock::now();
  noteBottomOfStack();
  auto I = std::make_unique<ParsedUnit::Impl>();
  I->Plan = Unit;
  I->FS = makeIntrusiveRefCnt<HeaderFileSystem>(vfs::createPhysicalFileSystem(),
                                                I->Plan);
  for (const auto &[Path, Text] : Opts.Overlays)
    I->FS->addOverlay(Path, Text);
  if (!Opts.KitDir.empty())
    for (const std::string &Dir : Opts.HeaderDirs) {
      std::vector<std::string> Names;
      for (const char *H : AnnotationHeaders)
        if (sys::fs::exists(normalizePath(Opts.KitDir) + "/" + H))
          Names.push_back(H);
      I->FS->hide(Dir, std::move(Names));
    }
  // Reading it here gives the plain reason (missing, no permission, folder).
  if (auto B = I->FS->getBufferForFile(Unit.File); !B)
    return createStringError(B.getError(), "%s: error: cannot read: %s",
                             Unit.File.c_str(), B.getError().message().c_str());

  std::vector<std::string> Args = compilerArguments(Unit, Opts);
  std::vector<const char *> Argv;
  for (const std::string &A : Args)
    Argv.push_back(A.c_str());
  auto Invocation = std::make_shared<CompilerInvocation>();
  DiagnosticOptions EarlyOpts;
  auto Early =
      CompilerInstance::createDiagnostics(*I->FS, EarlyOpts, &I->Errors, false);
  if (!CompilerInvocation::CreateFromArgs(*Invocation, Argv, *Early)) {
    std::string Why = I->Errors.Errors.empty()
                          ? std::string("unknown reason")
                          : I->Errors.Errors.front().Message;
    return createStringError("%s: error: settings refused: %s",
                             Unit.File.c_str(), Why.c_str());
  }
  Invocation->getFrontendOpts().DisableFree = false;
  Invocation->getFrontendOpts().SkipFunctionBodies = bool(Opts.WantBody);
  I->Action.WantBody = Opts.WantBody;
  I->Action.Loose = L.Loose;

  I->CI = std::make_unique<CompilerInstance>(std::move(Invocation));
  CompilerInstance &CI = *I->CI;
  CI.setVirtualFileSystem(I->FS);
  CI.createDiagnostics(&I->Errors, /*ShouldOwnClient=*/false);
  // Otherwise nothing after the first fatal error is reported or trusted.
  CI.getDiagnostics().setFatalsAsError(true);
  if (Opts.Stubs) {
    I->Stubs = makeIntrusiveRefCnt<StubSource>(
        Opts.LookupKind, [FS = I->FS] { return FS->nearbyHeaders(); });
    CI.setExternalSemaSource(I->Stubs);
  }
  if (!CI.createTarget())
    return createStringError("%s: error: target '%s' is not supported",
                             Unit.File.c_str(), Unit.Target.c_str());
  CI.createFileManager();
  CI.createSourceManager();
  // Only the kit's headers may be included in any order.
  bool AddBase = Unit.Kind == UnitKind::Kernel && Opts.HeaderDirs.empty() &&
                 !Opts.KitDir.empty() &&
                 sys::fs::exists(normalizePath(Opts.KitDir) + "/ntddk.h");
  I->Action.Prepare = [&](CompilerInstance &CI) {
    CI.getPreprocessor().addPPCallbacks(std::make_unique<MissingHeaders>(
        CI.getPreprocessor(), I->Missing, Opts.SkipMissingHeaders, AddBase));
    if (Opts.Stubs && CI.getLangOpts().CPlusPlus)
      CI.getPreprocessor().setPredefines(CI.getPreprocessor().getPredefines() +
                                         StubSource::Prelude);
  };
  if (!I->Action.BeginSourceFile(CI, CI.getFrontendOpts().Inputs[0])) {
    std::string Why = I->Errors.Errors.empty()
                          ? std::string("cannot start")
                          : I->Errors.Errors.back().Message;
    return createStringError("%s: error: %s", Unit.File.c_str(), Why.c_str());
  }
  I->Began = true;
  if (Error E = I->Action.Execute())
    return std::move(E);
  I->Action.Prepare = nullptr;

  I->Dependencies = I->FS->opened();
  llvm::append_range(I->Dependencies, I->FS->consulted());
  for (const std::string &F : Unit.WppConfigFiles)
    I->Dependencies.push_back(F);
  for (const std::string &F : Unit.MessageFiles)
    I->Dependencies.push_back(F);
  for (const GeneratedHeader &H : Unit.GeneratedHeaders)
    I->Dependencies.push_back(H.Source);
  llvm::sort(I->Dependencies);
  I->Dependencies.erase(
      std::unique(I->Dependencies.begin(), I->Dependencies.end()),
      I->Dependencies.end());

  std::vector<std::string> Foreign;
  for (const std::string &D : Opts.HeaderDirs)
    Foreign.push_back(normalizePath(D) + "/");
  for (const std::string &D : Opts.FallbackDirs)
    Foreign.push_back(normalizePath(D) + "/");
  if (!Opts.KitDir.empty())
    Foreign.push_back(normalizePath(Opts.KitDir) + "/");
  Foreign.push_back(resourceDir(Opts) + "/");
  static const std::vector<SourceLocation> None;
  I->Functions = functionStatus(CI.getASTContext(), I->Errors.Locations,
                                I->Stubs ? I->Stubs->uses() : None, Foreign);
  for (const FunctionParse &F : I->Functions) {
    I->Statements += F.Statements;
    I->DamagedStatements += F.DamagedStatements;
  }
  if (I->Stubs)
    L.Lone = I->Stubs->loneNames();
  if (!CI.getLangOpts().CPlusPlus && !CI.getLangOpts().C23)
    L.Loose = I->Errors.Conflicts;
  I->Seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - Start)
          .count();
  return std::make_unique<ParsedUnit>(std::move(I));
}

Expected<std::unique_ptr<ParsedUnit>> parseUnit(const UnitPlan &Unit,
                                                const ParseOptions &Opts) {
  Lesson L;
  Expected<std::unique_ptr<ParsedUnit>> First = parseOnce(Unit, Opts, L);
  if (First && Opts.Stubs)
    L.Texts = missingTexts(**First);
  if (!First || (L.Lone.empty() && L.Loose.empty() && L.Texts.empty()) ||
      (*First)->errors().empty())
    return First;
  // Macros of headers that are not here. Taken for types they spoil what
  // follows; the unit is read again with them empty.
  ParseOptions Again = Opts;
  for (const std::string &Name : L.Lone)
    Again.ExtraArgs.push_back("-D" + Name + "=");
  for (const std::string &Name : L.Texts)
    Again.ExtraArgs.push_back("-D" + Name + "=\"\"");
  Expected<std::unique_ptr<ParsedUnit>> Second = parseOnce(Unit, Again, L);
  if (!Second) {
    consumeError(Second.takeError());
    return First;
  }
  return (*Second)->errors().size() < (*First)->errors().size()
             ? std::move(Second)
             : std::move(First);
}

void describeParse(const ParsedUnit &U, UnitResult &R) {
  R.File = U.plan().File;
  R.MissingHeaders.assign(U.missingHeaders().begin(), U.missingHeaders().end());
  R.StubbedNames.assign(U.stubbedNames().begin(), U.stubbedNames().end());
  R.Errors = U.errors().size();
  R.FirstError = U.errors().empty() ? "" : U.errors().front().str();
  R.ParseSeconds = U.parseSeconds();
  R.Statements = R.DamagedStatements = 0;
  R.Functions.clear();
  for (const FunctionParse &F : U.functions()) {
    FunctionRecord Rec;
    Rec.Name = F.Name;
    Rec.Pos = F.Pos;
    Rec.Parse = F.Status;
    R.Functions.push_back(std::move(Rec));
    R.Statements += F.Statements;
    R.DamagedStatements += F.DamagedStatements;
  }
}

} // namespace irqlint
