//===- Stubs.cpp - Declarations for names that no header gives --*- C++ -*-===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Project/Stubs.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Sema/Lookup.h"
#include "clang/Sema/Scope.h"
#include "clang/Sema/Sema.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace llvm;
using namespace clang;

namespace irqlint {

// C++ has few implicit conversions from int, and nothing is known about the
// type of an unknown value: this one becomes whatever is wanted. Numbers come
// out of operators.
const char *const StubSource::Prelude = R"(
namespace __irqlint {
struct Any {
  template <class T> operator T &() const noexcept;
  operator unsigned long long() const noexcept;
  Any operator&() const noexcept;
  Any &operator*() const noexcept;
  template <class T> Any &operator[](const T &) const noexcept;
  template <class T> Any &operator=(const T &) noexcept;
  template <class T> Any &operator+=(const T &) noexcept;
  template <class T> Any &operator-=(const T &) noexcept;
  template <class T> Any &operator|=(const T &) noexcept;
  template <class T> Any &operator&=(const T &) noexcept;
  Any &operator++() noexcept;
  Any &operator--() noexcept;
  Any &operator++(int) noexcept;
  Any &operator--(int) noexcept;
};
#define IRQLINT_OP(R, O) \
  template <class T> R operator O(const Any &, const T &) noexcept; \
  template <class T> R operator O(const T &, const Any &) noexcept; \
  R operator O(const Any &, const Any &) noexcept;
IRQLINT_OP(unsigned long long, +) IRQLINT_OP(unsigned long long, -)
IRQLINT_OP(unsigned long long, *) IRQLINT_OP(unsigned long long, /)
IRQLINT_OP(unsigned long long, %) IRQLINT_OP(unsigned long long, &)
IRQLINT_OP(unsigned long long, |) IRQLINT_OP(unsigned long long, ^)
IRQLINT_OP(unsigned long long, <<) IRQLINT_OP(unsigned long long, >>)
IRQLINT_OP(bool, ==) IRQLINT_OP(bool, !=) IRQLINT_OP(bool, <)
IRQLINT_OP(bool, >) IRQLINT_OP(bool, <=) IRQLINT_OP(bool, >=)
#undef IRQLINT_OP
}
)";

StubSource::StubSource(std::function<NameKind(StringRef)> LookupKind,
                       std::function<std::vector<StringRef>()> Nearby)
    : LookupKind(std::move(LookupKind)), Nearby(std::move(Nearby)) {}
StubSource::~StubSource() = default;

const FileTokens *StubSource::tokens(Sema &S, FileID F) {
  if (F.isInvalid())
    return nullptr;
  std::unique_ptr<FileTokens> &Slot = Tokens[F];
  if (!Slot) {
    auto Buffer = S.getSourceManager().getBufferOrNone(F);
    Slot = std::make_unique<FileTokens>(Buffer ? Buffer->getBuffer() : "",
                                        S.getLangOpts());
  }
  return Slot.get();
}

std::vector<const FileTokens *> StubSource::allTokens(Sema &S, FileID Near) {
  if (!NearbyRead && Nearby) {
    NearbyRead = true;
    for (StringRef Text : Nearby())
      NearbyTokens.push_back(
          std::make_unique<FileTokens>(Text, S.getLangOpts()));
  }
  std::vector<const FileTokens *> Out;
  const FileTokens *Main = tokens(S, S.getSourceManager().getMainFileID());
  const FileTokens *Here = tokens(S, Near);
  for (const FileTokens *T : {Main, Here == Main ? nullptr : Here})
    if (T)
      Out.push_back(T);
  for (const auto &T : NearbyTokens)
    Out.push_back(T.get());
  return Out;
}

NameGuess StubSource::guess(Sema &S, SourceLocation Loc, bool InBody,
                            FileID &Near) {
  SourceManager &SM = S.getSourceManager();
  NameGuess Best;
  auto Try = [&](SourceLocation L, bool Body) {
    auto [F, Offset] = SM.getDecomposedLoc(L);
    const FileTokens *T = tokens(S, F);
    if (!T)
      return;
    auto [Seq, I] = T->at(Offset);
    if (!Seq)
      return;
    NameGuess G = guessFromTokens(*Seq, I, Body, S.getLangOpts().CPlusPlus);
    // In a macro body the parameter's name stands there, not ours.
    if (G.Kind == NameKind::FunctionType && Body)
      G.Kind = NameKind::Type;
    if (Best.Kind == NameKind::Unknown || (G.Sure && !Best.Sure))
      Best = G;
  };
  SourceLocation Spelling = SM.getSpellingLoc(Loc);
  if (SM.isWrittenInScratchSpace(Spelling))
    Spelling = SM.getExpansionLoc(Loc);
  Near = SM.getFileID(Spelling);
  Try(Spelling, InBody);
  // A macro's argument: what surrounds the parameter in the macro's body.
  for (unsigned Depth = 0;
       Depth < 8 && Loc.isMacroID() && SM.isMacroArgExpansion(Loc); ++Depth) {
    SourceLocation InMacro = SM.getSLocEntry(SM.getFileID(Loc))
                                 .getExpansion()
                                 .getExpansionLocStart();
    Try(SM.getSpellingLoc(InMacro), InBody);
    Loc = InMacro;
  }
  return Best;
}

NamedDecl *StubSource::add(Sema &S, NamedDecl *D) {
  D->setImplicit();
  // Hidden: part of the tree, but found by nobody except through us.
  S.Context.getTranslationUnitDecl()->addHiddenDecl(D);
  Stubs.insert(D);
  return D;
}

QualType StubSource::functionType(Sema &S, QualType Return) {
  ASTContext &C = S.Context;
  if (!S.getLangOpts().CPlusPlus && !S.getLangOpts().C23)
    return C.getFunctionNoProtoType(Return);
  FunctionProtoType::ExtProtoInfo Info;
  Info.Variadic = true;
  return C.getFunctionType(Return, {}, Info);
}

QualType StubSource::memberType(Sema &S, StringRef Name, tok::TokenKind Next,
                                unsigned Depth) {
  ASTContext &C = S.Context;
  if (Next == tok::l_paren)
    return C.getPointerType(functionType(S, C.IntTy));
  if ((Next == tok::arrow || Next == tok::period) && Depth < 4) {
    TypeUse Use;
    for (const FileTokens *T : allTokens(S, FileID()))
      collectMembers(Name, *T, Use);
    RecordDecl *R =
        makeRecord(S, ("__irqlint_member_" + Name).str(), Use, Depth + 1);
    QualType T = C.getCanonicalTagType(R);
    return Next == tok::arrow ? C.getPointerType(T) : T;
  }
  if (Next == tok::l_square)
    return C.getPointerType(C.UnsignedCharTy);
  QualType Any = anyType(S);
  return Any.isNull() ? C.UnsignedLongLongTy : Any;
}

RecordDecl *StubSource::makeRecord(Sema &S, StringRef Tag, const TypeUse &Use,
                                   unsigned Depth) {
  ASTContext &C = S.Context;
  RecordDecl *R = C.buildImplicitRecord(Tag);
  R->startDefinition();
  auto AddField = [&](StringRef Name, QualType T) {
    FieldDecl *F = FieldDecl::Create(
        C, R, SourceLocation(), SourceLocation(), &C.Idents.get(Name), T,
        C.getTrivialTypeSourceInfo(T), nullptr, false, ICIS_NoInit);
    F->setAccess(AS_public);
    F->setImplicit();
    R->addDecl(F);
    Stubs.insert(F);
  };
  // Never empty: an empty structure has its own rules in C.
  AddField("__irqlint_opaque", C.UnsignedLongLongTy);
  for (auto &[Name, Next] : Use.Members)
    AddField(Name, memberType(S, Name, Next, Depth));
  R->completeDefinition();
  add(S, R);
  return R;
}

void StubSource::useOf(Sema &S, StringRef Type, FileID Near, TypeUse &Direct,
                       TypeUse &Through) {
  std::vector<const FileTokens *> All = allTokens(S, Near);
  std::set<std::string> Names[2];
  for (const FileTokens *T : All)
    collectDeclared(Type, *T, Names[0], Names[1]);
  for (const FileTokens *T : All) {
    for (const std::string &N : Names[0])
      collectMembers(N, *T, Direct);
    for (const std::string &N : Names[1])
      collectMembers(N, *T, Through);
  }
}

/// The integer types of the C library, whose header came with one that is not
/// here.
static QualType standardInteger(ASTContext &C, StringRef Name) {
  if (!Name.consume_back("_t"))
    return QualType();
  if (Name == "size" || Name == "rsize" || Name == "uintptr" ||
      Name == "uintmax")
    return Name == "uintmax" ? C.getUIntMaxType() : C.getSizeType();
  if (Name == "intptr" || Name == "ptrdiff")
    return C.getPointerDiffType();
  bool Signed = !Name.consume_front("u");
  unsigned Width;
  if (!Name.consume_front("int") || Name.getAsInteger(10, Width) ||
      (Width != 8 && Width != 16 && Width != 32 && Width != 64))
    return QualType();
  return C.getIntTypeForBitwidth(Width, Signed);
}

NamedDecl *StubSource::makeType(Sema &S, StringRef Name, bool Pointer,
                                bool Structure, FileID Near) {
  ASTContext &C = S.Context;
  if (QualType Integer = standardInteger(C, Name); !Integer.isNull())
    return add(S, C.buildImplicitTypedef(Integer, Name));
  // How it is used decides; the spelling only where the use is silent.
  TypeUse Own, Unused;
  useOf(S, Name, Near, Own, Unused);
  if (Own.Dot && !Own.Arrow)
    Pointer = false;
  else if (Own.Arrow && !Own.Dot)
    Pointer = true;
  if (Pointer && !Own.Arrow &&
      (Own.Called || looksLikeRole(Name) || Name.starts_with("PFN")))
    return add(S, C.buildImplicitTypedef(
                      C.getPointerType(functionType(S, C.IntTy)), Name));
  StringRef Pointee = Name;
  if (Pointer)
    Pointee.consume_front("LP") || Pointee.consume_front("P");
  TypeUse Use, Through;
  useOf(S, Pointee, Near, Use, Through);
  for (const TypeUse *U : {&Own, &Unused, &Through})
    for (auto &[Member, Next] : U->Members)
      Use.Members.try_emplace(Member, Next);
  QualType T;
  // A handle or enumeration as long as nobody looks inside.
  bool Opaque = Pointer || Structure || Use.Dot || Use.Indexed ||
                Through.Arrow || Through.Indexed || Records.count(Pointee);
  if (!Opaque)
    return add(S, C.buildImplicitTypedef(C.UnsignedLongLongTy, Name));
  RecordDecl *&R = Records[Pointee];
  if (!R)
    R = makeRecord(S, ("__irqlint_" + Pointee).str(), Use, 0);
  T = C.getCanonicalTagType(R);
  return add(S,
             C.buildImplicitTypedef(Pointer ? C.getPointerType(T) : T, Name));
}

/// Finds the return type of the function that a role declaration announces, so
/// that its definition further down does not conflict.
NamedDecl *StubSource::makeRole(Sema &S, StringRef Name, SourceLocation Loc) {
  ASTContext &C = S.Context;
  SourceManager &SM = S.getSourceManager();
  QualType Return = C.IntTy;
  std::pair<FileID, unsigned> At = SM.getDecomposedLoc(SM.getSpellingLoc(Loc));
  const FileTokens *Here = tokens(S, At.first);
  StringRef Function;
  if (Here) {
    auto [Seq, I] = Here->at(At.second);
    if (Seq && I + 1 < Seq->size() && (*Seq)[I + 1].isName())
      Function = (*Seq)[I + 1].Text;
  }
  const FileTokens *Main = tokens(S, SM.getMainFileID());
  int Definition =
      Main && !Function.empty() ? definitionOf(Function, *Main) : -1;
  if (Definition >= 0) {
    StringRef Type = Main->Code[Definition].Text;
    LookupResult R(S, &C.Idents.get(Type), SourceLocation(),
                   Sema::LookupOrdinaryName);
    R.suppressDiagnostics();
    if (Type == "VOID" || Type == "void")
      Return = C.VoidTy;
    else if (S.LookupName(R, S.TUScope))
      if (auto *TD = R.getAsSingle<TypeDecl>())
        Return = C.getTypeDeclType(TD);
  }
  return add(S, C.buildImplicitTypedef(functionType(S, Return), Name));
}

NamedDecl *StubSource::makeFunction(Sema &S, StringRef Name, QualType Result) {
  ASTContext &C = S.Context;
  QualType T = functionType(S, Result);
  FunctionDecl *F = FunctionDecl::Create(
      C, C.getTranslationUnitDecl(), SourceLocation(), SourceLocation(),
      DeclarationName(&C.Idents.get(Name)), T, C.getTrivialTypeSourceInfo(T),
      SC_Extern);
  return add(S, F);
}

QualType StubSource::anyType(Sema &S) {
  ASTContext &C = S.Context;
  if (S.getLangOpts().CPlusPlus)
    for (NamedDecl *N :
         C.getTranslationUnitDecl()->lookup(&C.Idents.get("__irqlint")))
      if (auto *NS = dyn_cast<NamespaceDecl>(N))
        for (NamedDecl *D : NS->lookup(&C.Idents.get("Any")))
          if (auto *R = dyn_cast<CXXRecordDecl>(D))
            return C.getCanonicalTagType(R);
  return QualType();
}

NamedDecl *StubSource::makeConstant(Sema &S, StringRef Name,
                                    std::optional<uint32_t> Known) {
  ASTContext &C = S.Context;
  EnumDecl *E =
      EnumDecl::Create(C, C.getTranslationUnitDecl(), SourceLocation(),
                       SourceLocation(), nullptr, nullptr, false, false, false);
  E->startDefinition();
  // Every constant has its own value: equal ones would collide as labels of a
  // switch and make comparisons look decided.
  // Spread out, so that sums of flags differ, too.
  uint32_t Number = Known ? *Known : (++NextConstant * 0x9E3779B1u) >> 8;
  APSInt Value(APInt(32, Number), /*isUnsigned=*/false);
  auto *K = EnumConstantDecl::Create(
      C, E, SourceLocation(), &C.Idents.get(Name), C.IntTy, nullptr, Value);
  E->addDecl(K);
  E->completeDefinition(C.IntTy, C.IntTy, 32, 0);
  K->setImplicit();
  add(S, E);
  Stubs.insert(K);
  return K;
}

NamedDecl *StubSource::makeVariable(Sema &S, StringRef Name, bool Any,
                                    FileID Near) {
  ASTContext &C = S.Context;
  TypeUse Use;
  if (const FileTokens *T = tokens(S, Near))
    collectMembers(Name, *T, Use);
  QualType T = C.UnsignedLongLongTy, AnyT = anyType(S);
  if (Use.Dot || Use.Arrow) {
    T = C.getCanonicalTagType(
        makeRecord(S, ("__irqlint_of_" + Name).str(), Use, 0));
    if (Use.Arrow)
      T = C.getPointerType(T);
  } else if (Any && !AnyT.isNull()) {
    T = AnyT;
  }
  VarDecl *V = VarDecl::Create(C, C.getTranslationUnitDecl(), SourceLocation(),
                               SourceLocation(), &C.Idents.get(Name), T,
                               C.getTrivialTypeSourceInfo(T), SC_Extern);
  return add(S, V);
}

/// What the C library's headers would have given, were they not missing.
NamedDecl *StubSource::makeStandard(Sema &S, StringRef Name) {
  ASTContext &C = S.Context;
  QualType T = StringSwitch<QualType>(Name)
                   .Case("bool", C.BoolTy)
                   .Case("int8_t", C.SignedCharTy)
                   .Case("uint8_t", C.UnsignedCharTy)
                   .Case("int16_t", C.ShortTy)
                   .Case("uint16_t", C.UnsignedShortTy)
                   .Case("int32_t", C.IntTy)
                   .Case("uint32_t", C.UnsignedIntTy)
                   .Cases({"int64_t", "intmax_t"}, C.LongLongTy)
                   .Cases({"uint64_t", "uintmax_t"}, C.UnsignedLongLongTy)
                   .Case("intptr_t", C.getIntPtrType())
                   .Case("uintptr_t", C.getUIntPtrType())
                   .Case("size_t", C.getSizeType())
                   .Default(QualType());
  if (!T.isNull())
    return add(S, C.buildImplicitTypedef(T, Name));
  if (Name == "false" || Name == "true")
    return makeConstant(S, Name, Name == "true");
  return nullptr;
}

NamedDecl *StubSource::declare(Sema &S, StringRef Name, NameGuess G, Shape Sh,
                               SourceLocation Loc, FileID Near) {
  if (NamedDecl *Known = makeStandard(S, Name))
    return Known;
  switch (G.Kind) {
  case NameKind::Unknown:
    return nullptr;
  case NameKind::Type:
  case NameKind::PointerType:
    return makeType(S, Name, G.Kind == NameKind::PointerType, G.Structure,
                    Near);
  case NameKind::FunctionType:
    return makeRole(S, Name, Loc);
  case NameKind::Function:
    return makeFunction(S, Name,
                        Sh == AnyResult ? anyType(S) : S.Context.IntTy);
  case NameKind::Constant:
    break;
  }
  // (By convention no other number says success.)
  if (Name.ends_with("_SUCCESS"))
    return makeConstant(S, Name, 0);
  return Sh == OfKind ? makeConstant(S, Name)
                      : makeVariable(S, Name, Sh == AnyValue, Near);
}

StubSource::Shape StubSource::shapeOf(Sema &S, NameGuess G,
                                      SourceLocation Loc) {
  if (G.Kind != NameKind::Function && G.Kind != NameKind::Constant)
    return OfKind;
  SourceManager &SM = S.getSourceManager();
  auto [F, Offset] = SM.getDecomposedLoc(SM.getSpellingLoc(Loc));
  const FileTokens *File = tokens(S, F);
  if (!File)
    return OfKind;
  const auto Found = File->at(Offset);
  if (!Found.first)
    return OfKind;
  const std::vector<RawToken> &T = *Found.first;
  size_t I = Found.second, End = I;
  auto Kind = [&](size_t K) { return K < T.size() ? T[K].Kind : tok::eof; };
  auto Operand = [](tok::TokenKind K) {
    return K == tok::raw_identifier || K == tok::r_paren ||
           K == tok::r_square || K == tok::numeric_constant;
  };
  tok::TokenKind Prev = I ? Kind(I - 1) : tok::eof,
                 Before = I > 1 ? Kind(I - 2) : tok::eof;
  bool Cxx = !anyType(S).isNull();
  if (G.Kind == NameKind::Function) {
    int Depth = 0;
    for (End = I + 1; End < T.size(); ++End) {
      Depth += T[End].is(tok::l_paren) - T[End].is(tok::r_paren);
      if (!Depth)
        break;
    }
  } else {
    tok::TokenKind Next = Kind(I + 1);
    if (Next == tok::period || Next == tok::arrow || Next == tok::l_square ||
        Next == tok::plusplus || Next == tok::minusminus ||
        Prev == tok::plusplus || Prev == tok::minusminus ||
        (Prev == tok::star && !Operand(Before)))
      return Object;
    if (Next == tok::equal || (Prev == tok::amp && !Operand(Before)))
      return Cxx ? AnyValue : Object;
  }
  // Handed on as it is: initializer, argument, element, result.
  tok::TokenKind After = Kind(End + 1);
  bool Control = I > 1 && (T[I - 2].Text == "if" || T[I - 2].Text == "while" ||
                           T[I - 2].Text == "switch" ||
                           T[I - 2].Text == "for" || T[I - 2].Text == "sizeof");
  bool Given =
      Prev == tok::equal || Prev == tok::comma || Prev == tok::l_brace ||
      (I && T[I - 1].Text == "return") ||
      (Prev == tok::l_paren && Before == tok::raw_identifier && !Control);
  bool Taken = After == tok::semi || After == tok::comma ||
               After == tok::r_paren || After == tok::r_brace;
  // A statement of its own also starts after a brace.
  if (G.Kind == NameKind::Function && Prev == tok::l_brace &&
      After == tok::semi)
    Given = false;
  // Enumerators and members of classes want constants.
  bool NeedsConstant =
      G.Kind == NameKind::Constant &&
      (isa<EnumDecl>(S.CurContext) || S.CurContext->isRecord());
  if (!Cxx || !Given || !Taken || NeedsConstant)
    return OfKind;
  return G.Kind == NameKind::Function ? AnyResult : AnyValue;
}

bool StubSource::LookupUnqualified(LookupResult &R, Scope *Sc) {
  // Anything else (tags, labels, members, operators, using) has an answer of
  // its own when the name is missing.
  if (R.getLookupKind() != Sema::LookupOrdinaryName || R.isForRedeclaration() ||
      Busy || !R.getLookupName().isIdentifier())
    return false;
  Sema &S = R.getSema();
  IdentifierInfo *II = R.getLookupName().getAsIdentifierInfo();
  SourceLocation Loc = R.getNameLoc();
  if (!II || Loc.isInvalid() || II->getTokenID() != tok::identifier ||
      (II->getBuiltinID() && !R.getSema().getLangOpts().CPlusPlus))
    return false;
  // A function-like macro without its parentheses; a stub would hide the
  // mistake. Also names reserved for the compiler.
  StringRef Name = II->getName();
  if (II->hasMacroDefinition() || Name.starts_with("__builtin") ||
      Name.starts_with("__irqlint"))
    return false;
  // Names in templates may come from a base that depends on a parameter.
  for (DeclContext *DC = S.CurContext; DC; DC = DC->getParent())
    if (auto *Class = dyn_cast<CXXRecordDecl>(DC);
        Class && Class->hasDefinition() && Class->hasAnyDependentBases())
      return false;
  SaveAndRestore Guard(Busy, true);

  bool InBody = S.getCurFunctionDecl(/*AllowLambda=*/true) != nullptr ||
                S.CurContext->isFunctionOrMethod();
  FileID Near;
  NameGuess G = guess(S, Loc, InBody, Near);
  if (!InBody && Loc.isFileID() && !S.CurContext->isRecord())
    if (const FileTokens *Here = tokens(S, Near)) {
      auto [Seq, At] = Here->at(S.getSourceManager().getFileOffset(Loc));
      auto IsType = [&](StringRef Word) {
        if (is_contained({"void", "char", "short", "int", "long", "unsigned",
                          "signed", "bool", "__int64"},
                         Word))
          return true;
        IdentifierInfo &W = S.Context.Idents.get(Word);
        LookupResult Found(S, &W, SourceLocation(), Sema::LookupOrdinaryName);
        Found.suppressDiagnostics();
        return !W.hasMacroDefinition() && S.LookupName(Found, S.TUScope) &&
               Found.getAsSingle<TypeDecl>();
      };
      if (Seq == &Here->Code && isAttributeLike(*Seq, At, IsType))
        Lone.insert(Name.str());
    }
  if (G.Kind == NameKind::Unknown)
    return false;
  // `ROLE Name;` where the file goes on to define a function of that name.
  if (G.Kind == NameKind::Type && !InBody && !S.CurContext->isRecord())
    if (const FileTokens *Here = tokens(S, Near)) {
      auto Found =
          Here->at(S.getSourceManager().getDecomposedSpellingLoc(Loc).second);
      const FileTokens *Main = tokens(S, S.getSourceManager().getMainFileID());
      if (Found.first && Main && Found.second + 2 < Found.first->size()) {
        const RawToken &Declared = (*Found.first)[Found.second + 1];
        if (Declared.isName() &&
            (*Found.first)[Found.second + 2].is(tok::semi) &&
            definitionOf(Declared.Text, *Main) >= 0)
          G = {NameKind::FunctionType, true};
      }
    }
  NameKind Known = LookupKind ? LookupKind(Name) : NameKind::Unknown;
  if (!standardInteger(S.Context, Name).isNull())
    Known = NameKind::Type;
  auto IsType = [](NameKind K) {
    return K == NameKind::Type || K == NameKind::PointerType ||
           K == NameKind::FunctionType;
  };
  if (Known != NameKind::Unknown) {
    // The table knows what it is; only a clear contradiction by the syntax (a
    // macro of the same name, a newer use) overrules it.
    if (!G.Sure || IsType(Known) == IsType(G.Kind)) {
      G.Kind = Known;
      G.Sure = true;
    }
    // Tables list pointer typedefs under what they point to.
    if ((G.Kind == NameKind::Type && looksLikePointerType(Name)) ||
        (G.Kind == NameKind::FunctionType &&
         (looksLikePointerType(Name) || Name.starts_with("PFN"))))
      G.Kind = NameKind::PointerType;
  } else if (!G.Sure && !IsType(G.Kind)) {
    // Taken for a value only for lack of evidence; stay with an earlier type.
    for (NameKind K : {NameKind::Type, NameKind::PointerType})
      if (Made[unsigned(K)][OfKind].count(Name))
        G.Kind = K;
  } else if (!G.Sure) {
    // And the other way around.
    for (NameKind K : {NameKind::Function, NameKind::Constant})
      if (Made[unsigned(K)][OfKind].count(Name))
        G.Kind = K;
  }
  // A role gives functions a type; a member of that type is a pointer.
  if (G.Kind == NameKind::FunctionType && S.CurContext->isRecord())
    G.Kind = NameKind::PointerType;
  Shape Sh = shapeOf(S, G, Loc);
  NamedDecl *&Slot = Made[unsigned(G.Kind)][Sh][Name];
  if (!Slot)
    Slot = declare(S, Name, G, Sh, Loc, Near);
  if (!Slot)
    return false;
  Names.insert(Name.str());
  Uses.push_back(Loc);
  R.addDecl(Slot);
  R.resolveKind();
  return true;
}

} // namespace irqlint
