"""The weights that ship with the package: their file, and the two ways to run them.

:mod:`mnistedu.pretrained.forward` runs them on NumPy alone, and :func:`load_pretrained` gives the
same network as a Keras model. ``MODEL_CARD.md`` tells what they were made from and how good they
are.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from mnistedu._atomic_files import atomic_write
from mnistedu.pretrained.architecture import columns_of, weight_shapes

if TYPE_CHECKING:
    import keras

WEIGHTS = Path(__file__).parent / "weights.npz"

_EXPECTED = (
    "expected an .npz file of weights for the shipped network, as python -m mnistedu.pretraining "
    "writes it"
)


def load_weights(path: str | os.PathLike[str] = WEIGHTS) -> tuple[dict[str, np.ndarray], float]:
    """Read the weights of the shipped network.

    Parameters
    ----------
    path : str or path-like, optional
        The shipped ones by default.

    Returns
    -------
    weights : dict of str to ndarray of dtype float32
    threshold : float
        The probability from which an answer is called confident.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it holds anything else.
    """
    try:
        with np.load(path) as arrays:
            weights = {name: arrays[name].astype(np.float32) for name in arrays.files}
        threshold = float(weights.pop("threshold"))
    except (AttributeError, BadZipFile, EOFError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{_EXPECTED}, but {os.fspath(path)!r} is none: {error}") from error
    shapes = {name: array.shape for name, array in weights.items()}
    if shapes != weight_shapes(columns_of(weights)):
        raise ValueError(f"{_EXPECTED}, but {os.fspath(path)!r} has others")
    return weights, threshold


def save_weights(
    path: str | os.PathLike[str], weights: dict[str, np.ndarray], threshold: float
) -> None:
    """Write weights as :func:`load_weights` reads them: in 16 bits, whole or not at all.

    Parameters
    ----------
    path : str or path-like
    weights : dict of str to ndarray
    threshold : float
    """
    with atomic_write(path) as file:
        np.savez_compressed(
            file,
            threshold=np.float16(threshold),
            **{name: array.astype(np.float16) for name, array in weights.items()},
        )


def load_pretrained() -> keras.Model:
    """Load the shipped network as a Keras model.

    Returns
    -------
    model : keras.Model
        Takes images of shape (n, 28, 28, 1) from 0 to 1, gives ten probabilities; compiled.
    """
    from mnistedu.pretrained.network import build_shipped

    return build_shipped(load_weights()[0])
