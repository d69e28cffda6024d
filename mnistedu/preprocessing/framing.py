"""Cropping a digit, scaling it to MNIST's box, and putting it in its place."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from mnistedu.ink import BOX, SIZE

LARGEST = 1000  # pixels, the longer side of a picture that is worked on

_EDGE = 0.15  # of the strongest ink; a digit begins where this much is reached


def shrink(picture: np.ndarray) -> np.ndarray:
    """Scale a large picture down to at most 1,000 pixels a side, by means over whole pixels.

    Parameters
    ----------
    picture : ndarray of shape (height, width)

    Returns
    -------
    small : ndarray of shape (small_height, small_width)

    Examples
    --------
    >>> shrink(np.ones((3000, 2000))).shape
    (1000, 667)
    """
    factor = math.ceil(max(picture.shape) / LARGEST)
    if factor == 1:
        return picture
    return np.asarray(Image.fromarray(picture.astype(np.float32)).reduce(factor))


def find_box(ink: np.ndarray) -> tuple[slice, slice]:
    """Find the rows and columns that hold the ink.

    Parameters
    ----------
    ink : ndarray of shape (height, width)
        From 0 (none) to 1; not blank.

    Returns
    -------
    rows, columns : slice

    Examples
    --------
    >>> find_box(np.eye(5)[1:4])
    (slice(0, 3, None), slice(1, 4, None))
    """
    rows, columns = (np.flatnonzero(ink.max(axis=axis) >= _EDGE * ink.max()) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def crop(ink: np.ndarray) -> np.ndarray:
    """Cut a picture down to the rows and columns that hold its ink.

    Parameters
    ----------
    ink : ndarray of shape (height, width)
        From 0 (none) to 1; not blank.

    Returns
    -------
    digit : ndarray of shape (digit_height, digit_width)

    Examples
    --------
    >>> crop(np.eye(5)[1:4]).shape
    (3, 3)
    """
    return ink[find_box(ink)]


def fit_box(digit: np.ndarray, box: float = BOX) -> np.ndarray:
    """Scale a digit until its longer side is that of MNIST's box.

    Parameters
    ----------
    digit : ndarray of shape (height, width)
        Ink, from 0 (none) to 1.
    box : float, default=20
        Side of the box, in pixels; at most 28.

    Returns
    -------
    digit : ndarray of shape (new_height, new_width)
        The same, its strongest ink brought to 1: thin lines fade when they are scaled down.

    Examples
    --------
    >>> fit_box(np.ones((100, 50))).shape
    (20, 10)
    """
    scale = box / max(digit.shape)
    height, width = (max(1, math.floor(side * scale + 0.5)) for side in digit.shape)
    image = Image.fromarray(digit.astype(np.float32)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    digit = np.clip(np.asarray(image), 0, 1)
    return digit / (digit.max() or 1)


def to_input(images: np.ndarray) -> np.ndarray:
    """Make images the input of a model: a batch with one channel, from 0 to 1.

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
    return (images.reshape(-1, SIZE, SIZE, 1) / np.float32(255)).astype(np.float32)
