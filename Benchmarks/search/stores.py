"""Stores of vectors beside each other: python Benchmarks/search/stores.py VECTORS OUT [HONE] [--only NAME,NAME] [--every MS].

VECTORS: a folder with base.npy, base.csv and queries.npy, as `make bench-neighbours` makes it. OUT: a folder for all that
is made. HONE: the program hone-benchmarks. Each store, in processes of its own and one after the other: takes all rows
with a text and two fields each in batches of 1,000; makes its index where that is a step of its own; answers queries (k 10,
with texts and fields) alone, then while another thread keeps adding batches; is closed and opened again. Then a process
that adds twenty batches kills itself, and what it had acknowledged is counted; `strace` counts what was forced to disk.

Queries follow each other at once, so a store that answers soon is asked more often while it takes rows; with --every MS
one begins each MS milliseconds, for all stores alike.

Recall is that of the ten nearest of all rows, of those that were acknowledged before or after the query. The rows that
come while queries are answered are those of before with seeded noise (cosine with them about 0.9). Prints a table.
"""
import argparse
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import numpy as np

BATCH, K, ALONE, SECONDS = 1000, 10, 300, 10
WORDS = ["red", "green", "blue", "grey"]


def unit(x):
    return (x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-30)).astype(np.float32)


class Rows:
    """Vectors, texts and fields of all rows; those beyond `first` come while queries are answered."""

    def __init__(self, folder, most=None):
        base, extra = np.load(f"{folder}/base.npy", mmap_mode="r"), np.load(f"{folder}/extra.npy", mmap_mode="r")
        texts = open(f"{folder}/texts.txt", encoding="utf-8").read().split("\n")
        self.texts = texts[:len(base)][:most] + texts[len(base):]
        base = base[:most]
        self.parts, self.first = (base, extra), len(base)
        self.queries = np.load(f"{folder}/queries.npy")

    def __len__(self):
        return sum(len(part) for part in self.parts)

    def batch(self, start):
        part, at = (self.parts[0], start) if start < self.first else (self.parts[1], start - self.first)
        vectors = np.array(part[at:at + BATCH])
        keys = range(start, start + len(vectors))
        return list(keys), vectors, [self.texts[key] for key in keys], [
            {"lang": WORDS[key % 4], "size": key % 1000} for key in keys]


def prepare(vectors, folder):
    """The rows as every program reads them. All vectors of length 1."""
    os.makedirs(folder, exist_ok=True)
    base = unit(np.load(f"{vectors}/base.npy"))
    base = base[:len(base) // BATCH * BATCH]
    np.save(f"{folder}/base.npy", base)
    np.save(f"{folder}/queries.npy", unit(np.load(f"{vectors}/queries.npy")))
    noise = np.random.default_rng(1).normal(size=base.shape).astype(np.float32)
    np.save(f"{folder}/extra.npy", unit(base + 0.5 * unit(noise)))
    with open(f"{vectors}/base.csv", encoding="utf-8", newline="") as file:
        texts = [" ".join(row["text"].split()) for row in csv.DictReader(file)][:len(base)]
    with open(f"{folder}/texts.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(texts + [text + " again" for text in texts]))


class Chroma:
    durability = "SQLite as Chroma sets it; the graph in files beside"

    def __init__(self, path):
        import chromadb
        self.client = chromadb.PersistentClient(path, chromadb.Settings(anonymized_telemetry=False))
        self.rows = self.client.get_or_create_collection("rows", configuration={"hnsw": {"space": "cosine"}})

    def add(self, keys, vectors, texts, fields):
        self.rows.add(ids=[str(key) for key in keys], embeddings=vectors, documents=texts, metadatas=fields)

    def query(self, vector):
        found = self.rows.query(
            query_embeddings=vector[None], n_results=K, include=["documents", "metadatas", "distances"])
        return [int(key) for key in found["ids"][0]]

    def count(self):
        return self.rows.count()


class LanceDB:
    durability = "files of its own"

    def __init__(self, path):
        import lancedb
        import pyarrow
        self.arrow, self.client = pyarrow, lancedb.connect(path)
        self.schema = pyarrow.schema([
            ("key", pyarrow.int64()), ("vector", pyarrow.list_(pyarrow.float32(), 384)), ("text", pyarrow.string()),
            ("lang", pyarrow.string()), ("size", pyarrow.int64())])
        self.rows = self.client.create_table("rows", schema=self.schema, exist_ok=True)

    def add(self, keys, vectors, texts, fields):
        flat = self.arrow.FixedSizeListArray.from_arrays(self.arrow.array(vectors.ravel()), 384)
        self.rows.add(self.arrow.table(
            [keys, flat, texts, [field["lang"] for field in fields], [field["size"] for field in fields]],
            schema=self.schema))

    def index(self):
        self.rows.create_index(metric="cosine", vector_column_name="vector", index_type="IVF_PQ",
                               num_partitions=256, num_sub_vectors=96)

    def query(self, vector):
        search = self.rows.search(vector).distance_type("cosine").nprobes(24).refine_factor(10).limit(K)
        return [row["key"] for row in search.to_list()]

    def count(self):
        return self.rows.count_rows()


class Qdrant:
    most = 20_000  # rows beyond which the client itself says that it is not meant for them; a thousand take seconds
    durability = "SQLite as the client's local mode sets it (there is no server here); exact, all in memory"

    def __init__(self, path):
        import warnings
        warnings.simplefilter("ignore")
        from qdrant_client import QdrantClient, models
        self.models, self.client = models, QdrantClient(path=path)
        if not self.client.collection_exists("rows"):
            self.client.create_collection(
                "rows", vectors_config=models.VectorParams(size=384, distance=models.Distance.COSINE))

    def add(self, keys, vectors, texts, fields):
        self.client.upsert("rows", self.models.Batch(
            ids=keys, vectors=vectors.tolist(),
            payloads=[{"text": text, **field} for text, field in zip(texts, fields)]))

    def query(self, vector):
        return [point.id for point in self.client.query_points("rows", query=vector, limit=K).points]

    def count(self):
        return self.client.count("rows").count


class SQLiteVec:
    durability = "SQLite, write-ahead log, synchronous FULL; exact"

    def __init__(self, path):
        os.makedirs(path, exist_ok=True)
        self.path, self.local = path, threading.local()
        self.connection().execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS rows USING vec0(vector float[384] distance_metric=cosine, lang TEXT, "
            "size INTEGER, +text TEXT)")

    def connection(self):
        """One for each thread, so that who reads does not wait for who writes."""
        if not hasattr(self.local, "database"):
            import pysqlite3 as sqlite3  # Python's own may come without extensions
            import sqlite_vec
            self.local.database = database = sqlite3.connect(f"{self.path}/rows.sqlite", timeout=60)
            database.enable_load_extension(True)
            sqlite_vec.load(database)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
        return self.local.database

    def add(self, keys, vectors, texts, fields):
        with self.connection() as database:
            database.executemany(
                "INSERT INTO rows (rowid, vector, lang, size, text) VALUES (?, ?, ?, ?, ?)",
                [(key, vector.tobytes(), field["lang"], field["size"], text)
                 for key, vector, text, field in zip(keys, vectors, texts, fields)])

    def query(self, vector):
        return [row[0] for row in self.connection().execute(
            "SELECT rowid, distance, lang, size, text FROM rows WHERE vector MATCH ? AND k = ? ORDER BY distance",
            (vector.tobytes(), K))]

    def count(self):
        return self.connection().execute("SELECT count(*) FROM rows").fetchone()[0]


class SQLiteVecWords(SQLiteVec):
    """The same with the words of the texts in FTS5 beside, as a search by words needs."""
    durability = "the same"

    def __init__(self, path):
        super().__init__(path)
        self.connection().execute("CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, content='')")

    def add(self, keys, vectors, texts, fields):
        with self.connection() as database:
            database.executemany(
                "INSERT INTO rows (rowid, vector, lang, size, text) VALUES (?, ?, ?, ?, ?)",
                [(key, vector.tobytes(), field["lang"], field["size"], text)
                 for key, vector, text, field in zip(keys, vectors, texts, fields)])
            database.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", list(zip(keys, texts)))


PEERS = {"Chroma": Chroma, "LanceDB": LanceDB, "Qdrant local": Qdrant, "sqlite-vec": SQLiteVec,
         "sqlite-vec and FTS5": SQLiteVecWords}


def timed(body):
    start = time.perf_counter()
    result = body()
    return result, time.perf_counter() - start


def add(store, rows, start):
    batch = rows.batch(start)
    return timed(lambda: store.add(*batch))[1]


def work(name, folder, path):
    """One peer through all of it; prints what it took as JSON."""
    rows = Rows(folder, getattr(PEERS[name], "most", None))
    store = PEERS[name](path)
    inserts = [add(store, rows, start) for start in range(0, rows.first, BATCH)]
    index = timed(store.index)[1] if hasattr(store, "index") else 0
    done = rows.first

    def ask(number):
        nonlocal done
        before = done
        found, seconds = timed(lambda: store.query(rows.queries[number % len(rows.queries)]))
        return {"seconds": seconds, "before": before, "after": done, "keys": found, "query": number % len(rows.queries)}

    ask(0)
    alone = [ask(number) for number in range(ALONE)]
    writes, stopping = [], threading.Event()

    def write():
        nonlocal done
        while not stopping.is_set() and done < len(rows):
            writes.append(add(store, rows, done))
            done += BATCH

    writer = threading.Thread(target=write)
    start, beside = time.perf_counter(), []
    writer.start()
    every = float(os.environ.get("HONE_STORES_EVERY", 0)) / 1000
    while writer.is_alive() and time.perf_counter() - start < SECONDS:
        beside.append(ask(len(beside)))
        time.sleep(max(0, start + len(beside) * every - time.perf_counter()))
    stopping.set()
    writer.join()
    print(json.dumps({"inserts": inserts, "index": index, "alone": alone, "beside": beside, "writes": writes}))


def first_answer(name, folder, path):
    queries = np.load(f"{folder}/queries.npy")
    PEERS[name](path + "-other")  # what is imported is not what is measured
    print(json.dumps({"seconds": timed(lambda: PEERS[name](path).query(queries[1]))[1]}))


def few(name, folder, path):
    """Adds twenty batches, says so after each, and kills itself."""
    rows = Rows(folder)
    store = PEERS[name](path)
    for start in range(0, 20 * BATCH, BATCH):
        add(store, rows, start)
        print(start + BATCH, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def count(name, folder, path):
    print(PEERS[name](path).count())


# What drives them


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, **options)


def command(name, hone, part, folder, path):
    if name == "Hone":
        return [hone, "stores", part, folder, path]
    return [sys.executable, os.path.abspath(__file__), folder, path, "--part", part, "--only", name]


def forced(name, hone, folder, path):
    """Rows acknowledged and found after a kill, and the files that were forced to disk, with how often."""
    trace = path + ".trace"
    own = command(name, hone, "few", folder, path)
    if shutil.which("strace"):
        own = ["strace", "-f", "-y", "-o", trace, "-e", "trace=fsync,fdatasync,msync,sync_file_range"] + own
    acknowledged = int(run(own).stdout.split()[-1])
    present = int(run(command(name, hone, "count", folder, path)).stdout.split()[-1])
    files = {}
    if os.path.exists(trace):
        for line in open(trace):
            if found := re.search(r"(?:sync|sync_file_range)\(\d+<([^>]*)>", line):
                kind = re.sub(r"[0-9a-f-]{20,}|\d+", "N", os.path.relpath(found[1], path))
                files[kind] = files.get(kind, 0) + 1
    return acknowledged, present, files


def recall(answers, vectors, queries):
    """The share of the nearest that was found; rows that were acknowledged meanwhile may be among them or not."""
    hits = 0
    for answer in answers:
        scores = vectors[:answer["after"] + BATCH] @ queries[answer["query"]]
        wanted = set()
        for end in range(answer["before"], answer["after"] + BATCH + 1, BATCH):
            own = scores[:end]
            wanted |= set(np.argpartition(-own, K)[:K].tolist())
        hits += min(K, len(wanted & set(answer["keys"])))
    return hits / (K * len(answers)) if answers else float("nan")


def quantiles(answers):
    seconds = [answer["seconds"] for answer in answers]
    return [1000 * float(np.quantile(seconds, share)) for share in (0.5, 0.99)] if seconds else [float("nan")] * 2


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vectors")
    parser.add_argument("out")
    parser.add_argument("hone", nargs="?")
    parser.add_argument("--only")
    parser.add_argument("--every", type=float, help="milliseconds")
    parser.add_argument("--part", choices=("work", "first_answer", "few", "count"))
    options = parser.parse_args()
    if options.part:
        return globals()[options.part](options.only, options.vectors, options.out)
    os.environ["HONE_STORES_EVERY"] = str(options.every or 0)
    folder = os.path.join(options.out, "rows")
    if not os.path.exists(f"{folder}/texts.txt"):
        prepare(options.vectors, folder)
    print("| Store | insert, rows/s | index | query alone, p50 / p99, recall@10 | while rows come, p50 / p99, recall@10 | "
          "rows/s beside queries | first answer | after a kill | forced to disk, 20 batches |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in options.only.split(",") if options.only else ["Hone", *PEERS]:
        rows = Rows(folder, getattr(PEERS.get(name), "most", None))
        vectors = np.concatenate(rows.parts)
        path = os.path.abspath(os.path.join(options.out, name.replace(" ", "-")))
        for old in (path, path + "-few", path + "-other"):
            shutil.rmtree(old, ignore_errors=True)
        print(f"running {name}", file=sys.stderr, flush=True)
        done = run(command(name, options.hone, "work", folder, path))
        if done.returncode != 0:
            print(f"{name}: exit {done.returncode}", file=sys.stderr)
            continue
        told = json.loads(done.stdout.splitlines()[-1])
        again = json.loads(run(command(name, options.hone, "first_answer", folder, path)).stdout.splitlines()[-1])
        acknowledged, present, files = forced(name, options.hone, folder, path + "-few")
        alone, beside = quantiles(told["alone"]), quantiles(told["beside"])
        called = name if rows.first > Qdrant.most else f"{name}, {rows.first:,} rows"
        shares = [recall(told[part], vectors, rows.queries) for part in ("alone", "beside")]
        kept = ", ".join(f"{file} {number}" for file, number in sorted(files.items(), key=lambda x: -x[1])[:4])
        print(f"| {called} | {rows.first / sum(told['inserts']):,.0f} | {told['index']:.1f} s | "
              f"{alone[0]:.2f} / {alone[1]:.2f} ms, {shares[0]:.3f} | {beside[0]:.2f} / {beside[1]:.2f} ms, "
              f"{shares[1]:.3f} | {BATCH * len(told['writes']) / max(1e-9, sum(told['writes'])):,.0f} | "
              f"{again['seconds'] * 1000:.0f} ms | {present} of {acknowledged} | {kept or 'nothing'} |", flush=True)
        for peer, kind in PEERS.items():
            if peer == name:
                print(f"{name}: {kind.durability}", file=sys.stderr)


if __name__ == "__main__":
    main()
