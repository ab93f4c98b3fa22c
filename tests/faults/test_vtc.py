#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests by a driver that others wrote: `varnishtest`, which tests HTTP caches, on the files of vtc/.

    test_vtc.py [PART OF A NAME]

It is in the Debian package varnish, which also starts a cache on the machine; so only `make soak` installs it, and
without it this is passed over.
"""
import glob
import json
import os
import shutil
import subprocess
import sys

from book import check_ledger
from checks import accepted, eq, main, problem, test
from waymarkd import end_with_its_daemons, event

HERE = os.path.dirname(os.path.abspath(__file__))
TOOL = shutil.which("varnishtest")


def in_braces(e):
    """An event as a word of a VTC file."""
    return "{%s}" % json.dumps(e)


def run(folder, path):
    if not TOOL:
        print("skip  %s: the package varnish is not installed" % os.path.basename(path))
        return
    d = folder.start()
    macros = {
        "daemon": "127.0.0.1:%d" % d.port,
        "token": folder.tokens["submit"],
        "first": in_braces(event("visit", "V1", id="first", data={"minutes": 60})),
        "second": in_braces(event("visit", "V2", id="second", data={"minutes": 60})),
        "unfinished": in_braces(event("visit", "V3", id="unfinished", data={"minutes": 60})),
    }
    words = [word for name, value in macros.items() for word in ("-D", "%s=%s" % (name, value))]
    done = subprocess.run([TOOL, *words, path], cwd=folder.path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=120)
    eq(d.process.poll(), None)
    assert done.returncode == 0, "\n".join(done.stdout.splitlines()[-40:])
    problem(d.get("/v1/cases/V3"), 404, "not-found")
    accepted(d.get("/openapi.json", token=None))
    d.stop()
    stored = check_ledger(folder, [])
    eq(stored, {"first", "second"} if path.endswith("pipelined.vtc") else set())


def each(path):
    def one(folder):
        run(folder, path)

    one.__name__ = os.path.basename(path)[:-4]
    test(one)


for _path in sorted(glob.glob(os.path.join(HERE, "vtc", "*.vtc"))):
    each(_path)

if __name__ == "__main__":
    end_with_its_daemons()
    sys.exit(main())
