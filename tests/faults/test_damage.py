#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What may happen to the files of a ledger: damaged, cut off, removed, mixed up, another's.

    test_damage.py [PART OF A NAME]

The daemon says what is wrong and does not start, or ends, or answers that it cannot read. It never
acknowledges what will not be found again.
"""
import errno
import http.client
import os
import random
import shutil
import signal
import sqlite3
import sys

from book import check_ledger, seed_of
from checks import accepted, eq, main, problem, test, until
from failing import Failing
from waymarkd import NotStarted, end_with_its_daemons, event

FILES = ("", "-wal", "-shm")


def visits(daemon, n, tag):
    events = [event("visit", "%s%d" % (tag, i), id="%s-%d" % (tag, i), data={"minutes": 60}) for i in range(n)]
    for a in accepted(daemon.send(events)):
        eq(a["duplicate"], False)
    return events


def killed(folder, daemon):
    daemon.kill()
    folder.daemons.remove(daemon)


def old_copy(folder):
    """A ledger that went on after a copy of it was made, and was then killed: its log is not empty."""
    d = folder.start()
    visits(d, 30, "old")
    d.stop()
    copy = os.path.join(folder.path, "copy.db")
    shutil.copyfile(folder.ledger, copy)
    d = folder.start()
    visits(d, 30, "new")
    d.stop()
    d = folder.start()
    events = visits(d, 30, "last")
    killed(folder, d)
    return copy, events


def refused(folder, *words, status=3):
    """Does not start, and says why."""
    try:
        folder.start()
    except NotStarted as e:
        eq(e.status, status)
        for word in words:
            assert word in e.said, "no %r in %r" % (word, e.said)
        return
    raise AssertionError("it has started")


def ends_without_a_word(folder, daemon, *words):
    """The next event is not acknowledged: the daemon ends instead, and its log says why."""
    try:
        a = daemon.send(event("visit", "P1", id="lost", data={"minutes": 60}))
        raise AssertionError("answered: %r" % a)
    except (OSError, http.client.HTTPException):
        pass
    eq(daemon.wait(), 3)
    folder.daemons.remove(daemon)
    line = daemon.log()[-1]
    eq(line["event"], "ledger-write-failed")
    for word in words:
        assert word in line["reason"], line


# ---- while it is stopped ----


@test
def an_old_copy_beside_a_newer_log(folder):
    copy, _ = old_copy(folder)
    shutil.copyfile(copy, folder.ledger)
    refused(folder, "ledger.db-wal is not the log of", "another copy")
    # As the message says: without the log the copy is a ledger again, as it was then.
    os.unlink(folder.ledger + "-wal")
    os.unlink(folder.ledger + "-shm")
    refused(folder, "has 30 events, but 90 were acknowledged", "ledger.db.lock")
    os.unlink(folder.ledger + ".lock")
    d = folder.start()
    eq(len(accepted(d.get("/v1/cases/old3/timeline"))["events"]), 1)
    problem(d.get("/v1/cases/new3"), 404, "not-found")
    d.stop()
    check_ledger(folder, [])


@test
def a_newer_log_that_was_copied_along(folder):
    """A file with its own log is whole, also in another place with an odd name."""
    _, events = old_copy(folder)
    odd = os.path.join(folder.path, "a copy? 100% #1.db")
    for suffix in ("", "-wal", ".keys", ".tokens"):
        shutil.copyfile(folder.ledger + suffix, odd + suffix)
    folder.ledger = odd
    d = folder.start()
    for a in accepted(d.send(events)):
        eq(a["duplicate"], True)
    d.stop()


@test
def a_file_that_is_empty_beside_its_log(folder):
    d = folder.start()
    visits(d, 30, "a")
    killed(folder, d)
    os.truncate(folder.ledger, 0)
    refused(folder, "is empty", "cut off")


@test
def a_file_cut_in_half(folder):
    d = folder.start()
    visits(d, 300, "a")
    d.stop()
    os.truncate(folder.ledger, os.path.getsize(folder.ledger) // 2 // 4096 * 4096)
    refused(folder, "malformed", "put a backup back")


@test
def files_of_other_kinds(folder):
    with open(folder.ledger, "w", encoding="utf-8") as f:
        f.write("not a ledger\n" * 1000)
    refused(folder, "ledger.db", "not a database", "no ledger")
    os.unlink(folder.ledger)
    sqlite3.connect(folder.ledger).executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1);")
    refused(folder, "another program")
    os.unlink(folder.ledger)
    os.mkdir(folder.ledger)
    refused(folder, "ledger.db")


@test
def a_ledger_of_a_newer_version(folder):
    d = folder.start()
    visits(d, 3, "a")
    d.stop()
    db = sqlite3.connect(folder.ledger)
    db.execute("PRAGMA user_version = 1000")
    db.close()
    refused(folder, "newer version of waymark")


@test
def a_table_that_somebody_has_changed(folder):
    d = folder.start()
    visits(d, 3, "a")
    d.stop()
    db = sqlite3.connect(folder.ledger)
    db.execute("ALTER TABLE outcomes RENAME COLUMN kind TO sort")
    db.close()
    refused(folder, "tables are not as they should be")


@test
def an_index_of_the_log_with_anything_in_it(folder):
    d = folder.start()
    events = visits(d, 30, "a")
    killed(folder, d)
    with open(folder.ledger + "-shm", "wb") as f:
        f.write(random.Random(1).randbytes(40000))
    d = folder.start()
    for a in accepted(d.send(events)):
        eq(a["duplicate"], True)
    d.stop()


@test
def pages_with_anything_in_them(folder):
    """Whatever page is damaged: what is answered with 200 is what was recorded, and nothing hangs."""
    d = folder.start()
    events = visits(d, 400, "a")
    first = {}
    for e in events:
        first[e["id"]] = d.send(e).body
    d.stop()
    whole = open(folder.ledger, "rb").read()
    seed = seed_of()
    rng = random.Random(seed)
    print("SEED=%d" % seed)
    for _ in range(int(os.environ.get("PAGES", "12"))):
        _one_page(folder, whole, events, first, rng)
    for suffix in ("-wal", "-shm"):
        if os.path.exists(folder.ledger + suffix):
            os.unlink(folder.ledger + suffix)
    with open(folder.ledger, "wb") as f:
        f.write(whole)


def _one_page(folder, whole, events, first, rng):
    page = rng.randrange(1, len(whole) // 4096)
    with open(folder.ledger, "wb") as f:
        f.write(whole)
        f.seek(page * 4096)
        f.write(rng.choice([bytes(4096), rng.randbytes(4096), whole[4096 * (page - 1) : 4096 * page]]))
    for suffix in ("-wal", "-shm"):
        if os.path.exists(folder.ledger + suffix):
            os.unlink(folder.ledger + suffix)
    try:
        d = folder.start()
    except NotStarted as e:
        assert e.status in (1, 3) and e.said, repr(e)
        return
    folder.daemons.remove(d)
    try:
        for e in rng.sample(events, 40):
            a = d.send(e)
            if a.status == 200 and a.json["duplicate"]:
                eq(a.body, first[e["id"]])
            else:
                assert a.status in (200, 409, 422, 500), repr(a)
    except (OSError, http.client.HTTPException):
        eq(d.wait(), 3)
        return
    d.signal(signal.SIGTERM)
    assert d.wait() in (0, 3)


@test
def no_permission(folder):
    failing = Failing(folder)
    d = folder.start(env=failing.env)
    visits(d, 3, "a")
    d.stop()
    for suffix in ("", "-wal", "-shm", ".lock", ".tokens"):
        failing.set(["open"], errno.EACCES, path="ledger.db" + suffix)
        try:
            folder.start(env=failing.env)
            raise AssertionError("started without %s" % suffix)
        except NotStarted as e:
            eq(e.status, 3)
            assert "ledger.db" in e.said, e.said
    failing.clear()
    folder.start().stop()


# ---- the file of keys ----


@test
def keys_that_a_power_cut_left_zero(folder):
    """The file had grown, and its new keys were not written: none of them was used."""
    d = folder.start()
    visits(d, 3, "a")
    d.stop()
    keys = folder.ledger + ".keys"
    size = os.path.getsize(keys)
    os.truncate(keys, 128 + 3 * 32)
    os.truncate(keys, size)
    d = folder.start()
    events = visits(d, 3, "b")
    d.stop()
    d = folder.start()
    for a in accepted(d.send(events)):
        eq(a["duplicate"], True)
    accepted(d.get("/v1/cases/b2"))
    d.stop()
    check_ledger(folder, [])


@test
def keys_that_are_missing_or_damaged(folder):
    d = folder.start()
    visits(d, 3, "a")
    d.stop()
    keys = folder.ledger + ".keys"
    whole = open(keys, "rb").read()
    for spoiled in (whole[: 128 + 2 * 32], whole[:100], b"", whole[:20] + b"x" + whole[21:]):
        with open(keys, "wb") as f:
            f.write(spoiled)
        refused(folder, "ledger.db.keys")
    os.unlink(keys)
    refused(folder, "ledger.db.keys", "missing")
    os.mkdir(keys)
    refused(folder, "ledger.db.keys")
    os.rmdir(keys)
    with open(keys, "wb") as f:
        f.write(whole)
    folder.start().stop()
    check_ledger(folder, [])


# ---- tokens ----


@test
def a_tokens_file_that_is_damaged(folder):
    with open(folder.ledger + ".tokens", encoding="utf-8") as f:
        whole = f.read()
    d = folder.start()
    for n, text in enumerate([whole[:-40], whole + "x\n", whole.replace(" submit ", " king "), "\0" * 100], 1):
        with open(folder.ledger + ".tokens", "w", encoding="utf-8") as f:
            f.write(text)
        d.signal(signal.SIGHUP)
        d.wait_log("tokens-failed", n=n)
        accepted(d.send(event("visit", "P1", data={"minutes": 60})))  # those that it has go on
        done = folder.run("token", "add", "more", "--role", "read", "--county", "all")
        assert done.returncode != 0 and "ledger.db.tokens" in done.stderr, done
    d.stop()
    refused(folder, "ledger.db.tokens")
    os.unlink(folder.ledger + ".tokens")
    os.mkdir(folder.ledger + ".tokens")
    refused(folder, "ledger.db.tokens")


# ---- while it runs ----


def removed_while_it_runs(folder, suffix):
    d = folder.start()
    visits(d, 3, "a")
    os.unlink(folder.ledger + suffix)
    ends_without_a_word(folder, d, "removed", "ledger.db" + suffix)


@test
def the_file_is_removed_while_it_runs(folder):
    removed_while_it_runs(folder, "")


@test
def the_log_is_removed_while_it_runs(folder):
    removed_while_it_runs(folder, "-wal")


@test
def the_index_is_removed_while_it_runs(folder):
    removed_while_it_runs(folder, "-shm")


@test
def a_copy_is_moved_into_its_place_while_it_runs(folder):
    d = folder.start()
    visits(d, 3, "a")
    copy = os.path.join(folder.path, "copy.db")
    shutil.copyfile(folder.ledger, copy)
    os.replace(copy, folder.ledger)
    ends_without_a_word(folder, d, "another file in the place")


@test
def a_copy_is_written_over_it_while_it_runs(folder):
    copy, _ = old_copy(folder)
    d = folder.start()
    shutil.copyfile(copy, folder.ledger)
    ends_without_a_word(folder, d, "somebody else has written into")
    refused(folder, "is not the log of")


@test
def it_is_cut_off_while_it_runs(folder):
    d = folder.start()
    visits(d, 3, "a")
    os.truncate(folder.ledger, 100)
    ends_without_a_word(folder, d, "somebody else has written into")


@test
def looking_at_it_is_no_harm(folder):
    """What auditors and backups do: read with other tools while it runs."""
    d = folder.start()
    visits(d, 30, "a")
    db = sqlite3.connect(folder.ledger)
    eq(db.execute("SELECT count(*) FROM events").fetchone(), (30,))
    copy = sqlite3.connect(os.path.join(folder.path, "copy.db"))
    db.backup(copy)
    visits(d, 30, "b")
    db.close()
    visits(d, 30, "c")
    eq(copy.execute("PRAGMA integrity_check").fetchone(), ("ok",))
    copy.close()
    d.stop()
    check_ledger(folder, [])


@test
def a_stopped_ledger_is_one_file(folder):
    """What is copied then is all of it, but for the keys."""
    d = folder.start()
    events = visits(d, 30, "a")
    d.stop()
    eq([s for s in FILES if os.path.exists(folder.ledger + s)], [""])
    keys = folder.ledger + ".keys"
    folder.ledger = shutil.copyfile(folder.ledger, os.path.join(folder.path, "copy.db"))
    folder.add_token("submit", "submit", "all")
    refused(folder, "the keys of the ledger are missing")
    shutil.copyfile(keys, folder.ledger + ".keys")
    d = folder.start()
    for a in accepted(d.send(events)):
        eq(a["duplicate"], True)
    d.stop()


def without_the_end(folder, spoil):
    """What was acknowledged is missing: that is said, and nothing is touched."""
    d = folder.start()
    for k in range(5):
        visits(d, 5, "x%d" % k)
    killed(folder, d)
    spoil(folder.ledger + "-wal")
    before = open(folder.ledger, "rb").read()
    refused(folder, "25 were acknowledged", "ledger.db.lock")
    eq(open(folder.ledger, "rb").read(), before)
    os.unlink(folder.ledger + ".lock")
    d = folder.start()
    accepted(d.send(event("visit", "P1", id="after", data={"minutes": 60})))
    d.stop()
    check_ledger(folder, [])


@test
def the_log_is_cut_off(folder):
    without_the_end(folder, lambda log: os.truncate(log, os.path.getsize(log) * 2 // 3))


@test
def the_log_is_damaged(folder):
    def spoil(log):
        with open(log, "r+b") as f:
            f.seek(os.path.getsize(log) * 2 // 3)
            byte = f.read(1)[0]
            f.seek(-1, 1)
            f.write(bytes([byte ^ 1]))

    without_the_end(folder, spoil)


@test
def the_log_is_gone(folder):
    without_the_end(folder, os.unlink)


@test
def the_file_is_gone(folder):
    d = folder.start()
    visits(d, 5, "a")
    d.stop()
    os.rename(folder.ledger, folder.ledger + ".away")
    refused(folder, "has 0 events, but 5 were acknowledged")
    assert not os.path.exists(folder.ledger)
    os.rename(folder.ledger + ".away", folder.ledger)
    folder.start().stop()


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main(ruins=True))
