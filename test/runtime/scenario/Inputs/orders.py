"""Small drivers whose end tells in which order things happened: orders.py IRQLINT FIRST COUNT OUT.c

Two or three threads take locks, set and look at events, count, and queue a deferred procedure. Each
value that the end can have is a finding of its own; with and without the interleavings that only
order independent steps otherwise there must be the same ones.
"""

import random
import sys

from reduction import run

VALUES = 48

HEAD = """#include <irqlint_scenario.h>
static KSPIN_LOCK Spin[2];
static FAST_MUTEX Mutex;
static KEVENT Set, Never;
static KDPC Dpc;
static LONG X[4], volatile Y, Saw[3];
static void spin(int L, int Id) {
  KIRQL Old;
  KeAcquireSpinLock(&Spin[L], &Old);
  X[L] = (X[L] * 2 + Id) % 7;
  KeReleaseSpinLock(&Spin[L], Old);
}
static void both(int Id) {
  KIRQL Old;
  KeAcquireSpinLock(&Spin[0], &Old);
  X[0] = (X[0] * 2 + Id) % 7;
  KeAcquireSpinLockAtDpcLevel(&Spin[1]);
  X[1] = (X[1] + X[0]) % 7;
  KeReleaseSpinLockFromDpcLevel(&Spin[1]);
  KeReleaseSpinLock(&Spin[0], Old);
}
static void mutex(int Id) {
  ExAcquireFastMutex(&Mutex);
  X[2] = (X[2] * 2 + Id) % 7;
  ExReleaseFastMutex(&Mutex);
}
static void look(int Id) {
  LARGE_INTEGER Now;
  Now.QuadPart = 0;
  Saw[Id] = Saw[Id] * 2 + (KeWaitForSingleObject(&Set, Executive, KernelMode, FALSE, &Now) == STATUS_SUCCESS);
}
static void add(int Id) { InterlockedExchangeAdd(&Y, Id); }
static void twice(int Id) { (void)Id; InterlockedCompareExchange(&Y, 5, 2); }
static void read(int Id) { Saw[Id] = Saw[Id] * 3 + InterlockedExchangeAdd(&Y, 0); }
KDEFERRED_ROUTINE later;
void later(PKDPC D, PVOID C, PVOID A, PVOID B) {
  (void)D, (void)C, (void)A, (void)B;
  KeAcquireSpinLockAtDpcLevel(&Spin[0]);
  X[0] = (X[0] * 2 + 3) % 7;
  KeReleaseSpinLockFromDpcLevel(&Spin[0]);
  InterlockedExchangeAdd(&Y, 3);
}
"""

STEPS = ["spin(0, {0});", "spin(1, {0});", "both({0});", "mutex({0});", "look({0});", "add({0});", "twice({0});",
         "read({0});", "KeSetEvent(&Set, 0, FALSE);", "KeClearEvent(&Set);",
         "KeInsertQueueDpc(&Dpc, NULL, NULL);"]


def program(seed):
    rand = random.Random(seed)
    text = HEAD
    threads = rand.choice([2, 2, 3])
    kinds = rand.sample(STEPS, 3)  # so that they meet
    for i in range(threads):
        steps = [rand.choice(kinds).format(i) for _ in range(rand.randint(2, 5 if threads == 2 else 3))]
        body = "\n  ".join(steps)
        text += f"static void thread{i}(PVOID C) {{\n  (void)C;\n  {body}\n}}\n"
    text += """void All(void) {
  int I;
  KeInitializeSpinLock(&Spin[0]);
  KeInitializeSpinLock(&Spin[1]);
  ExInitializeFastMutex(&Mutex);
  KeInitializeEvent(&Set, NotificationEvent, FALSE);
  KeInitializeDpc(&Dpc, later, NULL);
  for (I = 0; I < 4; ++I)
    X[I] = 1;
"""
    for i in range(threads):
        text += f"  ScenarioThread(thread{i}, NULL);\n"
    text += f"""  ScenarioWait();
  I = (X[0] + 7 * X[1] + 5 * X[2] + 11 * Y + 13 * Saw[0] + 17 * Saw[1] + 19 * Saw[2]) % {VALUES};
"""
    for i in range(VALUES):
        text += f"  if (I == {i})\n    KeSetEvent(&Never, 0, FALSE);\n"
    return text + "}\n"


def main():
    irqlint, first, count, out = sys.argv[1:]
    few_all = many_all = ends = 0
    for seed in range(int(first), int(first) + int(count)):
        with open(out, "w", encoding="utf-8") as f:
            f.write(program(seed))
        reduced, few = run(irqlint, 2, out, "All", [])
        everything, many = run(irqlint, 2, out, "All", ["--all-interleavings"])
        if reduced != everything:
            sys.exit(f"program {seed}: not the same ends: {sorted(reduced ^ everything)}")
        if not everything:
            sys.exit(f"program {seed}: no end is told")
        few_all, many_all, ends = few_all + few, many_all + many, ends + len(everything)
    print(f"{count} programs: {ends} ends, {few_all} of {many_all} interleavings")


if __name__ == "__main__":
    main()
