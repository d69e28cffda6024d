"""Whether a model that is 90 % sure is right nine times out of ten, and what follows from it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class ReliabilityBin(NamedTuple):
    """The images that a model answered with about the same confidence.

    Attributes
    ----------
    low, high : float
        The confidences from which and up to which an image belongs here, in [0, 1].
    count : int
        How many images do; at least 1.
    confidence : float
        How sure the model was of them, on average.
    accuracy : float
        The share that it read rightly. Equal to `confidence` in a well-calibrated model.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def reliability(
    confidence: np.ndarray, right: np.ndarray, *, bins: int
) -> tuple[ReliabilityBin, ...]:
    """Sort answers into bins of equal width by their confidence; leave out the empty ones.

    Parameters
    ----------
    confidence : ndarray of shape (n,)
        The probability of each answer, in [0, 1].
    right : ndarray of shape (n,), dtype bool
        Whether it was right.
    bins : int
        How many there are from 0 to 1.

    Returns
    -------
    bins : tuple of ReliabilityBin
        The least sure first.

    Raises
    ------
    ValueError
        If `bins` is not positive.

    Examples
    --------
    >>> reliability(np.array([0.75, 0.75, 1.0]), np.array([True, False, True]), bins=2)
    (ReliabilityBin(low=0.5, high=1.0, count=3, confidence=0.833..., accuracy=0.666...),)
    """
    if bins < 1:
        raise ValueError(f"bins must be a positive number, got {bins}")
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    return tuple(
        ReliabilityBin(
            place / bins,
            (place + 1) / bins,
            int((places == place).sum()),
            float(confidence[places == place].mean()),
            float(right[places == place].mean()),
        )
        for place in np.unique(places).tolist()
    )


def expected_calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """Give the mean distance of confidence and accuracy over all images.

    Parameters
    ----------
    bins : tuple of ReliabilityBin

    Returns
    -------
    error : float
        In [0, 1]; 0 for a model whose confidence can be taken at its word.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks",
    International Conference on Machine Learning, 2017.

    Examples
    --------
    >>> expected_calibration_error((ReliabilityBin(0.5, 1.0, 3, 0.9, 0.7),))
    0.2...
    """
    total = sum(each.count for each in bins)
    return sum(each.count * abs(each.confidence - each.accuracy) for each in bins) / total


def find_label_errors(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Find the images whose label is probably wrong, by confident learning.

    An image is suspicious if the model takes it for another digit, and is surer of that than it is,
    on average, of the images that do bear that other label.

    Parameters
    ----------
    probabilities : ndarray of shape (n, 10)
    labels : ndarray of shape (n,)

    Returns
    -------
    indices : ndarray of shape (m,)
        The most suspicious first: those whose label the model finds the least probable.

    References
    ----------
    C. Northcutt, L. Jiang and I. Chuang, "Confident learning: estimating uncertainty in dataset
    labels", Journal of Artificial Intelligence Research 70 (2021), 1373-1411.

    Examples
    --------
    >>> labels = np.array([0, 0, 1, 1])
    >>> probabilities = np.zeros((4, 10))
    >>> probabilities[:, 0] = [0.9, 0.9, 0.1, 0.95]
    >>> probabilities[:, 1] = [0.1, 0.1, 0.9, 0.05]
    >>> find_label_errors(probabilities, labels)
    array([3])
    """
    usual = np.full(10, np.inf)
    for digit in np.unique(labels):
        usual[digit] = probabilities[labels == digit, digit].mean()
    answers = probabilities.argmax(axis=1)
    sure = probabilities[np.arange(len(answers)), answers] >= usual[answers]
    suspicious = np.flatnonzero(sure & (answers != labels))
    return suspicious[np.argsort(probabilities[suspicious, labels[suspicious]], kind="stable")]
