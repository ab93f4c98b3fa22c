# SPDX-License-Identifier: Apache-2.0
"""Those who work on a ledger while it is in use, and while all else goes wrong: somebody who brings new versions of the
policy in and lets them run in shadow; somebody who destroys cases, makes backups and looks at them.

Each is a thread that goes on until `enough` is set; what a daemon that ends leaves undone is left undone.
"""
import glob
import http.client
import json
import os
import random
import shutil
import threading

from book import destroyed_by, fine
from streams import ZS, is_passing


class Worker(threading.Thread):
    """Does one of its acts every now and then. `done` counts them by name."""

    acts = ()

    def __init__(self, soak):
        super().__init__()
        self.daemon_, self.folder = soak.daemon, soak.folder
        self.random = random.Random(soak.rng.random())
        self.enough, self.failures, self.done = threading.Event(), [], {}

    def run(self):
        while not self.enough.wait(self.random.uniform(0.1, self.every)):
            act = self.random.choice(self.acts)
            try:
                if act(self):
                    self.done[act.__name__] = self.done.get(act.__name__, 0) + 1
            except (OSError, http.client.HTTPException):
                return  # the daemon has ended
            except AssertionError as e:
                self.failures.append("%s: %s" % (act.__name__, e))

    def ask(self, path, body, token):
        return self.daemon_.ask("POST", path, json.dumps(body), {"Content-Type": "application/json"}, token)


def read_policies(folder):
    found = {}
    for path in glob.glob(os.path.join(folder.policies, "*.way")):
        with open(path, encoding="utf-8") as f:
            found[os.path.basename(path)] = f.read()
    return found


class Author(Worker):
    """Versions over HTTP. Unless the soak is of one policy, what a visit is paid changes."""

    every = 4

    def __init__(self, soak):
        super().__init__(soak)
        self.one_policy, self.texts = soak.one_policy, soak.texts

    def _upload(self):
        n = self.random.randrange(1, 1 << 20)
        program = self.texts["program.way"] + "\n# upload %d\n" % n
        if not self.one_policy:
            program = program.replace("visit_pay is $100", "visit_pay is $%d" % (100 + n % 50))
        texts = dict(self.texts, **{"program.way": program})
        a = self.ask("/v1/policies", {"sources": [{"name": k, "text": v} for k, v in texts.items()]}, "author")
        return a.json["version"] if self._went(a, 201, 200) else None

    @staticmethod
    def _went(a, *statuses):
        assert a.status in statuses or is_passing(a), repr(a)
        return a.status in statuses

    def activated(self):
        v = self._upload()
        if not v or not self._went(self.ask("/v1/policies/%s/approve" % v, {}, "approve"), 200):
            return False
        return self._went(self.ask("/v1/policies/%s/activate" % v, {}, "approve"), 200)

    def shadowed(self):
        """Another one may be already: then that one is."""
        v = self._upload()
        return v and self._went(self.ask("/v1/policies/%s/shadow" % v, {"on": True}, "author"), 200, 409)

    acts = (activated, activated, shadowed)


class Keeper(Worker):
    """Destroys cases to which nothing happens any more; makes backups, and looks at the ledger in use. One after the
    other: the keys that are copied have to be those of the copy."""

    every = 8

    def __init__(self, soak):
        super().__init__(soak)
        self.streams = soak.streams

    def destroyed(self):
        s = self.random.choice(self.streams)
        gone = set(destroyed_by(self.folder))
        cases = ["Z%s-%d" % (s.name, n) for n in range(len(s.events) // ZS)]
        left = [case for case in cases if case not in gone]
        if not left:
            return False
        a = self.ask("/v1/purges", {"case": left[0], "order": "SC-1", "reason": "soak"}, "admin")
        if a.status in (200, 410):
            with open(os.path.join(self.folder.path, "destroyed"), "a", encoding="utf-8") as f:
                f.write(left[0] + "\n")
                f.flush()
                os.fsync(f.fileno())
        # 404: nothing of it was ever sent, or it is on its way.
        assert a.status in (200, 404, 410) or is_passing(a), repr(a)
        return a.status == 200

    def backed_up(self):
        copy = os.path.join(self.folder.path, "copy.db")
        for path in glob.glob(copy + "*"):
            os.unlink(path)
        fine("backup", self.folder.ledger, copy)
        shutil.copyfile(self.folder.ledger + ".keys", copy + ".keys")
        with open(copy + ".head", "w", encoding="utf-8") as f:
            f.write(fine("head", copy))
        fine("verify", copy, "--head", copy + ".head")
        fine("replay", copy, "--verify")
        fine("verify", self.folder.ledger, "--head", copy + ".head")
        return True

    def verified_in_use(self):
        fine("verify", self.folder.ledger)
        fine("replay", self.folder.ledger, "--verify")
        return True

    acts = (destroyed, destroyed, backed_up, verified_in_use)
