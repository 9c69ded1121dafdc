"""The program's own commands beside a live server: they ask the process that has the home."""
import json
import os
import re
import signal
import stat
import subprocess
import tempfile
import time

from harness import ask, run

HONE = os.environ["HONE_PROGRAM"]
HOME = os.environ["HONE_HOME"]


def hone(*arguments, home=HOME, fails=False):
    """What a command prints, or with `fails` what it complains of."""
    done = subprocess.run([HONE, *arguments], env={**os.environ, "HONE_HOME": home}, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == (1 if fails else 0), (arguments, done.returncode, done.stdout, done.stderr)
    return done.stderr if fails else done.stdout


def start(*arguments, home=HOME):
    """A command that goes on beside the check, and ends at an interrupt, also where the tests run without a terminal."""
    return subprocess.Popen([HONE, *arguments], env={**os.environ, "HONE_HOME": home, "HONE_NICE": "0"},
                            stdout=subprocess.PIPE, text=True,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))


def told(*arguments, **options):
    return json.loads(hone(*arguments, "--json", **options).splitlines()[-1])


def shown(job, **options):
    return told("jobs", "show", job, **options)


def wait_for(job, reached, seconds=280, **options):
    end = time.time() + seconds
    while time.time() < end:
        if reached(shown(job, **options)):
            return
        time.sleep(0.2)
    raise AssertionError(shown(job, **options))


def imported(epochs, suffix, **options):
    """A job as the hosted service described it, made again here."""
    with open("terminal.jsonl", "w") as file:
        for number in range(16):
            file.write(json.dumps({"prompt": f"the cat number {number} says ->", "completion": " meow"}) + "\n")
    with open("job.json", "w") as file:
        json.dump({"object": "fine_tuning.job", "model": "ada", "fine_tuned_model": f"ft:ada:org:{suffix}:x",
                   "hyperparameters": {"n_epochs": epochs, "batch_size": 4}}, file)
    return told("import", "job.json", "terminal.jsonl", **options)["id"]


def check_the_socket_is_the_owners_alone():
    place = os.path.join(HOME, "terminal", "socket")
    if not os.path.exists(place):  # the path of the home is long
        with open(os.path.join(HOME, "terminal", "place")) as file:
            place = file.read()
    assert stat.S_IMODE(os.stat(place).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(place)).st_mode) == 0o700


def check_a_job_is_imported_followed_and_removed():
    job = imported(1, "terminal")
    assert job in hone("jobs", "list") and job in [row["id"] for row in told("jobs", "list")["data"]]
    text = hone("jobs", "follow", job)
    model = re.search(r"^Model: (\S+)$", text, re.M).group(1)
    assert ":terminal:" in model, text
    events = json.loads(ask("GET", f"/v1/fine_tuning/jobs/{job}/events?limit=100")[1])["data"]
    assert [event["message"] for event in reversed(events)] == [line[22:] for line in text.splitlines()[:-1]], text
    assert shown(job)["fineTunedModel"] == model and shown(job)["status"] == "succeeded"
    hone("jobs", "rm", job)
    assert "No fine-tune job" in hone("jobs", "show", job, fails=True)
    assert hone("complete", "-m", model, "-p", "the cat ->", "--max-tokens", "2") is not None
    hone("models", "rm", model)
    assert ask("GET", "/v1/models/" + model)[0].status == 404


def check_a_job_is_paused_resumed_and_cancelled():
    job = imported(500, "long")
    follower = start("jobs", "follow", job)
    wait_for(job, lambda shown: shown["step"] > 2)
    assert told("jobs", "pause", job)["status"] == "paused"
    assert hone("jobs", "pause", job, fails=True).startswith(f"error: {job}: ")
    assert told("jobs", "resume", job)["status"] in ("queued", "running")
    step = shown(job)["step"]
    wait_for(job, lambda shown: shown["status"] == "running" and shown["step"] > step)
    # An interrupt ends the reader, not the job.
    interrupted = start("jobs", "follow", job)
    assert "Created" in interrupted.stdout.readline()
    interrupted.send_signal(signal.SIGINT)
    assert interrupted.wait(10) != 0
    step = shown(job)["step"]
    wait_for(job, lambda shown: shown["step"] > step)
    assert hone("models", "rm", "ada", fails=True)
    assert told("jobs", "cancel", job)["status"] == "cancelled"
    text = follower.communicate(timeout=30)[0]
    for word in ("paused", "resumed", "cancelled"):
        assert f"Fine-tune {word}\n" in text, text
    assert follower.returncode == 1


def check_keys_and_usage():
    made = told("keys", "create", "--name", "terminal", "--scope", "read")
    headers = {"Authorization": "Bearer " + made["key"]}
    assert ask("GET", "/v1/models", headers=headers)[0].status == 200
    assert made["id"] in hone("keys", "list")
    for _ in range(50):
        used = told("usage", "--key", made["id"])["data"]
        if used and used[0]["requests"] == 1:
            break
        time.sleep(0.1)
    assert used[0]["requests"] == 1, used
    hone("keys", "revoke", "terminal")
    assert "revoked" in [row for row in hone("keys", "list").splitlines() if made["id"] in row][0]
    assert ask("GET", "/v1/models", headers=headers)[0].status == 401
    complaint = hone("keys", "revoke", "nobody", fails=True)
    assert complaint == "error: No key: nobody\n       see `hone keys list`, and give the id\n", complaint


def check_models_beside_the_server():
    with open("texts.txt", "w") as file:
        file.write("the cat says meow and the dog says woof\n" * 50)
    sizes = ["--text", "texts.txt", "--vocab-size", "270", "--layers", "1", "--hidden", "32", "--heads", "2"]
    hone("models", "new", "beside", *sizes)
    assert "beside" in hone("models", "list") and told("models", "show", "beside")["name"] == "beside"
    body = json.dumps({"model": "beside", "prompt": "the cat", "temperature": 0, "max_tokens": 5, "logprobs": 1})
    first = json.loads(ask("POST", "/v1/completions", body)[1])["choices"]
    # The same name for other weights: the server does not go on with the old ones.
    hone("models", "rm", "beside")
    assert ask("POST", "/v1/completions", body)[0].status == 404
    hone("models", "new", "beside", "--seed", "7", *sizes)
    second = json.loads(ask("POST", "/v1/completions", body)[1])["choices"]
    assert first != second, first
    with open("beside.jsonl", "w") as file:
        file.write(json.dumps({"prompt": "the cat says ->", "completion": " meow"}) + "\n")
    tuned = told("tune", "-t", "beside.jsonl", "-m", "beside", "--n-epochs", "1")["fine_tuned_model"]
    assert ask("GET", "/v1/models/" + tuned)[0].status == 200
    assert hone("models", "rm", tuned) == f"removed {tuned}\n"


def check_killed_stopped_and_absent_servers():
    with tempfile.TemporaryDirectory() as folder:
        home = os.path.join(folder, "home")

        def serve():
            server = start("serve", "--port", "0", home=home)
            assert server.stdout.readline().startswith("base URL")
            return server

        server = serve()
        assert hone("keys", "create", "--name", "one", home=home)
        server.kill()
        server.wait()
        assert "one" in hone("keys", "list", home=home)
        server = serve()
        assert "one" in hone("keys", "list", home=home)
        server.send_signal(signal.SIGSTOP)
        complaint = hone("jobs", "list", home=home, fails=True)
        assert f"hone serve, process {server.pid}" in complaint, complaint
        server.send_signal(signal.SIGCONT)
        assert hone("jobs", "list", home=home)
        assert f"hone serve, process {server.pid}" in hone("serve", "--port", "0", home=home, fails=True)
        server.terminate()
        assert server.wait(30) == 0
        assert not os.path.exists(os.path.join(home, "terminal", "socket"))
        assert hone("jobs", "list", home=home)


def check_a_command_that_trains_answers_the_others():
    with tempfile.TemporaryDirectory() as home:
        job = imported(500, "alone", home=home)
        assert shown(job, home=home)["status"] in ("validating_files", "queued")
        follower = start("jobs", "follow", job, home=home)
        wait_for(job, lambda shown: shown["step"] > 2, home=home)
        assert told("jobs", "cancel", job, home=home)["status"] == "cancelled"
        assert "Fine-tune cancelled" in follower.communicate(timeout=30)[0] and follower.returncode == 1


run(globals())
