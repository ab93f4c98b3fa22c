#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `waymark test --coverage` says was never shown, against a calculator of other making.

    test_coverage.py [COUNT] [SEED]

Conditions by chance over facts that may be unknown, with scenarios by chance: which comparisons
decided the outcome, both ways, is worked out here by trying each comparison the other way in the
whole condition, and which never could by trying all cases. Then for each kind of gap a policy that
has it, and the scenario that closes it. The last line is "N passed, N failed".
"""
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
WAYMARK = os.path.abspath(os.environ.get("WAYMARK") or os.path.join(TOP, "build", "waymark"))


class Counts:
    passed = failed = shown = never = missing = suggested = open = 0


def check(what, wanted, got):
    if wanted == got:
        Counts.passed += 1
        return
    Counts.failed += 1
    print("FAIL  %s\n  expected %s\n  got      %s" % (what, wanted, got))


def coverage(text):
    """The gaps of a policy that passes its scenarios, and the sums."""
    with tempfile.NamedTemporaryFile("w", suffix=".way", encoding="utf-8") as f:
        f.write(text)
        f.flush()
        got = subprocess.run([WAYMARK, "test", "--coverage", "--json", f.name], capture_output=True,
                             text=True, timeout=60)
    if got.returncode != 0:
        Counts.failed += 1
        print("FAIL  %s%s\n%s" % (got.stdout, got.stderr, text))
        return {"gaps": []}
    return json.loads(got.stdout)["coverage"]


# ---- conditions: None is unknown ----

YES_NO = ["a", "b", "c", "d"]
NUMBERS = ["n", "m"]
VALUES = {name: [True, False, None] for name in YES_NO}
VALUES.update({name: [*range(10), None] for name in NUMBERS})


class Leaf:
    """`shape` is "is" (a yes/no), "least" (N or more), "most" (N or less), "known"."""

    def __init__(self, shape, fact, n=0):
        self.shape, self.fact, self.n, self.line = shape, fact, n, 0

    def answer(self, case):
        value = case[self.fact]
        if self.shape == "known":
            return value is not None
        if value is None:
            return None
        return {"is": value is True, "least": value >= self.n, "most": value <= self.n}[self.shape]

    def words(self):
        return {"is": self.fact, "least": "%s >= %d" % (self.fact, self.n),
                "most": "%s <= %d" % (self.fact, self.n), "known": "%s is known" % self.fact}[self.shape]


def evaluate(node, case, instead):
    """`instead`: a leaf, and what stands in its place."""
    if isinstance(node, Leaf):
        return instead[1] if node is instead[0] else node.answer(case)
    answers = [evaluate(x, case, instead) for x in node[1:]]
    if node[0] == "not":
        return None if answers[0] is None else not answers[0]
    if node[0] == "or unknown":
        return True if answers[0] is None else answers[0]
    settles = node[0] == "or"
    if settles in answers:
        return settles
    return None if None in answers else not settles


def leaves(node):
    return [node] if isinstance(node, Leaf) else [leaf for x in node[1:] for leaf in leaves(x)]


def guarded(rnd, fact, leaf):
    """What may be unknown has to be guarded."""
    if rnd.random() < 0.5:
        return ("or unknown", leaf)
    return ("and", Leaf("known", fact), leaf)


def by_chance(rnd, depth):
    shape = rnd.random()
    if depth == 0 or shape < 0.2:
        if rnd.random() < 0.5:
            fact = rnd.choice(YES_NO)
            return guarded(rnd, fact, Leaf("is", fact))
        fact = rnd.choice(NUMBERS)
        return guarded(rnd, fact, Leaf(rnd.choice(["least", "most"]), fact, rnd.choice([1, 3, 5])))
    if shape < 0.35:
        return ("not", by_chance(rnd, depth - 1))
    return (rnd.choice(["and", "or"]), by_chance(rnd, depth - 1), by_chance(rnd, depth - 1))


def written(node, lines):
    """One comparison a line, so that a line names it."""
    if isinstance(node, Leaf):
        lines.append(node.words())
        node.line = len(lines)
    elif node[0] == "not":
        lines[-1] += " not ("
        written(node[1], lines)
        lines[-1] += ")"
    elif node[0] == "or unknown":
        lines[-1] += " ("
        written(node[1], lines)
        lines[-1] += " or unknown)"
    else:
        lines[-1] += " ("
        written(node[1], lines)
        lines[-1] += ") " + node[0] + " ("
        written(node[2], lines)
        lines[-1] += ")"


# What an undecidable condition leads to: a rule does not apply, a prohibition holds.
EFFECT = {"rule": lambda x: x is True, "never": lambda x: x is not False}


def decides(kind, node, case, leaf):
    effect = EFFECT[kind]
    return effect(evaluate(node, case, (leaf, True))) != effect(evaluate(node, case, (leaf, False)))


def outcome(kind, node, case):
    return EFFECT[kind](evaluate(node, case, (None, None)))


def wanted_gaps(kind, node, cases):
    """(line, kind of gap) of every answer that no case shows, and some could."""
    facts = sorted({leaf.fact for leaf in leaves(node)})
    every = [dict(zip(facts, values)) for values in itertools.product(*(VALUES[f] for f in facts))]
    gaps = set()
    for leaf in leaves(node):
        for answer in (True, False):
            could = [c for c in every if leaf.answer(c) is answer and decides(kind, node, c, leaf)]
            if kind == "never" and could and outcome(kind, node, could[0]):
                continue  # it would stop something
            came = [c for c in cases if leaf.answer(c) is answer]
            Counts.never += not could
            if not could or any(decides(kind, node, c, leaf) for c in came):
                Counts.shown += bool(could)
                continue
            Counts.missing += 1
            word = "met" if answer else "not-met"
            gaps.add((leaf.line, word + "-never-decided" if came else "never-" + word))
    return gaps


HEAD = """timezone "America/Los_Angeles"
case person
""" + "".join("  %s : yes/no optional\n" % f for f in YES_NO) + \
    "".join("  %s : number from 0 to 9 optional\n" % f for f in NUMBERS) + """event asked of person
action act
program p
  effective 2026-07-01
"""
BODY = {
    "rule": "rule r of person\n  on asked when\n%s  order act\n",
    "never": "rule r of person\n  on asked\n  order act\nnever order act for person when\n%s",
}
COUNTY = "county alameda\n  adopts p from 2026-07-01\n"


def given(case):
    words = {True: "yes", False: "no"}
    facts = ["%s %s" % (f, words.get(v, v) if isinstance(v, bool) else v)
             for f, v in case.items() if v is not None]
    return "  given person" + (" with " + ", ".join(facts) if facts else "") + "\n"


def scenario(kind, node, case, number):
    met = outcome(kind, node, case)
    expect = {"rule": "order act" if met else "nothing",
              "never": "refused" if met else "order act"}[kind]
    return 'scenario "%d" in alameda\n%s  2026-07-06 asked\n    expect %s\n' % (
        number, given(case), expect)


def one_condition(seed):
    rnd = random.Random(seed)
    kind = rnd.choice(["rule", "rule", "never"])
    node = by_chance(rnd, rnd.choice([1, 2, 2, 3]))
    lines = [""]
    written(node, lines)
    body = BODY[kind] % "".join("    %s\n" % line for line in lines if line.strip())
    first = (HEAD + BODY[kind]).split("%s")[0].count("\n") - (not lines[0].strip())
    for leaf in leaves(node):
        leaf.line += first
    cases = [{f: rnd.choice(v) for f, v in VALUES.items()} for _ in range(rnd.choice([1, 2, 4, 8]))]
    text = HEAD + body + COUNTY + "".join(scenario(kind, node, c, i) for i, c in enumerate(cases))
    got = {(g["line"], g["kind"]) for g in coverage(text)["gaps"]
           if g["kind"].endswith("met") or g["kind"].endswith("decided")}
    check("condition %d\n%s" % (seed, text), wanted_gaps(kind, node, cases), got)


# ---- every kind of gap, and the scenario that closes it ----

WORLD = """timezone "America/Los_Angeles"
case person
  age : years from 0 to 120 default 30
  held : yes/no default no
  agreed : date optional consent
case agency
event asked of person
event answered of person
event ended of person
event missed of person
  explained : yes/no
event aged of person
  sets age, held
party office
fund money budget $100 in all
  warn at 80%
capacity homes of person is 1 places
action act
program p
  effective 2026-07-01
"""


def played(name, *lines, of="  given person\n"):
    return 'scenario "%s" in alameda\n%s%s' % (name, of, "".join("  %s\n" % line for line in lines))


HEARING = """docket hearing of person
  meets weekly on Thursday
  at most 1 cases
rule r of person
  on asked
  place on hearing
"""

# kind of gap: the provision, the scenarios that leave it open, the one that closes it
CLOSED = {
    "not-reached": ("rule r of person\n  on asked\n  order act\n",
                    [played("other", "2026-07-06 ended", "  expect nothing")],
                    played("closes", "2026-07-06 asked", "  expect order act")),
    "not-applied": ("rule r of person\n  on missed when not explained\n  order act\n",
                    [played("explained", "2026-07-06 missed with explained yes", "  expect nothing")],
                    played("closes", "2026-07-06 missed with explained no", "  expect order act")),
    "never-met": ("rule r of person\n  on asked when age < 18\n  order act\n",
                  [played("old", "2026-07-06 asked", "  expect nothing")],
                  played("closes", "2026-07-06 asked", "  expect order act",
                         of="  given person with age 17\n")),
    "never-not-met": ("rule r of person\n  on asked when age >= 18\n  order act\n",
                      [played("old", "2026-07-06 asked", "  expect order act")],
                      played("closes", "2026-07-06 asked", "  expect nothing",
                             of="  given person with age 17\n")),
    "met-never-decided": ("rule r of person\n  on asked when age >= 18 or held\n  order act\n",
                          [played("both", "2026-07-06 asked", "  expect order act",
                                  of="  given person with held yes\n")],
                          played("closes", "2026-07-06 asked", "  expect order act")),
    "not-met-never-decided": (
        "rule r of person\n  on asked when age >= 18 and held\n  order act\n",
        [played("neither", "2026-07-06 asked", "  expect nothing", of="  given person with age 17\n")],
        played("closes", "2026-07-06 asked", "  expect nothing",
               of="  given person with age 17, held yes\n")),
    "step-never-elsewhere": (
        "escalation e of person\n  step one\n    on asked\n    order act\n  ends on ended\n",
        [played("once", "2026-07-06 asked", "  expect order act")],
        played("closes", "2026-07-06 asked", "  expect order act", "2026-07-07 asked",
               "  expect nothing")),
    "row-not-reached": (
        "table t of person\n  | age      | -> pays |\n  | under 18 | $1   |\n  | 18 or more | $2 |\n"
        "stipend r of person\n  on asked\n  pay t.pays to person\n",
        [played("old", "2026-07-06 asked", "  expect pay $2")],
        played("closes", "2026-07-06 asked", "  expect pay $1", of="  given person with age 17\n")),
    "never-in-time": (
        "rule r of person\n  on asked\n  refer to office answered by answered within 5 days\n"
        '    otherwise notify office "late"\n',
        [played("late", "2026-07-06 asked", "  expect refer to office", "2026-07-30",
                '  expect notify office "late"')],
        played("closes", "2026-07-06 asked", "  expect refer to office", "2026-07-07 answered",
               "  expect nothing")),
    "never-ran-out": (
        "rule r of person\n  on asked\n  refer to office answered by answered within 5 days\n"
        '    otherwise notify office "late"\n',
        [played("in time", "2026-07-06 asked", "  expect refer to office", "2026-07-07 answered",
                "  expect nothing")],
        played("closes", "2026-07-06 asked", "  expect refer to office", "2026-07-30",
               '  expect notify office "late"')),
    "never-approved": (
        "rule r of person\n  on asked\n  may assess $5 as late_fee\n",
        [played("no", "2026-07-06 asked", "  expect may assess $5",
                '2026-07-07 declined with outcome late_fee, by "ana"', "  expect nothing")],
        played("closes", "2026-07-06 asked", "  expect may assess $5",
               '2026-07-07 approved with outcome late_fee, by "ana"', "  expect assess $5")),
    "never-declined": (
        "rule r of person\n  on asked\n  may assess $5 as late_fee\n",
        [played("yes", "2026-07-06 asked", "  expect may assess $5",
                '2026-07-07 approved with outcome late_fee, by "ana"', "  expect assess $5")],
        played("closes", "2026-07-06 asked", "  expect may assess $5",
               '2026-07-07 declined with outcome late_fee, by "ana"', "  expect nothing")),
    "limit-not-reached": (
        "stipend r of person\n  on asked\n  pay $5 to person\n  at most 1 per day\n",
        [played("once", "2026-07-06 asked", "  expect pay $5")],
        played("closes", "2026-07-06 asked", "  expect pay $5", "2026-07-06 asked",
               "  expect nothing")),
    "never-checked": (
        "rule r of person\n  on asked\n  order act\nnever order act for person when held\n",
        [played("other", "2026-07-06 ended", "  expect nothing")],
        played("closes", "2026-07-06 asked", "  expect order act")),
    "never-overrode": (
        "rule r of person\n  on asked\n  order act\n"
        "rule s of person\n  on asked when held\n  overrides r\n  notify office \"held\"\n",
        [played("free", "2026-07-06 asked", "  expect order act")],
        played("closes", "2026-07-06 asked", '  expect notify office "held"',
               of="  given person with held yes\n")),
    "never-paid": (
        "schedule r of person\n  on asked\n  pay $5 to person monthly for 2 months\n",
        [played("begun", "2026-07-06 asked", "  expect start r 2 times")],
        played("closes", "2026-07-06 asked", "  expect start r", "2026-08-06", "  expect pay $5")),
    "last-not-reached": (
        "schedule r of person\n  on asked\n  pay $5 to person monthly for 2 months\n",
        [played("begun", "2026-07-06 asked", "  expect start r", "2026-08-06", "  expect pay $5")],
        played("closes", "2026-07-06 asked", "  expect start r", "2026-08-06", "  expect pay $5",
               "2026-09-06", "  expect pay $5")),
    "never-held": (
        "schedule r of person\n  on asked\n  pay $5 to person monthly for 2 months\n"
        "  holds while held\n",
        [played("begun", "2026-07-06 asked", "  expect start r", "2026-08-06", "  expect pay $5")],
        played("closes", "2026-07-06 asked", "  expect start r", "2026-08-06", "  expect nothing",
               of="  given person with held yes\n")),
    "share-not-seen": (
        "share s of person\n  with agency\n  show age\n  needs agreed for 1 year\n",
        [played("no", "2026-07-06", "  expect no share s with agency",
                of="  given person\n  given agency\n")],
        played("closes", "2026-07-06", "  expect share s with agency",
               of="  given person with agreed 2026-07-05\n  given agency\n")),
    "share-not-refused": (
        "share s of person\n  with agency\n  show age\n  needs agreed for 1 year\n",
        [played("yes", "2026-07-06", "  expect share s with agency",
                of="  given person with agreed 2026-07-05\n  given agency\n")],
        played("closes", "2026-07-06", "  expect no share s with agency",
               of="  given person\n  given agency\n")),
    "fund-not-drawn-on": (
        "stipend r of person\n  on asked\n  pay $60 to person from money\n",
        [played("other", "2026-07-06 ended", "  expect nothing")],
        played("closes", "2026-07-06 asked", "  expect pay $60")),
    "fund-never-short": (
        "stipend r of person\n  on asked\n  pay $60 to person from money\n",
        [played("once", "2026-07-06 asked", "  expect pay $60")],
        played("closes", "2026-07-06 asked", "  expect pay $60", "2026-07-07 asked",
               "  expect unfunded pay $60")),
    "fund-never-warned": (
        "stipend r of person\n  on asked\n  pay $45 to person from money\n",
        [played("once", "2026-07-06 asked", "  expect pay $45")],
        played("closes", "2026-07-06 asked", "  expect pay $45", "2026-07-07 asked",
               "  expect among others", "  expect pay $45")),
    "place-not-taken": (
        "rule r of person\n  on asked\n  enrol in homes\nrule s of person\n  on ended\n  release homes\n",
        [played("other", "2026-07-06 missed with explained no", "  expect nothing")],
        played("closes", "2026-07-06 asked", "  expect enrol in homes")),
    "place-never-waited-for": (
        "rule r of person\n  on asked\n  enrol in homes\nrule s of person\n  on ended\n  release homes\n",
        [played("one", "2026-07-06 asked", "  expect enrol in homes")],
        played("closes", "2026-07-06 asked of ana", "  expect enrol in homes", "2026-07-07 asked of ben",
               "  expect waitlist for homes", of="  given person ana\n  given person ben\n")),
    "place-never-found": (
        "rule r of person\n  on asked\n  enrol in homes\nrule s of person\n  on ended\n  release homes\n",
        [played("waits", "2026-07-06 asked of ana", "  expect enrol in homes", "2026-07-07 asked of ben",
                "  expect waitlist for homes", of="  given person ana\n  given person ben\n")],
        played("closes", "2026-07-06 asked of ana", "  expect enrol in homes", "2026-07-07 asked of ben",
               "  expect waitlist for homes", "2026-07-08 ended of ana", "  expect release homes for ana",
               "  expect enrol in homes for ben", of="  given person ana\n  given person ben\n")),
    "docket-not-used": (
        HEARING,
        [played("other", "2026-07-06 ended", "  expect nothing")],
        played("closes", "2026-07-06 asked", "  expect place on hearing due 2026-07-09")),
    "docket-never-full": (
        HEARING,
        [played("one", "2026-07-06 asked", "  expect place on hearing due 2026-07-09")],
        played("closes", "2026-07-06 asked of ana", "  expect place on hearing due 2026-07-09",
               "2026-07-06 asked of ben", "  expect place on hearing due 2026-07-16",
               of="  given person ana\n  given person ben\n")),
}
# What cases share counts where a projection that expects something shows it, and nothing else does.
PROJECTED = {
    "fund-never-short": "  expect paid from money $60\n",
    "docket-never-full": "  expect 2 times place on hearing\n",
    "place-never-waited-for": "  expect 1 times waitlist for homes\n",
}
# A promise that can wait has a deadline like any other; a cap is a limit; `when no` is a deadline.
MORE = {
    "a promise broken": ("never-ran-out",
        "rule r of person\n  on answered\n  order act\nalways order act within 5 days of asked\n",
        [played("kept", "2026-07-06 asked", "  expect nothing", "2026-07-07 answered",
                "  expect order act")],
        played("closes", "2026-07-06 asked", "  expect nothing", "2026-07-30", "  expect broken")),
    "a promise kept": ("never-in-time",
        "rule r of person\n  on answered\n  order act\nalways order act within 5 days of asked\n",
        [played("broken", "2026-07-06 asked", "  expect nothing", "2026-07-30", "  expect broken")],
        played("closes", "2026-07-06 asked", "  expect nothing", "2026-07-07 answered",
               "  expect order act")),
    "a cap": ("limit-not-reached",
        "stipend r of person\n  on asked\n  pay $5 to person\nnever pay more than $8 per case\n",
        [played("once", "2026-07-06 asked", "  expect pay $5")],
        played("closes", "2026-07-06 asked", "  expect pay $5", "2026-07-07 asked",
               "  expect refused")),
    "a step that time brings": ("not-reached",
        "escalation e of person\n  step one\n    on asked\n    order act\n"
        "  step two after one\n    when no answered within 5 days\n    notify office \"late\"\n"
        "  ends on ended\n",
        [played("answered", "2026-07-06 asked", "  expect order act", "2026-07-07 answered",
                "  expect nothing")],
        played("closes", "2026-07-06 asked", "  expect order act", "2026-07-30",
               '  expect notify office "late"')),
    "what a schedule holds on": ("not-met-never-decided",
        "schedule r of person\n  on asked\n  pay $5 to person monthly for 2 months\n"
        "  holds while held and age < 18\n",
        [played("neither", "2026-07-06 asked", "  expect start r", "2026-08-06", "  expect pay $5")],
        played("closes", "2026-07-06 asked", "  expect start r", "2026-08-06", "  expect pay $5",
               of="  given person with held yes\n")),
    "what a share asks": ("not-met-never-decided",
        "share s of person\n  with agency\n  show age\n  when held and age < 18\n",
        [played("neither", "2026-07-06", "  expect no share s with agency",
                of="  given person\n  given agency\n")],
        played("closes", "2026-07-06", "  expect no share s with agency",
               of="  given person with held yes\n  given agency\n")),
}


def closes(name, kind, policy, leave, close):
    base = WORLD + policy + COUNTY
    before = [g["text"] for g in coverage(base + "".join(leave))["gaps"] if g["kind"] == kind]
    after = [g["text"] for g in coverage(base + "".join(leave) + close)["gaps"] if g["kind"] == kind]
    gone = set(before) - set(after)
    check("%s is a gap, and one scenario closes it (before %s, after %s)" % (name, before, after),
          True, bool(gone))


def projected(kind, expected):
    policy, leave, _ = CLOSED[kind]
    base = WORLD + policy + COUNTY + "".join(leave)
    projection = "projection many in alameda\n  cohort 2 of person\n    all of them 2026-07-13 asked\n"

    def gaps(text):
        return {g["kind"] for g in coverage(text)["gaps"]}

    check("a projection that expects something closes " + kind, (True, False),
          (kind in gaps(base), kind in gaps(base + projection + expected)))
    check("one that expects nothing does not close " + kind, True, kind in gaps(base + projection))
    check("no projection shows a provision", True, "not-applied" in gaps(
        WORLD + policy + COUNTY + projection + expected) or "not-reached" in gaps(
            WORLD + policy + COUNTY + projection + expected))


def kinds_that_exist():
    """The kinds as the program has them."""
    with open(os.path.join(TOP, "engine", "trial", "coverage_report.c"), encoding="utf-8") as f:
        text = f.read()
    table = text[text.index("kinds[] = {"):text.index("};", text.index("kinds[] = {"))]
    return set(re.findall(r'STR_INIT\("([a-z-]+)"\)', table)) | {"never-met", "never-not-met"}


# ---- the tracefile ----

def tracefile(folder):
    """What geninfo(1) says of the format, for every record: in order, and with sums that are right."""
    path = os.path.join(folder, "out.info")
    subprocess.run([WAYMARK, "test", os.path.join(TOP, "policies"), "--lcov", path], check=True,
                   capture_output=True, timeout=60)
    sections = open(path, encoding="utf-8").read().split("end_of_record\n")
    check("the tracefile ends with a record", "", sections.pop())
    for section in sections:
        records = [line.split(":", 1) for line in section.splitlines()]
        order = [key for key, _ in itertools.groupby(key for key, _ in records)]
        whole = ["TN", "SF", "FN", "FNDA", "FNF", "FNH", "BRDA", "BRF", "BRH", "MCDC", "MCF", "MCH",
                 "DA", "LF", "LH"]
        check("the order of records", [k for k in whole if k in order], order)
        said = {key: value for key, value in records}
        check("the source is there", True, os.path.isfile(said["SF"]))
        count = {key: [v for k, v in records if k == key] for key in whole}
        names = [v.split(",", 1)[1] for v in count["FN"]]
        check("functions have names of their own", len(names), len(set(names)))
        check("functions and their counts", names, [v.split(",", 1)[1] for v in count["FNDA"]])
        hits = {"FN": [v.split(",")[0] for v in count["FNDA"]],
                "BR": [v.split(",")[3].replace("-", "0") for v in count["BRDA"]],
                "MC": [v.split(",")[3] for v in count["MCDC"]],
                "L": [v.split(",")[1] for v in count["DA"]]}
        for key, of in hits.items():
            if key + "F" in said:
                check("%s found" % key, len(of), int(said[key + "F"]))
                check("%s hit" % key, sum(int(n) > 0 for n in of), int(said[key + "H"]))
        groups = {}
        for value in count["MCDC"]:
            line, size, sense, _, index, words = value.split(",", 5)
            groups.setdefault((line, int(size)), []).append((int(index), sense, words))
        for (line, size), group in groups.items():
            check("both senses of each comparison of line " + line,
                  [(i, s) for i in range(size) for s in "tf"], [(i, s) for i, s, _ in group])
    taken_by_genhtml(path, sections, folder)


def taken_by_genhtml(path, sections, folder):
    """It counts what is told to it; what it does not know yet (MC/DC: from version 2.2 on) it passes over."""
    if not shutil.which("genhtml"):
        print("genhtml is not installed: the tracefile is not shown to it")
        return
    got = subprocess.run(["genhtml", "--branch-coverage", "-o", os.path.join(folder, "shown"), path],
                         capture_output=True, text=True, timeout=60, cwd=TOP)
    check("genhtml takes the tracefile", (0, ""), (got.returncode, got.stderr))
    for key, word in (("L", "lines"), ("FN", "functions"), ("BR", "branches")):
        found, hit = (sum(int(n) for n in re.findall("(?m)^%s%s:([0-9]+)$" % (key, which), "".join(sections)))
                      for which in "FH")
        said = re.search(word + r"\.*: .*\(([0-9]+) of ([0-9]+) ", got.stdout)
        check("genhtml counts " + word, (hit, found), said and tuple(int(n) for n in said.groups()))


# ---- scenarios that are suggested ----

def suggested(seed, folder):
    """Each suggested scenario passes, and closes a gap of its own."""
    rnd = random.Random(seed)
    node = by_chance(rnd, 2)
    lines = [""]
    written(node, lines)
    case = {f: rnd.choice(v) for f, v in VALUES.items()}
    text = HEAD + BODY["rule"] % "".join("    %s\n" % line for line in lines if line.strip()) + COUNTY + \
        scenario("rule", node, case, 0)
    policy, more = os.path.join(folder, "policy.way"), os.path.join(folder, "more")
    with open(policy, "w", encoding="utf-8") as f:
        f.write(text)
    subprocess.run([WAYMARK, "test", "--coverage", "--suggest", more, policy], check=True, capture_output=True,
                   timeout=120)
    with open(more, encoding="utf-8") as f:
        scenarios = f.read()
    before, after = coverage(text)["gaps"], coverage(text + "\n" + scenarios)["gaps"]
    closed = len(before) - len(after)
    check("policy %d: %d gaps are closed by %d scenarios\n%s%s" % (
        seed, closed, scenarios.count("scenario "), text, scenarios), True,
        closed >= scenarios.count("scenario "))
    Counts.suggested += closed
    Counts.open += len(after)


def main():
    with tempfile.TemporaryDirectory() as folder:
        tracefile(folder)
    for kind, (policy, leave, close) in CLOSED.items():
        closes(kind, kind, policy, leave, close)
    for kind, expected in PROJECTED.items():
        projected(kind, expected)
    for name, (kind, policy, leave, close) in MORE.items():
        closes(name, kind, policy, leave, close)
    check("every kind of gap is closed here", kinds_that_exist(), set(CLOSED))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for seed in range(first, first + count):
        one_condition(seed)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count // 10 + 1):
            suggested(seed, folder)
    print("gaps closed by suggested scenarios %d, left open %d" % (Counts.suggested, Counts.open))
    check("some gaps are closed by suggested scenarios", True, Counts.suggested > Counts.open)
    print("answers shown %d, not shown %d, that no case could show %d" % (
        Counts.shown, Counts.missing, Counts.never))
    if not (Counts.shown and Counts.missing and Counts.never):
        print("FAIL  a kind of answer was not among them")
        Counts.failed += 1
    print("%d passed, %d failed" % (Counts.passed, Counts.failed))
    return Counts.failed > 0


if __name__ == "__main__":
    sys.exit(main())
