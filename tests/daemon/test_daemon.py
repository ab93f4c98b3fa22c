#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon from outside: every route, every refusal, and the promises that it makes.

    test_daemon.py [PART OF A NAME]

Runs build/waymark, or what WAYMARK names. The last line is "N passed, N failed".
"""
import concurrent.futures
import contextlib
import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import sys
import threading
import time

from checks import DAY, accepted, days_ago, eq, kinds, main, net, problem, test, timeline, until
from opened import opened
from waymarkd import BATCH, STRUCTURED, Folder, end_with_its_daemons, event, utc


# ---- one event, in its three forms ----


@test
def one_event_is_decided(folder):
    d = folder.start()
    got = accepted(d.send(event("visit", "P1", id="e1", data={"minutes": 60})))
    eq(got["seq"], 1)
    eq(got["event"]["source"], "/cms")
    eq(got["event"]["id"], "e1")
    eq((got["case"], got["county"], got["duplicate"]), ("P1", "alameda", False))
    eq(len(got["policy"]["version"]), 16)
    (outcome,) = got["outcomes"]
    eq((outcome["kind"], outcome["amount"], outcome["fund"]), ("payment", "100.00", "pot"))
    because = outcome["because"]
    eq((because["block"], because["file"], because["cite"]), ("visits", "program.way", "section 2"))
    d.stop()


@test
def an_event_without_outcome(folder):
    d = folder.start()
    eq(accepted(d.send(event("visit", "P1", data={"minutes": 59})))["outcomes"], [])


@test
def binary_mode(folder):
    d = folder.start()
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "b%2F1",
        "CE-Source": "/cms",
        "ce-type": "visit",
        "ce-subject": "P1",
        "ce-casekind": "person",
        "ce-time": utc(),
        "ce-county": "alameda",
        "Content-Type": "application/json; charset=utf-8",
    }
    got = accepted(d.ask("POST", "/v1/events", '{"minutes":60}', headers))
    eq(got["event"]["id"], "b/1")
    eq(kinds(got), ["payment"])
    # The same event, structured, is the same event.
    same = event("visit", "P1", id="b/1", time=headers["ce-time"], data={"minutes": 60})
    eq(accepted(d.send(same))["duplicate"], True)


@test
def binary_mode_without_data(folder):
    d = folder.start()
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "b1",
        "ce-source": "/cms",
        "ce-type": "missed",
        "ce-subject": "P1",
        "ce-time": utc(),
        "ce-county": "alameda",
    }
    eq(kinds(accepted(d.ask("POST", "/v1/events", None, headers))), ["referral"])
    del headers["ce-time"]
    body = problem(d.ask("POST", "/v1/events", None, headers), 422, "bad-event")
    eq([e["where"] for e in body["errors"]], ["time"])


@test
def a_batch_is_answered_in_order(folder):
    d = folder.start()
    events = [
        event("visit", "P%d" % (i % 3), id="b%d" % i, time=utc(i), data={"minutes": 60 + i})
        for i in range(9)
    ]
    got = accepted(d.send(events))
    eq([x["event"]["id"] for x in got], ["b%d" % i for i in range(9)])
    eq([x["seq"] for x in got], list(range(1, 10)))


@test
def an_empty_batch(folder):
    d = folder.start()
    eq(accepted(d.send([])), [])


@test
def a_mixed_batch(folder):
    folder.add_token("yolo", "submit", "yolo")
    d = folder.start()
    now = utc()
    events = [
        event("visit", "P1", id="a", time=now, county="yolo", data={"minutes": 60}),
        event("vist", "P1", id="b", time=now, county="yolo"),
        event("visit", "P1", id="a", time=now, county="yolo", data={"minutes": 60}),
        event("visit", "P1", id="a", time=now, county="yolo", data={"minutes": 61}),
        event("visit", "P2", id="c", time=now, county="alameda", data={"minutes": 60}),
        17,
    ]
    got = accepted(d.send(events, token="yolo"))
    eq(len(got), 6)
    eq((got[0]["seq"], got[0]["duplicate"]), (1, False))
    eq((got[1]["status"], got[1]["type"]), (422, "/problems/unknown-event"))
    eq(got[1]["event"], {"source": "/cms", "id": "b"})
    eq((got[2]["seq"], got[2]["duplicate"]), (1, True))
    eq((got[3]["status"], got[3]["type"]), (409, "/problems/event-conflict"))
    eq((got[4]["status"], got[4]["type"]), (403, "/problems/county-forbidden"))
    eq(got[5]["status"], 422)


@test
def a_batch_with_nothing_accepted(folder):
    d = folder.start()
    body = problem(d.send([event("vist", "P1"), event("visit", "P1")]), 422, "batch-refused")
    eq([r["status"] for r in body["results"]], [422, 422])


@test
def too_large_a_batch(folder):
    d = folder.start()
    small = {"a": 1}
    eq(d.send([small] * 1000).status, 422)
    problem(d.send([small] * 1001), 413, "batch-too-large")


# ---- what is refused ----


@test
def an_unknown_type_with_a_hint(folder):
    d = folder.start()
    body = problem(d.send(event("visitt", "P1", data={"minutes": 60})), 422, "unknown-event")
    assert "visit" in json.dumps(body["errors"]), body


@test
def every_wrong_field_is_named(folder):
    d = folder.start()
    bad = event("visit", "P1", data={"minuts": 60, "office": 7})
    body = problem(d.send(bad), 422, "bad-event")
    where = sorted(e["where"] for e in body["errors"])
    eq(where, ["data.minutes", "data.minuts", "data.office"])
    assert "minutes" in [e for e in body["errors"] if e["where"] == "data.minuts"][0]["message"]
    bad = event("visit", "P1", data={"minutes": 1441})
    eq(problem(d.send(bad), 422, "bad-event")["errors"][0]["where"], "data.minutes")
    bad = event("visit", "P1", data={"minutes": 1.5})
    problem(d.send(bad), 422, "bad-event")


@test
def missing_and_unknown_attributes(folder):
    d = folder.start()
    for name in ("specversion", "id", "source", "type", "subject", "time", "county"):
        e = event("missed", "P1")
        del e[name]
        body = problem(d.send(e), 422, "bad-event" if name != "type" else "bad-event")
        assert name in [x.get("where") for x in body["errors"]], (name, body)
    problem(d.send(event("missed", "P1", kounty="x")), 422, "bad-event")
    problem(d.send(event("missed", "P1", time="2026-07-14")), 422, "bad-event")
    problem(d.send(event("missed", "P1", county="atlantis")), 422, "bad-event")
    problem(d.send(event("missed", "P1", id="x" * 129)), 422, "bad-event")


@test
def the_kind_of_a_new_case_is_needed(folder):
    d = folder.start()
    e = event("visit", "P1", data={"minutes": 60})
    del e["casekind"]
    eq(problem(d.send(e), 422, "bad-event")["errors"][0]["where"], "casekind")
    accepted(d.send(event("missed", "P1")))
    e["time"] = utc()
    accepted(d.send(e))
    problem(d.send(event("opened", "P1", data={"open": True})), 422, "other-kind")


@test
def deadlines_cannot_be_sent(folder):
    d = folder.start()
    problem(d.send(event("deadline", "P1")), 422, "unknown-event")


@test
def before_the_policy(folder):
    d = folder.start()
    old = event("visit", "P1", time="2019-12-31T12:00:00-08:00", data={"minutes": 60})
    problem(d.send(old), 422, "before-policy")
    old["county"], old["time"] = "yolo", "2023-12-31T12:00:00-08:00"
    problem(d.send(old), 422, "before-policy")
    problem(d.get("/v1/cases/P1"), 404, "not-found")


@test
def a_case_stays_in_its_county(folder):
    d = folder.start()
    accepted(d.send(event("missed", "P1")))
    problem(d.send(event("missed", "P1", county="yolo")), 422, "other-county")


@test
def another_county_cannot_make_time_pass(folder):
    d = folder.start()
    accepted(d.send(event("missed", "P1")))
    ahead = utc(40 * 86400)
    problem(d.send(event("missed", "P1", county="yolo", time=ahead)), 422, "other-county")
    eq(len(d.get("/v1/cases/P1/timeline").json["events"]), 1)


@test
def malformed_json(folder):
    d = folder.start()
    good = json.dumps(event("missed", "P1", id="m"))
    bad = [
        "",
        "{",
        good + "x",
        good[:-1],
        good.replace('"m"', '"\\ud800"'),
        good.replace('"m"', '"\\u0000"'),
        good[:-1] + ',"id":"m"}',
        good[:-1] + ',"data":{"a":1,"a":1}}',
        good[:-1] + ',"data":' + "[" * 40 + "]" * 40 + "}",
        good[:-1] + ',"data":{"a":99999999999999999999}}',
        good.replace('"m"', '"\xff"'),
    ]
    for text in bad:
        raw = text.encode("latin-1")
        a = d.ask("POST", "/v1/events", raw, {"Content-Type": STRUCTURED})
        problem(a, 400, "malformed-json")
    problem(d.ask("POST", "/v1/events", "{}", {"Content-Type": BATCH}), 400, "malformed-json")
    a = d.ask("POST", "/v1/events", "[]", {"Content-Type": STRUCTURED})
    problem(a, 422, "bad-event")
    problem(d.get("/v1/cases/P1"), 404, "not-found")


@test
def wrong_content_types(folder):
    d = folder.start()
    good = json.dumps(event("missed", "P1"))
    for kind in ("text/plain", "application/json", "application/cloudevents", ""):
        headers = {"Content-Type": kind} if kind else {}
        problem(d.ask("POST", "/v1/events", good, headers), 415, "unsupported-media-type")
    a = d.ask("POST", "/v1/evaluate", "[" + good + "]", {"Content-Type": BATCH})
    problem(a, 415, "unsupported-media-type")


@test
def too_large_a_body(folder):
    d = folder.start()
    headers = {"Content-Type": STRUCTURED}
    a = d.ask("POST", "/v1/events", " " * (1 << 20), headers)
    problem(a, 400, "malformed-json")
    a = d.ask("POST", "/v1/events", " " * ((1 << 20) + 1), headers)
    problem(a, 413, "body-too-large")


@test
def paths_and_methods(folder):
    d = folder.start()
    for path in ("/", "/v1", "/v1/", "/v1/events/", "/v1/nothing", "/v1/cases/", "/v1/cases"):
        problem(d.get(path), 404, "not-found")
    a = d.get("/v1/events")
    problem(a, 405, "method-not-allowed")
    eq(a.headers["Allow"], "POST")
    a = d.ask("POST", "/v1/outcomes")
    problem(a, 405, "method-not-allowed")
    eq(a.headers["Allow"], "GET, HEAD")
    eq(d.ask("DELETE", "/v1/cases/P1").status, 405)
    a = d.get("/v1/outcomes", headers={"Accept": "text/html, image/*"})
    problem(a, 406, "not-acceptable")
    eq(d.get("/v1/outcomes", headers={"Accept": "application/json;q=0"}).status, 406)
    for fine in ("*/*", "application/*", "text/html, Application/JSON;q=0.5"):
        eq(d.get("/v1/outcomes", headers={"Accept": fine}).status, 200)
    eq(d.ask("HEAD", "/v1/outcomes", token="read").body, "")


@test
def bad_queries(folder):
    d = folder.start()
    for query in ("after=x", "after=-1", "after=", "limit=1001", "after=1&after=2", "afterr=1"):
        problem(d.get("/v1/outcomes?" + query), 400, "bad-query")
    problem(d.send(event("missed", "P1"), path="/v1/events?x=1"), 400, "bad-query")
    problem(d.send(event("missed", "P1"), path="/v1/evaluate?explain=maybe"), 400, "bad-query")


# ---- tokens ----


@test
def a_token_is_needed(folder):
    folder.add_token("gone", "submit", "all")
    folder.add_token("soon", "submit", "all", "--expires", "2099-12-31")
    eq(folder.run("token", "revoke", "gone").returncode, 0)
    d = folder.start()
    for token in (None, "wm_" + "A" * 43, "x", "gone", "submit "):
        if token == "submit ":
            a = d.ask("GET", "/v1/policies", token=None, headers={"Authorization": "Basic YTpi"})
        else:
            a = d.get("/v1/policies", token=token)
        problem(a, 401, "token-required")
        assert a.headers["WWW-Authenticate"].startswith("Bearer"), a.headers
    eq(d.get("/v1/policies", token="soon").status, 200)


@test
def counties_of_a_token(folder):
    folder.add_token("yolo_in", "submit", "yolo,los_angeles")
    folder.add_token("yolo_out", "read", "yolo")
    d = folder.start()
    problem(d.send(event("missed", "P1"), token="yolo_in"), 403, "county-forbidden")
    accepted(d.send(event("missed", "P1", id="here")))
    accepted(d.send(event("missed", "P2", county="yolo"), token="yolo_in"))
    for path in ("/v1/cases/P1", "/v1/cases/P1/timeline", "/v1/cases/P1/upcoming"):
        problem(d.get(path, token="yolo_out"), 404, "not-found")
        eq(d.get(path.replace("P1", "P2"), token="yolo_out").status, 200)
    problem(d.get("/v1/decisions/1", token="yolo_out"), 404, "not-found")
    eq(d.get("/v1/decisions/2", token="yolo_out").status, 200)
    feed = d.get("/v1/outcomes", token="yolo_out").json
    eq([o["county"] for o in feed["outcomes"]], ["yolo"])
    a = d.send(event("missed", "P1", id="x"), token="yolo_in", path="/v1/evaluate")
    problem(a, 403, "county-forbidden")
    # A repetition is no way around the county either.
    problem(d.send(event("missed", "P1", id="here"), token="yolo_in"), 403, "county-forbidden")


@test
def tokens_are_read_again_at_sighup(folder):
    d = folder.start()
    folder.add_token("late", "read", "all")
    problem(d.get("/v1/policies", token="late"), 401, "token-required")
    folder.run("token", "revoke", "audit")
    d.signal(signal.SIGHUP)
    d.wait_log("tokens")
    eq(d.get("/v1/policies", token="late").status, 200)
    problem(d.get("/v1/policies", token="audit"), 401, "token-required")


# ---- reading ----


@test
def a_case_its_timeline_and_what_is_due(folder):
    d = folder.start()
    accepted(d.send(event("visit", "P/1 ä", id="e1", data={"minutes": 60})))
    accepted(d.send(event("missed", "P/1 ä", id="e2")))
    path = "/v1/cases/P%2F1%20%C3%A4"
    case = accepted(d.get(path))
    eq((case["id"], case["kind"], case["county"], case["balance"]), ("P/1 ä", "person", "alameda", "0.00"))
    eq(case["facts"]["grade"], "low")
    eq(case["positions"][0]["step"], "referral")
    line = accepted(d.get(path + "/timeline"))
    eq([e["event"]["id"] for e in line["events"]], ["e2", "e1"])
    eq(line["before"], None)
    assert line["events"][0]["received"], line
    page = accepted(d.get(path + "/timeline?limit=1"))
    eq(([e["seq"] for e in page["events"]], page["before"]), ([2], 2))
    page = accepted(d.get(path + "/timeline?limit=1&before=2"))
    eq(([e["seq"] for e in page["events"]], page["before"]), ([1], None))
    due = accepted(d.get(path + "/upcoming"))["upcoming"]
    eq([(u["what"], u["answered_by"]) for u in due], [("referral", "enrolled")])
    problem(d.get("/v1/cases/P2"), 404, "not-found")


@test
def the_feed_of_outcomes(folder):
    d = folder.start()
    for i in range(7):
        accepted(d.send(event("visit", "P%d" % i, data={"minutes": 60})))
    seen, after = [], 0
    while True:
        page = accepted(d.get("/v1/outcomes?after=%d&limit=3" % after))
        if not page["outcomes"]:
            break
        seen += page["outcomes"]
        after = page["after"]
    eq([o["case"] for o in seen], ["P%d" % i for i in range(7)])
    eq([o["outcome"]["kind"] for o in seen], ["payment"] * 7)
    eq([o["seq"] for o in seen], list(range(1, 8)))
    assert sorted(o["position"] for o in seen) == [o["position"] for o in seen]
    eq(accepted(d.get("/v1/outcomes?after=%d" % after))["after"], after)
    eq(accepted(d.get("/v1/outcomes?limit=0"))["outcomes"], [])


@test
def a_decision_by_number(folder):
    d = folder.start()
    sent = accepted(d.send(event("visit", "P1", data={"minutes": 60})))
    got = accepted(d.get("/v1/decisions/1"))
    eq(got["decision"], sent)
    eq(got["event"]["data"], {"minutes": 60})
    for bad in ("2", "0", "x", "1x", "99999999999999999999"):
        problem(d.get("/v1/decisions/" + bad), 404, "not-found")


@test
def policies(folder):
    d = folder.start()
    got = accepted(d.get("/v1/policies"))
    eq([p["name"] for p in got["in_force"]["programs"]], ["trial"])
    eq(got["in_force"]["counties"], ["alameda", "los_angeles", "yolo"])
    eq([(v["version"], v["in_force"]) for v in got["versions"]], [(got["in_force"]["version"], True)])


@test
def health_ready_metrics(folder):
    d = folder.start()
    eq(accepted(d.get("/healthz", token=None)), {"status": "alive"})
    ready = accepted(d.get("/readyz", token=None))
    eq((ready["status"], len(ready["version"])), ("ready", 16))
    accepted(d.send(event("missed", "P1")))
    d.send(event("mised", "P1"))
    a = d.get("/metrics", token=None)
    eq(a.status, 200)
    assert a.headers["Content-Type"].startswith("text/plain; version=0.0.4"), a.headers
    check_metrics(a.body)
    assert 'waymark_events_total{result="decided"} 1\n' in a.body
    assert 'waymark_events_total{result="refused"} 1\n' in a.body
    assert 'waymark_answers_total{method="POST",route="/v1/events",class="4xx"} 1\n' in a.body
    assert 'waymark_request_seconds_count{method="POST",route="/v1/events"} 2\n' in a.body
    assert 'waymark_problems_total{problem="unknown-event"} 1\n' in a.body


def check_metrics(text):
    """What a scraper insists on: each family announced once, before its samples, samples unique."""
    announced, samples = {}, set()
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name, help_text = line[7:].split(" ", 1)
            assert name not in announced and help_text, line
            announced[name] = None
        elif line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            assert announced[name] is None and kind in ("counter", "gauge", "histogram"), line
            announced[name] = kind
            eq(name.endswith("_total"), kind == "counter")
        else:
            sample, value = line.rsplit(" ", 1)
            float(value)
            assert sample not in samples, line
            samples.add(sample)
            name = sample.split("{")[0]
            family = name
            for suffix in ("_bucket", "_sum", "_count"):
                if name.endswith(suffix) and announced.get(name[: -len(suffix)]) == "histogram":
                    family = name[: -len(suffix)]
            assert announced.get(family), line


# ---- late events ----


@test
def late_a_notice_is_reversed(folder):
    d = folder.start()
    accepted(d.send(event("missed", "P1", id="m", time=days_ago(40))))
    notice = timeline(d, n=2)[0]["decision"]["outcomes"][0]
    got = accepted(d.send(event("enrolled", "P1", id="late", time=days_ago(35))))
    eq(got["seq"], 3)
    (o,) = got["outcomes"]
    eq((o["kind"], o["action"], o["reverses"], o["of"]), ("reversal", "reverse", "notice", notice["id"]))
    eq((o["to"], o["because"]), (notice["to"], notice["because"]))
    case = accepted(d.get("/v1/cases/P1"))
    eq((case["positions"], case["due"]), ([], []))
    eq([e["event"]["id"] for e in timeline(d)][::2], ["late", "m"])
    eq(sorted(k for k, _ in net(d).values()), ["referral"])
    assert "waymark_late_events_total 1\n" in d.get("/metrics", token=None).body
    d.stop()


@test
def late_a_conviction_swaps_the_tiers(folder):
    d = folder.start()
    first = accepted(d.send(event("convicted", "P1", id="c2", time=days_ago(10))))["outcomes"][0]
    eq((first["name"], first["amount"]), ("first_course", "3000.00"))
    got = accepted(d.send(event("convicted", "P1", id="c1", time=days_ago(20))))
    shown = [(o["kind"], o["name"], o["amount"], o["fund"]) for o in got["outcomes"]]
    eq(shown, [("assessment", "first_course", "3000.00", "pot"), ("reversal", "first_course", "3000.00", "pot"),
               ("assessment", "second_course", "13052.00", "pot")])
    eq(got["outcomes"][1]["of"], first["id"])
    eq(got["outcomes"][2]["event"], {"source": "/cms", "id": "c2"})
    eq(accepted(d.get("/v1/cases/P1"))["balance"], "16052.00")
    eq(sorted(net(d).values()), [("assessment", "13052.00"), ("assessment", "3000.00")])
    # Sums with plain SQL, as the reference of the ledger shows it.
    d.stop()
    with contextlib.closing(opened(folder.ledger)) as db:
        rows = db.execute(
            "SELECT fund, sum(CASE kind WHEN 'reversal' THEN -amount_cents ELSE amount_cents END) / 100"
            " FROM outcome_list WHERE 'assessment' IN (kind, outcome ->> '$.reverses') GROUP BY fund"
        ).fetchall()
        eq(rows, [("pot", 16052)])


@test
def every_recorded_outcome_is_explained(folder):
    d = folder.start()
    accepted(d.send(event("missed", "P1", id="m", time=days_ago(40))))
    timeline(d, n=2)
    accepted(d.send(event("enrolled", "P1", id="late", time=days_ago(35))))
    accepted(d.send(event("convicted", "P2", id="c2", time=days_ago(10))))
    accepted(d.send(event("convicted", "P2", id="c1", time=days_ago(20))))
    accepted(d.send(event("visit", "P3", data={"minutes": 60})))
    told = {}
    rows = accepted(d.get("/v1/outcomes?after=0&limit=100"))["outcomes"]
    for row in rows:  # while the daemon runs: it only reads
        o = row["outcome"]
        done = folder.run("explain", o["id"])
        eq(done.returncode, 0)
        told[o["kind"]] = done.stdout
        if o["kind"] != "reversal":
            assert "%s:%d" % (o["because"]["file"], o["because"]["line"]) in done.stdout, done.stdout
    eq(sorted(told), ["assessment", "notice", "payment", "referral", "reversal"])
    assert "came late" in told["reversal"], told
    assert "minutes was 60" in told["payment"], told
    missing = folder.run("explain", "0" * 32)
    eq((missing.returncode, missing.stdout), (1, ""))


@test
def late_a_session_on_a_day_with_a_limit(folder):
    d = folder.start()
    eq(kinds(accepted(d.send(event("attended", "P1", time=days_ago(3, 22))))), ["payment"])
    got = accepted(d.send(event("attended", "P1", time=days_ago(3, 18))))
    eq(kinds(got), ["payment", "reversal"])
    eq(kinds(accepted(d.send(event("attended", "P1", time=days_ago(3, 20))))), [])
    eq(kinds(accepted(d.send(event("attended", "P1", time=days_ago(5, 20))))), ["payment"])
    eq(list(net(d).values()), [("payment", "10.00")] * 2)


@test
def late_events_that_are_still_in_flight(folder):
    """A batch backwards: each one's history is on its way to disk when the next is decided."""
    d = folder.start()
    batch = [event("convicted", "P1", time=days_ago(n)) for n in range(1, 200)]
    got = accepted(d.send(batch))
    eq(kinds(got[0]), ["assessment"])
    assert all(kinds(g) == ["assessment", "reversal", "assessment"] for g in got[1:]), got
    left = sorted(net(d).values())
    eq((len(left), left.count(("assessment", "3000.00"))), (199, 1))
    eq(accepted(d.get("/v1/cases/P1"))["counts"][0]["n"], 199)
    # Another case in order comes to the same.
    accepted(d.send([event("convicted", "P2", time=days_ago(n)) for n in range(199, 0, -1)]))
    one, two = accepted(d.get("/v1/cases/P1")), accepted(d.get("/v1/cases/P2"))
    eq((one["balance"], one["counts"]), (two["balance"], two["counts"]))
    eq([o["amount"] for o in one["owed"]], [o["amount"] for o in two["owed"]])


@test
def late_duplicates(folder):
    d = folder.start()
    accepted(d.send(event("missed", "P1", time=days_ago(40))))
    timeline(d, n=2)
    late = event("enrolled", "P1", id="late", time=days_ago(35))
    first = accepted(d.send(late))
    again = accepted(d.send(late))
    eq((first.pop("duplicate"), again.pop("duplicate")), (False, True))
    eq(first, again)
    problem(d.send(event("enrolled", "P1", id="late", time=days_ago(34))), 409, "event-conflict")
    twice = accepted(d.send([event("convicted", "P1", id="c", time=days_ago(50))] * 2))
    eq([t["duplicate"] for t in twice], [False, True])
    eq(len(timeline(d)), 4)


@test
def late_after_a_restart_and_a_kill(folder):
    d = folder.start()
    accepted(d.send(event("missed", "P1", time=days_ago(40))))
    accepted(d.send(event("convicted", "P1", id="c2", time=days_ago(10))))
    d.stop()
    d = folder.start()
    got = accepted(d.send(event("enrolled", "P1", time=days_ago(35))))
    eq(kinds(got), ["reversal"])
    late = event("convicted", "P1", id="c1", time=days_ago(45))
    first = accepted(d.send(late))
    eq(kinds(first), ["assessment", "reversal", "assessment"])
    case = accepted(d.get("/v1/cases/P1"))
    folder.daemons.remove(d)
    d.kill()
    d = folder.start()
    again = accepted(d.send(late))
    eq((again["duplicate"], again["outcomes"]), (True, first["outcomes"]))
    eq(accepted(d.get("/v1/cases/P1")), case)
    eq(kinds(accepted(d.send(event("convicted", "P1", time=days_ago(46))))), ["assessment", "reversal", "assessment"])
    eq(sum(k == "assessment" for k, _ in net(d).values()), 3)


@test
def late_what_it_sets_off_may_fall_due_later(folder):
    """What the new history has due after the latest time fires by the timer, once."""
    d = folder.start()
    accepted(d.send(event("fee", "P1", time=utc(-60))))
    # Three items, one a day: those up to the fee are in the late event's own decision.
    at = utc(-2 * DAY + 2)
    got = accepted(d.send(event("support", "P1", time=at)))
    now_due = accepted(d.get("/v1/cases/P1/upcoming"))["upcoming"]
    eq((kinds(got)[0], len(kinds(got)) + len(now_due) >= 3), ("schedule", True))
    d.stop()
    d = folder.start()
    got = accepted(d.send(event("support_ended", "P1", time=at)))
    assert kinds(got).count("reversal") >= 1, got
    eq(accepted(d.get("/v1/cases/P1"))["due"], [])
    eq([k for k, _ in net(d).values()].count("payment"), 1)


@test
def late_and_the_rest_fires_by_the_timer(folder):
    d = folder.start()
    accepted(d.send(event("fee", "P1", time=utc(-0.1))))
    got = accepted(d.send(event("support", "P1", time=utc(-0.5))))
    eq(kinds(got), ["schedule", "payment"])
    upcoming = accepted(d.get("/v1/cases/P1/upcoming"))["upcoming"]
    eq([u["item"] for u in upcoming], [2])
    # Nothing of what has fired fires again.
    accepted(d.send(event("missed", "P1", time=utc(-0.6))))
    time.sleep(0.3)
    eq([e["event"]["type"] for e in timeline(d)], ["missed", "support", "fee"])


@test
def late_refused_at_its_place(folder):
    d = folder.start()
    fee = accepted(d.send(event("fee", "P1", time=days_ago(10))))["outcomes"][0]["id"]
    accepted(d.send(event("missed", "P1", time=days_ago(2))))
    answer = {"outcome": fee, "by": "Ana Ruiz"}
    before = accepted(d.get("/v1/cases/P1"))
    problem(d.send(event("approved", "P1", time=days_ago(11), data=answer)), 422, "no-such-outcome")
    eq(accepted(d.get("/v1/cases/P1")), before)
    eq(len(timeline(d)), 2)
    got = accepted(d.send(event("approved", "P1", id="yes", time=days_ago(9, 20), data=answer)))
    eq((kinds(got), got["outcomes"][0]["by"]), (["assessment"], "Ana Ruiz"))
    # Two answers: the earlier one counts, the other has no effects any more.
    got = accepted(d.send(event("declined", "P1", time=days_ago(9, 18), data={"outcome": fee, "by": "Bo"})))
    eq(kinds(got), ["reversal"])
    (void,) = got["void"]
    eq((void["source"], void["id"]), ("/cms", "yes"))
    assert "open proposal" in void["reason"], void
    eq(accepted(d.get("/v1/cases/P1"))["balance"], "0.00")


@test
def late_facts_of_other_cases_stay_as_they_were_read(folder):
    d = folder.start()
    accepted(d.send(event("opened", "O1", time=days_ago(30), data={"open": False})))
    visit = event("visit", "P1", time=days_ago(10), data={"minutes": 5, "office": "O1"})
    eq(kinds(accepted(d.send(visit))), ["notice"])
    accepted(d.send(event("opened", "O1", time=days_ago(9), data={"open": True})))
    got = accepted(d.send(event("missed", "P1", time=days_ago(12))))
    eq((kinds(got), got.get("inputs")), (["referral"], None))


@test
def late_another_case_that_cannot_be_read(folder):
    folder.ruined = True
    d = folder.start()
    accepted(d.send(event("opened", "O1", county="yolo", data={"open": False})))
    folder.edit("counties.way", '\ncounty yolo "Yolo County"\n  adopts trial from 2024-01-01\n', "")
    d.stop()
    folder.force()
    d = folder.start()
    accepted(d.send(event("missed", "P1")))
    visit = event("visit", "P1", time=days_ago(3), data={"minutes": 60, "office": "O1"})
    problem(d.send(visit), 500, "case-unreadable")
    problem(d.send(visit, path="/v1/evaluate"), 500, "case-unreadable")
    eq(len(timeline(d)), 1)


@test
def late_confidential_facts_stay_so(folder):
    d = folder.start()
    accepted(d.send(event("marked", "P1", id="on", time=days_ago(5), data={"hidden": True})))
    got = accepted(d.send(event("marked", "P1", time=days_ago(6), data={"hidden": True})))
    eq(kinds(got), ["fact", "reversal", "fact"])
    for o in got["outcomes"]:
        assert o["fact"] == "strikes", o
    eq(accepted(d.get("/v1/cases/P1"))["facts"]["strikes"], 2)


@test
def late_evaluated(folder):
    d = folder.start()
    accepted(d.send(event("convicted", "P1", id="c2", time=days_ago(10))))
    before = accepted(d.get("/v1/cases/P1"))
    late = event("convicted", "P1", id="c1", time=days_ago(20))
    got = accepted(d.send(late, path="/v1/evaluate?explain=true"))
    eq((got["seq"], kinds(got)), (0, ["assessment", "reversal", "assessment"]))
    text = got["explanation"]["text"]
    assert "take back: assess $3,000.00 as first_course" in text, text
    assert "it follows from the event c2 of /cms" in text, text
    eq(accepted(d.get("/v1/cases/P1")), before)
    eq(accepted(d.send(late))["outcomes"], got["outcomes"])


@test
def late_in_a_long_history(folder):
    d = folder.start("--queue", "100000")
    for start in range(0, 19999, 1000):
        n = min(1000, 19999 - start)
        accepted(d.send([event("support_ended", "P1", time=utc(-DAY + start + i)) for i in range(n)]))
    begin = time.monotonic()
    accepted(d.send(event("convicted", "P1", time=days_ago(20))))
    took = time.monotonic() - begin
    assert took < 5, "a history of 20,000 events took %.1f s" % took
    got = problem(d.send(event("convicted", "P1", time=days_ago(21))), 422, "limit")
    assert "20000" in got["detail"], got
    eq(kinds(accepted(d.send(event("convicted", "P1")))), ["assessment"])


# ---- evaluate ----


@test
def an_evaluation_records_nothing(folder):
    d = folder.start()
    e = event("visit", "P1", id="e1", data={"minutes": 60})
    got = accepted(d.send(e, path="/v1/evaluate"))
    eq((got["seq"], kinds(got)), (0, ["payment"]))
    problem(d.get("/v1/cases/P1"), 404, "not-found")
    eq(accepted(d.send(e))["duplicate"], False)
    accepted(d.send(event("missed", "P1")))
    before = d.get("/v1/cases/P1").body
    # Time passes in the copy only: the deadline fires there, then the event is decided.
    got = accepted(d.send(event("missed", "P1", time=utc(30 * 86400)), path="/v1/evaluate"))
    eq(kinds(got), [])
    eq(d.get("/v1/cases/P1").body, before)
    eq(accepted(d.get("/v1/outcomes"))["after"], 2)
    problem(d.send(event("mised", "P1"), path="/v1/evaluate"), 422, "unknown-event")


@test
def an_evaluation_explained(folder):
    d = folder.start()
    e = event("visit", "P1", data={"minutes": 59})
    got = accepted(d.send(e, path="/v1/evaluate?explain=true"))
    assert "minutes" in json.dumps(got["explanation"]) and "59" in json.dumps(got["explanation"])
    assert "explanation" not in accepted(d.send(e, path="/v1/evaluate"))
    eq(got["explanation"]["not_applied"][0]["would_apply"]["sets"], [[{"field": "minutes", "value": 60, "relation": "at-least"}]])
    for who, says in (("worker", "“minutes” would have to be 60 or more; it was 59"), ("person", None)):
        told = accepted(d.send(e, path="/v1/evaluate?explain=true&for=" + who))["explanation"]
        eq(told["for"], who)
        assert says is None or says in " ".join(told["text"].split()), told
    problem(d.send(e, path="/v1/evaluate?explain=true&for=everybody"), 400, "bad-query")
    problem(d.send(e, path="/v1/evaluate?for=worker"), 400, "bad-query")


# ---- other cases ----


@test
def a_decision_rests_on_another_case(folder):
    d = folder.start()
    data = {"minutes": 60, "office": "O1"}
    eq(kinds(accepted(d.send(event("visit", "P1", data=data)))), ["payment"])
    accepted(d.send(event("opened", "O1", data={"open": False})))
    got = accepted(d.send(event("visit", "P1", data=data)))
    eq(kinds(got), ["payment", "notice"])
    eq(got["inputs"], [{"case": "O1", "kind": "office", "fact": "open", "value": False}])
    d.stop()
    d = folder.start()
    eq(kinds(accepted(d.send(event("visit", "P2", data=data)))), ["payment", "notice"])


# ---- confidential facts ----


@test
def confidential_facts_stay_so(folder):
    d = folder.start()
    accepted(d.send(event("moved", "P1", id="m1", data={"home": "12 Elm Street"})))
    accepted(d.send(event("marked", "P1", id="m2", data={"hidden": True})))
    case = accepted(d.get("/v1/cases/P1", token="read"))
    eq((case["facts"]["home"], case["facts"]["strikes"]), ("12 Elm Street", 1))
    case = accepted(d.get("/v1/cases/P1", token="audit"))
    eq(sorted(case["withheld"]), ["hidden", "home"])
    assert "home" not in case["facts"]
    assert "Elm" in d.get("/v1/cases/P1/timeline", token="read").body
    for path in ("/v1/cases/P1/timeline", "/v1/decisions/1", "/v1/outcomes"):
        body = d.get(path, token="audit").body
        assert "Elm" not in body, (path, body)
    entry = d.get("/v1/decisions/1", token="submit").json
    eq((entry["event"]["data"], entry["event"]["withheld"]), ({}, ["home"]))
    d.stop()
    for word in ("Elm", "P1", "m1"):
        assert word not in "".join(d.lines), d.lines


# ---- once only ----


@test
def a_repetition_gets_the_first_answer(folder):
    d = folder.start()
    e = event("visit", "P1", data={"minutes": 60})
    first = d.send(e)
    again = d.send(dict(reversed(list(e.items()))))
    eq(again.body, first.body.replace('"duplicate":false', '"duplicate":true'))
    zone = dict(e, time=e["time"].replace("Z", "+00:00"))
    eq(d.send(zone).body, again.body)
    problem(d.send(dict(e, data={"minutes": 61})), 409, "event-conflict")
    problem(d.send(dict(e, subject="P2")), 409, "event-conflict")
    eq(accepted(d.send(dict(e, source="/other", time=utc())))["duplicate"], False)
    d.stop()
    d = folder.start()
    eq(d.send(e).body, again.body)
    problem(d.send(dict(e, data={"minutes": 61})), 409, "event-conflict")


@test
def repetitions_at_the_same_time(folder):
    d = folder.start()
    for i in range(30):
        e = event("visit", "P%d" % i, data={"minutes": 60})
        other = dict(e, data={"minutes": 70})
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            same = [pool.submit(d.send, e) for _ in range(6)]
            different = pool.submit(d.send, other).result()
            answers = [s.result() for s in same]
        texts = {a.body.replace('"duplicate":true', '"duplicate":false') for a in answers}
        if different.status == 200:  # it came first: then all the others conflict
            eq({a.status for a in answers}, {409})
            continue
        problem(different, 409, "event-conflict")
        eq({a.status for a in answers}, {200})
        eq(len(texts), 1)
        eq(sorted(a.json["duplicate"] for a in answers), [False] + [True] * 5)
    eq(accepted(d.get("/v1/outcomes"))["after"], 30)


@test
def pipelined_repetitions(folder):
    d = folder.start()
    body = json.dumps(event("visit", "P1", data={"minutes": 60}))
    request = (
        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
        % (folder.tokens["submit"], STRUCTURED, len(body), body)
    ).encode()
    with socket.create_connection(("127.0.0.1", d.port), 10) as s:
        s.sendall(request * 5)
        got = []
        stream = s.makefile("rb")
        for _ in range(5):
            eq(stream.readline()[:12], b"HTTP/1.1 200")
            length = 0
            for line in iter(stream.readline, b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            got.append(json.loads(stream.read(length)))
    eq([g["duplicate"] for g in got], [False] + [True] * 4)
    eq({g["seq"] for g in got}, {1})


# ---- restart ----


@test
def a_restart_restores_cases(folder):
    d = folder.start()
    accepted(d.send(event("marked", "P1", data={"hidden": True})))
    accepted(d.send(event("missed", "P1")))
    accepted(d.send(event("fee", "P1")))
    case, due = d.get("/v1/cases/P1").body, d.get("/v1/cases/P1/upcoming").body
    d.stop()
    d = folder.start()
    eq(d.get("/v1/cases/P1").body, case)
    eq(d.get("/v1/cases/P1/upcoming").body, due)
    # It goes on from there: the case stands in the step already, the fact counts on.
    eq(kinds(accepted(d.send(event("missed", "P1")))), [])
    accepted(d.send(event("marked", "P1", data={"hidden": True})))
    eq(accepted(d.get("/v1/cases/P1"))["facts"]["strikes"], 2)
    eq(accepted(d.send(event("missed", "P2")))["seq"], 6)


@test
def many_cases_more_than_memory_holds(folder):
    d = folder.start("--cases", "1024")
    c = d.connect()
    for start in range(0, 3000, 500):
        batch = [event("marked", "P%d" % i, data={"hidden": True}) for i in range(start, start + 500)]
        accepted(d.send(batch, connection=c))
    for i in (0, 1, 1500, 2999):
        accepted(d.send(event("marked", "P%d" % i, data={"hidden": True}), connection=c))
        eq(accepted(d.get("/v1/cases/P%d" % i))["facts"]["strikes"], 2)
    metrics = d.get("/metrics", token=None).body
    cached = int([l for l in metrics.splitlines() if l.startswith("waymark_cases_cached ")][0].split()[1])
    assert cached <= 1024, cached


@test
def two_daemons_on_one_ledger(folder):
    folder.start()
    try:
        folder.start()
    except RuntimeError as why:
        assert "another process" in str(why), why
    else:
        raise AssertionError("a second daemon took the same ledger")


# ---- time ----


@test
def an_event_catches_up_first(folder):
    d = folder.start()
    # 20 days ahead of the first event the deadline of 14 days has passed.
    accepted(d.send(event("missed", "P1")))
    accepted(d.send(event("visit", "P1", time=utc(20 * 86400), data={"minutes": 60})))
    line = accepted(d.get("/v1/cases/P1/timeline"))["events"]
    eq([e["event"]["type"] for e in line], ["visit", "deadline", "missed"])
    eq(kinds(line[1]["decision"]), ["notice"])
    assert line[1]["due"] > line[2]["event"]["time"][:10], line[1]
    eq(line[1]["late"], False)


@test
def a_refused_event_leaves_its_deadlines(folder):
    d = folder.start()
    accepted(d.send(event("missed", "P1")))
    ahead = event("approved", "P1", time=utc(20 * 86400), data={"outcome": "0" * 32, "by": "Ana"})
    problem(d.send(ahead), 422, "no-such-outcome")
    line = until(lambda: (lambda l: len(l) == 2 and l)(d.get("/v1/cases/P1/timeline").json["events"]))
    eq([e["event"]["type"] for e in line], ["deadline", "missed"])


@test
def an_item_due_shortly_fires_by_the_timer(folder):
    d = folder.start()
    # `starting same day`: the first item falls due at the instant of the event itself, 1.5 s on.
    accepted(d.send(event("support", "P1", time=utc(1.5))))
    eq(accepted(d.get("/v1/outcomes"))["after"], 1)
    eq(accepted(d.get("/v1/cases/P1/upcoming"))["upcoming"][0]["amount"], "500.00")
    line = until(lambda: (lambda l: len(l) == 2 and l)(d.get("/v1/cases/P1/timeline").json["events"]))
    eq(line[0]["event"]["type"], "scheduled")
    eq(kinds(line[0]["decision"]), ["payment"])
    assert line[0]["fired"] >= line[0]["due"], line[0]
    eq(line[0]["late"], False)
    time.sleep(0.3)
    eq(len(d.get("/v1/cases/P1/timeline").json["events"]), 2)
    check_metrics(d.get("/metrics", token=None).body)
    assert "waymark_due_fired_total 1\n" in d.get("/metrics", token=None).body


@test
def what_is_long_due_fires_at_once_and_is_marked_late(folder):
    d = folder.start()
    accepted(d.send(event("missed", "P1", time=utc(-40 * 86400))))
    line = until(lambda: (lambda l: len(l) == 2 and l)(d.get("/v1/cases/P1/timeline").json["events"]))
    eq((line[0]["event"]["type"], line[0]["late"]), ("deadline", True))
    eq(kinds(line[0]["decision"]), ["notice"])


@test
def what_fell_due_while_down_fires_at_start(folder):
    d = folder.start()
    accepted(d.send(event("support", "P1", time=utc(0.8))))
    accepted(d.send(event("support", "P2", time=utc(0.6))))
    d.stop()
    time.sleep(1.2)
    d = folder.start()
    eq(d.wait_log("overdue-fired")[0]["count"], 2)
    got = [e["decision"]["case"] for e in (d.get("/v1/decisions/3").json, d.get("/v1/decisions/4").json)]
    eq(got, ["P2", "P1"])
    d.stop()
    d = folder.start()
    problem(d.get("/v1/decisions/5"), 404, "not-found")


@test
def many_due_at_once_do_not_starve_requests(folder):
    d = folder.start()
    at = utc(1.0)
    for start in range(0, 3000, 500):
        accepted(d.send([event("support", "P%d" % i, time=at) for i in range(start, start + 500)]))
    worst, fired = 0.0, 0
    end = time.monotonic() + 30
    while fired < 3000 and time.monotonic() < end:
        begin = time.monotonic()
        metrics = d.get("/metrics", token=None).body
        worst = max(worst, time.monotonic() - begin)
        fired = int([l for l in metrics.splitlines() if l.startswith("waymark_due_fired")][0].split()[1])
    eq(fired, 3000)
    assert worst < 2.0, worst
    feed, after, cases = 0, 0, set()
    while True:
        page = d.get("/v1/outcomes?after=%d&limit=1000" % after).json
        if not page["outcomes"]:
            break
        cases.update(o["case"] for o in page["outcomes"] if o["outcome"]["kind"] == "payment")
        feed += sum(o["outcome"]["kind"] == "payment" for o in page["outcomes"])
        after = page["after"]
    eq((feed, len(cases)), (3000, 3000))


@test
def events_from_the_future(folder):
    d = folder.start("--ahead", "5")
    problem(d.send(event("missed", "P1", time=utc(360))), 422, "future-event")
    accepted(d.send(event("missed", "P1", time=utc(240))))
    accepted(d.send(event("missed", "P1", time=utc(360)), path="/v1/evaluate"))


# ---- what partners may see ----


SHARE = """
share sheet of person "What partners see"
  cite "the agreement"
  with office
  show home, grade
  needs agreed_on for 30 days
  when partner.open
"""


def shares(folder):
    folder.edit("vocabulary.way", "  home     : text", "  agreed_on : date optional consent\n  home     : text")
    folder.edit("vocabulary.way", "  sets home", "  sets home, agreed_on")
    folder.edit("program.way", "rule fees", SHARE + "\nrule fees")
    return folder.start()


def disclosures(folder):
    with contextlib.closing(opened(folder.ledger)) as db:
        columns = "case_id, share, partner, asker, allowed, fields, reasons"
        return db.execute("SELECT %s FROM disclosure_list ORDER BY number" % columns).fetchall()


@test
def a_partner_sees_what_is_shared_and_it_is_on_record(folder):
    d = shares(folder)
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 9 * 3600))
    accepted(d.send(event("opened", "O1", data={"open": True})))
    accepted(d.send(event("moved", "P1", data={"home": "Long Street 5"})))
    path = "/v1/cases/P1/share/sheet?partner=O1"
    refused = d.get(path, token="read")
    problem(refused, 403, "not-shared")
    eq(refused.json["reasons"], ["nobody has consented: `agreed_on` is not known"])
    accepted(d.send(event("moved", "P1", data={"home": "Long Street 5", "agreed_on": today})))
    shown = accepted(d.get(path, token="read"))
    eq(shown["fields"], {"home": "Long Street 5", "grade": "low"})
    eq((shown["case"], shown["share"], shown["partner"]), ("P1", "sheet", "O1"))
    eq((shown["because"]["block"], shown["because"]["cite"]), ("sheet", "the agreement"))
    problem(d.get("/v1/cases/P1/share/sheet?partner=O2", token="read"), 403, "not-shared")
    problem(d.get("/v1/cases/P1/share/other?partner=O1", token="read"), 403, "not-shared")
    rows = disclosures(folder)
    eq([(r[0], r[1], r[2], r[4]) for r in rows],
       [("P1", "sheet", "O1", 0), ("P1", "sheet", "O1", 1), ("P1", "sheet", "O2", 0), ("P1", "other", "O1", 0)])
    eq(json.loads(rows[1][5]), ["home", "grade"])
    eq(json.loads(rows[1][6]), [])
    assert "there is no `office`" in json.loads(rows[2][6])[0], rows[2]
    assert rows[0][3], rows[0]
    assert not any("Long Street" in str(r) for r in rows)
    with sqlite3.connect(folder.ledger) as db:
        try:
            db.execute("DELETE FROM disclosures")
        except sqlite3.IntegrityError as why:
            assert "append-only" in str(why), why
        else:
            raise AssertionError("a disclosure was deleted")


@test
def who_may_ask_for_a_share(folder):
    d = shares(folder)
    accepted(d.send(event("opened", "O1", data={"open": True})))
    accepted(d.send(event("moved", "P1", data={"home": "x"})))
    path = "/v1/cases/P1/share/sheet"
    problem(d.get(path + "?partner=O1", token="submit"), 403, "role-forbidden")
    problem(d.get(path + "?partner=O1", token=None), 401, "token-required")
    problem(d.get(path, token="read"), 400, "bad-query")
    problem(d.get(path + "?partner=O1&day=2020-01-01", token="read"), 400, "bad-query")
    problem(d.get("/v1/cases/P9/share/sheet?partner=O1", token="read"), 404, "not-found")
    eq(disclosures(folder), [])


@test
def nothing_is_shown_that_cannot_be_recorded(folder):
    folder.edit("program.way", "rule fees", "share grades of person\n  with office\n  show grade\n\nrule fees")
    d = folder.start("--ledger-most", "262144")
    accepted(d.send(event("opened", "O1", data={"open": True})))
    accepted(d.send(event("missed", "P1")))
    shown = 0
    for _ in range(20000):
        a = d.get("/v1/cases/P1/share/grades?partner=O1", token="read")
        if a.status != 200:
            break
        shown += 1
    problem(a, 507, "storage-full")
    assert "grade" not in a.json, a.json
    d.stop()
    eq(len(disclosures(folder)), shown)


# ---- reload ----


@test
def a_changed_amount_is_in_force_after_sighup(folder):
    d = folder.start()
    eq(accepted(d.send(event("visit", "P1", data={"minutes": 60})))["outcomes"][0]["amount"], "100.00")
    old = d.get("/readyz", token=None).json["version"]
    folder.edit(
        "counties.way",
        "adopts trial from 2020-01-01\n\ncounty los",
        'adopts trial from 2020-01-01\nchange amount visit_pay to $120\n  cite "resolution 7"\n\ncounty los',
    )
    d.signal(signal.SIGHUP)
    new = d.wait_log("reloaded")[0]["version"]
    assert new != old
    got = accepted(d.send(event("visit", "P1", data={"minutes": 60})))
    eq((got["outcomes"][0]["amount"], got["policy"]["version"]), ("120.00", new))
    pay = [p for p in got["parameters"] if p["name"] == "visit_pay"][0]
    eq((pay["value"], pay["file"], pay["cite"]), ("120.00", "counties.way", "resolution 7"))
    e = event("visit", "P1", county="los_angeles", data={"minutes": 60})
    eq(accepted(d.send(dict(e, subject="P2")))["outcomes"][0]["amount"], "100.00")
    versions = d.get("/v1/policies").json["versions"]
    eq([(v["version"], v["in_force"]) for v in versions], [(old, False), (new, True)])


@test
def a_broken_policy_keeps_the_old_one(folder):
    d = folder.start()
    old = d.get("/readyz", token=None).json["version"]
    folder.edit("program.way", "amount visit_pay is $100", "amount visit_pay is $1,00")
    d.signal(signal.SIGHUP)
    line = d.wait_log("reload-failed")[0]
    eq(line["kept"], old)
    assert "program.way" in line["reason"], line
    eq(accepted(d.send(event("visit", "P1", data={"minutes": 60})))["outcomes"][0]["amount"], "100.00")
    ready = d.get("/readyz", token=None)
    eq(problem(ready, 503, "not-ready")["version"], old)
    eq([c["cause"] for c in ready.json["causes"]], ["policies-failed"])
    metrics = d.get("/metrics", token=None).body
    assert "waymark_reload_failed 1\n" in metrics
    assert 'waymark_reloads_total{result="failed"} 1\n' in metrics
    folder.edit("program.way", "amount visit_pay is $1,00", "amount visit_pay is $110")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(accepted(d.send(event("visit", "P2", data={"minutes": 60})))["outcomes"][0]["amount"], "110.00")
    eq(d.get("/readyz", token=None).status, 200)


@test
def a_broken_policy_does_not_start(folder):
    folder.edit("program.way", "amount visit_pay is $100", "amount visit_pay is $1,00")
    try:
        folder.start()
    except RuntimeError as why:
        assert "program.way" in str(why) and "not started" in str(why), why
    else:
        raise AssertionError("it started")
    assert not os.path.exists(folder.ledger)


@test
def cases_are_carried_over_by_name(folder):
    d = folder.start()
    accepted(d.send(event("marked", "P1", data={"hidden": True})))
    accepted(d.send(event("missed", "P1")))
    # A new fact before the others shifts all indices.
    folder.edit("vocabulary.way", "  home     : text", "  aaa      : number default 5\n  home     : text")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    facts = accepted(d.get("/v1/cases/P1"))["facts"]
    eq((facts["aaa"], facts["strikes"], facts["hidden"]), (5, 1, True))
    accepted(d.send(event("marked", "P1", data={"hidden": True})))
    eq(accepted(d.get("/v1/cases/P1"))["facts"]["strikes"], 2)
    eq(kinds(accepted(d.send(event("missed", "P1")))), [])


# Each lets some record of a case be read otherwise, or not at all; and each that does not.
STOOD_ON = (
    ("vocabulary.way", "grade    : one of low, high default low", "grade    : one of low, high, top default low"),
    ("vocabulary.way", "strikes  : number default 0", "strikes  : number from 0 to 9 default 0"),
    ("vocabulary.way", "event went of person", "event came of person \"Came\"\nevent went of person"),
    ("program.way", "may assess $50 as fee", "assess $50 as fee"),
    ("program.way", "step referral", "step sent"),
    ("program.way", "at most 1 per day", "at most $20 per week"),
    ("program.way", "rule goes of person", "rule leaves of person"),
    ("counties.way", "county yolo \"Yolo County\"", "county napa \"Napa County\"\n  adopts trial from 2024-01-01\n\ncounty yolo \"Yolo County\""),
)
NOT_STOOD_ON = (
    ("program.way", "answered by enrolled within 14 days", "answered by attended within 14 days"),
    ("program.way", "amount visit_pay is $100", "amount visit_pay is $110"),
    ("program.way", "within 14 days", "within 21 days"),
    ("program.way", "when minutes >= 60", "when minutes >= 45"),
    ("program.way", "\"Nobody enrolled in time\"", "\"Nobody came\""),
    ("program.way", "at most 2 cases", "at most 3 cases"),
    ("vocabulary.way", "case person \"Somebody\"", "# a comment\ncase person \"Somebody\""),
)


@test
def a_reload_looks_at_cases_only_where_it_matters(folder):
    d = folder.start()
    for i in range(7):
        accepted(d.send(event("visit", "P%d" % i, data={"minutes": 60})))
    reloads = 0

    def looked_at():
        nonlocal reloads
        reloads += 1
        d.signal(signal.SIGHUP)
        return d.wait_log("reloaded", n=reloads)[-1]["looked_at"]

    eq(looked_at(), 0)  # nothing has changed
    for name, old, new in NOT_STOOD_ON + NOT_STOOD_ON[:1]:
        before = d.get("/readyz", token=None).json["version"]
        folder.edit(name, old, new)
        eq((name, old, looked_at()), (name, old, 0))
        assert d.get("/readyz", token=None).json["version"] != before
        folder.edit(name, new, old)
        eq(looked_at(), 0)
    for name, old, new in STOOD_ON:
        folder.edit(name, old, new)
        eq((name, old, looked_at()), (name, old, 7))
        folder.edit(name, new, old)
        eq((name, new, looked_at()), (name, new, 7))
    d.stop()


@test
def a_version_that_leaves_cases_nowhere_is_refused(folder):
    d = folder.start()
    old = d.get("/readyz", token=None).json["version"]
    for who in ("P1", "P2", "P3"):
        accepted(d.send(event("missed", who)))
    accepted(d.send(event("enrolled", "P3")))
    folder.edit("program.way", "step referral", "step outreach")
    d.signal(signal.SIGHUP)
    line = d.wait_log("reload-failed")[0]
    eq(line["kept"], old)
    assert line["reason"].startswith('2 cases would lack the step "referral" of "attendance"'), line
    assert "`move step referral to …`" in line["reason"], line
    eq(kinds(accepted(d.send(event("missed", "P1")))), [])
    d.stop()
    folder.edit("program.way", "step outreach", "step calls")
    d = folder.start()  # a policy that was changed meanwhile is looked at as well
    eq(d.wait_log("reload-failed")[0]["kept"], old)
    ready = d.get("/readyz", token=None).json
    eq((ready["version"], [c["cause"] for c in ready["causes"]]), (old, ["policies-failed"]))
    folder.edit("program.way", "  ends on enrolled", "  move step referral to calls\n  ends on enrolled")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq([p["step"] for p in accepted(d.get("/v1/cases/P1"))["positions"]], ["calls"])
    eq([u["what"] for u in accepted(d.get("/v1/cases/P1/upcoming"))["upcoming"]], ["referral"])
    accepted(d.send(event("enrolled", "P1")))
    eq(accepted(d.get("/v1/cases/P1"))["positions"], [])
    eq(accepted(d.get("/v1/cases/P1/upcoming"))["upcoming"], [])


@test
def reloads_under_load(folder):
    d = folder.start()
    stop, failures, sent = threading.Event(), [], [0, 0]

    def client(k):
        c = d.connect()
        while not stop.is_set():
            a = d.send(event("marked", "P%d" % k, data={"hidden": True}), connection=c)
            if a.status == 200:
                sent[k] += 1
            else:
                failures.append(repr(a))

    threads = [threading.Thread(target=client, args=(k,)) for k in range(2)]
    for t in threads:
        t.start()
    names = ["zzz", "aaa", "mmm"]
    for i in range(6):
        folder.edit("vocabulary.way", "case person", "# %d\ncase person" % i)
        folder.edit("vocabulary.way", "  grade ", "  %s : number default 1\n  grade " % (names[i % 3] + str(i)))
        d.signal(signal.SIGHUP)
        d.wait_log("reloaded", n=i + 1)
        time.sleep(0.05)
    stop.set()
    for t in threads:
        t.join()
    eq(failures, [])
    for k in range(2):
        eq(accepted(d.get("/v1/cases/P%d" % k))["facts"]["strikes"], min(sent[k], 10**9))


# ---- the end, and trouble ----


@test
def sigterm_under_load_drops_nothing(folder):
    d = folder.start()
    acknowledged, lock, refused = {}, threading.Lock(), []

    def client(k):
        i = 0
        try:
            c = d.connect()
            while True:
                e = event("visit", "P%d" % k, id="%d-%d" % (k, i), data={"minutes": 60})
                a = d.send(e, connection=c)
                if a.status != 200:
                    refused.append(a)
                    return
                with lock:
                    acknowledged[e["id"]] = a.body
                i += 1
                if a.headers["Connection"] == "close":
                    return
        except ConnectionRefusedError:
            return
        except OSError as why:
            # A kept-alive connection may be closed between two requests, never after one.
            if not isinstance(why, (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected)):
                refused.append(why)

    threads = [threading.Thread(target=client, args=(k,)) for k in range(8)]
    for t in threads:
        t.start()
    time.sleep(0.7)
    d.stop()
    for t in threads:
        t.join()
    eq(refused, [])
    assert len(acknowledged) > 50, len(acknowledged)
    with contextlib.closing(opened(folder.ledger)) as db:
        stored = dict(db.execute("SELECT json_extract(event, '$.id'), decision FROM events"))
    for id, body in acknowledged.items():
        eq(stored.get(id), body)


@test
def a_request_in_flight_is_answered_while_draining(folder):
    d = folder.start()
    body = json.dumps(event("missed", "P1"))
    head = (
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: %s\r\nContent-Length: %d\r\n\r\n" % (folder.tokens["submit"], STRUCTURED, len(body))
    )
    with socket.create_connection(("127.0.0.1", d.port), 10) as s:
        s.sendall((head + body[:20]).encode())
        until(lambda: "waymark_http_connections 2" in d.get("/metrics", token=None).body)
        d.signal(signal.SIGTERM)
        d.wait_log("draining")
        s.sendall(body[20:].encode())
        r = http.client.HTTPResponse(s)
        r.begin()
        eq(r.status, 200)
        r.read()
    eq(d.wait(), 0)


@test
def the_queue_has_an_end(folder):
    d = folder.start("--queue", "5")
    a = d.send([event("missed", "P%d" % i) for i in range(6)])
    problem(a, 503, "busy")
    eq(a.headers["Retry-After"], "1")
    batch = [event("missed", "P%d" % i) for i in range(5)]
    until(lambda: d.send(batch).status == 200)


@test
def a_full_disk_is_said_and_survived(folder):
    d = folder.start("--ledger-most", "400000")
    good, i = [], 0
    while True:
        e = event("visit", "P%d" % i, id="e%d" % i, data={"minutes": 60})
        a = d.send(e)
        if a.status != 200:
            break
        good.append(e)
        i += 1
        assert i < 5000
    problem(a, 507, "storage-full")
    assert len(good) > 20
    eq(d.get("/healthz", token=None).status, 200)
    a = d.get("/readyz", token=None)
    if a.status != 200:
        assert "storage-full" in [c["cause"] for c in problem(a, 503, "not-ready")["causes"]], a
    # What was acknowledged is there, what was not is not, and the cases are right.
    eq(d.send(good[-1]).json["duplicate"], True) if d.send(good[-1]).status == 200 else None
    problem(d.get("/v1/cases/P%d" % i), 404, "not-found")
    eq(accepted(d.get("/v1/cases/P%d" % (i - 1), token="audit"))["counts"][0]["n"], 1)
    d.stop()
    d = folder.start()
    for e in good:
        eq(accepted(d.send(e))["duplicate"], True)
    eq(accepted(d.send(event("visit", "P%d" % i, id="e%d" % i, data={"minutes": 60})))["duplicate"], False)


# ---- what is recent ----


def visit(daemon, id, day, minutes=5, **more):
    decision = accepted(daemon.send(event("visit", "P1", id=id, time="%sT12:00:00-07:00" % day, data={"minutes": minutes}, **more)))
    return [o["kind"] for o in decision["outcomes"]]


@test
def a_new_version_knows_what_happened_before(folder):
    d = folder.start()
    days = {n: utc(n * DAY)[:10] for n in (-70, -8, -7, 0, 24, 25)}
    for i, n in enumerate((-70, -7, -8)):  # one of them late
        visit(d, "v%d" % i, days[n])
    assert "recent" not in accepted(d.get("/v1/cases/P1"))
    folder.edit("program.way", "rule fees", """rule often of person
  on visit when count of visit in last 30 days >= 3
  notify helper "Often here"

rule fees""")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(kinds(accepted(d.send(event("visit", "P1", id="v3", time="%sT23:59:59-08:00" % days[0], data={"minutes": 5})))), ["notice"])
    eq(visit(d, "v4", days[24]), [])  # 31 days after: only two are recent
    recent = [(r["day"], r["n"]) for r in accepted(d.get("/v1/cases/P1"))["recent"]]
    eq(recent, [(days[-8], 0), (days[-7], 1), (days[0], 1), (days[24], 1)])
    # A longer length reaches back to what was not kept any more.
    folder.edit("program.way", "in last 30 days >= 3", "in last 1 year >= 6")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(visit(d, "v5", days[25]), ["notice"])


# ---- dockets ----


def place(daemon, who, type="review_asked", time="2025-07-01T12:00:00-07:00", **more):
    decision = accepted(daemon.send(event(type, who, time=time, **more)))
    return [(o["kind"], o.get("due")) for o in decision["outcomes"]]


def agenda(daemon, date, **more):
    got = accepted(daemon.get("/v1/dockets/board?date=" + date, **more))
    eq(got["meeting"], date)
    return {c["county"]: [(x["case"], x.get("urgent", False)) for x in c["cases"]] for c in got["counties"]}


@test
def a_meeting_has_so_many_seats(folder):
    d = folder.start()
    eq(place(d, "P1"), [("docket", "2025-07-03")])
    eq(place(d, "P2"), [("docket", "2025-07-10")])  # one seat is kept
    eq(place(d, "P3", "crisis"), [("docket", "2025-07-03")])
    eq(place(d, "P1", "crisis", time="2025-07-01T13:00:00-07:00"), [])
    eq(place(d, "P4", county="yolo"), [("docket", "2025-07-03")])
    eq(agenda(d, "2025-07-03"), {"alameda": [("P1", False), ("P3", True)], "yolo": [("P4", False)]})
    eq(agenda(d, "2025-07-10"), {"alameda": [("P2", False)]})
    eq(agenda(d, "2025-07-04"), {})
    got = accepted(d.get("/v1/dockets/board?date=2025-07-03"))["counties"][0]
    eq([got[k] for k in ("county", "seats", "keeps")], ["alameda", 2, 1])
    # It survives a restart, and the next meeting has what is left.
    d.stop()
    d = folder.start()
    eq(agenda(d, "2025-07-03"), {"alameda": [("P1", False), ("P3", True)], "yolo": [("P4", False)]})
    eq(place(d, "P5"), [("docket", "2025-07-17")])
    d.stop()
    db = sqlite3.connect("file:%s?mode=ro" % folder.ledger, uri=True)
    pots = db.execute("SELECT name, period, county, reserved, committed FROM pots WHERE kind = 'docket' ORDER BY 1, 2, 3")
    seats = db.execute("SELECT docket, meeting, county, sum(urgent), sum(others) FROM seats GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
    eq(pots.fetchall(), seats.fetchall())
    db.close()


@test
def a_reversal_frees_the_seat(folder):
    d = folder.start()
    eq(place(d, "P1", time="2025-07-02T12:00:00-07:00"), [("docket", "2025-07-03")])
    # Asked for earlier, as it turns out: the same meeting, and still one seat.
    late = accepted(d.send(event("crisis", "P1", time="2025-07-01T12:00:00-07:00")))
    eq([(o["kind"], o.get("due")) for o in late["outcomes"]], [("docket", "2025-07-03"), ("reversal", None)])
    eq(agenda(d, "2025-07-03"), {"alameda": [("P1", True)]})
    eq(place(d, "P2"), [("docket", "2025-07-03")])


@test
def who_may_see_the_agenda(folder):
    d = folder.start()
    place(d, "P1")
    place(d, "P4", county="yolo")
    problem(d.get("/v1/dockets/board", token="submit"), 403, "role-forbidden")
    problem(d.get("/v1/dockets/board", token=None), 401, "token-required")
    problem(d.get("/v1/dockets/boards"), 404, "not-found")
    problem(d.get("/v1/dockets/board?date=2025-02-30"), 400, "bad-query")
    problem(d.get("/v1/dockets/board?day=1"), 400, "bad-query")
    eq(accepted(d.get("/v1/dockets/board"))["counties"], [])
    folder.add_token("yolo", "read", "yolo")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(agenda(d, "2025-07-03", token="yolo"), {"yolo": [("P4", False)]})


# ---- funds ----


def funds(daemon, **more):
    return accepted(daemon.get("/v1/funds", **more))["funds"]


def fund_of(daemon, county="alameda", year="2025-07-01"):
    (row,) = [f for f in funds(daemon) if f["county"] == county and f.get("year") == year]
    return row["reserved"], row["committed"], row["left"]


def fiscal_year():
    """The first day of the one that we are in, well away from its ends."""
    now = utc(-8 * 3600)
    return "%d-07-01" % (int(now[:4]) - (now[5:7] < "07"))


def drawn(folder):
    """What the draws of all recorded outcomes come to, and what the table of pots has."""
    db = opened(folder.ledger)
    try:
        sums = {}
        for (text,) in db.execute("SELECT decision FROM events"):
            decision = json.loads(text)
            for o in decision["outcomes"]:
                if "draw" in o:
                    d = o["draw"]
                    key = (d["fund"], decision["county"], d.get("year", ""))
                    r, c = sums.get(key, (0, 0))
                    cents = [int(d[k].replace(".", "")) for k in ("reserved", "committed")]
                    sums[key] = (r + cents[0], c + cents[1])
        rows = db.execute("SELECT name, county, period, reserved, committed FROM pots WHERE kind = 'fund'")
        return sums, {tuple(r[:3]): tuple(r[3:]) for r in rows}
    finally:
        db.close()


def grant(daemon, who, id, time="2025-08-01T12:00:00-07:00", type="granted"):
    return accepted(daemon.send(event(type, who, id=id, time=time)))


@test
def a_fund_runs_out_and_nobody_is_paid_beyond(folder):
    d = folder.start()
    first = grant(d, "P1", "g1")
    eq(kinds(first), ["payment"])
    eq(first["outcomes"][0]["draw"], {"fund": "grants", "year": "2025-07-01", "reserved": "0.00", "committed": "100.00"})
    eq(first["inputs"], [{"fund": "grants", "year": "2025-07-01", "budget": "300.00", "reserved": "0.00", "committed": "0.00"}])
    eq(kinds(grant(d, "P2", "g2")), ["payment"])
    third = grant(d, "P3", "g3")
    eq(kinds(third), ["payment", "notice"])
    eq([third["outcomes"][1][k] for k in ("to", "fund", "amount")], ["helper", "grants", "0.00"])
    fourth = grant(d, "P4", "g4")
    eq(kinds(fourth), ["unfunded"])
    assert "draw" not in fourth["outcomes"][0]
    eq(fund_of(d), ("0.00", "300.00", "0.00"))
    # Another county, and another year, have their own.
    eq(accepted(d.send(event("granted", "P5", county="yolo", time="2025-08-01T12:00:00-07:00")))["outcomes"][0]["kind"], "payment")
    eq(kinds(grant(d, "P4", "g5", "2026-08-01T12:00:00-07:00")), ["payment"])
    eq(fund_of(d, year="2026-07-01"), ("0.00", "100.00", "200.00"))
    d.stop()
    sums, pots = drawn(folder)
    eq(sums, pots)
    d = folder.start()
    eq(fund_of(d), ("0.00", "300.00", "0.00"))
    eq(kinds(grant(d, "P1", "g6")), ["unfunded"])


@test
def a_schedule_sets_aside_and_gives_back(folder):
    d = folder.start()
    year = "2090-07-01"
    start = grant(d, "P1", "a1", "2090-08-01T12:00:00-07:00", "aided")
    eq(start["outcomes"][0]["draw"]["reserved"], "50.00")
    eq(fund_of(d, year=year), ("50.00", "0.00", "250.00"))
    end = grant(d, "P1", "a2", "2090-08-03T12:00:00-07:00", "aid_ended")
    eq(end["outcomes"][0]["draw"]["reserved"], "-30.00")
    eq(fund_of(d, year=year), ("0.00", "20.00", "280.00"))
    # It had ended a day before: the second payment is taken back, and its money with it.
    late = grant(d, "P1", "a3", "2090-08-02T06:00:00-07:00", "aid_ended")
    assert "reversal" in kinds(late), late
    eq(fund_of(d, year=year), ("0.00", "10.00", "290.00"))
    d.stop()
    sums, pots = drawn(folder)
    eq(sums, pots)


@test
def evaluating_draws_on_nothing(folder):
    d = folder.start()
    grant(d, "P1", "a1", "2090-08-01T12:00:00-07:00", "aided")
    for _ in range(2):
        got = accepted(d.send(event("granted", "P1", time="2090-08-03T12:00:00-07:00"), path="/v1/evaluate"))
        eq(kinds(got), ["payment"])
        # What falls due before it has been paid there.
        eq([got["inputs"][-1][k] for k in ("reserved", "committed")], ["30.00", "20.00"])
    eq(fund_of(d, year="2090-07-01"), ("50.00", "0.00", "250.00"))


@test
def who_may_see_the_funds(folder):
    d = folder.start()
    problem(d.get("/v1/funds", token="submit"), 403, "role-forbidden")
    problem(d.get("/v1/funds", token=None), 401, "token-required")
    problem(d.get("/v1/funds?x=1"), 400, "bad-query")
    eq({f["county"] for f in funds(d, token="audit")}, {"alameda", "los_angeles", "yolo"})
    folder.add_token("yolo", "read", "yolo")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq({f["county"] for f in funds(d, token="yolo")}, {"yolo"})


@test
def a_raised_budget_pays_again(folder):
    d = folder.start()
    for i in range(3):
        grant(d, "P%d" % i, "g%d" % i, time=utc())
    eq(kinds(grant(d, "P7", "g7", time=utc())), ["unfunded"])
    folder.edit("program.way", "grant_budget is $300", "grant_budget is $400")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(fund_of(d, year=fiscal_year()), ("0.00", "300.00", "100.00"))
    eq(kinds(grant(d, "P8", "g8", time=utc())), ["payment", "notice"])
    eq(kinds(grant(d, "P9", "g9", time=utc())), ["unfunded"])


@test
def late_grants_keep_what_was_granted(folder):
    d = folder.start()
    for i in range(3):
        grant(d, "P%d" % i, "g%d" % i, "2025-08-1%dT12:00:00-07:00" % i)
    late = grant(d, "P0", "g7", "2025-08-01T12:00:00-07:00")
    eq(kinds(late), ["unfunded"])
    eq(fund_of(d), ("0.00", "300.00", "0.00"))
    d.stop()
    sums, pots = drawn(folder)
    eq(sums, pots)
    d = folder.start()
    explained = folder.run("explain", late["outcomes"][0]["id"])
    eq(explained.returncode, 0)
    assert "unfunded: pay $100.00 to P0 from grants" in explained.stdout, explained.stdout
    assert "the fund had $0.00 left of $300.00, and pays all or nothing" in explained.stdout, explained.stdout


# ---- places ----


def capacity(daemon, county="alameda"):
    (row,) = [c for c in accepted(daemon.get("/v1/capacities"))["capacities"] if c["county"] == county]
    return row["taken"], row["waiting"], row["places"]


def refer(daemon, who, day, type="referred", id=None):
    e = event(type, who, id=id or "%s-%s-%s" % (type, who, day), time="2025-08-%02dT12:00:00-07:00" % day)
    return accepted(daemon.send(e))


def places_of(folder):
    """What the draws of all outcomes come to, who waits by them, and what the ledger says."""
    db = opened(folder.ledger)
    try:
        taken, line = 0, []
        for case, text in db.execute("SELECT c.id, e.decision FROM events e JOIN cases c ON c.no = e.case_no ORDER BY seq"):
            draws = [o["draw"] for o in json.loads(text)["outcomes"] if "capacity" in o.get("draw", {})]
            taken += sum(d["taken"] for d in draws)
            change = sum(d["waiting"] for d in draws)
            line = line + [case] if change > 0 else [c for c in line if c != case] if change < 0 else line
        (pot,) = db.execute("SELECT committed, reserved FROM pots WHERE kind = 'capacity'").fetchall()
        waiting = [c for (c,) in db.execute("SELECT c.id FROM waiting w JOIN cases c ON c.no = w.case_no ORDER BY w.no")]
        eq((taken, len(line)), tuple(pot))
        eq(line, waiting)
        return taken, line
    finally:
        db.close()


@test
def who_comes_first_is_served_first(folder):
    d = folder.start()
    eq(kinds(refer(d, "P1", 1)), ["enrolment"])
    eq(refer(d, "P2", 2)["outcomes"][0]["draw"], {"capacity": "house", "waiting": 0, "taken": 1})
    third = refer(d, "P3", 3)
    eq(kinds(third), ["waitlisting"])
    eq(third["inputs"], [{"capacity": "house", "places": 2, "waiting": 0, "taken": 2}])
    eq(kinds(refer(d, "P4", 4)), ["waitlisting"])
    eq(refer(d, "P3", 5)["outcomes"], [])
    eq(capacity(d), (2, 2, 2))
    eq(kinds(refer(d, "P1", 6, "went")), ["release"])
    eq(capacity(d), (2, 1, 2))
    timeline = accepted(d.get("/v1/cases/P3/timeline"))["events"]
    found = timeline[0]["decision"]
    eq((found["event"]["type"], found["event"]["source"]), ("place_found", "waymark"))
    eq(kinds(found), ["enrolment", "notice"])
    eq(found["outcomes"][0]["of"], third["outcomes"][0]["id"])
    problem(d.send(event("place_found", "P4", data={"capacity": "house"})), 422, "unknown-event")
    eq(kinds(refer(d, "P4", 7, "went")), ["release"])
    eq(capacity(d), (2, 0, 2))
    d.stop()
    eq(places_of(folder), (2, []))
    explained = folder.run("explain", third["outcomes"][0]["id"])
    assert "2 of 2 places were taken, and 0 waited before it" in explained.stdout, explained.stdout
    d = folder.start()
    eq(capacity(d), (2, 0, 2))
    eq(kinds(refer(d, "P9", 8)), ["waitlisting"])


@test
def more_places_are_given_on_reload(folder):
    d = folder.start()
    for i in range(5):
        refer(d, "P%d" % i, i + 1)
    eq(capacity(d), (2, 3, 2))
    folder.edit("program.way", "house_places is 2", "house_places is 4")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(until(lambda: capacity(d) == (4, 1, 4) and capacity(d)), (4, 1, 4))
    d.stop()
    eq(places_of(folder), (4, ["P4"]))


@test
def a_place_that_was_free_when_the_daemon_ended(folder):
    d = folder.start()
    for i in range(3):
        refer(d, "P%d" % i, i + 1)
    d.stop()
    folder.edit("program.way", "house_places is 2", "house_places is 3")
    d = folder.start()
    eq(capacity(d), (3, 0, 3))
    d.stop()
    eq(places_of(folder), (3, []))


def found_at(daemon, who):
    """When the case was given a place by itself: the time of the event, in UTC."""
    events = accepted(daemon.get("/v1/cases/%s/timeline" % who))["events"]
    return [e["decision"]["event"]["time"] for e in events if e["decision"]["event"]["type"] == "place_found"]


@test
def places_that_come_on_a_date_are_given_on_that_day(folder):
    folder.edit("program.way", "house_places is 2", "house_places is 1\n  2 from 2025-08-10\n  4 from 2025-11-03")
    d = folder.start()
    for i in range(6):  # in time that has passed: a place of the 10th comes at once
        refer(d, "P%d" % i, i + 1)
    until(lambda: capacity(d) == (4, 2, 4))
    eq([found_at(d, "P%d" % i) for i in range(5)],
       [[], ["2025-08-10T00:00:00-07:00"], ["2025-11-03T00:00:00-08:00"], ["2025-11-03T00:00:00-08:00"], []])
    d.stop()
    eq(places_of(folder), (4, ["P4", "P5"]))


@test
def places_that_came_while_the_daemon_was_down(folder):
    d = folder.start()
    for i in range(5):
        refer(d, "P%d" % i, i + 1)
    d.kill()
    folder.daemons.clear()
    folder.edit("program.way", "house_places is 2", "house_places is 2\n  3 from 2025-08-15\n  4 from 2025-08-20")
    for again in range(2):
        d = folder.start()
        eq(capacity(d), (4, 1, 4))
        eq([found_at(d, "P%d" % i) for i in range(2, 5)],
           [["2025-08-15T00:00:00-07:00"], ["2025-08-20T00:00:00-07:00"], []])
        d.kill()
        folder.daemons.clear()
    eq(places_of(folder), (4, ["P4"]))


@test
def late_who_was_referred_before_keeps_the_place(folder):
    d = folder.start()
    for i in range(4):
        refer(d, "P%d" % i, i + 10)
    # Earlier than what was known: the place is kept, and so is the place in the line.
    late = refer(d, "P0", 1)
    eq(sorted(kinds(late)), ["enrolment", "reversal"])
    late = refer(d, "P2", 1)
    eq(sorted(kinds(late)), ["reversal", "waitlisting"])
    eq(capacity(d), (2, 2, 2))
    eq(kinds(refer(d, "P1", 20, "went")), ["release"])
    eq(accepted(d.get("/v1/cases/P2/timeline"))["events"][0]["decision"]["event"]["type"], "place_found")
    # Somebody had left long ago: the next in line gets the place.
    refer(d, "P0", 15, "went")
    eq(capacity(d), (2, 0, 2))
    d.stop()
    eq(places_of(folder), (2, []))


@test
def a_full_disk_gives_the_money_back(folder):
    folder.edit("program.way", "grant_budget is $300", "grant_budget is $1,000,000")
    d = folder.start("--ledger-most", "400000")
    n = 0
    while True:
        batch = [event("granted", "P%d-%d" % (n, k), time="2025-08-01T12:00:00-07:00") for k in range(7)]
        if d.send(batch).status != 200:
            break
        n += 1
        assert n < 1000
    until(lambda: d.get("/readyz", token=None).status == 200 or drawn(folder) and True)
    sums, pots = drawn(folder)
    eq(sums, pots)
    until(lambda: "%d.00" % (pots[("grants", "alameda", "2025-07-01")][1] // 100) == fund_of(d)[1])


@test
def a_case_that_a_new_policy_does_not_fit(folder):
    folder.ruined = True
    d = folder.start()
    accepted(d.send(event("support", "P1", county="yolo", time=utc(1.0))))
    accepted(d.send(event("support", "P2", time=utc(1.2))))
    accepted(d.send(event("opened", "O1", county="yolo", data={"open": False})))
    county = '\ncounty yolo "Yolo County"\n  adopts trial from 2024-01-01\n'
    folder.edit("counties.way", county, "")
    d.signal(signal.SIGHUP)
    assert '2 cases would lack the county "yolo"' in d.wait_log("reload-failed")[0]["reason"]
    d.stop()
    folder.force()
    d = folder.start()
    problem(d.get("/v1/cases/P1"), 500, "case-unreadable")
    problem(d.send(event("missed", "P1", county="yolo")), 422, "bad-event")
    # Nor may a case that cannot be read pass for one that does not exist.
    visit = event("visit", "P3", id="v", time=utc(), data={"minutes": 60, "office": "O1"})
    problem(d.send(visit), 500, "case-unreadable")
    problem(d.send(visit, path="/v1/evaluate"), 500, "case-unreadable")
    problem(d.get("/v1/cases/P3"), 404, "not-found")
    line = until(lambda: (lambda l: len(l) == 2 and l)(d.get("/v1/cases/P2/timeline").json["events"]))
    eq(kinds(line[0]["decision"]), ["payment"])
    until(lambda: "waymark_due_stuck 1\n" in d.get("/metrics", token=None).body)
    folder.edit("counties.way", "county los_angeles", county.strip() + "\n\ncounty los_angeles")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    line = until(lambda: (lambda l: len(l) == 2 and l)(d.get("/v1/cases/P1/timeline").json["events"]))
    eq(kinds(line[0]["decision"]), ["payment"])
    eq(kinds(accepted(d.send(visit))), ["payment", "notice"])
    assert "waymark_due_stuck 0\n" in d.get("/metrics", token=None).body
    d.stop()
    assert "P1" not in "".join(d.lines)


def standing_of(pid, field):
    """What the kernel says of every thread of a process."""
    found = set()
    for thread in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/status" % (pid, thread)) as f:
            found |= {line.split()[1] for line in f if line.startswith(field + ":")}
    return found


@test
def every_thread_is_confined(folder):
    d = folder.start("--confine", "required")
    eq(standing_of(d.process.pid, "Seccomp"), {"2"})
    eq(standing_of(d.process.pid, "NoNewPrivs"), {"1"})
    accepted(d.send(event("visit", "P1", data={"minutes": 60})))
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(standing_of(d.process.pid, "Seccomp"), {"2"})
    d.stop()
    d = folder.start("--confine", "no")
    eq(standing_of(d.process.pid, "Seccomp"), {"0"})
    d.stop()


@test
def another_user(folder):
    """Root becomes a user who owns the folder; there is no way back, and nobody else can."""
    if os.geteuid() != 0:
        return
    nobody = pwd.getpwnam("nobody")
    for where, folders, files in os.walk(folder.path):
        for name in [where] + [os.path.join(where, f) for f in folders + files]:
            os.chown(name, nobody.pw_uid, nobody.pw_gid)
    d = folder.start("--user", "nobody")
    eq(standing_of(d.process.pid, "Uid"), {str(nobody.pw_uid)})
    eq(standing_of(d.process.pid, "CapPrm"), {"0" * 16})
    accepted(d.send(event("visit", "P1", data={"minutes": 60})))
    d.stop()
    assert "runs-as-root" not in "".join(d.lines)
    said = folder.run("serve", "--policies", folder.policies, "--user", "nobody-of-that-name")
    eq(said.returncode, 2)
    assert "there is no user nobody-of-that-name on this machine" in said.stderr, said.stderr


@test
def a_rulebook_behind_a_symbolic_link(folder):
    """A release is put in force by pointing the link elsewhere; Landlock must let that pass."""
    releases = os.path.join(folder.path, "elsewhere", "releases")
    os.makedirs(releases)
    for n in "12":
        shutil.copytree(folder.policies, os.path.join(releases, n))
    shutil.rmtree(folder.policies)
    os.symlink(os.path.join(releases, "1"), folder.policies)
    d = folder.start("--confine", "required")
    os.symlink(os.path.join(releases, "2"), folder.policies + ".new")
    os.rename(folder.policies + ".new", folder.policies)
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    d.stop()


@test
def the_log_is_json_lines(folder):
    d = folder.start()
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    d.stop()
    events = [line["event"] for line in d.log()]
    if os.geteuid() == 0:
        eq(events.pop(0), "runs-as-root")
    eq(events, ["listening", "tokens", "reloaded", "draining", "stopped"])
    for line in d.log():
        assert line["level"] in ("info", "warning", "error") and line["time"].endswith("Z"), line


@test
def wrong_usage(folder):
    import subprocess

    from waymarkd import WAYMARK

    def run(*args):
        return subprocess.run([WAYMARK, *args], capture_output=True, text=True, timeout=20)

    eq(run("serve").returncode, 2)
    eq(run("serve", "--policies", folder.policies).returncode, 2)
    base = ["serve", "--policies", folder.policies, "--ledger", folder.ledger]
    eq(run(*base, "--queue", "0").returncode, 2)
    eq(run(*base, "--ledger-most", "262143").returncode, 2)
    got = run(*base, "--listen", "0.0.0.0:0")
    eq(got.returncode, 2)
    assert "127.0.0.1" in got.stderr, got.stderr
    eq(run("serve", "--policies", folder.path + "/none", "--ledger", folder.ledger).returncode, 1)
    with open(folder.path + "/text", "w", encoding="utf-8") as f:
        f.write("not a ledger" * 1000)
    eq(run("serve", "--policies", folder.policies, "--ledger", folder.path + "/text").returncode, 3)
    eq(run("token", "add", "x", "--role", "king", "--county", "all", "--ledger", folder.ledger).returncode, 2)
    eq(run("token", "add", "read", "--role", "read", "--county", "all", "--ledger", folder.ledger).returncode, 1)
    eq(run("token", "revoke", "nobody", "--ledger", folder.ledger).returncode, 1)
    listed = run("token", "list", "--json", "--ledger", folder.ledger)
    eq({t["name"] for t in json.loads(listed.stdout)}, {"submit", "read", "audit", "author", "approve", "admin"})
    for secret in folder.tokens.values():
        assert secret not in listed.stdout
        with open(folder.ledger + ".tokens", encoding="utf-8") as f:
            assert secret not in f.read()


@test
def a_unix_socket(folder):
    path = os.path.join(folder.path, "sock")
    d = folder.start("--socket", path)
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        eq(s.recv(12), b"HTTP/1.1 200")
    d.stop()
    assert not os.path.exists(path)


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
