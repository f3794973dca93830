#!/usr/bin/env python3
"""The five front ends must tell the same story about the same file.

    same.py --build=DIR --llvm=DIR --kit-flags='...' [--flag=-I...] [--notes]
            [--possible] [--rules=FILE...] [--project] FILE...

Runs stock clang-tidy with our plugin, stock clang --analyze with our plugin,
irqlint-tidy, irqlint-clangd (over its protocol) and irqlint scan on each FILE,
and compares place and check of every finding; with --notes the path, too.
Comments of the form

    // expect: check-name[, check-name...]

say what must be found on their line. A file without any must yield nothing.
With --possible, possible violations are asked for, too, and those that are
called so must be: `// expect: possible check-name`. The comment may also begin
with DEFECT, as in the example drivers. With --project no flags are given but to
the analyzer: they come from the .vcxproj beside the file, which the scan reads.
Exit status 1 with the differences if anything deviates.
"""

import argparse
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import lsp

DIAGNOSTIC = re.compile(
    r"^(?P<file>[^\n:]+):(?P<line>\d+):(?P<col>\d+): (?P<kind>warning|error|note): (?P<text>.*)$"
)
CHECK = re.compile(r"^(?P<text>.*?) \[(?:irqlint-(?P<slug>[\w-]+)|irqlint\.\w+\.(?P<camel>\w+))[,\w-]*\]$")
# Notes that clang adds by itself wherever a macro is involved.
NOT_OURS = re.compile(r"expanded from (macro )?'|^repair: |^this fix|in instantiation of", re.I)


def kebab(camel):
    return re.sub(r"(?<!^)(?=[A-Z])", "-", camel).lower()


class Finding:
    def __init__(self, place, check, message):
        self.place, self.check, self.notes = place, check, []
        self.message = message

    def wanted(self):
        sure = "possible " if self.message.endswith(" (possible)") else ""
        return (self.place[1], sure + self.check)

    def key(self, notes):
        file, line, col = self.place
        return (file, line, col, self.check) + ((tuple(self.notes),) if notes else ())


def read_findings(output):
    """Findings of text that is laid out like a compiler's."""
    found, current = [], None
    for row in output.splitlines():
        m = DIAGNOSTIC.match(row)
        if not m:
            continue
        place = (os.path.basename(m["file"]), int(m["line"]), int(m["col"]))
        if m["kind"] == "note":
            if current and not NOT_OURS.search(m["text"]):
                # clangd starts messages with a capital.
                text = m["text"][:1].lower() + m["text"][1:]
                current.notes.append(place[:2] + (text,))
            continue
        c = CHECK.match(m["text"])
        current = Finding(place, c["slug"] or kebab(c["camel"]), c["text"]) if c else None
        if current:
            found.append(current)
        elif m["kind"] == "error":
            sys.exit(f"same.py: the file does not compile: {row}")
    for f in found:
        # The analyzer ends each path with the finding's own message.
        end = f.place[:2] + (f.message[:1].lower() + f.message[1:],)
        if f.notes and f.notes[-1] == end:
            f.notes.pop()
    return found


def run(command, allowed):
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if p.returncode not in allowed:
        print(p.stdout)
        sys.exit(f"same.py: status {p.returncode}: {shlex.join(command)}")
    return read_findings(p.stdout)


def front_ends(args):
    flags = shlex.split(args.kit_flags) + args.flag
    plugin = os.path.join(args.build, "lib", "irqlint-%s-plugin.so")
    ours = lambda name: os.path.join(args.build, "bin", name)
    stock = lambda name: os.path.join(args.llvm, name)
    tidy = ["--checks=-*,irqlint-*", "--quiet"]
    analyzer, scan = [], [f for f in args.flag if f.startswith(("-I", "-D"))]
    options = {}
    if args.possible:
        options["Possible"] = "true"
        scan.append("--possible")
    if args.rules:
        files = [os.path.abspath(f) for f in args.rules]
        options["Rules"] = ";".join(files)
        scan += [f"--rules={f}" for f in files]
    config = json.dumps(
        {"CheckOptions": {f"irqlint-*.{name}": value for name, value in options.items()}}
    )
    if options:
        tidy.append(f"--config={config}")
    for name, value in options.items():
        analyzer += ["-Xclang", "-analyzer-config", "-Xclang", f"irqlint:{name}={value}"]

    known = [] if args.project else ["--", *flags]

    def clangd(path):
        # Its options come from a file beside the source.
        with tempfile.TemporaryDirectory() as folder:
            if options:
                with open(os.path.join(folder, ".clang-tidy"), "w", encoding="utf-8") as f:
                    f.write(config)
                path = shutil.copy(path, folder)
            command = [sys.executable, lsp.__file__, f"--server={ours('irqlint-clangd')}", path]
            if not args.project:
                command.insert(3, f"--flags={shlex.join(flags)}")
            return run(command, {0})

    def scanned(path):
        if args.project:
            [path] = glob.glob(os.path.join(os.path.dirname(path), "*.vcxproj"))
        return run([ours("irqlint"), "scan", *scan, path], {0, 1})

    return {
        "clang-tidy --load": lambda path: run(
            [stock("clang-tidy"), f"--load={plugin % 'tidy'}", *tidy, path, *known], {0}
        ),
        "clang --analyze": lambda path: run(
            [stock("clang"), "--analyze", "--analyzer-no-default-checks", "--analyzer-output",
             "text", "-Xclang", "-load", "-Xclang", plugin % "analyzer", "-Xclang",
             "-analyzer-checker=irqlint", *analyzer, *flags, path], {0}
        ),
        "irqlint-tidy": lambda path: run([ours("irqlint-tidy"), *tidy, path, *known], {0}),
        "irqlint-clangd": clangd,
        "irqlint scan": scanned,
    }


def expected(path):
    wanted = set()
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            m = re.search(r"// (?:expect|DEFECT): ([\w, -]+?)\s*$", line)
            for check in m[1].split(",") if m else ():
                wanted.add((number, check.strip()))
    return wanted


def compare(path, ends, args):
    wanted = expected(path)
    bad, first = False, None
    for name, front_end in ends.items():
        # A project's scan speaks of all its files.
        found = [f for f in front_end(path) if f.place[0] == os.path.basename(path)]
        got = {f.wanted() for f in found}
        for line, check in sorted(wanted - got):
            print(f"{path}:{line}: {name} does not report {check}")
        for line, check in sorted(got - wanted):
            print(f"{path}:{line}: {name} reports {check}, which is not expected")
        bad |= got != wanted
        keys = {f.key(args.notes) for f in found}
        if first is None:
            first = name, keys
        for key in sorted(keys - first[1]):
            print(f"{path}: only in {name}, not in {first[0]}: {key}")
        for key in sorted(first[1] - keys):
            print(f"{path}: not in {name}, but in {first[0]}: {key}")
        bad |= keys != first[1]
    print(f"{os.path.basename(path)}: {len(wanted)} findings wanted of {len(ends)} front ends")
    return not bad


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--build", required=True)
    parser.add_argument("--llvm", required=True)
    parser.add_argument("--kit-flags", required=True)
    parser.add_argument("--flag", action="append", default=[], help="one more compiler flag")
    parser.add_argument("--notes", action="store_true", help="compare path notes, too")
    parser.add_argument("--possible", action="store_true", help="ask for possible ones, too")
    parser.add_argument("--rules", action="append", help="a rule file for all of them")
    parser.add_argument("--project", action="store_true", help="flags come from the .vcxproj")
    parser.add_argument("--without", action="append", default=[], help="leave a front end out")
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    ends = {n: e for n, e in front_ends(args).items() if n not in args.without}
    results = [compare(path, ends, args) for path in args.files]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
