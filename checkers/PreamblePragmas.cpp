//===- PreamblePragmas.cpp ------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PreamblePragmas.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Lex/Lexer.h"
#include "clang/Lex/Preprocessor.h"
#include "llvm/ADT/StringMap.h"
#include <string>
#include <vector>

using namespace clang;
using llvm::ArrayRef;
using llvm::StringRef;

namespace {

/// What the pragmas of the main file say, read from its text.
class PragmaReader {
public:
  PragmaReader(const ASTContext &Ctx, Preprocessor &PP)
      : SM(Ctx.getSourceManager()), Opts(Ctx.getLangOpts()), PP(PP),
        Buffer(SM.getBufferOrFake(SM.getMainFileID())),
        Preamble(Lexer::ComputePreamble(Buffer.getBuffer(), Ctx.getLangOpts())
                     .Size) {}

  /// Section of the functions that alloc_text names.
  llvm::StringMap<std::string> Named;
  /// Section that code_seg leaves behind, and where in the file it ends.
  std::string Current;
  unsigned CurrentEnd = ~0u;

  void read() {
    Lexer Lex(SM.getMainFileID(), Buffer, SM, Opts);
    Token T;
    bool End = Lex.LexFromRawLexer(T);
    while (!End) {
      if (!T.is(tok::hash) || !T.isAtStartOfLine()) {
        End = Lex.LexFromRawLexer(T);
        continue;
      }
      unsigned Offset = SM.getFileOffset(T.getLocation());
      std::vector<std::string> Words;
      while (!(End = Lex.LexFromRawLexer(T)) && !T.isAtStartOfLine())
        Words.push_back(Lexer::getSpelling(T, SM, Opts));
      if (!directive(Words, Offset))
        return;
    }
  }

private:
  const SourceManager &SM;
  const LangOptions &Opts;
  Preprocessor &PP;
  llvm::MemoryBufferRef Buffer;
  unsigned Preamble;
  std::vector<bool> Active; ///< of the open conditions
  std::vector<std::string> Stack;

  static StringRef unquote(StringRef S) { return S.trim('"'); }

  bool isActive() const {
    return llvm::all_of(Active, [](bool B) { return B; });
  }

  /// False when nothing of interest can follow.
  bool directive(ArrayRef<std::string> Words, unsigned Offset) {
    if (Words.empty())
      return true;
    bool Inside = Offset < Preamble;
    StringRef First = Words[0];
    if (First == "ifdef" || First == "ifndef")
      Active.push_back(Words.size() > 1 &&
                       PP.isMacroDefined(Words[1]) == (First == "ifdef"));
    else if (First == "if")
      Active.push_back(false);
    else if (First == "endif" && !Active.empty())
      Active.pop_back();
    else if (First.starts_with("el") && !Active.empty()) // else, elif, ...
      Active.back() = First == "else" && !Active.back();
    if (First != "pragma" || Words.size() < 4 || Words[2] != "(" || !isActive())
      return Inside || !Current.empty();
    ArrayRef<std::string> Arguments = Words.drop_front(3);
    if (Inside && Words[1] == "alloc_text")
      for (StringRef Name : Arguments.drop_front())
        Named[Name] = unquote(Arguments[0]).str();
    if (Words[1] != "code_seg")
      return Inside || !Current.empty();
    if (Inside) {
      codeSegment(Arguments);
      return true;
    }
    CurrentEnd = Offset; // from here the compiler knows
    return false;
  }

  void codeSegment(ArrayRef<std::string> Arguments) {
    bool Push = Arguments[0] == "push", Pop = Arguments[0] == "pop";
    if (Push)
      Stack.push_back(Current);
    if (Pop && !Stack.empty()) {
      Current = Stack.back();
      Stack.pop_back();
    }
    if (!Push && !Pop)
      Current.clear();
    for (StringRef A : Arguments)
      if (A.starts_with("\"")) {
        Current = unquote(A).str();
        break;
      }
  }
};

void apply(const PragmaReader &Read, ArrayRef<Decl *> Decls, ASTContext &Ctx) {
  const SourceManager &SM = Ctx.getSourceManager();
  for (Decl *D : Decls) {
    if (auto *L = llvm::dyn_cast<LinkageSpecDecl>(D)) {
      std::vector<Decl *> Inner(L->decls_begin(), L->decls_end());
      apply(Read, Inner, Ctx);
      continue;
    }
    auto *FD = llvm::dyn_cast<FunctionDecl>(D);
    if (!FD || !FD->getIdentifier() || !FD->doesThisDeclarationHaveABody() ||
        FD->hasAttr<SectionAttr>())
      continue;
    SourceLocation Loc = SM.getExpansionLoc(FD->getLocation());
    std::string Section = Read.Named.lookup(FD->getName());
    if (Section.empty() && SM.isWrittenInMainFile(Loc) &&
        SM.getFileOffset(Loc) < Read.CurrentEnd)
      Section = Read.Current;
    if (!Section.empty())
      FD->addAttr(SectionAttr::CreateImplicit(Ctx, Section));
  }
}

} // namespace

void irqlint::restoreSections(ASTContext &Ctx, Preprocessor &PP) {
  if (!Ctx.getExternalSource())
    return;
  PragmaReader Read(Ctx, PP);
  Read.read();
  if (Read.Named.empty() && Read.Current.empty())
    return;
  apply(Read, Ctx.getTraversalScope(), Ctx);
}
