# SPDX-License-Identifier: Apache-2.0
"""Small edits of policies, such as a person makes by intent or by mistake: one threshold, comparison,
amount, period, exception or word at a time.

    for edit in edits.all_of(folder): edit.file, edit.line, edit.old, edit.new

Scenarios and projections are left alone, and so is what only says something: comments, titles,
citations.
"""
import os
import re

QUOTED = re.compile(r'"[^"]*"')
SAYS = re.compile(r"^\s*(cite|placeholder|#)|^\s*$")
SKIPS = re.compile(r"^(scenario|todo scenario|projection)\b")

SWAPS = [
    (re.compile(r" >= "), " > "),
    (re.compile(r" > (?=[\d$])"), " >= "),
    (re.compile(r" <= "), " < "),
    (re.compile(r" < (?=[\d$])"), " <= "),
    (re.compile(r" and "), " or "),
    (re.compile(r" when not "), " when "),
    (re.compile(r" is not "), " is "),
    (re.compile(r" monthly "), " weekly "),
    (re.compile(r" after (\w+)$"), ""),
]
NUMBER = re.compile(r"(?<!tier )(?<![\w-])(\$?)(\d[\d,]*)(?![\w,.-]*\d|-)")


class Edit:
    def __init__(self, file, line, old, new):
        self.file, self.line, self.old, self.new = file, line, old, new

    def __repr__(self):
        return "%s:%d\n  - %s\n  + %s" % (self.file, self.line + 1, self.old.strip(), self.new.strip())

    def apply(self, folder):
        path = os.path.join(folder, self.file)
        with open(path, encoding="utf-8") as f:
            lines = f.read().split("\n")
        assert lines[self.line] == self.old
        lines[self.line] = self.new
        with open(path, "w", encoding="utf-8") as f:
            f.write("\n".join(lines))

    def undo(self, folder):
        Edit(self.file, self.line, self.new, self.old).apply(folder)


def code_of(line):
    """The line with its texts and comment blanked out, so that positions stay."""
    line = QUOTED.sub(lambda m: " " * len(m.group()), line)
    at = line.find("#")
    return line if at < 0 else line[:at] + " " * (len(line) - at)


def edits_of_line(line):
    code = code_of(line)
    for pattern, by in SWAPS:
        for m in pattern.finditer(code):
            yield line[: m.start()] + m.expand(by) + line[m.end() :]
    for m in NUMBER.finditer(code):
        n = int(m.group(2).replace(",", ""))
        if m.group(1) or n < 1900:
            yield line[: m.start(2)] + str(n + 1) + line[m.end(2) :]


def all_of(folder):
    for where, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if not name.endswith(".way"):
                continue
            path = os.path.join(where, name)
            with open(path, encoding="utf-8") as f:
                lines = f.read().split("\n")
            skipping = False
            for i, line in enumerate(lines):
                if line and not line[0].isspace() and line[0] != "#":
                    skipping = bool(SKIPS.match(line))
                if skipping or SAYS.match(line):
                    continue
                for new in edits_of_line(line):
                    yield Edit(os.path.relpath(path, folder), i, line, new)
