"""Embeddings with the client of before 1.0: its resource, its command line's engine path, and embeddings_utils."""
import ast
import asyncio

import numpy
import openai
import pandas
from harness import BASE, KEY, near, raises, run
from openai.embeddings_utils import (
    aget_embedding, cosine_similarity, distances_from_embeddings, get_embedding, get_embeddings,
    indices_of_nearest_neighbors_from_distances, pca_components_from_embeddings)

openai.api_base = BASE + "/v1"
openai.api_key = KEY
TEXTS = ["I love this dog food", "my dog eats it every day", "the parcel came late", "delivery took two weeks"]


def check_the_resource():
    reply = openai.Embedding.create(model="text-embedding-ada-002", input=TEXTS)
    assert len(reply["data"]) == 4 and reply["usage"]["total_tokens"] > 10
    assert all(isinstance(value, float) for value in reply["data"][0]["embedding"])


def check_the_helpers_of_embeddings_utils():
    one = get_embedding(TEXTS[0], engine="text-embedding-ada-002")
    assert one == get_embedding(TEXTS[0]) and near(numpy.linalg.norm(one), 1)
    many = get_embeddings(TEXTS)
    assert all(near(a, b) for a, b in zip(many[0], one))
    distances = distances_from_embeddings(many[0], many, distance_metric="cosine")
    assert indices_of_nearest_neighbors_from_distances(distances)[1] == 1
    assert cosine_similarity(many[2], many[3]) > cosine_similarity(many[0], many[3])
    assert pca_components_from_embeddings(many, n_components=2).shape == (4, 2)
    assert asyncio.run(aget_embedding(TEXTS[0])) == one


def check_a_frame_survives_a_csv():
    frame = pandas.DataFrame({"text": TEXTS})
    frame["embedding"] = frame["text"].apply(lambda text: get_embedding(text, engine="text-embedding-ada-002"))
    frame.to_csv("embeddings.csv", index=False)
    back = pandas.read_csv("embeddings.csv")
    assert [ast.literal_eval(text) for text in back["embedding"]] == list(frame["embedding"])


def check_search_with_the_older_pair_of_models():
    documents = [openai.Embedding.create(engine="text-search-babbage-doc-001", input=text)["data"][0]["embedding"]
                 for text in TEXTS]
    query = openai.Embedding.create(engine="text-search-babbage-query-001", input="slow shipping")["data"][0]["embedding"]
    best = max(range(4), key=lambda place: cosine_similarity(query, documents[place]))
    assert best in (2, 3), best


def check_what_is_wrong_raises():
    raises(openai.error.InvalidRequestError, lambda: openai.Embedding.create(model="text-embedding-ada-002", input=""))
    raises(openai.error.InvalidRequestError, lambda: openai.Embedding.create(model="nobody", input="x"))


run(globals())
