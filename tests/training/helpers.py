"""Models and training functions that the tests share."""

import numpy as np

import mnistedu
from mnistedu._backend import import_keras
from mnistedu.data import Split

keras = import_keras()
EMPTY = Split(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))


def build_dense(*, optimizer="adam", loss="sparse_categorical_crossentropy", metrics=("accuracy",)):
    """Build a small network with the same initial weights in each call."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model


def train(model, data, **options):
    """Train for an epoch without augmentation and schedule by default."""
    defaults = {"augmentation": None, "schedule": None}
    options = defaults | {"epochs": 1, "batch_size": 64, "verbose": False} | options
    return mnistedu.train(model, data, **options)


def fit_with_keras(model, data, epochs=1, **options):
    """Train with Keras's fit on a single batch of all images, whose order does not matter."""
    return model.fit(
        mnistedu.to_input(data.train.images),
        data.train.labels,
        batch_size=len(data.train),
        epochs=epochs,
        validation_data=(mnistedu.to_input(data.validation.images), data.validation.labels)
        if len(data.validation)
        else None,
        verbose=0,
        **options,
    )
