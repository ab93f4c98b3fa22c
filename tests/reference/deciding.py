# SPDX-License-Identifier: Apache-2.0
"""One event, deadline or item against one case: observe, decide, apply."""
import copy
import datetime

import values
from cases import CONTRADICTION, NEGATIVE, NEVER, UNDECIDABLE, Record, Refused, Running, shown
from conditions import View
from values import UNKNOWN, Period, add_period


class Deciding:
    """One event, deadline or item, against one case, which it changes."""

    def __init__(self, world, case, event, day):
        self.world, self.rulebook = world, world.rulebook
        self.case, self.event, self.day = case, event, day
        self.outcomes, self.effects, self.did = [], [], []
        self.facts_set, self.moves, self.new_payments = {}, {}, []
        self.started, self.stopped, self.taken = [], [], []
        case.balance = case.owes()
        case.before = dict(case.last_day)
        self.blocks = list(self.rulebook.blocks(case.county, day))

    def view(self, program):
        return View(self.world, self.case, program, self.day, self.event)

    def met(self, program, condition):
        if condition is None:
            return True
        result = self.view(program).value(condition)
        if result is UNKNOWN:
            raise Refused(UNDECIDABLE)
        return result

    # ---- the three kinds of event ----

    def outside(self):
        self.observe()
        self.answer()
        if self.event.type in ("approved", "declined"):
            self.settle_proposal()
        elif self.event.type == "payment_received":
            self.receive_payment()
        for program, block in self.blocks:
            if self.about_this_kind(block):
                self.decide(program, block)
        return self.apply()

    def deadline(self, order):
        wait = next(w for w in self.case.waiting if w.order == order)
        self.case.waiting.remove(wait)
        if wait.what == "step":
            self.enter(wait.program, self.rulebook.block(wait.program, wait.block, self.case.county, self.day),
                       wait.step)
        else:
            for action in wait.otherwise:
                self.act(wait.program, wait.block, wait.part, action)
        return self.apply()

    def item(self, key):
        program, name = key
        running = self.case.running[key]
        block = self.rulebook.block(program, name, self.case.county, self.day)
        if block is None:  # the county does without it now
            self.stop(self.as_action(program, running.by.name, "stop", running.by.part), name)
            return self.apply()
        held = block.holds is not None and self.met(program, block.holds)
        doing = self.as_action(program, running.by.name, "pay", running.by.part)
        self.out(doing, "payment", None if held else (None, running.to_name, None), amount=running.amount,
                 to=running.to, fund=block.actions[0].fund, due=running.due(), schedule=name, item=running.item + 1,
                 status="held" if held else "due")
        outcomes = self.apply()
        self.consume(key)
        if not held:
            self.case.paid[key] = self.case.paid.get(key, 0) + running.amount
        return outcomes

    def consume(self, what):
        """Whatever came of it: it has been due."""
        if isinstance(what, tuple):
            running = self.case.running[what]
            running.item += 1
            if running.item == running.times:
                del self.case.running[what]
        else:
            self.case.waiting = [w for w in self.case.waiting if w.order != what.order]

    # ---- observe ----

    def observe(self):
        event, case = self.event, self.case
        if event.type in self.rulebook.events:
            for fact in self.rulebook.events[event.type].sets:
                if fact in event.data:
                    case.facts[fact] = event.data[fact]
        case.counts[event.type] = case.counts.get(event.type, 0) + 1
        case.last_day[event.type] = self.day

    def answer(self):
        """Closes what this event answers, and calls off the steps that would have come without it."""
        self.case.waiting = [wait for wait in self.case.waiting if self.event.type not in wait.answered]

    def settle_proposal(self):
        found = [p for p in self.case.proposals if p.outcome["id"] == self.event.data["outcome"]]
        if not found:
            raise Refused("no-such-outcome")
        self.case.proposals.remove(found[0])
        if self.event.type == "approved":
            doing = copy.copy(found[0])
            doing.propose, doing.by = False, self.event.data["by"]
            getattr(self, "do_" + doing.action.verb)(doing)

    def receive_payment(self):
        found = [d for d in self.case.owed if d.outcome["id"] == self.event.data["outcome"] and d.left > 0]
        if not found:
            raise Refused("no-such-outcome")
        if self.event.data["amount"] > found[0].left:
            raise Refused("bad-event")
        found[0].left -= self.event.data["amount"]
        self.case.balance = self.case.owes()

    # ---- decide ----

    def about_this_kind(self, block):
        """A block speaks of the kind that it names, or of the one kind that its events belong to."""
        if block.case_kind:
            return block.case_kind == self.case.kind
        return True

    def sets_off(self, program, triggers):
        return any(self.sets_off_by(program, trigger) for trigger in triggers)

    def sets_off_by(self, program, trigger):
        for nth, name in trigger.events:
            if name == self.event.type and (nth is None or self.case.counts.get(name, 0) == nth):
                return self.met(program, trigger.when)
        return False

    def decide(self, program, block):
        if block.kind == "escalation":
            self.decide_escalation(program, block)
            return
        if block.kind == "schedule":
            self.decide_schedule(program, block)
            return
        if not self.sets_off(program, block.triggers):
            return
        for action in block.actions:
            self.act(program, block.name, None, action, block.limits)
        tiers = [tier for tier in block.tiers if self.met(program, tier.when)]
        if len(tiers) > 1:
            raise Refused(CONTRADICTION)
        for tier in tiers:
            for action in tier.actions:
                self.act(program, block.name, "tier " + tier.name, action)

    def decide_schedule(self, program, block):
        key = program, block.name
        if key in self.case.running and self.sets_off(program, block.stops):
            self.stop(self.as_action(program, block.name, "stop", "stops"), block.name)
        if self.sets_off(program, block.triggers) and key not in self.case.running:
            self.start(self.as_action(program, block.name, "start"), block.name)

    def decide_escalation(self, program, block):
        key = program, block.name
        at = self.case.steps.get(key)
        if at and self.sets_off(program, block.ends):
            self.moves[key] = "none"
            self.effects.append(lambda: self.end_escalation(key))
        for step in block.steps:
            stands_right = at[0] in step.after if at else not step.after
            if stands_right and self.sets_off(program, step.triggers):
                self.enter(program, block, step.name)

    def enter(self, program, block, name):
        key = program, block.name
        if self.moves.setdefault(key, name) != name:
            raise Refused(CONTRADICTION)
        step = next(s for s in block.steps if s.name == name)
        self.effects.append(lambda: self.entered(key, block, name))
        for action in step.actions:
            self.act(program, block.name, "step " + name, action)

    def entered(self, key, block, name):
        case = self.case
        case.waiting = [w for w in case.waiting if not (w.what == "step" and (w.program, w.block) == key)]
        case.steps[key] = name, self.day
        for step in block.steps:
            for event, period in step.absent if name in step.after else ():
                within = self.view(key[0]).value(period)
                self.wait(what="step", program=key[0], block=key[1], step=step.name, answered=[event],
                          due=add_period(self.day, within, 1, self.rulebook.days_off))

    def end_escalation(self, key):
        self.case.steps.pop(key)
        self.case.waiting = [w for w in self.case.waiting if (w.program, w.block) != key]

    def wait(self, **parts):
        order = max([w.order for w in self.case.waiting], default=0) + 1
        self.case.waiting.append(Record(order=order, **parts))

    # ---- actions: first what they settle, then what they bring ----

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
        for node in (action.within, action.due):
            if node is not None:
                doing.days = view.value(node)
        return doing

    def settle_amount(self, doing, view):
        """The sum, and for what is paid in instalments each of them."""
        action = doing.action
        doing.amount = self.known(view.value(action.amount))
        if doing.amount < 0 and not (action.verb == "credit" and self.owed_on(doing) == 0):
            raise Refused(NEGATIVE)
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
            raise Refused(NEGATIVE)
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
            return self.known(view.of_name(Record(path=[name])))
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
            self.did.append((action.verb,) + did)
        return outcome

    def within(self, doing):
        return doing.days and add_period(self.day, doing.days, 1, self.rulebook.days_off)

    def effect(self, doing, do):
        if not doing.propose:
            self.effects.append(do)

    def do_pay(self, doing):
        if not self.within_limits(doing):
            if doing.by:
                raise Refused("limit")
            return
        self.out(doing, "payment", (None, doing.action.to, None), amount=doing.amount, to=doing.to,
                 fund=doing.action.fund, due=self.day, status="due")
        if doing.limits and not doing.propose:
            self.new_payments.append((self.counters(doing), self.day, doing.amount))

    def within_limits(self, doing):
        view = self.view(doing.program)
        for limit, counter in zip(doing.limits, self.counters(doing)):
            most = view.value(limit.most)
            spent = [amount for counters, day, amount in self.case.payments + self.new_payments
                     if counter in counters and values.same_span(day, self.day, limit.per)]
            if (sum(spent) + doing.amount if view.is_money(limit.most) else len(spent) + 1) > most:
                return False
        return True

    def counters(self, doing):
        """What each limit counts. One that the program's own block has, too, counts on in a county's
        replacement of it; any other begins anew there."""
        view = self.view(doing.program)
        kinds = [(limit.per, view.is_money(limit.most)) for limit in doing.limits]
        own = self.rulebook.programs[doing.program].blocks[doing.name].limits
        known = [(limit.per, view.is_money(limit.most)) for limit in own]
        return [(doing.program, doing.name, kind, None if kind in known else id(doing.limits)) for kind in kinds]

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
        if amount <= 0:
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
                          interval=pay.interval, base=base, skip=skip, started=self.event.time,
                          times=times_of(view.value(pay.length), pay.interval), days_off=self.rulebook.days_off,
                          by=Record(name=doing.name, part=doing.part), order=len(self.case.running) + len(self.started))
        self.started.append(key)
        self.out(doing, "schedule", (name, None, None), schedule=name, amount=running.amount, to=running.to,
                 fund=pay.fund, first=running.due(), times=running.times, status="started")
        self.effects.append(lambda: self.case.running.__setitem__(key, running))

    def stop(self, doing, name):
        key = doing.program, name
        running = self.case.running.get(key)
        if running is None or key in self.stopped:
            return
        self.stopped.append(key)
        self.out(doing, "schedule", (name, None, None), schedule=name, times=running.times - running.item,
                 status="stopped")
        self.effects.append(lambda: self.case.running.pop(key, None))

    # ---- apply ----

    def apply(self):
        for did in self.did:
            self.check_nevers(did)
        for effect in self.effects:
            effect()
        self.case.payments += self.new_payments
        return self.outcomes

    def check_nevers(self, did):
        verb, name, to, line = did
        for program, never in self.rulebook.nevers(self.case.county, self.day):
            if never.verb != verb or never.case_kind not in (None, self.case.kind):
                continue
            if any(asked not in (None, is_) for asked, is_ in ((never.name, name), (never.to, to), (never.line, line))):
                continue
            view = View(self.world, self.case, program, self.day)
            if never.when is None or view.value(never.when) is not False:
                raise Refused(NEVER)


def times_of(length, interval):
    """How many intervals make a length; a plain number says it."""
    if not isinstance(length, Period):
        return length
    for small, large, n in (("days", "weeks", 7), ("months", "years", 12)):
        sizes = {small: 1, large: n}
        if length.unit in sizes and interval.unit in sizes:
            return length.n * sizes[length.unit] // (interval.n * sizes[interval.unit])
    raise AssertionError((length, interval))
