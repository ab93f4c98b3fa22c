#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the file of keys may meet: no room, a write or a sync that fails. Nothing is acknowledged that could
not be read back, and no case is ever half destroyed.

    test_keys.py [PART OF A NAME]
"""
import errno
import http.client
import os
import subprocess
import sys

import book  # noqa: F401: where the daemon's tests are
from checks import accepted, eq, main, problem, test, until
from failing import Failing
from waymarkd import WAYMARK, end_with_its_daemons, event

KEYS = "ledger.db.keys"


def visit(who, id):
    return event("visit", who, id=id, data={"minutes": 60})


@test
def no_room_for_new_keys(folder):
    """They are written with the first case."""
    failing, first = Failing(folder), visit("P1", "a")
    folder.start().stop()
    d = folder.start(env=failing.env)
    failing.set(["write"], errno.ENOSPC, path=KEYS)
    problem(d.send(first), 507, "storage-full")
    assert failing.failed
    failing.clear()
    until(lambda: d.send(first).status == 200)
    d.stop()
    d = folder.start()
    eq(accepted(d.send(first))["duplicate"], True)


def ends(folder, calls, error):
    failing = Failing(folder)
    folder.start().stop()
    d = folder.start(env=failing.env)
    failing.set(calls, error, path=KEYS)
    try:
        answer = d.send(visit("P1", "a"))
        raise AssertionError("acknowledged: %r" % answer)
    except (OSError, http.client.HTTPException):
        pass
    eq(d.wait(20), 3)
    folder.daemons.remove(d)
    failing.clear()
    d = folder.start()
    accepted(d.send(visit("P1", "a")))
    d.stop()


@test
def a_write_of_keys_that_fails(folder):
    ends(folder, ["write"], errno.EIO)


@test
def a_sync_of_keys_that_fails(folder):
    ends(folder, ["sync"], errno.EIO)


def purge(folder, env=None):
    return subprocess.run(
        [WAYMARK, "purge", folder.ledger, "--case", "P1", "--order", "SC-1", "--reason", "x"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, env=env,
    )


def key_that_stays(folder, calls, error):
    """The ledger says that the case is destroyed, its key could not be: that is done as soon as it can be."""
    failing = Failing(folder)
    d = folder.start()
    accepted(d.send(visit("P1", "a")))
    accepted(d.send(visit("P2", "b")))
    d.stop()
    failing.set(calls, error, path=KEYS)
    done = purge(folder, dict(os.environ, **failing.env))
    assert done.returncode == 3 and "destroyed: 1" not in done.stdout, done
    failing.clear()
    d = folder.start()
    gone = d.get("/v1/cases/P1", token="read")
    if gone.status == 410:
        problem(d.get("/v1/decisions/1"), 410, "destroyed")
    else:
        accepted(gone)
    accepted(d.get("/v1/cases/P2", token="read"))
    d.stop()
    done = purge(folder)
    assert done.returncode == (1 if gone.status == 410 else 0), done


@test
def a_key_that_cannot_be_overwritten(folder):
    key_that_stays(folder, ["write"], errno.EIO)


@test
def a_key_that_cannot_be_synced(folder):
    key_that_stays(folder, ["sync"], errno.EIO)


if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
