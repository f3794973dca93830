# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small random driver functions.

A function is built right: what is acquired is released, on every way out. Then, in half of
them, one thing is changed: a statement is left out, doubled, replaced by its neighbour of
another kind, or something is done where it should not be. Nothing here says what is wrong
with the result; that is for the two judges to say.
"""
import random
import re

HEADER = """#pragma clang diagnostic error "-Wreturn-type"
#include <ntifs.h>

typedef struct _EXT {
  KSPIN_LOCK Spin, Spin2;
  FAST_MUTEX Fast, Fast2;
  KGUARDED_MUTEX Guarded;
  ERESOURCE Res;
  EX_PUSH_LOCK Push;
  EX_SPIN_LOCK Table;
  KMUTEX Mutex;
  EX_RUNDOWN_REF Rundown;
  KEVENT Event;
  LIST_ENTRY List;
  ULONG Count, State, Total, Rounds;
  BOOLEAN Ready, Busy, Stop, Deep;
  PVOID Data;
} EXT, *PEXT;
"""

# Ways to own something: what has to be declared, how to begin, how to end, the endings of
# other kinds that a programmer might take for it, how high it may be begun, the level inside.
SPIN = ("KeReleaseSpinLock(&Ext->{lock}, {irql});",
        "KeReleaseSpinLockFromDpcLevel(&Ext->{lock});")


class Way:
    def __init__(self, begin, end, *wrong, needs="", top=2, inside=None, lock="", critical=False,
                 attempt="", success="", low=0):
        self.begin, self.end, self.wrong = begin, end, wrong
        self.needs, self.top, self.inside = needs, top, inside
        self.lock, self.critical = lock, critical
        self.attempt, self.success, self.low = attempt, success, low


WAYS = [
    *(Way(f"KeAcquireSpinLock(&Ext->{l}, &{{irql}});", f"KeReleaseSpinLock(&Ext->{l}, {{irql}});",
          f"KeReleaseSpinLockFromDpcLevel(&Ext->{l});", f"KeLowerIrql({{irql}});", needs="irql",
          inside=2, lock=l) for l in ("Spin", "Spin2")),
    Way("KeAcquireSpinLockAtDpcLevel(&Ext->Spin2);", "KeReleaseSpinLockFromDpcLevel(&Ext->Spin2);",
        "KeReleaseSpinLock(&Ext->Spin2, PASSIVE_LEVEL);", inside=2, lock="Spin2", low=2),
    Way("KeAcquireInStackQueuedSpinLock(&Ext->Spin, &{handle});",
        "KeReleaseInStackQueuedSpinLock(&{handle});",
        "KeReleaseInStackQueuedSpinLockFromDpcLevel(&{handle});", needs="handle", inside=2,
        lock="Spin"),
    Way("ExAcquireFastMutex(&Ext->Fast);", "ExReleaseFastMutex(&Ext->Fast);",
        "ExReleaseFastMutexUnsafe(&Ext->Fast);", top=1, inside=1, lock="Fast",
        attempt="ExTryToAcquireFastMutex(&Ext->Fast)"),
    Way("ExAcquireFastMutex(&Ext->Fast2);", "ExReleaseFastMutex(&Ext->Fast2);", top=1, inside=1,
        lock="Fast2", attempt="ExTryToAcquireFastMutex(&Ext->Fast2)"),
    Way("KeAcquireGuardedMutex(&Ext->Guarded);", "KeReleaseGuardedMutex(&Ext->Guarded);",
        "KeReleaseGuardedMutexUnsafe(&Ext->Guarded);", top=1, lock="Guarded",
        attempt="KeTryToAcquireGuardedMutex(&Ext->Guarded)"),
    Way("ExAcquireResourceExclusiveLite(&Ext->Res, TRUE);", "ExReleaseResourceLite(&Ext->Res);",
        top=1, lock="Res", critical=True, attempt="ExAcquireResourceExclusiveLite(&Ext->Res, FALSE)"),
    Way("ExAcquireResourceSharedLite(&Ext->Res, TRUE);", "ExReleaseResourceLite(&Ext->Res);",
        top=1, lock="Res", critical=True, attempt="ExAcquireResourceSharedLite(&Ext->Res, FALSE)"),
    Way("ExEnterCriticalRegionAndAcquireResourceExclusive(&Ext->Res);",
        "ExReleaseResourceAndLeaveCriticalRegion(&Ext->Res);", "ExReleaseResourceLite(&Ext->Res);",
        top=1, lock="Res"),
    Way("ExAcquirePushLockExclusive(&Ext->Push);", "ExReleasePushLockExclusive(&Ext->Push);",
        "ExReleasePushLockShared(&Ext->Push);", top=1, lock="Push", critical=True),
    Way("ExAcquirePushLockShared(&Ext->Push);", "ExReleasePushLockShared(&Ext->Push);",
        "ExReleasePushLockExclusive(&Ext->Push);", top=1, lock="Push", critical=True),
    Way("{irql} = ExAcquireSpinLockExclusive(&Ext->Table);",
        "ExReleaseSpinLockExclusive(&Ext->Table, {irql});",
        "ExReleaseSpinLockShared(&Ext->Table, {irql});",
        "ExReleaseSpinLockExclusiveFromDpcLevel(&Ext->Table);", needs="irql", inside=2, lock="Table"),
    Way("{irql} = ExAcquireSpinLockShared(&Ext->Table);",
        "ExReleaseSpinLockShared(&Ext->Table, {irql});",
        "ExReleaseSpinLockExclusive(&Ext->Table, {irql});", needs="irql", inside=2, lock="Table"),
    Way("KeWaitForSingleObject(&Ext->Mutex, Executive, KernelMode, FALSE, NULL);",
        "KeReleaseMutex(&Ext->Mutex, FALSE);", top=1, lock="Mutex"),
    Way("KeRaiseIrql(DISPATCH_LEVEL, &{irql});", "KeLowerIrql({irql});", needs="irql", inside=2),
    Way("KeRaiseIrql(APC_LEVEL, &{irql});", "KeLowerIrql({irql});", needs="irql", top=1, inside=1),
    Way("{irql} = KeRaiseIrqlToDpcLevel();", "KeLowerIrql({irql});", needs="irql", inside=2),
    Way("KeEnterCriticalRegion();", "KeLeaveCriticalRegion();", "KeLeaveGuardedRegion();", top=1),
    Way("KeEnterGuardedRegion();", "KeLeaveGuardedRegion();", "KeLeaveCriticalRegion();", top=1),
    Way("", "ExReleaseRundownProtection(&Ext->Rundown);", lock="Rundown",
        attempt="ExAcquireRundownProtection(&Ext->Rundown)"),
]
# What may be done up to a level.
ACTS = [
    ("++Ext->Total;", 2), ("Ext->State |= 4;", 2), ("KeSetEvent(&Ext->Event, 0, FALSE);", 2),
    ("Ext->Data = ExAllocatePoolWithTag(NonPagedPoolNx, 64, 'tseT');", 2),
    ("KeClearEvent(&Ext->Event);", 2),
    ("KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);", 1),
    ("Ext->Data = ExAllocatePoolWithTag(PagedPool, 64, 'tseT');", 1),
    ("ZwClose(Ext->Data);", 0), ("PsCreateSystemThread(&Ext->Data, 0, NULL, NULL, NULL, NULL, NULL);", 0),
]
# What decides is read once: a member could change between two looks at it, which a function
# that is run by itself does not show. (Helpers look by themselves.)
FLAGS = ["Ready", "Busy", "Stop", "!Deep", "Count == 3", "Count > 7", "(State & 8)"]
MEMBERS = ["Ext->Ready", "Ext->Busy", "Ext->Stop", "!Ext->Deep", "Ext->Count == 3",
           "(Ext->State & 8)"]
ROLES = [
    ("IO_WORKITEM_ROUTINE {name};\nvoid {name}(PDEVICE_OBJECT Device, PVOID Context) {{",
     "  PEXT Ext = Context;\n  (void)Device;", "void", 0),
    ("KDEFERRED_ROUTINE {name};\nvoid {name}(PKDPC Dpc, PVOID Context, PVOID One, PVOID Two) {{",
     "  PEXT Ext = Context;\n  (void)Dpc, (void)One, (void)Two;", "void", 2),
    ("NTSTATUS {name}(PEXT Ext) {{", "", "status", 0),
    ("BOOLEAN {name}(PEXT Ext) {{", "", "bool", 0),
    ("void {name}(PEXT Ext) {{", "", "void", 0),
    ("DRIVER_UNLOAD {name};\nvoid {name}(PDRIVER_OBJECT Driver) {{",
     "  PEXT Ext = Driver->DeviceObject->DeviceExtension;", "void", 0),
]


class Line:
    """A statement, and what a slip of the pen might make of it."""

    def __init__(self, depth, text, kind="", wrong=()):
        self.depth, self.text, self.kind, self.wrong = depth, text, kind, list(wrong)

    def __str__(self):
        return "  " * self.depth + self.text


class Function:
    def __init__(self, rng, name):
        self.rng, self.name = rng, name
        self.helpers, self.lines, self.locals = [], [], []
        self.used, self.counter = {}, 0
        head, first, self.result, self.entry = rng.choice(ROLES)
        self.head, self.first = head.format(name=name), first
        self.out = rng.random() < 0.25 and "Exit"
        self.uses_out = False
        self.body()
        if rng.random() < 0.5:
            self.slip()

    # ---- building it right

    def fresh(self, kind):
        self.counter += 1
        name = {"irql": "Old", "handle": "Handle", "flag": "Has", "index": "I"}[kind] + str(self.counter)
        kind = {"irql": "KIRQL", "handle": "KLOCK_QUEUE_HANDLE", "flag": "BOOLEAN", "index": "ULONG"}[kind]
        init = " = FALSE" if kind == "BOOLEAN" else ""
        self.locals.append(f"  {kind} {name}{init};")
        return name

    def body(self):
        # Open: what is owned, innermost last, as lines that end it.
        self.block(1, self.entry, [], frozenset(), False, 3)
        if self.out:
            if self.uses_out:
                self.lines.append(Line(0, "Exit:"))
        if self.result != "void":
            self.lines.append(Line(1, self.back(True)))
        elif self.out and self.uses_out:
            self.lines.append(Line(1, "return;"))

    def back(self, good):
        return {"void": "return;",
                "status": "return STATUS_SUCCESS;" if good else "return STATUS_UNSUCCESSFUL;",
                "bool": "return TRUE;" if good else "return FALSE;"}[self.result]

    def block(self, depth, level, opened, locks, critical, budget):
        for _ in range(self.rng.randint(1, 3)):
            self.statement(depth, level, opened, locks, critical, budget)

    def statement(self, depth, level, opened, locks, critical, budget):
        r = self.rng.random()
        if budget <= 0 or r < 0.25:
            text, top = self.rng.choice([a for a in ACTS if a[1] >= level])
            self.lines.append(Line(depth, text, "act"))
        elif r < 0.60:
            self.owned(depth, level, opened, locks, critical, budget)
        elif r < 0.72:
            self.lines.append(Line(depth, f"if ({self.rng.choice(FLAGS)}) {{"))
            self.block(depth + 1, level, opened, locks, critical, budget - 1)
            if self.rng.random() < 0.4:
                self.lines.append(Line(depth, "} else {"))
                self.block(depth + 1, level, opened, locks, critical, budget - 1)
            self.lines.append(Line(depth, "}"))
        elif r < 0.84:
            self.leave(depth, opened)
        elif r < 0.92:
            i = self.fresh("index")
            bound = self.rng.choice(["2", "Rounds"])
            self.lines.append(Line(depth, f"for ({i} = 0; {i} < {bound}; ++{i}) {{"))
            self.block(depth + 1, level, opened, locks, critical, budget - 2)
            if self.rng.random() < 0.3:
                self.lines.append(Line(depth + 1, f"if ({self.rng.choice(FLAGS)})"))
                self.lines.append(Line(depth + 2, self.rng.choice(["break;", "continue;"])))
            self.lines.append(Line(depth, "}"))
        else:
            self.helper(depth, level, locks, critical)

    def leave(self, depth, opened):
        self.lines.append(Line(depth, f"if ({self.rng.choice(FLAGS)}) {{"))
        for text, wrong in reversed(opened):
            self.lines.append(Line(depth + 1, text, "end", wrong))
        if self.out and self.rng.random() < 0.7:
            self.uses_out = True
            self.lines.append(Line(depth + 1, "goto Exit;"))
        else:
            self.lines.append(Line(depth + 1, self.back(self.rng.random() < 0.3)))
        self.lines.append(Line(depth, "}"))

    def owned(self, depth, level, opened, locks, critical, budget):
        ways = [w for w in WAYS if w.low <= level <= w.top and w.lock not in locks
                and (critical or level >= 1 or not w.critical)]
        way = self.rng.choice(ways)
        names = {}
        if way.needs:
            names[way.needs] = self.fresh(way.needs)
        begin = way.begin.format(**names)
        end, wrong = way.end.format(**names), [w.format(**names) for w in way.wrong]
        inside = level if way.inside is None else max(level, way.inside)
        held = locks | {way.lock} if way.lock else locks
        region = critical or "Region()" in begin or "CriticalRegion" in begin
        shape = self.rng.random()
        if way.attempt and (not begin or shape < 0.4):
            how = self.rng.random()
            if how < 0.4:
                self.lines.append(Line(depth, f"if ({way.attempt}) {{"))
                self.block(depth + 1, inside, opened + [(end, wrong)], held, region, budget - 1)
                self.lines.append(Line(depth + 1, end, "end", wrong))
                self.lines.append(Line(depth, "}"))
            elif how < 0.7:
                has = self.fresh("flag")
                self.lines.append(Line(depth, f"{has} = {way.attempt};"))
                # The level inside is not known where the attempt may have failed.
                self.block(depth, max(inside, level), opened + [(f"if ({has}) {end}", [end])], held,
                           False if way.critical else critical, 0)
                self.lines.append(Line(depth, f"if ({has})"))
                self.lines.append(Line(depth + 1, end, "", wrong))
            else:
                self.lines.append(Line(depth, f"if (!{way.attempt}) {{"))
                for text, other in reversed(opened):
                    self.lines.append(Line(depth + 1, text, "end", other))
                self.lines.append(Line(depth + 1, self.back(False)))
                self.lines.append(Line(depth, "}"))
                self.block(depth, inside, opened + [(end, wrong)], held, region, budget - 1)
                self.lines.append(Line(depth, end, "end", wrong))
        elif shape < 0.55 and begin:
            # Sometimes, as a variable remembers.
            has = self.fresh("flag")
            self.lines.append(Line(depth, f"if ({self.rng.choice(FLAGS)}) {{"))
            self.lines.append(Line(depth + 1, begin, "begin"))
            self.lines.append(Line(depth + 1, f"{has} = TRUE;", "act"))
            self.lines.append(Line(depth, "}"))
            self.block(depth, inside, opened + [(f"if ({has}) {end}", [end])], held, critical, 0)
            self.lines.append(Line(depth, f"if ({has})"))
            self.lines.append(Line(depth + 1, end, "", wrong))
        elif shape < 0.68 and begin and not way.needs:
            # By two helpers.
            self.counter += 1
            a, b = f"{self.name}_enter{self.counter}", f"{self.name}_quit{self.counter}"
            self.helpers.append(f"static void {a}(PEXT Ext) {{\n  {begin}\n}}")
            self.helpers.append(f"static void {b}(PEXT Ext) {{\n  {end}\n}}")
            self.lines.append(Line(depth, f"{a}(Ext);", "begin"))
            self.block(depth, inside, opened + [(f"{b}(Ext);", wrong)], held, region, budget - 1)
            self.lines.append(Line(depth, f"{b}(Ext);", "end", wrong))
        else:
            self.lines.append(Line(depth, begin, "begin"))
            self.block(depth, inside, opened + [(end, wrong)], held, region, budget - 1)
            self.lines.append(Line(depth, end, "end", wrong))

    def helper(self, depth, level, locks, critical):
        """A helper that leaves everything as it was; perhaps it says how it went."""
        self.counter += 1
        name = f"{self.name}_help{self.counter}"
        ways = [w for w in WAYS if w.low <= level <= w.top and w.lock not in locks and w.begin
                and (critical or level >= 1 or not w.critical)]
        way = self.rng.choice(ways)
        names = {way.needs: "Own"} if way.needs else {}
        local = {"irql": "  KIRQL Own;\n", "handle": "  KLOCK_QUEUE_HANDLE Own;\n", "": ""}[way.needs]
        inside = level if way.inside is None else max(level, way.inside)
        act = self.rng.choice([a for a, top in ACTS if top >= inside])
        begin, end = way.begin.format(**names), way.end.format(**names)
        early = self.rng.random() < 0.5
        tell = early and self.rng.random() < 0.6
        text = f"static {'BOOLEAN' if tell else 'void'} {name}(PEXT Ext) {{\n{local}  {begin}\n"
        if early:
            text += f"  if ({self.rng.choice(MEMBERS)}) {{\n    {end}\n    return{' FALSE' if tell else ''};\n  }}\n"
        text += f"  {act}\n  {end}\n" + ("  return TRUE;\n" if tell else "") + "}"
        self.helpers.append(text)
        if tell:
            self.lines.append(Line(depth, f"if (!{name}(Ext)) {{"))
            self.lines.append(Line(depth + 1, "++Ext->State;", "act"))
            self.lines.append(Line(depth, "}"))
        else:
            self.lines.append(Line(depth, f"{name}(Ext);", "act"))

    # ---- one slip

    def slip(self):
        rng = self.rng
        places = {
            "forget": [i for i, l in enumerate(self.lines) if l.kind in ("begin", "end")],
            "double": [i for i, l in enumerate(self.lines) if l.kind in ("begin", "end")],
            "mistake": [i for i, l in enumerate(self.lines) if l.wrong],
            "insert": [i for i, l in enumerate(self.lines) if l.kind in ("begin", "end", "act")],
            "swap": [i for i, l in enumerate(self.lines[:-1])
                     if l.kind and self.lines[i + 1].kind and l.depth == self.lines[i + 1].depth],
        }
        how = rng.choice([h for h in places if places[h]] or [""])
        if not how:
            return
        i = rng.choice(places[how])
        line = self.lines[i]
        if how == "forget":
            del self.lines[i]
        elif how == "double":
            self.lines.insert(i, Line(line.depth, line.text, line.kind))
        elif how == "mistake":
            line.text = rng.choice(line.wrong)
        elif how == "insert":
            text = rng.choice(ACTS)[0]
            self.lines.insert(i + rng.randint(0, 1), Line(line.depth, text, "act"))
        else:
            self.lines[i], self.lines[i + 1] = self.lines[i + 1], self.lines[i]

    def text(self):
        # Declarations first, as in C of old.
        first = self.first.split("\n")
        code = "\n".join(str(l) for l in self.lines)
        for kind, name in (("BOOLEAN", "Ready"), ("BOOLEAN", "Busy"), ("BOOLEAN", "Stop"),
                           ("BOOLEAN", "Deep"), ("ULONG", "Count"), ("ULONG", "State"),
                           ("ULONG", "Rounds")):
            if re.search(rf"(?<!Ext->)\b{name}\b", code):
                first.append(f"  const {kind} {name} = Ext->{name};")
        local = "\n".join([l for l in first if l and "(void)" not in l] + self.locals
                          + [l for l in first if "(void)" in l])
        return "\n".join(self.helpers + [self.head] + ([local] if local else [])
                         + [str(l) for l in self.lines] + ["}"])


def program(seed, count):
    """The functions of one file: name and text."""
    out = []
    for i in range(count):
        name = f"f{i}"
        out.append((name, Function(random.Random(f"{seed}/{i}"), name).text()))
    return out
