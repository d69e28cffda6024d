"""Calibration of confidences, and label errors found with calibrated probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ReliabilityBin:
    """Images that a model predicted with about the same confidence.

    Attributes
    ----------
    low, high : float
        Limits of the bin, in [0, 1].
    count : int
        Number of images; at least 1.
    confidence : float
        Mean probability of the predicted digits.
    accuracy : float
        Fraction of correct predictions. Equal to `confidence` if the model is well calibrated.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def reliability(
    confidence: np.ndarray, correct: np.ndarray, *, bins: int
) -> tuple[ReliabilityBin, ...]:
    """Compute the accuracy of predictions in bins of equal width of their confidence.

    Parameters
    ----------
    confidence : ndarray of shape (n,)
        Probability of each predicted digit, in [0, 1].
    correct : ndarray of shape (n,), dtype bool
        Whether each prediction is correct.
    bins : int
        Number of bins from 0 to 1.

    Returns
    -------
    bins : tuple of ReliabilityBin
        The bins that are not empty, in ascending order of confidence.

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
    indices = np.minimum((confidence * bins).astype(int), bins - 1)
    return tuple(
        ReliabilityBin(
            index / bins,
            (index + 1) / bins,
            int((indices == index).sum()),
            float(confidence[indices == index].mean()),
            float(correct[indices == index].mean()),
        )
        for index in np.unique(indices).tolist()
    )


def expected_calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """Compute the mean absolute difference between confidence and accuracy over all images.

    Parameters
    ----------
    bins : tuple of ReliabilityBin
        Result of :func:`reliability`.

    Returns
    -------
    error : float
        In [0, 1]; 0 for a perfectly calibrated model.

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
    """Find images whose label is probably wrong, by confident learning.

    These are the images that a model predicts as another digit, with a probability of at least the
    mean probability of that digit over the images with that label.

    Parameters
    ----------
    probabilities : ndarray of shape (n, 10)
        Probability of each digit for each image.
    labels : ndarray of shape (n,)
        Label of each image.

    Returns
    -------
    indices : ndarray of shape (m,)
        Indices of these images, in ascending order of the probability of their label.

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
    thresholds = np.full(10, np.inf)
    for digit in np.unique(labels):
        thresholds[digit] = probabilities[labels == digit, digit].mean()
    predicted = probabilities.argmax(axis=1)
    confident = probabilities.max(axis=1) >= thresholds[predicted]
    indices = np.flatnonzero(confident & (predicted != labels))
    return indices[np.argsort(probabilities[indices, labels[indices]], kind="stable")]
