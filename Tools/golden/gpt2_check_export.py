"""Loads a folder that Hone exported with transformers, and compares what it says with what Hone said.

Usage: python Tools/golden/gpt2_check_export.py FOLDER ANSWERS [--tolerance 1e-3]

ANSWERS is one of two files written by Hone:
  *.json         {"sequences": [{"tokens": [...], "text": "...", "logits": [[...], ...], "last_logits": [...]}, ...]}
                 "text" (its ids must be `tokens`), "logits" (time, vocabulary) and "last_logits" may be missing.
  *.safetensors  tokens.N (time) as I32 or I64 and logits.N (time or 1, vocabulary) as F32; N counts from 0.

Prints the largest difference of each sequence and exits with 1 when one exceeds the tolerance, when the text
gives other ids, or when nothing was compared. Without any logits in ANSWERS it prints the reference's own
five best next tokens.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file


def read_answers(path):
    """A list of {tokens, text?, logits?}; logits are a matrix whose rows are the last positions of the sequence."""
    if path.suffix == ".safetensors":
        tensors = load_file(path)
        count = sum(name.startswith("tokens.") for name in tensors)
        return [{"tokens": tensors[f"tokens.{n}"].tolist(), "logits": tensors.get(f"logits.{n}")} for n in range(count)]
    sequences = json.loads(path.read_text())["sequences"]
    for sequence in sequences:
        rows = sequence.get("logits") or ([sequence["last_logits"]] if "last_logits" in sequence else None)
        sequence["logits"] = torch.tensor(rows) if rows else None
    return sequences


def check_text(tokenizer, index, sequence):
    """Whether the text of the sequence gives its tokens."""
    if "text" not in sequence:
        return True
    ids = tokenizer(sequence["text"], add_special_tokens=False)["input_ids"]
    if ids == sequence["tokens"]:
        return True
    print(f"sequence {index}: transformers reads its text as {ids[:8]}…, Hone as {sequence['tokens'][:8]}…")
    return False


def check_logits(model, index, sequence, tolerance):
    """Whether the logits lie within the tolerance; prints by how much they differ."""
    with torch.no_grad():
        logits = model(torch.tensor([sequence["tokens"]])).logits[0]
    mine = sequence["logits"]
    if mine is None:
        best = torch.log_softmax(logits[-1], -1).topk(5)
        print(f"sequence {index}: next {best.indices.tolist()} {[round(value, 4) for value in best.values.tolist()]}")
        return True
    expected = logits[-mine.shape[0]:]
    if mine.shape != expected.shape:
        print(f"sequence {index}: expected logits of shape {tuple(expected.shape)}, found {tuple(mine.shape)}")
        return False
    difference = (mine - expected).abs().max().item()
    same = (mine.argmax(-1) == expected.argmax(-1)).float().mean().item()
    print(f"sequence {index}: {len(mine)} positions, largest difference {difference:.2e}, same best token {same:.1%}")
    return difference <= tolerance


def main():
    parser = argparse.ArgumentParser(description="Compares a folder exported by Hone with transformers.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--tolerance", type=float, default=1e-3)
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(2)
    model, report = transformers.AutoModelForCausalLM.from_pretrained(
        options.folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.folder)
    wrong = {kind: sorted(names) for kind, names in report.items() if names and kind != "error_msgs"}
    sequences = read_answers(options.answers)
    passed = [check_text(tokenizer, index, sequence)
              and check_logits(model.eval(), index, sequence, options.tolerance)
              for index, sequence in enumerate(sequences)]
    print(f"{options.folder}: {type(model).__name__}, {type(tokenizer).__name__}, "
          f"{sum(passed)} of {len(passed)} sequences agree, weights missing or left over: {wrong or 'none'}")
    sys.exit(0 if passed and all(passed) and not wrong else 1)


if __name__ == "__main__":
    main()
