#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cases that were kept for long enough are destroyed while the daemon runs.

    test_retention.py [PART OF A NAME]

KILLS=N ends the daemon N times at a random moment instead of a few.
"""
import os
import random
import sys
import time

from checks import accepted, eq, main, problem, test, until
from clocks import Clock
from destroyed import hold, no_trace
from opened import opened
from waymarkd import end_with_its_daemons, event

CANARY = "canary-3f9a"


def send(d, clock, type, who, **more):
    return accepted(d.send(event(type, who, time=clock.text(), casekind="person", **more)))


def at_rest(folder, clock, *names):
    """A ledger with these cases, over since 2020, and one of today; the clock stands in 2026."""
    d = folder.start(env=clock.env())
    for i in range(0, len(names), 500):
        some = names[i : i + 500]
        accepted(d.send([event("moved", who, time=clock.text(), casekind="person", data={"home": who + " street"}) for who in some]))
        accepted(d.send([event("visit", who, time=clock.text(), data={"minutes": 60}) for who in some]))
    d.stop()
    clock.set("2026-03-02T09:00:00-08:00")
    d = folder.start(env=clock.env())
    send(d, clock, "visit", "fresh", data={"minutes": 60})
    d.stop()


def start(folder, clock, years=5):
    return folder.start("--retention", str(years), env=clock.env())


def left(folder):
    db = opened(folder.ledger)
    found = [i for (i,) in db.execute("SELECT id FROM cases WHERE id IS NOT NULL ORDER BY no")]
    db.close()
    return found


def metric(d, name):
    (line,) = [x for x in d.get("/metrics", token=None).body.splitlines() if x.startswith(name + " ")]
    return float(line.split(" ")[1])


@test
def what_is_over_goes_and_all_else_stays(folder):
    clock = Clock(folder, "2020-01-10T09:00:00-08:00")
    d = folder.start(env=clock.env())
    for who in (CANARY, "held", "going", "housed", "heard"):
        send(d, clock, "visit", who, data={"minutes": 60})
    accepted(hold(d, "held"))
    send(d, clock, "fee", "going")
    send(d, clock, "referred", "housed")
    send(d, clock, "review_asked", "heard")
    d.stop()
    at_rest(folder, clock, "P1", "P2")
    d = start(folder, clock)
    (done,) = d.wait_log("retention-done")
    eq((done["count"], done["order"]), (4, 1))
    (told,) = [x for x in d.log() if x["event"] == "destroyed"]
    eq((told["count"], told["order"]), (4, 1))
    eq((metric(d, "waymark_cases_destroyed_total"), metric(d, "waymark_retention_running")), (4, 0))
    assert abs(metric(d, "waymark_retention_passed_time_seconds") - clock.now()) < 60
    gone = problem(d.get("/v1/cases/" + CANARY), 410, "destroyed")
    eq(gone["order"], "retention 5")
    problem(d.send(event("visit", CANARY, time=clock.text(), data={"minutes": 60})), 410, "destroyed")
    for who in ("held", "going", "housed", "fresh"):
        accepted(d.get("/v1/cases/" + who))
    eq(accepted(d.send(event("visit", "P9", time=clock.text(), data={"minutes": 60})))["duplicate"], False)
    d.stop()
    no_trace(folder, CANARY)
    eq(left(folder), ["held", "going", "housed", "fresh", "P9"])
    db = opened(folder.ledger)
    eq(db.execute("SELECT number, under, reason, who, cases FROM destruction_list").fetchall(),
       [(1, "retention 5", "over for 5 years or longer", None, 4)])
    db.close()


@test
def a_day_later_again_and_not_before(folder):
    clock = Clock(folder, "2020-01-10T09:00:00-08:00")
    at_rest(folder, clock, "P1")
    d = start(folder, clock, 7)
    eq(d.wait_log("retention-done")[0]["count"], 0)
    d.stop()
    eq(left(folder), ["P1", "fresh"])
    d = start(folder, clock, 6)  # six years and some weeks
    eq(d.wait_log("retention-done")[0]["count"], 1)
    d.stop()
    eq(left(folder), ["fresh"])


@test
def a_clock_that_may_be_wrong_destroys_nothing(folder):
    clock = Clock(folder, "2020-01-10T09:00:00-08:00")
    d = start(folder, clock)
    send(d, clock, "visit", "P1", data={"minutes": 60})
    d.wait_log("retention-done")
    clock.set("2026-03-02T09:00:00-08:00")  # somebody sets it while the daemon runs
    accepted(d.get("/v1/cases/P1"))
    until(lambda: [x for x in d.log() if x["event"] == "clock-stepped"])
    d.stop()
    d = start(folder, clock)  # and it is started with it
    assert "30 days" in d.wait_log("retention-waits")[0]["reason"]
    accepted(d.get("/v1/cases/P1"))
    eq(metric(d, "waymark_cases_destroyed_total"), 0)
    d.stop()
    eq(left(folder), ["P1"])


def after_some(d, n):
    """So many transactions have destroyed cases."""
    until(lambda: len([x for x in d.log() if x["event"] == "destroyed"]) >= n)


@test
def a_clock_that_is_set_meanwhile_stops_it(folder):
    clock = Clock(folder, "2020-01-10T09:00:00-08:00")
    at_rest(folder, clock, *["P%d" % i for i in range(3000)])
    d = start(folder, clock)
    after_some(d, 1)
    clock.step(3600)
    eq(d.wait_log("retention-waits")[0]["reason"], "the clock was set")
    assert not [x for x in d.log() if x["event"] == "retention-done"]
    d.stop()
    assert 1 < len(left(folder)) < 3001


@test
def ended_in_the_middle_it_goes_on(folder):
    rng = random.Random(int(os.environ.get("SEED", "0")) or None)
    kills = int(os.environ.get("KILLS", "6"))
    clock = Clock(folder, "2020-01-10T09:00:00-08:00")
    at_rest(folder, clock, *["%s-%d" % (CANARY, i) for i in range(200 * kills)])
    for _ in range(kills):
        d = start(folder, clock)
        after_some(d, rng.randrange(2))
        time.sleep(rng.random() * 0.03)
        gone = sum(x["count"] for x in d.log() if x["event"] == "destroyed")
        d.kill()
        folder.daemons.remove(d)
        eq(folder.waymark("verify", folder.ledger).returncode, 0)
        db = opened(folder.ledger)  # a case is whole, or destroyed
        for id, state, destroyed in db.execute("SELECT c.id, c.state, m.destroyed FROM cases c JOIN main.cases m USING (no)"):
            eq((id is None, state is None), (destroyed is not None,) * 2)
        assert db.execute("SELECT count(*) FROM main.cases WHERE destroyed IS NOT NULL").fetchone()[0] >= gone
        db.close()
    d = start(folder, clock)
    d.wait_log("retention-done")
    d.stop()
    eq(left(folder), ["fresh"])
    no_trace(folder, CANARY)


@test
def requests_go_on_meanwhile(folder):
    clock = Clock(folder, "2020-01-10T09:00:00-08:00")
    names = ["P%d" % i for i in range(200)]
    at_rest(folder, clock, *names)
    d = start(folder, clock)
    answered = {"taken": 0, "gone": 0}
    n = 0
    while not [x for x in d.log() if x["event"] == "retention-done"]:
        # To the cases themselves: one that is sent something is over no more, unless it is gone.
        a = d.send(event("visit", names[-1 - n % len(names)], time=clock.text(), data={"minutes": 60}))
        assert a.status in (200, 410), a
        answered["taken" if a.status == 200 else "gone"] += 1
        n += 1
    d.stop()
    db = opened(folder.ledger)
    kept = {i for (i,) in db.execute("SELECT id FROM cases WHERE id IS NOT NULL")}
    db.close()
    assert "fresh" in kept and len(kept) <= 1 + answered["taken"], (kept, answered)


@test
def wrong_usage_is_said(folder):
    for years in ("0", "201", "x"):
        done = folder.waymark("serve", "--policies", folder.policies, "--ledger", folder.ledger, "--retention", years)
        eq(done.returncode, 2)
        assert "--retention is a whole number of years from 1 to 200" in done.stderr, done.stderr


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
