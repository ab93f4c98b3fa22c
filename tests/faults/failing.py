# SPDX-License-Identifier: Apache-2.0
"""Makes calls of the C library fail in a daemon: the test's side of failing.c.

    failing = Failing(folder)
    daemon = folder.start(env=failing.env)
    failing.set(["write", "sync"], errno.EIO, path="ledger.db-wal", after=3)
    ...
    failing.clear()
"""
import errno
import mmap
import os
import re
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = os.environ.get("FAILING_LIBRARY") or os.path.join(
    HERE, "..", "..", "build", "release", "tests", "faults", "failing.so"
)
LAYOUT = struct.Struct("=IiiiII64s")
with open(os.path.join(HERE, "failing.h"), encoding="utf-8") as _f:
    CALLS = re.findall(r'X\([A-Z]+, "([a-z]+)"\)', _f.read())


class Failing:
    def __init__(self, folder, name="failing"):
        path = os.path.join(folder.path, name)
        with open(path, "w+b") as f:
            f.write(bytes(LAYOUT.size))
            f.flush()
            self.map = mmap.mmap(f.fileno(), LAYOUT.size)
        assert os.path.exists(LIBRARY), "%s is not built" % LIBRARY
        self.env = {"LD_PRELOAD": os.path.abspath(LIBRARY), "FAILING": path}

    def set(self, calls, error=errno.EIO, path="", after=0, times=-1):
        """Calls of these kinds fail, once `after` more have gone well, so many times (-1: always)."""
        self.clear()
        bits = sum(1 << CALLS.index(c) for c in calls)
        self.map[:] = LAYOUT.pack(0, after, times, error, 0, 0, path.encode())
        self.map[:4] = struct.pack("=I", bits)  # last: the daemon looks at it first

    def clear(self):
        self.map[:4] = bytes(4)

    def _read(self):
        return LAYOUT.unpack(self.map[:])

    @property
    def seen(self):
        return self._read()[4]

    @property
    def failed(self):
        return self._read()[5]
