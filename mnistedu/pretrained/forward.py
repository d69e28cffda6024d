"""The shipped network on NumPy alone: an answer without importing Keras or JAX."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mnistedu.pretrained.architecture import (
    FILTERS,
    FRAMINGS,
    POOLED,
    framing_matrix,
    share_no_digit,
)

_BATCH = 32  # images at once: more would no longer fit into the processor's cache
_MATRICES = [framing_matrix(scale) for scale in FRAMINGS]


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
    batches = [x[start : start + _BATCH] for start in range(0, len(x), _BATCH)]
    return np.concatenate([_answer_batch(weights, batch) for batch in batches])


def features(weights: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    """Compute what the last layer gets, for images seen from one distance.

    Parameters
    ----------
    weights : dict of str to ndarray
    x : ndarray of shape (n, 28, 28, 1) and dtype float32

    Returns
    -------
    features : ndarray of shape (n, n_features) and dtype float32
        To be multiplied by ``weights["classes_kernel"]``.
    """
    for number in range(len(FILTERS)):
        name = f"convolution_{number}"
        x = np.maximum(_convolve(x, weights[f"{name}_kernel"]) + weights[f"{name}_bias"], 0)
        if number in POOLED:
            x = _pool(x)
    return x.reshape(len(x), -1)


def frame(x: np.ndarray, distance: int) -> np.ndarray:
    """Look at images from one of the distances that answers are averaged over.

    Parameters
    ----------
    x : ndarray of shape (n, 28, 28, 1) and dtype float32
    distance : int
        Its place in ``FRAMINGS``.

    Returns
    -------
    x : ndarray of shape (n, 28, 28, 1) and dtype float32
    """
    matrix = _MATRICES[distance]
    return (matrix @ x[..., 0] @ matrix.T)[..., None]


def _answer_batch(weights: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    framed = [frame(x, distance) for distance in range(len(FRAMINGS))]
    answers = _ask(weights, np.concatenate(framed))
    return answers.reshape(len(FRAMINGS), len(x), -1).mean(axis=0)


def _ask(weights: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    scores = features(weights, x) @ weights["classes_kernel"] + weights["classes_bias"]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return share_no_digit(powers / powers.sum(axis=1, keepdims=True))


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
