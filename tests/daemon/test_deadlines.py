#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Deadlines met and missed: the report against books that are kept here.

    test_deadlines.py [PART OF A NAME]

CASES=N makes a history of N cases by chance instead of 60; SEED=N the same one again.
"""
import csv
import datetime
import json
import os
import random
import signal
import sqlite3
import sys

from amended import correct, retract
from checks import accepted, asked_while_events_come, days_ago, eq, main, problem, test, until
from waymarkd import BATCH, end_with_its_daemons, event, utc

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
CASES = int(os.environ.get("CASES") or 60)
DAYS = 10  # to answer in

RULES = """
requirement plan "A plan"

rule plans of person
  on plan_asked
  require plan answered by plan_agreed within 10 days

escalation contact of person
  step waits
    on contact_asked
  step silent after waits
    when no contacted within 5 days
    notify helper "Nobody called"
  ends on contacted

rule comes
  on help_promised when not hidden
  refer to helper

always refer to helper within 3 days of help_promised
"""
EVENTS = "".join('event %s of person "x"\n' % e for e in ("plan_asked", "plan_agreed", "contact_asked", "contacted", "help_promised"))


def start(folder, *args):
    path = os.path.join(folder.policies, "vocabulary.way")
    with open(path, encoding="utf-8") as f:
        known = "plan_asked" in f.read()
    if not known:
        folder.edit("vocabulary.way", "event went of person", EVENTS + "event went of person")
        folder.edit("program.way", "rule fees", RULES + "\nrule fees")
    return folder.start(*args)


def report(d, query="", token="read"):
    return accepted(d.get("/v1/reports/deadlines" + query, token=token))


def row(got, kind, county="alameda"):
    (found,) = [r for r in got["rows"] if (r["county"], r["kind"]) == (county, kind)]
    return found


def counts(r):
    return [r[x] for x in ("met", "missed", "open", "ended")]


def at(days, subject, type, **more):
    return event(type, subject, time=days_ago(days, more.pop("hour", 18)), casekind="person", **more)


def day(text, more=0):
    return (datetime.date.fromisoformat(text) + datetime.timedelta(more)).isoformat()


@test
def each_kind_and_each_fate(folder):
    d = start(folder)
    for e in (
        at(40, "met", "plan_asked"), at(30, "met", "plan_agreed"),  # on the last day
        at(40, "late", "plan_asked"), at(25, "late", "plan_agreed"),
        at(40, "never", "plan_asked"),
        at(2, "open", "plan_asked"),
        at(40, "met", "contact_asked"), at(38, "met", "contacted"),
        at(40, "never", "contact_asked"),
        at(40, "late", "contact_asked"), at(31, "late", "contacted"),
        at(40, "met", "help_promised"),  # kept by the same event: there was nothing to wait for
        at(41, "never", "marked", data={"hidden": True}), at(40, "never", "help_promised"),
    ):
        accepted(d.send(e))
    until(lambda: "waymark_due_overdue_cases 0\n" in d.get("/metrics", token=None).body)
    got = report(d, "?cases=true")
    plan = row(got, "requirement")
    eq((plan["program"], plan["block"], plan["awaits"]), ("trial", "plans", "plan_agreed"))
    eq(counts(plan), [1, 2, 1, 0])
    eq(plan["came_late"], {"n": 1, "days_median": 5, "days_most": 5})
    eq(plan["not_come"]["n"], 1)
    asked = days_ago(40, 18)[:10]
    lines = {c["case"]: c for c in plan["cases"]}
    eq(lines["late"], {"case": "late", "due": day(asked, 10), "fate": "missed", "came": day(asked, 15), "days_late": 5})
    eq((lines["never"]["fate"], lines["never"]["came"], lines["never"]["days_late"]), ("missed", None, None))
    eq((lines["open"]["fate"], lines["open"]["due"]), ("open", day(days_ago(2, 18)[:10], 10)))
    assert "met" not in lines, lines
    step = row(got, "step")
    eq((step["block"], step["part"], step["awaits"], counts(step)), ("contact", "step silent", "contacted", [1, 2, 0, 0]))
    eq((step["came_late"]["n"], step["came_late"]["days_most"]), (1, 4))
    promise = row(got, "promise")
    eq((promise["awaits"], counts(promise)), (None, [0, 1, 0, 0]))
    eq(got["left_out"], {"destroyed": 0, "undecided": 0, "unnamed": 0})
    assert "cases" not in row(report(d), "requirement")


@test
def what_goes_another_way_is_neither(folder):
    d = start(folder)
    # The referral waits for `enrolled`; the escalation that asked for it is ended otherwise.
    folder.edit("program.way", "  ends on enrolled", "  ends on went")
    d.stop()
    d = folder.start()
    accepted(d.send(event("missed", "P1", time=utc(-3600))))
    eq(counts(row(report(d), "referral")), [0, 0, 1, 0])
    accepted(d.send(event("went", "P1")))
    eq(counts(row(report(d), "referral")), [0, 0, 0, 1])


@test
def a_late_event_turns_it_round(folder):
    d = start(folder)
    accepted(d.send(at(40, "P1", "plan_asked", id="asked")))
    until(lambda: counts(row(report(d), "requirement")) == [0, 1, 0, 0])
    accepted(d.send(at(35, "P1", "plan_agreed", id="agreed")))  # it was in time, and comes now
    eq(counts(row(report(d), "requirement")), [1, 0, 0, 0])
    accepted(d.send(retract("agreed", id="r")))
    eq(counts(row(report(d), "requirement")), [0, 1, 0, 0])
    accepted(d.send(correct("asked", id="c", timed=days_ago(3, 18))))
    eq(counts(row(report(d), "requirement")), [0, 0, 1, 0])
    accepted(d.send(retract("asked", id="r2")))
    eq(report(d)["rows"], [])


@test
def spans_and_counties(folder):
    folder.add_token("yolo", "read", "yolo")
    d = start(folder)
    for days, county in ((60, "alameda"), (50, "alameda"), (40, "alameda"), (50, "yolo")):
        accepted(d.send(at(days, "%s-%d" % (county, days), "plan_asked", county=county)))
    until(lambda: "waymark_due_overdue_cases 0\n" in d.get("/metrics", token=None).body)
    last = day(days_ago(50, 18)[:10], DAYS)
    for span, n in (("?from=%s" % last, 2), ("?from=%s" % day(last, 1), 1), ("?to=%s" % last, 2), ("?to=%s" % day(last, -1), 1),
                    ("?from=%s&to=%s" % (last, last), 1), ("", 3)):
        eq(row(report(d, span), "requirement")["missed"], n)
    eq({r["county"] for r in report(d)["rows"]}, {"alameda", "yolo"})
    eq({r["county"] for r in report(d, token="audit")["rows"]}, {"alameda", "yolo"})
    eq({r["county"] for r in report(d, token="yolo")["rows"]}, {"yolo"})
    eq({r["county"] for r in report(d, "?county=yolo")["rows"]}, {"yolo"})
    page = d.get("/v1/reports/deadlines?format=html&cases=true", token="yolo")
    eq((page.status, page.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
    assert "yolo-50" in page.body and "alameda" not in page.body, page.body
    problem(d.get("/v1/reports/deadlines?county=alameda", token="yolo"), 403, "county-forbidden")
    for query in ("?from=yesterday", "?to=2026-02-30", "?from=2026-07-02&to=2026-07-01", "?cases=maybe", "?format=pdf", "?x=1"):
        problem(d.get("/v1/reports/deadlines" + query), 400, "bad-query")
    problem(d.get("/v1/reports/deadlines", token="submit"), 403, "role-forbidden")


@test
def destroyed_cases_are_left_out_and_it_says_so(folder):
    d = start(folder)
    for who, county in (("P1", "alameda"), ("P2", "alameda"), ("P3", "yolo")):
        accepted(d.send(at(40, who, "plan_asked", county=county)))
    until(lambda: row(report(d), "requirement")["missed"] == 2)
    order = json.dumps({"case": "P2", "order": "SC-1", "reason": "record relief"})
    accepted(d.ask("POST", "/v1/purges", order, {"Content-Type": "application/json"}, "admin"))
    for _ in range(2):  # from what the daemon knew before; from nothing
        got = report(d, "?cases=true")
        eq([c["case"] for c in row(got, "requirement")["cases"]], ["P1"])
        eq(got["left_out"]["destroyed"], 1)
        eq(report(d, "?county=yolo")["left_out"]["destroyed"], 0)
        d.stop()
        d = folder.start()
    d.stop()
    told = folder.waymark("report", "deadlines", folder.ledger)
    eq(told.returncode, 0)
    assert "1 case is not counted: the records were destroyed under an order." in told.stdout, told.stdout
    assert "P2" not in told.stdout
    made = folder.waymark("report", "deadlines", folder.ledger, "--csv", folder.path + "/out.csv")
    assert "1 cases that were destroyed" in made.stderr, made.stderr


@test
def a_version_that_cannot_be_had_is_said(folder):
    d = start(folder)
    accepted(d.send(at(40, "P1", "plan_asked")))
    until(lambda: row(report(d), "requirement")["missed"] == 1)
    d.stop()
    folder.ruined = True
    with sqlite3.connect(folder.ledger) as db:
        db.execute("DROP TRIGGER policy_sources_no_update")
        db.execute("UPDATE policy_sources SET text = 'program' WHERE name LIKE '%program%'")
    db.close()
    got = json.loads(folder.waymark("report", "deadlines", folder.ledger, "--json").stdout)
    eq((got["rows"], got["left_out"]["undecided"]), ([], 1))


# ---- by chance ----


def life(rng, who):
    """What one case lives through, each at a minute of its own: asked, agreed, at random."""
    minutes = rng.sample(range(60), 12)
    out = []
    for i in range(rng.randrange(1, 9)):
        type = rng.choice(("plan_asked", "plan_asked", "plan_agreed"))
        time = "%sT18:%02d:00Z" % (days_ago(rng.randrange(1, 90))[:10], minutes[i])
        out.append(event(type, who, id="%s-%d" % (who, i), time=time, casekind="person", county=rng.choice(("alameda", "yolo"))))
    for e in out:
        e["county"] = out[0]["county"]
    return out


def books(events, today):
    """Of one case: (due, fate, came) of each deadline, in terms of days alone."""
    events = sorted(events, key=lambda e: e["time"])
    out = []
    for i, e in enumerate(events):
        if e["type"] != "plan_asked":
            continue
        due = day(e["time"][:10], DAYS)
        came = next((x["time"][:10] for x in events[i:] if x["type"] == "plan_agreed"), None)
        if came and came <= due:
            out.append((due, "met", came))
        elif due < today:
            out.append((due, "missed", came))
        else:
            out.append((due, "open", None))
    return out


def send_all(d, events):
    headers = {"Authorization": "Bearer " + d.folder.tokens["submit"], "Content-Type": BATCH}
    for i in range(0, len(events), 100):
        c = d.connect()
        c.request("POST", "/v1/events", json.dumps(events[i : i + 100]), headers)
        got = json.loads(c.getresponse().read())
        c.close()
        assert all("seq" in x for x in got), got


def agree(got, lives, county):
    today = got["counted"]
    want = [x + (who,) for who, events in lives.items() if events and events[0]["county"] == county for x in books(events, today)]
    found = [r for r in got["rows"] if (r["county"], r["kind"]) == (county, "requirement")]
    if not want:
        eq(found, [])
        return
    (r,) = found
    fates = [x[1] for x in want]
    eq(counts(r), [fates.count(f) for f in ("met", "missed", "open", "ended")])
    named = [(c["due"], c["fate"], c["came"] or "", c["case"]) for c in r["cases"]]
    eq(sorted(named), sorted((due, fate, came or "", who) for due, fate, came, who in want if fate != "met"))


@test
def they_are_those_of_the_books(folder):
    print("SEED=%d" % SEED)
    rng = random.Random(SEED)
    d = start(folder)
    lives, known = {}, set()
    for part in range(3):
        sent = []
        for i in range(part * CASES // 3, (part + 1) * CASES // 3):
            lives["P%d" % i] = life(rng, "P%d" % i)
        for who in list(lives):
            # What has not been sent yet; and of what was, some is taken back.
            new = [e for e in lives[who] if e["id"] not in known]
            known.update(e["id"] for e in new)
            sent += new
            if part and rng.random() < 0.3 and lives[who]:
                gone = lives[who].pop(rng.randrange(len(lives[who])))
                sent.append(retract(gone["id"], subject=who, county=gone["county"]))
        rng.shuffle(sent)
        send_all(d, sent)
        until(lambda: "waymark_due_overdue_cases 0\n" in d.get("/metrics", token=None).body)
        got = report(d, "?cases=true")
        for county in ("alameda", "yolo"):
            agree(got, lives, county)
    d.stop()
    told = json.loads(folder.waymark("report", "deadlines", folder.ledger, "--cases", "--json").stdout)
    eq((told["rows"], told["counted"]), (got["rows"], got["counted"]))
    path = folder.path + "/cases.csv"
    eq(folder.waymark("report", "deadlines", folder.ledger, "--cases", "--csv", path).returncode, 0)
    with open(path, encoding="utf-8", newline="") as f:
        lines = list(csv.DictReader(f))
    eq(len(lines), sum(len(r["cases"]) for r in got["rows"]))
    eq({x["kind"] for x in lines}, {"requirement"})


@test
def while_events_come_and_others_ask(folder):
    d = start(folder)
    send_all(d, [at(40, "P%d" % i, "plan_asked") for i in range(1000)])
    statuses = asked_while_events_come(d, "/v1/reports/deadlines", threads=8, times=4)
    assert set(statuses) <= {200, 503} and 200 in statuses, statuses
    until(lambda: row(report(d), "requirement")["missed"] == 1000)
    d.signal(signal.SIGTERM)
    eq(d.wait(), 0)


@test
def wrong_usage_is_said(folder):
    start(folder).stop()
    for args in (["events"], ["deadlines", "--json", "--html", "x"], ["deadlines", "--from", "x"],
                 ["deadlines", "--from", "2026-02-02", "--to", "2026-02-01"]):
        done = folder.waymark("report", args[0], folder.ledger, *args[1:])
        eq(done.returncode, 2)
        assert done.stderr.startswith("waymark report: "), done.stderr
    eq(folder.waymark("report", "deadlines", folder.path + "/none.db").returncode, 3)
    eq(folder.waymark("report", "deadlines", folder.ledger).stdout.count("There are none."), 1)


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
