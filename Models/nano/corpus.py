"""Writes the texts that nano is trained on, as JSON Lines {"text": …}, from the data sets named below.

    python3 Models/nano/corpus.py ../shared/data corpus.jsonl joined.jsonl

The second file holds the same texts in another order, as many behind each other as fill the context, so that all
positions are learned: most texts are far shorter.

Used: arXiv abstracts (metadata CC0), CLINC150 (CC BY 3.0), banking77 (CC BY 4.0), BoolQ questions (CC BY-SA 3.0),
SNLI sentences (CC BY-SA 4.0), Shakespeare (public domain). Each text stands once as it is; texts that have a label
stand once more in the form of a training prompt, so that nano knows what a separator is for.
Left out: the abstracts that `hone tune --text … --valid-fraction 0.2 --seed 200` keeps for validation.
"""
import csv, gzip, json, os, random, sys

r = random.Random(1)
texts = []
MASK = (1 << 64) - 1


def xoshiro(seed):
    state = []
    for _ in range(4):
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        state.append(z ^ (z >> 31))
    rot = lambda x, k: ((x << k) | (x >> (64 - k))) & MASK
    a, b, c, d = state
    while True:
        yield (rot((a + d) & MASK, 23) + a) & MASK
        t = (b << 17) & MASK
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        d = rot(d, 45)


def held_out(count, fraction=0.2, seed=200):
    """The rows that Hone's text split keeps for validation: the end of its seeded shuffle."""
    rows, numbers = list(range(count)), xoshiro(seed)
    for place in range(count - 1):
        bound = count - place
        while True:
            product = next(numbers) * bound
            if (product & MASK) >= bound or (product & MASK) >= (-bound & MASK) % bound:
                break
        swap = place + (product >> 64)
        rows[place], rows[swap] = rows[swap], rows[place]
    return set(rows[count - round(count * fraction):])


SEPARATORS = ["\n\n###\n\n", "\n\n###\n\n", " ->", "\n\n===\n\n", "\n\n---\n\n"]


def labelled(text, label):
    texts.append(text + r.choice(SEPARATORS) + " " + label)


def lines(data, name):
    with gzip.open(os.path.join(data, name), "rt", encoding="utf-8") as f:
        yield from map(json.loads, f)


FIELDS = {"cs.CV": "vision", "cs.CL": "language", "stat.ML": "statistics", "cs.AI": "intelligence", "cs.CR": "security",
          "cs.RO": "robotics", "math.OC": "optimization", "cs.IR": "retrieval", "eess.SY": "control", "cs.SD": "sound",
          "cs.NE": "evolution", "quant-ph": "quantum", "cs.DC": "distributed", "cs.HC": "humans", "cs.SE": "software"}


def write_joined(texts, target, characters=4200):
    order = list(texts)
    random.Random(5).shuffle(order)
    with open(target, "w", encoding="utf-8") as f:
        text = ""
        for next_text in order + [None]:
            if next_text is not None:
                text += ("\n\n" if text else "") + next_text
            if text and (next_text is None or len(text) > characters):
                f.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
                text = ""


def main():
    data, target, joined = sys.argv[1:4]
    papers = list(lines(data, "arxiv_ml/arxiv_cs_lg_10k.jsonl.gz"))
    outside = held_out(len(papers))
    for row, paper in enumerate(papers):
        if row in outside:
            continue
        texts.append(paper["title"] + "\n" + paper["abstract"])
        field = next((FIELDS[c] for c in paper["categories"] if c in FIELDS), None)
        if field and (field not in ("intelligence", "vision", "language") or r.random() < 0.5):
            labelled(paper["abstract"], field)

    clinc = json.load(gzip.open(os.path.join(data, "clinc150/data_full.json.gz")))
    for part in ("train", "val", "oos_train", "oos_val"):
        for text, intent in clinc[part]:
            texts.append(text)
            labelled(text, intent.replace("_", " "))
    for row in csv.DictReader(open(os.path.join(data, "banking77/train.csv"), encoding="utf-8")):
        texts.append(row["text"])
        labelled(row["text"], row["category"].replace("_", " ").lower())
    for row in lines(data, "boolq/train.jsonl.gz"):
        labelled(row["question"] + "?", "yes" if row["answer"] else "no")
    seen = set()
    for row in csv.DictReader(gzip.open(os.path.join(data, "snli/snli_1.0_train_2k.csv.gz"), "rt", encoding="utf-8")):
        for key in ("sentence1", "sentence2"):
            if row[key] not in seen:
                seen.add(row[key])
                texts.append(row[key])
        if row["gold_label"] != "-":
            labelled(row["sentence1"] + "\n" + row["sentence2"], row["gold_label"])
    with gzip.open(os.path.join(data, "tinyshakespeare/input.txt.gz"), "rt", encoding="utf-8") as f:
        speeches = f.read().split("\n\n")
    for start in range(0, len(speeches), 12):
        texts.append("\n\n".join(speeches[start:start + 12]))

    r.shuffle(texts)
    with open(target, "w", encoding="utf-8") as f:
        for text in texts:
            f.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    write_joined(texts, joined)
    print(f"{len(texts)} texts, {sum(map(len, texts)) / 1e6:.1f} M characters")


if __name__ == "__main__":
    main()
