# SPDX-License-Identifier: Apache-2.0
"""Scenarios as nodes: section 12 of grammar/LANGUAGE.md."""
from actions import VERBS
from provisions import Provisions
from reader import Node


class Scenes(Provisions):
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
                if not self.take("spent"):
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
                    of=None, values={}, expects=[], amends=None, on=None, to=None)
        for amends in ("take back", "put right"):
            if self.take(*amends.split()):
                node.amends = amends
        if self.peek().kind == "name" and not self.sees("expect") and not self.starts_over():
            node.event = self.name()
            if self.take("of"):
                node.of = self.name()
            if node.amends:
                self.need("on")
                node.on = self.of_kind("date")
                if self.take("to"):
                    node.to = self.of_kind("date"), self.maybe("time")
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
        elif self.take("take", "back"):
            node.form, node.outcome = "outcome", self.expected_outcome()
            node.outcome.taken_back = True
        elif self.sees("share") or self.sees("no", "share"):
            node.form, node.shown = "share", not self.take("no")
            self.need("share")
            node.name = self.name()
            self.need("with")
            node.partner = self.name()
            node.who = self.name() if self.take("for") else None
        elif self.take("no"):
            node.form, node.outcome = "no", self.expected_outcome()
        elif self.take("owed"):
            node.form, node.amount = "owed", self.of_kind("money")
            node.who = self.name() if self.take("by") else None
        elif self.peek().value in VERBS + ["waitlist"] and self.peek(1).value not in ("is", "at"):
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
                    text=None, value=None, by=None, unfunded=False, taken_back=False, urgent=None, kind=None)

    def broken(self):
        node = self.expected("always")
        node.text = self.maybe("text")
        return node

    def expected_outcome(self):
        may = self.take("may")
        waits = self.take("waitlist")
        node = self.expected("enrol" if waits else self.verb(), may)
        node.kind = "waitlisting" if waits else None
        if node.verb in ("notify",):
            node.to = self.maybe("name")
        elif node.verb == "place" and self.take("on"):
            node.name = self.name()
            node.urgent = self.take("urgent")
        elif node.verb in ("enrol", "release"):
            self.take("for" if waits else "in")
            node.name = self.maybe("name")
            node.kind = node.kind or ("enrolment" if node.verb == "enrol" else None)
            node.to = self.name() if self.take("for") else None
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
            elif node.verb in ("enter", "place") and self.take("for"):
                node.to = self.name()
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
