# SPDX-License-Identifier: Apache-2.0
"""Promises (`always`), each with what makes it hold, or keeps it from holding: what `waymark prove` has to say.

HEAD + one of PROMISES + FOOT is a policy.
"""

HEAD = """timezone "America/Los_Angeles"

calendar state
  holiday 2026-11-26 "Thanksgiving"
  holiday 2026-12-25 "Christmas"
  weekend Saturday, Sunday

case person "A person"
  age : years from 0 to 120 optional
  housed : yes/no default no

case agency

event asked of person
  urgent : yes/no

event called of person

event answered of person

event moved of person
  sets housed

event left of person

party office
party director

action visit

fund gifts

program p "P"
  effective 2026-07-01

period patience is 5 days
  7 days from 2027-01-01

"""
FOOT = """
county alameda "Alameda County"
  adopts p from 2026-07-01

county butte "Butte County"
  adopts p from 2026-08-01
  change period patience to 6 days
"""

KEPT, BREACH, OPEN = "proved", "breach", "open"

# (what it is about, the policy, verdict, what is said among other things)
PROMISES = [
    ("several rules between them, at once", """
always order visit within 2 days of asked
rule urgent of person
  on asked when urgent
  order visit
rule others of person
  on asked when not urgent
  order visit
""", KEPT, "between them"),
    ("one case is left over", """
always order visit within 2 days of asked
rule urgent of person
  on asked when urgent
  order visit
""", BREACH, "broken"),
    ("an amount is assessed, another paid from a fund without a budget", """
always pay within 1 week of asked
rule gift of person
  on asked
  pay $5 to office from gifts
""", KEPT, "at the same event"),
    ("at most so often", """
always pay within 1 week of asked
stipend gift of person
  on asked
  pay $5 to office from gifts
  at most 1 per week
""", BREACH, ""),
    ("nobody answers, and then somebody else is told", """
always notify director "No answer" within 10 days of asked
rule ask of person
  on asked
  refer to office within 5 days
    otherwise notify director "No answer"
""", KEPT, "a deadline that begins with the event"),
    ("the deadline is a day too late", """
always notify director "No answer" within 4 days of asked
rule ask of person
  on asked
  refer to office within 5 days
    otherwise notify director "No answer"
""", BREACH, ""),
    ("an answer calls it off", """
always notify director "No answer" within 10 days of asked
rule ask of person
  on asked
  refer to office within 5 days answered by answered
    otherwise notify director "No answer"
""", BREACH, ""),
    ("an answer calls it off, but tells, too", """
always notify director "No answer" within 10 days of asked
rule ask of person
  on asked
  refer to office within 5 days answered by answered
    otherwise notify director "No answer"
rule told of person
  on answered
  notify director "No answer"
""", KEPT, ""),
    ("an answer calls it off, and only tells of some", """
always notify director "No answer" within 10 days of asked
rule ask of person
  on asked
  refer to office within 5 days answered by answered
    otherwise notify director "No answer"
rule told of person
  on answered when housed
  notify director "No answer"
""", BREACH, ""),
    ("five business days, a weekend and two holidays", """
always order visit within 10 days of asked
rule ask of person
  on asked
  refer to office within 5 business days
    otherwise order visit
""", KEPT, ""),
    ("the holidays are in the way", """
always order visit within 7 days of asked
rule ask of person
  on asked
  refer to office within 5 business days
    otherwise order visit
""", BREACH, "2026-1"),
    ("business days against business days", """
always order visit within 5 business days of asked
rule ask of person
  on asked
  refer to office within 3 business days
    otherwise order visit
""", KEPT, ""),
    ("a month has at most 31 days, and may have 28", """
always order visit within 1 month of asked
rule ask of person
  on asked
  refer to office within 28 days
    otherwise order visit
""", KEPT, ""),
    ("a period that other counties and days have differently", """
always order visit within patience of asked
rule ask of person
  on asked
  refer to office within patience
    otherwise order visit
""", KEPT, ""),
    ("no value of it is above 7", """
always order visit within 1 week of asked
rule ask of person
  on asked
  refer to office within patience
    otherwise order visit
""", KEPT, ""),
    ("one is above 6", """
always order visit within 6 days of asked
rule ask of person
  on asked
  refer to office within patience
    otherwise order visit
""", BREACH, ""),
    ("a never may stop it", """
always order visit within 10 days of asked
never order visit for person when housed
  "Not where somebody lives"
rule ask of person
  on asked
  refer to office within 5 days
    otherwise order visit
""", BREACH, ""),
    ("an escalation that goes on by itself", """
always order visit within 15 days of asked when step of calling is none
escalation calling of person
  step first
    on asked
  step second after first
    when no left within 5 days
    notify office "Second"
  step third after second
    when no left within 10 days
    order visit
  ends on left
rule at_last of person
  on left when step of calling is not none
  order visit
""", KEPT, ""),
    ("it may end without", """
always order visit within 15 days of asked when step of calling is none
escalation calling of person
  step first
    on asked
  step second after first
    when no left within 5 days
    order visit
  ends on left
""", BREACH, ""),
    ("a step that an event puts off again and again", """
always order visit within 15 days of asked when step of calling is none
escalation calling of person
  step first
    on asked
  step second after first
    when no called within 5 days
    order visit
  ends on left
rule at_last of person
  on left when step of calling is not none
  order visit
""", BREACH, ""),
    ("wherever it stands", """
always order visit within 5 days of asked
escalation calling of person
  step first
    on asked
  step second after first
    when no left within 5 days
    order visit
  step third after second
    on asked
    order visit
  step fourth after third
    on asked
    order visit
  step fifth after fourth or fifth
    on asked
    order visit
  ends on left
rule at_last of person
  on left when step of calling is not none
  order visit
""", KEPT, ""),
    ("a schedule that pays every month", """
always pay to office within 31 days of asked
schedule rent of person
  on asked
  pay $500 to office monthly for 12 months from gifts
""", KEPT, ""),
    ("a month after the 28th of February it has begun on the 31st", """
always pay to office within 1 month of asked
schedule rent of person
  on asked
  pay $500 to office monthly for 12 months from gifts
""", BREACH, "08-31"),
    ("a schedule that may be stopped", """
always pay to office within 31 days of asked
schedule rent of person
  on asked
  pay $500 to office monthly for 12 months from gifts
  stops on left
""", BREACH, ""),
    ("somebody has to agree first", """
always pay to office within 31 days of asked
rule gift of person
  on asked
  may pay $5 to office from gifts
""", BREACH, ""),
    ("overridden", """
always order visit within 31 days of asked
rule ask of person
  on asked
  order visit
rule not_now of person
  on asked when urgent
  notify office "Not now"
  overrides ask
""", BREACH, ""),
    ("overridden by what does it, too", """
always order visit within 31 days of asked
rule ask of person
  on asked
  order visit
rule sooner of person
  on asked when urgent
  order visit
  overrides ask
""", KEPT, ""),
]

RENT = """schedule rent of person
  on asked when count of asked is 1
  pay $50 to office weekly for 3 weeks from gifts
"""
# Prohibitions, likewise: what runs against them comes by another way than an action that stands there. With FOOT,
# alameda pays to the director from October on.
ELSEWHERE = """
replace schedule rent from 2026-10-01 of person
  on asked when count of asked is 1
  pay $50 to director weekly for 3 weeks from gifts
"""
PROHIBITIONS = [
    ("what another provision starts pays", """
never pay to office for person when housed
  "Not where somebody lives"
rule go of person
  on called when not housed
  start rent
""" + RENT, "", BREACH, "refused"),
    ("a schedule is stopped by itself", """
never stop rent for person when housed
  "Not where somebody lives"
""" + RENT + "  stops on left\n", "", BREACH, "refused"),
    ("what began is paid to another", """
never pay to director for person when housed
  "Not where somebody lives"
""" + RENT, ELSEWHERE, BREACH, "refused"),
    ("and comes to more", """
never pay more than $100 per case to director for person
""" + RENT, ELSEWHERE, BREACH, "refused"),
    ("but not to more than both texts pay", """
never pay more than $300 per case to director for person
""" + RENT, ELSEWHERE, KEPT, "$300.00"),
    ("a place is given later", """
capacity house of person "The house" is 1 places
never enrol in house for person when housed
  "Not where somebody lives"
rule go of person
  on asked when not housed
  enrol in house
rule out of person
  on left
  release house
""", "", OPEN, "may run against it"),
    ("a counter that has to go far", """
never order visit for person when count of moved is 0
  "Not yet"
rule often of person
  on asked when count of asked >= 300
  order visit
""", "", BREACH, "refused"),
    ("step after step, each by another event", """
never order visit for person when count of moved is 0
  "Not yet"
escalation calling of person
  step one
    on asked
  step two after one
    on called
  step three after two
    on answered
  step four after three
    on left
  step five after four
    on called
  step six after five
    on asked
    order visit
  ends on moved
""", "", BREACH, "refused"),
    ("a fact that another provision sets, of one that a third sets", """
never order visit for person when count of moved is 0
  "Not yet"
rule here of person
  on called when count of called >= 2
  set housed to yes
rule gone of person
  on left when housed
  start rent
rule there of person
  on answered when housed and paid under rent >= $150
  order visit
""" + RENT, "", BREACH, "refused"),
]


# ---- by chance ----

PERIODS = ("0 days", "1 day", "3 days", "5 days", "3 business days", "1 week", "5 business days", "28 days", "1 month", "patience")
LONGER = ("0 days", "5 days", "1 week", "10 days", "10 business days", "1 month", "60 days", "3 months")
WHENS = ("", "", " when urgent", " when not urgent", " when housed", " when step of calling is none",
         " when step of calling is not none", " when count of called >= 1")
EVENTS = ("asked", "called", "answered", "moved", "left")


def when_of(chance, event):
    when = chance.choice(WHENS)
    return "" if "urgent" in when and event != "asked" else when


def doing(chance):
    return chance.choice(("order visit", "order visit", "order visit", "order visit", "order visit", "order visit", "may order visit", "notify office \"Asked\"",
                          "pay $5 to office from gifts"))


def rule_by_chance(chance, i):
    event = chance.choice(EVENTS[:1] * 4 + EVENTS)
    lines = ["rule rule_%d of person" % i, "  on %s%s" % (event, when_of(chance, event))]
    if chance.random() < 0.5:
        lines.append("  " + doing(chance))
    else:
        answer = chance.choice(("", "", " answered by " + chance.choice(EVENTS)))
        lines += ["  refer to office within %s%s" % (chance.choice(PERIODS), answer), "    otherwise " + doing(chance)]
    return lines


def escalation_by_chance(chance):
    lines = ["escalation calling of person"]
    steps = ["one", "two", "three", "four"][: chance.randint(2, 4)]
    for i, step in enumerate(steps):
        after = chance.sample(steps[:i], chance.randint(1, min(i, 2))) if i else []
        if i and chance.random() < 0.2:
            after.append(step)
        lines.append("  step %s%s" % (step, " after " + " or ".join(after) if after else ""))
        if i and chance.random() < 0.7:
            lines.append("    when no %s within %s" % (chance.choice(EVENTS), chance.choice(PERIODS[1:])))
        else:
            event = chance.choice(EVENTS[:1] * 3 + EVENTS) if not i else chance.choice(EVENTS)
            lines.append("    on %s%s" % (event, when_of(chance, event).replace(" when step of calling is none", "").replace(
                " when step of calling is not none", "")))
        if chance.random() < 0.6:
            lines.append("    " + doing(chance))
    return lines + ["  ends on " + chance.choice(EVENTS) if chance.random() < 0.6 else "  ends never"]


def by_chance(chance):
    """A policy with one promise and what may keep it."""
    promise = chance.choice(("order visit",) * 5 + ("pay to office",))
    text = ["always %s within %s of asked%s" % (promise, chance.choice(LONGER), when_of(chance, "asked")), ""]
    if chance.random() < 0.1:
        text += ["never order visit for person when housed", '  "Not there"', ""]
    text += escalation_by_chance(chance) + [""]
    for i in range(chance.randint(1, 4)):
        text += rule_by_chance(chance, i) + [""]
    if promise != "order visit":
        text += ["schedule rent of person", "  on %s" % chance.choice(EVENTS[:1] * 3 + EVENTS),
                 "  pay $50 to office %s for 3 %s from gifts" % chance.choice((("monthly", "months"), ("weekly", "weeks")))]
        text += ["  stops on left", ""] if chance.random() < 0.2 else [""]
    return "\n" + "\n".join(text)
