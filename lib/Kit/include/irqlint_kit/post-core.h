// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Inline routines whose effect on data or control flow matters to a reader of
// driver code: doubly and singly linked lists, IRP stack locations, GUIDs, the order
// of bytes (where a constant is swapped, it is one).
#pragma once
#ifdef __cplusplus
extern "C" {
#endif

FORCEINLINE VOID InitializeListHead(PLIST_ENTRY Head) {
  Head->Flink = Head->Blink = Head;
}
FORCEINLINE BOOLEAN IsListEmpty(const LIST_ENTRY *Head) {
  return (BOOLEAN)(Head->Flink == Head);
}
FORCEINLINE BOOLEAN RemoveEntryList(PLIST_ENTRY Entry) {
  PLIST_ENTRY Next = Entry->Flink, Previous = Entry->Blink;
  Previous->Flink = Next;
  Next->Blink = Previous;
  return (BOOLEAN)(Next == Previous);
}
FORCEINLINE PLIST_ENTRY RemoveHeadList(PLIST_ENTRY Head) {
  PLIST_ENTRY Entry = Head->Flink;
  Head->Flink = Entry->Flink;
  Entry->Flink->Blink = Head;
  return Entry;
}
FORCEINLINE PLIST_ENTRY RemoveTailList(PLIST_ENTRY Head) {
  PLIST_ENTRY Entry = Head->Blink;
  Head->Blink = Entry->Blink;
  Entry->Blink->Flink = Head;
  return Entry;
}
FORCEINLINE VOID InsertHeadList(PLIST_ENTRY Head, PLIST_ENTRY Entry) {
  PLIST_ENTRY First = Head->Flink;
  Entry->Flink = First;
  Entry->Blink = Head;
  First->Blink = Entry;
  Head->Flink = Entry;
}
FORCEINLINE VOID InsertTailList(PLIST_ENTRY Head, PLIST_ENTRY Entry) {
  PLIST_ENTRY Last = Head->Blink;
  Entry->Flink = Head;
  Entry->Blink = Last;
  Last->Flink = Entry;
  Head->Blink = Entry;
}
FORCEINLINE VOID AppendTailList(PLIST_ENTRY Head, PLIST_ENTRY ListToAppend) {
  PLIST_ENTRY Last = Head->Blink;
  Head->Blink->Flink = ListToAppend;
  Head->Blink = ListToAppend->Blink;
  ListToAppend->Blink->Flink = Head;
  ListToAppend->Blink = Last;
}
FORCEINLINE PSINGLE_LIST_ENTRY PopEntryList(PSINGLE_LIST_ENTRY Head) {
  PSINGLE_LIST_ENTRY First = Head->Next;
  if (First)
    Head->Next = First->Next;
  return First;
}
FORCEINLINE VOID PushEntryList(PSINGLE_LIST_ENTRY Head,
                               PSINGLE_LIST_ENTRY Entry) {
  Entry->Next = Head->Next;
  Head->Next = Entry;
}

FORCEINLINE USHORT RtlUshortByteSwap(USHORT Source) {
  return (USHORT)((Source >> 8) | (Source << 8));
}
FORCEINLINE ULONG RtlUlongByteSwap(ULONG Source) {
  return (Source >> 24) | ((Source >> 8) & 0xFF00) | ((Source << 8) & 0xFF0000) | (Source << 24);
}
FORCEINLINE ULONGLONG RtlUlonglongByteSwap(ULONGLONG Source) {
  return ((ULONGLONG)RtlUlongByteSwap((ULONG)Source) << 32) | RtlUlongByteSwap((ULONG)(Source >> 32));
}

FORCEINLINE PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(PIRP Irp) {
  return Irp->Tail.Overlay.CurrentStackLocation;
}
FORCEINLINE VOID IoSkipCurrentIrpStackLocation(PIRP Irp) {
  Irp->CurrentLocation++;
  Irp->Tail.Overlay.CurrentStackLocation++;
}
FORCEINLINE VOID IoSetNextIrpStackLocation(PIRP Irp) {
  Irp->CurrentLocation--;
  Irp->Tail.Overlay.CurrentStackLocation--;
}
FORCEINLINE VOID IoMarkIrpPending(PIRP Irp) {
  Irp->Tail.Overlay.CurrentStackLocation->Control |= SL_PENDING_RETURNED;
}
FORCEINLINE VOID IoCopyCurrentIrpStackLocationToNext(PIRP Irp) {
  PIO_STACK_LOCATION Current = Irp->Tail.Overlay.CurrentStackLocation;
  PIO_STACK_LOCATION Next = Current - 1;
  memcpy(Next, Current, FIELD_OFFSET(IO_STACK_LOCATION, CompletionRoutine));
  Next->Control = 0;
}
FORCEINLINE VOID IoSetCompletionRoutine(PIRP Irp,
                                        PIO_COMPLETION_ROUTINE Routine,
                                        PVOID Context, BOOLEAN OnSuccess,
                                        BOOLEAN OnError, BOOLEAN OnCancel) {
  PIO_STACK_LOCATION Next = IoGetNextIrpStackLocation(Irp);
  Next->CompletionRoutine = Routine;
  Next->Context = Context;
  Next->Control = (UCHAR)((OnSuccess ? SL_INVOKE_ON_SUCCESS : 0) |
                          (OnError ? SL_INVOKE_ON_ERROR : 0) |
                          (OnCancel ? SL_INVOKE_ON_CANCEL : 0));
}
FORCEINLINE PDRIVER_CANCEL IoSetCancelRoutine(PIRP Irp,
                                              PDRIVER_CANCEL CancelRoutine) {
  return (PDRIVER_CANCEL)(ULONG_PTR)InterlockedExchangePointer(
      (PVOID volatile *)&Irp->CancelRoutine, (PVOID)(ULONG_PTR)CancelRoutine);
}
FORCEINLINE USHORT IoSizeOfIrp(CCHAR StackSize) {
  return (USHORT)(sizeof(IRP) + StackSize * sizeof(IO_STACK_LOCATION));
}
#ifdef __cplusplus
}
// Some drivers include everything inside of extern "C".
extern "C++" {
#ifdef __cpp_aligned_new
namespace std {
enum class align_val_t : size_t;
}
#endif
FORCEINLINE int irqlint_equal_guid(const GUID &A, const GUID &B) {
  return !memcmp(&A, &B, sizeof(GUID));
}
FORCEINLINE bool operator==(const GUID &A, const GUID &B) {
  return irqlint_equal_guid(A, B) != 0;
}
FORCEINLINE bool operator!=(const GUID &A, const GUID &B) { return !(A == B); }
}
#else
FORCEINLINE int irqlint_equal_guid(const GUID *A, const GUID *B) {
  return !memcmp(A, B, sizeof(GUID));
}
#endif

#ifdef __cplusplus
// The secure string routines know the size of an array themselves.
extern "C++" {
#define IRQLINT_SECURE(Name, Char)                                                                 \
  template <size_t N> inline int Name(Char (&To)[N], const Char *From) { return Name(To, N, From); }
IRQLINT_SECURE(strcpy_s, char)
IRQLINT_SECURE(wcscpy_s, wchar_t)
IRQLINT_SECURE(strcat_s, char)
IRQLINT_SECURE(wcscat_s, wchar_t)
#undef IRQLINT_SECURE
#define IRQLINT_SECURE(Name, Char)                                                                 \
  template <size_t N> inline int Name(Char (&To)[N], const Char *From, size_t Count) {             \
    return Name(To, N, From, Count);                                                               \
  }
IRQLINT_SECURE(strncpy_s, char)
IRQLINT_SECURE(wcsncpy_s, wchar_t)
IRQLINT_SECURE(strncat_s, char)
IRQLINT_SECURE(wcsncat_s, wchar_t)
#undef IRQLINT_SECURE
}
#endif
