"""known_gaps.py SOURCE_ROOT: every FN_ and FP_ name of the tests is listed in
docs/limits.md, and nothing is listed there that the tests no longer have."""

import os
import re
import sys

NAME = re.compile(r"\b(?:FN|FP)_\w+(?:-[\w.-]+)?")
root = sys.argv[1]
have = set()
for folder, below, files in os.walk(os.path.join(root, "test")):
    below[:] = [d for d in below if not d.startswith(".")]  # caches
    for f in files:
        if f.startswith(("FN_", "FP_")):
            have.add(f)
        if f.endswith((".c", ".cpp")):
            with open(os.path.join(folder, f), encoding="utf-8", errors="replace") as src:
                have.update(n.split("-")[0] for n in NAME.findall(src.read()))
with open(os.path.join(root, "docs", "limits.md"), encoding="utf-8") as doc:
    listed = set(NAME.findall(doc.read()))

for name in sorted(have - listed):
    print(f"{name} is a known gap that docs/limits.md does not list")
for name in sorted(listed - have):
    print(f"docs/limits.md lists {name}, which no test has any more")
sys.exit(have != listed)
