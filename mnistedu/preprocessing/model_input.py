"""Converting MNIST images to the input of a model."""

from __future__ import annotations

import numpy as np

from mnistedu.ink import SIZE


def to_input(images: np.ndarray) -> np.ndarray:
    """Convert images to the input of a model: a batch with one channel, scaled to [0, 1].

    Parameters
    ----------
    images : array-like of shape (n, 28, 28) or (28, 28) and dtype uint8

    Returns
    -------
    x : ndarray of shape (n, 28, 28, 1) and dtype float32

    Raises
    ------
    ValueError
        If the images have another shape or type.

    Examples
    --------
    >>> to_input(np.full((28, 28), 255, np.uint8)).shape
    (1, 28, 28, 1)
    """
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim not in (2, 3) or images.shape[-2:] != (SIZE, SIZE):
        raise ValueError(
            "images must have shape (n, 28, 28) or (28, 28) and dtype uint8, "
            f"got {images.shape} and {images.dtype}; mnistedu.normalize makes such an image"
        )
    return np.divide(images.reshape(-1, SIZE, SIZE, 1), 255, dtype=np.float32)
