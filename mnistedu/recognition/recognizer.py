"""Recognition of digits in ink, photos and images.

:class:`Recognizer` preprocesses drawings the way MNIST was made, predicts with a model, and returns
its probabilities and whether it is confident. The pretrained network runs with NumPy alone: it
imports neither Keras nor JAX.
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
    from mnistedu.recognition.classifier_head import KerasNetwork, PretrainedNetwork

THRESHOLD = 0.9  # for models other than the pretrained network


class Recognizer:
    """Predict digits from drawings.

    Parameters
    ----------
    model : keras.Model, scikit-learn classifier or callable, default=None
        The model; None for the pretrained network. A Keras model predicts from a copy of its
        weights, which is updated when the model is trained further, also during training. For
        classifiers and functions, see :func:`mnistedu.evaluate`: a function takes uint8 images of
        shape (n, 28, 28) and returns probabilities of shape (n, 10).
    weights : str or path-like, optional
        A file of weights for the pretrained network, written by ``python -m mnistedu.pretraining``.
        By default, the file that is part of the package.
    threshold : float, optional
        Probability from which a prediction is confident, in [0, 1]. The default is 0.9 for a model
        and, for the pretrained network, the threshold in the file, at which the predictions of
        99 % of all digits are confident.

    Attributes
    ----------
    model : keras.Model, classifier, callable or None
        The model; None for the pretrained network.
    threshold : float
        Probability from which a prediction is confident.
    adaptation : Adaptation or None
        The result of :meth:`adapt`, if this recognizer was returned by it.

    Raises
    ------
    FileNotFoundError
        If there is no such file of weights.
    TypeError
        If the model is not one of these.
    ValueError
        If the threshold is not in [0, 1], the model takes other images or does not return ten
        values, the file does not contain weights, or both a model and weights are given.

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
        self._predict = self._predict_pretrained if model is None else _as_predict_fn(model)
        self.threshold = default if threshold is None else threshold

    def predict(self, drawing: Ink | Bitmap) -> Prediction:
        """Predict one digit.

        Parameters
        ----------
        drawing : Ink, array-like, PIL.Image.Image or path
            Ink, or anything that :func:`mnistedu.normalize` accepts.

        Returns
        -------
        prediction : Prediction
            The probabilities, the image, and whether the prediction is confident.

        Raises
        ------
        FileNotFoundError, TypeError, ValueError
            If the drawing is not a picture, or the model does not return probabilities.
        """
        image = _to_image(drawing)
        (probabilities,) = self._probabilities(image[None])
        confident = bool(image.any() and probabilities.max() >= self.threshold)
        return Prediction(probabilities, image, confident)

    def predict_batch(self, drawings: Iterable[Ink | Bitmap]) -> np.ndarray:
        """Predict the probabilities of many drawings.

        Parameters
        ----------
        drawings : iterable of Ink, array-like, PIL.Image.Image or path
            Drawings, for example an array of shape (n, 28, 28).

        Returns
        -------
        probabilities : ndarray of shape (n, 10), dtype float32
            Probability of each digit; 0.1 each for a blank drawing.

        Raises
        ------
        FileNotFoundError, TypeError, ValueError
            If a drawing is not a picture, or the model does not return probabilities.
        """
        images = [_to_image(drawing) for drawing in drawings]
        return self._probabilities(np.array(images, np.uint8).reshape(-1, SIZE, SIZE))

    def adapt(
        self, samples: Samples, *, progress: Callable[[float], None] | None = None
    ) -> Recognizer:
        """Return a copy that is adapted to a person's handwriting.

        Only the last layer is retrained; see :mod:`mnistedu.recognition.adaptation`. This
        recognizer is not changed.

        Parameters
        ----------
        samples : Samples
            The person's drawings and their labels. Five of each digit are recommended.
        progress : callable, optional
            Called with the fraction of the work that is done, from 0 to 1. By default, a progress
            bar is shown, which ends with the number of correct predictions before and after.

        Returns
        -------
        adapted : Recognizer
            The adapted copy, with the result in its attribute ``adaptation``.

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
        from mnistedu.recognition.adaptation import adapt, adapt_with_progress_bar

        network = self._network()
        if progress is None:
            adaptation = adapt_with_progress_bar(network, samples)
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
            The model itself, or a new one with the pretrained or adapted weights.

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
            f"a recognizer of a {type(self.model).__name__} cannot be converted to a Keras model"
        )

    def __repr__(self) -> str:
        network = "pretrained" if self.model is None else type(self.model).__name__
        adapted = ", adapted" if self.adaptation else ""
        return f"Recognizer({network}, threshold={self.threshold:.3g}{adapted})"

    def _network(self) -> PretrainedNetwork | KerasNetwork:
        from mnistedu.recognition.classifier_head import KerasNetwork, PretrainedNetwork

        if self.model is None:
            return PretrainedNetwork(self._weights)
        if is_keras_model(self.model):
            return KerasNetwork(self.model)
        raise TypeError(
            f"a recognizer of a {type(self.model).__name__} cannot be adapted; only the "
            "pretrained network and Keras models can"
        )

    def _predict_pretrained(self, images: np.ndarray) -> np.ndarray:
        # One thread is faster for small products. Functions of the user are not limited.
        with limit_blas_threads() if len(images) == 1 else nullcontext():
            return predict_proba(self._weights, to_input(images))

    def _probabilities(self, images: np.ndarray) -> np.ndarray:
        probabilities = np.full((len(images), CLASSES), 1 / CLASSES, np.float32)
        has_ink = images.any(axis=(1, 2))
        if has_ink.any():
            predicted = self._predict(images[has_ink])
            probabilities[has_ink] = check_probabilities(predicted, int(has_ink.sum()))
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
