#!/usr/bin/env python3
"""What a scan costs, against clang's own tools on the same units.

    tools/dev bench [--repeat=N] [--flag=-D...] [--json=FILE] [PATH...]

Each C and C++ file below the PATHs (default: the example drivers) is one unit.
In one run, unit by unit, so that the machine's mood hits all alike:

    syntax    clang -fsyntax-only
    analyze   clang --analyze with the core checkers
    scan      irqlint scan -j1

with the same flags: the header kit, and as include folders those of the tree
that hold headers. Wall time and peak memory are medians over N runs; printed are
the medians of the ratios to syntax-only. Units that plain clang gives up on (a
header is missing) have no fair base and count only as scanned. Nothing here
passes or fails: numbers differ between machines, ratios hardly do.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

SOURCES = (".c", ".cpp", ".cc", ".cxx")
HEADERS = (".h", ".hpp", ".hxx")


def measured(command):
    """(seconds, peak MiB, exit status) of a process and its children."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_maxrss / 1024, process.returncode


def collect(paths):
    """Units with their include folders."""
    for path in paths:
        if os.path.isfile(path):
            yield os.path.abspath(path), []
            continue
        if not os.path.isdir(path):
            sys.exit(f"bench.py: no such file or folder: {path}")
        units, folders = [], []
        for folder, dirs, files in os.walk(os.path.abspath(path)):
            dirs.sort()
            if any(f.lower().endswith(HEADERS) for f in files):
                folders.append(folder)
            units += [os.path.join(folder, f) for f in sorted(files) if f.lower().endswith(SOURCES)]
        for unit in units:
            # Nearest first, as a project would have it.
            near = sorted(folders, key=lambda d: -len(os.path.commonpath([d, unit])))
            yield unit, [f"-I{d}" for d in near]


def functions_of(keep):
    for folder, _, files in os.walk(keep):
        for name in files:
            if not name.endswith(".json"):
                continue
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                entry = json.load(f)
            yield from entry.get("result", {}).get("functions", [])


class Bench:
    def __init__(self, args, work):
        self.args, self.work = args, work
        self.clang = os.path.join(args.llvm, "clang")
        self.irqlint = os.path.join(args.build, "bin", "irqlint")
        kit = os.path.join(args.build, "share", "irqlint", "kit", "include")
        self.flags = shlex.split(
            "--target=x86_64-pc-windows-msvc -fms-extensions -fms-compatibility "
            "-fms-compatibility-version=19.44 -Xclang -fms-kernel -nostdlibinc -Wno-everything"
        ) + args.flag
        self.kit = ["-isystem", kit]
        self.given_up, self.functions = [], []

    def unit(self, number, path, include):
        flags = [*self.flags, *include, *self.kit]
        folder = os.path.join(self.work, str(number))
        os.mkdir(folder)
        database = [{"directory": os.path.dirname(path), "file": path,
                     "arguments": [self.clang, *flags, "-c", path]}]
        with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as f:
            json.dump(database, f)
        commands = {
            "syntax": [self.clang, "-fsyntax-only", *flags, path],
            "analyze": [self.clang, "--analyze", "--analyzer-no-default-checks", "-Xclang",
                        "-analyzer-checker=core", "-o", os.devnull, *flags, path],
        }
        samples = {"syntax": [], "analyze": [], "scan": []}
        fair = True
        for i in range(self.args.repeat):
            for name, command in commands.items():
                seconds, peak, status = measured(command)
                samples[name].append((seconds, peak))
                fair &= status == 0
            keep = os.path.join(folder, f"keep{i}")  # fresh: nothing may be reused
            stats = os.path.join(folder, "stats.json")
            seconds, peak, status = measured(
                [self.irqlint, "scan", "-j1", "-p", folder, f"--keep={keep}",
                 f"--stats={stats}", f"--output={os.devnull}", path])
            samples["scan"].append((seconds, peak))
            if status not in (0, 1):
                print(f"scan ended with status {status}: {path}", file=sys.stderr)
        row = {"unit": path, "fair": fair}
        for name, values in samples.items():
            row[name] = {"seconds": statistics.median(v[0] for v in values),
                         "peak_mb": statistics.median(v[1] for v in values)}
        if os.path.exists(stats):
            with open(stats, encoding="utf-8") as f:
                row["stats"] = json.load(f)
            self.given_up += row["stats"].get("given_up", [])
        self.functions += [dict(f, parse_seconds=row["syntax"]["seconds"]) for f in functions_of(keep)]
        return row


def ratio(rows, name, what):
    return sorted(r[name][what] / r["syntax"][what] for r in rows)


def report(rows, bench):
    fair = [r for r in rows if r["fair"]]
    print(f"{len(rows)} units, {len(fair)} of them compile with plain clang")
    if fair:
        print(f"\n{'':9}{'median s':>10}{'ratio':>8}{'p90':>8}{'worst':>8}"
              f"{'median MiB':>13}{'ratio':>8}{'worst':>8}")
        for name in ("syntax", "analyze", "scan"):
            t, m = ratio(fair, name, "seconds"), ratio(fair, name, "peak_mb")
            seconds = statistics.median(r[name]["seconds"] for r in fair)
            peak = statistics.median(r[name]["peak_mb"] for r in fair)
            print(f"{name:9}{seconds:10.3f}{statistics.median(t):8.2f}{t[int(0.9 * (len(t) - 1))]:8.2f}"
                  f"{t[-1]:8.2f}{peak:13.1f}{statistics.median(m):8.2f}{m[-1]:8.2f}")
        worst = max(fair, key=lambda r: r["scan"]["seconds"] / r["syntax"]["seconds"])
        print(f"worst unit: {worst['unit']}")
    relevant = [f for f in bench.functions if f.get("relevant")]
    print(f"\n{len(bench.functions)} functions, {len(relevant)} relevant, "
          f"{len(bench.given_up)} given up")
    for g in bench.given_up:
        print(f"  given up: {g.get('function')} ({g.get('file')}): {g.get('why')}")
    slow = sorted(relevant, key=lambda f: -f.get("seconds", 0))[:5]
    if slow:
        print(f"\n{'the five slowest functions':40}{'s':>9}{'x parse':>9}{'nodes':>9}")
    for f in slow:
        at = f"{os.path.basename(f['pos'].get('file', ''))}:{f['pos'].get('line', 0)}"
        print(f"{f['name'][:24]:25}{at[:24]:15}{f.get('seconds', 0):9.3f}"
              f"{f.get('seconds', 0) / f['parse_seconds']:9.2f}{f.get('nodes', 0):9}")


def main():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--build", default=os.path.join(root, "build"))
    parser.add_argument("--llvm", default="/usr/lib/llvm-22/bin", help="folder of clang")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--flag", action="append", default=[], help="one more compiler flag")
    parser.add_argument("--json", help="write everything measured to this file")
    parser.add_argument("paths", nargs="*", default=[os.path.join(root, "test", "examples")])
    args = parser.parse_args()
    units = list(collect(args.paths))
    if not units:
        sys.exit("bench.py: no C or C++ source found")
    with tempfile.TemporaryDirectory(prefix="irqlint-bench-") as work:
        bench, rows = Bench(args, work), []
        for number, (path, include) in enumerate(units):
            if sys.stderr.isatty():
                print(f"\r[{number + 1}/{len(units)}] {os.path.basename(path):40}", end="", file=sys.stderr)
            rows.append(bench.unit(number, path, include))
        if sys.stderr.isatty():
            print("\r" + " " * 60, end="\r", file=sys.stderr)
        report(rows, bench)
        if args.json:
            with open(args.json, "w", encoding="utf-8") as f:
                json.dump({"units": rows, "functions": bench.functions}, f, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
