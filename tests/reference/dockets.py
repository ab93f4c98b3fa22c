# SPDX-License-Identifier: Apache-2.0
"""Meetings that come again and again, and the seats that are taken in them."""
import calendar
import datetime

MEETINGS_AHEAD = 520


def meetings_after(docket, day):
    """The days of a docket's meetings, from the first one after a day."""
    day += datetime.timedelta(days=1)
    while True:
        if is_meeting(docket, day):
            yield day
        day += datetime.timedelta(days=1)


def is_meeting(docket, day):
    if docket.begin is not None:  # every N weeks from a day
        days = (day - docket.begin).days
        return days >= 0 and days % (7 * docket.weeks) == 0
    if day.strftime("%A") != docket.weekday:
        return False
    if docket.which is None:  # every week
        return True
    if docket.which == "last":
        return day.day + 7 > calendar.monthrange(day.year, day.month)[1]
    return (day.day - 1) // 7 + 1 == docket.which


class Agendas:
    """What is taken, by docket, county and meeting: (kept seats, other seats)."""

    def __init__(self):
        self.taken = {}

    def seat(self, docket, county, day, most, kept, urgent):
        """The first meeting after a day with a seat, and whether that is a kept one; None: there is none."""
        meetings = meetings_after(docket, day)
        for _ in range(MEETINGS_AHEAD):
            meeting = next(meetings)
            of_kept, others = self.taken.get((docket.name, county, meeting), (0, 0))
            if urgent and of_kept < kept:
                return meeting, True
            if others < most - kept:
                return meeting, False
        return None

    def take(self, docket, county, meeting, is_kept):
        of_kept, others = self.taken.get((docket.name, county, meeting), (0, 0))
        self.taken[docket.name, county, meeting] = of_kept + is_kept, others + (not is_kept)
