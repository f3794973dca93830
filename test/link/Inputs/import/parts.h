#include <ntddk.h>

struct Ring {
  KSPIN_LOCK Lock;
  int Count;
  int get();
  void put(int);
  __declspec(property(get = get, put = put)) int Size;
};

/* parts.cpp */
void Grow(Ring *R, KIRQL *OldIrql);
void Take(Ring *R, KIRQL *OldIrql);
void Fatal(Ring *R, KIRQL *OldIrql);
