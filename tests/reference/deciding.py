# SPDX-License-Identifier: Apache-2.0
"""One event, deadline or item against one case: observe, decide, apply."""
import copy

from cases import CONTRADICTION, UNDECIDABLE, Record, Refused
from conditions import View
from effects import Effects
from funds import Draws
from promises import Promises
from values import UNKNOWN, add_period


class Deciding(Effects, Promises):
    """One event, deadline or item, against one case, which it changes."""

    def __init__(self, world, case, event, day):
        self.world, self.rulebook = world, world.rulebook
        self.case, self.event, self.day = case, event, day
        self.outcomes, self.effects, self.did = [], [], []
        self.facts_set, self.moves, self.new_payments = {}, {}, []
        self.started, self.stopped, self.taken, self.moved, self.seated = [], [], [], [], []
        self.overridden, self.promised, self.waivers = set(), [], []
        self.enrolled, self.released = [], []
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
        return self.decide_all()

    def decide_all(self):
        self.find_overridden()
        for program, block in self.blocks:
            if self.about_this_kind(block):
                self.decide(program, block)
        self.promise()
        return self.apply()

    def place_found(self, doing, carried_out):
        """The place is given with this event: the rules that wait for it find the case enrolled."""
        self.observe()
        self.answer()
        self.world.places.leave(doing.action.name, self.case)
        self.world.places.give(doing.action.name, self.case)
        self.out(doing, "enrolment", None, name=doing.action.name, to=self.case.id, status="done")
        return self.decide_all() if carried_out else self.outcomes

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
        """A payment that is stopped sets free what was reserved for it, on record."""
        running = self.case.running[what] if isinstance(what, tuple) else None
        if running is None or running.pot is None:
            return []
        self.draws.take(running.pot, -running.amount, 0)
        self.out(self.as_action(what[0], running.by.name, "pay", running.by.part), "payment", status="stopped",
                 amount=running.amount, to=running.to, fund=running.fund, due=running.due(), schedule=what[1],
                 item=running.item + 1)
        self.draws.apply()
        return self.outcomes

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
        self.room = self.has_room(program, block)
        for action in sorted(block.actions, key=lambda action: action.may):
            self.act(program, block.name, None, action, block.limits)
        tiers = [tier for tier in block.tiers if self.met(program, tier.when)]
        if len(tiers) > 1:
            raise Refused(CONTRADICTION)
        for tier in tiers:
            for action in tier.actions:
                self.act(program, block.name, "tier " + tier.name, action)

    def has_room(self, program, block):
        """All that an event pays under a block fits into its limits, or nothing of it is paid."""
        pays = [self.settle(program, block.name, None, action) for action in block.actions
                if action.verb == "pay" and not action.may]
        for doing in pays:
            doing.limits = block.limits
        return not pays or self.within_limits(pays[0], sum(doing.amount for doing in pays), len(pays))

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
            self.effects.append(lambda: self.end_escalation(key))  # and what this event itself opens in it
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

    # ---- apply ----

    def apply(self):
        self.draws.settle()
        self.waive_what_is_left()
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
