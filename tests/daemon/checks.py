# SPDX-License-Identifier: Apache-2.0
"""What the daemon's tests are written with: tests by name, each in a folder of its own."""
import contextlib
import os
import re
import sqlite3
import sys
import threading
import time
import traceback

from waymarkd import HERE, Folder, event, utc

TESTS = []
ROLES = ("submit", "read", "audit", "author", "approve", "admin")
ROUTES = os.path.join(HERE, "..", "..", "daemon", "serve", "routes.c")


def test(fn):
    TESTS.append(fn)
    return fn


def eq(got, want):
    assert got == want, ("got %r, expected %r" % (got, want))[:2000]


def problem(answer, status, slug):
    assert answer.status == status, "expected %d %s: %r" % (status, slug, answer)
    eq(answer.headers["Content-Type"], "application/problem+json")
    body = answer.json
    eq(body["type"], "/problems/" + slug)
    eq(body["status"], status)
    assert body["title"] and body["detail"], body
    return body


def accepted(answer):
    assert answer.status == 200, repr(answer)
    return answer.json


def kinds(decision):
    return [o["kind"] for o in decision["outcomes"]]


def routes_served():
    """"POST /v1/events" and the others, as they stand in the source."""
    with open(ROUTES, encoding="utf-8") as f:
        found = re.findall(r'\{HTTP_METHOD_(\w+),\s*STR_INIT\("([^"]+)"\)', f.read())
    assert found
    return ["%s %s" % route for route in found]


def until(condition, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = condition()
        if got:
            return got
        time.sleep(0.02)
    raise AssertionError("waited %d s in vain" % seconds)


DAY = 86400


def days_ago(days, hour=12):
    """An hour (UTC) of a day in the past; 17 to 23 are of the same day in California."""
    day = utc(-days * DAY)[:10]
    return "%sT%02d:00:00Z" % (day, hour)


def asked_while_events_come(d, path, threads, times, token="read"):
    """The statuses of a report that many ask for at once, while visits are recorded."""
    statuses = []

    def ask():
        for _ in range(times):
            statuses.append(d.get(path, token=token).status)

    asking = [threading.Thread(target=ask) for _ in range(threads)]
    for t in asking:
        t.start()
    for i in range(50):
        accepted(d.send(event("visit", "Q%d" % i, data={"minutes": 60})))
    for t in asking:
        t.join()
    return statuses


def net(d):
    """The outcomes that were added and not reversed, by id: kind and amount."""
    left = {}
    after = 0
    while True:
        page = accepted(d.get("/v1/outcomes?after=%d" % after))
        for o in (o["outcome"] for o in page["outcomes"]):
            if o["kind"] == "reversal":
                gone = left.pop(o["of"])
                eq((o["reverses"], o.get("amount")), gone)
            else:
                assert o["id"] not in left, o
                left[o["id"]] = (o["kind"], o.get("amount"))
        if page["after"] == after:
            return left
        after = page["after"]


def timeline(d, case="P1", n=None):
    def read():
        line = accepted(d.get("/v1/cases/%s/timeline" % case))["events"]
        return line if n is None or len(line) == n else None

    return until(read)


def the_version_in_force_changes_nothing(folder):
    """Where one version has decided everything, it decides it all the same again as a candidate."""
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % folder.ledger, uri=True)) as db:
        names = db.execute("SELECT DISTINCT p.version FROM events e JOIN policies p ON p.number = e.policy").fetchall()
    if len(names) != 1:
        return
    done = folder.waymark("replay", folder.ledger, "--candidate", names[0][0], "--cases")
    assert done.returncode == 0, "waymark replay --candidate: %s%s" % (done.stdout, done.stderr)


def the_ledger_is_as_it_should_be(folder):
    """Whatever a test did: nothing of the ledger was changed, and all of it is decided the same again."""
    for daemon in folder.daemons:
        daemon.kill()
    if os.path.exists(folder.ledger) and not folder.ruined:
        for command in (["verify"], ["replay", "--verify"]):
            done = folder.waymark(*command, folder.ledger)
            assert done.returncode == 0, "waymark %s: %s%s" % (command[0], done.stdout, done.stderr)
        the_version_in_force_changes_nothing(folder)


def main(ruins=False):
    """Runs the tests whose names have the first argument in them, each in a folder of its own. `ruins`: they
    are about ledgers that somebody has changed."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [t for t in TESTS if wanted in t.__name__]
    passed = failed = 0
    for t in chosen:
        begin = time.monotonic()
        try:
            with Folder() as folder:
                t(folder)
                for daemon in folder.daemons:
                    assert daemon.process.poll() in (None, 0), "".join(daemon.lines)
                if not ruins:
                    the_ledger_is_as_it_should_be(folder)
            passed += 1
            print("ok    %-55s %5.2f s" % (t.__name__, time.monotonic() - begin), flush=True)
        except Exception:
            failed += 1
            print("FAIL  %s" % t.__name__)
            traceback.print_exc(file=sys.stdout)
            sys.stdout.flush()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0
