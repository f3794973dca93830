//===- WdfFlow.cpp - The configuration pass over a unit -------------------===//
//
// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Engine/WdfFlow.h"
#include "Engine/EntryContext.h"
#include "Engine/PathSteps.h"
#include "Engine/WdfInterpreter.h"
#include "clang/AST/ASTContext.h"
#include "clang/AST/ParentMapContext.h"
#include "clang/AST/RecursiveASTVisitor.h"

using namespace clang;
using namespace irqlint;

static const RecordDecl *canonical(const RecordDecl *R) {
  return cast<RecordDecl>(R->getCanonicalDecl());
}

/// Configurations told apart at one creating call.
static constexpr unsigned MaxVariants = 8;

//===----------------------------------------------------------------------===//
// WdfObjects
//===----------------------------------------------------------------------===//

// While objects are collected, a ConfigValue of kind Object carries the number
// of a site in Obj and the variant in Num; finish() makes indices of them.

unsigned WdfObjects::site(const Expr *Call, unsigned Frame) {
  auto [I, New] = SiteIds.try_emplace({Call, Frame}, Sites.size());
  if (New)
    Sites.push_back({Call, {}, {}, {}});
  return I->second;
}

static bool same(const ConfigValue &A, const ConfigValue &B) {
  return A.K == B.K && A.Num == B.Num && A.Text == B.Text && A.Obj == B.Obj;
}

static bool same(const std::map<std::string, ConfigValue> &A,
                 const std::map<std::string, ConfigValue> &B) {
  return A.size() == B.size() && std::equal(A.begin(), A.end(), B.begin(),
                                            [](const auto &X, const auto &Y) {
                                              return X.first == Y.first &&
                                                     same(X.second, Y.second);
                                            });
}

static bool same(const WdfObject &A, const WdfObject &B) {
  return same(A.Config, B.Config) && same(A.Attributes, B.Attributes) &&
         same(A.AttributesGiven, B.AttributesGiven) &&
         same(A.Parent, B.Parent) && same(A.Device, B.Device) &&
         A.CreatedIn == B.CreatedIn;
}

int WdfObjects::add(unsigned Site, WdfObject O, FlowValue Setup) {
  SiteInfo &S = Sites[Site];
  for (size_t I = 0; I < S.Variants.size(); ++I)
    if (same(S.Variants[I], O) && S.Setups[I] == Setup)
      return int(I);
  if (S.Variants.size() >= MaxVariants) {
    // Too many to tell apart: nothing is known of any.
    for (WdfObject &V : S.Variants) {
      V.Config.clear();
      V.Attributes.clear();
      V.AttributesGiven = ConfigValue();
    }
    return -1;
  }
  O.Site = Site;
  S.Variants.push_back(std::move(O));
  S.Setups.push_back(Setup);
  return int(S.Variants.size()) - 1;
}

void WdfObjects::deviceOfSetup(FlowValue Setup, FlowValue Device) {
  if (Setup.K == FlowValue::Symbol || Setup.K == FlowValue::Address)
    Devices[Setup.Id].insert(Device.Id);
}

const WdfObject *WdfObjects::object(FlowValue Handle) const {
  if (Handle.K != FlowValue::Handle || Handle.Id >= Sites.size())
    return nullptr;
  const SiteInfo &S = Sites[Handle.Id];
  const auto &Seen = S.Variants.empty() ? S.Old : S.Variants;
  size_t V = Handle.Variant < 0 ? 0 : Handle.Variant;
  if (V >= Seen.size() || (Handle.Variant < 0 && Seen.size() > 1))
    return nullptr;
  return &Seen[V];
}

/// The declaration by which a place can be found again from anywhere.
const ValueDecl *WdfObjects::holderDecl(PlaceId P) const {
  // Members of configuration structures hold many handles in turn.
  if (const FieldDecl *F = All.fieldOf(P))
    return Structures.contains(canonical(F->getParent())) ? nullptr : F;
  const VarDecl *V = All.variableOf(P);
  return V && V->hasGlobalStorage() ? V : nullptr;
}

void WdfObjects::noteHolder(PlaceId P, FlowValue V) {
  const ValueDecl *D = holderDecl(P);
  if (!D || V.isNumber(0) || V.K == FlowValue::Zero)
    return;
  if (V.K == FlowValue::Handle)
    Holders[D].insert(int(V.Id));
  else
    Holders[D].insert(NoObject);
}

FlowValue WdfObjects::holderOf(PlaceId P) const {
  const ValueDecl *D = holderDecl(P);
  auto I = D ? Holders.find(D) : Holders.end();
  if (I == Holders.end() || I->second.size() != 1 ||
      *I->second.begin() == NoObject)
    return {};
  return FlowValue::handle(unsigned(*I->second.begin()), -1);
}

FlowValue WdfObjects::firstParameter(const FunctionDecl *FD) const {
  auto I = First.find(FD->getCanonicalDecl());
  if (I == First.end() || I->second.size() != 1 ||
      *I->second.begin() == NoObject)
    return {};
  return FlowValue::handle(unsigned(*I->second.begin()), -1);
}

void WdfObjects::noteCallbacks(
    const ObjectContract &C, FlowValue Self, FlowValue Setup,
    const std::vector<std::pair<std::string, const FunctionDecl *>>
        &Functions) {
  for (const auto &[Member, FD] : Functions)
    for (const CallbackContract &K : C.Callbacks) {
      if (K.Member != Member)
        continue;
      int Is = NoObject;
      if (K.First == CallbackContract::Self) {
        Is = int(Self.Id);
      } else if (K.First == CallbackContract::Device) {
        auto D = OldDevices.find(Setup.Id);
        bool Known =
            Setup.K == FlowValue::Symbol || Setup.K == FlowValue::Address;
        if (!Known || D == OldDevices.end())
          continue; // not created yet; the next round knows
        if (D->second.size() == 1)
          Is = int(*D->second.begin());
      }
      First[FD->getCanonicalDecl()].insert(Is);
    }
}

void WdfObjects::noteUse(const Expr *Call, FlowValue V) {
  Uses[Call].insert(V.K == FlowValue::Handle ? int(V.Id) : NoObject);
}

void WdfObjects::nextRound() {
  for (SiteInfo &S : Sites) {
    S.Old = std::move(S.Variants);
    S.Variants.clear();
    S.Setups.clear();
  }
  OldDevices = std::move(Devices);
  Devices.clear();
  Uses.clear();
}

/// Handles are pointers to opaque structures; what a member of that type gets
/// from somewhere is an object.
static bool isHandle(QualType T) {
  if (!T->isPointerType())
    return false;
  QualType P = T->getPointeeType();
  if (P->isVoidType())
    return true; // WDFOBJECT
  const auto *RT = P->getAs<RecordType>();
  return RT && !RT->getDecl()->getDefinition();
}

/// Name of the handle type that a place is declared with.
std::string WdfObjects::handleTypeAt(PlaceId P) const {
  QualType T;
  if (const VarDecl *V = All.variableOf(P))
    T = V->getType();
  else if (const FieldDecl *F = All.fieldOf(P))
    T = F->getType();
  else if (P && All[P].K == Places::Result)
    T = static_cast<const Expr *>(All[P].What)->getType();
  const auto *TT =
      T.isNull() || !isHandle(T) ? nullptr : T->getAs<TypedefType>();
  return TT ? TT->getDecl()->getNameAsString() : "";
}

ConfigValue WdfObjects::toConfig(const FlowValue &V, QualType T) const {
  ConfigValue C;
  switch (V.K) {
  case FlowValue::Number:
    C = ConfigValue::number(V.Num);
    break;
  case FlowValue::Zero:
    C = ConfigValue::number(0);
    break;
  case FlowValue::Function:
    C.K = ConfigValue::Function;
    C.Text = V.Ptr->getQualifiedNameAsString();
    C.Num = V.Ptr->isExternallyVisible();
    break;
  case FlowValue::Handle:
    C.K = ConfigValue::Object;
    C.Obj = int(V.Id);
    C.Num = V.Variant;
    break;
  case FlowValue::Address:
    C.K = ConfigValue::NonNull;
    break;
  case FlowValue::Symbol:
    if (isHandle(T)) {
      C.K = ConfigValue::NonNull;
      C.Text = handleTypeAt(V.Id);
    }
    break;
  case FlowValue::Unknown:
    break;
  }
  C.Pos = posOf(V.At, Ctx);
  return C;
}

/// The call stands in a loop of its function.
static bool isInLoop(const Expr *Call, ASTContext &Ctx) {
  DynTypedNode N = DynTypedNode::create(*Call);
  while (true) {
    DynTypedNodeList Up = Ctx.getParents(N);
    if (Up.empty() || Up[0].get<FunctionDecl>())
      return false;
    N = Up[0];
    const auto *S = N.get<Stmt>();
    if (S && isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(S))
      return true;
  }
}

/// One call that creates objects with different callbacks, and so different
/// objects: the first, say, and then the second interrupt of a device.
static bool areSeveral(ArrayRef<WdfObject> Variants) {
  return llvm::any_of(Variants, [&](const WdfObject &V) {
    for (const auto &[Member, Value] : V.Config) {
      auto I = Variants.front().Config.find(Member);
      if (I != Variants.front().Config.end() &&
          Value.K == ConfigValue::Function &&
          I->second.K == ConfigValue::Function && Value.Text != I->second.Text)
        return true;
    }
    return false;
  });
}

int WdfObjects::flatten(const ConfigValue &V,
                        const std::vector<int> &Offset) const {
  size_t Site = size_t(V.Obj);
  if (Site >= Sites.size() || Sites[Site].Variants.empty())
    return NoObject;
  if (V.Num >= 0 && size_t(V.Num) < Sites[Site].Variants.size())
    return Offset[Site] + int(V.Num);
  return Sites[Site].Variants.size() == 1 ? Offset[Site] : NoObject;
}

WdfFlowResult WdfObjects::finish() {
  WdfFlowResult R;
  std::vector<int> Offset;
  int Count = 0;
  for (const SiteInfo &S : Sites) {
    Offset.push_back(Count);
    Count += int(S.Variants.size());
  }
  auto Fix = [&](ConfigValue &V) {
    if (V.K != ConfigValue::Object)
      return;
    V.Obj = flatten(V, Offset);
    V.Num = 0;
    if (V.Obj == NoObject)
      V.K = ConfigValue::NonNull;
  };
  for (const SiteInfo &S : Sites) {
    const bool Many = isInLoop(S.Call, Ctx) || areSeveral(S.Variants);
    for (size_t I = 0; I < S.Variants.size(); ++I) {
      WdfObject O = S.Variants[I];
      O.Many = Many;
      for (auto &E : O.Config)
        Fix(E.second);
      for (auto &E : O.Attributes)
        Fix(E.second);
      Fix(O.Parent);
      Fix(O.Device);
      FlowValue Setup = S.Setups[I];
      if (Setup.K == FlowValue::Symbol || Setup.K == FlowValue::Address) {
        auto D = Devices.find(Setup.Id);
        if (D != Devices.end() && D->second.size() == 1 &&
            Sites[*D->second.begin()].Variants.size() == 1 &&
            O.Kind != "device") {
          O.Device.K = ConfigValue::Object;
          O.Device.Obj = Offset[*D->second.begin()];
          O.Parent = O.Device;
        }
      }
      R.Facts.Objects.push_back(std::move(O));
      R.Sites.push_back(S.Call);
    }
  }
  for (const auto &[Call, Used] : Uses) {
    SmallVector<int, 2> &To = R.Handles[Call];
    for (int Site : Used) {
      if (Site == NoObject || Sites[Site].Variants.empty()) {
        To.push_back(NoObject);
        continue;
      }
      for (size_t V = 0; V < Sites[Site].Variants.size(); ++V)
        To.push_back(Offset[Site] + int(V));
    }
  }
  return R;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {

/// Whether a body has to do with configurations: it uses a structure that a
/// creating routine takes, or a routine that takes a handle.
class Touches : public RecursiveASTVisitor<Touches> {
public:
  Touches(const UnitIndex &Index, const llvm::DenseSet<const RecordDecl *> &S)
      : Index(Index), Structures(S) {}
  bool Found = false;

  bool VisitDeclRefExpr(DeclRefExpr *E) {
    note(E->getType());
    const auto *FD = dyn_cast<FunctionDecl>(E->getDecl());
    if (!FD || !FD->getIdentifier())
      return !Found;
    const RuleSet &R = Index.rules();
    Found |= R.object(FD->getName()) != nullptr;
    if (const FunctionContract *C = Index.ruleOf(FD))
      Found |= C->hasEffects() && StringRef(C->Header).starts_with("wdf");
    return !Found;
  }
  bool VisitMemberExpr(MemberExpr *E) {
    note(E->getType());
    return !Found;
  }

private:
  const UnitIndex &Index;
  const llvm::DenseSet<const RecordDecl *> &Structures;

  void note(QualType T) {
    while (T->isPointerType() || T->isReferenceType())
      T = T->getPointeeType();
    if (const auto *RT = T->getAs<RecordType>())
      Found |= Structures.contains(canonical(RT->getDecl()));
  }
};

/// Structures that creating routines of this unit's headers take.
llvm::DenseSet<const RecordDecl *> structuresOf(ASTContext &Ctx,
                                                const RuleSet &Rules) {
  llvm::DenseSet<const RecordDecl *> Structures;
  for (const std::string &Name : Rules.objectNames()) {
    const ObjectContract &C = *Rules.object(Name);
    DeclarationName Id(&Ctx.Idents.get(Name));
    for (const NamedDecl *D : Ctx.getTranslationUnitDecl()->lookup(Id)) {
      const auto *FD = dyn_cast<FunctionDecl>(D);
      if (!FD)
        continue;
      for (const ValueRef &R : {C.Config, C.Attributes})
        if (R.K == ValueRef::Arg && R.Index < FD->getNumParams())
          if (const auto *RT = FD->getParamDecl(R.Index)
                                   ->getType()
                                   ->getPointeeType()
                                   ->getAs<RecordType>())
            Structures.insert(canonical(RT->getDecl()));
    }
  }
  return Structures;
}

} // namespace

WdfFlowResult irqlint::followConfigurations(
    ASTContext &Ctx, const UnitIndex &Index,
    const llvm::DenseSet<const FunctionDecl *> &Skip) {
  llvm::DenseSet<const RecordDecl *> Structures =
      structuresOf(Ctx, Index.rules());
  if (Structures.empty())
    return WdfFlowResult();
  llvm::DenseSet<const FunctionDecl *> Relevant;
  std::vector<const FunctionDecl *> Order;
  const SourceManager &SM = Ctx.getSourceManager();
  for (const auto &[FD, Facts] : Index.functions()) {
    if (Skip.contains(FD) ||
        SM.isInSystemHeader(SM.getExpansionLoc(Facts.FD->getLocation())))
      continue;
    Touches T(Index, Structures);
    T.TraverseStmt(Facts.FD->getBody());
    if (T.Found) {
      Relevant.insert(FD);
      Order.push_back(FD);
    }
  }
  // Callers of these hand them structures and handles.
  for (bool More = true; More;) {
    More = false;
    for (const auto &[FD, Facts] : Index.functions()) {
      if (Relevant.contains(FD) || Skip.contains(FD))
        continue;
      for (const FunctionDecl *Callee : Facts.Callees)
        if (Relevant.contains(Callee)) {
          Relevant.insert(FD);
          Order.push_back(FD);
          More = true;
          break;
        }
    }
  }
  llvm::DenseSet<const FunctionDecl *> Called;
  for (const FunctionDecl *FD : Order)
    for (const FunctionDecl *Callee : Index.find(FD)->Callees)
      if (Callee != FD)
        Called.insert(Callee);

  Places All;
  WdfObjects Objects(Ctx, All, Structures);
  WdfInterpreter I(Ctx, Index, All, Objects, Relevant);
  // The second round knows where the first one left the handles, and the third
  // what the second made of them.
  for (unsigned Round = 0; Round < 3; ++Round) {
    Objects.nextRound();
    for (const FunctionDecl *FD : Order) {
      const FunctionDecl *Def = Index.find(FD)->FD;
      EntryContext Entry = entryContextOf(Def, Index);
      bool Root =
          Entry.IsEntryPoint || !Called.contains(FD) || Index.addressTaken(FD);
      if (Root)
        I.runRoot(Def, Entry.Role ? Entry.Role->Name : "");
    }
  }
  return Objects.finish();
}
