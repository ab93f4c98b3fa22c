#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A ledger is changed in every way, one at a time: `waymark verify` finds each, and none where there is none.

    CHANGES=5000 SEED=7 test_tamper.py          (120 changes when CHANGES is not set)

The ledger is one that the daemon wrote. The changes go to any column of any row of any table, past
the triggers; rows are removed, added, swapped; bytes of the file are flipped. The last line is
"N passed, N failed".
"""
import base64
import hashlib
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "daemon"))
from opened import Keys  # noqa: E402
from waymarkd import WAYMARK, Folder, end_with_its_daemons, event  # noqa: E402

TYPES = ["visit", "marked", "missed", "support", "fee", "attended", "convicted", "granted"]
TYPES += ["aided", "aid_ended", "review_asked", "crisis", "referred", "went"]
EVENTS = 260
CASES = 18


def data_of(type):
    return {"visit": {"minutes": 60}, "marked": {"hidden": True}}.get(type)


def write_ledger(folder, rng):
    """Events of all kinds, in order of time, one by one and in batches, over two starts."""
    day, sent = 0, 0
    for half in range(2):
        daemon = folder.start()
        while sent < EVENTS * (half + 1) // 2:
            batch = []
            for _ in range(rng.choice([1, 1, 1, 2, 7])):
                day += rng.choice([0, 0, 1])
                time = "2026-%02d-%02dT12:00:%02dZ" % (1 + day // 28, 1 + day % 28, sent % 60)
                type = rng.choice(TYPES)
                case = "C%d" % rng.randrange(CASES)
                batch.append(event(type, case, "e%d" % sent, time, data=data_of(type)))
                batch[-1]["casekind"] = "person"
                sent += 1
            answer = daemon.send(batch)
            assert answer.status in (200, 207), answer
        for partner in ("P1", "P2"):
            daemon.get("/v1/cases/C1/share/summary?partner=" + partner)
        daemon.stop()


def verify(path, *args):
    done = subprocess.run(
        [WAYMARK, "verify", path, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert done.returncode in (0, 1), "%d: %s" % (done.returncode, done.stderr)
    return done.returncode == 1, done.stdout + done.stderr


def copy(ledger, to):
    """With what is still in the write-ahead log, as one file without one."""
    a, b = sqlite3.connect("file:%s?mode=ro" % ledger, uri=True), sqlite3.connect(to)
    a.backup(b)
    b.execute("PRAGMA journal_mode = DELETE")
    a.close()
    b.close()
    shutil.copyfile(ledger + ".keys", to + ".keys")


# ---- changes of rows ----


class Changer:
    """Changes a copy of the ledger as somebody would who knows SQLite and can write to the file."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.triggers = self.db.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid"
        ).fetchall()
        self.tables = [
            name
            for (name,) in self.db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                " AND name <> 'mark'"  # no record is in it
            )
            if self.db.execute("SELECT count(*) FROM " + name).fetchone()[0]
        ]

    def past_triggers(self, change):
        self.db.execute("BEGIN")
        for name, _ in self.triggers:
            self.db.execute("DROP TRIGGER " + name)
        done = change()
        for _, sql in self.triggers:
            self.db.execute(sql)
        self.db.execute("COMMIT")
        return done

    def columns(self, table):
        return self.db.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (table,)).fetchall()

    def key(self, table):
        keys = [name for name, pk in sorted(self.columns(table), key=lambda c: c[1]) if pk]
        return keys

    def pick(self, table, rng, n=1):
        keys = self.key(table)
        rows = self.db.execute("SELECT %s FROM %s" % (", ".join(keys), table)).fetchall()
        return [rng.choice(rows)] if n == 1 else rng.sample(rows, n) if len(rows) >= n else None

    def where(self, table):
        return " AND ".join("%s = ?" % k for k in self.key(table))


def other_value(value, rng):
    """Another value of the same type, mostly one that differs in a single bit."""
    if value is None:
        return rng.choice([1, "x", b"\0" * 32])
    if isinstance(value, int):
        return rng.choice([value ^ (1 << rng.randrange(16)), value + 1, -value - 1])
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    if not raw:
        return "x" if isinstance(value, str) else b"x"
    how = rng.randrange(4)
    at = rng.randrange(len(raw))
    if how == 0 and len(raw) > 1:
        del raw[at]
    elif how == 1:
        raw.insert(at, 0x20)
    elif isinstance(value, str):
        raw[at] = (raw[at] ^ (1 << rng.randrange(5))) & 0x7F or 0x41
    else:
        raw[at] ^= 1 << rng.randrange(8)
    return raw.decode(errors="replace") if isinstance(value, str) else bytes(raw)


def change_value(c, rng):
    table = rng.choice(c.tables)
    column = rng.choice(c.columns(table))[0]
    (row,) = c.pick(table, rng)
    (old,) = c.db.execute("SELECT %s FROM %s WHERE %s" % (column, table, c.where(table)), row).fetchone()
    new = other_value(old, rng)
    sql = "UPDATE %s SET %s = ? WHERE %s" % (table, column, c.where(table))
    c.past_triggers(lambda: c.db.execute(sql, (new, *row)))
    return "%s.%s of %r: %.60r -> %.60r" % (table, column, row, old, new)


def remove_row(c, rng):
    table = rng.choice(c.tables)
    (row,) = c.pick(table, rng)
    c.past_triggers(lambda: c.db.execute("DELETE FROM %s WHERE %s" % (table, c.where(table)), row))
    return "%s %r removed" % (table, row)


def add_row(c, rng):
    """A copy of a row under another key."""
    table = rng.choice(c.tables)
    (row,) = c.pick(table, rng)
    names = [name for name, _ in c.columns(table)]
    old = c.db.execute("SELECT * FROM %s WHERE %s" % (table, c.where(table)), row).fetchone()
    new = list(old)
    keys = c.key(table)
    at = names.index(rng.choice(keys))
    if isinstance(new[at], int):
        new[at] = rng.choice([0, -5, 10**6, new[at] + 10**5])
    else:
        new[at] += "x"
    for unique in ("key", "id", "digest") if table in ("events", "cases", "policies") else ():
        if unique in names:
            i = names.index(unique)
            new[i] = new[i] + "x" if isinstance(new[i], str) else bytes([new[i][0] ^ 1]) + new[i][1:]
    sql = "INSERT INTO %s VALUES (%s)" % (table, ", ".join("?" * len(new)))
    c.past_triggers(lambda: c.db.execute(sql, new))
    return "%s: a row added, a copy of %r" % (table, row)


def swap_rows(c, rng):
    """Two rows change places: all but the key."""
    table = rng.choice(c.tables)
    rows = c.pick(table, rng, 2)
    if not rows:
        return None
    names = [name for name, pk in c.columns(table) if not pk]
    select = "SELECT %s FROM %s WHERE %s" % (", ".join(names), table, c.where(table))
    a, b = (c.db.execute(select, row).fetchone() for row in rows)
    if a == b:
        return None
    # The unique columns stand in each other's way: over a value in between.
    update = "UPDATE %s SET %s WHERE %s" % (table, ", ".join(n + " = ?" for n in names), c.where(table))
    between = [bytes(len(v)) if isinstance(v, bytes) else "~" + v if isinstance(v, str) else v for v in b]

    def swap():
        c.db.execute(update, (*between, *rows[1]))
        c.db.execute(update, (*b, *rows[0]))
        c.db.execute(update, (*a, *rows[1]))

    c.past_triggers(swap)
    return "%s: %r and %r swapped" % (table, *rows)


def cut_tail(c, rng):
    """The last rows of a table go, those of the log stay."""
    table = rng.choice([t for t in c.tables if c.key(t) and len(c.key(t)) == 1])
    key = c.key(table)[0]
    (most,) = c.db.execute("SELECT max(%s) FROM %s" % (key, table)).fetchone()
    n = rng.randrange(1, 4)
    sql = "DELETE FROM %s WHERE %s > ?" % (table, key)
    if c.past_triggers(lambda: c.db.execute(sql, (most - n,)).rowcount) == 0:
        return None
    return "%s: cut off after %d" % (table, most - n)


def change_schema(c, rng):
    kind, name = rng.choice(
        c.db.execute("SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'view')").fetchall()
        + [("index", "events_key"), ("index", "cases_due")]
    )
    c.db.execute("DROP %s %s" % (kind, name))
    return "%s %s dropped" % (kind, name)


def add_object(c, rng):
    sql = rng.choice(
        [
            "CREATE TABLE extra (x)",
            "CREATE TRIGGER quiet AFTER INSERT ON outcomes BEGIN UPDATE pots SET committed = 0; END",
            "CREATE INDEX extra ON outcomes (fund)",
            "CREATE VIEW extra AS SELECT 1",
        ]
    )
    c.db.execute(sql)
    return sql


ROW_CHANGES = [change_value] * 12 + [remove_row] * 3 + [add_row] * 2 + [swap_rows] * 2
ROW_CHANGES += [cut_tail, change_schema, add_object]


# ---- changes of the file ----


def content(path):
    """All that is in the tables, or that they cannot be read."""
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    try:
        db.text_factory = bytes
        schema = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall()
        tables = [row[1].decode() for row in schema if row[0] == b"table" and row[3] and row[1] != b"mark"]
        pragmas = [db.execute("PRAGMA " + p).fetchone() for p in ("user_version", "application_id")]
        return pragmas, schema, {t: db.execute("SELECT * FROM %s" % t).fetchall() for t in tables}
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None
    finally:
        db.close()


def change_bytes(path, rng):
    with open(path, "r+b") as f:
        size = os.path.getsize(path)
        what = []
        for _ in range(rng.choice([1, 1, 1, 16])):
            at = rng.randrange(size)
            f.seek(at)
            old = f.read(1)[0]
            new = old ^ (1 << rng.randrange(8))
            f.seek(at)
            f.write(bytes([new]))
            what.append("byte %d: %d -> %d" % (at, old, new))
    return "; ".join(what)


# ---- changes that agree with themselves: only a head or a key that was kept elsewhere tells ----


def leaf_of(table, row):
    """What a leaf covers, by the words of API.md."""
    def value(v):
        if v is None:
            return b"\0"
        if isinstance(v, int):
            return b"\1" + struct.pack(">q", v)
        raw = v.encode() if isinstance(v, str) else v
        return (b"\2" if isinstance(v, str) else b"\3") + struct.pack(">I", len(raw)) + raw

    row = list(row)
    while row and row[-1] is None:
        row.pop()
    return hashlib.sha256(b"\0" + b"".join(value(v) for v in [table] + row)).digest()


def root_of(leaves):
    """MTH of RFC 6962, 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + root_of(leaves[:k]) + root_of(leaves[k:])).digest()


LETTERS = {"P": "policies", "S": "policy_sources", "E": "events", "O": "outcomes", "D": "disclosures"}
LETTERS.update({"R": "register", "K": "log_keys"})


def write_anew(path):
    """An event is changed, and the whole log made anew so that it agrees. Only the signatures are as they were."""
    c = Changer(path)

    def change():
        c.db.execute("UPDATE events SET sender = 'somebody' WHERE seq = 5")
        rows = {}
        for letter, table in LETTERS.items():
            keys = ", ".join(c.key(table)) if table in c.tables else None
            rows[letter] = iter(c.db.execute("SELECT * FROM %s ORDER BY %s" % (table, keys))) if keys else iter(())
        leaves, signature = [], None
        for size, at, later, kinds, old in c.db.execute(
            "SELECT size, at_us, later, kinds, signature FROM log ORDER BY size"
        ).fetchall():
            own = [leaf_of("log", (len(leaves), at, later, signature))]
            own += [leaf_of(LETTERS[k], next(rows[k])) for k in kinds[1:]]
            leaves += own
            assert len(leaves) == size
            c.db.execute(
                "UPDATE log SET leaves = ?, root = ? WHERE size = ?", (b"".join(own), root_of(leaves), size)
            )
            signature = old
        for level, number in c.db.execute("SELECT level, number FROM log_nodes").fetchall():
            of = leaves[number << level : (number + 1) << level]
            c.db.execute(
                "UPDATE log_nodes SET hash = ? WHERE level = ? AND number = ?", (root_of(of), level, number)
            )

    c.past_triggers(change)
    c.db.close()


def waymark(*args):
    done = subprocess.run([WAYMARK, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def put(folder, name, text):
    path = os.path.join(folder.path, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def older_ones(folder, plain, path):
    """An older backup in its place, and a tail cut off with its log: found with a head, and only so."""
    key = put(folder, "key.pub", waymark("head", folder.ledger, "--public-key"))
    older = put(folder, "older.head", waymark("head", plain))
    daemon = folder.start()
    daemon.send(event("visit", "C1", "last", "2027-01-01T00:00:00Z", data={"minutes": 60}))
    daemon.stop()
    head = put(folder, "head", waymark("head", folder.ledger))
    args = ("--public-key", key)
    for fine in ((folder.ledger, "--head", head), (folder.ledger, "--head", older), (plain, "--head", older)):
        found, said = verify(*fine, *args)
        assert not found, said
    assert not verify(plain, *args)[0]
    found, said = verify(plain, "--head", head, *args)
    assert found and "an older one was put in its place" in said, said
    return key, head


def written_anew(folder, path, key, head):
    copy(folder.ledger, path)
    write_anew(path)
    found, said = verify(path)
    assert found and "its signature is not that of the key" in said and "1 fault" in said, said
    found, said = verify(path, "--head", head, "--public-key", key)
    assert found and "was written anew" in said, said
    other = b"\1" + bytes(range(32))
    told = hashlib.sha256(b"other\n" + other).hexdigest()[:8]
    other = put(folder, "other.pub", "other+%s+%s\n" % (told, base64.b64encode(other).decode()))
    found, said = verify(folder.ledger, "--public-key", other)
    assert found and "not signed by the key other" in said, said


def changed(column, number, old, new):
    """An update of a payload by somebody who has the keys."""
    table, no = ("cases", "no") if column == "state" else ("events", "case_no")
    return (
        "UPDATE {t} SET {c} = sealed('{c}', {no}, {n}, replace(opened('{c}', {no}, {n}, {c}), '{old}', '{new}'))"
        " WHERE {n} = (SELECT min({n}) FROM {t} WHERE opened('{c}', {no}, {n}, {c}) LIKE '%{old}%')"
    ).format(t=table, c=column, no=no, n=number, old=old, new=new)


def decided_otherwise(folder, path):
    """A log made anew is no help against deciding again: one byte of a decision, an event, a state, a pot."""
    for change in (
        changed("decision", "seq", '"duplicate":false', '"duplicate":false '),
        changed("decision", "seq", '"amount":"100.00"', '"amount":"900.00"'),
        changed("event", "seq", '"minutes":60', '"minutes":59'),
        changed("state", "last_seq", '"county":"alameda"', '"county":"yolo"'),
        "UPDATE pots SET committed = committed + 1 WHERE kind = 'fund'",
    ):
        copy(folder.ledger, path)
        c = Changer(path)
        keys = Keys(path + ".keys")
        c.db.create_function("opened", 4, keys.open)
        c.db.create_function("sealed", 4, keys.seal)
        n = c.past_triggers(lambda: c.db.execute(change).rowcount)
        c.db.close()
        assert n >= 1, change
        done = subprocess.run([WAYMARK, "replay", path, "--verify"], capture_output=True, text=True)
        assert done.returncode == 1, "not found: %s\n%s%s" % (change, done.stdout, done.stderr)


def with_openssl(folder, key, head):
    """The steps of API.md: the signature of a head checked by another program."""
    note = open(head, encoding="utf-8").read()
    text, signatures = note.split("\n\n")
    signature = base64.b64decode(signatures.split(" ")[2])[4:]
    put(folder, "head.text", text + "\n")
    with open(os.path.join(folder.path, "head.sig"), "wb") as f:
        f.write(signature)
    put(folder, "key.pem", waymark("head", folder.ledger, "--pem"))
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in head.text -sigfile head.sig".split()
    done = subprocess.run(command, cwd=folder.path, capture_output=True, text=True)
    assert done.returncode == 0 and "Verified Successfully" in done.stdout, done.stdout + done.stderr
    put(folder, "head.text", text + "\n\n")
    assert subprocess.run(command, cwd=folder.path, capture_output=True).returncode == 1


# ---- the rounds ----


def one_change(original, path, rng):
    shutil.copyfile(original, path)
    changer = Changer(path)
    try:
        what = rng.choice(ROW_CHANGES)(changer, rng)
    except (sqlite3.IntegrityError, sqlite3.OperationalError):
        return None  # SQLite itself refuses it
    finally:
        changer.db.close()
    if what is None:
        return None
    found, said = verify(path)
    assert found, "not found: %s\n%s" % (what, said)
    return what


def one_file_change(original, path, rng, was):
    shutil.copyfile(original, path)
    what = change_bytes(path, rng)
    if content(path) == was:
        return None  # a byte that nothing is stored in
    found, said = verify(path)
    assert found, "not found: %s\n%s" % (what, said)
    return what


def untouched(folder):
    found, said = verify(folder.ledger)
    assert not found, "found in an untouched ledger:\n" + said
    return said


def main():
    end_with_its_daemons()
    seed = int(os.environ.get("SEED", "1"))
    changes = int(os.environ.get("CHANGES", "120"))
    rng = random.Random(seed)
    passed = failed = 0
    with Folder() as folder:
        write_ledger(folder, rng)
        print(untouched(folder), end="")
        plain = os.path.join(folder.path, "plain.db")
        path = os.path.join(folder.path, "changed.db")
        copy(folder.ledger, plain)
        was = content(plain)
        while passed + failed < changes:
            try:
                if rng.random() < 0.75:
                    done = one_change(plain, path, rng)
                else:
                    done = one_file_change(plain, path, rng, was)
                passed += done is not None
            except Exception:
                failed += 1
                traceback.print_exc()
        assert not verify(plain)[0]
        key, head = older_ones(folder, plain, path)
        written_anew(folder, path, key, head)
        with_openssl(folder, key, head)
        waymark("replay", folder.ledger, "--verify")
        decided_otherwise(folder, path)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
