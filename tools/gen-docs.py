#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes docs/checks/ from the catalog that the program carries.

    tools/gen-docs.py IRQLINT            write the pages
    tools/gen-docs.py --check IRQLINT    only compare; exit 1 and a diff on drift

The text is what `irqlint explain NAME` prints, so that a page and the program
cannot say two things. Change rules/checks.yaml, build, then run this.
"""

import argparse
import difflib
import os
import re
import subprocess
import sys
import textwrap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WIDTH = 90
NOTE = "<!-- Written by tools/gen-docs.py from rules/checks.yaml. -->\n\n"
GROUPS = {
    "irql": "Levels",
    "locks": "Locks",
    "kmdf": "Framework objects",
    "sync": "Other primitives",
}


def run(irqlint, *args):
    return subprocess.run(
        [irqlint, *args], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout


def catalog(irqlint):
    """(name, group, severity, summary) of each check, in catalog order."""
    for line in run(irqlint, "checks").splitlines():
        fields = line.split(None, 3)
        if len(fields) != 4:
            sys.exit(f"gen-docs: no check in this line of 'irqlint checks': {line}")
        yield fields


def explain(irqlint, name):
    """The parts of `irqlint explain`: rule, bad, good and the one-line fields."""
    parts = {"rule": ""}
    example = None
    for line in run(irqlint, "explain", name).splitlines()[1:]:
        if line in ("  bad:", "  good:"):
            example = line.strip(" :")
            parts[example] = ""
        elif example and (line.startswith(" " * 6) or not line.strip()):
            parts[example] += line[6:] + "\n"
        elif not example and (m := re.match(r"  (repair): (.*)", line)):
            parts[m.group(1)] = m.group(2)
        elif (m := re.match(r"  (names|other tools|source|documentation): (.*)", line)):
            example = None
            parts[m.group(1)] = m.group(2)
        elif not example:
            parts["rule"] += line.strip() + "\n"
        else:
            sys.exit(f"gen-docs: 'irqlint explain {name}' has an unknown line: {line}")
    for want in ("rule", "bad", "good", "names"):
        if not parts.get(want, "").strip():
            sys.exit(f"gen-docs: 'irqlint explain {name}' has no {want}")
    return parts


def files_of(name, group):
    """Where the check is implemented and tested, as links from docs/checks/."""
    links = []
    folder = os.path.join(ROOT, "checkers")
    for f in sorted(os.listdir(folder)):
        if f.endswith(".cpp"):
            with open(os.path.join(folder, f), encoding="utf-8") as src:
                if f'"{name}"' in src.read():
                    links.append("checkers/" + f)
    test = f"test/checks/{group}/{name}.c"
    if os.path.exists(os.path.join(ROOT, test)):
        links.append(test)
    return [f"[{link}](../../{link})" for link in links]


def wrap(text):
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def page(irqlint, name, group, severity, summary):
    e = explain(irqlint, name)
    tidy, analyzer = re.search(r"(irqlint-\S+) .*?(irqlint\.\S+) ", e["names"]).groups()
    out = f"# {name}\n\n{NOTE}{summary[0].upper()}{summary[1:]}.\n\n"
    out += wrap(" ".join(e["rule"].split())) + "\n"
    if e.get("repair"):
        out += "\n## Repair\n\n" + wrap(" ".join(e["repair"].split())) + "\n\n"
        out += "`irqlint scan --fix`, `clang-tidy --fix` and the quick fix of an editor make the change.\n"
    for kind in ("bad", "good"):
        out += f"\n## {kind.capitalize()}\n\n```c\n{e[kind].strip()}\n```\n"
    out += "\n## Names\n\n| where | name |\n|---|---|\n"
    out += f"| `irqlint scan`, SARIF, `irqlint explain` | `{name}` |\n"
    out += f"| clang-tidy, clangd, `NOLINT(...)` | `{tidy}` |\n"
    out += f"| `clang --analyze` | `{analyzer}` |\n\n"
    out += f"Severity: {severity}. Group: {group}.\n"
    if e.get("other tools"):
        rivals = ", ".join(f"`{r}`" for r in e["other tools"].split(", "))
        out += "\n## Rules of other tools on the same matter\n\n"
        out += "`irqlint explain ID` leads from such a name to this check.\n\n" + wrap(rivals) + "\n"
    if e.get("source"):
        out += f"\n## Documentation of the rule\n\n<{e['source']}>\n"
    links = files_of(name, group)
    if links:
        out += "\n## In this repository\n\n" + ", ".join(links) + "\n"
    return out


def index(checks):
    out = f"# Checks\n\n{NOTE}`irqlint checks` prints this list; "
    out += "`irqlint explain NAME` prints a page.\n"
    seen = None
    for name, group, severity, summary in checks:
        if group != seen:
            out += f"\n## {GROUPS.get(group, group)}\n\n| check | severity | what is found |\n|---|---|---|\n"
            seen = group
        out += f"| [{name}]({name}.md) | {severity} | {summary} |\n"
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("irqlint", help="the program, e.g. build/bin/irqlint")
    p.add_argument("--check", action="store_true", help="compare, write nothing")
    p.add_argument("--output", default=os.path.join(ROOT, "docs", "checks"), metavar="DIR")
    args = p.parse_args()

    checks = list(catalog(args.irqlint))
    if not checks:
        sys.exit("gen-docs: the catalog is empty")
    want = {f"{c[0]}.md": page(args.irqlint, *c) for c in checks}
    want["index.md"] = index(checks)
    have = {}
    if os.path.isdir(args.output):
        for f in os.listdir(args.output):
            with open(os.path.join(args.output, f), encoding="utf-8") as src:
                have[f] = src.read()

    if not args.check:
        os.makedirs(args.output, exist_ok=True)
        for f, text in want.items():
            if have.get(f) != text:
                with open(os.path.join(args.output, f), "w", encoding="utf-8") as dst:
                    dst.write(text)
        for f in set(have) - set(want):
            os.remove(os.path.join(args.output, f))
        return 0

    drift = 0
    for f in sorted(set(have) | set(want)):
        if have.get(f) == want.get(f):
            continue
        drift = 1
        if f not in have:
            print(f"docs/checks/{f} is missing")
        elif f not in want:
            print(f"docs/checks/{f} belongs to no check")
        else:
            sys.stdout.writelines(
                difflib.unified_diff(
                    have[f].splitlines(True), want[f].splitlines(True), f, f + " (catalog)"
                )
            )
    if drift:
        print("run: tools/gen-docs.py build/bin/irqlint")
    return drift


if __name__ == "__main__":
    sys.exit(main())
