#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random functions, judged by analysis and by execution of all their paths.

Both must say the same of a function: nothing, or (at least) one thing that is the same.
After a first mistake the two may go on differently, so what one says more is counted but
is no disagreement.

usage: agree.py [--seed=N] [--files=N] [--functions=N] [--reduce] [--keep=DIR] IRQLINT [KNOWN]

KNOWN lists disagreements that were judged: "SEED/FUNCTION: why". IRQLINT_PROGRAMS in the
environment is the number of files.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

import programs


# What only several functions together do.
OF_SEVERAL = {"lock-order-inversion"}


def judge(irqlint, command, source, folder):
    """Function -> checks; None if it could not be done."""
    out = os.path.join(folder, command + ".json")
    args = ["--executions=400"] if command == "run" else []
    done = subprocess.run([irqlint, command, *args, "--format=json", "--output=" + out, source],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1):
        return None, done.stderr
    with open(out) as f:
        result = json.load(f)
    found = collections.defaultdict(set)
    for item in result["findings"]:
        finding = item.get("finding", item)
        name = (finding.get("entry") or finding["function"]).rpartition("::")[2]
        if finding["check"] not in OF_SEVERAL:
            found[name.partition("_")[0]].add(finding["check"])
    full = set()
    for unit in result["units"]:
        full |= {f["name"] for f in unit["functions"] if f.get("exploredFully")}
    return found, full


def both(irqlint, functions, folder):
    source = os.path.join(folder, "program.c")
    with open(source, "w") as f:
        f.write(programs.HEADER + "\n" + "\n\n".join(text for _, text in functions) + "\n")
    static, error = judge(irqlint, "scan", source, folder)
    dynamic, run_error = judge(irqlint, "run", source, folder)
    if static is None or dynamic is None:
        return None, None, error if static is None else run_error
    # What was not explored fully has no second verdict.
    return static, dynamic, {name for name, _ in functions if name not in run_error}


# One mistake may be told where it is made or where it shows.
LEVEL = {"irql-too-high", "irql-too-low", "irql-not-restored", "irql-lowered-by-raise",
         "irql-raised-by-lower", "saved-irql-mismatch", "wait-at-dispatch",
         "paged-pool-at-dispatch", "release-wrong-form"}
LEFT = {"lock-leaked", "irql-not-restored", "saved-irql-mismatch", "irql-raised-by-lower"}
LOCK = {"lock-leaked", "double-acquire", "release-not-held", "release-wrong-form",
        "lock-kind-mixed", "shared-to-exclusive"}


# Misses of the analysis that have a test of their own, by how such a function looks.
MISSES = [
    # FN_second-raise.c
    ({"irql-not-restored"}, r"(Old\d+) = KeRaiseIrqlToDpcLevel\(\);\n\s*\1 = KeRaise"),
    ({"irql-not-restored"}, r"KeRaiseIrql\((\w+), &(Old\d+)\);\n\s*KeRaiseIrql\(\1, &\2"),
]


def is_known_miss(a, b, text):
    return not a and any(b <= said and re.search(look, text) for said, look in MISSES)


def differ(a, b):
    if not a or not b:
        return bool(a) != bool(b)
    return not any({x, y} <= group or x == y for x in a for y in b for group in (LEVEL, LEFT, LOCK))


def reduce(irqlint, text, name, want, folder):
    """Leaves out lines as long as the same two verdicts remain."""
    head, mark, body = text.rpartition(f" {name}(P")
    lines = body.split("\n")
    step = max(1, len(lines) // 2)

    def whole(candidate):
        return head + mark + "\n".join(candidate)

    def same(candidate):
        static, dynamic, _ = both(irqlint, [(name, whole(candidate))], folder)
        if static is None:
            return False
        return (static[name], dynamic[name]) == want

    def balanced(part):
        depth = 0
        for line in part:
            depth += line.count("{") - line.count("}")
            if line.startswith("}") and depth < 0:
                return False
        return depth == 0

    while step:
        i, changed = 0, False
        while i < len(lines):
            part = lines[i:i + step]
            rest = lines[:i] + lines[i + step:]
            if balanced(part) and same(rest):
                lines, changed = rest, True
            else:
                i += 1 if step < 4 else step
        if not changed or step > 1:
            step = step // 2 if step > 1 else 0
    # Helpers that are not called any more.
    kept = whole(lines)
    for helper in re.findall(rf"^static \w+ ({name}_\w+)\(", kept, re.M):
        if len(re.findall(rf"\b{helper}\b", kept)) == 1:
            kept = re.sub(rf"static \w+ {helper}\(.*?\n}}\n", "", kept, flags=re.S)
    return kept


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=int(os.environ.get("IRQLINT_PROGRAMS", "40")))
    parser.add_argument("--functions", type=int, default=60)
    parser.add_argument("--reduce", action="store_true")
    parser.add_argument("--keep")
    parser.add_argument("irqlint")
    parser.add_argument("known", nargs="?")
    args = parser.parse_args()
    known = {}
    if args.known:
        with open(args.known) as f:
            for number, line in enumerate(f, 1):
                line = line.split("#")[0].strip()
                if not line:
                    continue
                match = re.fullmatch(r"(\d+/f\d+): (.+)", line)
                if not match:
                    sys.exit(f"{args.known}:{number}: error: expected 'SEED/FUNCTION: why'")
                known[match[1]] = match[2]
    table = collections.defaultdict(lambda: [0, 0, 0])
    total = agreed = silent = skipped_all = misses = 0
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(args.seed, args.seed + args.files):
            functions = programs.program(seed, args.functions)
            static, dynamic, skipped = both(args.irqlint, functions, folder)
            if static is None:
                sys.exit(f"seed {seed}: {skipped}")
            for name, text in functions:
                if name in skipped:
                    skipped_all += 1
                    continue
                a, b = static[name], dynamic[name]
                total += 1
                for check in a | b:
                    table[check][0 if check in a & b else 1 if check in a else 2] += 1
                if not differ(a, b):
                    agreed += 1
                    silent += not a
                    if f"{seed}/{name}" in known:
                        failures.append(f"{seed}/{name}: agreed by now; delete the line")
                    continue
                if f"{seed}/{name}" in known or is_known_miss(a, b, text):
                    misses += 1
                    continue
                if args.reduce:
                    text = reduce(args.irqlint, text, name, (a, b), folder)
                failures.append(f"{seed}/{name}: scan says {', '.join(sorted(a)) or 'nothing'}, "
                                f"run says {', '.join(sorted(b)) or 'nothing'}\n{text}\n")
    print(f"{total} functions judged twice ({skipped_all} more not explored fully): "
          f"{agreed} agree ({silent} right, {agreed - silent} wrong), {total - agreed} differ ({misses} of them known)")
    print(f"{'check':32}{'both':>6}{'scan':>6}{'run':>6}")
    for check, (x, y, z) in sorted(table.items()):
        print(f"{check:32}{x:6}{y:6}{z:6}")
    for failure in failures:
        print(failure)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
