"""Held-out ratings from the likeness of a user's and a product's vectors: the area under the curve with its interval.

Usage: python Benchmarks/search/ratings.py HONE REVIEWS.csv.gz WORK_FOLDER MODEL

Four fifths of the reviews are known. A user is the mean of the vectors of the known reviews he wrote, each minus the mean
of all, times what his rating is above or below the mean (of an unknown user: the same over all reviews); a product the mean of
those written about it. A held-out review is liked with 4 or 5 stars. Printed beside the product's mean rating and chance.
"""
import csv
import gzip
import os
import random
import subprocess
import sys

import numpy as np


def auc(scores, labels):
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    values = np.asarray(scores)[order]
    ranks[order] = np.searchsorted(values, values, "left") + (np.searchsorted(values, values, "right")
                                                              - np.searchsorted(values, values, "left") + 1) / 2
    positive = labels.sum()
    negative = len(labels) - positive
    area = (ranks[labels].sum() - positive * (positive + 1) / 2) / (positive * negative)
    # Hanley and McNeil 1982.
    q1, q2 = area / (2 - area), 2 * area * area / (1 + area)
    variance = (area * (1 - area) + (positive - 1) * (q1 - area * area) + (negative - 1) * (q2 - area * area))
    return area, 1.96 * (variance / (positive * negative)) ** 0.5


def main(program, reviews, work, model):
    with gzip.open(reviews, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    print(f"{sum(not row['Score'] for row in rows)} reviews without a rating are left out")
    rows = [row for row in rows if row["Score"]]
    os.makedirs(work, exist_ok=True)
    table, target = os.path.join(work, "ratings.csv"), os.path.join(work, "ratings.npy")
    with open(table, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text"])
        writer.writerows([row["Summary"] + "; " + row["Text"]] for row in rows)
    subprocess.run([program, "embed", "-m", model, "--column", "text", table, "-o", target], check=True,
                   stdout=subprocess.DEVNULL)
    vectors = np.load(target)
    score = np.array([float(row["Score"]) for row in rows])
    order = list(range(len(rows)))
    random.Random(0).shuffle(order)
    known, held = order[:len(rows) * 4 // 5], order[len(rows) * 4 // 5:]
    centre, usual = vectors[known].mean(0), score[known].mean()
    users, products, ratings = {}, {}, {}
    for index in known:
        users.setdefault(rows[index]["UserId"], []).append((score[index] - usual) * (vectors[index] - centre))
        products.setdefault(rows[index]["ProductId"], []).append(vectors[index] - centre)
        ratings.setdefault(rows[index]["ProductId"], []).append(score[index])
    likes = np.mean([(score[i] - usual) * (vectors[i] - centre) for i in known], 0)
    found = [i for i in held if rows[i]["ProductId"] in products]
    labels = np.array([score[i] >= 4 for i in found])

    def likeness(index):
        user = np.mean(users.get(rows[index]["UserId"], [likes]), 0)
        return float(user @ np.mean(products[rows[index]["ProductId"]], 0))

    seen = np.array([rows[i]["UserId"] in users for i in found])
    for name, scores in (("user x product", [likeness(i) for i in found]),
                         ("product's mean rating", [np.mean(ratings[rows[i]["ProductId"]]) for i in found]),
                         ("random", list(np.random.default_rng(0).random(len(found))))):
        area, interval = auc(np.array(scores), labels)
        print(f"{name}: AUC {area:.3f} +- {interval:.3f} on {len(found)} held-out reviews ({seen.sum()} of known users)")


if __name__ == "__main__":
    main(*sys.argv[1:])
