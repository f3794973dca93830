#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Kills a scan with SIGKILL while units are looked at for the second time: when the first
of these results is in the work folder, and others are under way.

usage: kill-linking.py KEEP UNITS COMMAND...
"""
import glob
import subprocess
import sys
import time

keep, units, *command = sys.argv[1:]
scan = subprocess.Popen(command)
deadline = time.monotonic() + 90
while len(glob.glob(f"{keep}/units/*.json")) <= int(units):
    if scan.poll() is not None:
        sys.exit("the scan ended before it could be killed")
    if time.monotonic() > deadline:
        scan.kill()
        sys.exit("no second look was kept")
    time.sleep(0.01)
scan.kill()
print("status", scan.wait())
