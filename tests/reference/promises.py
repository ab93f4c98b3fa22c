# SPDX-License-Identifier: Apache-2.0
"""What holds for all provisions: `never`, `only after`, `always`; and which provision goes before others."""
import values
from cases import NEVER, UNDECIDABLE, Refused
from conditions import View
from values import UNKNOWN, add_period


class Promises:
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
