//===- Sections.cpp -------------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/Sections.h"
#include "Engine/LoopBounds.h"
#include "Engine/PathSteps.h"
#include "Engine/Values.h"
#include "clang/AST/DynamicRecursiveASTVisitor.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/Support/Format.h"

using namespace clang;
using namespace irqlint;

namespace {

constexpr unsigned MaxSteps = 60000; ///< statements for one root
constexpr unsigned MaxCalls = 12;    ///< calls within calls
constexpr double Worth = 0.1;        ///< microseconds that are worth an item

/// One thing on the path that takes time; shared by paths that go on from it.
struct Item {
  std::shared_ptr<const Item> Before;
  SourceLocation At;
  const FunctionDecl *In = nullptr;
  std::string Text;
  double Us = 0;
  bool Endless = false, Sure = false;
};

struct Section {
  SourceLocation Start;
  std::string Under;
  unsigned Number = 0; ///< tells sections of one walk apart
  unsigned Depth = 0;  ///< acquisitions that are open; 0 for a whole function
  double Us = 0, Exact = 0;
  bool Endless = false;
  std::shared_ptr<const Item> Last;
};

/// What is known at one point: the worst way to get there.
struct Flow {
  bool Reached = true;
  std::optional<Section> In;

  static bool worse(const Section &A, const Section &B) {
    return std::make_pair(A.Endless, A.Us) > std::make_pair(B.Endless, B.Us);
  }
  void join(const Flow &O) {
    if (!O.Reached)
      return;
    if (!Reached) {
      *this = O;
      return;
    }
    if (O.In && (!In || worse(*O.In, *In)))
      In = O.In;
  }
};

class CostWalk {
public:
  CostWalk(ASTContext &Ctx, const UnitIndex &Index,
           const llvm::DenseSet<const FunctionDecl *> &Skip,
           llvm::function_ref<void(const Section &)> Done)
      : Ctx(Ctx), Index(Index), Skip(Skip), Done(Done), Known(Ctx),
        Statement(costOf("statement")), Call(costOf("call")) {}

  void run(const FunctionDecl *FD, std::optional<Section> In) {
    Flow F;
    F.In = std::move(In);
    Whole = F.In.has_value();
    body(FD, F);
    if (Whole && F.In)
      Done(*F.In);
  }
  bool gaveUp() const { return Steps > MaxSteps; }

private:
  struct Jumps {
    Flow Break{false, {}}, Continue{false, {}};
  };
  ASTContext &Ctx;
  const UnitIndex &Index;
  const llvm::DenseSet<const FunctionDecl *> &Skip;
  llvm::function_ref<void(const Section &)> Done;
  KnownConstants Known;
  double Statement, Call;
  bool Whole = false;
  unsigned Steps = 0, Number = 0, Releases = 0;
  SmallVector<const FunctionDecl *, 8> Frames;
  SmallVector<Jumps *, 8> Loops; ///< also switches
  SmallVector<Flow *, 8> Returns;
  llvm::DenseMap<const LabelDecl *, Flow> Labels;

  double costOf(StringRef Name) const {
    const CostContract *C = Index.rules().cost(Name);
    return C ? C->Microseconds : 0;
  }

  void spend(Flow &F, double Us, double Exact) {
    if (!F.Reached || !F.In)
      return;
    F.In->Us += Us;
    F.In->Exact += Exact;
  }

  void item(Flow &F, SourceLocation At, std::string Text, double Us,
            bool Endless = false, bool Sure = false) {
    if (!F.Reached || !F.In || (Us < Worth && !Endless))
      return;
    F.In->Endless |= Endless;
    F.In->Last = std::make_shared<Item>(Item{
        F.In->Last, At, Frames.back(), std::move(Text), Us, Endless, Sure});
  }

  //===--- Functions
  //-------------------------------------------------------===//

  void body(const FunctionDecl *FD, Flow &F) {
    Flow Out{false, {}};
    Frames.push_back(FD);
    Returns.push_back(&Out);
    SmallVector<Jumps *, 8> Outer;
    Outer.swap(Loops);
    walk(FD->getBody(), F);
    Outer.swap(Loops);
    Returns.pop_back();
    Frames.pop_back();
    F.join(Out);
    if (!F.Reached)
      F = Out;
  }

  //===--- Statements
  //------------------------------------------------------===//

  void walk(const Stmt *S, Flow &F) {
    if (!S || ++Steps > MaxSteps)
      return;
    if (const auto *E = dyn_cast<Expr>(S))
      return expression(E, F);
    if (!isa<CompoundStmt, LabelStmt, NullStmt>(S))
      spend(F, Statement, 0);
    switch (S->getStmtClass()) {
    case Stmt::IfStmtClass:
      return branch(cast<IfStmt>(S), F);
    case Stmt::ForStmtClass:
    case Stmt::WhileStmtClass:
    case Stmt::DoStmtClass:
    case Stmt::CXXForRangeStmtClass:
      return loop(S, F);
    case Stmt::SwitchStmtClass:
      return choose(cast<SwitchStmt>(S), F);
    case Stmt::ReturnStmtClass:
      expression(cast<ReturnStmt>(S)->getRetValue(), F);
      Returns.back()->join(F);
      F.Reached = false;
      return;
    case Stmt::BreakStmtClass:
    case Stmt::ContinueStmtClass:
      if (!Loops.empty()) {
        // A continue inside a switch goes to the loop around it; for the cost
        // of one round both end here.
        Jumps &J = *Loops.back();
        (isa<BreakStmt>(S) ? J.Break : J.Continue).join(F);
      }
      F.Reached = false;
      return;
    case Stmt::GotoStmtClass:
      jump(cast<GotoStmt>(S)->getLabel(), F);
      return;
    case Stmt::LabelStmtClass: {
      auto I = Labels.find(cast<LabelStmt>(S)->getDecl());
      if (I != Labels.end())
        F.join(I->second);
      return walk(cast<LabelStmt>(S)->getSubStmt(), F);
    }
    case Stmt::DeclStmtClass:
      for (const Decl *D : cast<DeclStmt>(S)->decls())
        if (const auto *V = dyn_cast<VarDecl>(D)) {
          expression(V->getInit(), F);
          Known.set(V, V->getInit() ? Known.value(V->getInit()) : std::nullopt);
        }
      return;
    default:
      for (const Stmt *C : S->children())
        walk(C, F);
    }
  }

  void jump(const LabelDecl *L, Flow &F) {
    auto [I, New] = Labels.try_emplace(L, F);
    if (!New)
      I->second.join(F);
    F.Reached = false;
  }

  void branch(const IfStmt *S, Flow &F) {
    walk(S->getInit(), F);
    expression(S->getCond(), F);
    std::optional<int64_t> Fixed = S->getCond()->isValueDependent()
                                       ? std::nullopt
                                       : constant(S->getCond());
    Flow Else = F;
    if (Fixed && !*Fixed)
      F.Reached = false;
    else
      walk(S->getThen(), F);
    if (Fixed && *Fixed)
      Else.Reached = false;
    else
      walk(S->getElse(), Else);
    Known.forgetChangedIn(S->getThen());
    Known.forgetChangedIn(S->getElse());
    F.join(Else);
  }

  std::optional<int64_t> constant(const Expr *E) const {
    Expr::EvalResult R;
    if (E->containsErrors() || !E->EvaluateAsInt(R, Ctx))
      return std::nullopt;
    return R.Val.getInt().getBoolValue();
  }

  void choose(const SwitchStmt *S, Flow &F) {
    expression(S->getCond(), F);
    const Flow Entry = F;
    Jumps J;
    Loops.push_back(&J);
    bool Default = false;
    const auto *Body = dyn_cast<CompoundStmt>(S->getBody());
    F.Reached = false;
    if (Body)
      for (const Stmt *One : Body->body()) {
        while (const auto *Case = dyn_cast<SwitchCase>(One)) {
          Default |= isa<DefaultStmt>(Case);
          F.join(Entry);
          One = Case->getSubStmt();
        }
        walk(One, F);
      }
    Loops.pop_back();
    Known.forgetChangedIn(S->getBody());
    F.join(J.Break);
    F.join(J.Continue);
    if (!Default)
      F.join(Entry);
  }

  //===--- Loops
  //-----------------------------------------------------------===//

  /// Rounds ask the device, or wait a while for something to happen.
  class Asks : public DynamicRecursiveASTVisitor {
  public:
    explicit Asks(const UnitIndex &Index) : Index(Index) {}
    bool Device = false;
    bool VisitCallExpr(CallExpr *C) override {
      const FunctionDecl *FD = C->getDirectCallee();
      const CostContract *K = FD && FD->getIdentifier()
                                  ? Index.rules().cost(FD->getName())
                                  : nullptr;
      Device |= K && K->ReadsDevice;
      return !Device;
    }

  private:
    const UnitIndex &Index;
  };

  void loop(const Stmt *S, Flow &F) {
    const Expr *Cond = nullptr;
    const Stmt *Init = nullptr, *Inc = nullptr, *Body = nullptr;
    if (const auto *L = dyn_cast<ForStmt>(S)) {
      Init = L->getInit(), Cond = L->getCond(), Inc = L->getInc(),
      Body = L->getBody();
    } else if (const auto *W = dyn_cast<WhileStmt>(S)) {
      Cond = W->getCond(), Body = W->getBody();
    } else if (const auto *D = dyn_cast<DoStmt>(S)) {
      Cond = D->getCond(), Body = D->getBody();
      // do { ... } while (0)
      if (std::optional<int64_t> C = constant(Cond); C && !*C) {
        Jumps J;
        Loops.push_back(&J);
        walk(Body, F);
        Loops.pop_back();
        F.join(J.Break);
        F.join(J.Continue);
        return;
      }
    } else {
      Body = cast<CXXForRangeStmt>(S)->getBody();
    }
    walk(Init, F);
    const LoopBound Bound = boundOf(S, Known);
    Known.forgetChangedIn(S);
    const Flow Entry = F;
    Jumps J;
    Loops.push_back(&J);
    expression(Cond, F);
    walk(Body, F);
    F.join(J.Continue);
    walk(Inc, F);
    Loops.pop_back();
    Known.forgetChangedIn(S);
    bool Forever = isa<ForStmt, WhileStmt, DoStmt>(S) &&
                   (!Cond || (constant(Cond) && *constant(Cond)));
    repeat(S, Bound, Entry, F, J.Break, Forever);
  }

  /// \p F: after one round; afterwards: after the loop.
  void repeat(const Stmt *S, LoopBound Bound, const Flow &Entry, Flow &F,
              Flow &Break, bool Forever) {
    auto Same = [&](const Flow &X) {
      return X.Reached && X.In && Entry.In && X.In->Number == Entry.In->Number;
    };
    // A section that begins or ends inside is not repeated.
    if (Same(F) || Same(Break)) {
      double Us = 0, Exact = 0;
      bool Endless = false;
      std::shared_ptr<const Item> Last;
      for (const Flow *X : {&F, &Break})
        if (Same(*X) && X->In->Us - Entry.In->Us >= Us) {
          Us = X->In->Us - Entry.In->Us;
          Exact = X->In->Exact - Entry.In->Exact;
          Endless = X->In->Endless && !Entry.In->Endless;
          Last = X->In->Last;
        }
      Flow After = Entry;
      if (Endless) {
        After.In = (Same(F) && F.In->Endless ? F : Break).In;
      } else {
        rounds(S, Bound, Same(F), Us, Exact, Last, After);
      }
      if (Forever && Break.Reached && !Same(Break)) {
        // The section ends on the only way out.
        Done(*After.In);
        F = Break;
        return;
      }
      if (!Same(Break))
        After.join(Break);
      F = After;
      return;
    }
    if (Forever)
      F = Break;
    else {
      F.join(Entry);
      F.join(Break);
    }
  }

  void rounds(const Stmt *S, LoopBound Bound, bool GoesRound, double Us,
              double Exact, const std::shared_ptr<const Item> &Last,
              Flow &After) {
    Asks A(Index);
    A.TraverseStmt(const_cast<Stmt *>(S));
    double N = double(Bound.Rounds);
    std::string Text;
    llvm::raw_string_ostream OS(Text);
    if (!GoesRound) {
      N = 1;
    } else if (Bound.K == LoopBound::None && A.Device) {
      spend(After, Us, Exact);
      item(After, S->getBeginLoc(),
           "this loop ends only when the device answers", Us, true);
      return;
    } else if (Bound.K != LoopBound::Constant) {
      const CostContract *Guess = Index.rules().cost("loop");
      N = Guess ? Guess->UnknownTimes : 1;
      Exact = 0;
      OS << "the number of rounds is not known here; ";
    }
    spend(After, Us * N, Exact * N);
    OS << int64_t(N) << (int64_t(N) == 1 ? " round of " : " rounds of ")
       << llvm::format("%.1f", Us) << " microseconds";
    // What the time of a round is spent on.
    const Item *Most = nullptr;
    for (const Item *I = Last.get(); I && I != After.In->Last.get();
         I = I->Before.get())
      if (!Most || I->Us > Most->Us)
        Most = I;
    if (Most)
      OS << " (" << Most->Text << ")";
    item(After, S->getBeginLoc(), Text, Us * N);
  }

  //===--- Expressions
  //-----------------------------------------------------===//

  void expression(const Expr *E, Flow &F) {
    if (!E || ++Steps > MaxSteps ||
        isa<LambdaExpr, UnaryExprOrTypeTraitExpr>(E))
      return;
    if (const auto *Q = dyn_cast<ConditionalOperator>(E)) {
      expression(Q->getCond(), F);
      Flow Else = F;
      expression(Q->getTrueExpr(), F);
      expression(Q->getFalseExpr(), Else);
      F.join(Else);
      return;
    }
    for (const Stmt *C : E->children())
      if (const auto *Sub = dyn_cast_or_null<Expr>(C))
        expression(Sub, F);
      else
        walk(C, F); // statement expressions
    if (const auto *C = dyn_cast<CallExpr>(E)) {
      call(C, F);
    } else if (const auto *B = dyn_cast<BinaryOperator>(E)) {
      if (B->getOpcode() == BO_Assign)
        Known.assign(B->getLHS(), B->getRHS());
      else if (B->isAssignmentOp())
        Known.forgetChangedIn(B);
    } else if (const auto *U = dyn_cast<UnaryOperator>(E)) {
      if (U->isIncrementDecrementOp() || U->getOpcode() == UO_AddrOf)
        Known.forgetChangedIn(U);
    }
  }

  void call(const CallExpr *C, Flow &F) {
    const FunctionDecl *FD = C->getDirectCallee();
    spend(F, Call, 0);
    if (!FD || !F.Reached)
      return;
    const FunctionContract *Fn = Index.ruleOf(FD);
    if (FD->getIdentifier())
      if (const CostContract *K = Index.rules().cost(FD->getName()))
        routine(*K, C, F);
    if (Fn) {
      for (const Effect &E : Fn->Effects)
        effect(E, C, F);
      return;
    }
    const FunctionFacts *Facts = Index.find(FD);
    if (!Facts || Skip.contains(FD->getCanonicalDecl()))
      return;
    if ((!F.In && !Facts->ChangesState) || Frames.size() > MaxCalls ||
        llvm::is_contained(Frames, Facts->FD))
      return;
    for (unsigned I = 0; I < Facts->FD->getNumParams(); ++I)
      Known.set(Facts->FD->getParamDecl(I),
                I < C->getNumArgs() ? Known.value(C->getArg(I)) : std::nullopt);
    unsigned Before = Releases, Depth = F.In ? F.In->Depth : 0;
    body(Facts->FD, F);
    // A wrapper that only gives up, and chooses between two ways to do so, did
    // it the way in which the lock was taken.
    if (Releases != Before && Depth && F.In && F.In->Depth == Depth &&
        Index.lockingOf(FD, /*Depth=*/2) == 2 && --F.In->Depth == 0)
      F.In.reset();
  }

  void routine(const CostContract &K, const CallExpr *C, Flow &F) {
    std::string Text = "'" + C->getDirectCallee()->getNameAsString() + "'" +
                       (K.What.empty() ? "" : " " + K.What);
    if (K.Unbounded) {
      item(F, C->getBeginLoc(), Text, 0, true, true);
      return;
    }
    double Times = 1;
    bool Sure = K.Exact;
    if (K.Times.K == ValueRef::Arg && K.Times.Index < C->getNumArgs()) {
      std::optional<int64_t> N = Known.value(C->getArg(K.Times.Index));
      Sure &= N.has_value();
      Times = N ? double(std::max<int64_t>(*N, 0)) : K.UnknownTimes;
    }
    double Us = K.Microseconds * Times;
    spend(F, Us, Sure ? Us : 0);
    item(F, C->getBeginLoc(), Text, Us);
  }

  /// The arguments, as they stand there, fulfil \p When.
  bool certain(const Conditions &When, const CallExpr *C) {
    return llvm::all_of(When, [&](const Condition &W) {
      if (W.Value.K != ValueRef::Arg || W.Value.Index >= C->getNumArgs())
        return false;
      std::optional<int64_t> V = Known.value(C->getArg(W.Value.Index));
      if (!V)
        return false;
      switch (W.Is) {
      case Condition::Zero:
        return *V == 0;
      case Condition::NonZero:
        return *V != 0;
      case Condition::Eq:
        return *V == W.Of;
      case Condition::Ne:
        return *V != W.Of;
      case Condition::Lt:
        return *V < W.Of;
      case Condition::Le:
        return *V <= W.Of;
      case Condition::Gt:
        return *V > W.Of;
      case Condition::Ge:
        return *V >= W.Of;
      case Condition::AnyBits:
        return (*V & W.Of) != 0;
      case Condition::NoBits:
        return (*V & W.Of) == 0;
      default:
        return false;
      }
    });
  }

  void effect(const Effect &E, const CallExpr *C, Flow &F) {
    const LockKindInfo *K = Index.rules().lockKind(E.LockKind);
    if (!K || !K->Spins || Whole)
      return;
    // Where a section begins only perhaps, it is not measured.
    if (E.Do == EffectKind::Acquire && !certain(E.When, C))
      return;
    if (E.Do == EffectKind::Acquire) {
      if (F.In) {
        ++F.In->Depth;
        return;
      }
      Section S;
      S.Start = C->getBeginLoc();
      S.Number = ++Number;
      S.Depth = 1;
      S.Under = K->Title;
      if (!E.Lock.isNone() && E.Lock.Index < C->getNumArgs())
        S.Under += " '" + textOf(C->getArg(E.Lock.Index), Ctx) + "'";
      S.Under += " is held";
      F.In = S;
    } else if (E.Do == EffectKind::Release && F.In) {
      ++Releases;
      if (F.In->Depth && --F.In->Depth == 0) {
        Done(*F.In);
        F.In.reset();
      }
    }
  }
};

} // namespace

void SectionCosts::add(const FunctionDecl *FD, const EntryContext &Entry) {
  if (Skip.contains(FD->getCanonicalDecl()))
    return;
  std::optional<Section> In;
  bool IsSection = Entry.Role && Entry.IsEntryPoint && Entry.Known &&
                   Entry.Range.Lo >= Irql::Dirql;
  if (IsSection) {
    In.emplace();
    In->Start = FD->getLocation();
    In->Under = "'" + FD->getNameAsString() + "' runs at " + Entry.Range.str() +
                " " + Entry.Why;
  } else if (const FunctionFacts *F = Index.find(FD); !F || !F->ChangesState) {
    return; // no section begins here
  }
  const CostContract *Limit = Index.rules().cost("limit");
  auto Done = [&](const Section &S) {
    LocatedSection L;
    L.Start = S.Start;
    L.Cost.Under = S.Under;
    L.Cost.Function = FD->getNameAsString();
    L.Cost.Worst = S.Us;
    L.Cost.Exact = S.Exact;
    L.Cost.Limit = Limit ? Limit->Microseconds : 0;
    for (const Item *I = S.Last.get(); I; I = I->Before.get()) {
      SectionCost::Item One;
      One.Pos = posOf(I->At, Ctx);
      One.Text = I->Text;
      One.Function = I->In->getNameAsString();
      One.Microseconds = I->Us;
      One.Endless = I->Endless;
      if (I->Endless) {
        L.Cost.Endless = I->Text;
        L.Cost.EndlessForSure |= I->Sure;
      }
      L.Cost.Items.insert(L.Cost.Items.begin(), std::move(One));
      L.ItemLocs.insert(L.ItemLocs.begin(), I->At);
    }
    for (LocatedSection &Old : Found)
      if (Old.Start == L.Start) {
        if (std::make_tuple(!L.Cost.Endless.empty(), L.Cost.Exact,
                            L.Cost.Worst) >
            std::make_tuple(!Old.Cost.Endless.empty(), Old.Cost.Exact,
                            Old.Cost.Worst))
          Old = std::move(L);
        return;
      }
    Found.push_back(std::move(L));
  };
  CostWalk W(Ctx, Index, Skip, Done);
  W.run(FD, In);
}

std::vector<LocatedSection> SectionCosts::take() const { return Found; }
