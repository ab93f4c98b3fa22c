# SPDX-License-Identifier: Apache-2.0
"""Events that retract and correct others, and random histories of a case with them."""
from checks import days_ago
from waymarkd import event


def amend(type, of, subject="P1", id=None, source="/cms", reason=None, **more):
    fields = {"event": of, "source": source}
    for name in ("time", "data"):
        if name + "d" in more:
            fields[name] = more.pop(name + "d")
    if reason:
        fields["reason"] = reason
    return event(type, subject, id=id, data=fields, casekind="person", **more)


def retract(of, **more):
    return amend("retracted", of, **more)


def correct(of, **more):
    return amend("corrected", of, **more)


def visit(id, minutes=60, **more):
    return event("visit", more.pop("subject", "P1"), id=id, data={"minutes": minutes}, **more)


TYPES = ("visit", "missed", "enrolled", "support", "support_ended", "attended", "convicted", "marked", "fee")


def random_fields(rng, type):
    if type == "visit":
        return {"minutes": rng.choice((10, 59, 60, 90))}
    if type == "marked":
        return {"hidden": rng.random() < 0.5}
    return {}


def random_history(rng, subject):
    """Events of a case with what retracts and corrects them, each at an instant of its own."""
    times = ["%sT%02d:%02d:%02dZ" % (days_ago(rng.randrange(2, 300))[:10], rng.randrange(24), i // 60, i % 60) for i in range(60)]
    out = []
    for i in range(rng.randrange(4, 14)):
        type = rng.choice(TYPES)
        more = {"casekind": "person"}
        out.append(event(type, subject, id="%s-%d" % (subject, i), time=times.pop(), data=random_fields(rng, type), **more))
    for i in range(rng.randrange(1, 8)):
        of = rng.choice(out)
        id = "%s-a%d" % (subject, i)
        if rng.random() < 0.4 or of["type"] in ("retracted", "corrected"):
            out.append(retract(of["id"], subject=subject, id=id, time=times.pop()))
            continue
        more = {}
        if rng.random() < 0.6:
            more["timed"] = times.pop()
        if of["type"] in ("visit", "marked") and rng.random() < 0.7:
            more["datad"] = random_fields(rng, of["type"])
        if more:
            out.append(correct(of["id"], subject=subject, id=id, time=times.pop(), **more))
    return out
