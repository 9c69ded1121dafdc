"""Writes the examples of nano's second training, as JSON Lines of prompt and completion: texts with an answer that can be
read from them, so that nano has learned to look back over a text from its separator.

    python3 Models/nano/tasks.py ../shared/data tasks.jsonl

Abstracts with their title, their field, and the three words that set them apart; CLINC150 and banking77 with their
intents; SNLI pairs with their relation. The abstracts that corpus.py keeps out are kept out here.
"""
import collections, csv, gzip, json, math, os, random, re, sys

from corpus import FIELDS, held_out, lines

data, target = sys.argv[1:3]
r = random.Random(2)
rows = []


def add(text, answer):
    rows.append({"prompt": text + "\n\n###\n\n", "completion": " " + answer})


papers = list(lines(data, "arxiv_ml/arxiv_cs_lg_10k.jsonl.gz"))
outside = held_out(len(papers))
papers = [paper for row, paper in enumerate(papers) if row not in outside]
words = [collections.Counter(re.findall(r"[a-z]{4,}", paper["abstract"].lower())) for paper in papers]
spread = collections.Counter(word for counts in words for word in counts)
for paper, counts in zip(papers, words):
    def weight(word):
        return (1 + math.log(counts[word])) * math.log(len(papers) / spread[word])

    common = [word for word in counts if spread[word] >= 20]
    add(paper["abstract"], ", ".join(sorted(common, key=weight, reverse=True)[:3]) + "\n")
    add(paper["abstract"], paper["title"] + "\n")
    field = next((FIELDS[c] for c in paper["categories"] if c in FIELDS), None)
    if field and (field not in ("intelligence", "vision", "language") or r.random() < 0.5):
        add(paper["abstract"], field)

clinc = json.load(gzip.open(os.path.join(data, "clinc150/data_full.json.gz")))
for part in ("train", "val", "oos_train", "oos_val"):
    for text, intent in clinc[part]:
        add(text, intent.replace("_", " "))
for row in csv.DictReader(open(os.path.join(data, "banking77/train.csv"), encoding="utf-8")):
    add(row["text"], row["category"].replace("_", " ").lower())
for row in csv.DictReader(gzip.open(os.path.join(data, "snli/snli_1.0_train_2k.csv.gz"), "rt", encoding="utf-8")):
    if row["gold_label"] != "-":
        add(row["sentence1"] + "\n" + row["sentence2"], row["gold_label"])

r.shuffle(rows)
with open(target, "w", encoding="utf-8") as f:
    for row in rows:
        f.write(json.dumps(row, ensure_ascii=False) + "\n")
print(f"{len(rows)} examples")
