# SPDX-License-Identifier: Apache-2.0
"""A wall clock for the daemon that tests set: faketime's library, preloaded, reads it from a file. That it was set
the daemon hears as it does from the kernel (clock_set.c). The clock that nobody can set goes on as it is, unless all
clocks are to run faster."""
import array
import datetime
import fcntl
import glob
import os
import termios
import time

LIBRARY = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
TELLS = os.path.abspath(os.environ.get("CLOCK_SET_LIBRARY") or os.path.join(
    os.path.dirname(__file__), "..", "..", "build", "release", "tests", "support", "clock_set.so"))


def instant(text):
    return datetime.datetime.fromisoformat(text).timestamp()


class Clock:
    """The wall clock of the daemons that are started with it."""

    def __init__(self, folder, at):
        assert LIBRARY, "the package faketime is not installed"
        assert os.path.exists(TELLS), "%s is not built" % TELLS
        self.folder, self.path = folder, folder.ledger + ".clock"
        self.told = os.path.join(folder.path, "clock-set")
        if not os.path.exists(self.told):
            os.mkfifo(self.told)
        self.fifo = os.open(self.told, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self.set(at)

    def set(self, at):
        """At once, as `date -s` does."""
        self.ahead = (instant(at) if isinstance(at, str) else at) - time.time()
        with open(self.path + ".new", "w", encoding="utf-8") as f:
            f.write("%+.3f\n" % self.ahead)
        os.replace(self.path + ".new", self.path)
        os.write(self.fifo, b"!")

    def is_heard(self):
        """A daemon has taken notice of all that was said so far."""
        said = array.array("i", [0])
        fcntl.ioctl(self.fifo, termios.FIONREAD, said)
        return said[0] == 0

    def step(self, seconds):
        self.set(self.now() + seconds)

    def now(self):
        return time.time() + self.ahead

    def text(self, later=0):
        at = datetime.datetime.fromtimestamp(self.now() + later, datetime.timezone.utc)
        return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def env(self):
        return {"LD_PRELOAD": TELLS + " " + LIBRARY[0], "CLOCK_SET": self.told,
                "FAKETIME_TIMESTAMP_FILE": self.path, "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1", "NO_FAKE_STAT": "1"}

    def start(self):
        return self.folder.start(env=self.env())

    def start_fast(self, times):
        """For this daemon every second is as many."""
        with open(self.path, "w", encoding="utf-8") as f:
            f.write("%+.3f x%d\n" % (self.ahead, times))
        env = self.env()
        del env["FAKETIME_DONT_FAKE_MONOTONIC"]
        return self.folder.start(env=env)
