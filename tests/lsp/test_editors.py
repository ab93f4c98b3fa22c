#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What editors get from grammar/editors: every word of the language is coloured, names, texts and
comments are not; the files of the extension fit together, and it talks to the language server."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
EDITORS = os.path.join(TOP, "grammar", "editors")
WAYMARK = os.path.abspath(os.environ.get("WAYMARK", os.path.join(TOP, "build", "waymark")))
sys.path.insert(0, EDITORS)
import generate  # noqa: E402


class TextMate:
    """As much of a TextMate engine as the grammar needs: the leftmost match wins, then the first
    pattern; a pattern with begin and end goes on to its end, on one line."""

    def __init__(self):
        with open(generate.TMLANGUAGE, encoding="utf-8") as f:
            self.patterns = [self.compiled(p) for p in json.load(f)["patterns"]]

    def compiled(self, p):
        if "begin" in p:
            return (re.compile(p["begin"]), re.compile(p["end"]), p["name"], {})
        captures = {int(k): v["name"] for k, v in p.get("captures", {}).items()}
        return (re.compile(p["match"]), None, p.get("name"), captures)

    def line(self, text):
        """The scope of each character."""
        scopes, at = [None] * len(text), 0
        while at < len(text):
            found = [(m.start(), i, m) for i, (match, *_) in enumerate(self.patterns)
                     if (m := match.search(text, at)) and m.end() > m.start()]
            if not found:
                break
            start, i, m = min(found, key=lambda f: f[:2])
            _, end, name, captures = self.patterns[i]
            to = end.search(text, m.end()).end() if end else m.end()
            if name:
                scopes[start:to] = [name] * (to - start)
            for group, scope in captures.items():
                a, b = m.span(group)
                scopes[a:b] = [scope] * (b - a)
            at = to
        return scopes


def samples():
    """(line, word, whether it stands as a word of the language)"""
    leads = {"BLOCK": "", "CLAUSE": "  ", "WORD": "  within a ", "RESERVED": "  x "}
    for word, cls in generate.read_keywords():
        yield leads[cls] + word + " something", word, True
        yield "  # " + word, word, False
        yield '  cite "' + word + '"', word, False
        if " " not in word and cls != "RESERVED":
            yield "  " + word + " : number", word, False
            yield "  on a when other." + word + " is yes", word, False
    for line, word in [("locked rule minors", "rule"), ("change amount fee to $1", "amount"),
                       ("  may assess $1 as a", "assess"), ("    expect no pay", "pay"),
                       ("  otherwise notify office", "notify"), ("locked never order arrest", "order"),
                       ("  on a", "on"), ("    expect may assess $50", "assess")]:
        yield line, word, True
    for line, word in [("  on_time : yes/no", "on"), ("rule pay_day", "pay"), ("  on visit_order", "order")]:
        yield line, word, False


def place(line, word):
    return [m.start() for m in re.finditer(f"(?<![a-z]){word}(?![a-z])", line)][-1]


class Words(unittest.TestCase):
    def test_the_files_are_what_the_keywords_say(self):
        self.assertEqual(generate.main(["--check"]), 0)

    def test_textmate(self):
        grammar = TextMate()
        for line, word, wanted in samples():
            at = place(line, word)
            scopes = grammar.line(line)[at:at + len(word)]
            coloured = all((s or "").startswith(("keyword.", "constant.language", "storage."))
                           for s in scopes)
            self.assertEqual(coloured, wanted, (line, scopes))

    def test_textmate_values(self):
        grammar = TextMate()
        for line, piece, scope in [
                ("  pay $1,000.50 to a", "$1,000.50", "constant.numeric.money"),
                ("  2026-07-06 09:00 visit", "2026-07-06 09:00", "constant.numeric.date"),
                ("  x within 3 business days", "3 business days", "constant.numeric."),
                ("  x 7.5% of", "7.5%", "constant.numeric."),
                ('  cite "a # b" # c', '"a # b"', "string."), ('  cite "a # b" # c', "# c", "comment."),
                ("  age : years", "age", "variable.other.member"),
                ("stipend session", "session", "entity.name"), ("  when a is yes", "yes", "constant.language")]:
            at = line.index(piece)
            for s in grammar.line(line)[at:at + len(piece)]:
                self.assertTrue((s or "").startswith(scope), (line, piece, s))

    def test_vim(self):
        vim = shutil.which("vim")
        version = subprocess.run([vim, "--version"], capture_output=True, text=True, check=False).stdout if vim else ""
        if "+syntax" not in version or "+eval" not in version:
            self.skipTest("vim with +syntax and +eval is not installed")
        rows = list(samples())
        with tempfile.TemporaryDirectory() as d:
            policy, script, out = (os.path.join(d, n) for n in ("a.way", "s.vim", "out"))
            with open(policy, "w", encoding="utf-8") as f:
                f.write("".join(line + "\n" for line, _, _ in rows))
            with open(script, "w", encoding="utf-8") as f:
                f.write(f"set nocompatible\nset runtimepath^={EDITORS}/vim\nfiletype plugin on\n"
                        f"syntax on\nedit {policy}\nlet out = [&filetype . ' ' . &commentstring]\n")
                for i, (line, word, _) in enumerate(rows):
                    f.write(f"call add(out, synIDattr(synID({i + 1}, {place(line, word) + 1}, 1), 'name'))\n")
                f.write(f"call writefile(out, '{out}')\nqall!\n")
            subprocess.run([vim, "-N", "-u", "NONE", "-i", "NONE", "-es", "-S", script],
                           check=False, stdin=subprocess.DEVNULL, capture_output=True)
            with open(out, encoding="utf-8") as f:
                head, *groups = f.read().split("\n")[:len(rows) + 1]
        self.assertEqual(head, "waymark # %s")
        self.assertEqual(len(groups), len(rows))
        for (line, word, wanted), group in zip(rows, groups):
            coloured = group in ("waymarkBlock", "waymarkClause", "waymarkWord", "waymarkConstant")
            self.assertEqual(coloured, wanted, (line, word, group))


class Extension(unittest.TestCase):
    folder = os.path.join(EDITORS, "vscode")

    def load(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as f:
            return json.load(f)

    def test_its_files_fit_together(self):
        package = self.load("package.json")
        language, = package["contributes"]["languages"]
        grammar, = package["contributes"]["grammars"]
        self.assertEqual(language["extensions"], [".way"])
        self.assertEqual(grammar["language"], language["id"])
        self.assertEqual(self.load(grammar["path"])["scopeName"], grammar["scopeName"])
        self.assertEqual(self.load(language["configuration"])["comments"], {"lineComment": "#"})
        self.assertTrue(os.path.exists(os.path.join(self.folder, package["main"])))

    def test_it_talks_to_the_server(self):
        node = shutil.which("node")
        if not node:
            self.skipTest("node is not installed")
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(os.path.join(TOP, "policies"), os.path.join(folder, "policies"))
            done = subprocess.run([node, os.path.join(HERE, "extension.js"), self.folder, WAYMARK, folder],
                                  capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "fine\n"), done.stderr)


if __name__ == "__main__":
    unittest.main()
