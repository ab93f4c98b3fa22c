#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How `waymark prove` and `waymark diff` grow with the blocks, thresholds and steps of a rulebook, in time and
memory; and what they take for the shipped policies, all counties, beside a change of every amount.

usage: bench_proofs.py WAYMARK POLICIES
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HEAD = """timezone "America/Los_Angeles"

case person "A person"
  age : years from 0 to 120 optional

event seen of person
  minutes : number from 0 to 100000

event missed of person

event ended of person

action arrest

party office

program p "P"
  effective 2026-07-01

never order arrest for person when count of seen is 0

never assess more than $1,000,000 per case per year

"""
COUNTY = """
county alameda "Alameda County"
  adopts p from 2026-07-01
"""


def rule(i, test, more=0):
    return """rule r_%d of person
  on seen when %s
  order arrest
  assess $%d as line_%d

""" % (i, test, 10 + i + more, i)


def blocks(n, more=0):
    return "".join(rule(i, "minutes >= %d and minutes < %d and count of seen <= %d" % (
        10 * i, 10 * i + 20, 2 + i % 9), more * (i == n - 1)) for i in range(n))


def thresholds(n, more=0):
    tests = " or ".join("(minutes >= %d and minutes < %d)" % (10 * i, 10 * i + 5) for i in range(n - 1))
    return rule(0, "(%s) and count of seen <= 3" % (tests + (" or " if tests else "") + "minutes is %d" % (
        99991 + more)))


def steps(n, more=0):
    out = ["escalation e of person"]
    for i in range(n):
        out += ["  step s_%d%s" % (i, " after s_%d" % (i - 1) if i else ""), "    on missed",
                "    assess $%d as fee" % (5 + i + more * (i == 3))]
    return "\n".join(out + ["  ends on ended", ""])


def measure(*command):
    """Seconds and megabytes, the best of three."""
    best, most = None, 0
    for _ in range(3):
        begin = time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        taken = time.monotonic() - begin
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            sys.exit("%s failed" % " ".join(command))
        best = taken if best is None else min(best, taken)
        most = max(most, usage.ru_maxrss / 1024)
    return best, most


def write(folder, text):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "p.way"), "w", encoding="utf-8") as f:
        f.write(HEAD + text + COUNTY)
    return folder


def row(what, n, first, waymark, old, new):
    prove, diff = measure(waymark, "prove", old), measure(waymark, "diff", old, new)
    first = first or (n, prove[0], diff[0])
    print("%-12s %6d   prove %7.3f s %6.1f MB   diff %7.3f s %6.1f MB   x%-3d takes x%.1f and x%.1f" % (
        what, n, *prove, *diff, n // first[0], prove[0] / first[1], diff[0] / first[2]))
    return first


def dearer(folder):
    """Every amount of the policies is a dollar more."""
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            with open(path, encoding="utf-8") as f:
                text = f.read()
            text = re.sub(r"^(amount [^\n$]*\$)([\d,]+)$", lambda m: m.group(1) + format(
                int(m.group(2).replace(",", "")) + 1, ","), text, flags=re.M)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)


def main():
    waymark, policies = sys.argv[1], sys.argv[2]
    scratch = tempfile.mkdtemp(prefix="waymark-proofs-")
    old, new = os.path.join(scratch, "old"), os.path.join(scratch, "new")
    try:
        shutil.copytree(policies, old)
        shutil.copytree(policies, new)
        dearer(new)
        row("shipped", 58, None, waymark, old, new)
        shutil.rmtree(old)
        shutil.rmtree(new)
        for what, make, sizes in (("blocks", blocks, (50, 100, 200, 400, 800)),
                                  ("thresholds", thresholds, (4, 8, 16, 32, 64)),
                                  ("steps", steps, (4, 8, 16, 32))):
            first = None
            for n in sizes:
                first = row(what, n, first, waymark, write(old, make(n)), write(new, make(n, 1)))
    finally:
        shutil.rmtree(scratch)


main()
