#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Changes that a board of supervisors might make to the shipped policies, each reviewed beside a ledger of the demo's
events and more: what the document says has to be what counting the recorded outcomes by hand comes to, the same bytes
every time, and nothing that a page may not hold.

usage: WAYMARK=build/waymark test_review.py
"""
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(HERE, "..", "daemon"))
from waymarkd import WAYMARK, Folder, end_with_its_daemons, event  # noqa: E402

SHIPPED = os.path.join(ROOT, "policies")
PROGRAM = "programs/pathway_to_safety.way"
VOID = {"meta", "br", "img", "input", "hr", "link"}
MAY_BE_OPEN = {"td", "tr", "th", "li", "p"}


class Page(html.parser.HTMLParser):
    """Its text, and whether its tags close."""

    def __init__(self, source):
        super().__init__()
        self.open, self.text, self.tags = [], [], set()
        self.feed(source)
        assert not self.open, self.open
        self.words = re.sub(r"\s+", " ", " ".join(self.text))

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not [v for k, v in attrs if k.startswith("on") or (v or "").startswith(("http", "javascript"))]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open[-1] != tag and self.open[-1] in MAY_BE_OPEN:
            self.open.pop()
        assert self.open and self.open.pop() == tag, (tag, self.open[-4:])

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text.append(data)


def demo_events():
    with open(os.path.join(ROOT, "daemon", "demo", "events.jsonl"), encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def more_sessions():
    """The demo has few that are paid. They come late: their cases are decided again."""
    data = {"service": "counselling", "provider": "A-HAVEN", "minutes": 75}
    for n, (who, day) in enumerate((("S-8K2M4P", "07-16"), ("S-8K2M4P", "07-17"), ("S-3T9WLC", "08-12"))):
        yield event("session_attended", who, id="more-%d" % n, time="2026-%sT10:00:00-07:00" % day, data=data)


VIOLATIONS = (8, 12, 49, 50, 99, 100)  # that inspections find
AGES = (13, 16, 17, 18, 24)            # of youths who are referred to the valley


def elsewhere():
    """Of the programs of Los Angeles and Contra Costa."""
    for n, violations in enumerate(VIOLATIONS):
        data = {"violations": violations, "trafficking": "not_found", "survivors_met": 0}
        yield event("establishment_inspected", "E-%d" % n, id="inspected-%d" % n, county="contra_costa", data=data,
                    time="2026-07-%02dT10:00:00-07:00" % (n + 6))
    for n, days in enumerate((2, 3, 4, 7)):  # until services begin
        data = {"age_now": 13 + n, "exploitation_kind": "commercial_sex", "at_risk": False}
        who = {"county": "contra_costa", "casekind": "youth"}
        yield event("screened", "Y-%d" % n, id="screened-%d" % n, data=data, time="2026-07-06T10:00:00-07:00", **who)
        yield event("child_services_begun", "Y-%d" % n, id="begun-%d" % n, time="2026-07-%02dT10:00:00-07:00" % (6 + days),
                    **who)
    for n, age in enumerate(AGES):
        data = {"area": "san_fernando_valley", "age": age, "referral_origin": "school", "system_involved": False,
                "charged": False}
        yield event("youth_referred", "LY-%d" % n, id="referred-%d" % n, county="los_angeles", data=data,
                    time="2026-07-%02dT10:00:00-07:00" % (n + 6))
    agency = {"vetted": True, "trauma_informed": True}
    yield event("agency_vetted", "AG-LA", id="vetted-la", county="los_angeles", data=agency,
                time="2026-07-01T10:00:00-07:00")
    for n, day in enumerate(("2026-09-29", "2026-09-30", "2026-10-01", "2026-10-02")):
        data = {"service": "counselling", "provider": "AG-LA", "minutes": 60}
        yield event("session_attended", "SV-LA", id="la-%d" % n, county="los_angeles", data=data,
                    time="%sT10:00:00-07:00" % day)


def all_events():
    return [*demo_events(), *more_sessions(), *elsewhere()]


def record(folder):
    """The events are decided; all outcomes that stand, from the feed."""
    daemon = folder.start()
    for e in all_events():
        a = daemon.send(e)
        assert a.status == 200, a
    rows = daemon.get("/v1/outcomes?after=0&limit=1000", token="read").json["outcomes"]
    feed = [row["outcome"] for row in rows]
    daemon.stop()
    gone = {o["of"] for o in feed if o["kind"] == "reversal"}
    return [o for o in feed if o["id"] not in gone and o["kind"] != "reversal"]


def changed(folder, name, *edits):
    """A copy of the shipped policies; each edit is (what stands there once, what comes instead), in the program or
    in the file that is named third."""
    new = os.path.join(folder.path, name)
    shutil.copytree(SHIPPED, new)
    for old, by, *file in edits:
        path = os.path.join(new, *(file or [PROGRAM]))
        with open(path, encoding="utf-8") as f:
            text = f.read()
        assert text.count(old) == 1, (name, old)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, by))
    return new


def review(folder, new, ledger=True):
    pages = []
    for n in range(2):
        out = os.path.join(folder.path, "packet-%d.html" % n)
        more = ["--ledger", folder.ledger] if ledger else []
        done = subprocess.run([WAYMARK, "review", SHIPPED, new, "-o", out] + more, stderr=subprocess.PIPE)
        assert done.returncode == 0, done.stderr
        with open(out, encoding="utf-8") as f:
            pages.append(f.read())
    assert pages[0] == pages[1]
    page = Page(pages[0])
    assert "script" not in page.tags
    assert folder.path not in pages[0] and ROOT not in pages[0]
    return page


def says(page, *sentences):
    for s in sentences:
        assert s in page.words, (s, page.words[:3000])


def says_nothing_of(page, *sentences):
    for s in sentences:
        assert s not in page.words, s


def differ(page, n, newly="nobody gets a benefit that was not given", no_longer="nobody loses one"):
    cases = len({e["subject"] for e in all_events()})
    says(page, "%d of %d recorded cases would have come out differently%s" % (
        n, cases, ": %s, %s." % (newly, no_longer) if n else "."))


def cents(amount):
    return int(amount.replace(".", ""))


def money(n):
    return "${:,}.{:02d}".format(n // 100, n % 100)


def is_session(o):
    return o.get("because", {}).get("block") == "counselling_session" and o["kind"] == "payment"


# ---- the changes ----


def raise_a_stipend(folder, recorded):
    page = review(folder, changed(folder, "raise", ("attend one session\" is $100", "attend one session\" is $120")))
    paid = sum(cents(o["amount"]) for o in recorded if o["kind"] == "payment" and o["status"] != "unfunded")
    sessions = [o for o in recorded if is_session(o)]
    whom = len({o["to"] for o in sessions})
    assert len(sessions) >= 2
    says(
        page,
        "Paid in the recorded time: %s as recorded, %s under the change, %s more."
        % (money(paid), money(paid + 2000 * len(sessions)), money(2000 * len(sessions))),
        "Counselling stipend: What a survivor is offered to attend one session, in all 58 counties: $120.00 instead of $100.00",
        "Then: a payment of $120.00 to the survivor, from the fund",
        "$100.00 $120.00",
        "left unpaid, for lack of money in the fund “Incentives to attend” $0.00 $200,040.00",
    )
    differ(page, whom)


def raise_it_in_one_county_from_a_day_on(folder, recorded):
    """The figure is told with its day and its place, and the money of the other counties not at all."""
    path = os.path.join(SHIPPED, "counties", "los_angeles.way")
    with open(path, encoding="utf-8") as f:
        last = f.read().rstrip().splitlines()[-1]
    page = review(folder, changed(folder, "raise-one", (last, last + "\n\nchange amount counselling_stipend to $125 from 2026-10-01",
                                                       "counties/los_angeles.way")))
    paid = sum(cents(o["amount"]) for o in recorded if o["kind"] == "payment" and o["to"] in ("SV-LA", "AG-LA"))
    differ(page, 1)
    says(
        page,
        "What a survivor is offered to attend one session, in Los Angeles County: $125.00 instead of $100.00 from 2026-10-01",
        "Whom it would have concerned: 1 in Los Angeles County (survivor)",
        "Los Angeles County paid %s %s $50.00" % (money(paid), money(paid + 5000)),
        "Money by program",
        "Pathway to Safety paid",
        "Projections: all 12 come to the same amounts as before.",
    )
    says_nothing_of(page, "candidate", "los_angeles paid", "Alameda County paid", "1686")
    assert sum(o["kind"] == "payment" and o.get("to") == "SV-LA" for o in recorded) == 4


def add_a_tier(folder, recorded):
    third = """  tier 3 when count of conviction is 3
    assess $20,000 as third_course due within fee_time
  tier 4 when count of conviction >= 4
    cite"""
    page = review(folder, changed(folder, "tier", ("  tier 3 when count of conviction >= 3\n    cite", third)))
    assert recorded
    differ(page, 0)
    says(page, "third course", "assess $20,000.00")
    assert page.words.count("A person was convicted") >= 3 or page.words.count("convict") >= 3


def shorten_a_deadline(folder, recorded):
    page = review(folder, changed(folder, "deadline", ("diversion_answer_time is 14 days", "diversion_answer_time is 7 days")))
    asked = [o for o in recorded if o.get("because", {}).get("block") == "attendance" and o["kind"] == "referral"]
    assert asked
    says(page, "14 days 7 days", "Diversion answer time, in all 58 counties: 7 days instead of 14 days")
    differ(page, len({o["id"] for o in asked}))


def cap_a_fund(folder, recorded):
    page = review(
        folder,
        changed(
            folder,
            "cap",
            ("incentives_budget is $1,000,000", "incentives_budget is $150"),
            ("fund incentives with $200,100 left", "fund incentives with $150 left", PROGRAM.replace(".way", "_scenarios.way")),
        ),
    )
    sessions = [o for o in recorded if is_session(o)]
    says(
        page,
        "Left unpaid for lack of money in the recorded time: $0.00 as recorded, %s under the change, %s more."
        % ((money(sum(10000 * (n - 1) for n in (len(sessions) - 4, 4))),) * 2),
        "Funds that run out, and the first day on which they had not enough",
        "Incentives to attend Alameda County never",
        "$1,000,000.00 $150.00",
    )


def except_minors(folder, recorded):
    """Nobody asked for the age of survivors before: what history cannot tell is said first."""
    pays = "provider.trauma_informed\n  pay counselling_stipend"
    page = review(
        folder,
        changed(
            folder,
            "minors",
            (pays, pays.replace("\n", "\n      and (age >= 18 or unknown)\n", 1)),
            ("  safe_housing      : ", "  age : years optional\n  safe_housing      : ", "vocabulary.way"),
            ('joins Pathway to Safety"\n', 'joins Pathway to Safety"\n  sets age\n', "vocabulary.way"),
        ),
    )
    assert recorded
    says(page, "The change asks 1 thing that the recorded history does not hold")
    differ(page, 0)


FINES = """  | 10 to 49    | many_fine   |
  | 50 to 99    | $3,500      |
"""


def add_a_tier_to_a_table(folder, recorded):
    """A table is told line by line, and the scenarios that are wanted for its new line."""
    page = review(folder, changed(folder, "table", ("  | 10 to 99    | many_fine   |\n", FINES,
                                                   "programs/contra_costa_response.way")))
    dearer = [v for v in VIOLATIONS if 50 <= v <= 99]
    differ(page, len(dearer))
    says(
        page,
        "Tables, line by line The fine by the number of violations before the change after the change"
        " 10 to 99 | $2,500.00 10 to 49 | $2,500.00 50 to 99 | $3,500.00",
        "Scenarios after the change: 136 hold, 1 do not; none was touched along with it.",
        "Contra Costa County assessed",
        money(100000 * sum(dearer)),
        "10 to 49 it ends a little later",  # and the scenarios notice nothing of that
    )
    assert len([o for o in recorded if o.get("because", {}).get("block") == "inspection"]) == len(VIOLATIONS)


def shorten_a_time_that_scenarios_hold_to(folder, recorded):
    """What was tested no longer holds, and less of it is tested."""
    page = review(folder, changed(folder, "sooner", ("child_services_time is 7 days", "child_services_time is 3 days",
                                                    "programs/contra_costa_response.way")))
    differ(page, 4)  # the day by which it is asked for; and of two that it is late
    says(
        page,
        "Child services time, in Contra Costa County: 3 days instead of 7 days",
        "Scenarios after the change: 135 hold, 2 do not; none was touched along with it.",
        "Before the change: 6 of 6 such small changes are noticed by a scenario.",
        "After the change: 4 of 6 such small changes are noticed by a scenario.",
        "Of 6 small mistakes in what it touches, 2 would be noticed by no scenario.",
    )
    assert "Services for a child have not begun" not in str(recorded)


def except_minors_from_a_place(folder, recorded):
    """What it says before and after, an example, and who would have had no place."""
    old = "area is san_fernando_valley and age is known and age <= oldest_age\n"
    page = review(folder, changed(folder, "valley", (old, old.replace("\n", " and age >= 18\n"), "programs/cast_pilot.way")))
    young = [a for a in AGES if a < 18]
    differ(page, len(young), no_longer="%d lose one" % len(young))
    says(
        page,
        "If “area” is san fernando valley, and “age” is 24 years or less, and “age” is 18 years or more",
        "Somebody refers a youth to the pilot: area san fernando valley, age 17 years",
        "enrol in san fernando valley nothing follows",
        "Los Angeles County youth %d 0 %d" % (len(young), len(young)),
    )
    assert len([o for o in recorded if o["kind"] == "enrolment" and "san_fernando_valley" in str(o)]) == len(AGES)


def nothing(folder, recorded):
    page = review(folder, changed(folder, "same"))
    assert recorded
    says(page, "The change decides every case as before.")
    differ(page, 0)
    says_nothing_of(page, "Would a small mistake be noticed?")


def without_a_ledger(folder, recorded):
    page = review(folder, os.path.join(folder.path, "raise"), ledger=False)
    assert recorded and "recorded cases" not in page.words


def what_it_cannot_answer(folder, recorded):
    """Nothing is written, and it says why."""
    assert recorded
    broken = changed(folder, "broken", ("stipend counselling_session", "stipend"))
    out = os.path.join(folder.path, "none.html")
    cut = os.path.join(folder.path, "cut.db")
    with open(folder.ledger, "rb") as f, open(cut, "wb") as g:
        g.write(f.read()[:20000])
    for args, status, why in (
        ([SHIPPED, broken], 1, b"error W0"),
        ([SHIPPED, SHIPPED, "--ledger", os.path.join(folder.path, "nowhere.db")], 3, b"nowhere.db"),
        ([SHIPPED, SHIPPED, "--ledger", cut], 3, b"cut.db"),
    ):
        done = subprocess.run([WAYMARK, "review", "-o", out] + args, stderr=subprocess.PIPE)
        assert done.returncode == status and why in done.stderr, done
        assert not os.path.exists(out)


def main():
    end_with_its_daemons()
    tests = (raise_a_stipend, raise_it_in_one_county_from_a_day_on, add_a_tier, add_a_tier_to_a_table,
             shorten_a_deadline, shorten_a_time_that_scenarios_hold_to, cap_a_fund, except_minors,
             except_minors_from_a_place, nothing, without_a_ledger, what_it_cannot_answer)
    with Folder(policies=SHIPPED) as folder:
        recorded = record(folder)
        for t in tests:
            t(folder, recorded)
            print("ok    %s" % t.__name__)
    print("%d passed, 0 failed" % len(tests))


if __name__ == "__main__":
    main()
