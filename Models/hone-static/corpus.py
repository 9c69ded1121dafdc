"""Writes the short texts that hone-static is fitted to, one JSON object a line: those that nano was trained on.

Usage: python3 Models/hone-static/corpus.py DATA_FOLDER OUT

arXiv titles and sentences of abstracts (CC0), SNLI (CC BY-SA 4.0), CLINC150 (CC BY 3.0), banking77 (CC BY 4.0),
BoolQ questions (CC BY-SA 3.0), tinyshakespeare (public domain).
"""
import csv
import gzip
import json
import os
import random
import re
import sys


def texts(data):
    def opened(path):
        return gzip.open(os.path.join(data, path), "rt", encoding="utf-8", newline="")

    with opened("snli/snli_1.0_train_2k.csv.gz") as file:
        for row in csv.DictReader(file):
            yield row["sentence1"]
            yield row["sentence2"]
    with opened("clinc150/data_full.json.gz") as file:
        for rows in json.load(file).values():
            yield from (row[0] for row in rows)
    with open(os.path.join(data, "banking77/train.csv"), encoding="utf-8", newline="") as file:
        yield from (row["text"] for row in csv.DictReader(file))
    with opened("boolq/train.jsonl.gz") as file:
        yield from (json.loads(line)["question"] for line in file)
    with opened("tinyshakespeare/input.txt.gz") as file:
        for speech in file.read().split("\n\n"):
            words = " ".join(speech.split("\n")[1:]).strip()
            if len(words) > 20:
                yield words[:200]
    random.seed(1)
    with opened("arxiv_ml/arxiv_cs_lg_10k.jsonl.gz") as file:
        for line in file:
            paper = json.loads(line)
            yield paper["title"]
            sentences = re.split(r"(?<=[.!?]) +", paper["abstract"])
            yield from random.sample(sentences, min(3, len(sentences)))


def main(data, out):
    count = 0
    with open(out, "w", encoding="utf-8") as file:
        for text in texts(data):
            if text.strip():
                file.write(json.dumps({"text": text}) + "\n")
                count += 1
    print(f"{count} texts")


if __name__ == "__main__":
    main(*sys.argv[1:])
