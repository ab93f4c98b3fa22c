#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peers that are many, slow, silent or gone: the others are served meanwhile.

    test_peers.py [PART OF A NAME]
"""
import fcntl
import http.client
import json
import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

from book import check_ledger, read_books
from checks import accepted, eq, main, test, until
from streams import Sender, Stream
from waymarkd import STRUCTURED, WAYMARK, end_with_its_daemons, event

FILES = 200  # descriptors that the daemon may have
KEPT = 64  # of them are not for connections
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def few_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


def connect(daemon):
    s = socket.create_connection(("127.0.0.1", daemon.port))
    s.settimeout(30)
    return s


def many(daemon, n, send=b""):
    peers = [connect(daemon) for _ in range(n)]
    for p in peers:
        try:
            p.sendall(send)
        except OSError:
            pass  # it has made room
    return peers


def others_are_served(daemon, tag):
    for i in range(5):
        accepted(daemon.send(event("visit", "P1", id="%s%d" % (tag, i), data={"minutes": 60})))
    eq(daemon.get("/readyz", token=None).status, 200)


def files_of(daemon):
    return len(os.listdir("/proc/%d/fd" % daemon.process.pid))


def a_crowd(folder, send):
    d = folder.start(preexec=few_files)
    before = files_of(d)
    peers = many(d, FILES + 50, send)
    others_are_served(d, "a")
    taken = files_of(d) - before
    assert FILES / 2 < taken <= FILES - KEPT, taken
    # A reload opens files, and must be able to.
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    d.wait_log("tokens")
    others_are_served(d, "b")
    for p in peers:
        p.close()
    others_are_served(d, "c")
    d.stop()
    check_ledger(folder, [])


@test
def a_crowd_that_says_nothing(folder):
    a_crowd(folder, b"")


@test
def a_crowd_in_the_middle_of_a_head(folder):
    a_crowd(folder, GET[:-4])


@test
def a_crowd_in_the_middle_of_a_body(folder):
    a_crowd(folder, b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")


@test
def a_crowd_that_does_not_read(folder):
    """Each asks again and again for a long answer and takes none of it."""
    ask = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 20
    a_crowd(folder, ask)


@test
def a_storm_of_connections(folder):
    d = folder.start(preexec=few_files)
    stream = Stream(0, 1)
    sender = Sender(d, folder, "a", stream)
    sender.start()
    over = time.monotonic() + 1.5
    count = [0]

    def storm():
        while time.monotonic() < over:
            s = connect(d)
            s.sendall(GET[: count[0] % len(GET)])
            s.close()
            count[0] += 1

    threads = [threading.Thread(target=storm) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    before = sender.i
    until(lambda: sender.i > before)
    sender.enough.set()
    sender.join()
    eq(sender.failures, [])
    assert sender.i > 20 and count[0] > 300, (sender.i, count)
    d.stop()
    check_ledger(folder, read_books(folder))


def raw_event(e, token):
    body = json.dumps(e).encode()
    head = "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    return (head % (token, STRUCTURED, len(body))).encode() + body


@test
def peers_that_leave_before_their_answer(folder):
    """What they sent happens once: sent again it is a duplicate, or it had not arrived."""
    d = folder.start()
    events = [event("visit", "P%d" % i, id="gone%d" % i, data={"minutes": 60}) for i in range(200)]
    for i, e in enumerate(events):
        s = connect(d)
        raw = raw_event(e, folder.tokens["submit"])
        s.sendall(raw if i % 3 else raw[: len(raw) // 2])
        if i % 2:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset
        s.close()
    duplicates = [accepted(d.send(e))["duplicate"] for e in events]
    assert any(duplicates) and not any(duplicates[::3]), duplicates
    d.stop()
    eq(len(check_ledger(folder, [])), len(events))


@test
def a_drain_with_slow_peers(folder):
    """SIGTERM: who is in the middle of a request may finish it, and hears that it is on disk."""
    d = folder.start()
    raw = [raw_event(event("visit", "S%d" % i, id="slow%d" % i, data={"minutes": 60}), folder.tokens["submit"]) for i in range(20)]
    peers = [connect(d) for _ in raw]
    for p, r in zip(peers, raw):
        p.sendall(r[:50])
    accepted(d.send(event("visit", "P1", id="first", data={"minutes": 60})))
    d.signal(signal.SIGTERM)
    d.wait_log("draining")
    d.signal(signal.SIGHUP)  # means nothing any more
    for p, r in zip(peers, raw):
        for at in range(50, len(r), 40):
            p.sendall(r[at : at + 40])
    for p in peers:
        answer = p.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 200") and b"Connection: close" in answer, answer
    eq(d.wait(), 0)
    eq(len(check_ledger(folder, [])), len(raw) + 1)


@test
def signals_to_the_very_end(folder):
    """Told to end, and told to reload and to end again until it has: it still ends well."""
    for _ in range(20):
        d = folder.start()
        accepted(d.send(event("visit", "P1", data={"minutes": 60})))
        d.signal(signal.SIGTERM)
        while d.process.poll() is None:
            d.signal(signal.SIGHUP)
            d.signal(signal.SIGTERM)
        eq(d.wait(), 0)
        folder.daemons.remove(d)


@test
def a_log_that_nobody_reads(folder):
    """Its pipe is full: the daemon goes on, and says later how many lines are lost."""
    command = [WAYMARK, "serve", "--policies", folder.policies, "--ledger", folder.ledger]
    p = subprocess.Popen(
        command + ["--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        line = {}
        while line.get("event") != "listening":
            line = json.loads(p.stderr.readline())
        fcntl.fcntl(p.stderr, fcntl.F_SETPIPE_SZ, 8192)
        with open(os.path.join(folder.policies, "program.way"), "a", encoding="utf-8") as f:
            f.write("rule of nothing\n" * 20)
        for n in range(1, 21):  # each says the errors
            p.send_signal(signal.SIGHUP)
            until(lambda: '{result="failed"} %d\n' % n in metrics(line["port"]))
        waiting = os.read(p.stderr.fileno(), 65536)
        assert b"reload-failed" in waiting
        p.send_signal(signal.SIGHUP)
        eq(select.select([p.stderr], [], [], 20)[0], [p.stderr])
        told = os.read(p.stderr.fileno(), 65536).lstrip(b"\n").split(b"\n")[0]
        assert json.loads(told)["lost"] > 5, told
        p.send_signal(signal.SIGTERM)
        eq(p.wait(20), 0)
    finally:
        p.kill()
        p.wait()
        p.stderr.close()


def metrics(port):
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    wire.request("GET", "/metrics")
    text = wire.getresponse().read().decode()
    wire.close()
    return text


@test
def slowhttptest(folder):
    """A tool that others wrote for slow heads, slow bodies and slow reading."""
    tool = shutil.which("slowhttptest")
    if not tool or "SOAK" not in os.environ:
        print("skip  slowhttptest: it is part of make soak, and a Debian package")
        return
    d = folder.start(preexec=few_files)
    for kind in (["-H"], ["-B"], ["-X", "-w", "10", "-y", "20", "-z", "5"]):
        url = "http://127.0.0.1:%d/openapi.json" % d.port
        p = subprocess.Popen(
            [tool, *kind, "-c", "300", "-r", "300", "-i", "1", "-l", "3", "-u", url],
            cwd=folder.path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        rounds = 0
        while p.poll() is None:
            others_are_served(d, "%s-%d-" % (kind[0], rounds))
            rounds += 1
        assert rounds > 3, rounds
    d.stop()


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
