# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""readme.py IRQLINT: runs the scan that the README shows and compares."""
import os
import re
import shlex
import subprocess
import sys

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
with open(os.path.join(root, "README.md"), encoding="utf-8") as f:
    shown = re.search(r"```\n\$ tools/dev scan (.*)\n((?:.*\n)*?)```", f.read())
if not shown:
    sys.exit("README.md shows no scan")
said = subprocess.run([sys.argv[1], "scan", *shlex.split(shown.group(1))], cwd=root, check=False,
                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
if said.strip() != shown.group(2).strip():
    sys.exit(f"README.md shows\n{shown.group(2)}\nbut the scan says\n{said}")
