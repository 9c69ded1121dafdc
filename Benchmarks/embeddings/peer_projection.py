"""A projection matrix learned with PyTorch as the well-known notebook on customised embeddings does it.

Usage: python Benchmarks/embeddings/peer_projection.py PAIRS OUTPUTS EPOCHS [--evaluate]

PAIRS: see pairs.py. The recipe: a random matrix, batches of 100, dropout of 0.2 on both sides, mean squared error of the
cosine against 1 or -1, plain gradient steps. --evaluate adds what the notebook does after every epoch: the cosines of all
pairs one pair at a time, and the best threshold out of 200. Prints a line for compare.py.
"""
import argparse
import json
import resource
import time

import numpy as np
import torch
from safetensors.numpy import load_file


def cosine(matrix, first, second, dropout=0.0):
    if dropout:
        first = torch.nn.functional.dropout(first, p=dropout)
        second = torch.nn.functional.dropout(second, p=dropout)
    return torch.nn.functional.cosine_similarity(first @ matrix, second @ matrix)


def one_by_one(matrix, first, second):
    found = []
    for a, b in zip(first, second):
        a, b = a @ matrix, b @ matrix
        found.append(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    return np.array(found)


def best(cosines, labels):
    cuts = np.linspace(-1, 1, 200)
    shares = [np.mean((cosines > cut) == (labels > 0)) for cut in cuts]
    return cuts[int(np.argmax(shares))]


def train(data, outputs, epochs, evaluate, rate=100.0, batch=100):
    torch.manual_seed(0)
    first, second, labels = (torch.from_numpy(data[name]) for name in ("first", "second", "labels"))
    matrix = torch.randn(first.shape[1], outputs, requires_grad=True)
    for _ in range(epochs):
        for start in range(0, len(labels), batch):
            part = slice(start, start + batch)
            loss = torch.nn.functional.mse_loss(cosine(matrix, first[part], second[part], 0.2), labels[part])
            loss.backward()
            with torch.no_grad():
                matrix -= rate * matrix.grad
                matrix.grad.zero_()
        with torch.no_grad():
            held = cosine(matrix, torch.from_numpy(data["held_first"]), torch.from_numpy(data["held_second"]))
            torch.nn.functional.mse_loss(held, torch.from_numpy(data["held_labels"]))
        if evaluate:
            now = matrix.detach().numpy()
            best(one_by_one(now, data["first"], data["second"]), data["labels"])
            one_by_one(now, data["held_first"], data["held_second"])
    return matrix.detach().numpy()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pairs")
    parser.add_argument("outputs", type=int)
    parser.add_argument("epochs", type=int)
    parser.add_argument("--evaluate", action="store_true")
    options = parser.parse_args()
    data = load_file(options.pairs)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        matrix = train(data, options.outputs, options.epochs, options.evaluate)
        seconds.append(time.perf_counter() - start)
    cut = best(one_by_one(matrix, data["first"], data["second"]), data["labels"])
    held = one_by_one(matrix, data["held_first"], data["held_second"])
    print(json.dumps({
        "task": f"{data['first'].shape[1]} x {options.outputs}", "seconds": seconds, "units": [1] * 3,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "held_out_accuracy": float(np.mean((held > cut) == (data["held_labels"] > 0)))}))


if __name__ == "__main__":
    main()
