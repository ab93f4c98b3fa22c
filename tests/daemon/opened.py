# SPDX-License-Identifier: Apache-2.0
"""Opens a ledger with its keys, going by daemon/ledger/keys.h and seal.h alone, so that those are
enough for an auditor's own tools.

    with contextlib.closing(opened(path)) as db:
        db.execute("SELECT id, state FROM cases")      # as text

Payloads are opened by views that hide the tables of the same names.
"""
import ctypes
import ctypes.util
import hashlib
import os
import sqlite3
import struct

SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium"))
NONCE, TAG = 24, 16
HEAD = 128
DESTROYED = b"waymark: destroyed by no"

VIEWS = """
CREATE TEMP VIEW cases AS SELECT no, opened('case', no, 0, id) AS id, kind, county, last_seq, next_due_us,
  opened('state', no, last_seq, state) AS state FROM main.cases;
CREATE TEMP VIEW events AS SELECT seq, prev_seq, case_no, key, received_us, policy, sender,
  opened('event', case_no, seq, event) AS event, opened('decision', case_no, seq, decision) AS decision
  FROM main.events;
CREATE TEMP VIEW outcomes AS SELECT o.position, o.seq, o.item,
  fingerprinted('outcome', json_extract(e.decision, '$.outcomes[' || o.item || '].id'), o.id) AS id, o.county, o.kind,
  o.amount_cents, o.fund, o.name FROM main.outcomes o JOIN events e ON e.seq = o.seq;
CREATE TEMP VIEW outcome_list AS SELECT o.position, o.seq, c.id AS case_id, o.county, o.kind, o.amount_cents,
  o.fund, o.name, json_extract(e.decision, '$.outcomes[' || o.item || ']') AS outcome
  FROM main.outcomes o JOIN events e ON e.seq = o.seq JOIN cases c ON c.no = e.case_no;
CREATE TEMP VIEW disclosure_list AS SELECT d.number, c.id AS case_id, d.county, d.route, d.share,
  opened('partner', d.case_no, d.at_us, d.partner) AS partner, d.asker, d.allowed,
  opened('fields', d.case_no, d.at_us, d.fields) AS fields,
  opened('reasons', d.case_no, d.at_us, d.reasons) AS reasons
  FROM main.disclosures d JOIN cases c ON c.no = d.case_no;
"""


class Keys:
    def __init__(self, path):
        with open(path, "rb") as f:
            self.bytes = f.read()
        assert self.bytes[:16] == b"waymark keys 1\n\0", self.bytes[:16]
        assert hashlib.blake2b(self.bytes[:96], digest_size=32).digest() == self.bytes[96:HEAD]
        self.ledger = self.bytes[16:32]

    def of(self, case_no):
        at = HEAD + 32 * (case_no - 1)
        key = self.bytes[at:at + 32]
        assert len(key) == 32 and key != bytes(32), "case %d has no key" % case_no
        return key

    def fingerprint(self, what, id):
        got, at = ctypes.create_string_buffer(16), 32 + 16 * ("case", "event", "outcome").index(what)
        SODIUM.crypto_shorthash_siphashx24(got, id, ctypes.c_ulonglong(len(id)), self.bytes[at:at + 16])
        return got.raw

    def fingerprinted(self, what, hex, fingerprint):
        """The id, which the fingerprint must be of; of a destroyed case nothing."""
        if hex is None:
            return None
        id = bytes.fromhex(hex)
        assert self.fingerprint(what, id) == fingerprint, "a fingerprint of %s is not that of its id" % what
        return id

    def open(self, what, case_no, number, payload):
        if payload is None:
            return None
        key = self.of(case_no)
        if key.startswith(DESTROYED):
            return None
        about = what.encode() + b"\0" + struct.pack("<QQ", case_no, number)
        text = ctypes.create_string_buffer(len(payload) - NONCE - TAG + 1)
        n = ctypes.c_ulonglong()
        done = SODIUM.crypto_aead_xchacha20poly1305_ietf_decrypt(
            text, ctypes.byref(n), None, payload[NONCE:], ctypes.c_ulonglong(len(payload) - NONCE),
            about, ctypes.c_ulonglong(len(about)), payload[:NONCE], key)
        assert done == 0, "%s %d of case %d does not open" % (what, number, case_no)
        return text.raw[:n.value].decode()


    def seal(self, what, case_no, number, text):
        """A payload as the daemon writes it; for whoever has the keys, and wants to change one."""
        about = what.encode() + b"\0" + struct.pack("<QQ", case_no, number)
        nonce, raw = os.urandom(NONCE), text.encode()
        payload = ctypes.create_string_buffer(len(raw) + TAG)
        SODIUM.crypto_aead_xchacha20poly1305_ietf_encrypt(
            payload, None, raw, ctypes.c_ulonglong(len(raw)), about, ctypes.c_ulonglong(len(about)),
            None, nonce, self.of(case_no))
        return nonce + payload.raw


def opened(path):
    keys = Keys(path + ".keys")
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    assert db.execute("SELECT ledger FROM sealing").fetchall() == [(keys.ledger,)]
    db.create_function("opened", 4, keys.open)
    db.create_function("fingerprinted", 3, keys.fingerprinted)
    db.executescript(VIEWS)
    return db
