#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""gitlab-code-quality.py RESULT.json: a result of `irqlint scan --format=json` as the
report that GitLab shows in merge requests. Run it at the top of the checkout."""

import json
import os
import sys

with open(sys.argv[1], encoding="utf-8") as f:
    findings = json.load(f)["findings"]
json.dump([{
    "description": f["message"],
    "check_name": "irqlint-" + f["check"],
    "fingerprint": f["fingerprint"],
    "severity": "info" if f["certainty"] == "possible" else "major",
    "location": {"path": os.path.relpath(f["pos"]["file"]), "lines": {"begin": f["pos"]["line"]}},
} for f in findings], sys.stdout, indent=1)
