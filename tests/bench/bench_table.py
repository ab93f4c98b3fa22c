#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# How long `waymark check` takes for one large decision table, whose rows cut eight columns up again and
# again, so that exactly one fits everywhere; and for one with a row too few.
# usage: bench_table.py WAYMARK [ROWS]

import os
import random
import subprocess
import sys
import tempfile
import time

COLUMNS = 8
TOP = 100000


def cell(lo, hi):
    if lo == 0 and hi == TOP:
        return "any"
    return f"{lo}" if lo == hi else f"{lo} to {hi}"


def boxes(rows):
    chance = random.Random(1)
    all_of_them = [[(0, TOP)] * COLUMNS]
    while len(all_of_them) < rows:
        box = chance.choice(all_of_them)
        column = chance.randrange(COLUMNS)
        lo, hi = box[column]
        if lo == hi:
            continue
        at = chance.randrange(lo, hi)
        other = list(box)
        box[column], other[column] = (lo, at), (at + 1, hi)
        all_of_them.append(other)
    return all_of_them


def policy(rows):
    names = [f"f{i}" for i in range(COLUMNS)]
    out = ['timezone "America/Los_Angeles"', "case person", "event seen of person"]
    out += [f"  {name} : number from 0 to {TOP}" for name in names]
    out += ["program large", "  effective 2026-07-01", "table large_one"]
    out.append("  | " + " | ".join(names) + " | -> pay |")
    for i, box in enumerate(rows):
        out.append("  | " + " | ".join(cell(*sides) for sides in box) + f" | ${i} |")
    out += ["rule pays", "  on seen", "  pay large_one.pay to person"]
    return "\n".join(out) + "\n"


def check(waymark, rows, status):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "large.way"), "w", encoding="utf-8") as f:
            f.write(policy(rows))
        best = None
        for _ in range(3):
            start = time.monotonic()
            done = subprocess.run([waymark, "check", folder], capture_output=True, check=False)
            took = time.monotonic() - start
            if done.returncode != status:
                sys.exit(done.stderr.decode())
            best = took if best is None else min(best, took)
        return best


def main():
    rows = boxes(int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
    whole = check(sys.argv[1], rows, 0)
    short = check(sys.argv[1], rows[:-1], 1)
    print(f"check of a table of {COLUMNS} columns x {len(rows)} rows: {whole * 1000:.0f} ms, "
          f"with a gap {short * 1000:.0f} ms")


if __name__ == "__main__":
    main()
