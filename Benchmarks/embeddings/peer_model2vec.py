"""model2vec's own distillation of the same teacher as hone-static, on the sentence pairs of STS-B.

    python Benchmarks/embeddings/peer_model2vec.py MODEL_FOLDER DATA_FOLDER [HONE]

MODEL_FOLDER: all-MiniLM-L6-v2. Prints the Spearman correlation on the dev pairs and texts a second on one call; with
HONE, that program's hone-static beside it. Needs: model2vec[distill], scipy, numpy.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy
from model2vec.distill import distill
from scipy.stats import spearmanr


def pairs(data):
    with open(os.path.join(data, "stsb", "sts-dev.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row[5] for row in rows], [row[6] for row in rows], [float(row[4]) for row in rows]


def spearman(vectors, scores):
    first, second = vectors[: len(scores)], vectors[len(scores):]
    norms = numpy.linalg.norm(first, axis=1) * numpy.linalg.norm(second, axis=1)
    return spearmanr((first * second).sum(1) / (norms + 1e-9), scores)[0]


def hone_vectors(program, texts):
    with tempfile.TemporaryDirectory() as folder:
        rows, target = os.path.join(folder, "texts.jsonl"), os.path.join(folder, "texts.npy")
        with open(rows, "w", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": text}) + "\n" for text in texts)
        subprocess.run([program, "embed", "-m", "hone-static", "--column", "text", rows, "-o", target], check=True,
                       stdout=subprocess.DEVNULL)
        return numpy.load(target)


def main(model, data, program=None):
    first, second, scores = pairs(data)
    peer = distill(model_name=model, pca_dims=256)
    many = (first + second) * 20
    start = time.perf_counter()
    peer.encode(many)
    pace = len(many) / (time.perf_counter() - start)
    print(f"model2vec: Spearman {spearman(peer.encode(first + second), scores):.4f}, {pace:.0f} texts/s")
    if program:
        print(f"hone-static: Spearman {spearman(hone_vectors(program, first + second), scores):.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
