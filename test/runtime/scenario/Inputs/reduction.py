"""Scenarios with and without the interleavings that only order independent steps otherwise:
reduction.py IRQLINT PREEMPTIONS FILE[:-DMACRO] SCENARIO...

Both must find the same, and end; the numbers of interleavings are printed.
"""

import re
import subprocess
import sys


def run(irqlint, preemptions, file, scenario, more):
    name, *defines = file.split(":")
    done = subprocess.run([irqlint, "run", "--story", f"--preemptions={preemptions}", f"--scenario={scenario}",
                           "--executions=1000000", *more, *defines, name], capture_output=True, text=True)
    if done.returncode > 1 or "not explored fully" in done.stderr:
        sys.exit(f"{name}: {scenario}: {done.stderr}")
    found = set(re.findall(r"^(\S+:\d+:\d+): warning: .* (\[irqlint-\S+\])$", done.stdout, re.M))
    return found, int(re.search(r"^  (\d+) interleavings", done.stdout, re.M)[1])


def main():
    irqlint, preemptions, file, *scenarios = sys.argv[1:]
    total = [0, 0]
    for scenario in scenarios:
        reduced, few = run(irqlint, preemptions, file, scenario, [])
        everything, many = run(irqlint, preemptions, file, scenario, ["--all-interleavings"])
        print(f"{scenario}: {few} of {many} interleavings, {len(everything)} findings")
        if reduced != everything:
            sys.exit(f"{scenario}: not the same: {sorted(reduced ^ everything)}")
        total = [total[0] + few, total[1] + many]
    print(f"all: {total[0]} of {total[1]} interleavings")
    if total[0] >= total[1]:
        sys.exit("nothing is saved")


if __name__ == "__main__":
    main()
