"""Finding the ink in a picture."""

from __future__ import annotations

import numpy as np


def extract_ink(grey: np.ndarray) -> np.ndarray:
    """Separate the ink from its ground.

    Parameters
    ----------
    grey : ndarray of shape (height, width)
        From 0 (dark) to 1 (bright).

    Returns
    -------
    ink : ndarray of shape (height, width) and dtype float32
        From 0 (ground) to 1 (full ink); zero everywhere if the picture is blank.

    Examples
    --------
    >>> extract_ink(np.array([[1.0, 1.0, 0.0, 1.0]]))
    array([[0., 0., 1., 0.]], dtype=float32)
    """
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    bright_ground = np.median(grey) + np.median(edge) > 1
    ink = 1 - grey if bright_ground else grey
    return ink.astype(np.float32)
