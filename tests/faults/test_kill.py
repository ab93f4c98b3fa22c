#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 under load, again and again: nothing that was acknowledged is lost, nothing happens twice.

    KILLS=500 test_kill.py          (10 rounds when KILLS is not set)

Clients send events and keep their own list, synced to disk, of each id that was acknowledged and
the answer to it. Then the daemon is killed at a random moment and started again. Every
acknowledged id must be in the ledger exactly once with the bytes of its answer, and sent again must
get the same answer as a duplicate. What was sent and not acknowledged may be there or not, and sent
again must be answered. Numbers run without a gap, the state of each case agrees with its events,
and each schedule item is paid once. The last line is "N passed, N failed": rounds.
"""
import http.client
import json
import os
import random
import sqlite3
import sys
import threading
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "daemon"))
from waymarkd import Folder, end_with_its_daemons, event, utc  # noqa: E402

CLIENTS = 6
CASES = 12  # of each client: a case's events must come in order, so no two clients share one
BUDGET = 20000  # dollars of the fund that they draw on: it runs out on the way
PLACES = 20
RESENT = 40  # acknowledged events of earlier rounds that are sent again each round


class Client(threading.Thread):
    def __init__(self, daemon, folder, number, run, seed):
        super().__init__()
        self.daemon_, self.number, self.run_, self.random = daemon, number, run, random.Random(seed)
        self.path = os.path.join(folder.path, "acknowledged-%d" % number)
        self.unsure = None  # sent, and no answer came
        self.failures = []

    def make(self, i):
        case = "C%d-%d" % (self.number, self.random.randrange(CASES))
        name = "%d-%d-%d" % (self.run_, self.number, i)
        kind = self.random.random()
        if kind < 0.4:
            type = self.random.choice(
                ["granted", "granted", "aided", "aid_ended", "referred", "went"]
            )
            return event(type, case, id=name, time=utc())
        kind = self.random.random()
        if kind < 0.1:
            return event("support", case, id=name, time=utc())
        if kind < 0.3:
            return event("marked", case, id=name, time=utc(), data={"hidden": True})
        return event("visit", case, id=name, time=utc(), data={"minutes": 60})

    def run(self):
        try:
            c = self.daemon_.connect(timeout=10)
            with open(self.path, "a", encoding="utf-8") as acknowledged:
                i = 0
                while True:
                    self.one(c, self.make(i), acknowledged)
                    i += 1
        except (OSError, http.client.HTTPException):
            pass

    def one(self, c, e, acknowledged):
        self.unsure = e
        a = self.daemon_.send(e, connection=c)
        self.unsure = None
        # A deadline that fired by the clock in between makes an event late: that is no failure.
        if a.status == 422 and a.json["type"] == "/problems/late-event":
            return
        if a.status != 200:
            self.failures.append(repr(a))
            return
        acknowledged.write(json.dumps([e, a.body]) + "\n")
        acknowledged.flush()
        os.fsync(acknowledged.fileno())


def read_acknowledged(folder):
    got = []
    for number in range(CLIENTS):
        path = os.path.join(folder.path, "acknowledged-%d" % number)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as f:
                got += [json.loads(line) for line in f]
    return got


def check_ledger(folder, acknowledged):
    db = sqlite3.connect("file:%s?mode=ro" % folder.ledger, uri=True)
    try:
        (fine,) = db.execute("PRAGMA integrity_check").fetchone()
        assert fine == "ok", fine
        n, last = db.execute("SELECT count(*), coalesce(max(seq), 0) FROM events").fetchone()
        assert n == last, "%d events, but the last number is %d" % (n, last)
        stored = {}
        for id, decision in db.execute("SELECT json_extract(event, '$.id'), decision FROM events"):
            assert id not in stored, "twice: %s" % id
            stored[id] = decision
        for e, body in acknowledged:
            assert stored.get(e["id"]) == body, "acknowledged, but stored is %r for %r" % (
                stored.get(e["id"]),
                body,
            )
        check_cases(db)
        check_pots(db)
    finally:
        db.close()
    return len(stored)


def check_cases(db):
    """The state of a case, and what it was paid, agree with its events."""
    events, paid = {}, {}
    for case, type, decision in db.execute(
        "SELECT c.id, json_extract(e.event, '$.type'), e.decision FROM events e"
        " JOIN cases c ON c.no = e.case_no"
    ):
        count = events.setdefault(case, {})
        count[type] = count.get(type, 0) + 1
        for o in json.loads(decision)["outcomes"]:
            if "item" in o:
                key = (case, o["of"], o["item"])
                assert key not in paid, "paid twice: %r" % (key,)
                paid[key] = True
    for case, state in db.execute("SELECT id, state FROM cases"):
        counts = {c["event"]: c["n"] for c in json.loads(state)["counts"]}
        for type in ("visit", "marked", "support"):
            want = events[case].get(type, 0)
            assert counts.get(type, 0) == want, "%s: %r, but %r" % (case, counts, events[case])


def check_pots(db):
    """What was given out is what the recorded outcomes drew, and no more than there is."""
    sums, line = {}, []
    for case, text in db.execute(
        "SELECT c.id, e.decision FROM events e JOIN cases c ON c.no = e.case_no ORDER BY e.seq"
    ):
        decision = json.loads(text)
        change = 0
        for draw in (o["draw"] for o in decision["outcomes"] if "draw" in o):
            if "fund" in draw:
                key = ("fund", draw["fund"], decision["county"], draw["year"])
                drawn = [int(draw[m].replace(".", "")) for m in ("reserved", "committed")]
            else:
                key = ("capacity", draw["capacity"], decision["county"], "")
                drawn = [draw["waiting"], draw["taken"]]
                change += draw["waiting"]
            sums[key] = [a + b for a, b in zip(sums.get(key, [0, 0]), drawn)]
        if change > 0:
            line.append(case)
        elif change < 0:
            line.remove(case)
    pots = {}
    for *key, reserved, committed in db.execute(
        "SELECT kind, name, county, period, reserved, committed FROM pots"
    ):
        pots[tuple(key)] = [reserved, committed]
        most = BUDGET * 100 if key[0] == "fund" else PLACES
        used = committed + (reserved if key[0] == "fund" else 0)
        assert min(reserved, committed) >= 0 and used <= most, (key, reserved, committed)
    assert sums == pots, "drawn %r, but %r" % (sums, pots)
    waiting = db.execute(
        "SELECT c.id FROM waiting w JOIN cases c ON c.no = w.case_no ORDER BY w.no"
    ).fetchall()
    assert [c for (c,) in waiting] == line, "in line %r, but %r" % (line, waiting)


def check_again(daemon, acknowledged, unsure, rng):
    """Sent again: the same answer, as a duplicate; what was in doubt is answered."""
    c = daemon.connect()
    for e, body in rng.sample(acknowledged, min(RESENT, len(acknowledged))):
        a = daemon.send(e, connection=c)
        want = body.replace('"duplicate":false', '"duplicate":true')
        assert a.status == 200 and a.body == want, "%r, expected %s" % (a, want)
    for e in unsure:
        a = daemon.send(e, connection=c)
        assert a.status in (200, 422), repr(a)
    c.close()


def one_round(folder, number, rng):
    daemon = folder.start()
    clients = [Client(daemon, folder, k, number, rng.random()) for k in range(CLIENTS)]
    for c in clients:
        c.start()
    time.sleep(rng.uniform(0.02, 0.6))
    daemon.process.kill()
    daemon.wait()
    for c in clients:
        c.join()
    folder.daemons.remove(daemon)
    failures = [f for c in clients for f in c.failures]
    assert not failures, failures[:3]
    acknowledged = read_acknowledged(folder)
    daemon = folder.start()
    stored = check_ledger(folder, acknowledged)
    check_again(daemon, acknowledged, [c.unsure for c in clients if c.unsure], rng)
    daemon.kill()
    folder.daemons.remove(daemon)
    return len(acknowledged), stored


def main():
    rounds = int(os.environ.get("KILLS", "10"))
    seed = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
    rng = random.Random(seed)
    print("kill -9 under load, %d rounds, SEED=%d" % (rounds, seed), flush=True)
    passed = failed = 0
    with Folder() as folder:
        folder.edit("program.way", "grant_budget is $300", "grant_budget is $%d" % BUDGET)
        folder.edit("program.way", "house_places is 2", "house_places is %d" % PLACES)
        for number in range(rounds):
            try:
                acknowledged, stored = one_round(folder, number, rng)
                passed += 1
                if number % 10 == 9 or number + 1 == rounds:
                    print("round %d: %d acknowledged in all, %d stored" % (number + 1, acknowledged, stored))
                    sys.stdout.flush()
            except Exception:
                failed += 1
                traceback.print_exc(file=sys.stdout)
                break  # the ledger is evidence; what comes after would be about the same fault
        if passed and not failed and not read_acknowledged(folder):
            failed, passed = 1, 0
            print("nothing was acknowledged: this has tested nothing")
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
