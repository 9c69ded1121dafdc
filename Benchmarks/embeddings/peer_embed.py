"""Embeds the texts of the embedding benchmark with another program; a line of JSON for each task.

Usage: python Benchmarks/embeddings/peer_embed.py --model DIR --texts FILE [--threads N] [--out VECTORS.npy]
           --peer sentence-transformers|onnxruntime|openvino|ctranslate2 --precision float32|bfloat16|int8

Texts are sorted by length and padded in batches, with the batch size of 8, 16, 32 and 64 that is fastest on the
first texts. Every program does the whole way from text to unit vector.
"""
import argparse
import json
import os
import resource
import tempfile
import time

import numpy as np
from tokenizers import Tokenizer


class Peer:
    """A program that gives the states of all tokens of a padded batch."""

    def __init__(self, model):
        self.tokenizer = Tokenizer.from_file(os.path.join(model, "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(256)

    def embed(self, texts, batch):
        encoded = self.tokenizer.encode_batch(texts)
        order = sorted(range(len(texts)), key=lambda i: -len(encoded[i].ids))
        result = None
        for start in range(0, len(order), batch):
            part = order[start:start + batch]
            longest = len(encoded[part[0]].ids)
            ids = np.zeros((len(part), longest), np.int64)
            mask = np.zeros((len(part), longest), np.int64)
            for row, index in enumerate(part):
                own = encoded[index].ids
                ids[row, :len(own)] = own
                mask[row, :len(own)] = 1
            states = self.states(ids, mask)
            pooled = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
            pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
            if result is None:
                result = np.zeros((len(texts), pooled.shape[1]), np.float32)
            result[part] = pooled
        return result


class SentenceTransformers(Peer):
    def __init__(self, model, precision, threads):
        import torch
        from sentence_transformers import SentenceTransformer
        torch.set_num_threads(threads)
        kwargs = {"dtype": torch.bfloat16} if precision == "bfloat16" else {}
        self.model = SentenceTransformer(model, device="cpu", model_kwargs=kwargs)

    def embed(self, texts, batch):
        return self.model.encode(texts, batch_size=batch, normalize_embeddings=True, show_progress_bar=False)


def onnx_file(model, quantized):
    folder = os.path.join(tempfile.gettempdir(), "hone-onnx-" + os.path.basename(os.path.normpath(model)))
    plain, small = os.path.join(folder, "model.onnx"), os.path.join(folder, "model-int8.onnx")
    if not os.path.exists(plain):
        import torch
        from transformers import AutoModel
        os.makedirs(folder, exist_ok=True)
        network = AutoModel.from_pretrained(model, attn_implementation="eager").eval()

        class States(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.network = network

            def forward(self, input_ids, attention_mask):
                return self.network(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

        sample = torch.ones((2, 8), dtype=torch.long)
        axes = {0: "batch", 1: "time"}
        torch.onnx.export(
            States(), (sample, sample), plain, input_names=["input_ids", "attention_mask"], output_names=["states"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "states": axes}, opset_version=17, dynamo=False)
    if quantized and not os.path.exists(small):
        from onnxruntime.quantization import QuantType, quantize_dynamic
        quantize_dynamic(plain, small, weight_type=QuantType.QInt8)
    return small if quantized else plain


class OnnxRuntime(Peer):
    def __init__(self, model, precision, threads):
        super().__init__(model)
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            onnx_file(model, precision == "int8"), options, providers=["CPUExecutionProvider"])

    def states(self, ids, mask):
        return self.session.run(None, {"input_ids": ids, "attention_mask": mask})[0]


class OpenVINO(Peer):
    def __init__(self, model, precision, threads):
        super().__init__(model)
        import openvino
        core = openvino.Core()
        settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
                    "INFERENCE_PRECISION_HINT": "bf16" if precision == "bfloat16" else "f32"}
        self.compiled = core.compile_model(core.read_model(onnx_file(model, precision == "int8")), "CPU", settings)

    def states(self, ids, mask):
        return self.compiled({"input_ids": ids, "attention_mask": mask})[0]


class CTranslate2(Peer):
    def __init__(self, model, precision, threads):
        super().__init__(model)
        import ctranslate2
        from ctranslate2.converters import TransformersConverter
        folder = os.path.join(tempfile.gettempdir(), "hone-ct2-" + os.path.basename(os.path.normpath(model)))
        if not os.path.exists(os.path.join(folder, "model.bin")):
            TransformersConverter(model).convert(folder, force=True)
        self.ct2 = ctranslate2
        self.encoder = ctranslate2.Encoder(folder, compute_type=precision, inter_threads=1, intra_threads=threads)

    def states(self, ids, mask):
        lengths = mask.sum(1).astype(np.int32)
        view = self.ct2.StorageView.from_array(np.ascontiguousarray(ids.astype(np.int32)))
        output = self.encoder.forward_batch(view, self.ct2.StorageView.from_array(lengths))
        return np.array(output.last_hidden_state)


PEERS = {"sentence-transformers": SentenceTransformers, "onnxruntime": OnnxRuntime, "openvino": OpenVINO,
         "ctranslate2": CTranslate2}


def report(task, seconds, units):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"task": task, "seconds": seconds, "units": units, "peak_memory_bytes": peak}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    for name in ("--model", "--texts", "--peer", "--precision"):
        parser.add_argument(name, required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--out")
    options = parser.parse_args()
    texts = json.load(open(options.texts))
    peer = PEERS[options.peer](options.model, options.precision, options.threads)
    vectors = []
    for task in ("short", "long"):
        own = texts[task]
        sample = own[:128] if task == "short" else own[:32]
        peer.embed(sample, 16)

        def timed(batch):
            start = time.perf_counter()
            peer.embed(sample, batch)
            return time.perf_counter() - start

        best = min((8, 16, 32, 64), key=timed)
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            result = peer.embed(own, best)
            seconds.append(time.perf_counter() - start)
        vectors.append(result)
        report(task, seconds, [len(own)] * 3)
    times = []
    for turn in range(4):
        for text in texts["query"]:
            start = time.perf_counter()
            peer.embed([text], 1)
            if turn > 0:
                times.append(time.perf_counter() - start)
    report("one query, p50", [sorted(times)[len(times) // 2]], [1])
    if options.out:
        np.save(options.out, np.concatenate(vectors).astype(np.float32))


if __name__ == "__main__":
    main()
