#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clients that ask for more than they take: the daemon's memory has an end, and the others are served.

    test_flood.py [PART OF A NAME]
"""
import json
import socket
import sqlite3
import sys
import time

from checks import accepted, eq, main, problem, test, until
from waymarkd import BATCH, MEASURED, STRUCTURED, end_with_its_daemons, event

BUFFER = 8 << 20
# Beside what is counted: the allocator's slack, one answer on top of the bound, SQLite's pages.
SLACK_KIB = 24 << 10


def rss_kib(daemon):
    with open("/proc/%d/status" % daemon.process.pid, encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))


def metric(d, name):
    lines = d.get("/metrics", token=None).body.splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name + " ")))


def connect(d):
    s = socket.create_connection(("127.0.0.1", d.port), 10)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    s.setblocking(False)
    return s


def send_some(s, data):
    """What goes into the socket now; False: the daemon has closed."""
    try:
        s.send(data)
    except BlockingIOError:
        pass
    except OSError:
        return False
    return True


def fill(d, n):
    """n visits, each with an outcome."""
    headers = {"Authorization": "Bearer " + d.folder.tokens["submit"], "Content-Type": BATCH}
    for i in range(0, n, 1000):
        batch = [event("visit", "P%d" % (k % 100), id="f%d" % k, data={"minutes": 60}) for k in range(i, i + 1000)]
        c = d.connect()
        c.request("POST", "/v1/events", json.dumps(batch), headers)
        eq(c.getresponse().status, 200)
        c.close()


def still_serves(d, name):
    """Events are taken and the operator is answered; returns the status of a read."""
    accepted(d.send(event("visit", "good-" + name, data={"minutes": 60})))
    eq(d.get("/healthz", token=None).status, 200)
    answer = d.get("/v1/cases/good-" + name)
    if answer.status != 200:
        problem(answer, 503, "busy")
        assert answer.headers["Retry-After"], answer
    return answer.status


@test
def answers_that_nobody_reads(folder):
    d = folder.start("--buffer", str(BUFFER), env=MEASURED)
    fill(d, 4000)
    ask = "GET /v1/outcomes?limit=1000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % folder.tokens["read"]
    before, most = rss_kib(d), 0
    peers = [connect(d) for _ in range(60)]
    for turn in range(4):
        for s in peers:
            send_some(s, (ask * 64).encode())
        most = max(most, rss_kib(d))
        still_serves(d, "a%d" % turn)
    # 60 times 64 answers of 400 KB, four times over, were asked for.
    assert most - before < BUFFER // 1024 + SLACK_KIB, "%d KiB more" % (most - before)
    assert metric(d, 'waymark_problems_total{problem="busy"}') > 100
    for s in peers:
        s.close()
    until(lambda: metric(d, "waymark_http_buffered_bytes") == 0)
    eq(still_serves(d, "after"), 200)


@test
def peers_that_take_nothing_are_cut_off_sooner(folder):
    d = folder.start("--buffer", str(BUFFER))
    fill(d, 4000)
    ask = "GET /v1/outcomes?limit=1000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % folder.tokens["read"]
    peers = [connect(d) for _ in range(30)]

    def somebody_was_cut_off():
        for s in peers:
            send_some(s, (ask * 64).encode())
        return metric(d, "waymark_http_timeouts_total") > 0

    until(somebody_was_cut_off, 20)  # the usual time is 30 seconds
    for s in peers:
        s.close()
    until(lambda: metric(d, "waymark_http_buffered_bytes") == 0)


@test
def bodies_that_never_end(folder):
    d = folder.start("--buffer", str(BUFFER), env=MEASURED)
    head = "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 1000000\r\n" % STRUCTURED
    head += "Authorization: Bearer %s\r\n\r\n" % folder.tokens["submit"]
    before, most = rss_kib(d), 0
    peers = [connect(d) for _ in range(300)]
    for s in peers:
        send_some(s, head.encode())
    for turn in range(12):
        for s in peers:
            send_some(s, b" " * 80000)
        most = max(most, rss_kib(d))
        still_serves(d, "b%d" % turn)
    assert most - before < 2 * BUFFER // 1024 + SLACK_KIB, "%d KiB more" % (most - before)
    refused = 0
    for s in peers:
        s.setblocking(True)
        s.settimeout(0.01)
        try:
            refused += s.recv(65536).startswith(b"HTTP/1.1 503")
        except OSError:
            pass
        s.close()
    assert refused > 100, refused
    until(lambda: metric(d, "waymark_http_buffered_bytes") == 0)


@test
def more_events_than_the_disk_takes(folder):
    """The disk hangs; who asks for more than the queue holds is told to wait, and loses nothing."""
    d = folder.start("--buffer", str(BUFFER), "--queue", "100", env=MEASURED)
    accepted(d.send(event("visit", "P1", data={"minutes": 60})))
    before = rss_kib(d)
    db = sqlite3.connect(folder.ledger, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    peers = []
    for i in range(250):
        body = json.dumps(event("visit", "Q%d" % i, id="q%d" % i, data={"minutes": 60})) + " " * 20000
        head = "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\nAuthorization: Bearer %s\r\n\r\n"
        s = socket.create_connection(("127.0.0.1", d.port), 10)
        s.sendall((head % (STRUCTURED, len(body), folder.tokens["submit"]) + body).encode())
        peers.append(s)
        assert rss_kib(d) - before < 2 * BUFFER // 1024 + SLACK_KIB
    until(lambda: metric(d, "waymark_http_in_flight") == 101, 4)  # the queue, and who asks for this
    db.execute("ROLLBACK")
    db.close()
    got = {200: [], 503: []}
    for i, s in enumerate(peers):
        got[int(s.recv(65536).split()[1])].append(i)
        s.close()
    eq((len(got[200]), len(got[503])), (100, 150))
    for i in got[200]:
        accepted(d.get("/v1/cases/Q%d" % i))
    for i in got[503]:
        problem(d.get("/v1/cases/Q%d" % i), 404, "not-found")


@test
def a_page_has_an_end(folder):
    """However much was asked for: the answer ends after a mebibyte, and the next page goes on."""
    d = folder.start()
    lots = [event("visit", "P1", id="m%d" % i, data={"minutes": 60, "office": "O" * 100}) for i in range(3000)]
    headers = {"Authorization": "Bearer " + folder.tokens["submit"], "Content-Type": BATCH}
    for i in range(0, 3000, 1000):
        c = d.connect()
        c.request("POST", "/v1/events", json.dumps(lots[i : i + 1000]), headers)
        eq(c.getresponse().status, 200)
        c.close()
    for path, key, items in (("/v1/cases/P1/timeline?limit=1000", "before", "events"), ("/v1/outcomes?limit=1000", "after", "outcomes")):
        seen, at = [], None
        while True:
            c = d.connect()
            c.request("GET", path + ("" if at is None else "&%s=%d" % (key, at)), headers={"Authorization": "Bearer " + folder.tokens["read"]})
            text = c.getresponse().read()
            c.close()
            assert len(text) < (1 << 20) + 65536, len(text)
            page = json.loads(text)
            seen += [x["seq"] for x in page[items]]
            if not page[items] or page[key] is None or page[key] == at:
                break
            at = page[key]
        eq(sorted(seen), list(range(1, 3001)))


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
