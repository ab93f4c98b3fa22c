#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long `waymark check` takes, and how much memory, for a large rulebook: 58 counties that adopt 20
programs of 100 blocks each.

usage: bench_check.py WAYMARK                 measures both kinds of rulebook, the best of three runs
       bench_check.py --write FOLDER mixed|plain [COUNTIES PROGRAMS BLOCKS]

`mixed` has every kind of block, tiers, escalations, schedules, deadlines, dated parameters, and counties
that change, replace and drop; `plain` has short rules and counties that only adopt. The same numbers write
the same bytes.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

SIZES = (58, 20, 100)  # counties, programs, blocks of each

VOCABULARY = """timezone "America/Los_Angeles"

calendar courts
  holiday 2026-07-03 "Independence Day (observed)"
  weekend Saturday, Sunday

case survivor "A person who takes part"
  age     : years from 0 to 120 optional
  custody : one of none, juvenile, adult default none

case buyer "A person convicted of buying sex"

case agency "A provider of services"
  vetted : yes/no default no

event intake of survivor
  sets age, custody

event session_attended of survivor
  provider : agency
  minutes  : number from 0 to 1440

event appointment_missed of survivor
  explained : yes/no

event plan_agreed of survivor

event housing_accepted of survivor
  provider : agency

event housing_ended of survivor

event contact of survivor

event conviction of buyer

event hearing_missed of buyer

action dispatch_advocate
action arrest

party advocate
party office

requirement care_plan

fund services
"""

STIPEND = """stipend block_{p}_{i} "${dollars} for a session"
  cite "Survivors are offered ${dollars} per session to attend."
  on session_attended when minutes >= minutes_{p} and provider.vetted and count of contact < {n}
  pay stipend_{p}_{k} to survivor from services
  at most {n} per week
  at most $400 per month
"""
SCHEDULE = """schedule block_{p}_{i} "${dollars} monthly"
  cite "Providers will be offered ${dollars} monthly for 12 months"
  on housing_accepted when provider.vetted and (custody is none or age is unknown or age < 18)
  pay stipend_{p}_{k} to provider monthly for 12 months starting first of next month from services
  holds while custody is not adult
  stops on housing_ended
"""
ESCALATION = """escalation block_{p}_{i} of survivor "Missed appointments"
  step first_miss
    on appointment_missed when not explained
    refer to advocate answered by session_attended within answer_time_{p}
      otherwise notify office "No answer"
  step second_miss after first_miss
    on appointment_missed when not explained and count of appointment_missed >= {n}
    may assess ${dollars} as line_{k} due within {n} days
  step visit after first_miss or second_miss
    when no session_attended within {days} days
    order dispatch_advocate
  ends on plan_agreed
"""
FINE = """fine block_{p}_{i} "A fine with tiers"
  on conviction
  tier 1 when count of conviction is 1
    assess stipend_{p}_{k} as line_{k} due within 30 days
  tier 2 when count of conviction is 2
    assess 12 x ${dollars} as line_{k} weekly
  tier 3 when count of conviction >= 3 and count of hearing_missed < {n}
    assess $3,000 as line_{k} in 12 monthly instalments
  tier 4 when count of conviction >= 3 and count of hearing_missed >= {n}
    notify office "The court decides"
"""
RULE = """rule block_{p}_{i} "A rule"
  cite "They will then be referred to the office"
  on intake when age is known and age >= {n} and custody is one of juvenile, adult
  require care_plan answered by plan_agreed within {n} business days
    otherwise notify office "No plan yet"
"""
SHARE = """rule block_{p}_{i} of buyer "A late fee"
  on hearing_missed when balance owed > ${dollars}
  assess lesser of $60 and share_{p} of balance owed rounded half up to the cent as line_{k}
"""
PLAIN = """rule block_{p}_{i}
  on contact when count of contact >= {n}
  notify advocate "A contact"
"""
MIXED = (STIPEND, SCHEDULE, ESCALATION, FINE, RULE, SHARE, RULE, STIPEND, PLAIN, RULE)


SCENARIO = """scenario "A session is paid" in county_{c}
  given survivor
  given agency haven with vetted yes
  2026-07-06 session_attended with provider haven, minutes 120
    expect among others
    expect no order arrest
"""


def block(form, p, i, shift=0):
    return form.format(i=i, p=p, k=i // 10 % 10, n=2 + i % 7, days=30 + i, dollars=50 + i + shift)


def program(p, blocks, mixed):
    yield f'program program_{p} "Program {p}"\n  effective 2026-07-01\n'
    for i in range(blocks):
        yield block(MIXED[i % len(MIXED)] if mixed else PLAIN, p, i)
    if not mixed:
        return
    for k in range(10):
        yield (f"amount stipend_{p}_{k} is ${100 + k}\n  ${110 + k} from 2027-07-01\n"
               f"  ${115 + k} from 2028-07-01\n")
    yield f"number minutes_{p} is 60\n\nperiod answer_time_{p} is 14 days\n\npercent share_{p} is 7.5%\n"
    yield "locked never order arrest for survivor\n"
    yield "never assess for survivor when age is unknown or age < 18\n"


def county(c, programs, mixed):
    yield f'county county_{c} "County {c}"\n' + "".join(
        f"  adopts program_{p} from 2026-07-01\n" for p in range(programs))
    for p in range(programs if mixed else 0):
        yield f"change number minutes_{p} to {45 + c} from 2027-01-01\n  cite \"Board of Supervisors\"\n"
        yield f"change percent share_{p} to {1 + c % 9}.5%\n"
        yield f"change amount stipend_{p}_{c % 10} to ${120 + c} from 2027-01-01\n"
        yield "replace " + block(STIPEND, p, 0, c).replace(" \"$", " from 2027-01-01 \"$", 1)
        yield f"drop rule block_{p}_{4 + 10 * (c % 3)} from 2028-01-01\n"
    if mixed:
        yield SCENARIO.format(c=c)


def write(folder, mixed, counties, programs, blocks):
    (folder / "programs").mkdir(parents=True, exist_ok=True)
    (folder / "counties").mkdir(exist_ok=True)
    (folder / "vocabulary.way").write_text(VOCABULARY)
    for p in range(programs):
        text = "\n".join(program(p, blocks, mixed))
        (folder / "programs" / f"program_{p}.way").write_text(text)
    for c in range(counties):
        text = "\n".join(county(c, programs, mixed))
        (folder / "counties" / f"county_{c}.way").write_text(text)


def run(waymark, folder):
    """Seconds and megabytes of one check."""
    began = time.monotonic()
    child = subprocess.Popen([waymark, "check", folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"bench_check: waymark check {folder} ends with {child.returncode}")
    return time.monotonic() - began, used.ru_maxrss / 1024


def measure(waymark):
    for name in ("mixed", "plain"):
        with tempfile.TemporaryDirectory() as folder:
            write(pathlib.Path(folder), name == "mixed", *SIZES)
            seconds, megabytes = min(run(waymark, folder) for _ in range(3))
            print(f"check, {name}: {seconds:.2f} s, {megabytes:.0f} MB")


if __name__ == "__main__":
    if len(sys.argv) == 2 and sys.argv[1] != "--write":
        measure(sys.argv[1])
    elif len(sys.argv) in (4, 7) and sys.argv[1] == "--write" and sys.argv[3] in ("mixed", "plain"):
        write(pathlib.Path(sys.argv[2]), sys.argv[3] == "mixed", *([int(n) for n in sys.argv[4:]] or SIZES))
    else:
        sys.exit(__doc__)
