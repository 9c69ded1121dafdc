"""The sport posts of 20 newsgroups as files to tune on: headers removed, the group's last word as the answer.

Usage: python3 Benchmarks/quality/sport.py FOLDER [--shared FOLDER]     (writes sport_train.jsonl, sport_test.jsonl)
"""

import argparse
import gzip
import json
import random
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def write_part(part, folder, shared):
    with gzip.open(shared / f"data/20newsgroups/sport_{part}.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    random.Random(3).shuffle(rows)
    with open(folder / f"sport_{part}.jsonl", "w", encoding="utf-8") as file:
        for row in rows:
            body = row["text"].partition("\n\n")[2].strip()
            answer = " " + row["group"].rpartition(".")[2]
            file.write(json.dumps({"prompt": body + "\n\n###\n\n", "completion": answer}) + "\n")


def main():
    parser = argparse.ArgumentParser(description="The sport posts as training and test files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for part in ("train", "test"):
        write_part(part, options.folder, options.shared)


if __name__ == "__main__":
    main()
