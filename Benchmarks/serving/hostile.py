"""Bad requests, byte by byte: each gets the right status and an error object, and the server lives.

    python3 Benchmarks/serving/hostile.py

With HONE_BASE and HONE_KEY it asks the server there, else one of its own. It prints what each kind was answered with;
exit status 3: one was answered otherwise than expected.
"""
import json
import os
import socket
import sys
import threading
import time
from urllib.parse import urlparse

from program import Home, Server, form

KEY = os.environ.get("HONE_KEY", "sk-hostile-0123456789")
INVALID = "invalid_request_error"


class Bad:
    """One kind of request, and the answer to expect: status, and the fields of the error that are named."""

    def __init__(self, kind, raw, status, replies=1, ends=False, **error):
        """`ends`: nothing comes behind the bytes; else the client waits for its reply with all open."""
        self.kind, self.raw, self.status, self.replies, self.ends, self.error = (
            kind, raw, status, replies, ends, error)


def head(method, path, *lines, key=True, host=True, version="1.1"):
    all_lines = [f"{method} {path} HTTP/{version}"] + ["Host: 127.0.0.1"] * host
    all_lines += ["Authorization: Bearer " + KEY] * key + ["Connection: close", *lines]
    return "\r\n".join(all_lines).encode("latin-1") + b"\r\n\r\n"


def get(path, *lines, **more):
    return head("GET", path, *lines, **more)


def post(path, body, *lines, type="application/json", **more):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return head("POST", path, "Content-Type: " + type, f"Content-Length: {len(body)}", *lines, **more) + body


def complete(**fields):
    return post("/v1/completions", {"model": "nano", "prompt": "x", "max_tokens": 1, **fields})


def raw_complete(body):
    return post("/v1/completions", body)


def file(body, boundary="hone-boundary"):
    return post("/v1/files", body, type=f"multipart/form-data; boundary={boundary}")


def chunked(chunks):
    return head("POST", "/v1/completions", "Content-Type: application/json", "Transfer-Encoding: chunked") + chunks


GOOD = json.dumps({"model": "nano", "prompt": "x", "max_tokens": 1}).encode()
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD), GOOD)


def bodies():
    yield Bad("malformed JSON", raw_complete(b'{"model": "nano",'), 400, type=INVALID)
    yield Bad("JSON with more behind it", raw_complete(GOOD + b"x"), 400, type=INVALID)
    yield Bad("100,000 brackets", raw_complete(b"[" * 100_000), 400, type=INVALID)
    yield Bad("100,000 objects", raw_complete(b'{"a":' * 100_000), 400, type=INVALID)
    yield Bad("a list as the body", raw_complete(b"[]"), 400, type=INVALID)
    yield Bad("no body", raw_complete(b""), 400, type=INVALID)
    yield Bad("invalid UTF-8", raw_complete(b'{"model":"nano","prompt":"\xff\xfe"}'), 400, type=INVALID)
    yield Bad("UTF-16", raw_complete('{"model":"nano"}'.encode("utf-16")), 400, type=INVALID)
    yield Bad("NaN", raw_complete(b'{"model":"nano","temperature":NaN}'), 400, type=INVALID)
    yield Bad("a number that overflows", raw_complete(b'{"model":"nano","max_tokens":1e999}'), 400, type=INVALID)
    yield Bad("a form instead of JSON", post("/v1/completions", b"a=b", type="application/x-www-form-urlencoded"), 415,
              type=INVALID)
    yield Bad("a gzipped body", post("/v1/completions", GOOD, "Content-Encoding: gzip"), 415, type=INVALID)


def fields():
    yield Bad("unknown model", complete(model="gpt-9"), 404, type=INVALID, code="model_not_found", param="model")
    yield Bad("model is a path", complete(model="../../../etc/passwd"), 404, code="model_not_found", param="model")
    yield Bad("model is a number", complete(model=7), 400, type=INVALID, param="model")
    yield Bad("no model", post("/v1/completions", {"prompt": "x"}), 400, type=INVALID, param="model")
    yield Bad("prompt too long", complete(prompt="word " * 5000), 400, type=INVALID, code="context_length_exceeded",
              param="prompt")
    yield Bad("prompt and max_tokens too long", complete(max_tokens=100_000), 400, code="context_length_exceeded",
              param="max_tokens")
    yield Bad("prompt of mixed kinds", complete(prompt=["a", 1]), 400, type=INVALID, param="prompt[1]")
    yield Bad("token out of the vocabulary", complete(prompt=[99_999_999]), 400, type=INVALID, param="prompt")
    yield Bad("2,049 prompts", complete(prompt=["x"] * 2049), 400, type=INVALID, param="prompt")
    yield Bad("negative max_tokens", complete(max_tokens=-1), 400, type=INVALID, param="max_tokens")
    yield Bad("max_tokens 2^63", complete(max_tokens=1 << 63), 400, type=INVALID, param="max_tokens")
    yield Bad("max_tokens is text", complete(max_tokens="many"), 400, type=INVALID, param="max_tokens")
    yield Bad("max_tokens is true", complete(max_tokens=True), 400, type=INVALID, param="max_tokens")
    yield Bad("n too large", complete(n=129), 400, type=INVALID, param="n")
    yield Bad("best_of below n", complete(n=3, best_of=2), 400, type=INVALID, param="best_of")
    yield Bad("temperature 9", complete(temperature=9), 400, type=INVALID, param="temperature")
    yield Bad("logprobs 6", complete(logprobs=6), 400, type=INVALID, param="logprobs")
    yield Bad("five stops", complete(stop=list("abcde")), 400, type=INVALID, param="stop")
    yield Bad("logit_bias of no token", complete(logit_bias={"99999999": 1}), 400, type=INVALID, param="logit_bias")
    yield Bad("a wrong stream", complete(stream=True, temperature=-1), 400, type=INVALID, param="temperature")
    yield Bad("a chat of a king", post("/v1/chat/completions", {
        "model": "nano", "messages": [{"role": "king", "content": "x"}]}), 400, type=INVALID)
    yield Bad("a chat with a picture", post("/v1/chat/completions", {"model": "nano", "messages": [
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://x"}}]}]}), 400, type=INVALID)
    yield Bad("a job without a file", post("/v1/fine_tuning/jobs", {
        "model": "nano", "training_file": "file-none"}), 400, type=INVALID, param="training_file")
    yield Bad("a job of many epochs", post("/v1/fine-tunes", {
        "training_file": "file-none", "model": "nano", "n_epochs": "many"}), 400, type=INVALID, param="n_epochs")
    yield Bad("deleting a base model", head("DELETE", "/v1/models/nano"), 403, type=INVALID)


def uploads():
    row = b'{"prompt":"a","completion":"b"}\n'
    good = form({"purpose": "fine-tune"}, "file", "a.jsonl", row)
    yield Bad("a form that never ends", file(good[:-20]), 400, type=INVALID)
    yield Bad("a form without its boundary", file(good, "other"), 400, type=INVALID)
    yield Bad("a form that names no boundary", post("/v1/files", good, type="multipart/form-data"), 400, type=INVALID)
    yield Bad("a form without a file", file(b'--hone-boundary\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n'
                                           b"fine-tune\r\n--hone-boundary--\r\n"), 400, type=INVALID, param="file")
    yield Bad("a part's head of 1 MB", file(b"--hone-boundary\r\nX: " + b"y" * (1 << 20) + b"\r\n\r\n"), 400,
              type=INVALID)
    yield Bad("purpose unknown", file(form({"purpose": "fun"}, "file", "a.jsonl", row)), 400, param="purpose")
    yield Bad("an empty file", file(form({"purpose": "fine-tune"}, "file", "a.jsonl", b"")), 400, type=INVALID)
    yield Bad("a file that is no JSON Lines", file(form({"purpose": "fine-tune"}, "file", "a.jsonl", b"\x00\xff\n")),
              400, type=INVALID)
    yield Bad("a file of 100,000 brackets", file(form(
        {"purpose": "fine-tune"}, "file", "a.jsonl", b"[" * 100_000 + b"\n")), 400, type=INVALID)
    yield Bad("a form in JSON", post("/v1/files", b"{}"), 415, type=INVALID)


def sizes():
    large = str(1 << 40)
    yield Bad("a body of 1 TB, declared", head(
        "POST", "/v1/completions", "Content-Type: application/json", "Content-Length: " + large), 413, type=INVALID)
    yield Bad("a file of 1 TB, declared", head(
        "POST", "/v1/files", "Content-Type: multipart/form-data; boundary=b", "Content-Length: " + large), 413)
    yield Bad("a body of 10 MB in chunks", chunked(
        b"".join(b"100000\r\n" + b" " * (1 << 20) + b"\r\n" for _ in range(10)) + b"0\r\n\r\n"), 413, type=INVALID)
    yield Bad("a header of 100 kB", get("/v1/models", "X-Long: " + "y" * 100_000), 431, type=INVALID)
    yield Bad("1,000 headers", get("/v1/models", *(f"X-{n}: y" for n in range(1000))), 431, type=INVALID)
    yield Bad("a path of 100 kB", get("/v1/models/" + "y" * 100_000), 431, type=INVALID)
    yield Bad("a path of 10,000 segments", get("/v1" + "/a" * 10_000), 404, type=INVALID)


def routes():
    yield Bad("unknown route", get("/v1/nothing"), 404, type=INVALID)
    yield Bad("wrong method", head("DELETE", "/v1/completions"), 405, type=INVALID)
    yield Bad("unknown method", head("PURGE", "/v1/models"), 405, type=INVALID)
    yield Bad("known, and not served", post("/v1/moderations", b"{}"), 501, type=INVALID, code="not_implemented")
    yield Bad("percent signs that mean nothing", get("/v1/models/%zz"), 400, type=INVALID)
    yield Bad("half a percent sign", get("/v1/models/a%2"), 400, type=INVALID)
    yield Bad("percent signs of no UTF-8", get("/v1/models/%ff"), 400, type=INVALID)
    yield Bad("an id that is a path", get("/v1/files/..%2f..%2fhone.sqlite"), 404, type=INVALID)
    yield Bad("dots in the path", get("/v1/files/../../hone.sqlite"), 404, type=INVALID)
    yield Bad("an id with %00", get("/v1/models/nano%00.txt"), 404, type=INVALID)
    yield Bad("limit that is no number", get("/v1/files?limit=x"), 400, type=INVALID, param="limit")
    yield Bad("NUL in the path", get("/v1/mod\0els"), 400, type=INVALID)
    yield Bad("a space in the path", get("/v1/models /x"), 400, type=INVALID)


def callers():
    no_key = dict(type=INVALID, code="invalid_api_key")
    yield Bad("no key", get("/v1/models", key=False), 401, **no_key)
    yield Bad("wrong key, Authorization", get("/v1/models", "Authorization: Bearer sk-wrong", key=False), 401, **no_key)
    yield Bad("wrong key, api-key", get("/v1/models", "api-key: sk-wrong", key=False), 401, **no_key)
    yield Bad("key as a password", get("/v1/models", "Authorization: Basic " + KEY, key=False), 401, **no_key)
    yield Bad("key in the query", get("/v1/models?api-key=" + KEY, key=False), 401, **no_key)
    yield Bad("key, Authorization", get("/v1/models"), 200)
    yield Bad("key, api-key", get("/v1/models", "api-key: " + KEY, key=False), 200)
    yield Bad("another Host", get("/v1/models", "Host: evil.example", host=False), 403, type=INVALID)
    yield Bad("a page of elsewhere", get("/v1/models", "Origin: https://evil.example"), 403, type=INVALID)
    yield Bad("a page of nowhere", get("/v1/models", "Origin: null"), 403, type=INVALID)


def bytes_on_the_wire():
    length = f"Content-Length: {len(GOOD)}"
    json_type = "Content-Type: application/json"
    yield Bad("Content-Length and chunks", head(
        "POST", "/v1/completions", json_type, length, "Transfer-Encoding: chunked") + CHUNKS, 400, type=INVALID)
    yield Bad("chunks, then Content-Length", head(
        "POST", "/v1/completions", json_type, "Transfer-Encoding: chunked", "Content-Length: 4") + CHUNKS, 400)
    yield Bad("two lengths", head("POST", "/v1/completions", json_type, length, "Content-Length: 0") + GOOD, 400)
    yield Bad("a negative length", head("POST", "/v1/completions", json_type, "Content-Length: -1"), 400)
    yield Bad("a length with a sign", head("POST", "/v1/completions", json_type, "Content-Length: +5"), 400)
    yield Bad("an unknown transfer coding", head(
        "POST", "/v1/completions", json_type, "Transfer-Encoding: xchunked") + CHUNKS, 400)
    yield Bad("chunks with a wrong size", chunked(b"zz\r\nabc\r\n0\r\n\r\n"), 400, type=INVALID)
    yield Bad("chunks with a size of 2^70", chunked(b"4" + b"0" * 17 + b"\r\n"), 400, type=INVALID)
    yield Bad("chunks without line ends", chunked(b"3\r\nabcdef\r\n"), 400, type=INVALID)
    yield Bad("a space before a colon", get("/v1/models", "X-A : b"), 400, type=INVALID)
    yield Bad("NUL in a header", get("/v1/models", "X-A: b\0c"), 400, type=INVALID)
    yield Bad("a line feed alone", b"GET /v1/models HTTP/1.1\nHost: 127.0.0.1\n\n", 400, type=INVALID)
    yield Bad("HTTP/1.1 without Host", get("/v1/models", host=False), 400, type=INVALID)
    yield Bad("two Hosts", get("/v1/models", "Host: evil.example"), 400, type=INVALID)
    yield Bad("HTTP/1.0", get("/v1/models", version="1.0"), 200)
    yield Bad("HTTP/9.9", get("/v1/models", version="9.9"), 400, type=INVALID)
    yield Bad("HTTP/2, straight away", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), 400, type=INVALID)
    yield Bad("TLS", bytes.fromhex("16030100c8010000c40303") + bytes(200), 400, type=INVALID)
    yield Bad("noise", bytes(range(256)) * 4, 400, type=INVALID)
    yield Bad("half a request", get("/v1/models")[:-4], 400, ends=True, type=INVALID)
    yield Bad("half a body", post("/v1/completions", GOOD)[:-5], 400, ends=True, type=INVALID)
    twice = get("/v1/models").replace(b"Connection: close\r\n", b"")
    yield Bad("pipelining", twice + twice + get("/v1/models"), 200, replies=3)
    yield Bad("a wish for another protocol", get("/v1/models", "Upgrade: h2c"), 200)


def answer(address, raw, count=1, ends=False):
    """The first replies to some bytes, fewer where the server closes: status, headers and body of each."""
    replies = []
    with socket.create_connection(address, timeout=30) as plug:
        sender = threading.Thread(target=send, args=(plug, raw, ends))
        sender.start()
        text = b""
        while len(replies) < max(1, count):
            if whole := first_reply(text):
                replies.append(whole[:3])
                text = whole[3]
                continue
            try:
                piece = plug.recv(1 << 16)
            except ConnectionResetError:
                piece = b""
            if not piece:
                break
            text += piece
    sender.join()
    return replies


def send(plug, raw, ends):
    try:
        plug.sendall(raw)
        if ends:
            plug.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # it was answered before the end


def first_reply(text):
    top, gap, rest = text.partition(b"\r\n\r\n")
    if not gap:
        return None
    lines = top.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    size = int(headers["content-length"])
    return (int(lines[0].split()[1]), headers, rest[:size], rest[size:]) if len(rest) >= size else None


def fault(bad, replies):
    """What is wrong with the answer; None: nothing."""
    if len(replies) != bad.replies:
        return f"{len(replies)} replies"
    status, headers, body = replies[-1]
    if status != bad.status:
        return f"expected {bad.status}"
    if "x-request-id" not in headers or not headers.get("content-type", "").startswith("application/json"):
        return "headers"
    error = json.loads(body).get("error")
    if status < 400:
        return "an error" if error else None
    if set(error or {}) != {"message", "type", "param", "code"} or not isinstance(error["message"], str):
        return "no error object"
    if KEY in error["message"] or "/tmp" in error["message"]:
        return "tells a secret"
    if status == 405 and "allow" not in headers:
        return "no Allow"
    for name, value in bad.error.items():
        if error[name] != value:
            return f"expected {name} {value}"
    return None


def slow_head(address, found):
    """A head that goes on and on ends after a while, whatever comes in between."""
    began = time.monotonic()
    with socket.create_connection(address, timeout=30) as plug:
        plug.sendall(b"GET /v1/models HTTP/1.1\r\n")
        plug.settimeout(0.5)
        text = b""
        while time.monotonic() - began < 20:
            try:
                if not (piece := plug.recv(4096)):
                    break
                text += piece
            except TimeoutError:
                plug.sendall(b"X-A: b\r\n")
            except OSError:
                break
    found.append((int(text.split()[1]) if text else 0, time.monotonic() - began))


def run(address):
    slow = []
    beside = threading.Thread(target=slow_head, args=(address, slow))
    beside.start()
    count = failed = 0
    for group in (bodies, fields, uploads, sizes, routes, callers, bytes_on_the_wire):
        for bad in group():
            count += 1
            try:
                replies = answer(address, bad.raw, bad.replies, bad.ends)
                wrong = fault(bad, replies)
                alive = answer(address, get("/health", key=False))[0][0]
            except (OSError, ValueError, IndexError, AttributeError) as error:
                replies, wrong, alive = [], repr(error), 0
            status, _, body = replies[-1] if replies else ("-", {}, b"{}")
            error = json.loads(body).get("error") or {} if body[:1] == b"{" else {}
            wrong = wrong or (None if alive == 200 else "the server is not well")
            words = "  ".join(str(error.get(name)) for name in ("type", "code", "param")) if error else ""
            print(f"{'FAILED' if wrong else 'right ':6} {bad.kind:34} {status:>3}  {words}"
                  + (f"   <- {wrong}: {error.get('message', '')}" if wrong else ""), flush=True)
            failed += wrong is not None
    beside.join()
    status, seconds = slow[0]
    wrong = status != 408 or not 5 < seconds < 15
    print(f"{'FAILED' if wrong else 'right ':6} {'a head that never ends':34} {status}  after {seconds:.0f} s")
    return count + 1, failed + wrong


def main():
    began = time.monotonic()
    if "HONE_BASE" in os.environ:
        place = urlparse(os.environ["HONE_BASE"])
        count, failed = run((place.hostname, place.port))
    else:
        home = Home("hostile")
        home.hone("keys", "create", "--name", "hostile", "--key", KEY)
        server = Server(home)
        assert server.ready()
        count, failed = run(("127.0.0.1", server.port))
        failed += server.stop() != 0
        home.remove()
    print(f"{'FAILED' if failed else 'PASSED'} hostile.py {count} kinds of bad request, {failed} answered otherwise "
          f"({time.monotonic() - began:.1f} s)")
    sys.exit(3 if failed else 0)


if __name__ == "__main__":
    main()
