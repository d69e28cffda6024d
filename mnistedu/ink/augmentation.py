"""Random variation of ink, as from one writer to another."""

from __future__ import annotations

import numpy as np

from mnistedu.ink.ink import Ink


def random_affine(rng: np.random.Generator) -> np.ndarray:
    """Draw a random rotation, slant and scale, as handwriting varies.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    matrix : ndarray of shape (2, 2) and dtype float64
        Maps points by ``points @ matrix``.

    Examples
    --------
    >>> random_affine(np.random.default_rng(0)).shape
    (2, 2)
    """
    angle, slant = rng.normal(0, [0.1, 0.15])
    scale = np.exp(rng.normal(0, 0.1, 2))
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return rotation @ np.array([[1, 0], [slant, 1]]) * scale


def random_image(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    """Render ink as an MNIST image with a random box and a random width of the pen.

    Parameters
    ----------
    ink : Ink
    rng : numpy.random.Generator

    Returns
    -------
    image : ndarray of shape (28, 28) and dtype uint8

    Examples
    --------
    >>> random_image(Ink([[(0, 0), (0, 50)]]), np.random.default_rng(0)).shape
    (28, 28)
    """
    return ink.to_image(box=rng.uniform(18.5, 21), pen=rng.uniform(1.5, 3.6))
