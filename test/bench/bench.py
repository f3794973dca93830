#!/usr/bin/env python3
"""What a scan costs, against clang's own tools on the same units.

    tools/dev bench [--repeat=N] [--flag=-D...] [--json=FILE] [PATH...]

The units are those that `irqlint scan --list` names for the PATHs (default: the
example drivers). In one run, unit by unit, so that the machine's mood hits all alike:

    syntax    clang -fsyntax-only
    analyze   clang --analyze with the core checkers
    scan      irqlint scan -j1

with the same flags: the header kit, and as include folders those of the tree
that hold headers. Wall time and peak memory are medians over N runs; printed are
the medians of the ratios to syntax-only, per unit. Real trees include headers that
nobody has here; clang stops at the first and would look fast, so that it gets
empty ones and parses on, with errors. Such units have no run of `analyze` (it drops
a file with an error whole), and a base that is too low, for clang skips what it does
not understand; so the scan is also held against its own parse, which does not.
Nothing here passes or fails: numbers differ between machines, ratios hardly do.
"""

import argparse
import glob
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

MISSING = re.compile(rb"fatal error: '([^'\n]+)' file not found")
HEADERS = (".h", ".hpp", ".hxx")


def measured(command):
    """(seconds, peak MiB, exit status) of a process and its children."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_maxrss / 1024, process.returncode


def collect(paths, irqlint):
    """Units with their include folders."""
    for path in paths:
        if not os.path.exists(path):
            sys.exit(f"bench.py: no such file or folder: {path}")
        path = os.path.abspath(path)
        listed = subprocess.run([irqlint, "scan", "--list", path], check=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        units = [os.path.abspath(line.rpartition("  [")[0])
                 for line in listed.stdout.decode().splitlines() if "  [" in line]
        folders = []
        for folder, dirs, files in os.walk(path):
            dirs.sort()
            if any(f.lower().endswith(HEADERS) for f in files):
                folders.append(folder)
        for unit in dict.fromkeys(units):  # a unit may be in several projects
            # Nearest first, as a project would have it.
            near = sorted(folders, key=lambda d: -len(os.path.commonpath([d, unit])))
            yield unit, [f"-I{d}" for d in near]


def functions_of(keep):
    for name in glob.glob(os.path.join(keep, "units", "*.json")):
        with open(name, encoding="utf-8") as f:
            _, _, job = f.read().splitlines()  # a mark, what it was made from, what came of it
        yield from json.loads(job)["result"]["functions"]


class Bench:
    def __init__(self, args, work):
        self.args, self.work = args, work
        self.clang = os.path.join(args.llvm, "clang")
        self.irqlint = os.path.join(args.build, "bin", "irqlint")
        kit = os.path.join(args.build, "share", "irqlint", "kit", "include")
        self.flags = shlex.split(
            "--target=x86_64-pc-windows-msvc -fms-extensions -fms-compatibility "
            "-fms-compatibility-version=19.44 -Xclang -fms-kernel -nostdlibinc -Wno-everything "
            "-ferror-limit=0 -fno-spell-checking"
        ) + args.flag
        self.kit = ["-isystem", kit]
        self.given_up, self.functions = [], []

    def empty_headers(self, folder, command):
        """Headers that nobody has, empty; (parses to the end, without an error)."""
        for _ in range(100):
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
            missing = MISSING.search(done.stderr)
            if not missing:
                return b"fatal error:" not in done.stderr, done.returncode == 0
            name = os.path.normpath(missing.group(1).decode("utf-8", "replace").replace("\\", "/"))
            name = os.path.join(folder, name)
            if not name.startswith(folder + os.sep) or os.path.exists(name):
                break  # "../x.h" cannot be had this way
            os.makedirs(os.path.dirname(name), exist_ok=True)
            with open(name, "w", encoding="utf-8"):
                pass
        return False, False

    def unit(self, number, path, include):
        flags = [*self.flags, *include, *self.kit]
        folder = os.path.join(self.work, str(number))
        os.makedirs(os.path.join(folder, "empty"))
        database = [{"directory": os.path.dirname(path), "file": path,
                     "arguments": [self.clang, *flags, "-c", path]}]
        with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as f:
            json.dump(database, f)
        # Only for clang: filling such gaps is part of the scan's work.
        flags = [*flags, "-idirafter", os.path.join(folder, "empty")]
        commands = {"syntax": [self.clang, "-fsyntax-only", *flags, path]}
        parses, compiles = self.empty_headers(os.path.join(folder, "empty"), commands["syntax"])
        samples = {"syntax": [], "scan": []}
        if compiles:
            commands["analyze"] = [
                self.clang, "--analyze", "--analyzer-no-default-checks", "-Xclang",
                "-analyzer-checker=core", "-o", os.devnull, *flags, path]
            samples["analyze"] = []
        for i in range(self.args.repeat):
            for name, command in commands.items():
                seconds, peak, _ = measured(command)
                samples[name].append((seconds, peak))
            keep = os.path.join(folder, f"keep{i}")  # fresh: nothing may be reused
            stats = os.path.join(folder, "stats.json")
            seconds, peak, status = measured(
                [self.irqlint, "scan", "-j1", "-p", folder, f"--keep={keep}",
                 f"--stats={stats}", f"--output={os.devnull}", path])
            samples["scan"].append((seconds, peak))
            if status not in (0, 1):
                print(f"scan ended with status {status}: {path}", file=sys.stderr)
        row = {"unit": path, "parses": parses}
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


def table(rows, names):
    print(f"\n{'':9}{'median s':>10}{'ratio':>8}{'p90':>8}{'worst':>8}"
          f"{'median MiB':>13}{'ratio':>8}{'worst':>8}")
    for name in names:
        t, m = ratio(rows, name, "seconds"), ratio(rows, name, "peak_mb")
        seconds = statistics.median(r[name]["seconds"] for r in rows)
        peak = statistics.median(r[name]["peak_mb"] for r in rows)
        print(f"{name:9}{seconds:10.3f}{statistics.median(t):8.2f}{t[int(0.9 * (len(t) - 1))]:8.2f}"
              f"{t[-1]:8.2f}{peak:13.1f}{statistics.median(m):8.2f}{m[-1]:8.2f}")


def report(rows, bench):
    parsed = [r for r in rows if r["parses"]]
    compiled = [r for r in rows if "analyze" in r]
    print(f"{len(rows)} units; clang parses {len(parsed)} to the end, {len(compiled)} without an error")
    if parsed:
        table(parsed, ("syntax", "scan"))
        for r in sorted(parsed, key=lambda r: -r["scan"]["seconds"] / r["syntax"]["seconds"])[:3]:
            print(f"  {r['scan']['seconds'] / r['syntax']['seconds']:.2f} times: {r['unit']}")
    if compiled:
        print(f"\nthose {len(compiled)} that compile:", end="")
        table(compiled, ("syntax", "analyze", "scan"))
    own = sorted(s["parse"] and (s["parse"] + s["analysis"]) / s["parse"]
                 for s in (r["stats"]["seconds"] for r in rows if "stats" in r))
    if own:
        print(f"\nparse and analysis, times the scan's own parse: median {statistics.median(own):.2f}, "
              f"p90 {own[int(0.9 * (len(own) - 1))]:.2f}, worst {own[-1]:.2f}")
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
    units = list(collect(args.paths, os.path.join(args.build, "bin", "irqlint")))
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
