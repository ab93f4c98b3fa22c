# SPDX-License-Identifier: Apache-2.0
"""Policies and histories by chance. The same seed gives the same ones.

A policy is a list of chunks, a chunk a list of lines, so that whoever looks for a small example can
leave out chunks and lines. A history is a list of CloudEvents; `outcome` in their data may be
["proposal", 3]: the fourth proposal that its case has had.
"""
import datetime
import random

ZONES = ("America/Los_Angeles", "America/Los_Angeles", "America/New_York", "America/Havana", "Australia/Lord_Howe",
         "Europe/London", "UTC")
COUNTIES = ("north", "south", "west")
WORDS = {"custody": ("none", "juvenile", "adult"), "service": ("counselling", "housing", "work"),
         "level": ("low", "high")}

# Facts and fields: name -> how its type is written; `?` makes it optional.
FACTS = {
    "person": {"age": "years from 0 to 120?", "custody": "custody", "housed": "yes/no", "income": "money?",
               "score": "number", "joined": "date?", "helper": "agency?", "share": "percent?"},
    "buyer": {"age": "years?", "warned": "yes/no", "fines": "money"},
    "agency": {"vetted": "yes/no", "rating": "number?", "level": "level"},
}
EVENTS = {
    "intake": ("person", {}, ("age", "custody", "helper")),
    "session": ("person", {"provider": "agency", "minutes": "number from 0 to 600", "service": "service"}, ()),
    "missed": ("person", {"explained": "yes/no"}, ()),
    "enrolled": ("person", {}, ()),
    "completed": ("person", {}, ()),
    "moved": ("person", {"provider": "agency?", "rent": "money"}, ("housed",)),
    "left": ("person", {}, ()),
    "earned": ("person", {"sum": "money?"}, ("income", "joined", "score")),
    "judged": ("buyer", {"fee": "money", "paid": "money?"}, ()),
    "class_taken": ("buyer", {}, ()),
    "shown": ("buyer", {}, ("warned", "fines", "age")),
    "letter": ("person, buyer", {}, ()),
    "reviewed": ("agency", {}, ("vetted", "rating", "level")),
}
DEFAULTS = {"custody": "none", "yes/no": "no", "number": "3", "money": "$250", "level": "low"}
FIXED = {"custody": "adult", "yes/no": "yes", "number": "60", "money": "$1", "level": "high", "date": "2026-12-01",
         "years": "18", "percent": "7.5%"}
PARTIES, FUNDS = ("office", "advocate"), ("services", "school")
PERIODS = ("1 day", "3 days", "14 days", "2 weeks", "1 month", "3 months", "1 year", "1 business day",
           "5 business days")
ORDINALS = ("first", "second", "third")


class Chance(random.Random):
    def maybe(self, of=2):
        return self.randrange(of) == 0

    def some(self, items, least=0):
        items = list(items)
        return self.sample(items, self.randint(min(least, len(items)), len(items)))


BLOCKS = ("locked", "stipend", "schedule", "escalation", "stages", "fine", "rule")


def type_words(type):
    name = type.rstrip("?")
    words = "one of " + ", ".join(WORDS[name]) if name in WORDS else name
    return words + (" optional" if type.endswith("?") else "")


def base(type):
    return type.rstrip("?").split(" ")[0]


class Policy:
    """Writes one policy; afterwards `chunks` has its text and `self` what a history needs to know."""

    def __init__(self, seed):
        self.rnd = Chance(seed)
        self.zone = self.rnd.choice(ZONES)
        self.chunks, self.names = [], 0
        self.vocabulary()
        self.programs = [f"program_{i}" for i in range(1, 2 + self.rnd.maybe(3))]
        self.written = {}  # program -> [(kind, name, kind of case, locked)]
        self.lines = ("line_a", "line_b")  # all programs know one another's lines
        for program in self.programs:
            self.program(program)
        self.counties = COUNTIES[: self.rnd.randint(1, 3)]
        for county in self.counties:
            self.county(county)

    def text(self):
        return "\n".join("\n".join(chunk) + "\n" for chunk in self.chunks)

    def drop_line(self, number):
        """Leaves the chunk out that holds a line of the text (counted from 1)."""
        for at, chunk in enumerate(self.chunks):
            lines = "\n".join(chunk).count("\n") + 1
            if number <= lines:
                del self.chunks[at]
                return
            number -= lines + 1

    def put(self, *lines):
        self.chunks.append([line for line in lines if line])

    def name(self, stem):
        self.names += 1
        return f"{stem}_{self.names}"

    # ---- what exists ----

    def vocabulary(self):
        rnd = self.rnd
        self.put(f'timezone "{self.zone}"')
        days = sorted(rnd.sample([datetime.date(2026, 6, 25) + datetime.timedelta(days=i) for i in range(200)], 12))
        self.put("calendar courts", *[f'  holiday {day} "A day off"' for day in days],
                 "  weekend " + rnd.choice(("Saturday, Sunday", "Friday, Saturday", "Sunday")))
        for kind, facts in FACTS.items():
            self.put(f"case {kind}", *[f"  {name} : {type_words(type)}" + (
                "" if type.endswith("?") else " default " + DEFAULTS[base(type)]) for name, type in facts.items()])
        for event, (kinds, fields, sets) in EVENTS.items():
            self.put(f"event {event} of {kinds}", *[f"  {n} : {type_words(t)}" for n, t in fields.items()],
                     "  sets " + ", ".join(sets) if sets else "")
        self.put(*[f"party {party}" for party in PARTIES], "action visit", "action warn", "requirement plan",
                 "requirement form", *[f"fund {fund}" for fund in FUNDS])

    def day(self, first=datetime.date(2026, 6, 25), span=600):
        return first + datetime.timedelta(days=self.rnd.randrange(span))

    # ---- programs ----

    def program(self, program):
        rnd = self.rnd
        self.here = program
        effective = self.day(datetime.date(2026, 6, 20), 40)
        self.put(f"program {program}", f"  effective {effective}")
        self.figures = {kind: [] for kind in ("amount", "number", "percent", "period")}
        for kind, figures in self.figures.items():
            for _ in range(rnd.randint(1, 2)):
                name = self.name(kind)
                figures.append(name)
                days = sorted({self.day() for _ in range(rnd.randrange(3))})
                first = self.figure(kind)
                self.put(f"{'locked ' if rnd.maybe(6) else ''}{kind} {name} is {first}",
                         *[f"  {self.figure(kind, like=first)} from {day}" for day in days])
        self.written[program] = []
        kinds = [rnd.choice(("stipend", "schedule", "escalation", "stages", "fine", "rule", "rule"))
                 for _ in range(rnd.randint(2, 7))]
        plans = [(kind, self.name(kind), rnd.choice(("person", "person", "person", "buyer", "agency")
                                                    if kind == "rule" else ("person", "person", "buyer")))
                 for kind in kinds]
        self.schedules = [(name, of) for kind, name, of in plans if kind == "schedule"]
        self.escalations = {name: (of, [self.name("step") for _ in range(rnd.randint(1, 4))])
                            for kind, name, of in plans if kind in ("escalation", "stages")}
        self.stages = [name for kind, name, of in plans if kind == "stages"]
        self.tables = [(self.name("table"), rnd.choice(("person", "buyer"))) for _ in range(rnd.choice((0, 1, 2)))]
        for kind, name, of in plans:
            locked = rnd.maybe(8)
            self.written[program].append((kind, name, of, locked))
            self.put(f"{'locked ' if locked else ''}{kind} {name} of {of}", *self.body(kind, name, of))
        for _ in range(rnd.choice((0, 0, 1, 2, 3))):
            self.overriding(program)
        if rnd.maybe(3):
            self.grants(program)
        for name, of in self.tables:
            self.put(f"table {name} of {of}", *self.table(name, of))
            self.written[program].append(("table", name, of, False))
        for line in self.lines:
            if not any(f"as {line}" in text for chunk in self.chunks for text in chunk):
                self.put(f"rule {self.name('rule')} of buyer", "  on judged", f"  assess fee as {line}")
        for _ in range(rnd.choice((0, 0, 1, 1, 2))):
            rnd.choice((self.never, self.never, self.never_more, self.only_after, self.always))()

    def figure(self, kind, like=None):
        rnd = self.rnd
        if like and kind == "period":  # all values of a period have one unit
            return rnd.choice([p for p in PERIODS if p.split(" ", 1)[1].rstrip("s") == like.split(" ", 1)[1].rstrip("s")])
        return {"amount": lambda: rnd.choice(("$100", "$0.01", "$33.33", "$1,000", "$250.50")),
                "number": lambda: str(rnd.choice((1, 2, 3, 5, 60))),
                "percent": lambda: rnd.choice(("7.5%", "33.3333%", "50%", "100%", "0.5%")),
                "period": self.period_literal}[kind]()

    def period_literal(self):
        return self.rnd.choice(PERIODS)

    def period(self):
        return self.rnd.choice(self.figures["period"]) if self.rnd.maybe(3) else self.period_literal()

    # ---- blocks ----

    def body(self, kind, name, of):
        return getattr(self, {"stages": "stages_"}.get(kind, kind))(name, of)

    def events_of(self, kind):
        return [name for name, (kinds, _, _) in EVENTS.items() if kind in kinds.split(", ")]

    def trigger(self, of, word="on", many=True):
        """The clause, and the fields that all its events have."""
        rnd = self.rnd
        all_events = self.events_of(of)
        events = rnd.sample(all_events, 2 if many and len(all_events) > 1 and rnd.maybe(4) else 1)
        if rnd.maybe(12):
            events = [rnd.choice(("approved", "payment_received"))]
        fields = self.fields_of(events, of)
        named = events
        if len(events) == 1 and rnd.maybe(6):
            named = [f"{rnd.choice(ORDINALS)} {events[0]}{self.window() if rnd.maybe(3) else ''}"]
        when = f" when {self.condition(of, fields, rnd.randrange(3))}" if rnd.maybe() else ""
        return f"  {word} {' or '.join(named)}{when}", fields

    def fields_of(self, events, of):
        found = None
        for event in events:
            fields = EVENTS[event][1] if event in EVENTS else {}
            found = dict(fields) if found is None else {n: t for n, t in found.items() if fields.get(n) == t}
        return found

    def triggers(self, of):
        """One or two `on` clauses, and the fields that all their events have."""
        line, fields = self.trigger(of)
        if not self.rnd.maybe(5):
            return [line], fields
        other, more = self.trigger(of)
        return [line, other], {n: t for n, t in fields.items() if more.get(n) == t}

    def window(self):
        return f" in last {self.rnd.choice(self.figures['period'] + [self.period_literal()])}"

    def stipend(self, name, of):
        lines, fields = self.triggers(of)
        may = "may " if self.rnd.maybe(8) else ""
        lines += [f"  {may}pay {self.amount(of, fields)} to {self.whom(of, fields)}{self.fund('from')}"]
        if self.rnd.maybe(4):
            lines.append("  " + self.action(of, fields, ("notify", "set")))
        for _ in range(self.rnd.choice((0, 1, 1, 2))):
            per = self.rnd.choice(("day", "week", "week", "month", "year", "case"))
            most = self.rnd.choice(("1", "2", "3", "$100", "$400", "$1,000", self.rnd.choice(self.figures["number"]),
                                    self.rnd.choice(self.figures["amount"])))
            lines.append(f"  at most {most} per {per}")
        return lines

    def schedule(self, name, of):
        rnd = self.rnd
        lines, fields = self.triggers(of)
        interval, length = rnd.choice((("daily", "5 days"), ("weekly", "3 weeks"), ("monthly", "4 months"),
                                       ("monthly", "1 year"), ("every 2 weeks", "6 weeks"), ("yearly", "2 years"),
                                       ("every 2 months", "6 months")))
        if rnd.maybe(3):
            length = f"{rnd.randint(1, 5)} times"
        starting = rnd.choice(("", "", " starting same day", " starting next day",
                               " starting first of next month", f" starting after {self.period_literal()}"))
        lines.append(f"  pay {self.amount(of, fields)} to {self.whom(of, fields)} {interval} for {length}{starting}"
                     f"{self.fund('from')}")
        if rnd.maybe(4) and not any(field in lines[-1] for field in fields):
            lines.append("  also for running schedules")
        if rnd.maybe():
            lines.append(f"  holds while {self.condition(of, {}, 1)}")
        if rnd.maybe():
            lines.append(self.trigger(of, "stops on")[0])
        return lines

    def escalation(self, name, of):
        rnd, lines, steps = self.rnd, [], self.escalations[name][1]
        # Deadlines of one instant have no order that a policy could count on, so no two of them are equal.
        periods = rnd.sample(("2 days", "5 days", "2 weeks", "1 month", "3 months"), len(steps))
        for i, step in enumerate(steps):
            after = rnd.sample(steps[:i], min(i, rnd.randint(1, 2))) if i and not rnd.maybe(6) else []
            if after and rnd.maybe(8):
                after.append(steps[-1])
            lines.append(f"  {'stage' if name in self.stages else 'step'} {step}" + (" after " + " or ".join(dict.fromkeys(after)) if after else ""))
            fields = {}
            if after and rnd.maybe(3):
                lines.append(f"    when no {rnd.choice(self.events_of(of))} within {periods[i]}")
            else:
                line, fields = self.trigger(of)
                lines.append("  " + line)
            for _ in range(rnd.randint(1, 2)):
                lines.append("    " + self.action(of, fields))
        if rnd.maybe():
            lines.append(self.trigger(of, "ends on")[0])
        return lines

    stages_ = escalation

    def grants(self, program):
        """A fund that runs out, for one stipend and one schedule that never draw on it at one event."""
        rnd = self.rnd
        fund, stipend, schedule = self.name("grants"), self.name("stipend"), self.name("schedule")
        paid, begun, ended = rnd.sample(self.events_of("person"), 3)
        self.put(f"fund {fund} budget {rnd.choice(('$150', '$500', '$1,000', '$50'))} "
                 + rnd.choice(("per year", "in all", "per fiscal year from July 1", "per fiscal year from October 15")),
                 rnd.choice(("", "  warn at 80%", "  warn at 33.3333%")), rnd.choice(("", "  owner advocate")))
        self.put(f"stipend {stipend} of person", f"  on {paid}",
                 f"  {rnd.choice(('', '', 'may '))}pay {rnd.choice(('$33.33', '$100', '$50'))} to person from {fund}",
                 rnd.choice(("", "  at most 2 per month", "  at most $150 per year")))
        self.put(f"schedule {schedule} of person", f"  on {begun}",
                 f"  pay {rnd.choice(('$10', '$33.33', '$50'))} to person {rnd.choice(('weekly', 'monthly'))} for "
                 f"{rnd.randint(1, 5)} times from {fund}",
                 rnd.choice(("", f"  holds while {self.condition('person', {}, 0)}")),
                 rnd.choice(("", f"  stops on {ended}")))
        self.written[program] += [("stipend", stipend, "person", True), ("schedule", schedule, "person", True)]

    def overriding(self, program):
        """A rule that goes before others: without `on`, or for an event that the first of them waits for."""
        rnd = self.rnd
        chunks = {c[0].replace("locked ", "").split()[1]: c for c in self.chunks if c[0].split()[0] in BLOCKS}
        others = [(name, of) for _, name, of, locked in self.written[program] if not locked]
        if not others:
            return
        first, of = rnd.choice(others)
        names = [first] + rnd.sample([name for name, kind in others if kind == of and name != first],
                                     min(1, sum(kind == of for _, kind in others) - 1))
        events = [event for event in self.events_of(of) for line in chunks[first] if f" on {event}" in line]
        name = self.name("rule")
        self.written[program].append(("rule", name, of, False))
        if events and rnd.maybe():
            when = f" when {self.condition(of, {}, 1)}" if rnd.maybe() else ""
            self.put(f"rule {name} of {of}", f"  overrides {first}", f"  on {events[0]}{when}",
                     "  " + self.action(of, {}))
        else:
            self.put(f"rule {name} of {of}", f"  overrides {', '.join(names)} when {self.condition(of, {}, 1)}")

    def fine(self, name, of):
        rnd = self.rnd
        line, fields = self.trigger(of, many=False)
        if rnd.maybe(3):
            return [line, "  " + self.action(of, fields, ("assess",))]
        event = line.split()[2 if line.split()[1] in ORDINALS else 1]
        lines = [line]
        for i in (1, 2, 3):
            test = f"count of {event} {'>= 3' if i == 3 else 'is ' + str(i)}"
            lines += [f"  tier {i} when {test}", "    " + self.action(of, fields, ("assess", "assess", "order"))]
        return lines

    def table(self, name, of):
        """Exactly one row fits: up to a bound, above it; known or not; a word, the other words."""
        rnd = self.rnd
        bound = rnd.choice(("$50", "$250", rnd.choice(self.figures["amount"])))
        word, *others = WORDS["custody"]
        columns = [("balance owed", [f"under {bound}", f"{bound} or more"]),
                   ("age", ["17 or less", "over 17 or unknown"]),
                   ("age", ["under 18", "18 to 40", "over 40", "unknown"]),
                   ("count of letter", ["0 or 1", "2", "over 2"])]
        if of == "person":
            columns.append(("custody", [word, " or ".join(others)]))
        columns = rnd.sample(columns, rnd.randint(1, 2))
        if [name for name, _ in columns] == ["age", "age"]:
            columns.pop()
        rows = [[]]
        for _, cells in columns:
            rows = [row + [cell] for row in rows for cell in cells]
        if rnd.maybe(3):
            rows = rows[: rnd.randint(1, len(rows) - 1)] + [None]
        lines = [" | ".join([c for c, _ in columns] + ["-> sum", "-> times"])]
        for row in rows:
            lines.append(" | ".join((row or ["otherwise"]) + [self.figure("amount"), str(rnd.randint(1, 4))]))
        return [f"  | {line} |" for line in lines]

    def rule(self, name, of):
        lines, fields = self.triggers(of)
        return lines + ["  " + self.action(of, fields) for _ in range(self.rnd.randint(1, 3))]

    def never(self):
        rnd = self.rnd
        of = rnd.choice(("person", "buyer"))
        did = rnd.choice(("pay", "assess", "order visit", "refer to office", "credit", "notify office", "order warn",
                          "set custody", "pay to office", f"assess as {rnd.choice(self.lines)}", "start",
                          "waive", "require plan"))
        if did == "set custody":
            of = "person"
        self.put(f"{'locked ' if rnd.maybe(4) else ''}never {did} for {of} when {self.condition(of, {}, 1)}",
                 '  "It must not be"')

    def promised(self, of):
        return self.rnd.choice(("pay", "assess", "order visit", "refer to office", "credit", "notify office", "start",
                                f"assess as {self.rnd.choice(self.lines)}", "require plan"))

    def never_more(self):
        rnd = self.rnd
        of, per = rnd.choice(("person", "buyer")), rnd.choice(("", " per month", " per year", " per week"))
        verb = rnd.choice((f"pay more than {self.figure('amount')} per case{per}{self.fund('from')}",
                           f"assess more than {self.figure('amount')} per case{per} as {rnd.choice(self.lines)}"))
        when = f" when {self.condition(of, {}, 0)}" if rnd.maybe(3) else ""
        self.put(f"never {verb} for {of}{when}", '  "It must not be more"')

    def only_after(self):
        rnd, of = self.rnd, self.rnd.choice(("person", "buyer"))
        when = f" when {self.condition(of, {}, 1)}" if rnd.maybe() else ""
        self.put(f"only after {rnd.choice(self.events_of(of))} {self.promised(of)} for {of}{when}", '  "In order"')

    def always(self):
        rnd, of = self.rnd, self.rnd.choice(("person", "buyer"))
        event = rnd.choice(self.events_of(of))
        when = f" when {self.condition(of, EVENTS[event][1], 1)}" if rnd.maybe() else ""
        self.names += 1
        self.put(f"always {self.promised(of)} within {self.period()} of {event} for {of}{when}",
                 f'  "Promise {self.names}"')

    # ---- actions ----

    def fund(self, word):
        return f" {word} {self.rnd.choice(FUNDS)}" if self.rnd.maybe(3) else ""

    def whom(self, of, fields):
        return self.rnd.choice([of, of] + [n for n, t in fields.items() if t == "agency"] + [PARTIES[0]])

    VERBS = ("pay", "assess", "assess", "assess", "credit", "credit", "waive", "refer", "require", "notify", "order", "start", "stop",
             "set", "enter", "deny")

    def action(self, of, fields, verbs=VERBS, otherwise=True):
        verb = self.rnd.choice(verbs)
        may = "may " if verb in ("pay", "assess", "credit", "waive", "refer", "require", "order") and \
            otherwise and self.rnd.maybe(3) else ""
        return may + getattr(self, "a_" + verb)(of, fields, otherwise)

    def a_pay(self, of, fields, _):
        return f"pay {self.amount(of, fields)} to {self.whom(of, fields)}{self.fund('from')}"

    def a_assess(self, of, fields, _):
        rnd, line = self.rnd, self.rnd.choice(self.lines)
        amount, fund = self.amount(of, fields), self.fund("into")
        starting = rnd.choice(("", "", " starting same day", " starting first of next month", " starting next day"))
        interval = rnd.choice(("daily", "weekly", "monthly", "every 2 weeks"))
        if rnd.maybe(4):
            odd = rnd.choice(("", " remainder in first", " remainder in last"))
            return f"assess {amount} as {line} in {rnd.randint(1, 7)} {interval} instalments{starting}{odd}{fund}"
        if rnd.maybe(6):
            return f"assess {rnd.randint(2, 6)} x {self.figure('amount')} as {line} {interval}{starting}{fund}"
        due = f" due within {self.period()}" if rnd.maybe() else ""
        return f"assess {amount} as {line}{due}{fund}"

    def a_credit(self, of, fields, _):
        return f"credit {self.amount(of, fields)} against {self.rnd.choice(self.lines)}"

    def a_waive(self, of, fields, _):
        return f"waive {self.rnd.choice(self.lines)}"

    def deadline(self, of, needed, otherwise):
        rnd = self.rnd
        answered = f" answered by {rnd.choice(self.events_of(of))}" if rnd.maybe() else ""
        within = f" within {self.period()}" if needed or rnd.maybe() else ""
        late = ""
        if within and otherwise:
            for _ in range(rnd.choice((0, 1, 1, 2))):
                late += f"\n      otherwise {self.action(of, {}, otherwise=False)}"
        return answered + within + late

    def a_refer(self, of, fields, otherwise):
        return f"refer to {self.rnd.choice(PARTIES)}{self.deadline(of, False, otherwise)}"

    def a_require(self, of, fields, otherwise):
        return f"require {self.rnd.choice(('plan', 'form'))}{self.deadline(of, True, otherwise)}"

    def a_notify(self, of, fields, _):
        return f'notify {self.rnd.choice(PARTIES)} "Note {self.rnd.randrange(100)}"'

    def a_order(self, of, fields, _):
        return f"order {self.rnd.choice(('visit', 'warn'))}"

    def a_start(self, of, fields, otherwise, verb="start"):
        fitting = [name for name, kind in self.schedules if kind == of]
        if not fitting:
            return self.a_notify(of, fields, otherwise)
        return f"{verb} {self.rnd.choice(fitting)}"

    def a_stop(self, of, fields, otherwise):
        return self.a_start(of, fields, otherwise, "stop")

    def a_enter(self, of, fields, otherwise):
        fitting = [step for name in self.stages if self.escalations[name][0] == of for step in self.escalations[name][1]]
        if not fitting or not otherwise:
            return self.a_notify(of, fields, otherwise)
        return f"enter {self.rnd.choice(fitting)}"

    def a_set(self, of, fields, now):
        rnd = self.rnd
        fact, type = rnd.choice([f for f in FACTS[of].items() if base(f[1]) not in ("agency",)])
        if not now:  # deadlines of one instant do not contradict each other
            return f"set {fact} to {FIXED[base(type)]}"
        if type.endswith("?") and rnd.maybe(4):
            return f"set {fact} to unknown"
        return f"set {fact} to {self.literal(type)}"

    def a_deny(self, of, fields, _):
        return f'deny "Reason {self.rnd.randrange(100)}"'

    def literal(self, type):
        rnd, kind = self.rnd, base(type)
        if kind in WORDS:
            return rnd.choice(WORDS[kind])
        return {"yes/no": lambda: rnd.choice(("yes", "no")), "money": lambda: self.figure("amount"),
                "number": lambda: str(rnd.choice((0, 1, 3, 30, 60, 90))), "date": lambda: str(self.day()),
                "years": lambda: str(rnd.choice((0, 17, 18, 21, 65))), "percent": lambda: self.figure("percent"),
                }[kind]()

    # ---- amounts ----

    def amount(self, of, fields, depth=1):
        rnd = self.rnd
        simple = [self.figure("amount"), rnd.choice(self.figures["amount"]), "balance owed"]
        simple += [n for n, t in fields.items() if t == "money"]
        simple += [n for n, t in FACTS[of].items() if t == "money" and n not in fields]
        simple += [f"{name}.sum" for name, kind in self.tables if kind == of]
        if not depth or rnd.maybe():
            return rnd.choice(simple[:2] + simple)
        inner = self.amount(of, fields, depth - 1)
        how = "rounded " + rnd.choice(("up", "down", "half up", "half even")) + " to the cent"
        percent = rnd.choice(self.figures["percent"] + [self.figure("percent")])
        if " " in inner and inner != "balance owed":
            inner = f"({inner})"
        return rnd.choice((f"{percent} of {inner} {how}", f"{inner} / {rnd.randint(2, 7)} {how}",
                           f"lesser of {inner} and {self.figure('amount')}", f"{inner} + {self.figure('amount')}",
                           f"greater of {inner} and {rnd.choice(self.figures['amount'])}",
                           f"{inner} x {rnd.randint(2, 3)}", f"{inner} - {rnd.choice(('$0.01', '$100'))}",
                           f"{rnd.choice(self.figures['number'])} x {inner}",
                           f"{self.figure('amount')} for each {rnd.choice(('$0.07', '$10', '$33.33'))}"
                           f"{rnd.choice((' or part', ''))} of {inner}"))

    # ---- conditions ----

    def condition(self, of, fields, depth):
        """One that compiles: what may be unknown is guarded."""
        rnd = self.rnd
        if depth <= 0 or rnd.maybe(3):
            atom = self.atom(of, fields)
            return f"not ({atom})" if rnd.maybe(8) else atom
        parts = [self.condition(of, fields, depth - 1) for _ in range(rnd.randint(2, 3))]
        word = rnd.choice((" and ", " or "))
        return word.join(f"({part})" if " and " in part or " or " in part else part for part in parts)

    def atom(self, of, fields):
        rnd = self.rnd
        sign = rnd.choice(("<", "<=", ">", ">=", "is", "is not"))
        made = [lambda: f"count of {rnd.choice(self.events_of(of))}{self.window() if rnd.maybe(3) else ''} "
                        f"{sign} {rnd.randint(0, 4)}",
                lambda: self.guard(f"days since {rnd.choice(self.events_of(of))}",
                                   f"{rnd.choice(('<', '<=', '>', '>='))} {rnd.choice((0, 1, 7, 30))}"),
                lambda: f"balance owed {sign} {rnd.choice((self.figure('amount'), '$0'))}",
                lambda: f"today {rnd.choice(('<', '>='))} {self.day()}"]
        made += [lambda: self.about_name(of, fields)] * 5
        tables = [name for name, kind in self.tables if kind == of]
        if tables:
            made.append(lambda: f"{rnd.choice(tables)}.times {sign} {rnd.randint(1, 4)}")
        running = [name for name, kind in self.schedules if kind == of]
        if running:
            made.append(lambda: f"paid under {rnd.choice(running)} {sign} {rnd.choice(('$0', '$100', '$500'))}")
        standing = [(name, steps) for name, (kind, steps) in self.escalations.items() if kind == of]
        if standing:
            name, steps = rnd.choice(standing)
            word = "stage" if name in self.stages else "step"
            made.append(lambda: f"{word} of {name} {rnd.choice(('is', 'is not'))} {rnd.choice(steps + ['none'])}")
        return rnd.choice(made)()

    def about_name(self, of, fields):
        rnd = self.rnd
        facts = {n: t for n, t in FACTS[of].items()}
        facts.update(fields)
        name, type = rnd.choice(list(facts.items()))
        if base(type) == "agency":
            fact, inner = rnd.choice(list(FACTS["agency"].items()))
            test = self.test(f"{name}.{fact}", inner)
            if inner.endswith("?"):
                return test if rnd.maybe(100) else self.guard(f"{name}.{fact}", test[len(f"{name}.{fact} "):]) \
                    if not type.endswith("?") else f"{test} or unknown"
            return self.guarded(name, test) if type.endswith("?") else test
        test = self.test(name, type)
        if type.endswith("?"):
            return self.guarded(name, test)
        return test

    def guard(self, name, rest):
        return self.guarded(name, f"{name} {rest}")

    def guarded(self, name, test):
        plain = not test.startswith("not ") and " " in test
        return self.rnd.choice((f"{name} is known and {test}", f"{name} is unknown or {test}",
                                f"{test} or unknown" if plain else f"{name} is known",
                                f"{name} is unknown"))

    def test(self, name, type):
        rnd, kind = self.rnd, base(type)
        if kind == "yes/no":
            return rnd.choice((name, f"not {name}", f"{name} is {rnd.choice(('yes', 'no'))}"))
        if kind in WORDS:
            word, other = rnd.sample(WORDS[kind], 2)
            return rnd.choice((f"{name} is {word}", f"{name} is not {word}", f"{name} is one of {word}, {other}",
                               f"{name} is not one of {word}, {other}"))
        sign = rnd.choice(("<", "<=", ">", ">=", "is", "is not"))
        value = self.literal(type)
        if kind == "number" and rnd.maybe(3):
            value = rnd.choice(self.figures["number"])
        if kind == "date" and rnd.maybe():
            value = "today"
        return f"{name} {sign} {value}"

    # ---- counties ----

    def county(self, county):
        rnd = self.rnd
        adopted = rnd.some(self.programs, 1)
        self.put(f"county {county}", *[f"  adopts {p} from {self.day(span=60)}" for p in adopted])
        for program in adopted:
            self.here = program
            for chunk in [c for c in self.chunks if c[0].split()[0] in ("amount", "number", "percent", "period")]:
                kind, name = chunk[0].split()[:2]
                if name in self.owned(program) and rnd.maybe(4):
                    like = chunk[0].split(" is ")[1]
                    self.put(f"change {kind} {name} to {self.figure(kind, like)}" + self.since())
            for kind, name, of, locked in self.written[program]:
                if locked or not rnd.maybe(5) or self.goes_first(name):
                    continue
                if rnd.maybe(3) and kind != "table":
                    self.put(f"drop {kind} {name}{self.since()}")
                else:
                    self.replace(program, kind, name, of)

    def goes_first(self, name):
        return any(chunk[0].split()[1] == name and "overrides" in chunk[1] for chunk in self.chunks)

    def replace(self, program, kind, name, of):
        self.figures = {k: [n for n in self.owned(program) if n.startswith(k + "_")]
                        for k in ("amount", "number", "percent", "period")}
        written = self.written[program]
        self.schedules = [(n, o) for k, n, o, _ in written if k == "schedule"]
        self.stages = [n for k, n, o, _ in written if k == "stages"]
        self.tables = [(n, o) for k, n, o, _ in written if k == "table"]
        self.escalations = {n: v for n, v in self.steps_of(program).items()}
        self.put(f"replace {kind} {name}{self.since()} of {of}", *self.body(kind, name, of))

    def owned(self, program):
        """The names of the program's parameters."""
        found, here = [], None
        for chunk in self.chunks:
            words = chunk[0].replace("locked ", "").split()
            if words[0] in ("program", "county"):
                here = words[1]
            elif here == program and words[0] in ("amount", "number", "percent", "period"):
                found.append(words[1])
        return found

    def steps_of(self, program):
        found = {}
        for kind, name, of, _ in self.written[program]:
            if kind in ("escalation", "stages"):
                chunk = next(c for c in self.chunks if c[0].replace("locked ", "").split()[:2] == [kind, name])
                found[name] = of, [line.split()[1] for line in chunk if line.startswith(("  step ", "  stage "))]
        return found

    def since(self):
        return f" from {self.day()}" if self.rnd.maybe() else ""


# ---- histories ----

JUMPS = ((4, 0), (8, 3600), (12, 86400), (12, 4 * 86400), (6, 40 * 86400), (1, 300 * 86400))
NIGHTS = ("2026-10-31T12:00:00Z", "2026-11-01T08:30:00Z", "2026-11-01T09:30:00Z", "2027-03-14T09:59:00Z",
          "2027-03-14T10:01:00Z", "2027-01-31T20:00:00Z", "2027-02-28T20:00:00Z", "2028-02-29T12:00:00Z")


class History:
    def __init__(self, policy, seed):
        self.rnd, self.policy = Chance(seed), policy
        rnd = self.rnd
        self.cases = [("P1", "person"), ("P2", "person"), ("B1", "buyer"), ("A1", "agency"), ("A2", "agency")]
        self.county = {case: rnd.choice(policy.counties) for case, _ in self.cases}
        first = datetime.date(2026, 7, 1) + datetime.timedelta(days=rnd.choice((0, 30, 60, 90, 90, 120)))
        self.at = datetime.datetime.combine(first, datetime.time(12), datetime.timezone.utc)
        self.events, self.known = [], set()
        self.types = {kind: self.likely(kind) for kind in FACTS}
        self.answers = {kind: self.likely_answers(kind) for kind in FACTS}
        for _ in range(rnd.randint(3, 30)):
            self.step()

    def likely(self, kind):
        """The kind's events, those often that the policy speaks of."""
        rnd, text = self.rnd, self.policy.text()
        types = [name for name, (kinds, _, _) in EVENTS.items() if kind in kinds.split(", ")]
        spoken = [name for name in types if text.count(name) > 1]
        return types + rnd.some(spoken, 1) * 3

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
        if self.events and rnd.maybe(30):
            self.events.append(self.again())
            return
        at = self.at - datetime.timedelta(days=rnd.randint(1, 40)) if rnd.maybe(40) else self.at
        self.events.append(self.event(at))

    def again(self):
        event = dict(self.rnd.choice(self.events))
        if self.rnd.maybe(3):
            event["time"] = "2029-01-01T00:00:00Z"
        return event

    def event(self, at):
        rnd = self.rnd
        case, kind = rnd.choice(self.cases[:3] * 3 + self.cases)
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
