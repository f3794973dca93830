// A driver for networks may have structures of its own for the headers of packets:
// only netiodef.h declares them.
// RUN: %clang_kit -Werror -fsyntax-only %s
#include <ndis.h>
#include <netioapi.h>
typedef union _ETHERNET_HEADER {
  UCHAR Raw[14];
} ETHERNET_HEADER, *PETHERNET_HEADER;
typedef struct _IPV4_HEADER {
  UCHAR Version;
} IPV4_HEADER;
NET_IF_MEDIA_CONNECT_STATE State = MediaConnectStateConnected;
