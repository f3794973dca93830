#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A launcher that takes its time for second looks, and writes down each that it begins.

usage: slow-second.py LOG PROGRAM unit JOB RESULT
"""
import json
import os
import sys
import time

log, program, unit, job, result = sys.argv[1:]
with open(job) as f:
    plan = json.load(f)
if plan["second"]["again"]:
    with open(log, "a") as f:
        f.write(os.path.basename(plan["unit"]["file"]) + "\n")
    time.sleep(0.7)
os.execv(program, [program, unit, job, result])
