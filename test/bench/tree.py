#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the scan of a whole tree costs, against clang on the same units.

    tools/dev bench tree [-j N] [--sample=N] [--growth] [--json=FILE] PATH

On a copy of the tree, one after another:

    syntax    clang -fsyntax-only of every unit, with the flags that the scan uses
    cold      irqlint scan with an empty work folder
    warm      the same again, nothing changed
    one .c    after a change of one source file
    header    after a change of the header of the tree that most units read
    analyze   clang --analyze (core checkers) of every n-th unit, beside the others
    parsed    what the parser understood: a measure of the header kit
    growth    (--growth) cold scans of a quarter and a half of the units

Headers that nobody has are empty for clang, too: it would stop at the first. It still skips
what it does not understand, so its time is a low base. Processor time is given beside wall
time, for on a busy machine only its ratios say something. Nothing passes or fails.
"""

import argparse
import collections
import concurrent.futures
import glob
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

MISSING = re.compile(rb"fatal error: '([^'\n]+)' file not found")


class Clock:
    """Wall and processor time of child processes."""

    def __enter__(self):
        self.wall, self.cpu = time.perf_counter(), self.children()
        return self

    def __exit__(self, *_):
        self.wall = time.perf_counter() - self.wall
        self.cpu = self.children() - self.cpu

    @staticmethod
    def children():
        u = resource.getrusage(resource.RUSAGE_CHILDREN)
        return u.ru_utime + u.ru_stime


class Tree:
    def __init__(self, args, work):
        self.args, self.work = args, work
        self.clang = os.path.join(args.llvm, "clang")
        self.irqlint = os.path.join(args.build, "bin", "irqlint")
        self.kit = os.path.join(args.build, "share", "irqlint", "kit", "include")
        self.empty = os.path.join(work, "empty")
        self.keep = os.path.join(work, "keep")
        self.path = os.path.join(work, "tree")
        os.mkdir(self.empty)
        shutil.copytree(args.path, self.path, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        self.rows = collections.OrderedDict()

    def plan(self):
        done = subprocess.run([self.irqlint, "scan", "--list", "--format=json", self.path],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        self.units = json.loads(done.stdout)["units"]

    def flags(self, unit):
        flags = [f"--target={unit['target']}", "-fms-extensions", "-fms-compatibility",
                 "-fms-compatibility-version=19.44", "-Xclang", "-fms-kernel", "-nostdlibinc",
                 "-Wno-everything", "-ferror-limit=0", "-fno-spell-checking",
                 f"-x{'c++' if unit['cplusplus'] else 'c'}", f"-std={unit['standard']}"]
        flags += [f"-D{d}" for d in unit["defines"]] + [f"-U{d}" for d in unit["undefines"]]
        flags += [f"-I{d}" for d in unit["includes"]]
        for forced in unit["forced"]:
            flags += ["-include", forced]
        return [*flags, "-isystem", self.kit, "-idirafter", self.empty]

    def fill(self, unit):
        """Makes the headers that clang misses, empty."""
        command = [self.clang, "-fsyntax-only", *self.flags(unit), unit["file"]]
        for _ in range(100):
            done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
            missing = MISSING.search(done.stderr)
            if not missing:
                return done.returncode == 0
            name = os.path.normpath(missing.group(1).decode("utf-8", "replace").replace("\\", "/"))
            name = os.path.join(self.empty, name)
            if not name.startswith(self.empty + os.sep) or os.path.exists(name):
                return False
            os.makedirs(os.path.dirname(name), exist_ok=True)
            open(name, "w").close()
        return False

    def each(self, work, units):
        with concurrent.futures.ThreadPoolExecutor(self.args.jobs) as pool:
            return list(pool.map(work, units))

    def quiet(self, command):
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    def clang_run(self, name, units, *what):
        with Clock() as c:
            self.each(lambda u: self.quiet([self.clang, *what, *self.flags(u), u["file"]]), units)
        self.row(name, c, len(units))

    def scan(self, name, *more, keep=None):
        stats = os.path.join(self.work, "stats.json")
        with Clock() as c:
            self.quiet([self.irqlint, "scan", f"-j{self.args.jobs}", f"--keep={keep or self.keep}",
                        f"--stats={stats}", f"--output={os.devnull}", *more, self.path])
        with open(stats) as f:
            stats = json.load(f)
        self.row(name, c, stats["units"])
        return stats

    def row(self, name, clock, units):
        self.rows[name] = {"wall": clock.wall, "cpu": clock.cpu, "units": units}
        print(f"{name:10}{units:7} units{clock.wall:10.1f} s wall{clock.cpu:10.1f} s processor", flush=True)

    def entries(self):
        for name in glob.glob(self.keep + "/units/*.json"):
            with open(name) as f:  # a mark, what it was made from, what came of it
                _, made_from, job = f.read().splitlines()
            yield {**json.loads(made_from), "job": json.loads(job)}

    def touch(self, path):
        with open(path, "a") as f:
            f.write("\n/* changed */\n")

    def run(self):
        self.plan()
        print(f"{len(self.units)} units, {self.args.jobs} jobs", flush=True)
        compiles = self.each(self.fill, self.units)
        self.clang_run("syntax", self.units, "-fsyntax-only")
        stats = self.scan("cold")
        self.scan("warm")
        entries = list(self.entries())
        self.touch(self.units[len(self.units) // 2]["file"])
        self.scan("one .c")
        readers = collections.Counter(f for e in entries for f in e["files"]
                                      if f.startswith(self.path) and not f.endswith((".c", ".cpp")))
        header, count = readers.most_common(1)[0] if readers else (None, 0)
        if header:
            self.touch(header)
            self.scan("header")
        sample = [u for u, good in zip(self.units, compiles) if good]
        sample = sample[:: max(1, len(sample) // max(1, self.args.sample))]
        if sample:
            self.clang_run("syntax*", sample, "-fsyntax-only")
            self.clang_run("analyze*", sample, "--analyze", "--analyzer-no-default-checks", "-Xclang",
                           "-analyzer-checker=core", "-o", os.devnull)
        if self.args.growth:
            for part in (4, 2):
                self.scan(f"1/{part}", f"--shard=1/{part}", keep=f"{self.keep}{part}")

        def times(a, b, what):
            return self.rows[a][what] / self.rows[b][what]

        print(f"\ncold / syntax: {times('cold', 'syntax', 'wall'):.2f} wall, "
              f"{times('cold', 'syntax', 'cpu'):.2f} processor")
        for name in ("warm", "one .c", "header"):
            if name in self.rows:
                print(f"{name} / cold: {100 * times(name, 'cold', 'wall'):.1f} % wall, "
                      f"{100 * times(name, 'cold', 'cpu'):.1f} % processor")
        if header:
            print(f"  ({os.path.relpath(header, self.path)}, read by {count} units)")
        if sample:
            print(f"on {len(sample)} units that compile: analyze / syntax "
                  f"{times('analyze*', 'syntax*', 'wall'):.2f} wall, "
                  f"{times('analyze*', 'syntax*', 'cpu'):.2f} processor")
        peaks = sorted(e["job"]["result"].get("peakMb", 0) for e in entries)
        if peaks:
            print(f"memory per job: median {statistics.median(peaks):.0f} MiB, p95 "
                  f"{peaks[int(0.95 * (len(peaks) - 1))]:.0f}, most {peaks[-1]:.0f}")
        if self.args.growth:
            print("processor time per unit: " + ", ".join(
                f"{n}: {1000 * self.rows[n]['cpu'] / self.rows[n]['units']:.0f} ms"
                for n in ("1/4", "1/2", "cold")))
        errors = {}
        for e in entries:  # a unit may have been looked at twice
            errors[e["job"]["result"]["file"]] = e["job"]["result"].get("errors", 0)
        parsed = {
            "errors, median": statistics.median(errors.values()) if errors else 0,
            "clean": 100 * stats["parsed"]["clean"] / max(1, stats["functions"]),
            "clean or stubbed": 100 * (stats["parsed"]["clean"] + stats["parsed"]["stubbed"])
                                / max(1, stats["functions"]),
            "damaged statements": 100 * stats["damaged_statements"] / max(1, stats["statements"]),
        }
        print(f"parsed: median errors {parsed['errors, median']:.0f}, functions clean "
              f"{parsed['clean']:.1f} %, clean or stubbed {parsed['clean or stubbed']:.1f} %, "
              f"damaged statements {parsed['damaged statements']:.2f} %")
        if self.args.json:
            with open(self.args.json, "w") as f:
                json.dump({"rows": self.rows, "stats": stats, "parsed": parsed}, f, indent=1)


def main():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(root, "build"))
    parser.add_argument("--llvm", default="/usr/lib/llvm-22/bin", help="folder of clang")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--sample", type=int, default=40, help="units for clang --analyze")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--json", help="write everything measured to this file")
    parser.add_argument("path")
    args = parser.parse_args()
    if not os.path.isdir(args.path):
        sys.exit(f"tree.py: no such folder: {args.path}")
    with tempfile.TemporaryDirectory(prefix="irqlint-bench-") as work:
        Tree(args, work).run()


if __name__ == "__main__":
    main()
