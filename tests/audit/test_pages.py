#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The pages for people, made of the shipped policies: nothing is left out of them, and they are HTML.

    test_pages.py        WAYMARK names the program (build/waymark)

Tags are balanced (but for those whose end HTML lets one leave out), and links lead somewhere. In the
pictures every provision of every program is named; where Graphviz is not installed they are left out.
In the documents for the public there is every provision, every value of every parameter with its day,
every placeholder's reason and every citation, as a page and as text.
The last line is "N passed, N failed".
"""
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
WAYMARK = os.path.abspath(os.environ.get("WAYMARK") or os.path.join(TOP, "build", "waymark"))
POLICIES = os.path.join(TOP, "policies")
DAY = "2026-09-01"


def run(*args):
    got = subprocess.run([WAYMARK, *args], capture_output=True, text=True, timeout=300)
    if got.returncode:
        raise SystemExit("waymark %s: %s" % (" ".join(args), got.stderr))
    return got.stdout


class Page(html.parser.HTMLParser):
    """Its text, its links, and what is wrong with its tags."""

    NO_END = {"meta", "br", "link", "hr", "rect", "line"}
    MAY_END = {"td", "th", "tr", "li"}

    def __init__(self, source):
        super().__init__()
        self.open, self.wrong, self.texts, self.links, self.ids = [], [], [], [], set()
        self.feed(source)
        self.close()
        self.wrong += ["<%s> is never closed" % tag for tag in self.open]
        self.text = re.sub(r"\s+", " ", " ".join(self.texts))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "href" in attributes:
            self.links.append(attributes["href"])
        if "id" in attributes:
            self.ids.add(attributes["id"])
        if tag not in self.NO_END:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.NO_END:
            self.open.pop()

    def handle_endtag(self, tag):
        while self.open and self.open[-1] != tag and self.open[-1] in self.MAY_END:
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.wrong.append("</%s> at line %d closes nothing" % (tag, self.getpos()[0]))

    def handle_data(self, data):
        self.texts.append(data)


class Counts:
    passed = failed = 0


def holds(what, wrong):
    """Counts; `wrong` is a list of what does not hold."""
    Counts.passed += not wrong
    Counts.failed += bool(wrong)
    for words in wrong[:10]:
        print("%s: %s" % (what, words))


def graph(*options):
    return json.loads(run("graph", POLICIES, "--format", "json", *options))


def called(thing):
    """As a title, or by its name, as people read it."""
    title = thing.get("title")
    if title:
        return title
    name = thing["name"].replace("_", " ")
    return name[:1].upper() + name[1:]


def read(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return f.read()


def links_of(page, folder):
    """Links that lead nowhere."""
    return ["the link %s leads nowhere" % link for link in page.links
            if not (link[1:] in page.ids if link.startswith("#") else
                    os.path.exists(os.path.join(folder, link)))]


def packed(text):
    """Words may be broken into lines, and lines into pieces."""
    return re.sub(r"\s", "", text)


def missing(page, blocks):
    text = packed(page.text)
    return ["%s is not there" % called(b) for b in blocks if packed(called(b)) not in text]


def pictures(county):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "pages")
        where = ["--county", county] if county else []
        run("graph", POLICIES, "--pages", out, "--on", DAY, *where)
        again = os.path.join(folder, "again")
        run("graph", POLICIES, "--pages", again, "--on", DAY, *where)
        blocks = graph(*where)["blocks"]
        programs = sorted({b["program"] for b in blocks})
        holds("pictures", [] if sorted(os.listdir(out)) == sorted(
            [p + ".html" for p in programs] + ["index.html"]) else [os.listdir(out)])
        for name in sorted(os.listdir(out)):
            page = Page(read(out, name))
            wrong = page.wrong + links_of(page, out)
            if name != "index.html":
                mine = [b for b in blocks if b["program"] == name[:-5]]
                wrong += missing(page, mine) if mine else ["no blocks"]
            wrong += [] if read(out, name) == read(again, name) else ["not the same bytes twice"]
            holds("the picture %s of %s" % (name, county), wrong)


MONTHS = ("January February March April May June July August September October November "
          "December").split()


def long_day(day):
    year, month, number = day.split("-")
    return "%s %d, %s" % (MONTHS[int(month) - 1], int(number), year)


def citations():
    """By program file: every text behind `cite` and `placeholder`."""
    found = {}
    for name in os.listdir(os.path.join(POLICIES, "programs")):
        with open(os.path.join(POLICIES, "programs", name), encoding="utf-8") as f:
            text = re.sub(r"(?m)^\s*#.*$", "", f.read())
        found[name[:-4]] = re.findall(r'\b(?:cite|placeholder)\s+"([^"]*)"', text)
    return found


def documents(county, cited):
    where = ["--county", county] if county else []
    told = graph(*where)
    for program in sorted({b["program"] for b in told["blocks"]}):
        with tempfile.TemporaryDirectory() as folder:
            options = ["--program", program, "--on", DAY, *where]
            out = os.path.join(folder, "doc.html")
            run("doc", POLICIES, *options, "--html", out)
            page = Page(read(folder, "doc.html"))
            first = read(folder, "doc.html")
            run("doc", POLICIES, *options, "--html", out)
            wrong = page.wrong + ([] if read(folder, "doc.html") == first else ["not the same bytes twice"])
        text = packed(run("doc", POLICIES, *options))
        wrong += missing(page, [b for b in told["blocks"] if b["program"] == program])
        wanted = [c for c in cited[program]]
        for p in told["parameters"]:
            if p.get("program") == program:
                wanted += [called(p)] + [v["value"] for v in p["values"]]
                wanted += [long_day(v["from"]) for v in p["values"] if "from" in v]
        wanted += [called(b) for b in told["blocks"] if b["program"] == program]
        html_text = packed(page.text)
        for words in wanted:
            # in text, lines are parted by "- " and bars, which packing leaves alone
            for form, have in (("page", html_text), ("text", text)):
                if packed(words) not in have:
                    wrong.append("the %s lacks %r" % (form, words))
        if re.search(r"[a-z]_[a-z]", re.sub(r"\S*\.(way|txt)\S*|“[^”]*”", "", page.text)):
            wrong.append("a name stands there with underscores: %s" % re.findall(
                r"\S*[a-z]_[a-z]\S*", re.sub(r"\S*\.(way|txt)\S*|“[^”]*”", "", page.text))[:3])
        holds("the document of %s in %s" % (program, county), wrong)


def main():
    cited = citations()
    for county in (None, "contra_costa", "los_angeles", "alameda"):
        documents(county, cited)
    if shutil.which("dot"):
        for county in (None, "contra_costa", "los_angeles"):
            pictures(county)
    else:
        print("Graphviz is not installed: no pictures")
    print("%d passed, %d failed" % (Counts.passed, Counts.failed))
    return 1 if Counts.failed else 0


if __name__ == "__main__":
    sys.exit(main())
