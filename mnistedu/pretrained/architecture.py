"""What the shipped network looks like, for those who train it and those who run it.

Two columns of convolutions see the same image, and one dense layer decides on what both make of it
[1]_. The shallow one knows many ways of writing and drawing, the deep one sees finer detail. They
were trained one by one, so that they err on different images. The shallow one looks twice, from a
little closer and from a little farther away, and hands on the mean: all that it has learnt from was
resampled, and so less sharp than an image as it is.

The dense layer has eleven outputs: the ten digits and "no digit". What the last one gets is shared
among the digits, so that a scribble has ten small probabilities.

References
----------
.. [1] D. Cireşan, U. Meier and J. Schmidhuber, "Multi-column Deep Neural Networks for Image
   Classification", CVPR 2012.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Column(NamedTuple):
    """Convolutions of 3x3, some of them followed by a max-pooling of 2x2.

    Attributes
    ----------
    name : str
        What its layers' and weights' names begin with.
    filters : tuple of int
        Of the convolutions.
    pooled : tuple of int
        The convolutions that a max-pooling follows.
    framings : tuple of float
        The distances it looks from: pixels of the image for one of what it sees.
    """

    name: str
    filters: tuple[int, ...]
    pooled: tuple[int, ...]
    framings: tuple[float, ...]


SHALLOW = Column("shallow", (24, 48, 64, 96), pooled=(0, 2), framings=(0.93, 1.07))
DEEP = Column("deep", (16, 32, 48, 64, 96, 128, 128), pooled=(2,), framings=(1.0,))
COLUMNS = (SHALLOW, DEEP)
NO_DIGIT = 10  # the class of everything that is no digit


def columns_of(weights: dict[str, np.ndarray]) -> list[Column]:
    """Give the columns that some weights have: all of them, or one that was trained by itself.

    Parameters
    ----------
    weights : dict of str to ndarray

    Returns
    -------
    columns : list of Column
    """
    return [column for column in COLUMNS if f"{column.name}_convolution_0_kernel" in weights]


def weight_shapes(columns: Sequence[Column]) -> dict[str, tuple[int, ...]]:
    """Give the shapes of the weights of a network with such columns.

    Parameters
    ----------
    columns : sequence of Column

    Returns
    -------
    shapes : dict of str to tuple of int

    Examples
    --------
    >>> weight_shapes([SHALLOW])["classes_kernel"]
    (864, 11)
    """
    shapes, n_features = {}, 0
    for column in columns:
        side, channels = 28, 1
        for number, filters in enumerate(column.filters):
            name = f"{column.name}_convolution_{number}"
            shapes[f"{name}_kernel"] = (3, 3, channels, filters)
            shapes[f"{name}_bias"] = (filters,)
            side, channels = side - 2, filters
            if number in column.pooled:
                side = math.ceil(side / 2)
        n_features += side * side * channels
    classes = NO_DIGIT + 1
    return shapes | {"classes_kernel": (n_features, classes), "classes_bias": (classes,)}


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
