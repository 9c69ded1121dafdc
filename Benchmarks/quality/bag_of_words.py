"""What a bag of words reaches on the tasks of this folder: TF-IDF of words and pairs, and logistic regression.

    python Benchmarks/quality/bag_of_words.py TRAIN.jsonl TEST.jsonl     accuracy on TEST
    python Benchmarks/quality/bag_of_words.py ALL.csv                    mean accuracy of 5 folds

Files have the columns or fields prompt and completion. Needs scikit-learn.
"""
import csv
import json
import sys

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file)) if path.endswith(".csv") else [json.loads(line) for line in file]
    return [row["prompt"] for row in rows], [row["completion"] for row in rows]


def classifier(strength):
    return make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=strength, max_iter=3000))


for strength in (1, 10, 100):
    if len(sys.argv) == 2:
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        accuracy = cross_val_score(classifier(strength), *read(sys.argv[1]), cv=folds).mean()
    else:
        accuracy = classifier(strength).fit(*read(sys.argv[1])).score(*read(sys.argv[2]))
    print(f"C {strength}: accuracy {accuracy:.3f}", flush=True)
