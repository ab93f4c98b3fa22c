#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Retracted and corrected events, through the daemon.

    test_amend.py [PART OF A NAME]

HISTORIES=N sends N random histories instead of a few, each in two orders, from several clients.
The last line is "N passed, N failed".
"""
import concurrent.futures
import contextlib
import datetime
import os
import random
import signal
import sys
import time

from amended import amend, correct, random_history, retract, visit
from checks import DAY, accepted, days_ago, eq, kinds, main, net, problem, test, timeline, until
from opened import opened
from waymarkd import end_with_its_daemons, event, utc


# ---- one by one ----


@test
def a_retracted_event_has_never_been(folder):
    d = folder.start()
    paid = accepted(d.send(visit("v1", time=days_ago(3))))["outcomes"][0]
    got = accepted(d.send(retract("v1", id="r1", reason="entered twice")))
    (o,) = got["outcomes"]
    eq((o["kind"], o["reverses"], o["of"], o["amount"]), ("reversal", "payment", paid["id"], "100.00"))
    eq(got["void"], [{"source": "/cms", "id": "v1", "reason": "it was retracted by the event r1 of /cms"}])
    case = accepted(d.get("/v1/cases/P1"))
    eq((case["counts"], case["amendments"]), ([], 1))
    eq(net(d), {})
    again = accepted(d.send(retract("v1", id="r1", reason="entered twice", time=got["event"]["time"])))
    eq((again["duplicate"], again["seq"]), (True, got["seq"]))
    told = folder.run("explain", o["id"]).stdout
    assert "retracted the event v1 of /cms: entered twice" in told, told
    d.stop()


@test
def a_corrected_event_counts_as_it_is_now(folder):
    d = folder.start()
    eq(accepted(d.send(visit("v1", 30, time=days_ago(3))))["outcomes"], [])
    got = accepted(d.send(correct("v1", id="c1", datad={"minutes": 60})))
    (o,) = got["outcomes"]
    eq((o["kind"], o["amount"], o["event"], o["due"]), ("payment", "100.00", {"source": "/cms", "id": "v1"}, days_ago(3)[:10]))
    got = accepted(d.send(correct("v1", id="c2", timed=days_ago(5, 20), reason="wrong day")))
    eq([x["kind"] for x in got["outcomes"]], ["reversal", "payment"])
    eq(got["outcomes"][1]["due"], days_ago(5)[:10])
    assert "corrected the event v1 of /cms: wrong day" in folder.run("explain", got["outcomes"][0]["id"]).stdout
    assert "pay $100.00" in folder.run("explain", got["outcomes"][1]["id"]).stdout
    d.stop()


@test
def a_correction_may_come_first(folder):
    d = folder.start()
    got = accepted(d.send(correct("v1", id="c1", datad={"minutes": 60})))
    eq(got["outcomes"], [])
    eq(got["void"][0]["reason"], "the event that it names has not come yet; it holds as soon as that comes")
    eq(accepted(d.get("/v1/cases/P1"))["awaited"], [{"source": "/cms", "id": "v1"}])
    got = accepted(d.send(visit("v1", 10)))
    eq(kinds(got), ["payment"])
    assert "awaited" not in accepted(d.get("/v1/cases/P1"))
    # and a retraction
    accepted(d.send(retract("v2")))
    got = accepted(d.send(visit("v2", 60)))
    eq((got["outcomes"], len(got["void"])), ([], 1))
    d.stop()


@test
def a_retraction_may_be_retracted(folder):
    d = folder.start()
    accepted(d.send(visit("v1", time=days_ago(3))))
    accepted(d.send(retract("v1", id="r1", time=days_ago(2))))
    got = accepted(d.send(retract("r1", id="r2", time=days_ago(1))))
    eq(kinds(got), ["payment"])
    eq([v["id"] for v in got["void"]], ["r1"])
    bad = problem(d.send(retract("r2", time=days_ago(2))), 422, "bad-event")
    eq(bad["errors"][0]["where"], "time")
    d.stop()


@test
def what_cannot_be_retracted_or_corrected(folder):
    d = folder.start()
    accepted(d.send(visit("v1", time=days_ago(3))))
    accepted(d.send(visit("o1", subject="P2", time=days_ago(3))))
    accepted(d.send(correct("v1", id="c1", datad={"minutes": 61})))
    for e, slug, where in (
        (retract("abc", source="waymark"), "bad-event", "data.source"),
        (retract("o1"), "no-such-event", "data.event"),
        (retract("r9", id="r9"), "bad-event", "data.event"),
        (correct("v1"), "bad-event", "data"),
        (correct("v1", datad={"minutes": "x"}), "bad-event", "data.data.minutes"),
        (correct("v1", datad={"minutes": None}), "bad-event", "data.data.minutes"),
        (correct("v1", datad={"minuts": 5}), "bad-event", "data.data.minuts"),
        (correct("v1", datad={"minutes": 1.5}), "bad-event", "data.data.minutes"),
        (correct("v1", datad={"minutes": 9999}), "bad-event", "data.data.minutes"),
        (correct("v1", datad=[1]), "bad-event", "data.data"),
        (correct("v1", timed="yesterday"), "bad-event", "data.time"),
        (correct("v1", timed="2019-12-31T12:00:00Z"), "before-policy", "time"),
        (correct("c1", datad={"minutes": 5}), "bad-event", "data.event"),
        (retract("v1", county="yolo"), "other-county", "county"),
        (retract("v1", source=""), "bad-event", "data.source"),
        (event("visit", "P1", source="waymark", data={"minutes": 1}), "bad-event", "source"),
    ):
        eq(problem(d.send(e), 422, slug)["errors"][0]["where"], where)
    folder.add_token("yolo", "submit", "yolo")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    problem(d.send(retract("v1"), token="yolo"), 403, "county-forbidden")
    eq(sorted(net(d).values()), [("payment", "100.00")] * 2)
    d.stop()


@test
def every_wrong_field_is_named(folder):
    d = folder.start()
    accepted(d.send(visit("v1", time=days_ago(3))))
    bad = problem(d.send(correct("v1", timed="x", datad={"minutes": 1.5, "a": []})), 422, "bad-event")
    eq(sorted(e["where"] for e in bad["errors"]), ["data.data.a", "data.data.minutes", "data.time"])
    bad = problem(d.send(correct("v1", datad={"minutes": 2000, "a": 1})), 422, "bad-event")
    eq(sorted(e["where"] for e in bad["errors"]), ["data.data.a", "data.data.minutes"])
    d.stop()


@test
def a_payment_for_what_is_not_owed_any_more(folder):
    d = folder.start()
    owed = accepted(d.send(event("convicted", "P1", id="c1", time=days_ago(9))))["outcomes"][0]
    paid = event("payment_received", "P1", id="p1", time=days_ago(8), data={"outcome": owed["id"], "amount": "50.00"})
    accepted(d.send(paid))
    got = accepted(d.send(retract("c1")))
    eq([v["id"] for v in got["void"]], ["c1", "p1"])
    eq(accepted(d.get("/v1/cases/P1"))["balance"], "0.00")
    # A payment that bounced is retracted like any other event.
    owed = accepted(d.send(event("convicted", "P2", id="c2", time=days_ago(9))))["outcomes"][0]
    paid.update(id="p2", subject="P2", data={"outcome": owed["id"], "amount": "50.00"})
    accepted(d.send(paid))
    accepted(d.send(retract("p2", subject="P2", reason="bounced")))
    eq(accepted(d.get("/v1/cases/P2"))["balance"], "3000.00")
    d.stop()


@test
def what_an_event_dated_ahead_had_brought_comes_back(folder):
    d = folder.start()
    accepted(d.send(event("support", "P1", id="s", time=utc(-3600))))
    accepted(d.send(visit("v1", time=utc(400 * DAY))))  # 2 days of support fire at once
    eq(sorted(net(d).values()).count(("payment", "500.00")), 3)
    accepted(d.send(correct("v1", timed=utc(-1800), reason="wrong year")))
    eq(sorted(net(d).values()), [("payment", "100.00"), ("payment", "500.00"), ("schedule", "500.00")])
    eq(len(accepted(d.get("/v1/cases/P1/upcoming"))["upcoming"]), 1)
    # What comes back fires again when its time comes, under the same name.
    accepted(d.send(visit("v2", time=utc(3 * DAY))))
    eq(sorted(net(d).values()).count(("payment", "500.00")), 3)
    d.stop()
    with contextlib.closing(opened(folder.ledger)) as db:
        eq(db.execute("SELECT count(*), count(DISTINCT key), count(DISTINCT event ->> '$.id') FROM events"
                      " WHERE event ->> '$.type' = 'scheduled'").fetchone(), (5, 5, 3))


@test
def a_corrected_day_moves_a_deadline_that_has_fired(folder):
    d = folder.start()
    accepted(d.send(event("missed", "P1", id="m", time=days_ago(20))))
    timeline(d, n=2)  # after 14 days nobody had enrolled
    accepted(d.send(correct("m", timed=days_ago(5))))
    eq(sorted(k for k, _ in net(d).values()), ["referral"])
    eq(len(accepted(d.get("/v1/cases/P1/upcoming"))["upcoming"]), 1)
    accepted(d.send(event("fee", "P1", time=utc(20 * DAY))))  # now it fires, for the second time
    eq(sorted(k for k, _ in net(d).values()), ["notice", "proposal", "referral"])
    d.stop()


@test
def confidential_fields_of_a_correction(folder):
    d = folder.start()
    secret = "1 Canary Lane"
    accepted(d.send(event("moved", "P1", id="m1", data={"home": "2 Canary Lane"})))
    accepted(d.send(correct("m1", id="c1", datad={"home": secret})))
    eq(accepted(d.get("/v1/cases/P1"))["facts"]["home"], secret)
    line = d.get("/v1/cases/P1/timeline", token="audit")
    assert "Canary" not in line.body, line.body
    eq(line.json["events"][0]["event"]["data"], {"event": "m1", "source": "/cms", "data": {}, "withheld": ["home"]})
    assert secret in d.get("/v1/cases/P1/timeline").body
    bad = d.send(correct("m1", datad={"home": 17000017}))
    assert "17000017" not in problem(bad, 422, "bad-event")["detail"]
    assert "Canary" not in "".join(d.lines)
    d.stop()


@test
def a_correction_is_evaluated_dry(folder):
    d = folder.start()
    accepted(d.send(visit("v1", 30, time=days_ago(3))))
    got = accepted(d.send(correct("v1", datad={"minutes": 60}), path="/v1/evaluate?explain=true"))
    eq((got["seq"], kinds(got)), (0, ["payment"]))
    eq(kinds(accepted(d.send(retract("x1", subject="P7"), path="/v1/evaluate"))), [])
    eq(net(d), {})
    eq(d.get("/v1/cases/P7").status, 404)
    d.stop()


@test
def amendments_outlive_a_restart(folder):
    d = folder.start()
    accepted(d.send(retract("v1", id="r1", time=days_ago(1))))
    accepted(d.send(visit("v2", time=days_ago(3))))
    d.stop()
    d = folder.start()
    eq(accepted(d.get("/v1/cases/P1"))["awaited"], [{"source": "/cms", "id": "v1"}])
    eq(kinds(accepted(d.send(visit("v1")))), [])
    d.stop()


@test
def in_one_batch_while_all_is_in_flight(folder):
    d = folder.start()
    batch = [visit("v1", 10, time=days_ago(4)), correct("v1", id="c1", time=days_ago(3), datad={"minutes": 60}),
             retract("c1", id="r1", time=days_ago(2)), retract("r1", id="r2", time=days_ago(1)),
             retract("v9", subject="P9", id="r9"), visit("v9", subject="P9")]
    got = accepted(d.send(batch))
    eq([kinds(g) for g in got], [[], ["payment"], ["reversal"], ["payment"], [], []])
    eq(list(net(d).values()), [("payment", "100.00")])
    d.stop()


@test
def a_window_goes_by_the_corrected_days(folder):
    d = folder.start()
    for i, day in enumerate((40, 39, 38)):
        accepted(d.send(visit("v%d" % i, 5, time=days_ago(day, 20))))
    accepted(d.send(retract("v0")))
    accepted(d.send(correct("v1", timed=days_ago(2, 20))))
    folder.edit("program.way", "rule fees", """rule often of person
  on visit when count of visit in last 30 days >= 2
  notify helper "Often here"

rule fees""")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(kinds(accepted(d.send(visit("v3", 5)))), ["notice"])
    recent = [(r["day"], r["n"]) for r in accepted(d.get("/v1/cases/P1"))["recent"]]
    eq(recent, [(days_ago(38)[:10], 0), (days_ago(2)[:10], 1), (utc(-8 * 3600)[:10], 1)])
    d.stop()


# ---- under several versions ----


def reload(folder, d, old, new, n):
    folder.edit("program.way", old, new)
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded", n=n)


def versions_of(d, case="P1"):
    """Of each decision of the case: the version, and those that its outcomes name."""
    return [(e["decision"]["policy"]["version"], [o.get("version") for o in e["decision"]["outcomes"]])
            for e in reversed(timeline(d, case))]


@test
def the_version_of_the_day_decides(folder):
    d = folder.start()
    first = accepted(d.get("/v1/policies"))["in_force"]["version"]
    accepted(d.send(visit("v1", time=utc(-1))))
    reload(folder, d, "visit_pay is $100", "visit_pay is $120", 1)
    second = accepted(d.get("/v1/policies"))["in_force"]["version"]
    accepted(d.send(visit("v2")))
    late = accepted(d.send(visit("v3", time=days_ago(5))))  # late, under the first
    eq([o["amount"] for o in late["outcomes"]], ["100.00"])
    other = accepted(d.send(visit("v4", subject="P2", time=days_ago(5))))  # a new case
    eq(([o["amount"] for o in other["outcomes"]], other["policy"]["version"]), (["100.00"], first))
    eq([o["amount"] for o in accepted(d.send(visit("v5", subject="P2")))["outcomes"]], ["120.00"])
    eq(sorted(net(d).values()), [("payment", "100.00")] * 3 + [("payment", "120.00")] * 2)
    # A correction moves an event under another version.
    got = accepted(d.send(correct("v2", id="c1", timed=days_ago(2))))
    eq([(o["kind"], o["amount"], o.get("version")) for o in got["outcomes"]],
       [("reversal", "120.00", None), ("payment", "100.00", first)])
    eq(got["policy"]["version"], second)
    eq(versions_of(d), [(first, [None]), (second, [None]), (first, [None]), (second, [None, first])])
    for o in got["outcomes"] + late["outcomes"]:
        told = folder.run("explain", o["id"])
        eq(told.returncode, 0)
    assert "visit_pay was $100.00" in folder.run("explain", got["outcomes"][1]["id"]).stdout
    # and back, after a restart, which has to compile the first one again
    d.stop()
    d = folder.start()
    got = accepted(d.send(retract("c1")))
    eq([(o["kind"], o["amount"], o.get("version")) for o in got["outcomes"]],
       [("reversal", "100.00", first), ("payment", "120.00", None)])
    d.stop()


@test
def what_fell_due_before_goes_by_what_was_in_force(folder):
    d = folder.start()
    first = accepted(d.get("/v1/policies"))["in_force"]["version"]
    reload(folder, d, '"Nobody enrolled in time"', '"Nobody came"', 1)
    accepted(d.send(event("missed", "P1", id="m", time=days_ago(20))))
    line = timeline(d, n=2)
    (notice,) = line[0]["decision"]["outcomes"]
    eq((notice["message"], line[0]["decision"]["policy"]["version"]), ("Nobody enrolled in time", first))
    eq(line[0]["event"]["type"], "deadline")
    # What a later version still has open goes on there.
    accepted(d.send(event("missed", "P2", id="m2", time=days_ago(5))))
    accepted(d.send(event("fee", "P2", time=utc(20 * DAY))))
    notices = [o["message"] for e in timeline(d, "P2") for o in e["decision"]["outcomes"] if o["kind"] == "notice"]
    eq(notices, ["Nobody came"])
    d.stop()


@test
def an_event_that_only_an_older_version_knows(folder):
    d = folder.start()
    accepted(d.send(event("attended", "P1", id="a1", time=utc(-1))))
    folder.edit("vocabulary.way", 'event attended of person "Came to a session"\n', "")
    reload(folder, d, "stipend sessions of person\n  on attended\n  pay $10 to person from pot\n  at most 1 per day\n", "", 1)
    bad = problem(d.send(event("attended", "P1", id="a2")), 422, "unknown-event")
    eq(bad["errors"][0]["where"], "type")
    eq(kinds(accepted(d.send(event("attended", "P2", id="a3", time=days_ago(3))))), ["payment"])
    bad = problem(d.send(correct("a3", subject="P2", timed=utc())), 422, "unknown-event")
    assert "has no event attended" in bad["detail"], bad
    eq(kinds(accepted(d.send(retract("a1")))), ["reversal"])
    d.stop()


@test
def fields_of_a_correction_go_by_the_version_of_the_corrected_time(folder):
    """Not by that of the time that was wrong, nor by that in force: either way."""
    d = folder.start()
    accepted(d.send(visit("old", 60, time=days_ago(3))))
    folder.edit("vocabulary.way", "number from 0 to 1,440", "number from 0 to 100")
    reload(folder, d, "visit_pay is $100", "visit_pay is $120", 1)
    accepted(d.send(visit("new", 60, subject="P2")))
    # From the first version's time into the second's: 200 minutes do not fit there.
    bad = problem(d.send(correct("old", id="c1", timed=utc(), datad={"minutes": 200})), 422, "bad-event")
    eq([e["where"] for e in bad["errors"]], ["data.data.minutes"])
    # At its own time they fit; and so does what is moved from the second's into the first's.
    accepted(d.send(correct("old", id="c2", datad={"minutes": 200})))
    got = accepted(d.send(correct("new", id="c3", subject="P2", timed=days_ago(2), datad={"minutes": 200})))
    eq([(o["kind"], o["amount"]) for o in got["outcomes"]], [("reversal", "120.00"), ("payment", "100.00")])
    # What it was corrected to stays with it, and does not fit where the next one brings it.
    bad = problem(d.send(correct("old", id="c4", timed=utc())), 422, "bad-event")
    d.stop()


@test
def what_a_later_version_lacks(folder):
    """An event of long ago that would leave its case nowhere today is refused."""
    d = folder.start()
    reload(folder, d, "rule fees\n  on fee\n  may assess $50 as fee\n", "", 1)
    bad = problem(d.send(event("fee", "P1", time=days_ago(3))), 422, "late-event")
    assert "fees" in bad["detail"], bad
    eq(d.get("/v1/cases/P1").status, 404)
    d.stop()


# ---- whatever the order ----

def is_ahead(at):
    return datetime.datetime.fromisoformat(at) > datetime.datetime.now(datetime.timezone.utc)


def comes_to(d, subject):
    """What is left of the case: its net outcomes without their numbers, and its state."""
    until(lambda: all(is_ahead(u["at"]) for u in accepted(d.get("/v1/cases/%s/upcoming" % subject))["upcoming"]))
    left = {}
    for entry in reversed(accepted(d.get("/v1/cases/%s/timeline?limit=1000" % subject))["events"]):
        for o in entry["decision"]["outcomes"]:
            if o["kind"] == "reversal":
                left.pop(o["of"])
            else:
                left[o["id"]] = {k: v for k, v in o.items() if k not in ("event", "draw")}
    case = accepted(d.get("/v1/cases/" + subject))
    for name in ("last", "id"):
        case.pop(name)
    return left, case


@test
def the_net_does_not_depend_on_the_order(folder):
    """Each history three times: in order of time, and shuffled with repeats from several clients. A
    refused event is sent again until nothing more is taken, as a case system does."""
    d = folder.start()
    seed = int(os.environ.get("SEED") or random.randrange(1 << 30))
    count = int(os.environ.get("HISTORIES") or 25)
    print("SEED=%d" % seed, flush=True)
    reversals = compared = 0
    for n in range(count):
        rng = random.Random(seed + n)
        history = random_history(rng, "H%d" % n)
        results = []
        for order in range(3):
            mine = of_order(history, order)
            taken = send_all(d, rng, mine, order)
            left, case = comes_to(d, mine[0]["subject"])
            reversals += case.pop("amendments", 0)
            results.append((taken, sorted(repr(strip(o, order)) for o in left.values()), strip(case, order)))
        for a, b in ((0, 1), (0, 2), (1, 2)):  # where the same events were taken
            if results[a][0] == results[b][0]:
                compared += 1
                for x, y in ((results[a][1], results[b][1]), *((results[a][2][k], results[b][2].get(k)) for k in results[a][2])):
                    assert x == y, "SEED=%d\n%r\n%r" % (seed + n, x, y)
    assert compared > count and reversals > count, (compared, reversals)
    d.stop()


MADE_OF_KEYS = ("id", "source", "of", "origin", "outcome")  # each order has sources, and so keys, of its own


def strip(value, order):
    if isinstance(value, dict):
        return {k: strip(v, order) for k, v in value.items() if k not in MADE_OF_KEYS}
    if isinstance(value, list):
        return [strip(v, order) for v in value]
    return value.replace("@%d" % order, "") if isinstance(value, str) else value


CHANGES = (
    (("visit_pay is $100", "visit_pay is $120"), ("within 14 days", "within 9 days")),
    (("visit_pay is $120", "visit_pay is $90"), ("daily for 3 days", "daily for 2 days"),
     ("rule secret", "rule greeted of person\n  on enrolled\n  notify helper \"Enrolled\"\n\nrule secret")),
)


def with_times(rng, events, starts):
    """Each event in the days of one of the versions; `starts` is when the later ones began. Of each of
    those one second is over."""
    out = []
    for e, us in zip(events, rng.sample(range(900_000), len(events))):
        reign = rng.randrange(len(starts) + 1)
        if reign:
            at = starts[reign - 1] + datetime.timedelta(microseconds=us)
            e = dict(e, time=at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
        out.append(e)
    return out


@test
def the_net_over_versions_does_not_depend_on_the_order(folder):
    """Events of the days of three versions, all sent under the last one: in order of time, and shuffled
    with repeats from several clients."""
    d = folder.start()
    seed = int(os.environ.get("SEED") or random.randrange(1 << 30))
    count = int(os.environ.get("HISTORIES") or 15)
    print("SEED=%d" % seed, flush=True)
    starts = []
    for n, changes in enumerate(CHANGES, 1):
        for old, new in changes:
            folder.edit("program.way", old, new)
        d.signal(signal.SIGHUP)
        d.wait_log("reloaded", n=n)
        starts.append(datetime.datetime.now(datetime.timezone.utc))
        time.sleep(1)
    versions = set()
    for n in range(count):
        rng = random.Random(seed + n)
        history = with_times(rng, random_history(rng, "H%d" % n), starts)
        versions |= same_in_every_order(d, rng, history, seed + n)
    eq(len(versions), 3)
    d.stop()


def same_in_every_order(d, rng, history, seed):
    """The versions that decided something."""
    results = []
    for order in range(2):
        mine = of_order(history, order)
        taken = send_all(d, rng, mine, order)
        left, case = comes_to(d, mine[0]["subject"])
        case.pop("amendments", 0)
        results.append((taken, sorted(repr(strip({k: v for k, v in o.items() if k != "version"}, order)) for o in left.values()),
                        strip(case, order)))
    if results[0][0] == results[1][0]:
        assert results[0] == results[1], "SEED=%d\n%r\n%r" % (seed, results[0], results[1])
    return {e["decision"]["policy"]["version"] for e in timeline(d, mine[0]["subject"])}


def of_order(history, order):
    mine = [dict(e, subject=e["subject"] + "@%d" % order, source="/o%d" % order) for e in history]
    for e in mine:
        if e["type"] in ("retracted", "corrected"):
            e["data"] = dict(e["data"], source="/o%d" % order)
    return mine


def send_all(d, rng, events, order):
    """The ids of those that were taken."""
    waiting = sorted(events, key=lambda e: e["time"])
    if order:
        rng.shuffle(waiting)
        waiting += rng.sample(waiting, len(waiting) // 3)
    taken = set()
    with concurrent.futures.ThreadPoolExecutor(1 + 2 * order) as clients:
        while waiting:
            answers = list(clients.map(d.send, waiting))
            refused = []
            for e, answer in zip(waiting, answers):
                if answer.status == 200:
                    taken.add(e["id"])
                else:
                    assert answer.status == 422, answer
                    refused.append(e)
            if len(refused) == len(waiting):
                break
            waiting = [e for e in refused if e["id"] not in taken]
    return taken


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
