"""The pretrained network with NumPy alone: predictions without importing Keras or JAX."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mnistedu.pretrained.architecture import (
    COLUMNS,
    Column,
    distribute_no_digit,
    get_columns,
    resampling_matrix,
)

_BATCH = 32  # larger batches do not fit into the processor's cache
_MATRICES = {scale: resampling_matrix(scale) for column in COLUMNS for scale in column.scales}


def predict_proba(weights: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Predict the probabilities of the ten digits.

    Parameters
    ----------
    weights : dict of str to ndarray
        Weights from :func:`mnistedu.pretrained.load_weights`.
    x : ndarray of shape (n, 28, 28, 1), dtype float32
        Images in [0, 1].

    Returns
    -------
    probabilities : ndarray of shape (n, 10), dtype float32
        Probability of each digit.

    Examples
    --------
    >>> from mnistedu.pretrained import load_weights
    >>> weights, _ = load_weights()
    >>> predict_proba(weights, np.zeros((3, 28, 28, 1), np.float32)).shape
    (3, 10)
    """
    return classify(weights, compute_features(weights, x))


def compute_features(weights: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Compute the inputs of the last layer.

    Parameters
    ----------
    weights : dict of str to ndarray
        Weights from :func:`mnistedu.pretrained.load_weights`.
    x : ndarray of shape (n, 28, 28, 1), dtype float32
        Images in [0, 1].

    Returns
    -------
    features : ndarray of shape (n, n_features), dtype float32
        The last layer multiplies them by ``weights["classes_kernel"]``.
    """
    columns = get_columns(weights)
    batches = [x[start : start + _BATCH] for start in range(0, len(x), _BATCH)]
    return np.concatenate(
        [
            np.concatenate([_apply_column(weights, column, batch) for column in columns], axis=1)
            for batch in batches
        ]
    )


def classify(weights: dict[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    """Compute the probabilities of the ten digits from the inputs of the last layer.

    Parameters
    ----------
    weights : dict of str to ndarray
        Weights from :func:`mnistedu.pretrained.load_weights`.
    features : ndarray of shape (n, n_features), dtype float32
        Result of :func:`compute_features`.

    Returns
    -------
    probabilities : ndarray of shape (n, 10), dtype float32
        Probability of each digit.
    """
    scores = features @ weights["classes_kernel"] + weights["classes_bias"]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return distribute_no_digit(powers / powers.sum(axis=1, keepdims=True))


def _apply_column(weights: dict[str, np.ndarray], column: Column, x: np.ndarray) -> np.ndarray:
    """Compute the mean of a column's features over its scales, of shape (n, n_features)."""
    maps = np.concatenate([_resample(x, _MATRICES[scale]) for scale in column.scales])
    for index in range(len(column.filters)):
        name = f"{column.name}_convolution_{index}"
        maps = np.maximum(_convolve(maps, weights[f"{name}_kernel"]) + weights[f"{name}_bias"], 0)
        if index in column.pooled:
            maps = _max_pool(maps)
    return maps.reshape(len(column.scales), len(x), -1).mean(axis=0)


def _resample(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return (matrix @ x[..., 0] @ matrix.T)[..., None]


def _convolve(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Convolve images with a kernel, as a product of their windows and the kernel."""
    height, width, channels, filters = kernel.shape
    windows = sliding_window_view(x, (height, width), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
    rows = windows.reshape(-1, height * width * channels)
    return (rows @ kernel.reshape(-1, filters)).reshape(*windows.shape[:3], filters)


def _max_pool(x: np.ndarray) -> np.ndarray:
    """Compute the maximum of each 2x2 square of non-negative values."""
    _, height, width, _ = x.shape
    x = np.pad(x, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)))
    rows = np.maximum(x[:, ::2], x[:, 1::2])
    return np.maximum(rows[:, :, ::2], rows[:, :, 1::2])
