#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every deadline and schedule item fires exactly once, in order, whatever becomes of the clock.

    test_clock.py [PART OF A NAME]

The daemon sees a wall clock that these tests set, and hears of it as it does from the kernel (clocks.py); the clock
that nobody can set goes on as it is. Nobody asks the daemon anything meanwhile, unless that is the test: it has to wake
up by itself. It is killed in between.
"""
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time

from checks import accepted, eq, main, test, until
from clocks import Clock, instant
from opened import opened
from waymarkd import WAYMARK, end_with_its_daemons, event

MINUTE, HOUR, DAY = 60, 3600, 86400


def kill(folder, daemon):
    daemon.kill()
    folder.daemons.remove(daemon)


def metric(daemon, name):
    lines = daemon.get("/metrics", token=None).body.splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(name + " ")))


def recorded(folder):
    """(case, type, due, fired, seq) of what the daemon set off itself, in the order of recording."""
    with contextlib.closing(opened(folder.ledger)) as db:
        return [(case, type, instant(at), fired / 1e6, seq) for case, type, at, fired, seq in db.execute(
            "SELECT c.id, e.event ->> '$.type', e.event ->> '$.time', e.received_us, e.seq FROM events e"
            " JOIN cases c ON c.no = e.case_no WHERE e.sender IS NULL ORDER BY e.seq")]


def dues(folder):
    return [(case, type, at) for case, type, at, _, _ in recorded(folder)]


def fired(folder, daemon, n):
    """Waits for it."""
    until(lambda: len(dues(folder)) >= n or daemon.process.poll() is not None)
    return dues(folder)


@test
def a_step_forward_fires_what_it_passes(folder):
    clock = Clock(folder, "2026-03-02T12:00:00-08:00")
    d = clock.start()
    accepted(d.send(event("missed", "A1", time=clock.text())))
    accepted(d.send(event("support", "A2", time=clock.text())))
    fired(folder, d, 1)
    clock.set("2026-03-20T09:00:00-07:00")
    until(clock.is_heard)
    eq(fired(folder, d, 4)[1:], [("A2", "scheduled", instant("2026-03-03T00:00:00-08:00")),
                                 ("A2", "scheduled", instant("2026-03-04T00:00:00-08:00")),
                                 ("A1", "deadline", instant("2026-03-17T00:00:00-07:00"))])
    stepped = d.wait_log("clock-stepped")
    assert abs(stepped[0]["seconds"] - (17 * DAY + 20 * HOUR)) < MINUTE, stepped
    eq(metric(d, "waymark_clock_steps_total"), 1)
    eq(metric(d, "waymark_due_late_total"), 3)
    last = accepted(d.get("/v1/cases/A1/timeline"))["events"][0]
    eq((last["due"], last["late"], last["fired"][:10]), ("2026-03-17T00:00:00-07:00", True, "2026-03-20"))
    d.stop()


@test
def a_step_back_fires_nothing_again(folder):
    clock = Clock(folder, "2026-03-02T12:00:00-08:00")
    d = clock.start()
    accepted(d.send(event("support", "A1", time=clock.text())))
    accepted(d.send(event("missed", "A2", time=clock.text())))
    fired(folder, d, 1)
    clock.step(DAY)
    before = fired(folder, d, 2)
    clock.step(-10 * DAY)
    until(clock.is_heard)
    d.wait_log("clock-stepped", n=2)
    assert metric(d, "waymark_clock_behind_seconds") > 9 * DAY
    for _ in range(2):
        kill(folder, d)
        d = clock.start()
        assert d.wait_log("clock-behind")[0]["seconds"] > 9 * DAY
        eq(dues(folder), before)
    clock.step(11 * DAY)
    eq(len(fired(folder, d, 3)), 3)
    eq(metric(d, "waymark_clock_behind_seconds"), 0)
    clock.step(-DAY)
    clock.step(14 * DAY)
    fired(folder, d, 4)
    clock.step(-20 * DAY)
    clock.step(40 * DAY)
    time.sleep(0.2)
    eq(len(fired(folder, d, 4)), 4)
    eq([kind for _, kind, _ in dues(folder)].count("deadline"), 1)
    d.stop()


def through_a_night(folder, evening, midnights):
    clock = Clock(folder, evening)
    d = clock.start()
    accepted(d.send(event("support", "A1", time=clock.text())))
    fired(folder, d, 1)
    ends = instant(midnights[-1]) + 2 * HOUR
    while clock.now() < ends:
        clock.step(20 * MINUTE)
        fired(folder, d, 1 + sum(instant(at) <= clock.now() for at in midnights))
        if int(clock.now() // HOUR) % 7 == 0:  # now and then it starts anew
            kill(folder, d)
            d = clock.start()
    found = fired(folder, d, 3)
    eq([at for _, _, at in found][1:], [instant(at) for at in midnights])
    for _, _, at, when, _ in recorded(folder)[1:]:
        assert 0 <= when - at < 21 * MINUTE, (at, when)
    d.stop()


@test
def the_night_of_twenty_five_hours(folder):
    through_a_night(folder, "2026-10-31T22:10:00-07:00",
                    ["2026-11-01T00:00:00-07:00", "2026-11-02T00:00:00-08:00"])


@test
def the_night_of_twenty_three_hours(folder):
    through_a_night(folder, "2027-03-13T22:10:00-08:00",
                    ["2027-03-14T00:00:00-08:00", "2027-03-15T00:00:00-07:00"])


@test
def months_of_downtime(folder):
    folder.edit("program.way", "house_places is 2", "house_places is 2\n  3 from 2026-02-03\n  5 from 2026-04-02")
    clock = Clock(folder, "2026-01-20T12:00:00-08:00")
    d = clock.start()
    rnd, history = random.Random(5), []
    for i in range(300):
        clock.step(HOUR // 2)
        type = rnd.choice(("missed", "support", "aided", "referred"))
        history.append(event(type, "C%d" % rnd.randrange(200), time=clock.text()))
        accepted(d.send(history[-1]))
    kill(folder, d)
    clock.set("2026-07-10T03:00:00-07:00")
    for pause in (0.05, 0.1, 0.15, 0.2):  # it does not come far
        args = [WAYMARK, "serve", "--policies", folder.policies, "--ledger", folder.ledger, "--listen", "127.0.0.1:0"]
        one = subprocess.Popen(args, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=dict(os.environ, **clock.env()))
        time.sleep(pause)
        one.kill()
        one.wait()
    d = clock.start()
    found = dues(folder)
    eq([at for _, _, at in found], sorted(at for _, _, at in found))
    eq(found, expected(folder, history, "2026-07-10"))
    eq({type for _, type, _ in found}, {"deadline", "scheduled", "place_found"})
    d.stop()


def expected(folder, history, until_day):
    """What `waymark run` fires for the same events, up to a day."""
    lines = "".join(json.dumps(e) + "\n" for e in history)
    done = subprocess.run([WAYMARK, "run", "--json", "--until", until_day, folder.policies], input=lines,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    made = [json.loads(line) for line in done.stdout.splitlines()]
    return [(m["case"], m["event"]["type"], instant(m["event"]["time"])) for m in made
            if m["event"]["type"] in ("deadline", "scheduled", "place_found")]


@test
def steps_and_kills_by_chance(folder):
    rnd = random.Random(int(os.environ.get("SEED", "11")))
    clock = Clock(folder, "2026-02-10T12:00:00-08:00")
    d = clock.start()
    history = []
    for turn in range(60):
        clock.step(rnd.choice((MINUTE, HOUR, 7 * HOUR, DAY, 3 * DAY)))
        who = "C%d" % turn  # never late: each case has its events in one go
        for type in rnd.sample(("missed", "support", "aided", "fee"), 2):
            history.append(event(type, who, time=clock.text()))
            accepted(d.send(history[-1]))
        if rnd.random() < 0.3:
            back = rnd.choice((HOUR, DAY, 30 * DAY))
            clock.step(-back)
            accepted(d.get("/healthz", token=None))
            if rnd.random() < 0.5:
                kill(folder, d)
                d = clock.start()
            clock.step(back)
        if rnd.random() < 0.2:
            kill(folder, d)
            d = clock.start()
    clock.set("2026-12-01T12:00:00-08:00")
    want = sorted(expected(folder, history, "2026-12-01"))
    fired(folder, d, len(want))
    kill(folder, d)
    d = clock.start()
    eq(sorted(dues(folder)), want)
    d.stop()


@test
def told_to_stop_while_it_catches_up(folder):
    clock = Clock(folder, "2026-01-20T12:00:00-08:00")
    d = clock.start()
    for start in range(0, 4000, 500):
        batch = [event("missed", "P%d" % i, time=clock.text()) for i in range(start, start + 500)]
        accepted(d.send(batch))
    kill(folder, d)
    clock.step(60 * DAY)
    args = [WAYMARK, "serve", "--policies", folder.policies, "--ledger", folder.ledger, "--listen", "127.0.0.1:0"]
    one = subprocess.Popen(args, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                           env=dict(os.environ, **clock.env()))
    until(lambda: len(dues(folder)) > 200)
    one.send_signal(signal.SIGTERM)
    said = one.communicate(timeout=30)[1]
    eq(one.returncode, 0)
    assert '"event":"draining"' in said and '"event":"stopped"' in said, said
    some = len(dues(folder))
    assert 200 < some < 4000, some
    d = clock.start()
    eq(len({case for case, _, _ in fired(folder, d, 4000)}), 4000)
    eq(len(dues(folder)), 4000)
    d.stop()


@test
def nobody_waits_for_a_long_backlog(folder):
    """It is given a second; the daemon's clocks run faster, so that this is over soon."""
    clock = Clock(folder, "2026-01-20T12:00:00-08:00")
    d = clock.start()
    names = ["P%04d" % i for i in range(4000)]
    for start in range(0, len(names), 500):
        accepted(d.send([event("missed", name, time=clock.text()) for name in names[start:start + 500]]))
    kill(folder, d)
    clock.step(60 * DAY)
    d = clock.start_fast(20)
    unready = d.get("/readyz", token=None)
    eq(unready.status, 503)
    assert "catching-up" in [cause["cause"] for cause in unready.json["causes"]], unready
    sent = accepted(d.send(event("fee", names[-1], time=clock.text())))
    until(lambda: any(line["event"] == "overdue-fired" for line in d.log()), 60)
    eq(d.wait_log("overdue-fired")[0]["count"], len(names))
    found = recorded(folder)
    eq([case for case, _, _, _, seq in found if case != names[-1]], names[:-1])
    own = [seq for case, _, _, _, seq in found if case == names[-1]]
    assert own == [sent["seq"] - 1] and own[0] < found[-1][4], "not before its event, or after all the others"
    until(lambda: "catching-up" not in d.get("/readyz", token=None).body)
    d.stop()


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
