#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A launcher at whose work the folder of kept results goes away.

usage: takes-away.py FOLDER PROGRAM unit JOB RESULT
"""
import os
import shutil
import sys

folder, program, unit, job, result = sys.argv[1:]
shutil.rmtree(folder, ignore_errors=True)
os.execv(program, [program, unit, job, result])
