#!/usr/bin/env python3
"""Holds a scan of foreign sources against what reading them gave.

    judge.py --irqlint=PROGRAM --root=FOLDER EXPECTED [SCAN-OPTION-OR-PATH...]

Runs `irqlint scan` in FOLDER and compares with EXPECTED, whose lines are

    definite FILE FUNCTION CHECK VERDICT reason...   VERDICT: TRUE, FALSE or UNCLEAR
    unexplored FILE FUNCTION reason...               given up, or damaged by parse errors
    units N                                          of the scan
    explored N                                       relevant functions, at least

and asks that

  * no unit failed and all units were there;
  * every relevant function was explored to the end, or is named as not explored
    in the statistics, and then listed as unexplored in EXPECTED;
  * the definite findings are those listed, no others, none less. A finding that was
    judged FALSE and is gone must leave the list, so that it cannot come back.

Lines of code move between versions of a corpus, so they play no part. Exit
status: 0 as expected, 1 not (every difference is printed), 2 no scan.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

VERDICTS = ("TRUE", "FALSE", "UNCLEAR")


def read_expected(path):
    findings, unexplored = collections.Counter(), set()
    numbers = {"units": 0, "explored": 0}
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            words = line.split("#", 1)[0].split()
            if not words:
                continue
            kind, rest = words[0], words[1:]
            if kind == "definite" and len(rest) >= 5 and rest[3] in VERDICTS:
                findings[tuple(rest[:3])] += 1
            elif kind == "unexplored" and len(rest) >= 3:
                unexplored.add(tuple(rest[:2]))
            elif kind in numbers and len(rest) == 1 and rest[0].isdigit():
                numbers[kind] = int(rest[0])
            else:
                sys.exit(f"{path}:{number}: not understood: {line.strip()}")
    return findings, unexplored, numbers


def scan(args):
    """(report, statistics, exit status, what it said)"""
    with tempfile.TemporaryDirectory() as work:
        report, stats = os.path.join(work, "report.json"), os.path.join(work, "stats.json")
        done = subprocess.run(
            [args.irqlint, "scan", "--format=json", f"--output={report}", f"--stats={stats}", *args.scan],
            cwd=args.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        said = done.stdout.decode("utf-8", "replace")
        try:
            with open(report, encoding="utf-8") as r, open(stats, encoding="utf-8") as s:
                return json.load(r), json.load(s), done.returncode, said
        except (OSError, ValueError) as e:
            print(f"no result: {e}\n{said}")
            sys.exit(2)


def differences(args, report, stats, status):
    want, want_unexplored, numbers = read_expected(args.expected)
    relative = lambda name: os.path.relpath(os.path.join(args.root, name), args.root)

    for unit in stats["units_failed"]:
        yield f"unit failed: {unit['file']}: {unit['why']}"
    if stats["units"] != numbers["units"]:
        yield f"{stats['units']} units instead of {numbers['units']}"
    if stats["explored_fully"] < numbers["explored"]:
        yield f"{stats['explored_fully']} functions explored, at least {numbers['explored']} expected"

    found = [f for f in report["findings"] if f["certainty"] == "definite"]
    got = collections.Counter((relative(f["pos"]["file"]), f["function"], f["check"]) for f in found)
    if status != (1 if report["findings"] else 0):
        yield f"exit status {status} with {len(report['findings'])} findings"
    for key in sorted((got - want).keys()):
        message = next(f["message"] for f in found
                       if (relative(f["pos"]["file"]), f["function"], f["check"]) == key)
        yield f"not judged yet: definite {' '.join(key)}: {message}"
    for key in sorted((want - got).keys()):
        yield f"judged, but not found any more: definite {' '.join(key)}"

    named = {(relative(f["file"]), f["function"]): f.get("why", "parse errors")
             for f in stats["given_up"] + stats["skipped_for_errors"]}
    relevant = collections.defaultdict(lambda: True)
    for function in (f for u in report["units"] for f in u["functions"] if f.get("relevant")):
        key = relative(function["pos"]["file"]), function["name"]
        relevant[key] &= bool(function.get("exploredFully"))
    for key, explored in sorted(relevant.items()):
        if not explored and key not in named:
            yield f"neither explored nor named: {' '.join(key)}"
    for key, why in sorted(named.items()):
        # Parse errors matter only where there was something to explore.
        if key in relevant and key not in want_unexplored:
            yield f"newly unexplored: {' '.join(key)}: {why}"
    for key in sorted(want_unexplored - set(named)):
        yield f"explored by now, take it off the list: unexplored {' '.join(key)}"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--irqlint", required=True)
    parser.add_argument("--root", required=True, type=os.path.abspath)
    parser.add_argument("expected")
    args, args.scan = parser.parse_known_args()
    report, stats, status, said = scan(args)
    bad = list(differences(args, report, stats, status))
    for line in bad:
        print(line)
    if bad:
        print(f"\nirqlint said:\n{said}")
        return 1
    print(f"{stats['units']} units, {stats['explored_fully']} of {stats['relevant']} relevant functions "
          f"explored, {stats['findings']['definite']} definite findings, all judged")
    return 0


if __name__ == "__main__":
    sys.exit(main())
