# SPDX-License-Identifier: Apache-2.0
"""Dates and money, by other means than the engine's: datetime, zoneinfo and fractions."""
import calendar
import datetime
import math
from collections import namedtuple
from fractions import Fraction
from zoneinfo import ZoneInfo

Period = namedtuple("Period", "n unit")  # unit: days, weeks, months, years, business days, minutes


class Unknown:
    """Neither yes nor no, nor any other value."""

    def __repr__(self):
        return "unknown"

    def __deepcopy__(self, memo):
        return self


UNKNOWN = Unknown()


# ---- three results of a condition ----


def all_of(results):
    results = list(results)
    if any(r is False for r in results):
        return False
    return UNKNOWN if UNKNOWN in results else True


def any_of(results):
    results = list(results)
    if any(r is True for r in results):
        return True
    return UNKNOWN if UNKNOWN in results else False


def opposite(result):
    return UNKNOWN if result is UNKNOWN else not result


# ---- dates ----


def add_months(day, n):
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


class Calendar:
    """The days that are not business days."""

    def __init__(self, holidays=(), weekend=()):
        self.holidays, self.weekend = set(holidays), set(weekend)

    def is_business(self, day):
        return day not in self.holidays and day.strftime("%A") not in self.weekend


def add_period(day, period, times=1, days_off=None):
    """The last day of a period that counts from the day after `day`."""
    n = period.n * times
    if period.unit == "days":
        return day + datetime.timedelta(days=n)
    if period.unit == "weeks":
        return day + datetime.timedelta(days=7 * n)
    if period.unit == "months":
        return add_months(day, n)
    if period.unit == "years":
        return add_months(day, 12 * n)
    assert period.unit == "business days", period
    while n > 0:
        day += datetime.timedelta(days=1)
        n -= days_off.is_business(day)
    return day


def first_of_next_month(day):
    return add_months(day.replace(day=1), 1)


def same_span(a, b, per):
    """Whether two days are in the same day, week (Monday to Sunday), month, year; or in one case."""
    if per == "day":
        return a == b
    if per == "week":
        return a.isocalendar()[:2] == b.isocalendar()[:2]
    if per == "month":
        return (a.year, a.month) == (b.year, b.month)
    if per == "year":
        return a.year == b.year
    assert per == "case", per
    return True


def instant_of(text):
    """An RFC 3339 time as an aware datetime in UTC."""
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return at.astimezone(datetime.timezone.utc)


class Zone:
    def __init__(self, name):
        self.zone = ZoneInfo(name)

    def day_of(self, instant):
        return instant.astimezone(self.zone).date()

    def begin_of(self, day):
        midnight = datetime.datetime.combine(day, datetime.time(), self.zone)
        return midnight.astimezone(datetime.timezone.utc)

    def end_of(self, day):
        return self.begin_of(day + datetime.timedelta(days=1))


# ---- money ----


def rounded(value, how):
    """A fraction of cents as whole cents."""
    value = Fraction(value)
    if how == "up":
        return math.ceil(value)
    if how == "down":
        return math.floor(value)
    if how == "half up":
        return math.floor(value + Fraction(1, 2))
    assert how == "half even", how
    return round(value)


def split(total, n, odd_cents_in_last):
    """n instalments that add up to the total."""
    each, odd = divmod(total, n)
    parts = [each] * n
    parts[-1 if odd_cents_in_last else 0] += odd
    return parts


def money_text(cents):
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
