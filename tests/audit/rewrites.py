# SPDX-License-Identifier: Apache-2.0
"""Other ways to write the same policy: each changes how a block is put, and not what it means.

    for rewrite in rewrites.all_of(text, chance): rewrite.what, rewrite.text

Blocks are told apart by their first lines, as the layout of `waymark fmt` has them.
"""
import re

HEAD = re.compile(r"^(?:locked )?(rule|stipend|fine|schedule|escalation|table) (\w+) of (\w+)(.*)$")
# What is limited, or comes first by its name where several want the last of something.
COMPETES = re.compile(r"at most|overrides| from |\b(credit|waive|enrol|release|place|start|stop)\b")
ON = re.compile(r"^(  on )([\w, ]+?)(?: when (.+))?$")


class Rewrite:
    def __init__(self, what, text):
        self.what, self.text = what, text


def blocks_of(text):
    """(first line, lines) of each block; comments and blank lines end one."""
    lines = text.split("\n")
    found, at = [], 0
    while at < len(lines):
        if lines[at] and not lines[at][0].isspace() and lines[at][0] != "#":
            end = at + 1
            while end < len(lines) and lines[end].startswith(" "):
                end += 1
            found.append((at, lines[at:end]))
            at = end
        else:
            at += 1
    return lines, found


def whole_condition(body):
    """The clause `on EVENT when CONDITION` of a block that has just one, its condition over all its lines."""
    at = [i for i, line in enumerate(body) if line.startswith("  on ")]
    if len(at) != 1:
        return None
    end = at[0] + 1
    while end < len(body) and re.match(r"^ {3,}(and|or|when) ", body[end]):
        end += 1
    clause = " ".join(line.strip() for line in body[at[0]:end])
    got = ON.match("  " + clause)
    return (at[0], end, got.group(2), got.group(3)) if got and " or " not in got.group(2) else None


def put(lines, start, old, new):
    return "\n".join(lines[:start] + new + lines[start + len(old):])


def stands_alone(body, text):
    """A plain provision that no other names: no county has it otherwise, nothing overrides it."""
    head = HEAD.match(body[0])
    named = re.search(r"^(replace|drop) \w+ %s\b|overrides .*\b%s\b" % (head.group(2), head.group(2)), text, re.M)
    return head.group(1) in ("rule", "stipend") and not named and not any(COMPETES.search(line) for line in body)


def split(body, tests, chance):
    """In two, of which one applies when a test is met and the other when it is not or cannot be told."""
    clause = whole_condition(body)
    head = HEAD.match(body[0])
    if not clause:
        return None
    start, end, event, when = clause
    test = chance.choice(tests)
    two = []
    for i, part in enumerate((test, "not (%s)" % test)):
        name = head.group(2) + "_too" * i
        whole = "(%s) and %s" % (when, part) if when else part
        two += [body[0].replace(" %s of" % head.group(2), " %s of" % name)] + body[1:start]
        two += ["  on %s when %s" % (event, whole)] + body[end:] + [""]
    return two


def halve(body):
    """Its actions in two blocks; merging them back is the other direction."""
    clause = whole_condition(body)
    head = HEAD.match(body[0])
    if not clause:
        return None
    start, end = clause[:2]
    acts = [i for i in range(end, len(body)) if re.match(r"^  \w", body[i]) and not body[i].startswith("  cite")]
    if len(acts) < 2:
        return None
    first, second = body[:acts[1]], body[:acts[0]] + body[acts[1]:]
    return first + [""] + [second[0].replace(" %s of" % head.group(2), " %s_more of" % head.group(2))] + second[1:] + [""]


def put_otherwise(when, chance):
    parts = re.split(r" (and|or) ", when)
    if "(" not in when and len(parts) == 3:
        return "%s %s %s" % (parts[2], parts[1], parts[0])
    return chance.choice(("not (not (%s))", "(%s)")) % when


def conditions(body, chance):
    clause = whole_condition(body)
    if not clause or not clause[3]:
        return None
    return body[:clause[0]] + ["  on %s when %s" % (clause[2], put_otherwise(clause[3], chance))] + body[clause[1]:]


def rows(body, chance):
    """Rows of a table, but for `otherwise`, in another order."""
    at = [i for i, line in enumerate(body[2:], 2) if line.startswith("  |") and "otherwise" not in line]
    if not body[0].startswith("table") or len(at) < 2:
        return None
    order = at[:]
    chance.shuffle(order)
    new = body[:]
    for i, k in zip(at, order):
        new[i] = body[k]
    return new if order != at else None


def tiers(body):
    starts = [i for i, line in enumerate(body) if line.startswith("  tier ")] + [
        i for i, line in enumerate(body) if line.startswith("  otherwise")][:1]
    if not body[0].startswith("fine") or len(starts) < 2 or not body[starts[1]].startswith("  tier "):
        return None
    end = next((i for i in range(starts[1] + 1, len(body)) if re.match(r"^  \S", body[i])), len(body))
    return body[:starts[0]] + body[starts[1]:end] + body[starts[0]:starts[1]] + body[end:]


def all_of(text, tests, chance):
    """`tests`: conditions, by kind of case, that can stand anywhere."""
    lines, found = blocks_of(text)
    for start, body in found:
        head = HEAD.match(body[0])
        if not head:
            continue
        ways = [("conditions", conditions(body, chance)), ("rows", rows(body, chance)), ("tiers", tiers(body))]
        if stands_alone(body, text):
            ways.append(("halves", halve(body)))
        if stands_alone(body, text) and tests.get(head.group(3)):
            ways.append(("split", split(body, tests[head.group(3)], chance)))
        for what, new in ways:
            if new:
                yield Rewrite("%s of %s" % (what, head.group(2)), put(lines, start, body, new))
    names = re.findall(r"^(?:amount|number|percent|period) (\w+) is ", text, re.M)
    for name in names:
        if re.search(r"\b(as|enrolled in|of) %s\b" % name, text):  # something else of the same name
            continue
        yield Rewrite("another name for %s" % name, re.sub(r"\b%s\b" % name, name + "_new", text))
