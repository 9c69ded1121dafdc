"""Writes the golden tokenizer of HoneTokenizersTests, and what Hugging Face `tokenizers` makes of texts with it.

A byte-level BPE of 600 tokens is learned from text that this script invents; Golden/README.md describes the files.

Usage: python Tools/golden/tokenizer_golden.py [FOLDER]
       python Tools/golden/tokenizer_golden.py --gpt2 VOCAB MERGES
       python Tools/golden/tokenizer_golden.py --check FOLDER
The second form writes gpt2.json, ids of GPT-2's own vocabulary, which is not stored. The third opens FOLDER (vocab.json,
merges.txt, tokenizer.json, written by Hone) with `transformers`.
"""

import json
import random
import sys
import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

END_OF_TEXT = "<|endoftext|>"
VOCAB_SIZE = 600
GOLDEN = Path(__file__).resolve().parents[2] / "Tests/HoneTokenizersTests/Golden"
SCRIPTS = {
    "latin": ["ka", "to", "mi", "ren", "sul", "pa", "lo", "ve", "and", "ing", "er", "st"],
    "hangul": list("가나다한국어말글이은를요하고서"),
    "han": list("天地人山水火木金土日月中文字大小"),
}
PIECES = [
    "don't", "I'll", "we've", "they're", "it's", "I'm", "he'd", "IT'S", "WE'VE", "'s", "'", "''d", "x'", "o'clock", "' t",
    " ", "  ", "    ", "\t", "\n", "\n\n", "\r\n", " \n ", "\t \t", "\u00a0", "\u3000", "\u2003", "\u2028", "\x85", "\x1c",
    "0", "7", "42", "2024", "3.14", "1,000,000", "½", "Ⅷ", "①", "٣٤", "x2", "2x", "²",
    "가나다", "한국어", " 말글", "\u1112\u1161\u11ab", "天地人", "中文。", "、", "kato", " miren", "Sulpa",
    "👍", "👍🏽", "👩\u200d👩\u200d👧\u200d👦", "🏳️\u200d🌈", "🇰🇷", "☕️", "🤷🏻\u200d♀️", "e\u0301", "a\u0308\u0323", "\u0301", "ñ", "Å",
    "\0", "\u200d", "\ufeff", "\ufffd", "\ufffd\ufffd", "\u007f", "\x01", "\U0010ffff", "\ue000", "\u00ad", "\u200b",
    END_OF_TEXT, " " + END_OF_TEXT, "<|", "|>", "endoftext", "\\n", '"', "{}[]", "…", "—", "__init__", "http://x.y/z?a=1",
]


def invented_lines(seed=600, count=3000):
    r = random.Random(seed)
    for _ in range(count):
        words = []
        for _ in range(r.randrange(1, 12)):
            syllables = SCRIPTS[r.choice(["latin", "latin", "latin", "hangul", "han"])]
            # The lower numbers come more often, as words of a language do.
            words.append("".join(syllables[int(len(syllables) * r.random() ** 2)] for _ in range(r.randrange(1, 4))))
            if r.random() < 0.1:
                words.append(r.choice(["don't", "it's", "we've", "42", "2024", "...", "👍🏽", "é", "  "]))
        yield " ".join(words) + r.choice([".", "?", "\n", "\n\n", ""])


def golden_texts(seed=601):
    r = random.Random(seed)
    assigned = [chr(c) for c in range(0x110000) if unicodedata.ucd_3_2_0.category(chr(c)) not in ("Cn", "Cs", "Co")]
    yield ""
    yield from PIECES
    for piece in ["a", "ab", " ", "\n", "\t ", "가", "天", "👍", "1", ".", "kato", "\ufffd", END_OF_TEXT, "e\u0301"]:
        yield piece * r.randrange(20, 120)
    for _ in range(120):
        yield "".join(r.choice(PIECES) for _ in range(r.randrange(2, 14)))
    for _ in range(60):
        yield "".join(r.choice(assigned) for _ in range(r.randrange(1, 30)))
    yield from invented_lines(seed=602, count=20)


def reference(vocab, merges):
    """The tokenizer without added tokens: the name of a special token in a text is plain text."""
    result = Tokenizer(models.BPE.from_file(str(vocab), str(merges)))
    result.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    result.decoder = decoders.ByteLevel()
    return result


def train():
    result = Tokenizer(models.BPE())
    result.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    result.post_processor = processors.ByteLevel()
    result.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE, special_tokens=[END_OF_TEXT], initial_alphabet=alphabet, show_progress=False)
    result.train_from_iterator(invented_lines(), trainer)
    return result


def write(folder):
    trained = train()
    trained.model.save(str(folder))  # vocab.json and merges.txt
    trained.save(str(folder / "tokenizer.json"), pretty=False)
    document = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    document["model"]["merges"] = [" ".join(pair) for pair in document["model"]["merges"]]
    (folder / "tokenizer_text_merges.json").write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    plain = reference(folder / "vocab.json", folder / "merges.txt")
    rows = []
    for text in golden_texts():
        ids = plain.encode(text, add_special_tokens=False).ids
        for name in ("tokenizer.json", "tokenizer_text_merges.json"):
            other = Tokenizer.from_file(str(folder / name))
            assert END_OF_TEXT in text or other.encode(text, add_special_tokens=False).ids == ids, (name, text)
        assert plain.decode(ids) == text, text
        rows.append({"text": text, "ids": ids})
    save(folder / "golden.json", rows)


def save(path, rows):
    versions = {"python": sys.version.split()[0], "tokenizers": tokenizers.__version__}
    lines = ",\n".join(json.dumps(row) for row in rows)
    path.write_text(f'{{"versions": {json.dumps(versions)}, "rows": [\n{lines}\n]}}\n', "utf-8")
    print(f"{path.name}: {len(rows)} texts, {versions}")


def write_gpt2(vocab, merges):
    plain = reference(vocab, merges)
    texts = ["Hello world", "Hello, I'm a language model,", *list(golden_texts())[::5]]
    save(GOLDEN / "gpt2.json", [{"text": text, "ids": plain.encode(text, add_special_tokens=False).ids} for text in texts])


def check(folder):
    import transformers

    by_json = transformers.PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
    by_auto = transformers.GPT2TokenizerFast(vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"))
    plain = reference(folder / "vocab.json", folder / "merges.txt")
    compared = 0
    for text in golden_texts():
        if END_OF_TEXT in text:
            continue
        ids = plain.encode(text, add_special_tokens=False).ids
        for other in (by_json, by_auto):
            assert other.encode(text, add_special_tokens=False) == ids, (other, text)
        assert by_json.decode(ids, clean_up_tokenization_spaces=False) == text, text
        compared += 1
    end = by_json.convert_tokens_to_ids(END_OF_TEXT)
    assert by_json.encode(END_OF_TEXT, add_special_tokens=False) == [end], end
    print(f"{compared} texts, {len(by_json)} tokens, transformers {transformers.__version__}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        check(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["--gpt2"]:
        write_gpt2(*sys.argv[2:4])
    else:
        write(Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDEN)
