"""Runs the functions of a script whose names begin with check_, in their order, and tells which passed.

HONE_BASE is the server's address without a path, HONE_KEY a key that may do everything.
"""
import http.client
import os
import sys
import time
import traceback
from urllib.parse import urlparse

BASE = os.environ["HONE_BASE"]
KEY = os.environ["HONE_KEY"]


def run(names):
    """Calls every check of a module's names; exit status 3: one failed."""
    failed = 0
    script = os.path.basename(sys.argv[0])
    for name, check in list(names.items()):
        if not name.startswith("check_"):
            continue
        began = time.time()
        try:
            check()
            print(f"PASSED {script} {name[6:]} ({time.time() - began:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED {script} {name[6:]}", flush=True)
            traceback.print_exc(file=sys.stdout)
    sys.exit(3 if failed else 0)


def raises(kind, call):
    """The error of this kind that a call raises."""
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}, found no error")


def ask(method, path, body=None, headers=None):
    """A request as it stands: the reply, and its whole body."""
    host = urlparse(BASE)
    connection = http.client.HTTPConnection(host.hostname, host.port, timeout=60)
    connection.request(method, path, body, {"Authorization": "Bearer " + KEY} if headers is None else headers)
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    return reply, text


def near(left, right, tolerance=1e-4):
    return abs(left - right) <= tolerance
