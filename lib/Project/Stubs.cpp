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
#include "llvm/Support/SaveAndRestore.h"

using namespace llvm;
using namespace clang;

namespace irqlint {

StubSource::StubSource(std::function<NameKind(StringRef)> LookupKind)
    : LookupKind(std::move(LookupKind)) {}
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
    SourceLocation InMacro =
        SM.getSLocEntry(SM.getFileID(Loc)).getExpansion().getExpansionLocStart();
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
    if (const FileTokens *Main =
            tokens(S, S.getSourceManager().getMainFileID()))
      collectMembers(Name, *Main, Use);
    RecordDecl *R = makeRecord(S, ("__irqlint_member_" + Name).str(), Use,
                               Depth + 1);
    QualType T = C.getCanonicalTagType(R);
    return Next == tok::arrow ? C.getPointerType(T) : T;
  }
  if (Next == tok::l_square)
    return C.getPointerType(C.UnsignedCharTy);
  return C.UnsignedLongLongTy;
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
  const FileTokens *Main = tokens(S, S.getSourceManager().getMainFileID());
  const FileTokens *Here = tokens(S, Near);
  if (Main)
    collectTypeUse(Type, *Main, *Main, Direct, Through);
  if (Main && Here && Here != Main) {
    collectTypeUse(Type, *Here, *Main, Direct, Through);
    collectTypeUse(Type, *Here, *Here, Direct, Through);
  }
}

NamedDecl *StubSource::makeType(Sema &S, StringRef Name, bool Pointer,
                                bool Structure, FileID Near) {
  ASTContext &C = S.Context;
  // How it is used decides; the spelling only where the use is silent.
  TypeUse Own, Unused;
  useOf(S, Name, Near, Own, Unused);
  if (Own.Dot && !Own.Arrow)
    Pointer = false;
  else if (Own.Arrow && !Own.Dot)
    Pointer = true;
  if (Pointer && (Own.Called || looksLikeRole(Name)) && !Own.Arrow)
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
  bool Opaque = Pointer || Structure || Use.Dot || Through.Arrow ||
                Records.count(Pointee);
  if (!Opaque)
    return add(S, C.buildImplicitTypedef(C.UnsignedLongLongTy, Name));
  RecordDecl *&R = Records[Pointee];
  if (!R)
    R = makeRecord(S, ("__irqlint_" + Pointee).str(), Use, 0);
  T = C.getCanonicalTagType(R);
  return add(S, C.buildImplicitTypedef(Pointer ? C.getPointerType(T) : T,
                                       Name));
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
  if (const FileTokens *Main = tokens(S, SM.getMainFileID());
      Main && !Function.empty()) {
    const std::vector<RawToken> &T = Main->Code;
    for (size_t I = 1; I + 1 < T.size(); ++I) {
      if (!T[I].isName() || T[I].Text != Function ||
          !T[I + 1].is(tok::l_paren) || !T[I - 1].isName())
        continue;
      int Depth = 0;
      size_t E = I + 1;
      for (; E < T.size(); ++E) {
        Depth += T[E].is(tok::l_paren) - T[E].is(tok::r_paren);
        if (!Depth)
          break;
      }
      if (E + 1 >= T.size() || !T[E + 1].is(tok::l_brace))
        continue;
      // Calling conventions may stand between.
      size_t K = I - 1;
      while (K > 0 && (T[K].Text == "NTAPI" || T[K].Text == "__stdcall" ||
                       T[K].Text == "APIENTRY" || T[K].Text == "CALLBACK"))
        --K;
      if (T[K].Text == "VOID" || T[K].Text == "void") {
        Return = C.VoidTy;
        break;
      }
      LookupResult R(S, &C.Idents.get(T[K].Text), SourceLocation(),
                     Sema::LookupOrdinaryName);
      R.suppressDiagnostics();
      if (S.LookupName(R, S.TUScope))
        if (auto *TD = R.getAsSingle<TypeDecl>())
          Return = C.getTypeDeclType(TD);
      break;
    }
  }
  return add(S, C.buildImplicitTypedef(functionType(S, Return), Name));
}

NamedDecl *StubSource::makeFunction(Sema &S, StringRef Name) {
  ASTContext &C = S.Context;
  QualType T = functionType(S, C.IntTy);
  FunctionDecl *F = FunctionDecl::Create(
      C, C.getTranslationUnitDecl(), SourceLocation(), SourceLocation(),
      DeclarationName(&C.Idents.get(Name)), T, C.getTrivialTypeSourceInfo(T),
      SC_Extern);
  return add(S, F);
}

NamedDecl *StubSource::makeConstant(Sema &S, StringRef Name) {
  ASTContext &C = S.Context;
  EnumDecl *E =
      EnumDecl::Create(C, C.getTranslationUnitDecl(), SourceLocation(),
                       SourceLocation(), nullptr, nullptr, false, false, false);
  E->startDefinition();
  // Every constant has its own value: equal ones would collide as labels of a
  // switch and make comparisons look decided.
  APSInt Value(APInt(32, 0x5A00 + NextConstant++), /*isUnsigned=*/false);
  auto *K = EnumConstantDecl::Create(C, E, SourceLocation(),
                                     &C.Idents.get(Name), C.IntTy, nullptr,
                                     Value);
  E->addDecl(K);
  E->completeDefinition(C.IntTy, C.IntTy, 32, 0);
  K->setImplicit();
  add(S, E);
  Stubs.insert(K);
  return K;
}

NamedDecl *StubSource::makeVariable(Sema &S, StringRef Name, FileID Near) {
  ASTContext &C = S.Context;
  TypeUse Use;
  if (const FileTokens *T = tokens(S, Near))
    collectMembers(Name, *T, Use);
  QualType T = C.UnsignedLongLongTy;
  if (Use.Dot || Use.Arrow) {
    T = C.getCanonicalTagType(
        makeRecord(S, ("__irqlint_of_" + Name).str(), Use, 0));
    if (Use.Arrow)
      T = C.getPointerType(T);
  }
  VarDecl *V = VarDecl::Create(C, C.getTranslationUnitDecl(), SourceLocation(),
                               SourceLocation(), &C.Idents.get(Name), T,
                               C.getTrivialTypeSourceInfo(T), SC_Extern);
  return add(S, V);
}

NamedDecl *StubSource::declare(Sema &S, StringRef Name, NameGuess G,
                               SourceLocation Loc, FileID Near) {
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
    return makeFunction(S, Name);
  case NameKind::Constant:
    break;
  }
  // A value: an enumerator unless it must be an object.
  bool Object = false;
  SourceManager &SM = S.getSourceManager();
  auto [F, Offset] = SM.getDecomposedLoc(SM.getSpellingLoc(Loc));
  if (const FileTokens *T = tokens(S, F)) {
    const auto Found = T->at(Offset);
    const std::vector<RawToken> *Seq = Found.first;
    size_t I = Found.second;
    if (Seq) {
      auto Kind = [&](size_t K) {
        return K < Seq->size() ? (*Seq)[K].Kind : tok::eof;
      };
      tok::TokenKind Next = Kind(I + 1), Prev = I ? Kind(I - 1) : tok::eof,
                     Before = I > 1 ? Kind(I - 2) : tok::eof;
      Object = Next == tok::period || Next == tok::arrow ||
               Next == tok::l_square || Next == tok::equal ||
               Next == tok::plusplus || Next == tok::minusminus ||
               Prev == tok::plusplus || Prev == tok::minusminus ||
               (Prev == tok::star && Before != tok::raw_identifier &&
                Before != tok::r_paren && Before != tok::numeric_constant) ||
               (Prev == tok::amp && Before != tok::raw_identifier &&
                Before != tok::r_paren && Before != tok::r_square &&
                Before != tok::numeric_constant);
    }
  }
  return Object ? makeVariable(S, Name, Near) : makeConstant(S, Name);
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
      II->getBuiltinID())
    return false;
  // A function-like macro without its parentheses; a stub would hide the
  // mistake. Also names reserved for the compiler.
  StringRef Name = II->getName();
  if (II->hasMacroDefinition() || Name.starts_with("__builtin") ||
      Name.starts_with("__irqlint"))
    return false;
  // Names in templates may come from a base that depends on a parameter.
  if (S.CurContext->isDependentContext())
    return false;
  SaveAndRestore Guard(Busy, true);

  bool InBody = S.getCurFunctionDecl(/*AllowLambda=*/true) != nullptr ||
                S.CurContext->isFunctionOrMethod();
  FileID Near;
  NameGuess G = guess(S, Loc, InBody, Near);
  if (G.Kind == NameKind::Unknown)
    return false;
  // A role gives functions a type; a member of that type is a pointer.
  if (G.Kind == NameKind::FunctionType && S.CurContext->isRecord())
    G.Kind = NameKind::PointerType;
  NameKind Known = LookupKind ? LookupKind(Name) : NameKind::Unknown;
  auto IsType = [](NameKind K) {
    return K == NameKind::Type || K == NameKind::PointerType ||
           K == NameKind::FunctionType;
  };
  if (Known != NameKind::Unknown) {
    // The table knows what it is; only a clear contradiction by the syntax (a
    // macro of the same name, a newer use) overrules it.
    if (!G.Sure || IsType(Known) == IsType(G.Kind))
      G = {Known, true};
  } else if (!G.Sure) {
    // Stay with an earlier answer when the syntax leaves a choice.
    for (auto &Kinds : Made)
      if (auto It = Kinds.find(Name); It != Kinds.end()) {
        R.addDecl(It->second);
        R.resolveKind();
        Uses.push_back(Loc);
        return true;
      }
  }
  NamedDecl *&Slot = Made[unsigned(G.Kind)][Name];
  if (!Slot)
    Slot = declare(S, Name, G, Loc, Near);
  if (!Slot)
    return false;
  Names.insert(Name.str());
  Uses.push_back(Loc);
  R.addDecl(Slot);
  R.resolveKind();
  return true;
}

} // namespace irqlint
