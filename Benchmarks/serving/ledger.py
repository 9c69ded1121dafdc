"""What a server acknowledged, and whether it is still so.

Everything is noted before it is asked for and again when the answer is there: in between it may or may not have
happened. A violation is a sentence; the run goes on and fails at its end.
"""
import hashlib
import threading
import time

from program import child_workers

ENDED = ("succeeded", "failed", "cancelled")


class Job:
    def __init__(self, kind):
        self.kind = kind
        self.events = []
        self.status = None
        self.model = None
        # What was asked for without an answer yet, or ever: cancel, pause, resume, delete.
        self.maybe = set()
        self.asking = None  # the one of these that is on its way
        self.promised = None  # cancelled, paused
        self.was_steered = False
        self.may_lack_file = False
        self.is_deleted = False


class Ledger:
    def __init__(self):
        self.lock = threading.RLock()
        self.files = {}  # id: sha256; acknowledged, and nobody asked to delete it
        self.leaving = {}  # asked to be deleted, not answered
        self.gone = set()
        self.uploads = {}  # id: (parts by id in order, name); pending
        self.jobs = {}
        self.keys = {}  # name: value
        self.revoked = {}
        self.violations = []
        self.checks = 0
        self.counts = {}

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def violation(self, text):
        with self.lock:
            if text not in self.violations:
                self.violations.append(text)
                print("VIOLATION", text, flush=True)

    def expect(self, holds, text):
        self.checks += 1
        if not holds:
            self.violation(text)
        return holds


class Check:
    """Compares a server that runs with the ledger, while clients go on."""

    def __init__(self, ledger, server, home, bearer):
        self.ledger, self.server, self.home, self.bearer = ledger, server, home, bearer

    def get(self, path, headers=None):
        return self.server.ask("GET", path, headers=headers or self.bearer)

    def all(self, thorough):
        self.files(thorough)
        self.jobs(thorough)
        self.keys(thorough)

    def files(self, thorough):
        ledger = self.ledger
        with ledger.lock:
            gone = list(ledger.gone)  # before the list is made: what goes meanwhile may still be in it
        status, reply = self.get("/v1/files?limit=10000")
        if not ledger.expect(status == 200, f"the list of files: {status} {reply}"):
            return
        listed = {file["id"]: file for file in reply["data"]}
        ledger.expect(len(listed) == len(reply["data"]), "a file is listed twice")
        with ledger.lock:
            certain = list(ledger.files.items())
        for file in gone:
            ledger.expect(file not in listed, f"{file} was deleted, and is back")
        for place, (file, sha256) in enumerate(certain):
            # A file that came after the list was made is not in it; its content answers for it.
            if not thorough and place < len(certain) - 40 and file in listed:
                continue
            status, content = self.get(f"/v1/files/{file}/content")
            with ledger.lock:
                if file not in ledger.files:
                    continue
            if ledger.expect(status == 200, f"{file} was acknowledged, and is not there: {status}"):
                ledger.expect(hashlib.sha256(content).hexdigest() == sha256, f"{file} has other bytes")
        for file in gone if thorough else gone[-5:]:
            status, _ = self.get(f"/v1/files/{file}/content")
            ledger.expect(status == 404, f"{file} was deleted, and its content answers {status}")

    def keys(self, thorough):
        ledger = self.ledger
        for group, expected in ((ledger.keys, 200), (ledger.revoked, 401)):
            for name, value in list(group.items())[0 if thorough else -6:]:
                status, _ = self.get("/v1/files?limit=1", {"Authorization": "Bearer " + value})
                ledger.expect(status == expected, f"key {name}: expected {expected}, found {status}")

    # Jobs

    def jobs(self, thorough):
        with self.ledger.lock:
            jobs = list(self.ledger.jobs.items())
        for place, (name, job) in enumerate(jobs):
            if thorough or job.status not in ENDED or place >= len(jobs) - 5:
                self.job(name, job)

    def job(self, name, job):
        ledger = self.ledger
        with ledger.lock:
            promised, asking, was_deleted = job.promised, job.asking, job.is_deleted
        status, reply = self.get(f"/v1/fine_tuning/jobs/{name}")
        if status == 404:
            with ledger.lock:
                may_be_gone = job.is_deleted or "delete" in job.maybe
            ledger.expect(may_be_gone, f"{name} was acknowledged, and is not there")
            return
        if not ledger.expect(status == 200, f"{name}: {status} {reply}"):
            return
        ledger.expect(not was_deleted, f"{name} was deleted, and is back")
        with ledger.lock:
            is_quiet = job.promised == promised and not asking and not job.asking
        if promised and is_quiet:
            # Who cancels what is paused, or deletes it, may have been heard without having got an answer.
            fine = reply["status"] == promised or (
                promised == "paused" and reply["status"] == "cancelled" and job.maybe & {"cancel", "delete"})
            ledger.expect(fine, f"{name} was {promised}, and is {reply['status']}")
        if job.status in ENDED:
            ledger.expect(reply["status"] == job.status, f"{name} was {job.status}, and is {reply['status']}")
        if reply["status"] == "failed" and job.status != "failed" and not job.may_lack_file:
            ledger.violation(f"{name} failed: {reply['error']}")
        if reply["status"] == "running":
            self.worker(name)
        self.events(name, job)
        job.status, job.model = reply["status"], reply["fine_tuned_model"]

    def worker(self, name):
        """A job that says that it runs has a worker, now or within a moment."""
        end = time.monotonic() + 5
        while time.monotonic() < end:
            workers = len(child_workers(self.home).get(name, []))
            if workers == 1:
                break
            status, reply = self.get(f"/v1/fine_tuning/jobs/{name}")
            if status != 200 or reply["status"] != "running":
                break
            time.sleep(0.02)
        else:
            self.ledger.violation(f"{name} says running, with {workers} workers")
        self.ledger.checks += 1

    def events(self, name, job):
        ledger = self.ledger
        status, reply = self.get(f"/v1/fine_tuning/jobs/{name}/events?limit=1000")
        if status == 404:
            return
        if not ledger.expect(status == 200, f"{name}, events: {status} {reply}"):
            return
        now = list(reversed(reply["data"]))
        known = job.events
        ledger.expect(now[:len(known)] == known, f"{name}: events that were there have changed")
        numbers = [int(event["id"].rsplit("-", 1)[1]) for event in now]
        ledger.expect(numbers == list(range(1, len(now) + 1)), f"{name}: events are missing or there twice")
        job.events = now


def told(job, name):
    """A job's events from its start on, without what differs between any two runs."""
    lines = []
    for event in job.events:
        message = event["message"].replace(name, "ID")
        if job.model:
            message = message.replace(job.model, "MODEL")
        if message.startswith("Uploaded result file"):
            message = "Uploaded result file"
        lines.append((event["level"], message, str(event["data"])))
    starts = [place for place, line in enumerate(lines) if line[1] == "Fine-tune started"]
    return lines[starts[0]:] if starts else lines
