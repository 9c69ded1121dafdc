"""The peers' side of the benchmark of neighbours: python peers.py FOLDER PEER THREADS.

PEER: hnswlib, usearch, faiss-hnsw, faiss-ivfpq, faiss-flat. Reads base.npy and queries.npy, builds, tries settings, and
prints one line of JSON for the build and for each share of the ten nearest, with the setting that finds it soonest.
`peak_memory_bytes` is what the index takes: serialised, or as it says itself.
"""
import json
import sys
import time

import numpy as np

SHARES = (0.9, 0.95, 0.99)


def unit(x):
    return (x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-30)).astype(np.float32)


def recall(found, truth):
    return np.mean([len(np.intersect1d(a, b)) for a, b in zip(found, truth)]) / truth.shape[1]


def exact(base, queries):
    best = []
    for first in range(0, len(queries), 250):
        scores = queries[first:first + 250] @ base.T
        best.append(np.argpartition(-scores, 10, axis=1)[:, :10])
    return np.concatenate(best)


class Hnswlib:
    settings = [10, 12, 16, 20, 24, 32, 40, 48, 64, 80, 100, 128, 160, 200, 256, 320, 400, 512]

    def __init__(self, base, threads):
        import hnswlib
        self.index = hnswlib.Index(space="ip", dim=base.shape[1])
        self.index.init_index(max_elements=len(base), ef_construction=128, M=16, random_seed=1)
        self.index.set_num_threads(threads)
        self.index.add_items(base)

    def bytes(self):
        return self.index.index_file_size()

    def search(self, queries, setting):
        self.index.set_ef(setting)
        return self.index.knn_query(queries, k=10)[0]


class Usearch:
    settings = Hnswlib.settings

    def __init__(self, base, threads):
        from usearch.index import Index
        self.threads = threads
        self.index = Index(ndim=base.shape[1], metric="ip", dtype="bf16", connectivity=16, expansion_add=128)
        self.index.add(np.arange(len(base)), base, threads=threads)

    def bytes(self):
        return self.index.memory_usage

    def search(self, queries, setting):
        self.index.expansion_search = setting
        return self.index.search(queries, 10, threads=self.threads).keys


class Faiss:
    def __init__(self, base, threads):
        import faiss
        faiss.omp_set_num_threads(threads)
        self.faiss = faiss
        self.build(base)

    def bytes(self):
        return len(self.faiss.serialize_index(self.index))

    def search(self, queries, setting):
        self.set(setting)
        return self.index.search(queries, 10)[1]


class FaissHNSW(Faiss):
    settings = Hnswlib.settings

    def build(self, base):
        faiss = self.faiss
        self.index = faiss.index_factory(base.shape[1], "HNSW16_SQ8", faiss.METRIC_INNER_PRODUCT)
        self.index.hnsw.efConstruction = 128
        self.index.train(base)
        self.index.add(base)

    def set(self, setting):
        self.index.hnsw.efSearch = setting


class FaissIVFPQ(Faiss):
    settings = [(p, k) for p in (8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768) for k in (4, 6, 8, 12, 16, 24, 40)]

    def build(self, base):
        faiss = self.faiss
        lists = 1024 if len(base) < 300_000 else 4096
        self.index = faiss.index_factory(
            base.shape[1], f"IVF{lists},PQ{base.shape[1] // 4}x4fsr,RFlat", faiss.METRIC_INNER_PRODUCT)
        self.index.train(base)
        self.index.add(base)

    def set(self, setting):
        faiss = self.faiss
        self.index.k_factor = setting[1]
        faiss.extract_index_ivf(self.index.base_index).nprobe = setting[0]


class FaissFlat(Faiss):
    settings = [0]

    def build(self, base):
        self.index = self.faiss.IndexFlatIP(base.shape[1])
        self.index.add(base)

    def set(self, setting):
        pass


PEERS = {"hnswlib": Hnswlib, "usearch": Usearch, "faiss-hnsw": FaissHNSW, "faiss-ivfpq": FaissIVFPQ,
         "faiss-flat": FaissFlat}


def timed(body):
    start = time.perf_counter()
    result = body()
    return result, time.perf_counter() - start


def line(task, seconds, units, memory):
    print(json.dumps({"task": task, "seconds": seconds, "units": [units] * len(seconds), "peak_memory_bytes": memory}),
          flush=True)


def main():
    folder, name, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    base, queries = unit(np.load(f"{folder}/base.npy")), unit(np.load(f"{folder}/queries.npy"))
    words = f"{threads} thread" + ("s" if threads > 1 else "")
    truth = exact(base, queries)
    peer, seconds = timed(lambda: PEERS[name](base, threads))
    memory = peer.bytes()
    line(f"build, {words}", [seconds], 1, memory)
    best = {}
    for setting in peer.settings:
        found, seconds = timed(lambda: peer.search(queries, setting))
        share = recall(found, truth)
        for wanted in SHARES:
            if share >= wanted and seconds < best.get(wanted, (1e9,))[0]:
                best[wanted] = (seconds, setting, share)
    for wanted, (_, setting, share) in sorted(best.items()):
        print(f"{name} {words} recall {share:.4f} with {setting}", file=sys.stderr)
        line(f"recall {wanted}, {words}", [timed(lambda: peer.search(queries, setting))[1] for _ in range(5)],
             len(queries), memory)


if __name__ == "__main__":
    main()
