"""The shipped network as a Keras model: for training, and with the weights that ship."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras
from mnistedu.pretrained.architecture import (
    FILTERS,
    FRAMINGS,
    NO_DIGIT,
    POOLED,
    framing_matrix,
    share_no_digit,
)

if TYPE_CHECKING:
    import keras

Weights = dict[str, np.ndarray]


def build_trainable(*, dropout: float = 0.3) -> keras.Model:
    """Build the network for training: batch normalization, dropout, eleven outputs.

    Its normalization has no scale: the rectifier behind it hands a positive factor on, and the
    next layer has one of its own. Without it the factor is always positive, so that
    :func:`fold` may move it to the other side of the pooling.

    Parameters
    ----------
    dropout : float, default=0.3
        The share of the last feature maps' values that training leaves out.

    Returns
    -------
    model : keras.Model
        Not compiled.
    """
    layers = import_keras().layers
    return _build(
        lambda number: layers.BatchNormalization(
            scale=False, momentum=0.99, name=f"normalization_{number}"
        ),
        [layers.Dropout(dropout), layers.Dense(NO_DIGIT + 1, "softmax", name="classes")],
        use_bias=False,
    )


def build_shipped(weights: Weights) -> keras.Model:
    """Build the network that ships: ten probabilities, nothing left to train.

    Parameters
    ----------
    weights : dict of str to ndarray
        As :func:`fold` gives them.

    Returns
    -------
    model : keras.Model
        Compiled, so that it can be evaluated and trained further.

    Examples
    --------
    >>> build_shipped(fold(build_trainable())).output_shape
    (None, 10)
    """
    keras = import_keras()
    head = [
        keras.layers.Dense(NO_DIGIT + 1, "softmax", name="classes"),
        keras.layers.Dense(10, use_bias=False, trainable=False, name="digits"),
    ]
    layers = _build(lambda number: None, head, use_bias=True)
    for layer in layers.layers:
        if layer.name == "digits":
            layer.set_weights([share_no_digit(np.eye(NO_DIGIT + 1, dtype=np.float32))])
        elif layer.weights:
            layer.set_weights([weights[f"{layer.name}_{part}"] for part in ("kernel", "bias")])
    image = keras.Input((28, 28, 1))
    answers = [layers(_resample(image, scale)) for scale in FRAMINGS]
    model = keras.Model(image, keras.layers.Average()(answers), name="mnistedu")
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fold(model: keras.Model, *, temperature: float = 1.0) -> Weights:
    """Take the weights out of a trained network, its normalization worked into the convolutions.

    Parameters
    ----------
    model : keras.Model
        From :func:`build_trainable`.
    temperature : float, default=1.0
        What to divide the scores by before the softmax: above 1 for less confidence [1]_.

    Returns
    -------
    weights : dict of str to ndarray of dtype float32

    References
    ----------
    .. [1] C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    weights = {}
    for number in range(len(FILTERS)):
        (kernel,) = model.get_layer(f"convolution_{number}").get_weights()
        normalization = model.get_layer(f"normalization_{number}")
        offset, mean, variance = normalization.get_weights()
        factor = 1 / np.sqrt(variance + normalization.epsilon)
        weights[f"convolution_{number}_kernel"] = kernel * factor
        weights[f"convolution_{number}_bias"] = offset - mean * factor
    kernel, bias = model.get_layer("classes").get_weights()
    weights["classes_kernel"] = kernel / temperature
    weights["classes_bias"] = bias / temperature
    return weights


def _build(
    normalization: Callable[[int], keras.layers.Layer | None], head: list, *, use_bias: bool
) -> keras.Model:
    keras = import_keras()
    from mnistedu.layers import Conv2D, MaxPooling2D

    body = []
    for number, count in enumerate(FILTERS):
        body.append(Conv2D(count, 3, use_bias=use_bias, name=f"convolution_{number}"))
        if number in POOLED:
            body.append(MaxPooling2D(2, padding="same"))
        body += [normalization(number), keras.layers.ReLU()]
    body = [layer for layer in (*body, keras.layers.Flatten(), *head) if layer is not None]
    return keras.Sequential([keras.Input((28, 28, 1)), *body], name="mnistedu")


def _resample(image: keras.KerasTensor, scale: float) -> keras.KerasTensor:
    """Resample rows and columns of images by fixed matrices."""
    layers = import_keras().layers
    for equation in ("nhwc,hk->nkwc", "nhwc,wk->nhkc"):
        layer = layers.EinsumDense(equation, (28, 28, 1), trainable=False)
        image = layer(image)
        layer.set_weights([framing_matrix(scale).T])
    return image
