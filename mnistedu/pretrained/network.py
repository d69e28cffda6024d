"""The pretrained network as a Keras model, for training and for prediction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras
from mnistedu.pretrained.architecture import (
    NO_DIGIT,
    Column,
    distribute_no_digit,
    get_columns,
    resampling_matrix,
)

if TYPE_CHECKING:
    import keras

Weights = dict[str, np.ndarray]


def build_trainable(column: Column, *, dropout: float = 0.3) -> keras.Model:
    """Build a column for training, with batch normalization, dropout and eleven outputs.

    The normalization has no scale: ReLU passes a positive factor, which the next layer can learn.
    Without a learned scale the factor is always positive, so that :func:`fold_batch_norm` can move
    it before the pooling.

    Parameters
    ----------
    column : Column
        The column to build.
    dropout : float, default=0.3
        Fraction of the last feature maps' values to drop during training.

    Returns
    -------
    model : keras.Model
        A model that is not compiled, and does not resample its images.
    """
    keras = import_keras()
    head = [
        keras.layers.Flatten(),
        keras.layers.Dropout(dropout),
        keras.layers.Dense(NO_DIGIT + 1, "softmax", name="classes"),
    ]
    layers = [keras.Input((28, 28, 1)), *_layers(column, normalized=True), *head]
    return keras.Sequential(layers, name=column.name)


def build_pretrained(weights: Weights) -> keras.Model:
    """Build the network with ten outputs and set its weights.

    Parameters
    ----------
    weights : dict of str to ndarray
        Result of :func:`join_columns`, or of :func:`fold_batch_norm` for a single column.

    Returns
    -------
    model : keras.Model
        A compiled model, which can be evaluated and trained further.

    Examples
    --------
    >>> from mnistedu.pretrained.architecture import SHALLOW
    >>> build_pretrained(fold_batch_norm(build_trainable(SHALLOW), SHALLOW)).output_shape
    (None, 10)
    """
    keras = import_keras()
    image = keras.Input((28, 28, 1))
    features = [_apply_column(column, image) for column in get_columns(weights)]
    if len(features) > 1:
        features = [keras.layers.Concatenate(name="columns")(features)]
    classes = keras.layers.Dense(NO_DIGIT + 1, "softmax", name="classes")(*features)
    digits = keras.layers.Dense(10, use_bias=False, trainable=False, name="digits")
    model = keras.Model(image, digits(classes), name="mnistedu")
    digits.set_weights([distribute_no_digit(np.eye(NO_DIGIT + 1, dtype=np.float32))])
    for layer in model.layers:
        if f"{layer.name}_kernel" in weights:
            layer.set_weights([weights[f"{layer.name}_{part}"] for part in ("kernel", "bias")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def fold_batch_norm(model: keras.Model, column: Column) -> Weights:
    """Return the weights of a trained column, with batch normalization folded into convolutions.

    Parameters
    ----------
    model : keras.Model
        Model from :func:`build_trainable`.
    column : Column
        The column that the model was built from.

    Returns
    -------
    weights : dict of str to ndarray of dtype float32
        Maps names to weights.
    """
    weights = {}
    for index in range(len(column.filters)):
        name = f"{column.name}_convolution_{index}"
        (kernel,) = model.get_layer(name).get_weights()
        normalization = model.get_layer(f"{column.name}_normalization_{index}")
        offset, mean, variance = normalization.get_weights()
        factor = 1 / np.sqrt(variance + normalization.epsilon)
        weights[f"{name}_kernel"] = kernel * factor
        weights[f"{name}_bias"] = offset - mean * factor
    weights["classes_kernel"], weights["classes_bias"] = model.get_layer("classes").get_weights()
    return weights


def join_columns(columns: Sequence[Weights]) -> Weights:
    """Combine the weights of columns into a network that averages their scores.

    Parameters
    ----------
    columns : sequence of dict of str to ndarray
        Weights of each column, in the order of
        :data:`mnistedu.pretrained.architecture.COLUMNS`.

    Returns
    -------
    weights : dict of str to ndarray of dtype float32
        Maps names to weights.
    """
    joined = {name: array for weights in columns for name, array in weights.items()}
    kernels = [weights["classes_kernel"] for weights in columns]
    joined["classes_kernel"] = np.concatenate(kernels) / len(columns)
    joined["classes_bias"] = np.mean([weights["classes_bias"] for weights in columns], axis=0)
    return joined


def apply_temperature(weights: Weights, temperature: float) -> Weights:
    """Scale the confidence of a network without changing its predicted digits [1]_.

    Parameters
    ----------
    weights : dict of str to ndarray
        Weights of a network or of a column.
    temperature : float
        Divisor of the scores before the softmax; above 1 for less confidence.

    Returns
    -------
    weights : dict of str to ndarray
        The scaled weights.

    References
    ----------
    .. [1] C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    last = ("classes_kernel", "classes_bias")
    return weights | {name: weights[name] / temperature for name in last}


def _layers(column: Column, *, normalized: bool) -> list[keras.layers.Layer]:
    """Return the layers of a column, with batch normalization or with biases."""
    keras = import_keras()
    from mnistedu.layers import Conv2D, MaxPooling2D

    layers = []
    for index, filters in enumerate(column.filters):
        name = f"{column.name}_convolution_{index}"
        layers.append(Conv2D(filters, 3, use_bias=not normalized, name=name))
        if index in column.pooled:
            layers.append(MaxPooling2D(2, padding="same", name=f"{column.name}_pooling_{index}"))
        if normalized:
            name = f"{column.name}_normalization_{index}"
            layers.append(keras.layers.BatchNormalization(scale=False, momentum=0.99, name=name))
        layers.append(keras.layers.ReLU(name=f"{column.name}_relu_{index}"))
    return layers


def _apply_column(column: Column, image: keras.KerasTensor) -> keras.KerasTensor:
    """Return the mean of a column's features over its scales."""
    stack = _layers(column, normalized=False)
    outputs = []
    for scale in column.scales:
        maps = image if scale == 1 else _resample(image, scale)
        for layer in stack:
            maps = layer(maps)
        outputs.append(maps)
    layers = import_keras().layers
    mean = layers.Average(name=f"{column.name}_mean")(outputs) if len(outputs) > 1 else outputs[0]
    return layers.Flatten(name=f"{column.name}_features")(mean)


def _resample(image: keras.KerasTensor, scale: float) -> keras.KerasTensor:
    """Resample rows and columns of images with fixed matrices."""
    layers = import_keras().layers
    for equation in ("nhwc,hk->nkwc", "nhwc,wk->nhkc"):
        layer = layers.EinsumDense(equation, (28, 28, 1), trainable=False)
        image = layer(image)
        layer.set_weights([resampling_matrix(scale).T])
    return image
