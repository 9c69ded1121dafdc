"""Small indexes of Faiss, and what is in them, for the tests of its files.

Usage: python Tools/golden/faiss_files.py Tests/HoneFilesTests/Golden      (faiss-cpu 1.15.1, numpy)
"""
import json
import os
import sys

import faiss
import numpy as np


def main(folder):
    values = np.random.default_rng(0).normal(size=(40, 6)).round(3).astype(np.float32)
    ids = np.arange(40)[::-1] * 3
    flat = faiss.IndexFlatIP(6)
    flat.add(values)
    lists = faiss.IndexIVFFlat(faiss.IndexFlatL2(6), 6, 4, faiss.METRIC_L2)
    lists.train(values)
    lists.add_with_ids(values, ids)
    sparse = faiss.IndexIVFFlat(faiss.IndexFlatL2(6), 6, 16, faiss.METRIC_L2)
    sparse.train(values)
    sparse.add_with_ids(values[:3], ids[:3])
    graph = faiss.IndexHNSWFlat(6, 4)
    graph.add(values)
    for name, index in (("flat", flat), ("lists", lists), ("sparse", sparse), ("graph", graph)):
        faiss.write_index(index, os.path.join(folder, f"faiss_{name}.index"))
    with open(os.path.join(folder, "faiss.json"), "w", encoding="utf-8") as file:
        json.dump({"made_by": f"Tools/golden/faiss_files.py, faiss-cpu {faiss.__version__}", "ids": ids.tolist(),
                   "values": [[round(float(v), 3) for v in row] for row in values]}, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
