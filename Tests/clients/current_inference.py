"""Completions, chats, models and error classes with the newest client, plain and in Azure's mode."""
import openai
from harness import BASE, KEY, raises, run

client = openai.OpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0)
azure = openai.AzureOpenAI(azure_endpoint=BASE, api_key=KEY, api_version="2024-02-01", max_retries=0)
azure_v1 = openai.OpenAI(base_url=BASE + "/openai/v1/", api_key=KEY, max_retries=0)
PROMPT = dict(model="ada", prompt="Once upon a time", max_tokens=12, temperature=0)
MESSAGES = [{"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Hello"}]}]


def check_a_completion():
    reply = client.completions.create(**PROMPT, logprobs=2)
    choice = reply.choices[0]
    assert reply.object == "text_completion" and choice.finish_reason in ("stop", "length")
    assert len(choice.logprobs.tokens) == len(choice.logprobs.text_offset) == len(choice.logprobs.top_logprobs)
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens


def check_the_same_answer_on_every_surface():
    texts = {one.completions.create(**PROMPT).choices[0].text for one in (client, azure, azure_v1)}
    assert len(texts) == 1, texts


def check_a_stream_with_usage():
    whole = client.completions.create(**PROMPT)
    frames = list(client.completions.create(**PROMPT, stream=True, stream_options={"include_usage": True}))
    assert "".join(frame.choices[0].text for frame in frames if frame.choices) == whole.choices[0].text
    assert frames[-1].choices == [] and frames[-1].usage.total_tokens == whole.usage.total_tokens
    assert all(frame.usage is None for frame in frames[:-1])


def check_a_stream_with_scores():
    whole = client.completions.create(**PROMPT, logprobs=1).choices[0].logprobs
    tokens, offsets = [], []
    for frame in client.completions.create(**PROMPT, logprobs=1, stream=True):
        if frame.choices[0].logprobs:
            tokens += frame.choices[0].logprobs.tokens
            offsets += frame.choices[0].logprobs.text_offset
    assert tokens == whole.tokens and offsets == whole.text_offset


def check_a_chat_and_its_stream():
    arguments = dict(model="ada", messages=MESSAGES, max_completion_tokens=10, temperature=0)
    reply = client.chat.completions.create(**arguments, logprobs=True, top_logprobs=7)
    choice = reply.choices[0]
    assert choice.message.role == "assistant" and choice.message.refusal is None
    for entry in choice.logprobs.content:
        assert len(entry.top_logprobs) == 7 and entry.logprob <= 0
        assert bytes(entry.bytes).decode(errors="ignore") == entry.token or entry.token.startswith("bytes:")
    frames = list(client.chat.completions.create(**arguments, stream=True, stream_options={"include_usage": True}))
    assert frames[0].choices[0].delta.role == "assistant" and frames[0].choices[0].delta.content == ""
    text = "".join(frame.choices[0].delta.content or "" for frame in frames if frame.choices)
    assert text == choice.message.content and frames[-1].usage.completion_tokens == reply.usage.completion_tokens
    assert frames[-2].choices[0].finish_reason == choice.finish_reason


def check_several_chats_at_once():
    reply = client.chat.completions.create(model="ada", messages=MESSAGES, n=3, max_tokens=4)
    assert [choice.index for choice in reply.choices] == [0, 1, 2]


def check_azure_deployments_carry_the_name_asked_for():
    reply = azure.chat.completions.create(model="ada", messages=MESSAGES, max_tokens=2)
    assert reply.model == "ada"
    error = raises(openai.NotFoundError, lambda: azure.completions.create(model="nobody", prompt="x"))
    assert error.code == "DeploymentNotFound"


def check_models():
    models = list(client.models.list())
    assert {"nano", "ada"} <= {model.id for model in models}
    assert client.models.retrieve("nano").owned_by
    assert list(azure.models.list())[0].status == "succeeded"


def check_error_classes():
    wrong = openai.OpenAI(base_url=BASE + "/v1", api_key="sk-wrong-key", max_retries=0)
    error = raises(openai.BadRequestError, lambda: client.completions.create(**{**PROMPT, "temperature": 3}))
    assert error.param == "temperature" and error.request_id
    raises(openai.BadRequestError, lambda: client.chat.completions.create(model="ada", messages=[]))
    raises(openai.BadRequestError, lambda: client.chat.completions.create(
        model="ada", messages=MESSAGES, tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}]))
    raises(openai.AuthenticationError, lambda: wrong.models.list())
    raises(openai.PermissionDeniedError, lambda: client.models.delete("nano"))
    error = raises(openai.NotFoundError, lambda: client.models.retrieve("nobody"))
    assert error.code == "model_not_found"
    error = raises(openai.InternalServerError, lambda: client.moderations.create(input="x"))
    assert error.status_code == 501


def check_no_retry_of_what_is_not_served():
    patient = openai.OpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=2)
    raises(openai.InternalServerError, lambda: patient.moderations.create(input="x"))


def check_raw_headers():
    raw = client.completions.with_raw_response.create(**PROMPT)
    assert raw.headers["content-type"] == "application/json"
    assert raw.headers["x-request-id"] and raw.headers["openai-processing-ms"].isdigit()


run(globals())
