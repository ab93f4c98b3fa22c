# SPDX-License-Identifier: Apache-2.0
"""Blocks, tables and what holds for all provisions, as nodes: section 5 of grammar/LANGUAGE.md."""
from actions import VERBS, Actions
from reader import Node

ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()


class Provisions(Actions):
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
            cells.append(type(self)(""))
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
        node.verb = self.verb()
        if node.verb == "enrol":
            self.take("in")
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
