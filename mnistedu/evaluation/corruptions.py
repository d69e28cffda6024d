"""Ten corruptions of images, each with an adjustable strength.

Every function takes uint8 images of shape (n, 28, 28), a strength and a random generator, and
returns images of the same shape and dtype. Directions and positions are random for each image.

References
----------
N. Mu and J. Gilmer, "MNIST-C: a robustness benchmark for computer vision", arXiv:1906.02337, 2019.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

_CENTRE = np.array([13.5, 13.5])


@dataclass(frozen=True)
class Corruption:
    """A corruption of images and a range of strengths.

    Attributes
    ----------
    name : str
        Name of the corruption.
    unit : str
        Unit of the strengths.
    strengths : tuple of float
        Strengths to test, in ascending order.
    harmless : float
        The strength that does not change the images; one of `strengths`.
    apply : callable
        A function of images, a strength and a NumPy random generator.
    """

    name: str
    unit: str
    strengths: tuple[float, ...]
    harmless: float
    apply: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]


def shift(images: np.ndarray, pixels: float, rng: np.random.Generator) -> np.ndarray:
    """Move each image by a distance in pixels, in a random direction.

    Examples
    --------
    >>> dot = np.zeros((1, 28, 28), np.uint8)
    >>> dot[0, 14, 14] = 255
    >>> moved = shift(dot, 3, np.random.default_rng(0))
    >>> bool(moved[0, 14, 14]), int(moved.sum())
    (False, 255)
    """
    angles = rng.uniform(0, 2 * np.pi, len(images))
    moves = pixels * np.stack([np.sin(angles), np.cos(angles)], axis=1)
    return _resample(images, np.tile(np.eye(2), (len(images), 1, 1)), moves)


def rotate(images: np.ndarray, degrees: float, rng: np.random.Generator) -> np.ndarray:
    """Rotate each image to the left or to the right."""
    angles = np.deg2rad(degrees) * _random_signs(images, rng)
    cos, sin = np.cos(angles), np.sin(angles)
    return _resample(images, np.stack([cos, -sin, sin, cos], axis=1).reshape(-1, 2, 2))


def scale(images: np.ndarray, factor: float, rng: np.random.Generator) -> np.ndarray:
    """Scale each image by a factor."""
    return _resample(images, np.tile(np.eye(2) / factor, (len(images), 1, 1)))


def shear(images: np.ndarray, slant: float, rng: np.random.Generator) -> np.ndarray:
    """Shear each image to the left or to the right, by a number of pixels per row."""
    matrices = np.tile(np.eye(2), (len(images), 1, 1))
    matrices[:, 1, 0] = slant * _random_signs(images, rng)
    return _resample(images, matrices)


def pen_width(images: np.ndarray, pixels: float, rng: np.random.Generator) -> np.ndarray:
    """Make the lines thicker, or thinner if negative, by a number of pixels."""
    change = ndimage.grey_erosion if pixels < 0 else ndimage.grey_dilation
    whole, fraction = divmod(abs(pixels), 1)
    for _ in range(int(whole)):
        images = _change_by_pixel(change, images)
    # A fraction of a pixel is a shade of grey, as in an antialiased line.
    return _to_bytes((1 - fraction) * images + fraction * _change_by_pixel(change, images))


def noise(images: np.ndarray, deviation: float, rng: np.random.Generator) -> np.ndarray:
    """Add normal noise to each pixel, whose deviation is relative to white."""
    return _to_bytes(images + 255 * deviation * rng.standard_normal(images.shape, np.float32))


def blur(images: np.ndarray, pixels: float, rng: np.random.Generator) -> np.ndarray:
    """Blur each image with a Gaussian whose standard deviation is in pixels."""
    return _to_bytes(ndimage.gaussian_filter(images.astype(np.float32), (0, pixels, pixels)))


def contrast(images: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    """Multiply the brightness of the ink by a fraction."""
    return _to_bytes(fraction * images)


def inversion(images: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    """Blend each image (0) with its negative (1)."""
    return _to_bytes((1 - fraction) * images + fraction * (255.0 - images))


def occlude(images: np.ndarray, side: float, rng: np.random.Generator) -> np.ndarray:
    """Erase a square, centred at a random position in the middle 20x20 pixels."""
    corners = rng.uniform(4, 24, (len(images), 2, 1)) - side / 2
    pixels = np.arange(28)
    inside = (corners <= pixels) & (pixels < corners + side)
    return np.where(inside[:, 0, :, None] & inside[:, 1, None, :], np.uint8(0), images)


CORRUPTIONS = (
    Corruption("shift", "pixels", (0, 1, 2, 3, 4, 6), 0, shift),
    Corruption("rotation", "degrees", (0, 10, 20, 30, 45, 60), 0, rotate),
    Corruption("scale", "scale factor", (0.4, 0.6, 0.8, 1, 1.2, 1.4), 1, scale),
    Corruption("shear", "pixels per row", (0, 0.2, 0.4, 0.6, 0.8, 1), 0, shear),
    Corruption("pen width", "pixels", (-1, -0.5, 0, 1, 2, 3), 0, pen_width),
    Corruption("noise", "standard deviation", (0, 0.1, 0.2, 0.3, 0.5, 0.7), 0, noise),
    Corruption("blur", "pixels", (0, 0.5, 1, 1.5, 2, 3), 0, blur),
    Corruption("contrast", "fraction kept", (0.05, 0.1, 0.2, 0.4, 0.7, 1), 1, contrast),
    Corruption("inversion", "fraction inverted", (0, 0.2, 0.4, 0.6, 0.8, 1), 0, inversion),
    Corruption("occlusion", "side in pixels", (0, 4, 6, 8, 10, 14), 0, occlude),
)


def _resample(
    images: np.ndarray, matrices: np.ndarray, moves: np.ndarray | None = None
) -> np.ndarray:
    """Apply affine maps about the centre, with linear interpolation between pixels."""
    grid = np.moveaxis(np.mgrid[:28, :28], 0, -1) - _CENTRE
    points = np.einsum("nij,hwj->nhwi", matrices, grid) + _CENTRE
    if moves is not None:
        points -= moves[:, None, None]
    index = np.broadcast_to(np.arange(len(images))[:, None, None], points.shape[:3])
    coordinates = np.stack([index, points[..., 0], points[..., 1]])
    return _to_bytes(ndimage.map_coordinates(images.astype(np.float32), coordinates, order=1))


def _change_by_pixel(change: Callable[..., np.ndarray], images: np.ndarray) -> np.ndarray:
    # One pixel wider is half a pixel on each side: the mean over the four 2x2 windows of a pixel.
    origins = [(0, row, column) for row in (0, -1) for column in (0, -1)]
    changed = [change(images, size=(1, 2, 2), origin=origin) for origin in origins]
    return _to_bytes(np.mean(changed, axis=0))


def _random_signs(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.choice([-1.0, 1.0], len(images))


def _to_bytes(images: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(images, 0, 255)).astype(np.uint8)
