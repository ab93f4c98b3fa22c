#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cases that are destroyed: nothing of them is left in any file, all else is as it was.

    test_purge.py [PART OF A NAME]

KILLS=N ends the command N times at a random moment instead of a few.
"""
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time

from checks import accepted, eq, kinds, main, problem, test, timeline, until
from destroyed import files, hold, no_trace
from opened import opened
from waymarkd import WAYMARK, end_with_its_daemons, event, utc

CANARY = "canary-3f9a"


def waymark(folder, command, *args, ok=True):
    done = subprocess.run(
        [WAYMARK, command, folder.ledger, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )
    if ok:
        eq((done.returncode, done.stderr), (0, ""))
    return done


def purge(folder, case, order="SC-2026-117", *more):
    return waymark(folder, "purge", "--case", case, "--order", order, "--reason", "record relief", *more).stdout


def whole(folder):
    waymark(folder, "verify")


def lives(d, n=4):
    """Some cases with all that a case can have, the last one a canary's; answers what was sent."""
    sent = []
    for i in range(n):
        who = "P%d" % i if i < n - 1 else CANARY
        tag = "%s-%d" % (CANARY if i == n - 1 else "other", i)
        events = [
            event("moved", who, id=tag + "-home", source="/cms/" + tag, data={"home": tag + " street"}),
            event("visit", who, id=tag + "-visit", data={"minutes": 60}),
            event("marked", who, id=tag + "-mark", data={"hidden": True}),
            event("convicted", who, id=tag + "-court"),
            event("aided", who, id=tag + "-aid"),
            event("referred", who, id=tag + "-place"),
            event("review_asked", who, id=tag + "-board"),
            event("missed", who, id=tag + "-missed"),
        ]
        for e in events:
            accepted(d.send(e))
        sent.append(events)
    return sent


def everything(d, *cases):
    return [d.get("/v1/cases/%s%s" % (c, part), token="read").body for c in cases for part in ("", "/timeline", "/upcoming")]


@test
def a_destroyed_case_leaves_no_trace(folder):
    d = folder.start()
    sent = lives(d)
    number = d.get("/v1/cases/%s/timeline" % CANARY).json["events"][0]["seq"]
    outcome = d.get("/v1/cases/%s/timeline" % CANARY).json["events"][-2]["decision"]["outcomes"][0]["id"]
    feed = d.get("/v1/outcomes?limit=1000").json["outcomes"]
    d.stop()
    # What was sealed never stood in plain text.
    no_trace(folder, CANARY)
    d = folder.start()
    before = everything(d, "P0", "P1", "P2")
    funds = {(f["fund"], f["year"]): f["committed"] for f in d.get("/v1/funds").json["funds"] if "year" in f}
    d.stop()
    keys = files(folder)[folder.ledger + ".keys"]
    assert "destroyed: 1 case" in purge(folder, CANARY)
    no_trace(folder, CANARY)
    # The key is gone, and all other keys are as they were.
    after = files(folder)[folder.ledger + ".keys"]
    at = [i for i in range(128, len(keys), 32) if keys[i:i + 32] != after[i:i + 32]]
    eq([after[i:i + 24] for i in at], [b"waymark: destroyed by no"])
    assert not any(keys[at[0]:at[0] + 32] in data for data in files(folder).values())
    whole(folder)
    d = folder.start()
    for part in ("", "/timeline", "/upcoming", "/share/sheet?partner=P1"):
        gone = problem(d.get("/v1/cases/%s%s" % (CANARY, part), token="read"), 410, "destroyed")
        eq(gone["order"], "SC-2026-117")
        assert "SC-2026-117" in gone["detail"] and CANARY not in json.dumps(gone)
    problem(d.get("/v1/decisions/%d" % number), 410, "destroyed")
    # Sent again or anew: nothing comes of it.
    for e in (sent[-1][0], sent[-1][1], event("visit", CANARY, data={"minutes": 60})):
        problem(d.send(e), 410, "destroyed")
        problem(d.send(e, path="/v1/evaluate"), 410, "destroyed")
    # All else is as it was.
    eq(everything(d, "P0", "P1", "P2"), before)
    eq([o for o in feed if o["case"] != CANARY], d.get("/v1/outcomes?limit=1000").json["outcomes"])
    for f in d.get("/v1/funds").json["funds"]:
        if "year" in f:
            eq(f["committed"], funds[(f["fund"], f["year"])])
    assert CANARY not in "".join(d.get(p).body for p in ("/v1/capacities", "/v1/dockets/board", "/v1/funds"))
    accepted(d.send(event("visit", "P0", data={"minutes": 60})))
    d.stop()
    no_trace(folder, CANARY)
    whole(folder)
    explained = subprocess.run([WAYMARK, "explain", "--ledger", folder.ledger, outcome], capture_output=True, text=True)
    assert explained.returncode == 1 and "destroyed" in explained.stderr, explained
    done = waymark(folder, "purge", "--case", CANARY, "--order", "x", "--reason", "y", ok=False)
    assert done.returncode == 1 and "SC-2026-117" in done.stderr, done


def house(d):
    """Who has a place, and who waits."""
    (c,) = [c for c in d.get("/v1/capacities").json["capacities"] if c["county"] == "alameda"]
    return c["taken"], c["waiting"]


def order(d, case, token="admin", **more):
    body = {"case": case, "order": "SC-2026-118", "reason": "record relief", **more}
    return d.ask("POST", "/v1/purges", json.dumps(body), {"Content-Type": "application/json"}, token)


@test
def destroyed_while_the_daemon_runs(folder):
    d = folder.start()
    sent = lives(d)
    for who in ("A", "B"):
        accepted(d.send(event("referred", who)))
    before = everything(d, "P0", "P1")
    eq(house(d), (2, 4))
    done = accepted(order(d, CANARY))
    eq((done["number"], done["order"]), (1, "SC-2026-118"))
    no_trace(folder, CANARY)
    eq(os.path.getsize(folder.ledger + "-wal"), 0)
    for e in sent[-1][:2]:
        problem(d.send(e), 410, "destroyed")
    problem(d.get("/v1/cases/" + CANARY, token="read"), 410, "destroyed")
    problem(order(d, CANARY), 410, "destroyed")
    problem(order(d, "nobody"), 404, "not-found")
    eq(everything(d, "P0", "P1"), before)
    # It waited in the line: who is behind it moves up; and who has a place gives it to the next.
    eq(house(d), (2, 3))
    accepted(order(d, "P1"))
    eq(house(d), (2, 2))
    until(lambda: timeline(d, "P2")[0]["event"]["type"] == "place_found")
    grants = [f for f in d.get("/v1/funds").json["funds"] if f["fund"] == "grants"][0]
    eq(grants["reserved"], "100.00")
    accepted(d.send(event("visit", "P2", data={"minutes": 60})))
    d.stop()
    for words in d.log():
        assert CANARY not in json.dumps(words), words
    d = folder.start()
    eq(house(d), (2, 2))
    problem(d.get("/v1/cases/P1", token="read"), 410, "destroyed")


@test
def what_an_order_must_say(folder):
    d = folder.start()
    accepted(d.send(event("visit", "A", data={"minutes": 60})))
    for body in ({"order": ""}, {"reason": "x" * 201}, {"order": 7}, {"more": "x"}, {"case": "x" * 129}):
        problem(order(d, "A" if "case" not in body else "", **{k: v for k, v in body.items() if k != "case"}), 400, "malformed-json")
    plain = d.ask("POST", "/v1/purges", "{}", {"Content-Type": "text/plain"}, "admin")
    problem(plain, 415, "unsupported-media-type")
    for token in ("submit", "read", "audit", "author", "approve"):
        problem(order(d, "A", token=token), 403, "role-forbidden")
    accepted(d.get("/v1/cases/A", token="read"))
    accepted(order(d, "A", order="x" * 200, reason="x" * 200))


@test
def what_it_held_is_given_back(folder):
    """Two have places and one waits: when one is destroyed, who waits gets the place."""
    d = folder.start()
    for who in ("A", "B", "C", "D"):
        accepted(d.send(event("referred", who)))
    accepted(d.send(event("aided", "A")))
    accepted(d.send(event("review_asked", "A")))
    before = [f for f in d.get("/v1/funds").json["funds"] if f["fund"] == "grants"][0]
    eq((before["reserved"], before["committed"]), ("50.00", "0.00"))
    eq(d.get("/v1/capacities").json["capacities"][0]["waiting"], 2)
    d.stop()
    purge(folder, "A")
    purge(folder, "D", "SC-2")
    whole(folder)
    d = folder.start()
    after = [f for f in d.get("/v1/funds").json["funds"] if f["fund"] == "grants"]
    assert all((f["reserved"], f["committed"]) == ("0.00", "0.00") for f in after), after
    row = d.get("/v1/capacities").json["capacities"][0]
    eq((row["taken"], row["waiting"]), (2, 0))
    eq(d.get("/v1/cases/C/timeline").json["events"][0]["event"]["type"], "place_found")
    assert "waymark_due_stuck 0\n" in d.get("/metrics", token=None).body
    d.stop()
    whole(folder)


@test
def deadlines_of_a_destroyed_case_do_not_fire(folder):
    d = folder.start()
    accepted(d.send(event("support", "A", time=utc(3))))  # pays in three seconds, and the two days after
    accepted(d.send(event("support", "B", time=utc(3))))
    n = len(d.get("/v1/cases/B/timeline").json["events"])
    d.stop()
    purge(folder, "A")
    d = folder.start()
    eq(len(d.get("/v1/cases/B/timeline").json["events"]), n)
    assert d.get("/v1/cases/B/upcoming").json["upcoming"]
    d.stop()
    with_all = opened(folder.ledger)
    eq(with_all.execute("SELECT count(*) FROM due_list WHERE case_no = 1").fetchone(), (0,))
    with_all.close()


@test
def others_that_read_it_go_on(folder):
    """An office that was closed and then destroyed is one that nobody knows: open, by default."""
    d = folder.start()
    accepted(d.send(event("opened", "O1", data={"open": False})))
    visit = {"minutes": 60, "office": "O1"}
    eq(kinds(accepted(d.send(event("visit", "A", data=visit)))), ["payment", "notice"])
    d.stop()
    said = waymark(folder, "purge", "--case", "O1", "--dry-run").stdout
    assert "1 events, 0 outcomes" in said and "stands in 1 events of 1 other cases" in said, said
    purge(folder, "O1")
    d = folder.start()
    eq(kinds(accepted(d.send(event("visit", "A", data=visit)))), ["payment"])
    late = event("visit", "A", time=utc(-3600), data=visit)
    accepted(d.send(late))
    d.stop()
    whole(folder)


@test
def old_copies_that_are_put_back(folder):
    d = folder.start()
    lives(d)
    d.stop()
    ledger, keys = folder.ledger, folder.ledger + ".keys"
    shutil.copyfile(ledger, ledger + ".old")
    shutil.copyfile(keys, keys + ".old")
    purge(folder, CANARY)
    destroyed = files(folder)[keys]
    # The file of keys from before: the key is destroyed again as soon as the ledger is opened.
    shutil.copyfile(keys + ".old", keys)
    folder.start().stop()
    with open(keys, "rb") as f:
        eq(f.read(), destroyed)
    whole(folder)
    # The ledger from before: it cannot be read there either, and says so from then on.
    shutil.copyfile(ledger + ".old", ledger)
    d = folder.start()
    problem(d.get("/v1/cases/%s" % CANARY, token="read"), 410, "destroyed")
    problem(d.send(event("visit", CANARY, data={"minutes": 60})), 410, "destroyed")
    accepted(d.send(event("visit", "P0", data={"minutes": 60})))
    d.stop()
    whole(folder)


@test
def an_old_copy_from_before_the_case(folder):
    """The keys have the grave of a case that the ledger does not know: its number is taken anew."""
    d = folder.start()
    accepted(d.send(event("visit", "A", data={"minutes": 60})))
    d.stop()
    ledger = folder.ledger
    shutil.copyfile(ledger, ledger + ".old")
    d = folder.start()
    for who in ("B", "C"):
        accepted(d.send(event("visit", who, data={"minutes": 60})))
    accepted(order(d, "B"))
    d.stop()
    for suffix in ("-wal", "-shm", ".lock"):
        if os.path.exists(ledger + suffix):
            os.unlink(ledger + suffix)
    shutil.copyfile(ledger + ".old", ledger)
    d = folder.start()
    (told,) = d.wait_log("destroyed-beyond")
    eq((told["level"], told["count"]), ("warning", 1))
    accepted(d.get("/v1/cases/A", token="read"))
    for who in ("D", "E", "F"):
        accepted(d.send(event("visit", who, data={"minutes": 60})))
    eq(accepted(d.get("/v1/cases/D", token="read"))["id"], "D")
    accepted(order(d, "D"))
    d.stop()
    whole(folder)
    d = folder.start()
    problem(d.get("/v1/cases/D", token="read"), 410, "destroyed")
    eq([e["event"] for e in d.log() if e["event"] == "destroyed-beyond"], [])
    accepted(d.get("/v1/cases/E", token="read"))


@test
def retention(folder):
    d = folder.start()
    accepted(d.send(event("visit", "over", data={"minutes": 60})))
    accepted(d.send(event("visit", "held", data={"minutes": 60})))
    accepted(hold(d, "held"))
    accepted(d.send(event("visit", "going", data={"minutes": 60})))
    accepted(d.send(event("fee", "going")))
    proposal = d.get("/v1/cases/going/timeline").json["events"][0]["decision"]["outcomes"][0]["id"]
    accepted(d.send(event("missed", "due")))
    accepted(d.send(event("convicted", "owes")))
    accepted(d.send(event("referred", "housed")))
    d.stop()
    eq(waymark(folder, "purge", "--retention", "1", "--dry-run").stdout, "0 cases are over for 1 years or more\n")
    # Nothing in a ledger is that old yet, so its clock is put back.
    real, folder.ledger = folder.ledger, folder.ledger + ".aged.db"
    for suffix in ("", ".keys", ".head-key"):
        shutil.copyfile(real + suffix, folder.ledger + suffix)
    db = sqlite3.connect(folder.ledger)
    db.executescript("DROP TRIGGER events_no_update; UPDATE events SET received_us = received_us - 2 * 366 * 86400000000")
    db.close()
    assert proposal
    eq(waymark(folder, "purge", "--retention", "3", "--dry-run").stdout, "0 cases are over for 3 years or more\n")
    eq(waymark(folder, "purge", "--retention", "1", "--dry-run").stdout, "1 case is over for 1 years or more\n")
    said = waymark(folder, "purge", "--retention", "1", "--order", "retention 2026", "--reason", "kept for a year").stdout
    assert said.startswith("destroyed: 1 case,"), said
    db = opened(folder.ledger)
    eq([i for (i,) in db.execute("SELECT id FROM cases ORDER BY no")], [None, "held", "going", "due", "owes", "housed"])
    eq(db.execute("SELECT number, under, reason, who, cases, events FROM destruction_list").fetchall(),
       [(1, "retention 2026", "kept for a year", None, 1, 1)])
    db.close()
    folder.ledger = real


def holds(folder):
    return [line.split("\t")[:3] + line.split("\t")[4:] for line in waymark(folder, "hold", "--list").stdout.splitlines()]


@test
def a_case_under_a_hold_is_kept(folder):
    d = folder.start()
    for who in ("A", "B"):
        accepted(d.send(event("visit", who, data={"minutes": 60})))
    got = accepted(hold(d, "A"))
    eq((got["order"], got["held"]), ("LIT-1", True))
    accepted(hold(d, "A", "LIT-2"))
    said = problem(order(d, "A"), 409, "held")
    assert "LIT-1" in said["detail"], said
    problem(hold(d, "B", "LIT-1", lift=True), 422, "bad-body")
    problem(hold(d, "nobody"), 404, "not-found")
    problem(hold(d, "A", lift="yes"), 400, "malformed-json")
    eq(accepted(hold(d, "A", "LIT-1", lift=True))["held"], False)
    said = problem(order(d, "A"), 409, "held")
    assert "LIT-2" in said["detail"], said
    eq(holds(folder), [["A", "LIT-2", "discovery", "admin"]])
    # Both at once: whichever comes first, it is not destroyed while it is held.
    both = [hold(d, "B"), order(d, "B")]
    eq([a.status for a in both], [200, 409])
    d.stop()
    # On the machine.
    for args in (["--case", "A", "--order", "x", "--reason", "y"],):
        done = waymark(folder, "purge", *args, ok=False)
        assert done.returncode == 1 and "LIT-2" in done.stderr, done
    waymark(folder, "hold", "--case", "A", "--order", "LIT-2", "--reason", "settled", "--lift")
    waymark(folder, "hold", "--case", "B", "--order", "LIT-9", "--reason", "audit")
    eq(holds(folder), [["B", "LIT-1", "discovery", "admin"], ["B", "LIT-9", "audit", "-"]])
    done = waymark(folder, "hold", "--case", "A", "--order", "LIT-2", "--reason", "x", "--lift", ok=False)
    assert done.returncode == 1 and "no hold of this name" in done.stderr, done
    for args in ([], ["--case", "A"], ["--case", "A", "--order", "x"], ["--case", "A", "--order", "x" * 201, "--reason", "y"]):
        eq(waymark(folder, "hold", *args, ok=False).returncode, 2)
    assert "destroyed: 1 case" in purge(folder, "A")
    done = waymark(folder, "hold", "--case", "A", "--order", "x", "--reason", "y", ok=False)
    assert done.returncode == 1 and "destroyed" in done.stderr, done
    db = sqlite3.connect(folder.ledger)
    eq(db.execute("SELECT case_no, act, under, reason, who FROM holds ORDER BY number").fetchall(),
       [(1, "placed", "LIT-1", "discovery", "admin"), (1, "placed", "LIT-2", "discovery", "admin"),
        (1, "lifted", "LIT-1", "discovery", "admin"), (2, "placed", "LIT-1", "discovery", "admin"),
        (1, "lifted", "LIT-2", "settled", None), (2, "placed", "LIT-9", "audit", None)])
    for change in ("UPDATE holds SET act = 'lifted'", "DELETE FROM holds"):
        try:
            db.execute(change)
        except sqlite3.IntegrityError as why:
            assert "append-only" in str(why), why
        else:
            raise AssertionError("a hold can be changed")
    db.close()
    whole(folder)
    d = folder.start()
    problem(order(d, "B"), 409, "held")


@test
def an_order_is_asked_for_in_full(folder):
    folder.start().stop()
    for args, says in [
        ([], "--case ID"),
        (["--case", "A", "--retention", "1"], "--case ID"),
        (["--case", "A", "--reason", "x"], "--order"),
        (["--case", "A", "--order", "x" * 201, "--reason", "x"], "--order"),
        (["--case", "A", "--order", "x"], "--reason"),
        (["--retention", "0", "--order", "x", "--reason", "x"], "--retention"),
        (["--retention", "201", "--order", "x", "--reason", "x"], "--retention"),
    ]:
        done = waymark(folder, "purge", *args, ok=False)
        assert done.returncode == 2 and says in done.stderr, done
    done = waymark(folder, "purge", "--case", "A", "--order", "x" * 200, "--reason", "x", ok=False)
    assert done.returncode == 1 and "no case" in done.stderr, done
    d = folder.start()
    done = waymark(folder, "purge", "--case", "A", "--order", "x", "--reason", "x", ok=False)
    assert done.returncode == 3 and "stop the daemon" in done.stderr, done
    d.stop()


@test
def ended_at_any_moment_it_is_whole_or_destroyed(folder):
    rng = random.Random(int(os.environ.get("SEED", "0")) or None)
    d = folder.start()
    cases = ["C%d" % i for i in range(12)]
    for c in cases:
        for type in rng.sample(["aided", "referred", "review_asked", "missed", "convicted", "fee"], 3):
            accepted(d.send(event(type, c)))
        accepted(d.send(event("visit", c, data={"minutes": 60})))
    before = {c: d.get("/v1/cases/%s/timeline" % c).json["events"] for c in cases}
    d.stop()
    took = 0.05
    for n in range(int(os.environ.get("KILLS", "8"))):
        left = [c for c in cases if before[c]]
        if not left:
            break
        who = rng.choice(left)
        p = subprocess.Popen(
            [WAYMARK, "purge", folder.ledger, "--case", who, "--order", "K%d" % n, "--reason", "x"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        begun = time.monotonic()
        try:
            p.wait(rng.random() * took * 1.2)
            took = time.monotonic() - begun
        except subprocess.TimeoutExpired:
            p.kill()
        ended = p.wait()
        d = folder.start()
        gone = d.get("/v1/cases/" + who, token="read")
        if gone.status == 410:
            for part in ("/timeline", "/upcoming"):
                problem(d.get("/v1/cases/%s%s" % (who, part), token="read"), 410, "destroyed")
            before[who] = None
        else:
            assert ended != 0, "it said that the case was destroyed"
        for c in cases:  # some have got a place since
            if before[c]:
                eq(d.get("/v1/cases/%s/timeline" % c).json["events"][-len(before[c]):], before[c])
        d.stop()
        whole(folder)
        db = opened(folder.ledger)
        for no, id, state, destroyed in db.execute("SELECT c.no, c.id, c.state, m.destroyed FROM cases c JOIN main.cases m USING (no)"):
            eq((id is None, state is None), (destroyed is not None,) * 2)
        for event_, decision, destroyed in db.execute(
            "SELECT e.event, e.decision, m.destroyed FROM events e JOIN main.cases m ON m.no = e.case_no"
        ):
            eq((event_ is None, decision is None), (destroyed is not None,) * 2)
        db.close()


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
