# SPDX-License-Identifier: Apache-2.0
"""A rulebook: what is declared, and which provision and figure holds in a county on a day."""
import glob

import syntax
from values import Calendar, Zone

BUILT_IN = ("approved", "declined", "payment_received", "place_found")


class Program:
    def __init__(self, node):
        self.name, self.effective = node.name, node.effective
        self.parameters, self.blocks, self.promises, self.shares = {}, {}, [], {}


class County:
    def __init__(self, node):
        self.name, self.adopts = node.name, node.adopts
        self.changes, self.overrides = [], []  # `change`; `replace` and `drop`


class Rulebook:
    def __init__(self, sources):
        self.kinds, self.events, self.programs, self.counties = {}, {}, {}, {}
        self.parties, self.funds, self.dockets, self.capacities = set(), {}, {}, {}
        self.projections = 0
        self.scenarios, self.days_off, self.zone = [], Calendar(), None
        files = [syntax.read(source) for source in sources]
        for file in files:
            for node in file:
                self.declare(node)
        for file in files:
            for node in file:
                self.provide(node)

    def declare(self, node):
        if node.what == "timezone":
            self.zone = Zone(node.zone)
        elif node.what == "calendar":
            self.days_off = Calendar(node.holidays, node.weekend)
        elif node.what == "case":
            self.kinds[node.name] = node
        elif node.what == "event":
            self.events[node.name] = node
        elif node.what == "party":
            self.parties.add(node.name)
        elif node.what == "program":
            self.programs[node.name] = Program(node)
        elif node.what == "county":
            self.counties[node.name] = County(node)
        elif node.what == "docket":
            self.dockets[node.name] = node
        elif node.what == "capacity":
            self.capacities[node.name] = node
        elif node.what == "projection":
            self.projections += 1
        elif node.what == "fund":
            self.funds[node.name] = node
        elif node.what == "scenario":
            self.scenarios.append(node)

    def provide(self, node):
        if node.what == "parameter":
            self.programs[node.owner].parameters[node.name] = node
        elif node.what == "block":
            self.programs[node.owner].blocks[node.name] = node
        elif node.what == "share":
            self.programs[node.owner].shares[node.name] = node
        elif node.what in ("never", "only after", "always"):
            self.programs[node.owner].promises.append(node)
        elif node.what == "change":
            self.counties[node.owner].changes.append(node)
        elif node.what in ("replace", "drop"):
            self.counties[node.owner].overrides.append(node)

    # ---- the fields of an event ----

    def fields_of(self, event, kind):
        """Name -> field; the facts that it sets come as fields, too."""
        node = self.events[event]
        fields = dict(node.fields)
        for fact in node.sets:
            fields[fact] = self.kinds[kind].facts[fact]
        return fields

    # ---- what holds ----

    def in_force(self, program, county, day):
        first = self.first_day(program, county)
        return first is not None and first <= day

    def first_day(self, program, county):
        adopted = self.counties[county].adopts.get(program)
        return adopted and max(adopted, self.programs[program].effective)

    def latest(self, changes, county, program, day):
        """Of changes with dates the one that holds; without a date from the county's first day."""
        found = None
        for change in changes:
            since = change.since or self.first_day(program, county)
            if since <= day and (found is None or found[0] <= since):
                found = since, change
        return found and found[1]

    def parameter(self, program, name, county, day):
        node = self.programs[program].parameters[name]
        changes = [c for c in self.counties[county].changes if c.name == name]
        change = self.latest(changes, county, program, day)
        if change:
            return change.value
        value, since = node.first, None
        for date, later in node.dated:
            if date <= day and (since is None or since <= date):
                value, since = later, date
        return value

    def days_of_change(self, program, name, county):
        """On which the value of a parameter may change in a county."""
        changes = [change.since for change in self.counties[county].changes if change.name == name and change.since]
        return sorted(set(changes) | {date for date, _ in self.programs[program].parameters[name].dated})

    def blocks(self, county, day):
        """(program, block) of all provisions in force."""
        for program in self.counties[county].adopts:
            if not self.in_force(program, county, day):
                continue
            for block in self.programs[program].blocks.values():
                found = self.as_in(county, program, block, day)
                if found:
                    yield program, found

    def as_in(self, county, program, provision, day):
        """What a county has in its place; None: it does without."""
        changes = [c for c in self.counties[county].overrides if c.name == provision.name]
        change = self.latest(changes, county, program, day)
        return provision if change is None else change.block if change.what == "replace" else None

    def share(self, name, county, day):
        """(program, share) of a name that holds; two programs have none of one name."""
        for program in self.counties[county].adopts:
            if name in self.programs[program].shares and self.in_force(program, county, day):
                return program, self.as_in(county, program, self.programs[program].shares[name], day)
        return None, None

    def block(self, program, name, county, day):
        for owner, block in self.blocks(county, day):
            if (owner, block.name) == (program, name):
                return block
        return None

    def reads_others(self):
        """Whether any provision reads what another case says."""
        said = [block for program in self.programs.values() for block in [*program.blocks.values(), *program.promises]]
        said += [change.block for county in self.counties.values() for change in county.overrides
                 if change.what == "replace"]
        return any(map(reads_others, said))

    def promises(self, what, kind, county, day):
        """(program, promise) of what holds for all provisions: `never`, `only after`, `always`."""
        for program in self.counties[county].adopts:
            if self.in_force(program, county, day):
                for promise in self.programs[program].promises:
                    if promise.what == what and self.is_about(promise, kind):
                        yield program, promise

    def is_about(self, promise, kind):
        if promise.case_kind or promise.event is None:
            return promise.case_kind in (None, kind)
        return promise.event in BUILT_IN or kind in self.events[promise.event].kinds


def reads_others(node):
    if isinstance(node, list):
        return any(reads_others(part) for part in node)
    if not isinstance(node, syntax.Node):
        return False
    return node.what == "name" and len(node.path) > 1 or any(reads_others(part) for part in vars(node).values())


def load(paths):
    """A folder, or files."""
    if isinstance(paths, str):
        paths = sorted(glob.glob(paths + "/**/*.way", recursive=True))
    sources = []
    for each in paths:
        with open(each, encoding="utf-8") as file:
            sources.append(file.read())
    return Rulebook(sources)
