# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Two results have the same findings at the same lines, whatever their words."""
import re
import sys

FINDING = re.compile(r"([^/\s]+):(\d+):\d+: (?:warning|error): .*\[(irqlint-[\w-]+)\]")


def findings(path):
    with open(path, encoding="utf-8") as f:
        return {m.groups() for m in map(FINDING.search, f) if m}


first, second = (findings(p) for p in sys.argv[1:3])
if not first or first != second:
    sys.exit(f"only in {sys.argv[1]}: {sorted(first - second)}\n"
             f"only in {sys.argv[2]}: {sorted(second - first)}")
