"""Answers the prompts of the inference benchmark with CTranslate2 or transformers; a line of JSON for each task.

Usage: python Benchmarks/inference/peer_inference.py --model DIR --prompts FILE --peer ctranslate2|transformers
                                                     --precision float32|bfloat16|int8 [--threads N]

Tasks: prefill (512 tokens in, one out), decode (greedy, batch 1 and 8), scoring (one token out for every prompt,
with its log-probability). transformers scores prompts sorted by length in batches of 8 with the logits of the last
rows alone; CTranslate2 takes them one by one, which is faster here than its own batches: in a batch it reads each
prompt at once only as far as the shortest one, and the rest token by token.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

REPEATS = {"prefill 512": 5, "decode, batch 1": 3, "decode, batch 8": 3, "scoring": 1}


class CTranslate2Peer:
    def __init__(self, model, precision, threads):
        import ctranslate2
        from ctranslate2.converters import TransformersConverter
        folder = Path(tempfile.gettempdir()) / f"hone-ct2-{Path(model).name}"
        if not (folder / "model.bin").exists():
            TransformersConverter(str(model)).convert(str(folder), force=True)
        self.generator = ctranslate2.Generator(
            str(folder), compute_type=precision, inter_threads=1, intra_threads=threads)
        self.words = json.loads((folder / "vocabulary.json").read_text())
        self.ids = {word: index for index, word in enumerate(self.words)}

    def complete(self, prompts, new_tokens, scores=False):
        texts = [[self.words[token] for token in prompt] for prompt in prompts]
        results = self.generator.generate_batch(
            texts, max_length=new_tokens, min_length=new_tokens, sampling_topk=1, include_prompt_in_result=False,
            return_scores=scores, max_batch_size=1 if scores else 0)
        return [result.sequences_ids[0] for result in results]


class TransformersPeer:
    def __init__(self, model, precision, threads):
        import torch
        import transformers
        transformers.logging.set_verbosity_error()
        torch.set_num_threads(threads)
        self.torch = torch
        dtype = {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]
        self.model = transformers.AutoModelForCausalLM.from_pretrained(model, dtype=dtype).eval()

    def complete(self, prompts, new_tokens, scores=False):
        torch = self.torch
        with torch.inference_mode():
            if new_tokens > 1:
                ids = torch.tensor(prompts)
                out = self.model.generate(
                    ids, attention_mask=torch.ones_like(ids), max_new_tokens=new_tokens, min_new_tokens=new_tokens,
                    do_sample=False, pad_token_id=0)
                return out[:, ids.shape[1]:].tolist()
            answers = [None] * len(prompts)
            order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
            for start in range(0, len(order), 8):
                batch = order[start:start + 8]
                longest = max(len(prompts[index]) for index in batch)
                ids = torch.tensor([[0] * (longest - len(prompts[i])) + prompts[i] for i in batch])
                mask = torch.tensor([[0] * (longest - len(prompts[i])) + [1] * len(prompts[i]) for i in batch])
                positions = (mask.cumsum(-1) - 1).clamp(min=0)
                logits = self.model(ids, attention_mask=mask, position_ids=positions, logits_to_keep=1).logits[:, -1]
                best = logits.float().log_softmax(-1).topk(5)
                for row, index in enumerate(batch):
                    answers[index] = [int(best.indices[row, 0])]
            return answers


def main():
    parser = argparse.ArgumentParser(description="Peers of the inference benchmark.")
    parser.add_argument("--model", required=True)
    parser.add_argument("--prompts", type=Path, required=True)
    parser.add_argument("--peer", choices=["ctranslate2", "transformers"], required=True)
    parser.add_argument("--precision", choices=["float32", "bfloat16", "int8"], required=True)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    prompts = json.loads(options.prompts.read_text())
    kind = {"ctranslate2": CTranslate2Peer, "transformers": TransformersPeer}[options.peer]
    peer = kind(options.model, options.precision, options.threads)
    new = prompts["new_tokens"]
    tasks = {
        "prefill 512": (1, lambda: peer.complete([prompts["prefill"]], 1)),
        "decode, batch 1": (new, lambda: peer.complete(prompts["generation"][:1], new)),
        "decode, batch 8": (8 * new, lambda: peer.complete(prompts["generation"], new)),
        "scoring": (len(prompts["scoring"]), lambda: peer.complete(prompts["scoring"], 1, scores=True)),
    }
    for task, (units, body) in tasks.items():
        seconds = []
        for attempt in range(REPEATS[task] + 1):
            if attempt == 0 and task == "scoring":
                continue
            start = time.perf_counter()
            answers = body()
            if attempt > 0:
                seconds.append(time.perf_counter() - start)
        print(json.dumps({
            "task": task, "precision": options.precision, "seconds": seconds, "units": [units] * len(seconds),
            "first_token": int(answers[0][0]),
            "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)


if __name__ == "__main__":
    main()
