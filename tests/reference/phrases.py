# SPDX-License-Identifier: Apache-2.0
"""Conditions and amounts as nodes: section 7 and 10 of grammar/LANGUAGE.md."""
from reader import Node, Words
from values import Period

UNITS = {"day": "days", "week": "weeks", "month": "months", "year": "years", "minute": "minutes"}
UNITS.update({plural: plural for plural in list(UNITS.values())})


class Phrases(Words):
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
        if self.take("placed", "on"):
            return Node("placed", name=self.name())
        for words, what in ((("enrolled", "in"), "enrolled"), (("waiting", "for"), "waiting")):
            if self.take(*words):
                return Node(what, name=self.name())
        if self.take("balance", "owed"):
            return Node("balance")
        if self.take("today"):
            return Node("today")
        return Node("name", path=self.names("."))
