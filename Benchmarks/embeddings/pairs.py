"""Labelled pairs as vectors, for the projection benchmark.

Usage: python Benchmarks/embeddings/pairs.py HONE MODEL DATA_FOLDER OUT_FOLDER

Takes SNLI's entailments (1) and contradictions (-1), embeds them with MODEL, and writes pairs-384.safetensors (MODEL's own
numbers) and pairs-1536.safetensors (the same under a fixed random orthogonal map, with a little noise: only its size counts).
"""
import csv
import gzip
import json
import os
import subprocess
import sys

import numpy as np
from safetensors.numpy import save_file


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8", newline="") as file:
        return [(row["sentence1"], row["sentence2"], 1 if row["gold_label"] == "entailment" else -1)
                for row in csv.DictReader(file) if row["gold_label"] in ("entailment", "contradiction")]


def main(program, model, data, out):
    pairs = read(os.path.join(data, "snli/snli_1.0_train_2k.csv.gz"))
    rows = os.path.join(out, "pairs.jsonl")
    with open(rows, "w", encoding="utf-8") as file:
        for first, second, _ in pairs:
            file.write(json.dumps({"text": first}) + "\n" + json.dumps({"text": second}) + "\n")
    target = os.path.join(out, "pairs.npy")
    subprocess.run([program, "embed", "-m", model, "--column", "text", rows, "-o", target], check=True,
                   stdout=subprocess.DEVNULL)
    vectors, labels = np.load(target), np.array([pair[2] for pair in pairs], dtype=np.float32)
    generator = np.random.default_rng(0)
    wide, _ = np.linalg.qr(generator.normal(size=(1536, vectors.shape[1])))
    noise = generator.normal(size=(len(vectors), 1536)) * 0.005
    for size, values in ((vectors.shape[1], vectors), (1536, vectors @ wide.T + noise)):
        values = values.astype(np.float32)
        first, second = np.ascontiguousarray(values[0::2]), np.ascontiguousarray(values[1::2])
        save_file({"first": first[:1000], "second": second[:1000], "labels": labels[:1000],
                   "held_first": first[1000:], "held_second": second[1000:], "held_labels": labels[1000:]},
                  os.path.join(out, f"pairs-{size}.safetensors"))


if __name__ == "__main__":
    main(*sys.argv[1:])
