"""A bad and a good creation for every row of rules/kmdf-rules.yaml that matrix.py does
not go through: config_rules.py RULES OUT.c

Expected is the row's message, read from the rules, at the creating call of the bad one, and
nothing at that of the good one. A row without an example here is an error.
"""

import re
import sys

# Rows of which matrix.py makes every combination.
MATRIX = {
    "dispatch-callback-passive-parent",
    "passive-callback-inherited-passive",
    "passive-callback-dispatch-parent",
    "dispatch-callback-takes-mutex",
    "passive-callback-under-spin-lock",
}

PREFIX = """#include <ntddk.h>
#include <wdf.h>
EVT_WDF_TIMER Tick; void Tick(WDFTIMER T) { (void)T; }
EVT_WDF_DPC Finish; void Finish(WDFDPC D) { (void)D; }
EVT_WDF_WORKITEM Later; void Later(WDFWORKITEM W) { (void)W; }
EVT_WDF_IO_QUEUE_IO_DEFAULT Io; void Io(WDFQUEUE Q, WDFREQUEST R) { (void)Q; WdfRequestComplete(R, 0); }
EVT_WDF_FILE_CLOSE Close; void Close(WDFFILEOBJECT F) { (void)F; }
EVT_WDF_INTERRUPT_ISR Isr; BOOLEAN Isr(WDFINTERRUPT I, ULONG M) { (void)I; (void)M; return TRUE; }
EVT_WDF_INTERRUPT_DPC Dpc; void Dpc(WDFINTERRUPT I, WDFOBJECT D) { (void)I; (void)D; }
CM_PARTIAL_RESOURCE_DESCRIPTOR Line;
EVT_WDF_INTERRUPT_WORKITEM Work; void Work(WDFINTERRUPT I, WDFOBJECT D) { (void)I; (void)D; }
"""

TIMER = """WDF_TIMER_CONFIG C; WDFTIMER H;
  WDF_TIMER_CONFIG_INIT(&C, Tick); C.AutomaticSerialization = FALSE;
  WDF_OBJECT_ATTRIBUTES_INIT(&A); A.ParentObject = Device;
  {0}
  WdfTimerCreate(&C, &A, &H);"""
ZEROED_TIMER = TIMER.replace("WDF_OBJECT_ATTRIBUTES_INIT(&A);", "RtlZeroMemory(&A, sizeof(A)); A.Size = sizeof(A);")
DPC = """WDF_DPC_CONFIG C; WDFDPC H;
  WDF_DPC_CONFIG_INIT(&C, Finish); C.AutomaticSerialization = FALSE;
  WDF_OBJECT_ATTRIBUTES_INIT(&A); A.ParentObject = Device;
  {0}
  WdfDpcCreate(&C, &A, &H);"""
ITEM = """WDF_WORKITEM_CONFIG C; WDFWORKITEM H;
  WDF_WORKITEM_CONFIG_INIT(&C, Later); C.AutomaticSerialization = FALSE;
  WDF_OBJECT_ATTRIBUTES_INIT(&A); A.ParentObject = Device;
  {0}
  WdfWorkItemCreate(&C, &A, &H);"""
QUEUE = """WDF_IO_QUEUE_CONFIG C;
  WDF_IO_QUEUE_CONFIG_INIT(&C, WdfIoQueueDispatchParallel); C.EvtIoDefault = Io;
  WDF_OBJECT_ATTRIBUTES_INIT(&A);
  {0}
  WdfIoQueueCreate(Device, &C, &A, NULL);"""
INTERRUPT = """WDF_INTERRUPT_CONFIG C; WDFINTERRUPT H; WDFSPINLOCK Spin; WDFWAITLOCK Wait;
  WDF_OBJECT_ATTRIBUTES_INIT(&A); A.ParentObject = Device;
  WdfSpinLockCreate(&A, &Spin); WdfWaitLockCreate(&A, &Wait);
  WDF_INTERRUPT_CONFIG_INIT(&C, Isr, Dpc);
  {0}
  WdfInterruptCreate(Device, &C, NULL, &H);"""
# A device with what is said of it before and after.
FILE = """WDF_FILEOBJECT_CONFIG C; WDFDEVICE Device;
  WDF_FILEOBJECT_CONFIG_INIT(&C, NULL, Close, NULL);
  WDF_OBJECT_ATTRIBUTES_INIT(&A); {0}
  WdfDeviceInitSetFileObjectConfig(Init, &C, &A);
  WDF_OBJECT_ATTRIBUTES_INIT(&A); {1}
  WdfDeviceCreate(&Init, &A, &Device);"""
SCOPE = "A.SynchronizationScope = WdfSynchronizationScope%s;"
LEVEL = "A.ExecutionLevel = WdfExecutionLevel%s;"

BOTH = "C.InterruptRaw = &Line; C.InterruptTranslated = &Line;"

# row: (template, device, what is wrong, what is right); the creating call is the last of
# the template, or the one named.
CASES = {
    "level-not-initialized": (ZEROED_TIMER, "", [""], [LEVEL % "InheritFromParent" + SCOPE % "InheritFromParent"]),
    "level-out-of-range": (TIMER, "", ["A.ExecutionLevel = (WDF_EXECUTION_LEVEL)9;"], [LEVEL % "Dispatch"]),
    "level-not-allowed": (DPC, "", [LEVEL % "Passive"], [""]),
    "periodic-passive-timer": (TIMER, "", [LEVEL % "Passive" + "C.Period = 10;"], [LEVEL % "Passive"]),
    "queue-level-differs": (QUEUE, SCOPE % "Device" + LEVEL % "Dispatch", [LEVEL % "Passive"],
                            [LEVEL % "Passive" + SCOPE % "Queue"]),
    "scope-not-initialized": (ZEROED_TIMER, "", [LEVEL % "InheritFromParent"],
                              [LEVEL % "InheritFromParent" + SCOPE % "InheritFromParent"]),
    "scope-out-of-range": (QUEUE, "", ["A.SynchronizationScope = (WDF_SYNCHRONIZATION_SCOPE)9;"], [SCOPE % "None"]),
    "scope-not-allowed": (DPC, "", [SCOPE % "Device"], [SCOPE % "None"]),
    "file-object-queue-scope": (FILE, None, [SCOPE % "InheritFromParent", SCOPE % "Queue" + LEVEL % "Passive"],
                                [SCOPE % "None", SCOPE % "Queue" + LEVEL % "Passive"]),
    "file-object-device-scope": (FILE, None, [SCOPE % "InheritFromParent", SCOPE % "Device" + LEVEL % "Dispatch"],
                                 [SCOPE % "InheritFromParent", SCOPE % "Device" + LEVEL % "Passive"]),
    "wait-lock-of-dirql-interrupt": (INTERRUPT, "", ["C.WaitLock = Wait;"],
                                     ["C.WaitLock = Wait; C.PassiveHandling = TRUE;"]),
    "spin-lock-of-passive-interrupt": (INTERRUPT, "", ["C.SpinLock = Spin; C.PassiveHandling = TRUE;"],
                                       ["C.SpinLock = Spin;"]),
    "wake-of-dirql-interrupt": (INTERRUPT, "hw", [BOTH + "C.CanWakeDevice = TRUE;"],
                                [BOTH + "C.CanWakeDevice = TRUE; C.PassiveHandling = TRUE;"]),
    "interrupt-dpc-and-work-item": (INTERRUPT, "", ["C.EvtInterruptWorkItem = Work;"],
                                    ["C.EvtInterruptWorkItem = Work; C.EvtInterruptDpc = NULL;"]),
    "interrupt-without-isr": (INTERRUPT, "", ["C.EvtInterruptIsr = NULL;"], [""]),
    "interrupt-created-elsewhere": (INTERRUPT, "d0", [""], [""]),
    "interrupt-resources-before-they-are-known": (INTERRUPT, "", ["C.InterruptRaw = &Line;"], [""]),
    "interrupt-without-raw-resource": (INTERRUPT, "hw", ["C.InterruptTranslated = &Line;"], [BOTH]),
    "interrupt-without-translated-resource": (INTERRUPT, "hw", ["C.InterruptRaw = &Line;"], [BOTH]),
    "interrupt-shared-after-its-resource": (INTERRUPT, "hw", [BOTH + "C.ShareVector = WdfTrue;"], [BOTH + "C.ShareVector = WdfUseDefault;"]),
    "wake-interrupt-before-its-resource": (INTERRUPT, "", ["C.PassiveHandling = TRUE; C.CanWakeDevice = TRUE;"], ["C.PassiveHandling = TRUE;"]),
    "parent-required": (TIMER, "", ["A.ParentObject = NULL;"], [""]),
    "parent-forbidden": (FILE, None, ["A.ParentObject = WdfGetDriver();" + SCOPE % "None", ""], [SCOPE % "None", ""]),
    "work-item-without-callback": (ITEM, "", ["C.EvtWorkItemFunc = NULL;"], [""]),
    "timer-period-too-long": (TIMER, "", ["C.Period = 0x80000000UL;"], ["C.Period = 0x7fffffffUL;"]),
    "tolerant-high-resolution-timer": (TIMER, "", ["C.TolerableDelay = 10; C.UseHighResolutionTimer = TRUE;"],
                                       ["C.TolerableDelay = 10;"]),
    "queue-without-callback": (QUEUE, "", ["C.EvtIoDefault = NULL;"], ["C.EvtIoDefault = NULL; C.EvtIoRead = 0; C.DispatchType = WdfIoQueueDispatchManual;"]),
    "manual-queue-with-callback": (QUEUE, "", ["C.DispatchType = WdfIoQueueDispatchManual;"],
                                   ["C.DispatchType = WdfIoQueueDispatchSequential;"]),
}


def rows(path):
    """Name and message of every row."""
    found, name = {}, None
    for line in open(path, encoding="utf-8"):
        if match := re.match(r"  - name: (\S+)", line):
            name = match[1]
        elif match := re.match(r"    message: (.*)", line):
            found[name] = match[1]
    return found


def function(name, case, values, expected):
    template, device, _, _ = case
    body = template.format(*values)
    lines = body.split("\n")
    # The call that creates the object, or sets its configuration up.
    creates = [i for i, line in enumerate(lines) if re.search(r"Wdf(\w+Create|DeviceInitSetFileObjectConfig)\(", line)]
    at = next((i for i in creates if "FileObjectConfig" in lines[i]), creates[-1])
    if expected:
        lines[at] += " // expected-warning{{%s}}" % expected
    body = "\n".join(lines)
    head = "WDF_OBJECT_ATTRIBUTES A; "
    if device is None:
        text = f"EVT_WDF_DRIVER_DEVICE_ADD {name};\nNTSTATUS {name}(WDFDRIVER Driver, PWDFDEVICE_INIT Init) {{\n  (void)Driver; "
    elif device == "hw":
        text = f"EVT_WDF_DEVICE_PREPARE_HARDWARE {name};\nNTSTATUS {name}(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST List) {{\n  (void)Raw; (void)List; "
    elif device == "d0" and expected:
        text = f"EVT_WDF_DEVICE_D0_ENTRY {name};\nNTSTATUS {name}(WDFDEVICE Device, WDF_POWER_DEVICE_STATE S) {{\n  (void)S; "
    else:
        text = f"EVT_WDF_DRIVER_DEVICE_ADD {name};\nNTSTATUS {name}(WDFDRIVER Driver, PWDFDEVICE_INIT Init) {{\n  (void)Driver; WDFDEVICE Device; "
        said = device if device != "d0" else ""
        head += f"WDF_OBJECT_ATTRIBUTES_INIT(&A); {said} WdfDeviceCreate(&Init, &A, &Device);\n  "
    return text + head + body + "\n  return STATUS_SUCCESS;\n}\n"


def main():
    rules, out = sys.argv[1:]
    known = rows(rules)
    for name in sorted(set(known) - set(CASES) - MATRIX):
        sys.exit(f"{rules}: error: no example of the row '{name}'")
    for name in sorted((set(CASES) | MATRIX) - set(known)):
        sys.exit(f"{rules}: error: there is no row '{name}'")
    text = PREFIX
    for name, case in CASES.items():
        word = name.replace("-", "_")
        text += function(word + "_bad", case, case[2], known[name])
        text += function(word + "_good", case, case[3], None)
    with open(out, "w", encoding="utf-8") as f:
        f.write(text)
    print(len(CASES), "rows")


main()
