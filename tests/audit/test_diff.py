#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `waymark diff` says of small edits of the shipped policies.

    test_diff.py [COUNT] [SEED]

Each edit that compiles and is not only layout must be found. Each history that is shown must do what
it says: the scenario made of it passes under the new rulebook and fails under the old one, run by
`waymark test`. Edits that change nothing must yield "no difference in meaning". The last line is
"N passed, N failed".
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import edits
import rewrites

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference"))

import compare  # noqa: E402
import generate  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
WAYMARK = os.path.abspath(os.environ.get("WAYMARK") or os.path.join(TOP, "build", "waymark"))
ATTACK = os.path.abspath(os.environ.get("ATTACK") or os.path.join(TOP, "build", "release", "tests", "audit", "attack"))
ATTACKS = 8000  # events
POLICIES = os.path.join(TOP, "policies")


def run(*args):
    return subprocess.run([WAYMARK, *args], capture_output=True, text=True, timeout=300)


class Counts:
    passed = failed = shown = unshown = unreproduced = 0


def fail(what, *more):
    Counts.failed += 1
    print("FAIL  %s" % what)
    for text in more:
        print(text.rstrip())


def check_scenarios(edit, old, new, scenarios):
    """Under the new rulebook all pass; under the old one none does."""
    text = open(scenarios, encoding="utf-8").read()
    wanted = text.count("\nscenario ") + text.startswith("scenario ")
    for folder, passes in ((new, True), (old, False)):
        copy = os.path.join(folder, "waymark_differences.way")
        shutil.copy(scenarios, copy)
        got = run("test", folder, "--filter", "Difference ")
        os.remove(copy)
        last = got.stdout.strip().split("\n")[-1]
        if passes and last != "%d passed, 0 failed" % wanted:
            fail("%r: the histories do not pass under the new rulebook" % edit, text, got.stdout[-2000:])
            return False
        if not passes and got.returncode == 0 and wanted:
            fail("%r: the histories pass under the old rulebook, too" % edit, text)
            return False
    return True


def try_edit(edit, old, new, scratch):
    """True: it was a difference that could be looked at."""
    edit.apply(new)
    try:
        if run("check", new).returncode:
            return False
        scenarios = os.path.join(scratch, "found.way")
        got = run("diff", old, new, "--scenarios", scenarios)
        if got.returncode != 1 or got.stderr:
            fail("%r: not found" % edit, got.stdout, got.stderr)
            return True
        Counts.shown += len(re.findall(r"decided differently", got.stdout))
        if "not decided" in got.stdout or "cannot be written" in got.stdout:
            Counts.unshown += len(re.findall("not decided", got.stdout))
            Counts.unreproduced += len(re.findall("cannot be written", got.stdout))
            if os.environ.get("VERBOSE"):
                print(edit, got.stdout, sep="\n")
        if check_scenarios(edit, old, new, scenarios):
            Counts.passed += 1
        return True
    finally:
        edit.undo(new)


# Each kind of thing that a rulebook has, once: what is changed in tests/audit/things, and what the
# history shows that comes of it, under either of the two.
THINGS = [
    ("yearly is $10,000", "yearly is $12,000", "unfunded pay $25.00"),
    ("warn at 80%", "warn at 70%", "has passed 80%"),
    ("from July 1", "from January 1", "for the year from 2026-01-01"),
    ("is 12 places", "is 14 places", "waitlist for house"),
    ("at most 5 cases", "at most 6 cases", "place on review"),
    ("keeps 2 for", "keeps 1 for", "place on review"),
    ("on Thursday", "on Friday", "place on review"),
    ('  holiday 2026-09-07 "Labor Day"\n', "", "refer to office"),
    ("Saturday, Sunday", "Friday, Saturday", "refer to office"),
    ("for 1 year", "for 6 months", "no share face_sheet with agency_1"),
    ("when partner.mou_signed", "when partner.mou_signed and age is known", "no share face_sheet with agency_1"),
    ("| $30 ", "| $35 ", "assess $35.00 as debt"),
    ("session is 5", "session is 6", 'notify office "Five"'),
    (">= 12", ">= 11", 'notify office "Many"'),
    ("5 business days", "4 business days", "refer to office"),
    ("step two after one", "step two after one or two", 'notify office "Left twice"'),
]


RICH = "(minutes >= 30 and not (step of steps is one or count of session > 3))\n      or minutes is 7"
TIERS = """  tier 1 when count of left is 1
    assess $5 as fee
  tier 2 when count of left is 2
    assess $6 as fee
"""
# Other ways to say the same, and two that only look like it: what they mean is attacked, whatever is said.
REWRITES = [
    (RICH, "minutes is 7 or (not (count of session > 3 or step of steps is one) and minutes > 29)", "same"),
    (RICH, "(step of steps is not one and count of session <= 3 and not minutes < 30) or minutes is 7", "same"),
    (RICH, "(30 <= minutes or minutes is 7) and (not (step of steps is one or count of session > 3) or minutes is 7)",
     "same"),
    ("when count of session is 5", "when count of session is 5 and count of session > 2", "same"),
    ("when count of session is 5", "when count of session is 5 and (minutes < 60 or minutes >= 60)", "same"),
    ("when count of session is 5", "when count of session is 5 and minutes <= 600", "same"),
    ("when count of session is 5", "when count of session is 5 and minutes <= 599", "shown"),
    (RICH, "(minutes >= 30 and not (step of steps is one and count of session > 3)) or minutes is 7", "shown"),
    (RICH, "(minutes >= 31 and not (step of steps is one or count of session > 3)) or minutes is 7", "shown"),
    (TIERS, """  tier 2 when count of left is 2
    assess $6 as fee
  tier 1 when count of left is 1
    assess $5 as fee
""", "same"),
    ("rule worth of youth", "rule value_of_a_session of youth", "same"),
    ("stipend sessions of youth", "stipend paid_sessions of youth", "same"),
    ("escalation steps of youth", "escalation steps of youth \"Step by step\"", "same"),
    ("within 5 business days", "within answer_time", "same"),
    ("rule fifth of youth", """rule fifth_and_sixth of youth
  on session when count of session is 6
  notify office "Six"

rule fifth of youth""", "shown"),
    ("  on session when count of session is 5\n  notify office \"Five\"", """  on session when count of session is 5
    and minutes < 60
  notify office "Five"

rule fifth_too of youth
  on session when count of session is 5 and minutes >= 60
  notify office "Five\"""", "same"),
    ("  on session when count of session is 5\n  notify office \"Five\"", """  on session when count of session is 5
    and minutes < 60
  notify office "Five"

rule fifth_too of youth
  on session when count of session is 5 and minutes > 60
  notify office "Five\"""", "shown"),
    ("  on session when count of session is 5\n  notify office \"Five\"", """  on session when count of session is 5
    and minutes <= 60
  notify office "Five"

rule fifth_too of youth
  on session when count of session is 5 and minutes >= 60
  notify office "Five\"""", "shown"),
    ("  on session when count of session is 5\n  notify office \"Five\"", """  on session when count of session is 5
    and (age is known and age >= 18)
  notify office "Five"

rule fifth_too of youth
  on session when count of session is 5 and (age < 18 or unknown)
  notify office "Five\"""", "same"),
    ("  on session when count of session is 5\n  notify office \"Five\"", """  on session when count of session is 5
    and (age is known and age >= 18)
  notify office "Five"

rule fifth_too of youth
  on session when count of session is 5 and age is known and age < 18
  notify office "Five\"""", "shown"),
    (TIERS + "  otherwise nothing", """  tier 1 when count of left is 1
    assess $5 as fee
  otherwise nothing

rule second of youth
  on left when count of left > 1 and count of left < 3
  assess $6 as fee""", "same"),
    (TIERS + "  otherwise nothing", """  tier 1 when count of left is 1
    assess $5 as fee
  otherwise nothing

rule second of youth
  on left when count of left > 1
  assess $6 as fee""", "shown"),
]


def rewritten(old, new):
    """Which of the three diff says, of each rewriting; where it says that both mean the same they have to decide all
    that comes by chance alike."""
    path = os.path.join(new, "p.way")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for before, after, expected in REWRITES:
        assert before in text, before
        written = text.replace(before, after).replace(
            "amount yearly is", "period answer_time is 5 business days\n\namount yearly is")
        with open(path, "w", encoding="utf-8") as f:
            f.write(written)
        got = run("diff", old, new)
        said = "shown" if "decided differently" in got.stdout else (
            "not decided" if "not decided" in got.stdout else "same")
        attack = subprocess.run([ATTACK, old, str(ATTACKS), "1", new], capture_output=True, text=True, timeout=600)
        alike = re.search("; [1-9][0-9]* hits, 0 proved, 0 failed$", attack.stdout.strip()) is not None
        if said != expected or (expected != "shown" and not alike):
            fail("%r: %s, not %s; alike by chance: %s" % (after, said, expected, alike), got.stdout[:2500], got.stderr,
                 attack.stdout[:1500], attack.stderr)
        else:
            Counts.passed += 1


def by_chance(old, new, count, seed, chance):
    """Small edits of policies by chance: those of which diff says that they change nothing are attacked."""
    for folder in (old, new):
        shutil.rmtree(folder)
        os.mkdir(folder)
    same = looked = 0
    for number in range(seed, seed + count):
        written = compare.without_contradictions(old, generate.Policy(number))
        for folder in (old, new):
            for name in os.listdir(folder):
                os.remove(os.path.join(folder, name))
            with open(os.path.join(folder, "p.way"), "w", encoding="utf-8") as f:
                f.write(written.text())
        tried = list(edits.all_of(old))
        chance.shuffle(tried)
        for edit in tried[:10]:
            edit.apply(new)
            got = run("diff", old, new)
            looked += got.returncode in (0, 1)
            if got.returncode == 0:
                same += 1
                attack = subprocess.run([ATTACK, old, str(ATTACKS), str(number), new], capture_output=True, text=True,
                                        timeout=600)
                if attack.returncode:
                    fail("policy %d, %r: not the same" % (number, edit), got.stdout, attack.stdout[:2000], attack.stderr)
                else:
                    Counts.passed += 1
            edit.undo(new)
    print("%d edits of %d policies by chance: %d said to change nothing" % (looked, count, same))


def kinds_of(text):
    """Conditions that can stand anywhere, by kind of case."""
    found = {}
    for kind in re.finditer(r"^case (\w+).*\n((?:  .*\n)*)", text, re.M):
        facts = re.findall(r"^  (\w+) +: (yes/no|years)", kind.group(2), re.M)
        found[kind.group(1)] = [name if of == "yes/no" else "%s >= 18" % name for name, of in facts]
    return found


class Put:
    """How often what was put another way, each way, was said to be what."""

    counts = {}

    @classmethod
    def count(cls, what, said):
        cls.counts[what, said] = cls.counts.get((what, said), 0) + 1


def put_another_way(old, new, rewrite, seed, attacks):
    """No rewrite may be shown to decide differently; of what is said to mean the same an attack finds nothing."""
    if run("check", new).returncode:
        return
    got = run("diff", old, new)
    what = rewrite.what.split()[0]
    said = "shown" if "decided differently" in got.stdout else (
        "not decided" if "not decided" in got.stdout else "the same" if got.returncode == 0 else "the same by name")
    if said == "the same by name" and "it means the same" not in got.stdout:
        said = "different"
    Put.count(what, said)
    if said in ("shown", "different"):
        fail("%s, SEED=%d: %s" % (rewrite.what, seed, said), got.stdout[:2500], got.stderr)
        return
    if said != "not decided" and attacks:
        attack = subprocess.run([ATTACK, old, str(attacks), str(seed), new], capture_output=True, text=True, timeout=600)
        if attack.returncode:
            fail("%s, SEED=%d: not the same" % (rewrite.what, seed), got.stdout[:1500], attack.stdout[:2000], attack.stderr)
            return
    Counts.passed += 1


def shipped_another_way(old, new, chance):
    with open(os.path.join(old, "vocabulary.way"), encoding="utf-8") as f:
        tests = kinds_of(f.read())
    for name in sorted(os.listdir(os.path.join(old, "programs"))):
        path = os.path.join(new, "programs", name)
        if "scenarios" in name or "projection" in name:
            continue
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for rewrite in rewrites.all_of(text, tests, chance):
            if rewrite.what.startswith("another"):  # counties name it, too
                continue
            with open(path, "w", encoding="utf-8") as f:
                f.write(rewrite.text)
            put_another_way(old, new, rewrite, 1, 0)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


def chance_another_way(old, new, count, seed):
    for number in range(seed, seed + count):
        for folder in (old, new):
            shutil.rmtree(folder)
            os.mkdir(folder)
        text = compare.without_contradictions(old, generate.Policy(number)).text()
        for name in os.listdir(old):
            os.remove(os.path.join(old, name))
        with open(os.path.join(old, "p.way"), "w", encoding="utf-8") as f:
            f.write(text)
        for rewrite in rewrites.all_of(text, kinds_of(text), random.Random(number)):
            with open(os.path.join(new, "p.way"), "w", encoding="utf-8") as f:
                f.write(rewrite.text)
            put_another_way(old, new, rewrite, number, 2000)


def each_thing(old, new, scratch):
    for folder in (old, new):
        shutil.rmtree(folder)
        shutil.copytree(os.path.join(HERE, "things"), folder)
    path = os.path.join(new, "p.way")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for before, after, shows in THINGS:
        assert text.count(before) == 1, before
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(before, after))
        scenarios = os.path.join(scratch, "found.way")
        got = run("diff", old, new, "--scenarios", scenarios)
        if got.returncode != 1 or shows not in got.stdout or "not decided" in got.stdout or (
                "cannot be written" in got.stdout):
            fail("%r to %r: not shown" % (before, after), got.stdout, got.stderr)
        elif check_scenarios((before, after), old, new, scenarios):
            Counts.passed += 1


def shuffle_blocks(text, chance):
    """The same blocks in another order, with comments and blank lines between them changed."""
    blocks, now = [], []
    for line in text.split("\n"):
        if line and not line[0].isspace() and line[0] != "#" and now:
            blocks.append(now)
            now = []
        if not line.startswith("#"):
            now.append(line.rstrip())
    blocks.append(now)
    first = next((i for i, b in enumerate(blocks) if b[0].startswith("program ")), -1)
    head, rest = blocks[: first + 1], blocks[first + 1 :]
    chance.shuffle(rest)
    return "\n\n# another order\n".join("\n".join(b) for b in head + rest) + "\n"


def no_difference(old, new, chance):
    """Another order of blocks, other comments and layout: proved to mean the same."""
    for where, _, names in sorted(os.walk(new)):
        for name in sorted(names):
            path = os.path.join(where, name)
            if "scenarios" in name or not name.endswith(".way"):
                continue
            text = open(path, encoding="utf-8").read()
            with open(path, "w", encoding="utf-8") as f:
                f.write(shuffle_blocks(text, chance))
            got = run("diff", old, new)
            if got.returncode or not got.stdout.startswith("no difference in meaning"):
                fail("%s in another order" % name, got.stdout[:3000], got.stderr)
            else:
                Counts.passed += 1


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    chance = random.Random(seed)
    scratch = tempfile.mkdtemp(prefix="waymark-diff-")
    old, new = os.path.join(scratch, "old"), os.path.join(scratch, "new")
    shutil.copytree(POLICIES, old)
    shutil.copytree(POLICIES, new)
    try:
        tried = list(edits.all_of(old))
        chance.shuffle(tried)
        looked = 0
        for edit in tried:
            if looked == count:
                break
            looked += try_edit(edit, old, new, scratch)
        shipped_another_way(old, new, chance)
        no_difference(old, new, chance)
        each_thing(old, new, scratch)
        shutil.copy(os.path.join(HERE, "things", "p.way"), new)
        rewritten(old, new)
        by_chance(old, new, max(2, count // 15), seed, chance)
        chance_another_way(old, new, max(2, count // 15), seed)
    finally:
        shutil.rmtree(scratch)
    print("%d edits of SEED=%d: %d differences of provisions shown, %d not, %d not reproduced" % (
        looked, seed, Counts.shown, Counts.unshown, Counts.unreproduced))
    print("put another way: " + ", ".join("%s: %s %d" % (*key, n) for key, n in sorted(Put.counts.items())))
    print("%d passed, %d failed" % (Counts.passed, Counts.failed))
    sys.exit(1 if Counts.failed else 0)


main()
