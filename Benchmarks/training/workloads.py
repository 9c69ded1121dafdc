"""Makes the two training workloads, W1 "abstracts" and W2 "short prompts", as files that every program reads.

Usage: python Benchmarks/training/workloads.py FOLDER [--shared FOLDER]

W1: batches of 16 abstracts cut to 300 tokens, 210 on average, loss on everything; the peer pads them to 300.
W2: batches of 8 posts of 30 to 400 tokens, about 130 on average, and one token of completion that alone has a loss.
Texts come from ../shared/data beside the project; the same texts and seed give the same files.
"""

import argparse
import gzip
import json
import random
import re
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers

BATCHES = 8
SEPARATOR = "\n\n###\n\n"
PROJECT = Path(__file__).resolve().parents[2]


def read_tokenizer(shared):
    folder = shared / "data/gpt2_tokenizer"
    tokenizer = Tokenizer(models.BPE.from_file(str(folder / "encoder.json"), str(folder / "vocab.bpe")))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizer


def read_lines(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def posts(shared):
    """Bodies of the sport posts without their headers, with the group's last word."""
    for row in read_lines(shared / "data/20newsgroups/sport_train.jsonl.gz"):
        body = row["text"].partition("\n\n")[2]
        yield re.sub(r"\s+", " ", body).strip(), row["group"].rpartition(".")[2]


def draw_batch(generator, rows, count, low, high):
    """`count` different rows whose mean number of tokens lies between `low` and `high`."""
    while True:
        batch = generator.sample(rows, count)
        if low <= sum(len(row["tokens"]) for row in batch) / count <= high:
            return batch


def abstracts_workload(tokenizer, shared):
    texts = [row["abstract"] for row in read_lines(shared / "data/arxiv_ml/arxiv_cs_lg_10k.jsonl.gz")[:2000]]
    rows = []
    for encoding in tokenizer.encode_batch(texts, add_special_tokens=False):
        tokens = encoding.ids[:300]
        rows.append({"tokens": tokens, "weights": [0.0] + [1.0] * (len(tokens) - 1)})
    generator = random.Random(1)
    return {"workload": "W1", "padded_length": 300,
            "batches": [draw_batch(generator, rows, 16, 209, 211) for _ in range(BATCHES)]}


def prompts_workload(tokenizer, shared):
    rows = []
    for text, label in posts(shared):
        tokens = tokenizer.encode(text + SEPARATOR + " " + label, add_special_tokens=False).ids
        if 30 <= len(tokens) <= 400:
            rows.append({"tokens": tokens, "weights": [0.0] * (len(tokens) - 1) + [1.0]})
    generator = random.Random(2)
    return {"workload": "W2", "padded_length": None,
            "batches": [draw_batch(generator, rows, 8, 120, 140) for _ in range(BATCHES)]}


def write_workloads(folder, shared):
    tokenizer = read_tokenizer(shared)
    folder.mkdir(parents=True, exist_ok=True)
    for workload in [abstracts_workload(tokenizer, shared), prompts_workload(tokenizer, shared)]:
        lengths = [len(row["tokens"]) for batch in workload["batches"] for row in batch]
        (folder / f"{workload['workload']}.json").write_text(json.dumps(workload) + "\n")
        print(f"{workload['workload']}: {BATCHES} batches of {len(workload['batches'][0])}, {min(lengths)} to "
              f"{max(lengths)} tokens, mean {sum(lengths) / len(lengths):.1f}")


def main():
    parser = argparse.ArgumentParser(description="Makes the training workloads.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared")
    options = parser.parse_args()
    write_workloads(options.folder, options.shared)


if __name__ == "__main__":
    main()
