#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""All at once, at random, for as long as asked: load with late, retracted, corrected and repeated events, kills, ends,
reloads, versions that are activated at once or planned, cases that are destroyed or held, backups, candidates tried on
what is recorded, full and failing disks, crowds, a clock that is stepped.

    SECONDS=3600 SEED=1 soak.py          (60 seconds when SECONDS is not set)

Each stream of events is sent by two clients at once, which keep books; one of them has a token for each group of cases
that is bound to their ids. A third sends old ones again.
Now and then when the daemon is down, `waymark verify` and `waymark replay --verify` look at the ledger, and it is
compared with the books; while it holds one policy, with `waymark run`, too. A line every minute says how far it is.
The last line is "N passed, N failed": looks at a ledger.
"""
import errno
import http.client
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
import traceback

from book import check_ledger, fine, read_books, roomy, seed_of
from checks import until
from failing import Failing
from staff import Author, Keeper, read_policies
from streams import Sender, Stream, bind_tokens
from test_kill import Reloader, Replayer
from test_peers import many
from waymarkd import Folder, end_with_its_daemons, utc

STREAMS = 3
LEDGER_SECONDS = 300  # then a fresh ledger: looking through one takes longer as it grows
LOOK_ONE_IN = 6  # ends of the daemon; every one at the end of a ledger
TELL_SECONDS = 60
DISK = "size=512m"  # of the ledger, when it may be mounted
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

    def later(self, seconds):
        """Seconds from what the daemon takes for now."""
        return utc(self.ahead + seconds)

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
        bind_tokens(folder, self.streams)
        self.disk = self._mount() if os.geteuid() == 0 else None
        self.at, self.book, self.crowd, self.doing = {}, [], [], "start"
        self.plans = []  # versions
        self.holds = {}  # of cases: is it held? None: who knows
        self.texts, self.one_policy = read_policies(folder), rng.random() < 0.5

    def _mount(self):
        """A disk of its own for the ledger, that can really be full."""
        disk = os.path.join(self.folder.path, "disk")
        os.mkdir(disk)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "waymark-soak", disk], stderr=subprocess.DEVNULL)
        if done.returncode:
            return None
        ledger = os.path.join(disk, "ledger.db")
        shutil.copyfile(self.folder.ledger + ".tokens", ledger + ".tokens")
        self.folder.ledger = ledger
        return disk

    def close(self):
        if self.disk:
            subprocess.run(["umount", "--lazy", self.disk], check=True)

    def count(self, what, n=1):
        self.counts[what] = self.counts.get(what, 0) + n

    # ---- clients ----

    def start(self):
        self.may_end = False
        self.daemon = self.folder.start(env=self.clock.env(self.failing.env))
        if self.one_policy:
            self._wait_for_overdue()
        self._start_clients()

    def _wait_for_overdue(self):
        """Senders need not wait for what other cases have overdue, so what is left of a fund is told them before that is
        paid. `run`, with which they are compared, lets time pass first."""
        until(lambda: "\nwaymark_due_overdue_cases 0\n" in self.daemon.get("/metrics", token=None).body, 60)

    def _start_clients(self):
        self.senders = [
            Sender(self.daemon, self.folder, name, s, self.at.get(name, 0), bound)
            for s in self.streams
            for name, bound in ((s.name + "-a", False), (s.name + "-b", True))
        ]
        self.others = [Replayer(self.daemon, self.book, self.rng.random())]
        if self.rng.random() < 0.3:
            self.others.append(Reloader(self.daemon, self.folder, self.rng.random()))
        self.staff = [who(self) for who in (Author, Keeper)]
        for t in self.senders + self.others + self.staff:
            t.start()

    def stop_clients(self):
        threads = self.senders + self.others + self.staff
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
        self._count_done()
        self.senders, self.others, self.staff = [], [], []

    def _count_done(self):
        self.count("sent again", sum(t.sent for t in self.others if isinstance(t, Replayer)))
        self.count("reloads", sum(t.sent for t in self.others if isinstance(t, Reloader)))
        for act, n in [done for t in self.staff for done in t.done.items()]:
            self.count(act, n)

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
        check_ledger(self.folder, self.book, like_run=self.one_policy)
        self._check_holds()
        self.count("looks")

    def _check_holds(self):
        listed = {line.split("\t")[0] for line in fine("hold", self.folder.ledger, "--list").splitlines()}
        for case, held in self.holds.items():
            assert held is None or held == (case in listed), "%s: held is %s, listed are %s" % (case, held, listed)

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

    def fill_disk(self):
        """To the last byte, or nearly."""
        filler = os.path.join(self.disk, "filler")
        leave = self.rng.choice([0, 0, self.rng.randrange(200000)])
        with open(filler, "wb", buffering=0) as f:
            try:
                while leave < os.statvfs(self.disk).f_bavail * 4096:
                    f.write(bytes(4096))
            except OSError as e:
                assert e.errno == errno.ENOSPC, e
        time.sleep(self.rng.uniform(0.1, 2))
        os.unlink(filler)

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
        """Nothing is under way when the clock is stepped, so that what happened keeps its order. It runs on or is
        started again."""
        self.stop_clients()
        try:
            for s in self.streams:
                self._send_rest(s)
        except (OSError, http.client.HTTPException):
            self.ended()  # for what it could not read before
            self.start()
            return
        back = self.rng.random() < 0.3
        self.clock.step(-self.rng.uniform(1, 3600) if back else self.rng.uniform(1, 40 * 3600))
        if self.rng.random() < 0.5:
            self.daemon.wait_log("clock-stepped")
            self._wait_for_overdue()
            self._start_clients()
            return
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

    def run(self, end, tell):
        weights = {"kill": 6, "end": 2, "fill": 2, "limit": 1, "unreadable": 1, "break_disk": 2, "gather": 1}
        if self.clock.can:
            weights["step"] = 2
        if self.disk:
            weights["fill_disk"] = 2
        self.start()
        while time.monotonic() < end:
            tell()
            time.sleep(self.rng.uniform(0.1, 1.5))
            (what,) = self.rng.choices(list(weights), list(weights.values()))
            self.doing = what
            getattr(self, what)()
            self.count(what)
            if self.daemon.process.poll() is not None:
                self.ended()
                self.start()
        self.doing = "what was planned"
        until(self._is_in_force, 90)
        self.daemon.signal(signal.SIGTERM)
        self.ended(0)
        self.look()
        self.count("acknowledged", len(self.book))

    def _is_in_force(self):
        """What should be by the register."""
        found = self.daemon.get("/v1/policies").json
        states = {v["version"]: v["state"] for v in found["versions"]}
        begun = [v for v in self.plans if states[v] in ("in-force", "former")]
        if states[found["in_force"]["version"]] != "in-force":
            return False
        self.count("planned and begun", len(begun))
        return True


def main():
    seconds = float(os.environ.get("SECONDS", "60"))
    seed = seed_of()
    rng = random.Random(seed)
    print("soak for %d s, SEED=%d" % (seconds, seed), flush=True)
    counts, begin = {}, time.monotonic()
    last = [begin]

    def tell():
        if time.monotonic() > last[0] + TELL_SECONDS:
            last[0] = time.monotonic()
            print(told(counts, begin), flush=True)

    while time.monotonic() < begin + seconds:
        with roomy(Folder()) as folder:
            soak = Soak(folder, rng, counts)
            try:
                soak.run(min(begin + seconds, time.monotonic() + LEDGER_SECONDS), tell)
            except Exception:
                soak.daemon.kill()
                kept = folder.path + "-failed"  # the ledger is evidence
                shutil.copytree(folder.path, kept)
                with open(os.path.join(kept, "daemon.log"), "w", encoding="utf-8") as f:
                    f.writelines(soak.daemon.lines)
                print("failed during %s; see %s" % (soak.doing, kept))
                traceback.print_exc(file=sys.stdout)
                print("%s\n%d passed, 1 failed" % (told(counts, begin), counts.get("looks", 0)))
                return 1
            finally:
                soak.close()
        counts["ledgers"] = counts.get("ledgers", 0) + 1
    print(told(counts, begin))
    print("%d passed, 0 failed" % counts["looks"])
    return 0


def told(counts, begin):
    parts = ["%s %d" % (what.replace("_", " "), n) for what, n in sorted(counts.items())]
    return "after %d s: %s" % (time.monotonic() - begin, ", ".join(parts))


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
