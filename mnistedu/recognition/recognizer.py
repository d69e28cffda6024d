"""From what somebody drew to the digit that a model reads.

:class:`Recognizer` brings ink, photos and images to the form that models were trained on, asks a
model, and says how sure it is. The shipped model runs on NumPy alone: neither Keras nor JAX is
imported for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import is_keras_model
from mnistedu.ink import SIZE, Ink
from mnistedu.preprocessing import Bitmap, steps, to_input
from mnistedu.pretrained import WEIGHTS, load_weights
from mnistedu.pretrained.forward import answer
from mnistedu.recognition.blas_threads import one_thread
from mnistedu.recognition.prediction import CLASSES, Prediction

if TYPE_CHECKING:
    import keras

    from mnistedu.data import Samples
    from mnistedu.recognition.adaptation import Adaptation
    from mnistedu.recognition.classifier_head import KerasNetwork, ShippedNetwork

THRESHOLD = 0.9  # of probability; below it a model's answer is "not sure"

Answerer = Callable[[np.ndarray], np.ndarray]
"""From images, uint8 of shape (n, 28, 28), to probabilities."""


class Recognizer:
    """Reads digits that people draw.

    Parameters
    ----------
    model : keras.Model or callable, default=None
        None for `weights`. A Keras model answers from a copy of its weights, which
        follows the model when it is trained further, also while that goes on. A callable takes an
        image, uint8 of shape (28, 28), and returns the probabilities of the ten digits.
    weights : str or path-like, optional
        Instead of a model: a file that ``python -m mnistedu.pretraining`` wrote, by default the one
        that ships.
    threshold : float, optional
        The probability from which an answer is confident, in [0, 1]. By default 0.9, or for the
        weights the one that lets 99 % of true digits pass.

    Attributes
    ----------
    model : keras.Model, callable or None
    threshold : float
    adaptation : Adaptation or None
        What teaching it a hand has brought, see :meth:`adapt`.

    Raises
    ------
    FileNotFoundError
        If there is no such file of weights.
    TypeError
        If the model is neither.
    ValueError
        If the threshold is no probability, the model takes or gives anything else, the file holds
        anything else, or there is a model as well as weights.

    Examples
    --------
    >>> always_four = Recognizer(lambda image: np.eye(10)[4])
    >>> always_four.predict(Ink([[(0, 0), (0, 100)]]))
    Prediction(digit=4, 100.0%, confident)
    >>> always_four.predict(np.zeros((280, 280)))
    Prediction(digit=None, 10.0%, not sure)
    """

    def __init__(
        self,
        model: keras.Model | Callable[[np.ndarray], np.ndarray] | None = None,
        *,
        weights: str | os.PathLike[str] | None = None,
        threshold: float | None = None,
    ) -> None:
        if model is not None and weights is not None:
            raise ValueError("a recogniser has a model or weights; give one of them")
        if threshold is not None and not 0 <= threshold <= 1:
            raise ValueError(f"threshold must be a probability in [0, 1], got {threshold}")
        self.model = model
        self.adaptation: Adaptation | None = None
        default = THRESHOLD
        if model is None:
            self._weights, default = load_weights(WEIGHTS if weights is None else weights)
        self._ask = self._answer_shipped if model is None else _answerer(model)
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
            If the drawing is no picture, or the model gives no probabilities.
        """
        image = _to_image(drawing)
        with one_thread():
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
            If a drawing is no picture, or the model gives no probabilities.
        """
        images = [_to_image(drawing) for drawing in drawings]
        return self._probabilities(np.array(images, np.uint8).reshape(-1, SIZE, SIZE))

    def adapt(
        self, samples: Samples, *, progress: Callable[[float], None] | None = None
    ) -> Recognizer:
        """Make a copy that has learnt somebody's hand; this one stays as it is.

        Only the last layer learns, see :mod:`mnistedu.recognition.adaptation`.

        Parameters
        ----------
        samples : Samples
            That person's drawings, about five of each digit.
        progress : callable, optional
            Called with the share of the work that is done, from 0 to 1. By default a progress bar,
            which ends with how many of the drawings are read right before and after.

        Returns
        -------
        adapted : Recognizer
            Its ``adaptation`` tells what it brought.

        Raises
        ------
        TypeError
            If the model is a function: there is nothing in it that could learn.
        ValueError
            If there are no samples, or the model does not end in ``Dense(10, "softmax")``.

        Examples
        --------
        >>> from mnistedu import Samples
        >>> samples = Samples()
        >>> samples.add(Ink([[(0, 0), (60, 0), (20, 100)], [(0, 50), (50, 50)]]), 7)
        >>> mine = Recognizer().adapt(samples, progress=lambda share: None)
        >>> mine.adaptation.before
        1
        """
        from mnistedu.recognition.adaptation import adapt, adapt_with_bar

        network = self._network()
        if progress is None:
            adaptation = adapt_with_bar(network, samples)
        else:
            adaptation = adapt(network, samples, progress=progress)
        taught = network.with_last_layer(adaptation.last_layer)
        if self.model is None:
            adapted = Recognizer(threshold=self.threshold)
            adapted._weights = taught
        else:
            adapted = Recognizer(taught, threshold=self.threshold)
        adapted.adaptation = adaptation
        return adapted

    def to_keras(self) -> keras.Model:
        """Give the network that answers as a Keras model.

        Returns
        -------
        model : keras.Model
            The model itself, or one made of the shipped weights, or of what they became by
            :meth:`adapt`.

        Raises
        ------
        TypeError
            If the model is a function.
        """
        if self.model is None:
            from mnistedu.pretrained.network import build_shipped

            return build_shipped(self._weights)
        if is_keras_model(self.model):
            return self.model
        raise TypeError("this recogniser asks a function, which cannot become a Keras model")

    def _network(self) -> ShippedNetwork | KerasNetwork:
        from mnistedu.recognition.classifier_head import KerasNetwork, ShippedNetwork

        if self.model is None:
            return ShippedNetwork(self._weights)
        if is_keras_model(self.model):
            return KerasNetwork(self.model)
        raise TypeError(
            "this recogniser asks a function, which cannot be taught; "
            "only the shipped weights and Keras models can"
        )

    def _answer_shipped(self, images: np.ndarray) -> np.ndarray:
        return answer(self._weights, to_input(images))

    def _probabilities(self, images: np.ndarray) -> np.ndarray:
        probabilities = np.full((len(images), CLASSES), 1 / CLASSES, np.float32)
        written = images.any(axis=(1, 2))
        if written.any():
            answers = self._ask(images[written])
            probabilities[written] = _check_probabilities(answers, written.sum())
        return probabilities


def _to_image(drawing: Ink | Bitmap) -> np.ndarray:
    if not isinstance(drawing, Ink):
        return steps(drawing)["image"]
    return np.zeros((SIZE, SIZE), np.uint8) if drawing.blank else drawing.to_image()


def _answerer(model: object) -> Answerer:
    if is_keras_model(model):
        from mnistedu.inference.snapshot import Snapshot

        snapshot = Snapshot(model)
        return lambda images: snapshot(to_input(images))
    if not callable(model):
        raise TypeError(
            f"model must be a keras.Model or a function of an image, got {type(model).__name__}; "
            "mnistedu.load_model reads a model's file"
        )
    return lambda images: np.array([model(image) for image in images])


def _check_probabilities(answer: object, count: int) -> np.ndarray:
    probabilities = np.asarray(answer)
    if probabilities.shape != (count, CLASSES) or probabilities.dtype.kind != "f":
        raise ValueError(
            f"the model must give {CLASSES} probabilities for each image, "
            f"got shape {probabilities.shape} and dtype {probabilities.dtype}"
        )
    sums = probabilities.sum(axis=1)
    if not (probabilities >= 0).all() or not np.allclose(sums, 1, atol=1e-3):
        raise ValueError(
            "the model's probabilities must be 0 or more and sum to 1; "
            "does its last layer lack a softmax?"
        )
    return probabilities
