"""Files and fine-tunes with the clients of before 1.0; with 0.28 the jobs of the current API too."""
import io
import json
import time

import openai
from harness import BASE, KEY, raises, run

openai.api_base = BASE + "/v1"
openai.api_key = KEY


def examples(count, seed=0):
    rows = [{"prompt": f"the {animal} number {number + seed} says ->", "completion": f" {sound}\n"}
            for number in range(count) for animal, sound in [("cat", "meow"), ("dog", "woof")]]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def upload(content, name="training.jsonl"):
    return openai.File.create(file=io.BytesIO(content), purpose="fine-tune", user_provided_filename=name)


def check_a_file_comes_back_as_it_went():
    content = examples(5)
    file = upload(content, "dir/training.jsonl")
    assert file["object"] == "file" and file["filename"] == "training.jsonl" and file["bytes"] == len(content)
    assert file["purpose"] == "fine-tune" and file["status"] == "processed" and file["status_details"] is None
    assert openai.File.download(file["id"]) == content
    assert openai.File.retrieve(file["id"])["id"] == file["id"]
    assert file["id"] in [row["id"] for row in openai.File.list()["data"]]
    assert openai.File.delete(file["id"])["deleted"] is True
    raises(openai.error.InvalidRequestError, lambda: openai.File.retrieve(file["id"]))


def check_duplicates_are_found_by_name_size_and_purpose():
    content = examples(6)
    file = upload(content, "twice.jsonl")
    found = openai.File.find_matching_files(name="twice.jsonl", bytes=len(content), purpose="fine-tune")
    assert file["id"] in [row["id"] for row in found] and {row["bytes"] for row in found} == {len(content)}


def check_bad_files_are_refused_with_their_line():
    error = raises(openai.error.InvalidRequestError, lambda: upload(b'{"prompt":"a","completion":"b"}\n{"prompt":"a"}\n'))
    assert "2" in str(error) and "completion" in str(error), error
    raises(openai.error.InvalidRequestError, lambda: upload(b""))
    error = raises(openai.error.InvalidRequestError,
                   lambda: openai.File.create(file=io.BytesIO(b"x"), purpose="nothing"))
    assert error.param == "purpose"


def check_a_fine_tune_from_file_to_answer():
    file = upload(examples(10))
    job = openai.FineTune.create(training_file=file["id"], model="ada", n_epochs=2, batch_size=4, suffix="My Animals")
    assert job["object"] == "fine-tune" and job["id"].startswith("ft-") and job["fine_tuned_model"] is None
    assert job["training_files"][0]["filename"] == "training.jsonl" and job["hyperparams"]["n_epochs"] == 2
    messages = [event["message"] for event in openai.FineTune.stream_events(job["id"])]
    assert messages[0] == f"Created fine-tune: {job['id']}" and messages[-1] == "Fine-tune succeeded", messages
    assert "Fine-tune started" in messages and "Completed epoch 2/2" in messages
    job = openai.FineTune.retrieve(job["id"])
    assert job["status"] == "succeeded" and job["fine_tuned_model"].startswith("ada:ft-personal:my-animals-")
    assert f"Uploaded model: {job['fine_tuned_model']}" in messages
    assert [event["message"] for event in job["events"]] == messages
    listed = openai.FineTune.list_events(job["id"])["data"]
    assert [event["message"] for event in listed] == messages
    # Of a job that has ended, the stream tells the same.
    assert [event["message"] for event in openai.FineTune.stream_events(job["id"])] == messages
    results = job["result_files"][0]
    assert results["filename"] == "compiled_results.csv" and results["purpose"] == "fine-tune-results"
    rows = openai.File.download(results["id"]).decode().splitlines()
    assert rows[0].startswith("step,elapsed_tokens,elapsed_examples,training_loss") and len(rows) == 1 + 2 * 5
    answer = openai.Completion.create(
        model=job["fine_tuned_model"], prompt="the cat number 3 says ->", max_tokens=4, stop="\n", logprobs=2)
    assert answer["model"] == job["fine_tuned_model"]
    assert job["id"] in [row["id"] for row in openai.FineTune.list()["data"]]
    assert "events" not in openai.FineTune.list()["data"][0]
    assert openai.Model.delete(job["fine_tuned_model"])["deleted"] is True
    raises(openai.error.InvalidRequestError, lambda: openai.Model.retrieve(job["fine_tuned_model"]))
    assert openai.File.download(results["id"])


def check_wrong_jobs():
    file = upload(examples(3))
    for more, field in [({"training_file": "file-none"}, "training_file"), ({"n_epochs": 0}, "n_epochs"),
                        ({"model": "nobody"}, "model"), ({"suffix": "x" * 41}, "suffix"),
                        ({"compute_classification_metrics": True}, None)]:
        error = raises(openai.error.InvalidRequestError,
                       lambda: openai.FineTune.create(**{"training_file": file["id"], "model": "ada", **more}))
        assert field is None or error.param == field, (field, error.param)
    error = raises(openai.error.InvalidRequestError, lambda: openai.FineTune.retrieve("ft-none"))
    assert "No fine-tune job: ft-none" in str(error)
    raises(openai.error.InvalidRequestError, lambda: list(openai.FineTune.stream_events("ft-none")))


def check_a_job_is_cancelled_and_deleted():
    file = upload(examples(40))
    job = openai.FineTune.create(training_file=file["id"], model="ada", n_epochs=50, batch_size=1)
    assert openai.FineTune.cancel(job["id"])["status"] in ("cancelled", "running", "pending")
    messages = [event["message"] for event in openai.FineTune.stream_events(job["id"])]
    assert messages[-1] == "Fine-tune cancelled", messages
    assert openai.FineTune.retrieve(job["id"])["status"] == "cancelled"
    raises(openai.error.InvalidRequestError, lambda: openai.FineTune.cancel(job["id"]))
    assert openai.FineTune.delete(job["id"])["deleted"] is True
    raises(openai.error.InvalidRequestError, lambda: openai.FineTune.retrieve(job["id"]))


if hasattr(openai, "FineTuningJob"):

    def check_the_jobs_of_the_current_api():
        file = upload(examples(8))
        job = openai.FineTuningJob.create(
            training_file=file["id"], model="ada", hyperparameters={"n_epochs": 1, "batch_size": 4})
        while job["status"] not in ("succeeded", "failed", "cancelled"):
            time.sleep(0.2)
            job = openai.FineTuningJob.retrieve(job["id"])
        assert job["status"] == "succeeded" and job["fine_tuned_model"].startswith("ft:ada:personal::")
        page = openai.FineTuningJob.list_events(id=job["id"], limit=2)
        assert len(page["data"]) == 2 and page["has_more"] is True
        seen, after = [], None
        while True:
            page = openai.FineTuningJob.list_events(id=job["id"], limit=3, **({"after": after} if after else {}))
            seen += [event["id"] for event in page["data"]]
            if not page["has_more"]:
                break
            after = page["data"][-1]["id"]
        assert len(seen) == len(set(seen)) > 4
        assert job["id"] in [row["id"] for row in openai.FineTuningJob.list(limit=5)["data"]]
        raises(openai.error.InvalidRequestError, lambda: openai.FineTuningJob.cancel(job["id"]))
        assert isinstance(job["result_files"][0], str)


run(globals())
