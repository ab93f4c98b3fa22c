# SPDX-License-Identifier: Apache-2.0
"""Scenarios: played by this evaluator, and compared with what they expect."""
import copy
import datetime
from collections import Counter

from cases import Case, Refused, members
from funds import Pot
from shares import is_shown
from values import UNKNOWN, money_text
from world import Event, World

VERB_OF = {"stop": "times", "start": "times"}


class Play:
    """One scenario; `faults` says what came out otherwise than expected."""

    def __init__(self, rulebook, node):
        self.rulebook, self.node, self.faults = rulebook, node, []
        self.world = World(rulebook)
        self.given = {given.name: given for given in node.given}
        self.all, self.refused = [], None
        self.amended = {}  # line -> as it is now; None: it was taken back
        for given in node.given:
            case = Case(given.name, given.kind, node.county)
            case.facts = dict(given.values)
            self.world.cases[given.name] = case
        for fund, left in node.funds.items():
            key = self.world.funds.key(fund, node.county, node.lines[0].day)
            pot = self.world.funds.pots[key] = Pot()
            pot.committed = self.world.funds.left(key, node.lines[0].day) - left

    def run(self):
        for at, line in enumerate(self.node.lines):
            before = len(self.world.decisions)
            self.refused = None
            if line.amends:
                new = self.decide_again(at, line)
            else:
                self.play(line)
                new = self.outcomes(before)
                self.all += new
                if any(d.stopped for d in self.world.decisions[before:]):
                    self.refused = "stopped"
            self.check(line, new)
        return self.faults

    def outcomes(self, before=0):
        return [dict(members(o), **self.moved(d, o)) for d in self.world.decisions[before:] for o in d.outcomes
                if not (o["status"] == "held" or (o["status"] == "stopped" and o["kind"] == "payment"))]

    # ---- what was reported wrong ----

    def decide_again(self, at, line):
        """Everything is played again from the start, as it is right now; what the two come to differ in."""
        which = max(k for k, above in enumerate(self.node.lines[:at])
                    if not above.amends and (above.event, above.day) == (line.event, line.on)
                    and (above.of or self.whose(above.event)) == (line.of or self.whose(line.event)))
        was = self.amended.get(which, self.node.lines[which])
        now = None if line.amends == "take back" else copy.copy(was)
        if now:
            now.values = dict(was.values, **line.values)
            now.day, now.time = line.to or (was.day, was.time)
        again = Play(self.rulebook, self.node)
        again.amended = self.amended
        self.amended[which] = now
        happened = [self.amended.get(k, above) for k, above in enumerate(self.node.lines[:at]) if not above.amends]
        for above in sorted(filter(None, happened), key=self.moment):
            again.play(above)
        again.world.pass_time(self.moment(line).astimezone(datetime.timezone.utc), None)
        left, new = again.outcomes(), []
        for outcome in self.all:
            if outcome in left:
                left.remove(outcome)
            elif not outcome.get("taken_back"):
                new.append(dict(outcome, taken_back=True))
        self.world, self.day = again.world, line.day
        self.all = again.outcomes() + [o for o in self.all + new if o.get("taken_back")]
        return new + left

    def moment(self, line):
        zone = self.world.zone.zone
        if line.event is None:
            return datetime.datetime.combine(line.day + datetime.timedelta(days=1), datetime.time(0), zone)
        return datetime.datetime.combine(line.day, line.time or datetime.time(12), zone)

    def play(self, line):
        self.day = line.day
        if line.event is None:
            self.world.pass_days(line.day)
            return
        at = self.moment(line)
        name = line.of or self.whose(line.event)
        kind = self.given[name].kind
        data = dict(line.values)
        if "outcome" in data:
            data["outcome"] = self.latest(line.event, data["outcome"])
        try:
            self.world.feed(name, kind, self.node.county, Event(line.event, at.astimezone(datetime.timezone.utc), data))
        except Refused as refused:
            self.refused = refused.why

    def whose(self, event):
        kinds = self.rulebook.events[event].kinds if event in self.rulebook.events else None
        fitting = [name for name, given in self.given.items() if kinds is None or given.kind in kinds]
        if len(fitting) > 1:
            fitting = [name for name in fitting if self.world.cases[name].proposals or self.world.cases[name].owed]
        return fitting[0]

    def latest(self, event, name):
        """The latest outcome that the line, the requirement or the block names."""
        wanted = "assessment" if event == "payment_received" else "proposal"
        for decision in reversed(self.world.decisions):
            for outcome in decision.outcomes:
                if outcome["kind"] == wanted and name in (outcome.get("name"), outcome["block"]):
                    return outcome["id"]
        return None

    # ---- what is expected ----

    def check(self, line, new):
        left, partial, wants_refusal = list(new), True, False
        for expect in line.expects:
            if expect.form in ("nothing", "outcome"):
                partial = False
            wants_refusal |= expect.form == "refused"
        partial |= any(expect.form == "among others" for expect in line.expects)
        for expect in line.expects:
            if not getattr(self, "see_" + expect.form.replace(" ", "_"))(expect, left):
                self.fault(expect.line, f"{expect.form} {getattr(expect, 'outcome', '')} came out otherwise: {new}")
        if left and not partial:
            self.fault(line.line, f"not expected: {left}")
        if self.refused and not wants_refusal:
            self.fault(line.line, f"refused: {self.refused}")

    def fault(self, line, text):
        self.faults.append(f"{self.node.title!r} line {line}: {text}")

    def see_nothing(self, expect, left):
        return not left

    def see_among_others(self, expect, left):
        return True

    def see_refused(self, expect, left):
        return self.refused is not None

    def see_outcome(self, expect, left):
        for outcome in left:
            if self.fits(expect.outcome, outcome):
                left.remove(outcome)
                return True
        return False

    def see_no(self, expect, left):
        return not any(self.fits(expect.outcome, outcome) for outcome in self.all)

    def see_owed(self, expect, left):
        if expect.who:
            return self.world.cases[expect.who].owes() == expect.amount
        return sum(case.owes() for case in self.world.cases.values()) == expect.amount

    def case_with(self, expect, has):
        names = [expect.who] if expect.who else [n for n, g in self.given.items() if has(g.kind)]
        return self.world.cases[names[0]]

    def see_left(self, expect, left):
        key = self.world.funds.key(expect.name, self.node.county, self.day)
        return self.world.funds.left(key, self.day) == expect.amount

    def see_is(self, expect, left):
        case = self.case_with(expect, lambda kind: expect.name in self.rulebook.kinds[kind].facts)
        value = case.fact(self.rulebook, expect.name)
        return value == expect.value or (value is UNKNOWN and expect.value is None)

    def see_at(self, expect, left):
        places = {name: at[0] for case in self.world.cases.values() for (_, name), at in case.steps.items()
                  if expect.who in (None, case.id)}
        return places.get(expect.name, "none") == expect.value

    def see_share(self, expect, left):
        kinds = [program.shares[expect.name].case_kind for program in self.rulebook.programs.values()
                 if expect.name in program.shares]
        case = self.case_with(expect, lambda kind: kind in kinds)
        partner = self.world.cases[self.recipient(expect.partner)]
        return is_shown(self.world, expect.name, case, partner, self.day) == expect.shown

    def recipient(self, name):
        """A kind of case names the one given case of that kind."""
        fitting = [given.name for given in self.node.given if given.kind == name]
        return fitting[0] if len(fitting) == 1 else name

    @staticmethod
    def moved(decision, outcome):
        """Who enters a stage or is placed is the case itself."""
        return {"to": decision.case} if outcome["action"] in ("enter", "place") else {}

    def fits(self, wanted, outcome):
        if wanted.taken_back != outcome.get("taken_back", False):
            return False
        if wanted.kind and wanted.kind != outcome["kind"]:
            return False
        if wanted.verb == "always":
            return outcome["kind"] == "breach" and wanted.text in (None, outcome.get("promise"))
        if wanted.unfunded != (outcome["kind"] == "unfunded"):
            return False
        if (wanted.may, wanted.verb) != (outcome["kind"] == "proposal", outcome["action"]):
            return False
        stated = [("amount", wanted.amount is not None and money_text(wanted.amount)),
                  ("to", wanted.to and self.recipient(wanted.to)), ("fund", wanted.fund), ("by", wanted.by),
                  ("due", wanted.due and wanted.due.isoformat())]
        if any(want and outcome.get(member) != want for member, want in stated):
            return False
        if wanted.name and wanted.name not in [outcome.get(m) for m in ("name", "schedule", "fact")]:
            return False
        if wanted.text and wanted.text not in [outcome.get(m) for m in ("message", "reason", "promise")]:
            return False
        if wanted.count is not None and wanted.count != outcome.get("times", len(outcome.get("instalments", ()))):
            return False
        if wanted.value == "unknown" and outcome.get("value") is None:
            return True
        return wanted.value is None or wanted.value == outcome.get("value")


def play(rulebook):
    """How many scenarios hold, the faults of those that do not, and how often something is left out."""
    held, faults, left_out = 0, [], Counter({"projections": rulebook.projections})
    for node in rulebook.scenarios:
        if node.todo:
            left_out["scenarios to do"] += 1
            continue
        found = Play(rulebook, node).run()
        held += not found
        faults += found
    return held, faults, left_out
