#!/usr/bin/env python3
"""Drives a language server over the real protocol, as an editor would.

    lsp.py --server=irqlint-clangd [--flags='...'] FILE [STEP...]

Opens FILE, prints its diagnostics as compilers do (related information as
notes), then performs the steps in order and prints again after each one:

    sub:REGEX=>TEXT   replace in the buffer (must match)
    with:OTHER        replace the whole buffer by the contents of OTHER
    break[:SEED]      damage the buffer: delete one random token
    reset             back to what is on disk
    mutate:N[:SEED]   N damaging edits in a row; prints only a summary
    storm:N           N broken/valid edits without waiting in between, then reset
    time:N            N harmless edits; prints the median time to the diagnostics
    fix               apply the quick fixes that are offered for our findings, one
                      after the other, until there are none
    is:OTHER          fail unless the buffer is what OTHER is
    open:OTHER        open one more file; the steps that follow are for it
    close             close the current file and go back to the one before

Exit status: 0; 3 when the server died or did not answer in time.
"""

import argparse
import json
import os
import queue
import random
import re
import shlex
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

SEVERITY = {1: "error", 2: "warning", 3: "remark", 4: "hint"}


class ServerGone(Exception):
    pass


class Client:
    """One server process; messages framed with Content-Length."""

    def __init__(self, command, timeout, log):
        self.timeout = timeout
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
        self.inbox = queue.Queue()
        self.ids = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        out = self.process.stdout
        while True:
            length = None
            while True:
                line = out.readline()
                if not line:
                    self.inbox.put(None)
                    return
                if line.strip() == b"":
                    break
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self.inbox.put(json.loads(out.read(length)))

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        try:
            self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise ServerGone("server closed its input")

    def notify(self, method, params):
        self._send({"method": method, "params": params})

    def next(self, deadline):
        try:
            message = self.inbox.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise ServerGone("no answer in time")
        if message is None:
            status = self.process.wait()
            raise ServerGone(f"server died with status {status}")
        if "method" in message and "id" in message:  # a request to us
            self._send({"id": message["id"], "result": None})
        return message

    def request(self, method, params):
        self.ids += 1
        self._send({"id": self.ids, "method": method, "params": params})
        deadline = time.monotonic() + self.timeout
        while True:
            message = self.next(deadline)
            if message.get("id") == self.ids and "method" not in message:
                if "error" in message:
                    raise ServerGone(f"{method}: {message['error']}")
                return message["result"]


class Document:
    def __init__(self, client, path):
        self.client, self.path = client, os.path.abspath(path)
        self.uri = "file://" + urllib.parse.quote(self.path)
        with open(path, encoding="utf-8") as f:
            self.disk = f.read()
        self.text, self.version, self.shown = self.disk, 1, None
        language = "c" if path.endswith(".c") else "cpp"
        client.notify(
            "textDocument/didOpen",
            {
                "textDocument": {
                    "uri": self.uri,
                    "languageId": language,
                    "version": self.version,
                    "text": self.text,
                }
            },
        )

    def close(self):
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": self.uri}})

    def change(self, text):
        if text == self.text:
            return  # a server may publish nothing then
        self.text, self.shown = text, None
        self.version += 1
        self.client.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self.uri, "version": self.version},
                "contentChanges": [{"text": text}],
                "wantDiagnostics": True,
            },
        )

    def diagnostics(self):
        """Of the current version. clangd may publish twice (old headers, then
        new ones): what counts is the last before it says that it is idle."""
        deadline = time.monotonic() + self.client.timeout
        found, idle = self.shown, self.shown is not None
        while found is None or not idle:
            message = self.client.next(deadline)
            params = message.get("params", {})
            if params.get("uri") != self.uri:
                continue
            if message["method"] == "textDocument/publishDiagnostics":
                if params.get("version", self.version) == self.version:
                    found = params["diagnostics"]
            elif message["method"] == "textDocument/clangd.fileStatus":
                idle = found is not None and params["state"] == "idle"
        self.shown = found
        return found


def path_of(uri):
    return urllib.parse.unquote(urllib.parse.urlparse(uri).path)


def show(document, diagnostics):
    def place(path, rng):
        return f"{path}:{rng['start']['line'] + 1}:{rng['start']['character'] + 1}"

    key = lambda d: (d["range"]["start"]["line"], d["range"]["start"]["character"])
    for d in sorted(diagnostics, key=key):
        code = f" [{d['code']}]" if d.get("code") else ""
        # Notes follow as related information; the message itself ends there.
        text = d["message"].split("\n\n")[0].replace("\n", " ")
        severity = SEVERITY[d["severity"]]
        print(f"{place(document.path, d['range'])}: {severity}: {text}{code}")
        for r in d.get("relatedInformation", []):
            where = r["location"]
            print(f"{place(path_of(where['uri']), where['range'])}: note: {r['message']}")
    print(f"{len(diagnostics)} diagnostics", flush=True)


TOKEN = re.compile(r"\w+|[^\w\s]")


def damaged(text, rng):
    tokens = list(TOKEN.finditer(text))
    t = rng.choice(tokens)
    kind = rng.randrange(3)
    if kind == 0:
        return text[: t.start()] + text[t.end() :]
    if kind == 1:
        return text[: t.start()] + rng.choice("(){};,*&=") + text[t.start() :]
    return text[: t.start()] + rng.choice(tokens).group() + text[t.end() :]


def has_finding(diagnostics):
    return any(str(d.get("code", "")).startswith("irqlint-") for d in diagnostics)


def mutate(document, count, seed):
    """Random damage, one edit after the other, each from the good text."""
    rng = random.Random(seed)
    good = document.text
    broken = kept = 0
    for i in range(count):
        document.change(damaged(good, rng))
        try:
            found = document.diagnostics()
        except ServerGone:
            print(f"edit {i} of seed {seed} was the last; text:\n{document.text}")
            raise
        if any(d["severity"] == 1 for d in found):
            broken += 1
            kept += has_finding(found)
    print(f"{count} edits survived; {kept} of {broken} broken versions kept a finding")


def time_edits(document, count):
    """What a keystroke costs once the headers are compiled. The server waits a
    little for more input before it starts; compare with stock clangd."""
    seconds = []
    for i in range(count):
        start = time.monotonic()
        document.change(f"{document.disk}\n// {i}\n")
        document.diagnostics()
        seconds.append(time.monotonic() - start)
        time.sleep(0.05)
    print(f"{count} edits, median {1000 * statistics.median(seconds):.0f} ms", flush=True)


def offset(text, position):
    """Of a place of the protocol (all our texts are ASCII)."""
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: position["line"]])) + position["character"]


def quick_fix(document):
    """The first fix that the server offers for one of our findings, or None."""
    for d in document.diagnostics():
        if not str(d.get("code", "")).startswith("irqlint-"):
            continue
        actions = document.client.request(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": document.uri},
                "range": d["range"],
                "context": {"diagnostics": [d], "only": ["quickfix"]},
            },
        )
        for a in actions or []:
            edits = a.get("edit", {}).get("changes", {}).get(document.uri)
            if a.get("kind") == "quickfix" and edits:
                return a["title"], edits
    return None


def fix(document):
    for _ in range(100):
        found = quick_fix(document)
        if not found:
            return
        title, edits = found
        print(f"fix: {title}")
        text = document.text
        for e in sorted(edits, key=lambda e: offset(text, e["range"]["start"]), reverse=True):
            begin, end = (offset(text, e["range"][k]) for k in ("start", "end"))
            text = text[:begin] + e["newText"] + text[end:]
        document.change(text)
    sys.exit("lsp.py: fixes lead to fixes without end")


def step(documents, text):
    name, _, rest = text.partition(":")
    if name == "open":
        documents.append(Document(documents[-1].client, rest))
    document = documents[-1]
    if name == "open":
        pass
    elif name == "close":
        document.close()
        documents.pop()
        return
    elif name == "sub":
        pattern, _, new = rest.partition("=>")
        changed, n = re.subn(pattern, new, document.text, count=1)
        if not n:
            sys.exit(f"lsp.py: no match for {pattern!r}")
        document.change(changed)
    elif name == "with":
        with open(rest, encoding="utf-8") as f:
            document.change(f.read())
    elif name == "break":
        document.change(damaged(document.text, random.Random(int(rest or 0))))
    elif name == "fix":
        fix(document)
    elif name == "is":
        with open(rest, encoding="utf-8") as f:
            if f.read() != document.text:
                sys.exit(f"lsp.py: the buffer is not {rest}:\n{document.text}")
        return
    elif name == "reset":
        document.change(document.disk)
    elif name == "mutate":
        count, _, seed = rest.partition(":")
        mutate(document, int(count), int(seed or 0))
        return
    elif name == "time":
        time_edits(document, int(rest))
        return
    elif name == "storm":
        count = int(rest)
        for i in range(count):
            # The last one is broken: equal texts in a row are not built twice.
            cut = len(document.disk) * (i + 1) // (count + 1)
            document.change(document.disk if (count - i) % 2 == 0 else document.disk[:cut])
        document.change(document.disk)
    else:
        sys.exit(f"lsp.py: unknown step {text!r}")
    show(document, document.diagnostics())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--server", required=True, help="program and options")
    parser.add_argument("--flags", help="compiler flags for files without a database")
    parser.add_argument("--timeout", type=float, default=60, help="seconds per answer")
    parser.add_argument("--log", default=os.devnull, help="where the server's log goes")
    parser.add_argument("file")
    parser.add_argument("steps", nargs="*")
    args = parser.parse_args()

    with open(args.log, "wb") as log:
        client = Client(shlex.split(args.server), args.timeout, log)
        try:
            options = {"clangdFileStatus": True}
            if args.flags is not None:
                options["fallbackFlags"] = shlex.split(args.flags)
            client.request(
                "initialize",
                {
                    "processId": os.getpid(),
                    "rootUri": None,
                    "capabilities": {
                        "textDocument": {
                            "publishDiagnostics": {"relatedInformation": True},
                            "codeAction": {
                                "codeActionLiteralSupport": {
                                    "codeActionKind": {"valueSet": ["quickfix"]}
                                }
                            },
                        },
                    },
                    "initializationOptions": options,
                },
            )
            client.notify("initialized", {})
            documents = [Document(client, args.file)]
            print("== open")
            show(documents[0], documents[0].diagnostics())
            for text in args.steps:
                print(f"== {text}")
                step(documents, text)
            client.request("shutdown", None)
            client.notify("exit", None)
            status = client.process.wait(timeout=args.timeout)
            print(f"== server left with status {status}")
        except ServerGone as e:
            client.process.kill()
            print(f"== {e}", file=sys.stderr)
            return 3
    return 0 if status == 0 else 3


if __name__ == "__main__":
    sys.exit(main())
