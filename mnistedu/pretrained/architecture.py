"""What the shipped network looks like, for those who train it and those who run it.

Convolutions of 3x3, some of them followed by a max-pooling of 2x2, then one dense layer with eleven
outputs: the ten digits and "no digit". What the last one gets is shared among the digits, so that a
scribble has ten small probabilities.
"""

from __future__ import annotations

import numpy as np

FILTERS = (24, 48, 64, 96)  # of the convolutions
POOLED = (0, 2)  # the convolutions that a max-pooling follows
NO_DIGIT = 10  # the class of everything that is no digit


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
