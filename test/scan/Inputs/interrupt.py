"""interrupt.py KEEP COMMAND...: runs the scan, sends SIGINT once the first unit's
result is in the work folder KEEP, and expects exit status 2 soon after."""

import os
import signal
import subprocess
import sys
import time

keep, *command = sys.argv[1:]
scan = subprocess.Popen(command)
deadline = time.monotonic() + 60
while not (os.path.isdir(f"{keep}/units") and any(
        f.endswith(".json") for f in os.listdir(f"{keep}/units"))):
    if scan.poll() is not None or time.monotonic() > deadline:
        scan.kill()
        sys.exit("the scan stored no result")
    time.sleep(0.02)
scan.send_signal(signal.SIGINT)
status = scan.wait(timeout=30)
if status != 2:
    sys.exit(f"exit status {status}, expected 2")
