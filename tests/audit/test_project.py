#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `waymark project` says of ranges, held against single cases that were added up here.

    test_project.py [COUNT] [SEED]

Projections by chance, with ranges (of what is assumed, of cohorts and shares of them, of a field and of what
a fund has left), over a small policy with a fund that runs out, a schedule and a fine. At every corner, and with what is likely, (1) a projection with these values written out must
say the same, and (2) the same events are written as a file, decided one by one by `waymark run`, and
added up in Python. From these sums alone come the lowest, the likely and the highest of every fund and
month, and what each range does; `project` must have said exactly that. The last line is
"N passed, N failed".
"""
import collections
import csv
import datetime
import decimal
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
WAYMARK = os.path.abspath(os.environ.get("WAYMARK") or os.path.join(TOP, "build", "waymark"))

POLICY = """timezone "America/Los_Angeles"

case survivor "A person who takes part"

case buyer "A person convicted"

event visit of survivor
  minutes : number from 0 to 600

event housed of survivor

event conviction of buyer

fund pot "The pot" budget {budget} per fiscal year from July 1
fund purse "A label"

program help "Help"
  effective 2026-07-01

amount fee is {fee}

number least is {least}

stipend visits
  on visit when minutes >= least
  pay fee to survivor from pot

schedule housing
  on housed
  pay $30 to survivor monthly for 3 months starting first of next month from purse

fine courses of buyer
  on conviction
  tier 1 when count of conviction is 1
    assess fee x 12 as course
  tier 2 when count of conviction >= 2
    assess fee x 52 as second_course

county alameda
  adopts help from 2026-07-01
"""
OWN = {"fee": "$100", "least": "60", "budget": "$2000"}


def run(*args):
    got = subprocess.run([WAYMARK, *args], capture_output=True, text=True, timeout=300)
    if got.returncode > 1 or (not got.stdout and got.returncode):
        raise SystemExit("waymark %s: %s" % (" ".join(args), got.stderr))
    return got.stdout


class Range:
    """One number of a projection: ends and, perhaps, what is likely; low is high for a plain one."""

    def __init__(self, low, high, likely, form="%s"):
        self.at, self.form = (low, high, likely), form

    def plain(self):
        return self.at[0] == self.at[1]

    def text(self, with_likely):
        if self.plain():
            return self.form % self.at[0]
        words = "between %s and %s" % (self.form % self.at[0], self.form % self.at[1])
        return words + (", likely " + self.form % self.at[2] if with_likely else "")


class Projection:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.left = self.chance.randint(1, 4)  # ranges still to be used
        self.likely = self.chance.random() < 0.6
        self.ranges = []
        self.assumed = {}
        if self.chance.random() < 0.8:
            self.assumed["fee"] = self.number(50, 400, "$%s")
        if self.chance.random() < 0.4:
            self.assumed["least"] = self.number(30, 90)
        self.given = None
        if self.chance.random() < 0.4:
            self.given = self.chance.choice(["left", "spent"]), self.number(0, 2001, "$%s", step=100)
        self.cohorts = [self.cohort(kind) for kind in self.chance.choice(
            [["survivor"], ["survivor", "buyer"], ["survivor", "survivor"]])]

    def number(self, low, high, form="%s", step=1):
        a, b, c = (self.chance.randrange(low, high, step) for _ in range(3))
        a, c, b = sorted((a, b, c))
        if a == b or not self.left or self.chance.random() < 0.3:
            a = b = c
        else:
            self.left -= 1
        found = Range(a, b, c, form)
        if a != b:
            self.ranges.append(found)
        return found

    def cohort(self, kind):
        size = self.number(12, 33, step=4)
        lines, day = [], datetime.date(2026, 7, 3)
        for _ in range(self.chance.randint(1, 3)):
            event = "conviction" if kind == "buyer" else self.chance.choice(["visit", "visit", "housed"])
            data = {"minutes": self.number(45, 91, step=15)} if event == "visit" else {}
            lines.append((self.share(), day.isoformat(), event, data))
            day += datetime.timedelta(days=self.chance.choice([0, 1, 30]))
        return kind, size, lines

    def share(self):
        way = self.chance.randrange(4)
        if way == 0:
            return "all", False, None
        if way == 1:
            return "percent", False, self.number(0, 101, "%s%%", step=25) if self.left else Range(50, 50, 50, "%s%%")
        return "number", way == 3, self.number(1, 4)

    def text(self, name):
        """As it is written, with the values that the ranges have now."""
        out = ["projection %s in alameda" % name]
        if self.given:
            out.append("  given fund pot with %s %s" % (self.given[1].text(self.likely), self.given[0]))
        out += ["  assume %s is %s" % (n, r.text(self.likely)) for n, r in self.assumed.items()]
        for kind, size, lines in self.cohorts:
            out.append("  cohort %s of %s" % (size.text(self.likely), kind))
            for (way, another, n), day, event, data in lines:
                who = "all of them" if way == "all" else n.text(self.likely) + " of them"
                fields = ", ".join("%s %s" % (n, r.text(self.likely)) for n, r in data.items())
                out.append("    %s%s %s %s%s" % ("another " if another else "", who, day, event,
                                                " with " + fields if fields else ""))
        return "\n".join(out + ["  until 2027-01-31"]) + "\n"

    def corners(self):
        """Every choice of ends, the first range changing fastest; then what is likely."""
        for ends in itertools.product((0, 1), repeat=len(self.ranges)):
            yield ends[::-1]
        if self.likely and self.ranges:
            yield (2,) * len(self.ranges)

    def at(self, corner):
        """The same projection with one value for each range."""
        fixed = Projection.__new__(Projection)
        chosen = {id(r): Range(*[r.at[end]] * 3, r.form) for r, end in zip(self.ranges, corner)}
        pick = lambda r: chosen.get(id(r), r)  # noqa: E731
        fixed.likely = False
        fixed.assumed = {n: pick(r) for n, r in self.assumed.items()}
        fixed.given = self.given and (self.given[0], pick(self.given[1]))
        fixed.cohorts = [(kind, pick(size), [((way, another, pick(n)), day, event, {f: pick(r) for f, r in data.items()})
                                             for (way, another, n), day, event, data in lines])
                         for kind, size, lines in self.cohorts]
        return fixed

    def reaches_nobody(self):
        """A line that is about none of them, whatever comes, is no line that can be written."""
        return any(n and n.plain() and n.at[0] == 0 for _, _, lines in self.cohorts for (_, _, n), *_ in lines)

    def events(self):
        """Of a fixed one: whom each line reaches is reckoned here anew."""
        found = []
        for c, (kind, size, lines) in enumerate(self.cohorts):
            behind = 0
            for (way, another, n), day, event, data in lines:
                count = size.at[0]
                if way == "percent":
                    count = decimal.Decimal(count) * n.at[0] / 100
                    assert count == int(count)
                elif way == "number":
                    count = n.at[0]
                first = behind if another else 0
                behind = first + int(count)
                if behind > size.at[0]:
                    return None
                found += [(day, kind, "%s-%d-%d" % (kind, c + 1, m + 1), event, {f: r.at[0] for f, r in data.items()})
                          for m in range(first, behind)]
        found.sort(key=lambda e: e[0])
        return found


def decided(fixed, folder):
    """What the cases of a fixed projection come to: (kind, name) and month -> cents, one by one."""
    values = dict(OWN, **{n: r.form % r.at[0] for n, r in fixed.assumed.items()})
    if fixed.given:  # all of it is of one fiscal year, so that the budget is what is left of it
        way, dollars = fixed.given
        values["budget"] = "$%d" % (dollars.at[0] if way == "left" else 2000 - dollars.at[0])
    policy, feed = os.path.join(folder, "policy.way"), os.path.join(folder, "events.jsonl")
    with open(policy, "w", encoding="utf-8") as f:
        f.write(POLICY.format(**values))
    with open(feed, "w", encoding="utf-8") as f:
        for i, (day, _, case, event, data) in enumerate(fixed.events()):
            offset = "-08:00" if "2026-11-01" <= day < "2027-03-14" else "-07:00"
            f.write(json.dumps({"specversion": "1.0", "id": str(i), "source": "/t", "type": event,
                                "subject": case, "time": day + "T12:00:00" + offset,
                                "county": "alameda", "data": data}) + "\n")
    sums = collections.Counter()
    for line in run("run", policy, feed, "--until", "2027-01-31").splitlines():
        decision = json.loads(line)
        for o in decision["outcomes"]:
            cents = int(decimal.Decimal(o.get("amount", "0")) * 100)
            if o["status"] == "unfunded":
                kind, name = "unfunded", o.get("fund", "")
                cents *= o.get("times", 1) if o["action"] == "start" else 1
            elif o["action"] == "pay" and o["status"] == "due":
                kind, name = "paid", o.get("fund", "")
            elif o["action"] == "assess" and o["status"] == "due":
                kind, name = "assessed", o["name"]
            else:
                continue
            sums[kind, name, decision["event"]["time"][:7]] += cents
    return sums


def cents(text):
    return int(decimal.Decimal(text) * 100)


def ends(value):
    """low, likely or None, high"""
    if isinstance(value, dict):
        return cents(value["low"]), cents(value["likely"]) if "likely" in value else None, cents(value["high"])
    return (cents(value),) * 3


def said(result):
    """{(kind, name, month): ends}, with the month "" for all of them."""
    found = {}
    for group in result["money"]:
        key = group["kind"], group.get("fund") or group.get("line") or ""
        found[key + ("",)] = ends(group["amount"])
        for month in group["months"]:
            found[key + (month["month"][:7],)] = ends(month["amount"])
    return found


def with_totals(sums):
    totals = collections.Counter(sums)
    for (kind, name, _), n in sums.items():
        totals[kind, name, ""] += n
    return totals


def expected(projection, runs):
    found = {}
    for key in set().union(*runs):
        of = [r.get(key, 0) for r in runs]
        found[key] = min(of), of[-1] if projection.likely or len(of) == 1 else None, max(of)
    return found


def effects(projection, runs, key):
    found = []
    corners = list(projection.corners())[:2 ** len(projection.ranges)]
    for i in range(len(projection.ranges)):
        changes = [runs[corners.index(c[:i] + (1,) + c[i + 1:])].get(key, 0) - runs[k].get(key, 0)
                   for k, c in enumerate(corners) if c[i] == 0]
        found.append((min(changes), max(changes)))
    return found


def differences(projection, folder):
    """What `project` says otherwise than the cases; None where a line has no members enough."""
    fixed = [projection.at(c) for c in projection.corners()]
    if any(f.events() is None for f in fixed):
        return None
    writable = [i for i, f in enumerate(fixed) if not f.reaches_nobody()]
    if projection.reaches_nobody():
        return None
    book, table = os.path.join(folder, "book.way"), os.path.join(folder, "out.csv")
    with open(book, "w", encoding="utf-8") as f:
        f.write(POLICY.format(**OWN) + projection.text("ranged"))
        f.write("".join(fixed[i].text("fixed_%d" % i) for i in writable))
    results = {r["name"]: r for r in json.loads(run("project", book, "--json", "--csv", table))}
    runs = [with_totals(decided(p, folder)) for p in fixed]
    wrong = []
    for i in writable:
        want = {key: (n,) * 3 for key, n in runs[i].items()}
        if said(results["fixed_%d" % i]) != want:
            wrong.append("fixed_%d: %s, but the cases come to %s" % (i, said(results["fixed_%d" % i]), want))
    want = expected(projection, runs)
    if said(results["ranged"]) != want:
        wrong.append("ranged: %s, but the cases come to %s" % (said(results["ranged"]), want))
    for group in results["ranged"]["money"] if projection.ranges else []:
        key = group["kind"], group.get("fund") or group.get("line") or "", ""
        got = [(cents(e["least"]), cents(e["most"])) for e in group["effects"]]
        if sorted(got) != sorted(effects(projection, runs, key)):
            wrong.append("effects of %s: %s, not %s" % (key, got, effects(projection, runs, key)))
    with open(table, newline="", encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f) if r["projection"] == "ranged"]
    for row in rows:  # one block for each name here
        low, likely, high = want[row["kind"], row["name"], row["month"]]
        got = cents(row["low"]), cents(row["likely"]) if row["likely"] else None, cents(row["high"])
        if got != (low, likely, high):
            wrong.append("CSV: %s" % row)
    if len(rows) != sum(1 for key in want if key[2]):
        wrong.append("CSV has %d rows" % len(rows))
    return wrong


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    passed = failed = ranged = 0
    with tempfile.TemporaryDirectory() as folder:
        while passed + failed < count:
            projection = Projection(seed)
            wrong = differences(projection, folder)
            seed += 1
            if wrong is None:
                continue
            passed += not wrong
            failed += bool(wrong)
            ranged += len(projection.ranges) > 1
            for words in wrong:
                print("seed %d: %s\n%s" % (seed - 1, words, projection.text("ranged")))
    if count >= 20 and ranged < count // 4:
        print("only %d projections had more than one range" % ranged)
        failed += 1
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
