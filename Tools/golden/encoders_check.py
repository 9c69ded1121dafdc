"""Encoders of every family, small and random, through the finished program and through sentence-transformers.

    python encoders_check.py HONE OUT_FOLDER

Makes a model of each family with one of the tokenizers of Tests/HoneTokenizersTests/Golden, in the layout of
sentence-transformers, has both embed the same texts and prints the smallest cosine. Needs: torch, transformers,
sentence-transformers, numpy.
"""
import json
import os
import shutil
import subprocess
import sys

import numpy
import torch
import transformers
from sentence_transformers import SentenceTransformer, models

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOKENIZERS = os.path.join(ROOT, "Tests", "HoneTokenizersTests", "Golden")
SPECIAL = dict(bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>", pad_token="<pad>",
               mask_token="<mask>")
CASES = {
    "mpnet": ("encoder-mpnet.json", transformers.MPNetConfig, transformers.MPNetModel, dict(SPECIAL, unk_token="[UNK]")),
    "xlm-roberta": ("encoder-unigram-new.json", transformers.XLMRobertaConfig, transformers.XLMRobertaModel,
                    dict(SPECIAL, unk_token="<unk>")),
    "bert-unigram": ("encoder-unigram-old.json", transformers.BertConfig, transformers.BertModel,
                     dict(SPECIAL, unk_token="<unk>")),
    "roberta": ("encoder-roberta.json", transformers.RobertaConfig, transformers.RobertaModel,
                dict(SPECIAL, unk_token="<unk>")),
    "distilbert": ("wordpiece-uncased.json", transformers.DistilBertConfig, transformers.DistilBertModel,
                   dict(unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]",
                        mask_token="[MASK]")),
}
TEXTS = ["delicious beans", "How many ferries leave at seven?", "  spaces   and\ttabs ", "ÄÖÜ straße Ⅳ ﬁne",
         "한국어 문장 하나", "日本語のテスト。", "<s> in the middle </s> <pad> of it", "a", "🙂👩‍👩‍👧", "The quick brown fox " * 5]


def make(name, folder):
    file, config, network, special = CASES[name]
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=os.path.join(TOKENIZERS, file), model_max_length=128, **special)
    sizes = dict(vocab_size=len(tokenizer), max_position_embeddings=140)
    if name == "distilbert":
        sizes.update(dim=48, n_heads=4, n_layers=2, hidden_dim=96)
    else:
        sizes.update(hidden_size=48, num_attention_heads=4, num_hidden_layers=2, intermediate_size=96)
        sizes.update(pad_token_id=tokenizer.pad_token_id)
    torch.manual_seed(5)
    model = network(config(**sizes))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * (0.2 if parameter.dim() > 1 else 0.1))
    inner = folder + "-network"
    model.save_pretrained(inner)
    tokenizer.save_pretrained(inner)
    transformer = models.Transformer(inner, max_seq_length=128)
    whole = SentenceTransformer(modules=[transformer, models.Pooling(48, "mean"), models.Normalize()], device="cpu")
    whole.save(folder)
    return whole


def main():
    hone, out = sys.argv[1], os.path.abspath(sys.argv[2])
    os.makedirs(out, exist_ok=True)
    shutil.rmtree(os.path.join(out, "home"), ignore_errors=True)
    environment = dict(os.environ, HONE_HOME=os.path.join(out, "home"))
    worst = 1.0
    for name in CASES:
        folder = os.path.join(out, name)
        expected = make(name, folder).encode(TEXTS, normalize_embeddings=True)
        subprocess.run([hone, "pull", name, "--from", folder], env=environment, check=True, stdout=subprocess.DEVNULL)
        rows = os.path.join(out, "texts.jsonl")
        with open(rows, "w") as file:
            file.writelines(json.dumps({"text": text}) + "\n" for text in TEXTS)
        target = os.path.join(out, name + ".npy")
        subprocess.run([hone, "embed", "-m", name, "--precision", "float32", "--no-cache", "--column", "text", rows, "-o",
                        target], env=environment, check=True, stdout=subprocess.DEVNULL)
        found = numpy.load(target)
        cosines = (found * expected).sum(1)
        worst = min(worst, float(cosines.min()))
        print(f"{name}: smallest cosine {cosines.min():.7f} over {len(TEXTS)} texts")
    sys.exit(0 if worst > 0.99999 else 1)


if __name__ == "__main__":
    main()
