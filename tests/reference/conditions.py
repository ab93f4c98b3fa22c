# SPDX-License-Identifier: Apache-2.0
"""What a condition or an amount comes to, looking at one case. UNKNOWN comes out where something is
not known and nothing else settles it."""
import operator
from fractions import Fraction

import values
from cases import OVERFLOW, Refused
from values import UNKNOWN

SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
         "is": operator.eq, "is not": operator.ne}


def plain(value):
    """A length of time is compared as a number in its unit; two weeks are 14 days."""
    if isinstance(value, values.Period):
        return value.n * 7 if value.unit == "weeks" else value.n
    return value


class View:
    """All that a condition can look at: the case with its event, the day, the program's figures."""

    def __init__(self, world, case, program, day, event=None, partner=None):
        self.partner = partner  # the case that wants to see this one
        self.world, self.rulebook, self.case = world, world.rulebook, case
        self.program, self.day, self.event = program, day, event

    def value(self, node):
        return getattr(self, "of_" + node.what.replace(" ", "_"))(node)

    # ---- names ----

    def of_literal(self, node):
        return node.value

    def fields(self):
        if self.event is None or self.event.type not in self.rulebook.events:
            return {}
        return self.rulebook.fields_of(self.event.type, self.case.kind)

    def of_name(self, node):
        table = self.table(node)
        if table:
            return self.looked_up(table, node.path[1])
        name, rest = node.path[0], node.path[1:]
        if name == "partner" and self.partner:
            return self.partner.fact(self.rulebook, rest[0])
        fields, facts = self.fields(), self.rulebook.kinds[self.case.kind].facts
        if name in fields and not (name in facts and name in self.rulebook.events[self.event.type].sets):
            field, value = fields[name], self.event.data.get(name, UNKNOWN)
        elif name in facts:
            field, value = facts[name], self.case.fact(self.rulebook, name)
        else:
            return self.figure(name)
        for fact in rest:
            if value is UNKNOWN:
                return UNKNOWN
            value = self.fact_of_other(field.type, value, fact)
            field = self.rulebook.kinds[field.type].facts[fact]
        return value

    def table(self, node):
        """The table of the program that a name such as class_fee.fee speaks of."""
        if node.what != "name" or len(node.path) != 2:
            return None
        block = self.rulebook.block(self.program, node.path[0], self.case.county, self.day)
        return block if block and block.kind == "table" else None

    def looked_up(self, table, column):
        rows = [row for row in table.rows if row.fits and all(
            self.fits(left, cell) for left, cell in zip(table.deciding, row.fits))]
        rows = rows or [row for row in table.rows if row.fits is None]
        assert len(rows) == 1, (table.name, rows)
        return self.value(rows[0].values[table.given.index(column)])

    def fits(self, left, cell):
        return any(self.fits_one(left, *one) for one in cell)

    def fits_one(self, left, how, low, high):
        value = self.value(left)
        if how == "any" or value is UNKNOWN:
            return how in ("any", "unknown")
        if how == "unknown":
            return False
        low = self.beside(left, low)
        if how == "to":
            return low <= value <= self.beside(left, high)
        return {"is": operator.eq, "under": operator.lt, "over": operator.gt, "or more": operator.ge,
                "or less": operator.le}[how](value, low)

    def fact_of_other(self, kind, name, fact):
        other = self.world.case_at(name, self.event)
        if other is not None and other.kind == kind:
            return other.fact(self.rulebook, fact)
        default = self.rulebook.kinds[kind].facts[fact].default
        return UNKNOWN if default is None else default

    def figure(self, name):
        return self.rulebook.parameter(self.program, name, self.case.county, self.day)

    def is_money(self, node):
        if node.what == "literal":
            return node.kind == "money"
        table = self.table(node)
        if table:
            return self.is_money(table.rows[0].values[table.given.index(node.path[1])])
        if node.what == "name":
            return self.type_of(node.path) in ("money", "amount")
        if node.what in ("balance", "paid"):
            return True
        if node.what == "for each":
            return self.is_money(node.amount)
        return any(self.is_money(side) for side in (getattr(node, "left", None), getattr(node, "right", None),
                                                    getattr(node, "part", None)) if side)

    def type_of(self, path):
        fields = dict(self.rulebook.kinds[self.case.kind].facts)
        fields.update(self.fields())
        if path[0] not in fields:
            return self.rulebook.programs[self.program].parameters[path[0]].kind
        for name in path[:-1]:
            fields = self.rulebook.kinds[fields[name].type].facts
        return fields[path[-1]].type

    def of_unknown(self, node):
        return UNKNOWN

    # ---- what the case remembers ----

    def of_count(self, node):
        if node.window is None:
            return self.case.counts.get(node.name, 0)
        return self.recent(node.name, node.window)

    def recent(self, event, window):
        """Events whose period has not ended on the day that is decided."""
        length, days_off = self.value(window), self.rulebook.days_off
        return sum(values.add_period(day, length, 1, days_off) >= self.day for day in self.case.days.get(event, ()))

    def of_since(self, node):
        last = self.case.before.get(node.name)
        return UNKNOWN if last is None else (self.day - last).days

    def of_balance(self, node):
        return self.case.balance

    def of_paid(self, node):
        return self.case.paid.get((self.program, node.name), 0)

    def of_step_of(self, node):
        at = self.case.steps.get((self.program, node.name))
        return at[0] if at else "none"

    def of_placed(self, node):
        meeting = self.case.placed.get(node.name)
        return meeting is not None and meeting > self.day

    def of_enrolled(self, node):
        return self.world.places.has(node.name, self.case)

    def of_waiting(self, node):
        return self.world.places.waits(node.name, self.case)

    def of_today(self, node):
        return self.day

    # ---- conditions ----

    def words(self, node):
        """The words that may stand beside this, when it is one of a list."""
        if node.what == "step of":
            return None
        if node.what != "name":
            return ()
        field = None
        fields = dict(self.rulebook.kinds[self.case.kind].facts)
        fields.update(self.fields())
        for name in node.path:
            field = fields.get(name)
            if field is None:
                return ()  # none of a list, or what a table gives
            fields = self.rulebook.kinds[field.type].facts if field.type in self.rulebook.kinds else {}
        return field.words

    def beside(self, left, right):
        """The value of what stands to the right: first of all a word of the left one's list."""
        words = self.words(left)
        if right.what == "name" and len(right.path) == 1 and (words is None or right.path[0] in words):
            return right.path[0]
        return self.value(right)

    def of_compare(self, node):
        left, right = self.value(node.left), self.beside(node.left, node.right)
        if left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        return SIGNS[node.sign](plain(left), plain(right))

    def of_one_of(self, node):
        left = self.value(node.left)
        if left is UNKNOWN:
            return UNKNOWN
        return (left in [self.beside(node.left, word) for word in node.words]) != node.negated

    def of_known(self, node):
        return (self.value(node.part) is not UNKNOWN) == node.known

    def of_or_unknown(self, node):
        result = self.value(node.part)
        return True if result is UNKNOWN else result

    def of_and(self, node):
        return values.all_of(self.value(part) for part in node.parts)

    def of_or(self, node):
        return values.any_of(self.value(part) for part in node.parts)

    def of_not(self, node):
        return values.opposite(self.value(node.part))

    # ---- amounts ----

    def both(self, node, do):
        left, right = self.value(node.left), self.value(node.right)
        return UNKNOWN if left is UNKNOWN or right is UNKNOWN else do(left, right)

    def of_arithmetic(self, node):
        return self.both(node, {"+": operator.add, "-": operator.sub, "x": operator.mul,
                                "/": lambda a, b: Fraction(a) / b}[node.sign])

    def of_for_each(self, node):
        amount, unit, base = self.value(node.amount), self.value(node.unit), self.value(node.base)
        if UNKNOWN in (amount, unit, base):
            return UNKNOWN
        if unit == 0:
            raise Refused(OVERFLOW)
        return amount * values.rounded(Fraction(base) / unit, "up" if node.begun else "down")

    def of_lesser(self, node):
        return self.both(node, min)

    def of_greater(self, node):
        return self.both(node, max)

    def of_rounded(self, node):
        value = self.value(node.part)
        return UNKNOWN if value is UNKNOWN else values.rounded(value, node.how)
