# SPDX-License-Identifier: Apache-2.0
"""What stands in the files of a ledger, and what may not any more; legal holds."""
import glob
import json
import os


def files(folder):
    """Every file beside the ledger, byte by byte."""
    got = {}
    for path in filter(os.path.isfile, glob.glob(folder.ledger + "*")):  # a pipe would never end
        with open(path, "rb") as f:
            got[path] = f.read()
    return got


def no_trace(folder, *texts):
    for path, data in files(folder).items():
        for text in texts:
            assert text.encode() not in data, "%s stands in %s" % (text, path)
            assert text.encode("utf-16-le") not in data, "%s stands in %s" % (text, path)


def hold(d, case, name="LIT-1", token="admin", **more):
    body = {"case": case, "order": name, "reason": "discovery", **more}
    return d.ask("POST", "/v1/holds", json.dumps(body), {"Content-Type": "application/json"}, token)
