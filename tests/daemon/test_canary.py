#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing confidential reaches a log, a metric, an error, a feed or a role that may not see it.

    test_canary.py [PART OF A NAME]

Strings that stand nowhere else are put wherever something confidential or personal can stand; then everything
that the daemon says is searched for them: its log, /metrics, problems, the feed, what each role is answered.
"""
import json
import os
import re
import signal
import socket
import sqlite3
import sys

from checks import ROLES, accepted, eq, main, problem, routes_served, test, until
from waymarkd import BATCH, HERE, STRUCTURED, Answer, Folder, end_with_its_daemons, event

ROOT = os.path.join(HERE, "..", "..")

# What nobody but the role `read` of the county may see, and nobody at all in a log, a metric or an error.
SECRETS = {
    "home": "Kanari Street 5",
    "income": "48151.62",
    "born": "1987-03-29",
    "score": 48151623,
    "mood": "kanarisad",
    "words": "Kanari said this",
}
SHOWN = ("Kanari Street 5", "48151.62", "1987-03-29", "48151623", "kanarisad", "Kanari said this")
# What is no secret from those who may see the case, yet in no log, metric or error.
PERSONAL = ("Kanari-P1", "Kanari-P2", "Kanari-O1", "Kanari plainly")
# What is the sender's, or the policy's, and only in no log or metric.
NAMES = ("kanari-event", "/kanari-source", "one of kanarisad, kanaricalm was expected")
ANY = re.compile("kanari|48151|1987-03-29", re.I)

VOCABULARY = """
  income : money optional confidential
  born   : date optional confidential
  score  : number optional confidential
  mood   : one of kanarisad, kanaricalm optional confidential
"""
PROGRAM = """
rule scored of person "By a confidential number"
  on moved when score is known and score >= 3
  set strikes to strikes + 1

rule told_twice of person
  on told when plain is known
  notify helper "Something was told"

share sheet of person
  with office
  show grade

never assess for person when mood is known and mood is kanarisad
  "Nothing is asked of somebody in that mood"

"""


def prepare(folder):
    folder.edit("vocabulary.way", "  grade    : one of", VOCABULARY.strip("\n") + "\n  grade    : one of")
    folder.edit("vocabulary.way", "  sets home\n", "  sets home, income, born, score, mood\n")
    folder.edit("vocabulary.way", "party helper", 'event told of person "Told"\n  words : text confidential\n  plain : text optional\n\nparty helper')
    folder.edit("program.way", "rule fees", PROGRAM.strip("\n") + "\n\nrule fees")
    for role in ROLES:
        folder.add_token(role + "_yolo", role, "yolo")


def moved(**more):
    data = {k: v for k, v in SECRETS.items() if k != "words"}
    return event("moved", "Kanari-P1", source="/kanari-source", data=dict(data, **more))


def told(subject="Kanari-P1", **more):
    return event("told", subject, source="/kanari-source", data={"words": SECRETS["words"], "plain": "Kanari plainly"}, **more)


class Watch:
    """Everything that was answered, with who asked, so that all of it can be judged."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.answers = []

    def ask(self, method, path, body=None, headers=None, token="submit"):
        answer = self.daemon.ask(method, path, body, headers, token)
        self.answers.append((token, method, path, answer))
        return answer

    def send(self, e, token="submit", path="/v1/events"):
        kind = BATCH if isinstance(e, list) else STRUCTURED
        return self.ask("POST", path, json.dumps(e), {"Content-Type": kind}, token)

    def get(self, path, token="read"):
        return self.ask("GET", path, token=token)

    def judge(self):
        """Which statuses there were; nothing confidential where it must not be."""
        for token, method, path, answer in self.answers:
            where = "%s %s as %s: %r" % (method, path, token, answer)
            body = answer.body
            if answer.status >= 400:
                for name in NAMES:  # a batch says which event a problem is about, a wrong word which there are
                    body = body.replace(name, "")
                assert not ANY.search(body), where
            elif token != "read" or path.startswith("/v1/outcomes"):
                for text in SHOWN:
                    assert text.lower() not in body.lower(), where
            if str(token).endswith("_yolo"):
                assert not ANY.search(re.sub("/?kanari-(source|event)\\w*", "", body)), where
            assert not ANY.search(str(answer.headers)), where
            for secret in self.daemon.folder.tokens.values():
                assert secret not in answer.body, where
        return {a.status for _, _, _, a in self.answers}


def nothing_said(folder, daemon, metrics):
    text = "".join(daemon.lines)
    assert text and metrics
    for said in (text, metrics):
        found = ANY.search(said)
        assert not found, said[max(0, found.start() - 300) : found.end() + 100]
        for secret in folder.tokens.values():
            assert secret not in said and secret[3:20] not in said


def raw(daemon, data):
    with socket.create_connection(("127.0.0.1", daemon.port), 30) as s:
        s.sendall(data)
        got = b""
        while True:
            more = s.recv(1 << 16)
            got += more
            if not more or b"\r\n\r\n" in got:
                break
    head, _, body = got.partition(b"\r\n\r\n")
    return Answer(int(head.split()[1]), head.decode(), body.decode())


def history(w):
    accepted(w.send(event("opened", "Kanari-O1", data={"open": True})))
    accepted(w.send(moved()))
    accepted(w.send(told(id="kanari-event-1")))
    accepted(w.send(event("visit", "Kanari-P1", data={"minutes": 60, "office": "Kanari-O1"})))
    accepted(w.send(event("missed", "Kanari-P1")))
    accepted(w.send([told("Kanari-P2", casekind="person"), event("granted", "Kanari-P2")]))


def every_route_and_role(w):
    for route in routes_served():
        method, pattern = route.split(" ", 1)
        path = pattern.replace("{id}", "Kanari-P1").replace("{seq}", "2").replace("{number}", "1")
        path = re.sub(r"\{name\}$", "board", path)
        path = re.sub(r"\{\w+\}", "Kanari-P1", path)
        for token in ROLES + tuple(r + "_yolo" for r in ROLES) + (None, "wm_" + "K" * 43):
            w.ask(method, path, token=token)
            w.ask(method, path + "?explain=true&partner=Kanari-O1&Kanari=Kanari", token=token)
    for token in ("read", "audit", "submit"):
        w.send(moved(home="Kanari Street 5"), token=token, path="/v1/evaluate?explain=true")
        w.send(told(), token=token, path="/v1/evaluate?explain=true")
    for token in ("read", "audit"):
        w.get("/v1/cases/Kanari-P1/timeline?limit=1000", token)
        w.get("/v1/outcomes?limit=1000", token)
    for seq in range(1, 9):
        for token in ("read", "audit", "submit", "submit_yolo"):
            w.get("/v1/decisions/%d" % seq, token)


def wrong_events():
    good = told(id="kanari-event-2")
    for where in ("specversion", "id", "source", "type", "subject", "time", "county", "casekind", "kanari"):
        # Names of what there is in the vocabulary are not personal: what is said about them may repeat them.
        word = "nosuch" if where in ("type", "time", "county", "casekind", "kanari") else "Kanari"
        for value in (word + "-P1 \u00e4", 48151623, None, [word], {word: word}, word * 1000, ""):
            yield dict(good, **{where.replace("kanari", "nosuch"): value})
    for field in ("words", "plain", "nosuch"):
        for value in (48151623, ["Kanari"], {"Kanari": 1}, "Kanari" * 2000, True):
            yield dict(good, data={"words": "Kanari", field: value})
    for name, values in {
        "home": (48151623, "Kanari" * 2000, ["Kanari"]),
        "income": ("Kanari", "48151.623", 48151623, "-48151.62x"),
        "born": ("1987-03-29x", "Kanari", "29 Kanari 1987", 48151623),
        "score": ("48151623", 48151.623, "Kanari", 48151623481516234815),
        "mood": ("kanarisads", "Kanari", 48151623),
    }.items():
        for value in values:
            yield moved(**{name: value})
    yield dict(moved(), subject="Kanari-O1")  # of another kind
    yield dict(moved(), county="yolo")
    yield dict(moved(), time="1987-03-29T00:00:00Z")
    yield event("approved", "Kanari-P1", data={"outcome": "Kanari", "by": "Kanari", "reason": "Kanari"})
    yield event("declined", "Kanari-P1", data={"outcome": "kanari" * 5 + "12", "by": "Kanari", "reason": "Kanari"})
    yield event("payment_received", "Kanari-P1", data={"outcome": "48151623" * 4, "amount": "48151.62"})
    yield event("retracted", "Kanari-P1", data={"event": "Kanari", "source": "/Kanari", "reason": "Kanari"})
    yield event("corrected", "Kanari-P1", data={"event": "kanari-event-1", "source": "/kanari-source", "reason": "Kanari", "data": {"words": 48151623, "nosuch": "Kanari"}})
    yield event("nosuch", "Kanari-P1")
    yield event("fee", "Kanari-P1")  # which is never to be


def refusals(w):
    for e in wrong_events():
        for path in ("/v1/events", "/v1/evaluate?explain=true"):
            w.send(e, path=path)
    w.send([dict(e, id="kanari-event-%d" % i) for i, e in enumerate(wrong_events())])
    again = told(id="kanari-event-1")
    problem(w.send(dict(again, data={"words": "Kanari!"})), 409, "event-conflict")
    w.send(told(), token="submit_yolo")
    w.send([told()] * 3, token="submit_yolo")
    for text in ('{"Kanari', '{"a":Kanari}', '["Kanari', '{"nosuch":"Kanari","nosuch":"Kanari"}', '{"a":"\\ud800Kanari"}', "Kanari", '{"a":"Kanari\\u0000"}', '{"k":' + "9" * 30 + "}", '"Kanari" 48151623'):
        for kind in (STRUCTURED, BATCH, "application/json", "text/Kanari"):
            w.ask("POST", "/v1/events", text.encode(), {"Content-Type": kind, "ce-specversion": "Kanari", "ce-id": "%4Banari"})
    w.ask("POST", "/v1/events", b'{"a":"Kanari\xff"}', {"Content-Type": STRUCTURED})
    w.send([told()] * 1001)
    w.ask("POST", "/v1/events", "Kanari" * (1 << 18), {"Content-Type": STRUCTURED})
    for path in ("/Kanari", "/v1/Kanari?Kanari=1", "/v1/cases/Kanari-P9", "/v1/cases/%ffKanari", "/v1/cases/Kanari-P9/timeline",
                 "/v1/cases/Kanari-P1/timeline?before=Kanari", "/v1/outcomes?after=Kanari", "/v1/outcomes?Kanari=1",
                 "/v1/cases/Kanari-P1/share/sheet?partner=Kanari", "/v1/cases/Kanari-P1/share/nosuch?partner=Kanari-O1", "/v1/decisions/Kanari", "/v1/dockets/Kanari",
                 "/v1/dockets/board?date=Kanari", "/v1/disclosures?case=Kanari-P9", "/v1/cases/" + "Kanari" * 2000):
        for token in ("read", "audit", "submit", "Kanari"):
            w.get(path, token)
    w.ask("DELETE", "/v1/cases/Kanari-P1")
    w.ask("GET", "/v1/outcomes", headers={"Accept": "text/Kanari"}, token="read")
    w.ask("GET", "/v1/outcomes", headers={"Authorization": "Kanari Kanari"}, token=None)
    for data in (b"KANARI /Kanari HTTP/1.1\r\nHost: Kanari\r\n\r\n", b"GET /Kanari HTTP/9.9\r\nHost: a\r\n\r\n",
                 b"GET /Kanari\x01 HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nKanari : Kanari\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nExpect: Kanari\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Kanari\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: Kanari\r\n\r\n", b"GET / HTTP/1.1\r\nHost: Kanari Kanari\r\n\r\n",
                 b"GET /%s HTTP/1.1\r\nHost: a\r\nKanari: %s\r\n\r\n" % (b"Kanari", b"Kanari" * 4000)):
        w.answers.append((None, "RAW", repr(data[:40]), raw(w.daemon, data)))


@test
def nobody_hears_of_it(folder):
    prepare(folder)
    d = folder.start()
    w = Watch(d)
    history(w)
    # The canaries are there, and who may see them does: what follows can fail.
    sung = "".join(w.get(path).body for path in ("/v1/cases/Kanari-P1", "/v1/cases/Kanari-P1/timeline", "/v1/decisions/2"))
    for text in SHOWN + PERSONAL:
        assert text in sung or text == "Kanari-P2", text
    every_route_and_role(w)
    refusals(w)
    folder.edit("program.way", "amount visit_pay is $100", "amount visit_pay is $1,00")
    d.signal(signal.SIGHUP)
    d.wait_log("reload-failed")
    folder.edit("program.way", "amount visit_pay is $1,00", "amount visit_pay is $101")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    metrics = d.get("/metrics", token=None).body
    d.stop()
    statuses = w.judge()
    assert {200, 400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 417, 422, 431, 501, 505} <= statuses, statuses
    nothing_said(folder, d, metrics)


@test
def nor_under_the_shipped_policies(_):
    """The demonstration's events, with ids that are canaries."""
    with open(os.path.join(ROOT, "daemon", "demo", "events.jsonl"), encoding="utf-8") as f:
        lines = [re.sub(r'"([A-Z]-[A-Z0-9-]+)"', r'"Kanari-\1"', line) for line in f if line.strip()]
    with Folder(os.path.join(ROOT, "policies")) as folder:
        for role in ROLES:
            folder.add_token(role + "_yolo", role, "yolo")
        d = folder.start()
        w = Watch(d)
        cases = set()
        for line in lines:
            e = json.loads(line)
            cases.add(accepted(w.send(e))["case"])
            w.send(e)
            w.send(dict(e, id=e["id"] + "x", data={"nosuch": "Kanari"}))
            w.send(dict(e, id=e["id"] + "y"), path="/v1/evaluate?explain=true")
        sheet = {"background": "Kanari background", "case_status": "Kanari status", "safety_concerns": "Kanari fears"}
        accepted(w.send(event("safetynet_referred", "Kanari-Y", data={"urgent": False, "exploitation": "exploited", "custody": "none"})))
        accepted(w.send(event("face_sheet_written", "Kanari-Y", data=sheet)))
        assert "Kanari background" in w.get("/v1/cases/Kanari-Y").body
        for case in sorted(cases) + ["Kanari-Y"]:
            for path in ("", "/timeline", "/upcoming", "/share/face_sheet?partner=Kanari-A-17"):
                for token in ROLES + tuple(r + "_yolo" for r in ROLES):
                    got = w.get("/v1/cases/" + case + path, token)
                    for text in sheet.values():
                        assert token == "read" or text not in got.body, (token, case, path, got)
        every_route_and_role(w)
        metrics = d.get("/metrics", token=None).body
        d.stop()
        assert len(cases) > 5 and {200, 403, 404, 422} <= w.judge()
        nothing_said(folder, d, metrics)


def filled(w):
    """The ledger is full; a moment later the daemon may have made room by itself."""
    return any(w.send(moved(home="Kanari Street 5" * 100)).status == 507 for i in range(3000))


@test
def not_when_the_ledger_fails_either(folder):
    prepare(folder)
    d = folder.start("--ledger-most", "300000", "--rate", "100000/100000")
    w = Watch(d)
    history(w)
    until(lambda: filled(w) and w.get("/v1/cases/Kanari-P1").status == 507)
    metrics = d.get("/metrics", token=None).body
    d.stop()
    nothing_said(folder, d, metrics)
    # Cases that somebody has tampered with: exchanged, and cut short.
    folder.ruined = True
    with sqlite3.connect(folder.ledger) as db:
        db.execute("UPDATE cases SET state = (SELECT state FROM cases WHERE no = 1) WHERE no = 2")
        db.execute("UPDATE cases SET state = substr(state, 1, 50) WHERE no > 2")
    d = folder.start()
    w2 = Watch(d)
    for case in ("Kanari-P1", "Kanari-P2"):
        for token in ("read", "audit"):
            w2.get("/v1/cases/" + case, token)
            w2.get("/v1/cases/%s/upcoming" % case, token)
        w2.send(told(case))
        w2.send(told(case), path="/v1/evaluate?explain=true")
        w2.send(event("visit", "Kanari-P3", data={"minutes": 60, "office": case}))
    metrics = d.get("/metrics", token=None).body
    d.stop()
    assert 500 in w2.judge() and 507 in w.judge()
    nothing_said(folder, d, metrics)


@test
def not_while_it_ends(folder):
    prepare(folder)
    d = folder.start()
    w = Watch(d)
    history(w)
    body = json.dumps(moved()).encode()
    head = "POST /v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    with socket.create_connection(("127.0.0.1", d.port), 30) as s:
        s.sendall((head % (folder.tokens["submit"], STRUCTURED, len(body))).encode() + body[:-9])
        until(lambda: "waymark_http_connections 2\n" in d.get("/metrics", token=None).body)
        d.signal(signal.SIGTERM)
        d.wait_log("draining")
        s.sendall(body[-9:])
        got = s.recv(1 << 16)
    assert got.startswith(b"HTTP/1.1 200"), got
    for text in SHOWN:
        assert text.encode() not in got, got
    eq(d.wait(), 0)
    nothing_said(folder, d, "none")


@test
def a_policy_that_leaves_cases_nowhere_names_none(folder):
    prepare(folder)
    d = folder.start()
    w = Watch(d)
    history(w)
    folder.edit("program.way", "step referral", "step another")
    d.signal(signal.SIGHUP)
    until(lambda: [x for x in d.log() if x["event"] in ("cases-unfit", "reload-failed", "reloaded")])
    metrics = d.get("/metrics", token=None).body
    d.stop()
    w.judge()
    nothing_said(folder, d, metrics)


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
