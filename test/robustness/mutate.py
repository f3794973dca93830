#!/usr/bin/env python3
"""Damages real sources at random and demands that a scan survives it.

    mutate.py --irqlint=PROGRAM [--count=N] [--seed=N] PATH... [-- SCAN-OPTION...]

Editors hand half-typed code to the checks, and drivers are scanned without the
headers that they were written for, so no input may bring the tool down. Every
mutant comes from one source file below the PATHs by one to eight edits of its
tokens, and is scanned as a unit of its own, many in one call. Demanded is

  * every call ends by itself, with status 0, 1 or 2 and statistics that are JSON
    and count every unit;
  * no unit is lost, be it by a signal or by a time-out;
  * no function was given up because the analyzer crashed in it.

A mutant depends on the seed, its number and the sources alone, so that
`--only=NUMBER --save=DIR` makes the one that a failure names again.
Exit status: 0 all survived, 1 not, 2 nothing to do.
"""

import argparse
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile

SOURCES = (".c", ".cpp", ".cc", ".cxx")
TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|\s+|\w+'
    r"|->|\+\+|--|<<=?|>>=?|&&|\|\||[-+*/%&|^<>=!]=|::|\.\.\.|.",
    re.S,
)
BRACKETS = "(){}[]"
# What parsers and engines trip over, besides the tokens of the files themselves.
SPICE = (
    *"(){}[];,*&?:=<>~!#.", "return", "goto", "case 1:", "default:", "break;", "continue;",
    "if", "else", "for", "while", "do", "switch", "sizeof", "struct", "union", "enum", "typedef",
    "static", "extern", "void", "int", "const", "__try", "__finally", "__except", "__leave;",
    "0", "-1", "0x7fffffffffffffff", '"', "'", "/*", "*/", "\\\n", "\n#if 0\n", "\n#endif\n",
    "\n#define X(a) a##a\n", "\n#include \"none.h\"\n", "__attribute__", "__declspec(", "asm", "@",
    "\0", "\u00e4", "class", "template<", "operator", "new", "throw", "this", "[]{", "auto",
)


def units(paths):
    for path in paths:
        if os.path.isfile(path):
            yield os.path.abspath(path)
            continue
        for folder, dirs, files in os.walk(os.path.abspath(path)):
            dirs.sort()
            yield from (os.path.join(folder, f) for f in sorted(files) if f.lower().endswith(SOURCES))


def is_code(token):
    return not token.isspace() and not token.startswith(("//", "/*"))


class Mutator:
    def __init__(self, sources, seed):
        self.seed, self.sources, self.tokens = seed, sources, {}
        for path in sources:
            with open(path, encoding="utf-8", errors="surrogateescape", newline="") as f:
                self.tokens[path] = TOKEN.findall(f.read())

    def edits(self):
        return [getattr(self, name) for name in sorted(dir(self)) if name.startswith("edit_")]

    # Each edit changes the list in place; p is the index of a token that is code.
    def edit_delete(self, r, t, p):
        del t[p]

    def edit_insert(self, r, t, p):
        t.insert(p, r.choice(SPICE))

    def edit_insert_own(self, r, t, p):
        t.insert(p, r.choice(t) + " ")

    def edit_replace(self, r, t, p):
        t[p] = r.choice(t)

    def edit_swap(self, r, t, p):
        q = r.randrange(len(t))
        t[p], t[q] = t[q], t[p]

    def edit_swap_near(self, r, t, p):
        q = min(len(t) - 1, p + r.randint(1, 4))
        t[p], t[q] = t[q], t[p]

    def edit_duplicate(self, r, t, p):
        t[p:p] = t[p : p + r.randint(1, 40)]

    def edit_delete_span(self, r, t, p):
        del t[p : p + r.randint(2, 60)]

    def edit_move_span(self, r, t, p):
        span = t[p : p + r.randint(2, 60)]
        del t[p : p + len(span)]
        q = r.randrange(len(t) + 1)
        t[q:q] = span

    def edit_splice(self, r, t, p):
        """A piece from elsewhere; of the same file, as other sources come and go."""
        q = r.randrange(len(t))
        t[p:p] = t[q : q + r.randint(1, 80)]

    def edit_bracket(self, r, t, p):
        at = [i for i, token in enumerate(t) if token in BRACKETS]
        if not at:
            return
        i = r.choice(at)
        how = r.randrange(3)
        if how == 0:
            del t[i]
        elif how == 1:
            t.insert(i, r.choice(BRACKETS))
        else:
            t[i] = r.choice(BRACKETS)

    def edit_truncate(self, r, t, p):
        if r.randrange(4) == 0:  # the other edits should mostly meet whole files
            token = t[p]
            del t[p:]
            t.append(token[: len(token) // 2])

    def edit_rename(self, r, t, p):
        """All uses of one name become another name of the file."""
        names = sorted({token for token in t if token.isidentifier()})
        if names:
            old, new = r.choice(names), r.choice(names)
            t[:] = [new if token == old else token for token in t]

    def mutant(self, number):
        # By name, so that a new source leaves the mutants of the others as they are.
        path = self.sources[number % len(self.sources)]
        r = random.Random(f"{self.seed}:{os.path.basename(path)}:{number // len(self.sources)}")
        tokens = list(self.tokens[path])
        done = []
        for _ in range(r.choice((1, 1, 1, 2, 2, 3, 5, 8))):
            code = [i for i, token in enumerate(tokens) if is_code(token)]
            if not code:
                break
            edit = r.choice(self.edits())
            edit(r, tokens, r.choice(code))
            done.append(edit.__name__[5:])
        text = "".join(tokens).encode("utf-8", "surrogateescape")
        return path, text, done


class Run:
    def __init__(self, args, mutator):
        self.args, self.mutator = args, mutator
        self.failures = []  # (number or None, what)
        self.totals = collections.Counter()

    def fail(self, number, what):
        self.failures.append((number, what))
        if number is None:
            print(what)
            return
        path, _, edits = self.mutator.mutant(number)
        print(f"mutant {number} of {os.path.basename(path)} ({', '.join(edits)}): {what}", flush=True)
        if self.args.save:
            self.write(self.args.save, number)

    def write(self, folder, number):
        path, text, _ = self.mutator.mutant(number)
        name = os.path.join(folder, f"m{number:06}{os.path.splitext(path)[1]}")
        with open(name, "wb") as f:
            f.write(text)
        return name, path

    def batch(self, numbers):
        with tempfile.TemporaryDirectory(prefix="irqlint-mutants-") as work:
            files, include = [], []
            for number in numbers:
                name, path = self.write(work, number)
                files.append(name)
                if f"-I{os.path.dirname(path)}" not in include:
                    include.append(f"-I{os.path.dirname(path)}")
            stats = os.path.join(work, "stats.json")
            limit = self.args.time_limit
            command = [self.args.irqlint, "scan", f"-j{self.args.jobs}", f"--time-limit={limit}",
                       f"--stats={stats}", f"--output={os.devnull}", *include,
                       *self.args.scan_options, *files]
            try:
                done = subprocess.run(command, cwd=work, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      timeout=60 + 2 * limit * len(files), check=False)
            except subprocess.TimeoutExpired:
                self.fail(None, f"mutants {numbers[0]} to {numbers[-1]}: the scan does not end")
                return
            where = f"mutants {numbers[0]} to {numbers[-1]}"
            if done.returncode not in (0, 1, 2):
                self.fail(None, f"{where}: exit status {done.returncode}:\n"
                                + done.stdout.decode("utf-8", "replace")[-2000:])
            try:
                with open(stats, encoding="utf-8") as f:
                    self.judge(json.load(f), files, where, done)
            except (OSError, ValueError, KeyError, TypeError) as e:
                self.fail(None, f"{where}: no sound statistics: {e!r}:\n"
                                + done.stdout.decode("utf-8", "replace")[-2000:])

    def judge(self, stats, files, where, done):
        number_of = lambda name: int(re.search(r"m(\d{6})\.", name).group(1))
        if stats["units"] != len(files):
            self.fail(None, f"{where}: {stats['units']} of {len(files)} units in the statistics")
        for unit in stats["units_failed"]:
            # (A mutant may be broken so early that nothing is left; to say so is right.)
            if not unit["why"].startswith("no function in it could be read: "):
                self.fail(number_of(unit["file"]), f"unit lost: {unit['why']}")
        if (done.returncode == 2) != bool(stats["units_failed"]):
            self.fail(None, f"{where}: exit status {done.returncode}, {len(stats['units_failed'])} units "
                            "failed:\n" + done.stdout.decode("utf-8", "replace")[-2000:])
        for function in stats["given_up"]:
            if "crash" in function["why"]:
                # A mutant crashes in a header's function, too; then no number is in the name.
                match = re.search(r"m(\d{6})\.", function["file"])
                self.fail(match and int(match.group(1)),
                          f"function {function['function']} in {function['file']}: {function['why']}")
            else:
                self.totals["given up"] += 1
        for key in ("units", "units_with_errors", "functions", "relevant", "explored_fully"):
            self.totals[key] += stats[key]
        self.totals["findings"] += stats["findings"]["definite"] + stats["findings"]["possible"]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--irqlint", required=True)
    parser.add_argument("--count", type=int, default=300, help="how many mutants (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="just this one")
    parser.add_argument("--batch", type=int, default=60, help="mutants per scan (default: %(default)s)")
    parser.add_argument("--jobs", "-j", type=int, default=2)
    parser.add_argument("--time-limit", type=int, default=60, metavar="SECONDS", help="per unit")
    parser.add_argument("--save", metavar="DIR", help="keep the mutants that fail (with --only: it)")
    parser.add_argument("paths", nargs="+")
    own, options = sys.argv[1:], []
    if "--" in own:
        options = own[own.index("--") + 1 :]
        own = own[: own.index("--")]
    args = parser.parse_args(own)
    args.scan_options = options
    args.irqlint = os.path.abspath(args.irqlint)
    for path in args.paths:
        if not os.path.exists(path):
            print(f"mutate.py: no such file or folder: {path}", file=sys.stderr)
            return 2
    sources = list(dict.fromkeys(units(args.paths)))
    if not sources:
        print("mutate.py: no C or C++ source found", file=sys.stderr)
        return 2
    if args.save:
        os.makedirs(args.save, exist_ok=True)
    run = Run(args, Mutator(sources, args.seed))
    numbers = range(args.first, args.first + args.count)
    if args.only is not None:
        numbers = range(args.only, args.only + 1)
        if args.save:
            print(run.write(args.save, args.only)[0])
    for start in range(0, len(numbers), args.batch):
        run.batch(numbers[start : start + args.batch])
    print(f"{len(sources)} sources: {run.totals['units']} mutants, {run.totals['units_with_errors']} with "
          f"parse errors; {run.totals['explored_fully']} of {run.totals['relevant']} relevant functions "
          f"explored, {run.totals['given up']} given up, {run.totals['findings']} findings; "
          f"{len(run.failures)} failures")
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main())
