"""The command line of openai 0.27.8, and its module in a process of its own, pointed at the server by the environment."""
import json
import os
import subprocess
import sys

from harness import BASE, KEY

ENVIRONMENT = {**os.environ, "OPENAI_API_BASE": BASE + "/v1", "OPENAI_API_KEY": KEY}
ONE_TOKEN = """
import openai, json, sys
model, logprobs, prompt = sys.argv[1], int(sys.argv[2]), sys.stdin.buffer.read().decode()
reply = openai.Completion.create(model=model, prompt=prompt, max_tokens=1, temperature=0, logprobs=logprobs)
print(json.dumps(reply["choices"][0]))
"""


def openai(*arguments, answer="", seconds=300):
    """What the command prints; the check fails with its complaint."""
    done = subprocess.run(
        [sys.executable, "-m", "openai._openai_scripts", *arguments], env=ENVIRONMENT, input=answer,
        capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def complete(model, prompt, logprobs):
    """The choice of `openai.Completion.create` with one token at temperature 0."""
    done = subprocess.run(
        [sys.executable, "-c", ONE_TOKEN, model, str(logprobs)], env=ENVIRONMENT, input=prompt.encode(),
        capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)
