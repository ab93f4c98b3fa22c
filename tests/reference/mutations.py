# SPDX-License-Identifier: Apache-2.0
"""Changes of single rules of this evaluator. The comparison has to find each of them: if it does not,
its policies and histories never come to the rule."""
import contextlib

import cases
import conditions
import deciding
import effects
import promises
import values
from capacities import Places
from syntax import Node
from values import UNKNOWN
from world import World


def replaced(owners, name, make):
    """A mutation that puts `make(original)` in the place of what the owners call by a name."""

    @contextlib.contextmanager
    def mutation():
        originals = [(owner, getattr(owner, name)) for owner in owners]
        for owner, original in originals:
            setattr(owner, name, make(original))
        try:
            yield
        finally:
            for owner, original in originals:
                setattr(owner, name, original)

    return mutation


def later(original):
    def add_period(day, period, times=1, days_off=None):
        return original(day, period._replace(n=period.n + (period.unit == "months")), times, days_off)
    return add_period


def nothing(original):
    return lambda *args, **named: None


def unsure_is(result):
    return lambda original: lambda *args: result if original(*args) is UNKNOWN else original(*args)


def days_left(self, event, window):
    length, days_off = self.value(window), self.rulebook.days_off
    return sum(values.add_period(day, length, 1, days_off) > self.day for day in self.case.days.get(event, ()))


def whole_units(original):
    def of_for_each(self, node):
        return original(self, Node("for each", amount=node.amount, unit=node.unit, base=node.base, begun=False))
    return of_for_each


def queue_jumped(self, name, case, doing):
    self.lines.setdefault((name, case.county), []).insert(0, (case.id, doing))


# Found within a few policies.
QUICK = (
    ("a month too many", replaced((deciding, effects, promises, cases), "add_period", later)),
    ("a business day is any day", replaced((values.Calendar,), "is_business", lambda original: lambda self, day: True)),
    ("an undecided `or` is met", replaced((conditions.values,), "any_of", unsure_is(True))),
    ("`or unknown` does not hold", replaced((conditions.View,), "of_or_unknown", lambda original: lambda self, node:
                                            self.value(node.part) is True)),
    ("an event answers nothing", replaced((deciding.Deciding,), "answer", nothing)),
    ("an event does not count itself", replaced((conditions.View,), "of_count", lambda original: lambda self, node:
                                                max(0, original(self, node) - 1))),
    ("the end of an escalation leaves its referrals open", replaced(
        (deciding.Deciding,), "end_escalation", lambda original: lambda self, key: self.case.steps.pop(key))),
    ("a payment pays nothing off", replaced((deciding.Deciding,), "receive_payment", nothing)),
    ("counties change no figure", replaced((conditions.View,), "figure", lambda original: lambda self, name:
                                           self.rulebook.programs[self.program].parameters[name].first)),
    ("deadlines come a day late", replaced((values.Zone,), "end_of", lambda original: lambda self, day:
                                           self.begin_of(day + values.datetime.timedelta(days=2)))),
)

# Found within some hundred.
SLOW = (
    ("`half even` is `half up`", replaced((values,), "rounded", lambda original: lambda value, how: original(
        value, "half up" if how == "half even" else how))),
    ("the odd cents are always in the first", replaced((values,), "split", lambda original: lambda total, n, last:
                                                       original(total, n, False))),
    ("weeks begin on Sunday", replaced((values,), "same_span", lambda original: lambda a, b, per: original(
        a + values.datetime.timedelta(days=per == "week"), b + values.datetime.timedelta(days=per == "week"), per))),
    ("nothing is forbidden", replaced((deciding.Deciding,), "check", nothing)),
    ("limits do not hold", replaced((deciding.Deciding,), "within_limits", lambda original: lambda *args: True)),
    ("deadlines come on request only", replaced((World,), "pass_time", nothing)),
    ("what is recent ends a day early", replaced((conditions.View,), "recent", lambda original: days_left)),
    ("a unit that has begun does not count", replaced((conditions.View,), "of_for_each", whole_units)),
    ("no provision goes first", replaced((deciding.Deciding,), "find_overridden", nothing)),
    ("nobody enters a stage from anywhere", replaced((deciding.Deciding,), "do_enter", nothing)),
    ("no bound for a sum", replaced((deciding.Deciding,), "check_bound", nothing)),
    ("who comes last is the first to get a place", replaced((Places,), "queue", lambda original: queue_jumped)),
    ("nobody gets a place that was found", replaced((World,), "find_places", nothing)),
    ("a place that a date brings waits for the next event", replaced((Places,), "growing", lambda original: lambda self: ())),
    ("nothing is released", replaced((deciding.Deciding,), "do_release", nothing)),
    ("nothing is promised", replaced((deciding.Deciding,), "promise", nothing)),
)
