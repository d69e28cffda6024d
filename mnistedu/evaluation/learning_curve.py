"""How much more images would help."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mnistedu.evaluation.fitting import fit
from mnistedu.evaluation.result import evaluate

if TYPE_CHECKING:
    import keras

    from mnistedu.data import Dataset
    from mnistedu.inference.any_model import Classifier


@dataclass(frozen=True)
class LearningCurve:
    """Accuracy over the number of training images; made by :func:`learning_curve`.

    Attributes
    ----------
    sizes : tuple of int
        Numbers of training images, ascending.
    training : tuple of float
        The accuracy on those very images, in [0, 1].
    validation : tuple of float
        The accuracy on the validation images.
    intervals : tuple of (float, float)
        The 95 % interval of each validation accuracy.
    """

    sizes: tuple[int, ...]
    training: tuple[float, ...]
    validation: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]


def learning_curve(
    build: Callable[[], keras.Model | Classifier],
    data: Dataset,
    *,
    sizes: Sequence[int] | None = None,
    steps: int = 500,
    batch_size: int = 128,
    seed: int = 0,
) -> LearningCurve:
    """Train a new model on more and more images, and measure each.

    All networks train for the same number of steps, so that only the images make a difference.

    Parameters
    ----------
    build : callable
        Gives a new, compiled Keras model or a scikit-learn classifier, ``mnistedu.build_cnn`` for
        one.
    data : Dataset
        Trains on parts of ``data.train``, each within the next; measures on ``data.validation``.
    sizes : sequence of int, optional
        How many images each model gets; five sizes up to all of them by default.
    steps : int, default=500
        Batches that each network trains on, at least an epoch.
    batch_size : int, default=128
        Images per batch.
    seed : int, default=0
        Decides which images come first, and their order in training.

    Returns
    -------
    curve : LearningCurve
        :class:`mnistedu.displays.LearningCurveDisplay` shows it.

    Raises
    ------
    ValueError
        If a size is not from 1 to the number of training images, or there are no validation images.

    Examples
    --------
    >>> import mnistedu
    >>> baseline = lambda: mnistedu.build_baseline("class_means")
    >>> curve = learning_curve(baseline, mnistedu.load_digits(), sizes=[50, 1000])
    >>> curve.validation[0] < curve.validation[1]
    True
    """
    most = len(data.train)
    if not len(data.validation):
        raise ValueError(
            "a learning curve is measured on validation images, and data.validation is empty; for "
            "MNIST: load_mnist(validation=5000)"
        )
    if sizes is None:
        sizes = np.unique(np.geomspace(max(1, most / 100), most, 5).astype(int)).tolist()
    sizes = sorted(sizes)
    if not sizes or not 1 <= sizes[0] <= sizes[-1] <= most:
        raise ValueError(f"sizes must be from 1 to {most}, the training images, got {sizes}")
    order = np.random.default_rng(seed).permutation(most)
    training, validation = [], []
    for size in sizes:
        part = data.train[order[:size]]
        model = build()
        epochs = math.ceil(steps * batch_size / size)
        unseen = replace(data, train=part, validation=data.validation[:0])
        fit(model, unseen, epochs=epochs, batch_size=min(batch_size, size), seed=seed)
        training.append(evaluate(model, part))
        validation.append(evaluate(model, data.validation))
    return LearningCurve(
        tuple(sizes),
        tuple(result.accuracy for result in training),
        tuple(result.accuracy for result in validation),
        tuple(result.interval for result in validation),
    )
