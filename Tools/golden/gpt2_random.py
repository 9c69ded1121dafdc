"""Makes a GPT-2 folder with random weights, for tests of size and for benchmarks (never committed).

Usage: python Tools/golden/gpt2_random.py SHAPE FOLDER [--seed N] [--deviation D] [--tokenizer FOLDER]

SHAPE is gpt2 (12 layers, 124 M parameters) or distilgpt2 (6 layers, 82 M). The tokenizer files of GPT-2 are
copied from ../shared/data/gpt2_tokenizer beside the project, or from --tokenizer.
"""

import argparse
import shutil
from pathlib import Path

import torch
import transformers

LAYERS = {"gpt2": 12, "distilgpt2": 6}
TOKENIZER_FILES = {"vocab.json": ["vocab.json", "encoder.json"], "merges.txt": ["merges.txt", "vocab.bpe"]}


def make_model(shape, seed, deviation):
    """The shape with every tensor drawn anew: biases and norms too, so that a lost one shows in the logits."""
    config = transformers.GPT2Config(
        n_layer=LAYERS[shape], resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, attn_implementation="eager")
    model = transformers.GPT2LMHeadModel(config).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            centre = 1.0 if ".ln_" in name and name.endswith("weight") else 0.0
            weight.copy_(centre + deviation * torch.randn(weight.shape, generator=generator))
    return model


def copy_tokenizer(source, folder):
    for target, names in TOKENIZER_FILES.items():
        found = next((source / name for name in names if (source / name).exists()), None)
        if found is None:
            raise SystemExit(f"{source}: expected {' or '.join(names)}; name a folder with --tokenizer")
        shutil.copyfile(found, folder / target)
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "GPT2Tokenizer", "model_max_length": 1024}\n')


def main():
    project = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description="Makes a GPT-2 folder with random weights.")
    parser.add_argument("shape", choices=LAYERS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deviation", type=float, default=0.02, help="standard deviation of the weights (0.02)")
    parser.add_argument("--tokenizer", type=Path, default=project.parent / "shared/data/gpt2_tokenizer")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    model = make_model(options.shape, options.seed, options.deviation)
    options.folder.mkdir(parents=True, exist_ok=True)
    copy_tokenizer(options.tokenizer, options.folder)
    model.save_pretrained(options.folder)
    print(f"{options.folder}: {sum(weight.numel() for weight in model.parameters())} parameters")


if __name__ == "__main__":
    main()
