"""Writers of models, checkpoints, exported pages and compiled programs; see `writers`."""

from __future__ import annotations

import functools
import io
import os
import re
import warnings
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import h5py
import jax
import keras
import numpy as np
import pytest

import mnistedu
from mnistedu import export_page, load_model, save_model, train
from mnistedu.data import Dataset, Split
from mnistedu.layers.kernels import disk_cache, registry, target
from mnistedu.layers.kernels.max_pool import MaxPoolShape
from mnistedu.training.compilation_cache import _remove_unfinished, enable_compilation_cache

EPOCHS = 3
N_PROGRAMS = 5


def write_model(folder: Path, turn: int) -> None:
    """Save a model whose weights all are the turn."""
    save_model(_model(turn), folder / "model.keras")


def check_model(folder: Path, turns: set[int]) -> None:
    path = folder / "model.keras"
    if turns or path.exists():
        _check_weights(load_model(path))


def write_checkpoints(folder: Path, turn: int) -> None:
    """Train for some epochs, with Keras's callback that saves the model after each."""
    checkpoint = keras.callbacks.ModelCheckpoint(str(folder / f"{turn}-{{epoch}}.keras"))
    options = {"augmentation": None, "verbose": False}
    train(_model(turn), _data(), epochs=EPOCHS, callbacks=[checkpoint], **options)


def check_checkpoints(folder: Path, turns: set[int]) -> None:
    """Keras writes a checkpoint in place: only the last one of an interrupted training may lack."""
    epochs: dict[int, set[int]] = {turn: set() for turn in turns}
    for path in folder.glob("*.keras"):
        turn, epoch = map(int, path.stem.split("-"))
        epochs.setdefault(turn, set()).add(epoch)
    for turn, saved in epochs.items():
        last = max(saved, default=0)
        assert saved == set(range(1, last + 1))
        assert last == EPOCHS or turn not in turns
        for epoch in saved:
            path = folder / f"{turn}-{epoch}.keras"
            try:
                weights = _read_weights(path)
            except zipfile.BadZipFile:
                assert epoch == last, "an earlier checkpoint is damaged"
                assert turn not in turns, "a checkpoint is lost"
                with pytest.raises(ValueError, match="could not be read as a Keras model"):
                    load_model(path)
            else:
                assert {*weights[0].flat, *weights[1].flat} == {turn}


def write_page(folder: Path, turn: int) -> None:
    """Export a model as a page."""
    export_page(_model(turn), folder / "page.html", title=str(turn))


def check_page(folder: Path, turns: set[int]) -> None:
    path = folder / "page.html"
    if turns or path.exists():
        page = path.read_text(encoding="utf-8")
        (title,), (heading,) = (re.findall(f"<{name}>(\\d+)", page) for name in ("title", "h1"))
        assert title == heading
        assert page.rstrip().endswith("</html>")


def write_kernel(folder: Path, turn: int) -> None:
    """Load the machine code of a kernel, or compile it where the cache does not have it."""
    _use_cache(folder)
    if turn % 2:
        _remove_all(folder / "mnistedu" / "programs" / "kernels", "")
    number = turn % N_PROGRAMS
    code = disk_cache.cached(f"kernel {number}", lambda: _kernel(number))
    assert code == _kernel(number), "wrong machine code"
    target.load(code)


def check_kernels(folder: Path, turns: set[int]) -> None:
    known = {_kernel(number) for number in range(N_PROGRAMS)}
    for path in (folder / "mnistedu" / "programs" / "kernels").glob("*"):
        if not path.name.startswith(".writing-"):
            assert disk_cache._read(path) in known, "wrong machine code"


def write_program(folder: Path, turn: int) -> None:
    """Run a program that JAX has in its cache, or compiles and keeps there."""
    _use_cache(folder)
    if turn % 2:
        for suffix in ("-cache", "-atime"):
            _remove_all(folder / "mnistedu" / "programs", suffix)
    number = turn % N_PROGRAMS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a program cannot be kept
        result = jax.jit(lambda x: (x * x + number).sum())(np.arange(4.0))
    assert float(result) == 14 + 4 * number, "a wrong program"


def check_programs(folder: Path, turns: set[int]) -> None:
    programs = folder / "mnistedu" / "programs"
    if programs.exists():
        _remove_unfinished(programs)  # as the next process does
        for path in programs.glob("*-cache"):
            zlib.decompress(path.read_bytes())


def _use_cache(folder: Path) -> None:
    """Make JAX and the kernels of this process use a folder, if it is a private one."""
    if os.environ.get("XDG_CACHE_HOME") != str(folder):
        with suppress(OSError):
            folder.chmod(0o1777)  # shared, but nobody may remove what belongs to others
        os.environ["XDG_CACHE_HOME"] = str(folder)
        os.environ.pop("JAX_COMPILATION_CACHE_DIR", None)
        jax.config.update("jax_compilation_cache_dir", None)
        enable_compilation_cache()
    jax.clear_caches()


def _remove_all(folder: Path, suffix: str) -> None:
    """Remove all programs, as if they had not been needed for long."""
    with suppress(OSError):
        for path in folder.glob(f"[0-9a-z]*{suffix}"):
            path.unlink()


@functools.cache
def _kernel(number: int) -> bytes:
    shape = MaxPoolShape(8 + 2 * number, 8, 4, 2, 2)
    return registry._compile("max_pool", shape)


@functools.cache
def _build_model() -> keras.Model:
    layers = [keras.layers.Flatten(), keras.layers.Dense(10, "softmax", kernel_initializer="zeros")]
    model = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    return model


def _model(turn: int) -> keras.Model:
    model = _build_model()
    model.set_weights([np.full_like(weights, turn) for weights in model.get_weights()])
    return model


def _read_weights(path: Path) -> list[np.ndarray]:
    """Read the weights of a checkpoint much faster than Keras does."""
    with (
        zipfile.ZipFile(path) as archive,
        h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as weights,
    ):
        return [array[()] for array in weights["layers/dense/vars"].values()]


def _check_weights(model: keras.Model) -> None:
    values = {value for weights in model.get_weights() for value in np.unique(weights).tolist()}
    assert len(values) == 1, "weights of two models"


@functools.cache
def _data() -> Dataset:
    digits = mnistedu.load_digits()
    some, none = (Split(digits.train.images[:n], digits.train.labels[:n]) for n in (20, 0))
    return Dataset(some, none, none, "a few digits")
