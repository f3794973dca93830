#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""page.py PAGE.html: is an HTML report well-formed and self-contained?

Prints what a person sees of it, one finding or step a line; fails on tags that
do not close, on anything that would be loaded, on doubled ids and dead links.
"""

import sys
from html.parser import HTMLParser

VOID = {"meta", "input", "br"}
OPTIONAL = {"td", "th"}  # may be closed by what follows
LOADS = {"img", "script", "link", "iframe", "object", "embed", "video", "audio", "source", "base"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.out = [], [], [], []
        self.problems = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in LOADS and not (tag == "script" and not attrs):
            self.problems.append(f"loads something: <{tag} {attrs}>")
        for name, value in attrs.items():
            if name in ("src", "srcset", "data", "action", "background"):
                self.problems.append(f"loads something: {name}={value}")
            if name.startswith("on"):
                self.problems.append(f"inline handler: {name}={value}")
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if attrs.get("href", "").startswith("#"):
            self.links.append(attrs["href"][1:])
        elif "href" in attrs and not attrs["href"].startswith("https://"):
            self.problems.append(f"strange link: {attrs['href']}")
        if tag in VOID:
            return
        while self.open and self.open[-1][0] in OPTIONAL and tag in ("td", "th", "tr"):
            self.close()
        self.open.append((tag, attrs.get("class", ""), []))

    def handle_endtag(self, tag):
        while self.open and self.open[-1][0] in OPTIONAL and tag in ("tr", "table"):
            self.close()
        if not self.open or self.open[-1][0] != tag:
            self.problems.append(f"</{tag}> at {self.getpos()} closes {self.open[-1:]}")
        else:
            self.close()

    def close(self):
        tag, name, pieces = self.open.pop()
        text = "".join(pieces)
        label = {"summary": "FINDING", "li": "STEP", "title": "TITLE"}.get(tag)
        if name == "src":
            label = "SOURCE"
        if name == "about":
            label = "ABOUT"
        if label:
            self.out.append(f"{label}: {' '.join(text.split())}")
        elif tag == "style" and any(s in text for s in ("url(", "@import")):
            self.problems.append("the style sheet loads something")
        if self.open and tag not in ("style", "script"):
            self.open[-1][2].append(text)

    def handle_data(self, data):
        if self.open:
            self.open[-1][2].append(data)


page = Page()
with open(sys.argv[1], encoding="utf-8") as f:
    page.feed(f.read())
left = [t for t, _, _ in page.open]
if left:
    page.problems.append(f"never closed: {left}")
for i in sorted({i for i in page.ids if page.ids.count(i) > 1}):
    page.problems.append(f"id twice: {i}")
for link in page.links:
    if link not in page.ids:
        page.problems.append(f"link to nowhere: #{link}")
print("\n".join(page.out))
print("ids:", len(page.ids))
if page.problems:
    sys.exit("\n".join(page.problems))
