"""Every command of openai 0.27.8's command line, on a few made-up lines; `classification_walk.py` takes real posts."""
import json
import re

import pandas
from command_line import complete, openai
from harness import BASE, KEY, run

SUBJECTS = {
    "baseball": ["the pitcher threw nine innings", "a home run into the stands", "the shortstop made the catch"],
    "hockey": ["the goalie stopped the puck", "a power play on the ice", "the skater scored in overtime"],
}
state = {}


def check_the_data_is_prepared():
    rows = [(f"post {number}: {text} in week {number}", label)
            for number in range(20) for label, texts in SUBJECTS.items() for text in texts]
    pandas.DataFrame(rows, columns=["prompt", "completion"]).to_json("made_up.jsonl", orient="records", lines=True)
    text = openai("tools", "fine_tunes.prepare_data", "-f", "made_up.jsonl", "-q")
    assert "made_up_prepared_train.jsonl" in text and "--classification_positive_class" in text, text
    assert len(open("made_up_prepared_valid.jsonl").readlines()) == 24
    state["positive"] = re.search(r'--classification_positive_class "([^"]*)"', text).group(1)


def check_a_job_is_created_and_followed():
    text = openai(
        "api", "fine_tunes.create", "-t", "made_up_prepared_train.jsonl", "-v", "made_up_prepared_valid.jsonl", "-m", "ada",
        "--n_epochs", "4", "--batch_size", "4", "--compute_classification_metrics", "--classification_positive_class", state["positive"])
    assert "Uploaded file from made_up_prepared_train.jsonl: file-" in text, text
    assert "Fine-tune succeeded" in text and "Job complete! Status: succeeded" in text, text
    state["job"] = re.search(r"Created fine-tune: (ft-\S+)", text).group(1)
    state["model"] = re.search(r"completions.create -m (\S+) -p", text).group(1)


def check_the_file_is_not_sent_twice():
    train = json.loads(openai("api", "files.list"))["data"]
    known = [file["id"] for file in train if file["filename"] == "made_up_prepared_train.jsonl"]
    text = openai("api", "fine_tunes.create", "-t", "made_up_prepared_train.jsonl", "-m", "ada", "--no_follow",
                  answer=known[0] + "\n")
    assert "Found potentially duplicated files" in text and f"Reusing already uploaded file: {known[0]}" in text, text
    job = re.search(r'"id": "(ft-[^"]+)"', text).group(1)
    assert json.loads(openai("api", "fine_tunes.cancel", "-i", job))["id"] == job


def check_the_results_are_read_with_pandas():
    with open("result.csv", "w") as file:
        file.write(openai("api", "fine_tunes.results", "-i", state["job"]))
    results = pandas.read_csv("result.csv")
    last = results[results["classification/accuracy"].notnull()].tail(1)
    assert list(last.index) == [len(results) - 1]
    for column in ("accuracy", "precision", "recall", "auroc", "auprc", "f1.0"):
        assert 0 <= float(last["classification/" + column].iloc[0]) <= 1, column
    assert float(last["classification/accuracy"].iloc[0]) > 0.6
    assert list(results["step"]) == list(range(1, len(results) + 1))


def check_the_job_is_shown_listed_and_followed_again():
    job = json.loads(openai("api", "fine_tunes.get", "-i", state["job"]))
    assert job["fine_tuned_model"] == state["model"] and job["hyperparams"]["classification_positive_class"]
    assert state["job"] in [row["id"] for row in json.loads(openai("api", "fine_tunes.list"))["data"]]
    events = json.loads(openai("api", "fine_tunes.events", "-i", state["job"]))["data"]
    text = openai("api", "fine_tunes.follow", "-i", state["job"])
    assert all(event["message"] in text for event in events) and "Job complete!" in text


def check_the_model_answers_with_scores():
    row = json.loads(open("made_up_prepared_valid.jsonl").readline())
    text = openai("api", "completions.create", "-m", state["model"], "-p", row["prompt"], "-M", "1", "-t", "0",
                  "--logprobs", "2")
    assert text.strip().startswith(row["prompt"].strip()), text
    scores = complete(state["model"], row["prompt"], 2)["logprobs"]["top_logprobs"][0]
    assert 2 <= len(scores) <= 3 and max(scores, key=scores.get) in row["completion"], (scores, row)


def check_a_prompt_without_the_separator_is_warned_of():
    import requests
    def ask(query):
        return requests.post(
            f"{BASE}/v1/completions{query}", headers={"Authorization": "Bearer " + KEY},
            json={"model": state["model"], "prompt": "the goalie stopped the puck", "max_tokens": 1}, timeout=60)
    assert "expected to end with" in ask("").headers["x-hone-warning"]
    assert "x-hone-warning" not in ask("?auto_format=true").headers


def check_other_commands():
    assert json.loads(openai("api", "models.list"))["data"] and json.loads(openai("api", "engines.list"))["data"]
    assert json.loads(openai("api", "models.get", "-i", state["model"]))["id"] == state["model"]
    assert openai("api", "completions.create", "-m", "ada", "-p", "Once", "-M", "4", "--stream").startswith("Once")
    assert openai("api", "chat_completions.create", "-m", "ada", "-g", "user", "Hello", "-M", "3") is not None
    assert '"object": "file"' in openai("api", "files.create", "-f", "made_up_prepared_valid.jsonl", "-p", "fine-tune")
    files = json.loads(openai("api", "files.list"))["data"]
    assert json.loads(openai("api", "files.get", "-i", files[0]["id"]))["id"] == files[0]["id"]
    assert json.loads(openai("api", "files.delete", "-i", files[0]["id"]))["deleted"] is True
    assert json.loads(openai("api", "models.delete", "-i", state["model"]))["deleted"] is True
    assert json.loads(openai("api", "fine_tunes.delete", "-i", state["job"]))["deleted"] is True


run(globals())
