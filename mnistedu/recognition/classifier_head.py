"""Networks whose last layer can be retrained separately."""

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
        Weights. The first ten classes are the digits.
    bias : ndarray of shape (n_classes,)
        Biases.
    """

    kernel: np.ndarray
    bias: np.ndarray

    def log_probabilities(self, features: np.ndarray) -> np.ndarray:
        """Compute the logarithms of the classes' probabilities.

        Parameters
        ----------
        features : ndarray of shape (n, n_features)
            Inputs of the layer.

        Returns
        -------
        log_probabilities : ndarray of shape (n, n_classes)
            Logarithm of each probability.
        """
        scores = features @ self.kernel + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


class Network(Protocol):
    """A network whose last layer can be replaced.

    Attributes
    ----------
    last_layer : LastLayer
        The current last layer.
    """

    last_layer: LastLayer

    def features(self, images: np.ndarray) -> np.ndarray:
        """Compute the inputs of the last layer.

        Parameters
        ----------
        images : ndarray of shape (n, 28, 28), dtype uint8
            Grey levels, 0 for background.

        Returns
        -------
        features : ndarray of shape (n, n_features), dtype float32
            Inputs of the last layer.
        """

    def with_last_layer(self, layer: LastLayer) -> object:
        """Return a copy of the network with another last layer.

        Parameters
        ----------
        layer : LastLayer
            The new last layer.

        Returns
        -------
        network : dict of str to ndarray or keras.Model
            The weights or the model with this layer.
        """


class PretrainedNetwork:
    """The pretrained network with NumPy alone; see :class:`Network`.

    Parameters
    ----------
    weights : dict of str to ndarray
        Weights from :func:`mnistedu.pretrained.load_weights`.
    """

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self._weights = weights
        self.last_layer = LastLayer(weights["classes_kernel"], weights["classes_bias"])

    def features(self, images: np.ndarray) -> np.ndarray:  # noqa: D102 - see Network
        return compute_features(self._weights, to_input(images))

    def with_last_layer(self, layer: LastLayer) -> dict[str, np.ndarray]:  # noqa: D102
        return self._weights | {"classes_kernel": layer.kernel, "classes_bias": layer.bias}


class KerasNetwork:
    """A Keras model that ends in a dense layer with a softmax; see :class:`Network`.

    Parameters
    ----------
    model : keras.Model
        The model, which is not changed.

    Raises
    ------
    ValueError
        If the model does not end in such a layer.
    """

    def __init__(self, model: keras.Model) -> None:
        keras = import_keras()
        last = model.layers[-1]
        if (
            not isinstance(last, keras.layers.Dense)
            or last.activation is not keras.activations.softmax
        ):
            raise ValueError(
                "the last layer of a model to adapt must be Dense(10, activation='softmax'), but "
                f"this model's is {type(last).__name__} {last.name!r}"
            )
        self._model = model
        kernel, *bias = last.get_weights()
        self.last_layer = LastLayer(
            kernel, bias[0] if bias else np.zeros(kernel.shape[1], np.float32)
        )
        self._body = keras.Model(model.inputs, last.input)

    def features(self, images: np.ndarray) -> np.ndarray:  # noqa: D102
        shape = [side or 28 for side in self._body.input_shape[1:]]
        return np.asarray(self._body.predict_on_batch(to_input(images).reshape(-1, *shape)))

    def with_last_layer(self, layer: LastLayer) -> keras.Model:  # noqa: D102
        copy = import_keras().models.clone_model(self._model)
        copy.set_weights(self._model.get_weights())
        copy.layers[-1].set_weights([layer.kernel, layer.bias][: len(copy.layers[-1].weights)])
        return copy
