"""Writes the texts whose vectors the benchmark of neighbours searches: all news there are, then sentences of others.

Usage: python Benchmarks/neighbours/texts.py DATA_FOLDER OUT_FOLDER [--rows N] [--queries N]

base.csv and queries.csv, column `text`, all distinct, drawn from the same texts by a seeded shuffle.
"""
import argparse
import csv
import gzip
import json
import os
import random
import re


def news(data):
    with open(os.path.join(data, "ag_news/AG_news_samples.csv"), newline="") as file:
        yield from (f"{row['title']}. {row['description']}" for row in csv.DictReader(file))
    with gzip.open(os.path.join(data, "ag_news/test.csv.gz"), "rt", newline="") as file:
        yield from (f"{row[1]}. {row[2]}" for row in csv.reader(file))
    with gzip.open(os.path.join(data, "ag_news/train_5k.csv.gz"), "rt", newline="") as file:
        yield from (row[0] for row in csv.reader(file))


def others(data):
    with open(os.path.join(data, "dbpedia/dbpedia_samples.jsonl")) as file:
        yield from (json.loads(line)["text"] for line in file)
    with gzip.open(os.path.join(data, "fine_food/reviews_5k.csv.gz"), "rt", newline="") as file:
        yield from (row["Text"].replace("<br />", " ") for row in csv.DictReader(file))
    with gzip.open(os.path.join(data, "arxiv_ml/arxiv_cs_lg_10k.jsonl.gz"), "rt") as file:
        yield from (json.loads(line)["abstract"] for line in file)
    with gzip.open(os.path.join(data, "20newsgroups/train.jsonl.gz"), "rt") as file:
        yield from (json.loads(line)["text"].partition("\n\n")[2] for line in file)


def sentences(texts):
    for text in texts:
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            sentence = " ".join(sentence.split())
            letters = sum(c.isalpha() or c == " " for c in sentence)
            if 40 <= len(sentence) <= 220 and letters > 0.85 * len(sentence):
                yield sentence


def write(path, texts):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text"])
        writer.writerows([text] for text in texts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=2_000)
    options = parser.parse_args()
    whole = list(dict.fromkeys(" ".join(text.split()) for text in news(options.data)))
    extra = list(dict.fromkeys(sentences(others(options.data))))
    chance = random.Random(5)
    chance.shuffle(extra)
    texts = whole + extra[:options.rows + options.queries - len(whole)]
    chance.shuffle(texts)
    write(os.path.join(options.out, "queries.csv"), texts[:options.queries])
    write(os.path.join(options.out, "base.csv"), texts[options.queries:])
    print(f"{len(whole)} news, {len(extra)} sentences; {len(texts) - options.queries} rows, {options.queries} queries, "
          f"mean {sum(map(len, texts)) / len(texts):.0f} characters")


if __name__ == "__main__":
    main()
