# SPDX-License-Identifier: Apache-2.0
"""The words of a policy text: what section 2 of grammar/LANGUAGE.md calls names and literals."""
import datetime
import re
from collections import namedtuple
from fractions import Fraction

Word = namedtuple("Word", "kind value line")  # kind: name, sign, text, money, number, percent …

PATTERN = re.compile(
    r"""
    (?P<space>[ \t\r\n]+|\#[^\n]*)
  | (?P<text>"[^"\n]*")
  | (?P<date>\d{4}-\d{2}-\d{2})
  | (?P<time>\d{2}:\d{2})
  | (?P<money>\$\d+(,\d+)*(\.\d\d)?)
  | (?P<percent>\d+(,\d+)*(\.\d{1,4})?%)
  | (?P<number>\d+(,\d+)*)
  | (?P<name>[a-z][a-z0-9_]*|[A-Z][a-z]+)  # July, Monday
  | (?P<sign><=|>=|!=|->|[<>=:,().+\-*/|])
    """,
    re.VERBOSE,
)


class Wrong(Exception):
    """A text that this evaluator does not understand."""


def value_of(kind, text):
    if kind == "text":
        return text[1:-1]
    if kind == "date":
        return datetime.date.fromisoformat(text)
    if kind == "time":
        return datetime.time.fromisoformat(text)
    if kind == "money":
        dollars, _, cents = text[1:].replace(",", "").partition(".")
        return int(dollars) * 100 + int(cents or 0)
    if kind == "percent":
        return Fraction(text[:-1].replace(",", "")) / 100
    if kind == "number":
        return int(text.replace(",", ""))
    return text


def words_of(source):
    words, at, line = [], 0, 1
    while at < len(source):
        found = PATTERN.match(source, at)
        if not found:
            raise Wrong(f"line {line}: what is {source[at:at + 20]!r}?")
        kind, text = found.lastgroup, found.group()
        if kind != "space":
            words.append(Word(kind, value_of(kind, text), line))
        line += text.count("\n")
        at = found.end()
    words.append(Word("end", "", line))
    return words
