#!/usr/bin/env python3
# Part of irqlint, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Generates the header kit: fact tables + hand-written headers -> include folder.

usage: kit-gen.py KIT_SOURCE_DIR OUTPUT_INCLUDE_DIR [--stubs FILE.inc] [--names FILE.tsv]

The table format is described in lib/Kit/README.md. --stubs also writes
tables/stub-names.tsv without the names that the kit declares, for lookupKind();
--names the routines and callback types of each part, for irqlint-kit-contracts.
Any mistake in a table is one line "file:line: error: ..." and exit status 1.
"""
import os
import re
import sys

KINDS = {"function", "callback", "struct", "union", "enum", "typedef", "handle", "interface",
         "constant", "macro", "guid", "sal", "sal0", "none", "none0", "pre", "raw"}
CONDITIONS = {
    "x64": "defined(_M_AMD64)", "x86": "defined(_M_IX86)", "arm64": "defined(_M_ARM64)",
    "64": "defined(_WIN64)", "32": "!defined(_WIN64)",
    "c": "!defined(__cplusplus)", "c++": "defined(__cplusplus)",
}
IDENT = re.compile(r"[A-Za-z_]\w*")
NAME_AND_PARAMETERS = re.compile(r"([A-Za-z_]\w*)\s*\(")
POINTER_CALLBACK = re.compile(r"\(\s*(?:\w+\s+)?\*\s*(\w+)\s*\)\s*\(")
CONVENTIONS = re.compile(r"\b(__cdecl|__stdcall|__fastcall|FASTCALL|NTAPI|CDECL|DDKAPI|APIENTRY|NDISAPI)\b")
TAGGED = re.compile(r"\b(struct|union)\s+\w+")
DECLARATION_NOISE = re.compile(r"\b(struct|union|enum)\s+")


class TableError(Exception):
    pass


class Row:
    """One fact: where it stands, what it declares, and its C text."""

    def __init__(self, where, header, name, kind, text):
        self.where, self.header, self.text = where, header, text.strip()
        self.kind, _, self.condition = kind.partition("@")
        name, _, tag = name.partition(":")
        self.name, *self.others = name.split("|")
        self.tag = tag or "_" + self.name
        self.own_pointer = False  # a typedef row says what P<name> is
        self.base, self.implements_base, self.interfaces = "", False, {}
        if self.kind == "interface":
            self.base, self.implements_base = tag.rstrip("+"), tag.endswith("+")

    def fail(self, message):
        raise TableError(f"{self.where}: error: {message}")


def declared_name(kind, text):
    """The name that a one-column function, callback or typedef row declares."""
    if kind in ("callback", "typedef"):
        m = POINTER_CALLBACK.search(text)
        if m:
            return m.group(1)
    if kind in ("function", "callback"):
        return function_name(text)
    if kind == "typedef":
        m = re.search(r"(\w+)\s*(?:\[[^]]*\]\s*)*$", text)
        return m.group(1) if m else None
    return None


def function_name(text):
    """The identifier in front of the parameter list: the last group of
    parentheses that closes the prototype."""
    depth = 0
    for i in range(len(text) - 1, -1, -1):
        if text[i] == ")":
            depth += 1
        elif text[i] == "(":
            depth -= 1
            if depth == 0:
                m = re.search(r"(\w+)\s*$", text[:i])
                return m.group(1) if m else None
    return None


def read_table(path, shown):
    rows, header, kind = [], None, None
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n").rstrip("\r")
            where = f"{shown}:{number}"
            if not line.strip() or line.startswith("#"):
                continue
            cells = line.split("\t")
            if cells[0] == "@":
                if len(cells) != 3:
                    raise TableError(f"{where}: error: '@' line needs a header and a kind")
                header, kind = cells[1].strip(), cells[2].strip()
                check_kind(where, kind)
                continue
            h, k = header, kind
            if len(cells) == 4:
                h, name, k, text = (c.strip() for c in cells)
            elif len(cells) == 2:
                name, text = cells[0].strip(), cells[1]
            elif len(cells) == 1:
                text = cells[0].strip()
                base = (k or "").partition("@")[0]
                if base in ("sal", "sal0", "none", "none0", "handle", "struct", "union", "guid"):
                    name, text = text, ""
                else:
                    name = declared_name(base, text)
            else:
                raise TableError(f"{where}: error: {len(cells)} columns, expected 1, 2 or 4")
            if not h or not k:
                raise TableError(f"{where}: error: short row before the first '@' line")
            if not name:
                raise TableError(f"{where}: error: no name found in '{text}'")
            check_kind(where, k)
            rows.append(Row(where, h.lower(), name, k, text))
    return rows


def check_kind(where, kind):
    base, _, condition = kind.partition("@")
    if base not in KINDS:
        raise TableError(f"{where}: error: unknown kind '{base}'")
    if condition and condition not in CONDITIONS:
        raise TableError(f"{where}: error: unknown condition '@{condition}'")


def read_header_map(path, shown, parts, headers):
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            if not line.strip() or line.startswith("#"):
                continue
            cells = line.split("\t") + ["", ""]
            name, targets, guards = cells[0].strip(), cells[1].split(), cells[2].split()
            if name.startswith("part:"):
                parts.setdefault(name[5:], [])[:] = targets
            elif not targets:
                raise TableError(f"{shown}:{number}: error: header '{name}' names no part")
            else:
                headers[name.lower()] = (targets, guards)
                for t in targets:
                    parts.setdefault(t, [])


# ---- Ordering of types ------------------------------------------------------

def by_value_needs(row, owner):
    """Names of other rows that must be complete or declared before ROW."""
    text = row.text
    if row.kind == "enum":
        return []
    if row.kind == "interface":
        return [t for t in owner.get(row.base, ()) if t is not row]
    needs = []
    for m in IDENT.finditer(text):
        for target in owner.get(m.group(0), ()):
            if target is not row and is_needed(row, m, target):
                needs.append(target)
                if target.kind == "typedef" and row.kind in ("struct", "union"):
                    needs += aliased(row, m, target, owner)
    return needs


def aliased(row, mention, alias, owner):
    """The structures that a field of type ALIAS holds by value: the typedef itself
    is content with a forward declaration, the field is not."""
    rest = row.text[mention.end():].lstrip()
    if rest.startswith("*") or "(" in alias.text or mention.group(0) in alias.others:
        return []
    return [t for m in IDENT.finditer(alias.text) for t in owner.get(m.group(0), ())
            if t is not row and t.kind in ("struct", "union")
            and m.group(0) in (t.name, t.tag)
            and not alias.text[m.end():].lstrip().startswith("*")]


def is_needed(row, mention, target):
    """Whether the mention of TARGET in ROW's text needs it to be there first."""
    if target.kind in ("enum", "handle", "interface"):
        return False  # all emitted earlier, or forward-declared
    if target.kind not in ("struct", "union"):
        return True
    if row.kind not in ("struct", "union"):
        return False  # forward-declared, enough for typedefs and prototypes
    name = mention.group(0)
    if name in target.others or name == "P" + target.name:
        return False
    rest = row.text[mention.end():].lstrip()
    return not rest.startswith(("*", "const *", "volatile *"))


def sorted_types(rows):
    owner = {}
    for r in rows:
        names = [r.name, r.tag] + r.others
        if r.kind in ("struct", "union", "callback") and not r.own_pointer:
            names.append("P" + r.name)
        for n in dict.fromkeys(names):
            owner.setdefault(n, []).append(r)
    out, state = [], {}

    def visit(row):
        # Iterative, since chains of types can be long.
        stack = [(row, iter(by_value_needs(row, owner)))]
        state[id(row)] = 1
        while stack:
            current, needs = stack[-1]
            for n in needs:
                if id(n) not in state:
                    state[id(n)] = 1
                    stack.append((n, iter(by_value_needs(n, owner))))
                    break
            else:
                state[id(current)] = 2
                out.append(current)
                stack.pop()

    for r in rows:
        if id(r) not in state:
            visit(r)
    return out


# ---- Text of one row -----------------------------------------------------------

def pointers(row):
    names = list(row.others)
    if not row.own_pointer and "P" + row.name not in names:
        names.insert(0, "P" + row.name)
    return names


def text_of(row):
    k, n, t = row.kind, row.name, row.text
    if k == "function":
        if CONVENTIONS.search(t) or "..." in t:
            return t + ";"
        return re.sub(rf"\b{n}(\s*\()", rf"NTAPI {n}\1", t, count=1) + ";"
    if k == "callback":
        if POINTER_CALLBACK.search(t):
            return "typedef " + t + ";" + "".join(f" typedef {n} {o};" for o in row.others)
        ptrs = row.others or ["P" + n]
        return f"typedef {t};\n" + "typedef " + n + " " + ", ".join("*" + p for p in ptrs) + ";"
    if k in ("struct", "union"):
        if not t:
            return ""
        pack = re.match(r"pack\((\d+)(,32)?\)\s*", t)
        if pack:
            t = t[pack.end():]
        body = t if t.endswith(";") else t + ";"
        return packed(f"{k} {row.tag} {{ {body} }};", pack)
    if k == "enum":
        return f"typedef enum {row.tag} {{ {t} }} {n}" + "".join(", *" + p for p in pointers(row)) + ";"
    if k == "typedef":
        return f"typedef {t};" + (f" typedef {n} " + ", ".join("*" + p for p in row.others) + ";" if row.others else "")
    if k == "handle":
        return f"typedef struct {n}__ *{n};" + "".join(f" typedef {n} *{o};" for o in row.others)
    if k in ("constant", "macro"):
        return f"#define {n} {t}".rstrip()
    if k == "guid":
        return guid_text(row)
    if k == "interface":
        return interface_text(row)
    # (Not the longer spelling of the keyword: many a driver defines that away for
    # compilers that do not know it.)
    if k == "sal":
        return f'#define {n}(...) __attribute((annotate("sal:{n}(" #__VA_ARGS__ ")")))'
    if k == "sal0":
        return f'#define {n} __attribute((annotate("sal:{n}")))'
    if k == "none":
        return f"#define {n}(...)"
    if k == "none0":
        return f"#define {n}"
    return t.replace("\\n", "\n")


def methods(row):
    """Prototypes of an interface, without those that it inherits."""
    return [m.strip() for m in row.text.split(";") if m.strip()]


def interface_text(row):
    """C++: an abstract class. C: a structure with a table of functions, those of
    the base first."""
    cxx, table = [], []
    for m in methods(row):
        cxx.append("virtual " + re.sub(r"(\w+\s*\()", r"NTAPI \1", m, count=1) + " = 0;")
    for m in all_methods(row):
        name = re.search(r"(\w+)\s*\(", m)
        result, rest = m[:name.start()], m[name.end():]
        rest = "" if rest.strip() in (")", "VOID)", "void)") else ", " + rest
        table.append(f"{result}(NTAPI *{name.group(1)})({row.name} *This{rest or ')'};")
    base = f" : public {row.base}" if row.base else ""
    return (f"#ifdef __cplusplus\nstruct {row.name}{base} {{ {' '.join(cxx)} }};\n"
            f"#else\ntypedef struct {row.name}Vtbl {{ {' '.join(table)} }} {row.name}Vtbl;\n"
            f"struct {row.name} {{ const {row.name}Vtbl *lpVtbl; }};\n#endif")


def all_methods(row):
    base = row.interfaces.get(row.base)
    if row.base and not base:
        row.fail(f"unknown base interface '{row.base}'")
    return (all_methods(base) if base else []) + methods(row)


def implementation_text(row):
    """IMP_NAME: the method declarations of a class that implements it."""
    own = "; ".join(re.sub(r"(\w+\s*\()", r"NTAPI \1", m, count=1) for m in methods(row))
    return f"#define IMP_{row.name} " + (f"IMP_{row.base}; " if row.implements_base else "") + own


def packed(text, pack):
    if not pack:
        return text
    begin, end = f"#pragma pack(push, {pack.group(1)})", "#pragma pack(pop)"
    if pack.group(2):
        begin, end = (f"#ifndef _WIN64\n{p}\n#endif" for p in (begin, end))
    return f"{begin}\n{text}\n{end}"


def guid_text(row):
    if not row.text:
        return f"DEFINE_GUIDEX({row.name});"
    m = re.fullmatch(r"\{?([0-9a-fA-F]{8})-([0-9a-fA-F]{4})-([0-9a-fA-F]{4})-([0-9a-fA-F]{4})-([0-9a-fA-F]{12})\}?", row.text)
    if not m:
        row.fail(f"'{row.text}' is not a GUID")
    a, b, c, d, e = m.groups()
    tail = [d[i:i + 2] for i in (0, 2)] + [e[i:i + 2] for i in range(0, 12, 2)]
    return f"DEFINE_GUID({row.name}, 0x{a}, 0x{b}, 0x{c}, " + ", ".join("0x" + x for x in tail) + ");"


def forward_text(row):
    if row.kind == "interface":
        return (f"#ifdef __cplusplus\nstruct {row.name};\n#else\n"
                f"typedef struct {row.name} {row.name};\n#endif" +
                "".join(f"\ntypedef struct {row.name} *{o};" for o in row.others))
    return (f"typedef {row.kind} {row.tag} {row.name}" +
            "".join(", *" + p for p in pointers(row)) + ";")


def grouped(rows, to_text):
    """Texts of rows, with #if around runs of the same condition."""
    lines, condition = [], ""
    for r in rows:
        text = to_text(r)
        if not text:
            continue
        if r.condition != condition:
            if condition:
                lines.append("#endif")
            if r.condition:
                lines.append(f"#if {CONDITIONS[r.condition]}")
            condition = r.condition
        lines.append(text)
    if condition:
        lines.append("#endif")
    return lines


# ---- Parts -----------------------------------------------------------------------

def check_duplicates(rows):
    seen = {}
    for r in rows:
        if r.kind in ("pre", "raw"):
            continue
        key = re.sub(r"\(.*", "", r.name)
        for other in seen.setdefault(key, []):
            if not (r.condition and other.condition and r.condition != other.condition):
                r.fail(f"'{key}' is already declared at {other.where}")
        seen[key].append(r)


def part_text(part, needs, rows, hand_written):
    check_duplicates(rows)
    typedefs = {n for r in rows if r.kind == "typedef" for n in [r.name] + r.others}
    for r in rows:
        r.own_pointer = "P" + r.name in typedefs
    of = lambda *kinds: [r for r in rows if r.kind in kinds]
    out = ["// Generated by kit-gen.py from the fact tables; do not edit.", "#pragma once",
           "#pragma clang system_header"]
    if part != "core":
        out.append("#include <irqlint_kit/core.h>")
    out += [f"#include <irqlint_kit/{n}.h>" for n in needs if n != "core"]
    if f"irqlint_kit/pre-{part}.h" in hand_written:
        out.append(f"#include <irqlint_kit/pre-{part}.h>")
    out += grouped(of("sal", "sal0", "none", "none0", "constant", "macro"), text_of)
    out.append('#ifdef __cplusplus\nextern "C" {\n#endif')
    out += grouped(of("pre"), text_of)
    out += grouped(of("handle"), text_of)
    out += grouped(of("struct", "union", "interface"), forward_text)
    out += grouped(of("enum"), text_of)
    types = sorted_types(of("struct", "union", "typedef", "callback", "interface"))
    out += grouped([r for r in types if r.kind != "interface"], text_of)
    # They have C++ linkage rules of their own and may name any type.
    interfaces = [r for r in types if r.kind == "interface"]
    out += grouped(interfaces, text_of) + grouped(interfaces, implementation_text)
    # A type that only a prototype names would be another one in the next.
    out += sorted({m.group(0) + ";" for r in of("function") for m in TAGGED.finditer(r.text)})
    out += grouped(of("guid", "function"), text_of)
    out += grouped(of("raw"), text_of)
    out.append("#ifdef __cplusplus\n}\n#endif")
    if f"irqlint_kit/post-{part}.h" in hand_written:
        out.append(f"#include <irqlint_kit/post-{part}.h>")
    # Written by irqlint-kit-contracts; only for who asks for it.
    if of("function", "callback"):
        out.append(f"#ifdef IRQLINT_CONTRACTS\n#include <irqlint_kit/contracts/{part}.h>\n#endif")
    return "\n".join(out) + "\n"


def names_text(by_part):
    """What the rules may speak of: kind, part, condition, name, prototype."""
    out = []
    for part, rows in by_part.items():
        for r in rows:
            if r.kind in ("function", "callback"):
                kind = "role" if r.kind == "callback" else "routine"
                text = "" if kind == "role" else text_of(r).rstrip(";")
                out.append("\t".join((kind, part, CONDITIONS.get(r.condition, ""), r.name, text)))
    return "\n".join(out) + "\n"


def forwarding_text(header, targets, guards):
    out = ["// Generated by kit-gen.py; the names are in the parts.", "#pragma once"]
    out += [f"#include <irqlint_kit/{t}.h>" for t in targets]
    for g in guards:
        out.append(f"#ifndef {g}\n#define {g}\n#endif")
    return "\n".join(out) + "\n"


def read_spellings(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        return [line.strip() for line in f if line.strip() and not line.startswith("#")]


def write_if_changed(path, text):
    """Unchanged files keep their time, so nothing is rebuilt for them."""
    try:
        with open(path, encoding="utf-8") as f:
            if f.read() == text:
                return
    except OSError:
        pass
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def all_names(row):
    if row.kind in ("pre", "raw"):
        return re.findall(r"\w+", row.text)
    return [row.name] + (pointers(row) if row.kind in ("struct", "union", "enum", "callback") else row.others)


def stub_text(path, declared):
    names = {}
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if line.startswith("#") or not line.strip():
                continue
            name, _, kind = line.rstrip("\n").partition("\t")
            if kind not in ("type", "callback", "function", "constant", "macro"):
                raise TableError(f"{os.path.basename(path)}:{number}: error: unknown kind '{kind}'")
            names[name] = kind
    return "".join(f'NAME("{n}", {names[n].capitalize()})\n' for n in sorted(names) if n not in declared)


def generate(source, output, stubs_file, names_file):
    tables = os.path.join(source, "tables")
    rows, parts, headers = [], {"core": []}, {}
    for name in sorted(os.listdir(tables)):
        path = os.path.join(tables, name)
        if name.endswith("headers.tsv"):
            read_header_map(path, name, parts, headers)
        elif name.endswith(".tsv") and not name.startswith("stub-"):
            rows += read_table(path, name)
    hand_written = {}
    include = os.path.join(source, "include")
    for folder, _, files in os.walk(include):
        for name in files:
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as f:
                hand_written[os.path.relpath(path, include).replace(os.sep, "/")] = f.read()

    interfaces = {r.name: r for r in rows if r.kind == "interface"}
    for r in rows:
        r.interfaces = interfaces
    by_part = {p: [] for p in parts}
    for r in rows:
        if r.header.startswith("part:"):
            part = r.header[5:]
        elif r.header in headers:
            part = headers[r.header][0][0]
        else:
            r.fail(f"header '{r.header}' is in no *headers.tsv")
        if part not in by_part:
            r.fail(f"part '{part}' is in no *headers.tsv")
        by_part[part].append(r)

    texts = dict(hand_written)
    for part, needs in parts.items():
        texts[f"irqlint_kit/{part}.h"] = part_text(part, needs, by_part[part], hand_written)
    for header, (targets, guards) in headers.items():
        if header in hand_written:
            raise TableError(f"{header}: error: both hand-written and in a header table")
        texts[header] = forwarding_text(header, targets, guards)
    for name in read_spellings(os.path.join(source, "spellings.txt")):
        if name.lower() not in texts:
            raise TableError(f"spellings.txt: error: there is no header '{name.lower()}'")
        texts[name] = texts[name.lower()]
    for name, text in texts.items():
        write_if_changed(os.path.join(output, name), text)
    if names_file:
        write_if_changed(names_file, names_text(by_part))
    if stubs_file:
        declared = {re.sub(r"\(.*", "", n) for r in rows for n in all_names(r)}
        for text in hand_written.values():
            declared.update(re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", text, re.M))
        write_if_changed(stubs_file, stub_text(os.path.join(tables, "stub-names.tsv"), declared))


def main(arguments):
    files = {"--stubs": None, "--names": None}
    for option in files:
        if option in arguments:
            i = arguments.index(option)
            files[option] = arguments[i + 1] if i + 1 < len(arguments) else None
            del arguments[i:i + 2]
    if len(arguments) != 2:
        sys.stderr.write(__doc__)
        return 2
    try:
        generate(arguments[0], arguments[1], files["--stubs"], files["--names"])
    except (TableError, OSError) as e:
        sys.stderr.write(f"{e}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
