# SPDX-License-Identifier: Apache-2.0
"""What must be true of a ledger after anything at all: `waymark verify` and `waymark replay --verify` find nothing
wrong with it, and it agrees with the clients' own books and with `waymark run` on the same events.

A book (streams.py) has what its client was told, synced to disk.
"""
import json
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "daemon"))
from opened import Keys, opened  # noqa: E402
from waymarkd import WAYMARK  # noqa: E402

BUDGET = 20000  # dollars of the fund that they draw on: it runs out on the way
PLACES = 20


def seed_of(argument=None):
    return int(argument or os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)


def roomy(folder):
    """The policies of the daemon's tests, with pots that last for a while."""
    folder.edit("program.way", "grant_budget is $300", "grant_budget is $%d" % BUDGET)
    folder.edit("program.way", "house_places is 2", "house_places is %d" % PLACES)
    return folder


# ---- the books ----


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


def fine(command, ledger, *args):
    """Runs a command on a ledger, which must find nothing wrong."""
    done = subprocess.run(
        [WAYMARK, command, ledger, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, "waymark %s: %d\n%s%s" % (command, done.returncode, done.stdout, done.stderr)
    return done.stdout


def check_whole(folder):
    """The ledger is as it was written, goes on from where it was when this was last asked, and follows
    from its policies."""
    head = os.path.join(folder.path, "last.head")
    fine("verify", folder.ledger, *(["--head", head] if os.path.exists(head) else []))
    fine("replay", folder.ledger, "--verify")
    with open(head, "w", encoding="utf-8") as f:
        f.write(fine("head", folder.ledger))


def check_ledger(folder, book, like_run=True):
    """With no daemon running. Returns the ids of the events that were sent and are stored. `like_run`: all versions of
    the policy mean what the folder has."""
    check_whole(folder)
    db = opened(folder.ledger)
    try:
        (fine,) = db.execute("PRAGMA integrity_check").fetchone()
        assert fine == "ok", fine
        assert not db.execute("PRAGMA foreign_key_check").fetchall()
        n, last = db.execute("SELECT count(*), coalesce(max(seq), 0) FROM events").fetchone()
        assert n == last, "%d events, but the last number is %d" % (n, last)
        rows = db.execute(
            "SELECT e.seq, e.prev_seq, coalesce(c.id, 'destroyed ' || c.no), e.sender, e.event, e.decision"
            " FROM events e JOIN cases c ON c.no = e.case_no ORDER BY e.seq"
        ).fetchall()
        assert len(rows) == n
        _check_chains(rows)
        rows = [row for row in rows if row[5] is not None]
        _check_book(rows, _left(folder, db, book))
        _check_outcomes(db, rows)
        _check_pots(db, rows)
        if like_run:
            _check_run(folder, db, rows)
        return {json.loads(e)["id"] for _, _, _, sender, e, _ in rows if sender}
    finally:
        db.close()


def _check_chains(rows):
    last = {}
    for seq, prev, case, *_ in rows:
        assert prev == last.get(case), "%d comes after %r, not %r" % (seq, last.get(case), prev)
        last[case] = seq


def _left(folder, db, book):
    """What of the book can still be read. What was destroyed is counted, and nothing else is missing."""
    keys = Keys(folder.ledger + ".keys")
    gone = dict(db.execute(
        "SELECT c.fingerprint, d.events FROM main.destroyed_cases d JOIN main.cases c ON c.no = d.case_no"
    ))
    left, acknowledged = [], {}
    for e, body in book:
        print_ = keys.fingerprint("case", e["subject"].encode())
        if print_ in gone:
            acknowledged[print_] = acknowledged.get(print_, 0) + 1
        else:
            left.append((e, body))
    for print_, n in acknowledged.items():
        assert n <= gone[print_], "%d were acknowledged, %d destroyed" % (n, gone[print_])
    for case in destroyed_by(folder):
        assert keys.fingerprint("case", case.encode()) in gone, "%s was to be destroyed, and is there" % case
    return left


def destroyed_by(folder):
    """The cases of which somebody was told that they are destroyed (staff.py)."""
    path = os.path.join(folder.path, "destroyed")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        return [line[:-1] for line in f if line.endswith("\n")]


def _check_book(rows, book):
    stored = {}
    for _, _, _, _, e, decision in rows:
        e = json.loads(e)
        key = (e["source"], e["id"])
        assert key not in stored, "twice: %r" % (key,)
        stored[key] = decision
    for e, body in book:
        got = stored.get((e["source"], e["id"]))
        assert got == body, "acknowledged was %s, stored is %s" % (body, got)


def _check_outcomes(db, rows):
    """The feed has each outcome of each decision once, in order; nothing is paid twice."""
    feed = db.execute(
        "SELECT seq, item, lower(hex(id)) FROM outcomes WHERE id IS NOT NULL ORDER BY position"
    ).fetchall()
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
    d.pop("void", None)  # told when another version made it be decided again
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
    by_itself = lambda case: not case.startswith("C")  # noqa: E731
    out = {case for _, _, case, _, _, _ in late}
    out |= {row[2] for row in rows if row[2][0] in "HZ" and _came_late(row[5])}
    out |= {row[2] for row in rows if row[2][0] == "L" and not row[3]}  # a deadline may come before what is late
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
        if case and case not in out | gone_on | due and county not in counties:
            got = json.loads(state)
            assert got == cases[case], "%s is %r, run says %r" % (case, got, cases[case])
