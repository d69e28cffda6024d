"""Models in files: Keras's own formats and pickles, loaded only as far as they can be trusted."""

from __future__ import annotations

import os
import pickle
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from mnistedu._atomic_files import atomic_path
from mnistedu._backend import import_keras

if TYPE_CHECKING:
    import keras

SUFFIXES = (".keras", ".h5", ".pkl")


def save_model(model: keras.Model, path: str | os.PathLike[str]) -> Path:
    """Write a model to a file, whole or not at all.

    Parameters
    ----------
    model : keras.Model
        The model, with its weights and its optimizer's state.
    path : str or path-like
        Where to. The suffix says how: ``.keras`` (Keras's own format: take this one), ``.h5`` (its
        old one, which comes back without the optimizer's state) or ``.pkl`` (a pickle, which the
        reader has to trust). An existing file is replaced.

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
            _quietly(model.save, temporary)
    return Path(path)


def load_model(path: str | os.PathLike[str], *, trust: bool = False) -> keras.Model:
    """Read a model that :func:`save_model` or Keras wrote.

    Parameters
    ----------
    path : str or path-like
        A ``.keras``, ``.h5`` or ``.pkl`` file.
    trust : bool, default=False
        Whether you know where the file comes from. Loading a pickle runs whatever code its writer
        put in, and so do ``Lambda`` layers in the other formats: both need ``trust=True``.

    Returns
    -------
    model : keras.Model

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    PermissionError
        If loading the file could run code and `trust` is False.
    ValueError
        If the suffix is unknown, or the file does not hold a Keras model.

    Examples
    --------
    >>> load_model("gone.keras")
    Traceback (most recent call last):
        ...
    FileNotFoundError: there is no file gone.keras
    """
    path, suffix = Path(path), _suffix(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    keras = import_keras()
    from mnistedu import layers

    # A file names Keras's own layers, so that it loads anywhere; here they become the fast ones.
    fast = {name: getattr(layers, name) for name in layers.__all__}
    with keras.utils.custom_object_scope(fast):
        model = _unpickle(path, trust) if suffix == ".pkl" else _read_keras(path, trust)
    if suffix == ".h5" and getattr(model, "compiled", False):
        # Keras 3.15 builds the optimizer of an .h5 file for no variables, and then cannot train.
        model.optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    if not isinstance(model, keras.Model):
        raise ValueError(f"{path} holds a {type(model).__name__}, not a Keras model")
    return model


def _read_keras(path: Path, trust: bool) -> object:
    keras = import_keras()
    try:
        return _quietly(keras.saving.load_model, path, safe_mode=not trust)
    except Exception as error:
        if "safe_mode" in str(error) or "unsafe" in str(error):
            raise PermissionError(
                f"{path} holds code (a Lambda layer) that would run when it is loaded. If you "
                f"know where it comes from: load_model({str(path)!r}, trust=True)"
            ) from error
        raise ValueError(
            f"{path} could not be read as a Keras model: {error}. Is the file whole, and was it "
            "saved by Keras 3, with any classes of its own registered?"
        ) from error


def _unpickle(path: Path, trust: bool) -> object:
    if not trust:
        raise PermissionError(
            f"{path} is a pickle, and loading a pickle runs whatever code its writer put into it. "
            f"If you know where it comes from: load_model({str(path)!r}, trust=True); and better "
            "save it as .keras from then on."
        )
    try:
        return pickle.loads(path.read_bytes())
    except Exception as error:
        raise ValueError(f"{path} could not be read as a pickle: {error}") from error


def _suffix(path: str | os.PathLike[str]) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"a model's file must end in {', '.join(SUFFIXES)}, got {str(path)!r}")
    return suffix


def _quietly(call, *args, **options):
    """Call without Keras's remarks on the age of ``.h5``, which the learner asked for."""
    from absl import logging

    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*HDF5.*")
            return call(*args, **options)
    finally:
        logging.set_verbosity(verbosity)
