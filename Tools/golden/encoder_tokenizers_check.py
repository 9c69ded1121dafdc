"""Compares Hone's ids with those of the Hugging Face library for the tokenizers of encoders: on texts, on nasty strings
of many scripts, and on every character alone, between letters and before marks.

    python encoder_tokenizers_check.py PROGRAM DATA_FOLDER COUNT TOKENIZER_JSON...

PROGRAM wordpieces TOKENIZER_JSON TEXTS_JSONL must print one list of ids a line, as `hone-benchmarks` does.
Needs: tokenizers. Prints the number of texts and of differences, and the first differences.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

from tokenizers import Tokenizer

from wordpiece_check import real_texts

RANGES = [
    (0x20, 0x7F), (0x00, 0x20), (0x7F, 0x100), (0x100, 0x250), (0x300, 0x370), (0x370, 0x400), (0x400, 0x530),
    (0x530, 0x600), (0x600, 0x700), (0x900, 0xE00), (0xE00, 0x1000), (0x1000, 0x1200), (0x1780, 0x1800), (0x1E00, 0x2000),
    (0x2000, 0x2070), (0x2070, 0x2200), (0x2460, 0x2500), (0x2580, 0x25A0), (0x2600, 0x2800), (0x3000, 0x3100), (0x3130, 0x3400),
    (0x4E00, 0x5000), (0xA800, 0xAC00), (0xAC00, 0xB000), (0xD7A0, 0xD800), (0xE000, 0xE010), (0xF900, 0xFB00),
    (0xFB00, 0xFE00), (0xFE00, 0xFF00), (0xFF00, 0x10000), (0x10000, 0x10100), (0x11000, 0x11200), (0x16D40, 0x16D80),
    (0x1D400, 0x1D800), (0x1F100, 0x1F200), (0x1F1E6, 0x1F200), (0x1F300, 0x1FAFF), (0x20000, 0x20020), (0xE0000, 0xE0200)]
PIECES = [
    "한국어", "각", "\u1100\u1161\u11a8", "\u1112\u1161", "カタカナ", "ｶﾞ", "か\u3099", "العربية", "لا", "\ufefb", "हिन्दी", "क्ष", "क्\u200dष",
    "ক্ষ", "తెలుగు", "ไทย", "ｆｕｌｌ", "Ａ１", "👩\u200d👩\u200d👧", "👍🏽", "🇩🇪🇫🇷🇯", "©\u200d©", "❤️\u200d🔥", "e\u0301", "e\u0301\u0323", "ﬁ\u0301", "ﬁ",
    "½", "Ⅷ", "①", "㎏", "™", "İ", "ß", "ẞ", "ǅ", "Ω", "\u212b", "\u1e9b\u0323", "\u0344", "\r\n", "\n", "\t", "\u2028", "\u200b", "\u00ad",
    "\u3000", "\u00a0", "\x00", "\x01", "\x7f", "\ufffd", "\ufeff", "\u2581", "▁▁", "``", "''", "don't", "naïve", "$3.50", "…", "—", " ", "  ", "   ",
    "<s>", "</s>", "<pad>", "<unk>", "<mask>", " <mask> ", "<S>", "<MASK>", "[UNK]", "[unk]", "<0x41>", "the", "The", "word", "Ｗｏｒｄ", "Word ", "hello",
    "Hello", "HELLO world", "x" * 60, "\U00020000", "\u302a", "\u0600", "\u0605a", "\u110bd", "日本語", "中文", "##ing", "aaa", "_the", "the1"]


def nasty_texts(count):
    random.seed(11)
    for _ in range(count):
        parts = []
        for _ in range(random.randrange(1, 14)):
            if random.random() < 0.45:
                parts.append(random.choice(PIECES))
            else:
                first, last = random.choice(RANGES)
                parts.append("".join(chr(random.randrange(first, last)) for _ in range(random.randrange(1, 4))))
        yield "".join(part for part in parts if not any(0xD800 <= ord(c) < 0xE000 for c in part))


def every_character():
    for value in range(0x110000):
        if not 0xD800 <= value < 0xE000:
            yield chr(value)
            yield f"a{chr(value)}b"
            yield f"{chr(value)}\u0301 a{chr(value)}\u200d\u00a9"


def ids(program, tokenizer, texts):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "texts.jsonl")
        with open(path, "w") as file:
            for text in texts:
                file.write(json.dumps(text) + "\n")
        lines = subprocess.run([program, "wordpieces", tokenizer, path], capture_output=True, check=True, text=True)
    return [json.loads(line) for line in lines.stdout.splitlines()]


def check(program, path, kinds):
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    total, different = 0, 0
    for name, texts in kinds:
        found = ids(program, path, texts)
        assert len(found) == len(texts), (len(found), len(texts))
        wrong = 0
        for start in range(0, len(texts), 10000):
            expected = tokenizer.encode_batch_fast(texts[start:start + 10000], add_special_tokens=False)
            for text, got, wanted in zip(texts[start:start + 10000], found[start:start + 10000], expected):
                if got != wanted.ids:
                    wrong += 1
                    if wrong <= 8:
                        print("different:", [hex(ord(c)) for c in text][:16], got[:12], wanted.ids[:12])
        print(f"{os.path.basename(path)}, {name}: {len(texts)} texts, {wrong} differences", flush=True)
        total, different = total + len(texts), different + wrong
    return total, different


def main(program, data, count, *paths):
    kinds = [("real", list(real_texts(data))[:int(count)]), ("nasty", list(nasty_texts(int(count))))]
    if int(count) >= 100000:
        kinds.append(("characters", list(every_character())))
    sums = [check(program, path, kinds) for path in paths]
    print(f"all: {sum(s[0] for s in sums)} texts, {sum(s[1] for s in sums)} differences")
    return 1 if any(s[1] for s in sums) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
