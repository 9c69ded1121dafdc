"""Makes small tokenizers of the kinds that encoders have, and the ids that the Hugging Face library gives texts with
them, for Tests/HoneTokenizersTests/Golden/encoder-*.json.

    python encoder_tokenizers_golden.py OUT_FOLDER

Needs: tokenizers, transformers, sentencepiece, protobuf. `encoder_tokenizers_check.py` compares on far more texts.
"""
import collections
import copy
import io
import json
import os
import random
import sys
import tempfile
import types
import unicodedata

import sentencepiece
import tokenizers
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import MPNetTokenizer, RobertaTokenizer
from transformers.convert_slow_tokenizer import XLMRobertaConverter

from encoder_tokenizers_check import PIECES, nasty_texts

SENTENCES = """How do I change the address of my account before the new card arrives?
The learned vectors of words that mean the same lie near one another, and the others far away.
Ein kleines Modell auf einem gewöhnlichen Rechner, und die Wörter werden zu Stücken.
Les élèves ont déjà mangé à l'école; où étais-tu hier soir?
Быстрая коричневая лиса прыгает через ленивую собаку у реки.
한국어 문장도 조각으로 나뉜다 그리고 다시 이어진다
日本語の文章も断片に分かれます カタカナ ひらがな
中文的句子没有空格 也可以分成小块
اللغة العربية تكتب من اليمين إلى اليسار
हिन्दी में भी शब्द टुकड़ों में बँट जाते हैं""".split("\n")


def corpus():
    random.seed(5)
    words = [word for sentence in SENTENCES for word in sentence.split()]
    return SENTENCES * 4 + [" ".join(random.choice(words) for _ in range(9)) for _ in range(200)]


def rules():
    """A few hundred rules of the kind that nmt_nfkc has thousands of."""
    ranges = [(0xA0, 0x180), (0x1C4, 0x1CD), (0x2000, 0x2030), (0x2100, 0x2130), (0x2150, 0x2170), (0x2460, 0x2474),
              (0x1100, 0x1100), (0x3000, 0x3001), (0x3131, 0x3140), (0xFB00, 0xFB07), (0xFE70, 0xFEFD), (0xFF01, 0xFFA0), (0x1D400, 0x1D420)]
    for value in (value for first, last in ranges for value in range(first, last)):
        text, normal = chr(value), unicodedata.normalize("NFKC", chr(value))
        if normal != text:
            yield text, normal
    for text in ["e\u0301", "E\u0301", "a\u0308", "o\u0308", "u\u0308", "c\u0327", "\u30ab\u3099", "\u304b\u3099", "\uff76\uff9e", "\u1112\u1161", "\u1112\u1161\u11ab", "\u1100\u1161"]:
        yield text, unicodedata.normalize("NFKC", text)
    for value in [*range(1, 9), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F]:
        yield chr(value), ""
    for value in [9, 10, 12, 13, 0x200B, 0x200E, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD]:
        yield chr(value), " "


def unigram_model(folder, **more):
    table = os.path.join(folder, "rules.tsv")
    with open(table, "w", encoding="utf-8") as file:
        for text, normal in dict(rules()).items():
            file.write(" ".join(f"{ord(c):X}" for c in text) + "\t" + " ".join(f"{ord(c):X}" for c in normal) + "\n")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()), model_writer=model, normalization_rule_tsv=table, model_type="unigram",
        unk_id=0, bos_id=1, eos_id=2, pad_id=-1, hard_vocab_limit=False, minloglevel=2, num_threads=1, **more)
    path = os.path.join(folder, "made.model")
    with open(path, "wb") as file:
        file.write(model.getvalue())
    slow = types.SimpleNamespace(
        vocab_file=path, add_prefix_space=True, convert_tokens_to_ids=lambda name: {"<s>": 0, "</s>": 2}[name])
    converter = XLMRobertaConverter(slow)
    converter.handle_byte_fallback = more.get("byte_fallback", False)
    return json.loads(converter.converted().to_str())


def added(*tokens):
    names = ("content", "id", "single_word", "lstrip", "rstrip", "normalized", "special")
    return [{"id": token[1], **dict(zip(names, token))} for token in tokens]


def xlm_tokens(mask, normalized=False):
    specials = [(name, index, False, False, False, False, True) for index, name in enumerate(["<s>", "<pad>", "</s>", "<unk>"])]
    return added(*specials, ("<mask>", mask, False, True, False, normalized, True))


def unigrams(folder):
    new = unigram_model(folder, vocab_size=330)
    size = len(new["model"]["vocab"])
    new["added_tokens"] = xlm_tokens(size - 1)
    yield "unigram-new", new
    old = copy.deepcopy(new)
    old["normalizer"] = new["normalizer"]["normalizers"][0]
    old["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [
        {"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "str_rep": "▁", "add_prefix_space": True}]}
    yield "unigram-old", old
    spaces = copy.deepcopy(old)
    spaces["normalizer"] = {"type": "Sequence", "normalizers": [
        old["normalizer"], {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]}
    spaces["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    spaces["added_tokens"] = xlm_tokens(size - 1, True) + added(
        ("Ｗｏｒｄ", size, True, False, True, True, False), ("the1", size + 1, True, True, False, False, False))
    yield "unigram-spaces", spaces
    fallback = unigram_model(folder, vocab_size=560, byte_fallback=True)
    fallback["added_tokens"] = xlm_tokens(len(fallback["model"]["vocab"]) - 1)
    fallback["normalizer"] = old["normalizer"]
    fallback["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": False}
    yield "unigram-bytes", fallback
    steps = copy.deepcopy(spaces)
    steps["normalizer"] = {"type": "Sequence", "normalizers": [
        {"type": "Nmt"}, {"type": "Replace", "pattern": {"String": "``"}, "content": "\""}, {"type": "Lowercase"},
        {"type": "StripAccents"}, {"type": "Strip", "strip_left": True, "strip_right": False}, {"type": "Prepend", "prepend": "a"}]}
    steps["pre_tokenizer"]["replacement"] = "_"
    yield "unigram-steps", steps


def word_pieces(count):
    """Letters, and the most frequent beginnings and ends of words: the library's trainer breaks ties as they fall."""
    normalizer, splitter = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    pieces, letters = collections.Counter(), set()
    for line in corpus():
        for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(line)):
            letters |= {word[0], *("##" + letter for letter in word[1:])}
            pieces.update(word[:end] for end in range(2, len(word) + 1))
            pieces.update("##" + word[start:] for start in range(1, len(word) - 1))
    frequent = sorted(pieces, key=lambda piece: (-pieces[piece], piece))
    return ["<s>", "<pad>", "</s>", "<unk>", "[UNK]", "<mask>", *sorted(letters), *frequent[:count]]


def mpnets():
    learned = word_pieces(300)
    whole = json.loads(MPNetTokenizer(vocab={name: index for index, name in enumerate(learned)})._tokenizer.to_str())
    yield "mpnet", whole
    after = copy.deepcopy(whole)
    for token in after["added_tokens"]:
        token["normalized"] = True
    after["added_tokens"] += added(("日本語 İé", len(learned), False, False, True, True, False))
    after["post_processor"] = {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True,
                               "add_prefix_space": False}
    yield "mpnet-normalized", after


def robertas():
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=420, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    made.train_from_iterator(corpus(), trainer)
    model = json.loads(made.to_str())["model"]
    vocab = {**model["vocab"], "<mask>": len(model["vocab"])}
    whole = json.loads(RobertaTokenizer(vocab=vocab, merges=[tuple(pair) for pair in model["merges"]])._tokenizer.to_str())
    for token in whole["added_tokens"]:
        token["lstrip"] = token["content"] == "<mask>"
    yield "roberta", whole
    space = copy.deepcopy(whole)
    space["pre_tokenizer"].update(add_prefix_space=True, use_regex=False)
    space["added_tokens"] += added(("Word ", len(vocab), False, False, True, False, False),
                                   ("hello", len(vocab) + 1, True, True, False, True, False))
    yield "roberta-space", space


def texts():
    yield from ["", " ", "   ", "\n", "<s>", "Hello world", "a  b   c ", " ▁a▁▁b", "x<mask>y  <mask>  z", "<S> </S> <MASK>"]
    yield from SENTENCES + PIECES
    yield from list(nasty_texts(120))


def numbers():
    """Numbers of a JSON document as the library reads them, which is not always the nearest double."""
    random.seed(9)
    texts = ["0", "-0.0", "7", "-12", "1e3", "1E-3", "2.5e+2", "18446744073709551615", "18446744073709551616", "123456789012345678901234567890",
             "0.000000000000000000000000000001234567890123456789", "1e-400", "4.9e-324", "1.7976931348623157e308", "-1e-310"]
    texts += [f"{-random.uniform(0, 20)!r}" for _ in range(80)]
    texts += [f"-{random.randrange(20)}.{random.randrange(10 ** 24):024d}" for _ in range(60)]
    texts += [f"{random.randrange(10 ** 9)}.{random.randrange(10 ** 6)}e{random.randrange(-320, 290)}" for _ in range(60)]
    vocabulary = ",".join(f'["{index}",{text}]' for index, text in enumerate(texts))
    made = Tokenizer.from_str('{"version":"1.0","model":{"type":"Unigram","unk_id":0,"vocab":[' + vocabulary + "]}}")
    read = json.loads(made.to_str())["model"]["vocab"]
    return [{"text": text, "value": float(score).hex()} for text, (_, score) in zip(texts, read)]


def main(out):
    ids = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, document in [*unigrams(folder), *mpnets(), *robertas()]:
            text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
            made = Tokenizer.from_str(text)
            with open(os.path.join(out, f"encoder-{name}.json"), "w", encoding="utf-8") as file:
                file.write(text)
            ids[name] = [made.encode(text, add_special_tokens=False).ids for text in texts()]
    versions = {module.__name__: module.__version__ for module in (tokenizers, transformers, sentencepiece)}
    with open(os.path.join(out, "encoder-ids.json"), "w") as file:
        json.dump({"command": "python Tools/golden/encoder_tokenizers_golden.py OUT", "versions": versions,
                   "texts": list(texts()), "ids": ids, "numbers": numbers()}, file, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1])
