#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The pages for people, made of the shipped policies: nothing is left out of them, and they are HTML.

    test_pages.py        WAYMARK names the program (build/waymark)

Tags are balanced (but for those whose end HTML lets one leave out), and links lead somewhere. In the
pictures every provision of every program is named; where Graphviz is not installed they are left out.
In the documents for the public there is every provision, every value of every parameter with its day,
every placeholder's reason and every citation, as a page and as text. Every kind of page can be heard as
well as seen, and printed without colour: headings that skip no level, heads of columns that say so,
charts with a name, shades with a word beside them, and enough contrast (WCAG 2.1, 1.4.3).
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
        self.level, self.marked = 0, True
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
        self.hear(tag, attributes)
        if tag not in self.NO_END:
            self.open.append(tag)

    def hear(self, tag, attributes):
        """What somebody needs who does not see it, or sees no colour."""
        line = self.getpos()[0]
        if re.fullmatch("h[1-6]", tag):
            if int(tag[1]) > self.level + 1:
                self.wrong.append("<%s> at line %d comes after <h%d>" % (tag, line, self.level))
            self.level = int(tag[1])
        if tag == "th" and attributes.get("scope") not in ("col", "row"):
            self.wrong.append("<th> at line %d does not say of what it is the head" % line)
        if tag == "svg" and attributes.get("class") != "drawn" and not attributes.get("aria-label"):
            self.wrong.append("<svg> at line %d has no name" % line)
        if tag == "tr":
            if not self.marked:
                self.wrong.append("a row before line %d has a shade and no word beside it" % line)
            self.marked = attributes.get("class") not in ("yes", "part", "no")
        self.mark = tag == "td" and attributes.get("class") == "m"

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
        if getattr(self, "mark", False) and data.strip():
            self.marked = True
        if self.open and self.open[-1] == "th" and not data.strip():
            self.wrong.append("an empty head of a column at line %d" % self.getpos()[0])
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


def light(colour):
    """Relative luminance, as WCAG 2.1 defines it."""
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def too_faint(source):
    """Colours of text that do not stand out from some ground."""
    inks = set(re.findall(r"[{;]color:(#[0-9a-f]{6})", source))
    grounds = {"#ffffff"} | set(re.findall(r"background:(#[0-9a-f]{6})", source))
    return ["%s on %s" % (ink, ground) for ink in inks for ground in grounds
            if (light(ground) + 0.05) / (light(ink) + 0.05) < 4.5]


def every_kind():
    events = os.path.join(TOP, "daemon", "demo", "events.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        new = os.path.join(folder, "new")
        shutil.copytree(POLICIES, new)
        program = os.path.join(new, "programs", "pathway_to_safety.way")
        text = open(program, encoding="utf-8").read()
        with open(program, "w", encoding="utf-8") as f:
            f.write(text.replace('attend one session" is $100', 'attend one session" is $120'))
        page = os.path.join(folder, "page.html")
        for what in (["doc", POLICIES, "--html", page], ["test", POLICIES, "--html", page],
                     ["project", POLICIES, "--html", page], ["prove", POLICIES, "--html", page],
                     ["diff", POLICIES, new, "--html", page], ["review", POLICIES, new, "-o", page],
                     *(["explain", POLICIES, events, "--next", "--for", who, "--html", page]
                       for who in ("auditor", "worker", "person"))):
            got = subprocess.run([WAYMARK, *what], capture_output=True, text=True, timeout=300)
            source = read(folder, "page.html")
            os.remove(page)
            holds("the page of %s" % " ".join(what[:1] + what[3:-2]),
                  Page(source).wrong + too_faint(source) + ([] if got.returncode < 2 else [got.stderr]))


def main():
    cited = citations()
    every_kind()
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
