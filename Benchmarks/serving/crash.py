"""Kills a server and its workers while jobs train and clients work, and checks that nothing acknowledged is lost.

    python3 Benchmarks/serving/crash.py [--kills 200] [--seed N]

A server on a home of its own trains a tiny model again and again while four clients upload, delete, create, cancel and
pause. The server or its worker gets SIGKILL at random instants, also while it starts; keys are made and revoked by
commands, with and without the server, and these are killed too. After each restart the ledger is checked; at the end the weights and events of all
jobs that were not interfered with are compared with those of a home where nothing was killed. Exit status 1: something
was not as acknowledged.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

from clients import Client, make_files
from ledger import ENDED, Check, Ledger, told
from program import HONE, Home, Server, child_workers, quantile

# Epochs, batch size and seed of each kind of job; "long" is the one that trains again and again.
KINDS = {"long": (40, 4, 7), "short": (2, 8, 8), "other": (3, 4, 9)}
ADMIN = "sk-crash-admin-0123456789"
BEARER = {"Authorization": "Bearer " + ADMIN}


def weights(home, model):
    with open(os.path.join(home.path, "models", model, "model.safetensors"), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def new_home():
    home = Home("crash")
    text = os.path.join(home.path, "texts.txt")
    with open(text, "w") as file:
        file.writelines(f"what is {number} -> {'even' if number % 2 == 0 else 'odd'}\n" for number in range(300))
    home.hone("models", "new", "tiny", "--text", text, "--vocab-size", "300", "--layers", "2", "--hidden", "32",
              "--heads", "2", "--context", "64")
    home.hone("keys", "create", "--name", "admin", "--key", ADMIN)
    return home


def undisturbed(home):
    """What each kind of job makes where nothing is killed: weights, and events from the start on."""
    copy = Home("calm")
    shutil.copytree(home.path, copy.path, dirs_exist_ok=True)
    server = Server(copy, HONE_NICE="0")
    assert server.ready()
    ledger = Ledger()
    client = Client(ledger, lambda: server, BEARER, KINDS, random.Random(1))
    client.training = make_files(server, BEARER)
    expected = {}
    for kind in KINDS:
        name = client.create_job(kind)
        while ledger.jobs[name].status not in ENDED:
            Check(ledger, server, copy, BEARER).job(name, ledger.jobs[name])
            time.sleep(0.1)
        job = ledger.jobs[name]
        assert job.status == "succeeded", job.events[-1]
        expected[kind] = (weights(copy, job.model), told(job, name))
    assert server.stop() == 0 and not ledger.violations
    copy.remove()
    return expected


class Run:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.home = new_home()
        self.expected = undisturbed(self.home)
        self.ledger = Ledger()
        self.server = None
        self.kills = {"server": 0, "server while starting": 0, "worker": 0, "both": 0, "command": 0}
        self.restarts = []
        self.without_gain = (None, 0)
        self.compared = set()
        self.stopping = threading.Event()

    @property
    def killed(self):
        return sum(self.kills.values()) - self.kills["command"]

    # The server

    def start(self, most):
        """Starts the server; now and then it is killed on the way, and started again."""
        while True:
            server = Server(self.home, HONE_NICE="0")
            if self.killed < most and self.random.random() < 0.2:
                time.sleep(self.random.random() * 0.12)
                server.kill()
                self.kills["server while starting"] += 1
                continue
            if server.ready():
                self.restarts.append(server.seconds_to_ready)
                self.server = server
                return
            server.leave()
            self.ledger.violation("the server does not start: " + self.last_words())
            sys.exit(1)

    def last_words(self):
        with open(os.path.join(self.home.path, "server.log"), errors="replace") as file:
            return file.read()[-500:]

    def kill_worker(self):
        """Kills the worker that trains, unless it was killed so often at one place that the job would be given up."""
        alive = child_workers(self.home)
        if not alive:
            return False
        name, pids = self.random.choice(sorted(alive.items()))
        job = self.ledger.jobs.get(name)
        mark = (name, len(job.events) if job else 0)
        count = self.without_gain[1] + 1 if mark == self.without_gain[0] else 1
        if count > 3:
            return False
        self.without_gain = (mark, count)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                return False
        return True

    def kill_something(self, turn, most):
        wanted = ("server", "worker", "server", "worker", "both")[turn % 5]
        if wanted in ("worker", "both") and not self.kill_worker() and wanted == "worker":
            wanted = "server"
        if wanted != "worker":
            if self.random.random() < 0.3:
                self.commands()  # they ask the server
            if self.random.random() < 0.3:
                self.make_key(meanwhile=self.server.kill)
            else:
                self.server.kill()
            self.kills[wanted] += 1
            self.commands()
            self.start(most)
        else:
            self.kills[wanted] += 1

    def commands(self):
        """Makes and revokes keys, with a server or while nobody has the home; some of these processes are killed too."""
        ledger = self.ledger
        for _ in range(self.random.choice((0, 0, 1, 2))):
            self.make_key()
        if len(ledger.keys) > 3 and self.random.random() < 0.4:
            name = self.random.choice(sorted(ledger.keys))
            value = ledger.keys.pop(name)
            if self.command("keys", "revoke", name) is not None:
                ledger.revoked[name] = value
                ledger.count("keys revoked")

    def make_key(self, meanwhile=None):
        ledger = self.ledger
        name = f"key-{len(ledger.keys) + len(ledger.revoked)}-{self.random.randrange(1 << 30)}"
        if (out := self.command("keys", "create", "--name", name, "--json", meanwhile=meanwhile)) is not None:
            ledger.keys[name] = json.loads(out)["key"]
            ledger.count("keys made")

    def command(self, *words, meanwhile=None):
        """What a command printed; None: it was killed before its end, or `meanwhile` took the server from it."""
        process = subprocess.Popen(
            [HONE, *words], env=self.home.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if meanwhile:
            time.sleep(self.random.random() * 0.1)
            meanwhile()
        elif self.random.random() < 0.3:
            time.sleep(self.random.random() * 0.1)
            process.kill()
            self.kills["command"] += 1
        out, error = process.communicate(timeout=60)
        if process.returncode not in (0, -9) and not meanwhile:
            self.ledger.violation(f"{' '.join(words)}: {error}")
        return out if process.returncode == 0 else None

    # The run

    def check(self, thorough=False):
        Check(self.ledger, self.server, self.home, BEARER).all(thorough)
        for name, job in list(self.ledger.jobs.items()):
            if job.status == "succeeded" and name not in self.compared:
                self.compare(name, job)

    def compare(self, name, job):
        """The weights are those of a run never killed; so are the events, where nobody paused the job."""
        self.compared.add(name)
        ledger = self.ledger
        expected, events = self.expected[job.kind]
        ledger.expect(weights(self.home, job.model) == expected, f"{name} ({job.kind}) has other weights")
        if not job.was_steered:
            mine = told(job, name)
            first = next((pair for pair in zip(mine, events) if pair[0] != pair[1]), (len(mine), len(events)))
            ledger.expect(mine == events, f"{name} ({job.kind}) tells another story: {first}")
        ledger.count("succeeded, " + job.kind)

    def clients(self, count, training):
        threads = []
        for number in range(count):
            client = Client(
                self.ledger, lambda: self.server, BEARER, KINDS, random.Random(self.random.random()))
            client.training = training
            thread = threading.Thread(target=client.work, args=(self.stopping, number == 0), daemon=True)
            thread.start()
            threads.append(thread)
        return threads

    def run(self, kills):
        self.start(0)
        threads = self.clients(4, make_files(self.server, BEARER))
        turn = 0
        while self.killed < kills:
            time.sleep(self.random.choice((0.02, 0.3, 0.8, 1.5)) * self.random.random())
            self.kill_something(turn, kills)
            turn += 1
            self.check(thorough=turn % 10 == 0)
            if turn % 10 == 0:
                print(f"{self.killed} kills, {self.ledger.checks} checks, {self.ledger.counts}", flush=True)
        self.stopping.set()
        for thread in threads:
            thread.join(60)
        self.finish()

    def finish(self):
        """Lets every job come to its end, and looks for what was left over."""
        end = time.monotonic() + 300
        while time.monotonic() < end:
            self.check()
            for name, job in self.ledger.jobs.items():
                if job.status == "paused":
                    job.promised = None
                    self.server.ask("POST", f"/v1/fine_tuning/jobs/{name}/resume", headers=BEARER)
            waiting = [(job["id"], job["status"]) for job in self.all_jobs() if job["status"] not in ENDED]
            if not waiting:
                break
            time.sleep(0.5)
        else:
            self.ledger.violation(f"jobs that come to no end: {waiting[:5]}")
        self.check(thorough=True)
        self.ledger.expect(self.server.stop() == 0, "SIGTERM does not end the server well")
        self.start(0)
        self.check(thorough=True)
        self.left_over()
        self.ledger.expect(self.server.stop() == 0, "SIGTERM does not end the server well")

    def left_over(self):
        ledger = self.ledger
        ledger.expect(not child_workers(self.home), "workers are left")
        reply = self.server.need("GET", "/v1/files?limit=10000", headers=BEARER)
        hashes = set()
        for file in reply["data"]:
            _, content = self.server.ask("GET", f"/v1/files/{file['id']}/content", headers=BEARER)
            hashes.add(hashlib.sha256(content).hexdigest())
        kept = set(os.listdir(os.path.join(self.home.path, "files")))
        passing = {name for name in kept if name.startswith(".")}
        ledger.expect(not passing, f"half-written files are left: {sorted(passing)[:3]}")
        ledger.expect(hashes <= kept, "a listed file has no bytes")
        # Parts of uploads that are pending stay until these expire.
        most = ledger.counts.get("parts", 0)
        ledger.expect(len(kept - hashes) <= most, f"{len(kept - hashes)} contents that no file has")
        parts = [name for _, folders, files in os.walk(self.home.path) for name in folders + files
                 if name.startswith(".hone-part-")]
        ledger.expect(not parts, f"{len(parts)} half-written files of the home are left")
        known = {job["id"] for job in self.all_jobs()}
        strange = set(os.listdir(os.path.join(self.home.path, "jobs"))) - known
        ledger.expect(not strange, f"folders of jobs that nobody knows: {sorted(strange)[:3]}")

    def all_jobs(self):
        jobs, after = [], ""
        while True:
            page = self.server.need("GET", "/v1/fine_tuning/jobs?limit=100" + after, headers=BEARER)
            jobs += page["data"]
            if not page["has_more"]:
                return jobs
            after = "&after=" + jobs[-1]["id"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=int(os.environ.get("HONE_CRASH_KILLS", "200")))
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--keep", action="store_true", help="do not delete the home afterwards")
    options = parser.parse_args()
    print(f"crash: {options.kills} kills, seed {options.seed}", flush=True)
    began = time.monotonic()
    run = Run(options.seed)
    try:
        run.run(options.kills)
    finally:
        if run.server and run.server.is_alive():
            run.server.kill()
    ledger = run.ledger
    print(f"kills: {run.kills}")
    print(f"acknowledged: {dict(sorted(ledger.counts.items()))}")
    print(f"ready again after {quantile(run.restarts, 0.5) * 1000:.0f} ms (median), "
          f"{max(run.restarts) * 1000:.0f} ms at most; {ledger.checks} checks in {time.monotonic() - began:.0f} s")
    if ledger.violations or options.keep:
        print(f"{len(ledger.violations)} violations; home: {run.home.path}")
    else:
        run.home.remove()
        print("crash: everything acknowledged is there")
    sys.exit(1 if ledger.violations else 0)


if __name__ == "__main__":
    main()
