"""What the shipped network looks like, for those who train it and those who run it.

It looks at an image twice, from a little closer and from a little farther away, and gives the mean
of its answers. Both times the image passes through the same layers. It does not look at the image
as it is: all that it has learnt from was resampled, and so less sharp.

Convolutions of 3x3, some of them followed by a max-pooling of 2x2, then one dense layer with eleven
outputs: the ten digits and "no digit". What the last one gets is shared among the digits, so that a
scribble has ten small probabilities.
"""

from __future__ import annotations

import numpy as np

FILTERS = (24, 48, 64, 96)  # of the convolutions
POOLED = (0, 2)  # the convolutions that a max-pooling follows
NO_DIGIT = 10  # the class of everything that is no digit
FRAMINGS = (0.93, 1.07)  # pixels of the image for one of the framing


def framing_matrix(scale: float, size: int = 28) -> np.ndarray:
    """Make the matrix that resamples the rows of an image about its middle, linearly.

    Parameters
    ----------
    scale : float
        Pixels of the image for one of the result: below 1 to come closer.
    size : int, default=28

    Returns
    -------
    matrix : ndarray of shape (size, size) and dtype float32
        To be multiplied by from the left; its transpose from the right does the columns.

    Examples
    --------
    >>> framing_matrix(0.5, size=3)
    array([[0.5, 0.5, 0. ],
           [0. , 1. , 0. ],
           [0. , 0.5, 0.5]], dtype=float32)
    """
    places = np.arange(size) - (size - 1) / 2
    distances = np.abs(scale * places[:, None] - places[None, :])
    return np.maximum(0, 1 - distances).astype(np.float32)


def share_no_digit(probabilities: np.ndarray) -> np.ndarray:
    """Share the probability of no digit among the ten.

    Parameters
    ----------
    probabilities : ndarray of shape (n, 11)

    Returns
    -------
    probabilities : ndarray of shape (n, 10)

    Examples
    --------
    >>> share_no_digit(np.eye(11)[10:])
    array([[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]])
    """
    return probabilities[:, :NO_DIGIT] + probabilities[:, NO_DIGIT:] / NO_DIGIT
