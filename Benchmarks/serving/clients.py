"""A client of crash.py: asks at random, and notes before and after each request what it asked for and was told."""
import hashlib
import http.client
import json
import time

from ledger import ENDED, Job
from program import FORM, form

LOST = (OSError, http.client.HTTPException, ValueError)


def rows(count):
    return "".join(json.dumps({"prompt": f"what is {number} ->", "completion": " even" if number % 2 == 0 else " odd"})
                   + "\n" for number in range(count)).encode()


def make_files(server, bearer):
    """The file that jobs train on; it is never deleted."""
    status, reply = server.upload("train.jsonl", rows(64), headers=bearer)
    assert status == 200, reply
    return reply["id"]


class Client:
    def __init__(self, ledger, server, bearer, kinds, random):
        self.ledger, self.server, self.bearer, self.kinds, self.random = ledger, server, bearer, kinds, random
        self.training = None

    def work(self, stopping, keeps_training):
        """Asks until told to stop. `keeps_training`: makes the next long job as soon as one has ended."""
        actions = [self.upload] * 4 + [self.upload_in_parts] * 2 + [self.delete_file] * 3 + [self.steer] * 3
        actions += [self.create_some_job] * 2 + [self.take_file_from_job]
        training = None
        while not stopping.is_set():
            try:
                if keeps_training and (training is None or self.ledger.jobs[training].status in ENDED):
                    training = self.create_job("long")
                self.random.choice(actions)()
                time.sleep(self.random.random() * 0.2)
            except LOST:
                time.sleep(0.01)

    def ask(self, method, path, body=None, headers=None):
        """Status and reply; an error of the server is a violation."""
        status, reply = self.server().ask(method, path, body, {**self.bearer, **(headers or {})}, timeout=30)
        if status >= 500 and status != 503:
            self.ledger.violation(f"{method} {path}: {status} {reply}")
        return status, reply

    def content(self):
        if self.random.random() < 0.1:
            return self.random.randbytes(self.random.choice((200_000, 2_000_000)))
        return self.random.randbytes(self.random.randrange(1, 3000))

    # Files

    def upload(self):
        if len(self.ledger.files) > 200:
            return self.delete_file()
        content = self.content()
        status, reply = self.ask(
            "POST", "/v1/files", form({"purpose": "batch"}, "file", "a.bin", content), FORM)
        self.keep(status, reply, content)

    def keep(self, status, reply, content):
        if self.ledger.expect(status == 200, f"an upload: {status} {reply}"):
            with self.ledger.lock:
                self.ledger.files[reply["id"]] = hashlib.sha256(content).hexdigest()
            self.ledger.count("files")

    def upload_in_parts(self):
        """One step of an upload: begins one, adds a part, completes it or gives it up; others go on with it."""
        ledger = self.ledger
        with ledger.lock:
            upload, parts = ledger.uploads.popitem() if ledger.uploads else (None, None)
        if upload is None or self.random.random() < 0.2:
            if upload:
                ledger.uploads[upload] = parts
            content = self.random.randbytes(3000)
            status, reply = self.ask("POST", "/v1/uploads", {
                "filename": "parts.bin", "purpose": "batch", "bytes": len(content),
                "mime_type": "application/octet-stream"})
            if ledger.expect(status == 200, f"an upload in parts: {status} {reply}"):
                ledger.uploads[reply["id"]] = {"content": content, "parts": []}
                ledger.count("uploads")
            return
        place = len(parts["parts"])
        if place < 3:
            piece = parts["content"][place * 1000:place * 1000 + 1000]
            try:
                status, reply = self.ask("POST", f"/v1/uploads/{upload}/parts", form({}, "data", "x", piece), FORM)
                if ledger.expect(status == 200, f"a part of {upload}: {status} {reply}"):
                    parts["parts"].append(reply["id"])
                    ledger.count("parts")
            finally:
                # A part that was added without an answer is left out at the end.
                ledger.uploads[upload] = parts
            return
        if self.random.random() < 0.2:
            status, reply = self.ask("POST", f"/v1/uploads/{upload}/cancel")
            ledger.expect(status == 200, f"the cancelling of {upload}: {status} {reply}")
            return
        status, reply = self.ask("POST", f"/v1/uploads/{upload}/complete", {"part_ids": parts["parts"]})
        if ledger.expect(status == 200, f"the completion of {upload}: {status} {reply}"):
            self.keep(200, reply["file"], parts["content"])

    def delete_file(self):
        ledger = self.ledger
        with ledger.lock:
            if len(ledger.files) < 20:
                return
            file = self.random.choice(sorted(ledger.files))
            ledger.leaving[file] = ledger.files.pop(file)
        status, reply = self.ask("DELETE", f"/v1/files/{file}")
        if ledger.expect(status == 200, f"the deletion of {file}: {status} {reply}"):
            with ledger.lock:
                ledger.gone.add(file)
            ledger.count("files deleted")

    # Jobs

    def create_job(self, kind, training=None):
        epochs, batch, seed = self.kinds[kind]
        status, reply = self.ask("POST", "/v1/fine_tuning/jobs", {
            "model": "tiny", "training_file": training or self.training, "seed": seed,
            "hyperparameters": {"n_epochs": epochs, "batch_size": batch, "learning_rate_multiplier": 0.1}})
        if not self.ledger.expect(status == 200, f"a job: {status} {reply}"):
            return None
        with self.ledger.lock:
            job = self.ledger.jobs[reply["id"]] = Job(kind)
            job.may_lack_file = training is not None
        self.ledger.count("jobs")
        return reply["id"]

    def unended(self):
        with self.ledger.lock:
            return [name for name, job in self.ledger.jobs.items()
                    if job.status not in ENDED and not job.is_deleted and "delete" not in job.maybe]

    def create_some_job(self):
        if len(self.unended()) < 6:
            self.create_job(self.random.choice(("short", "other")))

    def take_file_from_job(self):
        """A job whose file goes: it fails, or trains from the bytes that it has already."""
        if len(self.unended()) >= 6:
            return
        status, reply = self.server().upload("own.jsonl", rows(64), headers=self.bearer)
        if status != 200:
            return
        self.create_job("short", training=reply["id"])
        status, _ = self.ask("DELETE", f"/v1/files/{reply['id']}")
        if status == 200:
            with self.ledger.lock:
                self.ledger.gone.add(reply["id"])

    def steer(self):
        """Pauses, resumes, cancels or deletes a job that is not the long one; one request for each job at a time."""
        ledger = self.ledger
        with ledger.lock:
            names = [name for name in self.unended()
                     if ledger.jobs[name].kind != "long" and not ledger.jobs[name].asking]
            if not names:
                return
            name = self.random.choice(names)
            job = ledger.jobs[name]
            verb = self.random.choice(("pause", "pause", "resume", "resume", "resume", "cancel", "delete"))
            job.asking, job.was_steered = verb, True
            job.maybe.add(verb)
            if verb == "resume":
                # Whether it is paused, nobody knows until the answer.
                job.promised = None
        try:
            if verb == "delete":
                status, reply = self.ask("DELETE", f"/v1/fine-tunes/{name}")
            else:
                status, reply = self.ask("POST", f"/v1/fine_tuning/jobs/{name}/{verb}")
        except LOST:
            with ledger.lock:
                job.asking = None
            raise
        fine = status in (200, 400, 404, 409)
        ledger.expect(fine, f"{verb} {name}: {status} {reply}")
        with ledger.lock:
            job.asking = None
            job.maybe.discard(verb)
            if status != 200:
                return
            ledger.count(verb)
            if verb == "delete":
                job.is_deleted = True
            else:
                job.promised = {"cancel": "cancelled", "pause": "paused", "resume": None}[verb]
