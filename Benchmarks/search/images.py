"""Pictures of one class among a picture's five nearest, each asked without itself; features and pictures a second beside torch.

Usage: python Benchmarks/search/images.py HONE_BENCHMARKS MODEL_FOLDER PHOTOS WORK_FOLDER

PHOTOS holds a folder for each class. Hone's features are compared with those that torch (two threads) computes from the same
weights and the same decoded pixels; beside them raw pixels as vectors, by cosine and by Euclid.
"""
import json
import os
import subprocess
import sys
import time

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Tools/golden"))
from mobilenet_golden import TorchNetwork  # noqa: E402


def precision(vectors, labels, metric, k=5):
    vectors = vectors.astype(np.float64)
    if metric == "cosine":
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    squares = (vectors ** 2).sum(1)
    distances = squares[:, None] + squares[None] - 2 * vectors @ vectors.T
    np.fill_diagonal(distances, np.inf)
    near = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return (labels[near] == labels[:, None]).mean()


def main(program, model, photos, work):
    files = sorted(os.path.join(folder, name) for folder, _, names in os.walk(photos) for name in names
                   if name.lower().endswith((".jpg", ".jpeg", ".png")))
    labels = np.unique([os.path.basename(os.path.dirname(file)) for file in files], return_inverse=True)[1]
    os.makedirs(work, exist_ok=True)
    listing = os.path.join(work, "pictures.txt")
    with open(listing, "w") as file:
        file.write("\n".join(files) + "\n")
    found = subprocess.run([program, "images", model, work, listing], check=True, capture_output=True, text=True,
                           env=os.environ | {"HONE_THREADS": "2"})
    hone = json.loads(found.stdout.splitlines()[-1])
    pixels = np.load(os.path.join(work, "pixels.npy")).reshape(len(files), 224, 224, 3)
    features = np.load(os.path.join(work, "features.npy"))

    torch.set_num_threads(2)
    network = TorchNetwork(model)
    inputs = torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))
    rates = []
    with torch.inference_mode():
        for _ in range(5):
            begin = time.perf_counter()
            reference = torch.cat([network(part) for part in inputs.split(20)]).numpy()
            rates.append(len(files) / (time.perf_counter() - begin))
    print(f"largest difference of a feature to torch: {np.abs(features - reference).max():.2e}")
    print(f"pictures/s, 2 threads, batches: Hone {hone['network_per_second']:.0f}, torch {sorted(rates)[2]:.0f}; "
          f"from files to vectors: Hone {hone['files_per_second']:.0f}")

    def raw(size):
        return np.stack([np.asarray(Image.open(file).convert("RGB").resize((size, size), Image.Resampling.BILINEAR))
                         .reshape(-1) for file in files])

    small, large = raw(32), raw(224)
    print(f"same-class precision@5, {len(files)} pictures, {labels.max() + 1} classes, chance "
          f"{(np.bincount(labels)[labels] - 1).mean() / (len(files) - 1):.3f}")
    for name, vectors in [("Hone", features), ("torch", reference), ("pixels 32", small), ("pixels 224", large)]:
        print(f"{name:12}" + "".join(f"  {metric} {precision(vectors, labels, metric):.3f}" for metric in ("cosine", "euclid")))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
