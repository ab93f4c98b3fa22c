#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is recorded is explained as the same events are from a file, for each reader.

    test_explain.py [PART OF A NAME]
"""
import json
import os
import shutil
import subprocess
import sys

from checks import accepted, eq, main, test
from waymarkd import WAYMARK, end_with_its_daemons, event

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
POLICIES = os.path.join(TOP, "policies")
EVENTS = os.path.join(TOP, "daemon", "demo", "events.jsonl")
ENDED = ("S-4X7Q2M", "S-8K2M4P")  # nothing of them is due after the last event


def waymark(*args):
    return subprocess.run([WAYMARK, *args], capture_output=True, text=True, timeout=60)


def with_demo(folder):
    """The shipped policies, and a daemon that has had the events of the demo."""
    shutil.rmtree(folder.policies)
    shutil.copytree(POLICIES, folder.policies)
    d = folder.start()
    with open(EVENTS, encoding="utf-8") as f:
        for line in f:
            accepted(d.send(json.loads(line)))
    return d


@test
def a_case_is_explained_as_from_a_file(folder):
    with_demo(folder)
    for case in ENDED:
        for who in ("auditor", "worker", "person"):
            more = ["--case", case, "--for", who, "--confidential"]
            file = waymark("explain", folder.policies, EVENTS, "--until", "2026-11-25", *more)
            ledger = waymark("explain", "--ledger", folder.ledger, *more)
            eq((ledger.returncode, ledger.stderr), (0, ""))
            eq(ledger.stdout, file.stdout)
            assert len(file.stdout) > 500, file.stdout


@test
def what_comes_next_is_told_of_a_recorded_case(folder):
    with_demo(folder)
    more = ["--case", "S-3T9WLC", "--next", "--until", "2027-12-31", "--json"]
    file = json.loads(waymark("explain", folder.policies, EVENTS, *more).stdout.splitlines()[-1])["next"]["items"]
    got = waymark("explain", "--ledger", folder.ledger, *more)
    ledger = json.loads(got.stdout.splitlines()[-1])["next"]
    eq((got.returncode, ledger["until"]), (0, "2027-12-31"))
    fired = len(file) - len(ledger["items"])  # by the daemon, since
    assert fired >= 0 and file, (file, ledger)
    eq(ledger["items"], file[fired:])


@test
def one_outcome_is_explained_for_each_reader(folder):
    d = with_demo(folder)
    rows = accepted(d.get("/v1/outcomes?after=0&limit=1000"))["outcomes"]
    paid = next(r for r in rows if r["outcome"].get("to") == "S-4X7Q2M" and r["outcome"]["kind"] == "payment")
    page = os.path.join(folder.path, "page.html")
    for who, says in (("auditor", "programs/pathway_to_safety.way:"), ("worker", "Pay $100.00 to S-4X7Q2M"),
                      ("person", "You get $100.00 on")):
        told = waymark("explain", "--ledger", folder.ledger, paid["outcome"]["id"], "--for", who)
        assert says in told.stdout, told
        got = waymark("explain", "--ledger", folder.ledger, paid["outcome"]["id"], "--for", who, "--html", page)
        with open(page, encoding="utf-8") as f:
            html = f.read()
        eq((got.returncode, got.stdout), (0, ""))
        assert says in html and html.startswith("<!DOCTYPE html>"), html
    to_others = next(r for r in rows if r["outcome"].get("to") == "A-HAVEN" and r["outcome"].get("item"))
    got = waymark("explain", "--ledger", folder.ledger, to_others["outcome"]["id"], "--for", "person")
    eq((got.returncode, got.stdout), (1, ""))
    assert "nothing in what was decided is for the person" in got.stderr, got.stderr


@test
def what_cannot_be_told_is_said(folder):
    d = with_demo(folder)
    del d
    none = waymark("explain", "--ledger", folder.ledger, "--case", "nobody")
    eq((none.returncode, none.stdout), (1, ""))
    assert "the ledger has no case nobody" in none.stderr, none.stderr
    eq(waymark("explain", "--ledger", folder.ledger).returncode, 2)
    eq(waymark("explain", "--ledger", folder.ledger, "0" * 32, "--case", "S-4X7Q2M").returncode, 2)
    eq(waymark("explain", "--ledger", folder.ledger, "--case", "S-4X7Q2M", "--for", "everybody").returncode, 2)


@test
def a_late_event_is_told_in_the_order_of_things(folder):
    d = with_demo(folder)
    accepted(d.send(event("session_attended", "S-4X7Q2M", id="late", time="2026-07-08T09:00:00-07:00",
                          data={"service": "counselling", "provider": "A-HAVEN", "minutes": 60})))
    told = waymark("explain", "--ledger", folder.ledger, "--case", "S-4X7Q2M").stdout
    assert told.index("2026-07-06T14:30") < told.index("2026-07-08T09:00") < told.index("2026-07-13T15:00"), told


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
