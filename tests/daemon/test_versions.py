#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Versions of the policy: which one is in force when, who may say so, and that it holds.

    test_versions.py [PART OF A NAME]
"""
import signal
import sqlite3
import sys
import time

from checks import accepted, eq, main, test, until
from waymarkd import end_with_its_daemons, event


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
    d = folder.start("--ledger-most", "131072")
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


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
