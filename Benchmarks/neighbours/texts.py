"""Writes the texts whose vectors the benchmark of neighbours searches: all news there are, then sentences of others.

Usage: python Benchmarks/neighbours/texts.py DATA_FOLDER OUT_FOLDER [--rows N] [--queries N] [--windows]

base.csv and queries.csv, column `text`, all distinct, drawn from the same texts by a seeded shuffle. With --windows, when
there are not as many sentences (1,000,000 rows): twelve words of every text there is, every few words, as documents are
cut into overlapping pieces; the queries are pieces of texts that no row is a piece of.
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


def posts(data):
    with gzip.open(os.path.join(data, "20newsgroups/test.jsonl.gz"), "rt") as file:
        yield from (json.loads(line)["text"].partition("\n\n")[2] for line in file)
    with gzip.open(os.path.join(data, "arxiv_ml/ml_arxiv_recent_1k.json.gz"), "rt") as file:
        yield from (row["summary"] for row in json.load(file))


def windows(texts, stride, words=12):
    for text in texts:
        split = [word for word in text.split() if any(c.isalpha() for c in word) and len(word) < 24]
        for first in range(0, len(split) - words + 1, stride):
            yield " ".join(split[first:first + words])


def overlapping(data, rows, queries, chance):
    """Rows, queries: pieces of all texts, the queries of other texts than the rows."""
    texts = [text for source in (news, others, posts) for text in source(data)]
    texts = list(dict.fromkeys(texts))
    chance.shuffle(texts)
    held_out = texts[:len(texts) // 50]
    asked = list(dict.fromkeys(windows(held_out, 24)))
    chance.shuffle(asked)
    for stride in range(12, 1, -1):
        base = list(dict.fromkeys(windows(texts[len(held_out):], stride)))
        if len(base) >= rows:
            break
    chance.shuffle(base)
    print(f"{len(texts)} texts, a piece every {stride} words: {len(base)}")
    return base[:rows], asked[:queries]


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
    parser.add_argument("--windows", action="store_true")
    options = parser.parse_args()
    chance = random.Random(5)
    if options.windows:
        base, queries = overlapping(options.data, options.rows, options.queries, chance)
    else:
        whole = list(dict.fromkeys(" ".join(text.split()) for text in news(options.data)))
        extra = list(dict.fromkeys(sentences(others(options.data))))
        chance.shuffle(extra)
        texts = whole + extra[:options.rows + options.queries - len(whole)]
        chance.shuffle(texts)
        base, queries = texts[options.queries:], texts[:options.queries]
        print(f"{len(whole)} news, {len(extra)} sentences")
    write(os.path.join(options.out, "queries.csv"), queries)
    write(os.path.join(options.out, "base.csv"), base)
    print(f"{len(base)} rows, {len(queries)} queries, mean {sum(map(len, base)) / len(base):.0f} characters")


if __name__ == "__main__":
    main()
