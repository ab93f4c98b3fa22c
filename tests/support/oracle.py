#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Expected values for the tests of engine/values, worked out by other means than the engine's own:
datetime and calendar for dates, fractions for rounding, zoneinfo for time zones.

usage: oracle.py calendar|money|zone

Prints one row a line: a word that says what is asked, the arguments, and last what is expected. The
numbers are drawn from a fixed seed, so that two runs print the same rows.
"""
import calendar
import random
import sys
from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import published

EPOCH = date(1970, 1, 1)
DAY_MIN = (date.min - EPOCH).days
DAY_MAX = (date.max - EPOCH).days
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
rnd = random.Random(20260701)


def number(day):
    return (day - EPOCH).days


def row(*words):
    print(*words)


# ---- dates ----


def add_months(day, n):
    month = day.year * 12 + day.month - 1 + n
    year, month = divmod(month, 12)
    if not 1 <= year <= 9999:
        return "overflow"
    last = calendar.monthrange(year, month + 1)[1]
    return number(date(year, month + 1, min(day.day, last)))


def add_days(day, n):
    total = number(day) + n
    return total if DAY_MIN <= total <= DAY_MAX else "overflow"


def some_day():
    return EPOCH + timedelta(days=rnd.randint(DAY_MIN, DAY_MAX))


def month_ends():
    for year in (1999, 2000, 2023, 2024, 2100):
        for month in range(1, 13):
            yield date(year, month, calendar.monthrange(year, month)[1])


def rows_of_additions():
    days = list(month_ends()) + [date.min, date.max] + [some_day() for _ in range(1500)]
    for day in days:
        for n in (0, 1, -1, 11, 12, 13, -12, -13, rnd.randint(-3000, 3000)):
            row("add", number(day), n, "months", add_months(day, n))
            row("add", number(day), n, "years", add_months(day, 12 * n))
            row("add", number(day), n, "weeks", add_days(day, 7 * n))
            row("add", number(day), n, "days", add_days(day, n))
    for month in range(1, 13):  # from every last day of a month, in a leap year and beside one
        for year in (2027, 2028):
            day = date(year, month, calendar.monthrange(year, month)[1])
            for n in range(-50, 51):
                row("add", number(day), n, "months", add_months(day, n))
    for day in (date.min, date.max, EPOCH):
        for n in (INT64_MIN, INT64_MAX, 4_000_000, -4_000_000, 120_000, -120_000):
            row("add", number(day), n, "months", add_months(day, n))
            row("add", number(day), n, "years", add_months(day, 12 * n))
            row("add", number(day), n, "weeks", add_days(day, 7 * n))
            row("add", number(day), n, "days", add_days(day, n))


def rows_of_business_days():
    """Each calendar is drawn up in full, and the n-th working day is looked up in its list."""
    for weekend in ({5, 6}, {4, 5}, {6}, set()):
        first, last = date(2025, 1, 1), date(2029, 12, 31)
        span = [first + timedelta(days=i) for i in range((last - first).days + 1)]
        holidays = sorted(rnd.sample(span, 40))
        row("calendar", sum(1 << d for d in weekend), len(holidays), *map(number, holidays))
        closed = set(holidays)
        working = [d for d in span if d.weekday() not in weekend and d not in closed]
        for day in span:
            row("open", number(day), int(day.weekday() not in weekend and day not in closed))
        for _ in range(3000):
            day, n = rnd.choice(span[700:-700]), rnd.randint(-300, 300)
            if n > 0:
                then = working[bisect_right(working, day) + n - 1]
            elif n < 0:
                then = working[bisect_left(working, day) + n]
            else:
                then = day
            row("business", number(day), n, number(then))


def rows_of_periods():
    for day in [some_day() for _ in range(3000)] + list(month_ends()):
        if number(day) < DAY_MIN + 7:
            continue
        row("period", number(day), "weeks", number(day - timedelta(days=day.weekday())))
        row("period", number(day), "months", number(day.replace(day=1)))
        row("period", number(day), "years", number(day.replace(month=1, day=1)))
        row("period", number(day), "days", number(day))


def rows_of_days():
    for n in range(number(date(1600, 1, 1)), number(date(2000, 1, 1))):
        day = EPOCH + timedelta(days=n)
        row("day", day.year, day.month, day.day, n, day.weekday())
    for day in [date.min, date.max] + [some_day() for _ in range(5000)]:
        row("day", day.year, day.month, day.day, number(day), day.weekday())


def rows_that_others_published():
    for day, n, unit, then in published.ADDITIONS:
        row("add", number(day), n, unit, number(then))
    row("calendar", 1 << 5 | 1 << 6, len(published.HOLIDAYS), *map(number, published.HOLIDAYS))
    for day, n, then in published.BUSINESS_DAYS:
        row("business", number(day), n, number(then))
    for day, way, then in published.MOVED:
        row("open", number(day), 0)
        row("open", number(then), 1)
        row("business", number(day), way, number(then))


def rows_of_existence():
    for year in (0, 1, 4, 100, 400, 1900, 2000, 2023, 2024, 2100, 9999):
        for month in range(0, 14):
            for day in range(0, 33):
                text = f"{year:04d}-{month:02d}-{day:02d}"
                try:
                    row("read", text, number(date(year, month, day)))
                except ValueError:
                    row("read", text, "bad")


# ---- money ----


def rounded(exact, how):
    down = abs(exact).__floor__()
    rest = abs(exact) - down
    half = Fraction(1, 2)
    away = {
        "up": rest > 0,
        "down": False,
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and down % 2 == 1),
    }
    if how == "exact":
        if rest:
            return "inexact"
        whole = down
    else:
        whole = down + (1 if away[how] else 0)
    whole = -whole if exact < 0 else whole
    return whole if INT64_MIN <= whole <= INT64_MAX else "overflow"


def some_amount():
    size = rnd.choice((10, 100, 10**4, 10**8, 10**14, INT64_MAX))
    return rnd.randint(-size, size)


def rows_of_ratios():
    edges = [0, 1, -1, 2, 3, 5, 50, 99, 100, 101, 10**6, INT64_MAX, INT64_MIN, INT64_MAX - 1]
    cases = [(a, n, d) for a in edges for n in edges for d in edges if d]
    cases += [(some_amount(), some_amount(), some_amount() or 1) for _ in range(4000)]
    cases += [(a, n, 1_000_000) for a in (1, 5, 15, 25, 35, -5, -15, 333, 99_999)
              for n in (75_000, 100_000, 500_000, 333_333, 1_000_000, 82_500)]
    for a, n, d in cases:
        for how in ("exact", "up", "down", "half_up", "half_even"):
            row("ratio", a, n, d, how, rounded(Fraction(a) * n / d, how))


def rows_of_parts():
    """Equal parts in whole cents, the rest in the first or the last."""
    for total in [0, 1, 99, 100, -100, INT64_MAX, INT64_MIN] + [some_amount() for _ in range(300)]:
        n = rnd.choice((1, 2, 3, 7, 12, 52, 97, 1200, rnd.randint(1, 1200)))
        equal = abs(total) // n * (-1 if total < 0 else 1)
        for where in ("first", "last"):
            parts = [equal] * n
            parts[0 if where == "first" else -1] += total - equal * n
            for i in {0, n - 1, n // 2}:
                row("part", total, n, i, where, parts[i])


def amounts_that_others_published():
    for numerator, denominator, mode, result in published.rounded():
        row("ratio", numerator, 1, denominator, mode, result)
    for total, parts in published.SPLIT:
        for i, part in enumerate(parts):
            row("part", total, len(parts), i, "first", part)


def rows_of_sums():
    edges = [0, 1, -1, 100, INT64_MAX, INT64_MIN, INT64_MAX // 2, INT64_MIN // 2, 3037000500]
    for a in edges + [some_amount() for _ in range(60)]:
        for b in edges:
            for name, r in (("add", a + b), ("sub", a - b), ("mul", a * b)):
                row(name, a, b, r if INT64_MIN <= r <= INT64_MAX else "overflow")


def rows_of_amounts():
    edges = [0, 1, -1, 9, 10, 99, 100, -100, 99999, 100000, INT64_MAX, INT64_MIN, -5]
    for cents in edges + [some_amount() for _ in range(500)]:
        sign, size = ("-" if cents < 0 else ""), abs(cents)
        whole, rest = divmod(size, 100)
        row("plain", cents, f"{sign}{whole}.{rest:02d}")
        row("text", cents, f"{sign}${whole:,}.{rest:02d}")
        row("number", cents, f"{cents:,}")
        percent = f"{sign}{size // 10000:,}.{size % 10000:04d}".rstrip("0").rstrip(".")
        row("percent", cents, percent + "%")


# ---- time zones ----

UTC = timezone.utc
UTC_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = ("America/Los_Angeles", "Australia/Sydney", "Asia/Tokyo", "America/Phoenix", "Europe/Dublin",
         "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "America/Nuuk", "Asia/Kolkata")


def seconds(moment):
    return int((moment - UTC_EPOCH) // timedelta(seconds=1))


def first_instant(zone, wall):
    """The first instant at which the clocks of the zone show `wall`, or the end of the gap."""
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return seconds(moment)
    low, high = moment - timedelta(days=2), moment + timedelta(days=2)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle.astimezone(zone).replace(tzinfo=None) >= wall:
            high = middle
        else:
            low = middle
    return seconds(high)


def rows_of_a_day(zone, day, minutes):
    midnight = datetime.combine(day, datetime.min.time())
    noon = (midnight + timedelta(hours=12)).replace(tzinfo=UTC)
    row("offset", seconds(noon), int(noon.astimezone(zone).utcoffset().total_seconds()))
    row("start", number(day), first_instant(zone, midnight))
    for minute in minutes:
        at = first_instant(zone, midnight + timedelta(minutes=minute))
        row("minute", number(day), minute, at)


def changes(zone, day):
    midnight = datetime.combine(day, datetime.min.time(), tzinfo=zone)
    return midnight.utcoffset() != (midnight + timedelta(days=1)).utcoffset()


def rows_of_zones():
    for name in ZONES:
        zone = ZoneInfo(name)
        row("zone", name)
        for years in (range(2000, 2038), (2038, 2100, 2200, 2499, 2500)):
            for year in years:
                for n in range(number(date(year, 1, 1)), number(date(year + 1, 1, 1))):
                    day = EPOCH + timedelta(days=n)
                    every = range(0, 1440, 15) if changes(zone, day) else ()
                    rows_of_a_day(zone, day, every)
        for _ in range(2000):
            moment = UTC_EPOCH + timedelta(seconds=rnd.randint(-10**9, 17 * 10**9))
            local = moment.astimezone(zone)
            row("civil", seconds(moment), number(local.date()),
                int(local.utcoffset().total_seconds()))


def rows_of_instants():
    for _ in range(2000):
        offset = timezone(timedelta(minutes=rnd.randint(-1439, 1439)))
        moment = datetime(rnd.randint(2, 9998), rnd.randint(1, 12), rnd.randint(1, 28),
                          rnd.randint(0, 23), rnd.randint(0, 59), rnd.randint(0, 59),
                          rnd.choice((0, 0, 1, 500000, 999999, rnd.randint(0, 999999))), offset)
        micros = (moment - UTC_EPOCH) // timedelta(microseconds=1)
        row("instant", moment.isoformat(), micros)


TOPICS = {
    "calendar": (rows_of_days, rows_of_additions, rows_of_business_days, rows_of_periods,
                 rows_that_others_published, rows_of_existence),
    "money": (rows_of_ratios, rows_of_parts, amounts_that_others_published, rows_of_sums, rows_of_amounts),
    "zone": (rows_of_zones, rows_of_instants),
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in TOPICS:
        sys.exit(__doc__)
    for rows in TOPICS[sys.argv[1]]:
        rows()
