#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports: counted a second time from the events that were sent and the answers to them.

    test_reports.py [PART OF A NAME]
"""
import collections
import json
import os
import random
import signal
import sys

from checks import accepted, asked_while_events_come, eq, main, problem, test
from waymarkd import BATCH, end_with_its_daemons, event

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
LEAST = 11


def report(d, name, token="audit"):
    return accepted(d.get("/v1/reports/" + name, token=token))


def send_all(d, events):
    """The decisions, without the schema's check of each: they are many."""
    out = []
    headers = {"Authorization": "Bearer " + d.folder.tokens["submit"], "Content-Type": BATCH}
    for i in range(0, len(events), 500):
        c = d.connect()
        c.request("POST", "/v1/events", json.dumps(events[i : i + 500]), headers)
        out += json.loads(c.getresponse().read())
        c.close()
    assert all("seq" in x for x in out), out
    return out


def history(rng, n):
    """Events of some months, few in some of them."""
    events = []
    for i in range(n):
        month = rng.choice((1, 1, 1, 2, 3, 3, 4, 5, 5, 6))
        county = rng.choice(("alameda", "alameda", "yolo"))
        kind = rng.choice(("visit", "visit", "convicted", "fee", "attended"))
        person = rng.randrange(60 if month != 2 else 6)
        time = "2025-%02d-%02dT12:%02d:00-08:00" % (month, rng.randrange(1, 28), rng.randrange(60))
        data = {"minutes": 60} if kind == "visit" else None
        events.append(event(kind, "%s-%d" % (county, person), id="h%d" % i, time=time, county=county, data=data))
        events[-1]["casekind"] = "person"
    return sorted(events, key=lambda e: e["time"])


class Cell:
    def __init__(self):
        self.n, self.cents, self.cases = 0, 0, set()

    def add(self, case, amount):
        self.n += 1
        self.cents += round(float(amount or 0) * 100)
        self.cases.add(case)


def counted(decisions):
    """{report: {row: {month: Cell}}}"""
    out = {"outcomes": {}, "events": {}}
    for x in decisions:
        month = x["event"]["time"][:7]
        row = (x["county"], x["event"]["type"])
        out["events"].setdefault(row, collections.defaultdict(Cell))[month].add(x["case"], None)
        for o in x["outcomes"]:
            row = (x["county"], o["because"].get("program", ""), o["kind"], o.get("reverses", ""))
            out["outcomes"].setdefault(row, collections.defaultdict(Cell))[month].add(x["case"], o.get("amount"))
    return out


def key(name, row):
    if name == "events":
        return row["county"], row["type"]
    return row["county"], row.get("program", ""), row["kind"], row.get("reverses", "")


def dollars(cents):
    return "%d.%02d" % divmod(cents, 100)


def check(name, got, want):
    eq({key(name, r) for r in got["rows"]}, set(want))
    shown = hidden = 0
    for row in got["rows"]:
        cells = want[key(name, row)]
        eq([m["month"] for m in row["months"]], sorted(cells))
        withheld = [cells[m["month"]] for m in row["months"] if m.get("suppressed")]
        for m in row["months"]:
            cell = cells[m["month"]]
            if m.get("suppressed"):
                eq((m["n"], m.get("amount")), (None, None))
                hidden += 1
            else:
                assert len(cell.cases) >= LEAST, (row, m)
                eq((m["n"], m.get("amount")), (cell.n, dollars(cell.cents) if name == "outcomes" else None))
                shown += 1
        total = row["total"]
        if total.get("suppressed"):
            eq(total["n"], None)
            assert len(withheld) == len(row["months"]), row
        else:
            eq(total["n"], sum(c.n for c in cells.values()))
            # What the total leaves for the withheld cells is of enough people.
            assert not withheld or len(set().union(*(c.cases for c in withheld))) >= LEAST, row
    return shown, hidden


@test
def it_is_what_was_decided(folder):
    print("SEED=%d" % SEED)
    d = folder.start()
    rng = random.Random(SEED)
    events = history(rng, 3000)
    decisions = send_all(d, events[:2000])
    for name in ("outcomes", "events"):
        check(name, report(d, name), counted(decisions)[name])
    decisions += send_all(d, events[2000:])  # goes on from where it was
    want = counted(decisions)
    first = {}
    for name in ("outcomes", "events"):
        first[name] = report(d, name)
        shown, hidden = check(name, first[name], want[name])
        assert shown > 5 and hidden > 5, (shown, hidden)
    d.stop()
    d = folder.start()
    for name in ("outcomes", "events"):
        eq(report(d, name), first[name])


@test
def nothing_small_and_nobody_by_name(folder):
    d = folder.start()
    send_all(d, [event("visit", "P%d" % i, time="2025-03-05T12:00:00-08:00", data={"minutes": 60}) for i in range(10)])
    got = report(d, "outcomes")
    eq([(r["months"], r["total"]) for r in got["rows"]], [([{"month": "2025-03", "n": None, "amount": None, "suppressed": True}], {"n": None, "amount": None, "suppressed": True})])
    send_all(d, [event("visit", "P10", time="2025-03-05T12:00:00-08:00", data={"minutes": 60})])
    got = report(d, "outcomes")
    eq([r["months"] for r in got["rows"]], [[{"month": "2025-03", "n": 11, "amount": "1100.00"}]])
    assert "P1" not in json.dumps(got)
    # The month in which we are is not shown: it would give away each change.
    send_all(d, [event("visit", "Q%d" % i, data={"minutes": 60}) for i in range(50)])
    eq(report(d, "outcomes"), got)


@test
def who_may_and_of_which_counties(folder):
    folder.add_token("yolo", "audit", "yolo")
    d = folder.start()
    for county in ("alameda", "yolo"):
        send_all(d, [event("visit", "%s-%d" % (county, i), time="2025-03-05T12:00:00-08:00", county=county, data={"minutes": 60}) for i in range(20)])
    eq({r["county"] for r in report(d, "events")["rows"]}, {"alameda", "yolo"})
    eq({r["county"] for r in report(d, "events", "yolo")["rows"]}, {"yolo"})
    problem(d.get("/v1/reports/events", token="read"), 403, "role-forbidden")
    problem(d.get("/v1/reports/everything", token="audit"), 404, "not-found")
    problem(d.get("/v1/reports/events?county=yolo", token="audit"), 400, "bad-query")


@test
def many_at_once_while_events_come(folder):
    d = folder.start()
    send_all(d, [event("visit", "P%d" % i, time="2025-03-05T12:00:00-08:00", data={"minutes": 60}) for i in range(3000)])
    statuses = asked_while_events_come(d, "/v1/reports/outcomes", threads=24, times=5, token="audit")
    assert set(statuses) <= {200, 503} and statuses.count(200) > 20, collections.Counter(statuses)
    d.signal(signal.SIGTERM)
    eq(d.wait(), 0)


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
