"""What clients of other makes send, byte by byte."""
import json
import socket
from urllib.parse import urlparse

from harness import BASE, KEY, ask, run

HOST = urlparse(BASE)
BEARER = {"Authorization": "Bearer " + KEY}


def post(path, body):
    return ask("POST", path, json.dumps(body), {"Content-Type": "application/json", **BEARER})


def refused(status, method, path, body=None, headers=None):
    if isinstance(body, dict):
        body, headers = json.dumps(body), {"Content-Type": "application/json", **BEARER}
    reply, text = ask(method, path, body, headers)
    assert reply.status == status, (path, reply.status, text)
    error = json.loads(text)["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["message"], error
    assert reply.getheader("content-type") == "application/json" and reply.getheader("x-request-id")
    return reply, error


def check_keys_in_either_style_and_nowhere_else():
    for path in ("/v1/models", "/openai/models?api-version=2022-12-01", "/openai/v1/models", "//openai//models"):
        for headers in (BEARER, {"api-key": KEY}):
            assert ask("GET", path, headers=headers)[0].status == 200, path
        refused(401, "GET", path, headers={})
    refused(401, "GET", "/v1/models?api-key=" + KEY, headers={})


def check_twenty_bad_requests_leave_the_server_well():
    json_type = {"Content-Type": "application/json", **BEARER}
    bad = [
        (400, "POST", "/v1/completions", b"{"), (400, "POST", "/v1/completions", b""),
        (400, "POST", "/v1/completions", b"[]"), (400, "POST", "/v1/completions", b"null"),
        (400, "POST", "/v1/completions", b'{"model":"ada","temperature":NaN}'),
        (400, "POST", "/v1/completions", b'{"model":"ada","temperature":1e999}'),
        (400, "POST", "/v1/completions", b'{"model":"ada","prompt":"\xff"}'),
        (400, "POST", "/v1/completions", b"[" * 100000),
        (400, "POST", "/v1/completions", b'{"prompt":"x"}'),
        (400, "POST", "/v1/completions", b'{"model":"ada","prompt":[1,"x"]}'),
        (400, "POST", "/v1/completions", b'{"model":"ada","prompt":[999999]}'),
        (400, "POST", "/v1/completions", b'{"model":"ada","prompt":[]}'),
        (404, "POST", "/v1/completions", b'{"model":"../../etc/passwd"}'),
        (404, "POST", "/v1/completions", b'{"model":"/etc"}'),
        (404, "GET", "/v1/models/..%2F..%2Fetc", None), (404, "GET", "/v1/files/%2Ftmp%2Fa.jsonl", None),
        (404, "GET", "/v1/nothing", None), (400, "GET", "/v1/models/%zz", None),
        (405, "DELETE", "/v1/completions", None), (405, "POST", "/v1/models", b"{}"),
        (400, "GET", "/v1/files?limit=0", None), (400, "GET", "/v1/files?limit=x", None),
        (400, "POST", "/v1/chat/completions", b'{"model":"ada","messages":[{"role":"king","content":"x"}]}'),
        (501, "POST", "/v1/moderations", b"{}"),
    ]
    for status, method, path, body in bad:
        refused(status, method, path, body, json_type)
    refused(415, "POST", "/v1/completions", b"a=b", {"Content-Type": "application/x-www-form-urlencoded", **BEARER})
    refused(415, "POST", "/v1/files", b"{}", json_type)
    refused(413, "POST", "/v1/completions", b"", {"Content-Length": str(1 << 30), **json_type})
    assert ask("GET", "/v1/models")[0].status == 200


def check_allow_is_told():
    reply, _ = refused(405, "DELETE", "/v1/completions")
    assert reply.getheader("allow") == "POST"


def check_null_is_absent_and_whole_numbers_may_have_a_point():
    body = dict(model="ada", prompt="x", max_tokens=2.0, n=None, logprobs=None, temperature=None, top_p=None, stop=None,
                best_of=None, stream=None, unknown={"a": 1})
    reply, text = post("/v1/completions", body)
    assert reply.status == 200, text
    assert list(json.loads(text)) == ["id", "object", "created", "model", "choices", "usage"]


def check_the_model_of_the_body_wins_below_engines():
    reply, text = post("/v1/engines/nobody/completions", dict(model="ada", prompt="x", max_tokens=1))
    assert reply.status == 200 and json.loads(text)["model"] == "ada"
    refused(404, "POST", "/v1/engines/nobody/completions", dict(prompt="x"))


def check_the_path_wins_below_deployments():
    path = "/openai/deployments/{}/completions?api-version=2022-12-01"
    reply, text = post(path.format("ada"), dict(model="nobody", prompt="x", max_tokens=1))
    assert reply.status == 200 and json.loads(text)["model"] == "ada"
    _, error = refused(404, "POST", path.format("nobody"), dict(model="ada", prompt="x"))
    assert error["code"] == "DeploymentNotFound"


def check_frames_are_single_lines_and_come_in_chunks():
    body = json.dumps(dict(model="ada", prompt="x", max_tokens=3, stream=True))
    plug = socket.create_connection((HOST.hostname, HOST.port), timeout=60)
    plug.sendall((f"POST /v1/completions HTTP/1.1\r\nHost: {HOST.netloc}\r\nAuthorization: Bearer {KEY}\r\n"
                  f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}").encode())
    text = b""
    while piece := plug.recv(65536):
        text += piece
    head, _, rest = text.partition(b"\r\n\r\n")
    assert b"200" in head.split(b"\r\n")[0] and b"text/event-stream" in head
    assert b"transfer-encoding: chunked" in head.lower()
    frames = [line for line in rest.replace(b"\r\n", b"\n").split(b"\n") if line.startswith(b"data:")]
    assert all(frame.startswith(b"data: ") for frame in frames) and frames[-1] == b"data: [DONE]"
    assert all(b'"error"' not in frame for frame in frames)


def check_a_wrong_stream_is_a_plain_error():
    refused(400, "POST", "/v1/completions", dict(model="ada", prompt="x", stream=True, temperature=9))


def check_expect_continue():
    body = json.dumps(dict(model="ada", prompt="x", max_tokens=1)).encode()
    plug = socket.create_connection((HOST.hostname, HOST.port), timeout=60)
    plug.sendall((f"POST /v1/completions HTTP/1.1\r\nHost: {HOST.netloc}\r\nAuthorization: Bearer {KEY}\r\n"
                  f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n"
                  "Connection: close\r\n\r\n").encode())
    assert b"100" in plug.recv(4096).split(b"\r\n")[0]
    plug.sendall(body)
    assert b"200" in plug.recv(65536).split(b"\r\n")[0]


def check_another_host_or_page_is_refused():
    refused(403, "GET", "/v1/models", headers={"Host": "evil.example", **BEARER})
    refused(403, "GET", "/v1/models", headers={"Origin": "https://evil.example", **BEARER})


def check_the_description_tells_of_the_routes():
    reply, text = ask("GET", "/openapi.json", headers={})
    paths = json.loads(text)["paths"]
    for path in ("/v1/completions", "/v1/chat/completions", "/openai/deployments/{deployment}/completions", "/v1/files",
                 "/v1/fine-tunes/{job}/events", "/fine-tunes/{job}/events", "/v1/fine_tuning/jobs/{job}/checkpoints"):
        assert path in paths, path
    for path in ("/health", "/ready"):
        assert ask("GET", path, headers={})[0].status == 200


run(globals())
