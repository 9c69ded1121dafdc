"""Compares Hone's WordPiece ids with those of the Hugging Face library, on texts, on nasty strings, and on every
character alone and between letters.

    python wordpiece_check.py BENCHMARKS_PROGRAM TOKENIZER_JSON DATA_FOLDER [COUNT]

Needs: tokenizers. Prints the number of texts and of differences, and the first differences.
"""
import csv
import gzip
import io
import json
import os
import random
import subprocess
import sys
import tempfile

from tokenizers import Tokenizer


def real_texts(data):
    yield from (row["text"] for row in csv.DictReader(open(os.path.join(data, "banking77/train.csv"), newline="")))
    for row in csv.DictReader(open(os.path.join(data, "ag_news/AG_news_samples.csv"), newline="")):
        yield row["title"] + " " + row["description"]
    with gzip.open(os.path.join(data, "arxiv_ml/arxiv_cs_lg_10k.jsonl.gz"), "rt") as file:
        yield from (json.loads(line)["abstract"] for line in file)
    with gzip.open(os.path.join(data, "geonames/cities15000.txt.gz"), "rt") as file:
        yield from (line.split("\t")[3][:400] for line in file)
    with gzip.open(os.path.join(data, "20newsgroups/test.jsonl.gz"), "rt") as file:
        yield from (json.loads(line)["text"] for line in file)


def nasty_texts(count):
    random.seed(7)
    pieces = ["한국어", "中文字", "ｆｕｌｌ", "👩‍👩‍👧", "é", "e\u0301", "İ", "ß", "ﬁ", "\u200b", "\u00ad", "\t", "\r\n", "\u2028",
              "[MASK]", "[CLS]", "[SEP]", "[UNK]", "[mask]", "##ing", "a" * 101, "naïve", "don't", "$3.50", "…", "—",
              "\x00", "\ufffd", "\ue000", "\U0001f600", "العربية", "हिन्दी", "ไทย", "Ω", "ǅ", "Ⅷ", "½", "\u0345", "x" * 99,
              "\u1e9b\u0323", "\uac01", "\u1100\u1161", "word", " ", "  ", "-", "_", "日本", "\U00020000", "\u302a"]
    for _ in range(count):
        yield "".join(random.choice(pieces) if random.random() < 0.6 else chr(random.choice(
            [random.randrange(32, 127), random.randrange(0x80, 0x3000), random.randrange(0x3000, 0xd800)]))
            for _ in range(random.randrange(1, 14)))


def every_character():
    for value in range(0x110000):
        if not 0xD800 <= value < 0xE000:
            yield chr(value)
            yield f"a{chr(value)}b"


def main(program, tokenizer_json, data, count=100000):
    tokenizer = Tokenizer.from_file(tokenizer_json)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    total, different = 0, 0
    for name, texts in (("real", real_texts(data)), ("nasty", nasty_texts(int(count))), ("characters", every_character())):
        texts = list(texts)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "texts.jsonl")
            with open(path, "w") as file:
                for text in texts:
                    file.write(json.dumps(text) + "\n")
            lines = subprocess.run([program, "wordpieces", tokenizer_json, path], capture_output=True, check=True, text=True)
        found = [json.loads(line) for line in lines.stdout.splitlines()]
        assert len(found) == len(texts), (len(found), len(texts))
        wrong = 0
        for start in range(0, len(texts), 10000):
            expected = tokenizer.encode_batch(texts[start:start + 10000], add_special_tokens=False)
            for text, ids, wanted in zip(texts[start:start + 10000], found[start:start + 10000], expected):
                if ids != wanted.ids:
                    wrong += 1
                    if wrong <= 20:
                        print("different:", [hex(ord(c)) for c in text][:12], ids[:12], wanted.ids[:12])
        print(f"{name}: {len(texts)} texts, {wrong} differences")
        total, different = total + len(texts), different + wrong
    print(f"all: {total} texts, {different} differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
