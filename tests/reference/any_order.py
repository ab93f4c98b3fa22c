#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever the order of arrival: policies and histories by chance, with events that are retracted and
corrected, through `waymark run --any-order`, in order of time and shuffled with repeats. Where the
same events are taken, the same outcomes must be left, under the same ids, and the same cases.

usage: any_order.py [--count N] [--seed SEED]     (WAYMARK names the program)
"""
import argparse
import datetime
import json
import os
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import generate
import histories
from answers import WAYMARK
from chance import EVENTS, FACTS, Chance
from compare import without_contradictions

HISTORIES = 3  # of each policy
SHUFFLED = 2   # orders of each, beside that of time
UNTIL = "2029-12-31"


class Alone(generate.Policy):
    """Without what cases share: that goes to who asks first."""
    docket = capacity = property(lambda self: None, lambda self, name: None)

    def grants(self, program):
        pass


class Amended:
    """A history with retractions and corrections; every event at an instant of its own."""

    def __init__(self, policy, seed):
        self.rnd, self.made = Chance(seed), histories.History(policy, seed)
        self.kinds = dict(self.made.cases)
        # What other cases say is kept as it was first read, which depends on the order.
        self.events = [e for e in self.made.events if e["type"] in EVENTS and self.kinds[e["subject"]] != "agency"]
        unique = {e["id"]: e for e in self.events}
        self.events = [self.at_its_own(e, i) for i, e in enumerate(unique.values())]
        for i in range(self.rnd.randint(1, 2 + len(self.events))):
            if self.events:
                self.events.append(self.amendment(self.rnd.choice(self.events), i))

    def at_its_own(self, event, i):
        return dict(event, casekind=self.kinds[event["subject"]], time=self.instant(event["time"], i))

    @staticmethod
    def instant(text, i, days=0):
        at = datetime.datetime.fromisoformat(text).astimezone(datetime.timezone.utc) + datetime.timedelta(days=days)
        return at.strftime("%Y-%m-%dT%H:%M:%S.") + "%06dZ" % i

    def amendment(self, of, i):
        rnd = self.rnd
        data = {"event": of["id"], "source": of["source"]}
        retracts = rnd.maybe(3) or of["type"] not in EVENTS
        if not retracts and rnd.maybe():
            data["time"] = self.instant(of["time"], 2000 + i, rnd.randint(-40, 40))
        if not retracts and (rnd.maybe() or "time" not in data):
            data["data"] = self.fields(of)
        return {"specversion": "1.0", "id": f"a{i}", "source": "/test", "type": "retracted" if retracts else "corrected",
                "subject": of["subject"], "time": self.instant(of["time"], 1000 + i, rnd.randint(0, 60)),
                "county": of["county"], "casekind": self.kinds[of["subject"]], "data": data}

    def fields(self, of):
        _, own, sets = EVENTS[of["type"]]
        types = dict(own, **{fact: FACTS[self.kinds[of["subject"]]][fact] for fact in sets})
        return {name: self.made.value(types[name]) if not self.rnd.maybe(6) else None for name in self.rnd.some(types)}


def run(folder, source, events):
    """Who was taken, what is left of the outcomes, and the cases."""
    path = os.path.join(folder, "events.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(e) + "\n" for e in events)
    done = subprocess.run([WAYMARK, "run", "--any-order", "--json", "--until", UNTIL, "--cases", source, path],
                          capture_output=True, text=True)
    taken, left, cases, reversals = set(), {}, {}, 0
    for line in map(json.loads, done.stdout.splitlines()):
        if "seq" not in line:
            cases[line["id"]] = {k: v for k, v in line.items() if k not in ("last", "awaited", "amendments")}
            continue
        taken.add(line["event"]["id"])
        for outcome in line["outcomes"]:
            if outcome["kind"] == "reversal":
                left.pop(outcome["of"])
                reversals += 1
            else:
                assert outcome["id"] not in left, outcome
                left[outcome["id"]] = {k: v for k, v in outcome.items() if k != "event"}
    assert done.returncode in (0, 1) and all("refused" in json.loads(line) for line in done.stderr.splitlines()), done.stderr
    return taken & {e["id"] for e in events}, left, cases, reversals


def of_the_same(folder, source, one, other):
    """What two orders leave of the same events: what either refuses is left out of both."""
    for _ in range(6):
        a, b = run(folder, source, one), run(folder, source, other)
        if a[0] == b[0]:
            return a, b
        one, other = ([e for e in order if e["id"] in a[0] & b[0]] for order in (one, other))
    return None


def compare(folder, count, seed):
    compared = reversals = 0
    began = time.monotonic()
    for number in range(seed, seed + count):
        written = without_contradictions(folder, Alone(number))
        source = os.path.join(folder, "policy.way")
        with open(source, "w", encoding="utf-8") as file:
            file.write(written.text())
        if subprocess.run([WAYMARK, "check", source], capture_output=True).returncode:
            continue
        for nth in range(HISTORIES):
            history = Amended(written, number * HISTORIES + nth)
            if not history.events:
                continue
            for _ in range(SHUFFLED):
                order = history.rnd.sample(history.events, len(history.events))
                order += history.rnd.sample(order, len(order) // 4)
                both = of_the_same(folder, source, sorted(history.events, key=lambda e: e["time"]), order)
                if both and both[0][1:3] != both[1][1:3]:
                    show(written, order, *both, number)
                    return False
                compared += both is not None
                reversals += sum(left[3] for left in both or ())
    print(f"any order: {compared} pairs of orders leave the same, {reversals} reversals (seed {seed}, "
          f"{time.monotonic() - began:.0f} s)")
    return compared > count // 2 and reversals > count


def show(written, order, a, b, seed):
    print(f"seed {seed}: what is left differs\n{written.text()}")
    print("\n".join(map(json.dumps, order)))
    for name, x, y in (("outcomes", a[1], b[1]), ("cases", a[2], b[2])):
        for key in sorted(set(x) | set(y)):
            if x.get(key) != y.get(key):
                print(f"{name} {key}\n  {x.get(key)}\n  {y.get(key)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="waymark-any-order.") as folder:
        sys.exit(0 if compare(folder, args.count, args.seed) else 1)
