"""families.py SOURCE_ROOT: the table of docs/runtime.md against the tests."""

import glob
import os
import re
import sys

root = sys.argv[1]
# Under the lock of whoever uses it; a script of its own covers it.
NO_FAMILY = {"WaitQueue.h"}


def read(*parts):
    with open(os.path.join(root, *parts)) as f:
        return f.read()


tests = {os.path.basename(p): open(p).read()
         for p in glob.glob(os.path.join(root, "test/runtime/primitives/*Test.cpp"))}
families = [name for text in tests.values() for name in re.findall(r'verify\(\s*\{"([^"]+)"', text)]
calls = sum(len(re.findall(r"\bverify\(", text)) for text in tests.values())
page = read("docs", "runtime.md")
table = page[page.index("| family | API covered"):]
rows = [line.split("|")[1].strip() for line in table.split("\n\n")[0].splitlines()[2:]]
native = read("test/runtime/primitives/Inputs/native.cpp")
problems = []
if calls != len(families):
    problems.append(f"{calls} families are verified, the names of {len(families)} were understood")
for name in families:
    if rows.count(name) != 1:
        problems.append(f"docs/runtime.md: {rows.count(name)} rows for '{name}'")
for name in rows:
    if name not in families:
        problems.append(f"docs/runtime.md: no test verifies '{name}'")
headers = {os.path.basename(p): open(p).read()
           for p in glob.glob(os.path.join(root, "lib/Runtime/Primitives/*.h"))}
mutated = set(re.findall(r'"(\w+\.h)"', "\n".join(re.sub(r"#include.*", "", t) for t in tests.values())))
for name, text in headers.items():
    if name not in mutated and name not in NO_FAMILY:
        problems.append(f"{name}: no family looks for mutants in it")
    included = f'Primitives/{name}"' in native or any(
        f'Primitives/{name}"' in other for n, other in headers.items() if n != name)
    if not included:
        problems.append(f"{name}: Inputs/native.cpp does not include it")
print("\n".join(problems))
sys.exit(bool(problems))
