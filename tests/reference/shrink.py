# SPDX-License-Identifier: Apache-2.0
"""Finds a small example: leaves out of a policy and a history whatever the difference does not need."""


def without(items, keeps_failing):
    """Items with as much left out as possible, first many at once, then one by one."""
    size = max(1, len(items) // 2)
    while size:
        at = 0
        while at < len(items):
            fewer = items[:at] + items[at + size:]
            if keeps_failing(fewer):
                items = fewer
            else:
                at += size
        size //= 2
    return items


def shrink(chunks, history, fails):
    """`fails(chunks, history)` says whether the difference is still there."""
    before = None
    while before != (chunks, history):
        before = chunks, history
        history = without(history, lambda fewer: fails(chunks, fewer))
        chunks = without(chunks, lambda fewer: fails(fewer, history))
        for i in range(len(chunks)):
            chunks = shorter(chunks, i, lambda fewer: fails(fewer, history))
    return chunks, history


def shorter(chunks, i, keeps_failing):
    """The i-th chunk with lines left out; its head stays."""
    head, *rest = chunks[i]

    def with_lines(lines):
        return chunks[:i] + [[head] + lines] + chunks[i + 1:]

    return with_lines(without(rest, lambda lines: keeps_failing(with_lines(lines))))
