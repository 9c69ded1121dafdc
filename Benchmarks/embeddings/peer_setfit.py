"""SetFit on a few examples of each class: what it reaches on others, and how long it takes.

Usage: python Benchmarks/embeddings/peer_setfit.py MODEL_FOLDER FEW.csv REST.csv [ITERATIONS]

FEW and REST: tables of `text` and `category`, see few.py. ITERATIONS: pairs of each kind made for an example (20 is SetFit's
own older default; with none it would make all pairs there are).
"""
import csv
import sys
import time

from datasets import Dataset
from setfit import SetFitModel, Trainer, TrainingArguments


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [row["category"] for row in rows]


def main(model, few, rest, iterations="20"):
    (texts, labels), (others, truths) = read(few), read(rest)
    names = sorted(set(labels))
    model = SetFitModel.from_pretrained(model, labels=names)
    start = time.perf_counter()
    trainer = Trainer(
        model=model, args=TrainingArguments(batch_size=32, num_epochs=1, num_iterations=int(iterations),
                                            save_strategy="no", report_to="none", show_progress_bar=False),
        train_dataset=Dataset.from_dict({"text": texts, "label": labels}))
    trainer.train()
    seconds = time.perf_counter() - start
    found = model.predict(others, show_progress_bar=False)
    right = sum(str(a) == b for a, b in zip(found, truths))
    print(f"SetFit: {right} of {len(others)} right ({100 * right / len(others):.1f} %), {seconds:.0f} s of training")


if __name__ == "__main__":
    main(*sys.argv[1:])
