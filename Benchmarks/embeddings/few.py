"""Divides banking77 into a few messages of each class for training, and others to be told apart.

Usage: python Benchmarks/embeddings/few.py DATA_FOLDER OUT_FOLDER COUNT [SEED]

Writes few.csv (COUNT rows of each class) and rest.csv (2,000 other rows, or fewer).
"""
import csv
import os
import random
import sys


def main(data, out, count, seed=0):
    with open(os.path.join(data, "banking77/train.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    random.Random(int(seed)).shuffle(rows)
    taken, few, rest = {}, [], []
    for row in rows:
        taken[row["category"]] = taken.get(row["category"], 0) + 1
        (few if taken[row["category"]] <= int(count) else rest).append(row)
    for name, part in (("few", few), ("rest", rest[:2000])):
        with open(os.path.join(out, name + ".csv"), "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["text", "category"])
            writer.writeheader()
            writer.writerows(part)
    print(f"{len(few)} and {len(rest[:2000])} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
