#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every line marked `// EXPECT: check` is found, and nothing else.

usage: judge.py OUTPUT FOLDER
"""
import os
import re
import sys

output, folder = sys.argv[1:]
expected, found = set(), set()
sources = [os.path.join(where, name) for where, _, names in os.walk(folder)
           for name in names if name.endswith((".c", ".cpp"))]
for path in sorted(sources):
    name = os.path.basename(path)
    with open(path) as f:
        for number, line in enumerate(f, 1):
            for checks in re.findall(r"// EXPECT: ([\w, -]+)", line):
                expected |= {(name, number, c.strip()) for c in checks.split(",")}
with open(output) as f:
    for line in f:
        m = re.match(r"(.+?):(\d+):\d+: warning: .*\[irqlint-(.+)\]$", line)
        if m:
            found.add((os.path.basename(m[1]), int(m[2]), m[3]))
for item in sorted(expected - found):
    print("missed:", *item)
for item in sorted(found - expected):
    print("not expected:", *item)
sys.exit(expected != found)
