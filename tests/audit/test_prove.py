#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `waymark prove` says is attacked.

    test_prove.py [COUNT] [SEED] [HISTORIES]

Policies and histories by chance, from the generator of the second evaluator: no event of any history
may be refused for a prohibition that was proved, and no promise that was proved may be broken. Each
history that prove shows must do so: as a scenario it passes. The last line is "N passed, N failed".
"""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "reference"))

import compare  # noqa: E402
import generate  # noqa: E402
import histories  # noqa: E402

TOP = os.path.join(HERE, "..", "..")
WAYMARK = os.path.abspath(os.environ.get("WAYMARK") or os.path.join(TOP, "build", "waymark"))


def run(*args, **more):
    return subprocess.run([WAYMARK, *args], capture_output=True, text=True, timeout=300, **more)


class Counts:
    passed = failed = proved = breached = open = attacks = hits = 0


def broken_by(path, written, seed, folder):
    """The names of the prohibitions and promises that a history runs against."""
    events = histories.History(written, seed).events
    feed = os.path.join(folder, "events.jsonl")
    with open(feed, "w", encoding="utf-8") as f:
        for event in events:
            if not isinstance(event.get("data", {}).get("outcome"), list):
                f.write(json.dumps(event) + "\n")
    got = run("run", path, feed, "--until", "2030-01-01")
    Counts.attacks += len(events)
    names = set()
    for line in got.stdout.splitlines():
        found = json.loads(line)
        for outcome in found.get("outcomes", []):
            if outcome.get("action") == "broken":
                names.add(outcome["because"]["block"])
        stopped = found.get("stopped") or {}
        names.update(e["where"] for e in stopped.get("errors", []) if "where" in e)
    names.update(re.findall(r"breaks-never.*?: ?([a-z_0-9]+):", got.stderr))
    names.update(re.findall(r"\b(never_\d+|only_after_\w+|always_\w+|cap_\w+)\b", got.stderr))
    return names


def one_policy(number, count, folder):
    written = compare.without_contradictions(folder, generate.Policy(number))
    path = os.path.join(folder, "policy.way")
    with open(path, "w", encoding="utf-8") as f:
        f.write(written.text())
    scenarios = os.path.join(folder, "breaches.way")
    got = run("prove", path, "--json", "--scenarios", scenarios)
    if got.returncode not in (0, 1) or not got.stdout:
        return False
    said = json.loads(got.stdout)
    proved = {p["name"]: p for p in said["promises"] if p["verdict"] == "proved"}
    Counts.proved += len(proved)
    Counts.breached += sum(p["verdict"] == "breach" for p in said["promises"])
    Counts.open += sum(p["verdict"] == "open" for p in said["promises"])
    for nth in range(count):
        hit = broken_by(path, written, number * 1000 + nth, folder)
        Counts.hits += len(hit)
        for name in hit & set(proved):
            Counts.failed += 1
            print("FAIL  policy %d, history %d runs against what was proved: %s" % (
                number, nth, proved[name]["says"]))
            return True
    with open(scenarios, encoding="utf-8") as f:
        text = f.read()
    if text:
        both = os.path.join(folder, "both.way")
        with open(both, "w", encoding="utf-8") as f:
            f.write(written.text() + "\n" + text)
        tested = run("test", both, "--filter", "Breach ")
        if not re.search(r"^[1-9]\d* passed, 0 failed$", tested.stdout, re.M):
            Counts.failed += 1
            print("FAIL  policy %d: a history does not show what it should\n%s" % (number, tested.stdout[-1500:]))
            return True
    Counts.passed += 1
    return True


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    each = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory(prefix="waymark-prove-") as folder:
        for number in range(seed, seed + count):
            one_policy(number, each, folder)
    print("%d policies of SEED=%d: %d proved, %d with a history against them, %d not decided; "
          "%d events attacked them, %d hits of what is not proved" % (
              Counts.passed + Counts.failed, seed, Counts.proved, Counts.breached, Counts.open,
              Counts.attacks, Counts.hits))
    # A test that never hits anything shows nothing.
    if not Counts.proved or not Counts.hits:
        Counts.failed += 1
    print("%d passed, %d failed" % (Counts.passed, Counts.failed))
    sys.exit(1 if Counts.failed else 0)


main()
