#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One call of the C library fails, the n-th, for n from 1 on: over a start, a stream of events, a
reload and an end.

    EACH=100 test_failing.py [CALL]     so many n of each kind of call (3)

The daemon serves right, or refuses to start, or answers that it cannot, or ends with status 3 (out of
memory: by abort, with a message). Started again it has all that was acknowledged. The last line is
"N passed, N failed": values of n.
"""
import errno
import http.client
import json
import os
import random
import signal
import sys
import traceback

from book import check_ledger, read_books, seed_of
from checks import until
from failing import Failing
from waymarkd import Folder, NotStarted, end_with_its_daemons, event

EVENTS = 12
EACH = int(os.environ.get("EACH", "3"))  # values of n for each kind
ERRORS = {
    "malloc": [errno.ENOMEM],
    "open": [errno.EMFILE, errno.EACCES],
    "read": [errno.EIO],
    "write": [errno.EIO, errno.ENOSPC],
    "sync": [errno.EIO],
    "truncate": [errno.EIO],
    "rename": [errno.EIO],
    "unlink": [errno.EIO],
    "readdir": [errno.EIO],
    "stat": [errno.EACCES],
    "mmap": [errno.ENOMEM],
    "lock": [errno.ENOLCK],
    "thread": [errno.EAGAIN],
    "accept": [errno.EMFILE, errno.ECONNABORTED],
}


TOKEN_CALLS = ("malloc", "open", "read", "write", "sync", "rename", "lock")


class Session:
    """One life of a daemon. `answers` has what it said, `status` how it ended."""

    def __init__(self, folder, env):
        self.folder, self.env = folder, env
        self.answers, self.status, self.said = [], None, ""

    def run(self):
        try:
            d = self.folder.start(env=self.env)
        except NotStarted as e:
            self.status, self.said = e.status, e.said
            return
        try:
            self._serve(d)
            d.signal(signal.SIGTERM)
        except (OSError, http.client.HTTPException):
            pass  # it ended, or will
        self.status = d.wait(20)
        self.said = "".join(d.lines)
        self.folder.daemons.remove(d)

    def _serve(self, d):
        with open(os.path.join(self.folder.path, "book-f"), "a", encoding="utf-8") as book:
            for i in range(EVENTS):
                if i == EVENTS // 2:
                    self._reload(d)
                e = event("visit", "P%d" % (i % 5), data={"minutes": 60})
                a = d.send(e) if i % 3 else d.send([e])
                self.answers.append(a)
                if a.status == 200:
                    book.write(json.dumps([e, a.body if i % 3 else a.body[1:-1]]) + "\n")
        self.answers.append(d.get("/v1/cases/P1/timeline"))
        self.answers.append(d.get("/v1/outcomes"))

    def _reload(self, d):
        with open(os.path.join(self.folder.policies, "program.way"), "a", encoding="utf-8") as f:
            f.write("\n# a remark\n")
        d.signal(signal.SIGHUP)
        until(lambda: '"event":"reload' in "".join(d.lines) or d.process.poll() is not None)


def judge(session, call, failed):
    """Is that how it may go?"""
    fine = {0, 3} if session.answers else {0, 1, 3}
    if call == "malloc":
        fine.add(-signal.SIGABRT)
    assert session.status in fine, "ended with %s: %s" % (session.status, session.said)
    assert session.status == 0 or session.said, "ended without a word"
    taken = all(a.status == 200 for a in session.answers[:EVENTS])
    for a in session.answers:
        assert a.status in (200, 500, 507) or (not taken and a.status == 404), repr(a)
    if not failed:
        assert session.status == 0 and all(a.status == 200 for a in session.answers), session.said


def one(call, error, n):
    """The n-th call fails. Returns how many such calls there were."""
    with Folder() as folder:
        failing = Failing(folder)
        failing.set([call], error, after=n - 1, times=1)
        session = Session(folder, failing.env)
        session.run()
        judge(session, call, failing.failed)
        seen = failing.seen
        failing.clear()
        again = Session(folder, {})
        again.run()
        assert again.status == 0 and all(a.status == 200 for a in again.answers), again.said
        check_ledger(folder, read_books(folder))
        return seen


def tokens_of(folder):
    done = folder.run("token", "list", "--json")
    assert done.returncode == 0, done.stderr
    return {t["name"] for t in json.loads(done.stdout)}


def one_token(call, error, n):
    """The same for `waymark token add`: the token is there and was shown, or it is not there."""
    with Folder() as folder:
        before = tokens_of(folder)
        failing = Failing(folder)
        failing.set([call], error, after=n - 1, times=1)
        done = folder.run("token", "add", "fresh", "--role", "read", "--county", "all", env=failing.env)
        seen, failed = failing.seen, failing.failed
        shown = done.returncode == 0 and done.stdout.startswith("wm_")
        assert done.returncode in (0, 1, 3) or (call == "malloc" and done.returncode == -signal.SIGABRT), done
        assert shown or done.stderr, "failed without a word"
        assert shown or failed, done.stderr
        after = tokens_of(folder)
        assert after - {"fresh"} == before and (not shown or "fresh" in after), (done, after)
        if shown:
            d = folder.start()
            assert d.get("/v1/policies", token=done.stdout.strip()).status == 200
            d.stop()
        return seen


def some_of(n, rng):
    """The first, the last, and some in between."""
    return sorted({1, n} | set(rng.sample(range(1, n + 1), min(n, EACH - 2))))


def try_all(name, run, calls, rng):
    """Returns how many passed and failed."""
    passed = failed = 0
    for call in calls:
        total = run(call, 0, 1 << 30)
        assert total > 0, "%s is never called: this tests nothing" % call
        tried = 0
        for n in some_of(total, rng):
            error = rng.choice(ERRORS[call])
            try:
                run(call, error, n)
                tried += 1
            except Exception:
                failed += 1
                print("FAIL  %s: %s number %d of %d: %s" % (name, call, n, total, errno.errorcode[error]))
                traceback.print_exc(file=sys.stdout)
        passed += tried
        print("ok    %s: %-10s %d of %d" % (name, call, tried, total), flush=True)
    return passed, failed


def main():
    seed = seed_of()
    rng = random.Random(seed)
    print("the n-th call fails, SEED=%d" % seed, flush=True)
    wanted = sys.argv[1:] or list(ERRORS)
    passed, failed = try_all("serve", one, [c for c in wanted if c != "rename"], rng)
    more = try_all("token add", one_token, [c for c in wanted if c in TOKEN_CALLS], rng)
    print("%d passed, %d failed" % (passed + more[0], failed + more[1]))
    return 1 if failed or more[1] or not passed else 0


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
