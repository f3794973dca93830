# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""terminal.py COMMAND...: runs it with its standard error on a terminal and prints
what that gets, one line for each time the line is cleared."""

import os
import pty
import subprocess
import sys

ours, theirs = pty.openpty()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=theirs,
                           env={**os.environ, "TERM": "xterm", "COLUMNS": "120"})
os.close(theirs)
text = b""
while True:
    try:
        piece = os.read(ours, 65536)
    except OSError:  # the other side is closed
        break
    if not piece:
        break
    text += piece
process.wait()
print(text.decode().replace("\r\x1b[K", "\n<clear>"))
