# SPDX-License-Identifier: Apache-2.0
"""Funds that can run out: what is left in a county and a year, and what an event draws from it."""
import datetime


class Pot:
    """One fund in one county and year: what schedules have set aside, and what has been paid."""

    def __init__(self):
        self.reserved = self.committed = 0

    def used(self):
        return self.reserved + self.committed


class Funds:
    def __init__(self, rulebook):
        self.rulebook, self.pots = rulebook, {}
        self.limited = any(fund.budget for fund in rulebook.funds.values())

    def is_limited(self, fund):
        return fund is not None and self.rulebook.funds[fund].budget is not None

    def key(self, fund, county, day):
        return fund, county, self.year_of(self.rulebook.funds[fund].year, day)

    @staticmethod
    def year_of(first, day):
        """The day on which the year of a day begins; None: one budget for all time."""
        if first is None:
            return None
        begin = datetime.date(day.year, *first)
        return begin if begin <= day else datetime.date(day.year - 1, *first)

    def budget(self, fund, county, day):
        node = self.rulebook.funds[fund]
        if node.budget.what == "literal":
            return node.budget.value
        return self.rulebook.parameter(node.owner, node.budget.path[0], county, day)

    def budget_of(self, key, day):
        """What a pot's own budget comes to: of a year that is over, as it was on that year's last day."""
        fund, county, year = key
        if year is not None and self.key(fund, county, day) != key:
            day = year if day < year else year.replace(year=year.year + 1) - datetime.timedelta(days=1)
        return self.budget(fund, county, day)

    def left(self, key, day):
        pot = self.pots.get(key)
        return self.budget_of(key, day) - (pot.used() if pot else 0)


class Draws:
    """What one event, deadline or item draws; nothing is taken before it is applied."""

    def __init__(self, funds, county, day):
        self.funds, self.county, self.day = funds, county, day
        self.taken = []  # (key, reserved, committed)
        self.asks = []  # ((program, block), key, reserved, committed, what to do when it is funded or not)
        self.served = {}  # key -> what those who asked got

    def fits(self, key, amount):
        """What the event itself gives back is for others."""
        return self.served.get(key, 0) + amount <= self.funds.left(key, self.day)

    def ask(self, block, key, reserved, committed, then):
        """Money for a block. Without a limit it is there; else it is settled when all of the event is known."""
        if key is None:
            then(True)
        else:
            self.asks.append((block, key, reserved, committed, then))

    def settle(self):
        """Block by block in the order of names; all that a block asks of a fund, or nothing of it."""
        for block, key in sorted({ask[:2] for ask in self.asks}, key=lambda pair: pair[0]):
            asked = [ask for ask in self.asks if ask[:2] == (block, key)]
            funded = self.fits(key, sum(ask[2] + ask[3] for ask in asked))
            for _, _, reserved, committed, then in asked:
                then(funded and self.take(key, reserved, committed))

    def key(self, fund):
        return self.funds.key(fund, self.county, self.day) if self.funds.is_limited(fund) else None

    def take(self, key, reserved, committed):
        """False: there is not enough for it whole."""
        amount = reserved + committed
        if key and amount > 0 and not self.fits(key, amount):
            return False
        if key:
            self.taken.append((key, reserved, committed))
            self.served[key] = self.served.get(key, 0) + max(amount, 0)
        return True

    def apply(self):
        """(fund, what is left) of each fund that is now used to its warning, or used up."""
        warned = []
        for key in dict.fromkeys(key for key, _, _ in self.taken):
            pot = self.funds.pots.setdefault(key, Pot())
            before = pot.used()
            for other, reserved, committed in self.taken:
                if other == key:
                    pot.reserved += reserved
                    pot.committed += committed
            if self.crosses(key, before, pot.used()):
                warned.append((key[0], self.funds.left(key, self.day)))
        return warned

    def crosses(self, key, before, after):
        budget, warn = self.funds.budget_of(key, self.day), self.funds.rulebook.funds[key[0]].warn
        lines = [budget] + ([budget * warn.value] if warn else [])
        return any(before < line <= after for line in lines)
