"""A server of its own on a home of its own, and plain requests to it. Python's standard library only."""
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HONE = os.environ.get("HONE_PROGRAM", os.path.join(ROOT, ".build/release/hone"))


class Home:
    """A new folder as HONE_HOME, and commands in it."""

    def __init__(self, name):
        self.path = tempfile.mkdtemp(prefix=f"hone-{name}-")

    def environment(self, **more):
        return {**os.environ, "HONE_HOME": self.path, **more}

    def hone(self, *arguments, check=True):
        return subprocess.run(
            [HONE, *arguments], env=self.environment(), check=check, capture_output=True, text=True, timeout=300)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Server:
    """`hone serve` on a free port; `ready` waits until it says where it listens."""

    def __init__(self, home, *arguments, **environment):
        self.home = home
        self.log = open(os.path.join(home.path, "server.log"), "ab")
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [HONE, "serve", "--port", "0", "--quiet", *arguments], env=home.environment(**environment),
            stdout=subprocess.PIPE, stderr=self.log)
        self.port = None

    @property
    def pid(self):
        return self.process.pid

    def ready(self):
        """Whether it listens now; False: it ended before."""
        line = self.process.stdout.readline().decode()
        found = re.search(r":(\d+)/v1", line)
        if not found:
            self.process.wait()
            return False
        self.port = int(found[1])
        self.seconds_to_ready = time.monotonic() - self.began
        return True

    def is_alive(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.leave()

    def stop(self):
        """Asks it to end; gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=60)
        finally:
            self.leave()

    def leave(self):
        if self.is_alive():
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def ask(self, method, path, body=None, headers=None, timeout=60):
        """Status, JSON or bytes. A dict is sent as JSON."""
        headers = dict(headers or {})
        if isinstance(body, dict):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            content = reply.read()
            if (reply.getheader("content-type") or "").startswith("application/json"):
                return reply.status, json.loads(content)
            return reply.status, content
        finally:
            connection.close()

    def need(self, method, path, body=None, headers=None):
        status, reply = self.ask(method, path, body, headers)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {reply}")
        return reply

    def upload(self, name, content, purpose="fine-tune", headers=None):
        """POST /v1/files with a form: status, reply."""
        return self.ask("POST", "/v1/files", form({"purpose": purpose}, "file", name, content), {
            **FORM, **(headers or {})})

    def metrics(self):
        """The numbers of /metrics by name, those with labels added up."""
        numbers = {}
        for line in self.need("GET", "/metrics").decode().splitlines():
            if not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                name = name.partition("{")[0]
                numbers[name] = numbers.get(name, 0) + float(value)
        return numbers

    def memory(self):
        """Resident bytes in all, and those of no file."""
        text = open(f"/proc/{self.pid}/status").read()
        return tuple(int(re.search(name + r":\s+(\d+)", text)[1]) << 10 for name in ("VmRSS", "RssAnon"))

    def processor_seconds(self):
        words = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def peak(self):
        return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{self.pid}/status").read())[1]) << 10

    def forget_peak(self):
        with open(f"/proc/{self.pid}/clear_refs", "w") as file:
            file.write("5")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))


FORM = {"Content-Type": "multipart/form-data; boundary=hone-boundary"}


def form(fields, name, filename, content):
    parts = [f'--hone-boundary\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
             for key, value in fields.items()]
    parts.append(f'--hone-boundary\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
                 "Content-Type: application/octet-stream\r\n\r\n".encode())
    return b"".join(parts) + content + b"\r\n--hone-boundary--\r\n"


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def child_workers(home):
    """The processes `hone work` of a home, by the ids of their jobs."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            words = open(f"/proc/{entry}/cmdline", "rb").read().split(b"\0")
            state = open(f"/proc/{entry}/stat").read().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if len(words) > 2 and words[1] == b"work" and words[2].startswith(home.path.encode()) and state != "Z":
            found.setdefault(os.path.basename(words[2].decode().rstrip("/")), []).append(int(entry))
    return found
