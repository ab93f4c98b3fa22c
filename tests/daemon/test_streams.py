#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The feed as server-sent events: exactly what the pages have, whatever happens to either side.

    test_streams.py [PART OF A NAME]
"""
import http.client
import json
import os
import random
import signal
import socket
import sys
import threading
import time

from checks import accepted, eq, main, problem, test, until
from waymarkd import BATCH, MEASURED, end_with_its_daemons, event, utc

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))


class Stream:
    """A client as browsers are: fields to a blank line; the last id is kept for coming back."""

    def __init__(self, daemon, token="read", after=None, last=None, timeout=20, rcvbuf=None):
        self.connection = daemon.connect(timeout)
        if rcvbuf:
            self.connection.connect()
            self.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        headers = {"Accept": "text/event-stream"}
        if token:
            headers["Authorization"] = "Bearer " + daemon.folder.tokens[token]
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        path = "/v1/outcomes" + ("" if after is None else "?after=%d" % after)
        self.connection.request("GET", path, headers=headers)
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.last = last
        self.retry = None

    def next(self):
        """The next event as (id, data); None at the end. Comments and lone ids are passed over."""
        fields = {}
        while True:
            line = self.answer.readline().decode()
            if not line:
                return None
            line = line.rstrip("\n")
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
                continue
            if "id" in fields:
                self.last = int(fields["id"])
            if "retry" in fields:
                self.retry = int(fields["retry"])
            if "data" in fields:
                eq(fields["event"], "outcome")
                return self.last, json.loads(fields["data"])
            fields = {}

    def close(self):
        self.connection.close()


def ask(daemon, method, path, token, body=None):
    """Without Daemon.ask, which holds every item against the description: here they are many."""
    c = daemon.connect()
    headers = {"Authorization": "Bearer " + daemon.folder.tokens[token], "Content-Type": BATCH}
    c.request(method, path, json.dumps(body) if body else None, headers)
    answer = c.getresponse()
    got = json.loads(answer.read())
    c.close()
    eq(answer.status, 200)
    return got


def pages(daemon, token="read"):
    """The whole feed, read by pages."""
    out, after = [], 0
    while True:
        page = ask(daemon, "GET", "/v1/outcomes?limit=1000&after=%d" % after, token)
        out += page["outcomes"]
        if page["after"] == after:
            return out
        after = page["after"]


def visits(daemon, n, start=0, county="alameda"):
    for i in range(start, start + n, 500):
        batch = [
            event("visit", "%s-%d" % (county, k), id="%s-v%d" % (county, k), county=county, data={"minutes": 60})
            for k in range(i, min(i + 500, start + n))
        ]
        ask(daemon, "POST", "/v1/events", "submit", batch)


@test
def what_was_and_what_comes(folder):
    d = folder.start()
    visits(d, 3)
    s = Stream(d)
    eq((s.status, s.answer.getheader("Content-Type")), (200, "text/event-stream"))
    got = [s.next() for _ in range(3)]
    visits(d, 2, start=3)
    got += [s.next() for _ in range(2)]
    want = pages(d)
    eq([x for _, x in got], want)
    eq([i for i, _ in got], [x["position"] for x in want])
    eq(accepted(d.get("/v1/outcomes?after=4"))["outcomes"], want[4:])  # pages as ever, beside it
    s.close()


@test
def where_a_stream_begins(folder):
    d = folder.start()
    visits(d, 4)
    for more, first in (({"after": 2}, 3), ({"last": 3}, 4), ({"after": 1, "last": 2}, 3), ({}, 1)):
        s = Stream(d, **more)
        eq(s.next()[0], first)
        s.close()
    for last in ("x", "-1", "1.0", "9223372036854775808", "\u00b2"):
        a = d.get("/v1/outcomes", headers={"Accept": "text/event-stream", "Last-Event-ID": last.encode("utf-8")})
        problem(a, 400, "bad-query")
    problem(d.get("/v1/outcomes?limit=3", headers={"Accept": "text/event-stream"}), 400, "bad-query")
    problem(d.get("/v1/outcomes", token="submit", headers={"Accept": "text/event-stream"}), 403, "role-forbidden")
    problem(d.get("/v1/funds", headers={"Accept": "text/event-stream"}), 406, "not-acceptable")
    # Who takes anything gets a page.
    eq(d.get("/v1/outcomes", headers={"Accept": "*/*"}).headers["Content-Type"], "application/json")


@test
def only_of_its_counties_and_nothing_confidential(folder):
    folder.add_token("yolo", "read", "yolo")
    d = folder.start()
    for i in range(3):
        visits(d, 2, start=2 * i)
        visits(d, 1, start=i, county="yolo")
    accepted(d.send(event("moved", "yolo-1", county="yolo", data={"home": "CANARY-5D"})))
    accepted(d.send(event("marked", "yolo-1", county="yolo", data={"hidden": True})))
    want = pages(d, "yolo")
    assert {x["county"] for x in want} == {"yolo"} and len(want) >= 3
    s = Stream(d, "yolo")
    eq([s.next()[1] for _ in want], want)
    s.close()


@test
def as_many_as_there_may_be(folder):
    d = folder.start()
    streams = [Stream(d) for _ in range(64)]
    eq({s.status for s in streams}, {200})
    a = d.get("/v1/outcomes", headers={"Accept": "text/event-stream"})
    problem(a, 503, "busy")
    assert a.headers["Retry-After"]
    visits(d, 20)
    want = pages(d)
    for s in streams:
        eq([s.next()[1] for _ in want], want)
    assert "waymark_streams 64\n" in d.get("/metrics", token=None).body
    streams.pop().close()
    until(lambda: "waymark_streams 63\n" in d.get("/metrics", token=None).body)
    s = Stream(d, after=len(want) - 1)
    eq(s.next()[1], want[-1])
    for s in streams:
        s.close()


@test
def it_ends_with_the_daemon_and_with_its_token(folder):
    folder.add_token("reader", "read", "all")
    d = folder.start()
    visits(d, 1)
    gone, stays = Stream(d, "reader"), Stream(d)
    eq((gone.next()[0], stays.next()[0]), (1, 1))
    eq(folder.run("token", "revoke", "reader").returncode, 0)
    d.signal(signal.SIGHUP)
    eq(gone.next(), None)
    assert gone.retry is not None
    eq(Stream(d, "reader", last=gone.last).status, 401)
    visits(d, 1, start=1)
    eq(stays.next()[0], 2)
    d.signal(signal.SIGTERM)
    eq(stays.next(), None)
    assert stays.retry is not None
    eq(d.wait(), 0)


@test
def a_peer_that_does_not_read_costs_little(folder):
    d = folder.start(env=MEASURED)
    visits(d, 15000)
    want = pages(d)
    before = rss_kib(d)
    slow = [Stream(d, rcvbuf=65536) for _ in range(6)]
    until(lambda: still(lambda: sent(d)))
    visits(d, 500, start=15000)
    grown = rss_kib(d) - before
    # Six times 6 MB are to be sent. Kept are 64 KiB and a page for each, beside what the kernel takes.
    assert grown < 6 * 512, "%d KiB more" % grown
    got = [slow[0].next()[1] for _ in range(15500)]
    eq(got[:15000], want)
    eq([x["position"] for x in got], list(range(1, 15501)))
    for s in slow:
        s.close()
    until(lambda: "waymark_streams 0\n" in d.get("/metrics", token=None).body)


def sent(d):
    text = d.get("/metrics", token=None).body
    return next(line for line in text.splitlines() if line.startswith("waymark_stream_outcomes_total "))


def still(value):
    """It does not change for a while."""
    first = value()
    time.sleep(0.3)
    return value() == first


def rss_kib(daemon):
    with open("/proc/%d/status" % daemon.process.pid, encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))


@test
def on_http_1_0_and_behind_another_request(folder):
    d = folder.start()
    visits(d, 2)
    bearer = "Authorization: Bearer %s\r\nAccept: text/event-stream\r\n\r\n" % folder.tokens["read"]
    with socket.create_connection(("127.0.0.1", d.port), 10) as s:
        s.sendall(("GET /v1/outcomes HTTP/1.0\r\nHost: x\r\n" + bearer).encode())
        head, body = read_until(s, b"id: 2\n").split(b"\r\n\r\n", 1)
        assert b"chunked" not in head and b"Connection: close" in head, head
        assert body.startswith(b"id: 1\nevent: outcome\ndata: {"), body
    with socket.create_connection(("127.0.0.1", d.port), 10) as s:
        ask = "GET %s HTTP/1.1\r\nHost: x\r\n"
        s.sendall((ask % "/healthz" + "\r\n" + ask % "/v1/outcomes" + bearer + ask % "/healthz" + "\r\n").encode())
        got = read_until(s, b"id: 2\n")
        eq((got.count(b"HTTP/1.1 200"), got.count(b"alive")), (2, 1))
        d.signal(signal.SIGTERM)  # ends the stream; what was asked behind it is answered
        got = read_until(s, None)
        assert got.count(b"HTTP/1.1 200") == 1 and b"0\r\n\r\nHTTP/1.1 200" in got, got
    eq(d.wait(), 0)
    d = folder.start()
    a = d.ask("HEAD", "/v1/outcomes", token="read", headers={"Accept": "text/event-stream"})
    eq((a.status, a.headers["Content-Type"], a.body), (200, "text/event-stream", ""))


def read_until(s, mark):
    got = b""
    while mark is None or mark not in got:
        more = s.recv(65536)
        if not more:
            break
        got += more
    return got


@test
def a_full_disk_is_no_end(folder):
    d = folder.start("--ledger-most", "500000")
    s = Stream(d)
    n = 0
    while d.send(event("visit", "P%d" % n, data={"minutes": 60})).status == 200:
        n += 1
        assert n < 5000
    got = [s.next()[1] for _ in range(n)]
    s.close()
    d.stop()
    d = folder.start()
    visits(d, 3)
    s = Stream(d, last=got[-1]["position"])
    got += [s.next()[1] for _ in range(3)]
    eq(got, pages(d))


class Follower(threading.Thread):
    """Reads a stream, goes away at random, comes back from where it was."""

    def __init__(self, world, token, seed):
        super().__init__(daemon=True)
        self.world, self.token, self.random = world, token, random.Random(seed)
        self.got, self.fault, self.lost = [], None, 0
        self.done = threading.Event()

    def run(self):
        try:
            while not self.done.is_set():
                self.follow()
        except Exception as e:  # told by the test
            self.fault = e

    def follow(self):
        last = self.got[-1]["position"] if self.got else 0
        try:
            s = Stream(self.world["daemon"], self.token, last=last, timeout=2)
            if s.status != 200:
                time.sleep(0.05)
                return
            for _ in range(self.random.choice((1, 3, 50, 1000))):
                event_ = s.next()
                if event_ is None:
                    break
                self.got.append(event_[1])
            self.lost += 1
            s.close()
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            time.sleep(0.02)  # the daemon was killed


@test
def whatever_happens_it_is_the_feed(folder):
    """Followers that go away at random while events come, policies are reloaded, the daemon is ended and killed."""
    print("SEED=%d" % SEED)
    rng = random.Random(SEED)
    folder.add_token("alameda", "read", "alameda")
    folder.add_token("yolo", "audit", "yolo")
    world = {"daemon": folder.start()}
    followers = [Follower(world, t, rng.random()) for t in ("read", "alameda", "yolo", "read")]
    for f in followers:
        f.start()
    for i in range(24):
        county = rng.choice(("alameda", "yolo"))
        d = world["daemon"]
        for k in range(rng.randrange(30)):
            e = event("visit", "%s-%d" % (county, rng.randrange(20)), id="%d-%d" % (i, k), county=county, time=utc(), data={"minutes": 60})
            accepted(d.send(e))
        what = rng.choice(("nothing", "reload", "end", "kill", "batch"))
        if what == "reload":
            d.signal(signal.SIGHUP)
        elif what == "batch":
            visits(d, 300, start=1000 * i, county=county)
        elif what in ("end", "kill"):
            if what == "end":
                d.stop()
            else:
                d.kill()
                folder.daemons.remove(d)
            world["daemon"] = folder.start()
    d = world["daemon"]
    want = {t: pages(d, t) for t in ("read", "alameda", "yolo")}
    try:
        for f in followers:
            until(lambda: f.fault or len(f.got) >= len(want[f.token]), 30)
    finally:
        for f in followers:
            f.done.set()
    for f in followers:
        f.join(10)
        assert f.fault is None, f.fault
        eq([x["position"] for x in f.got], [x["position"] for x in want[f.token]])
        eq(f.got, want[f.token])
        assert f.lost > 3, f.lost


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
