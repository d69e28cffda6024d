"""Models' files: damaged bytes, and whole files with other descriptions of the model in them."""

from __future__ import annotations

import functools
import io
import json
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import h5py
import keras

from mnistedu import load_model, save_model
from mnistedu.models.size import check_size
from mnistedu.models.trust import CLASSES, FUNCTIONS, MODULES, UntrustedError, check_description
from tests.fuzz.choices import VALUES, Choices, edit, patch
from tests.models.hostile import hostile_parts

NAMES = (*sorted(CLASSES), *sorted(FUNCTIONS), *sorted(MODULES))
FORBIDDEN = ("socket.connect", "os.system", "os.exec", "pickle.find_class", "function.__new__")

_guarded = [False]


class ForbiddenError(BaseException):
    """A model does what it may not do."""


def read_description(content: bytes) -> bool:
    """Build the model of an edited description, as `load_model` does."""
    description = edit(_description(), Choices(content), _values())
    try:
        with guard():
            check_description(description)
            check_size(partial(keras.saving.deserialize_keras_object, description, safe_mode=True))
    except UntrustedError:
        return False
    except Exception:  # of many kinds; load_model makes a ValueError of them
        return False
    return True


def read_model(content: bytes) -> bool:
    """Load a file whose bytes are damaged, or whose description is edited."""
    choices = Choices(content)
    damage = choices.pick((damage_bytes, edit_keras, edit_hdf5, damage_weights))
    suffix = choices.pick((".keras", ".h5"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"model{suffix}")
        path.write_bytes(damage(suffix, choices))
        try:
            with guard():
                load_model(path)
        except (PermissionError, ValueError) as error:
            assert str(path) in str(error)
            assert len(str(error)) < 1000
            return False
    return True


def damage_bytes(suffix: str, choices: Choices) -> bytes:
    return patch(_whole(suffix), choices)


def edit_keras(_: str, choices: Choices) -> bytes:
    files = _members()
    description = edit(_description(), choices, _values())
    return _zip(files | {"config.json": json.dumps(description).encode()})


def edit_hdf5(_: str, choices: Choices) -> bytes:
    buffer = io.BytesIO(_whole(".h5"))
    with h5py.File(buffer, "r+") as file:
        for name in ("model_config", "training_config"):
            file.attrs[name] = json.dumps(edit(json.loads(file.attrs[name]), choices, _values()))
    return buffer.getvalue()


def damage_weights(_: str, choices: Choices) -> bytes:
    files = _members()
    return _zip(files | {"model.weights.h5": patch(files["model.weights.h5"], choices)})


@contextmanager
def guard() -> Iterator[None]:
    """Forbid what no model may do: run code, open connections, change Keras's settings."""
    _watch()
    epsilon = keras.config.epsilon()
    _guarded[0] = True
    try:
        yield
    finally:
        _guarded[0] = False
        assert keras.config.epsilon() == epsilon
        assert keras.distribution.distribution() is None


@functools.cache
def _watch() -> None:
    def check(event: str, arguments: tuple) -> None:
        if _guarded[0] and event in FORBIDDEN:
            raise ForbiddenError(f"{event} {arguments}")

    sys.addaudithook(check)


@functools.cache
def _whole(suffix: str) -> bytes:
    layers = [
        keras.Input((6, 6, 1)),
        keras.layers.Conv2D(2, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(2, "softmax"),
    ]
    model = keras.Sequential(layers)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    with tempfile.TemporaryDirectory() as folder:
        return save_model(model, Path(folder, f"model{suffix}")).read_bytes()


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(_whole(".keras"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _description() -> dict:
    return json.loads(_members()["config.json"])


@functools.cache
def _values() -> tuple[object, ...]:
    canary = Path(tempfile.gettempdir(), "mnistedu-fuzz-canary")
    return (*VALUES, *NAMES, *hostile_parts(canary).values())
