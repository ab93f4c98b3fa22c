#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the operator is told: readiness, metrics, the log, the manual.

    test_operation.py [PART OF A NAME]
"""
import contextlib
import glob
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from checks import accepted, eq, main, problem, test, until
from waymarkd import HERE, WAYMARK, end_with_its_daemons, event, utc

ROOT = os.path.join(HERE, "..", "..")


def text_of(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def metrics(d):
    """{sample: value}"""
    lines = d.get("/metrics", token=None).body.splitlines()
    return {k: float(v) for k, v in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def causes(d):
    a = d.get("/readyz", token=None)
    if a.status == 200:
        return []
    return [c["cause"] for c in problem(a, 503, "not-ready")["causes"]]


# ---- metrics ----


@test
def promtool_has_nothing_to_say(folder):
    d = folder.start()
    accepted(d.send(event("visit", "P1", data={"minutes": 60})))
    d.get("/nowhere", token=None)
    text = d.get("/metrics", token=None).body
    if shutil.which("promtool"):
        done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True, timeout=30)
        eq((done.returncode, done.stdout + done.stderr), (0, ""))


@test
def every_metric_is_in_the_manual(folder):
    d = folder.start()
    served = set(re.findall(r"^# TYPE (\S+)", d.get("/metrics", token=None).body, re.M))
    manual = text_of("daemon", "OPERATING.md")
    rows = "".join(line.split("|")[1] for line in manual.splitlines() if line.startswith("| `waymark_"))
    said = set(re.findall(r"`(\w+)(?:\{[\w,]+\})?`", rows))
    eq(sorted(served ^ said), [])


@test
def no_client_makes_a_new_series(folder):
    """Labels are known beforehand, and hold nothing of what was sent."""
    d = folder.start()
    before = set(metrics(d))
    canary = "CANARY-7F3A"
    d.send(event("visit", canary, id=canary, source="/" + canary, data={"minutes": 60}))
    d.send(event("visit", canary, id=canary, source="/" + canary, data={"minutes": 61}))
    d.send(event(canary, canary, county=canary))
    d.send([event(canary, canary), event("visit", canary, data={canary: 1})])
    d.get("/v1/cases/" + canary)
    d.get("/" + canary + "?" + canary + "=1")
    d.ask("DELETE", "/v1/events", token=canary)
    after = metrics(d)
    eq(sorted(before ^ set(after)), [])
    assert canary not in d.get("/metrics", token=None).body
    assert canary.encode() not in "".join(d.lines).encode()
    eq(after['waymark_problems_total{problem="event-conflict"}'], 1)
    eq(after['waymark_problems_total{problem="unknown-event"}'], 2)  # one of them in a batch
    eq(after['waymark_problems_total{problem="token-required"}'], 0)  # the method is looked at first
    eq(after['waymark_problems_total{problem="method-not-allowed"}'], 1)
    eq(after['waymark_answers_total{method="none",route="none",class="4xx"}'], 2)


@test
def what_is_overdue_is_seen(folder):
    """Nothing fires for a case that cannot be read: it stays overdue, and its age grows."""
    d = folder.start()
    accepted(d.send(event("missed", "P1", time=utc(-14 * 86400 + 3600))))
    eq(metrics(d)["waymark_due_overdue_cases"], 0)
    d.stop()
    folder.ruined = True
    with sqlite3.connect(folder.ledger) as db:  # as if a day had passed that nobody was there for
        db.execute("UPDATE cases SET next_due_us = next_due_us - 2 * 86400000000")
        db.execute("UPDATE cases SET state = zeroblob(100)")
    db.close()
    d = folder.start()
    m = until(lambda: (lambda m: m["waymark_due_stuck"] == 1 and m)(metrics(d)))
    eq(m["waymark_due_overdue_cases"], 1)
    assert 3600 < m["waymark_due_oldest_overdue_seconds"] < 3 * 86400, m["waymark_due_oldest_overdue_seconds"]


@test
def sizes_are_those_of_the_files(folder):
    d = folder.start()
    for i in range(20):
        accepted(d.send(event("visit", "P%d" % i, data={"minutes": 60})))
    m = metrics(d)
    eq(m["waymark_ledger_bytes"], os.path.getsize(folder.ledger))
    eq(m["waymark_ledger_log_bytes"], os.path.getsize(folder.ledger + "-wal"))
    assert m["waymark_ledger_disk_free_bytes"] > 0
    eq(m["waymark_ledger_commit_seconds_count"], m['waymark_ledger_commit_seconds_bucket{le="+Inf"}'])
    assert 20 <= m["waymark_ledger_units_total"] <= 25  # and what is recorded of the policy
    eq(m["waymark_cases_cached"], 20)


# ---- readiness ----


@test
def little_room_on_the_disk(folder):
    d = folder.start("--disk-least", str(10**17))
    eq(causes(d), ["disk-low"])
    eq((metrics(d)["waymark_ready"], metrics(d)['waymark_not_ready{cause="disk-low"}']), (0, 1))
    accepted(d.send(event("missed", "P1")))
    d.stop()
    d = folder.start("--disk-least", "0")
    eq(causes(d), [])
    eq(metrics(d)["waymark_ready"], 1)


@test
def a_full_ledger(folder):
    d = folder.start("--ledger-most", "400000")
    status = 200
    for i in range(5000):
        status = d.send(event("visit", "P%d" % i, data={"minutes": 60})).status
        if status != 200:
            break
    eq(status, 507)
    # It tries again within a second, and is full when that was in vain.
    until(lambda: d.send(event("visit", "P", data={"minutes": 60})).status == 507 and causes(d) == ["storage-full"])


@test
def a_clock_that_went_back(folder):
    d = folder.start()
    accepted(d.send(event("missed", "P1")))
    d.stop()
    folder.ruined = True
    for ahead_s, want in ((250, []), (350, ["clock-behind"])):
        with sqlite3.connect(folder.ledger) as db:  # as if the clock had been ahead when it was recorded
            (trigger, sql), = db.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events' AND sql LIKE '%UPDATE%'"
            ).fetchall()
            db.execute("DROP TRIGGER " + trigger)
            db.execute("UPDATE events SET received_us = ?", (int((time.time() + ahead_s) * 1e6),))
            db.execute(sql)
        db.close()
        d = folder.start()
        eq(causes(d), want)
        d.stop()


@test
def a_disk_that_hangs(folder):
    """Somebody holds the ledger's write lock for a while, as a disk that does not come back would."""
    d = folder.start()
    accepted(d.send(event("missed", "P1")))
    db = sqlite3.connect(folder.ledger, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    c = d.connect()
    body = json.dumps(event("missed", "P2"))
    kind = {"Content-Type": "application/cloudevents+json", "Authorization": "Bearer " + folder.tokens["submit"]}
    c.request("POST", "/v1/events", body, kind)
    until(lambda: causes(d) == ["ledger-slow"], 4)
    db.execute("ROLLBACK")
    eq(c.getresponse().status, 200)
    until(lambda: causes(d) == [])
    c.close()
    db.close()


@test
def a_reader_that_stays(folder):
    """As `waymark verify` does on a large ledger for minutes: events are taken, the write-ahead log grows meanwhile, and
    no more once the reader has gone."""
    d = folder.start()
    sent = [0]

    def send(batches):
        for _ in range(batches):
            sent[0] += 1
            accepted(d.send([event("visit", "P%d-%d" % (sent[0], i), data={"minutes": 60}) for i in range(500)]))
        return metrics(d)["waymark_ledger_log_bytes"]

    send(1)
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % folder.ledger, uri=True, isolation_level=None)) as db:
        db.execute("BEGIN")
        eq(db.execute("SELECT count(*) FROM events").fetchone(), (500,))
        first = send(5)
        second = send(5)
        assert second > first * 1.5, (first, second)
        eq(db.execute("SELECT count(*) FROM events").fetchone(), (500,))
        eq(causes(d), [])
    most = send(2)  # copied back, and begun anew
    eq(send(3), most)
    d.stop()


@test
def draining(folder):
    d = folder.start()
    db = sqlite3.connect(folder.ledger, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    c, asker = d.connect(), d.connect()
    eq(d.ask("GET", "/readyz", token=None, connection=asker).status, 200)
    kind = {"Content-Type": "application/cloudevents+json", "Authorization": "Bearer " + folder.tokens["submit"]}
    c.request("POST", "/v1/events", json.dumps(event("missed", "P2")), kind)
    until(lambda: metrics(d)["waymark_ledger_in_flight"] == 1)
    # A request of which a byte was read before the end was asked for is still answered.
    asker.sock.sendall(b"GET /readyz HT")
    time.sleep(0.2)
    d.signal(signal.SIGTERM)
    d.wait_log("draining")
    asker.sock.sendall(b"TP/1.1\r\nHost: x\r\n\r\n")
    got = b""
    while b"]}" not in got:
        got += asker.sock.recv(4096)
    assert got.startswith(b"HTTP/1.1 503") and b'"cause":"draining"' in got, got
    db.execute("ROLLBACK")
    eq(c.getresponse().status, 200)
    c.close()
    asker.close()
    db.close()
    eq(d.wait(), 0)


# ---- the log ----


@test
def every_event_of_the_log_is_in_the_manual(folder):
    source = "".join(text_of("daemon", "serve", os.path.basename(p)) for p in glob.glob(os.path.join(ROOT, "daemon", "serve", "*.c")))
    written = set()
    for name in re.findall(r"log_line\([^,]+,[^,]+,([^,]+),", source):
        written.update(re.findall(r'"([a-z-]+)"', name))
    written.update(re.findall(r'(?:complain|tell)\(d, "([a-z-]+)"', source))
    assert len(written) > 12, written
    section = text_of("daemon", "OPERATING.md").split("\n## The log\n")[1].split("\n## ")[0]
    said = "".join(line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    eq(sorted(written ^ (set(re.findall(r"`([a-z-]+)`", said)) - {"event"})), [])


@test
def requests_are_logged_when_asked_for(folder):
    d = folder.start("--log-requests")
    accepted(d.send(event("missed", "SECRET-1")))
    d.get("/v1/cases/SECRET-1?x=1")
    d.get("/SECRET-1", token=None)
    d.wait_log("request", n=3)
    lines = [x for x in d.log() if x["event"] == "request"]
    eq(
        [(x["method"], x["route"], x["status"], x["token"]) for x in lines],
        [("POST", "/v1/events", 200, "submit"), ("GET", "/v1/cases/{id}", 400, "read"), ("none", "none", 404, "")],
    )
    assert all(0 <= x["us"] < 60e6 for x in lines)
    assert "SECRET" not in "".join(d.lines)


@test
def a_token_may_go_while_its_request_is_under_way(folder):
    """The name that the log gives outlives the token."""
    d = folder.start("--log-requests")
    db = sqlite3.connect(folder.ledger, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    c = d.connect()
    kind = {"Content-Type": "application/cloudevents+json", "Authorization": "Bearer " + folder.tokens["submit"]}
    c.request("POST", "/v1/events", json.dumps(event("missed", "P1")), kind)
    until(lambda: metrics(d)["waymark_ledger_in_flight"] == 1)
    eq(folder.run("token", "revoke", "submit").returncode, 0)
    d.signal(signal.SIGHUP)
    d.wait_log("tokens")
    db.execute("ROLLBACK")
    eq(c.getresponse().status, 200)
    c.close()
    db.close()
    until(lambda: [x for x in d.log() if x["event"] == "request" and x["route"] == "/v1/events" and x["token"] == "submit"])


@test
def a_higher_level_leaves_lines_out(folder):
    log = os.path.join(folder.path, "log")
    socket = os.path.join(folder.path, "socket")
    with open(log, "wb") as f:
        args = ["serve", "--policies", folder.policies, "--ledger", folder.ledger, "--listen", "none", "--socket", socket]
        daemon = subprocess.Popen([WAYMARK] + args + ["--log-level", "error"], stdin=subprocess.DEVNULL, stderr=f)
    try:
        until(lambda: os.path.exists(socket))
        folder.edit("program.way", "amount visit_pay is $100", "amount visit_pay is $1,00")
        daemon.send_signal(signal.SIGHUP)
        until(lambda: os.path.getsize(log))
        daemon.send_signal(signal.SIGTERM)
        eq(daemon.wait(20), 0)
    finally:
        daemon.kill()
        daemon.wait()
    with open(log, encoding="utf-8") as f:
        eq([json.loads(line)["event"] for line in f], ["reload-failed"])
    wrong = subprocess.run([WAYMARK] + args + ["--log-level", "loud"], capture_output=True, text=True, timeout=20)
    eq(wrong.returncode, 2)
    assert "info, warning or error" in wrong.stderr, wrong.stderr


# ---- the manual page ----


@test
def the_manual_page_names_every_option(folder):
    help_text = subprocess.run([WAYMARK, "help", "serve"], capture_output=True, text=True, timeout=20).stdout
    options = set(re.findall(r"^ +(--[a-z-]+)", help_text, re.M)) - {"--help"}
    page = text_of("daemon", "man", "waymark.8").replace("\\-", "-")
    assert len(options) > 8, options
    eq(sorted(o for o in options if not re.search(r"^\.B %s\b" % o, page, re.M)), [])
    named = set(re.findall(r"^\.B (--[a-z-]+)", page, re.M))
    eq(sorted(named - options), [])


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
