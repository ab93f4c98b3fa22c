# SPDX-License-Identifier: Apache-2.0
"""Clients that send what happens in some cases, and keep a book of it.

A client's book is a file to which it appends each event with the answer that acknowledged it, synced
to disk before it goes on. Senders that share a stream all send the same events, each in order,
and each keeps at an event until it has been acknowledged.

The first letter of a case says what happens to it:
  C  events in order; it draws on what cases share
  H  it is paid by the clock, and draws on nothing
  L  events that come in any order, are retracted and corrected
  Z  what is destroyed some day (staff.py)
"""
import http.client
import json
import os
import random
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "daemon"))
from waymarkd import event, utc  # noqa: E402

LETTERS = "CHLZ"
COUNTIES = ("alameda", "los_angeles", "yolo")
CASES = 12  # of each stream: a case's events must come in order, so no two streams share one
ZS = 100  # events of a stream after which another case is the one that is destroyed some day
# What a client waits for and then sends again.
PASSING = ("storage-full", "busy", "ledger-unreadable", "batch-failed")


def slug(answer):
    return answer.json["type"].rpartition("/")[2]


def is_passing(answer):
    return answer.status >= 500 and slug(answer) in PASSING


class Stream:
    """Events of some cases, made as they are asked for; the same for every sender. Each stream has a
    county of its own: what its cases share depends on no other stream."""

    def __init__(self, number, seed, now=utc):
        self.name, self.county = "C%d" % number, COUNTIES[number]
        self.random, self.now = random.Random(seed), now
        self.events, self.lock = [], threading.Lock()
        self.named, self.promised = {}, {}  # of L cases: their events; those that were named before they come

    def at(self, i):
        with self.lock:
            while len(self.events) <= i:
                self.events.append(self._make(len(self.events)))
            return self.events[i]

    def _make(self, i):
        case = "%s-%d" % (self.name, self.random.randrange(CASES))
        more = {"id": "%s-%d" % (self.name, i), "time": self.now(), "county": self.county}
        if i in self.promised:
            return self._any_order(self.promised.pop(i), more)
        kind = self.random.random()
        # Support pays by the clock, so an event of its cases may come late.
        if kind < 0.1:
            return event("support" if kind < 0.05 else "visit", "H" + case, casekind="person",
                         data=None if kind < 0.05 else {"minutes": 60}, **more)
        if kind < 0.13:
            type, data = self.random.choice([("visit", {"minutes": 60}), ("support", None), ("moved", {"home": "H"})])
            return event(type, "Z%s-%d" % (self.name, i // ZS), data=data, casekind="person", **more)
        if kind < 0.25:
            return self._any_order("L%s-%d" % (self.name, self.random.randrange(4)), more)
        if kind < 0.5:
            types = ["granted", "granted", "aided", "aid_ended", "referred", "went"]
            return event(self.random.choice(types), case, **more)
        if kind < 0.7:
            return event("marked", case, data={"hidden": True}, **more)
        return event("visit", case, data={"minutes": 60}, **more)

    def _any_order(self, case, more):
        """Up to two seconds ago: some of them come later than what came after them. One in four takes back
        another, or puts it right: one that has come, or one that will."""
        named = self.named.setdefault(case, [])
        if named and self.random.random() < 0.25:
            return self._amended(case, named, more)
        more["time"] = self.now(-2 * self.random.random())
        types = ["visit", "missed", "enrolled", "convicted", "convicted", "attended"]
        type = self.random.choice(types)
        named.append((more["id"], type))
        return event(type, case, data={"minutes": 60} if type == "visit" else None, casekind="person", **more)

    def _amended(self, case, named, more):
        of, type = self.random.choice(named[-20:])
        if self.random.random() < 0.2:
            ahead = len(self.events) + self.random.randrange(1, 30)
            self.promised.setdefault(ahead, case)
            of, type = "%s-%d" % (self.name, ahead), None  # of another case it is refused
        data = {"event": of, "source": "/cms"}
        if type in (None, "retracted", "corrected") or self.random.random() < 0.4:
            named.append((more["id"], "retracted"))
            return event("retracted", case, data=data, casekind="person", **more)
        data["time"] = self.now(-10 * self.random.random())
        if type == "visit":
            data["data"] = {"minutes": self.random.choice([30, 90])}
        named.append((more["id"], "corrected"))
        return event("corrected", case, data=data, casekind="person", **more)


def group_of(case):
    """What the ids of cases of that letter and stream begin with."""
    return case.partition("-")[0] + "-"


def bind_tokens(folder, streams):
    """A principal for each group of cases, that may send events of no others."""
    for stream in streams:
        for letter in LETTERS:
            group = group_of(("" if letter == "C" else letter) + stream.name)
            folder.add_token(group, "submit", "all", "--subject", group)


class Sender(threading.Thread):
    """Sends a stream from where it stands until the connection fails or `enough` is set. `bound`: with the tokens of
    bind_tokens, and now and then with one of another group."""

    def __init__(self, daemon, folder, name, stream, start=0, bound=False):
        super().__init__()
        self.daemon_, self.name_, self.stream, self.i, self.bound = daemon, name, stream, start, bound
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
        group = group_of(e["subject"])
        if self.bound and self.i % 50 == 0:
            a = self.daemon_.send(e, "Z%s-" % self.stream.name if group[0] != "Z" else self.stream.name + "-", connection=c)
            if a.status != 403 and not is_passing(a):
                self.failures.append("of another group: %s: %r" % (e, a))
        a = self.daemon_.send(e, group if self.bound else "submit", connection=c)
        if a.status == 200:
            book.write(json.dumps([e, a.body]) + "\n")
            book.flush()
            os.fsync(book.fileno())
            self.i += 1
        elif is_passing(a):
            self.passing += 1
            time.sleep(0.02)
        elif self._may_be_refused(e, a):
            self.i += 1
        else:
            self.failures.append("%s: %r" % (e, a))
            self.i += 1

    @staticmethod
    def _may_be_refused(e, a):
        if a.status == 410:
            return e["subject"].startswith("Z")
        # late-event: something happened by itself in its case, and then the policy changed.
        return a.status == 422 and slug(a) in ("late-event", "no-such-event")
