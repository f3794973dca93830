#!/usr/bin/env python3
"""House rules that a script can hold: style.py SOURCE_ROOT.

1. Knowledge about single routines is data (rules/): no name of a Windows API
   stands as a string in the code that judges or tracks.
2. Nothing committed depends on the machine of whoever committed it.
3. Sources carry the license, stay readable in size, and end with a newline.
"""

import os
import re
import subprocess
import sys

API = re.compile(
    r'"(?:Ke|Ex|Wdf|Zw|Nt|Ndis|Io|Flt|Fs|Mm|Ob|Ps|Se|Rtl|StorPort|Kf|Hal)[A-Z][A-Za-z0-9]*"'
)
API_FREE = ("checkers/", "lib/Engine/", "lib/Model/")
# Absolute paths that only some machine has. Assembled, so as not to find itself.
MACHINE = re.compile(r"(?<![\w.$}])/(?:" + "|".join(("work", "home", "root")) + r")/\w")
MAX_LINES = 600
CODE = (".cpp", ".h", ".py", ".c")
DATA_DIRS = ("lib/Kit/tables/", "rules/", "test/")


MADE_WHILE_TESTING = {".git", ".cache", "__pycache__", "node_modules"}


def tracked(root):
    try:
        out = subprocess.run(
            ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ).stdout.decode()
        names = out.split("\0")
    except (OSError, subprocess.CalledProcessError):  # a source archive
        names = [
            os.path.relpath(os.path.join(d, f), root)
            for d, dirs, files in os.walk(root)
            for f in files
            if not os.path.relpath(d, root).startswith("build")
            and not MADE_WHILE_TESTING.intersection(os.path.relpath(d, root).split(os.sep))
        ]
    return [n for n in names if n and os.path.isfile(os.path.join(root, n))]


def problems(root, name):
    with open(os.path.join(root, name), "rb") as f:
        raw = f.read()
    if b"\0" in raw:
        yield 1, "a binary file"
        return
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        # Drivers are written in old code pages, too; such inputs are wanted.
        if not name.startswith("test/"):
            yield 1, f"not UTF-8: {e}"
        return
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if name.startswith(API_FREE) and API.search(line):
            yield number, f"an API name as a string; it belongs into rules/: {line.strip()}"
        if MACHINE.search(line):
            yield number, f"a path of some machine: {line.strip()}"
    if not name.startswith(DATA_DIRS):
        if text and not text.endswith("\n"):
            yield len(lines), "no newline at the end"
        if name.endswith(CODE):
            if len(lines) > MAX_LINES:
                yield len(lines), f"{len(lines)} lines; split at {MAX_LINES}"
            if name.endswith((".cpp", ".h")) and "irqlint_kit" not in name:
                if "Apache-2.0 WITH LLVM-exception" not in text[:800]:
                    yield 1, "no license header"


def main():
    root = sys.argv[1]
    bad = 0
    for name in tracked(root):
        for line, what in problems(root, name):
            print(f"{name}:{line}: {what}")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
