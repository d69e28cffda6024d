"""The shipped network as a Keras model: for training, and with the weights that ship."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras
from mnistedu.pretrained.architecture import (
    NO_DIGIT,
    Column,
    columns_of,
    framing_matrix,
    share_no_digit,
)

if TYPE_CHECKING:
    import keras

Weights = dict[str, np.ndarray]


def build_trainable(column: Column, *, dropout: float = 0.3) -> keras.Model:
    """Build a column for training: batch normalization, dropout, eleven outputs.

    Its normalization has no scale: the rectifier behind it hands a positive factor on, and the
    next layer has one of its own. Without it the factor is always positive, so that
    :func:`fold` may move it to the other side of the pooling.

    Parameters
    ----------
    column : Column
    dropout : float, default=0.3
        The share of the last feature maps' values that training leaves out.

    Returns
    -------
    model : keras.Model
        Not compiled. It sees images as they are.
    """
    keras = import_keras()
    head = [
        keras.layers.Flatten(),
        keras.layers.Dropout(dropout),
        keras.layers.Dense(NO_DIGIT + 1, "softmax", name="classes"),
    ]
    layers = [keras.Input((28, 28, 1)), *_layers(column, normalized=True), *head]
    return keras.Sequential(layers, name=column.name)


def build_shipped(weights: Weights) -> keras.Model:
    """Build the network that ships: ten probabilities, nothing left to train.

    Parameters
    ----------
    weights : dict of str to ndarray
        As :func:`join` gives them, or :func:`fold` those of one column.

    Returns
    -------
    model : keras.Model
        Compiled, so that it can be evaluated and trained further.

    Examples
    --------
    >>> from mnistedu.pretrained.architecture import SHALLOW
    >>> build_shipped(fold(build_trainable(SHALLOW), SHALLOW)).output_shape
    (None, 10)
    """
    keras = import_keras()
    image = keras.Input((28, 28, 1))
    features = [_see(column, image) for column in columns_of(weights)]
    if len(features) > 1:
        features = [keras.layers.Concatenate(name="columns")(features)]
    classes = keras.layers.Dense(NO_DIGIT + 1, "softmax", name="classes")(*features)
    digits = keras.layers.Dense(10, use_bias=False, trainable=False, name="digits")
    model = keras.Model(image, digits(classes), name="mnistedu")
    digits.set_weights([share_no_digit(np.eye(NO_DIGIT + 1, dtype=np.float32))])
    for layer in model.layers:
        if f"{layer.name}_kernel" in weights:
            layer.set_weights([weights[f"{layer.name}_{part}"] for part in ("kernel", "bias")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fold(model: keras.Model, column: Column) -> Weights:
    """Take the weights out of a trained column, its normalization worked into the convolutions.

    Parameters
    ----------
    model : keras.Model
        From :func:`build_trainable`.
    column : Column

    Returns
    -------
    weights : dict of str to ndarray of dtype float32
    """
    weights = {}
    for number in range(len(column.filters)):
        name = f"{column.name}_convolution_{number}"
        (kernel,) = model.get_layer(name).get_weights()
        normalization = model.get_layer(f"{column.name}_normalization_{number}")
        offset, mean, variance = normalization.get_weights()
        factor = 1 / np.sqrt(variance + normalization.epsilon)
        weights[f"{name}_kernel"] = kernel * factor
        weights[f"{name}_bias"] = offset - mean * factor
    weights["classes_kernel"], weights["classes_bias"] = model.get_layer("classes").get_weights()
    return weights


def join(columns: Sequence[Weights]) -> Weights:
    """Put columns side by side: what they score is averaged.

    Parameters
    ----------
    columns : sequence of dict of str to ndarray
        In the order of :data:`mnistedu.pretrained.architecture.COLUMNS`.

    Returns
    -------
    weights : dict of str to ndarray of dtype float32
    """
    joined = {name: array for weights in columns for name, array in weights.items()}
    kernels = [weights["classes_kernel"] for weights in columns]
    joined["classes_kernel"] = np.concatenate(kernels) / len(columns)
    joined["classes_bias"] = np.mean([weights["classes_bias"] for weights in columns], axis=0)
    return joined


def cool(weights: Weights, temperature: float) -> Weights:
    """Change how sure a network is of its answers, which stay the same [1]_.

    Parameters
    ----------
    weights : dict of str to ndarray
    temperature : float
        What to divide the scores by before the softmax: above 1 for less confidence.

    Returns
    -------
    weights : dict of str to ndarray

    References
    ----------
    .. [1] C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    last = ("classes_kernel", "classes_bias")
    return weights | {name: weights[name] / temperature for name in last}


def _layers(column: Column, *, normalized: bool) -> list[keras.layers.Layer]:
    """Make the layers of a column, with batch normalization in place of biases or without."""
    keras = import_keras()
    from mnistedu.layers import Conv2D, MaxPooling2D

    layers = []
    for number, count in enumerate(column.filters):
        name = f"{column.name}_convolution_{number}"
        layers.append(Conv2D(count, 3, use_bias=not normalized, name=name))
        if number in column.pooled:
            layers.append(MaxPooling2D(2, padding="same", name=f"{column.name}_pooling_{number}"))
        if normalized:
            name = f"{column.name}_normalization_{number}"
            layers.append(keras.layers.BatchNormalization(scale=False, momentum=0.99, name=name))
        layers.append(keras.layers.ReLU(name=f"{column.name}_relu_{number}"))
    return layers


def _see(column: Column, image: keras.KerasTensor) -> keras.KerasTensor:
    """Give what a column makes of an image: the mean over its framings."""
    stack = _layers(column, normalized=False)
    seen = []
    for scale in column.framings:
        values = image if scale == 1 else _resample(image, scale)
        for layer in stack:
            values = layer(values)
        seen.append(values)
    layers = import_keras().layers
    mean = layers.Average(name=f"{column.name}_mean")(seen) if len(seen) > 1 else seen[0]
    return layers.Flatten(name=f"{column.name}_features")(mean)


def _resample(image: keras.KerasTensor, scale: float) -> keras.KerasTensor:
    """Resample rows and columns of images by fixed matrices."""
    layers = import_keras().layers
    for equation in ("nhwc,hk->nkwc", "nhwc,wk->nhkc"):
        layer = layers.EinsumDense(equation, (28, 28, 1), trainable=False)
        image = layer(image)
        layer.set_weights([framing_matrix(scale).T])
    return image
