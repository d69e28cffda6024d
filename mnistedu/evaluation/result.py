"""Evaluation of a model on a split: ``evaluate`` and ``Evaluation``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn import metrics

from mnistedu.data import Split
from mnistedu.evaluation.calibration import (
    ReliabilityBin,
    expected_calibration_error,
    find_label_errors,
    reliability,
)
from mnistedu.evaluation.html_report import render_html
from mnistedu.evaluation.statistics import McNemar, mcnemar, wilson_interval
from mnistedu.inference import CLASSES, predict_proba
from mnistedu.inference.any_model import check_probabilities

if TYPE_CHECKING:
    from mnistedu.inference.any_model import Model

_LABELS = np.arange(CLASSES)


class ClassReport(NamedTuple):
    """Metrics of one digit, as in scikit-learn's classification report.

    Attributes
    ----------
    digit : int
        The digit, from 0 to 9.
    precision, recall, f1 : float
        Its metrics, in [0, 1].
    support : int
        Number of images of the digit.
    """

    digit: int
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Mistake:
    """An image whose predicted digit differs from its label.

    Attributes
    ----------
    index : int
        Index of the image in the split.
    label, predicted : int
        The true and the predicted digit.
    confidence : float
        Probability of the predicted digit.
    """

    index: int
    label: int
    predicted: int
    confidence: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Predictions of a model on a split, and their metrics.

    Created by :func:`evaluate`, or by :meth:`from_predictions` from probabilities.

    Attributes
    ----------
    split : Split
        The images and their true labels.
    probabilities : ndarray of shape (n, 10), dtype float32
        The predicted probability of each digit.
    accuracy : float
        Fraction of correct predictions, in [0, 1].
    interval : tuple of (float, float)
        95 % Wilson interval of the accuracy on images of the same kind.
    loss : float
        Mean cross-entropy in nats: 0 if every prediction is correct and certain, 2.3 for uniform
        probabilities.
    predicted : ndarray of shape (n,), dtype int64
        The most probable digit of each image.
    confusion : ndarray of shape (10, 10), dtype int64
        Number of images of the row's digit that were predicted as the column's digit.
    per_class : tuple of ClassReport
        Precision, recall, F1 and number of images of each digit.
    mistakes : tuple of Mistake
        The misclassified images, in descending order of confidence.
    likely_label_errors : tuple of Mistake
        The mistakes whose label is probably wrong, found by confident learning, the most likely
        ones first.
    calibration_error : float
        Expected calibration error (ECE), the mean absolute difference between confidence and
        accuracy over 15 bins.

    Examples
    --------
    >>> split = Split(np.zeros((2, 28, 28), np.uint8), np.array([7, 3]))
    >>> result = Evaluation.from_predictions(split, np.eye(10)[[7, 5]])
    >>> result.accuracy
    0.5
    >>> result.mistakes
    (Mistake(index=1, label=3, predicted=5, confidence=1.0),)
    """

    split: Split
    probabilities: np.ndarray

    @classmethod
    def from_predictions(cls, split: Split, probabilities: np.ndarray) -> Evaluation:
        """Evaluate probabilities that were computed elsewhere.

        Parameters
        ----------
        split : Split
            The images and their true labels.
        probabilities : array-like of shape (n, 10)
            The probability of each digit for each image; each row sums to 1.

        Returns
        -------
        result : Evaluation
            The metrics of these probabilities.

        Raises
        ------
        TypeError
            If `split` is not a Split.
        ValueError
            If the split is empty, the shape does not match, or the rows are not probabilities.

        Examples
        --------
        >>> split = Split(np.zeros((1, 28, 28), np.uint8), np.array([7]))
        >>> Evaluation.from_predictions(split, [[0.1] * 10]).loss
        2.302585...
        """
        _check_split(split)
        return cls(split, check_probabilities(probabilities, len(split)))

    @cached_property
    def predicted(self) -> np.ndarray:  # noqa: D102 - documented as attributes of the class
        return self.probabilities.argmax(axis=1)

    @cached_property
    def accuracy(self) -> float:  # noqa: D102
        return float(metrics.accuracy_score(self.split.labels, self.predicted))

    @property
    def interval(self) -> tuple[float, float]:  # noqa: D102
        return wilson_interval(round(self.accuracy * len(self.split)), len(self.split))

    @cached_property
    def loss(self) -> float:  # noqa: D102
        probabilities = self.probabilities.astype(np.float64)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        return float(metrics.log_loss(self.split.labels, probabilities, labels=_LABELS))

    @cached_property
    def confusion(self) -> np.ndarray:  # noqa: D102
        return metrics.confusion_matrix(self.split.labels, self.predicted, labels=_LABELS)

    @cached_property
    def per_class(self) -> tuple[ClassReport, ...]:  # noqa: D102
        columns = metrics.precision_recall_fscore_support(
            self.split.labels, self.predicted, labels=_LABELS, zero_division=0.0
        )
        return tuple(
            ClassReport(digit, float(precision), float(recall), float(f1), int(support))
            for digit, precision, recall, f1, support in zip(range(CLASSES), *columns, strict=True)
        )

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:  # noqa: D102
        wrong = np.flatnonzero(self.predicted != self.split.labels)
        confidence = self.probabilities.max(axis=1)
        return self._mistakes_at(wrong[np.argsort(-confidence[wrong], kind="stable")])

    @cached_property
    def likely_label_errors(self) -> tuple[Mistake, ...]:  # noqa: D102
        return self._mistakes_at(find_label_errors(self.probabilities, self.split.labels))

    @cached_property
    def calibration_error(self) -> float:  # noqa: D102
        return expected_calibration_error(self.reliability(bins=15))

    def reliability(self, *, bins: int = 10) -> tuple[ReliabilityBin, ...]:
        """Compute the accuracy by confidence.

        Parameters
        ----------
        bins : int, default=10
            Number of bins of equal width, from 0 to 1.

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
        >>> split = Split(np.zeros((2, 28, 28), np.uint8), np.array([7, 3]))
        >>> Evaluation.from_predictions(split, np.eye(10)[[7, 5]]).reliability(bins=2)
        (ReliabilityBin(low=0.5, high=1.0, count=2, confidence=1.0, accuracy=0.5),)
        """
        correct = self.predicted == self.split.labels
        return reliability(self.probabilities.max(axis=1), correct, bins=bins)

    def top_k_accuracy(self, k: int = 3) -> float:
        """Compute the fraction of images whose label is among the `k` most probable digits.

        Parameters
        ----------
        k : int, default=3
            Number of digits, from 1 to 9.

        Returns
        -------
        accuracy : float
            The fraction, in [0, 1].

        Raises
        ------
        ValueError
            If `k` is not from 1 to 9.

        Examples
        --------
        >>> split = Split(np.zeros((1, 28, 28), np.uint8), np.array([1]))
        >>> result = Evaluation.from_predictions(split, [[0.6, 0.4] + [0.0] * 8])
        >>> result.top_k_accuracy(1), result.top_k_accuracy(2)
        (0.0, 1.0)
        """
        if k not in range(1, 10):
            raise ValueError(f"k must be a whole number from 1 to 9, got {k}")
        return float(
            metrics.top_k_accuracy_score(self.split.labels, self.probabilities, k=k, labels=_LABELS)
        )

    def mcnemar(self, other: Evaluation) -> McNemar:
        """Test whether two models differ significantly, by McNemar's exact test.

        Parameters
        ----------
        other : Evaluation
            Evaluation of another model on the same split.

        Returns
        -------
        test : McNemar
            The number of images that only one of the models predicted correctly, and the p-value.

        Raises
        ------
        ValueError
            If the evaluations are of different images.

        Examples
        --------
        >>> split = Split(np.zeros((2, 28, 28), np.uint8), np.array([7, 3]))
        >>> perfect = Evaluation.from_predictions(split, np.eye(10)[[7, 3]])
        >>> perfect.mcnemar(Evaluation.from_predictions(split, np.eye(10)[[7, 5]]))
        McNemar(only_first=1, only_second=0, p_value=1.0)
        """
        same = len(self.split) == len(other.split) and all(
            np.array_equal(mine, theirs)
            for mine, theirs in zip(self.split, other.split, strict=True)
        )
        if not same:
            raise ValueError(
                "both models must be evaluated on the same images in the same order, got "
                f"{self.split} and {other.split}, which differ"
            )
        labels = self.split.labels
        return mcnemar(self.predicted == labels, other.predicted == labels)

    def to_dict(self) -> dict[str, object]:
        """Return all metrics as plain Python numbers, lists and dicts, without the images.

        Returns
        -------
        figures : dict
            Maps names to metrics; can be written as JSON.

        Examples
        --------
        >>> split = Split(np.zeros((1, 28, 28), np.uint8), np.array([7]))
        >>> sorted(Evaluation.from_predictions(split, np.eye(10)[[7]]).to_dict())
        ['accuracy', 'calibration_error', 'confusion', 'images', 'interval', 'likely_label_errors',
         'loss', 'mistakes', 'per_class', 'top_3_accuracy']
        """
        return {
            "images": len(self.split),
            "accuracy": self.accuracy,
            "interval": list(self.interval),
            "top_3_accuracy": self.top_k_accuracy(3),
            "loss": self.loss,
            "calibration_error": self.calibration_error,
            "per_class": [report._asdict() for report in self.per_class],
            "confusion": self.confusion.tolist(),
            "mistakes": [asdict(mistake) for mistake in self.mistakes],
            "likely_label_errors": [asdict(mistake) for mistake in self.likely_label_errors],
        }

    def to_json(self) -> str:
        """Return the result of :meth:`to_dict` as JSON.

        Returns
        -------
        text : str
            A JSON object.

        Examples
        --------
        >>> split = Split(np.zeros((1, 28, 28), np.uint8), np.array([7]))
        >>> Evaluation.from_predictions(split, np.eye(10)[[7]]).to_json()
        '{"images": 1, "accuracy": 1.0, ...}'
        """
        return json.dumps(self.to_dict())

    def _mistakes_at(self, indices: np.ndarray) -> tuple[Mistake, ...]:
        labels, predicted = self.split.labels[indices], self.predicted[indices]
        confidence = self.probabilities[indices, predicted]
        columns = (each.tolist() for each in (indices, labels, predicted, confidence))
        return tuple(Mistake(*row) for row in zip(*columns, strict=True))

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"Evaluation on {len(self.split):,} images: accuracy {self.accuracy:.2%} "
            f"(95 % interval {low:.2%} to {high:.2%}), loss {self.loss:.4f}, "
            f"{len(self.mistakes):,} mistakes"
        )

    def _repr_html_(self) -> str:
        return render_html(self.to_dict())


def evaluate(model: Model, split: Split) -> Evaluation:
    """Evaluate a model on images that it was not trained on.

    Parameters
    ----------
    model : keras.Model, scikit-learn classifier, Recognizer or callable
        A Keras model of 28x28 images in [0, 1] that returns ten probabilities; a fitted
        scikit-learn classifier of (n, 28, 28) images, such as those of
        :func:`mnistedu.build_baseline`; a :class:`mnistedu.Recognizer`; or a function of uint8
        images of shape (n, 28, 28) that returns probabilities of shape (n, 10).
    split : Split
        Images and labels, such as ``data.test``.

    Returns
    -------
    result : Evaluation
        The predictions and their metrics.

    Raises
    ------
    TypeError
        If `model` is not one of these, or `split` is not a Split.
    ValueError
        If the split is empty, or the model does not return ten probabilities for each image.

    Examples
    --------
    >>> import mnistedu
    >>> data = mnistedu.load_digits()
    >>> result = evaluate(mnistedu.build_mlp(), data.test)
    >>> result.confusion.sum()
    np.int64(400)
    >>> evaluate(lambda images: np.full((len(images), 10), 0.1), data.test).loss
    2.302...
    """
    _check_split(split)
    return Evaluation(split, predict_proba(model, split.images))


def _check_split(split: Split) -> None:
    if not isinstance(split, Split):
        raise TypeError(
            f"split must be a mnistedu.Split such as data.test, got {type(split).__name__}"
        )
    if not len(split):
        raise ValueError("the split must contain at least one image, got none")
