#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tamper-evident log as auditors get it: heads, and proofs that are checked here by the words of
RFC 9162, sections 2.1.3.2 and 2.1.4.2.

    test_log.py [PART OF A NAME]
"""
import csv
import hashlib
import json
import os
import sqlite3
import sys
import threading

from checks import accepted, eq, main, problem, test
from waymarkd import end_with_its_daemons, event, utc


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def included(leaf, index, size, proof, root):
    fn, sn = index, size - 1
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            leaf = node(p, leaf)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            leaf = node(leaf, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and leaf == root


def consistent(first, first_root, second, second_root, proof):
    if first == second:
        return not proof and first_root == second_root
    path = list(proof)
    if first & (first - 1) == 0:
        path = [first_root] + path
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == first_root and sr == second_root and sn == 0


def ask(d, query):
    got = d.get("/v1/log/proof?" + query, token="audit").json
    for name in ("hash", "root"):
        if name in got:
            got[name] = bytes.fromhex(got[name])
    got["proof"] = [bytes.fromhex(h) for h in got["proof"]]
    return got


def head(d):
    got = accepted(d.get("/v1/log/head", token="audit"))
    return got["size"], bytes.fromhex(got["root"]), got


def some_visits(d, first, n):
    for i in range(first, first + n):
        accepted(d.send(event("visit", "P%d" % (i % 5), id="e%d" % i, data={"minutes": 60 + i})))


@test
def every_event_and_outcome_is_proved(folder):
    d = folder.start()
    some_visits(d, 0, 40)
    d.send([event("visit", "Q%d" % i, id="q%d" % i, data={"minutes": 60}) for i in range(150)])
    size, root, _ = head(d)
    n = accepted(d.get("/v1/outcomes?limit=1000"))["outcomes"]
    for seq in range(1, 191):
        p = ask(d, "event=%d" % seq)
        eq((p["size"], p["root"]), (size, root))
        assert included(p["hash"], p["leaf"], size, p["proof"], root), (seq, p)
        assert not included(p["hash"], p["leaf"], size, p["proof"], bytes(32))
    for o in n[::7]:
        p = ask(d, "outcome=" + o["outcome"]["id"])
        assert included(p["hash"], p["leaf"], size, p["proof"], root), (o, p)


@test
def every_head_goes_on_from_the_ones_before(folder):
    d = folder.start()
    heads = []
    for i in range(25):
        some_visits(d, 10 * i, 1 + i % 4)
        heads.append(head(d)[:2])
    for first, first_root in heads:
        for second, second_root in heads:
            if first > second:
                continue
            p = ask(d, "from=%d&size=%d" % (first, second))
            eq(p["root"], second_root)
            assert consistent(first, first_root, second, second_root, p["proof"]), (first, second)


@test
def what_cannot_be_proved(folder):
    d = folder.start()
    some_visits(d, 0, 2)
    size = head(d)[0]
    for query in ("event=3", "event=0", "outcome=" + "0" * 32, "outcome=x", "event=1&size=1", "from=0"):
        problem(d.get("/v1/log/proof?" + query, token="audit"), 404, "not-found")
    problem(d.get("/v1/log/proof?from=%d" % (size + 1), token="audit"), 404, "not-found")
    for query in ("", "event=1&from=1", "event=x", "size=1", "event=1&color=red"):
        problem(d.get("/v1/log/proof?" + query, token="audit"), 400, "bad-query")


@test
def the_same_key_signs_after_a_restart_and_a_new_one_is_recorded(folder):
    d = folder.start()
    first = head(d)[2]["key"]
    with open(folder.ledger + ".head-key.pub", encoding="utf-8") as f:
        eq(f.read().strip(), first)
    d.stop()
    d = folder.start()
    eq(head(d)[2]["key"], first)
    d.stop()
    d = folder.start("--head-key", folder.ledger + ".other")
    some_visits(d, 0, 1)
    second = head(d)[2]["key"]
    assert first != second
    d.stop()
    db = sqlite3.connect("file:%s?mode=ro" % folder.ledger, uri=True)
    eq(db.execute("SELECT count(*) FROM log_keys").fetchone(), (2,))
    db.close()


# ---- backups ----


def backup(folder, to):
    return folder.waymark("backup", folder.ledger, to)


@test
def a_backup_while_events_come_in(folder):
    d = folder.start()
    some_visits(d, 0, 20)
    stop = threading.Event()

    def send():
        i = 1000
        c = d.connect()
        while not stop.is_set():
            accepted(d.send(event("visit", "R%d" % (i % 9), id="r%d" % i, data={"minutes": 60}), connection=c))
            i += 1

    sender = threading.Thread(target=send)
    sender.start()
    try:
        for n in range(4):
            to = "%s/backup-%d.db" % (folder.path, n)
            before = head(d)[0]
            done = backup(folder, to)
            eq(done.returncode, 0)
            assert "verified" in done.stdout, done.stdout
            eq(os.stat(to).st_mode & 0o7, 0)
            db = sqlite3.connect("file:%s?immutable=1" % to, uri=True)  # one file, nothing beside it
            assert db.execute("SELECT max(size) FROM log").fetchone()[0] >= before
            db.close()
    finally:
        stop.set()
        sender.join()
    d.stop()
    os.rename(to, folder.ledger)  # put back; the keys are those of the same ledger
    os.remove(folder.ledger + ".lock")  # which knows of events that the backup does not have
    d = folder.start()
    some_visits(d, 700, 3)
    d.stop()


@test
def a_backup_replaces_nothing(folder):
    d = folder.start()
    some_visits(d, 0, 3)
    to = folder.path + "/there"
    for path in (to, to + ".new"):
        with open(path, "w", encoding="utf-8") as f:
            f.write("mine")
        done = backup(folder, to)
        eq(done.returncode, 1)
        with open(path, encoding="utf-8") as f:
            eq(f.read(), "mine")
        os.unlink(path)
    eq(backup(folder, folder.path + "/nowhere/x").returncode, 3)
    eq(folder.waymark("backup", folder.path + "/nothing", to).returncode, 3)
    eq(folder.waymark("backup", folder.ledger).returncode, 2)
    d.stop()


@test
def a_changed_ledger_is_not_backed_up_as_if_it_were_fine(folder):
    folder.ruined = True
    d = folder.start()
    some_visits(d, 0, 3)
    d.stop()
    db = sqlite3.connect(folder.ledger)
    db.execute("DROP TRIGGER outcomes_no_update")
    db.execute("UPDATE outcomes SET amount_cents = 1 WHERE position = 2")
    db.commit()
    db.close()
    to = folder.path + "/copy"
    done = backup(folder, to)
    eq(done.returncode, 1)
    assert "outcomes position 2" in done.stderr, done.stderr
    assert not os.path.exists(to) and not os.path.exists(to + ".new")


# ---- exports ----

CANARY = "Canary Lane 7"


def a_ledger_to_export(folder):
    d = folder.start()
    some_visits(d, 0, 6)
    e = event("marked", "=1+1", id="m1", data={"hidden": True}, casekind="person")
    accepted(d.send(e))
    e = event("moved", "Q,\"1", id="m2", data={"home": CANARY}, casekind="person", county="yolo")
    accepted(d.send(e))
    d.get("/v1/cases/P1/share/none?partner=P2")
    accepted(d.get("/v1/cases/Q%2C%221"))
    d.stop()


def read_export(path):
    """{table: rows as dicts of texts} of a folder, whichever form it has."""
    tables = {}
    for name in os.listdir(path):
        with open(os.path.join(path, name), encoding="utf-8", newline="") as f:
            if name.endswith(".csv"):
                tables[name[:-4]] = list(csv.DictReader(f))
            elif name.endswith(".jsonl"):
                tables[name[:-6]] = [json.loads(line) for line in f]
    return tables


def export(folder, to, *args):
    done = folder.waymark("export", folder.ledger, *args, to)
    eq((done.returncode, done.stdout), (0, ""))
    return done.stderr


@test
def an_export_has_every_row_in_every_form(folder):
    a_ledger_to_export(folder)
    db = sqlite3.connect("file:%s?mode=ro" % folder.ledger, uri=True)
    path = folder.path
    for form in ("jsonl", "csv"):
        export(folder, path + "/" + form, "--" + form)
        tables = read_export(path + "/" + form)
        for table, rows in tables.items():
            eq(len(rows), db.execute("SELECT count(*) FROM " + table).fetchone()[0])
        eq(sorted(tables)[:5], ["cases", "disclosures", "events", "holds", "outcomes"])
        eq([(r["route"], r["share"], r["asker"]) for r in tables["disclosures"]],
           [("GET /v1/cases/{id}/share/{name}", "none", "read"), ("GET /v1/cases/{id}", "", "read")])
        cases = {r["id"] for r in tables["cases"]}
        assert ("=1+1" in cases) == (form == "jsonl") and ("'=1+1" in cases) == (form == "csv"), cases
        assert 'Q,"1' in cases, cases
        with open(path + "/%s/export.json" % form, encoding="utf-8") as f:
            note = json.load(f)
        eq((note["confidential"], note["rows"]), (False, sum(map(len, tables.values()))))
    db.close()
    export(folder, path + "/out.db", "--sqlite")
    db = sqlite3.connect("file:%s?mode=ro" % (path + "/out.db"), uri=True)
    eq(db.execute("SELECT sum(amount_cents) FROM outcomes").fetchone(), (60000,))
    got = db.execute("SELECT decision ->> '$.outcomes[0].amount' FROM events WHERE case_id = 'P0'").fetchone()
    eq(got, ("100.00",))
    db.close()


@test
def an_export_can_be_of_some_rows(folder):
    a_ledger_to_export(folder)
    export(folder, folder.path + "/a", "--county", "yolo", "--jsonl")
    tables = read_export(folder.path + "/a")
    eq([(r["id"], r["county"]) for r in tables["cases"]], [('Q,"1', "yolo")])
    eq([r["county"] for r in tables["events"]], ["yolo"])
    export(folder, folder.path + "/b", "--to", "2020-01-01", "--table", "events", "--csv")
    eq(read_export(folder.path + "/b"), {"events": []})
    export(folder, folder.path + "/c", "--from", utc()[:10], "--table", "events", "--csv")
    assert read_export(folder.path + "/c")["events"]
    for wrong in (["--csv", "x", "--jsonl", "y"], [], ["--csv", "x", "--from", "soon"], ["--csv", folder.path + "/d", "--table", "no"]):
        eq(folder.waymark("export", folder.ledger, *wrong).returncode, 2)
    eq(folder.waymark("export", folder.ledger, "--csv", folder.path + "/a").returncode, 3)
    eq(folder.waymark("export", folder.ledger, "--sqlite", folder.ledger).returncode, 3)


@test
def confidential_facts_come_out_only_when_asked_for(folder):
    a_ledger_to_export(folder)
    for form in ("jsonl", "csv", "sqlite"):
        for asked in (False, True):
            to = "%s/%s-%s" % (folder.path, form, asked)
            said = export(folder, to, *(["--confidential"] if asked else []), "--" + form)
            eq("confidential" in said, asked)
            files = [os.path.join(to, n) for n in os.listdir(to)] if os.path.isdir(to) else [to]
            found = [f for f in files if CANARY.encode() in open(f, "rb").read()]
            eq(bool(found), asked)
            assert any(b'"confidential":%s' % (b"true" if asked else b"false") in open(f, "rb").read() for f in files)


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
