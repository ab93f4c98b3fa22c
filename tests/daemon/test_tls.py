#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon over TLS: what it speaks and refuses, client certificates, reload, hostile peers.

    test_tls.py [PART OF A NAME]

Certificates are made with the command openssl, in the test's own folder.
"""
import http.client
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import sys

from checks import accepted, eq, main, problem, test, until
from waymarkd import BATCH, STRUCTURED, end_with_its_daemons, event

SEED = int(os.environ.get("SEED", "0")) or random.randrange(1 << 30)


def openssl(*args, **more):
    return subprocess.run(["openssl", *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, **more)


class Papers:
    """An authority, and what it has issued, as PEM files."""

    def __init__(self, folder, name="ca"):
        self.folder = folder.path
        self.ca, self.ca_key = self.path(name + ".pem"), self.path(name + ".key")
        self.key(self.ca_key)
        self.do("req", "-x509", "-new", "-key", self.ca_key, "-out", self.ca, "-days", "30", "-subj", "/CN=" + name)

    def path(self, name):
        return os.path.join(self.folder, name)

    def do(self, *args):
        done = openssl(*args)
        assert done.returncode == 0, done.stderr

    def key(self, path):
        self.do("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)
        os.chmod(path, 0o600)

    def issue(self, name, use="serverAuth", days=30):
        """The certificate and its key."""
        pem, key, request, ext = (self.path(name + end) for end in (".pem", ".key", ".csr", ".ext"))
        self.key(key)
        with open(ext, "w", encoding="utf-8") as f:
            f.write("subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=%s\n" % use)
        self.do("req", "-new", "-key", key, "-out", request, "-subj", "/CN=" + name)
        self.do("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.ca_key, "-CAcreateserial",
                "-out", pem, "-days", str(days), "-extfile", ext)
        return pem, key


def trusting(papers, client=None, **versions):
    context = ssl.create_default_context(cafile=papers.ca)
    if client:
        context.load_cert_chain(*client)
    for name, value in versions.items():
        setattr(context, name, value)
    return context


def start(folder, papers, *args, server=None):
    pem, key = server or papers.issue("server")
    d = folder.start("--tls-cert", pem, "--tls-key", key, *args)
    d.context = trusting(papers)
    d.connect = lambda timeout=30: http.client.HTTPSConnection("127.0.0.1", d.port, timeout=timeout, context=d.context)
    return d


def fails(d, context):
    """No request can be made with it. With TLS 1.3 a client only hears of a refusal when it reads."""
    c = http.client.HTTPSConnection("127.0.0.1", d.port, timeout=30, context=context)
    try:
        c.request("GET", "/healthz")
        got = c.getresponse().status
    except (ssl.SSLError, ConnectionError, http.client.RemoteDisconnected):
        return
    finally:
        c.close()
    raise AssertionError("a request was answered with %d" % got)


def raw(d, context=None):
    s = socket.create_connection(("127.0.0.1", d.port), 30)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what was sent is at the other end
    return (context or d.context).wrap_socket(s, server_hostname="127.0.0.1", suppress_ragged_eofs=False)


def read_answers(s, n):
    stream, got = s.makefile("rb"), []
    for _ in range(n):
        status, length = int(stream.readline().split()[1]), 0
        for line in iter(stream.readline, b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        got.append((status, stream.read(length)))
    return got


def request_of(folder, e):
    body = json.dumps(e).encode()
    head = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    return (head % (folder.tokens["submit"], STRUCTURED, len(body))).encode() + body


# ---- what it speaks ----


@test
def requests_over_both_versions(folder):
    papers = Papers(folder)
    d = start(folder, papers, "--socket", os.path.join(folder.path, "sock"))
    for i, version in enumerate((ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)):
        d.context = trusting(papers, minimum_version=version, maximum_version=version)
        accepted(d.send(event("missed", "P%d" % i)))
        d.context.set_alpn_protocols(["h2", "http/1.1"])
        with raw(d) as s:
            eq((s.version(), s.selected_alpn_protocol(), s.compression()), (version.name.replace("_", "."), "http/1.1", None))
            assert "GCM" in s.cipher()[0] or "CHACHA20" in s.cipher()[0], s.cipher()
    with socket.socket(socket.AF_UNIX) as s:  # stays as it was
        s.connect(os.path.join(folder.path, "sock"))
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        eq(s.recv(12), b"HTTP/1.1 200")
    assert "waymark_certificate_expires_seconds " in d.get("/metrics", token=None).body
    d.stop()


@test
def what_is_old_or_weak_is_refused(folder):
    papers = Papers(folder)
    d = start(folder, papers)
    at = "127.0.0.1:%d" % d.port
    weak = "ALL:@SECLEVEL=0"
    for args in (["-tls1"], ["-tls1_1"], ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"],
                 ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0"], ["-alpn", "h2"]):
        done = openssl("s_client", "-connect", at, *(args if "-cipher" in args else args + ["-cipher", weak]))
        assert done.returncode != 0 and "alert" in done.stderr, (args, done.stderr)
    fine = openssl("s_client", "-connect", at, "-tls1_2")
    eq(fine.returncode, 0)
    assert "Compression: NONE" in fine.stdout and "Secure Renegotiation IS supported" in fine.stdout
    # Nothing to resume a session with, under either version.
    assert "Session-ID: \n" in fine.stdout and "TLS session ticket" not in fine.stdout, fine.stdout
    d.context = trusting(papers, minimum_version=ssl.TLSVersion.TLSv1_3)
    with raw(d) as s:
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        read_answers(s, 1)
        assert not s.session.has_ticket and not s.session_reused
    eq(d.get("/healthz", token=None).status, 200)


@test
def nobody_renegotiates(folder):
    d = start(folder, Papers(folder))
    with subprocess.Popen(["openssl", "s_client", "-connect", "127.0.0.1:%d" % d.port, "-tls1_2"], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as s:
        s.stdin.write("R\n")
        s.stdin.flush()
        assert "no renegotiation" in s.communicate(timeout=30)[0]
    eq(d.get("/healthz", token=None).status, 200)


@test
def plaintext_gets_nothing(folder):
    d = start(folder, Papers(folder))
    with socket.create_connection(("127.0.0.1", d.port), 30) as s:
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            got = s.recv(100)
        except ConnectionError:
            got = b""
        assert b"HTTP/1.1 200" not in got, got
    eq(d.get("/healthz", token=None).status, 200)


@test
def large_bodies_both_ways(folder):
    d = start(folder, Papers(folder))
    day = "2026-07-%02dT12:00:00Z"
    events = [event("visit", "P1", id="e%d" % i, time=day % (1 + i // 60), data={"minutes": 60 + i % 60}) for i in range(1000)]
    body = json.dumps(events)
    got = d.ask("POST", "/v1/events", body + " " * ((1 << 20) - len(body)), {"Content-Type": BATCH})
    eq(len(accepted(got)), 1000)
    line = accepted(d.get("/v1/cases/P1/timeline?limit=1000"))
    eq(len(line["events"]), 1000)
    problem(d.ask("POST", "/v1/events", " " * ((1 << 20) + 1), {"Content-Type": BATCH}), 413, "body-too-large")


@test
def keep_alive_and_pipelining(folder):
    d = start(folder, Papers(folder))
    c = d.connect()
    for i in range(50):
        accepted(d.send(event("missed", "K%d" % i), connection=c))
    c.close()
    with raw(d) as s:
        s.sendall(b"".join(request_of(folder, event("missed", "Q%d" % i)) for i in range(200)))
        got = read_answers(s, 200)
        eq({status for status, _ in got}, {200})
        eq([json.loads(body)["case"] for _, body in got], ["Q%d" % i for i in range(200)])
    eq(d.get("/metrics", token=None).body.count("waymark_http_connections 1\n"), 1)


# ---- client certificates ----


@test
def client_certificates(folder):
    papers, others = Papers(folder), Papers(folder, "others")
    good = papers.issue("cms", "clientAuth")
    stranger = others.issue("stranger", "clientAuth")
    expired = papers.issue("expired", "clientAuth", days=-1)
    misused = papers.issue("misused", "serverAuth")
    server = papers.issue("server")
    for how in ("required", "optional"):
        d = start(folder, papers, "--client-ca", papers.ca, "--client-cert", how, server=server)
        d.context = trusting(papers, good)
        accepted(d.send(event("missed", "P-" + how)))
        for bad in (stranger, expired, misused):
            fails(d, trusting(papers, bad))
        if how == "required":
            fails(d, trusting(papers))
        else:
            d.context = trusting(papers)
            eq(d.get("/healthz", token=None).status, 200)
        # A certificate is no token.
        d.context = trusting(papers, good)
        problem(d.get("/v1/policies", token=None), 401, "token-required")
        failed = [x for x in d.get("/metrics", token=None).body.split("\n") if x.startswith("waymark_tls_handshakes_failed_total ")]
        eq(failed, ["waymark_tls_handshakes_failed_total %d" % (4 if how == "required" else 3)])
        d.stop()


def fingerprint(pem):
    done = openssl("x509", "-noout", "-fingerprint", "-sha256", "-in", pem)
    return done.stdout.strip().partition("=")[2]


@test
def a_token_that_is_bound_to_a_certificate(folder):
    papers = Papers(folder)
    cms, other = papers.issue("cms", "clientAuth"), papers.issue("other", "clientAuth")
    folder.add_token("bound", "read", "all", "--certificate", fingerprint(cms[0]))
    socket_path = os.path.join(folder.path, "s")
    d = start(folder, papers, "--client-ca", papers.ca, "--client-cert", "optional", "--socket", socket_path)
    d.context = trusting(papers, cms)
    eq(d.get("/v1/policies", token="bound").status, 200)
    unknown = problem(d.get("/v1/policies", token="wm_" + "x" * 43), 401, "token-required")
    for client in (other, None):
        d.context = trusting(papers, client)
        eq(problem(d.get("/v1/policies", token="bound"), 401, "token-required"), unknown)
        eq(d.get("/v1/policies", token="read").status, 200)
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(socket_path)
        s.sendall(("GET /v1/policies HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % folder.tokens["bound"]).encode())
        assert s.recv(65536).startswith(b"HTTP/1.1 401"), "it was let in without a certificate"
    (listed,) = [t for t in json.loads(folder.run("token", "list", "--json").stdout) if t["name"] == "bound"]
    eq(listed["certificate"], fingerprint(cms[0]).replace(":", "").lower())


# ---- files ----


@test
def files_that_are_wrong(folder):
    papers = Papers(folder)
    pem, key = papers.issue("server")
    other = papers.issue("other")[1]
    locked, garbage, open_key = papers.path("locked.key"), papers.path("garbage"), papers.path("open.key")
    papers.do("ec", "-in", key, "-aes256", "-passout", "pass:x", "-out", locked)
    with open(garbage, "w", encoding="utf-8") as f:
        f.write("not PEM")
    with open(key, encoding="utf-8") as f, open(open_key, "w", encoding="utf-8") as g:
        g.write(f.read())
    os.chmod(open_key, 0o644)
    os.chmod(garbage, 0o600)
    os.chmod(locked, 0o600)
    two = ("--tls-cert", pem, "--tls-key", key)
    for args, words in (
        (("--tls-cert", pem), "go together"),
        (("--tls-key", key), "go together"),
        (("--client-ca", papers.ca), "needs --tls-cert"),
        (two + ("--client-cert", "required"), "needs --client-ca"),
        (two + ("--client-ca", papers.ca, "--client-cert", "maybe"), "required or optional"),
        (("--tls-cert", pem, "--tls-key", other), "does not belong to the certificate"),
        (("--tls-cert", pem, "--tls-key", open_key), "chmod 0600"),
        (("--tls-cert", pem, "--tls-key", locked), "not encrypted"),
        (("--tls-cert", pem, "--tls-key", garbage), "cannot take the key"),
        (("--tls-cert", garbage, "--tls-key", key), "cannot take the certificate"),
        (("--tls-cert", papers.path("no.pem"), "--tls-key", key), "cannot take the certificate"),
        (("--tls-cert", pem, "--tls-key", papers.path("no.key")), "cannot read the key"),
        (two + ("--client-ca", garbage), "client authority"),
        (("--listen", "0.0.0.0:0"), "--tls-cert"),
    ):
        done = folder.run("serve", "--policies", folder.policies, *(args if "--listen" in args else args + ("--listen", "127.0.0.1:0")))
        assert done.returncode == 2 and words in done.stderr, (args, done)


@test
def other_machines_may_come_with_tls(folder):
    papers = Papers(folder)
    d = start(folder, papers, "--listen", "0.0.0.0:0")
    eq(d.get("/healthz", token=None).status, 200)
    d.stop()


@test
def a_certificate_is_read_again_at_sighup(folder):
    papers = Papers(folder)
    pem, key = papers.issue("server")
    d = start(folder, papers, "--confine", "required", server=(pem, key))

    def serial():
        with raw(d) as s:
            return s.getpeercert()["serialNumber"]

    first = serial()
    kept = d.connect()
    accepted(d.send(event("missed", "P1"), connection=kept))
    fresh = papers.issue("fresh")
    for old, new in zip((pem, key), fresh):
        os.rename(new, old)
    d.signal(signal.SIGHUP)
    until(lambda: serial() != first)
    second = serial()
    accepted(d.send(event("missed", "P2"), connection=kept))  # with the old one
    with open(pem, "w", encoding="utf-8") as f:
        f.write("broken")
    d.signal(signal.SIGHUP)
    said = d.wait_log("certificate-failed")[0]
    eq(said["level"], "error")
    assert "cannot take the certificate" in said["reason"], said
    eq(serial(), second)
    papers.issue("server")  # a pair again
    os.rename(papers.issue("third")[1], key)  # but for the key
    d.signal(signal.SIGHUP)
    said = d.wait_log("certificate-failed", n=2)[1]
    assert "does not belong" in said["reason"], said
    eq(serial(), second)
    eq(len(d.wait_log("certificate")), 2)
    kept.close()
    d.stop()


@test
def a_certificate_that_has_ended_is_told(folder):
    papers = Papers(folder)
    d = start(folder, papers, server=papers.issue("old", days=-1))
    eq(d.wait_log("certificate-expired")[0]["level"], "error")
    fails(d, trusting(papers))


# ---- hostile and unlucky peers ----


class Client:
    """TLS without a socket: its bytes are sent as the test likes."""

    def __init__(self, d):
        self.into, self.out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = d.context.wrap_bio(self.into, self.out, server_hostname="127.0.0.1")
        self.socket = socket.create_connection(("127.0.0.1", d.port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, pieces):
        data = self.out.read()
        for n in pieces:
            if not data:
                return
            self.socket.sendall(data[:n])
            data = data[n:]

    def run(self, step, pieces):
        while True:
            try:
                got = step()
                self.send(pieces())
                return got
            except ssl.SSLWantReadError:
                self.send(pieces())
                data = self.socket.recv(1 << 16)
                if data:
                    self.into.write(data)
                else:
                    self.into.write_eof()


@test
def a_handshake_byte_by_byte(folder):
    d = start(folder, Papers(folder))
    c = Client(d)
    ones = lambda: iter(lambda: 1, 0)
    c.run(c.tls.do_handshake, ones)
    c.run(lambda: c.tls.write(request_of(folder, event("missed", "P1"))), ones)
    got = c.run(lambda: c.tls.read(4096), ones)
    assert got.startswith(b"HTTP/1.1 200"), got
    c.socket.close()


@test
def any_cut_of_the_bytes_is_the_same(folder):
    print("SEED=%d" % SEED)
    chance = random.Random(SEED)
    d = start(folder, Papers(folder))
    cuts = lambda: iter(lambda: chance.choice((1, 2, 5, 80, 1000, 17000)), 0)
    for i in range(60):
        c = Client(d)
        c.run(c.tls.do_handshake, cuts)
        padding = "x" * chance.choice((0, 1, 3000))
        data = request_of(folder, event("moved", "P%d" % i, data={"home": padding or None}))
        at = 0
        while at < len(data):
            n = chance.randrange(1, len(data) - at + 1)
            c.run(lambda: c.tls.write(data[at : at + n]), cuts)
            at += n
        got = c.run(lambda: c.tls.read(1 << 16), cuts)
        assert got.startswith(b"HTTP/1.1 200"), got
        c.socket.close()
    eq(accepted(d.get("/v1/cases/P59", token="audit"))["id"], "P59")


@test
def half_open_and_broken_connections(folder):
    d = start(folder, Papers(folder))
    silent = [socket.create_connection(("127.0.0.1", d.port), 30) for _ in range(50)]
    begun = []
    for _ in range(20):
        c = Client(d)
        try:
            c.tls.do_handshake()
        except ssl.SSLWantReadError:
            hello = c.out.read()
        c.socket.sendall(hello[: len(hello) // 2])
        begun.append(c)
    eq(accepted(d.send(event("missed", "P1")))["case"], "P1")  # nobody else waits for them
    for s in silent[:25] + [c.socket for c in begun[:10]]:
        s.close()
    for junk in (b"\x00" * 100, b"\x16\x03\x01\xff\xff" + b"\x01" * 600, b"\x17\x03\x03\x00\x10" + b"x" * 16, os.urandom(3000)):
        with socket.create_connection(("127.0.0.1", d.port), 30) as s:
            try:
                s.sendall(junk)
                s.shutdown(socket.SHUT_WR)
                while s.recv(4096):
                    pass
            except OSError:
                pass
    accepted(d.send(event("missed", "P2")))
    for s in silent + [c.socket for c in begun]:
        s.close()
    d.stop()


@test
def what_is_cut_off_is_not_taken(folder):
    d = start(folder, Papers(folder))
    ones = lambda: iter(lambda: 1 << 20, 0)
    for whole in (0, 1):
        c = Client(d)
        c.run(c.tls.do_handshake, ones)
        c.tls.write(request_of(folder, event("missed", "T%d" % whole)))
        data = c.out.read()
        c.socket.sendall(data if whole else data[:-1])  # the last byte of the record's seal is missing
        c.socket.shutdown(socket.SHUT_WR)
        while c.socket.recv(4096):
            pass
        c.socket.close()
    # A flipped bit in a record is noticed.
    c = Client(d)
    c.run(c.tls.do_handshake, ones)
    c.tls.write(request_of(folder, event("missed", "T2")))
    data = bytearray(c.out.read())
    data[len(data) // 2] ^= 1
    c.socket.sendall(bytes(data))
    while c.socket.recv(4096):
        pass
    c.socket.close()
    until(lambda: d.get("/v1/cases/T1").status == 200)  # was whole when the peer went
    eq([d.get("/v1/cases/T%d" % i).status for i in (0, 2)], [404, 404])


# ---- the end ----


@test
def sigterm_answers_and_says_goodbye(folder):
    d = start(folder, Papers(folder))
    idle, busy = raw(d), raw(d)
    idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    read_answers(idle, 1)
    whole = request_of(folder, event("missed", "P1"))
    busy.sendall(whole[:-5])
    until(lambda: "waymark_http_connections 3\n" in d.get("/metrics", token=None).body)
    half_open = socket.create_connection(("127.0.0.1", d.port), 30)
    d.signal(signal.SIGTERM)
    d.wait_log("draining")
    eq(idle.recv(100), b"")  # a proper end: a ragged one would raise
    busy.sendall(whole[-5:])
    (answer,) = read_answers(busy, 1)
    eq((answer[0], json.loads(answer[1])["case"]), (200, "P1"))
    eq(busy.recv(100), b"")
    eq(d.wait(), 0)
    for s in (idle, busy, half_open):
        s.close()


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
