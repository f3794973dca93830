// Wireless networks: addresses are arrays, lists carry their entries, commands of
// the device interface have a header.
// RUN: %clang_kit -Werror -fsyntax-only %s
#include <ndis.h>
#include <windot11.h>
#include <dot11wdi.h>
#define SAME(A, B) _Static_assert((A) == (B), #A)
SAME(sizeof(DOT11_MAC_ADDRESS), 6);
SAME(sizeof(DOT11_SSID), 36);
SAME(sizeof(WDI_MESSAGE_HEADER), 16);
SAME(DOT11_AUTH_ALGO_RSNA_PSK, 7);
SAME(DOT11_CIPHER_ALGO_CCMP, 4);
SAME(dot11_phy_type_erp, 6);
// Operational, mandatory, the first.
SAME(NWF_DEFINE_OID(1, 1, 1), 0x0E010101);
UCHAR last(DOT11_MAC_ADDRESS *Address) { return (*Address)[5]; }
