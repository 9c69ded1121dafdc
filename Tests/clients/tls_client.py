"""TLS as the newest client and raw sockets meet it; `tls.sh` starts the server and makes the certificates."""
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import time
import warnings
from urllib.parse import urlparse

import httpx2
import openai
from harness import BASE, KEY, raises, run

WORK = pathlib.Path(os.environ["HONE_WORK"])
PLACE = (urlparse(BASE).hostname, urlparse(BASE).port)


def trusting(name):
    return ssl.create_default_context(cafile=WORK / f"{name}.pem")


def client(name):
    return openai.OpenAI(
        base_url=BASE + "/v1", api_key=KEY, max_retries=0, http_client=httpx2.Client(verify=trusting(name)))


def log():
    return (WORK / "log").read_text()


def connect(context):
    return context.wrap_socket(socket.create_connection(PLACE, timeout=20), server_hostname="localhost")


def closes_within(connection, seconds):
    """What comes until the server closes."""
    connection.settimeout(seconds)
    text = b""
    try:
        while piece := connection.recv(4096):
            text += piece
    except ConnectionResetError:
        pass
    return text


def check_the_base_url_is_https():
    assert BASE.startswith("https://"), BASE


def check_a_client_that_knows_the_certificate_is_served():
    api = client("first")
    assert "nano" in [model.id for model in api.models.list()]
    assert api.completions.create(model="nano", prompt="Once", max_tokens=3, temperature=0).usage.completion_tokens == 3
    pieces = list(api.completions.create(model="nano", prompt="Once", max_tokens=8, temperature=0, stream=True))
    assert len(pieces) >= 2 and pieces[-1].choices[0].finish_reason == "length"


def check_a_file_comes_back_as_it_went():
    content = b'{"prompt":"a ->","completion":" b\\n"}\n' * 40_000
    api = client("first")
    file = api.files.create(file=("large.jsonl", content), purpose="fine-tune")
    assert api.files.content(file.id).content == content


def check_a_client_that_does_not_is_not():
    raises(openai.APIConnectionError, lambda: client("second").models.list())


def check_versions_before_1_2_are_refused_and_http_1_1_is_spoken():
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = trusting("first")
        context.minimum_version = context.maximum_version = version
        context.set_alpn_protocols(["h2", "http/1.1"])
        with connect(context) as connection:
            assert connection.version() == version.name.replace("_", "."), connection.version()
            assert connection.selected_alpn_protocol() == "http/1.1"
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    assert raises(ssl.SSLError, lambda: connect(old)).reason == "TLSV1_ALERT_PROTOCOL_VERSION"


def check_plain_http_is_told_so_at_once():
    began = time.time()
    with socket.create_connection(PLACE, timeout=20) as connection:
        connection.sendall(b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")
        text = closes_within(connection, 5)
    assert text.startswith(b"HTTP/1.1 400 ") and b'"error":{"message":"expected https' in text, text
    assert time.time() - began < 3


def check_slow_handshakes_end():
    silent = socket.create_connection(PLACE, timeout=20)
    halting = socket.create_connection(PLACE, timeout=20)
    halting.sendall(b"\x16\x03\x01")
    began = time.time()
    assert closes_within(silent, 15) == b"" and closes_within(halting, 15) == b""
    assert 8 < time.time() - began < 14, time.time() - began
    assert client("first").models.list().data


def check_garbage_and_hang_ups_do_no_harm():
    for text in (b"", b"\x16", b"\x16\x03\x01\xff\xff" + b"\x00" * 70_000, os.urandom(5000), b"\x16" + os.urandom(5000)):
        with socket.create_connection(PLACE, timeout=20) as connection:
            try:
                connection.sendall(text)
            except OSError:
                pass
    for _ in range(200):
        with connect(trusting("first")) as connection:
            connection.sendall(b"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n")
    assert client("first").models.list().data


def check_a_key_that_others_can_read_is_warned_of():
    assert "found mode 644" in log(), log()


def check_a_renewed_certificate_serves_new_connections():
    held = connect(trusting("first"))
    shutil.copy(WORK / "second.pem", WORK / "chain.pem")
    shutil.copy(WORK / "second.key", WORK / "key.pem")
    os.kill(int(os.environ["HONE_SERVER"]), signal.SIGHUP)
    wait_for("read again")
    assert client("second").models.list().data
    raises(openai.APIConnectionError, lambda: client("first").models.list())
    held.sendall(f"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode())
    assert held.recv(12) == b"HTTP/1.1 200"
    held.close()


def check_a_broken_certificate_changes_nothing():
    (WORK / "chain.pem").write_text("nonsense")
    os.kill(int(os.environ["HONE_SERVER"]), signal.SIGHUP)
    wait_for("stays as it was")
    assert client("second").models.list().data


def check_a_key_of_another_certificate_is_refused_in_a_line():
    for certificate, key in (("first.pem", "second.key"), ("first.key", "first.key"), ("first.pem", "first.pem")):
        done = subprocess.run(
            [os.environ["HONE_PROGRAM"], "serve", "--port", "0", "--tls-certificate", WORK / certificate, "--tls-key",
             WORK / key], capture_output=True, text=True, timeout=20)
        assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and certificate[:5] in done.stderr, done


def wait_for(text):
    until = time.time() + 5
    while text not in log():
        assert time.time() < until, log()
        time.sleep(0.05)


run(globals())
