"""Writes what a MobileNet from elsewhere computes, for Tests/HoneModelsTests/Golden/mobilenet.

    python mobilenet_golden.py MODEL_FOLDER OUT_FOLDER [--keras]

MODEL_FOLDER holds topology.json and one file of tensors. Needs: numpy, safetensors, torch; with --keras also tensorflow, whose
own MobileNetV2 is then given the same weights and compared. The pictures are `picture(224, 224)` of images_golden.py, the same
upside down with its colours in reverse, and one all grey of 99.
"""
import argparse
import glob
import json
import os

import numpy as np
from safetensors.numpy import load_file, save_file


def layers_of(model):
    for layer in model["config"]["layers"]:
        if layer["class_name"] in ("Model", "Sequential", "Functional"):
            yield from layers_of(layer)
        else:
            yield layer


class TorchNetwork:
    """Runs the layers of a topology.json one by one with torch, nothing folded. Input (n, 3, height, width) from -1 to 1."""

    def __init__(self, folder):
        import torch
        with open(os.path.join(folder, "topology.json")) as file:
            self.layers = list(layers_of(json.load(file)))
        tensors = load_file(glob.glob(os.path.join(folder, "*.safetensors"))[0])
        self.tensors = {}
        for name, value in tensors.items():
            if value.ndim == 4:  # height, width, in, out -> out, in, height, width; depthwise: in, out, height, width
                order = (2, 3, 0, 1) if name.endswith("depthwise_kernel") else (3, 2, 0, 1)
                value = np.ascontiguousarray(value.transpose(order))
            self.tensors[name] = torch.from_numpy(value)

    def __call__(self, x):
        import torch
        results, last = {}, None
        for layer in self.layers:
            config, kind = layer["config"], layer["class_name"]
            name = config["name"]
            sources = [results[source[0]] for source in layer["inbound_nodes"][0]] if layer.get("inbound_nodes") else [last]
            value = sources[0]
            if kind == "InputLayer":
                value = x
            elif kind == "ZeroPadding2D":
                (top, bottom), (left, right) = config["padding"]
                value = torch.nn.functional.pad(value, (left, right, top, bottom))
            elif kind in ("Conv2D", "DepthwiseConv2D"):
                kernel, stride = config["kernel_size"][0], config["strides"][0]
                if config["padding"] == "same":
                    def zeros(size):
                        return max(0, (-(-size // stride) - 1) * stride + kernel - size)
                    down, across = zeros(value.shape[2]), zeros(value.shape[3])
                    value = torch.nn.functional.pad(
                        value, (across // 2, across - across // 2, down // 2, down - down // 2))
                weight = self.tensors[f"{name}/{'depthwise_' if kind[0] == 'D' else ''}kernel"]
                value = torch.nn.functional.conv2d(
                    value, weight, stride=stride, groups=weight.shape[0] if kind[0] == "D" else 1)
            elif kind == "BatchNormalization":
                value = torch.nn.functional.batch_norm(
                    value, *(self.tensors[f"{name}/{part}"] for part in ("moving_mean", "moving_variance", "gamma", "beta")),
                    eps=config["epsilon"])
            elif kind == "ReLU":
                value = value.clamp(0, config["max_value"])
            elif kind == "Add":
                value = sources[0] + sources[1]
            elif kind == "GlobalAveragePooling2D":
                value = value.mean((2, 3))
            else:
                raise SystemExit(f"a layer of the kind {kind}")
            results[name] = last = value
        return last


def keras_features(folder, pixels):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    tensors = load_file(glob.glob(os.path.join(folder, "*.safetensors"))[0])
    model = keras.applications.MobileNetV2(
        input_shape=pixels.shape[1:], alpha=0.35, include_top=False, weights=None, pooling="avg")
    used = 0
    for layer in model.layers:
        parts = [weight.path.split("/")[-1] for weight in layer.weights]
        names = [f"{layer.name}/{'depthwise_kernel' if 'Depthwise' in type(layer).__name__ and part == 'kernel' else part}"
                 for part in parts]
        layer.set_weights([tensors[name].reshape(weight.shape) for name, weight in zip(names, layer.weights)])
        used += len(names)
    assert used == len(tensors), (used, len(tensors))
    return model.predict(pixels, verbose=0)


def picture(width, height):
    rows, columns = np.mgrid[0:height, 0:width].astype(np.int64)
    red = rows * 255 // height
    green = columns * 255 // width
    blue = (rows // 5 + columns // 7) % 2 * 200
    noise = (rows * 7919 + columns * 104729 + rows * columns * 31) % 23
    return np.stack([(red + noise) % 256, green, (blue + noise) % 256], -1).astype(np.uint8)


def main():
    import torch
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--keras", action="store_true")
    options = parser.parse_args()
    first = picture(224, 224)
    pixels = np.stack([first, first[::-1, :, ::-1], np.full_like(first, 99)]).astype(np.float32) / 127.5 - 1
    with torch.no_grad():
        features = TorchNetwork(options.model)(torch.from_numpy(pixels).permute(0, 3, 1, 2)).numpy()
    facts = {"command": "python Tools/golden/mobilenet_golden.py MODEL OUT" + (" --keras" if options.keras else ""),
             "versions": {"torch": torch.__version__, "numpy": np.__version__}}
    if options.keras:
        import keras
        import tensorflow
        facts["versions"] |= {"keras": keras.__version__, "tensorflow": tensorflow.__version__}
        facts["largest_difference_to_keras"] = float(np.abs(keras_features(options.model, pixels) - features).max())
    os.makedirs(options.out, exist_ok=True)
    save_file({"features": features.astype(np.float32)}, os.path.join(options.out, "expected.safetensors"))
    with open(os.path.join(options.out, "expected.json"), "w") as file:
        json.dump(facts, file, indent=1)
    print(facts, features.shape, features.std())


if __name__ == "__main__":
    main()
