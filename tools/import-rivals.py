#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes rules/rivals.tsv, the list of what other tools demand, from a table of facts.

    tools/import-rivals.py RIVAL-RULES.tsv

Of the table the columns system, rule_id and in_scope (core, adjacent, out) are taken. The
reasons for what no check covers are kept by hand in rules/rivals.tsv and stay.
"""
import csv
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIST = os.path.join(ROOT, "rules", "rivals.tsv")
HEAD = """# What other tools demand of the synchronization of drivers: their rule, whether it is the
# business of irqlint, and, where no check of the catalog names the rule, why not.
# Written by tools/import-rivals.py; the last column is kept by hand.
"""


def read_list():
    reasons = {}
    if os.path.exists(LIST):
        with open(LIST, encoding="utf-8") as f:
            for line in f:
                if not line.startswith("#"):
                    system, rule, _, why = (line.rstrip("\n").split("\t") + [""])[:4]
                    reasons[system, rule] = why
    return reasons


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    reasons = read_list()
    with open(sys.argv[1], encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    for needed in ("system", "rule_id", "in_scope"):
        if not rows or needed not in rows[0]:
            sys.exit(f"{sys.argv[1]}:1: error: no column '{needed}'")
    with open(LIST, "w", encoding="utf-8") as out:
        out.write(HEAD)
        for r in rows:
            key = r["system"], r["rule_id"]
            fields = [*key, r["in_scope"], reasons.get(key, "")]
            out.write("\t".join(fields).rstrip("\t") + "\n")


if __name__ == "__main__":
    main()
