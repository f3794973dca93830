#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Validates SARIF files against the 2.1.0 schema and the SDK's own rules.

    validate.py NPM-FOLDER SCRATCH-FOLDER FILE...

The validator of the SARIF SDK comes from npm and holds the schema. It exits
with 0 whatever it finds, so the verdict is read from what it prints.
"""

import os
import pathlib
import re
import subprocess
import sys


def main():
    npm, scratch, *files = sys.argv[1:]
    tool = pathlib.Path(npm, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool")
    if not os.access(tool, os.X_OK):  # npm packages carry no x bit
        tool.chmod(0o755)
    os.makedirs(scratch, exist_ok=True)
    env = dict(
        os.environ,
        DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1",  # no ICU needed
        DOTNET_BUNDLE_EXTRACT_BASE_DIR=scratch,
        HOME=scratch,
    )
    done = subprocess.run(
        [tool, "validate", *files, "--rule-kind", "Sarif;Ghas"],
        env=env, cwd=scratch, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )
    print(done.stdout)
    complete = f"{len(files)} files scanned" in done.stdout
    if done.returncode or not complete:
        sys.exit(f"the validator did not look at all files (status {done.returncode})")
    errors = re.findall(r"^.*: error .*$", done.stdout, re.M)
    if errors:
        sys.exit(f"{len(errors)} errors")
    print("valid")


if __name__ == "__main__":
    main()
