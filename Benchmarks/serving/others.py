"""How others fare beside bad clients: the p99 of a light stream of ordinary requests, alone and beside each kind.

    python3 Benchmarks/serving/others.py [--rounds 3] [--seconds 6] [--dropped 10000]

The two are measured in turn (alone, beside, alone, beside, ...), each round's ratio counts, and their median is told:
the machine may be busy with other things. Bad clients run in a process of their own. Afterwards the server must have
what it had: descriptors, memory, connections, sequences. Exit status 1: a median ratio above 2, or something leaked.
"""
import argparse
import asyncio
import json
import os
import socket
import statistics
import struct
import subprocess
import sys
import time

from program import Home, Server, quantile

KINDS = ("slow heads", "slow bodies", "slow readers", "dropped streams")


def request(path, body=None, *lines):
    body = b"" if body is None else json.dumps(body).encode()
    top = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", "Host: 127.0.0.1", *lines]
    if body:
        top += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(top).encode() + b"\r\n\r\n" + body


# Ordinary clients

MODELS = request("/v1/models", None, "Connection: close")
COMPLETION = request("/v1/completions", {"model": "nano", "prompt": "The cell", "max_tokens": 4, "temperature": 0},
                     "Connection: close")


async def once(port, raw):
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(raw)
        text = await asyncio.wait_for(reader.read(), 30)
    finally:
        writer.close()
    if b" 200 " not in text[:20]:
        raise RuntimeError(text[:300])
    return time.perf_counter() - began


async def light(port, seconds, spacing=0.03):
    """The times of ordinary requests, one after another: of lists of models, and of completions."""
    times = ([], [])
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for group, raw in zip(times, (MODELS, COMPLETION)):
            group.append(await once(port, raw))
            await asyncio.sleep(spacing)
    return times


# Bad clients


async def again(body):
    """Does the same for ever; whoever is cut off begins anew."""
    while True:
        try:
            await body()
        except (OSError, EOFError):
            pass
        await asyncio.sleep(0.2)


async def drip(port, first, rest):
    """Sends some bytes at once, and one byte a second until the server has had enough."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(first)
        for byte in rest:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(1)
            if reader.at_eof():
                return
    finally:
        writer.close()


async def sip(port, raw):
    """Asks for much and reads 100 bytes a second."""
    plug = socket.socket()
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plug.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(plug, ("127.0.0.1", port))
        await loop.sock_sendall(plug, raw)
        while await loop.sock_recv(plug, 100):
            await asyncio.sleep(1)
    finally:
        plug.close()


async def drop(port, raw, resets):
    """Reads the first event of a stream and hangs up, sometimes rudely."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(raw)
        await reader.readuntil(b"data: ")
        if resets:
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    finally:
        writer.close()


async def bad(kind, port, count, file, per_second):
    if kind == "dropped streams":
        return await drops(port, count, per_second)
    head = b"GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
    body = (b"POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\n\r\n{")
    stream = request("/v1/completions", {
        "model": "nano", "prompt": "word " * 400, "max_tokens": 1, "echo": True, "logprobs": 5, "stream": True})
    download = request(f"/v1/files/{file}/content")
    for number in range(count):
        if kind == "slow heads":
            job = lambda: drip(port, head, b"y" * 1000)
        elif kind == "slow bodies":
            job = lambda: drip(port, body, b" " * 999)
        else:
            raw = stream if number % 5 == 0 else download
            job = lambda raw=raw: sip(port, raw)
        asyncio.create_task(again(job))
        await asyncio.sleep(0.01 if kind != "slow readers" else 0.04)
    # What they asked for is computed meanwhile: the measure is of their slowness.
    await asyncio.sleep(4 if kind == "slow readers" else 1)
    print("ready", flush=True)
    await asyncio.sleep(3600)


async def drops(port, count, per_second):
    raw = request("/v1/completions", {"model": "nano", "prompt": "Once upon a time", "max_tokens": 200, "stream": True})
    print("ready", flush=True)
    began, lost, tasks = time.monotonic(), 0, set()
    for number in range(count):
        await asyncio.sleep(max(0, began + number / per_second - time.monotonic()))
        while len(tasks) >= 64:
            done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            lost += sum(task.exception() is not None for task in done)
        tasks.add(asyncio.create_task(drop(port, raw, number % 3 == 0)))
    for task in tasks:
        lost += isinstance((await asyncio.gather(task, return_exceptions=True))[0], Exception)
    print(json.dumps({"count": count, "lost": lost, "seconds": time.monotonic() - began}), flush=True)


# The measurement


class Measured:
    def __init__(self, kind):
        self.kind, self.alone, self.beside = kind, [], []

    def add(self, alone, beside):
        self.alone.append([quantile(group, 0.99) for group in alone] + [quantile(group, 0.5) for group in alone])
        self.beside.append([quantile(group, 0.99) for group in beside] + [quantile(group, 0.5) for group in beside])

    def row(self):
        """Medians over the rounds in ms, and the median ratio of p99s."""
        ratios = []
        cells = [f"{self.kind:16}"]
        for place, name in ((0, "models"), (1, "completions")):
            alone = [row[place] for row in self.alone]
            beside = [row[place] for row in self.beside]
            ratio = statistics.median(b / a for a, b in zip(alone, beside))
            ratios.append(ratio)
            p50 = [statistics.median(row[place + 2] for row in rows) * 1000 for rows in (self.alone, self.beside)]
            cells.append(f"{name}: p50 {p50[0]:.1f} -> {p50[1]:.1f} ms, p99 {statistics.median(alone) * 1000:.1f} -> "
                         f"{statistics.median(beside) * 1000:.1f} ms, x {ratio:.2f}")
        return "  ".join(cells), max(ratios)


def attacker(kind, server, count, file, per_second):
    words = [sys.executable, "-B", os.path.abspath(__file__), "--bad", kind, "--port", str(server.port), "--count",
             str(count), "--file", file, "--per-second", str(per_second)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def measure(kind, server, options, file):
    measured = Measured(kind)
    for _ in range(options.rounds):
        alone = asyncio.run(light(server.port, options.seconds))
        drops = kind == "dropped streams"
        process = attacker(kind, server, options.dropped // options.rounds if drops else 200, file, options.per_second)
        try:
            measured.add(alone, asyncio.run(light(server.port, options.seconds)))
            if drops:
                print("   ", process.stdout.readline().strip(), flush=True)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
        settle(server)
    return measured


def settle(server):
    """Waits until nobody is left but the one who asks."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        metrics = server.metrics()
        if metrics["hone_connections"] <= 1 and metrics["hone_running_requests"] <= 1:
            return metrics
        time.sleep(0.2)
    return metrics


def state(server):
    metrics = settle(server)
    time.sleep(1)
    return {"descriptors": server.descriptors(), "MB": server.memory()[1] / 1e6,
            "connections": int(metrics["hone_connections"]), "requests": int(metrics["hone_running_requests"]),
            "sequences": int(metrics["hone_sequences"])}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--dropped", type=int, default=10_000)
    parser.add_argument("--per-second", type=float, default=100)
    parser.add_argument("--kinds", nargs="*", default=KINDS)
    parser.add_argument("--bad")
    parser.add_argument("--port", type=int)
    parser.add_argument("--count", type=int)
    parser.add_argument("--file")
    options = parser.parse_args()
    if options.bad:
        return asyncio.run(bad(options.bad, options.port, options.count, options.file, options.per_second))
    home = Home("others")
    server = Server(home)
    assert server.ready()
    status, file = server.upload("large.bin", os.urandom(8 << 20), purpose="batch")
    assert status == 200
    failed = False
    asyncio.run(light(server.port, 2))
    # Once everything was used, so that what is kept for good is there before the comparison.
    for kind in KINDS:
        measure(kind, server, argparse.Namespace(rounds=1, seconds=1, dropped=1000, per_second=1000), file["id"])
    before = state(server)
    for kind in options.kinds:
        text, ratio = measure(kind, server, options, file["id"]).row()
        failed |= ratio > 2
        print(("FAILED " if ratio > 2 else "right  ") + text, flush=True)
    after = state(server)
    # An engine keeps room for keys and values of up to 64 MB; the database opens up to five readers, of two files each.
    spare = {"MB": 64, "descriptors": 10}
    leaks = [name for name in before if after[name] > before[name] + spare.get(name, 0)]
    print(f"{'FAILED' if leaks else 'right '} before {before}\n       after  {after}")
    failed |= bool(leaks) | (server.stop() != 0)
    home.remove()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
