#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A launcher whose unit dies where a function is brought in.

usage: dies-importing.py FUNCTION LOG PROGRAM unit JOB RESULT
"""
import json
import os
import signal
import sys

function, log, program, unit, job, result = sys.argv[1:]
with open(job) as f:
    second = json.load(f)["second"]
for part in second["imports"]:
    for usr in part["functions"]:
        if usr.startswith("c:@F@" + function + "#"):
            with open(log, "a") as f:
                f.write("died\n")
            with open(result, "w") as f:
                f.write(json.dumps({"importing": {"usr": usr, "name": function}}) + "\n")
            os.kill(os.getpid(), signal.SIGKILL)
os.execv(program, [program, unit, job, result])
