#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `waymark prove` says is attacked.

    test_prove.py [COUNT] [SEED] [EVENTS]

Policies by chance, from the generator of the second evaluator, promises of each kind (promised.py), what
prove asks by itself (questions.py), and those that are shipped: of EVENTS events of each (tests/audit/attack.c), also such as come late, are
retracted or corrected, none may be refused for a prohibition that was proved, break a promise that was
proved, make a case owe more or a fund be overdrawn where that was proved not to be. Each history that
prove shows must do so: as a scenario it passes. The last line is "N passed, N failed".
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import promised
import questions

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "reference"))

import compare  # noqa: E402
import generate  # noqa: E402

TOP = os.path.join(HERE, "..", "..")
ATTACK = os.path.abspath(os.environ.get("ATTACK") or os.path.join(TOP, "build", "release", "tests", "audit", "attack"))
WAYMARK = os.path.abspath(os.environ.get("WAYMARK") or os.path.join(TOP, "build", "waymark"))


def run(*args, **more):
    return subprocess.run([WAYMARK, *args], capture_output=True, text=True, timeout=300, **more)


class Counts:
    passed = failed = proved = breached = open = attacks = hits = hits_again = 0
    promises = kept = unsure = 0


def attack(path, events, seed):
    """What an attack on a policy, or on what two have in common, found."""
    got = subprocess.run([ATTACK, path, str(events), str(seed)], capture_output=True, text=True, timeout=3600)
    last = got.stdout.strip().split("\n")[-1]
    numbers = re.search(r"^(\d+) events, .* again with (\d+) hits; (\d+) hits, (\d+) proved, (\d+) failed$", last)
    if not numbers:
        Counts.failed += 1
        print("FAIL  the attack on %s: %s %s" % (path, got.stdout[-500:], got.stderr[-1500:]))
        return False
    Counts.attacks += int(numbers.group(1))
    Counts.hits_again += int(numbers.group(2))
    Counts.hits += int(numbers.group(3))
    Counts.proved += int(numbers.group(4))
    if int(numbers.group(5)):
        Counts.failed += 1
        print("FAIL  what was proved of %s does not hold:\n%s" % (path, got.stdout[:3000]))
        return False
    return True


def prove(text, folder):
    """What prove says of a policy, and the policy's and the histories' files; None: it has errors."""
    path, scenarios = os.path.join(folder, "policy.way"), os.path.join(folder, "breaches.way")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    got = run("prove", path, "--json", "--scenarios", scenarios)
    if got.returncode not in (0, 1) or not got.stdout:
        return None, path, scenarios
    return json.loads(got.stdout), path, scenarios


def histories_show(text, folder, scenarios, name):
    """As scenarios, all histories do what they are shown for."""
    with open(scenarios, encoding="utf-8") as f:
        written = f.read()
    if not written:
        return True
    both = os.path.join(folder, "both.way")
    with open(both, "w", encoding="utf-8") as f:
        f.write(text + "\n" + written)
    tested = run("test", both, "--filter", "Breach ")
    if re.search(r"^[1-9]\d* passed, 0 failed$", tested.stdout, re.M):
        return True
    Counts.failed += 1
    print("FAIL  %s: a history does not show what it should\n%s" % (name, tested.stdout[-1500:]))
    return False


def one_policy(number, events, folder):
    written = compare.without_contradictions(folder, generate.Policy(number)).text()
    said, path, scenarios = prove(written, folder)
    if not said:
        return
    Counts.breached += sum(p["verdict"] == "breach" for p in said["promises"])
    Counts.open += sum(p["verdict"] == "open" for p in said["promises"])
    if not attack(path, events, number):
        kept = os.path.join(tempfile.gettempdir(), "waymark-proved-%d.way" % number)
        shutil.copy(path, kept)
        print("      policy %d is in %s" % (number, kept))
    elif histories_show(written, folder, scenarios, "policy %d" % number):
        Counts.passed += 1


def promise_by_chance(number, events, folder):
    text = promised.HEAD + promised.by_chance(random.Random(number)) + promised.FOOT
    said, path, scenarios = prove(text, folder)
    if not said:
        return
    Counts.promises += 1
    Counts.kept += said["promises"][0]["verdict"] == "proved"
    Counts.unsure += said["promises"][0]["verdict"] == "open"
    if not attack(path, events, number):
        print(text)
    elif histories_show(text, folder, scenarios, "promise %d" % number):
        Counts.passed += 1


def one_promise(kind, name, text, verdict, says, events, folder):
    """What is to be said of it, is; and an attack finds nothing against what is proved."""
    said, path, scenarios = prove(text, folder)
    own = [p for p in said["promises"] if p["says"].startswith(kind)] if said else []
    if len(own) != 1 or own[0]["verdict"] != verdict or says not in json.dumps(own[0]):
        Counts.failed += 1
        print("FAIL  a promise, %s: %s" % (name, own or run("prove", path).stderr))
    elif attack(path, events, 1) and histories_show(text, folder, scenarios, name):
        Counts.passed += 1


def one_question(name, text, args, wanted, events, folder):
    """What prove asks by itself is answered, of a policy with a fault or without it."""
    path = os.path.join(folder, "policy.way")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    got = run("prove", path, "--json", *args)
    said = json.loads(got.stdout) if got.stdout else None
    answers = {
        "waits": lambda: len(said["waits"]), "open": lambda: said["referrals"]["open"],
        "debt": lambda: said["debts"][0]["verdict"], "fund": lambda: said["funds"][0]["verdict"],
        "differ": lambda: len(said["locked"]["differ"])}
    answer = said and {key: answers[key]() for key in wanted}
    if answer != wanted:
        Counts.failed += 1
        print("FAIL  %s: %s, not %s\n%s%s" % (name, answer, wanted, got.stdout[:1500], got.stderr[:1500]))
    elif attack(path, events, 1):
        Counts.passed += 1


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    events = int(sys.argv[3]) if len(sys.argv) > 3 else 5000
    with tempfile.TemporaryDirectory(prefix="waymark-prove-") as folder:
        for number in range(seed, seed + count):
            one_policy(number, events, folder)
        for number in range(seed, seed + 2 * count):
            promise_by_chance(number, events, folder)
        for name, body, verdict, says in promised.PROMISES:
            one_promise("always ", name, promised.HEAD + body + promised.FOOT, verdict, says, events, folder)
        for name, text, args, wanted in questions.QUESTIONS:
            one_question(name, text, args, wanted, events, folder)
        for name, body, more, verdict, says in promised.PROHIBITIONS:
            foot = promised.FOOT.replace("\ncounty butte", more + "\ncounty butte")
            one_promise("never ", name, promised.HEAD + body + foot, verdict, says, events, folder)
    for path in ("policies", "tests/daemon/policies", "tests/audit/things"):
        Counts.passed += attack(os.path.join(TOP, path), events, seed)
    print("%d policies of SEED=%d: %d proved, %d with a history against them, %d not decided; "
          "%d events attacked them, %d hits of what is not proved, %d of them when events came late" % (
              Counts.passed + Counts.failed, seed, Counts.proved, Counts.breached, Counts.open,
              Counts.attacks, Counts.hits, Counts.hits_again))
    print("%d promises by chance: %d proved, %d not decided" % (Counts.promises, Counts.kept, Counts.unsure))
    # A test that never hits anything shows nothing.
    if not Counts.proved or not Counts.hits or not Counts.hits_again or not Counts.kept:
        Counts.failed += 1
    print("%d passed, %d failed" % (Counts.passed, Counts.failed))
    sys.exit(1 if Counts.failed else 0)


main()
