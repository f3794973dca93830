#include <portcls.h>
ULONG release(PPORT Port) { return Port->lpVtbl->Release(Port); }
NTSTATUS init(PPORTWAVERT Port, PDEVICE_OBJECT Device, PIRP Irp) { return Port->lpVtbl->Init(Port, Device, Irp, NULL, NULL, NULL); }
