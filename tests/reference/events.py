# SPDX-License-Identifier: Apache-2.0
"""Events as JSON (daemon/API.md), read by the vocabulary."""
import datetime
import re
from fractions import Fraction

from cases import Refused
from values import UNKNOWN, instant_of
from world import Event

WHOLE = ("number", "years", "months", "days", "business days", "minutes")


def read_value(field, value):
    """The value of a field, or Refused."""
    if field.type in WHOLE:
        good = isinstance(value, int) and not isinstance(value, bool)
    elif field.type == "yes/no":
        good = isinstance(value, bool)
    elif field.type == "money":
        good = isinstance(value, str) and re.fullmatch(r"\d+\.\d\d", value)
        value = good and int(value.replace(".", ""))
    elif field.type == "percent":
        good = isinstance(value, str) and re.fullmatch(r"\d+(\.\d{1,4})?", value)
        value = good and Fraction(value) / 100
    elif field.type == "date":
        good, value = True, datetime.date.fromisoformat(value)
    elif field.type == "one of":
        good = value in field.words
    else:
        good = isinstance(value, str)
    if not good or (field.range and not field.range[0] <= value <= field.range[1]):
        raise Refused("bad-event")
    return value


def read_data(fields, sets, data):
    if any(name not in fields for name in data):
        raise Refused("bad-event")
    read = {}
    for name, field in fields.items():
        if data.get(name) is not None:
            read[name] = read_value(field, data[name])
        elif not field.optional:
            raise Refused("bad-event")
        elif name in data and name in sets:
            read[name] = UNKNOWN
    return read


def read_built_in(type, data):
    if type == "payment_received":
        return dict(data, amount=int(data["amount"].replace(".", "")))
    return data


def feed(world, json):
    """Decides a CloudEvent; gives True when it had been decided before. Raises Refused."""
    key = json["source"], json["id"]
    if key in world.seen:
        if world.seen[key] != json:
            raise Refused("conflict")
        return True
    if json["county"] not in world.rulebook.counties:
        raise Refused("bad-event")
    rulebook, type, known = world.rulebook, json["type"], world.cases.get(json["subject"])
    if type in rulebook.events:
        kinds = rulebook.events[type].kinds
        kind = json.get("casekind") or (kinds[0] if len(kinds) == 1 else known and known.kind)
        if kind is None:
            raise Refused("bad-event")
        if kind not in kinds:
            raise Refused("other-kind" if known else "bad-event")
        data = read_data(rulebook.fields_of(type, kind), rulebook.events[type].sets, json.get("data", {}))
    elif type in ("approved", "declined", "payment_received"):
        if known is None and len(rulebook.kinds) > 1:
            raise Refused("bad-event")  # it does not say of which kind
        kind = known.kind if known else list(rulebook.kinds)[0]
        data = read_built_in(type, json["data"])
    else:
        raise Refused("unknown-event")
    world.feed(json["subject"], kind, json["county"], Event(type, instant_of(json["time"]), data))
    world.seen[key] = json
    return False
