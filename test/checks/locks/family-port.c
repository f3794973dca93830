// Mutexes of kernel streaming, and the order of a port driver's spin locks.
// RUN: %verify %s
#include <ntddk.h>
#include <ks.h>

typedef struct _STREAM {
  PKSFILTER Filter;
  PKSPIN Pin;
  PKSDEVICE Device;
  ULONG Count;
} STREAM, *PSTREAM;

NTSTATUS filter_leak_bad(PSTREAM Stream) {
  KsFilterAcquireControl(Stream->Filter);
  if (!Stream->Count)
    return STATUS_UNSUCCESSFUL; // expected-warning {{filter control mutex 'Stream->Filter' is still held when 'filter_leak_bad' returns}}
  KsFilterReleaseControl(Stream->Filter);
  return STATUS_SUCCESS;
}
void filter_again_bad(PSTREAM Stream) {
  KsFilterAcquireControl(Stream->Filter);
  KsFilterAcquireControl(Stream->Filter); // expected-warning {{filter control mutex 'Stream->Filter' is acquired again by 'KsFilterAcquireControl'}}
  KsFilterReleaseControl(Stream->Filter);
}
void order_bad(PSTREAM Stream) {
  KsPinAcquireProcessingMutex(Stream->Pin);
  KsFilterAcquireControl(Stream->Filter); // expected-warning {{'KsFilterAcquireControl' is called while processing mutex 'Stream->Pin' is held, which it forbids}}
  ++Stream->Count;
  KsFilterReleaseControl(Stream->Filter);
  KsPinReleaseProcessingMutex(Stream->Pin);
}
void order_good(PSTREAM Stream) {
  KsFilterAcquireControl(Stream->Filter);
  KsPinAcquireProcessingMutex(Stream->Pin);
  ++Stream->Count;
  KsPinReleaseProcessingMutex(Stream->Pin);
  KsFilterReleaseControl(Stream->Filter);
}
NTSTATUS device_leak_bad(PSTREAM Stream) {
  KsAcquireDevice(Stream->Device);
  if (!Stream->Count)
    return STATUS_UNSUCCESSFUL; // expected-warning {{device mutex 'Stream->Device' is still held when 'device_leak_bad' returns}}
  KsReleaseDevice(Stream->Device);
  return STATUS_SUCCESS;
}
NTSTATUS device_good(PSTREAM Stream) {
  NTSTATUS Status;
  KsAcquireDevice(Stream->Device);
  Status = Stream->Count ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
  KsReleaseDevice(Stream->Device);
  return Status;
}
