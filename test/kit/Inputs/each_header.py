#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles the kit's public headers: each alone, and all of them in odd orders.

usage: each_header.py alone|orders KIT_DIR COMPILER ARGUMENT...

'alone' compiles each header as the only one of a C unit; 'orders' compiles all
of them together, in and against the alphabet, in C and C++ for three targets.
Prints what failed and exits with 1 then.
"""
import os
import subprocess
import sys

TARGETS = ("x86_64", "i686", "aarch64")
# Not declarations: they switch structure packing for what follows.
PACKING = {"pshpack1.h", "pshpack2.h", "pshpack4.h", "pshpack8.h", "poppack.h", "packon.h", "packoff.h"}


def public_headers(kit):
    for folder, _, names in os.walk(kit):
        part = os.path.relpath(folder, kit)
        if part.startswith("irqlint_kit"):
            continue
        for name in names:
            if name not in PACKING:
                yield os.path.normpath(os.path.join(part, name)).replace(os.sep, "/")


def compile_text(compiler, text, extra):
    done = subprocess.run(compiler + extra + ["-Werror", "-fsyntax-only", "-"],
                          input=text, text=True, capture_output=True)
    return done.returncode, done.stderr


def units(mode, headers):
    if mode == "alone":
        for h in headers:
            yield h, f"#include <{h}>\n", ["-x", "c", "-std=c11"]
        return
    for target in TARGETS:
        for language in (["-x", "c", "-std=c17"], ["-x", "c++", "-std=c++17"], ["-x", "c++", "-std=c++20"]):
            for name, order in (("alphabetical", headers), ("reversed", headers[::-1])):
                text = "".join(f"#include <{h}>\n" for h in order)
                yield (f"{name} {target} {language[-1]}", text,
                       language + [f"--target={target}-pc-windows-msvc"])


def main(arguments):
    mode, kit, compiler = arguments[0], arguments[1], arguments[2:]
    headers = sorted(public_headers(kit))
    if "ntddk.h" not in headers:
        print(f"no ntddk.h in {kit}")
        return 1
    failed = 0
    for name, text, extra in units(mode, headers):
        status, errors = compile_text(compiler, text, extra)
        if status:
            failed += 1
            print(f"FAILED {name}\n" + "\n".join(errors.splitlines()[:6]))
    print(f"{len(headers)} headers, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
