"""Completions, chats, models and engines with the clients of before 1.0."""
import openai
from harness import BASE, KEY, near, run

openai.api_base = BASE + "/v1"
openai.api_key = KEY
SCORED = dict(model="ada", prompt="The cat sat on", max_tokens=0, echo=True, logprobs=0)


def check_a_completion_has_text_and_usage():
    reply = openai.Completion.create(model="ada", prompt="Once upon a time", max_tokens=8, temperature=0)
    assert reply["object"] == "text_completion" and reply["id"].startswith("cmpl-")
    assert reply["model"] == "ada" and len(reply["choices"]) == 1
    choice = reply["choices"][0]
    assert choice["index"] == 0 and choice["text"] and choice["finish_reason"] in ("stop", "length")
    assert choice["logprobs"] is None
    usage = reply["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def check_greedy_answers_are_equal_in_any_batch():
    one = openai.Completion.create(model="ada", prompt="Once upon a time", max_tokens=8, temperature=0)
    many = openai.Completion.create(
        model="ada", prompt=["Hello", "Once upon a time", "x"], max_tokens=8, temperature=0, n=2)
    assert [choice["index"] for choice in many["choices"]] == list(range(6))
    assert many["choices"][2]["text"] == one["choices"][0]["text"] == many["choices"][3]["text"]


def check_without_a_seed_answers_differ_and_with_one_they_do_not():
    def ask(**more):
        return openai.Completion.create(model="ada", prompt="The", max_tokens=12, **more)["choices"][0]["text"]
    assert len({ask() for _ in range(4)}) > 1
    assert ask(seed=7) == ask(seed=7)


def check_the_prompt_is_scored_without_an_answer():
    reply = openai.Completion.create(**SCORED)
    choice = reply["choices"][0]
    scores = choice["logprobs"]
    assert choice["text"] == "The cat sat on" and "".join(scores["tokens"]) == choice["text"]
    assert scores["token_logprobs"][0] is None and all(score < 0 for score in scores["token_logprobs"][1:])
    lengths = {len(scores[key]) for key in ("tokens", "token_logprobs", "text_offset")}
    assert lengths == {reply["usage"]["prompt_tokens"]} and reply["usage"]["completion_tokens"] == 0
    assert scores["text_offset"][0] == 0


def check_scores_by_echo_and_by_generation_agree():
    made = openai.Completion.create(model="ada", prompt="The cat", max_tokens=5, temperature=0, logprobs=3)["choices"][0]
    echoed = openai.Completion.create(
        model="ada", prompt="The cat" + made["text"], max_tokens=0, echo=True, logprobs=3)["choices"][0]
    count = len(made["logprobs"]["tokens"])
    if echoed["logprobs"]["tokens"][-count:] == made["logprobs"]["tokens"]:
        for left, right in zip(echoed["logprobs"]["token_logprobs"][-count:], made["logprobs"]["token_logprobs"]):
            assert near(left, right), (left, right)
    for chosen, best in zip(made["logprobs"]["token_logprobs"], made["logprobs"]["top_logprobs"]):
        assert 3 <= len(best) <= 4 and near(max(best.values()), chosen)
    assert made["logprobs"]["text_offset"][0] == len("The cat")


def check_a_token_that_is_no_whole_character_is_spelled():
    tokens = openai.Completion.create(model="ada", prompt="日本", max_tokens=0, echo=True, logprobs=0)
    tokens = tokens["choices"][0]["logprobs"]["tokens"]
    assert any(token.startswith("bytes:\\x") for token in tokens), tokens


def check_a_stream_adds_up_to_the_whole_answer():
    arguments = dict(model="ada", prompt="Once upon a time", max_tokens=20, temperature=0, n=2)
    whole = openai.Completion.create(**arguments)
    texts, reasons = {0: "", 1: ""}, {}
    for frame in openai.Completion.create(stream=True, **arguments):
        assert frame["id"].startswith("cmpl-") and frame["object"] == "text_completion"
        for choice in frame["choices"]:
            texts[choice["index"]] += choice["text"]
            if choice["finish_reason"]:
                reasons[choice["index"]] = choice["finish_reason"]
    assert [texts[0], texts[1]] == [choice["text"] for choice in whole["choices"]]
    assert reasons == {0: whole["choices"][0]["finish_reason"], 1: whole["choices"][1]["finish_reason"]}


def check_stop_texts_are_not_returned():
    whole = openai.Completion.create(model="ada", prompt="Once", max_tokens=16, temperature=0)["choices"][0]["text"]
    stop = whole[3:5]
    cut = openai.Completion.create(model="ada", prompt="Once", max_tokens=16, temperature=0, stop=stop)["choices"][0]
    assert cut["text"] == whole[:whole.index(stop)] and cut["finish_reason"] == "stop"


def check_the_best_of_several_is_returned():
    reply = openai.Completion.create(model="ada", prompt="The", max_tokens=6, best_of=4, n=2, seed=1, logprobs=0)
    means = [sum(c["logprobs"]["token_logprobs"]) / len(c["logprobs"]["tokens"]) for c in reply["choices"]]
    assert len(means) == 2 and means[0] >= means[1]
    assert reply["usage"]["completion_tokens"] > sum(len(c["logprobs"]["tokens"]) for c in reply["choices"])


def check_a_bias_rules_a_token_out():
    first = openai.Completion.create(model="ada", prompt="The", max_tokens=1, temperature=0, logprobs=1)["choices"][0]
    other = openai.Completion.create(
        model="ada", prompt="The", max_tokens=1, temperature=0, logit_bias={first["text"]: -100})["choices"][0]
    assert other["text"] != first["text"]


def check_engines_and_the_model_in_the_body():
    reply = openai.Completion.create(engine="ada", prompt="x", max_tokens=1)
    assert reply["model"] == "ada"
    engines = openai.Engine.list()["data"]
    assert all(engine["object"] == "engine" and engine["ready"] for engine in engines)
    assert openai.Engine.retrieve("ada")["id"] == "ada"


def check_models():
    models = openai.Model.list()["data"]
    assert "nano" in [model["id"] for model in models]
    model = openai.Model.retrieve("ada")
    assert model["object"] == "model" and model["owned_by"] and model["created"] >= 0


def check_a_chat():
    messages = [{"role": "system", "content": "You are brief."}, {"role": "user", "content": "Hello"}]
    arguments = dict(model="gpt-3.5-turbo-instruct", messages=messages, max_tokens=12, temperature=0)
    reply = openai.ChatCompletion.create(**arguments)
    message = reply["choices"][0]["message"]
    assert reply["object"] == "chat.completion" and message["role"] == "assistant"
    text, first = "", True
    for frame in openai.ChatCompletion.create(stream=True, **arguments):
        assert frame["object"] == "chat.completion.chunk"
        for choice in frame["choices"]:
            if first:
                assert choice["delta"]["role"] == "assistant"
                first = False
            text += choice["delta"].get("content", "")
            reason = choice["finish_reason"]
    assert text == message["content"] and reason == reply["choices"][0]["finish_reason"]


def check_awaiting():
    import asyncio

    async def ask():
        replies = await asyncio.gather(*[
            openai.Completion.acreate(model="ada", prompt="Hello", max_tokens=4, temperature=0) for _ in range(5)])
        return {reply["choices"][0]["text"] for reply in replies}

    assert len(asyncio.run(ask())) == 1


run(globals())
