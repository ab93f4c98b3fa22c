# SPDX-License-Identifier: Apache-2.0
"""Shows the daemon's JSON to a person, for the demo. usage: show.py outcomes|case|upcoming <JSON"""

import json
import sys


def outcome_line(o):
    what = o.get("action", o["kind"])
    if o["kind"] == "proposal":
        what = "may " + what
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
    for o in document["outcomes"]:
        print("  %-10s %-9s %s" % (o.get("time", "")[:10], o.get("case", ""), outcome_line(o)))


def case(document):
    print(json.dumps(document, indent=2)[:1800])


def upcoming(document):
    for item in document["upcoming"][:6]:
        print("  " + ", ".join("%s %s" % (k, v) for k, v in item.items()))


if __name__ == "__main__":
    {"outcomes": outcomes, "case": case, "upcoming": upcoming}[sys.argv[1]](json.load(sys.stdin))
