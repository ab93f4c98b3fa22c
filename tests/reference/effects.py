# SPDX-License-Identifier: Apache-2.0
"""What actions bring: first what they settle, then the outcome, and the effect that is applied at the end."""
import datetime

import values
from cases import CONTRADICTION, OVERFLOW, UNDECIDABLE, Record, Refused, Running, shown
from values import UNKNOWN, Period, add_period


class Effects:
    def act(self, program, name, part, action, limits=()):
        doing = self.settle(program, name, part, action)
        doing.limits = limits
        getattr(self, "do_" + action.verb)(doing)

    def settle(self, program, name, part, action):
        doing = Record(program=program, name=name, part=part, action=action, by=None, propose=action.may, limits=(),
                       amount=None, parts=None, to=None, days=None)
        view = self.view(program)
        if action.amount is not None:
            self.settle_amount(doing, view)
        if action.verb in ("pay", "refer", "notify"):
            doing.to = self.recipient(view, action.to)
        doing.days = self.length(doing)
        return doing

    def length(self, doing):
        """How long somebody has: as it is on the day of the event, or of the approval."""
        period = doing.action.within or doing.action.due
        return period and self.view(doing.program).value(period)

    def settle_amount(self, doing, view):
        """The sum, and for what is paid in instalments each of them."""
        action = doing.action
        doing.amount = self.known(view.value(action.amount))
        if doing.amount < 0 and not (action.verb == "credit" and self.owed_on(doing) == 0):
            raise Refused(OVERFLOW)
        if action.verb != "assess" or action.interval is None:
            return
        if action.count is not None:
            doing.parts = values.split(doing.amount, view.value(action.count), action.odd_in_last)
        else:  # N x AMOUNT, or AMOUNT x N
            sides = action.amount.left, action.amount.right
            n, each = (view.value(s) for s in (sides if view.is_money(sides[1]) else reversed(sides)))
            doing.parts = [each] * n

    def money(self, view, node):
        amount = self.known(view.value(node))
        if amount < 0:
            raise Refused(OVERFLOW)
        return amount

    def known(self, value):
        if value is UNKNOWN:
            raise Refused(UNDECIDABLE)
        return value

    def recipient(self, view, name):
        """The case itself, a case that a field or fact names, or a party."""
        if name == self.case.kind:
            return self.case.id
        if name in view.fields() or name in self.rulebook.kinds[self.case.kind].facts:
            return self.known(view.of_name(Record(what="name", path=[name])))
        return name

    def out(self, doing, kind, did=None, **members):
        """Records an outcome. `did` is what a `never` may forbid: its verb, name, party, line."""
        action = doing.action
        outcome = {"kind": "proposal" if doing.propose else kind, "action": action.verb, "program": doing.program,
                   "block": doing.name, "part": doing.part, "by": doing.by}
        if doing.propose:
            members["status"] = "open"
            doing.outcome = outcome
            self.effects.append(lambda: self.case.proposals.append(doing))
        outcome.update(members)
        self.outcomes.append(outcome)
        if did:
            name, to, line = did
            self.did.append(Record(verb=action.verb, name=name, to=to, line=line, fund=members.get("fund"),
                                   amount=members.get("amount"), proposal=doing.propose))
        return outcome

    def within(self, doing):
        return doing.days and add_period(self.day, doing.days, 1, self.rulebook.days_off)

    def effect(self, doing, do):
        if not doing.propose:
            self.effects.append(do)

    def do_pay(self, doing):
        alone = doing.propose or doing.by  # else it is all that the event pays, or nothing
        if doing.limits and not (self.within_limits(doing, doing.amount, 1) if alone else self.room):
            if doing.by:
                raise Refused("limit")
            return
        members = dict(amount=doing.amount, to=doing.to, fund=doing.action.fund, due=self.day)
        counts = (self.counters(doing), self.day, doing.amount) if doing.limits and not doing.propose else None
        if counts:
            self.new_payments.append(counts)

        def then(funded):
            if funded:
                self.out(doing, "payment", (None, doing.action.to, None), status="due", **members)
                return
            self.out(doing, "unfunded", status="unfunded", **members)
            if counts:
                self.new_payments.remove(counts)

        key = None if doing.propose else self.draws.key(doing.action.fund)
        self.draws.ask((doing.program, doing.name), key, 0, doing.amount, then)

    def within_limits(self, doing, amount, payments):
        view = self.view(doing.program)
        for limit, counter in zip(doing.limits, self.counters(doing)):
            most = view.value(limit.most)
            spent = [amount for counters, day, amount in self.case.payments + self.new_payments
                     if counter in counters and values.same_span(day, self.day, limit.per)]
            if (sum(spent) + amount if view.is_money(limit.most) else len(spent) + payments) > most:
                return False
        return True

    def counters(self, doing):
        """What each limit counts. One that the program's own block has, too, counts on in a county's
        replacement of it; any other begins anew there."""
        view = self.view(doing.program)
        own = self.rulebook.programs[doing.program].blocks[doing.name].limits
        known = [(limit.per, view.is_money(limit.most)) for limit in own]
        kinds = [((limit.per, view.is_money(limit.most)), limit) for limit in doing.limits]
        return [(doing.program, doing.name, kind, None if kind in known else id(limit)) for kind, limit in kinds]

    def do_assess(self, doing):
        action, line = doing.action, doing.action.line
        members = dict(name=line, amount=doing.amount, fund=action.fund, status="due", due=self.within(doing))
        if doing.parts:
            dates = self.dates(action, len(doing.parts))
            if len(dates) > 1:
                members["instalments"] = [dict(due=day, amount=part) for day, part in zip(dates, doing.parts)]
            members["due"] = dates[-1]
        outcome = self.out(doing, "assessment", (None, None, line), **members)
        self.effect(doing, lambda: self.case.owed.append(Record(
            outcome=outcome, line=line, left=doing.amount)))

    def dates(self, action, n):
        base, skip = self.first_date(action)
        return [add_period(base, action.interval, i + skip, self.rulebook.days_off) for i in range(n)]

    def first_date(self, action):
        """The day that dates are counted from, and how many intervals come before the first."""
        starting = action.starting
        if starting is None:
            return self.day, 1
        if starting == "same":
            return self.day, 0
        if starting == "next":
            return self.day + datetime.timedelta(days=1), 0
        if starting == "first of next month":
            return values.first_of_next_month(self.day), 0
        return add_period(self.day, self.view(None).value(starting), 1, self.rulebook.days_off), 0

    def debts(self, doing):
        return [debt for debt in self.case.owed if debt.line == doing.action.line and debt.left > 0]

    def owed_on(self, doing):
        """What is owed on the line, less what this very event has taken off it already."""
        taken = sum(cents for line, cents in self.taken if line == doing.action.line)
        return sum(debt.left for debt in self.debts(doing)) - (0 if doing.propose else taken)

    def take_off(self, doing, kind, amount):
        if amount <= 0 and not (doing.propose and self.owed_on(doing) > 0):
            return
        self.out(doing, kind, (None, None, doing.action.line), name=doing.action.line, amount=amount, status="done")
        if not doing.propose:
            self.taken.append((doing.action.line, amount))
        self.effect(doing, lambda: self.lower(doing, amount))

    def lower(self, doing, amount):
        for debt in self.debts(doing):
            part = min(debt.left, amount)
            debt.left -= part
            amount -= part

    def do_credit(self, doing):
        owed = self.owed_on(doing)
        amount = doing.amount if doing.propose and owed > 0 else min(doing.amount, owed)
        self.take_off(doing, "credit", amount)

    def do_waive(self, doing):
        """Credits come first: what they leave is waived."""
        if doing.propose:
            self.take_off(doing, "waiver", self.owed_on(doing))
        else:
            self.waivers.append(doing)

    def waive_what_is_left(self):
        for doing in self.waivers:
            self.take_off(doing, "waiver", self.owed_on(doing))

    def do_refer(self, doing):
        self.open(doing, "referral", (None, doing.action.to, None), to=doing.to)

    def do_require(self, doing):
        self.open(doing, "requirement", (doing.action.name, None, None), name=doing.action.name)

    def open(self, doing, kind, did, **members):
        due = self.within(doing)
        self.out(doing, kind, did, due=due, status="open", **members)
        self.effect(doing, lambda: self.wait(what=kind, program=doing.program, block=doing.name, part=doing.part,
                                             answered=doing.action.answered, due=due,
                                             otherwise=doing.action.otherwise))

    def do_notify(self, doing):
        self.out(doing, "notice", (None, doing.action.to, None), to=doing.to, message=doing.action.text,
                 status="done")

    def do_order(self, doing):
        self.out(doing, "order", (doing.action.name, None, None), name=doing.action.name, status="done")

    def do_deny(self, doing):
        self.out(doing, "denial", (None, None, None), reason=doing.action.text, status="done")

    def do_set(self, doing):
        fact = doing.action.name
        view = self.view(doing.program)
        value = view.beside(Record(what="name", path=[fact]), doing.action.value)
        if self.facts_set.setdefault(fact, value) != value:
            raise Refused(CONTRADICTION)
        self.out(doing, "fact", (fact, None, None), fact=fact, status="done",
                 value=shown(self.rulebook.kinds[self.case.kind].facts[fact], value))
        self.effects.append(lambda: self.case.facts.__setitem__(fact, value))

    def do_place(self, doing):
        """Nobody is placed twice on a coming meeting."""
        name, urgent = doing.action.name, doing.action.urgent
        docket, view = self.rulebook.dockets[name], self.view(doing.program)
        if self.case.placed.get(name, self.day) > self.day or name in self.seated:
            return
        self.seated.append(name)
        kept = view.value(docket.kept) if docket.kept else 0
        seat = self.world.agendas.seat(docket, self.case.county, self.day, view.value(docket.most), kept, urgent)
        if seat is None:
            raise Refused("limit")
        self.out(doing, "docket", (name, None, None), name=name, due=seat[0], status="due", urgent=urgent or None)
        self.effects.append(lambda: self.world.agendas.take(docket, self.case.county, *seat))
        self.effects.append(lambda: self.case.placed.__setitem__(name, seat[0]))

    def do_enrol(self, doing):
        """Once, however often it is asked for; and not while the case has a place or waits for one."""
        name, places = doing.action.name, self.world.places
        if places.has(name, self.case) or places.waits(name, self.case) or name in self.enrolled:
            return
        self.enrolled.append(name)
        if places.for_newcomer(name, self.case.county, self.day):
            self.give_place(doing)
        else:
            self.out(doing, "waitlisting", (name, None, None), name=name, to=self.case.id, status="open")
            self.effects.append(lambda: places.queue(name, self.case, doing))

    def give_place(self, doing):
        name = doing.action.name
        self.out(doing, "enrolment", (name, None, None), name=name, to=self.case.id, status="done")
        self.effects.append(lambda: self.world.places.give(name, self.case))

    def do_release(self, doing):
        name, places = doing.action.name, self.world.places
        if not (places.has(name, self.case) or places.waits(name, self.case)) or name in self.released:
            return
        self.released.append(name)
        self.out(doing, "release", (name, None, None), name=name, to=self.case.id, status="done")
        self.effects.append(lambda: places.leave(name, self.case))

    # ---- schedules ----

    def do_start(self, doing):
        self.start(doing, doing.action.name)

    def do_stop(self, doing):
        self.stop(doing, doing.action.name)

    def as_action(self, program, name, verb, part=None):
        """A schedule that starts or stops by its own clause."""
        return Record(program=program, name=name, part=part, by=None, propose=False,
                      action=Record(verb=verb, name=name))

    def start(self, doing, name):
        key = doing.program, name
        block = self.rulebook.block(doing.program, name, self.case.county, self.day)
        if block is None or key in self.case.running or key in self.started:
            return
        pay, view = block.actions[0], self.view(doing.program)
        base, skip = self.first_date(pay)
        running = Running(amount=self.money(view, pay.amount), to=self.recipient(view, pay.to), to_name=pay.to,
                          fund=pay.fund, interval=pay.interval, base=base, skip=skip, started=self.event.time,
                          times=times_of(view.value(pay.length), pay.interval), days_off=self.rulebook.days_off,
                          by=Record(name=doing.name, part=doing.part), order=len(self.case.running) + len(self.started))
        self.started.append(key)
        members = dict(schedule=name, amount=running.amount, to=running.to, fund=pay.fund, first=running.due(),
                       times=running.times)
        running.pot = self.draws.key(pay.fund)

        def then(funded):
            if not funded:
                self.out(doing, "unfunded", status="unfunded", **members)
                return
            self.out(doing, "schedule", (name, None, None), status="started", **members)
            self.effects.append(lambda: self.case.running.__setitem__(key, running))

        self.draws.ask((doing.program, doing.name), running.pot, running.amount * running.times, 0, then)

    def stop(self, doing, name):
        key = doing.program, name
        running = self.case.running.get(key)
        if running is None or key in self.stopped:
            return
        self.stopped.append(key)
        self.draws.take(running.pot, -running.amount * (running.times - running.item), 0)
        self.out(doing, "schedule", (name, None, None), schedule=name, times=running.times - running.item,
                 status="stopped")
        self.effects.append(lambda: self.case.running.pop(key, None))


def times_of(length, interval):
    """How many intervals make a length; a plain number says it."""
    if not isinstance(length, Period):
        return length
    for small, large, n in (("days", "weeks", 7), ("months", "years", 12)):
        sizes = {small: 1, large: n}
        if length.unit in sizes and interval.unit in sizes:
            return length.n * sizes[length.unit] // (interval.n * sizes[interval.unit])
    raise AssertionError((length, interval))
