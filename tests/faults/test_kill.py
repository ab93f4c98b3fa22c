#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 under load, again and again: nothing that was acknowledged is lost, nothing happens twice.

    KILLS=500 test_kill.py          (10 rounds when KILLS is not set)

Two clients send each stream of events at the same time, some of them late, retracted or corrected; a third sends old
ones again in any order.
They keep books, synced to disk. Now and then the policies are read again, also with an error. At
a random moment the daemon is killed, or told to end. Then every acknowledged event must be in the
ledger exactly once with the bytes of its answer, and `waymark run` on what is recorded must come to
the same decisions and cases. What was in doubt is sent again and answered. The last line is
"N passed, N failed": rounds.
"""
import http.client
import os
import random
import shutil
import signal
import sys
import threading
import time
import traceback

from book import check_ledger, read_books, roomy, seed_of
from streams import Sender, Stream, is_passing
from waymarkd import Folder, end_with_its_daemons

STREAMS = 3
ROUNDS_A_LEDGER = 25  # then a fresh one: checking a ledger takes longer as it grows


class Replayer(threading.Thread):
    """Sends acknowledged events again, in any order, also twice in one batch."""

    def __init__(self, daemon, book, seed):
        super().__init__()
        self.daemon_, self.random = daemon, random.Random(seed)
        self.book = [b for b in book if not b[0]["subject"].startswith("Z")]
        self.enough = threading.Event()
        self.failures, self.sent = [], 0

    def run(self):
        try:
            c = self.daemon_.connect(timeout=30)
            while self.book and not self.enough.is_set():
                self._one(c)
            c.close()
        except (OSError, http.client.HTTPException):
            pass

    def _one(self, c):
        some = self.random.choices(self.book, k=self.random.randrange(1, 12))
        if len(some) == 1:
            a = self.daemon_.send(some[0][0], connection=c)
            bodies = [a.body]
        else:
            a = self.daemon_.send([e for e, _ in some], connection=c)
            bodies = split_array(a.body) if a.status == 200 else []
        want = [body.replace('"duplicate":false', '"duplicate":true', 1) for _, body in some]
        if is_passing(a):
            time.sleep(0.02)
        elif a.status != 200 or bodies != want:
            self.failures.append("%r, expected %r" % (a, want))
        self.sent += len(some)


def split_array(body):
    """The members of a JSON array of decisions, as bytes."""
    assert body[0] == "[" and body[-1] == "]", body
    parts = body[1:-1].split(',{"seq":')
    return parts[:1] + ['{"seq":' + p for p in parts[1:]]


class Reloader(threading.Thread):
    """SIGHUP at random moments, with policies that differ in a remark, or are broken."""

    def __init__(self, daemon, folder, seed):
        super().__init__()
        self.daemon_, self.folder, self.random = daemon, folder, random.Random(seed)
        self.enough = threading.Event()
        self.failures, self.sent = [], 0
        self.path = os.path.join(folder.policies, "program.way")
        with open(self.path, encoding="utf-8") as f:
            self.whole = f.read()

    def run(self):
        while not self.enough.wait(self.random.uniform(0.01, 0.15)):
            remark = "\n# remark %d\n" % self.random.randrange(1 << 30)
            self._write(self.whole + self.random.choice(["", remark, "\nrule of nothing\n"]))
            if self.daemon_.process.poll() is None:
                self.daemon_.signal(signal.SIGHUP)
                self.sent += 1
        self._write(self.whole)

    def _write(self, text):
        with open(self.path + ".new", "w", encoding="utf-8") as f:
            f.write(text)
        os.replace(self.path + ".new", self.path)


class Round:
    def __init__(self, folder, streams, at, rng):
        self.folder, self.rng = folder, rng
        self.book = read_books(folder)
        self.daemon = folder.start()
        self.senders = [
            Sender(self.daemon, folder, name, s, at.get(name, 0))
            for s in streams
            for name in (s.name + "-a", s.name + "-b")
        ]
        self.others = [Replayer(self.daemon, self.book, rng.random())]
        if rng.random() < 0.5:
            self.others.append(Reloader(self.daemon, folder, rng.random()))

    def run(self, at):
        threads = self.senders + self.others
        for t in threads:
            t.start()
        time.sleep(self.rng.uniform(0.02, 0.6))
        if self.rng.random() < 0.2:
            self.daemon.signal(signal.SIGTERM)
            self._end(threads)
            assert self.daemon.process.returncode == 0, "".join(self.daemon.lines)
        else:
            self.daemon.process.kill()
            self._end(threads)
        for s in self.senders:
            at[s.name_] = s.i
        failures = [f for t in threads for f in t.failures]
        assert not failures, failures[:3]

    def _end(self, threads):
        self.daemon.wait()
        for t in threads:
            t.enough.set()
        for t in threads:
            t.join()
        self.folder.daemons.remove(self.daemon)


def one_round(folder, streams, at, stored, rng):
    r = Round(folder, streams, at, rng)
    r.run(at)
    book = read_books(folder)
    before = set(stored)
    stored |= check_ledger(folder, book)
    if r.daemon.process.returncode == 0:
        untold = stored - before - {e["id"] for e, _ in book}
        assert not untold, "drained, and nobody was told of %r" % untold
    return len(book), sum(t.sent for t in r.others)


def main():
    rounds = int(os.environ.get("KILLS", "10"))
    seed = seed_of()
    rng = random.Random(seed)
    print("kill -9 under load, %d rounds, SEED=%d" % (rounds, seed), flush=True)
    done = acknowledged = again = 0
    while done < rounds:
        with roomy(Folder()) as folder:
            streams = [Stream(k, rng.random()) for k in range(STREAMS)]
            at, stored = {}, set()
            try:
                for _ in range(min(ROUNDS_A_LEDGER, rounds - done)):
                    told, sent = one_round(folder, streams, at, stored, rng)
                    done += 1
                    again += sent
            except Exception:
                kept = folder.path + "-failed"  # the ledger is evidence
                shutil.copytree(folder.path, kept)
                print("round %d failed; see %s" % (done + 1, kept))
                traceback.print_exc(file=sys.stdout)
                print("%d passed, 1 failed" % done)
                return 1
            acknowledged += told
            print("round %d: %d acknowledged, %d stored, %d sent again" % (done, told, len(stored), again), flush=True)
    assert acknowledged > 0 and again > 0, "this has tested nothing"
    print("%d passed, 0 failed" % done)
    return 0


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
