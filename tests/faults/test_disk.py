#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, or fails: what was acknowledged is kept, nothing is acknowledged that is not
on disk, and the daemon goes on as soon as it can.

    test_disk.py [PART OF A NAME]

Failures come from failing.c, from limits of the kernel and, for root, from a small file system.
"""
import errno
import glob
import http.client
import json
import os
import resource
import signal
import subprocess
import sys
import time

from book import check_ledger, read_books
from checks import accepted, eq, main, problem, test, until
from failing import Failing
from waymarkd import NotStarted, end_with_its_daemons, event, utc

LEDGER_FILES = ("", "-wal", "-shm")


def visits(n, tag="e"):
    return [event("visit", "P%d" % (i % 7), id="%s%d" % (tag, i), data={"minutes": 60}) for i in range(n)]


def send_all(daemon, events):
    """Sends until one is not acknowledged. Returns what was, and the answer that was not (or None)."""
    book = []
    for e in events:
        a = daemon.send(e)
        if a.status != 200:
            return book, a
        book.append((e, a.body))
    return book, None


def keep_book(folder, book):
    with open(os.path.join(folder.path, "book-x"), "a", encoding="utf-8") as f:
        f.writelines(json.dumps(entry) + "\n" for entry in book)


def post(daemon, path, body, token):
    return daemon.ask("POST", path, json.dumps(body), {"Content-Type": "application/json"}, token)


def ends(daemon, status=3):
    """It has ended by itself, with that status and a reason."""
    eq(daemon.wait(), status)
    daemon.folder.daemons.remove(daemon)
    return daemon.log()[-1]


def gone(daemon, e):
    """Sends where no answer can come."""
    try:
        a = daemon.send(e)
    except (OSError, http.client.HTTPException):
        return
    raise AssertionError("answered: %r" % a)


def check_again(folder, book, *args):
    """Started again: all of the book is there, and the model agrees."""
    keep_book(folder, book)
    d = folder.start(*args)
    for e, body in book:
        eq(accepted(d.send(e)), dict(json.loads(body), duplicate=True))
    accepted(d.send(event("visit", "P1", data={"minutes": 60})))
    d.stop()
    check_ledger(folder, read_books(folder))


# ---- no room ----


def fills_and_recovers(folder, fill, free, start=()):
    """Answers 507 while there is no room, stays up, and takes events again when there is."""
    d = folder.start("--disk-least", "0", **dict(start))
    book, refused = send_all(d, visits(20))
    eq(refused, None)
    fill(d)
    more, refused = send_all(d, visits(5000, "full"))
    problem(refused, 507, "storage-full")
    book += more
    eq(d.get("/healthz", token=None).status, 200)
    problem(d.send([event("visit", "P1", data={"minutes": 60})]), 507, "storage-full")
    accepted(d.get("/v1/cases/P1", token="audit"))
    assert d.wait_log("storage-full")  # again each time that it has tried in vain
    free(d)
    until(lambda: d.send(event("visit", "P1", id="after", data={"minutes": 60})).status == 200)
    eq(d.get("/readyz", token=None).status, 200)
    d.stop()
    check_again(folder, book)


def without_room(error):
    def run(folder):
        failing = Failing(folder)
        fills_and_recovers(
            folder,
            lambda d: failing.set(["write"], error, path="ledger.db-wal"),
            lambda d: failing.clear(),
            {"env": failing.env},
        )

    return run


@test
def no_room_on_the_disk(folder):
    without_room(errno.ENOSPC)(folder)


@test
def no_room_in_the_quota(folder):
    without_room(errno.EDQUOT)(folder)


@test
def a_limit_on_the_size_of_files(folder):
    """As `ulimit -f` sets it: the signal that comes with it must not end the daemon."""
    no = resource.RLIM_INFINITY

    def limit(d, n):
        resource.prlimit(d.process.pid, resource.RLIMIT_FSIZE, (n, no))

    fills_and_recovers(folder, lambda d: limit(d, 300000), lambda d: limit(d, no))


@test
def a_small_file_system(folder):
    if os.geteuid() != 0:
        print("skip  a_small_file_system: only root may mount one")
        return
    small = os.path.join(folder.path, "small")
    os.mkdir(small)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "waymark-test", small], check=True)
    try:
        folder.ledger = os.path.join(small, "ledger.db")
        folder.add_token("submit", "submit", "all")
        folder.add_token("read", "read", "all")
        folder.add_token("audit", "audit", "all")
        filler = os.path.join(small, "filler")

        def fill(_):
            with open(filler, "wb", buffering=0) as f:
                try:
                    while f.write(bytes(4096)):
                        pass
                except OSError as e:
                    eq(e.errno, errno.ENOSPC)

        fills_and_recovers(folder, fill, lambda _: os.unlink(filler))
        full_from_the_start(folder, fill, filler)
    finally:
        for daemon in folder.daemons:
            daemon.kill()
        subprocess.run(["umount", small], check=True)


def full_from_the_start(folder, fill, filler):
    fill(None)
    try:
        d = folder.start()
        fill(None)  # what starting made free: the log was copied back
        problem(d.send(event("visit", "P1", id="start", data={"minutes": 60})), 507, "storage-full")
        os.unlink(filler)
        until(lambda: d.send(event("visit", "P1", id="start", data={"minutes": 60})).status == 200)
        d.stop()
    except NotStarted as e:
        eq(e.status, 3)
        assert "full" in e.said, e.said
        os.unlink(filler)
    check_again(folder, [])


@test
def full_during_the_first_start(folder):
    """Whichever write finds no room: it is the disk, not the policies."""
    failing = Failing(folder)
    said = [full_after(folder, failing, "ledger.db-wal", after) for after in range(0, 30)]
    said += [full_after(folder, failing, path, after) for path in ("ledger.db", "ledger.db.keys.new") for after in (0, 1, 5)]
    assert any("no version can be recorded" in s for s in said), said
    assert "" in said, "it has never started"


def full_after(folder, failing, path, writes):
    """What the daemon says when it does not start; empty: it did."""
    for name in glob.glob(folder.ledger + "*"):
        if not name.endswith(".tokens"):
            os.unlink(name)
    failing.set(["write"], errno.ENOSPC, path=path, after=writes)
    try:
        d = folder.start("--disk-least", "0", env=failing.env)
    except NotStarted as e:
        eq(e.status, 3)
        assert "full" in e.said or "No space" in e.said, e.said
        return e.said
    failing.clear()
    until(lambda: d.send(event("visit", "P1", data={"minutes": 60})).status == 200)
    d.stop()
    return ""


@test
def no_room_for_keys(folder):
    failing = Failing(folder)
    d = folder.start(env=failing.env)
    failing.set(["write"], errno.EDQUOT, path="ledger.db.keys")
    first = event("visit", "P1", id="first", data={"minutes": 60})
    problem(d.send(first), 507, "storage-full")
    failing.clear()
    until(lambda: d.send(first).status == 200)
    eq(accepted(d.send(first))["duplicate"], True)
    d.stop()


@test
def no_room_for_the_copy_into_the_file(folder):
    """The log grows on while it cannot be copied back; nothing is lost, and later it is."""
    failing = Failing(folder)
    d = folder.start(env=failing.env)
    failing.set(["write"], errno.EDQUOT, path="ledger.db")
    book = []
    for k in range(5):  # each about 2,500 pages; the log is copied back from 8,192 on
        batch = [event("visit", "P%d-%d" % (k, i), id="%d-%d" % (k, i), data={"minutes": 60}) for i in range(1000)]
        accepted(d.send(batch))
        book += batch
    d.kill()
    folder.daemons.remove(d)
    d = folder.start()
    for a in accepted(d.send(book[-1000:])):
        eq(a["duplicate"], True)
    d.stop()


@test
def full_while_it_catches_up(folder):
    """What fell due while it was down has fired when it is on disk, each once, and not before."""
    d = folder.start()
    accepted(d.send([event("support", "S%d" % i, time=utc(4)) for i in range(200)]))
    d.stop()
    time.sleep(4.2)
    failing = Failing(folder)
    failing.set(["write"], errno.ENOSPC, path="ledger.db-wal", after=4)
    d = folder.start("--disk-least", "0", env=failing.env)
    d.wait_log("storage-full", n=2)  # and has tried again
    eq([x["event"] for x in d.log() if x["event"] == "overdue-fired"], [])
    eq("catching-up" in [c["cause"] for c in d.get("/readyz", token=None).json["causes"]], True)
    failing.clear()
    eq([x["count"] for x in d.wait_log("overdue-fired")], [200])
    assert "\nwaymark_due_fired_total 200\n" in d.get("/metrics", token=None).body
    for i in range(200):
        eq(len(accepted(d.get("/v1/cases/S%d/timeline" % i))["events"]), 2)
    d.stop()


@test
def a_case_is_destroyed_where_nothing_can_be_copied(folder):
    """Its key is gone at once; what the log has of it is overwritten when there is room."""
    for error in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        failing = Failing(folder)
        d = folder.start(env=failing.env)
        case = "P-%d" % error
        accepted(d.send(event("visit", case, data={"minutes": 60})))
        failing.set(["write"], error, path="ledger.db")
        accepted(post(d, "/v1/purges", {"case": case, "order": "SC-%d" % error, "reason": "a test"}, "admin"))
        assert failing.failed, "the log was not copied back"
        accepted(d.send(event("visit", "P1", data={"minutes": 60})))
        failing.clear()
        eq(d.send(event("visit", case, data={"minutes": 60})).status, 410)
        d.stop()


RETRY_SECONDS = 1  # of daemon/serve/commit.c


@test
def a_version_is_on_its_way_when_a_full_disk_is_tried_again(folder):
    """It came to a disk that was full, and is not recorded; that is said, and later it is."""
    failing = Failing(folder)
    d = folder.start("--disk-least", "0", env=failing.env)
    full = {"error": errno.ENOSPC, "path": "ledger.db-wal"}
    failing.set(["write"], **full)
    book, refused = send_all(d, visits(100))
    problem(refused, 507, "storage-full")
    failing.set(["write", "wake"], **full)
    answer = reload(d)
    until(lambda: failing.failed)  # the writing thread has been told, and is slow
    time.sleep(2 * RETRY_SECONDS)
    eq(d.process.poll(), None)
    failing.set(["write"], **full)
    eq(answer(), "full")
    failing.clear()
    until(lambda: d.send(event("visit", "P1", data={"minutes": 60})).status == 200)
    eq(reload(d)(), "reloaded")
    d.stop()
    check_again(folder, book)


def reload(d):
    """Of a folder with another version. Returns what tells how it went."""
    before = len(reloads(d))
    with open(os.path.join(d.folder.policies, "program.way"), "a", encoding="utf-8") as f:
        f.write("# %d\n" % before)
    d.signal(signal.SIGHUP)

    def answer():
        until(lambda: len(reloads(d)) > before)
        line = reloads(d)[before]
        return "full" if "is full" in line.get("reason", "") else line["event"]

    return answer


def reloads(d):
    return [line for line in d.log() if line["event"] in ("reloaded", "reload-failed")]


# ---- failing ----


def fails_for_good(folder, calls, error, path="ledger.db-wal", after=0):
    """Ends without acknowledging; what was acknowledged is there."""
    failing = Failing(folder)
    d = folder.start(env=failing.env)
    book, refused = send_all(d, visits(20))
    eq(refused, None)
    failing.set(calls, error, path=path, after=after)
    gone(d, event("visit", "P1", id="lost", data={"minutes": 60}))
    eq(ends(d)["event"], "ledger-write-failed")
    assert failing.failed > 0
    check_again(folder, book)


@test
def a_write_that_fails(folder):
    fails_for_good(folder, ["write"], errno.EIO)


@test
def a_disk_that_became_read_only(folder):
    fails_for_good(folder, ["write"], errno.EROFS)


@test
def a_sync_that_fails(folder):
    fails_for_good(folder, ["sync"], errno.EIO)


@test
def a_sync_that_lacks_room(folder):
    """What of the file is on disk is unknown then: that is no full disk that one recovers from."""
    fails_for_good(folder, ["sync"], errno.ENOSPC)


@test
def reads_that_fail_for_a_while(folder):
    """What falls due meanwhile fires when it can be read again."""
    failing = Failing(folder)
    d = folder.start(env=failing.env)
    accepted(d.send(event("support", "P1", id="s1", time=utc(1.0))))
    failing.set(["read"], errno.EIO, path="ledger.db-wal")
    d.wait_log("ledger-unreadable")
    problem(d.get("/v1/cases/P2"), 500, "ledger-unreadable")
    problem(d.send(event("missed", "P2")), 500, "ledger-unreadable")
    a = problem(d.send([event("missed", "P2"), event("missed", "P3")]), 500, "batch-failed")
    eq({r["type"] for r in a["results"]}, {"/problems/ledger-unreadable"})
    failing.clear()
    until(lambda: len(accepted(d.get("/v1/cases/P1/timeline"))["events"]) == 2)
    d.stop()


def late_visits(d, n):
    """A case whose history goes over some versions of the policy, by its outcomes' names."""
    for i in range(n):
        d.folder.edit("program.way", "visit_pay is $1%02d" % i, "visit_pay is $1%02d" % (i + 1))
        d.signal(signal.SIGHUP)
        d.wait_log("in-force", n=i + 1)
        for k in range(2):
            accepted(d.send(event("visit", "P1", time=utc(-600 * k), data={"minutes": 60})))


def bring_in(d, n):
    """A version that is not in force: what the ledger has of versions is read anew."""
    texts = {}
    for name in ("vocabulary.way", "program.way", "counties.way"):
        with open(os.path.join(d.folder.policies, name), encoding="utf-8") as f:
            texts[name] = f.read()
    texts["program.way"] += "# %d\n" % n
    a = post(d, "/v1/policies", {"sources": [{"name": name, "text": text} for name, text in texts.items()]}, "author")
    eq(a.status, 201)


@test
def any_read_that_fails(folder):
    """Whichever read of a history it is: it is the ledger that cannot be read, and nothing is wrong with the case."""
    failing = Failing(folder)
    d = folder.start(env=failing.env)
    late_visits(d, 20)  # more than are kept in memory
    refused = 0
    for after in range(100):
        bring_in(d, after)
        failing.set(["read"], errno.EIO, path="ledger.db-wal", after=after, times=1)
        a = d.send(event("visit", "P1", id="late%d" % after, time=utc(-900), data={"minutes": 60}))
        failed = failing.failed
        failing.clear()
        if failed:
            problem(a, 500, "ledger-unreadable")
            refused += 1
        else:
            accepted(a)
            break
    assert refused > 3, refused
    d.stop()


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
