//===- SalConditions.cpp --------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/SalConditions.h"
#include "clang/AST/ASTContext.h"
#include "clang/Lex/MacroInfo.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/StaticAnalyzer/Core/PathSensitive/SValBuilder.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;
using llvm::StringRef;

/// Macros in macros, beyond which a condition is not understood.
static constexpr unsigned MaxMacroDepth = 8;
static constexpr size_t MaxTokens = 400;
/// Operators in operators.
static constexpr unsigned MaxNesting = 60;

using Tokens = std::vector<std::string>;

static bool isName(StringRef T) {
  return !T.empty() && (llvm::isAlpha(T.front()) || T.front() == '_');
}

static Tokens tokensOf(StringRef Text) {
  Tokens Out;
  while (!(Text = Text.ltrim(" \t\r\n\\")).empty()) {
    size_t Size = Text.take_while([](char C) {
                        return llvm::isAlnum(C) || C == '_' || C == '$';
                      })
                      .size();
    if (Size == 0)
      Size = Text.starts_with("==") || Text.starts_with("!=") ||
                     Text.starts_with("<=") || Text.starts_with(">=") ||
                     Text.starts_with("&&") || Text.starts_with("||") ||
                     Text.starts_with("->")
                 ? 2
                 : 1;
    Out.push_back(Text.take_front(Size).str());
    Text = Text.drop_front(Size);
  }
  return Out;
}

/// Replaces what macros stand for. Parameters hide macros of their name.
static bool expand(const Tokens &In, const FunctionDecl *FD, Preprocessor &PP,
                   unsigned Depth, Tokens &Out) {
  for (size_t I = 0; I < In.size(); ++I) {
    if (Out.size() > MaxTokens)
      return false;
    const std::string &T = In[I];
    bool Own = T == "return" ||
               llvm::any_of(FD->parameters(), [&](const ParmVarDecl *P) {
                 return P->getName() == T;
               });
    const MacroInfo *M =
        isName(T) && !Own ? PP.getMacroInfo(PP.getIdentifierInfo(T)) : nullptr;
    if (!M ||
        (M->isFunctionLike() && (I + 1 == In.size() || In[I + 1] != "("))) {
      Out.push_back(T);
      continue;
    }
    if (Depth == MaxMacroDepth || M->isVariadic())
      return false;
    std::vector<Tokens> Args(1);
    if (M->isFunctionLike()) {
      unsigned Open = 1;
      for (I += 2; I < In.size(); ++I) {
        Open += In[I] == "(";
        Open -= In[I] == ")";
        if (Open == 0)
          break;
        if (Open == 1 && In[I] == ",")
          Args.emplace_back();
        else
          Args.back().push_back(In[I]);
      }
      if (I == In.size() || Args.size() != M->getNumParams())
        return false;
    }
    Tokens Body;
    for (const Token &R : M->tokens()) {
      if (R.isOneOf(tok::hash, tok::hashhash))
        return false;
      const IdentifierInfo *Name = R.getIdentifierInfo();
      int Param = Name && M->isFunctionLike() ? M->getParameterNum(Name) : -1;
      if (Param >= 0)
        Body.insert(Body.end(), Args[Param].begin(), Args[Param].end());
      else
        Body.push_back(PP.getSpelling(R));
    }
    if (!expand(Body, FD, PP, Depth + 1, Out))
      return false;
  }
  return true;
}

namespace irqlint {
class SalConditionParser {
public:
  SalConditionParser(SalCondition &C, const Tokens &T) : C(C), T(T) {}
  int whole() {
    int N = binary(0);
    return At == T.size() ? N : -1;
  }

private:
  SalCondition &C;
  const Tokens &T;
  size_t At = 0;
  unsigned Nesting = 0;
  using Node = SalCondition::Node;

  StringRef peek(size_t Ahead = 0) const {
    return At + Ahead < T.size() ? StringRef(T[At + Ahead]) : StringRef();
  }
  int add(Node N) {
    C.Nodes.push_back(N);
    return int(C.Nodes.size()) - 1;
  }
  /// How tightly an operator binds, and what it is.
  static unsigned tightness(StringRef Op, Node &N) {
    auto Is = [&](Node::Kind K, BinaryOperatorKind B, unsigned How) {
      N.K = K;
      N.Op = B;
      return How;
    };
    if (Op == "||")
      return Is(Node::Or, BO_LOr, 1);
    if (Op == "&&")
      return Is(Node::And, BO_LAnd, 2);
    if (Op == "&")
      return Is(Node::Bits, BO_And, 3);
    if (Op == "==")
      return Is(Node::Compare, BO_EQ, 4);
    if (Op == "!=")
      return Is(Node::Compare, BO_NE, 4);
    if (Op == "<")
      return Is(Node::Compare, BO_LT, 5);
    if (Op == "<=")
      return Is(Node::Compare, BO_LE, 5);
    if (Op == ">")
      return Is(Node::Compare, BO_GT, 5);
    if (Op == ">=")
      return Is(Node::Compare, BO_GE, 5);
    return 0;
  }
  int binary(unsigned Above) {
    int Left = unary();
    while (Left >= 0) {
      Node N{Node::Compare};
      unsigned How = tightness(peek(), N);
      if (How <= Above)
        break;
      ++At;
      N.Left = Left;
      N.Right = binary(How);
      Left = N.Right >= 0 ? add(N) : -1;
    }
    return Left;
  }
  /// "(TYPE *)" in front of a value: its size, or 0.
  size_t cast() const {
    size_t I = 1;
    while (isName(peek(I)) && peek(I) != "return" && parameter(peek(I)) < 0)
      ++I;
    if (I == 1)
      return 0;
    while (peek(I) == "*")
      ++I;
    StringRef Next = peek(I + 1);
    return peek(I) == ")" &&
                   (Next == "(" || Next == "-" || Next == "!" || isName(Next) ||
                    (!Next.empty() && llvm::isDigit(Next.front())))
               ? I + 1
               : 0;
  }
  int parameter(StringRef Name) const {
    for (const ParmVarDecl *P : C.FD->parameters())
      if (P->getIdentifier() && P->getName() == Name)
        return int(P->getFunctionScopeIndex());
    return -1;
  }
  int unary() {
    if (++Nesting > MaxNesting)
      return -1;
    int N = operand();
    --Nesting;
    return N;
  }
  int operand() {
    StringRef P = peek();
    if (P == "!") {
      ++At;
      Node N{Node::Not};
      N.Left = unary();
      return N.Left >= 0 ? add(N) : -1;
    }
    if (P == "-") {
      ++At;
      int N = unary();
      if (N < 0 || C.Nodes[N].K != Node::Number)
        return -1;
      C.Nodes[N].N = -C.Nodes[N].N;
      return N;
    }
    if (P == "(") {
      if (size_t Size = cast()) {
        At += Size;
        return unary();
      }
      ++At;
      int N = binary(0);
      if (peek() != ")")
        return -1;
      ++At;
      return N;
    }
    ++At;
    Node N{Node::Value};
    N.N = SalCondition::Result;
    if (P == "return")
      return add(N);
    if (int I = parameter(P); I >= 0) {
      N.N = I;
      return peek() == "->" || peek() == "." || peek() == "[" ? -1 : add(N);
    }
    N.K = Node::Number;
    if (P == "true" || P == "false" || P == "nullptr") {
      N.N = P == "true";
      return add(N);
    }
    uint64_t U;
    if (P.empty() || P.rtrim("uUlL").getAsInteger(0, U))
      return -1;
    N.N = int64_t(U);
    return add(N);
  }
};
} // namespace irqlint

std::optional<SalCondition>
SalCondition::parse(StringRef Text, const FunctionDecl *FD, Preprocessor &PP) {
  SalCondition C;
  C.FD = FD;
  Tokens T;
  if (!expand(tokensOf(Text), FD, PP, 0, T))
    return std::nullopt;
  C.Top = SalConditionParser(C, T).whole();
  // (An object is asked by what its class makes of it.)
  if (C.Top < 0 || (C.asksResult() && !FD->getReturnType()->isScalarType()) ||
      llvm::any_of(
          C.parameters(),
          [&](unsigned I) {
            return !FD->getParamDecl(I)->getType()->isScalarType();
          }))
    return std::nullopt;
  return C;
}

bool SalCondition::asksResult() const {
  return llvm::any_of(
      Nodes, [](const Node &N) { return N.K == Node::Value && N.N == Result; });
}

SmallVector<unsigned, 2> SalCondition::parameters() const {
  SmallVector<unsigned, 2> Out;
  for (const Node &N : Nodes)
    if (N.K == Node::Value && N.N != Result)
      Out.push_back(unsigned(N.N));
  return Out;
}

QualType SalCondition::typeOf(const Node &N) const {
  if (N.K == Node::Bits)
    return typeOf(Nodes[N.Left]).isNull() ? typeOf(Nodes[N.Right])
                                          : typeOf(Nodes[N.Left]);
  if (N.K != Node::Value)
    return {};
  QualType T = N.N == Result ? FD->getReturnType()
                             : FD->getParamDecl(unsigned(N.N))->getType();
  return T.getCanonicalType().getUnqualifiedType();
}

SVal SalCondition::valueOf(int I, QualType Like, ProgramStateRef S,
                           ValueOf Value) const {
  const Node &N = Nodes[I];
  SValBuilder &SVB = S->getStateManager().getSValBuilder();
  switch (N.K) {
  case Node::Value:
    return Value(int(N.N));
  case Node::Number:
    if (!Like.isNull() && Like->isIntegralOrEnumerationType())
      return SVB.makeIntVal(uint64_t(N.N), Like);
    if (!Like.isNull() && Like->isAnyPointerType() && N.N == 0)
      return SVB.makeNullWithType(Like);
    return UnknownVal();
  case Node::Bits: {
    QualType T = typeOf(N);
    if (T.isNull() || !T->isIntegralOrEnumerationType())
      return UnknownVal();
    return SVB.evalBinOp(S, BO_And, valueOf(N.Left, T, S, Value),
                         valueOf(N.Right, T, S, Value), T);
  }
  default:
    return UnknownVal();
  }
}

SalCondition::States SalCondition::assume(int I, ProgramStateRef S,
                                          ValueOf Value, bool Holds) const {
  const Node &N = Nodes[I];
  States Out;
  if (N.K == Node::Not)
    return assume(N.Left, S, Value, !Holds);
  if (N.K == Node::And || N.K == Node::Or) {
    // What makes the left side alone decide.
    bool Alone = N.K == Node::Or;
    if (Holds == Alone)
      Out = assume(N.Left, S, Value, Alone);
    for (const ProgramStateRef &L : assume(N.Left, S, Value, !Alone))
      Out.append(assume(N.Right, L, Value, Holds));
    return Out;
  }
  SVal V;
  if (N.K == Node::Compare) {
    QualType T = typeOf(Nodes[N.Left]);
    if (T.isNull())
      T = typeOf(Nodes[N.Right]);
    SValBuilder &SVB = S->getStateManager().getSValBuilder();
    SVal L = valueOf(N.Left, T, S, Value), R = valueOf(N.Right, T, S, Value);
    V = L.isUnknown() || R.isUnknown()
            ? UnknownVal()
            : SVB.evalBinOp(S, N.Op, L, R, SVB.getConditionType());
  } else if (N.K == Node::Number) {
    if ((N.N != 0) == Holds)
      Out.push_back(S);
    return Out;
  } else {
    V = valueOf(I, typeOf(N), S, Value);
  }
  if (auto D = V.getAs<DefinedSVal>()) {
    if (ProgramStateRef T = S->assume(*D, Holds))
      Out.push_back(T);
  } else {
    Out.push_back(S);
  }
  return Out;
}

Applies SalCondition::decide(ProgramStateRef S, ValueOf Value) const {
  bool Yes = !assume(S, Value, true).empty();
  bool No = !assume(S, Value, false).empty();
  return Yes == No ? Applies::Maybe : Yes ? Applies::Yes : Applies::No;
}
