"""Removing the ruled lines of a writing pad."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

_SIDE = 300  # pixels, the longer side of the small picture for finding lines
_SLOPES = np.linspace(-0.1, 0.1, 41)  # about 6 degrees in each direction
_SPAN = 0.8  # of the picture's width; handwriting is shorter
_THICKEST = 0.02  # of the picture's longer side; thicker lines are handwriting


def remove_ruled_lines(ink: np.ndarray) -> np.ndarray:
    """Remove straight lines that cross the whole picture, but not the strokes that cross them.

    Parameters
    ----------
    ink : ndarray of shape (height, width)
        From 0 (none) to 1.

    Returns
    -------
    ink : ndarray of shape (height, width)

    Examples
    --------
    >>> page = np.zeros((200, 200), np.float32)
    >>> page[100:103] = 0.6  # a line
    >>> page[40:160, 95:110] = 1  # a stroke
    >>> page = remove_ruled_lines(page)
    >>> float(page[:, :90].max()), float(page[101, 100])
    (0.0, 1.0)
    """
    return _remove_rows(_remove_rows(ink).T).T


def _remove_rows(ink: np.ndarray) -> np.ndarray:
    lines = _find_lines(ink)
    if not lines.any():
        return ink
    thickness = _run_lengths(ink > 0)
    ruled = float(np.median(thickness[lines]))
    if ruled > max(3, _THICKEST * max(ink.shape)):
        return ink
    return np.where(lines & (thickness <= 1.6 * ruled + 1), 0, ink)


def _find_lines(ink: np.ndarray) -> np.ndarray:
    """Return a mask of the lines from left to right, which may be slightly tilted."""
    scale = min(1.0, _SIDE / max(ink.shape))
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    small = Image.fromarray((ink > 0).astype(np.float32)).resize((width, height))
    mask = np.asarray(small) > 0.2
    rows, columns = mask.nonzero()
    margin = math.ceil(_SLOPES[-1] * width)
    sums = np.zeros((len(_SLOPES), height + 2 * margin), int)
    for slope, row_sums in zip(_SLOPES, sums, strict=True):
        level = np.rint(rows - slope * columns).astype(int) + margin
        row_sums += np.bincount(level, minlength=row_sums.size)
    best = (sums.astype(float) ** 4).sum(axis=1).argmax()
    on_line = sums[best] >= _SPAN * width
    if not on_line.any():
        return np.zeros(ink.shape, bool)
    near = np.convolve(on_line, np.ones(5), "same") > 0
    y, x = np.indices(ink.shape)
    level = np.rint((y + 0.5) * scale - _SLOPES[best] * (x + 0.5) * scale - 0.5).astype(int)
    return near[level + margin] & (ink > 0)


def _run_lengths(mask: np.ndarray) -> np.ndarray:
    """Return for each pixel of a mask the length of the vertical run that it belongs to."""
    padded = np.pad(mask.T, ((0, 0), (1, 1))).ravel()
    changes = np.flatnonzero(padded[1:] != padded[:-1])
    starts, ends = changes[::2] + 1, changes[1::2] + 1
    lengths = np.zeros(padded.size, int)
    lengths[padded] = np.repeat(ends - starts, ends - starts)
    return lengths.reshape(mask.shape[1], -1)[:, 1:-1].T
