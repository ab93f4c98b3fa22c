#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where cases feel one another, the daemon decides what comes in as `run` decides the same file.

    test_order.py [PART OF A NAME]

What comes when an answer does not rests on another case, as that is when the deadline falls due; money
and places go to who is first. The clock of the daemon stands at the time of each event, so that an event
and what is due by then come in one turn of its loop. SEED repeats a chance.
"""
import contextlib
import datetime
import json
import os
import random
import subprocess
import sys

from checks import accepted, main, test
from clocks import Clock
from opened import opened
from waymarkd import WAYMARK, end_with_its_daemons, event

POLICY = """
timezone "America/Los_Angeles"

case person
  helper : agency optional
  notes  : number default 0

case agency
  level : one of low, high default low

event began of person
  sets helper

event answered of person
event housed of person
event asked of person
event left of person

event reviewed of agency
  sets level

party office
requirement form
fund help budget $700 in all

program trial
  effective 2020-01-01

table sums of person
  | helper.level | -> sum |
  | low | $10 |
  | high or unknown | $25 |

rule form of person
  on began
  require form answered by answered within 3 days
    otherwise pay sums.sum to office from help

rule falls of agency
  on reviewed when level is high
  require form answered by reviewed within 5 days
    otherwise set level to low

escalation reminders of person
  step first
    on asked
    notify office
  step second after first
    when no answered within 2 days
    notify office
    pay sums.sum to office from help
  ends on answered

schedule rent of person
  on housed
  pay $20 to person daily for 4 days from help
  holds while helper is known and helper.level is high

number places is 1
  2 from 2025-02-10
  3 from 2025-03-05

capacity house of person is places places

rule asks of person
  on asked
  enrol in house

rule goes of person
  on left
  release house

county alameda
  adopts trial from 2020-01-01
"""


def history(rnd, n):
    """In order of time; the cases and what happens to them by chance."""
    at, made = 1738400400, []  # February 1, 2025
    people, agencies = ["P%d" % i for i in range(7)], ["A1", "A2"]
    for i in range(n):
        at += rnd.choice((0, 60, 3600, 20000, 90000, 200000))
        type = rnd.choice(("began", "began", "answered", "housed", "asked", "asked", "left", "reviewed", "reviewed"))
        data = {"began": {"helper": rnd.choice(agencies)}, "reviewed": {"level": rnd.choice(("low", "high"))}}.get(type)
        when = "%s" % datetime.datetime.fromtimestamp(at, datetime.timezone.utc).isoformat()
        made.append(event(type, rnd.choice(agencies if type == "reviewed" else people), id="e%d" % i,
                          time=when.replace("+00:00", "Z"), data=data))
    return made


def short(decision):
    """What two decisions have to have in common."""
    outcomes = [{k: v for k, v in o.items() if k not in ("because", "of", "draw")} for o in decision["outcomes"]]
    return decision["case"], decision["event"]["id"], json.dumps(outcomes, sort_keys=True)


def run(folder, events):
    lines = "".join(json.dumps(e) + "\n" for e in events)
    done = subprocess.run([WAYMARK, "run", "--json", "--until", "2025-12-31", folder.policies], input=lines,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [short(json.loads(line)) for line in done.stdout.splitlines()]


def recorded(folder):
    with contextlib.closing(opened(folder.ledger)) as db:
        return [short(json.loads(text)) for (text,) in db.execute("SELECT decision FROM events ORDER BY seq")]


def send_all(rnd, folder, events):
    """Each at its time; the daemon is killed now and then."""
    clock = Clock(folder, events[0]["time"])
    d = clock.start()
    connection = d.connect()  # one that stands, so that a turn of the loop has the event at once
    for e in events:
        clock.set(e["time"])
        accepted(d.send(e, connection=connection))
        if rnd.random() < 0.05:
            connection.close()
            folder.daemons.remove(d)
            d.kill()
            d = clock.start()
            connection = d.connect()
    connection.close()
    d.stop()
    clock.set("2026-01-01T00:00:00-08:00")
    clock.start().stop()  # what is due fires


def by_chance(folder, seed):
    rnd = random.Random(seed)
    for name in os.listdir(folder.policies):
        os.remove(os.path.join(folder.policies, name))
    with open(os.path.join(folder.policies, "policy.way"), "w", encoding="utf-8") as f:
        f.write(POLICY)
    events = history(rnd, 60)
    want = run(folder, events)
    send_all(rnd, folder, events)
    got = recorded(folder)
    first = next((i for i, pair in enumerate(zip(got, want)) if pair[0] != pair[1]), None)
    assert len(set(kind for _, _, kind in want)) > 5
    assert got == want, "seed %d: decision %s: %s instead of %s" % (
        seed, first, got[first] if first is not None else len(got), want[first] if first is not None else len(want))


@test
def events_and_deadlines_come_in_order_of_time(folder):
    first = int(os.environ.get("SEED", "1"))
    for seed in range(first, first + int(os.environ.get("COUNT", "4"))):
        for suffix in ("", "-wal", "-shm", ".keys", ".lock"):
            if os.path.exists(folder.ledger + suffix):
                os.remove(folder.ledger + suffix)
        by_chance(folder, seed)


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
