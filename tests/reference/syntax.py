# SPDX-License-Identifier: Apache-2.0
"""Policy text as nodes: a reader by recursive descent, after grammar/LANGUAGE.md.

Each clause begins with a word of its own, so every loop below reads clauses until a word comes that
begins none of its own. It accepts more than the language does: whatever does not compile is
for the compiler to say.
"""
from provisions import ORDINALS
from reader import Node
from scenes import Scenes

BLOCKS = ("stipend", "schedule", "escalation", "stages", "fine", "rule", "table", "never")
PARAMETERS = ("amount", "number", "percent", "period")
MONTHS = "January February March April May June July August September October November December".split()


class Reader(Scenes):
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
            elif self.maybe("text") is not None:
                pass  # its title
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

    def top_share(self):
        """What a partner may see: nothing follows from it for a case."""
        return self.share(self.declared_of("share"))

    def share(self, node):
        node.partner = node.consent = node.lasts = node.when = None
        while True:
            if self.take("with"):
                node.partner = self.name()
            elif self.take("show"):
                self.names()
            elif self.take("needs"):
                node.consent = self.name()
                self.need("for")
                node.lasts = self.period()
            elif self.take("when"):
                node.when = self.condition()
            elif self.sees_cite():
                self.cites()
            else:
                return node

    def declared_of(self, what):
        node = Node(what, name=self.name(), case_kind=None)
        if self.take("of"):
            node.case_kind = self.name()
        self.maybe("text")
        return node

    def top_projection(self):
        """Not played here: it runs the same cases a great many times. It ends where a declaration begins."""
        node = Node("projection", name=self.name())
        while self.peek().kind != "end" and not self.at_declaration():
            self.at += 1
        return node

    def at_declaration(self):
        return self.words[self.at - 1].line < self.peek().line and any(
            self.sees(word) for word in ("projection", "scenario", "todo", "program", "county") + BLOCKS + PARAMETERS)

    def top_capacity(self):
        node = self.declared_of("capacity")
        self.need("is")
        node.most = self.part()
        self.need("places")
        self.cites()
        return node

    def top_docket(self):
        node = Node("docket", name=self.name(), begin=None, weeks=1, weekday=None, which=None, most=None, kept=None)
        self.need("of")
        self.name()
        self.maybe("text")
        while True:
            if self.take("meets"):
                self.meetings(node)
            elif self.take("at", "most"):
                node.most = self.sum()
                self.need("cases")
            elif self.take("keeps"):
                node.kept = self.sum()
                self.need("for", "urgent")
            elif self.sees_cite():
                self.cites()
            else:
                return node

    def meetings(self, node):
        if self.take("every"):
            node.weeks = self.number_or_period().value.n
            self.need("from")
            node.begin = self.of_kind("date")
            return
        if self.take("monthly", "on"):
            word = self.name()
            node.which = "last" if word == "last" else ORDINALS.index(word) + 1
        else:
            self.need("weekly", "on")
        node.weekday = self.name()

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
        kind, name = self.one_of(BLOCKS + ("share",)), self.name()
        since = self.from_date()
        if kind == "share":
            share = Node("share", name=name, case_kind=self.name() if self.take("of") else None)
            self.maybe("text")
            return Node("replace", kind=kind, name=name, since=since, block=self.share(share))
        return Node("replace", kind=kind, name=name, since=since, block=self.block(kind, name))

    def top_drop(self):
        node = Node("drop", kind=self.one_of(BLOCKS + ("share",)), name=self.name())
        node.since = self.from_date()
        self.cites()
        return node


def read(source):
    return Reader(source).file()
