#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes lib/Kit/tables/stub-names.tsv: what kind of thing a name is that the kit lacks.

usage: kit-stub-names.py GAPS.tsv CALLBACKS.tsv DDI.tsv > lib/Kit/tables/stub-names.tsv

GAPS: name, kind (header, type, function, macro, constant) of names that real
driver trees use; CALLBACKS: documented callback types; DDI: documented routines
(columns name, kind). A name that the kit declares by now is dropped when the kit
is generated, so this table need not follow the kit's growth.
"""
import csv
import re
import sys

IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z")


def rows(path):
    with open(path, encoding="utf-8", newline="") as f:
        yield from csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)


def main(arguments):
    if len(arguments) != 3:
        sys.stderr.write(__doc__)
        return 2
    gaps, callbacks, routines = arguments
    kinds = {}
    for row in rows(routines):
        if row["kind"] == "function":
            kinds[row["name"]] = "function"
    for row in rows(gaps):
        if row["kind"] != "header":
            kinds[row["name"]] = row["kind"]
    for row in rows(callbacks):
        kinds[row["name"]] = "callback"
    print("# What kind of thing a name is; for stubs of names that the kit does not declare.")
    print("# Written by tools/kit-stub-names.py.")
    for name in sorted(kinds):
        if IDENTIFIER.match(name):
            print(f"{name}\t{kinds[name]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
