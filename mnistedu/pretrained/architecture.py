"""Architecture of the pretrained network, shared by the code that trains it and that runs it.

Two columns of convolutions are applied to the same image, and a dense layer classifies their
concatenated features [1]_. The shallow column was trained on more ways of writing and drawing, the
deep one on sharper images. They were trained separately, so that they make different mistakes. The
shallow column resamples the image at two scales and averages the features, because its training
images were resampled as well, and therefore less sharp than original images.

The dense layer has eleven outputs: the ten digits and "no digit". The probability of "no digit" is
distributed among the digits, so that a scribble has ten small probabilities.

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
    """A stack of 3x3 convolutions, some of them followed by 2x2 max pooling.

    Attributes
    ----------
    name : str
        Prefix of the names of its layers and weights.
    filters : tuple of int
        Number of filters of each convolution.
    pooled : tuple of int
        Indices of the convolutions that are followed by max pooling.
    scales : tuple of float
        Scales at which the image is resampled, in pixels of the image per pixel of the input.
    """

    name: str
    filters: tuple[int, ...]
    pooled: tuple[int, ...]
    scales: tuple[float, ...]


SHALLOW = Column("shallow", (24, 48, 64, 96), pooled=(0, 2), scales=(0.93, 1.07))
DEEP = Column("deep", (16, 32, 48, 64, 96, 128, 128), pooled=(2,), scales=(1.0,))
COLUMNS = (SHALLOW, DEEP)
NO_DIGIT = 10  # the class of images that do not show a digit


def get_columns(weights: dict[str, np.ndarray]) -> list[Column]:
    """Return the columns that a network has: all of them, or a single one.

    Parameters
    ----------
    weights : dict of str to ndarray
        Weights of the network.

    Returns
    -------
    columns : list of Column
        The columns whose weights are there.
    """
    return [column for column in COLUMNS if f"{column.name}_convolution_0_kernel" in weights]


def weight_shapes(columns: Sequence[Column]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the weights of a network.

    Parameters
    ----------
    columns : sequence of Column
        Columns of the network.

    Returns
    -------
    shapes : dict of str to tuple of int
        Maps the names of the weights to their shapes.

    Examples
    --------
    >>> weight_shapes([SHALLOW])["classes_kernel"]
    (864, 11)
    """
    shapes: dict[str, tuple[int, ...]] = {}
    n_features = 0
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


def resampling_matrix(scale: float, size: int = 28) -> np.ndarray:
    """Return the matrix that resamples the rows of an image about its centre, linearly.

    Parameters
    ----------
    scale : float
        Pixels of the image per pixel of the result; below 1 to enlarge.
    size : int, default=28
        Height or width of the image.

    Returns
    -------
    matrix : ndarray of shape (size, size), dtype float32
        Multiply by it from the left to resample rows, by its transpose from the right to resample
        columns.

    Examples
    --------
    >>> resampling_matrix(0.5, size=3)
    array([[0.5, 0.5, 0. ],
           [0. , 1. , 0. ],
           [0. , 0.5, 0.5]], dtype=float32)
    """
    offsets = np.arange(size) - (size - 1) / 2
    distances = np.abs(scale * offsets[:, None] - offsets[None, :])
    return np.maximum(0, 1 - distances).astype(np.float32)


def distribute_no_digit(probabilities: np.ndarray) -> np.ndarray:
    """Distribute the probability of "no digit" equally among the ten digits.

    Parameters
    ----------
    probabilities : ndarray of shape (n, 11)
        Probabilities of the ten digits and of "no digit".

    Returns
    -------
    probabilities : ndarray of shape (n, 10)
        Probabilities of the ten digits.

    Examples
    --------
    >>> distribute_no_digit(np.eye(11)[10:])
    array([[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]])
    """
    return probabilities[:, :NO_DIGIT] + probabilities[:, NO_DIGIT:] / NO_DIGIT
