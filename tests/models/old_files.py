"""Model files as Keras wrote them years ago."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np

import mnistedu

INITIALIZERS = {
    "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
    "bias_initializer": {"class_name": "Zeros", "config": {}},
}


def write_keras_2(path: Path, version: str, *, input_layer: bool = True) -> dict[str, np.ndarray]:
    """Write an ``.h5`` file of a small CNN as Keras 2 did, and return its weights.

    Before Keras 2.3 a sequential model had no input layer, but a first layer that knew its input.
    """
    rng = np.random.default_rng(0)
    weights = {
        "conv2d/kernel:0": rng.normal(size=(3, 3, 1, 4)),
        "conv2d/bias:0": rng.normal(size=4),
        "dense/kernel:0": rng.normal(size=(676, 10)) / 10,
        "dense/bias:0": rng.normal(size=10),
    }
    shape = {"batch_input_shape": [None, 28, 28, 1]}
    first = {"class_name": "InputLayer", "config": {"name": "input_1", "ragged": False, **shape}}
    layers = [
        _layer("Conv2D", "conv2d", **shape, filters=4, kernel_size=[3, 3], activation="relu"),
        _layer("MaxPooling2D", "max_pooling2d", pool_size=[2, 2], padding="valid"),
        _layer("Dropout", "dropout", rate=0.25, noise_shape=None, seed=None),
        _layer("Flatten", "flatten", data_format="channels_last"),
        _layer("Dense", "dense", units=10, activation="softmax"),
    ]
    for layer in layers:
        if f"{layer['config']['name']}/kernel:0" in weights:
            layer["config"].update(INITIALIZERS)
    model = {"name": "sequential", "layers": [first] * input_layer + layers}
    accuracy = {"name": "accuracy", "dtype": "float32", "fn": "sparse_categorical_accuracy"}
    training = {
        "loss": "sparse_categorical_crossentropy",
        "metrics": [[{"class_name": "MeanMetricWrapper", "config": accuracy}]],
        "weighted_metrics": None,
        "loss_weights": None,
        "sample_weight_mode": None,
        "optimizer_config": {
            "class_name": "Adam",
            "config": {"name": "Adam", "learning_rate": 0.001, "decay": 0.0, "epsilon": 1e-7},
        },
    }
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = version
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": model})
        file.attrs["training_config"] = json.dumps(training)
        group = file.create_group("model_weights")
        names = [layer["config"]["name"] for layer in layers]
        group.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            part = group.create_group(name)
            own = [weight for weight in weights if weight.startswith(f"{name}/")]
            part.attrs["weight_names"] = [weight.encode() for weight in own]
            for weight in own:
                part.create_dataset(weight, data=weights[weight].astype(np.float32))
    return weights


def _layer(kind: str, name: str, **config: object) -> dict[str, object]:
    return {"class_name": kind, "config": {"name": name, "trainable": True, **config}}


def write_early_keras(path: Path, version: str, module: str) -> keras.Model:
    """Write a ``.keras`` file of a functional model as the first versions with it did."""
    image = keras.Input((28, 28, 1))
    model = keras.Model(image, keras.layers.Dense(10, "softmax")(keras.layers.Flatten()(image)))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    with zipfile.ZipFile(mnistedu.save_model(model, path)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    description = _with_plain_types(json.loads(files["config.json"])) | {"module": module}
    files["config.json"] = json.dumps(description).encode()
    files["metadata.json"] = json.dumps({"keras_version": version}).encode()
    if version < "3":
        old = io.BytesIO()
        with h5py.File(io.BytesIO(files["model.weights.h5"])) as new, h5py.File(old, "w") as file:
            new.copy("layers", file, "_layer_checkpoint_dependencies")
        files["model.weights.h5"] = old.getvalue()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return model


def _with_plain_types(part: object) -> object:
    """Name the types of numbers as before there were policies for them."""
    if isinstance(part, dict):
        if part.get("class_name") == "DTypePolicy":
            return part["config"]["name"]
        return {key: _with_plain_types(value) for key, value in part.items()}
    return [_with_plain_types(value) for value in part] if isinstance(part, list) else part
