"""Pictures of a 7 that the tests of the preprocessing share."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from mnistedu import Ink, normalize

SEVEN = Ink([[(40, 30), (200, 30), (90, 250)], [(80, 130), (190, 130)]])


def draw_seven(side: int = 280, pen: int = 16) -> np.ndarray:
    """White on black, by a hand that is not the package's."""
    image = Image.new("L", (side, side))
    for points in SEVEN.strokes:
        path = [tuple(point) for point in (points * side / 280).tolist()]
        ImageDraw.Draw(image).line(path, fill=255, width=max(1, pen * side // 280), joint="curve")
    return np.asarray(image)


def photograph(ink: np.ndarray, *, ruled: bool = False) -> np.ndarray:
    """Put ink, from 0 to 1, on paper in the light of a lamp, and add a camera's noise."""
    y, x = np.mgrid[: ink.shape[0], : ink.shape[1]] / ink.shape[0]
    paper = 0.9 - 0.25 * ((y % 0.1) < 0.006) if ruled else 0.9
    light = 1 - 0.3 * x - 0.2 * y
    noise = np.random.default_rng(0).normal(0, 0.01, ink.shape)
    return np.rint(np.clip(paper * light * (1 - 0.8 * ink) + noise, 0, 1) * 255).astype(np.uint8)


def alike(first: np.ndarray, second: np.ndarray) -> float:
    """Return the correlation of two images, one of them moved by up to a pixel."""
    moved = [np.roll(first, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return max(float(np.corrcoef(image.ravel(), second.ravel())[0, 1]) for image in moved)


EXPECTED = normalize(draw_seven())
