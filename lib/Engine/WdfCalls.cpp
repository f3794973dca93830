//===- WdfCalls.cpp - Calls in the configuration pass ---------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/PathSteps.h"
#include "Engine/Values.h"
#include "Engine/WdfInterpreter.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"

using namespace clang;
using namespace irqlint;

/// Helpers within helpers that are looked into.
static constexpr unsigned MaxDepth = 8;

void WdfInterpreter::store(PlaceId P, FlowValue V, State &St, const Expr *At) {
  if (!P)
    return;
  if (At)
    V.At = At->getBeginLoc();
  St.Memory.bind(P, V, All);
  Objects.noteHolder(P, V);
}

/// Assigns or initializes: a structure as a whole, or a value.
void WdfInterpreter::assign(PlaceId P, const Expr *Value, State &St,
                            const Frame &F) {
  const Expr *E = Value->IgnoreParens();
  if (const auto *L = dyn_cast<InitListExpr>(E)) {
    if (!L->isSemanticForm() && L->getSemanticForm())
      L = L->getSemanticForm();
    FlowValue Zero = FlowValue::zero();
    Zero.At = L->getBeginLoc();
    St.Memory.bind(P, Zero, All);
    const auto *RT = L->getType()->getAs<RecordType>();
    const RecordDecl *RD = RT ? RT->getDecl()->getDefinition() : nullptr;
    if (RD && RD->isUnion()) {
      if (L->getInitializedFieldInUnion() && L->getNumInits())
        assign(All.member(P, L->getInitializedFieldInUnion()), L->getInit(0),
               St, F);
      return;
    }
    auto Field = RD ? RD->field_begin() : RecordDecl::field_iterator();
    for (unsigned I = 0; I < L->getNumInits(); ++I) {
      if (RD) {
        while (Field != RD->field_end() && Field->isUnnamedBitField())
          ++Field;
        if (Field == RD->field_end())
          break;
      }
      PlaceId Part = RD ? All.member(P, *Field) : All.element(P, I);
      if (RD)
        ++Field;
      const Expr *Init = L->getInit(I);
      if (!Init || isa<ImplicitValueInitExpr>(Init))
        continue;
      assign(Part, Init, St, F);
    }
    return;
  }
  if (isa<ImplicitValueInitExpr>(E) || isa<CXXScalarValueInitExpr>(E)) {
    store(P, FlowValue::zero(), St, E);
    return;
  }
  if (E->getType()->isRecordType()) {
    if (const auto *C = dyn_cast<CXXConstructExpr>(E)) {
      if (C->getNumArgs() == 1 &&
          C->getConstructor()->isCopyOrMoveConstructor())
        return assign(P, C->getArg(0), St, F);
      // `T x{};` and `T x = T();` of a plain structure.
      FlowValue V;
      if (C->getNumArgs() == 0 && C->requiresZeroInitialization())
        V = FlowValue::zero();
      St.Memory.bind(P, V, All);
      return;
    }
    if (const auto *M = dyn_cast<MaterializeTemporaryExpr>(E))
      return assign(P, M->getSubExpr(), St, F);
    if (const auto *L = dyn_cast<CompoundLiteralExpr>(E))
      return assign(P, L->getInitializer(), St, F);
    if (const auto *C = dyn_cast<CastExpr>(E))
      if (isa<CompoundLiteralExpr>(C->getSubExpr()->IgnoreParens()))
        return assign(P, C->getSubExpr(), St, F);
    St.Memory.copy(P, place(E, St, F), All);
    return;
  }
  store(P, get(Value, St, F), St, Value);
}

FlowValue WdfInterpreter::argument(const ValueRef &R,
                                   ArrayRef<const Expr *> Args, State &St,
                                   const Frame &F) {
  if ((R.K != ValueRef::Arg && R.K != ValueRef::Deref) ||
      R.Index >= Args.size())
    return {};
  FlowValue V = get(Args[R.Index], St, F);
  if (R.K == ValueRef::Arg)
    return V;
  PlaceId P = V.K == FlowValue::Address  ? V.Id
              : V.K == FlowValue::Symbol ? All.pointee(V.Id)
                                         : 0;
  return load(P, {}, St);
}

FlowValue WdfInterpreter::setup(const SetupContract &C, const Expr *E,
                                ArrayRef<const Expr *> Args, State &St,
                                const Frame &F) {
  FlowValue Target = argument(C.Target, Args, St, F);
  if (C.Gives != SetupContract::None) {
    const WdfObject *O = Objects.object(Target);
    ConfigValue V;
    if (O) {
      V = C.Gives == SetupContract::DeviceOf ? O->Device : O->Parent;
      auto I = O->Attributes.find("ParentObject");
      if (C.Gives == SetupContract::ParentOf && I != O->Attributes.end() &&
          !(I->second.known() && I->second.Num == 0))
        V = I->second;
    }
    if (V.K == ConfigValue::Object)
      return FlowValue::handle(unsigned(V.Obj), -1);
    return FlowValue::symbol(All.result(E, F.Number));
  }
  PlaceId P = Target.K == FlowValue::Address  ? Target.Id
              : Target.K == FlowValue::Symbol ? All.pointee(Target.Id)
                                              : 0;
  if (P && All[P].K == Places::Element && All[P].Number == 0)
    P = All[P].Parent;
  if (!P)
    return {};
  // A part of a structure: nothing is known of the rest.
  if (C.Sets.empty() && !Args.empty()) {
    QualType T = Args[C.Target.Index]->IgnoreParenImpCasts()->getType();
    T = T->isPointerType() ? T->getPointeeType() : QualType();
    Expr::EvalResult Length;
    if (!T.isNull() && !T->isIncompleteType() && T->isRecordType() &&
        Args.back()->getType()->isIntegerType() &&
        Args.back()->EvaluateAsInt(Length, Ctx) &&
        Length.Val.getInt().getLimitedValue() <
            uint64_t(Ctx.getTypeSizeInChars(T).getQuantity())) {
      store(P, FlowValue(), St, E);
      return Target;
    }
  }
  if (!C.Copies.isNone()) {
    FlowValue From = argument(C.Copies, Args, St, F);
    St.Memory.copy(P, From.K == FlowValue::Address ? From.Id : 0, All);
    return Target;
  }
  FlowValue Whole;
  if (C.Zeroes &&
      (C.Fill.isNone() || argument(C.Fill, Args, St, F).isNumber(0)))
    Whole = FlowValue::zero();
  store(P, Whole, St, E);
  if (C.Sets.empty() || C.Target.Index >= Args.size())
    return Target;
  QualType T = Args[C.Target.Index]->getType();
  T = T->isPointerType() ? T->getPointeeType() : T;
  const auto *RT = T->getAs<RecordType>();
  const RecordDecl *RD = RT ? RT->getDecl()->getDefinition() : nullptr;
  if (!RD)
    return Target;
  for (const FieldDecl *Field : RD->fields()) {
    auto I = Field->getIdentifier() ? C.Sets.find(Field->getName().str())
                                    : C.Sets.end();
    if (I == C.Sets.end())
      continue;
    FlowValue V = I->second.From.isNone()
                      ? FlowValue::number(I->second.Number)
                      : argument(I->second.From, Args, St, F);
    store(All.member(P, Field), V, St, E);
  }
  return Target;
}

void WdfInterpreter::readStructure(
    FlowValue Address, QualType T, State &St,
    std::map<std::string, ConfigValue> &Into,
    std::vector<std::pair<std::string, const FunctionDecl *>> *Fns) {
  PlaceId P = Address.K == FlowValue::Address  ? Address.Id
              : Address.K == FlowValue::Symbol ? All.pointee(Address.Id)
                                               : 0;
  if (P && All[P].K == Places::Element && All[P].Number == 0 &&
      !St.Memory.find(P, All))
    P = All[P].Parent;
  T = T->isPointerType() ? T->getPointeeType() : T;
  const auto *RT = T->getAs<RecordType>();
  const RecordDecl *RD = RT ? RT->getDecl()->getDefinition() : nullptr;
  if (!RD)
    return;
  for (const FieldDecl *Field : RD->fields()) {
    if (!Field->getIdentifier() || Field->getType()->isRecordType() ||
        Field->getType()->isArrayType())
      continue;
    const PlaceId At = All.member(P, Field);
    FlowValue V = load(At, Field->getType(), St);
    // (What was in it before may be null.)
    if (V.K == FlowValue::Symbol && V.Id == At)
      V = FlowValue();
    if (Fns && V.K == FlowValue::Function)
      Fns->push_back({Field->getName().str(), V.Ptr});
    Into[Field->getName().str()] = Objects.toConfig(V, Field->getType());
  }
}

void WdfInterpreter::create(const ObjectContract &C, const Expr *E,
                            ArrayRef<const Expr *> Args, State &St,
                            const Frame &F) {
  WdfObject O;
  O.Kind = C.Kind;
  O.Creator = C.Name;
  O.Function = F.FD->getNameAsString();
  O.Pos = posOf(E->getBeginLoc(), Ctx);
  O.CreatedIn = RootRole;
  std::vector<std::pair<std::string, const FunctionDecl *>> Functions;
  if (C.Config.K == ValueRef::Arg && C.Config.Index < Args.size()) {
    FlowValue V = argument(C.Config, Args, St, F);
    O.HasConfig = !V.isNumber(0);
    if (O.HasConfig)
      readStructure(V, Args[C.Config.Index]->IgnoreParenImpCasts()->getType(),
                    St, O.Config, &Functions);
  }
  O.AttributesGiven = ConfigValue::number(0);
  if (C.Attributes.K == ValueRef::Arg && C.Attributes.Index < Args.size()) {
    FlowValue V = argument(C.Attributes, Args, St, F);
    if (V.K == FlowValue::Address)
      O.AttributesGiven = ConfigValue::number(1);
    else if (!V.isNumber(0))
      O.AttributesGiven = ConfigValue();
    if (!V.isNumber(0))
      readStructure(V,
                    Args[C.Attributes.Index]->IgnoreParenImpCasts()->getType(),
                    St, O.Attributes, nullptr);
    // The rest of the attributes is about memory.
    for (auto I = O.Attributes.begin(); I != O.Attributes.end();)
      I = I->first == "ExecutionLevel" || I->first == "SynchronizationScope" ||
                  I->first == "ParentObject"
              ? std::next(I)
              : O.Attributes.erase(I);
  }
  // A statement that does not parse may have set any member.
  for (const Frame *In = &F; In; In = In->Caller)
    if (const FunctionFacts *Facts = Index.find(In->FD);
        Facts && Facts->HasErrors) {
      O.Attributes.clear();
      for (auto &Member : O.Config)
        if (Member.second.K != ConfigValue::Function)
          Member.second = ConfigValue();
    }
  if (!C.Device.isNone())
    O.Device = Objects.toConfig(argument(C.Device, Args, St, F), Ctx.VoidPtrTy);
  // A path on which the device was not created does not come this far.
  if (O.Device.known() && O.Device.Num == 0)
    return;
  if (!C.Parent.isNone())
    O.Parent = Objects.toConfig(argument(C.Parent, Args, St, F), Ctx.VoidPtrTy);
  PlaceId Handle = 0;
  if (C.Handle.K == ValueRef::Deref && C.Handle.Index < Args.size()) {
    FlowValue A = get(Args[C.Handle.Index], St, F);
    Handle = A.K == FlowValue::Address  ? A.Id
             : A.K == FlowValue::Symbol ? All.pointee(A.Id)
                                        : 0;
    if (!A.isNumber(0))
      O.Handle = textOf(Args[C.Handle.Index], Ctx);
  }
  FlowValue Setup =
      C.Setup.isNone() ? FlowValue() : argument(C.Setup, Args, St, F);
  unsigned Site = Objects.site(E, F.Number);
  int Variant = Objects.add(Site, std::move(O), Setup);
  FlowValue Self = FlowValue::handle(Site, Variant);
  // Set-up routines speak for the device that is created from it later.
  if (!C.Setup.isNone() && !C.Handle.isNone())
    Objects.deviceOfSetup(Setup, Self);
  Objects.noteCallbacks(C, Self, Setup, Functions);
  if (!C.Handle.isNone())
    store(Handle, Self, St, E);
}

bool WdfInterpreter::inlineCall(const Expr *E, const FunctionDecl *FD,
                                ArrayRef<const Expr *> Args, State &St,
                                const Frame &F, std::vector<State> &More) {
  const FunctionFacts *Facts = Index.find(FD);
  if (!Facts || !Relevant.contains(FD->getCanonicalDecl()))
    return false;
  unsigned Depth = 0;
  for (const Frame *C = &F; C; C = C->Caller, ++Depth)
    if (C->FD == Facts->FD || Depth >= MaxDepth)
      return false;
  unsigned Number =
      FrameNumbers.try_emplace({F.Number, E}, FrameNumbers.size() + 1)
          .first->second;
  Frame Inner{Facts->FD, Number, &F};
  Store Memory = St.Memory;
  for (unsigned I = 0; I < Facts->FD->getNumParams(); ++I) {
    const ParmVarDecl *P = Facts->FD->getParamDecl(I);
    PlaceId At = All.variable(P, Number);
    if (I >= Args.size()) {
      Memory.bind(At, FlowValue(), All);
    } else if (P->getType()->isReferenceType()) {
      Memory.bind(At, FlowValue::address(place(Args[I], St, F)), All);
    } else if (P->getType()->isRecordType()) {
      Memory.copy(At, place(Args[I], St, F), All);
    } else {
      FlowValue V = get(Args[I], St, F);
      // What is not known gets a name, so that it stays the same.
      if (V.K == FlowValue::Unknown)
        V = FlowValue::symbol(All.result(Args[I], F.Number));
      Memory.bind(At, V, All);
    }
  }
  std::vector<Exit> Exits = run(Inner, std::move(Memory));
  if (Exits.empty())
    return false;
  State Before = St;
  for (size_t I = 0; I < Exits.size(); ++I) {
    State Next = Before;
    Next.Memory = std::move(Exits[I].Memory);
    if (Exits[I].Result.K != FlowValue::Unknown)
      Next.Values[E->IgnoreParens()] = Exits[I].Result;
    else
      Next.Values.erase(E->IgnoreParens());
    if (I == 0)
      St = std::move(Next);
    else
      More.push_back(std::move(Next));
  }
  return true;
}

/// A call of which nothing is known writes through the pointers it is given.
void WdfInterpreter::opaque(const Expr *E, const FunctionDecl *FD,
                            ArrayRef<const Expr *> Args, State &St,
                            const Frame &F) {
  bool Documented = FD && Index.ruleOf(FD);
  for (unsigned I = 0; I < Args.size(); ++I) {
    QualType T = Args[I]->getType();
    if (FD && I < FD->getNumParams())
      T = FD->getParamDecl(I)->getType();
    bool Reference = T->isReferenceType();
    if (!Reference && !T->isPointerType())
      continue;
    QualType Target = T->getPointeeType();
    if (Target.isConstQualified())
      continue;
    // Documented routines write records only if that is what they are for.
    if (Documented && I > 0 && Target->isRecordType())
      continue;
    if (Documented && !FD->getReturnType()->isVoidType() &&
        Target->isRecordType())
      continue;
    PlaceId P = 0;
    if (Reference) {
      P = place(Args[I], St, F);
    } else {
      FlowValue V = get(Args[I], St, F);
      if (V.K == FlowValue::Address)
        P = V.Id;
    }
    if (!P)
      continue;
    if (All[P].K == Places::Element && !Documented)
      P = All[P].Parent;
    store(P, FlowValue(), St, E);
  }
  if (!E->getType()->isVoidType() && !E->getType()->isRecordType())
    St.Values[E->IgnoreParens()] = FlowValue::symbol(All.result(E, F.Number));
}

void WdfInterpreter::call(const Expr *E, const FunctionDecl *FD,
                          ArrayRef<const Expr *> Args, State &St,
                          const Frame &F, std::vector<State> &More) {
  St.Values.erase(E->IgnoreParens());
  if (!Args.empty())
    Objects.noteUse(E, get(Args[0], St, F));
  bool System = FD && FD->getIdentifier() && !isa<CXXMethodDecl>(FD) &&
                FD->getDeclContext()->getRedeclContext()->isTranslationUnit();
  if (System) {
    if (const ObjectContract *C = Index.rules().object(FD->getName()))
      return create(*C, E, Args, St, F);
    if (const SetupContract *C = Index.rules().setup(FD->getName())) {
      FlowValue V = setup(*C, E, Args, St, F);
      if (!E->getType()->isVoidType() && V.K != FlowValue::Unknown)
        St.Values[E->IgnoreParens()] = V;
      return;
    }
  }
  if (FD && inlineCall(E, FD, Args, St, F, More))
    return;
  opaque(E, FD, Args, St, F);
}
