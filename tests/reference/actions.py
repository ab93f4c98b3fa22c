# SPDX-License-Identifier: Apache-2.0
"""Actions as nodes: section 6 of grammar/LANGUAGE.md. The parts of one come in any order."""
from phrases import Phrases
from reader import Node
from values import Period

INTERVALS = {"daily": (1, "days"), "weekly": (1, "weeks"), "monthly": (1, "months"), "yearly": (1, "years")}
VERBS = ("pay assess credit waive refer require notify order start stop set enter enrol enroll release place deny "
         "may").split()
SPELT = {"enroll": "enrol"}


class Actions(Phrases):
    def action(self):
        if self.take("may"):
            node = self.action()
            node.may = True
            return node
        verb = self.verb()
        node = Node("action", verb=verb, may=False, amount=None, to=None, fund=None, name=None, line=None,
                    due=None, count=None, interval=None, length=None, starting=None, odd_in_last=False,
                    answered=[], within=None, otherwise=[], value=None, text=None)
        getattr(self, "after_" + verb)(node)
        return node

    def verb(self):
        verb = self.one_of(VERBS)
        return SPELT.get(verb, verb)

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

    after_start = after_stop = after_enter = after_release = after_order

    def after_set(self, node):
        node.name = self.name()
        self.need("to")
        node.value = Node("unknown") if self.take("unknown") else self.sum()

    def after_enrol(self, node):
        self.need("in")
        node.name = self.name()

    def after_place(self, node):
        self.need("on")
        node.name = self.name()
        node.urgent = self.take("urgent")

    def after_deny(self, node):
        node.text = self.of_kind("text")
