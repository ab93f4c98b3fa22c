# SPDX-License-Identifier: Apache-2.0
"""What happens when an event arrives: section 13 of grammar/LANGUAGE.md, slow and obvious.

A World keeps the cases of a rulebook, lets time pass, decides events one by one and keeps every
decision. A case is copied before it is decided and put in the place of the old one when nothing
stops the event.
"""
import copy

from capacities import Places
from cases import Case, Refused, order_of
from deciding import Deciding
from dockets import Agendas
from funds import Funds


# What comes first at one instant: deadlines, then steps, broken promises, and payments last.
ORDER = {"step": 1, "promise": 2}


class Event:
    def __init__(self, type, time, data, key=None):
        self.type, self.time, self.data, self.key = type, time, data, key


class Decision:
    def __init__(self, case, type, time, outcomes, stopped=False):
        self.case, self.type, self.time, self.outcomes, self.stopped = case, type, time, outcomes, stopped


class World:
    def __init__(self, rulebook):
        self.rulebook, self.zone = rulebook, rulebook.zone
        self.cases, self.decisions, self.seen = {}, [], {}
        self.funds, self.agendas, self.places = Funds(rulebook), Agendas(), Places(rulebook)
        # Where one case may feel what becomes of another.
        self.felt_later = bool(self.funds.limited or rulebook.capacities or rulebook.dockets or rulebook.reads_others())

    # ---- events from outside ----

    def feed(self, id, kind, county, event):
        """Decides an event. Raises Refused; then nothing of it is recorded."""
        day = self.zone.day_of(event.time)
        self.in_force(county, day)
        case = self.cases.get(id)
        if case and (case.kind, case.county) == (kind, county) and case.last and event.time < case.last:
            raise Refused("late-event")
        # It was due, whatever becomes of the event; in every case, where others may feel it.
        self.pass_time(event.time, None if self.felt_later else [id] if case else [])
        if case and case.kind != kind:
            raise Refused("other-kind")
        if case and case.county != county:
            raise Refused("other-county")
        case = copy.deepcopy(self.cases.get(id)) or Case(id, kind, county)
        outcomes = Deciding(self, case, event, day).outside()
        self.cases[id] = case
        case.last = event.time
        self.decided(Decision(id, event.type, event.time, outcomes))
        self.find_places(county, event.time)

    def in_force(self, county, day):
        if not any(self.rulebook.in_force(p, county, day) for p in self.rulebook.counties[county].adopts):
            raise Refused("before-policy")

    def case_at(self, id, event):
        """Another case as it stands when an event happens: what was due in it by then has happened, too."""
        if id in self.cases and event:
            self.pass_time(event.time, [id])
        return self.cases.get(id)

    def decided(self, decision):
        """Keeps a decision and gives its outcomes their ids; their order means nothing."""
        self.decisions.append(decision)
        decision.outcomes.sort(key=order_of)
        for i, outcome in enumerate(decision.outcomes):
            outcome["id"] = f"{len(self.decisions)}.{i}"
        return decision

    # ---- time ----

    def pass_time(self, instant, ids=None):
        """Fires what falls due up to an instant, in order of time."""
        while True:
            due = [found for id in (self.cases if ids is None else ids) for found in self.next_due(id, instant)]
            if ids is None:
                due += [found for found in self.growing() if found[0] <= instant]
            if not due:
                return
            self.fire(*min(due, key=lambda d: d[:4]))

    def pass_days(self, day):
        """To the end of a day: its deadlines come, the payments of the next day do not."""
        end = self.zone.end_of(day)
        while True:
            due = [found for id in self.cases for found in self.next_due(id, end)] + list(self.growing())
            due = [found for found in due if found[:2] <= (end, day)]
            if not due:
                return
            self.fire(*min(due, key=lambda d: d[:4]))

    def next_due(self, id, instant):
        """(instant, day that it belongs to, case, order in the case, type, what) of all that is due in a case."""
        case = self.cases[id]
        for wait in case.waiting:
            if wait.due and self.zone.end_of(wait.due) <= instant:
                yield self.zone.end_of(wait.due), wait.due, id, (ORDER.get(wait.what, 0), wait.order), "deadline", wait
        for key, running in case.running.items():
            at = max(self.zone.begin_of(running.due()), running.started)
            if at <= instant:
                yield at, running.due(), id, (3, running.order), "scheduled", key

    def growing(self):
        """Likewise the days to come that bring places: before what else begins with the day, for no id is empty."""
        for county, day in self.places.growing():
            yield self.zone.begin_of(day), day, "", (0, 0), "places", county

    def fire(self, at, day, id, _, type, what):
        if type == "places":
            self.places.looked(what, day)
            self.find_places(what, at)
        else:
            self.fire_in(id, at, type, what)

    def fire_in(self, id, at, type, what):
        """A deadline or an item of a schedule, as an event of its own."""
        case = copy.deepcopy(self.cases[id])
        day = what.due if type == "deadline" else case.running[what].due()
        event = Event(type, at, {})
        deciding = Deciding(self, case, event, day)
        try:
            outcomes = deciding.deadline(what.order) if type == "deadline" else deciding.item(what)
            stopped = False
        except Refused:
            case, stopped = copy.deepcopy(self.cases[id]), True
            deciding = Deciding(self, case, event, day)
            outcomes = deciding.give_back(what)
            deciding.consume(what)
        case.last = at
        self.cases[id] = case
        self.decided(Decision(id, type, at, outcomes, stopped))
        self.find_places(case.county, at, day)

    # ---- places that are free ----

    def find_places(self, county, at, ended=None):
        """An event of its own for each who is next in line, at the instant of what was decided. Where that ended a
        day, what the next day brings comes after all else that ended with it."""
        day = self.zone.day_of(at)
        self.places.looked(county, ended or day)
        while found := self.places.next_in_line(county, {day, ended or day}):
            self.pass_time(at, [found[1]])  # what the case has due comes before
            if self.places.waits(found[0], self.cases[found[1]]):
                self.place_found(*found[1:], Event("place_found", at, {}), day)

    def place_found(self, id, doing, event, day):
        for carried_out in (True, False):
            case = copy.deepcopy(self.cases[id])
            try:
                outcomes = Deciding(self, case, event, day).place_found(doing, carried_out)
                break
            except Refused:  # the place is given all the same
                pass
        case.last = event.time
        self.cases[id] = case
        self.decided(Decision(id, event.type, event.time, outcomes, not carried_out))
