# SPDX-License-Identifier: Apache-2.0
"""Shows the daemon's JSON to a person, for the demo. usage: show.py outcomes|case|upcoming <JSON"""

import json
import sys


def outcome_line(o):
    what = o["action"]
    if o["kind"] == "proposal":
        what = "may " + what
    if o["kind"] == "reversal":
        what = "taken back: " + o["reverses"]
    words = [what]
    if "name" in o:
        words.append(o["name"])
    if "schedule" in o:
        words.append(o["schedule"])
    if "amount" in o:
        words.append("$" + o["amount"])
    if "to" in o:
        words.append("to " + o["to"])
    if "due" in o:
        words.append("due " + o["due"])
    if "instalments" in o:
        words.append("in %d instalments" % len(o["instalments"]))
    because = o["because"]
    return "%-58s %s:%d" % (" ".join(words), because["file"].split("/")[-1], because["line"])


def outcomes(document):
    for row in document["outcomes"]:
        print("  %-9s %s" % (row["case"], outcome_line(row["outcome"])))


def case(document):
    for member in ("id", "kind", "county", "last", "balance"):
        print("  %-10s %s" % (member, document[member]))
    for count in document["counts"]:
        print("  counted    %(n)d x %(event)s, last on %(last_day)s" % count)
    for position in document["positions"]:
        print("  stands in  step %(step)s of %(block)s since %(since)s" % position)
    for proposal in document["proposals"]:
        print("  proposed   " + ", ".join("%s %s" % (k, proposal[k]) for k in ("block", "amount") if k in proposal))


def upcoming(document):
    for item in document["upcoming"][:6]:
        print("  " + ", ".join("%s %s" % (k, v) for k, v in item.items()))
    if not document["upcoming"]:
        print("  nothing")


if __name__ == "__main__":
    {"outcomes": outcomes, "case": case, "upcoming": upcoming}[sys.argv[1]](json.load(sys.stdin))
