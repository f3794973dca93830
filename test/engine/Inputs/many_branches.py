"""Prints a unit with large functions; those named _bad have one mistake each."""

print("""#include <ntddk.h>
typedef struct { KSPIN_LOCK Lock, Other; KEVENT Event; ULONG F[400]; } EXT;
DRIVER_DISPATCH branches_good, branches_bad, cases_good, cases_bad, ladder_good, ladder_bad;
""")


def function(name, body):
    print(f"NTSTATUS {name}(PDEVICE_OBJECT Device, PIRP Irp) {{")
    print("  EXT *Ext = Device->DeviceExtension; KIRQL Irql; ULONG N = 0; (void)Irp;")
    print(body)
    print("  return N ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;\n}\n")


LOCK, UNLOCK = "KeAcquireSpinLock(&Ext->Lock, &Irql);", "KeReleaseSpinLock(&Ext->Lock, Irql);"
for kind in ("good", "bad"):
    bad = kind == "bad"
    lines = [f"  {LOCK}"]
    for i in range(300):
        lines.append(f"  if (Ext->F[{i}] & {i % 7 + 1}) N += {i};")
        if bad and i == 250:
            lines.append("  if (Ext->F[251] == 251) return STATUS_RETRY;")
    lines.append(f"  {UNLOCK}")
    function(f"branches_{kind}", "\n".join(lines))

    lines = [f"  {LOCK}", "  switch (Ext->F[0]) {"]
    for i in range(100):
        end = "return STATUS_RETRY;" if bad and i == 77 else "break;"
        lines.append(f"  case {i * 4}: N += Ext->F[{i}]; {end}")
    lines += ["  default: break; }", f"  {UNLOCK}"]
    function(f"cases_{kind}", "\n".join(lines))

    # Each rung may fail; the lock is taken in the middle.
    lines = []
    for i in range(120):
        if i == 60:
            lines.append(f"  {LOCK}")
        label = "Exit" if i < 60 or (bad and i == 100) else "Unlock"
        lines.append(f"  if (Ext->F[{i}] == {i}) goto {label};\n  ++N;")
    lines += ["Unlock:", f"  {UNLOCK}", "Exit:"]
    function(f"ladder_{kind}", "\n".join(lines))

# Correlated flags among unrelated branches.
print("void flags(EXT *Ext) { KIRQL Irql = 0; ULONG N = 0; BOOLEAN L = FALSE;")
for i in range(100):
    print(f"  if (Ext->F[{i}]) ++N;")
print(f"  if (N > 50) {{ {LOCK} L = TRUE; }}")
for i in range(100, 200):
    print(f"  if (Ext->F[{i}]) ++N;")
print(f"  if (L) {UNLOCK}\n  KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);\n}}")
print("void flagsWrong(EXT *Ext) { KIRQL Irql = 0; ULONG N = 0; BOOLEAN L = FALSE;")
for i in range(100):
    print(f"  if (Ext->F[{i}]) ++N;")
print(f"  if (N > 50) {{ {LOCK} L = TRUE; }}")
for i in range(100, 200):
    print(f"  if (Ext->F[{i}]) ++N;")
print("  if (L) KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);")
print(f"  if (L) {UNLOCK}\n}}")
