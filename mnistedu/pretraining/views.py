"""The same digits as other hands, pens, screens and cameras would show them.

Every view ends as an MNIST image, made by the very code that a recogniser uses, so that a model
learns what that code makes of thick pens, coarse pictures, and photos.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from mnistedu.ink import Ink
from mnistedu.ink.augmentation import random_affine, random_image
from mnistedu.preprocessing import Bitmap, steps

_RESAMPLING = (
    Image.Resampling.NEAREST,
    Image.Resampling.BOX,
    Image.Resampling.BILINEAR,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
)


def restyle(ink: Ink, rng: np.random.Generator) -> Ink:
    """Write the same digit with another hand: slanted, stretched, shaky, in fewer points.

    Parameters
    ----------
    ink : Ink
    rng : numpy.random.Generator

    Returns
    -------
    ink : Ink

    Examples
    --------
    >>> one = Ink([[(0, 0), (0, 50), (0, 100)]])
    >>> len(restyle(one, np.random.default_rng(0)).strokes)
    1
    """
    left, top, right, bottom = ink.bounds
    size = max(right - left, bottom - top) or 1.0
    matrix = random_affine(rng)
    shake = size * rng.choice([0, 0.006, 0.015])
    apart = size * rng.choice([0, 0.02])
    every = rng.integers(1, 5)
    strokes = []
    for points in ink.strokes:
        kept = points[np.unique(np.r_[0 : len(points) : every, len(points) - 1])]
        moved = kept @ matrix + rng.normal(0, shake, kept.shape) + rng.normal(0, apart, 2)
        strokes.append(moved)
    return Ink(strokes)


def vector_view(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    """Draw ink as a pad does, with a box and a pen that vary a little.

    Parameters
    ----------
    ink : Ink
    rng : numpy.random.Generator

    Returns
    -------
    image : ndarray of shape (28, 28) and dtype uint8
    """
    return random_image(restyle(ink, rng), rng)


def canvas_view(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    """Draw ink on a canvas with any pen, and normalize its picture.

    Parameters
    ----------
    ink : Ink
    rng : numpy.random.Generator

    Returns
    -------
    image : ndarray of shape (28, 28) and dtype uint8
    """
    side = int(rng.choice([100, 200, 280, 400]))
    height = side * rng.uniform(0.3, 0.8)
    coverage = draw(restyle(ink, rng), side, height, pen=side * rng.uniform(0.015, 0.15))
    return _find(coverage if rng.random() < 0.5 else 255 - coverage)


def coarse_view(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Show an MNIST image in 8x8 pixels of 17 levels, and normalize that.

    Parameters
    ----------
    image : ndarray of shape (28, 28) and dtype uint8
    rng : numpy.random.Generator

    Returns
    -------
    image : ndarray of shape (28, 28) and dtype uint8
    """
    fine = ndimage.zoom(image / 255, 3)
    rows, columns = (np.flatnonzero((fine > 0.5).any(axis=axis)) for axis in (1, 0))
    digit = Image.fromarray(fine[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    width = max(4, round(32 * min(1, rng.uniform(1, 1.3) * digit.width / digit.height)))
    page = np.zeros((32, 32))
    left = (32 - width) // 2
    page[:, left : left + width] = np.asarray(digit.resize((width, 32))) > 0.5
    return _find(np.rint(page.reshape(8, 4, 8, 4).sum(axis=(1, 3))))


def photo_view(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    """Draw ink on unevenly lit, grainy paper, sometimes ruled, and normalize its photo.

    Parameters
    ----------
    ink : Ink
    rng : numpy.random.Generator

    Returns
    -------
    image : ndarray of shape (28, 28) and dtype uint8
    """
    side = int(rng.integers(100, 250))
    height = side * rng.uniform(0.3, 0.6)
    line = draw(restyle(ink, rng), side, height, pen=height * rng.uniform(0.04, 0.13)) / 255
    y, x = np.mgrid[:side, :side] / side
    paper = np.ones((side, side))
    if rng.random() < 0.3:
        distance = np.abs((y + rng.uniform(-0.05, 0.05) * x) % rng.uniform(0.07, 0.14) - 0.03)
        paper -= rng.uniform(0.1, 0.4) * (distance < 0.004)
    across = x * rng.normal() + y * rng.normal()
    light = 1 - 0.4 * rng.random() * (across - across.min()) / np.ptp(across)
    if rng.random() < 0.4:
        light *= 1 - rng.uniform(0.1, 0.5) * (across > rng.uniform(across.min(), across.max()))
    seen = ndimage.gaussian_filter(
        paper * light * (1 - rng.uniform(0.5, 0.95) * line), rng.uniform(0.3, 1.2)
    )
    return _find(seen + rng.normal(0, rng.uniform(0.003, 0.02), seen.shape))


def pasted_view(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Paste an MNIST image at any scale onto a larger canvas, and normalize that.

    Parameters
    ----------
    image : ndarray of shape (28, 28) and dtype uint8
    rng : numpy.random.Generator

    Returns
    -------
    image : ndarray of shape (28, 28) and dtype uint8

    Examples
    --------
    >>> digit = np.zeros((28, 28), np.uint8)
    >>> digit[4:24, 13:16] = 255
    >>> pasted_view(digit, np.random.default_rng(0)).shape
    (28, 28)
    """
    side = round(28 * 2 ** rng.uniform(-1, 2))
    method = _RESAMPLING[rng.integers(len(_RESAMPLING))]
    pasted = np.pad(Image.fromarray(image).resize((side, side), method), rng.integers(1, 30))
    return _find(pasted if rng.random() < 0.5 else 255 - pasted)


def _find(bitmap: Bitmap) -> np.ndarray:
    """Find the digit as a recogniser does; a black image if there is none."""
    return steps(bitmap)["image"]


def draw(ink: Ink, side: int, height: float, pen: float) -> np.ndarray:
    """Draw ink into the middle of a square canvas.

    Parameters
    ----------
    ink : Ink
    side : int
        Of the canvas, in pixels.
    height : float
        The longer side of the ink, in pixels.
    pen : float
        Width of the line, in pixels.

    Returns
    -------
    canvas : ndarray of shape (side, side) and dtype uint8
        White on black.

    Examples
    --------
    >>> canvas = draw(Ink([[(0, 0), (0, 1)]]), side=100, height=60, pen=10)
    >>> int(canvas[50, 50]), int(canvas[50, 40])
    (255, 0)
    """
    left, top, right, bottom = ink.bounds
    scale = 2 * height / (max(right - left, bottom - top) or 1.0)
    middle = np.array([left + right, top + bottom]) / 2
    image = Image.new("L", (2 * side, 2 * side))
    drawing = ImageDraw.Draw(image)
    for points in ink.strokes:
        path = (points - middle) * scale + side
        drawing.line([*path.ravel().tolist(), *path[-1].tolist()], 255, max(1, round(2 * pen)))
        for x, y in path.tolist():
            drawing.ellipse((x - pen, y - pen, x + pen, y + pen), 255)
    return np.asarray(image.reduce(2))
