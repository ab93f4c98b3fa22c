# SPDX-License-Identifier: Apache-2.0
"""The two answers to one history under one policy, in one form: this evaluator's and the program's."""
import datetime
import itertools
import json
import os
import subprocess

import events as reading
import policy as policies
from cases import Refused, members, shown
from values import money_text
from world import World

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WAYMARK = os.path.abspath(os.environ.get("WAYMARK") or os.path.join(ROOT, "build", "waymark"))
NO_ID = "0" * 32  # of no outcome
OUTSIDE = ("id", "of", "because", "draw")


class Answer:
    """What one of the two says: decisions by case, refused lines, and the cases in the end."""

    def __init__(self):
        self.decisions, self.refused, self.cases = {}, [], {}

    def in_order(self, case):
        """Deadlines and items of one instant have no order among them."""
        groups = itertools.groupby(self.decisions.get(case, ()), lambda d: (d["time"], d["type"]))
        return [decision for (_, type), group in groups
                for decision in (sorted(group, key=sortable) if type in ("deadline", "scheduled") else group)]

    def lines(self):
        found = []
        for case in sorted(set(self.decisions) | set(self.cases)):
            for decision in self.in_order(case):
                found.append(f"{case} {decision['time']} {decision['type']}{' stopped' if decision['stopped'] else ''}")
                found += ["    " + json.dumps(outcome, sort_keys=True) for outcome in decision["outcomes"]]
            found.append(f"{case} in the end {json.dumps(self.cases.get(case), sort_keys=True)}")
        return found + [f"line {line} refused: {why}" for line, why in self.refused]


def comparable(outcomes):
    """Outcomes without what the language does not promise: which of several blocks is named that start or
    stop one schedule or enter one stage at one event; and how much of a credit or waiver is whose."""
    kept, credits = [], {}
    for outcome in outcomes:
        if outcome["kind"] in ("credit", "waiver"):
            key = outcome["kind"], outcome["program"], outcome["name"], outcome.get("by", "")
            credits.setdefault(key, []).append(outcome)
        elif outcome["kind"] == "notice" and "fund" in outcome:  # of a fund that runs out, in its own words
            kept.append({name: outcome.get(name) for name in ("kind", "fund", "amount", "to")})
        elif outcome.get("schedule") or outcome["kind"] in ("stage", "breach", "enrolment", "waitlisting", "release"):
            kept.append({name: value for name, value in outcome.items() if name not in ("block", "part")})
        else:
            kept.append(outcome)
    for key, parts in credits.items():
        amount = money_text(sum(cents(part["amount"]) for part in parts))
        kept.append({"kind": key[0], "of": key[1:], "amount": amount})
    return sorted(kept, key=sortable)


def sortable(value):
    return json.dumps(value, sort_keys=True)


def utc(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(datetime.timezone.utc).isoformat()


# ---- this evaluator ----


def ours(source, history, until):
    """Its answer, and which outcome of its case each event means that names one."""
    rulebook = policies.Rulebook([source])
    world, answer, meant = World(rulebook), Answer(), {}
    for number, event in enumerate(history, 1):
        event = named(event, outcomes_of(world, event["subject"]), meant, number)
        try:
            reading.feed(world, event)
        except Refused as refused:
            answer.refused.append((number, refused.why))
    world.pass_days(until)
    for decision in world.decisions:
        answer.decisions.setdefault(decision.case, []).append(
            {"time": decision.time.isoformat(), "type": decision.type, "stopped": decision.stopped,
             "outcomes": comparable([members(o) for o in decision.outcomes])})
    answer.cases = {id: state(rulebook, case) for id, case in world.cases.items()}
    return answer, meant


def outcomes_of(world, case):
    return [outcome for decision in world.decisions if decision.case == case for outcome in decision.outcomes]


def named(event, outcomes, meant, number):
    """The event with the id of the outcome that it means."""
    wanted = event.get("data", {}).get("outcome")
    if wanted is None:
        return event
    kind, nth = wanted
    fitting = [outcome["id"] for outcome in outcomes if outcome["kind"] == kind]
    meant[number] = (kind, nth % len(fitting)) if fitting else None
    return with_outcome(event, fitting[nth % len(fitting)] if fitting else NO_ID)


def with_outcome(event, id):
    return dict(event, data=dict(event["data"], outcome=id))


def state(rulebook, case):
    facts = {}
    for name in rulebook.kinds[case.kind].facts:
        value = case.fact(rulebook, name)
        facts[name] = shown(rulebook.kinds[case.kind].facts[name], value)
    owed = {}
    for debt in case.owed:
        owed[debt.line] = owed.get(debt.line, 0) + debt.left
    return {
        "kind": case.kind, "county": case.county, "facts": facts, "counts": case.counts,
        "steps": {f"{p}.{b}": [step, str(day)] for (p, b), (step, day) in case.steps.items()},
        "running": {f"{p}.{b}": [money_text(r.amount), r.to, r.times - r.item] for (p, b), r in case.running.items()},
        "owed": {line: money_text(cents) for line, cents in owed.items() if cents},
        "paid": {f"{p}.{b}": money_text(cents) for (p, b), cents in case.paid.items() if cents},
        "proposals": len(case.proposals),
    }


# ---- waymark ----


class DoesNotCompile(Exception):
    pass


def theirs(folder, source, history, until, meant, waymark=WAYMARK):
    """The program's answer. It is asked again until all outcomes that events mean have their ids."""
    path = os.path.join(folder, "policy.way")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    ids = {}
    while True:
        answer, outcomes = ask(path, folder, history, until, ids, waymark)
        found = {}
        for number, wanted in meant.items():
            kind, nth = wanted or (None, 0)
            fitting = [o["id"] for o in outcomes.get(history[number - 1]["subject"], ()) if o["kind"] == kind]
            found[number] = fitting[nth] if nth < len(fitting) else NO_ID
        if found == ids:
            return answer
        ids = found


def ask(path, folder, history, until, ids, waymark):
    lines = os.path.join(folder, "events.jsonl")
    with open(lines, "w", encoding="utf-8") as file:
        for number, event in enumerate(history, 1):
            if event.get("data", {}).get("outcome"):
                event = with_outcome(event, ids.get(number, NO_ID))
            file.write(json.dumps(event) + "\n")
    run = subprocess.run([waymark, "run", "--json", "--cases", "--until", str(until), path, lines],
                         capture_output=True, text=True)
    if run.returncode not in (0, 1) or "error W" in run.stderr or '"code"' in run.stderr:
        raise DoesNotCompile(run.stderr)
    answer, outcomes = Answer(), {}
    for line in run.stdout.splitlines():
        record = json.loads(line)
        if "outcomes" not in record:
            answer.cases[record["id"]] = state_of(record)
            continue
        made = record["outcomes"]
        made.sort(key=lambda o: sortable(normal(o)))
        outcomes.setdefault(record["case"], []).extend(made)
        answer.decisions.setdefault(record["case"], []).append(
            {"time": utc(record["event"]["time"]), "type": record["event"]["type"], "stopped": "stopped" in record,
             "outcomes": comparable([normal(o) for o in made])})
    answer.refused = [(r["line"], r["refused"]) for r in map(json.loads, run.stderr.splitlines())]
    return answer, outcomes


def normal(outcome):
    kept = {name: value for name, value in outcome.items() if name not in OUTSIDE and value is not None}
    because = outcome["because"]
    kept.update({name: because[name] for name in ("program", "block", "part") if name in because})
    return kept


def state_of(record):
    owed = {}
    for debt in record["owed"]:
        left = cents(debt["amount"]) - cents(debt["settled"])
        owed[debt["name"]] = owed.get(debt["name"], 0) + left
    key = lambda part: f"{part['program']}.{part['block']}"
    items = {due["origin"]: due["n"] for due in record["due"] if due["what"] == "item"}
    return {
        "kind": record["kind"], "county": record["county"], "facts": record["facts"],
        "counts": {count["event"]: count["n"] for count in record["counts"]},
        "steps": {key(at): [at["step"], at["since"]] for at in record["positions"]},
        "running": {key(r): [r["amount"], r["to"], r["times"] - items[r["origin"]]] for r in record["running"]},
        "owed": {line: money_text(left) for line, left in owed.items() if left},
        "paid": {key(paid): paid["amount"] for paid in record["paid"] if paid["amount"] != "0.00"},
        "proposals": len(record["proposals"]),
    }


def cents(text):
    return int(text.replace(".", ""))


# ---- both ----


def until_of(history):
    last = max((utc(event["time"])[:10] for event in history), default="2026-07-01")
    return min(datetime.date.fromisoformat(last) + datetime.timedelta(days=70), datetime.date(2031, 1, 1))


def differs(folder, source, history, other=None):
    """Both answers, line by line, when they differ; `other` is the policy that the program gets."""
    until = until_of(history)
    try:
        our, meant = ours(source, history, until)
    except Exception:
        theirs(folder, source, [], until, {})  # which may not compile
        raise
    their = theirs(folder, other or source, history, until, meant)
    fill_facts(our, their)
    return None if our.lines() == their.lines() else (our.lines(), their.lines())


def fill_facts(our, their):
    """The program lists the facts that are recorded; here all of them are."""
    for id, case in their.cases.items():
        if id in our.cases:
            for name, value in case["facts"].items():
                if our.cases[id]["facts"].get(name) != value:
                    break
            else:
                case["facts"] = our.cases[id]["facts"]
