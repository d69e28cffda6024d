"""Models in files: Keras's formats and pickles, loaded only as far as they can be trusted."""

from __future__ import annotations

import os
import pickle
import re
import sys
import warnings
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mnistedu._atomic_files import atomic_path
from mnistedu._backend import import_keras, without_distribution
from mnistedu.models.containers import check_contents, open_regular, private_copy, read_hdf5
from mnistedu.models.size import check_size
from mnistedu.models.trust import UntrustedError

if TYPE_CHECKING:
    import keras

SUFFIXES = (".keras", ".h5", ".pkl")


def save_model(model: keras.Model, path: str | os.PathLike[str]) -> Path:
    """Save a model to a file, atomically.

    Parameters
    ----------
    model : keras.Model
        The model, with its weights and its optimizer's state.
    path : str or path-like
        The file. Its suffix decides the format: ``.keras`` (Keras's own, recommended), ``.h5`` (its
        old one, which is loaded without the optimizer's state) or ``.pkl`` (a pickle, which can
        only be loaded with trust). An existing file is replaced.

    Returns
    -------
    path : pathlib.Path
        The file.

    Raises
    ------
    ValueError
        If the suffix is another one.

    Examples
    --------
    >>> import tempfile
    >>> from mnistedu import build_mlp
    >>> path = save_model(build_mlp(), Path(tempfile.mkdtemp()) / "mlp.keras")
    >>> load_model(path).count_params()
    101770
    """
    suffix = _suffix(path)
    if model.compiled and not model.optimizer.built:
        # Keras would write the state of an unused optimizer in a form that it cannot read.
        model.optimizer.build(model.trainable_variables)
    with atomic_path(path) as temporary:
        if suffix == ".pkl":
            temporary.write_bytes(pickle.dumps(model))
        else:
            with without_distribution():  # in which Keras would wait for other processes
                _quietly(model.save, temporary)
    return Path(path)


def load_model(path: str | os.PathLike[str], *, trust: bool = False) -> keras.Model:
    """Load a model that :func:`save_model` or Keras saved.

    Without `trust`, nothing in the file can run code, read other files or reach the network: it may
    name only the layers, losses, metrics and optimizers of Keras that are listed in
    :mod:`mnistedu.models.trust`. Its size is bounded to 1 GiB, also when it is unpacked, 80 million
    weights, and 2 million numbers in the output of a layer for each image.

    Parameters
    ----------
    path : str or path-like
        A ``.keras``, ``.h5`` or ``.pkl`` file.
    trust : bool, default=False
        Whether you know where the file comes from. It may then hold anything: pickles, ``Lambda``
        layers, layers of your own, larger models. Loading it runs whatever code is in it.

    Returns
    -------
    model : keras.Model
        Compiled as it was saved, unless Keras 2 saved it.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be opened.
    PermissionError
        If loading the file could run code and `trust` is False.
    ValueError
        If the suffix is unknown, or the file does not hold a Keras model, or one that is too large.

    Examples
    --------
    >>> load_model("gone.keras")
    Traceback (most recent call last):
        ...
    FileNotFoundError: there is no file gone.keras
    """
    path, suffix = Path(path), _suffix(path)
    with open_regular(path):  # which has better errors than those below
        pass
    if trust:
        return _load_trusted(path, suffix)
    if suffix == ".pkl":
        raise PermissionError(
            f"{path} is a pickle, and loading a pickle runs whatever code its writer put into it. "
            f"{ALLOW}, and better save it as .keras from then on."
        )
    with private_copy(path) as copy, _fast_layers():
        version = ""
        try:
            version = check_contents(copy)
            read = partial(_read, copy, version)
            check_size(read)
            return _finish(read(), copy)
        except UntrustedError as error:
            raise PermissionError(
                f"{path} is not loaded, because that could run code or read other files: {error}. "
                f"{ALLOW}."
            ) from None
        except Exception as error:
            raise _unreadable(path, error, version) from error


ALLOW = "If you know where it comes from, allow it with trust=True (on the command line --trust)"


def _load_trusted(path: Path, suffix: str) -> keras.Model:
    try:
        with _fast_layers():
            if suffix == ".pkl":
                return _finish(pickle.loads(path.read_bytes()), path)
            version = ""
            if suffix == ".h5":
                version = read_hdf5(path, max_bytes=sys.maxsize).get("keras_version", "")
            return _finish(_read(path, version, safe_mode=False), path)
    except Exception as error:
        raise _unreadable(path, error) from error


def _read(path: Path, version: str, *, safe_mode: bool = True) -> object:
    load = import_keras().saving.load_model
    # Keras 3 takes metrics of Keras 2 for functions that they only name, and then cannot train.
    return _quietly(load, path, compile=not version.startswith("2."), safe_mode=safe_mode)


def _finish(model: object, path: Path) -> keras.Model:
    if not isinstance(model, import_keras().Model):
        raise ValueError(f"it holds a {type(model).__name__}")
    if path.suffix.lower() == ".h5" and model.compiled:
        # Keras 3.15 builds the optimizer of an .h5 file for no variables, and then cannot train.
        model.optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    return model


def _fast_layers() -> AbstractContextManager:
    """Load the layers of Keras that a file names as those that are fast on a CPU."""
    from mnistedu import layers

    fast = {name: getattr(layers, name) for name in layers.__all__}
    return import_keras().utils.custom_object_scope(fast)


def _unreadable(path: Path, error: Exception, version: str = "") -> ValueError:
    reason = " ".join(re.sub(r"\x1b\[\d+m", "", str(error)).split()) or type(error).__name__
    writer = version and f" (Keras {version} wrote it)"
    return ValueError(f"{path} could not be read as a Keras model{writer}: {reason[:300]}")


def _suffix(path: str | os.PathLike[str]) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"a model's file must end in {', '.join(SUFFIXES)}, got {str(path)!r}")
    return suffix


def _quietly(call, *args, **options):
    """Call without Keras's warnings about the age of a file."""
    from absl import logging

    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return call(*args, **options)
    finally:
        logging.set_verbosity(verbosity)
