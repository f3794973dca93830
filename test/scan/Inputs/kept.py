#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""kept.py WHAT KEEP [...]: changes what is in a --keep folder.

  mark KEEP          each message gets a mark, which shows that it comes from there
  damage KEEP HOW    every entry is damaged: cut, half, empty, zeros, digit, shape
  first KEEP N       only the first N entries of units stay, which were first looks
"""
import glob
import os
import re
import sys
import zlib

what, keep, *rest = sys.argv[1:]
units = glob.glob(f"{keep}/units/*.json")
entries = units + glob.glob(f"{keep}/drivers/*.json")
assert entries, "nothing is kept"


def signed(body):
    return b"irqlint-keep 2 %08x\n" % zlib.crc32(body) + body


def damaged(data):
    how = rest[0]
    if how == "cut":
        return data[:-1]
    if how == "half":
        return data[:len(data) // 2]
    if how == "empty":
        return b""
    if how == "zeros":  # what a power failure leaves
        return data[:100] + bytes(len(data) - 100)
    if how == "digit":  # still JSON of the right form
        at = [m.start() for m in re.finditer(rb'"line":\d', data)][-1] + 7
        return data[:at] + b"%d" % ((data[at] - 48) % 9 + 1) + data[at + 1:]
    if how == "shape":  # JSON, but of another form
        first = data.split(b"\n")[1]
        return signed(first + b'\n{"result":[],"results":3}\n')
    sys.exit(f"damage: how is '{how}'?")


if what == "mark":
    for name in entries:
        with open(name, "rb") as f:
            body = f.read().split(b"\n", 1)[1]
        with open(name, "wb") as f:
            f.write(signed(re.sub(rb'"message":"[^"]*', rb"\g<0> FROM-STORE", body)))
elif what == "damage":
    for name in entries:
        with open(name, "rb") as f:
            data = f.read()
        with open(name, "wb") as f:
            f.write(damaged(data))
elif what == "first":
    for name in sorted(units, key=os.path.getmtime)[int(rest[0]):] + entries[len(units):]:
        os.remove(name)
else:
    sys.exit(__doc__)
