#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""daemon/openapi.json says what the daemon does: the same routes, roles and problems, and answers of
the shape that it describes. The examples in it are answers that the daemon gave.

    test_openapi.py            check
    test_openapi.py --write    put today's answers into daemon/openapi.json as examples, where they are
                               missing or do not fit any more

Every answer of test_daemon.py is held against it too (described.py).
"""
import json
import os
import re
import signal
import sys

import described
from checks import until
from waymarkd import STRUCTURED, Folder, end_with_its_daemons, event, utc

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DOCUMENT = described.DOCUMENT
ROLES = ("submit", "read", "audit", "author", "approve", "admin")
WIDTH = 120


def text_of(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def nodes(node, where="#"):
    yield where, node
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in items:
        yield from nodes(child, "%s/%s" % (where, key))


# ---- the document by itself ----


def references_lead_somewhere():
    used = set()
    for where, node in nodes(DOCUMENT):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            described.resolve(node)
            used.add(node["$ref"])
    for group in ("schemas", "responses"):
        for name in DOCUMENT["components"][group]:
            ref = "#/components/%s/%s" % (group, name)
            assert ref in used, "%s is not used" % ref


def operations_are_complete():
    ids = set()
    tags = {t["name"] for t in DOCUMENT["tags"]}
    for method, path, operation in described.operations():
        name = "%s %s" % (method, path)
        for member in ("operationId", "summary", "description", "responses"):
            assert operation.get(member), "%s has no %s" % (name, member)
        assert operation["operationId"] not in ids, name
        ids.add(operation["operationId"])
        assert set(operation["tags"]) <= tags and operation["tags"], name
        assert operation.get("security") == [] or set(operation["x-roles"]) <= set(ROLES), name
        inside = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert inside == set(re.findall(r"\{(\w+)\}", path)), name


def examples_fit_their_schemas():
    n = 0
    for _, node in nodes(DOCUMENT):
        if isinstance(node, dict) and "schema" in node and "example" in node:
            described.validator(node["schema"]).validate(node["example"])
            n += 1
    assert n > 30, n


def problems_are_those_of_the_source():
    """The same list in the description, in API.md and, but for the refusals of the engine, in the source."""
    said = {x.removeprefix("/problems/") for x in DOCUMENT["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]}
    manual = text_of("daemon", "API.md").split("\n## Problems\n")[1].split("\n## ")[0]
    rows = [line.split("|")[2] for line in manual.splitlines() if re.match(r"\| \d", line)]
    in_manual = set(re.findall(r"`([a-z-]+)`", " ".join(rows)))
    assert said == in_manual, said ^ in_manual
    routes = set(re.findall(r'X\(PROBLEM_\w+, \d+, "([a-z-]+)"', text_of("daemon", "serve", "problem.h")))
    http = set(re.findall(r'X\(\w+, \d+, "([a-z-]+)"', text_of("daemon", "serve", "http_internal.h")))
    refusals = set(re.findall(r'X\("([a-z-]+)", "', text_of("daemon", "serve", "problem.h")))
    source = (routes | http | refusals) - {"refused"}  # its slug is that of the refusal
    assert len(source) > 30 and source <= said, source - said


# ---- the document and the daemon ----


def the_daemon_gives_this_description(daemon):
    assert daemon.get("/openapi.json", token=None).json == DOCUMENT


def routes_served_are_described(daemon):
    metrics = daemon.get("/metrics", token=None).body
    served = set(re.findall(r'^waymark_answers_total\{method="(\w+)",route="(\S+?)"', metrics, re.M)) - {("none", "none")}
    said = {(method, path) for method, path, _ in described.operations()}
    assert served == said, "served and not described, or the other way: %s" % (served ^ said)


def roles_are_those_described(daemon):
    for method, path, operation in described.operations():
        path = re.sub(r"\{\w+\}", "1", path)
        for role in ROLES:
            answer = daemon.ask(method, path, token=role)
            forbidden = answer.status == 403 and answer.json["type"] == "/problems/role-forbidden"
            may = operation.get("security") == [] or role in operation["x-roles"]
            assert forbidden != may, "%s %s as %s: %r" % (method, path, role, answer)
        if operation.get("security") != []:
            assert daemon.ask(method, path, token=None).status == 401, path


# ---- answers, which are also the examples ----

def demo_events():
    lines = text_of("daemon", "demo", "events.jsonl").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def youth_events():
    """A youth whose face sheet a partner may see."""
    now = utc()
    return [
        event("partner_signed", "A-17", data={"mou_signed": True, "confidentiality_signed": True}),
        event("safetynet_referred", "Y-17", time=now, data={"urgent": False, "exploitation": "exploited", "custody": "none"}),
        event("face_sheet_written", "Y-17", time=now, data={"background": "Made up", "case_status": "None", "safety_concerns": "None"}),
        event("sharing_agreed", "Y-17", time=now, data={"share_consent": utc(-86400)[:10]}),
    ]


class Examples:
    """Asks the daemon and keeps the first answer of each kind: {(METHOD, path, status): (media type, body)}."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.found = {}

    def keep(self, method, path, answer):
        route = described.find_route(method, path)
        media = answer.headers["Content-Type"].split(";")[0]
        body = answer.body if media.startswith("text/") else answer.json
        self.found.setdefault((method, route.path, str(answer.status)), (media, body))
        return answer

    def get(self, path, token="county"):
        return self.keep("GET", path, self.daemon.get(path, token=token))

    def send(self, body, path="/v1/events", token="submit"):
        return self.keep("POST", path, self.daemon.send(body, path=path, token=token))

    def act(self, path, body, token):
        path = "/v1/policies" + path
        headers = {"Content-Type": "application/json"}
        return self.keep("POST", path, self.daemon.ask("POST", path, json.dumps(body), headers, token))

    def post(self, body, headers):
        return self.keep("POST", "/v1/events", self.daemon.ask("POST", "/v1/events", body, headers))


def ask_for_examples(x):
    events = demo_events()
    first = events[0]
    for e in events:
        answer = x.daemon.send(e)
        assert answer.status == 200, answer
        if e["type"] == "session_attended":
            x.keep("POST", "/v1/events", answer)
            session = e
    for e in youth_events():
        assert x.daemon.send(e).status == 200, e
    ask_for_refusals(x, first)
    later = dict(session, id="x-2", time="2026-12-01T09:00:00-08:00")
    later["data"] = dict(session["data"], minutes=59)
    x.send(later, "/v1/evaluate?explain=true&for=person")
    x.send(later, "/v1/evaluate?explain=true")
    case = session["subject"]
    x.get("/v1/cases/" + case)
    x.get("/v1/cases/%s/timeline?limit=1" % case)
    x.get("/v1/cases/S-3T9WLC/upcoming")
    x.get("/v1/cases/Y-17/share/face_sheet?partner=A-17")
    x.get("/v1/cases/Y-17/share/face_sheet?partner=A-HAVEN")
    x.get("/v1/outcomes?limit=2")
    x.get("/v1/decisions/2")
    x.get("/v1/capacities")
    x.get("/v1/funds")
    x.get("/v1/dockets/case_review")
    x.get("/v1/disclosures", "audit")
    x.get("/v1/policies")
    x.get("/v1/log/head", "audit")
    x.get("/v1/log/proof?event=2", "audit")
    ask_for_versions(x)
    x.get("/v1/reports/events", "audit")
    x.get("/v1/reports/deadlines?cases=true")
    ask_for_replay(x)
    order = {"case": "Y-17", "order": "SC-2026-117", "reason": "record relief"}
    hold = {"case": "Y-17", "order": "LIT-2026-4", "reason": "discovery"}
    as_json = {"Content-Type": "application/json"}
    x.keep("POST", "/v1/holds", x.daemon.ask("POST", "/v1/holds", json.dumps(hold), as_json, "admin"))
    lifted = x.daemon.ask("POST", "/v1/holds", json.dumps(dict(hold, lift=True)), as_json, "admin")
    assert lifted.status == 200, lifted
    x.keep("POST", "/v1/purges", x.daemon.ask("POST", "/v1/purges", json.dumps(order), as_json, "admin"))
    x.get("/v1/cases/Y-17")
    x.get("/healthz", None)
    x.get("/readyz", None)
    ask_when_not_ready(x)


def ask_for_replay(x):
    body = json.dumps({"version": x.daemon.get("/readyz", token=None).json["version"]})
    headers = {"Content-Type": "application/json"}
    began = x.keep("POST", "/v1/replays", x.daemon.ask("POST", "/v1/replays", body, headers, "audit"))
    where = began.headers["Location"]
    until(lambda: x.daemon.get(where, token="audit").json["state"] != "running")
    x.get(where, "audit")


def ask_when_not_ready(x):
    """A policy with an error, which is taken back."""
    folder = x.daemon.folder
    folder.edit("vocabulary.way", "timezone", "timezoen")
    x.daemon.signal(signal.SIGHUP)
    x.daemon.wait_log("reload-failed")
    x.get("/readyz", None)
    folder.edit("vocabulary.way", "timezoen", "timezone")
    x.daemon.signal(signal.SIGHUP)
    x.daemon.wait_log("reloaded")


def ask_for_versions(x):
    sources = []
    for at, _, names in os.walk(os.path.join(ROOT, "policies")):
        for name in sorted(n for n in names if n.endswith(".way")):
            path = os.path.join(at, name)
            sources.append({"name": os.path.relpath(path, os.path.join(ROOT, "policies")), "text": text_of(path)})
    old = x.daemon.get("/readyz", token=None).json["version"]
    x.act("", {"sources": [{"name": "a.way", "text": "amount fee is $1,00\n"}]}, "author")
    for s in sources:
        s["text"] += "\n# resolution 2026-112\n" if s["name"] == "vocabulary.way" else ""
    new = x.act("", {"sources": sources}, "author").json["version"]
    x.act("", {"sources": sources}, "author")
    x.act("/%s/activate" % new, {"from": "2040-01-01"}, "approve")
    x.act("/%s/activate" % new, {"from": "soon"}, "approve")
    x.act("/%s/approve" % new, {}, "approve")
    x.act("/%s/activate" % new, {"from": "2040-01-01"}, "approve")
    x.get("/v1/policies/" + new)
    x.get("/v1/policies/%s/diff?against=%s" % (new, old), "audit")
    x.act("/%s/shadow" % new, {}, "author")
    x.get("/v1/policies/%s/shadow" % new, "audit")
    x.act("/%s/retire" % new, {}, "approve")
    for part in ("source", "graph?program=bridge"):
        assert x.daemon.get("/v1/policies/%s/%s" % (old, part)).status == 200


def ask_for_refusals(x, first):
    x.send(dict(first, data={"vetted": False, "trauma_informed": False}))
    x.send(dict(first, id="x-1", data={"vettd": True}))
    x.send(first, token="read")
    x.send(first, token=None)
    x.send([{}] * 1001)
    x.post("{", {"Content-Type": STRUCTURED})
    x.post("{}", {"Content-Type": "text/plain"})
    x.post("{}", {"Content-Type": STRUCTURED, "Accept": "text/html"})
    x.get("/v1/cases/NOBODY")
    x.get("/v1/outcomes?limit=no")


# Their own length would be the description's.
LONG = ("/metrics", "/openapi.json", "/v1/policies/{version}/source", "/v1/policies/{version}/graph")


def every_answer_that_is_fine_was_asked_for(found):
    for method, path, operation in described.operations():
        fine = next(status for status in ("200", "202") if status in operation["responses"])
        if path not in LONG:
            assert (method, path, fine) in found, "no example of %s %s" % (method, path)


def put_examples(found):
    """Where there is none, or one that does not fit any more."""
    for (method, path, status), (media, body) in found.items():
        content = described.resolve(DOCUMENT["paths"][path][method.lower()]["responses"][status])["content"][media]
        if "example" not in content or not described.validator(content["schema"]).is_valid(content["example"]):
            content["example"] = body


def layout(value, indent=0):
    """JSON with whatever fits on a line on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or len(flat) + indent <= WIDTH:
        return flat
    inner = " " * (indent + 1)
    if isinstance(value, list):
        rows = [inner + layout(x, indent + 1) for x in value]
    else:
        rows = ["%s%s: %s" % (inner, json.dumps(k, ensure_ascii=False), layout(v, indent + 1)) for k, v in value.items()]
    return "%s\n%s\n%s" % ("[{"[isinstance(value, dict)], ",\n".join(rows), " " * indent + "]}"[isinstance(value, dict)])


def main():
    write = sys.argv[1:] == ["--write"]
    checks = [references_lead_somewhere, operations_are_complete, examples_fit_their_schemas, problems_are_those_of_the_source]
    with Folder(os.path.join(ROOT, "policies")) as folder:
        folder.add_token("county", "read", "alameda")
        daemon = folder.start()
        examples = Examples(daemon)
        ask_for_examples(examples)
        if write:
            put_examples(examples.found)
            with open(described.PATH, "w", encoding="utf-8") as f:
                f.write(layout(DOCUMENT) + "\n")
            return 0
        every_answer_that_is_fine_was_asked_for(examples.found)
        for check in checks:
            check()
        assert text_of("daemon", "openapi.json") == layout(DOCUMENT) + "\n", "run test_openapi.py --write"
        the_daemon_gives_this_description(daemon)
        routes_served_are_described(daemon)
        roles_are_those_described(daemon)
        daemon.stop()
    print("openapi: %d routes, fine" % len(described.ROUTES))
    return 0


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
