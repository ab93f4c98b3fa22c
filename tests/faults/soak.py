#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""All at once, at random, for as long as asked: load, kills, ends, reloads, full and failing disks,
crowds, a clock that is stepped.

    SECONDS=3600 SEED=1 soak.py          (60 seconds when SECONDS is not set)

Each stream of events is sent by two clients at once, which keep books; a third sends old ones again.
Whenever the daemon is down the ledger is compared with the books and with `waymark run`. The last
line is "N passed, N failed": looks at a ledger.
"""
import errno
import os
import random
import resource
import shutil
import signal
import sys
import time
import traceback

from book import Sender, Stream, check_ledger, end_with_its_daemons, read_books, roomy, seed_of
from failing import Failing
from test_kill import Reloader, Replayer
from test_peers import many
from waymarkd import Folder, utc

STREAMS = 3
LEDGER_SECONDS = 300  # then a fresh ledger: looking through one takes longer as it grows
LOOK_ONE_IN = 6  # ends of the daemon; every one at the end of a ledger
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"


class Clock:
    """What the daemon takes for the time. Clients never go back."""

    def __init__(self, folder):
        self.path = os.path.join(folder.path, "clock")
        self.ahead = self.seen = 0.0
        self.can = os.path.exists(FAKETIME)
        self.step(0)

    def step(self, seconds):
        self.ahead += seconds
        self.seen = max(self.seen, self.ahead)
        with open(self.path + ".new", "w", encoding="utf-8") as f:
            f.write("%+d\n" % self.ahead)
        os.replace(self.path + ".new", self.path)

    def now(self, offset_s=0.0):
        return utc(self.seen + offset_s)

    def env(self, env):
        if not self.can:
            return env
        more = {
            "LD_PRELOAD": FAKETIME + " " + env["LD_PRELOAD"],
            "FAKETIME_TIMESTAMP_FILE": self.path,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
        return dict(env, **more)


class Soak:
    """One ledger and what happens to it."""

    def __init__(self, folder, rng, counts):
        self.folder, self.rng, self.counts = folder, rng, counts
        self.failing, self.clock = Failing(folder), Clock(folder)
        self.streams = [Stream(k, rng.random(), self.clock.now) for k in range(STREAMS)]
        self.at, self.stored, self.crowd = {}, set(), []

    def count(self, what, n=1):
        self.counts[what] = self.counts.get(what, 0) + n

    # ---- clients ----

    def start(self):
        self.may_end = False
        self.daemon = self.folder.start(env=self.clock.env(self.failing.env))
        self.senders = [
            Sender(self.daemon, self.folder, name, s, self.at.get(name, 0))
            for s in self.streams
            for name in (s.name + "-a", s.name + "-b")
        ]
        self.others = [Replayer(self.daemon, self.book, self.rng.random())]
        if self.rng.random() < 0.3:
            self.others.append(Reloader(self.daemon, self.folder, self.rng.random()))
        for t in self.senders + self.others:
            t.start()

    def stop_clients(self):
        threads = self.senders + self.others
        for t in threads:
            t.enough.set()
        for t in threads:
            t.join()
        for s in self.senders:
            self.at[s.name_] = s.i
        for p in self.crowd:
            p.close()
        self.crowd = []
        failures = [f for t in threads for f in t.failures]
        assert not failures, failures[:3]
        self.count("sent again", sum(t.sent for t in self.others if isinstance(t, Replayer)))
        self.count("reloads", sum(t.sent for t in self.others if isinstance(t, Reloader)))

    def ended(self, *statuses):
        status = self.daemon.wait(60)
        self.stop_clients()
        self.folder.daemons.remove(self.daemon)
        assert status in statuses or (self.may_end and status == 3), "ended with %d: %s" % (status, "".join(self.daemon.lines[-5:]))
        self.failing.clear()
        if self.rng.randrange(LOOK_ONE_IN) == 0:
            self.look()

    def look(self):
        self.book = read_books(self.folder)
        check_ledger(self.folder, self.book)
        self.count("looks")

    # ---- what happens ----

    def kill(self):
        self.daemon.process.kill()
        self.ended(-signal.SIGKILL)
        self.start()

    def end(self):
        self.daemon.signal(signal.SIGTERM)
        self.ended(0)
        self.start()

    def fill(self):
        error = self.rng.choice([errno.ENOSPC, errno.EDQUOT])
        self.failing.set(["write"], error, path=self.rng.choice(["ledger.db-wal", "ledger.db"]))
        time.sleep(self.rng.uniform(0.1, 2))
        self.failing.clear()

    def limit(self):
        size = os.path.getsize(self.folder.ledger + "-wal") + self.rng.randrange(1, 100000)
        no = resource.RLIM_INFINITY
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE, (size, no))
        time.sleep(self.rng.uniform(0.1, 2))
        resource.prlimit(self.daemon.process.pid, resource.RLIMIT_FSIZE, (no, no))

    def unreadable(self):
        """Who asks is told, unless it is the writer that cannot read: then the daemon ends."""
        self.may_end = True
        self.failing.set(["read"], errno.EIO, path="ledger.db-wal")
        time.sleep(self.rng.uniform(0.05, 0.5))
        self.failing.clear()

    def break_disk(self):
        call = self.rng.choice(["write", "sync"])
        self.failing.set([call], errno.EIO, path="ledger.db-wal", after=self.rng.randrange(40))
        self.ended(3)
        self.start()

    def gather(self):
        self.crowd += many(self.daemon, self.rng.randrange(10, 300), b"GET / HT"[: self.rng.randrange(9)])

    def step(self):
        """Nothing is under way when the clock is stepped, so that what happened keeps its order."""
        self.stop_clients()
        for s in self.streams:
            self._send_rest(s)
        back = self.rng.random() < 0.3
        self.clock.step(-self.rng.uniform(1, 3600) if back else self.rng.uniform(1, 40 * 3600))
        self.daemon.signal(signal.SIGTERM)
        self.ended(0)
        self.start()

    def _send_rest(self, stream):
        name = stream.name + "-a"
        s = Sender(self.daemon, self.folder, name, stream, self.at[name])
        with open(s.path, "a", encoding="utf-8") as book:
            c = self.daemon.connect()
            while s.i < len(stream.events):
                s._one(c, book)
            c.close()
        self.at[name] = s.i
        assert not s.failures, s.failures[:3]

    def run(self, until):
        self.book = []
        weights = {"kill": 6, "end": 2, "fill": 2, "limit": 1, "unreadable": 1, "break_disk": 2, "gather": 1}
        if self.clock.can:
            weights["step"] = 2
        self.start()
        while time.monotonic() < until:
            time.sleep(self.rng.uniform(0.1, 1.5))
            (what,) = self.rng.choices(list(weights), list(weights.values()))
            self.doing = what
            getattr(self, what)()
            self.count(what)
            if self.daemon.process.poll() is not None:
                self.ended()
                self.start()
        self.daemon.signal(signal.SIGTERM)
        self.ended(0)
        self.look()
        self.count("acknowledged", len(self.book))


def main():
    seconds = float(os.environ.get("SECONDS", "60"))
    seed = seed_of()
    rng = random.Random(seed)
    print("soak for %d s, SEED=%d" % (seconds, seed), flush=True)
    counts, begin = {}, time.monotonic()
    while time.monotonic() < begin + seconds:
        with roomy(Folder()) as folder:
            soak = Soak(folder, rng, counts)
            try:
                soak.run(min(begin + seconds, time.monotonic() + LEDGER_SECONDS))
            except Exception:
                soak.daemon.kill()
                print("".join(soak.daemon.lines[-6:]))
                kept = folder.path + "-failed"  # the ledger is evidence
                shutil.copytree(folder.path, kept)
                print("failed during %s; see %s" % (soak.doing, kept))
                traceback.print_exc(file=sys.stdout)
                print("%s\n%d passed, 1 failed" % (told(counts, begin), counts.get("looks", 0)))
                return 1
        print(told(counts, begin), flush=True)
    print("%d passed, 0 failed" % counts["looks"])
    return 0


def told(counts, begin):
    parts = ["%s %d" % (what.replace("_", " "), n) for what, n in sorted(counts.items())]
    return "after %d s: %s" % (time.monotonic() - begin, ", ".join(parts))


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
