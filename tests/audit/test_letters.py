#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Letters to the person concerned: they can be read, and they keep to themselves what is not to be told.

The letters of all scenarios of the shipped policies are read: no names of the policy's own, and short
words in short sentences. Then a policy whose confidential facts, other cases, texts and names are
canaries: none of them stands in a letter, whatever the form and the options; the auditor is told them.
The last line is "N passed, N failed".
"""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
WAYMARK = os.path.abspath(os.environ.get("WAYMARK") or os.path.join(TOP, "build", "waymark"))
GRADE = 6.0  # of school, by Flesch and Kincaid, for what is not quoted

passed = failed = 0


def check(what, holds, *more):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print("FAIL ", what, *more, sep="\n  ")


def waymark(*args):
    got = subprocess.run([WAYMARK, *args], capture_output=True, text=True, timeout=120)
    return got.stdout + got.stderr


# ---- can they be read? ----

def syllables(word):
    word = word.lower()
    groups = re.findall(r"[aeiouy]+", word)
    silent = word.endswith("e") and len(groups) > 1 and not word.endswith("le")
    return max(1, len(groups) - silent)


def grade(text):
    sentences = [s for s in re.split(r"[.?!:;]\s", text) if re.search(r"[a-z]", s)]
    words = re.findall(r"[A-Za-z]+", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def unquoted(letter):
    """What Waymark itself says: without the titles and citations, which are the authors'."""
    letter = re.sub(r"“[^“”]*(?:“[^“”]*”[^“”]*)*”", "it", letter)
    lines = [line for line in letter.splitlines() if not re.match(r"[=-]{3}", line)]
    return re.sub(r"\s+", " ", " ".join(lines))


def shipped_letters():
    told = waymark("test", "--trace", "--for", "person", os.path.join(TOP, "policies"))
    letters = re.split(r"(?m)^(?=.*\n={5,}$)", told.rpartition("\n")[0])
    return [letter for letter in letters if "What we decided" in letter]


def letters_can_be_read():
    letters = shipped_letters()
    check("there are letters", len(letters) > 100, len(letters))
    for letter in letters:
        case = re.search(r"Your case: (\S+)\. ", letter).group(1)
        own = re.sub(r"(?m)^== .*$", "", letter).replace(case, "")
        check("a letter has no names of the policy's own", "_" not in own and ".way" not in own, letter)
    whole = grade(" ".join(map(unquoted, letters)))
    check(f"letters are read in grade {GRADE}", whole <= GRADE, whole)
    hard = [letter for letter in letters if grade(unquoted(letter)) > GRADE + 3]
    check("no letter is much harder than that", not hard, *hard[:3])


# ---- what they keep to themselves ----

POLICY = '''timezone "America/Los_Angeles"
case person "A person"
  health : one of canary_ill, canary_well confidential default canary_well
  debts : money confidential default $4711.11
  age : years optional
  diary : text optional
  helper : agency optional
case agency "An agency"
  vetted : yes/no default no
  secret_score : number confidential default 0
  price : money default $998.80
event visit of person "You came to a visit"
  minutes : number from 0 to 1000
  provider : agency
  remark : text optional
event note of person "Something was noted"
  sets health, debts, age, diary, helper
event judged of agency
  sets vetted, secret_score
event answered of person "The office answered"
event review_requested of person "A person asks to look at it again"
party canary_party "The office of the county"
fund canary_fund "Money for visits"
requirement canary_form "A form"
action canary_action "A visit at home"

program canary_program "Help for people"
  effective 2026-07-01
period review_time is 30 days
amount canary_amount is $33.33
stipend canary_stipend "Visits are paid"
  cite "Section 7"
  on visit when minutes >= 60 and provider.vetted
  pay canary_amount x 2 to person from canary_fund
stipend canary_ill_stipend "More for who needs it"
  on visit when minutes >= 30 and health is canary_ill
  pay $50 to person from canary_fund
stipend canary_share "A share of the price"
  on visit
  pay 10% of provider.price rounded down to the cent to person
stipend canary_scored "The agency's share"
  on visit when provider.secret_score > 3
  pay $77.77 to provider
stipend canary_elder of person "For who is older"
  on visit when age >= 60 or unknown
  pay $5 to person
rule canary_rule
  on visit
  refer to canary_party answered by answered within 14 days
    otherwise notify canary_party "canary_message"
  set health to canary_ill
  set debts to $815.15
  require canary_form within 10 days
  order canary_action
rule canary_review
  on review_requested
  notify canary_party "canary_review_message"
county alpha "Alpha County"
  adopts canary_program from 2026-07-01
'''

CANARIES = ["canary", "canary ", "4711", "815.15", "C4N4RY", "998.80", "77.77", "secret", "diary", "p.way", "p.jsonl"]


def event(id, type, subject, time, **data):
    return {"specversion": "1.0", "id": id, "source": "/C4N4RY-SOURCE", "type": type, "subject": subject, "time": time,
            "county": "alpha", "data": data}


EVENTS = [
    event("1", "judged", "C4N4RY-AGENCY", "2026-07-01T09:00:00-07:00", vetted=True, secret_score=5),
    event("2", "note", "P-1", "2026-07-02T09:00:00-07:00", debts="4711.11", diary="C4N4RY-DIARY", age=30,
          health="canary_well", helper="C4N4RY-HELPER"),
    event("3", "visit", "P-1", "2026-07-03T09:00:00-07:00", minutes=61, provider="C4N4RY-AGENCY",
          remark="C4N4RY-REMARK"),
    event("4", "visit", "P-1", "2026-07-04T09:00:00-07:00", minutes=20, provider="C4N4RY-OTHER"),
    event("5", "visit", "P-1", "2026-07-05T09:00:00-07:00", minutes=90, provider="C4N4RY-OTHER"),
]


def found(text):
    return [c for c in CANARIES if c.lower() in text.lower()]


def nothing_leaks(folder):
    policy, feed = os.path.join(folder, "p.way"), os.path.join(folder, "p.jsonl")
    page = os.path.join(folder, "letter.html")
    with open(policy, "w", encoding="utf-8") as f:
        f.write(POLICY)
    with open(feed, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(e) + "\n" for e in EVENTS)
    said = waymark("check", policy)
    check("the policy compiles", "no errors" in said, said)
    if "no errors" not in said:
        return
    plain = ["explain", policy, feed, "--for", "person"]
    letter = waymark(*plain, "--case", "P-1")
    for more in ([], ["--case", "P-1"], ["--confidential"], ["--json"], ["--next"], ["--places"], ["--any-order"],
                 ["--next", "--until", "2027-01-01", "--confidential", "--json"]):
        told = waymark(*plain, *more)
        check(f"nothing leaks with {more}", not found(told), found(told), told)
    waymark(*plain, "--next", "--html", page)
    with open(page, encoding="utf-8") as f:
        html = f.read()
    check("nothing leaks into a page", "You get" in html and not found(html), found(html))
    check("letters say something", letter.count("What we decided") == 3, letter)
    flat = re.sub(r"\s+", " ", letter)
    for says in ("You get $66.66 on July 3, 2026.", "$33.33 x 2 = $66.66.", "We looked at this: minutes: 61.",
                 "“The office of the county”.", "By July 17, 2026, this should have happened: “The office answered”.",
                 "For this, “minutes” has to be 60 or more. It was 20.", "It was 20. There is more to it. Please ask us.", "“Visits are paid”. Please ask us for the reason.",
                 "We do not put the reason in a letter. Please ask us.",
                 "We do not put in a letter how we worked out the amount. Please ask us.",
                 "For this, “age” has to be 60 years or more. It was 30 years.",
                 "You can ask us to look at this again. Ask for it by August 2, 2026."):
        check(f"letters say {says}", says in flat, flat)
    auditor = waymark("explain", policy, feed, "--confidential", "--next")
    for canary in ("canary_ill", "815.15", "C4N4RY-AGENCY", "77.77", "canary_message"):
        check(f"the auditor is told {canary}", canary in auditor)
    worker = waymark("explain", policy, feed, "--for", "worker")
    hidden = [c for c in ("4,711.11", "4711", "815.15", "p.way", "canary well") if c in worker]
    check("the worker is told nothing confidential, and no files", not hidden, hidden, worker)
    check("unless the worker asks", "p.way:" in waymark("explain", policy, feed, "--for", "worker", "--places"))


def main():
    letters_can_be_read()
    with tempfile.TemporaryDirectory() as folder:
        nothing_leaks(folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
