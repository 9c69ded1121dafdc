"""Writes a small random CLIP and what transformers computes with it, for Tests/HoneModelsTests/Golden.

    python clip_golden.py OUT_FOLDER [--activation quick_gelu|gelu] [--old-end]

Needs: numpy, pillow, tokenizers, torch, transformers. The model is in float32; so are all values. With --old-end its end token
is 2, as in checkpoints whose texts end with the largest id. A picture of expected.json is `picture(width, height)` of
images_golden.py, which the tests make themselves.
"""
import argparse
import json
import os

import numpy as np
import PIL
import tokenizers
import torch
import transformers
from PIL import Image
from safetensors.torch import save_file
from transformers.models.clip.image_processing_clip import CLIPImageProcessor

TEXTS = ["a photo of a yellow flower", "Two  DOGS don't run; they're at 10:45pm!!", "Ein Café in Zürich, 한국어 \u1100\u1161 e\u0301",
         "", "\t 'tis the cat's 3.14 \U0001f600\U0001f600 ... <a|b>", "one two three four five six seven eight nine ten " * 4]
PICTURES = [(61, 47), (40, 90), (32, 32), (33, 20)]


def picture(width, height):
    rows, columns = np.mgrid[0:height, 0:width].astype(np.int64)
    red = rows * 255 // height
    green = columns * 255 // width
    blue = (rows // 5 + columns // 7) % 2 * 200
    noise = (rows * 7919 + columns * 104729 + rows * columns * 31) % 23
    return np.stack([(red + noise) % 256, green, (blue + noise) % 256], -1).astype(np.uint8)


def odd_texts(count):
    """Texts of letters, digits, marks and spaces of many scripts, without the names of special tokens."""
    letters = ("aAbBzZéÉßİıŒŠΣςσАжЯאבעربीक한가가漢字ひカ０１²½Ⅷ५٣0123456789'\"!?.,;:-_()[]{}<>|@#$%^&*+=~`/\\ \t\n\u00a0\u2003\u200b"
               "\u0301\u0308\u093e\u20e3\ufe0f😀🇩🇪ﬁﬀǅΩÅ\u212b\u2126don't we'll they're I'm he'd 've")
    random = np.random.default_rng(3)
    return ["".join(random.choice(list(letters), random.integers(1, 24))) for _ in range(count)]


def make_tokenizer():
    """All bytes, inside words and at their ends, and the merges of a few sentences."""
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=660, end_of_word_suffix="</w>", special_tokens=[], show_progress=False,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet())
    empty = transformers.CLIPTokenizer(vocab={}, merges=[])._tokenizer
    lines = ["a photo of a yellow flower", "a photo of a red rose", "two dogs run", "the cat and the dog", "they don't"] * 9
    empty.train_from_iterator(lines, trainer)
    learnt = [tuple(pair) if isinstance(pair, list) else tuple(pair.split(" "))
              for pair in json.loads(empty.to_str())["model"]["merges"]]
    alphabet = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    names = alphabet + [letter + "</w>" for letter in alphabet]
    merges = []
    for left, right in learnt:
        if left in names and right in names and left + right not in names:
            merges.append((left, right))
            names.append(left + right)
    names += ["<|startoftext|>", "<|endoftext|>"]
    return {name: index for index, name in enumerate(names)}, merges


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--activation", default="quick_gelu", choices=["quick_gelu", "gelu"])
    parser.add_argument("--old-end", action="store_true")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    vocabulary, merges = make_tokenizer()
    tokenizer = transformers.CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=20)
    tokenizer.save_pretrained(options.out)
    with open(os.path.join(options.out, "vocab.json"), "w") as file:
        json.dump(vocabulary, file)
    with open(os.path.join(options.out, "merges.txt"), "w") as file:
        file.write("#version: 0.2\n" + "".join(f"{left} {right}\n" for left, right in merges))
    torch.manual_seed(5)
    end = vocabulary["<|endoftext|>"]
    sizes = (12, 16) if options.old_end else (24, 32)
    config = transformers.CLIPConfig(
        text_config=dict(vocab_size=len(vocabulary), hidden_size=sizes[0], intermediate_size=40, num_hidden_layers=2,
                         num_attention_heads=3, max_position_embeddings=20, hidden_act=options.activation,
                         eos_token_id=2 if options.old_end else end, bos_token_id=end - 1, pad_token_id=1),
        vision_config=dict(hidden_size=sizes[1], intermediate_size=52, num_hidden_layers=2, num_attention_heads=4, image_size=32,
                           patch_size=8, hidden_act=options.activation), projection_dim=20)
    model = transformers.CLIPModel(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(parameter + torch.randn_like(parameter) * (0.15 if parameter.dim() > 1 else 0.2))
    model.save_pretrained(options.out)
    processor = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    processor.save_pretrained(options.out)

    tensors, ids = {}, []
    with torch.no_grad():
        for index, text in enumerate(TEXTS):
            tokens = tokenizer(text, truncation=True, max_length=20)["input_ids"]
            ids.append(tokens)
            found = model.get_text_features(input_ids=torch.tensor([tokens]))
            tensors[f"text.{index}"] = getattr(found, "pooler_output", found)[0].clone()
        for index, size in enumerate(PICTURES):
            pixels = processor(Image.fromarray(picture(*size)), return_tensors="pt")["pixel_values"]
            tensors[f"pixels.{index}"] = pixels[0].permute(1, 2, 0).contiguous()
            found = model.get_image_features(pixel_values=pixels)
            tensors[f"image.{index}"] = getattr(found, "pooler_output", found)[0].clone()
    save_file(tensors, os.path.join(options.out, "expected.safetensors"))
    with open(os.path.join(options.out, "expected.json"), "w") as file:
        json.dump({"command": f"python Tools/golden/clip_golden.py OUT --activation {options.activation}"
                              + (" --old-end" if options.old_end else ""),
                   "versions": {"torch": torch.__version__, "transformers": transformers.__version__, "pillow": PIL.__version__,
                                "tokenizers": tokenizers.__version__, "processor": type(processor).__name__},
                   "texts": TEXTS, "tokens": ids, "pictures": PICTURES,
                   "odd": [[text, tokenizer(text, add_special_tokens=False)["input_ids"]] for text in odd_texts(150)],
                   "alone": [tokenizer(text, add_special_tokens=False)["input_ids"] for text in TEXTS]}, file, indent=1)


main()
