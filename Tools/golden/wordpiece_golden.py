"""Writes texts, and the ids that the Hugging Face library gives them with a small vocabulary, for
Tests/HoneTokenizersTests/Golden/wordpiece.json and its two tokenizers.

    python wordpiece_golden.py OUT_FOLDER

Needs: tokenizers. `wordpiece_check.py` compares with a whole vocabulary, on every character.
"""
import json
import os
import random
import sys

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789éüßжяω한국中文字ก"
WORDS = ["the", "un", "able", "want", "run", "play", "ing", "ed", "er", "token", "how", "many", "cafe", "naive", "don", "é"]


def vocabulary():
    pieces = ["[PAD]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~…—。")
    pieces += list(LETTERS) + ["ᄒ", "ᅡ", "ᆫ", "##" + "ᅡ", "##" + "ᆫ"] + WORDS
    pieces += ["##" + letter for letter in LETTERS] + ["##" + word for word in WORDS if len(word) > 1]
    return {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}


def texts():
    yield from [
        "", " ", "How many?", "unwanted RUNNING", "the the\tthe\r\nthe", "don't", "Café naïve NAÏVE", "e\u0301", "한국 한",
        "中文字 mixed文中with words", "[MASK] [CLS]x [mask] [SEP]", "x[MASK]y", "\u200bthe\u00ad", "\x00\ufffdthe", "a" * 100, "a" * 101,
        "İstanbul", "ﬁ ½ Ⅷ", "the\u2028the\u3000the\u00a0the", "🙂 the🙂", "###a ##a", "\ue000the", "x\u0378y", "...", "a—b…c"]
    random.seed(3)
    alphabet = LETTERS + LETTERS.upper() + "  \t.,![]#-_ÀÉ\u0301\u200d"
    for _ in range(200):
        yield "".join(random.choice(alphabet) for _ in range(random.randrange(1, 30)))


def tokenizer(lowercase, template):
    vocab = vocabulary()
    result = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    result.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    result.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    cls, sep = ("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])
    result.post_processor = (
        processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[cls, sep]) if template
        else processors.BertProcessing(sep, cls))
    result.add_special_tokens([AddedToken(name, normalized=False, lstrip=not template and name == "[MASK]")
                               for name in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")])
    return result


def main(out):
    cases = {}
    for name, lowercase, template in (("uncased", True, True), ("cased", False, False)):
        made = tokenizer(lowercase, template)
        made.save(os.path.join(out, f"wordpiece-{name}.json"), pretty=False)
        cases[name] = [{"text": text, "ids": made.encode(text, add_special_tokens=False).ids} for text in texts()]
    with open(os.path.join(out, "wordpiece-vocab.txt"), "w", encoding="utf-8") as file:
        file.writelines(piece + "\n" for piece in vocabulary())
    with open(os.path.join(out, "wordpiece.json"), "w") as file:
        json.dump({"command": "python Tools/golden/wordpiece_golden.py OUT", "tokenizers": tokenizers.__version__,
                   **cases}, file)


if __name__ == "__main__":
    main(sys.argv[1])
