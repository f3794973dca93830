// Names that one header or another has and that drivers build on.
// RUN: %clang_kit -Werror -fsyntax-only %s
// RUN: %clang_kit --target=i686-pc-windows-msvc -Werror -fsyntax-only %s
// RUN: %clang_kit -x c++ -std=c++17 -Werror -fsyntax-only %s
#include <ntifs.h>
#include <ntddser.h>
#include <ntverp.h>
#include <usbdlib.h>

#if VER_PRODUCTBUILD < 7600
#error this is no old kit
#endif
#ifndef __USB_H__
#error what brings the declarations has the guard, too
#endif
#ifndef __cplusplus
#define static_assert _Static_assert
#endif
#define VALUE(X, N) static_assert((X) == (N), #X)
VALUE(FSCTL_SHRINK_VOLUME, 0x000901B0);
VALUE(FSCTL_EXTEND_VOLUME, 0x000900F0);
VALUE(IOCTL_SERENUM_GET_PORT_NAME, 0x0037020C);
VALUE(sizeof(NTFS_VOLUME_DATA_BUFFER), 96);
VALUE(__builtin_offsetof(SHRINK_VOLUME_INFORMATION, NewNumberOfSectors), 16);
VALUE(IsReparseTagValid(0xA000000C), 1);
VALUE(IsReparseTagValid(0x00010000), 0);

PCWCHAR First(PCWCHAR Text) { return Text; }
ULONG __CRTDECL Reads(void) { return IoReadOperationCount + IoReadTransferCount.LowPart; }
BOOLEAN IsUser(PVOID P) { return P <= MM_HIGHEST_USER_ADDRESS; }
void Forget(PSECURITY_CLIENT_CONTEXT Context) {
  SeDeleteClientSecurity(Context);
  SeStopImpersonatingClient();
}
const GUID *Port(void) { return &GUID_CLASS_COMPORT; }
