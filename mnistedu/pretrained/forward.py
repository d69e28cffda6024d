"""The shipped network on NumPy alone: an answer without importing Keras or JAX."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mnistedu.pretrained.architecture import (
    COLUMNS,
    Column,
    columns_of,
    framing_matrix,
    share_no_digit,
)

_BATCH = 32  # images at once: more would no longer fit into the processor's cache
_MATRICES = {scale: framing_matrix(scale) for column in COLUMNS for scale in column.framings}


def answer(weights: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Compute the probabilities of the ten digits.

    Parameters
    ----------
    weights : dict of str to ndarray
        As :func:`mnistedu.pretrained.load_weights` gives them.
    x : ndarray of shape (n, 28, 28, 1) and dtype float32
        Images from 0 to 1.

    Returns
    -------
    probabilities : ndarray of shape (n, 10) and dtype float32

    Examples
    --------
    >>> from mnistedu.pretrained import load_weights
    >>> weights, _ = load_weights()
    >>> answer(weights, np.zeros((3, 28, 28, 1), np.float32)).shape
    (3, 10)
    """
    return decide(weights, features(weights, x))


def features(weights: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Compute what the last layer gets.

    Parameters
    ----------
    weights : dict of str to ndarray
    x : ndarray of shape (n, 28, 28, 1) and dtype float32

    Returns
    -------
    features : ndarray of shape (n, n_features) and dtype float32
        To be multiplied by ``weights["classes_kernel"]``.
    """
    columns = columns_of(weights)
    batches = [x[start : start + _BATCH] for start in range(0, len(x), _BATCH)]
    return np.concatenate(
        [
            np.concatenate([_see(weights, column, batch) for column in columns], axis=1)
            for batch in batches
        ]
    )


def decide(weights: dict[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    """Compute the probabilities of the ten digits from what the last layer gets.

    Parameters
    ----------
    weights : dict of str to ndarray
    features : ndarray of shape (n, n_features) and dtype float32

    Returns
    -------
    probabilities : ndarray of shape (n, 10) and dtype float32
    """
    scores = features @ weights["classes_kernel"] + weights["classes_bias"]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return share_no_digit(powers / powers.sum(axis=1, keepdims=True))


def _see(weights: dict[str, np.ndarray], column: Column, x: np.ndarray) -> np.ndarray:
    """Compute what a column makes of images: the mean over its framings, (n, n_features)."""
    seen = np.concatenate([_frame(x, _MATRICES[scale]) for scale in column.framings])
    for number in range(len(column.filters)):
        name = f"{column.name}_convolution_{number}"
        seen = np.maximum(_convolve(seen, weights[f"{name}_kernel"]) + weights[f"{name}_bias"], 0)
        if number in column.pooled:
            seen = _pool(seen)
    return seen.reshape(len(column.framings), len(x), -1).mean(axis=0)


def _frame(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return (matrix @ x[..., 0] @ matrix.T)[..., None]


def _convolve(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Slide a kernel over images: every place's surroundings as a row, times the kernel."""
    height, width, channels, filters = kernel.shape
    places = sliding_window_view(x, (height, width), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
    rows = places.reshape(-1, height * width * channels)
    return (rows @ kernel.reshape(-1, filters)).reshape(*places.shape[:3], filters)


def _pool(x: np.ndarray) -> np.ndarray:
    """Take the largest value, none of which is negative, of each 2x2 square."""
    _, height, width, _ = x.shape
    x = np.pad(x, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)))
    rows = np.maximum(x[:, ::2], x[:, 1::2])
    return np.maximum(rows[:, :, ::2], rows[:, :, 1::2])
