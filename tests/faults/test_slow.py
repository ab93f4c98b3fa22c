#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The writing thread is slow: what the others do while something is on its way to the disk.

    test_slow.py [PART OF A NAME]
"""
import concurrent.futures
import json
import os
import re
import signal
import sys
import time

from book import check_ledger
from checks import accepted, eq, main, test, until
from failing import Failing
from staff import read_policies
from waymarkd import end_with_its_daemons, event, utc


def post(d, path, body, token):
    a = d.ask("POST", "/v1/policies" + path, json.dumps(body), {"Content-Type": "application/json"}, token)
    assert a.status in (200, 201), a
    return a.json


def plan(d, later_s, pay):
    """Another version begins, so many seconds from now. Returns its name."""
    texts = read_policies(d.folder)
    texts["program.way"] = texts["program.way"].replace("visit_pay is $100", "visit_pay is $%d" % pay)
    v = post(d, "", {"sources": [{"name": k, "text": t} for k, t in texts.items()]}, "author")["version"]
    post(d, "/%s/approve" % v, {}, "approve")
    eq(post(d, "/%s/activate" % v, {"from": utc(later_s)}, "approve")["state"], "planned")
    return v


def reload(d, n):
    """Of a folder with another version, which is in force at once."""
    with open(os.path.join(d.folder.policies, "program.way"), "a", encoding="utf-8") as f:
        f.write("# %d\n" % n)
    d.signal(signal.SIGHUP)


def visit(d):
    return accepted(d.send(event("visit", "P1", data={"minutes": 60})))["policy"]["version"]


def in_flight(d):
    return int(re.search("\nwaymark_ledger_in_flight ([0-9]+)\n", d.get("/metrics", token=None).body)[1])


@test
def a_version_that_was_planned_decides_while_the_next_is_on_its_way(folder):
    """Made known before a version that is over, it began after that one."""
    failing = Failing(folder)
    d = folder.start(env=failing.env)
    for n, later_s in enumerate((3, 9, 27)):  # the version of the folder has to be in force before
        begins = time.monotonic() + later_s
        planned = plan(d, later_s, 120 + n)
        reload(d, n)
        d.wait_log("reloaded", n=n + 1)
        if time.monotonic() < begins and visit(d) != planned:
            break
    until(lambda: planned in [line["version"] for line in d.log() if line["event"] == "in-force"])
    failing.set(["wake"])
    before = len(d.wait_log("in-force"))
    reload(d, 9)
    until(lambda: in_flight(d) == 2)  # its text, and that it is in force
    with concurrent.futures.ThreadPoolExecutor() as pool:
        late = pool.submit(visit, d)
        until(lambda: in_flight(d) == 3)
        failing.clear()
        eq(late.result(), planned)
    d.wait_log("in-force", n=before + 1)
    assert visit(d) != planned
    d.stop()
    check_ledger(folder, [], like_run=False)


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
