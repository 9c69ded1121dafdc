"""Titles that should find their abstracts: makes the rows and the questions.

Usage: python Benchmarks/search/relevance.py DATA_FOLDER OUT_FOLDER [ROWS] [QUESTIONS]

Writes abstracts.jsonl (key, text) and titles.jsonl (key, text: the title of some of them).
"""
import gzip
import json
import os
import random
import sys


def main(data, out, rows="10000", questions="1000"):
    with gzip.open(os.path.join(data, "arxiv_ml/arxiv_cs_lg_10k.jsonl.gz"), "rt", encoding="utf-8") as file:
        papers = [json.loads(line) for line in file][:int(rows)]
    chosen = random.Random(0).sample(range(len(papers)), int(questions))
    with open(os.path.join(out, "abstracts.jsonl"), "w", encoding="utf-8") as file:
        for number, paper in enumerate(papers):
            file.write(json.dumps({"key": f"p{number}", "text": paper["abstract"]}) + "\n")
    with open(os.path.join(out, "titles.jsonl"), "w", encoding="utf-8") as file:
        for number in chosen:
            file.write(json.dumps({"key": f"p{number}", "text": papers[number]["title"]}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
