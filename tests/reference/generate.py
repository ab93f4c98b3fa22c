# SPDX-License-Identifier: Apache-2.0
"""Policies by chance. The same seed gives the same one.

A policy is a list of chunks, a chunk a list of lines, so that whoever looks for a small example can
leave out chunks and lines.
"""
import datetime

from chance import (BLOCKS, COUNTIES, DEFAULTS, EVENTS, FACTS, FUNDS, ORDINALS, PARTIES, PERIODS, WORDS, ZONES, Chance,
                    base, type_words)
from phrases_by_chance import PhrasesByChance


class Policy(PhrasesByChance):
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
        self.docket = self.name("docket") if rnd.maybe(3) else None
        self.capacity = self.name("capacity") if rnd.maybe(3) else None
        for kind, name, of in plans:
            locked = rnd.maybe(8)
            self.written[program].append((kind, name, of, locked))
            self.put(f"{'locked ' if locked else ''}{kind} {name} of {of}", *self.body(kind, name, of))
        for _ in range(rnd.choice((0, 0, 1, 2, 3))):
            self.overriding(program)
        if rnd.maybe(3):
            self.grants(program)
        if rnd.maybe(3):  # a fact that others read changes by itself
            self.put(f"rule {self.name('rule')} of agency", "  on reviewed",
                     f"  refer to office within {self.period()}",
                     f"    otherwise set {rnd.choice(('vetted to yes', 'rating to 60', 'level to high'))}")
        if rnd.maybe(3):
            self.leaning(program)
        if self.docket:
            self.placements(program)
        if self.capacity:
            self.enrolments(program)
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
        if self.rnd.maybe(6):
            lines += [f"  pay {self.amount(of, fields)} to {self.whom(of, fields)}{self.fund('from')}"]
        if self.rnd.maybe(4):
            lines.append("  " + self.action(of, fields, ("notify", "set")))
        limited = set()  # one limit of each kind
        for _ in range(self.rnd.choice((0, 1, 1, 2))):
            per = self.rnd.choice(("day", "week", "week", "month", "year", "case"))
            most = self.rnd.choice(("1", "2", "3", "$100", "$400", "$1,000", self.rnd.choice(self.figures["number"]),
                                    self.rnd.choice(self.figures["amount"])))
            kind = most[0] == "$" or most in self.figures["amount"], per
            if kind not in limited:
                lines.append(f"  at most {most} per {per}")
            limited.add(kind)
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

    def leaning(self, program):
        """What comes when an answer does not rests on another case, as that is then."""
        rnd = self.rnd
        table, (begun, ended) = self.name("table"), rnd.sample(self.events_of("person"), 2)
        self.put(f"table {table} of person", "  | helper.level | -> sum |", "  | low | $33.33 |",
                 "  | high or unknown | $250.50 |")
        paid = f"pay {table}.sum to office"
        if rnd.maybe():
            self.put_rule(program, f"  on {begun}",
                          f"  require form answered by {ended} within {self.period()}\n    otherwise {paid}")
        else:
            name, first, second = self.name("escalation"), self.name("step"), self.name("step")
            self.put(f"escalation {name} of person", f"  step {first}", f"    on {begun}", "    order visit",
                     f"  step {second} after {first}", f"    when no {ended} within {self.period()}", f"    {paid}",
                     f"  ends on {begun}")

    def placements(self, program):
        rnd = self.rnd
        when = rnd.choice(("weekly on Thursday", "every 2 weeks from 2026-07-03", "monthly on first Tuesday",
                           "monthly on last Friday", "every 3 weeks from 2027-01-01"))
        most = rnd.choice(("2", "3", rnd.choice(self.figures["number"])))
        self.put(f"docket {self.docket} of person", f"  meets {when}", f"  at most {most} cases",
                 rnd.choice(("", "  keeps 1 for urgent")))
        for event, urgent in zip(rnd.sample(self.events_of("person"), 2), ("", rnd.choice(("", " urgent")))):
            name = self.name("rule")
            self.written[program].append(("rule", name, "person", True))
            self.put(f"rule {name} of person", f"  on {event}", f"  place on {self.docket}{urgent}")

    def enrolments(self, program):
        """A capacity, with rules that enrol, that release, and that wait for a place that was found."""
        rnd, capacity = self.rnd, self.capacity
        places = rnd.choice(("1", "2", rnd.choice(self.figures["number"]), self.name("number")))
        if places not in self.figures["number"] and not places.isdigit():  # it grows while somebody waits
            days = sorted(self.day(span=250) for _ in range(rnd.randint(2, 4)))
            self.put(f"number {places} is 1", *[f"  {rnd.randint(1, 4)} from {day}" for day in dict.fromkeys(days)])
        self.put(f"capacity {capacity} of person is {places} places")
        events = rnd.sample(self.events_of("person"), 5)
        late = f"  require plan answered by {events[4]} within {rnd.choice(('3 days', '2 weeks'))}\n    otherwise "
        does = [f"  enrol in {capacity}", f"  enrol in {capacity}", f"  release {capacity}"]
        does.append(rnd.choice(("", does[0], does[2], f"{late}release {capacity}", f"{late}enrol in {capacity}")))
        for event, action in zip(events, does):
            when = f" when {self.condition('person', {}, 1)}" if rnd.maybe(3) else ""
            self.put_rule(program, f"  on {event}{when}", action)
        for _ in range(rnd.randrange(3)):
            when = f"{rnd.choice(('enrolled in', 'waiting for', 'not enrolled in'))} {capacity}"
            self.put_rule(program, f"  on place_found when {when}", "  " + self.action("person", {}))

    def put_rule(self, program, on, action):
        if action:
            name = self.name("rule")
            self.written[program].append(("rule", name, "person", True))
            self.put(f"rule {name} of person", on, action)

    def grants(self, program):
        """A fund that runs out, with blocks that may draw on it at one event."""
        rnd = self.rnd
        fund, stipend, schedule = self.name("grants"), self.name("stipend"), self.name("schedule")
        paid, begun, ended = rnd.sample(self.events_of("person"), 3)
        if rnd.maybe():
            begun = paid
        if rnd.maybe():
            name, sum = self.name("rule"), rnd.choice(("$33.33", "$40", "$70"))
            self.put(f"rule {name} of person", f"  on {rnd.choice((paid, begun, ended))}",
                     f"  pay {sum} to office from {fund}", rnd.choice(("", f"  pay $20 to person from {fund}")))
            self.written[program].append(("rule", name, "person", True))
        item = rnd.choice(("$10", "$33.33", "$50"))
        if rnd.maybe():  # it becomes dearer
            dear = self.name("amount")
            days = sorted(self.day(span=200) for _ in range(2))
            self.put(f"amount {dear} is {item}", *[f"  {rnd.choice(('$5', '$45', '$60'))} from {day}"
                                                   for day in dict.fromkeys(days)])
            item = dear
        self.put(f"fund {fund} budget {rnd.choice(('$150', '$500', '$1,000', '$50'))} "
                 + rnd.choice(("per year", "in all", "per fiscal year from July 1", "per fiscal year from October 15")),
                 rnd.choice(("", "  warn at 80%", "  warn at 33.3333%")), rnd.choice(("", "  owner advocate")))
        self.put(f"stipend {stipend} of person", f"  on {paid}",
                 f"  {rnd.choice(('', '', 'may '))}pay {rnd.choice(('$33.33', '$100', '$50'))} to person from {fund}",
                 rnd.choice(("", f"  pay $25 to office from {fund}")),
                 rnd.choice(("", "  at most 2 per month", "  at most $150 per year")))
        self.put(f"schedule {schedule} of person", f"  on {begun}",
                 f"  pay {item} to person {rnd.choice(('weekly', 'monthly'))} for "
                 f"{rnd.randint(1, 5)} times from {fund}",
                 rnd.choice(("", "  also for running schedules")),
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
            columns += [("helper.level", ["low", "high or unknown"])] * 2
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
        self.docket = self.capacity = None
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
