// Audio drivers: the interfaces that a miniport implements with the declarations
// that the headers give, and those that it calls.
// RUN: %clang_kit -x c++ -std=c++17 -Werror -fsyntax-only %s
// RUN: %clang_kit --target=i686-pc-windows-msvc -x c++ -std=c++17 -Werror -fsyntax-only %s
// RUN: %clang_kit -x c -Werror -fsyntax-only %S/Inputs/portcls-in-c.c
#include <portcls.h>
#include <stdunk.h>

class Stream : public IMiniportWaveRTStreamNotification, public IMiniportWaveRTInputStream, public CUnknown {
public:
  DECLARE_STD_UNKNOWN();
  DEFINE_STD_CONSTRUCTOR(Stream)
  ~Stream();
  IMP_IMiniportWaveRTStream;
  IMP_IMiniportWaveRTStreamNotification;
  IMP_IMiniportWaveRTInputStream;
};

class Topology : public IMiniportTopology, public CUnknown {
public:
  DECLARE_STD_UNKNOWN();
  DEFINE_STD_CONSTRUCTOR(Topology)
  ~Topology();
  // With the methods of IMiniport.
  IMP_IMiniportTopology;
};

STDMETHODIMP_(NTSTATUS) Stream::SetState(KSSTATE State) { return STATUS_SUCCESS; }
STDMETHODIMP_(NTSTATUS) Stream::AllocateBufferWithNotification(ULONG Count, ULONG Size, PMDL *Mdl, ULONG *Actual, ULONG *Offset, MEMORY_CACHING_TYPE *Cache) { return STATUS_SUCCESS; }
STDMETHODIMP_(NTSTATUS) Stream::NonDelegatingQueryInterface(REFIID Id, PVOID *Interface) {
  *Interface = IsEqualGUIDAligned(Id, IID_IUnknown) ? QICASTUNKNOWN(PMINIPORTWAVERTSTREAM) : NULL;
  return *Interface ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}
STDMETHODIMP_(NTSTATUS) Topology::GetDescription(PPCFILTER_DESCRIPTOR *Description) { return STATUS_SUCCESS; }

NTSTATUS create(PUNKNOWN *Unknown, PUNKNOWN Outer) { STD_CREATE_BODY_(Topology, Unknown, Outer, NonPagedPoolNx, PMINIPORTTOPOLOGY); }

// Every method is implemented or inherited: the class is not abstract.
static_assert(!__is_abstract(Topology) && !__is_abstract(Stream), "complete");
static_assert(__is_abstract(IPortWaveRT) && __is_base_of(IPort, IPortWaveRT), "interface");

VOID calls(PPORT Port, PRESOURCELIST Resources, PINTERRUPTSYNC Sync, PINTERRUPTSYNCROUTINE Routine) {
  ULONG Interrupts = Resources->NumberOfInterrupts();
  if (Interrupts && NT_SUCCESS(Sync->CallSynchronizedRoutine(Routine, NULL)))
    Port->Release();
}
