"""Views of a digit as different people, pens, screens and cameras would produce them.

Every view is converted to an MNIST image by the code that :class:`mnistedu.Recognizer` uses, so
that a network is trained on the results of that code for thick pens, low resolutions and photos.
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
    """Vary the handwriting of a digit: slanted, stretched, shaky, with fewer points.

    Parameters
    ----------
    ink : Ink
        The digit.
    rng : numpy.random.Generator
        Random generator.

    Returns
    -------
    ink : Ink
        The varied digit.

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
        sampled = points[np.unique(np.r_[0 : len(points) : every, len(points) - 1])]
        moved = sampled @ matrix + rng.normal(0, shake, sampled.shape) + rng.normal(0, apart, 2)
        strokes.append(moved)
    return Ink(strokes)


def vector_view(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    """Rasterize ink as the drawing pad does, with small variations of the box and the pen.

    Parameters
    ----------
    ink : Ink
        The digit.
    rng : numpy.random.Generator
        Random generator.

    Returns
    -------
    image : ndarray of shape (28, 28), dtype uint8
        The view as an MNIST image.
    """
    return random_image(restyle(ink, rng), rng)


def canvas_view(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    """Draw ink on a canvas with a random pen, and normalize the picture.

    Parameters
    ----------
    ink : Ink
        The digit.
    rng : numpy.random.Generator
        Random generator.

    Returns
    -------
    image : ndarray of shape (28, 28), dtype uint8
        The view as an MNIST image.
    """
    side = int(rng.choice([100, 200, 280, 400]))
    height = side * rng.uniform(0.3, 0.8)
    coverage = draw(restyle(ink, rng), side, height, pen=side * rng.uniform(0.015, 0.15))
    return _normalize(coverage if rng.random() < 0.5 else 255 - coverage)


def coarse_view(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Reduce an MNIST image to 8x8 pixels of 17 levels, and normalize the result.

    Parameters
    ----------
    image : ndarray of shape (28, 28), dtype uint8
        An MNIST image.
    rng : numpy.random.Generator
        Random generator.

    Returns
    -------
    image : ndarray of shape (28, 28), dtype uint8
        The view as an MNIST image.
    """
    fine = ndimage.zoom(image / 255, 3)
    rows, columns = (np.flatnonzero((fine > 0.5).any(axis=axis)) for axis in (1, 0))
    digit = Image.fromarray(fine[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    width = max(4, round(32 * min(1, rng.uniform(1, 1.3) * digit.width / digit.height)))
    page = np.zeros((32, 32))
    left = (32 - width) // 2
    page[:, left : left + width] = np.asarray(digit.resize((width, 32))) > 0.5
    return _normalize(np.rint(page.reshape(8, 4, 8, 4).sum(axis=(1, 3))))


def photo_view(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    """Draw ink on unevenly lit, grainy paper, sometimes ruled, and normalize the photo.

    Parameters
    ----------
    ink : Ink
        The digit.
    rng : numpy.random.Generator
        Random generator.

    Returns
    -------
    image : ndarray of shape (28, 28), dtype uint8
        The view as an MNIST image.
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
    return _normalize(seen + rng.normal(0, rng.uniform(0.003, 0.02), seen.shape))


def pasted_view(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Paste an MNIST image at a random scale onto a larger canvas, and normalize the result.

    Parameters
    ----------
    image : ndarray of shape (28, 28), dtype uint8
        An MNIST image.
    rng : numpy.random.Generator
        Random generator.

    Returns
    -------
    image : ndarray of shape (28, 28), dtype uint8
        The view as an MNIST image.

    Examples
    --------
    >>> digit = np.zeros((28, 28), np.uint8)
    >>> digit[4:24, 13:16] = 255
    >>> pasted_view(digit, np.random.default_rng(0)).shape
    (28, 28)
    """
    side = round(28 * 2 ** rng.uniform(-1, 2))
    method = _RESAMPLING[rng.integers(len(_RESAMPLING))]
    resized = np.asarray(Image.fromarray(image).resize((side, side), method))
    pasted = np.pad(resized, int(rng.integers(1, 30)))
    return _normalize(pasted if rng.random() < 0.5 else 255 - pasted)


def _normalize(bitmap: Bitmap) -> np.ndarray:
    """Normalize a picture; return a black image if it is blank."""
    return steps(bitmap)["image"]


def draw(ink: Ink, side: int, height: float, pen: float) -> np.ndarray:
    """Draw ink in the middle of a square canvas.

    Parameters
    ----------
    ink : Ink
        The digit.
    side : int
        Side of the canvas, in pixels.
    height : float
        Longer side of the ink, in pixels.
    pen : float
        Width of the line, in pixels.

    Returns
    -------
    canvas : ndarray of shape (side, side), dtype uint8
        White ink on black.

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
