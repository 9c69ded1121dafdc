"""The published walk of Azure's completions fine-tuning, step by step, with openai 0.27."""
import json
import os
import time

import openai
from harness import BASE, KEY, raises, run

openai.api_type = "azure"
openai.api_base = BASE + "/"
openai.api_version = "2022-12-01"
openai.api_key = KEY


def check_the_walk():
    rows = [{"prompt": "When I go to the store, I want an", "completion": "apple."},
            {"prompt": "When I go to work, I want a", "completion": "coffee."},
            {"prompt": "When I go home, I want a", "completion": "soda."}]
    for name in ("training.jsonl", "validation.jsonl"):
        with open(name, "w") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)

    def upload(name):
        with open(name) as file:
            return openai.File.create(purpose="fine-tune", file=file, user_provided_filename=name)["id"]

    training, validation = upload("training.jsonl"), upload("validation.jsonl")
    for wanted in (training, validation):
        for _ in range(100):
            status = openai.File.retrieve(wanted)["status"]
            if status in ("succeeded", "failed"):
                break
            time.sleep(0.1)
        assert status == "succeeded", status
    names = [file["filename"] for file in openai.File.list()["data"]]
    assert "training.jsonl" in names and "validation.jsonl" in names

    job = openai.FineTune.create(
        training_file=training, validation_file=validation, model="ada", hyperparams={"n_epochs": 1},
        compute_classification_metrics=True, classification_n_classes=3)
    assert job["status"] == "notRunning", job["status"]
    for _ in range(600):
        status = openai.FineTune.retrieve(id=job["id"])["status"]
        if status in ("succeeded", "failed"):
            break
        assert status in ("notRunning", "running"), status
        time.sleep(0.1)
    assert status == "succeeded", openai.FineTune.retrieve(id=job["id"])
    # This call forgets the prefix and the version.
    events = openai.FineTune.list_events(job["id"])["data"]
    assert events[-1]["message"] == "Fine-tune succeeded"
    assert [e["message"] for e in openai.FineTune.stream_events(job["id"])] == [e["message"] for e in events]

    model = openai.FineTune.retrieve(id=job["id"])["fine_tuned_model"]
    made = openai.Deployment.create(model=model, scale_settings={"scale_type": "standard"})
    assert made["object"] == "deployment" and made["model"] == model
    deployment = [row for row in openai.Deployment.list()["data"] if row["status"] == "succeeded"][0]["id"]
    assert openai.Deployment.retrieve(id=deployment)["owner"] == "organization-owner"
    reply = openai.Completion.create(engine=deployment, prompt="When I go to the store, I want an", max_tokens=4)
    assert reply["choices"][0]["text"] is not None and reply["usage"]["total_tokens"] > 0
    frames = list(openai.Completion.create(deployment_id=deployment, prompt="x", max_tokens=3, stream=True))
    assert frames[-1]["choices"][0]["finish_reason"]

    openai.Deployment.delete(sid=deployment)
    raises(openai.error.InvalidRequestError, lambda: openai.Deployment.retrieve(id=deployment))
    error = raises(openai.error.InvalidRequestError,
                   lambda: openai.Completion.create(engine=deployment, prompt="x", max_tokens=1))
    assert error.code == "DeploymentNotFound"
    assert openai.FineTune.delete(sid=job["id"])["deleted"] is True
    for name in (training, validation):
        openai.File.delete(sid=name)
    for name in ("training.jsonl", "validation.jsonl"):
        os.remove(name)


def check_models_have_azures_fields():
    model = openai.Model.retrieve("ada")
    assert model["status"] == "succeeded" and model["capabilities"]["fine_tune"] is True
    assert model["lifecycle_status"] == "generally-available"


def check_a_key_of_the_other_style():
    reply = openai.Model.list(api_type="azure_ad")
    assert reply["data"]


def check_a_deployment_of_an_unknown_model_is_refused():
    raises(openai.error.InvalidRequestError, lambda: openai.Deployment.create(
        model="nobody", scale_settings={"scale_type": "standard"}))


run(globals())
