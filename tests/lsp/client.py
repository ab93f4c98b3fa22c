# SPDX-License-Identifier: Apache-2.0
"""An editor's side of the Language Server Protocol, over pipes."""
import json
import os
import subprocess
import tempfile

WAYMARK = os.environ.get("WAYMARK", "build/waymark")


class Server:
    def __init__(self, *args, cwd=None):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [WAYMARK, "lsp", *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors, cwd=cwd)
        self.next_id = 1
        self.diagnostics = {}  # by URI, as last told
        self.messages = []     # what the server wants the user to read
        self.capabilities = None

    # ---- the wire ----

    def send_bytes(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        body = json.dumps(message, ensure_ascii=False).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def receive(self):
        """The next message, or None at the end. Anything but a message is an error."""
        length = None
        while True:
            line = self.process.stdout.readline()
            if not line and length is None:
                return None
            if line == b"\r\n":
                break
            name, _, value = line.partition(b":")
            assert name == b"Content-Length" and line.endswith(b"\r\n"), line
            length = int(value)
        body = self.process.stdout.read(length)
        assert len(body) == length
        return json.loads(body)

    def take(self, message):
        if message.get("method") == "textDocument/publishDiagnostics":
            p = message["params"]
            self.diagnostics[p["uri"]] = p["diagnostics"]
        elif message.get("method") == "window/showMessage":
            self.messages.append(message["params"]["message"])
        else:
            raise AssertionError(f"unexpected message {message}")

    # ---- requests and notifications ----

    def notify(self, method, **params):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def response(self, wanted):
        while True:
            message = self.receive()
            assert message is not None, "the server ended: " + self.error_text()
            if "id" in message and "method" not in message:
                assert message["id"] == wanted, message
                return message
            self.take(message)

    def ask(self, method, **params):
        """The whole response, error or not."""
        ident = self.next_id
        self.next_id += 1
        self.send({"jsonrpc": "2.0", "id": ident, "method": method, "params": params})
        return self.response(ident)

    def request(self, method, **params):
        answer = self.ask(method, **params)
        assert "error" not in answer, answer
        return answer["result"]

    def start(self, root=None, encodings=None):
        general = {"positionEncodings": encodings} if encodings else {}
        result = self.request("initialize", processId=None,
                              rootUri=uri_of(root) if root else None,
                              capabilities={"general": general})
        self.capabilities = result["capabilities"]
        self.notify("initialized")
        return self

    def settle(self):
        """Waits until everything sent so far has been worked on."""
        assert self.ask("waymark/nothing")["error"]["code"] == -32601

    def stop(self):
        assert self.request("shutdown") is None
        self.notify("exit")
        return self.end()

    def end(self):
        """Closes the input and gives the exit status; what still comes out must be messages."""
        self.process.stdin.close()
        while (message := self.receive()) is not None:
            if "id" not in message:
                self.take(message)
        return self.process.wait()

    def error_text(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")


class Document:
    """An open file; places are found by the text around them, `|` marking the place."""

    def __init__(self, server, path, text=None, utf8=False):
        self.server, self.path, self.uri, self.utf8 = server, path, uri_of(path), utf8
        if text is None:
            with open(path, encoding="utf-8", newline="") as f:
                text = f.read()
        self.text, self.version = text, 1
        server.notify("textDocument/didOpen", textDocument={
            "uri": self.uri, "languageId": "waymark", "version": 1, "text": text})

    def position(self, index):
        line = self.text.count("\n", 0, index)
        before = self.text[self.text.rfind("\n", 0, index) + 1:index]
        units = len(before.encode()) if self.utf8 else len(before.encode("utf-16-le")) // 2
        return {"line": line, "character": units}

    def index(self, position):
        start = 0
        for _ in range(position["line"]):
            start = self.text.index("\n", start) + 1
        units = 0
        while units < position["character"]:
            c = self.text[start]
            units += len(c.encode()) if self.utf8 else len(c.encode("utf-16-le")) // 2
            start += 1
        assert units == position["character"], "inside of a character"
        return start

    def at(self, mark):
        before, _, after = mark.partition("|")
        assert self.text.count(before + after) == 1, mark
        return self.text.index(before + after) + len(before)

    def marked(self, span):
        return self.text[self.index(span["start"]):self.index(span["end"])]

    def change(self, start, end, new):
        """An incremental edit."""
        self.version += 1
        span = {"start": self.position(start), "end": self.position(end)}
        self.text = self.text[:start] + new + self.text[end:]
        self.server.notify("textDocument/didChange",
                           textDocument={"uri": self.uri, "version": self.version},
                           contentChanges=[{"range": span, "text": new}])

    def replace(self, old, new):
        i = self.text.index(old)
        assert self.text.count(old) == 1, old
        self.change(i, i + len(old), new)

    def set(self, text):
        """The whole text anew."""
        self.version += 1
        self.text = text
        self.server.notify("textDocument/didChange",
                           textDocument={"uri": self.uri, "version": self.version},
                           contentChanges=[{"text": text}])

    def close(self):
        self.server.notify("textDocument/didClose", textDocument={"uri": self.uri})

    def ask_at(self, method, mark, **more):
        return self.server.request("textDocument/" + method, textDocument={"uri": self.uri},
                                   position=self.position(self.at(mark)), **more)

    def ask(self, method, **more):
        return self.server.request("textDocument/" + method, textDocument={"uri": self.uri},
                                   **more)

    def diagnostics(self):
        self.server.settle()
        return self.server.diagnostics.get(self.uri)

    def apply(self, edits):
        spans = sorted(((self.index(e["range"]["start"]), self.index(e["range"]["end"]),
                         e["newText"]) for e in edits), reverse=True)
        text = self.text
        for start, end, new in spans:
            text = text[:start] + new + text[end:]
        return text


def uri_of(path):
    import urllib.parse
    return "file://" + urllib.parse.quote(os.path.abspath(path))
