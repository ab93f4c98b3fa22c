#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Coverage weighed by recorded history: what `waymark test --coverage --ledger` says of it, against counts
that are taken here from the events that were sent and the decisions that are recorded.

    test_coverage.py [PART OF A NAME]

The last line is "N passed, N failed".
"""
import collections
import contextlib
import json
import os
import random
import shutil
import subprocess

from amended import random_history
from checks import days_ago, eq, main, test
from opened import opened
from waymarkd import WAYMARK, end_with_its_daemons, event

SCENARIO = """
scenario "One hour" in alameda
  given person
  2026-07-06 visit with minutes 60
    expect pay $100
"""


def waymark(*args, ok=(0,)):
    done = subprocess.run([WAYMARK, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert done.returncode in ok, (args, done.returncode, done.stdout, done.stderr)
    return done


def rulebook(folder, scenario=""):
    path = os.path.join(folder.path, "tested")
    shutil.copytree(folder.policies, path, dirs_exist_ok=True)
    with open(os.path.join(path, "scenarios.way"), "w", encoding="utf-8") as f:
        f.write(scenario or "# none yet\n")
    return path


def covered(folder, path, *more, ok=(0,)):
    return json.loads(waymark("test", path, "--coverage", "--json", "--ledger", folder.ledger, *more, ok=ok).stdout)


def gaps(report):
    return {(g.get("block", ""), g.get("part", ""), g["kind"]): g["recorded"] for g in report["coverage"]["gaps"]}


def lives(folder, rng, days):
    """Visits and missed appointments of eight people, in order of time: (who, minutes or None, day)."""
    d = folder.start()
    sent = []
    for n, day in enumerate(sorted(rng.choices(range(1, days), k=60), reverse=True)):
        who, minutes = "P%d" % rng.randrange(8), rng.choice((10, 59, 60, 90, None))
        more = {"id": "e%d" % n, "time": days_ago(day, 18)[:14] + "%02d:00Z" % n}
        if minutes is None:
            d.send(event("missed", who, **more))
        else:
            d.send(event("visit", who, data={"minutes": minutes}, **more))
        sent.append((who, minutes, days_ago(day)[:10]))
    d.stop()
    return sent


def paid(folder, block):
    """By case: what the decisions on record pay by a block."""
    sums = collections.Counter()
    with contextlib.closing(opened(folder.ledger)) as db:
        for text, in db.execute("SELECT decision FROM events").fetchall():
            d = json.loads(text)
            for o in d["outcomes"]:
                if o["kind"] == "payment" and o["because"]["block"] == block:
                    sums[d["case"]] += round(float(o["amount"]) * 100)
    return sums


def weight(cases, cents=0):
    return {"cases": len(set(cases)), "money": "%d.%02d" % divmod(cents, 100)}


@test
def cases_and_money_of_what_no_scenario_shows(folder):
    sent = lives(folder, random.Random(7), 40)
    report = covered(folder, rulebook(folder), ok=(1,))  # there is no scenario
    found = gaps(report)
    sums = paid(folder, "visits")
    eq(found["visits", "", "not-reached"],
       weight([who for who, minutes, _ in sent if minutes is not None], sum(sums.values())))
    eq(found["attendance", "step referral", "not-reached"], weight([w for w, minutes, _ in sent if minutes is None]))
    eq(found["grant", "", "not-reached"], weight([]))
    order = [(-round(float(g["recorded"]["money"]) * 100), -g["recorded"]["cases"]) for g in report["coverage"]["gaps"]]
    eq(order, sorted(order))


@test
def the_answers_that_a_scenario_leaves_open(folder):
    sent = lives(folder, random.Random(8), 40)
    found = gaps(covered(folder, rulebook(folder, SCENARIO)))
    eq(found["visits", "", "never-not-met"], weight([w for w, m, _ in sent if m is not None and m < 60]))
    assert ("visits", "", "never-met") not in found and ("visits", "", "not-applied") not in found, found


@test
def from_a_day_on(folder):
    sent = lives(folder, random.Random(9), 40)
    since = days_ago(15)[:10]
    report = covered(folder, rulebook(folder, SCENARIO), "--since", since)
    eq(report["recorded"]["since"], since)
    eq(gaps(report)["visits", "", "never-not-met"],
       weight([w for w, m, day in sent if m is not None and m < 60 and day >= since]))


@test
def a_history_in_any_order(folder):
    """Late, retracted and corrected events: nobody is counted who had no such event."""
    rng = random.Random(10)
    d = folder.start()
    events = [e for i in range(8) for e in random_history(rng, "P%d" % i)]
    rng.shuffle(events)
    for e in events:
        d.send(e)
    d.stop()
    report = covered(folder, rulebook(folder), ok=(1,))
    with contextlib.closing(opened(folder.ledger)) as db:
        texts = [e for e, in db.execute("SELECT event FROM events WHERE sender IS NOT NULL").fetchall()]
    visited = {e["subject"] for e in map(json.loads, texts) if e["type"] == "visit"}
    counted = gaps(report)["visits", "", "not-reached"]["cases"]
    assert 0 < counted <= len(visited), (counted, visited)
    eq(report["recorded"]["refused"], 0)


@test
def what_cannot_be_read(folder):
    path = rulebook(folder, SCENARIO)
    missing = waymark("test", path, "--coverage", "--ledger", os.path.join(folder.path, "none.db"), ok=(3,))
    assert "none.db" in missing.stderr and not missing.stdout, missing
    assert "--ledger goes with" in waymark("test", path, "--ledger", folder.ledger, ok=(2,)).stderr
    assert "--since goes with" in waymark("test", path, "--coverage", "--since", "2026-07-01", ok=(2,)).stderr
    day = waymark("test", path, "--coverage", "--ledger", folder.ledger, "--since", "2026-02-30", ok=(2,))
    assert "2026-02-30" in day.stderr, day


@test
def the_page_says_it_too(folder):
    lives(folder, random.Random(11), 40)
    page = os.path.join(folder.path, "page.html")
    said = waymark("test", rulebook(folder, SCENARIO), "--coverage", "--html", page, "--ledger", folder.ledger).stdout
    with open(page, encoding="utf-8") as f:
        text = f.read()
    assert "the record: " in said and "in the record: " in said, said
    assert "recorded cases" in text and "in the record: " in text and "<script" not in text


if __name__ == "__main__":
    end_with_its_daemons()
    main()
