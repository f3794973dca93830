#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fetches real driver sources that corpus tests scan: corpus.py wine FOLDER.

Nothing of a corpus is committed: it comes from its publisher, through apt (which
verifies the archive's signature), into FOLDER, and stays there. FOLDER appears
only when it is whole, so that its presence means that it can be used.

    wine    kernel drivers and driver tests of Debian's source package, with
            wine's own headers (include/wine); its copies of Windows headers stay
            out, they are not those that the drivers of the world are built with

Needs a Debian system with a network. Exit status: 0 there, 2 cannot be had (and why).
"""

import argparse
import fnmatch
import glob
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

# A stable release, so that the version, and with it the findings, stay the same.
SUITE = os.environ.get("IRQLINT_DEBIAN_SUITE", "bookworm")
MIRROR = os.environ.get("IRQLINT_DEBIAN_MIRROR", "http://deb.debian.org/debian")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# Paths in the archive below its only folder. Drivers live in dlls/NAME.sys; the
# tests under ntoskrnl.exe and some others bring drivers of their own.
WANTED = {
    # Without the user-mode tests of the drivers.
    "wine": (
        "COPYING.LIB", "LICENSE", "VERSION", "include/wine/*.h",
        "dlls/*.sys/*.[ch]", "dlls/ntoskrnl.exe/tests/*.[ch]", "dlls/dinput/tests/*.[ch]",
    ),
}


def wanted(package, name):
    if "/tests/" in name and name.endswith(".c"):
        if not name.rpartition("/")[2].startswith("driver"):
            return False
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in WANTED[package])


class Unavailable(Exception):
    pass


class Fetch:
    def __init__(self, work, timeout):
        self.work, self.deadline = work, time.monotonic() + timeout

    def apt(self, *arguments):
        """apt-get with a sources list, state and cache of its own."""
        state = os.path.join(self.work, "apt")
        options = {
            "Dir::Etc::sourcelist": os.path.join(state, "debian.sources"),
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::State::Lists": os.path.join(state, "lists"),
            "Dir::Cache": os.path.join(state, "cache"),
            # The unprivileged download user may not reach the build folder.
            "APT::Sandbox::User": "root",
            "Acquire::Languages": "none",
            "Acquire::Retries": "1",
        }
        for folder in ("lists/partial", "cache/archives/partial"):
            os.makedirs(os.path.join(state, folder), exist_ok=True)
        with open(options["Dir::Etc::sourcelist"], "w", encoding="utf-8") as f:
            f.write(f"Types: deb-src\nURIs: {MIRROR}\nSuites: {SUITE}\nComponents: main\n"
                    f"Signed-By: {KEYRING}\n")
        command = ["apt-get", "-q"]
        for key, value in options.items():
            command += ["-o", f"{key}={value}"]
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Unavailable("out of time")
        try:
            done = subprocess.run(command + list(arguments), cwd=self.work, timeout=left,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False)
        except FileNotFoundError as e:
            raise Unavailable("no apt-get on this system") from e
        except subprocess.TimeoutExpired as e:
            raise Unavailable("out of time") from e
        text = done.stdout.decode("utf-8", "replace").strip()
        # An update that reached no mirror still ends with 0 and a warning.
        if done.returncode or "Failed to fetch" in text:
            raise Unavailable(text.splitlines()[-1] if text else "apt-get failed")

    def unpack(self, package, to):
        self.apt("update")
        self.apt("source", "--download-only", "--tar-only", package)
        archives = glob.glob(os.path.join(glob.escape(self.work), "*.orig.tar.*"))
        if len(archives) != 1:
            raise Unavailable(f"{len(archives)} source archives in package {package}")
        count = 0
        with tarfile.open(archives[0]) as archive:
            for member in archive:
                name = member.name.partition("/")[2]
                parts = name.split("/")
                if not member.isfile() or ".." in parts:
                    continue
                if not wanted(package, name):
                    continue
                target = os.path.join(to, *parts)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with archive.extractfile(member) as source, open(target, "wb") as f:
                    shutil.copyfileobj(source, f)
                count += 1
        return count


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS",
                        help="give the download up after this time (default: %(default)s)")
    parser.add_argument("corpus", choices=sorted(WANTED))
    parser.add_argument("folder", help="where it goes; left alone if it is there already")
    args = parser.parse_args()
    folder = os.path.abspath(args.folder)
    if os.path.isdir(folder):
        return 0
    try:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        with tempfile.TemporaryDirectory(dir=os.path.dirname(folder), prefix=".fetch-") as work:
            new = os.path.join(work, args.corpus)
            count = Fetch(work, args.timeout).unpack(args.corpus, new)
            if not count:
                raise Unavailable("the source archive does not look as expected")
            os.rename(new, folder)
    except (Unavailable, OSError, EOFError, tarfile.TarError) as e:
        print(f"corpus.py: {args.corpus} cannot be had: {e}", file=sys.stderr)
        return 2
    print(f"{folder}: {count} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
