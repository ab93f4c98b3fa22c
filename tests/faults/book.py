# SPDX-License-Identifier: Apache-2.0
"""What must be true of a ledger after anything at all: compared with the clients' own books, and with
`waymark run` on the same events.

A client's book is a file to which it appends each event with the answer that acknowledged it, synced
to disk before it goes on. Senders that share a stream all send the same events, each in order,
and each keeps at an event until it has been acknowledged.
"""
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "daemon"))
from opened import opened  # noqa: E402
from waymarkd import WAYMARK, Folder, NotStarted, end_with_its_daemons, event, utc  # noqa: E402,F401

COUNTIES = ("alameda", "los_angeles", "yolo")
CASES = 12  # of each stream: a case's events must come in order, so no two streams share one
BUDGET = 20000  # dollars of the fund that they draw on: it runs out on the way
PLACES = 20
# What a client waits for and then sends again.
PASSING = ("storage-full", "busy", "ledger-unreadable", "batch-failed")


def seed_of(argument=None):
    return int(argument or os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)


def roomy(folder):
    """The policies of the daemon's tests, with pots that last for a while."""
    folder.edit("program.way", "grant_budget is $300", "grant_budget is $%d" % BUDGET)
    folder.edit("program.way", "house_places is 2", "house_places is %d" % PLACES)
    return folder


def is_passing(answer):
    return answer.status >= 500 and answer.json["type"].rpartition("/")[2] in PASSING


# ---- clients ----


class Stream:
    """Events of some cases, made as they are asked for; the same for every sender. Each stream has a
    county of its own: what its cases share depends on no other stream."""

    def __init__(self, number, seed, now=utc):
        self.name, self.county = "C%d" % number, COUNTIES[number]
        self.random, self.now = random.Random(seed), now
        self.events, self.lock = [], threading.Lock()

    def at(self, i):
        with self.lock:
            while len(self.events) <= i:
                self.events.append(self._make(len(self.events)))
            return self.events[i]

    def _make(self, i):
        case = "%s-%d" % (self.name, self.random.randrange(CASES))
        more = {"id": "%s-%d" % (self.name, i), "time": self.now(), "county": self.county}
        kind = self.random.random()
        # Support pays by the clock, so an event of its cases may come late. They draw on no pot.
        if kind < 0.05:
            return event("support", "H" + case, **more)
        if kind < 0.1:
            return event("visit", "H" + case, data={"minutes": 60}, **more)
        if kind < 0.25:
            return self._any_order("L%s-%d" % (self.name, self.random.randrange(2)), more)
        if kind < 0.5:
            types = ["granted", "granted", "aided", "aid_ended", "referred", "went"]
            return event(self.random.choice(types), case, **more)
        if kind < 0.7:
            return event("marked", case, data={"hidden": True}, **more)
        return event("visit", case, data={"minutes": 60}, **more)

    def _any_order(self, case, more):
        """Up to two seconds ago: some of them come later than what came after them."""
        more["time"] = self.now(-2 * self.random.random())
        types = ["visit", "missed", "enrolled", "convicted", "convicted", "attended"]
        type = self.random.choice(types)
        return event(type, case, data={"minutes": 60} if type == "visit" else None, casekind="person", **more)


class Sender(threading.Thread):
    """Sends a stream from where it stands until the connection fails or `enough` is set."""

    def __init__(self, daemon, folder, name, stream, start=0):
        super().__init__()
        self.daemon_, self.name_, self.stream, self.i = daemon, name, stream, start
        self.path = os.path.join(folder.path, "book-" + name)
        self.enough = threading.Event()
        self.failures, self.passing = [], 0

    def run(self):
        try:
            c = self.daemon_.connect(timeout=30)
            with open(self.path, "a", encoding="utf-8") as book:
                while not self.enough.is_set():
                    self._one(c, book)
            c.close()
        except (OSError, http.client.HTTPException):
            pass

    def _one(self, c, book):
        e = self.stream.at(self.i)
        a = self.daemon_.send(e, connection=c)
        if a.status == 200:
            book.write(json.dumps([e, a.body]) + "\n")
            book.flush()
            os.fsync(book.fileno())
            self.i += 1
        elif is_passing(a):
            self.passing += 1
            time.sleep(0.02)
        elif a.status == 422 and a.json["type"] == "/problems/late-event":
            self.i += 1  # something happened by itself in its case, and then the policy changed
        else:
            self.failures.append("%s: %r" % (e, a))
            self.i += 1


def first_answer(body):
    return body.replace('"duplicate":true', '"duplicate":false', 1)


def read_books(folder):
    """Each acknowledged event with its first answer; all books must tell the same of it."""
    told = {}
    for name in sorted(os.listdir(folder.path)):
        if not name.startswith("book-"):
            continue
        with open(os.path.join(folder.path, name), encoding="utf-8") as f:
            for line in f:
                if not line.endswith("\n"):
                    continue  # this client was ended as it wrote
                e, body = json.loads(line)
                body = first_answer(body)
                before = told.setdefault(e["id"], (e, body))
                assert before[1] == body, "two answers: %s and %s" % (before[1], body)
    return list(told.values())


# ---- the ledger ----


def check_ledger(folder, book):
    """With no daemon running. Returns the ids of the events that were sent and are stored."""
    db = opened(folder.ledger)
    try:
        (fine,) = db.execute("PRAGMA integrity_check").fetchone()
        assert fine == "ok", fine
        assert not db.execute("PRAGMA foreign_key_check").fetchall()
        n, last = db.execute("SELECT count(*), coalesce(max(seq), 0) FROM events").fetchone()
        assert n == last, "%d events, but the last number is %d" % (n, last)
        rows = db.execute(
            "SELECT e.seq, e.prev_seq, c.id, e.sender, e.event, e.decision"
            " FROM events e JOIN cases c ON c.no = e.case_no ORDER BY e.seq"
        ).fetchall()
        assert len(rows) == n
        _check_book(rows, book)
        _check_outcomes(db, rows)
        _check_pots(db, rows)
        _check_run(folder, db, rows)
        return {json.loads(e)["id"] for _, _, _, sender, e, _ in rows if sender}
    finally:
        db.close()


def _check_book(rows, book):
    stored, last = {}, {}
    for seq, prev, case, _, e, decision in rows:
        assert prev == last.get(case), "%d comes after %r, not %r" % (seq, last.get(case), prev)
        last[case] = seq
        e = json.loads(e)
        key = (e["source"], e["id"])
        assert key not in stored, "twice: %r" % (key,)
        stored[key] = decision
    for e, body in book:
        got = stored.get((e["source"], e["id"]))
        assert got == body, "acknowledged was %s, stored is %s" % (body, got)


def _check_outcomes(db, rows):
    """The feed has each outcome of each decision once, in order; nothing is paid twice."""
    feed = db.execute("SELECT seq, item, lower(hex(id)) FROM outcomes ORDER BY position").fetchall()
    want, paid = [], set()
    for seq, _, case, _, _, decision in rows:
        for i, o in enumerate(json.loads(decision)["outcomes"]):
            want.append((seq, i, o["id"]))
            if "item" in o and o["kind"] == "payment" and o["status"] != "stopped":
                key = (case, o["of"], o["item"])
                assert key not in paid, "paid twice: %r" % (key,)
                paid.add(key)
    assert feed == want, "the feed is not what was decided"


def _check_pots(db, rows):
    """What was given out is what the recorded outcomes drew, and no more than there is."""
    sums, line = {}, []
    for _, _, case, _, _, text in rows:
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


def _decided(text, with_inputs):
    """A decision without what depends on when its neighbours came: its number, and the version of
    policies that mean the same."""
    d = json.loads(text)
    del d["seq"], d["policy"]["version"]
    for outcome in d["outcomes"]:
        outcome.pop("version", None)
    if not with_inputs:
        d.pop("inputs", None)
    return d


def _run(folder, rows):
    """What `waymark run` makes of the recorded events: its lines, and which events it refuses."""
    path = os.path.join(folder.path, "recorded.jsonl")
    sent = [row for row in rows if row[3]]
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(row[4] + "\n" for row in sent)
    done = subprocess.run(
        [WAYMARK, "run", folder.policies, path, "--cases", "--json", "--any-order"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    late = []
    for line in filter(None, done.stderr.split("\n")):
        refused = json.loads(line)
        assert refused["refused"] == "late-event", line
        late.append(sent[refused["line"] - 1])
    return [line for line in done.stdout.split("\n") if line], late


def _came_late(decision):
    """It has what follows for other events of the case, too."""
    return any("event" in o or o["kind"] == "reversal" for o in json.loads(decision)["outcomes"])


def _check_run(folder, db, rows):
    """`waymark run` decides the recorded events, in the order in which they were recorded, alike, and
    ends with the same cases.

    It takes no late events: those that were on their way while something happened by itself in
    their case. Such a case is left out; when it may draw on what cases share, its county is. Time
    passes in `run` up to the last event, and in the daemon as its timer comes to it: so what
    happens by itself at the end may be on one side only.
    """
    lines, late = _run(folder, rows)
    by_itself = lambda case: case.startswith("H")  # noqa: E731
    out = {case for _, _, case, _, _, _ in late}
    out |= {row[2] for row in rows if by_itself(row[2]) and _came_late(row[5])}
    counties = {json.loads(e)["county"] for _, _, case, _, e, _ in late if not by_itself(case)}
    last = {case: sender for _, _, case, sender, _, _ in rows}
    gone_on = {case for case, sender in last.items() if not sender}
    with_inputs = all(by_itself(case) for case in gone_on)
    is_out = lambda d: d["case"] in out or d["county"] in counties  # noqa: E731
    want, cases = {}, {}
    for line in lines:
        if line.startswith('{"seq"'):
            d = _decided(line, with_inputs)
            want[(d["event"]["source"], d["event"]["id"])] = d
        else:
            d = json.loads(line)
            cases[d["id"]] = d
    for seq, _, case, sender, _, decision in rows:
        got = _decided(decision, with_inputs)
        d = want.pop((got["event"]["source"], got["event"]["id"]), None)
        if not is_out(got) and (sender or d or case not in gone_on):
            assert got == d, "%d is %s, run says %r" % (seq, decision, d)
    left = [d for d in want.values() if not is_out(d)]
    due = {d["case"] for d in left}
    assert all(d["event"]["source"] == "waymark" and by_itself(d["case"]) for d in left), left[:2]
    for case, county, state in db.execute("SELECT id, county, state FROM cases"):
        if case not in out | gone_on | due and county not in counties:
            got = json.loads(state)
            assert got == cases[case], "%s is %r, run says %r" % (case, got, cases[case])
