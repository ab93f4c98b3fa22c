# SPDX-License-Identifier: Apache-2.0
"""Histories by chance: lists of CloudEvents. `outcome` in their data may be ["proposal", 3]: the fourth
proposal that its case has had."""
import datetime
import re

from chance import EVENTS, FACTS, WORDS, Chance, base

JUMPS = ((4, 0), (8, 3600), (12, 86400), (12, 4 * 86400), (6, 40 * 86400), (1, 300 * 86400))
NIGHTS = ("2026-10-31T12:00:00Z", "2026-11-01T08:30:00Z", "2026-11-01T09:30:00Z", "2027-03-14T09:59:00Z",
          "2027-03-14T10:01:00Z", "2027-01-31T20:00:00Z", "2027-02-28T20:00:00Z", "2028-02-29T12:00:00Z")


class History:
    def __init__(self, policy, seed):
        self.rnd, self.policy = Chance(seed), policy
        rnd = self.rnd
        self.cases = [("P1", "person"), ("P2", "person"), ("B1", "buyer"), ("A1", "agency"), ("A2", "agency")]
        text = policy.text()
        self.most = 3  # of them events are about most
        if "capacity" in text:  # somebody has to wait
            self.cases = [("P3", "person"), ("P4", "person"), ("P5", "person")] + self.cases
            self.most = 6
        self.county = {case: rnd.choice(policy.counties) for case, _ in self.cases}
        if "capacity" in text and not rnd.maybe(4):  # places are a county's own
            self.county.update((case, policy.counties[0]) for case, kind in self.cases if kind == "person")
        first = datetime.date(2026, 7, 1) + datetime.timedelta(days=rnd.choice((0, 30, 60, 90, 90, 120)))
        self.at = datetime.datetime.combine(first, datetime.time(12), datetime.timezone.utc)
        self.events, self.known = [], set()
        # Where one case may feel what becomes of another, a file has to be in order of time.
        self.in_order = any(word in text for word in ("budget", "capacity", "docket")) or re.search(r"\w\.[a-z]", text)
        self.types = {kind: self.likely(kind) for kind in FACTS}
        self.answers = {kind: self.likely_answers(kind) for kind in FACTS}
        for _ in range(rnd.randint(3, 30)):
            self.step()

    def likely(self, kind):
        """The kind's events, those often that the policy speaks of."""
        rnd, text = self.rnd, self.policy.text()
        types = [name for name, (kinds, _, _) in EVENTS.items() if kind in kinds.split(", ")]
        spoken = [name for name in types if text.count(name) > 1]
        if kind == "agency" and "helper." in self.policy.text():
            self.cases = [("A1", "agency")] + self.cases
        return types + rnd.some(spoken, 1) * 3 + self.about_places() * 3 * (kind == "person")

    def about_places(self):
        """The events at which cases are enrolled and released."""
        chunks = ["\n".join(chunk) for chunk in self.policy.chunks if chunk[0].startswith("rule")]
        return [name for chunk in chunks if "\n  enrol in" in chunk or "\n  release" in chunk
                for name in re.findall(r"\n  on ([a-z_]+)", chunk) if name in EVENTS]

    def likely_answers(self, kind):
        """To proposals and assessments, where the policy makes some."""
        lines = [line for chunk in self.policy.chunks if f"of {kind}" in chunk[0] for line in chunk]
        return ["approved", "approved", "approved", "declined"] * any(" may " in line for line in lines) + \
            ["payment_received"] * 2 * any(" assess " in line for line in lines)

    def step(self):
        rnd = self.rnd
        most = rnd.choices([m for _, m in JUMPS], [w for w, _ in JUMPS])[0]
        self.at += datetime.timedelta(seconds=rnd.randint(0, most) if most else 0)
        nights = [n for n in map(datetime.datetime.fromisoformat, (x.replace("Z", "+00:00") for x in NIGHTS))
                  if self.at < n < self.at + datetime.timedelta(days=60)]
        if nights and rnd.maybe(4):
            self.at = nights[0]
        if rnd.maybe(15):  # to the last second of a day, or the first of the next
            midnight = datetime.datetime.combine(self.at.date(), datetime.time(7), datetime.timezone.utc)
            self.at = max(self.at, midnight + datetime.timedelta(days=1, seconds=rnd.choice((-1, 0))))
        if self.events and rnd.maybe(30) and not self.in_order:
            self.events.append(self.again())
            return
        at = self.at - datetime.timedelta(days=rnd.randint(1, 40)) if rnd.maybe(40) and not self.in_order else self.at
        self.events.append(self.event(at))

    def again(self):
        event = dict(self.rnd.choice(self.events))
        if self.rnd.maybe(3):
            at = datetime.datetime.fromisoformat(event["time"]) + datetime.timedelta(seconds=1)
            event["time"] = at.isoformat()
        return event

    def event(self, at):
        rnd = self.rnd
        case, kind = rnd.choice(self.cases[: self.most] * 3 + self.cases)
        type = rnd.choice(self.types[kind])
        if case in self.known and self.answers[kind] and rnd.maybe(4):
            type = rnd.choice(self.answers[kind])
        self.known.add(case)
        offset = datetime.timezone(datetime.timedelta(hours=rnd.choice((0, 0, -7, 5))))
        event = {"specversion": "1.0", "id": f"e{len(self.events)}", "source": "/test", "type": type, "subject": case,
                 "time": at.astimezone(offset).isoformat(), "county": self.county[case]}
        if len(EVENTS.get(type, ("",))[0].split(", ")) > 1:
            event["casekind"] = kind
        data = self.data(type, kind)
        if data:
            event["data"] = data
        self.spoil(event)
        return event

    def spoil(self, event):
        rnd = self.rnd
        if rnd.maybe(60):
            event["county"] = rnd.choice(self.policy.counties)
        if rnd.maybe(60):
            event["type"] = "unheard_of"
        if rnd.maybe(60) and "data" in event and event["type"] in EVENTS:
            name = rnd.choice(list(event["data"]))
            event["data"] = dict(event["data"])
            if rnd.maybe():
                del event["data"][name]
            else:
                event["data"][name + "x"] = event["data"][name]

    def data(self, type, kind):
        rnd = self.rnd
        if type == "payment_received":
            return {"outcome": ["assessment", rnd.randrange(4)], "amount": self.value("money")}
        if type not in EVENTS:
            return {"outcome": ["proposal", rnd.randrange(4)], "by": "Ana"}
        _, fields, sets = EVENTS[type]
        fields = dict(fields)
        fields.update({fact: FACTS[kind][fact] for fact in sets})
        data = {}
        for name, type_ in fields.items():
            if not type_.endswith("?") or not rnd.maybe(4):
                data[name] = self.value(type_)
            elif rnd.maybe(3):
                data[name] = None
        return data

    def value(self, type):
        rnd, kind = self.rnd, base(type)
        if kind in WORDS:
            return rnd.choice(WORDS[kind])
        return {"yes/no": lambda: rnd.maybe(), "number": lambda: rnd.choice((0, 1, 3, 30, 59, 60, 61, 90)),
                "money": lambda: rnd.choice(("0.01", "33.33", "100.00", "249.99", "1000.00")),
                "date": lambda: str(self.policy.day()), "years": lambda: rnd.choice((0, 17, 18, 21, 65)),
                "percent": lambda: rnd.choice(("7.5", "50", "0.25")),
                "agency": lambda: rnd.choice(("A1", "A2", "A3"))}[kind]()
