#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A recorded history under a candidate: what `waymark replay --candidate` says of it, against sums that are
taken here from what `waymark run` decides of the same events.

    test_replay.py [PART OF A NAME]

EDITS=N tries N small edits of the policy instead of a few. The last line is "N passed, N failed".
"""
import collections
import contextlib
import datetime
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import zoneinfo

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "audit"))
import edits
from amended import correct, random_history, visit
from checks import DAY, accepted, days_ago, eq, main, problem, test, until
from opened import opened
from waymarkd import POLICIES, WAYMARK, end_with_its_daemons, event, utc

PASSED_OVER = ("id", "of", "because", "draw", "event", "version")


def waymark(*args, ok=(0, 1)):
    done = subprocess.run([WAYMARK, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert done.returncode in ok, (args, done.returncode, done.stdout, done.stderr)
    return done


def replay(folder, candidate, *more):
    return json.loads(waymark("replay", folder.ledger, "--candidate", candidate, "--json", *more).stdout)


def candidate(folder, *changes, name="candidate"):
    """A copy of the policies with some texts replaced."""
    path = os.path.join(folder.path, name)
    shutil.copytree(POLICIES, path, dirs_exist_ok=True)
    for file, old, new in changes:
        with open(os.path.join(path, file), encoding="utf-8") as f:
            text = f.read()
        assert old in text, old
        with open(os.path.join(path, file), "w", encoding="utf-8") as f:
            f.write(text.replace(old, new))
    return path


def dearer(folder):
    return candidate(folder, ("program.way", "visit_pay is $100", "visit_pay is $120"))


# ---- the same, worked out here ----


def recorded(folder):
    """The events from outside, in order of recording, and the last recorded moment."""
    with contextlib.closing(opened(folder.ledger)) as db:
        rows = db.execute("SELECT event, sender, received_us FROM events ORDER BY seq").fetchall()
    return [e for e, sender, _ in rows if sender], max(at for *_, at in rows)


def local_day(time):
    at = datetime.datetime.fromisoformat(time)
    return at.astimezone(zoneinfo.ZoneInfo("America/Los_Angeles")).date().isoformat()


def decided(folder, rulebook):
    """What stands under a rulebook, by case: the outcomes by their ids."""
    events, last = recorded(folder)
    path = os.path.join(folder.path, "events.jsonl")
    with open(path, "w", encoding="utf-8") as f:
        f.write("".join(e + "\n" for e in events))
    days = {(e["source"], e["id"]): local_day(e["time"]) for e in map(json.loads, events)}
    out = waymark("run", "--any-order", "--until", utc()[:10], rulebook, path).stdout
    cases = collections.defaultdict(dict)
    for line in out.splitlines():
        d = json.loads(line)
        at = datetime.datetime.fromisoformat(d["event"]["time"]).timestamp()
        if at * 1e6 > last and d["event"]["source"] == "waymark":
            continue  # what had not fallen due yet
        for o in d["outcomes"]:
            if o["kind"] == "reversal":
                cases[d["case"]].pop(o["of"])
            else:
                of = o.get("event", d["event"])  # what a late event brought follows from another one
                day = o.get("due") or days.get((of["source"], of["id"])) or d["event"]["time"][:10]
                cases[d["case"]][o["id"]] = dict(o, county=d["county"], day=day)
    return cases


def says(o):
    return json.dumps({k: v for k, v in o.items() if k not in PASSED_OVER + ("day", "county")}, sort_keys=True)


def money(cases):
    sums = collections.Counter()
    for outcomes in cases.values():
        for o in outcomes.values():
            what = {"payment": "paid", "assessment": "assessed"}.get(o["kind"])
            if what and o["status"] == "due":
                key = (what, o.get("fund", ""), o["county"], o["because"].get("program", ""), o["day"][:7])
                sums[key] += round(float(o["amount"]) * 100)
    return {k: v for k, v in sums.items() if v}


def has_benefit(outcomes):
    return any(o["kind"] == "enrolment" or (o["kind"], o["status"]) in (("payment", "due"), ("schedule", "started"))
               for o in outcomes.values())


def compare(report, old, new):
    """The report against the two runs."""
    for side, cases in (("recorded", old), ("candidate", new)):
        told = {(m["what"], m.get("fund", ""), m["county"], m.get("program", ""), m["month"]):
                round(float(m[side]["amount"]) * 100) for m in report["money"] if m["what"] != "unfunded"}
        eq({k: v for k, v in told.items() if v}, money(cases))
        eq(report["outcomes"][side], sum(len(o) for o in cases.values()))
    affected = newly = no_longer = same = added = removed = 0
    for case in set(old) | set(new):
        a, b = (collections.Counter(says(o) for o in c.get(case, {}).values()) for c in (old, new))
        both = a & b
        same += sum(both.values())
        removed += sum((a - both).values())
        added += sum((b - both).values())
        affected += a != b
        if a != b:
            before, after = has_benefit(old.get(case, {})), has_benefit(new.get(case, {}))
            newly += after and not before
            no_longer += before and not after
    told = report["outcomes"]
    eq((told["same"], told["removed"] + told["changed"], told["added"] + told["changed"]), (same, removed, added))
    eq(report["affected"], {"cases": affected, "newly_with_benefit": newly, "no_longer_with_benefit": no_longer})
    return affected


def history(folder, rng, cases=12):
    """Random lives of some people, in a random order of arrival; what is refused is left out."""
    d = folder.start()
    events = [e for i in range(cases) for e in random_history(rng, "P%d" % i)]
    rng.shuffle(events)
    for e in events:
        d.send(e)
    settled(d, cases)
    d.stop()


def settled(d, cases):
    now = datetime.datetime.now(datetime.timezone.utc)
    for i in range(cases):
        answer = d.get("/v1/cases/P%d/upcoming" % i)
        if answer.status == 200:
            until(lambda: all(datetime.datetime.fromisoformat(u["at"]) > now for u in
                              accepted(d.get("/v1/cases/P%d/upcoming" % i))["upcoming"]))


# ---- tests ----


@test
def what_a_raised_amount_costs(folder):
    seed = random.randrange(1 << 30)
    print("SEED=%d" % seed, flush=True)
    history(folder, random.Random(seed))
    path = dearer(folder)
    report = replay(folder, path, "--cases")
    assert compare(report, decided(folder, folder.policies), decided(folder, path)) > 0
    eq({p["block"] for p in report["provisions"]}, {"visits"})
    eq({(o["recorded"]["amount"], o["candidate"]["amount"]) for c in report["differing"] for o in c["outcomes"]},
       {("100.00", "120.00")})
    eq(([a["field"] for a in report["asks"]], report["unknown"], report["refused"]), (["office"], [], []))


@test
def small_edits(folder):
    seed = int(os.environ.get("SEED") or random.randrange(1 << 30))
    count = int(os.environ.get("EDITS") or 12)
    print("SEED=%d" % seed, flush=True)
    rng = random.Random(seed)
    history(folder, rng, 20)
    old = decided(folder, folder.policies)
    path = candidate(folder)
    every = list(edits.all_of(path))
    rng.shuffle(every)
    tried = differ = 0
    for edit in every:
        if tried == count:
            break
        edit.apply(path)
        if waymark("check", path).returncode == 0:
            tried += 1
            try:
                differ += compare(replay(folder, path), old, decided(folder, path)) > 0
            except AssertionError as e:
                raise AssertionError("%r: %s" % (edit, e)) from e
        edit.undo(path)
    assert tried and differ, (tried, differ)


@test
def threads_change_nothing(folder):
    history(folder, random.Random(7))
    path = dearer(folder)
    outs = set()
    for jobs in ("1", "2", "5"):
        csv, html = os.path.join(folder.path, "money.csv"), os.path.join(folder.path, "report.html")
        done = waymark("replay", folder.ledger, "--candidate", path, "--json", "--cases", "--jobs", jobs, "--csv", csv,
                       "--html", html)
        outs.add((done.stdout, open(csv, encoding="utf-8").read(), open(html, encoding="utf-8").read()))
    eq(len(outs), 1)
    (_, csv, html), = outs
    assert csv.startswith("what,fund,county,program,month,recorded") and csv.count("\n") > 2, csv
    assert html.startswith("<!DOCTYPE html>") and "<svg" in html and "</html>" in html and "<script" not in html
    assert "P1" not in waymark("replay", folder.ledger, "--candidate", path, "--html", html_path(folder)).stdout
    assert ">P1<" not in open(html_path(folder), encoding="utf-8").read()


def html_path(folder):
    return os.path.join(folder.path, "without.html")


@test
def texts_of_any_kind(folder):
    """Escapes, and letters that are not ASCII, in ids and values."""
    d = folder.start()
    who, id = 'P "1" \\ \u00fc', 'e "%d" \\ \u00e9'
    accepted(d.send(event("visit", who, id=id % 1, time=days_ago(9), data={"minutes": 60})))
    accepted(d.send(event("moved", who, id=id % 2, time=days_ago(8), data={"home": 'Stra\u00dfe "7"\n\tII'})))
    accepted(d.send(event("missed", who, id=id % 3, time=days_ago(7))))
    accepted(d.send(event("support", who, id=id % 4, time=days_ago(6))))
    accepted(d.send(event("visit", who, id=id % 5, time=days_ago(5), data={"minutes": 60})))
    accepted(d.send(correct(id % 1, id="c1", subject=who, datad={"minutes": 59}, time=days_ago(4))))
    d.stop()
    eq(replay(folder, folder.policies)["same"], True)
    path = dearer(folder)
    report = replay(folder, path, "--cases")
    compare(report, decided(folder, folder.policies), decided(folder, path))
    eq((report["outcomes"]["changed"], [c["case"] for c in report["differing"]]), (1, [who]))


@test
def several_versions_decided_it(folder):
    """The candidate decides all of it, whoever decided it then."""
    d = folder.start()
    accepted(d.send(visit("v1", time=utc(-1))))
    folder.edit("program.way", "visit_pay is $100", "visit_pay is $120")
    d.signal(1)
    d.wait_log("reloaded")
    accepted(d.send(visit("v2")))
    d.stop()
    report = replay(folder, candidate(folder), "--cases")
    eq((report["versions"], report["affected"]["cases"], report["outcomes"]["changed"]), (2, 1, 1))
    (o,) = report["differing"][0]["outcomes"]
    eq((o["recorded"]["amount"], o["candidate"]["amount"]), ("120.00", "100.00"))
    eq(replay(folder, folder.policies)["outcomes"]["changed"], 1)


@test
def versions_that_mean_the_same_change_nothing(folder):
    """Three versions that differ in a comment decided a random history; each of them decides it all the same."""
    seed = random.randrange(1 << 30)
    print("SEED=%d" % seed, flush=True)
    rng = random.Random(seed)
    d = folder.start()
    events = [e for i in range(9) for e in random_history(rng, "P%d" % i)]
    rng.shuffle(events)
    for part in range(3):
        for e in events[part::3]:
            d.send(e)
        for who in ("P0", "P1", "Q%d" % part):
            accepted(d.send(visit("now-%s-%d" % (who, part), subject=who)))
        folder.edit("program.way", "rule fees", "# resolution %d\nrule fees" % part)
        d.signal(1)
        d.wait_log("reloaded", n=part + 1)
    settled(d, 9)
    names = [v["version"] for v in accepted(d.get("/v1/policies"))["versions"]]
    d.stop()
    eq(len(names), 4)
    for name in names:
        report = replay(folder, name)
        eq((report["same"], report["versions"]), (True, 3))


@test
def a_version_of_the_ledger_by_its_name(folder):
    d = folder.start()
    accepted(d.send(visit("v1")))
    name = accepted(d.get("/v1/policies"))["in_force"]["version"]
    d.stop()
    eq(replay(folder, name)["same"], True)
    done = waymark("replay", folder.ledger, "--candidate", "0123456789abcdef", ok=(3,))
    assert "has no version 0123456789abcdef" in done.stderr, done.stderr


@test
def what_the_candidate_asks(folder):
    """What its provisions wait for and read, and the history does not hold; and what the history has and the
    candidate lacks."""
    d = folder.start()
    accepted(d.send(visit("v1", time=days_ago(3))))
    accepted(d.send(event("fee", "P1", time=days_ago(2))))
    accepted(d.send(event("attended", "P1", time=days_ago(2))))
    d.stop()
    hidden = {"fact": "hidden", "of_kind": "person", "optional": False, "before": True, "events": 0}
    path = candidate(
        folder,
        ("vocabulary.way", "  minutes : number", "  remote : yes/no\n  minutes : number"),
        ("vocabulary.way", 'event attended of person "Came to a session"\n', 'event seen_off of person "Saw them off"\n'),
        ("program.way", "stipend sessions of person\n  on attended\n  pay $10 to person from pot\n  at most 1 per day\n", ""),
    )
    report = replay(folder, path)
    remote = {"field": "remote", "of_event": "visit", "optional": False, "before": False, "events": 1}
    eq(report["asks"], [remote, hidden])  # nothing waits for seen_off
    eq(report["unknown"], [{"event": "attended", "events": 1}])
    eq(sorted((r["event"], r["type"], r["where"]) for r in report["refused"]),
       [("attended", "unknown-event", "type"), ("visit", "bad-event", "data.remote")])
    text = waymark("replay", folder.ledger, "--candidate", path).stdout
    assert "field `remote` of `visit`: 1 event without it, refused" in text, text
    assert "fact `hidden` of `person` (asked when it was recorded, too)" in text, text


@test
def what_is_only_declared_is_not_asked(folder):
    """A field, a fact and an event are asked where a provision reads them or waits for them; a fact that was
    known and never said is asked when it is read."""
    d = folder.start()
    accepted(d.send(event("opened", "O1", time=days_ago(4), data={"open": True})))
    accepted(d.send(event("visit", "P1", time=days_ago(3), data={"minutes": 60})))
    accepted(d.send(event("marked", "P1", time=days_ago(2), data={"hidden": True})))
    d.stop()
    office = {"field": "office", "of_event": "visit", "optional": True, "before": True, "events": 1}
    declared = [
        ("vocabulary.way", "  minutes : number", "  remote : yes/no optional\n  minutes : number"),
        ("vocabulary.way", "case office", "  young : yes/no default no\n\ncase office"),
        ("vocabulary.way", "event missed of", 'event told of person "Told"\n  sets young\n\nevent missed of'),
    ]
    eq(replay(folder, candidate(folder, *declared))["asks"], [office])
    path = candidate(
        folder, *declared,
        ("program.way", "on visit when minutes >= 60", "on visit when minutes >= 60 and not young and remote is not known"),
        ("program.way", "rule fees", "rule told_of of person\n  on told\n  notify helper \"Told\"\n\nrule fees"),
    )
    eq(replay(folder, path)["asks"], [
        {"field": "remote", "of_event": "visit", "optional": True, "before": False, "events": 1},
        {"event": "told", "optional": False, "before": False, "events": 0},
        {"fact": "young", "of_kind": "person", "optional": False, "before": False, "events": 0},
        office,
    ])


@test
def deadlines_come_at_their_time(folder):
    """A shorter deadline fires where the longer one was answered in time, and one that is not recorded yet
    fires when the recorded clock has come to it."""
    d = folder.start()
    accepted(d.send(event("missed", "P1", id="m1", time=days_ago(30))))
    accepted(d.send(event("enrolled", "P1", id="e1", time=days_ago(20))))  # 10 days after
    accepted(d.send(event("missed", "P2", id="m2", time=days_ago(5))))  # nothing is due yet
    d.stop()
    path = candidate(folder, ("program.way", "within 14 days", "within 3 days"))
    report = replay(folder, path, "--cases")
    compare(report, decided(folder, folder.policies), decided(folder, path))
    eq({c["case"]: sorted(o["candidate"]["kind"] for o in c["outcomes"] if o["change"] == "added")
        for c in report["differing"]}, {"P1": ["notice"], "P2": ["notice"]})


@test
def a_history_is_kept_where_it_is_needed(folder):
    """Late only under the candidate: its deadline fires before an event of earlier time arrives."""
    d = folder.start()
    accepted(d.send(event("missed", "P1", id="m1", time=utc(-10 * DAY))))
    accepted(d.send(visit("v1", time=utc(-6 * DAY))))
    accepted(d.send(correct("v1", id="c1", datad={"minutes": 10}, time=utc(-5 * DAY))))
    d.stop()
    path = candidate(folder, ("program.way", "within 14 days", "within 3 days"))
    compare(replay(folder, path), decided(folder, folder.policies), decided(folder, path))


@test
def an_empty_ledger(folder):
    folder.start().stop()
    html = html_path(folder)
    report = json.loads(waymark("replay", folder.ledger, "--candidate", dearer(folder), "--json", "--html", html, ok=(0,)).stdout)
    eq((report["same"], report["last"], report["cases"]), (True, 0, 0))
    assert "no events yet" in open(html, encoding="utf-8").read()


@test
def destroyed_cases_are_not_compared(folder):
    d = folder.start()
    for who in ("P1", "P2", "P3"):
        accepted(d.send(visit("v-" + who, subject=who)))
    d.stop()
    waymark("purge", folder.ledger, "--case", "P2", "--order", "SC-1", "--reason", "record relief", ok=(0,))
    report = replay(folder, dearer(folder), "--cases")
    eq(report["not_compared"], {"events": 1, "cases": 1})
    eq([c["case"] for c in report["differing"]], ["P1", "P3"])
    eq(report["outcomes"]["recorded"], 2)
    text = waymark("replay", folder.ledger, "--candidate", dearer(folder)).stdout
    assert "Not compared: 1 event of a destroyed case" in text, text


@test
def a_candidate_that_does_not_compile(folder):
    d = folder.start()
    accepted(d.send(visit("v1")))
    d.stop()
    path = candidate(folder, ("program.way", "visit_pay is $100", "visit_pay is $1,20"))
    done = waymark("replay", folder.ledger, "--candidate", path, ok=(1,))
    assert "program.way" in done.stderr and done.stdout == "", done


@test
def a_damaged_ledger(folder):
    """It says from where on it cannot be read; what comes before can still be asked."""
    d = folder.start()
    for i in range(5):
        accepted(d.send(visit("v%d" % i, subject="P%d" % i)))
    d.stop()
    folder.ruined = True
    with contextlib.closing(sqlite3.connect(folder.ledger)) as db:
        db.execute("DROP TRIGGER events_no_update")
        db.execute("UPDATE events SET event = zeroblob(length(event)) WHERE seq = 4")
        db.commit()
    done = waymark("replay", folder.ledger, "--candidate", dearer(folder), ok=(3,))
    assert "event 4: " in done.stderr and "--to 3" in done.stderr and done.stdout == "", done
    report = replay(folder, dearer(folder), "--to", "3")
    eq((report["last"], report["events"], report["outcomes"]["changed"]), (3, 3, 3))
    with contextlib.closing(sqlite3.connect(folder.ledger)) as db:
        db.execute("DROP TRIGGER events_no_delete")
        db.execute("DELETE FROM events WHERE seq = 2")
        db.commit()
    done = waymark("replay", folder.ledger, "--candidate", dearer(folder), ok=(3,))
    assert "event 2: it is missing" in done.stderr, done


@test
def a_ledger_of_an_older_schema(folder):
    d = folder.start()
    accepted(d.send(visit("v1")))
    d.stop()
    folder.ruined = True
    with contextlib.closing(sqlite3.connect(folder.ledger)) as db:
        db.execute("PRAGMA user_version = 3")
    done = waymark("replay", folder.ledger, "--candidate", dearer(folder), ok=(3,))
    assert "older version of waymark" in done.stderr and done.stdout == "", done


# ---- over HTTP ----


def begin(d, version, token="audit"):
    return d.ask("POST", "/v1/replays", json.dumps({"version": version}), {"Content-Type": "application/json"}, token)


def finished(d, where, token="audit"):
    def read():
        got = accepted(d.get(where, token=token))
        return got if got["state"] != "running" else None

    return until(read)


@test
def over_http_it_is_the_same(folder):
    d = folder.start()
    first = accepted(d.get("/v1/policies"))["in_force"]["version"]
    for i in range(8):
        accepted(d.send(visit("v%d" % i, subject="P%d" % i, time=utc(-1))))
    folder.edit("program.way", "visit_pay is $100", "visit_pay is $120")
    d.signal(1)
    d.wait_log("reloaded")
    second = accepted(d.get("/v1/policies"))["in_force"]["version"]
    for token, version in (("audit", second), ("author", first), ("approve", second)):
        began = begin(d, version, token)
        eq((began.status, began.json["version"], began.json["state"]), (202, version, "running"))
        where = began.headers["Location"]
        got = finished(d, where, token)
        eq((got["state"], got["done"], got["of"]), ("done", 8, 8))
        eq(got["report"], replay(folder, version))
        eq(got["report"]["same"], version == first)
        html = html_path(folder)
        waymark("replay", folder.ledger, "--candidate", version, "--html", html)
        page = d.get(where + "?format=html", token=token)
        eq((page.status, page.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        eq(page.body, open(html, encoding="utf-8").read())
        eq(d.get(where + "?format=html", token=token, headers={"Accept": "text/html"}).status, 200)
    d.stop()


@test
def what_http_refuses(folder):
    d = folder.start()
    version = accepted(d.get("/v1/policies"))["in_force"]["version"]
    problem(begin(d, "0123456789abcdef"), 404, "not-found")
    for body in ("", "{}", '{"version":1}', '{"version":"x"}', '{"version":"%s","to":3}' % version):
        problem(d.ask("POST", "/v1/replays", body, {"Content-Type": "application/json"}, "audit"), 422, "bad-body")
    for number in ("0", "1", "x", "99999999999999999999"):
        problem(d.get("/v1/replays/" + number, token="audit"), 404, "not-found")
    for n in range(1, 6):  # one more than are kept
        eq(begin(d, version).headers["Location"], "/v1/replays/%d" % n)
        finished(d, "/v1/replays/%d" % n)
    problem(d.get("/v1/replays/1", token="audit"), 404, "not-found")
    eq(d.get("/v1/replays/2", token="audit").status, 200)
    problem(d.get("/v1/replays/2?format=pdf", token="audit"), 400, "bad-query")
    d.stop()


@test
def events_go_on_meanwhile(folder):
    """A replay is of what was there when it began, and holds nobody up."""
    d = folder.start()
    version = accepted(d.get("/v1/policies"))["in_force"]["version"]
    for part in range(5):
        accepted(d.send([visit("v%d-%d" % (part, i), subject="P%d" % i) for i in range(200)]))
    busy = 0
    for n in range(3):
        where = begin(d, version).headers["Location"]
        again = begin(d, version)
        busy += again.status == 503
        accepted(d.send(visit("w%d" % n)))
        got = finished(d, where)
        eq((got["state"], got["report"]["same"]), ("done", True))
        assert got["of"] in (1000 + n, 1001 + n), got["of"]
        if again.status == 202:
            finished(d, again.headers["Location"])
        else:
            problem(again, 503, "busy")
    assert busy, "it was never running"
    begin(d, version)
    d.stop()  # while it runs: it gives up


@test
def a_replay_that_fails_says_why(folder):
    d = folder.start()
    version = accepted(d.get("/v1/policies"))["in_force"]["version"]
    for i in range(3):
        accepted(d.send(visit("v%d" % i, subject="P%d" % i)))
    d.stop()
    folder.ruined = True
    with contextlib.closing(sqlite3.connect(folder.ledger)) as db:
        db.execute("DROP TRIGGER events_no_update")
        db.execute("UPDATE events SET decision = zeroblob(length(decision)) WHERE seq = 2")
        db.commit()
    d = folder.start()
    where = begin(d, version).headers["Location"]
    got = finished(d, where)
    eq(got["state"], "failed")
    assert "event 2: " in got["why"], got
    assert "event 2: " in d.wait_log("replay-failed")[0]["reason"]
    problem(d.get(where + "?format=html", token="audit"), 500, "ledger-unreadable")
    d.stop()


@test
def what_the_options_say(folder):
    d = folder.start()
    accepted(d.send(visit("v1")))
    d.stop()
    for args in ([], ["--verify", "--candidate", folder.policies], ["--verify", "--cases"],
                 ["--candidate", folder.policies, "--jobs", "0"], ["--candidate", folder.policies, "--jobs", "65"],
                 ["--candidate", folder.policies, "--to", "x"]):
        done = waymark("replay", folder.ledger, *args, ok=(2,))
        assert done.stdout == "" and done.stderr.startswith("waymark replay: "), done
    waymark("replay", folder.ledger, "--candidate", folder.policies, "--jobs", "64", ok=(0,))


if __name__ == "__main__":
    end_with_its_daemons()
    main()
