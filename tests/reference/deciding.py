# SPDX-License-Identifier: Apache-2.0
"""One event, deadline or item against one case: observe, decide, apply."""
import copy
import datetime

import values
from cases import CONTRADICTION, OVERFLOW, NEVER, UNDECIDABLE, Record, Refused, Running, shown
from conditions import View
from funds import Draws
from values import UNKNOWN, Period, add_period


class Deciding:
    """One event, deadline or item, against one case, which it changes."""

    def __init__(self, world, case, event, day):
        self.world, self.rulebook = world, world.rulebook
        self.case, self.event, self.day = case, event, day
        self.outcomes, self.effects, self.did = [], [], []
        self.facts_set, self.moves, self.new_payments = {}, {}, []
        self.started, self.stopped, self.taken, self.moved = [], [], [], []
        self.overridden, self.promised = set(), []
        self.draws = Draws(world.funds, case.county, day)
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
        self.find_overridden()
        for program, block in self.blocks:
            if self.about_this_kind(block):
                self.decide(program, block)
        self.promise()
        return self.apply()

    def deadline(self, order):
        wait = next(w for w in self.case.waiting if w.order == order)
        self.case.waiting.remove(wait)
        if wait.what == "step":
            block = self.rulebook.block(wait.program, wait.block, self.case.county, self.day)
            if block and self.still_comes(block, wait) and not self.is_held_back(wait.program, block):
                self.enter(wait.program, block, wait.step)
        elif wait.what == "promise":
            self.out(self.as_action(wait.program, None, "broken"), "breach", promise=wait.promise.title, status="done")
        else:
            for action in wait.otherwise:
                self.act(wait.program, wait.block, wait.part, action)
        return self.apply()

    @staticmethod
    def still_comes(block, wait):
        return any(step.name == wait.step and event in wait.answered for step in block.steps for event, _ in step.absent)

    def item(self, key):
        program, name = key
        running = self.case.running[key]
        block = self.rulebook.block(program, name, self.case.county, self.day)
        if block is None:  # the county does without it now
            self.stop(self.as_action(program, running.by.name, "stop", running.by.part), name)
            return self.apply()
        held = block.holds is not None and self.met(program, block.holds)
        doing = self.as_action(program, running.by.name, "pay", running.by.part)
        pays = copy.copy(running)
        if block.also_running and not held:
            self.settle_anew(pays, block.actions[0], self.view(program))
        members = dict(amount=pays.amount, to=pays.to, fund=pays.fund, due=running.due(), schedule=name,
                       item=running.item + 1)
        funded = held or self.draws.take(running.pot, -running.amount, pays.amount)
        if not funded:
            self.draws.take(running.pot, -running.amount, 0)
            self.out(doing, "unfunded", status="unfunded", **members)
        elif held:
            self.draws.take(running.pot, -running.amount, 0)
            self.out(doing, "payment", status="held", **members)
        else:
            self.out(doing, "payment", (None, pays.to_name, None), status="due", **members)
        outcomes = self.apply()
        self.consume(key)
        if funded and not held:
            self.case.paid[key] = self.case.paid.get(key, 0) + pays.amount
        return outcomes

    def settle_anew(self, running, pay, view):
        """What the text of this day says, also of a schedule that runs. A payee from the event stays."""
        running.amount, running.fund = self.money(view, pay.amount), pay.fund
        if pay.to == self.case.kind or pay.to in self.rulebook.kinds[self.case.kind].facts or \
                pay.to in self.rulebook.parties:
            running.to, running.to_name = self.recipient(view, pay.to), pay.to

    def give_back(self, what):
        """A payment that is stopped sets free what was reserved for it."""
        if isinstance(what, tuple):
            running = self.case.running[what]
            self.draws.take(running.pot, -running.amount, 0)
            self.draws.apply()

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
        case.days.setdefault(event.type, []).append(self.day)

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
            doing.days = self.length(doing)
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
        for nth, name, window in trigger.events:
            if name == self.event.type and nth in (None, self.count(program, name, window)):
                return self.met(program, trigger.when)
        return False

    def count(self, program, event, window):
        return self.view(program).recent(event, window) if window else self.case.counts[event]

    def decide(self, program, block):
        if block.kind in ("escalation", "stages"):
            self.decide_escalation(program, block)
            return
        if block.kind == "schedule":
            self.decide_schedule(program, block)
            return
        if block.kind == "table" or (program, block.name) in self.overridden or not self.sets_off(program, block.triggers):
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
        if key not in self.overridden and key not in self.case.running and self.sets_off(program, block.triggers):
            self.start(self.as_action(program, block.name, "start"), block.name)

    def decide_escalation(self, program, block):
        key = program, block.name
        at = self.case.steps.get(key)
        if at and self.sets_off(program, block.ends):
            self.move_to(key, "none")
            self.effects.append(lambda: self.end_escalation(key))
        for step in block.steps if key not in self.overridden else ():
            stands_right = at[0] in step.after if at else not step.after
            if stands_right and self.sets_off(program, step.triggers):
                self.enter(program, block, step.name)

    def enter(self, program, block, name):
        key = program, block.name
        self.move_to(key, name)
        step = next(s for s in block.steps if s.name == name)
        part = ("stage " if block.kind == "stages" else "step ") + name
        self.move(key, block, name, part)
        for action in step.actions:
            self.act(program, block.name, part, action)

    def move_to(self, key, name):
        if self.moves.setdefault(key, name) != name:
            raise Refused(CONTRADICTION)

    def move(self, key, block, name, part, doing=None):
        """Once, however many blocks enter it. Of stages each entry is an outcome."""
        if key in self.moved:
            return
        self.moved.append(key)
        if block.kind == "stages":
            self.out(doing or self.as_action(*key, "enter", part), "stage", (name, None, None), name=name,
                     status="done")
        self.effects.append(lambda: self.entered(key, block, name))

    def do_enter(self, doing):
        for program, block in self.blocks:
            if program == doing.program and block.kind == "stages":
                if any(stage.name == doing.action.name for stage in block.steps):
                    self.enter_from_anywhere(doing, program, block)

    def enter_from_anywhere(self, doing, program, block):
        key, name = (program, block.name), doing.action.name
        if self.case.steps.get(key, (None,))[0] != name:
            self.move_to(key, name)
            self.move(key, block, name, None, doing)

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
        if not self.within_limits(doing):
            if doing.by:
                raise Refused("limit")
            return
        members = dict(amount=doing.amount, to=doing.to, fund=doing.action.fund, due=self.day)
        if not doing.propose and not self.draws.take(self.draws.key(doing.action.fund), 0, doing.amount):
            self.out(doing, "unfunded", status="unfunded", **members)
            return
        self.out(doing, "payment", (None, doing.action.to, None), status="due", **members)
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
                          fund=pay.fund, interval=pay.interval, base=base, skip=skip, started=self.event.time,
                          times=times_of(view.value(pay.length), pay.interval), days_off=self.rulebook.days_off,
                          by=Record(name=doing.name, part=doing.part), order=len(self.case.running) + len(self.started))
        self.started.append(key)
        members = dict(schedule=name, amount=running.amount, to=running.to, fund=pay.fund, first=running.due(),
                       times=running.times)
        running.pot = self.draws.key(pay.fund)
        if not self.draws.take(running.pot, running.amount * running.times, 0):
            self.out(doing, "unfunded", status="unfunded", **members)
            return
        self.out(doing, "schedule", (name, None, None), status="started", **members)
        self.effects.append(lambda: self.case.running.__setitem__(key, running))

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

    # ---- what holds for all provisions ----

    def fits(self, promise, did):
        return promise.verb == did.verb and all(
            asked in (None, is_) for asked, is_ in ((promise.name, did.name), (promise.to, did.to),
                                                    (promise.line, did.line), (promise.fund, did.fund)))

    def holds(self, program, promise, event=None):
        """Whether its condition is met; it looks at the case, and cannot read the event."""
        view = View(self.world, self.case, program, self.day, event)
        return True if promise.when is None else view.value(promise.when)

    def promises(self, what):
        return self.rulebook.promises(what, self.case.kind, self.case.county, self.day)

    def check(self, did):
        for program, never in self.promises("never"):
            if self.fits(never, did) and self.holds(program, never) is not False:
                self.check_bound(program, never, did)
        for program, order in self.promises("only after"):
            if self.fits(order, did) and not self.case.counts.get(order.event):
                if self.holds(program, order) is not False:
                    raise Refused(NEVER)

    def check_bound(self, program, never, did):
        """`never` forbids it, or counts it towards what is too much. A proposal counts when it is approved."""
        if never.most is None:
            raise Refused(NEVER)
        if did.proposal:
            return
        self.case.bounded.append((never, self.day, did.amount))
        spent = sum(cents for promise, day, cents in self.case.bounded
                    if promise is never and values.same_span(day, self.day, never.per))
        if spent > View(self.world, self.case, program, self.day).value(never.most):
            raise Refused(NEVER)

    def promise(self):
        """What this event promises; it is kept at once by what comes with the event."""
        self.promised = [(program, always) for program, always in self.promises("always")
                         if always.event == self.event.type and self.met_promise(program, always)]

    def met_promise(self, program, always):
        met = self.holds(program, always, self.event)
        if met is UNKNOWN:
            raise Refused(UNDECIDABLE)
        return met

    def keep_promises(self):
        done = [did for did in self.did if not did.proposal]
        self.case.waiting = [wait for wait in self.case.waiting if wait.what != "promise" or
                             not any(self.fits(wait.promise, did) for did in done)]
        for program, always in self.promised:
            if not any(self.fits(always, did) for did in done):
                within = self.view(program).value(always.within)
                self.wait(what="promise", program=program, block=None, promise=always, answered=[],
                          due=add_period(self.day, within, 1, self.rulebook.days_off))

    # ---- which provision goes first ----

    def find_overridden(self):
        self.overridden = {(program, block.name) for program, block in self.blocks
                           if self.about_this_kind(block) and self.is_overridden(program, block)}

    def is_overridden(self, program, block):
        return any(self.overrides(program, other, block) and not self.is_overridden(program, other)
                   for owner, other in self.blocks if owner == program)

    def overrides(self, program, block, other):
        for names, condition in block.overrides:
            if other.name not in names:
                continue
            if block.triggers:
                if self.sets_off(program, block.triggers) and self.met(program, condition):
                    return True
            elif any(self.waits_for_this(program, name) for name in names) and self.met(program, condition):
                return True
        return False

    def waits_for_this(self, program, name):
        """Whether the event is one that a block waits for, whatever its conditions say."""
        block = self.rulebook.block(program, name, self.case.county, self.day)
        if block is None or not self.about_this_kind(block):
            return False
        triggers = block.triggers + [trigger for step in block.steps for trigger in step.triggers]
        if not triggers and block.overrides:  # it waits for what they wait for
            return any(self.waits_for_this(program, name) for names, _ in block.overrides for name in names)
        return any(event == self.event.type for trigger in triggers for _, event, _ in trigger.events)

    def is_held_back(self, program, block):
        """At a deadline: by a block that waits for no event of its own, and that none of its kind overrides."""
        return any(block.name in names and self.met(program, condition) and not self.is_held_back(program, other)
                   for owner, other in self.blocks if owner == program and not other.triggers
                   for names, condition in other.overrides)

    # ---- apply ----

    def apply(self):
        for did in self.did:
            self.check(did)
        for effect in self.effects:
            effect()
        for fund, left in self.draws.apply():
            self.outcomes.append(dict(kind="notice", action="notify", fund=fund, amount=left, status="done",
                                      to=self.rulebook.funds[fund].notified))
        self.keep_promises()
        self.case.payments += self.new_payments
        return self.outcomes


def times_of(length, interval):
    """How many intervals make a length; a plain number says it."""
    if not isinstance(length, Period):
        return length
    for small, large, n in (("days", "weeks", 7), ("months", "years", 12)):
        sizes = {small: 1, large: n}
        if length.unit in sizes and interval.unit in sizes:
            return length.n * sizes[length.unit] // (interval.n * sizes[interval.unit])
    raise AssertionError((length, interval))
