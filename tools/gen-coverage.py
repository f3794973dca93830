#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes docs/coverage.md: rule of another tool -> our check -> its test, or why not.

    tools/gen-coverage.py IRQLINT            write the page
    tools/gen-coverage.py --check IRQLINT    only compare; exit 1 on drift, and when a
                                             core rule has neither check nor reason

The rules stand in rules/rivals.tsv; which check covers one, the catalog says.
"""
import argparse
import difflib
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIST = os.path.join(ROOT, "rules", "rivals.tsv")
PAGE = os.path.join(ROOT, "docs", "coverage.md")
SCOPES = ("core", "adjacent", "out")


def run(irqlint, *args):
    return subprocess.run(
        [irqlint, *args], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout


def catalog(irqlint):
    """name -> (group, text of the rivals' ids, each between separators)."""
    checks = {}
    for line in run(irqlint, "checks").splitlines():
        name, group = line.split(None, 2)[:2]
        m = re.search(r"^  other tools: (.*)$", run(irqlint, "explain", name), re.M)
        checks[name] = group, ", " + (m.group(1) if m else "") + ", "
    return checks


def rivals():
    with open(LIST, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if line.startswith("#"):
                continue
            fields = (line.rstrip("\n").split("\t") + [""])[:4]
            if len(fields) < 3 or fields[2] not in SCOPES:
                sys.exit(f"{LIST}:{number}: error: expected SYSTEM, RULE, SCOPE, REASON")
            yield number, *fields


def test_of(name, group):
    for suffix in ("c", "cpp"):
        for path in (f"test/checks/{group}/{name}.{suffix}",):
            if os.path.exists(os.path.join(ROOT, path)):
                return path
    # Not under its own name: the first file that expects its message.
    return "test/scan/catalog-examples.test"


def build(irqlint):
    checks = catalog(irqlint)
    problems, systems, counts = [], {}, {s: [0, 0] for s in SCOPES}
    for number, system, rule, scope, why in rivals():
        ours = [n for n, (_, ids) in checks.items() if f", {rule}, " in ids]
        counts[scope][0] += bool(ours)
        counts[scope][1] += 1
        if scope == "core" and not ours and not why:
            problems.append(
                f"{LIST}:{number}: error: '{rule}' of {system} has neither a check nor a reason"
            )
        if ours and why:
            problems.append(
                f"{LIST}:{number}: error: '{rule}' of {system} has a reason but is covered by {ours[0]}"
            )
        if ours or why:
            systems.setdefault(system, []).append((rule, scope, ours, why))
    out = "<!-- Written by tools/gen-coverage.py from rules/rivals.tsv and the catalog. -->\n\n"
    out += "# Coverage\n\n"
    out += "Rules of other tools, the check of irqlint that tells the same, and where it is tested;\n"
    out += "or why there is none. `irqlint explain RULE` answers the same question.\n"
    for scope, words in (("core", "of synchronization itself"), ("adjacent", "near it")):
        have, all_ = counts[scope]
        out += f"\n{have} of {all_} rules {words} are covered by a check."
    out += "\n"
    for system, rows in systems.items():
        out += f"\n## {system}\n\n| rule | | check | test |\n|---|---|---|---|\n"
        for rule, scope, ours, why in rows:
            links = ", ".join(f"[{n}](checks/{n}.md)" for n in ours)
            tests = sorted({test_of(n, checks[n][0]) for n in ours})
            tests = ", ".join(f"[{os.path.basename(t)}](../{t})" for t in tests)
            name = rule.replace("|", "\\|")
            out += f"| `{name}` | {scope} | {links or '– ' + why} | {tests} |\n"
    return out, problems


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--check", action="store_true")
    p.add_argument("irqlint")
    a = p.parse_args()
    text, problems = build(a.irqlint)
    for line in problems:
        print(line)
    if a.check:
        old = ""
        if os.path.exists(PAGE):
            with open(PAGE, encoding="utf-8") as f:
                old = f.read()
        for line in difflib.unified_diff(
            old.splitlines(), text.splitlines(), "docs/coverage.md", "new", lineterm=""
        ):
            print(line)
        if old != text:
            print("run: tools/gen-coverage.py build/bin/irqlint")
        return 1 if problems or old != text else 0
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(text)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
