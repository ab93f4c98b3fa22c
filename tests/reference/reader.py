# SPDX-License-Identifier: Apache-2.0
"""Nodes, and a reader of words; the classes that read more stand on it."""
from words import Wrong, words_of


class Node:
    def __init__(self, what, **parts):
        self.what = what
        self.__dict__.update(parts)

    def __deepcopy__(self, memo):
        return self  # what was read is never changed

    def __repr__(self):
        inner = ", ".join(f"{k}={v!r}" for k, v in self.__dict__.items() if k != "what")
        return f"{self.what}({inner})"


class Words:
    def __init__(self, source):
        self.words = words_of(source)
        self.at = 0
        self.late = False

    def peek(self, ahead=0):
        return self.words[min(self.at + ahead, len(self.words) - 1)]

    def sees(self, *values):
        """The next words are these names or signs."""
        return all(
            self.peek(i).kind in ("name", "sign") and self.peek(i).value == value
            for i, value in enumerate(values)
        )

    def take(self, *values):
        if not self.sees(*values):
            return False
        self.at += len(values)
        return True

    def need(self, *values):
        if not self.take(*values):
            self.fail(" ".join(values))

    def fail(self, wanted):
        word = self.peek()
        raise Wrong(f"line {word.line}: {wanted} was expected, not {word.value!r}")

    def of_kind(self, kind):
        word = self.peek()
        if word.kind != kind:
            self.fail(f"a {kind}")
        self.at += 1
        return word.value

    def maybe(self, kind):
        return self.of_kind(kind) if self.peek().kind == kind else None

    def one_of(self, values):
        for value in values:
            if self.take(value):
                return value
        return None

    def name(self):
        return self.of_kind("name")

    def names(self, separator=","):
        found = [self.name()]
        while self.take(separator):
            found.append(self.name())
        return found
