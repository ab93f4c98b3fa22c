# SPDX-License-Identifier: Apache-2.0
"""Those who work on a ledger while it is in use, and while all else goes wrong: somebody who brings new versions of the
policy in, plans them and lets them run in shadow; somebody who destroys cases and holds others, makes backups, tries
policies on what is recorded, and looks at it.

Each is a thread that goes on until `enough` is set; what a daemon that ends leaves undone is left undone.
"""
import glob
import http.client
import json
import os
import random
import shutil
import subprocess
import threading

from book import destroyed_by, fine
from destroyed import hold
from streams import ZS, is_passing, slug
from waymarkd import WAYMARK


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
        self.clock, self.plans = soak.clock, soak.plans

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

    def _activate(self, when):
        v = self._upload()
        if not v or not self._went(self.ask("/v1/policies/%s/approve" % v, {}, "approve"), 200):
            return None
        return v if self._went(self.ask("/v1/policies/%s/activate" % v, when, "approve"), 200) else None

    def activated(self):
        return self._activate({})

    def planned(self):
        """It begins while who knows what happens."""
        v = self._activate({"from": self.clock.later(self.random.uniform(1, 60))})
        if v:
            self.plans.append(v)
        return v

    def shadowed(self):
        """Another one may be already: then that one is."""
        v = self._upload()
        return v and self._went(self.ask("/v1/policies/%s/shadow" % v, {"on": True}, "author"), 200, 409)

    acts = (activated, planned, shadowed)


class Keeper(Worker):
    """Destroys cases to which nothing happens any more, and holds some; makes backups, and looks at the ledger in use.
    One after the other: the keys that are copied have to be those of the copy."""

    every = 8

    def __init__(self, soak):
        super().__init__(soak)
        self.streams, self.holds, self.one_policy, self.texts = soak.streams, soak.holds, soak.one_policy, soak.texts

    def _some_case(self):
        """One to which nothing happens any more, and that is not destroyed."""
        s = self.random.choice(self.streams)
        gone = set(destroyed_by(self.folder))
        cases = ["Z%s-%d" % (s.name, n) for n in range(len(s.events) // ZS)]
        left = [case for case in cases if case not in gone]
        return self.random.choice(left[:2]) if left else None

    def destroyed(self):
        case = self._some_case()
        if not case:
            return False
        held = self.holds.get(case, False)
        a = self.ask("/v1/purges", {"case": case, "order": "SC-1", "reason": "soak"}, "admin")
        if a.status == 409 and slug(a) == "held":
            assert held is not False, "%s is not held: %r" % (case, a)
            return False
        if a.status in (200, 410):
            assert not held, "%s is held: %r" % (case, a)
            with open(os.path.join(self.folder.path, "destroyed"), "a", encoding="utf-8") as f:
                f.write(case + "\n")
                f.flush()
                os.fsync(f.fileno())
        # 404: nothing of it was ever sent, or it is on its way.
        assert a.status in (200, 404, 410) or is_passing(a), repr(a)
        return a.status == 200

    def _hold(self, case, **lift):
        before = self.holds.get(case, False)
        self.holds[case] = None  # not known until it is answered
        a = hold(self.daemon_, case, **lift)
        self.holds[case] = not lift if a.status == 200 else before
        assert a.status in (200, 404, 410) or (lift and before is None and a.status == 422) or is_passing(a), repr(a)
        return a.status == 200

    def held(self):
        case = self._some_case()
        return case and self._hold(case)

    def lifted(self):
        maybe = [case for case, held in self.holds.items() if held is not False]
        return maybe and self._hold(self.random.choice(maybe), lift=True)

    def tried_out(self):
        """The first version, on what was decided since."""
        path = os.path.join(self.folder.path, "tried")
        os.makedirs(path, exist_ok=True)
        for name, text in self.texts.items():
            with open(os.path.join(path, name), "w", encoding="utf-8") as f:
                f.write(text)
        done = subprocess.run([WAYMARK, "replay", self.folder.ledger, "--candidate", path, "--json"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
        assert done.returncode in (0, 1), "replay --candidate: %d\n%s" % (done.returncode, done.stderr)
        same = json.loads(done.stdout)["same"]
        assert same or not self.one_policy, "replay --candidate finds a difference: " + done.stdout
        return True

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

    acts = (destroyed, destroyed, held, lifted, backed_up, tried_out, verified_in_use)
