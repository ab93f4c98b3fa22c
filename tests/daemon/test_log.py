#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tamper-evident log as auditors get it: heads, and proofs that are checked here by the words of
RFC 9162, sections 2.1.3.2 and 2.1.4.2.

    test_log.py [PART OF A NAME]
"""
import hashlib
import sqlite3
import sys

from checks import accepted, eq, main, problem, test
from waymarkd import end_with_its_daemons, event


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


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
