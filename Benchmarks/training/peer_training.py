"""Trains GPT-2 with PyTorch and transformers on one workload, as people do, and prints one line of JSON.

Usage: python Benchmarks/training/peer_training.py --model DIR --workload FILE --precision float32|bfloat16
                                                   [--steps N] [--threads N]

One step is forward, backward, clipping and AdamW on one batch, padded to the workload's length or else to the
longest row; step i takes batch i modulo their number. bfloat16 is autocast, the weights stay float32. The first
step warms up and is left out of `seconds`. `tokens` counts real tokens of each measured step, never padding.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import torch
import transformers

OPTIMISER = {"lr": 5e-5, "betas": (0.9, 0.999), "eps": 1e-8}
WEIGHT_DECAY = 0.01
MAX_GRAD_NORM = 1.0


def pad(batch, length):
    """Token ids, attention mask and labels of a batch; -100 marks positions without a loss."""
    length = length or max(len(row["tokens"]) for row in batch)
    shape = (len(batch), length)
    ids, mask = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    labels = torch.full(shape, -100)
    for index, row in enumerate(batch):
        tokens, weights = torch.tensor(row["tokens"]), torch.tensor(row["weights"])
        ids[index, :len(tokens)] = tokens
        mask[index, :len(tokens)] = 1
        labels[index, :len(tokens)] = torch.where(weights > 0, tokens, -100)
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def make_optimiser(model):
    decayed = [weight for weight in model.parameters() if weight.dim() >= 2]
    plain = [weight for weight in model.parameters() if weight.dim() < 2]
    return torch.optim.AdamW([{"params": decayed, "weight_decay": WEIGHT_DECAY},
                              {"params": plain, "weight_decay": 0.0}], **OPTIMISER)


def step(model, optimiser, batch, precision):
    optimiser.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
        loss = model(**batch).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_GRAD_NORM)
    optimiser.step()
    return loss.item()


def main():
    parser = argparse.ArgumentParser(description="PyTorch and transformers on one training workload.")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--workload", type=Path, required=True)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], required=True)
    parser.add_argument("--steps", type=int, default=3, help="measured steps, after one to warm up (3)")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(options.threads)
    workload = json.loads(options.workload.read_text())
    model = transformers.AutoModelForCausalLM.from_pretrained(
        options.model, dtype=torch.float32, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0).train()
    optimiser = make_optimiser(model)
    seconds, tokens, losses = [], [], []
    for index in range(options.steps + 1):
        batch = workload["batches"][index % len(workload["batches"])]
        start = time.perf_counter()
        losses.append(step(model, optimiser, pad(batch, workload["padded_length"]), options.precision))
        if index > 0:
            seconds.append(time.perf_counter() - start)
            tokens.append(sum(len(row["tokens"]) for row in batch))
    print(json.dumps({
        "task": workload["workload"], "precision": options.precision, "threads": options.threads,
        "seconds": seconds, "units": tokens, "losses": losses,
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__}}))


if __name__ == "__main__":
    main()
