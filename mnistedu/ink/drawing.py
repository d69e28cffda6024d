"""Drawing strokes as MNIST's makers would have: scaled first, a fixed pen, centre of mass."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

SIZE = 28  # pixels, the side of an MNIST image
BOX = 20.0  # pixels, the side of the box that an MNIST digit fills
PEN = 2.4  # pixels, the width of the line of a typical MNIST digit

_GRID = 5  # cells that a pixel is divided into, each way, to draw smooth edges


def draw_strokes(strokes: Sequence[np.ndarray], box: float = BOX, pen: float = PEN) -> np.ndarray:
    """Draw strokes into an MNIST image.

    Parameters
    ----------
    strokes : sequence of ndarray of shape (n_points, 2)
        Points x, y, y pointing down; at least one.
    box : float, default=20
        Side of the square that the digit fills, line width included, in pixels; at most 28.
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
    >>> draw_strokes([np.array([[0, 0], [0, 1]])])[14, 12:17]
    array([  0, 204, 255, 204,   0], dtype=uint8)
    """
    if not 0 < pen < box <= SIZE:
        raise ValueError(
            f"the pen must be thinner than the box and the box at most {SIZE} pixels, "
            f"got pen={pen} and box={box}"
        )
    return place_by_mass(_draw_line(_fit(strokes, box - pen), pen), _GRID)


def place_by_mass(digit: np.ndarray, grid: int = 1) -> np.ndarray:
    """Put a digit into an MNIST image, its centre of mass in the pixel of row and column 14.

    That is where MNIST's makers put it. A digit that would leave the image is moved only as far as
    it fits.

    Parameters
    ----------
    digit : ndarray of shape (height, width)
        Ink, from 0 (none) to 1, in cells; at most 28 pixels a side.
    grid : int, default=1
        Cells that make up a pixel, each way.

    Returns
    -------
    image : ndarray of shape (28, 28) and dtype uint8

    Examples
    --------
    >>> place_by_mass(np.ones((1, 1))).nonzero()
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


def _fit(strokes: Sequence[np.ndarray], side: float) -> list[np.ndarray]:
    """Move and scale strokes into a square, their corner at 0, 0, their shape kept."""
    points = np.concatenate(strokes).astype(float)
    corner = points.min(axis=0)
    scale = side / (np.ptp(points, axis=0).max() or 1.0)
    return [(points - corner) * scale for points in strokes]


def _draw_line(strokes: list[np.ndarray], pen: float) -> np.ndarray:
    """Draw strokes with a round pen; return the cells of the grid that it touches, as bool.

    A hairline is drawn first and then thickened, row by row of the pen's disc: the time depends on
    the size of the image, not on the number of points.
    """
    radius = pen / 2 * _GRID
    margin = int(radius)
    paths = [np.rint(points * _GRID).astype(int) + margin for points in strokes]
    width, height = np.concatenate(paths).max(axis=0) + margin + 1
    hairline = Image.new("L", (int(width), int(height)))
    draw = ImageDraw.Draw(hairline)
    for path in paths:
        moves = np.r_[True, np.any(path[1:] != path[:-1], axis=1)]
        draw.line([*path[moves].ravel().tolist(), *path[-1].tolist()], fill=1)
    # so_far[row, i] counts the hairline's cells left of cell i: a run of cells holds some of them
    # where the count changes from its one end to the other.
    so_far = np.pad(np.asarray(hairline).cumsum(axis=1), ((0, 0), (margin + 1, margin)), "edge")
    so_far[:, : margin + 1] = 0
    line = np.zeros((height + 2 * margin, width), bool)
    for down in range(-margin, margin + 1):
        half = int(math.sqrt(radius**2 - down**2))
        runs = [so_far[:, margin + shift :][:, :width] for shift in (-half, half + 1)]
        line[margin + down :][:height] |= runs[0] != runs[1]
    return line[margin : -margin or None]
