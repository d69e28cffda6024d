"""Training with Keras: mnistedu's ``train``, and Keras's own layers and ``fit``."""

from __future__ import annotations

import time

import numpy as np

import mnistedu
from mnistedu._backend import import_keras
from mnistedu.data import Dataset, Split

keras = import_keras()

BATCH_SIZES = {"gradio-cnn": (64,), "adadelta-cnn": (128,), "flask-mlp": (32, 128)}
EMPTY = Split(np.empty((0, 28, 28), np.uint8), np.empty(0, np.uint8))


def training_only(split: Split) -> Dataset:
    """Return a data set without validation and test images."""
    return Dataset(split, EMPTY, EMPTY, "training only")


def with_stock_layers(model: keras.Model) -> keras.Model:
    """Return the same network with Keras's own layers, compiled in the same way."""

    def stock(layer: keras.Layer) -> keras.Layer:
        return getattr(keras.layers, type(layer).__name__).from_config(layer.get_config())

    clone = keras.models.clone_model(model, clone_function=stock)
    clone.compile_from_config(model.get_compile_config())
    return clone


def without_dropout(model: keras.Model) -> keras.Model:
    """Return the same network without its dropout layers, compiled in the same way."""
    kept = [layer for layer in model.layers if not isinstance(layer, keras.layers.Dropout)]
    config = [type(layer).from_config(layer.get_config()) for layer in kept]
    clone = keras.Sequential([keras.Input(model.input_shape[1:]), *config])
    clone.compile_from_config(model.get_compile_config())
    return clone


class EpochTimer(keras.callbacks.Callback):
    """Measure the duration of each epoch, stored in ``seconds``."""

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Create the list."""
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Start the timer."""
        self._begin = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Stop the timer."""
        self.seconds.append(time.perf_counter() - self._begin)


def epoch_by_train(model: keras.Model, split: Split, batch_size: int) -> float:
    """Train for two epochs and return the seconds of the second, which compiles nothing."""
    timer = EpochTimer()
    mnistedu.train(
        model,
        training_only(split),
        epochs=2,
        batch_size=batch_size,
        callbacks=[timer],
        augmentation=None,
        schedule=None,
        verbose=False,
    )
    return timer.seconds[-1]


def epoch_by_fit(model: keras.Model, split: Split, batch_size: int) -> float:
    """Train for an epoch with ``fit``, after a few steps to compile, and return its seconds."""
    x, y = mnistedu.to_input(split.images), split.labels
    model.fit(x[: 2 * batch_size], y[: 2 * batch_size], batch_size=batch_size, verbose=0)
    rest = len(x) % batch_size
    if rest:
        model.fit(x[:rest], y[:rest], batch_size=rest, verbose=0)
    timer = EpochTimer()
    model.fit(x, y, batch_size=batch_size, callbacks=[timer], verbose=0)
    return timer.seconds[0]


def training_flop(model: keras.Model) -> float:
    """Count the floating-point operations of the matrix products for one image."""
    return sum(training_flop_by_layer(model))


def training_flop_by_layer(model: keras.Model) -> list[float]:
    """Count the floating-point operations of the matrix products for one image in each layer.

    These are the products of the forward pass, of the gradient of the weights, and of the gradient
    of the inputs, except for the first layer with weights, whose inputs are the images.
    """
    counts, products = [], 2
    for layer in model.layers:
        if not hasattr(layer, "kernel"):
            counts.append(0.0)
            continue
        one = 2 * np.prod(layer.output.shape[1:-1]) * np.prod(layer.kernel.shape)
        counts.append(float(products * one))
        products = 3
    return counts
