"""Writes the texts of the embedding benchmark: short news descriptions, long texts of 256 tokens and more, queries.

Usage: python Benchmarks/embeddings/texts.py DATA_FOLDER OUT [--short N] [--long N]
"""
import argparse
import csv
import gzip
import json
import os


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("--short", type=int, default=2000)
    parser.add_argument("--long", type=int, default=200)
    options = parser.parse_args()
    with gzip.open(os.path.join(options.data, "ag_news/test.csv.gz"), "rt", newline="") as file:
        news = list(csv.reader(file))
    short = [row[2] for row in news if 150 <= len(row[2]) <= 250][:options.short]
    with gzip.open(os.path.join(options.data, "arxiv_ml/arxiv_cs_lg_10k.jsonl.gz"), "rt") as file:
        abstracts = [json.loads(line)["abstract"] for line in file]
    # Long enough to nearly fill a window of 256 tokens, and cut at a word so that none has more in any of the programs.
    long = [" ".join(text.split()[:110]) for text in abstracts if len(text.split()) >= 170][:options.long]
    queries = [row[1] for row in news[3000:3050]]
    with open(options.out, "w") as file:
        json.dump({"short": short, "long": long, "query": queries}, file)
    print(f"{len(short)} short texts, mean {sum(map(len, short)) / len(short):.0f} characters; {len(long)} long ones; "
          f"{len(queries)} queries")


if __name__ == "__main__":
    main()
