#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Dates and amounts from outside: random schedules, instalments, deadlines, limits, budgets and amounts,
written as policies whose scenarios expect what LANGUAGE.md says, worked out here with Python's own dates
and fractions. `waymark test` must agree with all of them, in several time zones, on days of clock changes too.

usage: dates.py WAYMARK [SEED [BLOCKS]]

A failure names the scenario; the same seed writes the same policies.
"""
import calendar
import pathlib
import random
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from fractions import Fraction

ZONES = ("America/Los_Angeles", "Australia/Lord_Howe", "America/Sao_Paulo", "Europe/Dublin", "Asia/Kolkata",
         "Pacific/Apia")
TIMES = ("", " 00:00", " 00:30", " 01:30", " 02:00", " 02:30", " 03:00", " 23:59")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
rnd = random.Random()


# ---- the calendar, as section 9 has it ----


class Offices:
    """Which days are business days."""

    def __init__(self):
        self.written = rnd.choice(((5, 6), (6,), (4, 5), (0, 3, 6), ()))
        self.weekend = set(self.written or (5, 6))
        first = date(2026, 7, 1)
        self.holidays = {first + timedelta(days=rnd.randrange(3650)) for _ in range(60)}

    def text(self):
        lines = ["calendar courts"] + [f"  holiday {day}" for day in sorted(self.holidays)]
        if self.written:
            lines.append("  weekend " + ", ".join(WEEKDAYS[d] for d in self.written))
        return "\n".join(lines) + "\n"

    def is_open(self, day):
        return day.weekday() not in self.weekend and day not in self.holidays

    def later(self, day, n):
        while n > 0:
            day += timedelta(days=1)
            n -= self.is_open(day)
        return day


def months_later(day, n):
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def later(day, n, unit, offices):
    if unit == "days":
        return day + timedelta(days=n)
    if unit == "weeks":
        return day + timedelta(days=7 * n)
    if unit == "months":
        return months_later(day, n)
    if unit == "years":
        return months_later(day, 12 * n)
    return offices.later(day, n)


def period_of(day, unit):
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return (day.year, day.month) if unit == "month" else day.year if unit == "year" else None


def some_day():
    """Often the last days of a month, or a night on which clocks change somewhere."""
    year, month = rnd.randrange(2027, 2060), rnd.randrange(1, 13)
    last = calendar.monthrange(year, month)[1]
    kind = rnd.randrange(4)
    if kind == 0:
        return date(year, month, max(28, last - rnd.randrange(4)))
    if kind == 1:  # a Sunday of March, April, September, October or November, or the day next to it
        month = rnd.choice((3, 4, 9, 10, 11))
        day = date(year, month, rnd.randrange(1, 29))
        return day + timedelta(days=(6 - day.weekday()) % 7 + rnd.choice((-1, 0, 0, 1)))
    if kind == 2 and calendar.isleap(year):
        return date(year, 2, 29)
    return date(year, month, rnd.randrange(1, last + 1))


def some_period():
    unit = rnd.choice(("days", "weeks", "months", "years", "business days"))
    n = rnd.choice((1, 2, 3, 5, 11, 12, 14, 30, 45)) if unit != "years" else rnd.choice((1, 2, 4))
    return n, unit, f"{n} {unit[:-1] if n == 1 else unit}"


# ---- series of dates ----


def some_interval():
    words = {"daily": (1, "days"), "weekly": (1, "weeks"), "monthly": (1, "months"), "yearly": (1, "years")}
    if rnd.randrange(2):
        word = rnd.choice(("daily", "weekly", "monthly", "monthly", "yearly"))
        return (word,) + words[word]
    n = rnd.randrange(2, 6)
    unit = rnd.choice(("days", "weeks", "months", "years"))
    return f"every {n} {unit}", n, unit


def some_start(day, n, unit, offices):
    """How it is written, the day that the dates are counted from, and whether that day is the first."""
    kind = rnd.randrange(5)
    if kind == 0:
        return " starting same day", day, True
    if kind == 1:
        return " starting next day", day + timedelta(days=1), True
    if kind == 2:
        return " starting first of next month", months_later(day.replace(day=1), 1), True
    if kind == 3:
        count, of, words = some_period()
        return f" starting after {words}", later(day, count, of, offices), True
    return "", day, False


def series(day, times, offices):
    """The words for a random series of dates from an event on `day`, and the dates."""
    interval, n, unit = some_interval()
    start, anchor, included = some_start(day, n, unit, offices)
    dates = [later(anchor, n * (i if included else i + 1), unit, offices) for i in range(times)]
    lasts = f"for {times} times"
    if rnd.randrange(2):
        one = n * times == 1
        lasts = f"for {n * times} {unit[:-1] if one else unit}"
    return interval, lasts, start, dates


# ---- amounts, as section 10 has them ----


def money(cents):
    return f"${cents // 100:,}" + (f".{cents % 100:02d}" if cents % 100 else "")


def rounded(exact, how):
    down = exact.__floor__()
    rest = exact - down
    half = Fraction(1, 2)
    return down + int({"up": rest > 0, "down": False, "half up": rest >= half,
                       "half even": rest > half or (rest == half and down % 2 == 1)}[how])


def some_cents():
    return rnd.choice((1, 5, 99, 100, 101, 12_345, 99_999, 1_000_000, rnd.randrange(1, 10**9),
                       rnd.randrange(1, 10**13)))


def some_amount():
    """The words for an amount, and its cents."""
    how = rnd.choice(("up", "down", "half up", "half even"))
    a, b = some_cents(), some_cents()
    kind = rnd.randrange(7)
    if kind == 6:
        step, fee = rnd.randrange(1, 5000), rnd.randrange(1, 10**6)
        whole = rnd.randrange(2) == 0
        n = a // step if whole else -(-a // step)
        part = "" if whole else " or part"
        return f"{money(fee)} for each {money(step)}{part} of {money(a)}", n * fee
    if kind == 0:
        tenths = rnd.choice((1, 75_000, 82_500, 5_000, 333_333, 125_000, rnd.randrange(1, 2_000_000)))
        percent = f"{tenths / 10_000:.4f}".rstrip("0").rstrip(".")
        return f"{percent}% of {money(a)} rounded {how} to the cent", rounded(Fraction(a * tenths, 10**6), how)
    if kind == 1:
        n = rnd.choice((2, 3, 7, 8, 12, 40, 97))
        return f"{money(a)} / {n} rounded {how} to the cent", rounded(Fraction(a, n), how)
    if kind == 2:
        n = rnd.randrange(1, 100)
        return f"{n} x {money(a)}", n * a
    if kind == 3:
        return f"lesser of {money(a)} and {money(b)}", min(a, b)
    if kind == 4:
        return f"greater of {money(a)} and {money(b)}", max(a, b)
    return f"{money(a)} + {money(b)}", a + b


# ---- blocks, each with an event of its own and a scenario ----


def head(i, what):
    return f'\nscenario "{what} {i}" in alameda\n  given person\n'


def schedule(i, offices):
    day, times = some_day(), rnd.randrange(1, 13)
    interval, lasts, start, dates = series(day, times, offices)
    cents = some_cents()
    policy = f"schedule block_{i}\n  on event_{i}\n  pay {money(cents)} to person {interval} {lasts}{start}\n"
    test = head(i, "schedule") + f"  {day}{rnd.choice(TIMES)} event_{i}\n    expect start block_{i} {times} times\n"
    cut = rnd.randrange(times + 1)
    for some in (dates[:cut], dates[cut:]):
        if some and (some is not dates[:cut] or cut < times and dates[cut - 1] < dates[cut]):
            test += f"  {some[-1]}\n"
            test += "".join(f"    expect pay {money(cents)} to person due {d}\n" for d in some)
    return policy, test


def instalments(i, offices):
    day, times = some_day(), rnd.randrange(1, 25)
    interval, _, start, dates = series(day, times, offices)
    cents = max(some_cents(), times)
    rest = rnd.choice(("", " remainder in first", " remainder in last"))
    policy = f"rule block_{i}\n  on event_{i}\n  assess {money(cents)} as line_{i} in {times} {interval} instalments{start}{rest}\n"
    test = head(i, "instalments") + (f"  {day}{rnd.choice(TIMES)} event_{i}\n    expect assess {money(cents)} as "
                                     f"line_{i} in {times} instalments due {dates[-1]}\n    expect owed {money(cents)}\n")
    return policy, test


def deadline(i, offices):
    day = some_day()
    n, unit, words = some_period()
    due = later(day, n, unit, offices)
    policy = (f"rule block_{i}\n  on event_{i}\n  require plan answered by answer_{i} within {words}\n"
              f'    otherwise notify office "late {i}"\n')
    test = head(i, "deadline") + f"  {day}{rnd.choice(TIMES)} event_{i}\n    expect require plan due {due}\n"
    before = due - timedelta(days=1)
    if before > day:
        test += f"  {before}\n    expect nothing\n"
    if rnd.randrange(3) == 0 and due > day:
        test += f"  {due} 23:59 answer_{i}\n    expect nothing\n  {due + timedelta(days=400)}\n    expect nothing\n"
    else:
        test += f"  {due}\n    expect notify office \"late {i}\"\n"
    return policy, test


def limit(i, _offices):
    n, unit = rnd.randrange(1, 4), rnd.choice(("day", "week", "month", "year", "case"))
    gap = {"day": 1, "week": 5, "month": 20, "year": 200, "case": 30}[unit]
    policy = f"stipend block_{i}\n  on event_{i}\n  pay $100 to person\n  at most {n} per {unit}\n"
    test, day, paid = head(i, "limit"), some_day(), {}
    for _ in range(14):
        key = period_of(day, unit)
        fine = paid.get(key, 0) < n
        paid[key] = paid.get(key, 0) + fine
        test += f"  {day} event_{i}\n    expect {'pay $100 to person' if fine else 'nothing'}\n"
        day += timedelta(days=rnd.randrange(gap + 1))
    return policy, test


def budget(i, _offices):
    """A fund that is filled anew each year, by the calendar or from a day of its own."""
    month, first, n = rnd.randrange(1, 13), rnd.randrange(1, 29), rnd.randrange(1, 4)
    fiscal = rnd.randrange(3) > 0
    if not fiscal:
        month, first = 1, 1
    words = f"per fiscal year from {calendar.month_name[month]} {first}" if fiscal else "per year"
    policy = (f"fund fund_{i} budget ${100 * n + 50} {words}\n\n"
              f"stipend block_{i}\n  on event_{i}\n  pay $100 to person from fund_{i}\n")
    test, day, paid = head(i, "budget"), some_day(), {}
    for _ in range(12):
        year = day.year - (day < date(day.year, month, first))
        fine = paid.get(year, 0) < n
        paid[year] = paid.get(year, 0) + fine
        test += (f"  {day}{rnd.choice(TIMES)} event_{i}\n    expect {'' if fine else 'unfunded '}pay $100 to person\n"
                 f"    expect left in fund_{i} ${100 * (n - paid[year]) + 50}\n")
        if rnd.randrange(3):
            day += timedelta(days=1 + rnd.randrange(150))
        else:  # the last day of the year, or its first
            day = max(day, date(year + 1, month, first) - timedelta(days=rnd.randrange(2))) + timedelta(days=1)
    return policy, test


def amount(i, _offices):
    words, cents = some_amount()
    while cents == 0:
        words, cents = some_amount()
    policy = f"rule block_{i}\n  on event_{i}\n  assess {words} as line_{i}\n"
    return policy, head(i, "amount") + f"  {some_day()} event_{i}\n    expect assess {money(cents)} as line_{i}\n"


def rulebook(zone, blocks):
    offices = Offices()
    text = [f'timezone "{zone}"\n', offices.text(), "case person\n", "party office\n", "requirement plan\n"]
    text += [f"event event_{i} of person\n\nevent answer_{i} of person\n" for i in range(blocks)]
    text += ["program dates\n  effective 2026-07-01\n"]
    made = [rnd.choice((schedule, schedule, instalments, deadline, deadline, limit, budget, amount, amount))(i, offices)
            for i in range(blocks)]
    text += [policy for policy, _ in made]
    text += ["county alameda\n  adopts dates from 2026-07-01\n"] + [test for _, test in made]
    return "\n".join(text)


def run(waymark, seed, blocks):
    rnd.seed(seed)
    with tempfile.TemporaryDirectory() as folder:
        for zone in ZONES:
            path = pathlib.Path(folder) / "dates.way"
            path.write_text(rulebook(zone, blocks))
            result = subprocess.run([waymark, "test", folder], capture_output=True, text=True, check=False)
            if result.returncode or f"{blocks} passed, 0 failed" not in result.stdout:
                sys.exit(f"dates.py: {zone}, seed {seed}\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}")
    return blocks * len(ZONES)


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 20260701
    print(f"dates: {run(sys.argv[1], SEED, int(sys.argv[3]) if len(sys.argv) > 3 else 150)} scenarios as expected")
