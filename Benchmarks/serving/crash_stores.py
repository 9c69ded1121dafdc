"""Kills a server, and commands beside it, while clients write and search a vector store; nothing acknowledged is lost.

    python3 Benchmarks/serving/crash_stores.py [--kills 200] [--seed N]

Eight clients put files into one vector store, change their attributes, take them out, and search for what was
acknowledged, while the server gets SIGKILL at random instants. Beside it `hone index add` puts a table into a collection
of its own, is killed too, and is begun again where it was. After each restart: every acknowledged file is listed, once,
with the attributes that it was given last, and comes to be found by its own word and by its attribute; what was
taken out is not. At each tenth kill and at the end `hone index check` reads every byte of both collections. Exit
status 1: something was not as acknowledged.
"""
import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time

from ledger import Ledger
from program import HONE, Home, Server, quantile

TABLE_ROWS = 3000


class Item:
    """A file of the store, as far as it is known. `word` is in no other file."""

    def __init__(self, word):
        self.word = word
        self.asked = 0  # the attribute that was asked for last; each is one more than the one before
        self.value = 0  # the one that was acknowledged last: what is there is this one or a later one that was asked for
        self.is_certain = False  # whether it was acknowledged, and nobody asked to take it out
        self.is_gone = False
        self.was_completed = False


class Client(threading.Thread):
    def __init__(self, run, number):
        super().__init__(daemon=True)
        self.run_, self.ledger, self.random = run, run.ledger, random.Random(run.random.random())
        self.number, self.count, self.own = number, 0, []

    def ask(self, *arguments):
        """Status and reply; None: the server was not there, or went."""
        try:
            return self.run_.server.ask(*arguments, timeout=30)
        except (OSError, http.client.HTTPException, AttributeError):
            return None

    def run(self):
        while not self.run_.stopping.is_set():
            choice = self.random.random()
            certain = [pair for pair in self.own if pair[1].is_certain]
            if choice < 0.35 or len(certain) < 3:
                self.add()
            elif choice < 0.5:
                self.change(*self.random.choice(certain))
            elif choice < 0.6:
                self.remove(*self.random.choice(certain))
            else:
                self.search(*self.random.choice(certain))
            if not self.run_.serving.is_set():
                self.run_.serving.wait(5)

    def add(self):
        self.count += 1
        item = Item(f"w{self.number}x{self.run_.run_number}x{self.count}")
        text = f"A note on {item.word}.\n\nIt tells of {item.word} and of nothing else, written by {self.number}.\n"
        try:
            status, file = self.run_.server.upload(item.word + ".txt", text.encode(), "assistants")
        except (OSError, http.client.HTTPException, AttributeError):
            return
        if status >= 300:
            return self.ledger.violation(f"upload: {status} {file}")
        self.own.append((file["id"], item))
        self.ledger.items[file["id"]] = item
        reply = self.ask("POST", f"{self.run_.path}/files", {"file_id": file["id"], "attributes": {"number": 0}})
        if reply and self.ledger.expect(reply[0] == 200, f"adding {file['id']}: {reply}"):
            item.is_certain = True
            self.ledger.count("added")

    def change(self, file, item):
        item.asked += 1
        reply = self.ask("POST", f"{self.run_.path}/files/{file}", {"attributes": {"number": item.asked}})
        if reply and self.ledger.expect(reply[0] == 200, f"changing {file}: {reply}"):
            item.value = item.asked
            self.ledger.count("changed")

    def remove(self, file, item):
        item.is_certain = False
        reply = self.ask("DELETE", f"{self.run_.path}/files/{file}")
        if reply and self.ledger.expect(reply[0] == 200, f"taking out {file}: {reply}"):
            item.is_gone = True
            self.ledger.count("taken out")

    def search(self, file, item):
        """What was complete when somebody looked is found from then on."""
        if not item.was_completed:
            reply = self.ask("GET", f"{self.run_.path}/files/{file}")
            item.was_completed = bool(reply and reply[0] == 200 and reply[1]["status"] == "completed")
            return
        reply = self.ask("POST", f"{self.run_.path}/search", {"query": item.word, "max_num_results": 3})
        if reply and self.ledger.expect(reply[0] == 200, f"searching: {reply}"):
            found = [hit["file_id"] for hit in reply[1]["data"]]
            self.ledger.expect(file in found, f"{file} ({item.word}) is not found: {found}")
            self.ledger.count("searches")


class Run:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.run_number = 0
        self.home = Home("crash-stores")
        self.ledger = Ledger()
        self.ledger.items = {}
        self.server = None
        self.serving, self.stopping = threading.Event(), threading.Event()
        self.restarts, self.command_kills, self.commands = [], 0, 0
        self.table = os.path.join(self.home.path, "table.jsonl")
        with open(self.table, "w") as file:
            file.writelines(json.dumps({"id": str(n), "text": f"row {n} of {n % 7} kinds"}) + "\n"
                            for n in range(TABLE_ROWS))

    def start(self):
        server = Server(self.home)
        if not server.ready():
            self.ledger.violation("the server does not start: see server.log in " + self.home.path)
            sys.exit(1)
        self.restarts.append(server.seconds_to_ready)
        self.server = server
        self.serving.set()

    def command(self):
        """Begins to add the table; gives the process."""
        self.commands += 1
        return subprocess.Popen(
            [HONE, "index", "add", "table", self.table, "--text", "text", "--id", "id"],
            env=self.home.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def run(self, kills):
        self.start()
        self.path = "/v1/vector_stores/" + self.server.need("POST", "/v1/vector_stores", {"name": "crash"})["id"]
        clients = [Client(self, number) for number in range(8)]
        for client in clients:
            client.start()
        for number in range(kills):
            command = self.command() if number % 4 == 0 else None
            time.sleep(self.random.choice((0.05, 0.4, 0.9)) * self.random.random() + 0.05)
            if command and self.random.random() < 0.8:
                command.kill()
                self.command_kills += 1
            self.serving.clear()
            self.server.kill()
            if command:
                error = command.communicate()[1]
                self.ledger.expect(command.returncode in (0, -9), f"hone index add: {error.decode()[-300:]}")
            self.run_number += 1
            self.start()
            self.check(thorough=number % 10 == 9)
            if number % 10 == 9:
                print(f"{number + 1} kills, {self.ledger.checks} checks, {self.ledger.counts}", flush=True)
        self.stopping.set()
        for client in clients:
            client.join(60)
        self.finish()

    def listed(self):
        files, after = [], ""
        while True:
            page = self.server.need("GET", f"{self.path}/files?limit=100&order=asc{after}")
            files += page["data"]
            if not page["has_more"]:
                return files
            after = "&after=" + page["data"][-1]["id"]

    def check(self, thorough=False):
        items = dict(self.ledger.items)
        certain = {file: item.value for file, item in items.items() if item.is_certain}
        gone = [file for file, item in items.items() if item.is_gone]
        files = self.listed()
        names = {file["id"]: file for file in files}
        self.ledger.expect(len(names) == len(files), "a file is listed twice")
        for file, value in certain.items():
            item = items[file]
            if not item.is_certain:
                continue
            if self.ledger.expect(file in names, f"{file} was acknowledged, and is not there"):
                # Read page by page, while it may go on being changed.
                own, asked = names[file]["attributes"].get("number"), item.asked
                self.ledger.expect(own is not None and value <= own <= asked,
                                   f"{file}: expected the attribute {value} to {asked}, found {own}")
        for file in gone:
            self.ledger.expect(file not in names, f"{file} was taken out, and is back")
        if thorough:
            self.whole()

    def whole(self):
        for name in sorted(os.listdir(os.path.join(self.home.path, "collections"))):
            if name.startswith("."):
                continue
            result = self.home.hone("index", "check", name, check=False)
            self.ledger.expect(result.returncode == 0, f"index check {name}: {result.stdout[-300:]}{result.stderr[-300:]}")

    def finish(self):
        """Every file comes to its end, and is found by its word and attribute, in itself alone."""
        end = time.monotonic() + 120
        while any(file["status"] == "in_progress" for file in self.listed()) and time.monotonic() < end:
            time.sleep(0.2)
        self.check(thorough=True)
        for file, item in self.ledger.items.items():
            if not (item.is_certain or item.is_gone):
                continue
            value = next((own["attributes"]["number"] for own in [self.server.ask("GET", f"{self.path}/files/{file}")[1]]
                          if "attributes" in own), 0)
            reply = self.server.need("POST", f"{self.path}/search", {
                "query": item.word, "max_num_results": 5, "filters": {"type": "eq", "key": "number", "value": value}})
            found = [hit["file_id"] for hit in reply["data"] if hit["content"][0]["text"].split()[3] == item.word + "."]
            self.ledger.expect(found == ([file] if item.is_certain else []), f"{file} ({item.word}) is found as {found}")
        process = self.command()
        error = process.communicate()[1]
        self.ledger.expect(process.returncode == 0, f"hone index add: {error.decode()[-300:]}")
        shown = json.loads(self.home.hone("index", "show", "table", "--json").stdout)
        self.ledger.expect(shown["rows"] == TABLE_ROWS, f"the table: expected {TABLE_ROWS} rows, found {shown['rows']}")
        self.whole()
        self.ledger.expect(self.server.stop() == 0, "SIGTERM does not end the server well")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=int(os.environ.get("HONE_CRASH_KILLS", "200")))
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    print(f"crash of vector stores: {options.kills} kills, seed {options.seed}", flush=True)
    began = time.monotonic()
    run = Run(options.seed)
    try:
        run.run(options.kills)
    finally:
        if run.server and run.server.is_alive():
            run.server.kill()
    ledger = run.ledger
    print(f"kills: {options.kills} of the server, {run.command_kills} of {run.commands} commands")
    print(f"acknowledged: {dict(sorted(ledger.counts.items()))}")
    print(f"ready again after {quantile(run.restarts, 0.5) * 1000:.0f} ms (median), {max(run.restarts) * 1000:.0f} ms at "
          f"most; {ledger.checks} checks in {time.monotonic() - began:.0f} s")
    if ledger.violations:
        print(f"{len(ledger.violations)} violations; home: {run.home.path}")
    else:
        run.home.remove()
        print("crash: everything acknowledged is there")
    sys.exit(1 if ledger.violations else 0)


if __name__ == "__main__":
    main()
