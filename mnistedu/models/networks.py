"""The networks of the lessons: a multilayer perceptron and a convolutional network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mnistedu._backend import import_keras

if TYPE_CHECKING:
    import keras


def build_mlp(
    *, units: Sequence[int] = (128,), dropout: float = 0.0, learning_rate: float = 4e-3
) -> keras.Model:
    """Build a multilayer perceptron: dense layers on the image's 784 pixels.

    Parameters
    ----------
    units : sequence of int, default=(128,)
        The number of neurons in each hidden layer. Empty for a softmax regression.
    dropout : float, default=0.0
        The fraction of the last hidden layer's outputs that training drops, in [0, 1).
    learning_rate : float, default=0.004
        Adam's learning rate, the peak where :func:`mnistedu.train` schedules it.

    Returns
    -------
    model : keras.Model
        Compiled with Adam, sparse categorical cross-entropy and accuracy.

    Raises
    ------
    ValueError
        If a number of neurons is not positive or `dropout` is not in [0, 1).

    Examples
    --------
    >>> build_mlp(units=(128,)).count_params()
    101770
    """
    keras = import_keras()
    from mnistedu.layers import Dense

    for count in units:
        if count < 1:
            raise ValueError(f"units must be positive numbers of neurons, got {count}")
    hidden = [Dense(count, activation="relu") for count in units]
    body = [keras.layers.Flatten(), *hidden, *_dropout(dropout)]
    return compile_classifier(make_classifier("mlp", body), keras.optimizers.Adam(learning_rate))


def build_cnn(
    *, filters: Sequence[int] = (24, 48, 96), dropout: float = 0.3, learning_rate: float = 6e-3
) -> keras.Model:
    """Build a convolutional network that trains in few epochs.

    3x3 convolutions, the first two followed by max pooling, each with batch normalization. The
    normalization comes after the pooling, where there is a quarter of the values. The layers
    compute what Keras's do, in a way that is fast on a CPU (:mod:`mnistedu.layers`).

    Parameters
    ----------
    filters : sequence of int, default=(24, 48, 96)
        The number of filters in each convolution; one to three of them.
    dropout : float, default=0.3
        The fraction of the last feature maps' values that training drops, in [0, 1).
    learning_rate : float, default=0.006
        Adam's learning rate, the peak where :func:`mnistedu.train` schedules it.

    Returns
    -------
    model : keras.Model
        Compiled with Adam, sparse categorical cross-entropy and accuracy.

    Raises
    ------
    ValueError
        If there are not one to three convolutions, a number of filters is not positive, or
        `dropout` is not in [0, 1).

    References
    ----------
    S. Ioffe, C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing
    Internal Covariate Shift", ICML 2015.

    Examples
    --------
    >>> model = build_cnn()
    >>> model.count_params()
    61378
    >>> model.output_shape
    (None, 10)
    """
    keras = import_keras()
    from mnistedu.layers import Conv2D, MaxPooling2D

    if not 1 <= len(filters) <= 3:
        raise ValueError(
            f"filters must name one to three convolutions, got {len(filters)}: after three of them "
            "and two poolings a 28x28 image is down to 3x3 pixels"
        )
    body = []
    for index, count in enumerate(filters):
        if count < 1:
            raise ValueError(f"filters must be positive numbers, got {count}")
        body += [
            Conv2D(count, 3, use_bias=False),  # the normalization has one
            *([MaxPooling2D(2)] if index < 2 else []),
            keras.layers.BatchNormalization(momentum=0.95),
            keras.layers.ReLU(),
        ]
    body += [keras.layers.Flatten(), *_dropout(dropout)]
    return compile_classifier(make_classifier("cnn", body), keras.optimizers.Adam(learning_rate))


def make_classifier(name: str, body: list[keras.Layer]) -> keras.Model:
    """Return a model of 28x28 images: the body's layers, then a softmax over the ten digits."""
    keras = import_keras()
    from mnistedu.layers import Dense

    head = Dense(10, activation="softmax", name="probabilities")
    return keras.Sequential([keras.Input((28, 28, 1)), *body, head], name=name)


def compile_classifier(model: keras.Model, optimizer: keras.Optimizer) -> keras.Model:
    """Compile a model with sparse categorical cross-entropy and accuracy, and return it."""
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _dropout(rate: float) -> list[keras.Layer]:
    if not 0 <= rate < 1:
        raise ValueError(f"dropout must be in [0, 1), got {rate}")
    from mnistedu.layers import Dropout

    return [Dropout(rate)] if rate else []
