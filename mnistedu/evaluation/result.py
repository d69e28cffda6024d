"""The figures: a model's answers on one split, beside the truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
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
    """How one digit fared; see :attr:`Evaluation.per_class`."""

    digit: int
    precision: float
    recall: float
    f1: float
    support: int


class Mistake(NamedTuple):
    """One image that was not read as its label says; see :attr:`Evaluation.mistakes`."""

    index: int
    label: int
    predicted: int
    confidence: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A model's answers on one split, beside the truth.

    Made by :func:`evaluate`, or by :meth:`from_predictions` from anyone's probabilities.

    Parameters
    ----------
    split : Split
        The images and their true labels.
    probabilities : ndarray of shape (n, 10), dtype float32
        The probability that the model gave to each digit.

    Attributes
    ----------
    accuracy : float
        The share read rightly, in [0, 1].
    interval : tuple of (float, float)
        The 95 % Wilson interval of the accuracy: where the accuracy on other such images lies.
    loss : float
        The mean cross-entropy in nats: 0 is perfect and sure of it, 2.3 is guessing.
    predicted : ndarray of shape (n,), dtype int64
        The most probable digit of each image.
    confusion : ndarray of shape (10, 10), dtype int64
        How many images of the digit of the row were read as the digit of the column.
    per_class : tuple of ClassReport
        Precision, recall, F1 and number of images of each digit.
    mistakes : tuple of Mistake
        The images read wrongly, the surest first.
    likely_label_errors : tuple of Mistake
        Those of the mistakes where the label is more likely wrong than the model, by confident
        learning; the most suspicious first. Look at them before you blame the model.
    calibration_error : float
        How far the confidence is from the accuracy, on average over 15 bins of confidence (ECE):
        0 if a model that says 90 % is right nine times out of ten.

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

        Raises
        ------
        TypeError
            If `split` is not a Split.
        ValueError
            If the split is empty, the shape does not fit it, or the rows are not probabilities.

        Examples
        --------
        >>> split = Split(np.zeros((1, 28, 28), np.uint8), np.array([7]))
        >>> Evaluation.from_predictions(split, [[0.1] * 10]).loss
        2.302585...
        """
        _check_split(split)
        return cls(split, check_probabilities(probabilities, len(split)))

    @cached_property
    def predicted(self) -> np.ndarray:  # noqa: D102 - see the class
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
        """Compare how sure the model was with how often it was right.

        Parameters
        ----------
        bins : int, default=10
            Into how many groups of equal width the confidences from 0 to 1 are sorted.

        Returns
        -------
        bins : tuple of ReliabilityBin
            Those that hold images, the least sure first.

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
        right = self.predicted == self.split.labels
        return reliability(self.probabilities.max(axis=1), right, bins=bins)

    def top_k_accuracy(self, k: int = 3) -> float:
        """Give the share of images whose digit is among the `k` most probable ones.

        Parameters
        ----------
        k : int, default=3
            From 1 to 9.

        Returns
        -------
        share : float
            In [0, 1].

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
        """Test whether another model is really better or worse on the same images.

        Parameters
        ----------
        other : Evaluation
            Of the same split.

        Returns
        -------
        test : McNemar
            ``.only_first`` and ``.only_second``: how many images only this and only the other model
            read rightly; ``.p_value``: how often chance alone gives such a difference.

        Raises
        ------
        ValueError
            If the other evaluation is of other images.

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
                f"{self.split} and {other.split} that differ"
            )
        labels = self.split.labels
        return mcnemar(self.predicted == labels, other.predicted == labels)

    def to_dict(self) -> dict[str, object]:
        """Give all figures as plain numbers, lists and dicts, without the images.

        Returns
        -------
        figures : dict

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
            "mistakes": [mistake._asdict() for mistake in self.mistakes],
            "likely_label_errors": [mistake._asdict() for mistake in self.likely_label_errors],
        }

    def to_json(self) -> str:
        """Give what :meth:`to_dict` gives as JSON text.

        Returns
        -------
        text : str

        Examples
        --------
        >>> split = Split(np.zeros((1, 28, 28), np.uint8), np.array([7]))
        >>> Evaluation.from_predictions(split, np.eye(10)[[7]]).to_json()
        '{"images": 1, "accuracy": 1.0, ...}'
        """
        return json.dumps(self.to_dict())

    def _mistakes_at(self, indices: np.ndarray) -> tuple[Mistake, ...]:
        labels, answers = self.split.labels[indices], self.predicted[indices]
        confidence = self.probabilities[indices, answers]
        columns = (each.tolist() for each in (indices, labels, answers, confidence))
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
    """Measure a model on images that it has not learned from.

    Parameters
    ----------
    model : keras.Model, scikit-learn classifier, Recognizer or callable
        A Keras model of (n, 28, 28, 1) images in [0, 1] that answers with ten probabilities; a
        fitted scikit-learn classifier of (n, 28, 28) images, as :func:`mnistedu.build_baseline`
        makes them; a :class:`mnistedu.Recognizer`; or any function of uint8 images of shape
        (n, 28, 28) that returns probabilities of shape (n, 10).
    split : Split
        The images and labels, ``data.test`` for one.

    Returns
    -------
    result : Evaluation

    Raises
    ------
    TypeError
        If `model` is of no such kind, or `split` is not a Split.
    ValueError
        If the split is empty, or the model's answers are not ten probabilities for each image.

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
        raise ValueError("there is nothing to evaluate: the split holds no images")
