# SPDX-License-Identifier: Apache-2.0
"""Policy text as nodes: a reader by recursive descent, after grammar/LANGUAGE.md.

Each clause begins with a word of its own, so every loop below reads clauses until a word comes that
begins none of its own. It accepts more than the language does: whatever does not compile is
for the compiler to say.
"""
from values import Period
from words import Wrong, words_of

BLOCKS = ("stipend", "schedule", "escalation", "stages", "fine", "rule", "table", "never")
PARAMETERS = ("amount", "number", "percent", "period")
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
MONTHS = "January February March April May June July August September October November December".split()
INTERVALS = {"daily": (1, "days"), "weekly": (1, "weeks"), "monthly": (1, "months"), "yearly": (1, "years")}
UNITS = {"day": "days", "week": "weeks", "month": "months", "year": "years", "minute": "minutes"}
UNITS.update({plural: plural for plural in list(UNITS.values())})
VERBS = "pay assess credit waive refer require notify order start stop set enter deny may".split()


class Node:
    def __init__(self, what, **parts):
        self.what = what
        self.__dict__.update(parts)

    def __deepcopy__(self, memo):
        return self  # what was read is never changed

    def __repr__(self):
        inner = ", ".join(f"{k}={v!r}" for k, v in self.__dict__.items() if k != "what")
        return f"{self.what}({inner})"


class Reader:
    def __init__(self, source):
        self.words = words_of(source)
        self.at = 0
        self.late = False

    # ---- single words ----

    def peek(self, ahead=0):
        return self.words[min(self.at + ahead, len(self.words) - 1)]

    def sees(self, *values):
        """The next words are these names or signs."""
        return all(
            self.peek(i).kind in ("name", "sign") and self.peek(i).value == value
            for i, value in enumerate(values)
        )

    def take(self, *values):
        if not self.sees(*values):
            return False
        self.at += len(values)
        return True

    def need(self, *values):
        if not self.take(*values):
            self.fail(" ".join(values))

    def fail(self, wanted):
        word = self.peek()
        raise Wrong(f"line {word.line}: {wanted} was expected, not {word.value!r}")

    def of_kind(self, kind):
        word = self.peek()
        if word.kind != kind:
            self.fail(f"a {kind}")
        self.at += 1
        return word.value

    def maybe(self, kind):
        return self.of_kind(kind) if self.peek().kind == kind else None

    def one_of(self, values):
        for value in values:
            if self.take(value):
                return value
        return None

    def name(self):
        return self.of_kind("name")

    def names(self, separator=","):
        found = [self.name()]
        while self.take(separator):
            found.append(self.name())
        return found

    # ---- a file ----

    def file(self):
        """All that stands in the file, each with the program or county named last before it."""
        found, owner = [], None
        while self.peek().kind != "end":
            node = self.top()
            if node.what in ("program", "county"):
                owner = node.name
            node.owner = owner
            found.append(node)
        return found

    def top(self):
        locked = self.take("locked")
        todo = self.take("todo")
        head = self.name()
        if head in BLOCKS:
            node = self.never() if head == "never" else self.block(head)
        elif head == "only":
            node = self.only_after()
        elif head == "always":
            node = self.always()
        elif head in PARAMETERS:
            node = self.parameter(head)
        else:
            method = getattr(self, "top_" + head, None)
            if not method:
                self.fail("a declaration")
            node = method()
        node.locked, node.todo = locked, todo
        return node

    # ---- what exists ----

    def top_timezone(self):
        return Node("timezone", zone=self.of_kind("text"))

    def top_calendar(self):
        node = Node("calendar", name=self.name(), holidays=[], weekend=[])
        while True:
            if self.take("holiday"):
                node.holidays.append(self.of_kind("date"))
                self.maybe("text")
            elif self.take("weekend"):
                node.weekend = self.names()
            else:
                return node

    def top_case(self):
        node = Node("case", name=self.name(), facts={})
        self.maybe("text")
        self.fields(node.facts)
        return node

    def top_event(self):
        node = Node("event", name=self.name(), fields={}, sets=[])
        self.need("of")
        node.kinds = self.names()
        self.maybe("text")
        while True:
            if self.sees("sets") and self.peek(1).value != ":":
                self.take("sets")
                node.sets += self.names()
            elif not self.fields(node.fields):
                return node

    def fields(self, into):
        """NAME : TYPE and what follows it, as often as it comes."""
        before = len(into)
        while self.peek().kind == "name" and self.peek(1).value == ":":
            name = self.name()
            self.need(":")
            into[name] = self.field()
        return len(into) > before

    def field(self):
        node = Node("field", words=[], optional=False, default=None, range=None)
        if self.take("one", "of"):
            node.type, node.words = "one of", self.names()
        elif self.take("yes", "/", "no"):
            node.type = "yes/no"
        elif self.take("business", "days"):
            node.type = "business days"
        else:
            node.type = self.name()
        while True:
            if self.take("optional"):
                node.optional = True
            elif self.take("confidential") or self.take("consent"):
                pass  # who may see it
            elif self.take("default"):
                node.default = self.literal()
            elif self.take("from"):
                low = self.literal()
                self.need("to")
                node.range = (low, self.literal())
            else:
                return node

    def literal(self):
        """A value as it is written down: a word of a list stands for itself."""
        if self.take("yes"):
            return True
        if self.take("no"):
            return False
        if self.peek().kind in ("money", "percent", "number", "date", "text"):
            word = self.peek()
            self.at += 1
            return word.value
        return self.name()

    def declared(self, what):
        node = Node(what, name=self.name())
        self.maybe("text")
        return node

    def top_action(self):
        return self.declared("action")

    def top_party(self):
        return self.declared("party")

    def top_requirement(self):
        return self.declared("requirement")

    def top_fund(self):
        node = Node("fund", name=self.name(), budget=None, year=None, warn=None, notified=None)
        self.maybe("text")
        while True:
            if self.take("budget"):
                node.budget = self.sum()
                self.budget_year(node)
            elif self.take("warn", "at"):
                node.warn = self.part()
            elif self.take("owner"):
                node.notified = self.name()
            elif self.sees_cite():
                self.cites()
            else:
                return node

    def budget_year(self, node):
        """The month and day on which a new budget begins; None when there is one for all time."""
        if self.take("in", "all"):
            return
        node.year = (1, 1)
        if self.take("per", "fiscal", "year", "from"):
            node.year = (MONTHS.index(self.name()) + 1, self.of_kind("number"))
        else:
            self.need("per", "year")

    # ---- programs, parameters, counties ----

    def cites(self):
        while self.take("cite") or self.take("placeholder"):
            self.of_kind("text")

    def sees_cite(self):
        return self.sees("cite") or (self.sees("placeholder") and self.peek(1).kind == "text")

    def top_program(self):
        node = Node("program", name=self.name(), effective=None)
        self.maybe("text")
        while True:
            if self.take("effective"):
                node.effective = self.of_kind("date")
            elif self.sees_cite():
                self.cites()
            else:
                return node

    def parameter(self, kind):
        node = Node("parameter", kind=kind, name=self.name(), dated=[])
        self.maybe("text")
        self.need("is")
        node.first = self.parameter_value()
        while True:
            if self.sees_cite():
                self.cites()
            elif self.peek().kind in ("money", "percent", "number"):
                value = self.parameter_value()
                self.need("from")
                node.dated.append((self.of_kind("date"), value))
            else:
                return node

    def parameter_value(self):
        return self.number_or_period().value

    def top_county(self):
        node = Node("county", name=self.name(), adopts={})
        self.maybe("text")
        while self.take("adopts"):
            program = self.name()
            self.need("from")
            node.adopts[program] = self.of_kind("date")
        return node

    def from_date(self):
        return self.of_kind("date") if self.take("from") else None

    def top_change(self):
        node = Node("change", kind=self.one_of(PARAMETERS), name=self.name())
        self.need("to")
        node.value = self.parameter_value()
        node.since = self.from_date()
        self.cites()
        return node

    def top_replace(self):
        kind, name = self.one_of(BLOCKS), self.name()
        since = self.from_date()
        return Node("replace", kind=kind, name=name, since=since, block=self.block(kind, name))

    def top_drop(self):
        node = Node("drop", kind=self.one_of(BLOCKS), name=self.name())
        node.since = self.from_date()
        self.cites()
        return node

    # ---- blocks ----

    def block(self, kind, name=None):
        node = Node("block", kind=kind, name=name or self.name(), case_kind=None, triggers=[], actions=[],
                    limits=[], tiers=[], steps=[], ends=[], holds=None, stops=[], overrides=[],
                    also_running=False)
        if self.take("of"):
            node.case_kind = self.name()
        self.maybe("text")
        if kind == "table":
            self.table(node)
        while self.clause(node):
            pass
        return node

    def clause(self, node):
        if self.sees_cite():
            self.cites()
        elif self.sees("on"):
            node.triggers.append(self.trigger())
        elif self.take("at", "most"):
            node.limits.append(self.limit())
        elif self.take("holds", "while"):
            node.holds = self.condition()
        elif self.take("stops"):
            node.stops.append(self.trigger())
        elif self.take("otherwise", "nothing") or self.take("ends", "never"):
            pass  # nothing follows from what is only said
        elif self.take("ends"):
            node.ends.append(self.trigger())
        elif self.take("overrides"):
            names = self.names()
            node.overrides.append((names, self.condition() if self.take("when") else None))
        elif self.take("also", "for", "running", "schedules"):
            node.also_running = True
        elif self.take("move", "step") or self.take("move", "stage"):  # for cases of an earlier version
            self.name(), self.need("to"), self.name()
        elif self.take("step") or self.take("stage"):
            node.steps.append(self.step())
        elif self.take("tier"):
            node.tiers.append(self.tier())
        elif self.peek().value in VERBS and self.peek().kind == "name":
            node.actions.append(self.action())
        else:
            return False
        return True

    def trigger(self):
        self.need("on")
        node = Node("trigger", events=[self.trigger_event()], when=None)
        while self.take("or"):
            node.events.append(self.trigger_event())
        if self.take("when"):
            node.when = self.condition()
        return node

    def trigger_event(self):
        for nth, word in enumerate(ORDINALS, 1):
            if self.sees(word) and self.peek(1).kind == "name":
                self.take(word)
                return nth, self.name(), self.window()
        return None, self.name(), None

    def window(self):
        """in last LENGTH"""
        return self.sum() if self.take("in", "last") else None

    def limit(self):
        node = Node("limit", most=self.sum())
        self.need("per")
        node.per = self.name()
        return node

    def tier(self):
        node = Node("tier", name=str(self.of_kind("number")), when=None, actions=[])
        if self.take("when"):
            node.when = self.condition()
        self.part_actions(node)
        return node

    def step(self):
        node = Node("step", name=self.name(), after=[], triggers=[], absent=[], actions=[])
        self.maybe("text")
        if self.take("after"):
            node.after = self.names("or")
        while True:
            if self.sees("on"):
                node.triggers.append(self.trigger())
            elif self.take("when", "no"):
                event = self.name()
                self.need("within")
                node.absent.append((event, self.sum()))
            elif not self.part_action(node):
                return node

    def part_actions(self, node):
        while self.part_action(node):
            pass

    def part_action(self, node):
        if self.sees_cite():
            self.cites()
        elif self.peek().kind == "name" and self.peek().value in VERBS:
            node.actions.append(self.action())
        else:
            return False
        return True

    # ---- tables ----

    def table(self, node):
        """The first row names what decides and what the table gives; each row stands on one line."""
        self.cites()
        heads, node.rows = self.row(), []
        node.deciding = [cell.sum() for cell in heads if not cell.sees("->")]
        node.given = [cell.name() for cell in heads if cell.take("->")]
        while self.sees("|"):
            cells = self.row()
            fits = None if cells[0].take("otherwise") else [cell.cell() for cell in cells[:len(node.deciding)]]
            node.rows.append(Node("row", fits=fits, values=[cell.sum() for cell in cells[-len(node.given):]]))

    def row(self):
        """A reader for each cell of a row."""
        cells, line = [], self.peek().line
        self.need("|")
        while self.peek().line == line and self.peek().kind != "end":
            begin = self.at
            while not self.sees("|"):
                self.at += 1
            cells.append(Reader(""))
            cells[-1].words = self.words[begin:self.at] + cells[-1].words[-1:]
            self.need("|")
        return cells

    def cell(self):
        """What fits, as (how, value, value)."""
        if self.take("any"):
            return [("any", None, None)]
        found = [self.fitting()]
        while self.take("or"):
            found.append(self.fitting())
        return found

    def fitting(self):
        if self.take("unknown"):
            return "unknown", None, None
        for word in ("under", "over"):
            if self.take(word):
                return word, self.part(), None
        low = self.part()
        for word in ("more", "less"):
            if self.take("or", word):
                return "or " + word, low, None
        return ("to", low, self.part()) if self.take("to") else ("is", low, None)

    # ---- what holds for all provisions ----

    def never(self):
        node = self.about("never")
        self.rest_of(node)
        return node

    def only_after(self):
        self.need("after")
        event = self.name()
        node = self.about("only after")
        node.event = event
        self.rest_of(node)
        return node

    def always(self):
        node = self.about("always")
        self.rest_of(node)
        return node

    def about(self, what):
        """ACTION [NAME], or more than AMOUNT per case."""
        node = Node(what, name=None, to=None, line=None, fund=None, case_kind=None, when=None, most=None, per=None,
                    within=None, event=None, title=None)
        node.verb = self.one_of(VERBS)
        if self.take("more", "than"):
            node.most = self.sum()
            self.need("per", "case")
            node.per = self.name() if self.take("per") else "case"
        elif self.peek().kind == "name" and not self.sees_part_of_promise() and not self.at_top():
            setattr(node, "to" if node.verb == "notify" else "name", self.name())
        return node

    def period(self):
        return self.number_or_period() if self.peek().kind == "number" else Node("name", path=[self.name()])

    def sees_part_of_promise(self):
        return any(self.sees(word) for word in ("to", "as", "for", "when", "from", "into", "within", "cite"))

    def rest_of(self, node):
        while True:
            if self.take("to"):
                node.to = self.name()
            elif self.take("as"):
                node.line = self.name()
            elif self.take("from") or self.take("into"):
                node.fund = self.name()
            elif self.take("for"):
                node.case_kind = self.name()
            elif self.take("when"):
                node.when = self.condition()
            elif self.take("within"):
                node.within = self.period()
                self.need("of")
                node.event = self.name()
            elif self.sees_cite():
                self.cites()
            elif self.peek().kind == "text":
                node.title = self.of_kind("text")
            else:
                return

    def at_top(self):
        """Whether a new declaration begins here: two words in a row that are no name of an action."""
        return self.peek(1).kind == "name" and self.peek(1).value not in ("for", "when", "to", "as", "cite", "within",
                                                                         "from", "into")

    # ---- actions ----

    def action(self):
        if self.take("may"):
            node = self.action()
            node.may = True
            return node
        verb = self.one_of(VERBS)
        node = Node("action", verb=verb, may=False, amount=None, to=None, fund=None, name=None, line=None,
                    due=None, count=None, interval=None, length=None, starting=None, odd_in_last=False,
                    answered=[], within=None, otherwise=[], value=None, text=None)
        getattr(self, "after_" + verb)(node)
        return node

    def options(self, node, *words):
        """The parts of an action, in whatever order they come."""
        while any(self.option(node, word) for word in words):
            pass

    def option(self, node, word):
        if word == "interval":
            return self.interval(node)
        if word == "length":
            if not self.take("for"):
                return False
            node.length = self.length()
            return True
        if self.sees("otherwise", "nothing"):
            return False
        if word == "otherwise" and self.late:
            return False
        if not self.take(*word.split()):
            return False
        if word == "otherwise":
            self.late = True  # what comes after `otherwise` has none of its own
            node.otherwise.append(self.action())
            self.late = False
        elif word in ("due within", "within"):
            setattr(node, word.split()[0], self.sum())
        elif word == "answered by":
            node.answered = self.names("or")
        elif word == "in":
            node.count = self.sum()
            self.interval(node)
            if not (self.take("instalments") or self.take("installments")):
                self.fail("instalments")
        elif word == "starting":
            node.starting = self.start()
        elif word == "remainder in":
            node.odd_in_last = self.one_of(("first", "last")) == "last"
        else:
            part = {"from": "fund", "into": "fund", "as": "line", "against": "line", "to": "to"}[word]
            setattr(node, part, self.name())
        return True

    def interval(self, node):
        for word, (n, unit) in INTERVALS.items():
            if self.take(word):
                node.interval = Period(n, unit)
                return True
        if self.sees("every") and self.peek(1).kind == "number":
            self.take("every")
            node.interval = self.number_or_period().value
            return True
        return False

    def length(self):
        amount = self.period()
        self.take("times")
        return amount

    def start(self):
        if self.take("same", "day") or self.take("next", "day"):
            return self.words[self.at - 2].value
        if self.take("first", "of", "next", "month"):
            return "first of next month"
        self.need("after")
        return self.sum()

    def after_pay(self, node):
        node.amount = self.sum()
        self.options(node, "to", "from", "interval", "length", "starting")

    def after_assess(self, node):
        node.amount = self.sum()
        self.options(node, "as", "due within", "into", "in", "interval", "starting", "remainder in")

    def after_credit(self, node):
        node.amount = self.sum()
        self.options(node, "against", "from", "into")

    def after_waive(self, node):
        node.line = self.name()

    def after_refer(self, node):
        self.need("to")
        node.to = self.name()
        self.options(node, "answered by", "within", "otherwise")

    def after_require(self, node):
        node.name = self.name()
        self.options(node, "answered by", "within", "otherwise")

    def after_notify(self, node):
        node.to, node.text = self.name(), self.maybe("text")

    def after_order(self, node):
        node.name = self.name()

    after_start = after_stop = after_enter = after_order

    def after_set(self, node):
        node.name = self.name()
        self.need("to")
        node.value = Node("unknown") if self.take("unknown") else self.sum()

    def after_deny(self, node):
        node.text = self.of_kind("text")

    # ---- conditions and amounts ----

    def condition(self):
        first = self.negation()
        for word in ("and", "or"):
            parts = [first]
            while self.sees(word) and not self.sees("or", "unknown"):
                self.take(word)
                parts.append(self.negation())
            if len(parts) > 1:
                return Node(word, parts=parts)
        return first

    def negation(self):
        if self.take("not"):
            return Node("not", part=self.negation())
        return self.comparison()

    def comparison(self):
        left = self.sum()
        node = left
        sign = self.one_of(("<=", ">=", "<", ">", "=", "!="))
        if sign:
            node = Node("compare", sign={"=": "is", "!=": "is not"}.get(sign, sign), left=left, right=self.sum())
        elif self.take("is"):
            negated = self.take("not")
            if self.take("known"):
                node = Node("known", part=left, known=not negated)
            elif self.take("unknown"):
                node = Node("known", part=left, known=negated)
            elif self.take("one", "of"):
                node = Node("one of", left=left, words=[self.sum()], negated=negated)
                while self.take(","):
                    node.words.append(self.sum())
            else:
                node = Node("compare", sign="is not" if negated else "is", left=left, right=self.sum())
        if self.take("or", "unknown"):
            node = Node("or unknown", part=node)
        return node

    def sum(self):
        left = self.product()
        while self.peek().kind == "sign" and self.peek().value in "+-":
            sign = self.of_kind("sign")
            left = Node("arithmetic", sign=sign, left=left, right=self.product())
        return left

    def product(self):
        left = self.part()
        while True:
            if self.take("x"):
                left = Node("arithmetic", sign="x", left=left, right=self.part())
            elif self.take("/"):
                left = Node("arithmetic", sign="/", left=left, right=self.part())
            elif self.take("of"):
                left = Node("arithmetic", sign="x", left=left, right=self.part(), share=True)
            elif self.sees("for", "each"):
                left = self.for_each(left)
            elif self.take("rounded"):
                how = self.one_of(("up", "down")) or self.need("half") or "half " + self.one_of(("up", "even"))
                self.need("to", "the", "cent")
                left = Node("rounded", part=left, how=how)
            else:
                return left

    def for_each(self, amount):
        self.need("for", "each")
        node = Node("for each", amount=amount, unit=self.part(), begun=self.take("or", "part"))
        self.need("of")
        node.base = self.part()
        return node

    def number_or_period(self):
        value, kind = self.literal(), self.words[self.at - 1].kind
        if isinstance(value, int) and not isinstance(value, bool) and kind == "number":
            if self.take("business", "days") or self.take("business", "day"):
                return Node("literal", value=Period(value, "business days"), kind="period")
            unit = UNITS.get(self.peek().value) if self.peek().kind == "name" else None
            if unit:
                self.at += 1
                return Node("literal", value=Period(value, unit), kind="period")
        return Node("literal", value=value, kind=kind)

    def part(self):
        if self.take("("):
            inner = self.condition()
            self.need(")")
            return inner
        if self.take("yes"):
            return Node("literal", value=True, kind="yes/no")
        if self.take("no"):
            return Node("literal", value=False, kind="yes/no")
        if self.peek().kind in ("money", "percent", "number", "date", "text"):
            return self.number_or_period()
        for words, what in ((("lesser", "of"), "lesser"), (("greater", "of"), "greater")):
            if self.take(*words):
                left = self.sum()
                self.need("and")
                return Node(what, left=left, right=self.sum())
        if self.take("count", "of"):
            return Node("count", name=self.name(), window=self.window())
        for words, what in ((("days", "since"), "since"), (("paid", "under"), "paid"), (("step", "of"), "step of"),
                            (("stage", "of"), "step of")):
            if self.take(*words):
                return Node(what, name=self.name())
        if self.take("balance", "owed"):
            return Node("balance")
        if self.take("today"):
            return Node("today")
        return Node("name", path=self.names("."))

    # ---- scenarios ----

    def top_scenario(self):
        node = Node("scenario", title=self.of_kind("text"), given=[], lines=[])
        self.need("in")
        node.county = self.name()
        node.funds = {}
        while self.take("given"):
            given = Node("given", kind=self.name())
            if given.kind == "fund":
                name = self.name()
                self.need("with")
                node.funds[name] = self.of_kind("money")
                self.need("left")
                continue
            given.name = self.name() if self.peek().kind == "name" and self.bare_name() else given.kind
            given.values = self.with_values()
            node.given.append(given)
        while self.peek().kind == "date":
            node.lines.append(self.line())
        return node

    def bare_name(self):
        return not self.sees("with") and not self.sees("given")

    def with_values(self):
        values = {}
        if not self.take("with"):
            return values
        while True:
            name = self.name()
            values[name] = self.literal()
            if not self.take(","):
                return values

    def line(self):
        node = Node("line", line=self.peek().line, day=self.of_kind("date"), time=self.maybe("time"), event=None,
                    of=None, values={}, expects=[])
        if self.peek().kind == "name" and not self.sees("expect") and not self.starts_over():
            node.event = self.name()
            if self.take("of"):
                node.of = self.name()
            node.values = self.with_values()
        while self.take("expect"):
            node.expects.append(self.expectation())
        return node

    def starts_over(self):
        return self.sees("scenario") or self.sees("todo", "scenario")

    def expectation(self):
        node = Node("expect", line=self.peek().line)
        if self.take("nothing"):
            node.form = "nothing"
        elif self.take("among", "others"):
            node.form = "among others"
        elif self.take("refused"):
            node.form, node.text = "refused", self.maybe("text")
        elif self.take("broken"):
            node.form, node.outcome = "outcome", self.broken()
        elif self.take("no", "broken"):
            node.form, node.outcome = "no", self.broken()
        elif self.take("left", "in"):
            node.form, node.name, node.amount = "left", self.name(), self.of_kind("money")
        elif self.take("unfunded"):
            node.form, node.outcome = "outcome", self.expected_outcome()
            node.outcome.unfunded = True
        elif self.take("no"):
            node.form, node.outcome = "no", self.expected_outcome()
        elif self.take("owed"):
            node.form, node.amount = "owed", self.of_kind("money")
            node.who = self.name() if self.take("by") else None
        elif self.peek().value in VERBS and self.peek(1).value not in ("is", "at"):
            node.form, node.outcome = "outcome", self.expected_outcome()
        else:
            self.expected_state(node)
        return node

    def expected_state(self, node):
        node.name = self.name()
        if self.take("at"):
            node.form, node.value = "at", self.name()
        else:
            self.need("is")
            node.form = "is"
            node.value = None if self.take("unknown") else self.literal()
        node.who = self.name() if self.take("for") or self.take("by") else None

    def expected(self, verb, may=False):
        """What is stated of an outcome; what is not stated is None."""
        return Node("expected", verb=verb, may=may, amount=None, to=None, fund=None, name=None, due=None, count=None,
                    text=None, value=None, by=None, unfunded=False)

    def broken(self):
        node = self.expected("always")
        node.text = self.maybe("text")
        return node

    def expected_outcome(self):
        may = self.take("may")
        node = self.expected(self.one_of(VERBS), may)
        if node.verb in ("notify",):
            node.to = self.maybe("name")
        elif node.verb in ("order", "require", "waive", "start", "stop", "set", "enter") and not self.ends_here():
            node.name = self.maybe("name")
        while True:
            if self.peek().kind == "money":
                node.amount = self.of_kind("money")
            elif self.peek().kind == "text":
                node.text = self.of_kind("text")
            elif self.peek().kind == "number":
                node.count = self.of_kind("number")
                self.need("times")
            elif self.take("in"):
                node.count = self.of_kind("number")
                if not (self.take("instalments") or self.take("installments")):
                    self.fail("instalments")
            elif self.take("due"):
                node.due = self.of_kind("date")
            elif node.verb == "set" and self.take("to"):
                node.value = "unknown" if self.take("unknown") else self.literal()
            elif self.take("to"):
                node.to = self.name()
            elif self.take("from") or self.take("into"):
                node.fund = self.name()
            elif self.take("as") or self.take("against"):
                node.name = self.name()
            elif self.take("by"):
                node.by = self.name()
            else:
                return node

    def ends_here(self):
        return self.peek().kind != "name" or self.sees("expect") or self.starts_over()


def read(source):
    return Reader(source).file()
