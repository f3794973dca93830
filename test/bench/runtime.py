#!/usr/bin/env python3
"""What the runtime's locks cost, against those of the C++ library and pthread.

    tools/dev bench runtime [--repeat=N] [--time=SECONDS] [--json=FILE]

All in one run, repetitions shuffled, so that the machine's mood hits all alike.
Printed are medians: nanoseconds per acquisition and release, and ratios to the
lock of the same kind (std::mutex, std::shared_mutex for those with readers, a
pthread spin lock for those that spin). "Two" are two threads with a little work
inside and outside; "fair" is what the thread gets that gets less, in percent, and
how many of 100 acquisitions were by the other thread than the one before.
"""

import argparse
import json
import statistics
import subprocess
import sys

MUTEX, SHARED, SPIN = "std::mutex", "std::shared_mutex", "pthread spin lock"
BASE = {
    "spin lock": SPIN,
    "queued spin lock": SPIN,
    "EX_SPIN_LOCK": SHARED,
    "push lock": SHARED,
    "ERESOURCE": SHARED,
    "RTL_RESOURCE": SHARED,
    "NDIS RW lock": SHARED,
    "cache-aware push lock": SHARED,
    "SLIST push and pop": "list under std::mutex",
}


def run(args):
    command = [
        f"{args.build}/bin/irqlint-runtime-bench", "--benchmark_format=json",
        f"--benchmark_repetitions={args.repeat}", f"--benchmark_min_time={args.time}",
        "--benchmark_enable_random_interleaving=true",
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"runtime.py: {command[0]} failed:\n{done.stderr.decode()}")
    found = {}
    # Shuffled when it ran; here as they are registered.
    for b in sorted(json.loads(done.stdout)["benchmarks"], key=lambda b: b["family_index"]):
        if b.get("run_type") == "aggregate":
            continue
        kind, name = b["run_name"].split("/")[:2]
        entry = found.setdefault(name, {}).setdefault(kind, [])
        entry.append((b["less"], b["changes"]) if kind == "fair" else b["real_time"])
    return {
        name: {
            kind: tuple(map(statistics.median, zip(*v))) if kind == "fair" else statistics.median(v)
            for kind, v in kinds.items()
        }
        for name, kinds in found.items()
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--time", type=float, default=0.1)
    parser.add_argument("--json", help="all medians, to this file")
    args = parser.parse_args()
    medians = run(args)
    if args.json:
        with open(args.json, "w") as f:
            json.dump(medians, f, indent=1)
    print("| lock | alone, ns | ratio | two threads, ns | ratio | reader, ns | ratio | fair: less / changes | against |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|---|")
    for name, kinds in medians.items():
        base = BASE.get(name, MUTEX)
        cells = [name]
        for kind in ("alone", "two", "read"):
            if kind not in kinds:
                cells += ["", ""]
                continue
            # Two threads spend the time that passes between them twice.
            of = medians.get(base, {}).get(kind)
            cells += [f"{kinds[kind]:.0f}", f"{kinds[kind] / of:.2f}" if of else ""]
        fair = kinds.get("fair")
        cells += [f"{fair[0]:.0f} % / {fair[1]:.1f}" if fair else "", base if base != name else ""]
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
