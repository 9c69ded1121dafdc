"""Compares Hone's token ids with those of Hugging Face `tokenizers`, and the speed with tiktoken's.

    python Tools/golden/tokenizers_check.py PROGRAM VOCAB MERGES DATA_FOLDER [COUNT]

PROGRAM is `hone-benchmarks`; VOCAB and MERGES are GPT-2's two files. Needs tokenizers and tiktoken.
Texts: every text file under DATA_FOLDER, and COUNT (default 200,000) seeded random and adversarial strings.
"""
import base64, glob, gzip, json, os, random, subprocess, sys, tempfile, time

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
import tiktoken

program, vocab, merges, data = sys.argv[1:5]
count = int(sys.argv[5]) if len(sys.argv) > 5 else 200_000

reference = Tokenizer(models.BPE.from_file(vocab, merges))
reference.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)


def files():
    for path in sorted(glob.glob(os.path.join(data, "**", "*"), recursive=True)):
        opener = gzip.open if path.endswith(".gz") else open
        if os.path.isfile(path) and not path.endswith((".jpg", ".zip")):
            text = opener(path, "rb").read().decode("utf-8", errors="replace")
            for start in range(0, len(text), 100_000):
                yield text[start : start + 100_000]


def random_texts(seed=20261121):
    r = random.Random(seed)
    hangul = [chr(c) for c in range(0xAC00, 0xD7A4)]
    han = [chr(c) for c in range(0x4E00, 0x9FFF)]
    emoji = ["👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇰🇷", "☕️", "✈", "😂", "🤷🏻‍♀️"]
    marks = ["e\u0301", "a\u0308\u0323", "\u0301", "ñ", "Å", "\u200d", "\ufeff", "\u0e01\u0e49"]
    spaces = list(" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2000\u2003\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u180e\u200b")
    words = ["don't", "I'll", "we've", "THEY'RE", "it's", "'S", "''d", "x'm", "hello", "World", " the", "http://x.y/z?a=1", "<|endoftext|>", "3.14", "①", "Ⅷ", "٣٤", "½", "__init__", "{}[]", "…", "—", "\0", "\ufffd", "\ufffd\ufffd"]
    pools = [hangul, han, emoji, marks, spaces, words]
    for _ in range(count):
        kind = r.random()
        if kind < 0.25:
            yield "".join(chr(r.choice([r.randrange(0x20, 0x7F), r.randrange(0, 0xD800), r.randrange(0xE000, 0x110000)])) for _ in range(r.randrange(0, 30)))
        else:
            yield "".join(r.choice(r.choice(pools)) for _ in range(r.randrange(0, 25)))
    for c in range(0x110000):  # every character, between letters
        if not 0xD800 <= c < 0xE000:
            yield "a" + chr(c) + "b1" + chr(c)
    yield "a" * 100_000
    yield "ab" * 50_000
    yield "".join(r.choice("abcdefghij") for _ in range(100_000))
    yield " " * 100_000
    yield "한" * 30_000


def hone(texts, want_ids=True):
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "texts"), os.path.join(folder, "ids")
        with open(source, "w", encoding="utf-8") as f:
            for text in texts:
                f.write(json.dumps(text) + "\n")
        out = subprocess.run([program, "encode", vocab, merges, source] + ([target] if want_ids else []), capture_output=True, text=True)
        if out.returncode:
            raise SystemExit(out.stderr)
        ids = [json.loads(line) for line in open(target)] if want_ids else None
        return ids, json.loads(out.stdout.splitlines()[-1])


differences = compared = 0
for name, source in (("files", files()), ("random", random_texts())):
    batch = []

    def check(batch):
        global differences, compared
        ids, _ = hone(batch)
        for text, mine, theirs in zip(batch, ids, reference.encode_batch(batch, add_special_tokens=False)):
            compared += 1
            if mine != theirs.ids:
                differences += 1
                if differences <= 5:
                    print("differs:", repr(text[:60]), mine[:12], theirs.ids[:12])

    for text in source:
        batch.append(text)
        if len(batch) == 100_000 or sum(map(len, batch[-1:])) > 90_000 and len(batch) > 200:
            check(batch)
            batch = []
    check(batch)
    print(f"{name}: {compared} texts compared so far, {differences} differences")

alphabet, n = {}, 0
for b in range(256):
    printable = 0x21 <= b <= 0x7E or 0xA1 <= b <= 0xAC or 0xAE <= b <= 0xFF
    alphabet[chr(b) if printable else chr(256 + n)] = b
    n += not printable
mergeable = {bytes(alphabet[c] for c in word): i for word, i in json.load(open(vocab)).items() if word != "<|endoftext|>"}
tik = tiktoken.Encoding("gpt2-local", pat_str=r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""", mergeable_ranks=mergeable, special_tokens={"<|endoftext|>": 50256})
os.environ["RAYON_NUM_THREADS"] = "1"
news = [json.loads(line)["text"] for line in gzip.open(os.path.join(data, "20newsgroups/test.jsonl.gz"), "rt")][:3000]
abstracts = [json.loads(line)["abstract"] for line in gzip.open(os.path.join(data, "arxiv_ml/arxiv_cs_lg_10k.jsonl.gz"), "rt")][:5000]
for name, texts in (("newsgroups", news), ("abstracts", abstracts)):
    size = sum(len(t.encode()) for t in texts) / 1e6
    rows = []
    for _ in range(5):
        mine = hone(texts, want_ids=False)[1]["megabytes_per_second"]
        start = time.perf_counter()
        for t in texts:
            tik.encode_ordinary(t)
        theirs = size / (time.perf_counter() - start)
        start = time.perf_counter()
        for t in texts[:500]:
            reference.encode(t, add_special_tokens=False)
        hf = sum(len(t.encode()) for t in texts[:500]) / 1e6 / (time.perf_counter() - start)
        rows.append((mine, theirs, hf))
    median = [sorted(column)[2] for column in zip(*rows)]
    print(f"{name}: Hone {median[0]:.1f} MB/s, tiktoken {median[1]:.1f}, Hugging Face {median[2]:.1f}; Hone / tiktoken {median[0] / median[1]:.2f}")
sys.exit(1 if differences else 0)
