# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""plist.py FILE: prints the findings of a property list; fails where a reader of
clang's would."""

import plistlib
import string
import sys

with open(sys.argv[1], "rb") as f:
    report = plistlib.load(f)
files = report["files"]


def place(location):
    return f"{files[location['file']]}:{location['line']}:{location['col']}"


for d in report["diagnostics"]:
    digits = d["issue_hash_content_of_line_in_context"]
    assert len(digits) == 32 and set(digits) <= set(string.hexdigits)
    assert d["path"][-1]["location"] == d["location"] and d["path"][-1]["message"] == d["description"]
    print(f"{place(d['location'])}: {d['check_name']}: {d['description']} in {d['issue_context']}")
    for e in d["path"]:
        assert e["kind"] == "event"
        for begin, end in e.get("ranges", []):
            assert begin["line"] == end["line"] and begin["col"] <= end["col"]
        print(f"{e['depth']} {place(e['location'])}: {e['message']}")
