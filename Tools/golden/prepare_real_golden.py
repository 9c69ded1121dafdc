"""Makes Tests/HoneDataTests/Golden/prepare_real.jsonl: the older tool on real data sets, all answers yes.

Needs the folder of data sets beside the package (../shared/data) and the packages named in prepare_golden.py.

    venv/bin/python Tools/golden/prepare_real_golden.py ../shared/data > Tests/HoneDataTests/Golden/prepare_real.jsonl
"""
import csv, gzip, json, os, sys

import prepare_golden


def tables(folder):
    path = lambda *parts: os.path.join(folder, *parts)
    with gzip.open(path("20newsgroups", "sport_train.jsonl.gz"), "rt", encoding="utf-8") as f:
        posts = [json.loads(line) for line in f]
    yield "sport", [[p["text"], p["group"].split(".")[-1]] for p in posts]
    with open(path("banking77", "train.csv"), encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))
    yield "banking77", rows[1:]
    with gzip.open(path("clinc150", "data_full.json.gz"), "rt", encoding="utf-8") as f:
        yield "clinc150", json.load(f)["train"]


for name, rows in tables(sys.argv[1]):
    case = dict(name=name, file=f"{name}.csv", format="csv", columns=["prompt", "completion"], rows=rows,
                existing=[], reply=lambda i: True)
    real, fixed = prepare_golden.run(case, False), prepare_golden.run(case, True)
    stored = {"name": name, "rowCount": len(rows), **fixed, "repaired": real != fixed}
    print(json.dumps(stored, ensure_ascii=True, separators=(",", ":")))
