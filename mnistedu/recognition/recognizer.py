"""From a drawing to the digit that a model reads.

:class:`Recognizer` preprocesses ink, photos and images the way MNIST was made, runs a model, and
returns its probabilities and whether it is confident. The shipped model runs on NumPy alone:
neither Keras nor JAX is imported for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import is_keras_model
from mnistedu.inference import CLASSES
from mnistedu.inference.any_model import as_predict_fn, check_probabilities
from mnistedu.ink import SIZE, Ink
from mnistedu.preprocessing import Bitmap, steps, to_input
from mnistedu.pretrained import WEIGHTS, load_weights
from mnistedu.pretrained.forward import predict_proba
from mnistedu.recognition.blas_threads import limit_blas_threads
from mnistedu.recognition.prediction import Prediction

if TYPE_CHECKING:
    import keras

    from mnistedu.data import Samples
    from mnistedu.inference import Classifier, PredictFn
    from mnistedu.recognition.adaptation import Adaptation
    from mnistedu.recognition.classifier_head import KerasNetwork, ShippedNetwork

THRESHOLD = 0.9  # of probability, for models other than the shipped one


class Recognizer:
    """Read digits that people draw.

    Parameters
    ----------
    model : keras.Model, scikit-learn classifier or callable, default=None
        None for `weights`. A Keras model predicts from a copy of its weights, which is renewed when
        the model is trained further, also while it trains. A classifier and a callable are those
        that :func:`mnistedu.evaluate` takes: a function of uint8 images of shape (n, 28, 28) that
        returns probabilities of shape (n, 10).
    weights : str or path-like, optional
        Instead of a model: a file that ``python -m mnistedu.pretraining`` wrote, by default the one
        that ships.
    threshold : float, optional
        The probability from which a prediction is confident, in [0, 1]. By default 0.9; for
        `weights`, the threshold stored with them, at which 99 % of true digits are confident.

    Attributes
    ----------
    model : keras.Model, classifier, callable or None
    threshold : float
    adaptation : Adaptation or None
        The result of :meth:`adapt`.

    Raises
    ------
    FileNotFoundError
        If there is no such file of weights.
    TypeError
        If the model is of no such kind.
    ValueError
        If the threshold is not in [0, 1], the model takes other images or returns anything but ten
        values, the file holds anything else, or both a model and weights are given.

    Examples
    --------
    >>> always_four = Recognizer(lambda images: np.eye(10)[np.full(len(images), 4)])
    >>> always_four.predict(Ink([[(0, 0), (0, 100)]]))
    Prediction(digit=4, 100.0%, confident)
    >>> always_four.predict(np.zeros((280, 280)))
    Prediction(digit=None, 10.0%, not sure)
    """

    def __init__(
        self,
        model: keras.Model | Classifier | PredictFn | None = None,
        *,
        weights: str | os.PathLike[str] | None = None,
        threshold: float | None = None,
    ) -> None:
        if model is not None and weights is not None:
            raise ValueError("a recognizer has either a model or weights, got both")
        if threshold is not None and not 0 <= threshold <= 1:
            raise ValueError(f"threshold must be a probability in [0, 1], got {threshold}")
        self.model = model
        self.adaptation: Adaptation | None = None
        default = THRESHOLD
        if model is None:
            self._weights, default = load_weights(WEIGHTS if weights is None else weights)
        self._predict = self._predict_shipped if model is None else _as_predict_fn(model)
        self.threshold = default if threshold is None else threshold

    def predict(self, drawing: Ink | Bitmap) -> Prediction:
        """Read one digit.

        Parameters
        ----------
        drawing : Ink, array-like, PIL.Image.Image or path
            Ink, or anything that :func:`mnistedu.normalize` takes.

        Returns
        -------
        prediction : Prediction

        Raises
        ------
        FileNotFoundError, TypeError, ValueError
            If the drawing is no picture, or the model returns no probabilities.
        """
        image = _to_image(drawing)
        (probabilities,) = self._probabilities(image[None])
        confident = bool(image.any() and probabilities.max() >= self.threshold)
        return Prediction(probabilities, image, confident)

    def predict_batch(self, drawings: Iterable[Ink | Bitmap]) -> np.ndarray:
        """Read many digits.

        Parameters
        ----------
        drawings : iterable of Ink, array-like, PIL.Image.Image or path
            An array of shape (n, 28, 28) is one, too.

        Returns
        -------
        probabilities : ndarray of shape (n, 10) and dtype float32
            A tenth each for a blank.

        Raises
        ------
        FileNotFoundError, TypeError, ValueError
            If a drawing is no picture, or the model returns no probabilities.
        """
        images = [_to_image(drawing) for drawing in drawings]
        return self._probabilities(np.array(images, np.uint8).reshape(-1, SIZE, SIZE))

    def adapt(
        self, samples: Samples, *, progress: Callable[[float], None] | None = None
    ) -> Recognizer:
        """Return a copy that is adapted to a person's handwriting; this one stays as it is.

        Only the last layer is retrained, see :mod:`mnistedu.recognition.adaptation`.

        Parameters
        ----------
        samples : Samples
            That person's drawings, about five of each digit.
        progress : callable, optional
            Called with the fraction of the work that is done, from 0 to 1. By default a progress
            bar, which ends with how many of the drawings were read correctly before and after.

        Returns
        -------
        adapted : Recognizer
            Its ``adaptation`` holds the result.

        Raises
        ------
        TypeError
            If the model is a function or a classifier, which cannot be adapted.
        ValueError
            If there are no samples, or the model does not end in ``Dense(10, "softmax")``.

        Examples
        --------
        >>> from mnistedu import Samples
        >>> samples = Samples()
        >>> samples.add(Ink([[(0, 0), (60, 0), (20, 100)], [(0, 50), (50, 50)]]), 7)
        >>> mine = Recognizer().adapt(samples, progress=lambda fraction: None)
        >>> mine.adaptation.before
        1
        """
        from mnistedu.recognition.adaptation import adapt, adapt_with_bar

        network = self._network()
        if progress is None:
            adaptation = adapt_with_bar(network, samples)
        else:
            adaptation = adapt(network, samples, progress=progress)
        adapted_network = network.with_last_layer(adaptation.last_layer)
        if self.model is None:
            adapted = Recognizer(threshold=self.threshold)
            adapted._weights = adapted_network
        else:
            adapted = Recognizer(adapted_network, threshold=self.threshold)
        adapted.adaptation = adaptation
        return adapted

    def to_keras(self) -> keras.Model:
        """Return the network as a Keras model.

        Returns
        -------
        model : keras.Model
            The model itself, or one built from the shipped or adapted weights.

        Raises
        ------
        TypeError
            If the model is a function or a classifier.
        """
        if self.model is None:
            from mnistedu.pretrained.network import build_pretrained

            return build_pretrained(self._weights)
        if is_keras_model(self.model):
            return self.model
        raise TypeError(
            f"a recognizer of a {type(self.model).__name__} cannot become a Keras model"
        )

    def __repr__(self) -> str:
        network = "shipped weights" if self.model is None else type(self.model).__name__
        adapted = ", adapted" if self.adaptation else ""
        return f"Recognizer({network}, threshold={self.threshold:.3g}{adapted})"

    def _network(self) -> ShippedNetwork | KerasNetwork:
        from mnistedu.recognition.classifier_head import KerasNetwork, ShippedNetwork

        if self.model is None:
            return ShippedNetwork(self._weights)
        if is_keras_model(self.model):
            return KerasNetwork(self.model)
        raise TypeError(
            f"a recognizer of a {type(self.model).__name__} cannot be adapted; only the shipped "
            "weights and Keras models can"
        )

    def _predict_shipped(self, images: np.ndarray) -> np.ndarray:
        # One thread is faster for small products. Functions of the user are not limited.
        with limit_blas_threads() if len(images) == 1 else nullcontext():
            return predict_proba(self._weights, to_input(images))

    def _probabilities(self, images: np.ndarray) -> np.ndarray:
        probabilities = np.full((len(images), CLASSES), 1 / CLASSES, np.float32)
        written = images.any(axis=(1, 2))
        if written.any():
            predicted = self._predict(images[written])
            probabilities[written] = check_probabilities(predicted, int(written.sum()))
        return probabilities


def _to_image(drawing: Ink | Bitmap) -> np.ndarray:
    if not isinstance(drawing, Ink):
        return steps(drawing)["image"]
    return np.zeros((SIZE, SIZE), np.uint8) if drawing.blank else drawing.to_image()


def _as_predict_fn(model: keras.Model | Classifier | PredictFn) -> PredictFn:
    if not is_keras_model(model):
        return as_predict_fn(model)
    from mnistedu.inference.snapshot import Snapshot

    snapshot = Snapshot(model)
    return lambda images: snapshot(to_input(images))
