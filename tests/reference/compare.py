#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `waymark run` with the evaluator in this folder on policies and histories by chance.

usage: compare.py [--count N] [--seed SEED] [--examples] [--mutations quick|all]     (WAYMARK names the program)

Policy N of a seed is the same at every call. On a difference it looks for a small example, prints it
with both answers, and ends with 1. `--examples` also plays the scenarios of LANGUAGE.md and of the
shipped policies; `--mutations` proves that differences are found.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter

sys.dont_write_bytecode = True
import generate
import histories
import mutations
import policy as policies
import scenarios
import shrink
from answers import ROOT, WAYMARK, DoesNotCompile, differs
from words import Wrong

HISTORIES = 3  # of each policy


def report(chunks, history, answers, seed):
    print(f"\nseed {seed}: the answers differ. A small example:\n")
    print("\n".join("\n".join(chunk) + "\n" for chunk in chunks))
    for event in history:
        print(json.dumps(event))
    our, their = answers
    print("\nonly the reference says:")
    print("\n".join("  " + line for line in our if line not in their))
    print("only waymark says:")
    print("\n".join("  " + line for line in their if line not in our))


def examples():
    """The scenarios of LANGUAGE.md and of the shipped policies, played by this evaluator."""
    folder = os.path.join(ROOT, "tests", "golden", "language")
    books = {"policies": os.path.join(ROOT, "policies")}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".way"):
            books[name] = with_vocabulary(folder, os.path.join(folder, name))
    held, faults, left_out = 0, [], Counter({"books it cannot read": 0})
    for name, book in books.items():
        try:
            more, wrong, without = scenarios.play(policies.load(book))
        except Wrong as unknown:
            print(f"reference: {name} says something that this evaluator does not know yet: {unknown}")
            left_out["books it cannot read"] += 1
            continue
        held, faults = held + more, faults + [f"{name}: {fault}" for fault in wrong]
        left_out += without
    for fault in faults:
        print(fault)
    print(f"reference: {held} scenarios hold, {len(faults)} expectations fail")
    print("reference: not evaluated: " + (", ".join(f"{n} {what}" for what, n in left_out.items()) or "nothing"))
    return held > 0 and not faults


def with_vocabulary(folder, path):
    """A file without a time zone shares the vocabulary of the examples."""
    with open(path, encoding="utf-8") as file:
        alone = any(line.startswith("timezone") for line in file)
    return [path] if alone else [path, os.path.join(folder, "vocabulary.way")]


def without_contradictions(folder, written):
    """Provisions by chance often contradict each other, which does not compile: one of the two goes,
    and what then names it."""
    path = os.path.join(folder, "policy.way")
    for _ in range(40):
        with open(path, "w", encoding="utf-8") as file:
            file.write(written.text())
        said = subprocess.run([WAYMARK, "check", path], capture_output=True, text=True).stderr
        found = re.search(r":(\d+):\d+: error W0(?:4\d\d|201):", said)
        if not found:
            break
        written.drop_line(int(found.group(1)))
    return written


def examples_of(folder, number):
    """A policy by chance, with each of its histories."""
    written = without_contradictions(folder, generate.Policy(number))
    for nth in range(HISTORIES):
        yield written, histories.History(written, number * HISTORIES + nth).events


def compare(folder, count, seed):
    compared = skipped = 0
    began = time.monotonic()
    for number in range(seed, seed + count):
        try:
            for written, history in examples_of(folder, number):
                answers = differs(folder, written.text(), history)
                if answers:
                    show(folder, written.chunks, history, answers, number)
                    return False
            compared += 1
        except DoesNotCompile:
            skipped += 1
    print(f"reference: {compared} policies with {HISTORIES} histories each agree, {skipped} did not compile "
          f"(seed {seed}, {time.monotonic() - began:.0f} s)")
    return compared > 19 * skipped


def show(folder, chunks, history, answers, number):
    chunks, history = shrink.shrink(chunks, history, lambda c, h: fails(folder, c, h, answers))
    report(chunks, history, fails(folder, chunks, history) or answers, number)


def finds(folder, seed, count=500):
    """Whether a difference shows within so many policies."""
    for number in range(seed, seed + count):
        try:
            if any(differs(folder, written.text(), history) for written, history in examples_of(folder, number)):
                return True
        except DoesNotCompile:
            pass
    return False


def mutated(folder, chosen, seed):
    """Every mutation of this evaluator has to be found."""
    missed = []
    for name, mutation in chosen:
        with mutation():
            if not finds(folder, seed):
                missed.append(name)
    for name in missed:
        print(f"reference: not found, although this evaluator was changed: {name}")
    print(f"reference: {len(chosen) - len(missed)} of {len(chosen)} mutations were found")
    return not missed


def fails(folder, chunks, history, like=None):
    """The two answers when they differ, in the same way; None when not, or when it makes no sense."""
    source = "\n".join("\n".join(chunk) for chunk in chunks)
    try:
        answers = differs(folder, source, history)
    except Exception:  # not a policy any more
        return None
    return answers if answers and (like is None or shapes(answers) <= shapes(like)) else None


def shapes(answers):
    """In what two answers differ, roughly: so that a small example shows the same thing as a large one."""
    found = set()
    for side, line in [(0, line) for line in answers[0]] + [(1, line) for line in answers[1]]:
        if line not in answers[1 - side]:
            outcome = json.loads(line) if line.startswith("    {") else None
            found.add((side, outcome["kind"], outcome.get("action")) if outcome else
                      (side, line.split()[3 if "in the end" in line else 2]))
    return {shape for shape in found if shape[1] != "end"} or found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", action="store_true")
    parser.add_argument("--mutations", choices=("quick", "all"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="waymark-reference.") as folder:
        good = examples() if args.examples else True
        good = compare(folder, args.count, args.seed) and good
        if args.mutations:
            chosen = mutations.QUICK + (mutations.SLOW if args.mutations == "all" else ())
            good = mutated(folder, chosen, args.seed) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
