"""The networks that the tutorials of this field have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnistedu._backend import import_keras
from mnistedu.models.networks import compile_classifier, make_classifier

if TYPE_CHECKING:
    import keras


def build_recipe(name: str) -> keras.Model:
    """Build one of the networks that the tutorials of this field have in common.

    Parameters
    ----------
    name : {"adadelta-cnn", "gradio-cnn", "flask-mlp"}
        ``adadelta-cnn``: two convolutions, one pooling, a wide dense layer, trained with Adadelta
        at the paper's learning rate of 1.0 (with Keras 3's default of 0.001 it hardly learns, as
        lesson 08 shows); batch 128, 10 epochs. ``gradio-cnn``: one convolution, Adam, batch 64,
        10 epochs. ``flask-mlp``: two dense layers of 128, Adam, 13 epochs.

    Returns
    -------
    model : keras.Model
        Compiled as in its tutorial, with sparse categorical cross-entropy on integer labels where
        the tutorial has categorical cross-entropy on one-hot labels: the same loss.

    Raises
    ------
    ValueError
        If there is no recipe of that name.

    References
    ----------
    M. D. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", arXiv:1212.5701, 2012.

    Examples
    --------
    >>> build_recipe("gradio-cnn").count_params()
    607394
    """
    keras = import_keras()
    recipes = {
        "adadelta-cnn": (_adadelta_cnn, keras.optimizers.Adadelta, 1.0),
        "gradio-cnn": (_gradio_cnn, keras.optimizers.Adam, 1e-3),
        "flask-mlp": (_flask_mlp, keras.optimizers.Adam, 1e-3),
    }
    if name not in recipes:
        raise ValueError(f"name must be one of {', '.join(recipes)}, got {name!r}")
    layers, optimizer, learning_rate = recipes[name]
    return compile_classifier(
        make_classifier(name.replace("-", "_"), layers()), optimizer(learning_rate)
    )


def _adadelta_cnn() -> list[keras.Layer]:
    keras = import_keras()
    from mnistedu.layers import Conv2D, Dense, Dropout, MaxPooling2D

    return [
        Conv2D(32, 3, activation="relu"),
        Conv2D(64, 3, activation="relu"),
        MaxPooling2D(2),
        Dropout(0.25),
        keras.layers.Flatten(),
        Dense(256, activation="relu"),
        Dropout(0.5),
    ]


def _gradio_cnn() -> list[keras.Layer]:
    keras = import_keras()
    from mnistedu.layers import Conv2D, Dense, MaxPooling2D

    return [
        Conv2D(28, 3, activation="relu"),
        MaxPooling2D(2),
        keras.layers.Flatten(),
        Dense(128, activation="relu"),
    ]


def _flask_mlp() -> list[keras.Layer]:
    keras = import_keras()
    from mnistedu.layers import Dense, Dropout

    return [
        keras.layers.Flatten(),
        Dense(128, activation="relu"),
        Dense(128, activation="relu"),
        Dropout(0.25),
    ]
