"""Makes the prompts of the inference benchmark as one file that every program reads.

Usage: python Benchmarks/inference/prompts.py FILE [--shared FOLDER] [--count N]

`scoring`: prompts of 20 to 400 tokens, about 117 on average, from the news posts of ../shared/data; `prefill`: one
of 512 tokens; `generation`: eight of 64 tokens, to be continued greedily by `new_tokens`.
"""

import argparse
import json
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "training"))
from workloads import PROJECT, posts, read_tokenizer  # noqa: E402


def make_prompts(shared, count):
    tokenizer = read_tokenizer(shared)
    rows = [tokenizer.encode(text, add_special_tokens=False).ids for text, _ in posts(shared)]
    generator = random.Random(3)
    lengths = [min(400, max(20, round(generator.lognormvariate(4.6, 0.55)))) for _ in range(count)]
    stream = [token for row in rows for token in row]
    starts = [generator.randrange(len(stream) - 600) for _ in range(count + 9)]
    return {
        "scoring": [stream[start:start + length] for start, length in zip(starts, lengths)],
        "prefill": stream[starts[-1]:starts[-1] + 512],
        "generation": [stream[start:start + 64] for start in starts[count:count + 8]],
        "new_tokens": 64,
    }


def main():
    parser = argparse.ArgumentParser(description="Makes the inference prompts.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--shared", type=Path, default=PROJECT.parent / "shared")
    parser.add_argument("--count", type=int, default=1000)
    options = parser.parse_args()
    prompts = make_prompts(options.shared, options.count)
    options.file.write_text(json.dumps(prompts) + "\n")
    mean = sum(map(len, prompts["scoring"])) / options.count
    print(f"{options.count} prompts to score, mean {mean:.1f} tokens")


if __name__ == "__main__":
    main()
