"""Rendering strokes the way MNIST was made: scaled first, a fixed pen, centred by mass."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

SIZE = 28  # pixels, the side of an MNIST image
BOX = 20.0  # pixels, the side of the box that an MNIST digit fills
PEN = 2.4  # pixels, the width of the line of a typical MNIST digit

_GRID = 5  # cells per pixel in each direction, for smooth edges
_BLOCK = 4096  # line segments that are traced at once


def rasterize_strokes(
    strokes: Sequence[np.ndarray], box: float = BOX, pen: float = PEN
) -> np.ndarray:
    """Render strokes as an MNIST image.

    Parameters
    ----------
    strokes : sequence of ndarray of shape (n_points, 2)
        Points x, y, y pointing down; at least one.
    box : float, default=20
        Side of the square that the digit fills with its line width, in pixels; at most 28.
    pen : float, default=2.4
        Width of the line, in pixels; less than `box`.

    Returns
    -------
    image : ndarray of shape (28, 28) and dtype uint8

    Raises
    ------
    ValueError
        If the box or the pen does not fit.

    Examples
    --------
    >>> rasterize_strokes([np.array([[0, 0], [0, 1]])])[14, 12:17]
    array([  0, 204, 255, 204,   0], dtype=uint8)
    """
    if not 0 < pen < box <= SIZE:
        raise ValueError(
            f"the pen must be thinner than the box and the box at most {SIZE} pixels, "
            f"got pen={pen} and box={box}"
        )
    return centre_by_mass(_rasterize_line(strokes, box - pen, pen), _GRID)


def centre_by_mass(digit: np.ndarray, grid: int = 1) -> np.ndarray:
    """Shift a digit so that its centre of mass is in the pixel at row and column 14, as in MNIST.

    A digit that would leave the image is shifted only as far as it fits.

    Parameters
    ----------
    digit : ndarray of shape (height, width)
        Ink, from 0 (none) to 1; at most 28 pixels in height and width.
    grid : int, default=1
        Cells per pixel in each direction, to shift by a fraction of a pixel.

    Returns
    -------
    image : ndarray of shape (28, 28) and dtype uint8

    Examples
    --------
    >>> centre_by_mass(np.ones((1, 1))).nonzero()
    (array([14]), array([14]))
    """
    field = SIZE * grid
    corner = []
    for axis, length in enumerate(digit.shape):
        mass = digit.sum(axis=1 - axis, dtype=float)
        centre = mass @ (np.arange(length) + 0.5) / mass.sum()
        middle = (SIZE + 1) / 2 * grid
        corner.append(min(max(math.ceil(middle - centre - 0.5), 0), field - length))
    cells = np.zeros((field, field), np.float32)
    top, left = corner
    cells[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    pixels = cells.reshape(SIZE, grid, SIZE, grid).mean(axis=(1, 3))
    return np.rint(255 * pixels).astype(np.uint8)


def _rasterize_line(strokes: Sequence[np.ndarray], side: float, pen: float) -> np.ndarray:
    """Return the cells of a square that a round pen touches when it draws the strokes, as bool.

    The line is one cell wide first and then dilated by the pen's disc, row by row: the time hardly
    depends on the number of points.
    """
    points = np.concatenate(strokes).T.astype(float, order="C")  # a row of x and a row of y
    points -= points.min(axis=1, keepdims=True)
    points *= _GRID * side / (points.max() or 1.0)
    ends = np.cumsum([len(stroke) for stroke in strokes]) - 1
    radius = pen / 2 * _GRID
    margin = int(radius)
    points = np.rint(points)
    width, height = points.max(axis=1).astype(int) + 2 * margin + 1
    hairline = np.zeros((height, width), np.int32)
    for x, y in _trace(points, ends):
        hairline[y + margin, x + margin] = 1
    # so_far[row, i] is the number of hairline cells left of cell i: a run of cells holds at least
    # one if the number differs between its ends.
    so_far = np.pad(hairline.cumsum(axis=1), ((0, 0), (margin + 1, margin)), "edge")
    so_far[:, : margin + 1] = 0
    line = np.zeros((height + 2 * margin, width), bool)
    for down in range(-margin, margin + 1):
        half = int(math.sqrt(radius**2 - down**2))
        runs = [so_far[:, margin + shift :][:, :width] for shift in (-half, half + 1)]
        line[margin + down :][:height] |= runs[0] != runs[1]
    return line[margin : -margin or None]


def _trace(points: np.ndarray, ends: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the cells on the line segments of all strokes, as a row of x and a row of y.

    The strokes are concatenated; `ends` has the indices of their last points. Working in blocks
    bounds the memory, whatever the number of points.
    """
    moves = np.diff(points, append=0)
    moves[:, ends] = 0
    counts = np.maximum(*np.abs(moves)).astype(int) + 1
    for start in range(0, len(counts), _BLOCK):
        block = slice(start, start + _BLOCK)
        n_cells = counts[block]
        line = np.repeat(np.arange(len(n_cells)), n_cells)
        along = (np.arange(len(line)) - (n_cells.cumsum() - n_cells)[line]) / n_cells[line]
        yield np.rint(points[:, block][:, line] + along * moves[:, block][:, line]).astype(int)
