#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""browser.py PAGE [#PART]: prints a page's document as headless Chromium has it
once its script has run. "STEP" stands for the second step of the finding whose
path has a call."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

page = pathlib.Path(sys.argv[1]).resolve()
part = sys.argv[2] if len(sys.argv) > 2 else ""
if part == "STEP":
    part = "#" + re.search(r'href="#(f[0-9a-f]+-\d+-2)">calls', page.read_text()).group(1)
browser = shutil.which("chromium") or shutil.which("chromium-browser")
with tempfile.TemporaryDirectory() as profile:
    done = subprocess.run(
        [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         f"--user-data-dir={profile}", "--window-size=1400,1000", "--virtual-time-budget=2000",
         "--dump-dom", page.as_uri() + part],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120, check=True)
sys.stdout.buffer.write(done.stdout)
