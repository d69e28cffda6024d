"""The same ink as it might have been written at another time, or by another hand."""

from __future__ import annotations

import numpy as np

from mnistedu.ink.ink import Ink


def random_hand(rng: np.random.Generator) -> np.ndarray:
    """Draw how a hand turns, slants and stretches what it writes.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    matrix : ndarray of shape (2, 2) and dtype float64
        To multiply points by from the right.

    Examples
    --------
    >>> random_hand(np.random.default_rng(0)).shape
    (2, 2)
    """
    angle, slant = rng.normal(0, [0.1, 0.15])
    stretch = np.exp(rng.normal(0, 0.1, 2))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return turn @ np.array([[1, 0], [slant, 1]]) * stretch


def random_image(ink: Ink, rng: np.random.Generator) -> np.ndarray:
    """Draw ink as a pad does, with a box and a pen that vary a little.

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
