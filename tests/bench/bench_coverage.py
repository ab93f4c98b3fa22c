#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What coverage costs: `waymark test` with and without it, in turn, on the shipped policies and on a
large rulebook with thousands of scenarios. User time, the least of the rounds; compare the ratios.

usage: bench_coverage.py WAYMARK
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import bench_check

ROUNDS = 7
SCENARIOS = 40  # of each of 58 counties

SCENARIO = """scenario "{n}" in county_{c}
  given survivor with age {age}
  given buyer
  given agency haven with vetted yes
  2026-07-06 session_attended with provider haven, minutes {minutes}
    expect among others
  2026-07-07 appointment_missed with explained {explained}
    expect among others
  2026-07-08 conviction
    expect among others
  2026-07-09 housing_accepted with provider haven
    expect among others
  2026-09-10
    expect among others
"""


def seconds(*args):
    child = subprocess.Popen(args, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit("bench_coverage: %s ends with %d" % (" ".join(args), child.returncode))
    return used.ru_utime + used.ru_stime


def measure(waymark, name, folder):
    plain = covered = float("inf")
    for _ in range(ROUNDS):
        plain = min(plain, seconds(waymark, "test", folder))
        covered = min(covered, seconds(waymark, "test", "--coverage", folder))
    print("test, %s: %.2f s, with coverage %.2f s, ratio %.2f" % (name, plain, covered, covered / plain))


def large(folder):
    bench_check.write(folder, True, 58, 4, 30)
    for c in range(58):
        with open(folder / "counties" / ("county_%d.way" % c), "a", encoding="utf-8") as f:
            for n in range(SCENARIOS):
                f.write("\n" + SCENARIO.format(n=n, c=c, age=10 + n, minutes=30 + n,
                                               explained="yes" if n % 3 else "no"))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    measure(sys.argv[1], "the shipped policies", "policies")
    with tempfile.TemporaryDirectory() as folder:
        large(pathlib.Path(folder))
        measure(sys.argv[1], "a large rulebook with %d scenarios" % (58 * SCENARIOS), folder)


if __name__ == "__main__":
    main()
