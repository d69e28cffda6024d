"""What a model got right, what it got wrong, and how sure it was."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn import metrics

from mnistedu.data import Split

if TYPE_CHECKING:
    import keras

CLASSES = np.arange(10)


class ClassReport(NamedTuple):
    """How one digit fared; see :attr:`Evaluation.per_class`."""

    digit: int
    precision: float
    recall: float
    f1: float
    support: int


class Mistake(NamedTuple):
    """One image that was read wrongly; see :attr:`Evaluation.mistakes`."""

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
        ValueError
            If the split is empty, the shape does not fit it, or the rows are not probabilities.

        Examples
        --------
        >>> split = Split(np.zeros((1, 28, 28), np.uint8), np.array([7]))
        >>> Evaluation.from_predictions(split, [[0.1] * 10]).loss
        2.302585...
        """
        probabilities = np.asarray(probabilities, np.float32)
        if not len(split):
            raise ValueError("there is nothing to evaluate: the split holds no images")
        if probabilities.shape != (len(split), 10):
            raise ValueError(
                f"probabilities must have shape ({len(split)}, 10), a row for each image and a "
                f"column for each digit, got {probabilities.shape}"
            )
        if not np.isfinite(probabilities).all():
            row = np.flatnonzero(~np.isfinite(probabilities).all(axis=1))[0]
            raise ValueError(
                f"probabilities must be finite, got {probabilities[row]} for image {row}; did the "
                "training diverge? Try a smaller learning rate."
            )
        sums = probabilities.sum(axis=1)
        if probabilities.min() < 0 or np.abs(sums - 1).max() > 1e-3:
            row = np.argmax(np.maximum(np.abs(sums - 1), -probabilities.min(axis=1)))
            raise ValueError(
                "each row of probabilities must be at least 0 and sum to 1, got "
                f"{probabilities[row]} for image {row}; does the model end in a softmax?"
            )
        return cls(split, probabilities)

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
        return float(metrics.log_loss(self.split.labels, probabilities, labels=CLASSES))

    @cached_property
    def confusion(self) -> np.ndarray:  # noqa: D102
        return metrics.confusion_matrix(self.split.labels, self.predicted, labels=CLASSES)

    @cached_property
    def per_class(self) -> tuple[ClassReport, ...]:  # noqa: D102
        columns = metrics.precision_recall_fscore_support(
            self.split.labels, self.predicted, labels=CLASSES, zero_division=0.0
        )
        return tuple(
            ClassReport(digit, float(precision), float(recall), float(f1), int(support))
            for digit, precision, recall, f1, support in zip(range(10), *columns, strict=True)
        )

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:  # noqa: D102
        wrong = np.flatnonzero(self.predicted != self.split.labels)
        confidence = self.probabilities.max(axis=1)
        return tuple(
            Mistake(
                int(index),
                int(self.split.labels[index]),
                int(self.predicted[index]),
                float(confidence[index]),
            )
            for index in wrong[np.argsort(-confidence[wrong], kind="stable")]
        )

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"Evaluation on {len(self.split):,} images: accuracy {self.accuracy:.2%} "
            f"(95 % interval {low:.2%} to {high:.2%}), loss {self.loss:.4f}, "
            f"{len(self.mistakes):,} mistakes"
        )

    def _repr_html_(self) -> str:
        low, high = self.interval
        rows = "".join(
            f"<tr><th>{report.digit}</th><td>{report.precision:.2%}</td>"
            f"<td>{report.recall:.2%}</td><td>{report.f1:.2%}</td><td>{report.support:,}</td></tr>"
            for report in self.per_class
        )
        return (
            f"<p><b>{self.accuracy:.2%}</b> of {len(self.split):,} images read rightly "
            f"(95&nbsp;% interval {low:.2%} to {high:.2%}); loss {self.loss:.4f}; "
            f"{len(self.mistakes):,} mistakes</p>"
            "<table><thead><tr><th>digit</th><th>precision</th><th>recall</th><th>F1</th>"
            f"<th>images</th></tr></thead><tbody>{rows}</tbody></table>"
        )


def evaluate(model: keras.Model, split: Split) -> Evaluation:
    """Measure a model on images that it has not learned from.

    Parameters
    ----------
    model : keras.Model
        A classifier of (n, 28, 28, 1) images in [0, 1] that answers with ten probabilities.
    split : Split
        The images and labels, ``data.test`` for one.

    Returns
    -------
    result : Evaluation

    Raises
    ------
    TypeError
        If `split` is not a Split.
    ValueError
        If the split is empty, or the model's answers are not ten probabilities for each image.

    Examples
    --------
    >>> import mnistedu
    >>> data = mnistedu.load_digits()
    >>> result = evaluate(mnistedu.build_mlp(), data.test)
    >>> result.confusion.sum()
    np.int64(400)
    """
    from mnistedu.prediction import predict_probabilities

    if not isinstance(split, Split):
        raise TypeError(
            f"split must be a mnistedu.Split such as data.test, got {type(split).__name__}"
        )
    if not len(split):
        raise ValueError("there is nothing to evaluate: the split holds no images")
    return Evaluation.from_predictions(split, predict_probabilities(model, split.images))


def wilson_interval(successes: int, trials: int, *, z: float = 1.96) -> tuple[float, float]:
    """Give the interval in which a proportion lies, honest for small counts and near 0 and 1.

    Parameters
    ----------
    successes, trials : int
        How often it came true, of how many times.
    z : float, default=1.96
        The normal quantile: 1.96 for 95 %.

    Returns
    -------
    low, high : float
        Both in [0, 1].

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22 (1927), 209-212.

    Examples
    --------
    >>> low, high = wilson_interval(99, 100)
    >>> round(low, 3), round(high, 3)
    (0.946, 0.998)
    """
    share = successes / trials
    centre = share + z**2 / (2 * trials)
    margin = z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    low, high = (centre - margin) / scale, (centre + margin) / scale
    # The proportion lies between them; at 0 and at 1 rounding must not say otherwise.
    return min(share, max(low, 0.0)), max(share, min(high, 1.0))
