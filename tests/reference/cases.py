# SPDX-License-Identifier: Apache-2.0
"""What a case remembers, and what is said of its outcomes."""
import datetime
import json

import values
from values import UNKNOWN, add_period

CONTRADICTION, OVERFLOW, NEVER, UNDECIDABLE = "contradiction", "overflow", "breaks-never", "undecidable"


class Refused(Exception):
    def __init__(self, why):
        super().__init__(why)
        self.why = why


class Case:
    def __init__(self, id, kind, county):
        self.id, self.kind, self.county = id, kind, county
        self.last = None       # the latest instant that it has seen
        self.facts = {}        # only what was recorded
        self.counts, self.last_day, self.days = {}, {}, {}
        self.bounded = []      # what counts towards `never … more than`: (promise, day, cents)
        self.before = {}       # event -> day of the last one before the event that is decided
        self.balance = 0       # as it stood before the event
        self.steps = {}        # (program, escalation) -> (step, day of entering)
        self.waiting = []      # open referrals, requirements, and steps that come when nothing else does
        self.running = {}      # (program, schedule) -> Running
        self.paid = {}         # (program, schedule) -> cents
        self.payments = []     # of stipends with limits: (what they count for, day, cents)
        self.placed = {}       # docket -> day of the latest meeting
        self.owed = []         # Debt, in the order of assessment
        self.proposals = []

    def fact(self, rulebook, name):
        if name in self.facts:
            return self.facts[name]
        default = rulebook.kinds[self.kind].facts[name].default
        return UNKNOWN if default is None else default

    def owes(self):
        return sum(debt.left for debt in self.owed)


class Record:
    def __init__(self, **parts):
        self.__dict__.update(parts)


class Running:
    """A schedule that runs: its amount is settled, its dates are counted from the first."""

    def __init__(self, **parts):
        self.__dict__.update(parts)
        self.item = 0

    def due_of(self, item):
        return add_period(self.base, self.interval, item + self.skip, self.days_off)

    def due(self):
        return self.due_of(self.item)


def members(outcome):
    """An outcome as `waymark run` writes it, without its id and what is not there."""
    return {name: plain(name, value) for name, value in outcome.items() if value is not None and name != "id"}


def plain(name, value):
    if name == "amount":
        return values.money_text(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return [members(part) for part in value]
    return value


def order_of(outcome):
    return json.dumps(members(outcome), sort_keys=True)


def shown(field, value):
    """A fact as the JSON of a case has it."""
    if value is UNKNOWN:
        return None
    if field.type == "money":
        return values.money_text(value)
    if field.type == "percent":
        return f"{float(value * 100):.4f}".rstrip("0").rstrip(".")
    return value.isoformat() if isinstance(value, datetime.date) else value
