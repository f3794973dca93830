"""Every combination of a serialized child with its parent: matrix.py OUT.c LEVEL [created]

LEVEL is that of the driver. With "created", queues that are refused have no children:
no execution comes to those.

The expectation comes from the framework's rule, written here a second time and
differently from rules/kmdf-rules.yaml: _expected() below follows the steps of
the framework when it looks for the lock of an object.
"""

import itertools
import sys

LEVELS = ["InheritFromParent", "Passive", "Dispatch"]
SCOPES = ["InheritFromParent", "Device", "Queue", "None"]
CHILDREN = {
    # kind: (initializer, structure, callback role, creating routine)
    "timer": ("WDF_TIMER_CONFIG_INIT", "WDF_TIMER_CONFIG", "Tick", "WdfTimerCreate", "WDFTIMER"),
    "dpc": ("WDF_DPC_CONFIG_INIT", "WDF_DPC_CONFIG", "Finish", "WdfDpcCreate", "WDFDPC"),
    "work": ("WDF_WORKITEM_CONFIG_INIT", "WDF_WORKITEM_CONFIG", "Work", "WdfWorkItemCreate", "WDFWORKITEM"),
}


def _expected(kind, serialized, driver, device_level, device_scope, queue, child_passive):
    """None, or a word of the message."""
    if not serialized:
        return None
    driver_level = "Dispatch" if driver == "InheritFromParent" else driver
    level = driver_level if device_level == "InheritFromParent" else device_level
    scope = "None" if device_scope == "InheritFromParent" else device_scope
    flag = device_level == "Passive"  # a device that inherits is not marked
    if queue:
        queue_level, queue_scope = queue
        level = level if queue_level == "InheritFromParent" else queue_level
        scope = scope if queue_scope == "InheritFromParent" else queue_scope
        flag = level == "Passive"  # a queue is
    if scope == "None":
        return None
    passive = {"timer": child_passive, "dpc": False, "work": True}[kind]
    if passive != flag:
        if passive and level == "Passive":
            return "only inherits the passive execution level"
        return "serialized by a spin lock" if passive else "serialized by a mutex"
    if not passive and level == "Passive":
        return "waits for the mutex at DISPATCH_LEVEL"
    return None


def _queue_refused(driver, device_level, device_scope, queue):
    driver_level = "Dispatch" if driver == "InheritFromParent" else driver
    level = driver_level if device_level == "InheritFromParent" else device_level
    scope = "None" if device_scope == "InheritFromParent" else device_scope
    own = level if queue[0] == "InheritFromParent" else queue[0]
    own_scope = scope if queue[1] == "InheritFromParent" else queue[1]
    return own_scope == "Device" and own != level


def main():
    out = [
        "#include <ntddk.h>",
        "#include <wdf.h>",
        "EVT_WDF_TIMER Tick; void Tick(WDFTIMER T) { (void)T; }",
        "EVT_WDF_DPC Finish; void Finish(WDFDPC D) { (void)D; }",
        "EVT_WDF_WORKITEM Work; void Work(WDFWORKITEM W) { (void)W; }",
        "EVT_WDF_IO_QUEUE_IO_DEFAULT Io; void Io(WDFQUEUE Q, WDFREQUEST R) { (void)Q; (void)R; }",
    ]
    # One driver per file: its level is the same for all devices.
    driver = sys.argv[2]
    created = sys.argv[3:] == ["created"]
    out.append(
        "NTSTATUS DriverEntry(PDRIVER_OBJECT Object, PUNICODE_STRING Path) {\n"
        "  WDF_DRIVER_CONFIG Config; WDF_OBJECT_ATTRIBUTES A;\n"
        "  WDF_DRIVER_CONFIG_INIT(&Config, NULL); WDF_OBJECT_ATTRIBUTES_INIT(&A);\n"
        f"  A.ExecutionLevel = WdfExecutionLevel{driver};\n"
        "  return WdfDriverCreate(Object, Path, &A, &Config, NULL);\n}"
    )
    queues = [None] + [q for q in itertools.product(LEVELS, SCOPES)]
    number = bad = 0
    for kind, serialized, level, scope, queue in itertools.product(
        CHILDREN, (True, False), LEVELS, SCOPES, queues
    ):
        for child_passive in (False, True) if kind == "timer" else (False,):
            init, struct, callback, create, handle = CHILDREN[kind]
            if queue and (not serialized or kind == "dpc" and queue[0] == "Dispatch"):
                continue  # enough of these
            if queue and created and _queue_refused(driver, level, scope, queue):
                continue
            number += 1
            out += [
                f"NTSTATUS Create{number}(PWDFDEVICE_INIT Init, {handle} *Child) {{",
                f"  WDF_OBJECT_ATTRIBUTES A; WDFDEVICE Device; {struct} Config; NTSTATUS S;",
                "  WDF_OBJECT_ATTRIBUTES_INIT(&A);",
                f"  A.ExecutionLevel = WdfExecutionLevel{level};",
                f"  A.SynchronizationScope = WdfSynchronizationScope{scope};",
                "  S = WdfDeviceCreate(&Init, &A, &Device);",
                "  if (!NT_SUCCESS(S)) return S;",
                "  WDFOBJECT Parent = Device;",
            ]
            if queue:
                out += [
                    "  WDFQUEUE Queue; WDF_IO_QUEUE_CONFIG QC;",
                    "  WDF_IO_QUEUE_CONFIG_INIT(&QC, WdfIoQueueDispatchParallel);",
                    "  QC.EvtIoDefault = Io;",
                    "  WDF_OBJECT_ATTRIBUTES_INIT(&A);",
                    f"  A.ExecutionLevel = WdfExecutionLevel{queue[0]};",
                    f"  A.SynchronizationScope = WdfSynchronizationScope{queue[1]};",
                ]
                if _queue_refused(driver, level, scope, queue):
                    bad += 1
                    out.append("  // expected-warning@+1 {{needs the execution level of the device}}")
                out += [
                    "  S = WdfIoQueueCreate(Device, &QC, &A, &Queue);",
                    "  if (!NT_SUCCESS(S)) return S;",
                    "  Parent = Queue;",
                ]
            out += [f"  {init}(&Config, {callback});"]
            if not serialized:
                out.append("  Config.AutomaticSerialization = FALSE;")
            out += ["  WDF_OBJECT_ATTRIBUTES_INIT(&A);", "  A.ParentObject = Parent;"]
            if child_passive:
                out.append("  A.ExecutionLevel = WdfExecutionLevelPassive;")
            word = _expected(kind, serialized, driver, level, scope, queue, child_passive)
            if word:
                bad += 1
                out.append(f"  // expected-warning@+1 {{{{{word}}}}}")
            out += [f"  return {create}(&Config, &A, Child);", "}"]
    if not bad:
        out.append("// expected-no-diagnostics")
    with open(sys.argv[1], "w", encoding="utf-8") as f:
        f.write("\n".join(out) + "\n")
    print(f"{number} creations, {bad} refused or wrong")


if __name__ == "__main__":
    main()
