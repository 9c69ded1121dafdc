"""The command line of openai 0.27.8, and its module, pointed at the server."""
import os
import subprocess
import sys

import openai as client
from harness import BASE, KEY

ENVIRONMENT = {**os.environ, "OPENAI_API_BASE": BASE + "/v1", "OPENAI_API_KEY": KEY}
client.api_base, client.api_key = BASE + "/v1", KEY


def openai(*arguments, answer="", seconds=300):
    """What the command prints; the check fails with its complaint."""
    done = subprocess.run(
        [sys.executable, "-m", "openai._openai_scripts", *arguments], env=ENVIRONMENT, input=answer,
        capture_output=True, text=True, timeout=seconds)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def complete(model, prompt, logprobs):
    """The choice of `openai.Completion.create` with one token at temperature 0."""
    reply = client.Completion.create(model=model, prompt=prompt, max_tokens=1, temperature=0, logprobs=logprobs)
    return reply["choices"][0]
