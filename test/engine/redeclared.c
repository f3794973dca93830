// A global variable that a header declares and the file defines is one variable: what leads to a lock
// through it is the same before and after a call.
// RUN: %verify %s
#include <ndis.h>

typedef struct _CHANNEL { NDIS_SPIN_LOCK Lock; } CHANNEL, *PCHANNEL;
typedef struct _CHANNELS {
  PCHANNEL Channel;
  ULONG Count;
} CHANNELS, *PCHANNELS;
extern PCHANNELS Channels;
PCHANNELS Channels;
int nextOf(int N);

static void lockChannel(PCHANNEL C) {
  if (C == NULL)
    return;
  NdisAcquireSpinLock(&C->Lock); // expected-note 0+ {{}}
}
static void unlockChannel(PCHANNEL C) {
  if (C == NULL)
    return;
  NdisReleaseSpinLock(&C->Lock);
}
void redeclared_good(int N) {
  lockChannel(Channels->Channel);
  while (nextOf(N))
    ++Channels->Count;
  unlockChannel(Channels->Channel);
}
void redeclared_bad(int N) {
  lockChannel(Channels->Channel); // expected-note 0+ {{}}
  if (nextOf(N))                  // expected-note 0+ {{}}
    return; // expected-warning {{is still held when 'redeclared_bad' returns}}
  unlockChannel(Channels->Channel);
}
