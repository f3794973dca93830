#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Two witnesses for every example of the checks.

Each function of test/checks is judged twice: by the static analysis, and by running it
in the reference runtime. Both must say the same things (check and function) about it.
Where they do not, owed.txt tells why; a disagreement that is not listed there fails, and
so does an entry that is not needed any more. A check that the runtime cannot find is
listed there, too; every other one must be found by both in at least one of the files that
has an example of it.

usage: witness.py [--list] IRQLINT OWED FILE...
       witness.py --checks OWED RULES   which checks of the catalog have two witnesses
"""
import json
import os
import re
import subprocess
import sys
import tempfile

FUNCTION = re.compile(r"\b(\w+_(?:bad|good))\s*\(")


def findings(irqlint, command, source):
    """(check, function) -> message, and the status of the command."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "result.json")
        run = subprocess.run(
            [irqlint, command, "--format=json", "--output=" + out, source],
            capture_output=True, text=True)
        if run.returncode not in (0, 1):
            return None, run.stderr
        with open(out) as f:
            result = json.load(f)
    found = {}
    for item in result["findings"]:
        finding = item.get("finding", item)
        # By the function that was entered: a helper's mistake is the caller's.
        function = (finding.get("entry") or finding["function"]).rpartition("::")[2]
        found[finding["check"], function] = finding["message"]
    return found, run.stderr


def read_owed(path):
    """What does not agree; and checks with one witness, by name."""
    owed, single = {}, {}
    with open(path) as f:
        for number, line in enumerate(f, 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            match = re.fullmatch(r"check (\S+): (.+)", line)
            if match:
                single[match[1]] = match[2]
                continue
            match = re.fullmatch(r"(\S+) (\S+) (\S+) (scan|run|unfit): (.+)", line)
            if not match:
                sys.exit(f"{path}:{number}: error: expected 'FILE FUNCTION CHECK scan|run: why'")
            owed[match[1], match[2], match[3], match[4]] = match[5]
    return owed, single


def list_checks(owed_path, rules):
    single = read_owed(owed_path)[1]
    names = []
    for file in sorted(os.listdir(rules)):
        if re.fullmatch(r"checks.*\.yaml", file):
            with open(os.path.join(rules, file)) as f:
                names += re.findall(r"^  - name: (\S+)$", f.read(), re.M)
    for name in sorted(names):
        print(f"{name}: {single.get(name, 'scan and run')}")
    print(f"{len(names) - len(single)} of {len(names)} checks have two witnesses")
    unknown = sorted(set(single) - set(names))
    if unknown:
        sys.exit(f"{owed_path}: error: no such check: {', '.join(unknown)}")


def main():
    args = sys.argv[1:]
    if args[:1] == ["--checks"]:
        return list_checks(*args[1:])
    listing = "--list" in args
    irqlint, owed_path, *files = [a for a in args if a != "--list"]
    owed, single = read_owed(owed_path)
    used, failures = set(), []
    shown, agreed = set(), set()
    both = {"bad": 0, "good": 0}
    for path in files:
        name = os.path.basename(path)
        static, error = findings(irqlint, "scan", path)
        dynamic, run_error = findings(irqlint, "run", path)
        if static is None or dynamic is None:
            key = (name, "-", "-", "unfit")
            if key in owed and static is not None:
                used.add(key)
            else:
                failures.append(f"{name}: {error if static is None else run_error}")
            continue
        with open(path) as f:
            functions = sorted(set(FUNCTION.findall(f.read())))
        differing = set()
        for key in sorted(set(static) | set(dynamic)):
            check, function = key
            if check in single:
                continue
            if (key in static) == (key in dynamic):
                agreed.add(check)
                continue
            who = "scan" if key in static else "run"
            differing.add(function)
            if who == "scan" and (name, function, check, who) not in owed:
                shown.add(check)
            if (name, function, check, who) in owed:
                used.add((name, function, check, who))
            else:
                said = static.get(key) or dynamic.get(key)
                failures.append(f"{name} {function} {check} {who}: only '{who}' says: {said}")
        for function in functions:
            if function in differing:
                continue
            said = sorted(c for c, f in static if f == function and c not in single)
            if not said and function.endswith("_bad"):
                continue  # a check with one witness, or told in a helper
            both["good" if function.endswith("_good") else "bad"] += 1
            if listing:
                print(f"{name}: {function}: {', '.join(said) or 'nothing to say'}")
    failures += [f"{c}: the runtime finds no example of it" for c in sorted(shown - agreed)]
    names = {os.path.basename(f) for f in files}
    for key in sorted(k for k in owed if k[0] in names and k not in used):
        failures.append(" ".join(key) + ": not owed any more; delete the line")
    print(f"both witnesses: {both['bad']} bad, {both['good']} good; owed: {len(used)}")
    for failure in failures:
        print(failure)
    if failures:
        print(f"Judge which of the two is right. Known differences go to {owed_path}.")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
