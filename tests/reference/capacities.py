# SPDX-License-Identifier: Apache-2.0
"""Places that run out: who has one in a county, and who waits for one, in order of arrival."""


class Places:
    """What an event changes is changed when it is applied, for whoever comes next."""

    def __init__(self, rulebook):
        self.rulebook = rulebook
        self.taken, self.lines = {}, {}  # (capacity, county) -> cases; [(case, who enrolled it)]
        self.last = {}  # county -> the last day of which those who wait had their turn

    def has(self, name, case):
        return case.id in self.taken.get((name, case.county), ())

    def waits(self, name, case):
        return any(id == case.id for id, _ in self.lines.get((name, case.county), ()))

    def most(self, name, county, day):
        node = self.rulebook.capacities[name]
        if node.most.what == "literal":
            return node.most.value
        return self.rulebook.parameter(node.owner, node.most.path[0], county, day)

    def is_free(self, name, county, day):
        return len(self.taken.get((name, county), ())) < self.most(name, county, day)

    def for_newcomer(self, name, county, day):
        """Nobody goes before those who wait already."""
        return self.is_free(name, county, day) and not self.lines.get((name, county))

    def give(self, name, case):
        self.taken.setdefault((name, case.county), set()).add(case.id)

    def queue(self, name, case, doing):
        self.lines.setdefault((name, case.county), []).append((case.id, doing))

    def leave(self, name, case):
        key = name, case.county
        self.taken.get(key, set()).discard(case.id)
        self.lines[key] = [waiting for waiting in self.lines.get(key, ()) if waiting[0] != case.id]

    def next_in_line(self, county, days):
        """(capacity, case, who enrolled it) of a place that is free on these days and waited for; None."""
        for (name, where), line in self.lines.items():
            if where == county and line and all(self.is_free(name, county, day) for day in days):
                return name, *line[0]
        return None

    def looked(self, county, day):
        self.last[county] = max(day, self.last.get(county, day))

    def growing(self):
        """(county, day) of the days to come on which a place is there for somebody who waits."""
        for (name, county), line in self.lines.items():
            node = self.rulebook.capacities[name]
            if not line or node.most.what == "literal":
                continue
            for day in self.rulebook.days_of_change(node.owner, node.most.path[0], county):
                if day > self.last[county] and self.is_free(name, county, day):
                    yield county, day
