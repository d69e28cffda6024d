"""Cropping a picture to its digit, and scaling the digit to MNIST's box."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from mnistedu.ink import BOX

WORKING_SIDE = 1000  # pixels, the longest side of a picture that is processed

_EDGE = 0.15  # of the strongest ink; a digit starts where this much is reached


def shrink(picture: np.ndarray) -> np.ndarray:
    """Scale a large picture down to at most 1,000 pixels a side, by means of blocks of pixels.

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
    factor = math.ceil(max(picture.shape) / WORKING_SIDE)
    if factor == 1:
        return picture
    return np.asarray(Image.fromarray(np.asarray(picture, np.float32)).reduce(factor))


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
    """Crop a picture to the rows and columns that hold its ink.

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
    """Scale a digit so that its longer side is that of MNIST's box.

    Parameters
    ----------
    digit : ndarray of shape (height, width)
        Ink, from 0 (none) to 1.
    box : float, default=20
        Side of the box, in pixels; at most 28.

    Returns
    -------
    digit : ndarray of shape (new_height, new_width)
        Normalized to a maximum of 1, because thin lines fade when they are scaled down.

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
