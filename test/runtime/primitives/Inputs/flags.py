"""flags.py COMPILE_COMMANDS SOURCE_ROOT: every source of the runtime that is not analyzed by
itself is compiled with the analysis of locks as an error."""

import json
import os
import sys

commands = {}
with open(sys.argv[1]) as f:
    for c in json.load(f):
        commands[os.path.realpath(os.path.join(c["directory"], c["file"]))] = c["command"].split()
bad = seen = 0
for folder in ("Kmdf", "Loader", "Machine", "Nt", "Verifier"):
    base = os.path.join(os.path.realpath(sys.argv[2]), "lib", "Runtime", folder)
    for name in sorted(os.listdir(base)):
        path = os.path.join(base, name)
        if not name.endswith(".cpp"):
            continue
        seen += 1
        flags = commands.get(path)
        if not flags or not {"-Wthread-safety", "-Werror=thread-safety"} <= set(flags):
            print(f"{path}: {'not analyzed' if flags else 'not built'}")
            bad += 1
sys.exit(bad or seen < 20)
