"""The pretrained network: its weights, and two ways to run it.

:mod:`mnistedu.pretrained.forward` runs it with NumPy alone; :func:`load_pretrained` returns it as a
Keras model. ``MODEL_CARD.md`` describes the training data and the accuracy.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from mnistedu._atomic_files import atomic_write
from mnistedu.pretrained.architecture import get_columns, weight_shapes

if TYPE_CHECKING:
    import keras

WEIGHTS = Path(__file__).parent / "weights.npz"

_EXPECTED = (
    "expected an .npz file with the weights of the pretrained network, as written by "
    "python -m mnistedu.pretraining"
)


def load_weights(path: str | os.PathLike[str] = WEIGHTS) -> tuple[dict[str, np.ndarray], float]:
    """Load the weights of the pretrained network.

    Parameters
    ----------
    path : str or path-like, optional
        An .npz file. By default, the file that is part of the package.

    Returns
    -------
    weights : dict of str to ndarray of dtype float32
        Maps names to weights.
    threshold : float
        Probability from which a prediction is called confident.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file contains anything else.
    """
    try:
        with np.load(path) as arrays:
            weights = {name: arrays[name].astype(np.float32) for name in arrays.files}
        threshold = float(weights.pop("threshold"))
    except (AttributeError, BadZipFile, EOFError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{_EXPECTED}, but {os.fspath(path)!r} is not: {error}") from error
    shapes = {name: array.shape for name, array in weights.items()}
    if shapes != weight_shapes(get_columns(weights)):
        raise ValueError(
            f"{_EXPECTED}, but the arrays of {os.fspath(path)!r} have other names or shapes"
        )
    return weights, threshold


def save_weights(
    path: str | os.PathLike[str], weights: dict[str, np.ndarray], threshold: float
) -> None:
    """Write weights to a file for :func:`load_weights`, atomically and in 16 bits.

    Parameters
    ----------
    path : str or path-like
        The .npz file to write.
    weights : dict of str to ndarray
        Maps names to weights.
    threshold : float
        Probability from which a prediction is called confident.
    """
    arrays: dict[str, Any] = {name: array.astype(np.float16) for name, array in weights.items()}
    with atomic_write(path) as file:
        np.savez_compressed(file, threshold=np.float16(threshold), **arrays)


def load_pretrained() -> keras.Model:
    """Load the pretrained network as a Keras model.

    Returns
    -------
    model : keras.Model
        A compiled model from images of shape (n, 28, 28, 1) in [0, 1] to ten probabilities.
    """
    from mnistedu.pretrained.network import build_pretrained

    return build_pretrained(load_weights()[0])
