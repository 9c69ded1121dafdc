"""Classification metrics of seeded random cases, as scikit-learn computes them.

Usage: python Tools/golden/metrics_golden.py     (writes Tests/HoneTrainingTests/Golden/metrics.json)
"""

import json
import random
import warnings
from pathlib import Path

import sklearn
from sklearn import metrics

TARGET = Path(__file__).resolve().parents[2] / "Tests/HoneTrainingTests/Golden/metrics.json"


def many_classes(seed):
    """Gold and predicted classes; some classes never occur, some are never predicted."""
    generator = random.Random(seed)
    classes = generator.choice([2, 3, 5, 14])
    count = generator.choice([1, 7, 40, 200])
    gold = [min(classes - 1, int(generator.expovariate(0.7))) for _ in range(count)]
    predicted = [value if generator.random() < 0.6 else generator.randrange(classes) for value in gold]
    return {
        "classes": classes, "gold": gold, "predicted": predicted,
        "accuracy": metrics.accuracy_score(gold, predicted),
        "weighted_f1": metrics.f1_score(gold, predicted, average="weighted", zero_division=0),
        "macro_f1": metrics.f1_score(gold, predicted, average="macro", zero_division=0),
        "confusion": metrics.confusion_matrix(gold, predicted, labels=range(classes)).tolist(),
    }


def two_classes(seed):
    """Scores with ties; the prediction is a score above 0.5."""
    generator = random.Random(1000 + seed)
    count = generator.choice([3, 12, 100, 500])
    positive = [True, False] + [generator.random() < 0.3 for _ in range(count - 2)]
    scores = [round(min(1, max(0, generator.gauss(0.6 if value else 0.4, 0.25))), generator.choice([1, 6]))
              for value in positive]
    predicted = [score > 0.5 for score in scores]
    return {
        "positive": positive, "scores": scores,
        "precision": metrics.precision_score(positive, predicted, zero_division=0),
        "recall": metrics.recall_score(positive, predicted, zero_division=0),
        "f": {str(beta): metrics.fbeta_score(positive, predicted, beta=beta, zero_division=0)
              for beta in [0.5, 1.0, 2.0]},
        "auroc": metrics.roc_auc_score(positive, scores),
        "auprc": metrics.average_precision_score(positive, scores),
    }


def main():
    warnings.simplefilter("ignore")
    golden = {
        "command": "python Tools/golden/metrics_golden.py", "scikit_learn": sklearn.__version__, "tolerance": 1e-12,
        "many": [many_classes(seed) for seed in range(24)], "two": [two_classes(seed) for seed in range(24)],
    }
    TARGET.write_text(json.dumps(golden) + "\n")
    print(f"wrote {len(golden['many']) + len(golden['two'])} cases")


if __name__ == "__main__":
    main()
