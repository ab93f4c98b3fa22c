# SPDX-License-Identifier: Apache-2.0
"""What the tests of well-kept libraries expect of dates and money: figures that nobody here chose. Only
figures are taken, where a library's rule and ours are the same one; what differs is said beside it.

dateutil  python-dateutil 2.9, tests/test_relativedelta.py (Apache-2.0 or BSD-3-Clause)
QuantLib  test-suite/businessdayconventions.cpp (BSD-3-Clause): South Africa, 2015
moneyphp  moneyphp/money, tests/RoundExamples.php and MoneyTest.php (MIT)
"""
from datetime import date
from fractions import Fraction

# (day, n, unit, the day it leads to)
ADDITIONS = [
    # dateutil
    (date(2003, 1, 27), 1, "months", date(2003, 2, 27)),
    (date(2003, 1, 31), 1, "months", date(2003, 2, 28)),
    (date(2003, 1, 31), 2, "months", date(2003, 3, 31)),
    (date(2000, 2, 28), 1, "years", date(2001, 2, 28)),
    (date(2000, 2, 29), 1, "years", date(2001, 2, 28)),
    (date(1999, 2, 28), 1, "years", date(2000, 2, 28)),
    (date(1999, 3, 1), 1, "years", date(2000, 3, 1)),
    (date(2001, 2, 28), -1, "years", date(2000, 2, 28)),
    (date(2001, 3, 1), -1, "years", date(2000, 3, 1)),
    (date(2003, 12, 1), 13, "months", date(2005, 1, 1)),
    (date(2003, 1, 1), -2, "months", date(2002, 11, 1)),
    (date(2003, 9, 17), 1, "months", date(2003, 10, 17)),
    (date(2003, 10, 17), 1, "weeks", date(2003, 10, 24)),
    (date(2003, 9, 17), 11, "months", date(2004, 8, 17)),
    (date(2000, 1, 1), 1, "days", date(2000, 1, 2)),
    (date(2000, 1, 1), 28, "days", date(2000, 1, 29)),
    (date(2000, 1, 1), 1, "months", date(2000, 2, 1)),
    (date(2000, 1, 1), 1, "years", date(2001, 1, 1)),
    # QuantLib, "unadjusted"
    (date(2015, 2, 3), 1, "months", date(2015, 3, 3)),
    (date(2015, 1, 31), 1, "months", date(2015, 2, 28)),
]

# QuantLib counts days with its calendar as business days. The holidays of its South Africa in the first
# half of 2015; the weekend is Saturday and Sunday.
HOLIDAYS = [date(2015, 1, 1), date(2015, 3, 21), date(2015, 4, 3), date(2015, 4, 6), date(2015, 4, 27),
            date(2015, 5, 1), date(2015, 6, 16)]
BUSINESS_DAYS = [(date(2015, 2, 3), 4, date(2015, 2, 9)), (date(2015, 2, 3), -2, date(2015, 1, 30))]
# Where its "following" and "preceding" move a closed day: the next (-1: the last) business day.
MOVED = [
    (date(2015, 2, 28), 1, date(2015, 3, 2)),
    (date(2015, 4, 25), 1, date(2015, 4, 28)),
    (date(2015, 3, 7), 1, date(2015, 3, 9)),
    (date(2015, 2, 1), -1, date(2015, 1, 30)),
    (date(2015, 3, 28), 1, date(2015, 3, 30)),
    (date(2015, 1, 10), 1, date(2015, 1, 12)),
    (date(2015, 5, 16), -1, date(2015, 5, 15)),
    (date(2015, 5, 17), 1, date(2015, 5, 18)),
    (date(2015, 4, 4), -1, date(2015, 4, 2)),
    (date(2015, 5, 2), 1, date(2015, 5, 4)),
]

# moneyphp: its half up goes away from zero, as ours does. It has modes that we do not have.
ROUNDED = [
    ("2.6", "half_even", 3), ("2.5", "half_even", 2), ("3.5", "half_even", 4), ("-2.6", "half_even", -3),
    ("-2.5", "half_even", -2), ("-3.5", "half_even", -4), ("2", "half_even", 2), ("2.2", "half_up", 2),
    ("2.5", "half_up", 3), ("2", "half_up", 2), ("-2.5", "half_up", -3), ("-2", "half_up", -2),
    ("-1.5", "half_up", -2), ("-8328.578947368", "half_up", -8329), ("-8328.5", "half_up", -8329),
]
# (total, parts). It gives one odd cent each to the first parts, we give all of them to one part: the same
# where there is one at most.
SPLIT = [(100, [34, 33, 33]), (1, [1, 0]), (15, [8, 7]), (10, [5, 5]), (15, [5, 5, 5]), (10, [4, 3, 3])]


def rounded():
    """(numerator, denominator, mode, result)"""
    for text, mode, result in ROUNDED:
        exact = Fraction(text)
        yield exact.numerator, exact.denominator, mode, result
