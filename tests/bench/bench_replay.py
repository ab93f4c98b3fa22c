#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A ledger decided again under another rulebook, beside `waymark run` with as many events from a file: that
parses, decides and writes decisions; a replay opens what was sealed, decides and compares.

usage: bench_replay.py WAYMARK BIN CASES TURNS
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

POLICIES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "policies")
START, SECONDS = "1782918000", "12700000"  # from 2026-07-01 on, five months


def dearer(folder):
    path = os.path.join(folder, "policies")
    shutil.copytree(POLICIES, path)
    name = os.path.join(path, "programs", "pathway_to_safety.way")
    with open(name, encoding="utf-8") as f:
        text = f.read()
    new = re.sub(r"(amount counselling_stipend .* is )\$100\n", r"\g<1>$120\n", text)
    assert new != text
    with open(name, "w", encoding="utf-8") as f:
        f.write(new)
    return path


def timed(*args):
    """Wall clock, seconds of a processor, megabytes at most."""
    begin = time.monotonic()
    child = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode in (0, 1), (args, child.returncode)
    return time.monotonic() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main():
    waymark, binaries, cases, turns = sys.argv[1:5]
    events = int(cases) * int(turns)
    with tempfile.TemporaryDirectory() as folder:
        ledger, lines = os.path.join(folder, "l.db"), os.path.join(folder, "events.jsonl")
        tool = os.path.join(binaries, "tests", "bench", "gen_")
        subprocess.run([tool + "ledger", POLICIES, ledger, cases, turns, START, SECONDS], check=True)
        with open(lines, "w", encoding="utf-8") as f:
            subprocess.run([tool + "events", str(events), cases, START, SECONDS], stdout=f, check=True)
        path = dearer(folder)
        for rulebook, what in ((POLICIES, "the version in force"), (path, "another amount")):
            floor, one, two = (
                timed(waymark, "run", rulebook, lines),
                timed(waymark, "replay", ledger, "--candidate", rulebook, "--jobs", "1"),
                timed(waymark, "replay", ledger, "--candidate", rulebook, "--jobs", "2"),
            )
            print("run:    %.0f events/s of a processor, %.0f MB" % (events / floor[1], floor[2]))
            print("replay: %.0f events/s of a processor, %.0f MB (%s); ratio %.2f of run" % (
                events / one[1], one[2], what, floor[1] / one[1]))
            print("        %.0f events/s with --jobs 1, %.0f with --jobs 2; ratio %.2f" % (
                events / one[0], events / two[0], one[0] / two[0]))


if __name__ == "__main__":
    main()
