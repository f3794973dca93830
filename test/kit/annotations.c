// Annotations, role types and PAGED_CODE reach the syntax tree.
// RUN: %clang_kit -Werror -fsyntax-only -Xclang -ast-dump %s | FileCheck %s
// RUN: %clang_kit -x c++ -std=c++17 -Werror -fsyntax-only -Xclang -ast-dump %s | FileCheck %s
#include <ntddk.h>

typedef struct Extension {
  // CHECK: FieldDecl {{.*}} Guarded 'ULONG'
  // CHECK-NEXT: AnnotateAttr {{.*}} "sal:_Guarded_by_(Lock)"
  _Guarded_by_(Lock) ULONG Guarded;
  KSPIN_LOCK Lock;
} Extension;

// CHECK: FunctionDecl {{.*}} Take 'void (Extension *, PKIRQL)'
// CHECK: ParmVarDecl {{.*}} E 'Extension *'
// CHECK-NEXT: AnnotateAttr {{.*}} "sal:_Inout_"
// CHECK: ParmVarDecl {{.*}} Old 'PKIRQL'
// CHECK: AnnotateAttr {{.*}} "sal:_At_(*Old, _IRQL_saves_)"
// CHECK: AnnotateAttr {{.*}} "sal:_IRQL_requires_max_(DISPATCH_LEVEL)"
// CHECK: AnnotateAttr {{.*}} "sal:_IRQL_raises_(DISPATCH_LEVEL)"
// CHECK: AnnotateAttr {{.*}} "sal:_Acquires_lock_(E->Lock)"
_IRQL_requires_max_(DISPATCH_LEVEL)
_IRQL_raises_(DISPATCH_LEVEL)
_Acquires_lock_(E->Lock)
VOID Take(_Inout_ Extension *E, _Out_ _At_(*Old, _IRQL_saves_) PKIRQL Old);

// CHECK: TypedefDecl {{.*}} MY_ROLE
// CHECK: AnnotateAttr {{.*}} "sal:_Function_class_(MY_ROLE)"
typedef _Function_class_(MY_ROLE) VOID MY_ROLE(PVOID Context);

// CHECK: FunctionDecl {{.*}} OnDpc 'KDEFERRED_ROUTINE'
KDEFERRED_ROUTINE OnDpc;

// CHECK: FunctionDecl {{.*}} Read
// CHECK: AnnotateAttr {{.*}} "sal:_Dispatch_type_(IRP_MJ_READ)"
_Dispatch_type_(IRP_MJ_READ) DRIVER_DISPATCH Read;

_Use_decl_annotations_
VOID Take(Extension *E, PKIRQL Old) {
  // CHECK: CallExpr {{.*}} 'KIRQL'
  // CHECK-NEXT: ImplicitCastExpr
  // CHECK-NEXT: DeclRefExpr {{.*}} 'KeAcquireSpinLock'
  KeAcquireSpinLock(&E->Lock, Old);
}

// CHECK: FunctionDecl {{.*}} Paged
VOID Paged(IN PDRIVER_OBJECT Driver, OUT PVOID Unused OPTIONAL) {
  // CHECK: DeclRefExpr {{.*}} 'irqlint_paged_code'
  PAGED_CODE();
  UNREFERENCED_PARAMETER(Unused);
  _Analysis_assume_(Driver != NULL);
  Driver->MajorFunction[IRP_MJ_READ] = Read;
}
