"""The error classes of the clients of before 1.0."""
import openai
from harness import BASE, KEY, raises, run

openai.api_base = BASE + "/v1"
openai.api_key = KEY


def complete(**more):
    return openai.Completion.create(**{"model": "ada", "prompt": "x", "max_tokens": 1, **more})


def check_a_wrong_field_names_itself():
    for field, value in [("temperature", 3), ("top_p", 2), ("n", 0), ("n", 129), ("logprobs", 6), ("max_tokens", -1),
                         ("max_tokens", 0), ("best_of", 200), ("presence_penalty", 3), ("stop", ["a"] * 5),
                         ("logit_bias", {"999999": 1}), ("suffix", "x"), ("temperature", "hot"), ("n", True)]:
        error = raises(openai.error.InvalidRequestError, lambda: complete(**{field: value}))
        assert error.param == field and error.http_status == 400, (field, value, error.param)


def check_a_long_prompt():
    error = raises(openai.error.InvalidRequestError, lambda: complete(prompt="word " * 5000))
    assert error.code == "context_length_exceeded" and error.param == "prompt"
    error = raises(openai.error.InvalidRequestError, lambda: complete(max_tokens=100000))
    assert error.code == "context_length_exceeded" and error.param == "max_tokens"


def check_a_stream_fails_before_it_begins():
    raises(openai.error.InvalidRequestError, lambda: complete(stream=True, temperature=3))
    error = raises(openai.error.InvalidRequestError, lambda: complete(stream=True, best_of=2))
    assert error.param == "best_of"


def check_not_a_number():
    raises(openai.error.InvalidRequestError, lambda: complete(temperature=float("nan")))


def check_an_unknown_model():
    error = raises(openai.error.InvalidRequestError, lambda: complete(model="nobody"))
    assert error.code == "model_not_found" and error.param == "model" and error.http_status == 404
    raises(openai.error.InvalidRequestError, lambda: openai.Model.retrieve("no/body"))


def check_a_base_model_stays():
    raises(openai.error.PermissionError, lambda: openai.Model.delete("ada"))


def check_a_wrong_key():
    error = raises(openai.error.AuthenticationError, lambda: complete(api_key="sk-wrong-key"))
    assert error.http_status == 401 and "sk-wrong-key" not in str(error)


def check_what_is_not_served():
    raises(openai.error.APIError, lambda: openai.Moderation.create(input="x"))


run(globals())
