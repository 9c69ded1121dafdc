"""Embeddings with the newest client, plain and in Azure's mode: floats and base64, ids, dimensions, long texts, errors."""
import base64
import json
import struct

import openai
from harness import BASE, KEY, ask, near, raises, run

client = openai.OpenAI(base_url=BASE + "/v1", api_key=KEY, max_retries=0)
azure = openai.AzureOpenAI(azure_endpoint=BASE, api_key=KEY, api_version="2024-02-01", max_retries=0)
MODEL = "text-embedding-3-small"


def vector(text, one=client, **more):
    return one.embeddings.create(model=MODEL, input=text, **more).data[0].embedding


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def check_a_vector_of_length_one():
    reply = client.embeddings.create(model=MODEL, input="delicious beans")
    assert reply.object == "list" and reply.data[0].object == "embedding" and reply.data[0].index == 0
    assert reply.model == MODEL and reply.usage.prompt_tokens == reply.usage.total_tokens > 1
    assert len(reply.data[0].embedding) == 256 and near(dot(reply.data[0].embedding, reply.data[0].embedding), 1)


def check_floats_and_base64_are_the_same_numbers():
    # Without the field the client asks for base64 and decodes it; the shortest decimals round back to the same float32.
    shortest = vector("how many?", encoding_format="float")
    assert vector("how many?") == [struct.unpack("<f", struct.pack("<f", number))[0] for number in shortest]
    raw = json.loads(ask("POST", "/v1/embeddings", json.dumps(
        {"model": MODEL, "input": "how many?", "encoding_format": "base64"}))[1])["data"][0]["embedding"]
    assert list(struct.unpack(f"<{256}f", base64.b64decode(raw))) == vector("how many?")


def check_rows_keep_their_order_and_equal_single_ones():
    texts = [f"text number {number} about {'ferries' if number % 2 else 'money'}" for number in range(50)]
    reply = client.embeddings.create(model=MODEL, input=texts)
    assert [row.index for row in reply.data] == list(range(50))
    for number in (0, 17, 49):
        assert reply.data[number].embedding == vector(texts[number])
    assert dot(reply.data[1].embedding, reply.data[3].embedding) > dot(reply.data[1].embedding, reply.data[2].embedding)


def check_the_same_vector_on_every_surface():
    assert vector("money back") == vector("money back", azure)
    body = json.dumps({"input": "money back"})
    reply = json.loads(ask("POST", f"/v1/engines/{MODEL}/embeddings", body)[1])
    assert reply["data"][0]["embedding"] == vector("money back", encoding_format="float")


def check_token_ids():
    ids = json.loads(ask("POST", "/v1/embeddings", json.dumps({"model": MODEL, "input": [[10, 20, 30], [40]]}))[1])
    assert len(ids["data"]) == 2 and ids["usage"]["prompt_tokens"] == 4
    assert vector([10, 20, 30]) == vector([[10, 20, 30]])
    error = raises(openai.BadRequestError, lambda: vector([10, 10_000_000]))
    assert error.param == "input" and "10000000" in error.message


def check_fewer_dimensions():
    whole, cut = vector("the sea"), vector("the sea", dimensions=32)
    length = dot(whole[:32], whole[:32]) ** 0.5
    assert len(cut) == 32 and all(near(a / length, b) for a, b in zip(whole, cut))
    for wrong in (0, 257, -1):
        assert raises(openai.BadRequestError, lambda: vector("x", dimensions=wrong)).param == "dimensions"


def check_what_is_wrong_is_named():
    for wrong in ("", [], [""], ["a", ""], [[]], [1.5], ["a", 1], {"a": 1}, None, [["a"]]):
        reply, body = ask("POST", "/v1/embeddings", json.dumps({"model": MODEL, "input": wrong}))
        fault = json.loads(body)["error"]
        assert reply.status == 400 and fault["type"] == "invalid_request_error" and fault["param"].startswith("input"), (wrong, fault)
    assert raises(openai.BadRequestError, lambda: vector(["x"] * 2049)).param == "input"
    error = raises(openai.BadRequestError, lambda: vector("beans " * 8192))
    assert "8192" in error.message and "8191" in error.message
    assert client.embeddings.create(model=MODEL, input="beans " * 8191).usage.prompt_tokens == 8191
    assert raises(openai.BadRequestError, lambda: vector("x", encoding_format="hex")).param == "encoding_format"
    assert raises(openai.BadRequestError, lambda: vector("x", extra_body={"long": "maybe"})).param == "long"
    assert raises(openai.NotFoundError, lambda: client.embeddings.create(model="nobody", input="x")).code == "model_not_found"
    assert raises(openai.BadRequestError, lambda: client.embeddings.create(model="nano", input="x")).param == "model"
    assert raises(openai.BadRequestError, lambda: client.completions.create(model="hone-static", prompt="x")).param == "model"


def check_the_reply_says_which_model_it_was():
    raw = client.embeddings.with_raw_response.create(model=MODEL, input="x")
    assert raw.headers["x-hone-model"] == "hone-static" and len(raw.headers["x-hone-fingerprint"]) == 64
    listed = {model.id for model in client.models.list()}
    assert "hone-static" in listed


def check_many_at_once():
    import concurrent.futures
    texts = [f"sentence {number}" for number in range(64)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = list(pool.map(vector, texts))
    assert all(found[number] == vector(texts[number]) for number in range(0, 64, 9))


run(globals())
