#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bytes that mean different things to different readers, and texts that are not quite JSON.

    test_bytes.py [PART OF A NAME]

After anything that is not well-formed HTTP the connection is closed, and what follows in it is never
taken as a request; a request cut anywhere means the same. Whatever the body, the daemon answers, and
never with 5xx. The vectors are written from RFC 9112 and RFC 8259; those of JSON_TEST_SUITE are by others.
"""
import http.client
import json
import os
import random
import socket
import sys

from book import check_ledger, seed_of
from checks import accepted, eq, main, problem, test
from waymarkd import BATCH, STRUCTURED, end_with_its_daemons, event


class Wire:
    """One connection, as bytes."""

    def __init__(self, daemon):
        self.s = socket.create_connection(("127.0.0.1", daemon.port))
        self.s.settimeout(20)
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, *pieces):
        try:
            for p in pieces:
                self.s.sendall(p)
        except OSError:
            pass  # closed already

    def read_all(self):
        """All answers until the daemon closes."""
        got = b""
        try:
            while True:
                p = self.s.recv(65536)
                if not p:
                    break
                got += p
        except ConnectionResetError:
            pass
        self.s.close()
        return got

    def ask(self, *pieces):
        self.send(*pieces)
        self.s.shutdown(socket.SHUT_WR)
        return self.read_all()


def statuses(got):
    """The status of each answer in these bytes; the bodies are skipped by their length."""
    found = []
    while got:
        head, _, rest = got.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 "), got[:200]
        found.append(int(head[9:12]))
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        got = rest[int(fields.get(b"content-length", 0)) :]
    return found


def post(folder, e, fields=b"", body=None):
    body = json.dumps(e).encode() if body is None else body
    head = "POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\n"
    framing = fields or b"Content-Length: %d\r\n" % len(body)
    return (head % (folder.tokens["submit"], STRUCTURED)).encode() + framing + b"\r\n" + body


def chunked(data):
    return b"%x\r\n" % len(data) + data + b"\r\n0\r\n\r\n"


# ---- smuggling ----

# Fields that say two things about where the body ends. {n} is the length of what follows, the
# hidden request included; the body is first a chunk of nothing.
AMBIGUOUS = [
    "Content-Length: {n}\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: {n}\r\n",
    "Content-Length: 5\r\nContent-Length: {n}\r\n",
    "Content-Length: 5, {n}\r\n",
    "Content-Length: 5\r\ncontent-length: 5\r\n",
    "Content-Length: +5\r\n",
    "Content-Length: -5\r\n",
    "Content-Length: 0x5\r\n",
    "Content-Length: 5 5\r\n",
    "Content-Length: 18446744073709551621\r\n",
    "Content-Length: \r\n",
    "Content-Length : 5\r\n",
    "Content-Length\t: 5\r\n",
    " Content-Length: 5\r\n",
    "X: y\r\n Content-Length: 5\r\n",
    "X: y\r\n\tTransfer-Encoding: chunked\r\n",
    "X: y\nContent-Length: 5\r\n",
    "X: y\rContent-Length: 5\r\n",
    "X: y\0\r\nContent-Length: 5\r\n",
    "X\0: y\r\nContent-Length: 5\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "Transfer-Encoding: identity, chunked\r\n",
    "Transfer-Encoding: chunked, identity\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: \x0bchunked\r\n",
    "Transfer-Encoding: \"chunked\"\r\n",
    "Transfer-Encoding: chunked;q=1\r\n",
    "Transfer-Encoding:\r\n chunked\r\n",
    "Transfer_Encoding: chunked\r\nContent-Length: {n}\r\nContent-Length: 5\r\n",
    "Host: y\r\nContent-Length: 5\r\n",
    "Content-Length: 5\r\nHost: x\r\n",
    ": y\r\nContent-Length: 5\r\n",
    "X y\r\nContent-Length: 5\r\n",
    "X(: y\r\nContent-Length: 5\r\n",
    "Expect: 200-ok\r\nContent-Length: 5\r\n",
]

# Chunked bodies that end somewhere else for somebody.
CHUNKS = [
    b"5;x=y\r\nhello\r\n0\r\n\r\n",
    b"5\nhello\r\n0\r\n\r\n",
    b"5\r\nhello\n0\r\n\r\n",
    b"5\r\nhello\r\n0\r\n\n",
    b"5\r\nhello\r\n0\n\r\n",
    b"5\r\nhello0\r\n\r\n",
    b"5 \r\nhello\r\n0\r\n\r\n",
    b" 5\r\nhello\r\n0\r\n\r\n",
    b"+5\r\nhello\r\n0\r\n\r\n",
    b"-5\r\nhello\r\n0\r\n\r\n",
    b"0x5\r\nhello\r\n0\r\n\r\n",
    b"5\r\nhello\r\n0\r\nX: y\r\n\r\n",
    b"5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n",
    b"\r\n5\r\nhello\r\n0\r\n\r\n",
    b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    b"FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
    b"80000000000000005\r\nhello\r\n0\r\n\r\n",
    b"5g\r\nhello\r\n0\r\n\r\n",
    b"\r\n\r\n",
    b"5\r\r\nhello\r\n0\r\n\r\n",
]

LINES = [
    b"POST /v1/events\r\n",
    b"POST  /v1/events HTTP/1.1\r\n",
    b"POST /v1/events  HTTP/1.1\r\n",
    b"POST /v1/ev ents HTTP/1.1\r\n",
    b"POST /v1/events HTTP/1.1 \r\n",
    b" POST /v1/events HTTP/1.1\r\n",
    b"\tPOST /v1/events HTTP/1.1\r\n",
    b"POST\t/v1/events\tHTTP/1.1\r\n",
    b"POST /v1/events HTTP/1.1\n",
    b"POST /v1/events HTTP/2.0\r\n",
    b"POST /v1/events HTTP/1.10\r\n",
    b"POST /v1/events http/1.1\r\n",
    b"POST /v1/events HTTP/1,1\r\n",
    b"PO\0ST /v1/events HTTP/1.1\r\n",
    b"POST /v1/ev\0ents HTTP/1.1\r\n",
    b"POST /v1/ev%00ents HTTP/1.1\r\n",
    b"POST /v1/events%zz HTTP/1.1\r\n",
    b"POST /v1/events#x HTTP/1.1\r\n",
    b"POST v1/events HTTP/1.1\r\n",
    b"POST ftp://x/v1/events HTTP/1.1\r\n",
    b"CONNECT x:80 HTTP/1.1\r\n",
    b"GET * HTTP/1.1\r\n",
    b"\r\n\r\nPOST /v1/events HTTP/1.1\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
]


def hides(folder, d, name, raw, hidden):
    """The bytes get one refusal and the end; the event that they hide is never recorded."""
    for pieces in ([raw + hidden], [raw, hidden], [bytes([b]) for b in raw] + [hidden]):
        found = statuses(Wire(d).ask(*pieces))
        assert len(found) == 1 and 400 <= found[0] < 600 and found[0] not in (500, 503), (name, found)


@test
def bytes_that_hide_a_request(folder):
    d = folder.start()
    hidden = post(folder, event("visit", "HIDDEN", id="hidden", data={"minutes": 60}))
    cases = []
    for fields in AMBIGUOUS:
        n = 5 + len(hidden)
        cases.append((fields, post(folder, None, fields.format(n=n).encode("latin-1"), b"0\r\n\r\n")))
    for body in CHUNKS:
        cases.append((body, post(folder, None, b"Transfer-Encoding: chunked\r\n", body)))
    for line in LINES:
        cases.append((line, line + b"Host: x\r\nContent-Length: 0\r\n\r\n"))
    for name, raw in cases:
        hides(folder, d, name, raw, hidden)
    problem(d.get("/v1/cases/HIDDEN"), 404, "not-found")
    d.stop()
    eq(check_ledger(folder, []), set())


@test
def what_is_refused_as_a_request_is_still_read_as_one(folder):
    """Well-formed, but not what the daemon takes: the next request is taken, and its body is not."""
    d = folder.start()
    hidden = post(folder, event("visit", "HIDDEN", id="hidden", data={"minutes": 60}))
    good = post(folder, event("visit", "P1", id="good", data={"minutes": 60}))
    for raw in [
        b"GET /v1/cases/P1 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(hidden) + hidden,
        b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(hidden) + hidden,
        b"POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(hidden),
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(hidden) + hidden,
    ]:
        found = statuses(Wire(d).ask(raw + good))
        assert len(found) == 2 and 400 <= found[0] < 500 and found[1] == 200, (raw[:60], found)
    problem(d.get("/v1/cases/HIDDEN"), 404, "not-found")
    d.stop()
    eq(check_ledger(folder, []), {"good"})


@test
def a_request_cut_anywhere(folder):
    """Cut at each byte: in two pieces it is the request; without the rest it never happened."""
    d = folder.start()
    n = 0
    for fields in (b"", b"Transfer-Encoding: chunked\r\n"):
        at = 1
        while True:
            n += 1
            e = event("visit", "C%04d" % n, id="cut%04d" % n, time="2026-07-14T09:30:00-07:00", data={"minutes": 60})
            body = json.dumps(e).encode()
            raw = post(folder, e, fields, chunked(body) if fields else body)
            if at >= len(raw):
                break
            eq(Wire(d).ask(raw[:at]), b"")
            problem(d.get("/v1/cases/C%04d" % n), 404, "not-found") if at % 50 == 0 else None
            whole = Wire(d).ask(raw[:at], raw[at:])
            eq(statuses(whole), [200])
            assert b'"duplicate":false' in whole, (at, whole)
            at += 1
    d.stop()


@test
def pipelines_cut_by_chance(folder):
    """Many requests in any pieces: as many answers, in order."""
    d = folder.start()
    seed = seed_of()
    rng = random.Random(seed)
    print("SEED=%d" % seed)
    for k in range(20):
        events = [event("visit", "P%d" % k, id="%d-%d" % (k, i), time="2026-07-14T09:%02d:00-07:00" % i, data={"minutes": 60}) for i in range(30)]
        raw = b"".join(post(folder, e) if rng.random() < 0.5 else post(folder, e, b"Transfer-Encoding: chunked\r\n", chunked(json.dumps(e).encode())) for e in events)
        pieces = []
        while raw:
            at = rng.choice([1, 2, 7, rng.randrange(1, 4000)])
            pieces.append(raw[:at])
            raw = raw[at:]
        eq(statuses(Wire(d).ask(*pieces)), [200] * len(events))
    d.stop()
    eq(len(check_ledger(folder, [])), 600)


# ---- JSON ----

TEXTS = [
    # numbers
    "0", "-0", "1", "-1", "1.5", "1e5", "1E+5", "1e-5", "123456789012345678901234567890", "1e400", "-1e400",
    "1e-400", "0.1e1", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "-9223372036854775809", "18446744073709551616", "01", "-01", "+1", "1.", ".5", "-.5", "1e", "1e+", "0e", "0x1",
    "1_000", "--1", "1.2.3", "-", "NaN", "Infinity", "-Infinity", "nan", "1 2", "1a", "\uff11", "2.e3", "1eE2",
    # literals
    "true", "false", "null", "True", "nul", "truee", "nullx", "undefined",
    # texts
    '""', '"a"', '"\\u0041"', '"\\n"', '"\\/"', '"\\u00e9"', '"\u00e9"', '"\\ud83d\\ude00"', '"\U0001f600"',
    '"\\ud800"', '"\\udc00"', '"\\ud800\\ud800"', '"\\udc00\\ud800"', '"\\ud800x"', '"\\u0000"', '"\\u12"', '"\\u"',
    '"\\x41"', '"\\a"', '"\\"', '"', '"a', "'a'", "a", '"\t"', '"\n"', '"\0"', '"\x1f"', '"\x7f"', '"\u2028"',
    '"\ufeff"', '"\uffff"', '"\U0010ffff"', '"' + "a" * 5000 + '"', '"\\uD834\\uDd1e"', '"\\U0041"',
    # arrays
    "[]", "[1]", "[1,2]", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[", "]", "[1", "[]]", "[1]]", "[[]", "[1;2]", "(1)",
    "[" * 17 + "]" * 17, "[" * 1000 + "]" * 1000, "[" * 100000, "[\n]", "[1\n,1]", "[\v1]", "[\f]", "[a]", "[null,]",
    # objects
    "{}", '{"a":1}', '{"a":1,}', '{,"a":1}', '{"a"}', '{"a":}', '{"a",1}', '{a:1}', "{'a':1}", '{"a":1 "b":2}',
    '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"":1}', "{", "}", '{"a":1', '{"a":1}}', '{"a":1;"b":2}', "{1:1}",
    '{"a":{"a":{"a":{}}}}', '{"a":' * 1000 + "1" + "}" * 1000, '{"a":' * 100000, '{"a":1/**/}', '{"a":1}//', '{"a":1}#',
    '{"\\ud800":1}', '{"a\\u0000":1}', '{"a":"b"}{"a":"b"}', '{"__proto__":1}',
    # space
    " ", "\n", "\t", "\r\n1", " 1 ", "\u00a01", "\ufeff1", "\v1", "\f1", "1\0", "/* */1", "# 1", "1//", "",
]

RAW = [
    b"\xff", b'"\xff"', b'"\xc0\x80"', b'"\xc0\xaf"', b'"\xe0\x80\x80"', b'"\xed\xa0\x80"', b'"\xed\xb0\x80"', b'"\xf4\x90\x80\x80"',
    b'"\xf8\x88\x80\x80\x80"', b'"\x80"', b'"\xc3"', b'"\xe2\x82"', b'"\xf0\x9f\x98"', b"\xef\xbb\xbf1", b"\xef\xbb1",
    b"\xff\xfe1\0", b"\0\x001", b'["\xe9"]', b'{"\xb9":0}', b"[1]\xe5", b'{"a":0}\xff', b'"\xf0\x80\x80\x80"',
]


def bodies(text):
    """A text as the whole, as the value of a field, as an attribute, as an unknown field."""
    yield text
    for template in (
        b'{"specversion":"1.0","id":"j","source":"/cms","type":"visit","subject":"J","casekind":"person",'
        b'"time":"2026-07-14T09:30:00-07:00","county":"alameda","data":{"minutes":@}}',
        b'{"specversion":"1.0","id":@,"source":"/cms","type":"visit","subject":"J","casekind":"person",'
        b'"time":"2026-07-14T09:30:00-07:00","county":"alameda","data":{"minutes":60}}',
        b'{"specversion":"1.0","id":"j","source":"/cms","type":"visit","subject":"J","casekind":"person",'
        b'"time":"2026-07-14T09:30:00-07:00","county":"alameda","data":@}',
        b'{"specversion":"1.0","id":"j","source":"/cms","type":"visit","subject":@,"casekind":"person",'
        b'"time":"2026-07-14T09:30:00-07:00","county":"alameda","data":{"minutes":60},"x":@}',
        b"[@,@]",
    ):
        yield template.replace(b"@", text)


def is_json(text):
    """What Python's own reader takes, which is about RFC 8259."""

    def refuse(name):
        raise ValueError(name)

    try:
        json.loads(text.decode("utf-8"), parse_constant=refuse)
        return True
    except (ValueError, RecursionError):
        return False


@test
def texts_that_are_not_quite_json(folder):
    d = folder.start()
    c = d.connect()
    token = {"Authorization": "Bearer " + folder.tokens["submit"]}
    counts = {}
    for text in [t.encode("utf-8", "surrogatepass") for t in TEXTS] + RAW:
        for body in bodies(text):
            for path, kind in (("events", STRUCTURED), ("events", BATCH), ("evaluate", STRUCTURED)):
                c.request("POST", "/v1/" + path, body, dict(token, **{"Content-Type": kind}))
                r = c.getresponse()
                answer = r.read()
                counts[r.status] = counts.get(r.status, 0) + 1
                assert r.status < 500 and r.status != 404, (body[:200], answer)
                if len(body) < 1000 and not is_json(body):
                    eq((r.status, body[:200]), (400, body[:200]))
                json.loads(answer)
                if r.getheader("Connection") == "close":
                    c.close()
    for status in (200, 400, 422):
        assert counts.get(status, 0) > 20, counts
    d.stop()
    check_ledger(folder, [])


# JSON that the daemon does not take (API.md, "malformed-json"): a name twice, and U+0000.
NOT_TAKEN = {
    "y_object_duplicated_key", "y_object_duplicated_key_and_value", "y_object_escaped_null_in_key",
    "y_string_null_escape",
}


def suite_of_others():
    """Name and bytes of each text in the folder JSON_TEST_SUITE (`make vectors`): y_ must be taken, n_ refused."""
    folder = os.environ.get("JSON_TEST_SUITE", "")
    for name in sorted(os.listdir(folder)) if folder else ():
        with open(os.path.join(folder, name), "rb") as f:
            yield name.removesuffix(".json"), f.read()


@test
def a_suite_that_others_wrote(folder):
    suite = list(suite_of_others())
    if not suite:
        print("skip  the vectors that others wrote: `make vectors` fetches them")
        return
    d = folder.start()
    refused = {"n": 0, "y": 0, "i": 0}
    for name, text in suite:
        kind = "n" if name in NOT_TAKEN else name[0]
        for body in list(bodies(text))[:2]:  # as the whole, as the value of a field
            a = d.ask("POST", "/v1/events", body, {"Content-Type": STRUCTURED})
            is_json = a.status != 400
            assert a.status in (200, 400, 413, 422), (name, a)
            assert kind == "i" or is_json == (kind == "y"), (name, a)
        refused[kind] += not is_json
    assert refused["n"] > 150 and refused["y"] == 0, refused
    d.stop()
    check_ledger(folder, [])


@test
def bodies_by_chance(folder):
    """A good event with some bytes changed: never 5xx, and what is taken is recorded."""
    d = folder.start()
    seed = seed_of()
    rng = random.Random(seed)
    print("SEED=%d" % seed)
    c = d.connect()
    token = {"Authorization": "Bearer " + folder.tokens["submit"], "Content-Type": STRUCTURED}
    taken = set()
    for i in range(3000):
        e = event("visit", "P%d" % i, id="x%d" % i, time="2026-07-14T09:30:00-07:00", data={"minutes": 60})
        body = bytearray(json.dumps(e).encode())
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(body))
            way = rng.random()
            if way < 0.4:
                body[at] = rng.randrange(256)
            elif way < 0.7:
                del body[at : at + rng.randrange(1, 9)]
            else:
                body[at:at] = rng.choice([b"\0", b'"', b"\\", b"{", b"[", b",", b"\xff", b"\xed\xa0\x80", b"1e999"])
        c.request("POST", "/v1/events", bytes(body), token)
        r = c.getresponse()
        answer = r.read()
        assert r.status < 500, (bytes(body), answer)
        if r.status == 200:
            taken.add(json.loads(answer)["event"]["id"])
    assert len(taken) > 20, len(taken)
    d.stop()
    eq(check_ledger(folder, []), taken)


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
