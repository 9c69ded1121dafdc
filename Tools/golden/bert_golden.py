"""Writes a small random BERT, or one of its family, and what transformers computes with it, for Tests/HoneModelsTests/Golden.

    python bert_golden.py OUT_FOLDER [--activation gelu|gelu_new] [--family bert|distilbert|roberta|mpnet] [--seed N]

Needs: torch, transformers, safetensors. The model is in float32; so are all values.
"""
import argparse
import json
import os

import torch
import transformers
from safetensors.torch import save_file

SEQUENCES = [[2, 17, 5, 90, 41, 3], [2, 3], [2, 8, 8, 61, 99, 7, 12, 33, 50, 71, 28, 19, 4, 66, 3], [2, 55, 3]]
SIZES = {"gelu": dict(hidden_size=24, num_attention_heads=4, num_hidden_layers=2, intermediate_size=52),
         "gelu_new": dict(hidden_size=36, num_attention_heads=3, num_hidden_layers=3, intermediate_size=72)}
FAMILIES = {"bert": ("Bert", {}), "distilbert": ("DistilBert", {}), "roberta": ("Roberta", dict(pad_token_id=1)),
            "mpnet": ("MPNet", dict(pad_token_id=1))}
# Longer than the distances that have scores of their own; two padding tokens stand in the middle.
LONG = [2] + [4 + 7 * i % 95 for i in range(110)] + [1, 1, 60, 3]


def configuration(options):
    name, more = FAMILIES[options.family]
    sizes = dict(SIZES[options.activation])
    positions = 40 if options.family == "bert" else 120
    kind = getattr(transformers, name + "Config")
    if options.family == "distilbert":
        sizes = dict(dim=sizes["hidden_size"], n_heads=sizes["num_attention_heads"],
                     n_layers=sizes["num_hidden_layers"], hidden_dim=sizes["intermediate_size"])
        return kind(vocab_size=100, max_position_embeddings=positions, activation=options.activation, dropout=0.0,
                    attention_dropout=0.0, **sizes)
    return kind(vocab_size=100, max_position_embeddings=positions, hidden_act=options.activation,
                hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, layer_norm_eps=1e-12, **sizes, **more)


def network(config, family):
    kind = getattr(transformers, FAMILIES[family][0] + "Model")
    return kind(config) if family == "distilbert" else kind(config, add_pooling_layer=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--activation", default="gelu", choices=list(SIZES))
    parser.add_argument("--family", default="bert", choices=list(FAMILIES))
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    sequences = SEQUENCES + ([] if options.family == "bert" else [LONG])
    model = network(configuration(options), options.family).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            spread = 0.3 if parameter.dim() > 1 else 0.2
            parameter.add_(torch.randn_like(parameter) * spread)
    os.makedirs(options.out, exist_ok=True)
    model.save_pretrained(options.out)
    tensors, pooled, loss = {}, {"mean": [], "cls": [], "max": []}, 0
    model.zero_grad()
    for index, ids in enumerate(sequences):
        states = model(torch.tensor([ids])).last_hidden_state[0]
        tensors[f"states.{index}"] = states.detach().clone()
        pooled["mean"].append(states.mean(0))
        pooled["cls"].append(states[0])
        pooled["max"].append(states.max(0).values)
        factors = torch.sin(torch.arange(states.numel(), dtype=torch.float32) + index).reshape(states.shape)
        loss = loss + (states * factors).sum()
    loss.backward()
    for name, parameter in model.named_parameters():
        if parameter.grad is not None:
            tensors["gradient." + name] = parameter.grad.clone()
    for name, rows in pooled.items():
        tensors["pooled." + name] = torch.stack(rows).detach().clone()
    save_file({name: value.contiguous() for name, value in tensors.items()}, os.path.join(options.out, "expected.safetensors"))
    with open(os.path.join(options.out, "expected.json"), "w") as file:
        json.dump({
            "command": f"python Tools/golden/bert_golden.py OUT --activation {options.activation} "
                       f"--family {options.family} --seed {options.seed}",
            "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
            "sequences": sequences, "loss": loss.item(),
            "gradient_of": "sum over rows of states * sin(place + number of the sequence)"}, file, indent=1)


if __name__ == "__main__":
    main()
