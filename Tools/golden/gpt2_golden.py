"""Writes the golden values of GPT-2 for the tests of HoneModels and HoneTraining.

Two small random models are made from fixed seeds, run by transformers in float32 (eager attention,
no dropout, one thread), and stored with what they answered. The layout of the files is described in
Tests/HoneModelsTests/Golden/README.md; tolerances come from the distance between the same run in
float32 and in float64, which is stored in manifest.json.

Usage: python Tools/golden/gpt2_golden.py [ROOT]
"""

import copy
import hashlib
import json
import math
import platform
import shutil
import sys
from pathlib import Path

import numpy
import safetensors
import torch
import transformers
from safetensors.torch import save_file

GREEDY_TOKENS = 30
OPTIMISER = {
    "learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
    "weight_decay": 0.01, "max_grad_norm": 1.0, "steps": 10,
}
MODELS = {
    "gpt2-small": {
        "config": dict(n_layer=3, n_head=4, n_embd=64, n_positions=96, vocab_size=211),
        "seed": 20, "lengths": [37, 1, 2, 96], "prompts": [1, 9, 96 - GREEDY_TOKENS],
    },
    "gpt2-odd": {
        "config": dict(n_layer=2, n_head=3, n_embd=48, n_positions=53, vocab_size=97, layer_norm_epsilon=1e-6),
        "seed": 31, "lengths": [53, 1, 19, 2], "prompts": [1, 7, 53 - GREEDY_TOKENS],
    },
}
# Positive constants, at least five times the largest distance between float32 and float64 on either model.
TOLERANCES = {
    "logits": 1e-4, "token_losses": 1e-4, "loss": 1e-5, "top_logprobs": 1e-4,
    "gradients_relative_to_largest": 2e-5, "training_losses": 2e-5, "training_grad_norms": 1e-4,
    "weights_sum": 5e-4, "weights_sum_of_squares": 2e-3,
}


def make_model(recipe):
    """A GPT-2 whose every weight is far enough from zero to matter."""
    config = transformers.GPT2Config(
        **recipe["config"], n_ctx=recipe["config"]["n_positions"], resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        bos_token_id=0, eos_token_id=0, attn_implementation="eager")
    model = transformers.GPT2LMHeadModel(config).eval()
    generator = torch.Generator().manual_seed(recipe["seed"])
    with torch.no_grad():
        for name, weight in model.named_parameters():
            spread, centre = scale_of(name, config.n_embd)
            weight.copy_(centre + spread * torch.randn(weight.shape, generator=generator))
    return model


def scale_of(name, hidden):
    """Standard deviation and mean of one tensor: products keep the size of what goes in."""
    if name.endswith("wte.weight"):
        return 0.3, 0.0
    if name.endswith("wpe.weight"):
        return 0.2, 0.0
    if ".ln_" in name:
        return (0.2, 1.0) if name.endswith("weight") else (0.1, 0.0)
    if name.endswith("bias"):
        return 0.1, 0.0
    return 1.2 / math.sqrt(hidden), 0.0


def make_sequences(recipe):
    """Token sequences; `weights[i]` is the weight of the loss of token i, so the first counts for nothing."""
    random = numpy.random.default_rng(recipe["seed"] + 1)
    sequences = []
    for length in recipe["lengths"]:
        tokens = random.integers(0, recipe["config"]["vocab_size"], length).tolist()
        weights = random.choice([0.0, 0.125, 0.5, 1.0], length, p=[0.3, 0.2, 0.1, 0.4]).tolist()
        if length == 2:
            weights[1] = 0.75
        weights[0] = 0.0
        sequences.append({"tokens": tokens, "weights": weights})
    return sequences


def token_losses(logits, tokens):
    """Cross entropy in nats of token t + 1 at position t; one value fewer than there are tokens."""
    return torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(tokens[1:]), reduction="none")


def weighted_loss(model, sequences):
    """Sum of weight × loss over all tokens but the first of all sequences, divided by the sum of the weights."""
    total, weight_sum = 0.0, 0.0
    for sequence in sequences:
        if len(sequence["tokens"]) < 2:
            continue
        logits = model(torch.tensor([sequence["tokens"]])).logits[0]
        weights = torch.tensor(sequence["weights"][1:], dtype=logits.dtype)
        total = total + (token_losses(logits, sequence["tokens"]) * weights).sum()
        weight_sum += sum(sequence["weights"])
    return total / weight_sum


def answers(model, sequences):
    """Logits, losses and gradients of the model as it stands."""
    tensors = {}
    with torch.no_grad():
        for index, sequence in enumerate(sequences):
            logits = model(torch.tensor([sequence["tokens"]])).logits[0]
            tensors[f"logits.{index}"] = logits
            if len(sequence["tokens"]) > 1:
                tensors[f"token_losses.{index}"] = token_losses(logits, sequence["tokens"])
    model.zero_grad()
    loss = weighted_loss(model, sequences)
    loss.backward()
    for name, weight in model.named_parameters():
        tensors[f"gradient.{name}"] = weight.grad.clone()
    return loss.item(), tensors


def top_logprobs(model, tokens, count=5):
    """The most probable next tokens with their natural-logarithm probabilities."""
    with torch.no_grad():
        logits = model(torch.tensor([tokens])).logits[0, -1]
    values, ids = torch.log_softmax(logits, -1).topk(count)
    return {"ids": ids.tolist(), "logprobs": values.tolist()}


def greedy(model, prompt):
    """The greedy continuation by a full forward pass a token, checked against the cached generation."""
    tokens, margin = list(prompt), math.inf
    for _ in range(GREEDY_TOKENS):
        with torch.no_grad():
            best = model(torch.tensor([tokens])).logits[0, -1].topk(2)
        margin = min(margin, (best.values[0] - best.values[1]).item())
        tokens.append(best.indices[0].item())
    settings = transformers.GenerationConfig(max_new_tokens=GREEDY_TOKENS, do_sample=False, pad_token_id=0)
    settings.eos_token_id = None
    model.generation_config.eos_token_id = None
    ids = torch.tensor([prompt])
    generated = model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=settings)[0].tolist()
    assert generated == tokens, "cached and full generation differ"
    return tokens[len(prompt):], margin


def make_greedy(model, recipe):
    """One continuation per prompt; prompts whose best two logits come closer than 0.01 are drawn again."""
    random = numpy.random.default_rng(recipe["seed"] + 2)
    results = []
    for length in recipe["prompts"]:
        margin = 0.0
        while margin < 0.01:
            prompt = random.integers(0, recipe["config"]["vocab_size"], length).tolist()
            continuation, margin = greedy(model, prompt)
        results.append({"prompt": prompt, "continuation": continuation, "smallest_margin": margin,
                        "top": top_logprobs(model, prompt)})
    return results


def train(model, sequences):
    """Ten steps of AdamW on the same batch: losses, gradient norms before clipping, and checksums of the weights."""
    decayed = [weight for weight in model.parameters() if weight.dim() >= 2]
    plain = [weight for weight in model.parameters() if weight.dim() < 2]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": OPTIMISER["weight_decay"]}, {"params": plain, "weight_decay": 0.0}],
        lr=OPTIMISER["learning_rate"], betas=(OPTIMISER["beta1"], OPTIMISER["beta2"]), eps=OPTIMISER["epsilon"],
        foreach=False, fused=False)
    losses, norms = [], []
    for _ in range(OPTIMISER["steps"]):
        optimiser.zero_grad()
        loss = weighted_loss(model, sequences)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), OPTIMISER["max_grad_norm"]).item())
        optimiser.step()
        losses.append(loss.item())
    return {"losses": losses, "grad_norms": norms, "final_loss": weighted_loss(model, sequences).item(),
            "checksums": {name: checksum(name, weight) for name, weight in model.named_parameters()}}


def checksum(name, weight):
    """Sum and sum of squares in float64.

    The middle third of c_attn.bias (the keys) is left out: softmax cancels it, so its gradient is rounding
    noise, which AdamW turns into steps of random sign that change no loss.
    """
    values = weight.detach().double().flatten()
    if name.endswith("c_attn.bias"):
        third = len(values) // 3
        values = torch.cat([values[:third], values[2 * third:]])
    return {"sum": values.sum().item(), "sum_of_squares": values.square().sum().item(), "count": len(values)}


def distances(single, double):
    """The largest distance between the same answers in float32 and in float64."""
    found = {"loss": abs(single["loss"] - double["loss"])}
    for kind in ["logits", "token_losses"]:
        found[kind] = max((single["tensors"][name].double() - tensor).abs().max().item()
                          for name, tensor in double["tensors"].items() if name.startswith(kind + "."))
    found["gradients_relative_to_largest"] = max(
        ((single["tensors"][name].double() - tensor).abs().max() / tensor.abs().max()).item()
        for name, tensor in double["tensors"].items() if name.startswith("gradient."))
    mine, exact = single["training"], double["training"]
    for key in ["losses", "grad_norms"]:
        found["training_" + key] = max(abs(a - b) for a, b in zip(mine[key], exact[key]))
    for key in ["sum", "sum_of_squares"]:
        found["weights_" + key] = max(abs(mine["checksums"][name][key] - exact["checksums"][name][key])
                                      for name in exact["checksums"])
    return found


def run(model, sequences):
    loss, tensors = answers(model, sequences)
    return {"loss": loss, "tensors": tensors, "training": train(copy.deepcopy(model), sequences)}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n")


def make(name, recipe, root):
    model, sequences = make_model(recipe), make_sequences(recipe)
    single = run(model, sequences)
    torch.set_default_dtype(torch.float64)
    double = run(copy.deepcopy(model).double(), sequences)
    torch.set_default_dtype(torch.float32)
    found = distances(single, double)
    for key, distance in found.items():
        print(f"{name}: {key}: float32 to float64 {distance:.2e}, tolerance {TOLERANCES[key]:.0e}")
        assert distance * 5 <= TOLERANCES[key], key

    models = root / "Tests/HoneModelsTests/Golden" / name
    training = root / "Tests/HoneTrainingTests/Golden" / name
    for folder in [models, training]:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    model.save_pretrained(models)
    (models / "generation_config.json").unlink(missing_ok=True)
    for file in ["config.json", "model.safetensors"]:
        (models / file).chmod(0o644)
        shutil.copy(models / file, training / file)
    save_file({key: tensor.contiguous() for key, tensor in single["tensors"].items()}, models / "golden.safetensors")
    (models / "golden.safetensors").chmod(0o644)
    for sequence in sequences:
        sequence["next"] = top_logprobs(model, sequence["tokens"])
    write_json(models / "golden.json", {
        "sequences": sequences, "loss": single["loss"], "greedy": make_greedy(model, recipe)})
    write_json(training / "golden.json", {
        "sequences": [{key: sequence[key] for key in ["tokens", "weights"]} for sequence in sequences],
        "optimiser": OPTIMISER, **single["training"]})
    for folder in [models, training]:
        write_json(folder / "manifest.json", {
            "command": "python Tools/golden/gpt2_golden.py", "seed": recipe["seed"],
            "versions": {"python": platform.python_version(), "torch": torch.__version__,
                         "transformers": transformers.__version__, "safetensors": safetensors.__version__,
                         "numpy": numpy.__version__},
            "files": {file.name: sha256(file) for file in sorted(folder.iterdir())},
            "tolerances": TOLERANCES, "float32_to_float64": found})


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    for name, recipe in MODELS.items():
        make(name, recipe, root)


if __name__ == "__main__":
    main()
