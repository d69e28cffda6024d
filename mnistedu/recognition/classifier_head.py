"""Networks whose last layer can be taken off, taught by itself, and put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from mnistedu._backend import import_keras
from mnistedu.preprocessing import to_input
from mnistedu.pretrained.forward import compute_features

if TYPE_CHECKING:
    import keras


class LastLayer(NamedTuple):
    """A dense layer with a softmax.

    Attributes
    ----------
    kernel : ndarray of shape (n_features, n_classes)
        The first ten classes are the digits.
    bias : ndarray of shape (n_classes,)
    """

    kernel: np.ndarray
    bias: np.ndarray

    def log_probabilities(self, features: np.ndarray) -> np.ndarray:
        """Give the logarithms of the classes' probabilities, of shape (n, n_classes)."""
        scores = features @ self.kernel + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


class Network(Protocol):
    """A network, apart from its last layer.

    Attributes
    ----------
    last_layer : LastLayer
    """

    last_layer: LastLayer

    def features(self, images: np.ndarray) -> np.ndarray:
        """Return the inputs of the last layer for images of shape (n, 28, 28)."""
        """Give what the last layer gets for images, uint8 of shape (n, 28, 28)."""

    def with_last_layer(self, layer: LastLayer) -> object:
        """Put another last layer on; this network stays as it is."""


class ShippedNetwork:
    """The network of the shipped weights, on NumPy alone.

    Parameters
    ----------
    weights : dict of str to ndarray
        As :func:`mnistedu.pretrained.load_weights` gives them.
    """

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self._weights = weights
        self.last_layer = LastLayer(weights["classes_kernel"], weights["classes_bias"])

    def features(self, images: np.ndarray) -> np.ndarray:
        """Return the inputs of the last layer for images of shape (n, 28, 28)."""
        return compute_features(self._weights, to_input(images))

    def with_last_layer(self, layer: LastLayer) -> dict[str, np.ndarray]:
        """Return the weights with another last layer."""
        return self._weights | {"classes_kernel": layer.kernel, "classes_bias": layer.bias}


class KerasNetwork:
    """A Keras model that ends in a dense layer with a softmax.

    Parameters
    ----------
    model : keras.Model

    Raises
    ------
    ValueError
        If it ends in anything else.
    """

    def __init__(self, model: keras.Model) -> None:
        keras = import_keras()
        last = model.layers[-1]
        if (
            not isinstance(last, keras.layers.Dense)
            or last.activation is not keras.activations.softmax
        ):
            raise ValueError(
                "only a model whose last layer is Dense(10, activation='softmax') can be taught a "
                f"hand, but this one's is {type(last).__name__} {last.name!r}"
            )
        self._model = model
        kernel, *bias = last.get_weights()
        self.last_layer = LastLayer(
            kernel, bias[0] if bias else np.zeros(kernel.shape[1], np.float32)
        )
        self._body = keras.Model(model.inputs, last.input)

    def features(self, images: np.ndarray) -> np.ndarray:
        """Return the inputs of the last layer for images of shape (n, 28, 28)."""
        shape = [side or 28 for side in self._body.input_shape[1:]]
        return np.asarray(self._body.predict_on_batch(to_input(images).reshape(-1, *shape)))

    def with_last_layer(self, layer: LastLayer) -> keras.Model:
        """Return a copy of the model with another last layer."""
        copy = import_keras().models.clone_model(self._model)
        copy.set_weights(self._model.get_weights())
        copy.layers[-1].set_weights([layer.kernel, layer.bias][: len(copy.layers[-1].weights)])
        return copy
