#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps grammar/CHEATSHEET.md true: every piece of code in the first column of its tables compiles
where its section says that it belongs, and every word of grammar/keywords.c stands in some piece. The
last section of LANGUAGE.md has them all as well, and tells which ones can never be names.

    cheatsheet.py        WAYMARK names the program (build/waymark)
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GRAMMAR = os.path.join(HERE, "..", "..", "..", "grammar")
SHEET = os.path.join(GRAMMAR, "CHEATSHEET.md")
WAYMARK = os.path.abspath(os.environ.get("WAYMARK", "build/waymark"))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(GRAMMAR, "editors"))
import generate  # noqa: E402

PROGRAM = """program sheet effective 2026-07-01
amount session_fee is $100
fund gifts budget $1,000 per year
rule note on intake notify office
stipend counselling on session_attended pay $100 to survivor
schedule housing_support on housing_accepted pay $500 to office monthly for 6 times
escalation attendance of survivor step called on intake notify office
capacity house of survivor is 9 places
docket panel of survivor meets weekly on Monday at most 9 cases
stages journey of survivor stage helped on intake
share sheet_of of survivor with agency show housed
rule course of survivor on plan_agreed assess session_fee as fee
county alameda adopts sheet
"""
SCENARIO = """scenario "s" in alameda
given survivor
given agency haven
2026-07-06 intake with custody none
"""
# Where the pieces of a section stand.
FRAMES = {
    "What exists": "%s",
    "Facts and fields": "case somebody %s",
    "Programs and parameters": "program frame effective 2026-07-01 %s",
    "Blocks": "program frame effective 2026-07-01 stipend counselling on session_attended "
              "pay $1 to survivor schedule housing_support on housing_accepted pay $5 to provider monthly "
              "for 6 times %s",
    "Clauses": None,
    "Actions": PROGRAM.replace("county", "rule frame on session_attended %s county"),
    "When a schedule pays": "program frame effective 2026-07-01 schedule f on housing_accepted "
                            "pay $5 to provider %s",
    "Conditions": PROGRAM.replace("county", "rule frame on session_attended when %s notify office county"),
    "Amounts": PROGRAM.replace("county", "stipend frame on session_attended pay %s to survivor county"),
    "Counties": PROGRAM + "county frame adopts sheet %s",
    "Scenarios": PROGRAM + "%s",
    "What a scenario expects": PROGRAM + SCENARIO + "%s",
}
CLAUSES = [("holds ", "schedule"), ("stops ", "schedule"), ("at most", "stipend"), ("ends ", "escalation"),
           ("also ", "schedule"), ("move step", "escalation"), ("move stage", "stages"),
           ("on ", "rule")]
BODIES = {
    "schedule": "schedule frame on housing_accepted pay $5 to provider monthly for 6 times %s",
    "stipend": "stipend frame on session_attended pay $5 to survivor %s",
    "escalation": "escalation frame of survivor step a on intake notify office %s",
    "stages": "stages frame of survivor stage a on intake %s",
    "rule": "rule frame %s notify office",
}


def pieces():
    """(section, piece of code) of the first columns."""
    section = None
    with open(SHEET, encoding="utf-8") as f:
        for line in f:
            if line.startswith("## "):
                section = line[3:].strip()
            if line.startswith("| ") and section:
                first = re.sub(r"\\\|", "\0", line).split("|")[1]
                for code in re.findall(r"`([^`]+)`", first):
                    yield section, code.replace("\0", "|").replace(" ⏎ ", "\n")


def framed(section, code):
    frame = FRAMES[section]
    if frame is None:
        kind = next(kind for lead, kind in CLAUSES if code.startswith(lead))
        frame = "program frame effective 2026-07-01 " + BODIES[kind]
    if code.startswith("program"):
        frame = "%s"
    if code.startswith("county"):
        frame = PROGRAM + "%s"
    return frame.replace("%s", "\n" + code + "\n", 1)


def complaints(folder, section, code):
    text = framed(section, code)
    with open(os.path.join(folder, "sheet.way"), "w", encoding="utf-8") as f:
        f.write(text)
    files = [os.path.join(folder, "sheet.way")] if code.startswith("timezone") else [folder]
    done = subprocess.run([WAYMARK, "check", *files], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stderr


def wrong_words():
    """What the list of words in LANGUAGE.md lacks, or calls what it is not."""
    with open(os.path.join(GRAMMAR, "LANGUAGE.md"), encoding="utf-8") as f:
        words = f.read().split("## 15. The words of the language")[1]
    never_names = next(line for line in words.split("\n") if line.startswith("`against` "))
    reserved = {word for word, kind in generate.read_keywords() if kind == "RESERVED"}
    for word in sorted(reserved ^ set(re.findall("`([^`]+)`", never_names))):
        yield f"says the wrong thing of whether `{word}` can be a name"
    for word, _ in generate.read_keywords():
        if not re.search(rf"(?<![a-z_]){word.removeprefix('expect ')}(?![a-z_])", words):
            yield f"has no `{word}` in its list of words"


def main():
    failed, codes = 0, []
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(HERE, "vocabulary.way"), encoding="utf-8") as f, \
                open(os.path.join(folder, "vocabulary.way"), "w", encoding="utf-8") as out:
            out.write(f.read())
        for section, code in pieces():
            codes.append(code)
            wrong = complaints(folder, section, code)
            if wrong:
                failed += 1
                print(f"cheatsheet: in `{section}`: {code}\n{wrong}", file=sys.stderr)
    with open(SHEET, encoding="utf-8") as f:
        all_code = "\n".join(re.findall(r"`([^`\n]+)`", f.read()))
    for word, _ in generate.read_keywords():
        if not re.search(rf"(?<![a-z_]){word}(?![a-z_])", all_code):
            failed += 1
            print(f"cheatsheet: grammar/CHEATSHEET.md has nothing with `{word}`: add a line", file=sys.stderr)
    for wrong in wrong_words():
        failed += 1
        print(f"cheatsheet: grammar/LANGUAGE.md {wrong}", file=sys.stderr)
    if len(codes) < 100:
        failed += 1
        print("cheatsheet: hardly any code was found", file=sys.stderr)
    if not failed:
        print(f"cheatsheet: {len(codes)} pieces compile, and every word is shown")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
