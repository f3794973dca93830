#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes rules/ddi/*.yaml and rules/roles/*.yaml from tables of documented facts.

usage: import-facts.py FACTS-FOLDER [RULES-FOLDER]

FACTS-FOLDER holds ddi-irql.tsv and callbacks.tsv (read from the public driver
documentation; see docs/rules-format.md). The output is committed; this script
never runs in a build. Corrections are kept by hand in the other rule files,
which refine these records by name.
"""

import csv
import re
import sys
from pathlib import Path

LEVELS = ["PASSIVE", "APC", "DISPATCH", "DIRQL", "HIGH"]

# What the name of a documented compliance rule says. Where page and rule
# disagree, only what both forbid is firm, so the window covers both.
COMPLIANCE = [
    (re.compile(r"IrqlDispatch$"), ("DISPATCH", "DISPATCH")),
    (re.compile(r"Irql(KeDispatchLte|IoDispatch|MmDispatch)$"),
     ("PASSIVE", "DISPATCH")),
    (re.compile(r"Irql(Ex|Ke|Mm|Io)?ApcLte\d*$"), ("PASSIVE", "APC")),
    (re.compile(r"Irql(Zw|Ex|Ps|Ob|Rtl|Io)Passive\d*$"), ("PASSIVE", "PASSIVE")),
]

# Locks on entry, as the facts spell them; others are internal to the system.
LOCKS = {
    "none": [],
    "interrupt-lock": ["wdf-interrupt-lock"],
    "interrupt-spinlock": ["interrupt-spin-lock"],
    "InterruptLock": ["storport-interrupt-lock"],
    "cancel-spinlock(callback-must-release)": ["cancel-spin-lock"],
}

HEAD = """\
# {what} of {header} as its documentation states them.
# Written by tools/import-facts.py; corrections belong into the other rule
# files, which refine these records by name.
header: {header}
base: true
{section}:
"""


def rows(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))


def scalar(s):
    return s if re.fullmatch(r"[A-Za-z_][\w./-]*", s) else f'"{s}"'


def sequence(items):
    return "[" + ", ".join(scalar(i) for i in items) + "]"


def bounds(lo, hi, firm=True):
    parts = []
    if lo != "PASSIVE":
        parts.append(f"min: {lo}")
    parts.append(f"max: {hi}")
    if not firm:
        parts.append("firm-min: false")
    return "{" + ", ".join(parts) + "}"


def widened(row):
    """The documented window, widened where a compliance rule allows more."""
    lo, hi = LEVELS.index(row["irql_min"]), LEVELS.index(row["irql_max"])
    for rule in row["irql_rules"].split(";"):
        for pattern, (rule_lo, rule_hi) in COMPLIANCE:
            if pattern.match(rule):
                lo = min(lo, LEVELS.index(rule_lo))
                hi = max(hi, LEVELS.index(rule_hi))
    return LEVELS[lo], LEVELS[hi]


def function_record(row):
    parts = ["name: " + scalar(row["name"])]
    if row["irql_max"]:
        lo, hi = widened(row)
        firm = lo == "PASSIVE" or row["min_basis"] != "bare"
        parts.append(f"irql: [{bounds(lo, hi, firm)}]")
        if row["conditional"] == "yes":
            parts.append("conditional: true")
    if row["apc_requires"]:
        parts.append("apc: " + row["apc_requires"])
    parts.append("source: " + scalar(row["pages"].split(";")[0]))
    return parts


def role_record(row):
    parts = ["name: " + scalar(row["name"])]
    if row["implementer"] != "driver":
        parts.append("implementer: " + row["implementer"])
    if row["irql_max"]:
        parts.append("entry: " + bounds(row["irql_min"], row["irql_max"]))
    if row["conditional"] == "yes":
        parts.append("conditional: true")
    if row["irql_usual"]:
        parts.append("usual: " + row["irql_usual"])
    if row["locks_on_entry"] in LOCKS:
        parts.append("locks-on-entry: " + sequence(LOCKS[row["locks_on_entry"]]))
    tags = [t for t in row["conditions"].split(";") if t]
    if tags:
        parts.append("conditions: " + sequence(tags))
    apis = [a for a in row["registered_by"].split(";")
            if re.fullmatch(r"[\w:]+:\d+", a)]
    if apis:
        parts.append("registered-by: " + sequence(apis))
    # STRUCT.member->Api:index|...: the member is what a look-up starts from.
    via = []
    for chain in re.split(r"[;|]", row["registered_via"]):
        first = chain.split("->")[0].strip()
        if re.fullmatch(r"\w+\.[\w.]+", first) and first not in via:
            via.append(first)
    if via and row["implementer"] != "system":
        parts.append("registered-via: " + sequence(via))
    parts.append("source: " + scalar(row["page"]))
    return parts


def write(folder, section, what, table, make):
    by_header = {}
    for row in table:
        by_header.setdefault(row["header"] or "unknown.h", []).append(row)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    for header, group in sorted(by_header.items()):
        name = re.sub(r"\.h$", "", header).replace("/", "-") + ".yaml"
        lines = [HEAD.format(what=what, header=header, section=section)]
        for row in sorted(group, key=lambda r: r["name"]):
            lines.append("  - {" + ", ".join(make(row)) + "}\n")
        (folder / name).write_text("".join(lines), encoding="utf-8")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.strip().splitlines()[2])
    facts = Path(sys.argv[1])
    rules = Path(sys.argv[2] if len(sys.argv) == 3
                 else Path(__file__).resolve().parent.parent / "rules")
    try:
        ddi, callbacks = rows(facts / "ddi-irql.tsv"), rows(facts / "callbacks.tsv")
    except OSError as e:
        sys.exit(f"import-facts.py: {e.filename}: {e.strerror}")
    # Callback types are roles.
    functions = [r for r in ddi if r["kind"] != "callback" and r["irql_max"]]
    write(rules / "ddi", "functions", "IRQL windows", functions, function_record)
    write(rules / "roles", "roles", "Callback types", callbacks, role_record)


if __name__ == "__main__":
    main()
