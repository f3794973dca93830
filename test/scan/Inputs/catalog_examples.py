"""catalog_examples.py IRQLINT FOLDER: writes the bad and the good example of every
check to FOLDER, scans them, and expects that each bad one is found by its own check
and that no good one has a definite finding. Where a check says that it offers repairs,
its bad example gets one, and is not found any more once it is repaired."""

import json
import os
import subprocess
import sys

irqlint, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)


def run(*arguments):
    return subprocess.run([irqlint, *arguments], stdout=subprocess.PIPE, text=True, check=False)


def example(text, kind):
    """The indented block below "  bad:" or "  good:"."""
    lines = text.split("\n")
    block = []
    for line in lines[lines.index(f"  {kind}:") + 1:]:
        if line and not line.startswith("      "):
            break
        block.append(line[6:])
    return "\n".join(block) + "\n"


def scan(*arguments):
    result = run("scan", *files, "--checks=*", "--possible", "--format=json",
                 f"--output={report}", *arguments)
    if result.returncode not in (0, 1):
        problems.append(f"the scan ended with status {result.returncode}")
    by_file = {}
    with open(report, encoding="utf-8") as f:
        for finding in json.load(f)["findings"]:
            check, kind, _ = os.path.basename(finding["pos"]["file"]).split(".")
            by_file.setdefault((check, kind), []).append(finding)
    return by_file


report = os.path.join(folder, "report.json")
checks = [line.split()[0] for line in run("checks").stdout.splitlines()]
problems = [] if checks else ["no checks"]
files = []
for check in checks:
    text = run("explain", check).stdout
    for kind in ("bad", "good"):
        cpp = "class " in text or "::" in example(text, kind)
        files.append(os.path.join(folder, f"{check}.{kind}.{'cpp' if cpp else 'c'}"))
        with open(files[-1], "w", encoding="utf-8") as f:
            f.write(example(text, kind))

found = scan("--fix")
for check in checks:
    if check not in [f["check"] for f in found.get((check, "bad"), [])]:
        problems.append(f"{check}: its bad example is not found")
    for finding in found.get((check, "good"), []):
        if finding["certainty"] == "definite":
            problems.append(f"{check}: its good example has {finding['check']}, line "
                            f"{finding['pos']['line']}: {finding['message']}")
repairable = [c for c in checks if "\n  repair: " in run("explain", c).stdout]
for check, findings in found.items():
    for finding in findings:
        if "repair" in finding and finding["check"] not in repairable:
            problems.append(f"{finding['check']}: does not say that it offers repairs")
for check in repairable:
    if not any("repair" in f for f in found.get((check, "bad"), []) if f["check"] == check):
        problems.append(f"{check}: its bad example gets no repair")
if repairable:
    again = scan()
    for check in repairable:
        for finding in again.get((check, "bad"), []):
            problems.append(f"{check}: after the repair of its bad example: {finding['message']}")
else:
    problems.append("no check offers repairs")
# (An empty string would count as a failure, too.)
sys.exit("\n".join(problems) or None)
