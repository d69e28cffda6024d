"""Accuracy by number of training images."""

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
    """Accuracy by number of training images, as returned by :func:`learning_curve`.

    Attributes
    ----------
    sizes : tuple of int
        Numbers of training images, in ascending order.
    training : tuple of float
        The accuracy on these training images, in [0, 1].
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
    augment: bool = True,
    seed: int = 0,
) -> LearningCurve:
    """Train models on increasing numbers of images and evaluate them.

    All networks are trained for the same number of steps, so that they differ only in the images.

    Parameters
    ----------
    build : callable
        Returns a new, compiled Keras model or a scikit-learn classifier; for example
        ``mnistedu.build_cnn``.
    data : Dataset
        The models are trained on nested subsets of ``data.train`` and evaluated on
        ``data.validation``.
    sizes : sequence of int, optional
        Number of training images of each model. By default, five sizes up to all images.
    steps : int, default=500
        Number of batches to train each network on; at least one epoch.
    batch_size : int, default=128
        Number of images per batch.
    augment : bool, default=True
        Whether networks are trained with the default augmentation or without any.
    seed : int, default=0
        Random seed of the subsets and of the training.

    Returns
    -------
    curve : LearningCurve
        :class:`mnistedu.displays.LearningCurveDisplay` plots it.

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
    total = len(data.train)
    if not len(data.validation):
        raise ValueError(
            "a learning curve needs validation images, but data.validation is empty; for MNIST, "
            "use load_mnist(validation=5000)"
        )
    if sizes is None:
        sizes = np.unique(np.geomspace(max(1, total / 100), total, 5).astype(int)).tolist()
    sizes = sorted(sizes)
    if not sizes or not 1 <= sizes[0] <= sizes[-1] <= total:
        raise ValueError(
            f"sizes must be from 1 to {total}, the number of training images, got {sizes}"
        )
    order = np.random.default_rng(seed).permutation(total)
    training, validation = [], []
    for size in sizes:
        subset = data.train[order[:size]]
        model = build()
        epochs = math.ceil(steps * batch_size / size)
        training_data = replace(data, train=subset, validation=data.validation[:0])
        fit(
            model,
            training_data,
            epochs=epochs,
            batch_size=min(batch_size, size),
            augment=augment,
            seed=seed,
        )
        training.append(evaluate(model, subset))
        validation.append(evaluate(model, data.validation))
    return LearningCurve(
        tuple(sizes),
        tuple(result.accuracy for result in training),
        tuple(result.accuracy for result in validation),
        tuple(result.interval for result in validation),
    )
