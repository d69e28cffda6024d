"""Probabilities from any kind of model, and their validation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from mnistedu._backend import is_keras_model
from mnistedu.inference.keras_model import CLASSES, check_classes, predict

if TYPE_CHECKING:
    import keras

_IMAGES_PER_BATCH = 2000  # of a scikit-learn classifier

PredictFn: TypeAlias = Callable[[np.ndarray], np.ndarray]
"""A function from uint8 images of shape (n, 28, 28) to probabilities of shape (n, 10)."""


@runtime_checkable
class Classifier(Protocol):
    """A scikit-learn classifier of images, such as those of :func:`mnistedu.build_baseline`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The digits that it was fitted on.
    """

    classes_: np.ndarray

    def predict_proba(self, images: np.ndarray) -> np.ndarray:
        """Predict the probability of each of ``classes_``.

        Parameters
        ----------
        images : ndarray of shape (n, 28, 28), dtype uint8
            Grey levels, 0 for background.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes)
            Probability of each class.
        """


@runtime_checkable
class BatchPredictor(Protocol):
    """A :class:`mnistedu.Recognizer`, or an object with the same method."""

    def predict_batch(self, images: np.ndarray) -> np.ndarray:
        """Predict the probability of each digit.

        Parameters
        ----------
        images : ndarray of shape (n, 28, 28), dtype uint8
            Grey levels, 0 for background.

        Returns
        -------
        probabilities : ndarray of shape (n, 10)
            Probability of each digit.
        """


if TYPE_CHECKING:
    Model: TypeAlias = keras.Model | Classifier | BatchPredictor | PredictFn


def predict_proba(model: Model, images: np.ndarray) -> np.ndarray:
    """Predict the probability of each digit for each image.

    Parameters
    ----------
    model : keras.Model, scikit-learn classifier, Recognizer or callable
        A Keras model of 28x28 images in [0, 1] that returns ten probabilities; a fitted
        scikit-learn classifier of (n, 28, 28) images; a :class:`mnistedu.Recognizer`; or a function
        of uint8 images of shape (n, 28, 28) that returns probabilities of shape (n, 10).
    images : ndarray of shape (n, 28, 28), dtype uint8
        Grey levels, 0 for background.

    Returns
    -------
    probabilities : ndarray of shape (n, 10), dtype float32
        Probability of each digit.

    Raises
    ------
    TypeError
        If the model is not one of these.
    ValueError
        If it is a Keras model of other images or classes, or a classifier of other labels, or does
        not return ten probabilities for each image.

    Examples
    --------
    >>> images = np.zeros((2, 28, 28), np.uint8)
    >>> predict_proba(lambda images: np.full((len(images), 10), 0.1), images).shape
    (2, 10)
    """
    return check_probabilities(as_predict_fn(model)(images), len(images))


def as_predict_fn(model: Model) -> PredictFn:
    """Return a function that predicts the probabilities of a model.

    Parameters
    ----------
    model : keras.Model, scikit-learn classifier, Recognizer or callable
        See :func:`predict_proba`.

    Returns
    -------
    predict : callable
        A function from images to probabilities, which it does not check.

    Raises
    ------
    TypeError
        If the model is not one of these.
    """
    if is_keras_model(model):
        check_classes(model)
        return lambda images: predict(model, images)
    if isinstance(model, BatchPredictor):
        return model.predict_batch
    if hasattr(model, "classes_") or hasattr(model, "predict_proba"):
        return lambda images: _predict_classifier(model, images)
    if isinstance(model, type) or not callable(model):
        name = model.__name__ if isinstance(model, type) else type(model).__name__
        raise TypeError(
            "model must be a keras.Model, a fitted scikit-learn classifier, a mnistedu.Recognizer "
            f"or a function from images to probabilities, got {name}; to load a file, use "
            "mnistedu.load_model"
        )
    return model


def check_probabilities(probabilities: object, count: int) -> np.ndarray:
    """Check that there are ten probabilities for each image.

    Parameters
    ----------
    probabilities : array-like
        Return value of a model.
    count : int
        Number of images.

    Returns
    -------
    probabilities : ndarray of shape (count, 10), dtype float32
        The probabilities as an array.

    Raises
    ------
    ValueError
        If the shape is not (count, 10), or a row contains NaN, an infinity or a negative number, or
        does not sum to 1.

    Examples
    --------
    >>> check_probabilities([[0.5, 0.5]], 1)
    Traceback (most recent call last):
        ...
    ValueError: a model must return 10 probabilities for each image, of shape (1, 10) for 1 image...
    """
    try:
        values = np.asarray(probabilities, np.float32)
    except (TypeError, ValueError):
        raise ValueError(
            f"a model must return an array of {CLASSES} probabilities for each image, "
            f"got {type(probabilities).__name__}"
        ) from None
    if values.shape != (count, CLASSES):
        images = "1 image" if count == 1 else f"{count:,} images"
        raise ValueError(
            f"a model must return {CLASSES} probabilities for each image, of shape "
            f"({count}, {CLASSES}) for {images} of shape ({count}, 28, 28), got {values.shape}"
        )
    if not count:
        return values
    finite = np.isfinite(values).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise ValueError(
            f"probabilities must be finite, got {values[row]} for image {row}; did the training "
            "diverge? Try a smaller learning rate."
        )
    error = np.maximum(np.abs(values.sum(axis=1) - 1), -values.min(axis=1))
    if error.max() > 1e-3:
        row = int(np.argmax(error))
        raise ValueError(
            "the probabilities of each image must be at least 0 and sum to 1, got "
            f"{values[row]} for image {row}; does the model end in a softmax?"
        )
    return values


def _predict_classifier(model: Any, images: np.ndarray) -> np.ndarray:
    if not hasattr(model, "predict_proba"):
        raise TypeError(
            f"{type(model).__name__} has no predict_proba, so there are no probabilities to "
            "evaluate; for an SVC build it with probability=True, or wrap it in "
            "sklearn.calibration.CalibratedClassifierCV"
        )
    if not hasattr(model, "classes_"):
        raise ValueError(
            f"the {type(model).__name__} is not fitted yet; call model.fit(*data.train) first"
        )
    classes = np.asarray(model.classes_)
    if classes.dtype.kind not in "iu" or not np.isin(classes, range(CLASSES)).all():
        raise ValueError(
            f"the classifier must be fitted on the labels 0 to {CLASSES - 1}, but its classes are "
            f"{classes.tolist()}"
        )
    # The columns of scikit-learn are only the digits in the training images. Batches, because many
    # classifiers convert the images to floats, which take four or eight times the memory.
    probabilities = np.zeros((len(images), CLASSES), np.float32)
    for start in range(0, len(images), _IMAGES_PER_BATCH):
        batch = slice(start, start + _IMAGES_PER_BATCH)
        probabilities[batch, classes] = model.predict_proba(images[batch])
    return probabilities
