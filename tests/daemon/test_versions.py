#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Versions of the policy: which one is in force when, who may say so, and that it holds.

    test_versions.py [PART OF A NAME]
"""
import concurrent.futures
import contextlib
import datetime
import itertools
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

from checks import accepted, eq, kinds, main, problem, test, until
from opened import opened
from waymarkd import WAYMARK, end_with_its_daemons, event, utc


def register(folder):
    db = sqlite3.connect("file:%s?mode=ro" % folder.ledger, uri=True)
    rows = db.execute("SELECT policy, act, who, from_us >= at_us FROM register ORDER BY number").fetchall()
    db.close()
    return rows


def price(folder, old, new):
    folder.edit("program.way", "amount visit_pay is $%s" % old, "amount visit_pay is $%s" % new)


def paid(d):
    """What a visit is paid now."""
    return accepted(d.send(event("visit", "P1", data={"minutes": 60})))["outcomes"][0]["amount"]


@test
def a_changed_folder_is_an_activation(folder):
    d = folder.start()
    eq(register(folder), [(1, "activated", None, 1)])
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    d.stop()
    d = folder.start()
    eq(register(folder), [(1, "activated", None, 1)])  # nothing has changed
    price(folder, 100, 120)
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(paid(d), "120.00")
    price(folder, 120, 100)
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded", n=2)
    eq(paid(d), "100.00")
    d.stop()
    price(folder, 100, 130)
    d = folder.start()
    eq(paid(d), "130.00")
    eq([(n, act) for n, act, _, _ in register(folder)], [(n, "activated") for n in (1, 2, 1, 3)])
    db = sqlite3.connect(folder.ledger)
    for change in ("UPDATE register SET who = 'x'", "DELETE FROM register"):
        try:
            db.execute(change)
        except sqlite3.IntegrityError as why:
            assert "append-only" in str(why), why
        else:
            raise AssertionError("the register can be changed")
    db.close()


@test
def errors_at_a_restart_leave_the_old_one_in_force(folder):
    d = folder.start()
    version = d.get("/readyz", token=None).json["version"]
    d.stop()
    price(folder, 100, "1,00")
    d = folder.start()
    eq(d.wait_log("reload-failed")[0]["kept"], version)
    ready = d.get("/readyz", token=None).json
    eq((ready["version"], [c["cause"] for c in ready["causes"]]), (version, ["policies-failed"]))
    eq(paid(d), "100.00")
    price(folder, "1,00", 110)
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(paid(d), "110.00")


def plan(folder, policy, from_us, who="eve"):
    """Adds an activation to the ledger of a daemon that does not run."""
    folder.ruined = True
    db = sqlite3.connect(folder.ledger)
    at = db.execute("SELECT max(at_us) FROM register").fetchone()[0]
    db.execute(
        "INSERT INTO register (at_us, policy, act, from_us, who) VALUES (?, ?, 'activated', ?, ?)",
        (at, policy, from_us, who),
    )
    db.commit()
    db.close()


@test
def a_version_is_active_from_its_instant(folder):
    folder.ruined = True
    folder.start().stop()
    price(folder, 100, 120)
    folder.start().stop()
    instant = time.time() + 2.5
    plan(folder, 1, int(instant * 1e6))
    d = folder.start()
    before = paid(d)
    assert before == "120.00" or time.time() > instant, before
    until(lambda: time.time() > instant + 0.1)
    eq(paid(d), "100.00")
    d.stop()
    d = folder.start()  # the folder still says 120, as it did before: nothing new
    eq(paid(d), "100.00")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(paid(d), "100.00")
    d.stop()
    plan(folder, 2, int((time.time() + 0.2) * 1e6))
    time.sleep(0.4)
    d = folder.start()  # its instant passed while the daemon was down
    eq(paid(d), "120.00")


@test
def an_act_that_the_disk_has_no_room_for_changes_nothing(folder):
    d = folder.start("--ledger-most", "262144")
    sent = 0
    while d.send(event("visit", "P%d" % sent, data={"minutes": 60})).status == 200:
        sent += 1
        assert sent < 2000
    price(folder, 100, 120)
    d.signal(signal.SIGHUP)
    line = d.wait_log("reload-failed")[0]
    assert "disk" in line["reason"], line
    version = d.get("/readyz", token=None).json["version"]
    eq(version, line["kept"])
    eq(register(folder), [(1, "activated", None, 1)])
    d.stop()
    d = folder.start()
    eq(paid(d), "120.00")


# ---- over HTTP ----


def texts(folder, *changes):
    """The sources of the folder with some changes: (name, old, new)."""
    found = {}
    for at, _, names in os.walk(folder.policies):
        for name in (n for n in names if n.endswith(".way")):
            path = os.path.join(at, name)
            with open(path, encoding="utf-8") as f:
                found[os.path.relpath(path, folder.policies)] = f.read()
    for name, old, new in changes:
        assert old in found[name], (name, old)
        found[name] = found[name].replace(old, new)
    return [{"name": name, "text": text} for name, text in sorted(found.items())]


def pays(amount):
    return ("program.way", "amount visit_pay is $100", "amount visit_pay is $%s" % amount)


def post(d, path, body=None, token="author"):
    text = None if body is None else json.dumps(body)
    return d.ask("POST", "/v1/policies" + path, text, {"Content-Type": "application/json"}, token)


def upload(d, folder, *changes, token="author"):
    return post(d, "", {"sources": texts(folder, *changes)}, token)


def uploaded(d, folder, *changes, token="author"):
    a = upload(d, folder, *changes, token=token)
    assert a.status == 201, a
    return a.json["version"]


def entry(d, version):
    return accepted(d.get("/v1/policies/" + version))


@test
def from_upload_to_force_and_back(folder):
    d = folder.start()
    first = d.get("/readyz", token=None).json["version"]
    a = upload(d, folder, pays(150))
    eq(a.status, 201)
    new = a.json["version"]
    eq((a.json["state"], a.json["in_force"], a.json["failed"]), ("uploaded", False, 0))
    eq({x["severity"] for x in a.json["diagnostics"]}, {"warning"})
    eq([(x["act"], x["by"]) for x in a.json["acts"]], [("uploaded", "author")])
    again = upload(d, folder, pays(150))
    eq((again.status, again.json["version"], len(again.json["acts"])), (200, new, 1))
    problem(post(d, "/%s/activate" % new, token="approve"), 409, "version-state")
    got = accepted(post(d, "/%s/approve" % new, token="approve"))
    eq((got["state"], got["acts"][1]["by"]), ("approved", "approve"))
    eq(len(accepted(post(d, "/%s/approve" % new, {}, token="approve"))["acts"]), 2)
    eq(paid(d), "100.00")
    got = accepted(post(d, "/%s/activate" % new, token="approve"))
    eq((got["state"], got["in_force"]), ("in-force", True))
    eq(paid(d), "150.00")
    eq((entry(d, new)["in_force"], entry(d, first)["state"]), (True, "former"))
    problem(post(d, "/%s/retire" % new, token="approve"), 409, "version-state")
    accepted(post(d, "/%s/activate" % first, token="approve"))  # roll back
    eq(paid(d), "100.00")
    eq(accepted(post(d, "/%s/retire" % new, token="approve"))["state"], "retired")
    problem(post(d, "/%s/activate" % new, token="approve"), 409, "version-state")
    problem(post(d, "/%s/approve" % new, token="approve"), 409, "version-state")
    d.stop()
    d = folder.start()
    eq((paid(d), entry(d, new)["state"]), ("100.00", "retired"))
    listed = accepted(d.get("/v1/policies"))["versions"]
    eq([(v["version"], v["state"]) for v in listed], [(first, "in-force"), (new, "retired")])
    eq(accepted(d.get("/v1/policies/%s/source" % new))["sources"], texts(folder, pays(150)))
    graph = accepted(d.get("/v1/policies/%s/graph?county=alameda" % new))
    assert graph["blocks"], graph


@test
def what_differs_is_told(folder):
    d = folder.start()
    first = d.get("/readyz", token=None).json["version"]
    county = ("counties.way", "adopts trial from 2020-01-01\n\ncounty los", 'adopts trial from 2020-01-01\nchange amount visit_pay to $120\n  cite "7"\n\ncounty los')
    stipend = ("program.way", "stipend visits of person", 'stipend extra of person "More"\n  on visit\n  pay $1 to person from pot\n\nstipend visits of person')
    hours = ("program.way", "on visit when minutes >= 60", "on visit when minutes >= 45")
    month = ("program.way", "amount month_pay is $500", "amount month_pay is $510")
    v = uploaded(d, folder, county, stipend, hours, month)

    def written(which):
        path = os.path.join(folder.path, which)
        for source in texts(folder, *((county, stipend, hours, month) if which == "new" else ())):
            os.makedirs(path, exist_ok=True)
            with open(os.path.join(path, source["name"]), "w", encoding="utf-8") as f:
                f.write(source["text"])
        return path

    x = accepted(d.get("/v1/policies/%s/diff?against=%s" % (v, first)))
    eq(x, accepted(d.get("/v1/policies/%s/diff" % v)))
    eq([(f["name"], f["change"]) for f in x["files"]], [("counties.way", "changed"), ("program.way", "changed")])
    assert '\n+change amount visit_pay to $120\n+  cite "7"\n' in x["files"][0]["lines"], x
    eq({(y["change"], y["name"]) for y in x["differences"] if "visits" in y["name"] or "extra" in y["name"]},
       {("changed", "stipend visits (trial)"), ("added", "stipend extra (trial)")})
    by_name = {y["name"]: y for y in x["amounts"]}
    eq((by_name["visit_pay"]["counties"], by_name["visit_pay"]["new"]), (["alameda"], "$120.00"))
    eq((by_name["month_pay"]["old"], by_name["month_pay"]["new"]), ("$500.00", "$510.00"))
    eq(len(by_name["month_pay"]["counties"]), 3)
    said = subprocess.run([WAYMARK, "diff", "--json", *(written(n) for n in ("old", "new"))], capture_output=True, text=True)
    want = json.loads(said.stdout)
    for y in want["differences"]:
        y.pop("history", None), y.pop("tried", None)
    eq({k: x[k] for k in want}, want)  # as the command has it, but for histories
    back = accepted(d.get("/v1/policies/%s/diff?against=%s" % (first, v)))
    assert ("removed", "stipend extra (trial)") in {(y["change"], y["name"]) for y in back["differences"]}, back
    w = uploaded(d, folder, ("vocabulary.way", "case person", "# only a comment\ncase person"))
    same = accepted(d.get("/v1/policies/%s/diff" % w))
    eq((same["same"], same["amounts"], same["differences"], len(same["files"])), (True, [], [], 1))
    problem(d.get("/v1/policies/%s/diff?against=none" % v), 400, "bad-query")
    problem(d.get("/v1/policies/0123456789abcdef/diff"), 404, "not-found")


@test
def a_version_with_errors_is_not_taken(folder):
    d = folder.start()
    bad = problem(upload(d, folder, pays("1,00")), 422, "policy-errors")
    folder.edit("program.way", "amount visit_pay is $100", "amount visit_pay is $1,00")
    said = json.loads(subprocess.run([WAYMARK, "check", "--json", folder.policies], capture_output=True, text=True).stdout)
    for diagnostic in said:
        diagnostic["file"] = os.path.relpath(diagnostic["file"], folder.policies)
    eq(bad["diagnostics"], said)
    price(folder, "1,00", 100)
    scenario = """
scenario "a visit pays" in alameda
  given person
  2026-07-06 visit with minutes 60
    expect pay $777 to person
"""
    failed = problem(upload(d, folder, ("program.way", "rule fees", scenario + "\nrule fees")), 422, "scenarios-failed")
    eq((failed["failed"], [s["title"] for s in failed["scenarios"]]), (1, ["a visit pays"]))
    assert "777" in json.dumps(failed["scenarios"]), failed
    eq(len(accepted(d.get("/v1/policies"))["versions"]), 1)


@test
def what_is_no_upload(folder):
    d = folder.start()
    good = texts(folder)
    eq(post(d, "", {"sources": good}).status, 200)  # what is in force already
    for body in (
        None,
        {},
        [],
        {"sources": []},
        {"sources": good, "extra": 1},
        {"sources": [{"name": "a.way"}]},
        {"sources": [{"name": "a.way", "text": 1}]},
        {"sources": [{"name": "a.way", "text": "", "more": 1}]},
        {"sources": [good[0], good[0]]},
    ) + tuple(
        {"sources": [{"name": name, "text": ""}]}
        for name in ("", ".way", "a", "/a.way", "../a.way", "a/../b.way", "a//b.way", ".hidden.way", "a\\b.way", "a\nb.way", "a/" * 130 + "a.way")
    ):
        problem(post(d, "", body), 422, "bad-body")
    a = d.ask("POST", "/v1/policies", "{}", {"Content-Type": "text/plain"}, "author")
    problem(a, 415, "unsupported-media-type")
    problem(d.ask("POST", "/v1/policies", "{", {"Content-Type": "application/json"}, "author"), 400, "malformed-json")
    version = d.get("/readyz", token=None).json["version"]
    for act in ("approve", "retire"):
        problem(post(d, "/%s/%s" % (version, act), {"x": 1}, "approve"), 422, "bad-body")
    for body in ({"from": 5}, {"from": "soon"}, {"from": "2026-02-30"}, {"to": "2030-01-01"}, {"from": "2020-01-01"}):
        problem(post(d, "/%s/activate" % version, body, "approve"), 422, "bad-body")
    for path in ("", "/source", "/graph"):
        problem(d.get("/v1/policies/0123456789abcdef" + path), 404, "not-found")
    for act in ("approve", "activate", "retire"):
        problem(post(d, "/0123456789abcdef/" + act, token="approve"), 404, "not-found")
        a = d.get("/v1/policies/%s/%s" % (version, act))
        problem(a, 405, "method-not-allowed")
        eq(a.headers["Allow"], "POST")
    problem(d.get("/v1/policies/%s/graph?county=atlantis" % version), 400, "bad-query")
    problem(d.get("/v1/policies/%s/graph?program=none" % version), 400, "bad-query")


@test
def nobody_approves_what_is_theirs(folder):
    for name, role in (("ana.author", "author"), ("ana.approve", "approve"), ("bob.author", "author"), ("eve.approve", "approve")):
        folder.add_token(name, role, "all")
    d = folder.start()
    v = uploaded(d, folder, pays(150), token="ana.author")
    problem(post(d, "/%s/approve" % v, token="ana.approve"), 403, "own-version")
    problem(post(d, "/%s/approve" % v, token="ana.author"), 403, "role-forbidden")
    accepted(post(d, "/%s/approve" % v, token="eve.approve"))
    problem(post(d, "/%s/activate" % v, token="ana.approve"), 403, "own-version")
    folder.run("token", "revoke", "eve.approve")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    problem(post(d, "/%s/activate" % v, token="eve.approve"), 401, "token-required")
    accepted(post(d, "/%s/activate" % v, token="approve"))
    # Somebody approves, and uploads the same later: that approval does not count any more.
    w = uploaded(d, folder, pays(160), token="bob.author")
    accepted(post(d, "/%s/approve" % w, token="ana.approve"))
    again = upload(d, folder, pays(160), token="ana.author")
    eq((again.status, again.json["state"]), (200, "uploaded"))
    problem(post(d, "/%s/activate" % w, token="approve"), 409, "version-state")


def approved(d, folder, *changes):
    v = uploaded(d, folder, *changes)
    accepted(post(d, "/%s/approve" % v, token="approve"))
    return v


@test
def what_comes_while_an_activation_lands(folder):
    """It goes by the version before, also when what happened is of a time in which both decide alike; and a replay
    finds that out."""
    d = folder.start()
    enough = threading.Event()

    def begin(name):
        c = d.connect()
        for i in itertools.count():
            if enough.is_set():
                break
            accepted(d.send(event("support", "%s%d" % (name, i), time=utc(-0.005), casekind="person"), connection=c))
        c.close()

    with concurrent.futures.ThreadPoolExecutor() as pool:
        senders = [pool.submit(begin, name) for name in "ABC"]
        for n in range(8):
            v = approved(d, folder, pays(150 + n))
            accepted(post(d, "/%s/activate" % v, {}, "approve"))
        enough.set()
        for s in senders:
            s.result()
    d.stop()


@test
def sent_twice_while_versions_come_and_go(folder):
    """What has just been recorded is found, also by who looks in the moment in which an act lands."""
    d = folder.start()
    versions = [approved(d, folder, pays(amount)) for amount in (110, 120)]
    enough, failures, answers = threading.Event(), [], [{}, {}]
    events = [
        event("marked", "P%d" % (i % 7), time=utc(i / 1000 - 60), data={"hidden": True}, casekind="person") for i in range(500)
    ]

    def activate():
        for version in itertools.cycle(versions):
            if enough.is_set():
                return
            accepted(post(d, "/%s/activate" % version, {}, "approve"))

    def send(which):
        c = d.connect()
        for i, e in enumerate(events):
            answers[which][i] = accepted(d.send(e, connection=c))["duplicate"]
        c.close()

    def kept(what, *args):
        try:
            what(*args)
        except Exception as e:  # noqa: BLE001, told below
            failures.append(repr(e))

    threads = [threading.Thread(target=kept, args=(send, which)) for which in (0, 1)]
    author = threading.Thread(target=kept, args=(activate,))
    for t in threads + [author]:
        t.start()
    for t in threads:
        t.join()
    enough.set()
    author.join()
    eq(failures, [])
    eq([i for i in range(len(events)) if answers[0][i] == answers[1][i]], [])
    d.stop()


@test
def a_version_is_active_from_a_day(folder):
    d = folder.start()
    first = d.get("/readyz", token=None).json["version"]
    v = approved(d, folder, pays(150))
    day = (datetime.date.today() + datetime.timedelta(days=40)).isoformat()
    got = accepted(post(d, "/%s/activate" % v, {"from": day}, "approve"))
    eq((got["state"], got["from"][:19]), ("planned", day + "T00:00:00"))
    eq((paid(d), entry(d, first)["state"]), ("100.00", "in-force"))
    eq(accepted(post(d, "/%s/retire" % v, token="approve"))["state"], "retired")  # and it does not begin
    w = approved(d, folder, pays(160))
    at = utc(1.5)
    eq(accepted(post(d, "/%s/activate" % w, {"from": at}, "approve"))["state"], "planned")
    d.wait_log("in-force")
    assert utc() >= at
    eq(paid(d), "160.00")
    d.stop()
    d = folder.start()
    eq(paid(d), "160.00")


@test
def an_activation_that_leaves_cases_nowhere_is_refused(folder):
    d = folder.start()
    for who in ("P1", "P2"):
        accepted(d.send(event("missed", who)))
    gone = ("program.way", "step referral", "step outreach")
    v = approved(d, folder, gone)
    no = problem(post(d, "/%s/activate" % v, token="approve"), 409, "cases-unfit")
    eq([c["cases"] for c in no["cases"]], [2])
    assert 'the step "referral" of "attendance"' in no["cases"][0]["lack"], no
    assert "P1" not in json.dumps(no)
    eq(entry(d, v)["state"], "approved")
    w = approved(d, folder, gone, ("program.way", "  ends on enrolled", "  move step referral to outreach\n  ends on enrolled"))
    accepted(post(d, "/%s/activate" % w, token="approve"))
    eq([p["step"] for p in accepted(d.get("/v1/cases/P1"))["positions"]], ["outreach"])


@test
def a_planned_activation_is_looked_at_again(folder):
    d = folder.start()
    first = d.get("/readyz", token=None).json["version"]
    v = approved(d, folder, ("program.way", "step referral", "step outreach"))
    got = accepted(post(d, "/%s/activate" % v, {"from": utc(33)}, "approve"))  # nobody stands there
    eq(got["state"], "planned")
    accepted(d.send(event("missed", "P1")))
    line = d.wait_log("activation-refused")[0]
    eq(line["kept"], first)
    assert line["reason"].startswith('1 case would lack the step "referral"'), line
    until(lambda: entry(d, v)["state"] == "approved")
    eq([x["act"] for x in entry(d, v)["acts"]], ["uploaded", "approved", "activated", "refused"])
    assert "waymark_activations_refused_total 1\n" in d.get("/metrics", token=None).body
    eq(accepted(d.get("/v1/cases/P1"))["positions"][0]["step"], "referral")
    # So it is when the activation begins while the daemon is down.
    accepted(post(d, "/%s/activate" % first, token="approve"))
    db = sqlite3.connect("file:%s?mode=ro" % folder.ledger, uri=True)
    number = db.execute("SELECT number FROM policies WHERE version = ?", (v,)).fetchone()[0]
    db.close()
    d.stop()
    plan(folder, number, int((time.time() + 0.2) * 1e6))
    time.sleep(0.3)
    d = folder.start()
    assert '1 case would lack the step "referral"' in d.wait_log("activation-refused")[0]["reason"]
    eq(d.get("/readyz", token=None).json["version"], first)


@test
def uploads_at_the_same_time(folder):
    d = folder.start()
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda i: upload(d, folder, pays(200 + i % 3)), range(12)))
        reads = [d.get("/v1/policies").status for _ in range(3)]
    eq(reads, [200] * 3)
    for a in answers:
        if a.status == 503:
            problem(a, 503, "busy")
            assert a.headers["Retry-After"], a
        else:
            assert a.status in (200, 201), a
    taken = [a.json["version"] for a in answers if a.status in (200, 201)]
    assert taken
    eq(sum(a.status == 201 for a in answers), len(set(taken)))
    listed = [v["version"] for v in accepted(d.get("/v1/policies"))["versions"]]
    eq(len(listed), len(set(listed)))
    eq(set(listed[1:]), set(taken))


@test
def told_to_end_while_it_tries(folder):
    """An upload that is being tried is answered, with what it came to or that the daemon ends."""
    slow = "".join(
        'projection slow_%d "Many people" in alameda\n'
        "  cohort 3000 of person\n    all of them 2026-07-06 visit with minutes 60\n"
        "  expect 3000 times pay from pot\n\n" % i
        for i in range(30)
    )
    d = folder.start()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(upload, d, folder, ("program.way", "rule fees", slow + "rule fees"))
        until(lambda: "waymark_jobs_running 1\n" in d.get("/metrics", token=None).body or answer.done())
        d.stop()
        a = answer.result()
    d = folder.start()
    versions = [v["version"] for v in accepted(d.get("/v1/policies"))["versions"]]
    if a.status == 503:
        eq(len(versions), 1)
    else:
        eq((a.status, a.json["version"]), (201, versions[1]))


@test
def killed_between_the_steps(folder):
    """What was answered is there, whenever the daemon is killed."""

    def killed(d):
        d.kill()
        folder.daemons.remove(d)
        return folder.start()

    d = folder.start()
    first = d.get("/readyz", token=None).json["version"]
    v = uploaded(d, folder, pays(150))
    d = killed(d)
    eq(entry(d, v)["state"], "uploaded")
    accepted(post(d, "/%s/approve" % v, token="approve"))
    d = killed(d)
    eq(entry(d, v)["state"], "approved")
    accepted(post(d, "/%s/activate" % v, token="approve"))
    d = killed(d)
    eq((entry(d, v)["state"], paid(d)), ("in-force", "150.00"))
    accepted(post(d, "/%s/activate" % first, token="approve"))
    accepted(post(d, "/%s/retire" % v, token="approve"))
    d = killed(d)
    eq((entry(d, v)["state"], paid(d)), ("retired", "100.00"))


# ---- versions from the folder that need an approval ----


@test
def a_folder_that_needs_an_approval(folder):
    d = folder.start("--approval")  # a new ledger begins with what the folder has
    eq(paid(d), "100.00")
    price(folder, 100, 150)
    d.signal(signal.SIGHUP)
    v = d.wait_log("waits-for-approval")[0]["version"]
    eq((entry(d, v)["state"], entry(d, v)["acts"][0]["by"], paid(d)), ("uploaded", None, "100.00"))
    d.stop()
    d = folder.start("--approval")
    eq((d.wait_log("waits-for-approval")[0]["version"], paid(d)), (v, "100.00"))
    problem(post(d, "/%s/activate" % v, token="approve"), 409, "version-state")
    accepted(post(d, "/%s/approve" % v, token="approve"))
    accepted(post(d, "/%s/activate" % v, token="approve"))
    eq(paid(d), "150.00")
    # What was approved before it comes into the folder is in force when it does.
    w = approved(d, folder, ("program.way", "amount visit_pay is $150", "amount visit_pay is $160"))
    price(folder, 150, 160)
    d.signal(signal.SIGHUP)
    eq(d.wait_log("in-force", n=2)[1]["version"], w)
    accepted(post(d, "/%s/activate" % v, token="approve"))
    accepted(post(d, "/%s/retire" % w, token="approve"))
    price(folder, 160, 170)
    d.signal(signal.SIGHUP)
    d.wait_log("waits-for-approval", n=2)
    price(folder, 170, 160)
    d.signal(signal.SIGHUP)
    assert "retired" in d.wait_log("reload-failed")[0]["reason"]
    eq(paid(d), "150.00")


# ---- signatures, made by the program minisign ----


def minisign(*args):
    done = subprocess.run(["minisign", *args], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def new_key(folder, name):
    path = os.path.join(folder.path, name)
    minisign("-G", "-W", "-f", "-p", path + ".pub", "-s", path + ".key")
    return path


def sign(folder, key, comment="resolution 2026-112", *more):
    """Signs what the folder has, as an analyst would."""
    manifest = os.path.join(folder.policies, "manifest")
    done = subprocess.run([WAYMARK, "check", "--manifest", folder.policies], capture_output=True, text=True)
    eq(done.returncode, 0)
    with open(manifest, "w", encoding="utf-8") as f:
        f.write(done.stdout)
    minisign("-S", "-W", "-s", key + ".key", "-m", manifest, "-t", comment, *more)
    with open(manifest + ".minisig", encoding="utf-8") as f:
        return f.read()


def trust(folder, *keys):
    path = os.path.join(folder.path, "trusted.pub")
    with open(path, "w", encoding="utf-8") as f:
        for key in keys:
            with open(key + ".pub", encoding="utf-8") as g:
                f.write(g.read())
    return "--trusted-key", path


def not_started(folder, *args):
    try:
        folder.start(*args)
    except RuntimeError as why:
        return str(why)
    raise AssertionError("it started")


@test
def only_a_signed_folder_is_in_force(folder):
    key, other = new_key(folder, "key"), new_key(folder, "other")
    signed = trust(folder, key)
    assert "not signed" in not_started(folder, *signed)
    assert not os.path.exists(folder.ledger)
    sign(folder, other)
    assert "which is not trusted" in not_started(folder, *signed)
    sign(folder, key)
    d = folder.start(*signed)
    first = d.get("/readyz", token=None).json["version"]
    (signature,) = entry(d, first)["signatures"]
    eq(signature["comment"], "resolution 2026-112")
    with open(key + ".pub", encoding="utf-8") as f:
        eq(signature["key"].lstrip("0"), f.readline().split()[-1])

    def refused(n):
        d.signal(signal.SIGHUP)
        line = d.wait_log("reload-failed", n=n)[n - 1]
        eq((line["kept"], paid(d)), (first, "100.00"))
        return line["reason"]

    price(folder, 100, 150)
    assert "not over these texts" in refused(1)  # the signature is of what was there before
    os.unlink(os.path.join(folder.policies, "manifest.minisig"))
    assert "not signed" in refused(2)
    sign(folder, key, "old form", "-l")
    assert "without -l" in refused(3)
    text = sign(folder, key)
    with open(os.path.join(folder.policies, "manifest.minisig"), "w", encoding="utf-8") as f:
        f.write(text.replace("2026-112", "2026-113"))
    assert "trusted comment" in refused(4)
    with open(os.path.join(folder.policies, "manifest.minisig"), "w", encoding="utf-8") as f:
        f.write("x" * 5000)
    assert "larger" in refused(5)
    sign(folder, key)
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(paid(d), "150.00")
    d.stop()
    folder.edit("program.way", "$150", "$160")
    d = folder.start(*signed)  # the ledger has a signature of what is in force
    eq(paid(d), "150.00")
    eq([c["cause"] for c in d.get("/readyz", token=None).json["causes"]], ["policies-failed"])
    d.stop()
    assert "not signed by a key" in not_started(folder, *trust(folder, other))


@test
def only_a_signed_upload_is_taken(folder):
    key, other = new_key(folder, "key"), new_key(folder, "other")
    sign(folder, key)
    d = folder.start(*trust(folder, key))
    sources = texts(folder, pays(150))
    price(folder, 100, 150)
    good, bad = sign(folder, key, "by Ana"), sign(folder, other)
    for signature in (None, "", bad, good[:-30], good.replace("by Ana", "by Eve")):
        body = {"sources": sources} if signature is None else {"sources": sources, "signature": signature}
        problem(post(d, "", body), 422, "bad-signature")
    problem(post(d, "", {"sources": sources, "signature": 5}), 422, "bad-body")
    changed = json.loads(json.dumps(sources))
    changed[0]["text"] += "# one byte more\n"
    problem(post(d, "", {"sources": changed, "signature": good}), 422, "bad-signature")
    eq(len(accepted(d.get("/v1/policies"))["versions"]), 1)
    a = post(d, "", {"sources": sources, "signature": good})
    eq((a.status, [s["comment"] for s in a.json["signatures"]]), (201, ["by Ana"]))
    v = a.json["version"]
    again = post(d, "", {"sources": sources, "signature": good})
    eq((again.status, len(again.json["signatures"])), (200, 1))
    accepted(post(d, "/%s/approve" % v, token="approve"))
    accepted(post(d, "/%s/activate" % v, token="approve"))
    eq(paid(d), "150.00")
    # Without trusted keys a signature means nothing, so none is taken.
    d.stop()
    d = folder.start()
    problem(post(d, "", {"sources": sources, "signature": good}), 422, "bad-body")
    w = approved(d, folder, ("program.way", "visit_pay is $150", "visit_pay is $170"))
    d.stop()
    d = folder.start(*trust(folder, key))
    problem(post(d, "/%s/activate" % w, token="approve"), 409, "version-state")


def causes(d):
    return [c["cause"] for c in d.get("/readyz", token=None).json.get("causes", [])]


@test
def a_planned_version_that_nobody_trusts_any_more(folder):
    """Its time comes, it is not in force, and whoever looks is told."""
    old, new = new_key(folder, "old"), new_key(folder, "new")
    sign(folder, old)
    d = folder.start(*trust(folder, old, new))
    version = d.get("/readyz", token=None).json["version"]
    price(folder, 100, 150)
    sources = texts(folder)
    v = post(d, "", {"sources": sources, "signature": sign(folder, new)}).json["version"]
    accepted(post(d, "/%s/approve" % v, token="approve"))
    eq(accepted(post(d, "/%s/activate" % v, {"from": utc(2)}, "approve"))["state"], "planned")
    price(folder, 150, 100)
    sign(folder, old)
    trust(folder, old)
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    d.wait_log("activation-failed")
    until(lambda: causes(d) == ["version-waits"])
    eq((d.get("/readyz", token=None).json["version"], paid(d)), (version, "100.00"))
    accepted(post(d, "/%s/activate" % version, token="approve"))
    until(lambda: causes(d) == [])


@test
def a_version_with_nothing_in_force(folder):
    day = (datetime.date.today() + datetime.timedelta(days=3)).isoformat()
    folder.edit("counties.way", "from 2020-01-01", "from " + day)
    folder.edit("counties.way", "from 2024-01-01", "from " + day)
    d = folder.start()
    eq(causes(d), ["nothing-in-force"])
    problem(d.send(event("visit", "P1", data={"minutes": 60})), 422, "before-policy")


@test
def a_key_is_replaced(folder):
    old, new = new_key(folder, "old"), new_key(folder, "new")
    sign(folder, old)
    d = folder.start(*trust(folder, old))
    version = d.get("/readyz", token=None).json["version"]
    trust(folder, new)  # too early: what is in force is not signed with it
    d.signal(signal.SIGHUP)
    assert version in d.wait_log("keys-failed")[0]["reason"]
    d.wait_log("reloaded")  # the old key still counts
    eq(causes(d), ["keys-failed"])
    trust(folder, old, new)
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded", n=2)
    sign(folder, new)
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded", n=3)
    eq(len(entry(d, version)["signatures"]), 2)
    trust(folder, new)
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded", n=4)
    eq(len(d.wait_log("keys-failed")), 1)
    price(folder, 100, 150)
    sign(folder, old)
    d.signal(signal.SIGHUP)
    assert "not trusted" in d.wait_log("reload-failed")[0]["reason"]
    sign(folder, new)
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded", n=5)
    eq(paid(d), "150.00")
    with open(os.path.join(folder.path, "trusted.pub"), "w", encoding="utf-8") as f:
        f.write("no key\n")
    d.signal(signal.SIGHUP)
    d.wait_log("keys-failed", n=2)
    eq(paid(d), "150.00")
    d.stop()
    assert "trusted keys" in not_started(folder, "--trusted-key", os.path.join(folder.path, "trusted.pub"))


# ---- shadow ----


def shadow(d, version, on=True, token="author"):
    return post(d, "/%s/shadow" % version, {"on": on}, token)


def found(d, version, token="audit", query=""):
    return accepted(d.get("/v1/policies/%s/shadow%s" % (version, query), token))


def compared(d, version, n):
    """Waits until so many decisions were compared."""
    return until(lambda: (lambda x: x["compared"] >= n and x)(found(d, version)))


def everything(folder):
    """All that the daemon decided, from the ledger: a shadow must not change any of it."""
    with contextlib.closing(opened(folder.ledger)) as db:
        return [
            db.execute(q).fetchall()
            for q in (
                "SELECT seq, outcome FROM outcome_list ORDER BY position",
                "SELECT kind, name, county, period, reserved, committed FROM pots ORDER BY 1, 2, 3, 4",
                "SELECT id, state FROM cases ORDER BY no",
            )
        ]


BEGAN = datetime.datetime.now(datetime.timezone.utc)


def days_ago(n):
    """The same instant whenever it is asked for, so that two daemons can be compared."""
    return (BEGAN - datetime.timedelta(days=n)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def life(d):
    """Events of several cases, some of which make deadlines and items fire at once."""
    for e in (
        event("visit", "P1", id="a", time=days_ago(3), data={"minutes": 60}),
        event("missed", "P2", id="b", time=days_ago(20)),
        event("visit", "P2", id="c", time=days_ago(2), data={"minutes": 60}),
        event("support", "P3", id="d", time=days_ago(8)),
        event("granted", "P4", id="e", time=days_ago(1)),
        event("convicted", "P5", id="f", time=days_ago(1)),
        event("visit", "P1", id="g", time=days_ago(1), county="alameda", data={"minutes": 60}),
    ):
        accepted(d.send(e))
    until(lambda: len(d.get("/v1/cases/P3/timeline").json["events"]) == 4)  # three items have fired


@test
def a_shadow_that_means_the_same_finds_nothing(folder):
    d = folder.start()
    accepted(d.send(event("visit", "P1", time=days_ago(5), data={"minutes": 60})))  # before it begins
    v = uploaded(d, folder, ("vocabulary.way", "case person", "# only a comment\ncase person"))
    got = accepted(shadow(d, v))
    eq([x["act"] for x in got["acts"]], ["uploaded", "shadowed"])
    eq(got["state"], "uploaded")
    eq(accepted(shadow(d, v))["acts"], got["acts"])
    life(d)
    n = accepted(d.get("/v1/outcomes?limit=1000"))["after"]
    assert n > 5
    x = compared(d, v, 11)
    eq((x["on"], x["different"] + x["refused"] + x["unreadable"], x["divergences"]), (True, 0, []))
    eq((x["same"], x["left_out"]), (x["compared"], 0)), x
    metrics = d.get("/metrics", token=None).body
    assert "waymark_shadow_running 1\n" in metrics and "waymark_shadow_divergences 0\n" in metrics
    eq([a["act"] for a in accepted(shadow(d, v, on=False))["acts"]], ["uploaded", "shadowed", "unshadowed"])
    until(lambda: not found(d, v)["on"])


@test
def a_shadow_changes_nothing_and_tells_what_would_be(folder):
    with type(folder)() as plain:
        d = plain.start()
        life(d)
        d.stop()
        want = everything(plain)
    d = folder.start()
    v = uploaded(d, folder, pays(150), ("program.way", "amount grant_budget is $300", "amount grant_budget is $50"))
    accepted(shadow(d, v))
    life(d)
    x = until(lambda: (lambda x: len(x["divergences"]) >= 4 and x)(found(d, v)))
    eq(x["different"], 4)
    visits = [y for y in x["divergences"] if "visits" in json.dumps(y["real"])]
    eq([(y["real"][0]["amount"], y["shadow"][0]["amount"]) for y in visits], [("100.00", "150.00")] * 3)
    for y in visits:
        decision = accepted(d.get("/v1/decisions/%d" % y["seq"]))["decision"]
        eq(decision["outcomes"][0]["amount"], "100.00")
    (grant,) = [y for y in x["divergences"] if y not in visits]
    eq(([o["kind"] for o in grant["real"]], grant["shadow"][0]["kind"]), (["payment"], "unfunded"))
    assert not [word for word in ("P1", "P4") if '"%s"' % word in json.dumps(x)]
    page = found(d, v, query="?limit=1")
    eq(page["divergences"], x["divergences"][:1])
    eq(found(d, v, query="?after=%d" % page["after"])["divergences"], x["divergences"][1:])
    folder.add_token("yolo", "audit", "yolo")
    d.signal(signal.SIGHUP)
    d.wait_log("reloaded")
    eq(found(d, v, token="yolo")["divergences"], [])
    d.stop()
    eq(everything(folder), want)
    d = folder.start()  # it goes on
    accepted(d.send(event("visit", "P9", data={"minutes": 60})))
    until(lambda: len(found(d, v)["divergences"]) == 5)


@test
def faults_of_a_shadow_are_its_own(folder):
    d = folder.start()
    accepted(d.send(event("missed", "P1", time=days_ago(3))))
    fees = ("vocabulary.way", "event fee", "event toll"), ("program.way", "on fee", "on toll")
    v = uploaded(d, folder, ("program.way", "step referral", "step outreach"), *fees)
    accepted(shadow(d, v))
    accepted(d.send(event("missed", "P1")))
    accepted(d.send(event("fee", "P2")))
    accepted(d.send(event("visit", "P3", data={"minutes": 60})))
    x = until(lambda: (lambda x: len(x["divergences"]) == 2 and x)(found(d, v)))
    eq([y["kind"] for y in x["divergences"]], ["unreadable", "refused"])
    assert 'the step "referral" of "attendance"' in x["divergences"][0]["why"], x
    assert x["divergences"][1]["why"].startswith("unknown-event"), x
    accepted(d.send(event("visit", "P3", time=days_ago(9), data={"minutes": 60})))  # late: not followed any more
    until(lambda: found(d, v)["left_out"] == 2)
    # What only one of them fires.
    w = uploaded(d, folder, ("program.way", "within 14 days", "within 5 days"))
    problem(shadow(d, w), 409, "version-state")
    accepted(shadow(d, v, on=False))
    accepted(shadow(d, w))
    accepted(d.send(event("missed", "P7", time=days_ago(7))))
    extra = until(lambda: [y for y in found(d, w)["divergences"] if y["kind"] == "extra"], 40)
    eq([(y["real"], y["shadow"][0]["kind"], "seq" in y) for y in extra], [([], "notice", False)])
    problem(post(d, "/%s/shadow" % w, {"on": 1}), 422, "bad-body")
    problem(d.get("/v1/policies/%s/shadow?limit=1001" % w, "audit"), 400, "bad-query")
    problem(shadow(d, "0123456789abcdef"), 404, "not-found")


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
