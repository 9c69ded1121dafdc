"""Files, uploads and fine-tuning jobs with the newest client, plain and on Azure's surfaces."""
import io
import json
import time

import openai
from harness import BASE, KEY, ask, raises, run

client = openai.OpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0)
azure = openai.AzureOpenAI(azure_endpoint=BASE, api_key=KEY, api_version="2024-10-21", max_retries=0)
CHAT = "".join(json.dumps({"messages": [
    {"role": "user", "content": f"what does the {animal} number {number} say"},
    {"role": "assistant", "content": sound}]}) + "\n"
    for number in range(8) for animal, sound in [("cat", "meow"), ("dog", "woof")]).encode()


def upload(content=CHAT, name="chat.jsonl", one=client):
    return one.files.create(file=(name, content), purpose="fine-tune")


def check_files():
    file = upload(name="naïve.jsonl")
    assert file.filename == "naïve.jsonl" and file.bytes == len(CHAT) and file.status == "processed"
    assert client.files.wait_for_processing(file.id).id == file.id
    assert client.files.content(file.id).read() == CHAT
    assert client.files.delete(file.id).deleted
    raises(openai.NotFoundError, lambda: client.files.retrieve(file.id))


def check_files_come_in_pages():
    made = [upload(name=f"page{number}.jsonl").id for number in range(5)]
    listed = [file.id for file in client.files.list(limit=2)]
    assert listed[:5] == made[::-1] and len(set(listed)) == len(listed)
    oldest = client.files.list(limit=1, order="asc")
    assert oldest.has_more and oldest.data[0].id == listed[-1]
    assert [file.id for file in client.files.list(purpose="fine-tune-results")] != made
    for file in made:
        client.files.delete(file)


def check_the_file_may_come_before_its_purpose():
    headers = {"Authorization": "Bearer " + KEY, "Content-Type": "multipart/form-data; boundary=b"}
    body = (b'--b\r\nContent-Disposition: form-data; name="file"; filename="early.jsonl"\r\n\r\n' + CHAT
            + b'\r\n--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n--b--\r\n')
    reply, text = ask("POST", "/v1/files", body, headers)
    assert reply.status == 200 and json.loads(text)["filename"] == "early.jsonl", text
    file = json.loads(text)["id"]
    assert client.files.content(file).read() == CHAT
    client.files.delete(file)


def check_a_file_that_expires():
    file = client.files.create(
        file=("a.jsonl", CHAT), purpose="fine-tune", expires_after={"anchor": "created_at", "seconds": 3600})
    assert file.expires_at == file.created_at + 3600
    raises(openai.BadRequestError, lambda: client.files.create(
        file=("a.jsonl", CHAT), purpose="fine-tune", expires_after={"anchor": "created_at", "seconds": 1}))


def check_an_upload_in_parts():
    half = len(CHAT) // 2
    whole = client.uploads.create(bytes=len(CHAT), filename="parts.jsonl", mime_type="text/jsonl", purpose="fine-tune")
    assert whole.status == "pending"
    parts = [client.uploads.parts.create(whole.id, data=piece).id for piece in (CHAT[:half], CHAT[half:])]
    done = client.uploads.complete(whole.id, part_ids=parts)
    assert done.status == "completed" and client.files.content(done.file.id).read() == CHAT
    raises(openai.BadRequestError, lambda: client.uploads.complete(whole.id, part_ids=parts))
    other = client.uploads.create(bytes=10, filename="x.jsonl", mime_type="text/jsonl", purpose="fine-tune")
    assert client.uploads.cancel(other.id).status == "cancelled"
    chunked = client.uploads.upload_file_chunked(
        file=CHAT, filename="chunks.jsonl", bytes=len(CHAT), mime_type="text/jsonl", purpose="fine-tune", part_size=100)
    assert client.files.content(chunked.file.id).read() == CHAT


def wait(job, one=client):
    """Polls as scripts do."""
    for _ in range(900):
        job = one.fine_tuning.jobs.retrieve(job.id)
        if job.status in ("succeeded", "failed", "cancelled"):
            return job
        time.sleep(0.1)
    raise AssertionError(job.status)


def check_a_job_from_chats_to_answer():
    file = upload()
    job = client.fine_tuning.jobs.create(
        model="babbage-002", training_file=file.id, validation_file=file.id, suffix="Farm", seed=7,
        metadata={"team": "farm"},
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2, "batch_size": 4}}})
    assert job.object == "fine_tuning.job" and job.id.startswith("ftjob-") and job.seed == 7
    assert job.status in ("validating_files", "queued", "running") and job.hyperparameters.n_epochs == 2
    assert job.method.supervised.hyperparameters.batch_size == 4
    job = wait(job)
    assert job.status == "succeeded", job.error
    assert job.fine_tuned_model.startswith("ft:babbage-002:personal:farm:") and job.trained_tokens > 0
    assert job.finished_at >= job.created_at and job.error is None
    reply = client.chat.completions.create(
        model=job.fine_tuned_model, messages=[{"role": "user", "content": "what does the cat number 3 say"}], max_tokens=5)
    assert reply.model == job.fine_tuned_model
    rows = client.files.content(job.result_files[0]).text.splitlines()
    assert len(rows) == 1 + 8 and "valid" in rows[0]
    events = list(client.fine_tuning.jobs.list_events(job.id, limit=3))
    assert len({event.id for event in events}) == len(events) > 6
    steps = [event for event in events if event.type == "metrics"]
    assert steps and steps[0].data["total_steps"] == 8 and steps[0].data["train_loss"] > 0
    checkpoints = client.fine_tuning.jobs.checkpoints.list(job.id).data
    assert [point.step_number for point in checkpoints] == [8, 4]
    for point in checkpoints:
        client.completions.create(model=point.fine_tuned_model_checkpoint, prompt="x", max_tokens=1)
    listed = client.fine_tuning.jobs.list(limit=3, extra_query={"metadata[team]": "farm"})
    assert job.id in [row.id for row in listed.data]
    assert client.models.delete(job.fine_tuned_model).deleted


def check_steering():
    job = client.fine_tuning.jobs.create(model="ada", training_file=upload().id, hyperparameters={"n_epochs": 50})
    client.fine_tuning.jobs.pause(job.id)
    for _ in range(300):
        if client.fine_tuning.jobs.retrieve(job.id).status == "paused":
            break
        time.sleep(0.1)
    assert client.fine_tuning.jobs.retrieve(job.id).status == "paused"
    assert client.fine_tuning.jobs.resume(job.id).status in ("queued", "running")
    client.fine_tuning.jobs.cancel(job.id)
    assert wait(job).status == "cancelled"
    raises(openai.BadRequestError, lambda: client.fine_tuning.jobs.cancel(job.id))


def check_wrong_jobs():
    file = upload()
    for more in ({"training_file": "file-none"}, {"model": "nobody"}, {"hyperparameters": {"n_epochs": 0}},
                 {"method": {"type": "dpo"}}, {"suffix": "x" * 65}, {"metadata": {str(n): "x" for n in range(17)}}):
        raises((openai.BadRequestError, openai.NotFoundError), lambda: client.fine_tuning.jobs.create(
            **{"model": "ada", "training_file": file.id, **more}))
    raises(openai.NotFoundError, lambda: client.fine_tuning.jobs.retrieve("ftjob-none"))


def check_azure():
    file = upload(one=azure)
    job = wait(azure.fine_tuning.jobs.create(
        model="ada", training_file=file.id, hyperparameters={"n_epochs": 1, "batch_size": 8}), azure)
    assert job.status == "succeeded" and client.fine_tuning.jobs.retrieve(job.id).status == "succeeded"
    # A model's name serves as a deployment's.
    assert azure.completions.create(model=job.fine_tuned_model, prompt="x", max_tokens=1).choices


def check_events_are_replayed_from_where_they_were_lost():
    job = wait(client.fine_tuning.jobs.create(
        model="ada", training_file=upload().id, hyperparameters={"n_epochs": 1, "batch_size": 8}))

    def frames(path, **headers):
        text = ask("GET", path, headers={"Authorization": "Bearer " + KEY, **headers})[1].decode()
        found = [frame.split("\n") for frame in text.split("\n\n") if frame.startswith("id: ")]
        assert text.endswith("data: [DONE]\n\n")
        return [(int(frame[0][4:]), json.loads(frame[1][6:])) for frame in found]

    for path in (f"/v1/fine_tuning/jobs/{job.id}/events?stream=true", f"/v1/fine-tunes/{job.id}/events?stream=true"):
        whole = frames(path)
        middle = whole[len(whole) // 2][0]
        rest = frames(path, **{"Last-Event-ID": str(middle)})
        assert rest == [frame for frame in whole if frame[0] > middle] and len(rest) < len(whole)


run(globals())
