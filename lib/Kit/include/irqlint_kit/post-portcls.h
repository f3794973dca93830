// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The helpers for objects of port class drivers (stdunk.h): a base class that counts
// references for an outer object, and what every class declares with it.
#pragma once
#define STDMETHODIMP NTSTATUS NTAPI
#define STDMETHODIMP_(type) type NTAPI
#define STDMETHOD(method) virtual NTSTATUS NTAPI method
#define STDMETHOD_(type, method) virtual type NTAPI method
#define STDMETHODCALLTYPE NTAPI
#define THIS_
#define THIS void
#define PURE = 0
#define interface struct
#define DECLARE_INTERFACE(name) struct name
#define DECLARE_INTERFACE_(name, base) struct name : public base
#define DEFINE_ABSTRACT_UNKNOWN()                                                                  \
  STDMETHOD_(NTSTATUS, QueryInterface)(REFIID InterfaceId, PVOID *Interface) PURE;                 \
  STDMETHOD_(ULONG, AddRef)(THIS) PURE;                                                            \
  STDMETHOD_(ULONG, Release)(THIS) PURE;

#ifdef __cplusplus
struct INonDelegatingUnknown {
  virtual NTSTATUS NTAPI NonDelegatingQueryInterface(REFIID Id, PVOID *Interface) = 0;
  virtual ULONG NTAPI NonDelegatingAddRef(void) = 0;
  virtual ULONG NTAPI NonDelegatingRelease(void) = 0;
};
typedef INonDelegatingUnknown *PNONDELEGATINGUNKNOWN;

class CUnknown : public INonDelegatingUnknown {
  LONG m_lRefCount;
  PUNKNOWN m_pUnknownOuter;

public:
  CUnknown(PUNKNOWN Outer);
  virtual ~CUnknown(void);
  NTSTATUS NTAPI NonDelegatingQueryInterface(REFIID Id, PVOID *Interface);
  ULONG NTAPI NonDelegatingAddRef(void);
  ULONG NTAPI NonDelegatingRelease(void);
  PUNKNOWN GetOuterUnknown(void) { return m_pUnknownOuter; }
};
typedef CUnknown *PCUnknown;

#define DECLARE_STD_UNKNOWN()                                                                      \
  NTSTATUS NTAPI QueryInterface(REFIID Id, PVOID *Interface) {                                     \
    return GetOuterUnknown()->QueryInterface(Id, Interface);                                       \
  }                                                                                                \
  ULONG NTAPI AddRef(void) { return GetOuterUnknown()->AddRef(); }                                 \
  ULONG NTAPI Release(void) { return GetOuterUnknown()->Release(); }                               \
  NTSTATUS NTAPI NonDelegatingQueryInterface(REFIID Id, PVOID *Interface);
#define DEFINE_STD_CONSTRUCTOR(Class)                                                              \
  Class(PUNKNOWN Outer) : CUnknown(Outer) {}
#define QICAST(Type) PVOID((Type)(this))
#define QICASTUNKNOWN(Type) PVOID(PUNKNOWN((Type)(this)))

// Placement forms that allocate from a pool.
void *__cdecl operator new(size_t Size, POOL_TYPE Pool);
void *__cdecl operator new(size_t Size, POOL_TYPE Pool, ULONG Tag);
void *__cdecl operator new(size_t Size, POOL_FLAGS Flags, ULONG Tag);
void __cdecl operator delete(void *Address, ULONG Tag);

#define STD_CREATE_BODY_WITH_TAG_(Class, Unknown, Outer, Pool, Tag, Base)                          \
  Class *Made = new (Pool, Tag) Class(Outer);                                                      \
  if (!Made)                                                                                       \
    return STATUS_INSUFFICIENT_RESOURCES;                                                          \
  *(Unknown) = PUNKNOWN((Base)(Made));                                                             \
  (*(Unknown))->AddRef();                                                                          \
  return STATUS_SUCCESS
#define STD_CREATE_BODY_WITH_TAG(Class, Unknown, Outer, Pool, Tag)                                 \
  STD_CREATE_BODY_WITH_TAG_(Class, Unknown, Outer, Pool, Tag, PUNKNOWN)
#define STD_CREATE_BODY_(Class, Unknown, Outer, Pool, Base)                                        \
  STD_CREATE_BODY_WITH_TAG_(Class, Unknown, Outer, Pool, 'rCcP', Base)
#define STD_CREATE_BODY(Class, Unknown, Outer, Pool)                                               \
  STD_CREATE_BODY_(Class, Unknown, Outer, Pool, PUNKNOWN)
#endif
