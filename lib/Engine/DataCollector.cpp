//===- DataCollector.cpp --------------------------------------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/DataCollector.h"
#include "Engine/EntryLocks.h"
#include "Engine/PathSteps.h"
#include "Engine/Values.h"
#include "Engine/WdfConfig.h"
#include "Engine/WdfRules.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ParentMapContext.h"
#include "clang/AST/RecursiveASTVisitor.h"

using namespace clang;
using namespace clang::ento;
using namespace irqlint;

/// All locks that guard the data of an interrupt's service routine: which of a
/// driver's interrupts it is does not matter much, for it has one mostly.
static constexpr const char *AnyInterruptLock = "interrupt";

/// Where a driver keeps what belongs to a device object.
static constexpr const char *ExtensionMember = "DeviceExtension";

/// The dispatch table of a driver, and its entries for the requests with which
/// files are opened and closed, and devices started, stopped and removed.
static constexpr const char *DispatchTable = "MajorFunction";
static constexpr int64_t MajorCreate = 0, MajorClose = 2, MajorPower = 0x16,
                         MajorPnp = 0x1b;

DataCollector::DataCollector(ASTContext &Ctx, const UnitIndex &Index,
                             const LinkCollector &Link)
    : Ctx(Ctx), Index(Index), Link(Link) {}

void DataCollector::start(const WdfConfig &C) {
  Config = &C;
  const RuleSet &Rules = Index.rules();
  for (const std::string &Name : Rules.objectNames())
    for (const CallbackContract &K : Rules.object(Name)->Callbacks)
      if (K.Under == CallbackContract::Scope ||
          K.Under == CallbackContract::Serialization)
        Configured.insert(K.Member);
  findTypes();
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

std::string DataCollector::nameOf(const RecordDecl *R) const {
  if (R->getIdentifier())
    return R->getQualifiedNameAsString();
  if (const TypedefNameDecl *T = R->getTypedefNameForAnonDecl())
    return T->getNameAsString();
  return "";
}

static const RecordDecl *pointedAt(QualType T) {
  const auto *RT = T->isPointerType() || T->isReferenceType()
                       ? T->getPointeeType()->getAs<RecordType>()
                       : nullptr;
  return RT ? RT->getDecl() : nullptr;
}

/// The name of the handle type that an expression was declared with.
static StringRef handleTypeOf(const Expr *E) {
  const auto *T = E->IgnoreParenImpCasts()->getType()->getAs<TypedefType>();
  return T ? T->getDecl()->getName() : StringRef();
}

namespace {

/// Which types are contexts of objects: what a function returns that takes any
/// handle and is handed one of a device; what the extension of a device object
/// is taken for.
class TypeFinder : public RecursiveASTVisitor<TypeFinder> {
public:
  TypeFinder(const RuleSet &Rules,
             std::function<void(const UnaryOperator *)> OnAddress)
      : OnAddress(std::move(OnAddress)) {
    for (const std::string &Name : Rules.objectNames()) {
      const ObjectContract &C = *Rules.object(Name);
      if (!C.HandleType.empty() && C.SharedContext)
        Shared.insert(C.HandleType);
    }
  }
  std::vector<std::pair<const RecordDecl *, bool>> Found;
  /// Functions that are put into a driver's dispatch table, and where.
  std::vector<std::pair<const FunctionDecl *, int64_t>> Dispatch;

  bool VisitBinaryOperator(BinaryOperator *B) {
    if (!B->isAssignmentOp())
      return true;
    const Expr *Value = B->getRHS()->IgnoreParenCasts();
    while (const auto *Chain = dyn_cast<BinaryOperator>(Value)) {
      if (!Chain->isAssignmentOp())
        return true;
      Value = Chain->getRHS()->IgnoreParenCasts();
    }
    const auto *Entry =
        dyn_cast<ArraySubscriptExpr>(B->getLHS()->IgnoreParens());
    const auto *Table =
        Entry ? dyn_cast<MemberExpr>(Entry->getBase()->IgnoreParenImpCasts())
              : nullptr;
    const auto *R = dyn_cast<DeclRefExpr>(Value);
    const auto *FD = R ? dyn_cast<FunctionDecl>(R->getDecl()) : nullptr;
    if (!FD || !Table || Table->getMemberDecl()->getName() != DispatchTable)
      return true;
    Expr::EvalResult Index;
    bool Known = Entry->getIdx()->EvaluateAsInt(Index, FD->getASTContext());
    int64_t I = Known ? Index.Val.getInt().getExtValue() : -1;
    Dispatch.push_back({FD, I});
    return true;
  }

  bool VisitCallExpr(CallExpr *C) {
    const FunctionDecl *FD = C->getDirectCallee();
    const RecordDecl *R = pointedAt(C->getType());
    if (FD)
      findDispatch(C, FD);
    if (!FD || !R || FD->getNumParams() != 1 || C->getNumArgs() != 1 ||
        !isAnyHandle(FD->getParamDecl(0)->getType()))
      return true;
    StringRef T = handleTypeOf(C->getArg(0));
    if (T.empty() ||
        isAnyHandle(C->getArg(0)->IgnoreParenImpCasts()->getType()))
      return true; // nothing is known
    Found.push_back({R, Shared.count(T.str()) != 0});
    return true;
  }

  bool VisitUnaryOperator(UnaryOperator *U) {
    if (U->getOpcode() == UO_AddrOf)
      OnAddress(U);
    return true;
  }

  bool VisitCastExpr(CastExpr *C) {
    const auto *M =
        dyn_cast<MemberExpr>(C->getSubExpr()->IgnoreParenImpCasts());
    if (!M || M->getMemberDecl()->getName() != ExtensionMember)
      return true;
    if (const RecordDecl *R = pointedAt(C->getType()))
      Found.push_back({R, true});
    return true;
  }

private:
  /// A routine that is told for which requests it is given a function.
  void findDispatch(const CallExpr *C, const FunctionDecl *FD) {
    int64_t Major = -1;
    for (unsigned I = 0; I < FD->getNumParams() && I < C->getNumArgs(); ++I) {
      Expr::EvalResult V;
      if (FD->getParamDecl(I)->getName() == DispatchTable &&
          C->getArg(I)->EvaluateAsInt(V, FD->getASTContext()))
        Major = V.Val.getInt().getExtValue();
    }
    for (const Expr *A : C->arguments())
      if (const auto *R = dyn_cast<DeclRefExpr>(A->IgnoreParenCasts()))
        if (const auto *F = dyn_cast<FunctionDecl>(R->getDecl());
            F && Major >= 0)
          Dispatch.push_back({F, Major});
  }

  std::function<void(const UnaryOperator *)> OnAddress;
  std::set<std::string> Shared;

  /// A handle of whatever sort: a pointer to nothing in particular with a name.
  static bool isAnyHandle(QualType T) {
    return T->getAs<TypedefType>() && T->isVoidPointerType();
  }
};

} // namespace

void DataCollector::findTypes() {
  TypeFinder Finder(Index.rules(),
                    [this](const UnaryOperator *U) { noteAddress(U); });
  for (const auto &[FD, F] : Index.functions())
    Finder.TraverseStmt(F.FD->getBody());
  for (auto [R, IsShared] : Finder.Found)
    if (std::string Name = nameOf(R); !Name.empty())
      (IsShared ? Data.SharedTypes : Data.PrivateTypes).insert(Name);
  for (auto [FD, At] : Finder.Dispatch)
    (At == MajorPnp || At == MajorPower      ? Data.SetupFunctions
     : At == MajorCreate || At == MajorClose ? Data.OpenFunctions
                                             : Data.OtherFunctions)
        .insert(usrOf(FD));
}

//===----------------------------------------------------------------------===//
// Names of members and locks
//===----------------------------------------------------------------------===//

bool DataCollector::nameMember(ArrayRef<const FieldDecl *> Path,
                               DataAccess &A) const {
  const SourceManager &SM = Ctx.getSourceManager();
  if (Path.empty() || SM.isInSystemHeader(SM.getExpansionLoc(
                          Path.front()->getParent()->getLocation())))
    return false;
  for (const FieldDecl *F : Path) {
    // What a structure of the system's has inside is the system's.
    if (!A.Name.empty() &&
        SM.isInSystemHeader(SM.getExpansionLoc(F->getLocation())))
      break;
    if (!F->getIdentifier())
      continue; // (a nameless structure or union)
    if (!A.Name.empty())
      A.Name += '.';
    else if (A.Record.empty())
      A.Record = nameOf(Path.front()->getParent());
    A.Name += F->getNameAsString();
  }
  return !A.Name.empty() && !A.Record.empty();
}

bool DataCollector::nameVariable(const VarDecl *V, DataAccess &A) const {
  const SourceManager &SM = Ctx.getSourceManager();
  if (!V->hasGlobalStorage() || V->isStaticLocal() ||
      V->getType().isConstQualified() || V->getTLSKind() ||
      SM.isInSystemHeader(SM.getExpansionLoc(V->getLocation())))
    return false;
  A.Name = V->getQualifiedNameAsString();
  if (!V->isExternallyVisible()) {
    SourcePos P = posOf(V->getLocation(), Ctx);
    A.Name += "@" + P.File + ":" + std::to_string(P.Line);
  }
  return true;
}

std::string DataCollector::callbackLock(int Owner) const {
  const SourcePos &P = Config->facts().Objects[Owner].Pos;
  return "callback:" + P.File + ":" + std::to_string(P.Line) + ":" +
         std::to_string(P.Col);
}

std::vector<DataLock> DataCollector::locksOf(const SyncState &S,
                                             const Identity &Ids) const {
  std::set<DataLock> Out;
  for (const HeldLock &L : S.Held) {
    if (L.Kind && L.Kind->Reference)
      continue;
    DataLock D;
    D.Text = (L.Kind ? L.Kind->Title : std::string("lock")) + " '" +
             Ids.nameOf(L.Object) + "'";
    StringRef Id(static_cast<const char *>(L.Object));
    if (L.Kind && L.Kind->OfInterrupt)
      D.Key = AnyInterruptLock;
    else if (int Owner = ownerOfFrameworkLock(Id, Config->facts());
             Owner != NoObject)
      D.Key = callbackLock(Owner);
    else
      D.Key = Link.keyOf(L.Class);
    // (Whether a caller holds a lock that its owner may take again, or takes it
    // under a condition, is not seen well enough.)
    if (D.Key.empty() || (L.Kind && L.Kind->RecursiveExclusive))
      D.Key = UnknownLock;
    Out.insert(std::move(D));
  }
  // Where locks may have been taken that nobody sees, any may be held.
  if (S.Apcs.Vague)
    Out.insert({UnknownLock, "some lock"});
  return {Out.begin(), Out.end()};
}

void DataCollector::describeEntry(DataFunction &F,
                                  const EntryContext &Entry) const {
  if (!Entry.Role || !Entry.IsEntryPoint)
    return;
  F.Role = Entry.Role->Name;
  F.Lo = Entry.Range.Lo;
  F.Hi = Entry.Range.Hi;
  F.Setup = Entry.Role->Phase == "setup";
  F.Opening = Entry.Role->Phase == "open";
  std::set<DataLock> Held;
  for (const EntryLock &L : Entry.Held)
    Held.insert(
        {L.Interrupt ? AnyInterruptLock : callbackLock(L.Owner),
         (L.Interrupt ? "the lock of " : "the callback lock of ") + L.Title});
  const RuleSet &Rules = Index.rules();
  for (const std::string &Name : Entry.Role->LocksOnEntry) {
    if (const LockKindInfo *K = Rules.lockKindOfGlobal(Name)) {
      Held.insert({"system:" + Name, K->Title});
      continue;
    }
    const LockKindInfo *K = Rules.lockKind(Name);
    if (K && K->OfInterrupt)
      Held.insert({AnyInterruptLock, "the interrupt lock"});
    else if (K && !K->Reference)
      Held.insert({UnknownLock, K->Title});
  }
  if (!Entry.LocksKnown)
    for (const std::string &Via : Entry.Role->RegisteredVia)
      if (Configured.count(StringRef(Via).split('.').second.str()))
        Held.insert({UnknownLock, "some lock"});
  F.Held.assign(Held.begin(), Held.end());
  const WdfFacts &Facts = Config->facts();
  for (int O : Entry.Objects) {
    const ObjectContract *C = Rules.object(Facts.Objects[O].Creator);
    std::string One;
    if (C && !C->OneAtATime.empty() && !Facts.Objects[O].Many &&
        configHolds(C->OneAtATime, Facts, O, Rules).value_or(true)) {
      const SourcePos &P = Facts.Objects[O].Pos;
      One = P.File + ":" + std::to_string(P.Line) + ":" + std::to_string(P.Col);
    }
    if (O != Entry.Objects.front() && One != F.OneAtATime)
      One.clear();
    F.OneAtATime = One;
    if (One.empty())
      break;
  }
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

static std::string keyOf(ArrayRef<DataLock> Held) {
  std::string K;
  for (const DataLock &L : Held)
    K += L.Key + '\n';
  return K;
}

void DataCollector::add(Known &K, DataAccess A) {
  std::string Key = A.Record + '\n' + A.Name + '\n' + A.Pos.File + '\n' +
                    std::to_string(A.Pos.Line) + '\n' +
                    std::to_string(A.Pos.Col) + (A.Write ? "w" : "r") +
                    std::to_string(A.Is) + keyOf(A.Held);
  if (K.Said.insert(std::move(Key)).second)
    K.F.Accesses.push_back(std::move(A));
}

void DataCollector::addCall(Known &K, DataCall C) {
  if (K.Said.insert("call " + C.Usr + '\n' + keyOf(C.Held)).second)
    K.F.Calls.push_back(std::move(C));
}

static bool mentions(const Stmt *S, const ValueDecl *D) {
  if (!S)
    return false;
  if (const auto *M = dyn_cast<MemberExpr>(S); M && M->getMemberDecl() == D)
    return true;
  if (const auto *R = dyn_cast<DeclRefExpr>(S); R && R->getDecl() == D)
    return true;
  return llvm::any_of(S->children(),
                      [&](const Stmt *C) { return mentions(C, D); });
}

static const ValueDecl *declOf(const Expr *E) {
  E = E->IgnoreParenCasts();
  while (const auto *A = dyn_cast<ArraySubscriptExpr>(E))
    E = A->getBase()->IgnoreParenCasts();
  if (const auto *M = dyn_cast<MemberExpr>(E))
    return M->getMemberDecl();
  if (const auto *R = dyn_cast<DeclRefExpr>(E))
    return R->getDecl();
  return nullptr;
}

/// What is stored in \p Target is made of its old value.
bool DataCollector::modifies(const Expr *Target) {
  auto [I, New] = Modifies.try_emplace(Target, false);
  if (!New)
    return I->second;
  bool Is = false;
  DynTypedNode N = DynTypedNode::create(*Target);
  while (true) {
    DynTypedNodeList Up = Ctx.getParents(N);
    if (Up.empty())
      break;
    N = Up[0];
    if (N.get<ParenExpr>() || N.get<ImplicitCastExpr>())
      continue;
    if (const auto *U = N.get<UnaryOperator>())
      Is = U->isIncrementDecrementOp();
    else if (N.get<CompoundAssignOperator>())
      Is = true;
    else if (const auto *B = N.get<BinaryOperator>(); B && B->isAssignmentOp())
      if (const ValueDecl *D = declOf(Target))
        Is = mentions(B->getRHS(), D);
    break;
  }
  return Modifies[Target] = Is;
}

bool DataCollector::namePlace(SmallVectorImpl<const FieldDecl *> &Path,
                              const VarDecl *Variable, DataAccess &A) const {
  std::reverse(Path.begin(), Path.end());
  if (!Variable)
    return nameMember(Path, A);
  if (!nameVariable(Variable, A))
    return false;
  for (const FieldDecl *F : Path)
    if (F->getIdentifier())
      A.Name += "." + F->getNameAsString();
  return true;
}

bool DataCollector::nameRegion(const MemRegion *R, DataAccess &A) const {
  SmallVector<const FieldDecl *, 4> Path;
  const VarDecl *Variable = nullptr;
  for (const MemRegion *Now = R; Now;) {
    if (const auto *F = dyn_cast<FieldRegion>(Now))
      Path.push_back(F->getDecl());
    if (const auto *V = dyn_cast<VarRegion>(Now))
      Variable = V->getDecl();
    if (isa<AllocaRegion>(Now))
      return false;
    const auto *Sub = dyn_cast<SubRegion>(Now);
    if (!Sub || isa<SymbolicRegion, VarRegion>(Now))
      break;
    Now = Sub->getSuperRegion();
  }
  return namePlace(Path, Variable, A);
}

void DataCollector::noteAccess(const FunctionDecl *Root, const MemRegion *R,
                               bool IsLoad, const Expr *At, const SyncState &S,
                               const Identity &Ids) {
  auto I = Functions.find(Root->getCanonicalDecl());
  DataAccess A;
  const SourceManager &SM = Ctx.getSourceManager();
  if (I == Functions.end() || !At ||
      SM.isInSystemHeader(SM.getExpansionLoc(At->getBeginLoc())) ||
      !nameRegion(R, A))
    return;
  const Expr *Target = At;
  if (const auto *B = dyn_cast<BinaryOperator>(At); B && B->isAssignmentOp())
    Target = B->getLHS();
  A.Text = textOf(Target, Ctx);
  A.Pos = posOf(Target->getBeginLoc(), Ctx);
  A.Write = !IsLoad;
  A.Modify = A.Write && modifies(Target->IgnoreParens());
  A.Held = locksOf(S, Ids);
  add(I->second, std::move(A));
}

void DataCollector::noteUse(const FunctionDecl *Root, const MemRegion *R,
                            DataAccess::Use Is, StringRef Routine,
                            StringRef Text, const Expr *At, const SyncState &S,
                            const Identity &Ids) {
  auto I = Functions.find(Root->getCanonicalDecl());
  DataAccess A;
  if (I == Functions.end() || !At || !R || !nameRegion(R, A))
    return;
  Text.consume_front("&");
  A.Is = Is;
  A.Routine = Routine.str();
  A.Text = Text.str();
  A.Pos = posOf(At->getBeginLoc(), Ctx);
  A.Held = locksOf(S, Ids);
  add(I->second, std::move(A));
}

void DataCollector::noteCall(const FunctionDecl *Root,
                             const FunctionDecl *Callee, const SyncState &S,
                             const Identity &Ids) {
  auto I = Functions.find(Root->getCanonicalDecl());
  if (I != Functions.end())
    addCall(I->second, {usrOf(Callee), locksOf(S, Ids)});
}

SharedData DataCollector::take() {
  for (auto &[FD, K] : Functions)
    if (!K.F.Accesses.empty() || !K.F.Calls.empty())
      Data.Functions.push_back(std::move(K.F));
  Functions.clear();
  return std::move(Data);
}
