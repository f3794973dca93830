// Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Flags of the network adapter class extension are combined in C++, too.
#pragma once
#ifdef __cplusplus
#define IRQLINT_NET_FLAGS(T)                                                                       \
  inline T operator|(T A, T B) { return (T)((int)A | (int)B); }                                    \
  inline T operator&(T A, T B) { return (T)((int)A & (int)B); }                                    \
  inline T &operator|=(T &A, T B) { return A = A | B; }
IRQLINT_NET_FLAGS(NET_PACKET_FILTER_FLAGS)
IRQLINT_NET_FLAGS(NET_ADAPTER_AUTO_NEGOTIATION_FLAGS)
IRQLINT_NET_FLAGS(NET_ADAPTER_OFFLOAD_LAYER3_FLAGS)
IRQLINT_NET_FLAGS(NET_ADAPTER_OFFLOAD_LAYER4_FLAGS)
#undef IRQLINT_NET_FLAGS
#endif
