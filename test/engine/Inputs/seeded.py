"""seeded.py IRQLINT PROJECT [--possible]: scans the project and compares the findings
with the marks in its sources: exactly the lines that say "// DEFECT: check" are found,
each by that check. "// FN DEFECT: check" is a known miss, whose discovery is a failure,
too, so that the mark goes. Without marks the scan must be silent and end with status 0."""

import json
import os
import re
import subprocess
import sys

irqlint, project, *options = sys.argv[1:]
folder = os.path.dirname(os.path.abspath(project))
marked, missed = set(), set()
for name in sorted(os.listdir(folder)):
    if name.endswith((".c", ".cpp", ".h")):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                for known_miss, check in re.findall(r"// (FN )?DEFECT: ([\w-]+)", line):
                    (missed if known_miss else marked).add((name, number, check))

scan = subprocess.run([irqlint, "scan", project, "--format=json", "--output=-", *options],
                      stdout=subprocess.PIPE, check=False)
report = json.loads(scan.stdout)
found = {(os.path.basename(f["pos"]["file"]), f["pos"]["line"], f["check"]): f["message"]
         for f in report["findings"]}
problems = [f"{n}:{l}: {c}: not found" for n, l, c in sorted(marked - set(found))]
problems += [f"{n}:{l}: {c}: found now, drop the FN" for n, l, c in sorted(missed & set(found))]
problems += [f"{n}:{l}: {c}: not a defect: {found[n, l, c]}" for n, l, c in sorted(set(found) - marked - missed)]
if scan.returncode != (1 if marked else 0):
    problems.append(f"exit status {scan.returncode}")
sys.exit("\n".join(problems) or None)
