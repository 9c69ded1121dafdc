"""A server under load, and at rest: start, memory, and 64 streams at once with and without a job that trains.

    python3 Benchmarks/serving/load.py [--rounds 3] [--only start memory streams]

The engine's own figure for eight sequences in one call (`hone-benchmarks serving`) is taken in every round, right beside
the server's. Of all figures the best counts.
"""
import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import time

from others import request
from program import HONE, ROOT, Home, Server, quantile

STREAMS = 64
NEW_TOKENS = 64
PROMPT_TOKENS = 32


# Start and memory


def start(home, count=10):
    """Seconds from the command to the answer of /v1/models."""
    times = []
    for _ in range(count):
        server = Server(home)
        assert server.ready()
        server.need("GET", "/v1/models")
        times.append(time.monotonic() - server.began)
        server.kill()
    print(f"start: /v1/models answers after {statistics.median(times) * 1000:.0f} ms (median of {count}), "
          f"{max(times) * 1000:.0f} ms at most", flush=True)


def memory(home, megabytes=500):
    server = Server(home)
    assert server.ready()
    server.need("GET", "/v1/models")
    time.sleep(1)
    idle = server.memory()
    print(f"idle: {idle[0] / 1e6:.1f} MB resident, {idle[1] / 1e6:.1f} MB of it not of files", flush=True)
    server.upload("small.bin", os.urandom(1 << 20), purpose="batch")
    before = server.memory()[0]
    server.forget_peak()
    seconds = upload(server, megabytes)
    print(f"upload of {megabytes} MB: {(server.peak() - before) / 1e6:.1f} MB more at its highest, "
          f"{(server.memory()[0] - before) / 1e6:.1f} MB afterwards; {megabytes / seconds:.0f} MB/s", flush=True)
    server.stop()


def upload(server, megabytes):
    start = (b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
             b'--b\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n\r\n')
    end = b"\r\n--b--\r\n"
    piece = os.urandom(1 << 20)
    size = len(start) + megabytes * 1_000_000 + len(end)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=600) as plug:
        plug.sendall(b"POST /v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                     b"Connection: close\r\nContent-Length: %d\r\n\r\n" % size + start)
        left = megabytes * 1_000_000
        while left:
            plug.sendall(piece[:left])
            left -= min(left, len(piece))
        plug.sendall(end)
        reply = b""
        while more := plug.recv(65536):
            reply += more
    assert b" 200 " in reply[:20] and f'"bytes":{megabytes * 1_000_000}'.encode() in reply, reply[:500]
    return time.monotonic() - began


# Streams


async def stream(port, raw, began):
    """Seconds to the first event, and its tokens as the last frame counts them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    first, tokens, is_done = None, 0, False
    while line := await reader.readline():
        if not line.startswith(b"data: "):
            assert not line.startswith(b"HTTP/1.1") or b" 200 " in line, line
            continue
        if line.startswith(b"data: [DONE]"):
            is_done = True
            break
        if first is None:
            first = time.perf_counter() - began
        if b'"usage":{' in line:
            tokens = json.loads(line[6:])["usage"]["completion_tokens"]
    writer.close()
    assert is_done and tokens, "a stream broke"
    return first, tokens


async def streams(port, prompts):
    """Tokens a second of all streams together, and the seconds to the first event of each."""
    raws = [request("/v1/completions", {
        "model": "nano", "prompt": prompt, "max_tokens": NEW_TOKENS, "temperature": 0, "stream": True,
        "stream_options": {"include_usage": True}, "logit_bias": {}}) for prompt in prompts]
    began = time.perf_counter()
    found = await asyncio.gather(*(stream(port, raw, began) for raw in raws))
    took = time.perf_counter() - began
    return sum(tokens for _, tokens in found) / took, [first for first, _ in found]


def engine(home, prompts):
    """What the engine makes of eight of the prompts in one call, and of 64 streams without HTTP."""
    path = os.path.join(home.path, "prompts.json")
    with open(path, "w") as file:
        json.dump({"prefill": [], "generation": prompts, "scoring": [], "new_tokens": NEW_TOKENS}, file)
    folder = os.path.join(home.path, "nano")
    if not os.path.exists(folder):
        home.hone("models", "export", "nano", folder)
    program = os.path.join(ROOT, ".build/release/hone-benchmarks")
    done = subprocess.run(
        [program, "serving", folder, path, "float32", str(STREAMS)], check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return (max(line["batch_8_tokens_per_second"] for line in lines),
            max(line["tokens_per_second"] for line in lines))


def train(server):
    """A job that takes longer than the measurement."""
    rows = "".join(json.dumps({"prompt": f"the number {number} is ->", "completion": f" {number % 7}"}) + "\n"
                   for number in range(2000)).encode()
    status, file = server.upload("train.jsonl", rows)
    assert status == 200, file
    job = server.need("POST", "/v1/fine_tuning/jobs", {
        "model": "nano", "training_file": file["id"], "hyperparameters": {"n_epochs": 50}})["id"]
    while server.need("GET", f"/v1/fine_tuning/jobs/{job}")["status"] != "running":
        time.sleep(0.1)
    time.sleep(3)
    return job


def tried(server, prompts):
    """Tokens a second, seconds to each first event, and what the server's threads computed, in seconds."""
    before = server.processor_seconds()
    speed, first = asyncio.run(streams(server.port, prompts))
    return speed, first, server.processor_seconds() - before


def load(home, rounds):
    server = Server(home)
    assert server.ready()
    source = random.Random(1)
    prompts = [[source.randrange(5000) for _ in range(PROMPT_TOKENS)] for _ in range(STREAMS)]
    asyncio.run(streams(server.port, prompts))
    rows = {"alone": [], "beside a job": []}
    direct = []
    for number in range(rounds):
        direct.append(engine(home, prompts))
        rows["alone"] += [tried(server, prompts) for _ in range(3)]
        job = train(server)
        rows["beside a job"] += [tried(server, prompts) for _ in range(3)]
        assert server.need("GET", f"/v1/fine_tuning/jobs/{job}")["status"] == "running"
        server.need("POST", f"/v1/fine_tuning/jobs/{job}/cancel")
        time.sleep(1)
    # What else the machine does only takes away: the best of each is the nearest to the truth.
    eight, many = (max(figures) for figures in zip(*direct))
    print(f"engine: {eight:.0f} tokens/s for eight in one call, {many:.0f} for {STREAMS} streams (best of {2 * rounds})")
    for name, row in rows.items():
        speed = max(tokens for tokens, _, _ in row)
        middle = statistics.median(tokens for tokens, _, _ in row)
        first = [min(quantile(times, share) for _, times, _ in row) * 1000 for share in (0.5, 0.99)]
        usual = [statistics.median(quantile(times, share) for _, times, _ in row) * 1000 for share in (0.5, 0.99)]
        busy = statistics.median(seconds for _, _, seconds in row)
        print(f"{STREAMS} streams {name}: {speed:.0f} tokens/s (best of {len(row)}; median {middle:.0f}), "
              f"{speed / eight:.2f} x the engine's eight; {busy:.2f} s of processor time; first text after "
              f"{first[0]:.0f} ms (p50), {first[1]:.0f} ms (p99), medians {usual[0]:.0f} and {usual[1]:.0f}", flush=True)
    server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=("start", "memory", "streams"))
    options = parser.parse_args()
    home = Home("load")
    try:
        if "start" in options.only:
            start(home)
        if "memory" in options.only:
            memory(home)
        if "streams" in options.only:
            load(home, options.rounds)
    finally:
        home.remove()


if __name__ == "__main__":
    main()
