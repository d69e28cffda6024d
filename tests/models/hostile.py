"""Model files that somebody with bad intentions might write.

Each function here writes one kind of file. A file that gets its way creates the canary, changes a
setting of Keras, or takes many gigabytes.
"""

from __future__ import annotations

import base64
import copy
import io
import json
import marshal
import os
import pickle
import warnings
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import h5py
import keras
import numpy as np

import mnistedu

Config = dict[str, object]
Change = Callable[[Config], object]
Spoil = Callable[[h5py.Group, str], object]


class Trap:
    """Creates the canary when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple:
        return Path.touch, (self.canary,)


@keras.saving.register_keras_serializable("hostile")
class Registered(keras.layers.Layer):
    """A class of the session that a file may not use without trust."""

    def __init__(self, canary: str, **options: object) -> None:
        Path(canary).touch()
        super().__init__(**options)


def write_hostile_files(folder: Path, canary: Path) -> list[Path]:
    """Write every kind of hostile file into a folder, and return them."""
    model = mnistedu.build_mlp(units=(4,))
    with zipfile.ZipFile(mnistedu.save_model(model, folder / "whole.keras")) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    whole = mnistedu.save_model(model, folder / "whole.h5").read_bytes()
    (folder / "whole.keras").unlink()
    (folder / "whole.h5").unlink()

    for name, part in hostile_parts(canary).items():
        write_description(folder / f"{name}.keras", files, partial(insert, part=part))
        if name in IN_HDF5_TOO:
            write_attribute(
                folder / f"{name}.h5", whole, "model_config", partial(insert, part=part)
            )
    for name in ("optimizer", "loss", "metrics"):
        spoilt = {name: [function("os", "system")]}
        write_description(
            folder / f"{name}.keras", files, lambda d, new=spoilt: d["compile_config"].update(new)
        )
    for name in ("optimizer_config", "loss", "metrics"):
        spoilt = {name: function("os", "system")}
        write_attribute(
            folder / f"{name}.h5", whole, "training_config", partial(dict.update, **spoilt)
        )
    for name, members in hostile_members(canary).items():
        write_zip(folder / f"{name}.keras", files | members)
    for name, spoil in hostile_weights(folder, canary).items():
        write_weights(folder / f"{name}-weights.keras", files, spoil)
        write_legacy_weights(folder / f"{name}-weights.h5", whole, spoil)
    for compression in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with zipfile.ZipFile(folder / f"bomb-{compression}.keras", "w", compression) as archive:
            for name, content in (files | {"model.weights.h5": bytes(2**24)}).items():
                archive.writestr(name, content)
            archive.getinfo("model.weights.h5").file_size = 2**31
    with zipfile.ZipFile(folder / "twice.keras", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name comes twice
        for name, content in [*files.items(), ("config.json", files["config.json"])]:
            archive.writestr(name, content)
    for suffix in ("pkl", "keras", "h5"):
        (folder / f"pickle.{suffix}").write_bytes(pickle.dumps(Trap(canary)))
    return sorted(path for suffix in ("keras", "h5", "pkl") for path in folder.glob(f"*.{suffix}"))


def write_description(path: Path, files: dict[str, bytes], change: Change) -> None:
    """Write a ``.keras`` file with another description of the model."""
    description = json.loads(files["config.json"])
    change(description)
    write_zip(path, files | {"config.json": json.dumps(description).encode()})


def write_attribute(path: Path, whole: bytes, attribute: str, change: Change) -> None:
    """Write an ``.h5`` file with another description of the model or its training."""
    path.write_bytes(whole)
    with h5py.File(path, "r+") as file:
        description = json.loads(file.attrs[attribute])
        change(description)
        file.attrs[attribute] = json.dumps(description)


def write_weights(path: Path, files: dict[str, bytes], spoil: Spoil) -> None:
    """Write a ``.keras`` file with another array of weights."""
    weights = io.BytesIO(files["model.weights.h5"])
    with h5py.File(weights, "r+") as file:
        spoil(file["layers/dense/vars"], "0")
    write_zip(path, files | {"model.weights.h5": weights.getvalue()})


def write_legacy_weights(path: Path, whole: bytes, spoil: Spoil) -> None:
    """Write an ``.h5`` file with another array of weights."""
    path.write_bytes(whole)
    with h5py.File(path, "r+") as file:
        names: list[str] = []
        file.visit(names.append)
        kernel, *_ = (
            name for name in names if name.endswith("/kernel") and "model_weights" in name
        )
        spoil(file[kernel].parent, "kernel")


def write_zip(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)


IN_HDF5_TOO = {
    "lambda",
    "lambda-old",
    "lambda-named",
    "activation-setting",
    "initializer-system",
    "saved-model",
    "string-lookup",
    "registered",
    "dense-bomb",
    "output-bomb",
    "nested",
}


def hostile_parts(canary: Path) -> dict[str, Config]:
    """Return what a description may hold instead of a layer, by name."""
    code = compile(
        f"lambda x: __import__('pathlib').Path({str(canary)!r}).touch() or x", "", "eval"
    )
    marshalled = base64.b64encode(marshal.dumps(code.co_consts[0])).decode()
    python = {
        "class_name": "__lambda__",
        "config": {"code": marshalled, "defaults": None, "closure": None},
    }
    words = canary.with_name("words.txt")
    parts = {
        "lambda": layer("Lambda", function=python),
        "lambda-old": layer("Lambda", function=[marshalled, None, None], function_type="lambda"),
        "lambda-named": layer("Lambda", function=function("keras.config", "set_epsilon")),
        "lambda-distribution": layer(
            "Lambda", function=function("keras.distribution", "set_distribution")
        ),
        "activation-setting": layer(
            "Activation", activation=function("keras.config", "set_epsilon")
        ),
        "activation-builtin": layer("Activation", activation=function("builtins", "eval")),
        "activation-system": layer("Activation", activation=function("os", "system")),
        "activation-file": layer("Activation", activation=function("keras.utils", "get_file")),
        "activation-lambda": layer("Activation", activation=python),
        "initializer-system": layer(
            "Dense",
            units=3,
            kernel_initializer={"class_name": "system", "module": "os", "config": {}},
        ),
        "saved-model": layer("TFSMLayer", filepath=str(canary.parent)),
        "torch": layer(
            "TorchModuleWrapper",
            module={
                "class_name": "__bytes__",
                "config": {"value": base64.b64encode(pickle.dumps(Trap(canary))).decode()},
            },
        ),
        "flax": layer("FlaxLayer", module=python),
        "jax": layer("JaxLayer", call_fn=python),
        "string-lookup": layer("StringLookup", vocabulary=str(words)),
        "integer-lookup": layer("IntegerLookup", vocabulary=str(words)),
        "text-vectorization": layer("TextVectorization", vocabulary=str(words)),
        "registered": layer("Registered", canary=str(canary))
        | {"registered_name": "hostile>Registered", "module": None},
        "registered-as-dense": layer("Dense", canary=str(canary))
        | {"registered_name": "hostile>Registered"},
        "popen": {"module": "subprocess", "class_name": "Popen", "config": {"args": "true"}},
        "module-in-keras": layer("get_file", origin="http://127.0.0.1:9/x", fname="x")
        | {"module": "keras.utils"},
        "wrapped": layer("TimeDistributed", layer=layer("Lambda", function=python)),
        "in-a-list": layer("Dense", units=3, extra=[[[layer("Lambda", function=python)]]]),
        "type-spec": layer(
            "Dense",
            units={"class_name": "__typespec__", "spec_name": "x", "module": "os", "config": []},
        ),
        "objects": layer(
            "Rescaling",
            scale={"class_name": "__numpy__", "config": {"value": ["x"], "dtype": "U1000000000"}},
        ),
        "dense-bomb": layer("Dense", units=2_000_000_000),
        "convolution-bomb": layer("Reshape", target_shape=[2, 2, 1])
        | {"next": [layer("Conv2D", filters=100_000_000, kernel_size=2)]},
        "output-bomb": layer("RepeatVector", n=100_000_000),
        "padding-bomb": layer("Reshape", target_shape=[2, 2, 1])
        | {"next": [layer("ZeroPadding2D", padding=100_000)]},
        "unrolled": layer("Reshape", target_shape=[4, 1])
        | {"next": [layer("LSTM", units=2, unroll=True)]},
        "ten-thousand-layers": layer("ReLU") | {"next": [layer("ReLU") for _ in range(30_000)]},
    }
    deep: Config = layer("ReLU")
    for _ in range(200):
        deep = layer("TimeDistributed", layer=deep)
    return parts | {"nested": deep}


def layer(name: str, **config: object) -> Config:
    return {
        "module": "keras.layers",
        "class_name": name,
        "config": {"name": f"hostile_{name.lower()}", **config},
        "registered_name": None,
    }


def function(module: str, name: str) -> Config:
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def insert(description: Config, part: Config) -> None:
    """Put a part, and those that follow it, between the last two layers."""
    part = copy.deepcopy(part)
    layers = description["config"]["layers"]
    layers[-1:-1] = [part, *part.pop("next", [])]


def hostile_members(canary: Path) -> dict[str, dict[str, bytes]]:
    """Return what a ``.keras`` archive may hold besides, by name."""
    up = "../" * 20 + str(canary)[1:]
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", bytes(2**24))
    return {
        "traversal": {up: b"out"},
        "traversal-assets": {f"assets/{up}": b"out"},
        "absolute": {str(canary): b"out"},
        "assets": {"assets/string_lookup/vocabulary.txt": b"a\nb\n"},
        "nested-zip": {"model.weights.h5": nested.getvalue()},
        "deep-json": {"config.json": b"[" * 1_000_000},
        "long-json": {"config.json": b'{"a": "' + b"x" * 11_000_000 + b'"}'},
        "long-number": {"config.json": b'{"a": ' + b"9" * 10_000 + b"}"},
        "list": {"config.json": b"[]"},
        "bytes": {"config.json": b"\xff\xfe"},
        "no-weights": {"model.weights.h5": b""},
        "text-weights": {"model.weights.h5": b"no weights"},
    }


def hostile_weights(folder: Path, canary: Path) -> dict[str, Spoil]:
    """Return what may stand in place of an array of weights, by name."""
    secret = folder / "secret.hdf5"
    with h5py.File(secret, "w") as file:
        file["kernel"] = np.zeros((784, 4), np.float32)
    raw = folder / "secret.raw"
    raw.write_bytes(bytes(784 * 4 * 4))

    def replace(make: Spoil) -> Spoil:
        def spoil(group: h5py.Group, name: str) -> None:
            del group[name]
            make(group, name)

        return spoil

    def link(group: h5py.Group, name: str) -> None:
        group[name] = h5py.ExternalLink(str(secret), "/kernel")

    def soft_link(group: h5py.Group, name: str) -> None:
        group[name] = h5py.SoftLink("/")

    def external(group: h5py.Group, name: str) -> None:
        group.create_dataset(name, (784, 4), "f4", external=[(str(raw), 0, 784 * 16)])

    def virtual(group: h5py.Group, name: str) -> None:
        layout = h5py.VirtualLayout((784, 4), "f4")
        layout[:] = h5py.VirtualSource(str(secret), "kernel", shape=(784, 4))
        group.create_virtual_dataset(name, layout)

    def bomb(group: h5py.Group, name: str) -> None:
        options = {"chunks": (1_000_000,), "compression": "gzip"}
        group.create_dataset(name, (2_000_000_000,), "f4", **options)

    def objects(group: h5py.Group, name: str) -> None:
        group.create_dataset(name, (784, 4), h5py.string_dtype())

    def loop(group: h5py.Group, name: str) -> None:
        group[name] = group.file["/"]

    def attribute(group: h5py.Group, name: str) -> None:
        dataset = group.create_dataset(name, (784, 4), "f4")
        space = h5py.h5s.create_simple((2_000_000,))
        try:
            h5py.h5a.create(dataset.id, b"bomb", h5py.h5t.STD_I64LE, space)
        except (OSError, RuntimeError, ValueError):  # too large for this version of HDF5
            group[f"{name}-type"] = np.dtype("f4")

    return {
        function.__name__: replace(function)
        for function in (link, soft_link, external, virtual, bomb, objects, loop, attribute)
    }


def odd_files(folder: Path) -> Iterator[Path]:
    """Return what has a model's name and is no file, or none that was written whole."""
    for suffix in ("keras", "h5", "pkl"):
        path = folder / f"folder.{suffix}"
        path.mkdir()
        yield path
        path = folder / f"pipe.{suffix}"
        os.mkfifo(path)
        yield path
        path = folder / f"zero.{suffix}"
        path.symlink_to("/dev/zero")
        yield path
        path = folder / f"empty.{suffix}"
        path.touch()
        yield path
        path = folder / f"broken-link.{suffix}"
        path.symlink_to(folder / "gone")
        yield path
