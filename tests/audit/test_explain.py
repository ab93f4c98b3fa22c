#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `waymark explain` says would have to be different is decided with.

    test_explain.py [COUNT] [SEED]

Policies and histories by chance. For each provision that did not apply and of which explain says what
would have to be different, the events are changed that way, decided by `waymark run`, and the
provision has to apply; with any one of the changes left out it may not. Likewise of an event that a
prohibition stopped: it has to be taken. Of an event that comes late the same is said as in its place.
What explain says happens next is what `waymark run --until` brings. What a case owes, what it was
paid, its place and its meeting are brought about by events in one policy that is written down here.
The last line is "N passed, N failed".
"""
import collections
import datetime
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "reference"))

import compare  # noqa: E402
import generate  # noqa: E402
import histories  # noqa: E402
from chance import FACTS  # noqa: E402

TOP = os.path.join(HERE, "..", "..")
WAYMARK = os.path.abspath(os.environ.get("WAYMARK") or os.path.join(TOP, "build", "waymark"))
SETS = 40  # tried of one history, at most
NEXT_MOST = 200  # decisions that --next tells
UNTIL = "2029-12-31"

counts = collections.Counter()


def fail(what, *more):
    counts["failed"] += 1
    print("FAIL ", what, *more, sep="\n  ")


def waymark(*args):
    return subprocess.run([WAYMARK, *args], capture_output=True, text=True, timeout=300)


def setter(kind, fact):
    return f"told_{kind}_{fact}"


class World:
    """One policy, with an event for each fact that sets it and that no provision waits for."""

    def __init__(self, folder, number):
        self.folder = folder
        self.written = compare.without_contradictions(folder, generate.Policy(number))
        self.path = os.path.join(folder, "policy.way")
        with open(self.path, "w", encoding="utf-8") as f:
            f.write(self.written.text())
            for kind, facts in FACTS.items():
                for fact in facts:
                    f.write(f"event {setter(kind, fact)} of {kind}\n  sets {fact}\n")
        self.compiles = waymark("check", self.path).returncode == 0

    def is_ambiguous(self, provision):
        """Several triggers of one provision have one name."""
        with open(self.path, encoding="utf-8") as f:
            block = f.read().splitlines()[provision["line"]:]
        own = block[:next((i for i, line in enumerate(block) if not line.startswith("  ")), len(block))]
        return sum(line.startswith("  on ") for line in own) > 1

    def feed(self, events):
        path = os.path.join(self.folder, "events.jsonl")
        with open(path, "w", encoding="utf-8") as f:
            f.writelines(json.dumps(e) + "\n" for e in events)
        return path

    def explain(self, events, *more):
        got = waymark("explain", self.path, self.feed(events), "--json", "--confidential", *more)
        return [json.loads(line) for line in got.stdout.splitlines()]

    def run(self, events, *more):
        got = waymark("run", self.path, self.feed(events), *more)
        return [json.loads(line) for line in got.stdout.splitlines()]


def name_of(provision):
    return provision["program"], provision["block"], provision.get("part"), provision["line"]


def is_internal(decision):
    return decision["event"]["source"].startswith("waymark")


class Changed:
    """The events up to the one that is explained, changed as explain says."""

    def __init__(self, history, events, at, county, changes):
        self.history = history
        self.events = [dict(e) for e in events[:at]]
        self.event = dict(events[at], data=dict(events[at].get("data", {})))
        self.county, self.before, self.known = county, [], True
        self.added = set()
        for change in changes:
            self.apply(change)

    def tell(self, case, kind, fact, value):
        self.before.append({
            "specversion": "1.0", "id": f"told{len(self.before)}", "source": "/told", "type": setter(kind, fact),
            "subject": case, "time": self.event["time"], "county": self.county.get(case, self.event["county"]),
            "data": {fact: value}})

    def apply(self, change):
        if "field" in change:
            self.event["data"][change["field"]] = change["value"]
        elif "case" in change:
            self.tell(change["case"], change["kind"], change["fact"], change["value"])
        elif "fact" in change:
            self.tell(self.event["subject"], self.kind, change["fact"], change["value"])
        elif "day" in change:
            self.move(change["day"])
        elif change.get("times", 0) > 0 and self.day() == change["on"]:
            self.repeat(change["event"], change["times"])
        else:
            self.known = False  # a step comes about by events that bring about other things, too

    def repeat(self, type, times):
        """It happens more often, right before; that may bring about something of its own."""
        for i in range(times):
            self.before.append({k: v for k, v in {
                "specversion": "1.0", "id": f"again{len(self.before)}", "source": "/told", "type": type,
                "subject": self.event["subject"], "casekind": self.event.get("casekind"), "time": self.event["time"],
                "county": self.event["county"], "data": self.history.data(type, self.kind)}.items() if v})

    def day(self):
        return str(datetime.datetime.fromisoformat(self.event["time"]).astimezone(self.zone).date())

    @property
    def kind(self):
        return self.event.get("casekind") or {"P": "person", "B": "buyer", "A": "agency"}[self.event["subject"][0]]

    def move(self, day):
        at = datetime.datetime.fromisoformat(self.event["time"])
        local = at.astimezone(self.zone)
        want = datetime.date.fromisoformat(day)
        self.event["time"] = local.replace(year=want.year, month=want.month, day=want.day).isoformat()
        for told in self.before:
            told["time"] = self.event["time"]

    def all(self):
        return self.events + self.before + [self.event]


def applies(world, events, event, provision):
    """Did the provision apply to the event? None: the event was not decided."""
    found = explained_event(world, events, event)
    if found is None or "stopped" in found:
        return None
    return all(name_of(n) != name_of(provision) for n in found["not_applied"])


def explained_event(world, events, event, *more):
    for found in world.explain(events, *more):
        if found["event"]["id"] == event["id"] and found["event"]["source"] == event["source"]:
            return found
    return None


def repeats(changed):
    return any(e["id"].startswith("again") for e in changed.before)


def further(change):
    """Another value that should do as well; None: there is none to try."""
    step = {"at-least": 1, "more": 1, "at-most": -1, "less": -1}.get(change.get("relation"))
    value = change.get("value")
    if change.get("relation") == "known" and isinstance(value, bool):
        return dict(change, value=not value)
    if step is None or isinstance(value, bool) or not isinstance(value, int) or "times" in change:
        return None
    value += step * 2
    also = change.get("also")
    if value < 0 or also and (value >= also["value"] if step > 0 else value <= also["value"]):
        return None
    return dict(change, value=value)


def check_further(world, history, events, at, county, provision, changes):
    """It is said that 60 or more would do: then so does 62."""
    for i, change in enumerate(changes):
        other = further(change)
        if not other:
            continue
        changed = Changed(history, events, at, county, changes[:i] + [other] + changes[i + 1:])
        if applies(world, changed.all(), changed.event, provision):
            counts["further"] += 1
        else:
            fail("it does not apply with a value that should do as well", provision["text"], json.dumps(changes),
                 json.dumps(other))


def check_set(world, history, events, at, county, provision, changes):
    changed = Changed(history, events, at, county, changes)
    if not changed.known:
        counts["steps"] += 1
        return
    counts["changes"] += len(changes)
    words = json.dumps(changes)
    counts["repeated"] += repeats(changed)
    if applies(world, changed.all(), changed.event, provision) is not True:
        if repeats(changed):
            counts["of them with effects of their own that stood in the way"] += 1
            return
        fail("it does not apply with what would have to be different", provision["text"], words,
             json.dumps(changed.event))
        return
    decided = [d for d in world.run(changed.all()) if d["event"]["id"] == changed.event["id"]]
    if any(o.get("because", {}).get("line") == provision["line"] for d in decided for o in d["outcomes"]):
        counts["seen in run"] += 1
    for left_out in range(len(changes) if len(changes) > 1 else 0):
        fewer = Changed(history, events, at, county, changes[:left_out] + changes[left_out + 1:])
        if applies(world, fewer.all(), fewer.event, provision):
            fail("it applies without one of the changes", provision["text"], words)
            return
    counts["passed"] += 1
    if not repeats(changed):
        check_further(world, history, events, at, county, provision, changes)


def check_taken(world, history, events, at, county, never, changes):
    """The event is not stopped any more."""
    changed = Changed(history, events, at, county, changes)
    if not changed.known:
        counts["steps"] += 1
        return
    found = explained_event(world, changed.all(), changed.event)
    if repeats(changed) and (found is None or "stopped" in found):
        return  # what happens more often has effects of its own
    if found is None or "stopped" in found:
        fail("it is stopped all the same", never["text"], json.dumps(changes), json.dumps(found))
        return
    counts["taken"] += 1
    counts["passed"] += 1


def check_late(world, events):
    """Two events of a case that stand side by side, the other way round: the same is said of the first."""
    for i in range(len(events) - 1):
        first, then = events[i], events[i + 1]
        same = [e for e in events if e["subject"] == first["subject"]]
        if first["subject"] != then["subject"] or first["time"] >= then["time"] or same[0] is first:
            continue
        if {first["type"], then["type"]} & {"retracted", "corrected", "approved", "declined", "payment_received"}:
            continue
        in_place = explained_event(world, events, first, "--any-order")
        late = explained_event(world, events[:i] + [then, first] + events[i + 2:], first, "--any-order")
        if not in_place or not late or "stopped" in in_place:
            continue
        before = {name_of(n): n for n in in_place["not_applied"]}  # what cases share may be another by then
        both = [(before[name_of(n)], n) for n in late["not_applied"] if name_of(n) in before]
        for x, y in both:
            if x.get("would_apply") != y.get("would_apply"):
                fail("another thing is said of it when it comes late", json.dumps(first), json.dumps(x), json.dumps(y))
        counts["late ones explained"] += sum("would_apply" in y for _, y in both)
        counts["passed"] += 1
        return


OWN = """timezone "America/Los_Angeles"

case person "Somebody"

event fined of person
event asked of person
  urgent : yes/no
event joined of person
event met of person
event accused of person
event helped of person

action jail

party office "The office"

program things "Things"
  effective 2026-01-01

fund pot "The pot" budget $1,000 per year

capacity room of person "Room" is 2 places

docket meeting of person "The meeting"
  meets weekly on Thursday
  at most 5 cases

rule fines
  on fined
  assess $50 as fine

rule joins
  on joined
  enrol in room

rule meets
  on met
  place on meeting

schedule support of person
  on helped
  pay $100 to person monthly for 3 months starting same day from pot

rule owes_nothing
  on asked when balance owed is $0
  notify office "owes nothing"

rule inside
  on asked when enrolled in room
  notify office "inside"

rule outside
  on asked when not enrolled in room
  notify office "outside"

rule on_agenda
  on asked when placed on meeting
  notify office "on the agenda"

rule had_support
  on asked when paid under support >= $200
  notify office "had support"

rule jails
  on accused
  order jail

never order jail for person when count of fined < 2
  "Nobody goes to jail for one fine"

only after met order jail

county alameda "Alameda County"
  adopts things from 2026-01-01
"""


def own_events(*rows):
    for n, (type, day, *data) in enumerate(rows):
        yield {k: v for k, v in {
            "specversion": "1.0", "id": "e-%d" % n, "source": "/own", "type": type, "subject": "P-1",
            "county": "alameda", "time": "2026-%sT10:00:00-08:00" % day, "data": data[0] if data else None}.items() if v}


class Own:
    """The policy above, as World."""

    feed, explain, run = World.feed, World.explain, World.run

    def __init__(self, folder):
        self.folder, self.path = folder, os.path.join(folder, "own.way")
        with open(self.path, "w", encoding="utf-8") as f:
            f.write(OWN)

    def of_last(self, *rows, more=()):
        """What is explained of the event that was given last."""
        events = list(own_events(*rows))
        return explained_event(self, events, events[-1], *more)


def says(got, key, block, text):
    said = [x["text"] for n in got[key] if n["block"] == block
            for x in (n.get("would_apply"), n.get("would_be_taken")) if x]
    if said == [text]:
        counts["passed"] += 1
    else:
        fail("what would have to be different of " + block, text, said)


def applied(got, block):
    if got and "stopped" not in got and all(n["block"] != block for n in got["not_applied"]):
        counts["passed"] += 1
    else:
        fail("it does not come out with what would have to be different: " + block, json.dumps(got))


def what_follows_from_decisions(folder):
    """Each is said, and comes out when events bring it about."""
    own = Own(folder)
    fined, asked = ("fined", "01-05"), ("asked", "01-20", {"urgent": True})
    fine = own.run(own_events(fined))[0]["outcomes"][0]["id"]
    got = own.of_last(fined, asked)
    says(got, "not_applied", "owes_nothing", "balance owed would have to be $0.00; it was $50.00")
    applied(own.of_last(fined, ("payment_received", "01-06", {"outcome": fine, "amount": "50.00"}), asked), "owes_nothing")
    says(got, "not_applied", "inside", "the case would have to have a place in room")
    got = own.of_last(("joined", "01-05"), asked)
    applied(got, "inside")
    says(got, "not_applied", "outside", "the case would have to have no place in room")
    applied(own.of_last(asked), "outside")
    says(got, "not_applied", "on_agenda", "the case would have to be placed on meeting")
    applied(own.of_last(("met", "01-19"), asked), "on_agenda")
    says(got, "not_applied", "had_support", "paid under support would have to be $200.00 or more; it was $0.00")
    applied(own.of_last(("helped", "01-05"), ("asked", "02-10", {"urgent": True})), "had_support")

    both = "count of fined would have to be 2 or more; it was 1, and met would have to have happened before"
    got = own.of_last(fined, ("accused", "01-20"))
    says(got, "nevers", "only_after_met_order_jail", both)
    got = own.of_last(fined, ("met", "01-06"), ("accused", "01-20"))
    says(got, "nevers", "never_1", "count of fined would have to be 2 or more; it was 1")
    applied(own.of_last(fined, ("met", "01-06"), ("fined", "01-07"), ("accused", "01-20")), "jails")

    correction = {"source": "/own", "event": "e-1", "reason": "typed wrong", "data": {"urgent": False}}
    got = own.of_last(fined, asked, ("corrected", "01-21", correction), more=("--any-order",))
    says(got, "not_applied", "owes_nothing", "balance owed would have to be $0.00; it was $50.00")


def check_history(world, history, events):
    place = {(e["source"], e["id"]): i for i, e in reversed(list(enumerate(events)))}
    county = {}
    for decision in (explained := world.explain(events)):
        if not is_internal(decision):
            e = events[place[(decision["event"]["source"], decision["event"]["id"])]]
            county.setdefault(decision["case"], e["county"])
    left = SETS
    for decision in explained:
        at = place.get((decision["event"]["source"], decision["event"]["id"]))
        for provision in decision["not_applied"]:
            counts["not applied"] += 1
            counts["explained"] += "would_apply" in provision
            for changes in provision.get("would_apply", {}).get("sets", []):
                if at is not None and left and not world.is_ambiguous(provision):
                    left -= 1
                    check_set(world, history, events, at, county, provision, changes)
        for never in decision["nevers"] if "stopped" in decision and at is not None else ():
            counts["stopped"] += 1
            for changes in never.get("would_be_taken", {}).get("sets", []):
                check_taken(world, history, events, at, county, never, changes)


def check_next(world, events):
    """What comes by itself is what run brings."""
    said = world.explain(events, "--next", "--until", UNTIL)[-1]["next"]
    before = len(world.run(events))
    came = [d for d in world.run(events, "--until", UNTIL)[before:] if d["outcomes"] or "stopped" in d]
    want = [(d["case"], d["outcomes"]) for d in came[:NEXT_MOST]]
    if [(i["case"], i["outcomes"]) for i in said["items"]] != want or said["more"] != max(0, len(came) - NEXT_MOST):
        fail("what happens next is not what run brings", json.dumps(said)[:2000], json.dumps(want)[:2000])
        return
    counts["come next"] += len(came)
    counts["passed"] += 1


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        what_follows_from_decisions(folder)
    for number in range(seed, seed + count):
        with tempfile.TemporaryDirectory() as folder:
            world = World(folder, number)
            if not world.compiles:
                continue
            Changed.zone = __import__("zoneinfo").ZoneInfo(world.written.zone)
            history = histories.History(world.written, number)
            events = [e for e in history.events if not isinstance(e.get("data", {}).get("outcome"), list)]
            before = counts["failed"]
            check_history(world, history, events)
            check_late(world, events)
            check_next(world, events)
            if counts["failed"] > before:
                print("  of policy", number)
    if counts["of them with effects of their own that stood in the way"] * 4 > counts["repeated"]:
        fail("what would have to happen more often hardly ever comes out")
    print(", ".join(f"{v} {k}" for k, v in sorted(counts.items()) if k not in ("passed", "failed")))
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
