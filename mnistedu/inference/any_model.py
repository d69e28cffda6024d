"""Asking a model, whatever kind it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

from mnistedu._backend import is_keras_model

if TYPE_CHECKING:
    import keras


class Classifier(Protocol):
    """A scikit-learn classifier of images, as :func:`mnistedu.build_baseline` makes them."""

    classes_: np.ndarray

    def predict_proba(self, images: np.ndarray) -> np.ndarray:
        """Give the probability of each of ``classes_`` for images of shape (n, 28, 28)."""


class Reader(Protocol):
    """A :class:`mnistedu.Recognizer`, or what answers like one."""

    def predict_batch(self, images: np.ndarray) -> np.ndarray:
        """Give the probability of each digit for images of shape (n, 28, 28)."""


if TYPE_CHECKING:
    Model: TypeAlias = keras.Model | Classifier | Reader | Callable[[np.ndarray], np.ndarray]


def ask(model: Model, images: np.ndarray) -> np.ndarray:
    """Ask a model for the probability of each digit, for each image.

    Parameters
    ----------
    model : keras.Model, scikit-learn classifier, Recognizer or callable
        See :func:`mnistedu.evaluate`.
    images : ndarray of shape (n, 28, 28), dtype uint8

    Returns
    -------
    probabilities : ndarray of shape (n, 10)
        As the model gave them, not checked.

    Raises
    ------
    TypeError
        If the model is of no such kind.
    ValueError
        If it is a Keras model of other images.

    Examples
    --------
    >>> ask(lambda images: np.full((len(images), 10), 0.1), np.zeros((2, 28, 28), np.uint8)).shape
    (2, 10)
    """
    if is_keras_model(model):
        return _ask_keras(model, images)
    if hasattr(model, "predict_proba"):
        probabilities = np.zeros((len(images), 10), np.float32)
        # scikit-learn leaves out the digits that were not in the training images.
        probabilities[:, model.classes_] = model.predict_proba(images)
        return probabilities
    if hasattr(model, "predict_batch"):
        return model.predict_batch(images)
    if not callable(model):
        raise TypeError(
            "model must be a keras.Model, a scikit-learn classifier, a mnistedu.Recognizer or a "
            f"function from images to probabilities, got {type(model).__name__}"
        )
    return model(images)


def _ask_keras(model: keras.Model, images: np.ndarray) -> np.ndarray:
    from mnistedu.inference.keras_model import predict_probabilities

    shape = (28, 28, 1)
    if not model.built:
        model.build((None, *shape))
    if tuple(side or 28 for side in model.input_shape[1:]) not in (shape, shape[:2]):
        raise ValueError(
            f"the model must take images of shape {shape}, but it takes {model.input_shape[1:]}; "
            f"start it with keras.Input({shape}), and for a dense network keras.layers.Flatten()"
        )
    return predict_probabilities(model, images)
