# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""kill.py WHAT COMMAND...: runs a scan and kills it, or a part of it.

  worker         the (only) worker gets SIGKILL after a second of work
  interrupt      the scan gets SIGINT after its worker has worked for a second
  launched KEEP  the same where a launcher has the work done elsewhere
  scan KEEP      the scan gets SIGKILL once a result is in the work folder KEEP;
                 its workers must end with it

Prints the exit status."""

import glob
import os
import signal
import subprocess
import sys
import time

what, *command = sys.argv[1:]
keep = command.pop(0) if what in ("scan", "launched") else None
deadline = time.monotonic() + 90


def wait_for(condition):
    while not condition():
        if time.monotonic() > deadline:
            scan.kill()
            sys.exit(f"{what}: what it waits for does not come")
        time.sleep(0.02)


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(c) for c in f.read().split()]
    except FileNotFoundError:
        return []


def below(pid):
    direct = children(pid)
    return direct + [c for d in direct for c in below(d)]


def worked(pid):
    """Seconds of processor time."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return int(f.read().rsplit(")", 1)[1].split()[11]) / os.sysconf("SC_CLK_TCK")
    except FileNotFoundError:
        return 0


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


scan = subprocess.Popen(command)
if what == "scan":
    wait_for(lambda: glob.glob(f"{keep}/units/*.json") and children(scan.pid))
    workers = children(scan.pid)
    scan.kill()
    wait_for(lambda: not any(alive(w) for w in workers))
elif what == "launched":
    wait_for(lambda: any('"found"' in open(f).read()
                         for f in glob.glob(f"{keep}/jobs-*/*.result")))
    time.sleep(0.5)  # for the scan to see it, too
    workers = below(scan.pid)
    scan.send_signal(signal.SIGINT)
else:
    # A launched unit is a process further down.
    wait_for(lambda: any(worked(c) > 1 for c in below(scan.pid)))
    workers = below(scan.pid)
    if what == "worker":
        os.kill(children(scan.pid)[0], signal.SIGKILL)
    else:
        scan.send_signal(signal.SIGINT)
status = scan.wait(timeout=60)
wait_for(lambda: not any(alive(w) for w in workers))
print("status", status)
