"""What vectors are worth: STS-B, AG news and banking77 for every encoder of a home, beside sentence-transformers.

Usage: python Benchmarks/quality/embeddings.py HONE DATA_FOLDER WORK_FOLDER MODEL [MODEL ...]

HONE_HOME names the home. Columns: Spearman's correlation with the judges of STS-B's development pairs; AG news samples
told apart by the nearest of four descriptions, and by a vote of the five nearest other samples; banking77 with logistic
regression on 80 % of the messages, accuracy on the rest.
"""
import csv
import gzip
import json
import os
import subprocess
import sys

import numpy as np
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression

SUBJECTS = {"World": "world politics and conflicts", "Sports": "sports, games and athletes",
            "Business": "business, companies and markets", "Sci/Tech": "science, computers and technology"}


def texts(data):
    with open(os.path.join(data, "stsb/sts-dev.csv"), encoding="utf-8") as file:
        pairs = [line.rstrip("\n").split("\t") for line in file]
    with open(os.path.join(data, "ag_news/AG_news_samples.csv"), encoding="utf-8", newline="") as file:
        news = list(csv.DictReader(file))
    with open(os.path.join(data, "banking77/train.csv"), encoding="utf-8", newline="") as file:
        bank = list(csv.DictReader(file))
    return {
        "left": [row[5] for row in pairs], "right": [row[6] for row in pairs],
        "news": [row["title"] + ". " + row["description"] for row in news], "subjects": list(SUBJECTS.values()),
        "bank": [row["text"] for row in bank],
    }, {"judged": [float(row[4]) for row in pairs], "news": [row["label"] for row in news],
        "bank": [row["category"] for row in bank]}


def with_hone(program, model, texts, work):
    path, out = os.path.join(work, "texts.jsonl"), os.path.join(work, "vectors.npy")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": text}) + "\n" for text in texts)
    subprocess.run([program, "embed", "-m", model, "--column", "text", path, "-o", out, "--no-cache"], check=True,
                   stdout=subprocess.DEVNULL)
    return np.load(out)


def with_sentence_transformers(folder, texts):
    from sentence_transformers import SentenceTransformer
    return SentenceTransformer(folder, device="cpu").encode(texts, normalize_embeddings=True, batch_size=64)


def figures(embed, texts, labels):
    sts = spearmanr((embed(texts["left"]) * embed(texts["right"])).sum(1), labels["judged"])[0]
    news, names = embed(texts["news"]), np.array(labels["news"])
    zero = np.mean(np.array(list(SUBJECTS))[(news @ embed(texts["subjects"]).T).argmax(1)] == names)
    near = news @ news.T
    np.fill_diagonal(near, -1)
    votes = names[np.argsort(-near, axis=1)[:, :5]]
    five = np.mean([max(set(row), key=lambda name: (list(row).count(name), -list(row).index(name))) == name
                    for row, name in zip(votes.tolist(), names)])
    bank, intents = embed(texts["bank"]), np.array(labels["bank"])
    order = np.random.default_rng(0).permutation(len(bank))
    train, test = order[:len(order) * 4 // 5], order[len(order) * 4 // 5:]
    probe = LogisticRegression(max_iter=1000, C=10).fit(bank[train], intents[train])
    return sts, zero, five, probe.score(bank[test], intents[test])


def main(program, data, work, *models):
    os.makedirs(work, exist_ok=True)
    found, labels = texts(data)
    print("| Model | STS-B dev Spearman | AG news, zero-shot | AG news, 5 nearest | banking77, linear probe |")
    print("|---|---|---|---|---|")
    for model in models:
        row = figures(lambda texts: with_hone(program, model, texts, work), found, labels)
        print(f"| {model} | " + " | ".join(f"{value:.4f}" for value in row) + " |", flush=True)
        folder = os.path.join(os.environ["HONE_HOME"], "models", model)
        if os.path.exists(os.path.join(folder, "modules.json")):
            row = figures(lambda texts: with_sentence_transformers(folder, texts), found, labels)
            print(f"| {model}, sentence-transformers | " + " | ".join(f"{value:.4f}" for value in row) + " |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
