"""The jobs of the current API with openai 0.28.1's command line."""
import json
import os
import re
import subprocess
import sys
import time

from harness import BASE, KEY, run

ENVIRONMENT = {**os.environ, "OPENAI_API_BASE": BASE + "/v1", "OPENAI_API_KEY": KEY}


def openai(*arguments):
    """What the command prints; the check fails with its complaint."""
    command = [sys.executable, "-m", "openai._openai_scripts", "api"]
    done = subprocess.run(command + list(arguments), env=ENVIRONMENT, input="\n" * 9, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def check_a_job_from_file_to_results():
    with open("animals.jsonl", "w") as file:
        for number in range(12):
            file.write(json.dumps({"prompt": f"the cat number {number} says ->", "completion": " meow"}) + "\n")
    text = openai("fine_tuning.job.create", "-t", "animals.jsonl", "-v", "animals.jsonl", "-m", "ada", "--n_epochs", "1",
                  "--suffix", "animals")
    assert "finished processing and is ready" in text, text
    job = re.search(r'"id": "(ftjob-[^"]+)"', text).group(1)
    for _ in range(300):
        shown = json.loads(openai("fine_tuning.job.get", "-i", job))
        if shown["status"] in ("succeeded", "failed"):
            break
        time.sleep(0.5)
    assert shown["status"] == "succeeded" and ":animals:" in shown["fine_tuned_model"], shown
    events = openai("fine_tuning.job.events", "-i", job)
    assert "fine_tuning.job.event" in events and "metrics" in events
    assert openai("fine_tuning.job.results", "-i", job).startswith("step,elapsed_tokens")
    assert job in openai("fine_tuning.job.list")


run(globals())
