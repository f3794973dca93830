// RUN: %clang_kit -std=c++17 -Werror -fsyntax-only %s
#include <ndis.h>

MINIPORT_START_DEVICE Start;
MINIPORT_FILTER_RESOURCE_REQUIREMENTS Filter;
NDIS_STATUS Start(NDIS_HANDLE, PIRP) { return NDIS_STATUS_SUCCESS; }
NDIS_STATUS Filter(NDIS_HANDLE, PIRP) { return NDIS_STATUS_SUCCESS; }

void Fill(NDIS_MINIPORT_PNP_CHARACTERISTICS *To, NDIS_RECEIVE_THROTTLE_PARAMETERS *Limit, PSLIST_HEADER Free,
          PSLIST_ENTRY Entry, PNDIS_SPIN_LOCK Lock) {
  To->MiniportStartDeviceHandler = Start;
  To->MiniportFilterResourceRequirementsHandler = Filter;
  Limit->MoreNblsPending = Limit->MaxNblsToIndicate != NDIS_INDICATE_ALL_NBLS;
  NdisInitializeSListHead(Free);
  NdisInterlockedPushEntrySList(Free, Entry, Lock);
  (void)NdisInterlockedPopEntrySList(Free, Lock);
}
