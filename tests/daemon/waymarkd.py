# SPDX-License-Identifier: Apache-2.0
"""Starts the real daemon in a temporary folder, on a free loopback port, and speaks to it.

    with Folder() as folder:
        daemon = folder.start()
        answer = daemon.send(event("visit", "P1", data={"minutes": 60}))
        assert answer.status == 200
        daemon.stop()                       # SIGTERM; checks that it ends with 0

Every answer is held against the description of the API (described.py).

Only processes that were started here are ended, by their own handles.
"""
import datetime
import http.client
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid

import described

HERE = os.path.dirname(os.path.abspath(__file__))
POLICIES = os.path.join(HERE, "policies")
WAYMARK = os.path.abspath(
    os.environ.get("WAYMARK") or os.path.join(HERE, "..", "..", "build", "waymark")
)
os.environ.setdefault("MALLOC_PERTURB_", "165")  # glibc overwrites what is freed, so that a use of it shows
MEASURED = {"MALLOC_PERTURB_": "0"}  # of a daemon whose memory is measured: what it does not touch takes none
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
START_SECONDS = 20


def end_with_its_daemons():
    """Being told to stop ends the test as an exception does, so that no daemon is left behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def utc(offset_s=0.0):
    """The wall clock, or some seconds from it, as RFC 3339."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=offset_s)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event(type, subject, id=None, time=None, county="alameda", data=None, source="/cms", **more):
    e = {
        "specversion": "1.0",
        "id": id or uuid.uuid4().hex,
        "source": source,
        "type": type,
        "subject": subject,
        "time": time or utc(),
        "county": county,
    }
    if type == "visit":
        e["casekind"] = "person"
    if data is not None:
        e["data"] = data
    e.update(more)
    return e


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return "%d %s" % (self.status, self.body[:600])


class NotStarted(RuntimeError):
    def __init__(self, status, said):
        super().__init__("the daemon did not start (%d):\n%s" % (status, said))
        self.status, self.said = status, said


class Daemon:
    def __init__(self, folder, args, preexec=None, env=None, before=()):
        self.folder = folder
        self.lines = []
        self.process = subprocess.Popen(
            [*before, WAYMARK, "serve", "--policies", folder.policies]
            + ["--ledger", folder.ledger, "--listen", "127.0.0.1:0"]
            + os.environ.get("SERVE_OPTIONS", "").split()
            + list(args),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=preexec,
            env=dict(os.environ, **(env or {})),
        )
        self.port = None
        self.ready = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if not self.ready.wait(START_SECONDS) or not self.port:
            self.kill()
            raise NotStarted(self.process.returncode, "".join(self.lines))

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line)
            if '"event":"listening"' in line:
                self.port = json.loads(line)["port"]
                self.ready.set()
        self.ready.set()

    def log(self):
        """The log as objects; fails when a line is not JSON."""
        return [json.loads(line) for line in list(self.lines)]

    def wait_log(self, name, seconds=10, n=1):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = [line for line in self.log() if line["event"] == name]
            if len(found) >= n:
                return found
            time.sleep(0.01)
        raise AssertionError("no %r in the log: %s" % (name, "".join(self.lines)))

    def connect(self, timeout=30):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method, path, body=None, headers=None, token="submit", connection=None):
        all_headers = {}
        if token:
            all_headers["Authorization"] = "Bearer " + self.folder.tokens.get(token, token)
        all_headers.update(headers or {})
        c = connection or self.connect()
        try:
            c.request(method, path, body=body, headers=all_headers)
            r = c.getresponse()
            answer = Answer(r.status, r.headers, r.read().decode())
            described.check(method, path, answer)
            return answer
        finally:
            if not connection:
                c.close()

    def get(self, path, token="read", **more):
        return self.ask("GET", path, token=token, **more)

    def send(self, e, token="submit", path="/v1/events", connection=None):
        kind = BATCH if isinstance(e, list) else STRUCTURED
        return self.ask(
            "POST", path, json.dumps(e), {"Content-Type": kind}, token, connection=connection
        )

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=30):
        status = self.process.wait(seconds)
        self.reader.join(5)
        self.process.stderr.close()
        return status

    def stop(self, seconds=30):
        self.signal(signal.SIGTERM)
        status = self.wait(seconds)
        assert status == 0, "the daemon ended with %d:\n%s" % (status, "".join(self.lines))

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.wait()


class Folder:
    """A temporary folder with a copy of the policies, a ledger and tokens for every role."""

    def __init__(self, policies=POLICIES):
        self.path = tempfile.mkdtemp(prefix="waymark-")
        self.policies = os.path.join(self.path, "policies")
        self.ledger = os.path.join(self.path, "ledger.db")
        shutil.copytree(policies, self.policies)
        self.tokens = {}
        self.daemons = []
        self.ruined = False  # a test has changed the ledger past the daemon
        for role in ("submit", "read", "audit", "author", "approve", "admin"):
            self.add_token(role, role, "all")

    def add_token(self, name, role, county, *more):
        done = self.run("token", "add", name, "--role", role, "--county", county, *more)
        assert done.returncode == 0, done.stderr
        self.tokens[name] = done.stdout.strip()
        return self.tokens[name]

    def run(self, command, *args, env=None):
        return subprocess.run(
            [WAYMARK, command, *args, "--ledger", self.ledger],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            env=dict(os.environ, **(env or {})),
        )

    def start(self, *args, **more):
        daemon = Daemon(self, args, **more)
        self.daemons.append(daemon)
        return daemon

    def waymark(self, *args):
        return subprocess.run(
            [WAYMARK, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
        )

    def edit(self, name, old, new):
        path = os.path.join(self.policies, name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        assert old in text, "%s has no %r" % (name, old)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new))

    def force(self):
        """Puts the folder's version in force in the ledger, as no daemon would: cases do not fit it."""
        ledger = self.ledger
        self.ledger = self.path + "/forced.db"
        shutil.copy(ledger + ".tokens", self.ledger + ".tokens")
        self.start().stop()
        db = sqlite3.connect(ledger)
        db.execute("ATTACH ? AS forced", (self.ledger,))
        db.execute("INSERT INTO policies SELECT 9, version, digest, recorded_us FROM forced.policies")
        db.execute("INSERT INTO policy_sources SELECT 9, name, text FROM forced.policy_sources")
        db.execute("INSERT INTO register (at_us, policy, act, from_us) SELECT at_us, 9, act, from_us FROM forced.register")
        db.commit()
        db.close()
        self.ledger = ledger

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for daemon in self.daemons:
            daemon.kill()
        shutil.rmtree(self.path)
