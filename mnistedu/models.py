"""The networks of the lessons, the classic recipes, and models in files.

Every model here takes float32 images of shape (n, 28, 28, 1) in [0, 1], as
:func:`mnistedu.to_input` gives them, answers with ten probabilities for each, and is compiled.
"""

from __future__ import annotations

import os
import pickle
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mnistedu._backend import import_keras
from mnistedu._files import atomic_path

if TYPE_CHECKING:
    import keras

SUFFIXES = (".keras", ".h5", ".pkl")


def build_mlp(
    *, units: Sequence[int] = (128,), dropout: float = 0.0, learning_rate: float = 4e-3
) -> keras.Model:
    """Build a multilayer perceptron: dense layers on the image's 784 pixels.

    Parameters
    ----------
    units : sequence of int, default=(128,)
        The number of neurons in each hidden layer. Empty for a softmax regression.
    dropout : float, default=0.0
        The share of the last hidden layer's values that training leaves out, in [0, 1).
    learning_rate : float, default=0.004
        Adam's step size, the largest one where :func:`mnistedu.train` varies it.

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
    return _compile(_classifier("mlp", body), keras.optimizers.Adam(learning_rate))


def build_cnn(
    *, filters: Sequence[int] = (24, 48, 96), dropout: float = 0.3, learning_rate: float = 6e-3
) -> keras.Model:
    """Build a convolutional network that learns much in few epochs.

    3x3 convolutions, the first two followed by max pooling, each with batch normalization. It comes
    after the pooling, where there is a quarter of the values to go over. The layers compute what
    Keras's do, in a way that is fast on a CPU (:mod:`mnistedu.layers`).

    Parameters
    ----------
    filters : sequence of int, default=(24, 48, 96)
        The number of filters in each convolution; one to three of them.
    dropout : float, default=0.3
        The share of the last feature maps' values that training leaves out, in [0, 1).
    learning_rate : float, default=0.006
        Adam's step size, the largest one where :func:`mnistedu.train` varies it.

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
    for place, count in enumerate(filters):
        if count < 1:
            raise ValueError(f"filters must be positive numbers, got {count}")
        body += [
            Conv2D(count, 3, use_bias=False),  # the normalization has one
            *([MaxPooling2D(2)] if place < 2 else []),
            keras.layers.BatchNormalization(momentum=0.95),
            keras.layers.ReLU(),
        ]
    body += [keras.layers.Flatten(), *_dropout(dropout)]
    return _compile(_classifier("cnn", body), keras.optimizers.Adam(learning_rate))


def build_recipe(name: str) -> keras.Model:
    """Build one of the networks that the tutorials of this field have in common.

    Parameters
    ----------
    name : {"adadelta-cnn", "gradio-cnn", "flask-mlp"}
        ``adadelta-cnn``: two convolutions, one pooling, a wide dense layer, trained by Adadelta at
        the rate 1.0 of the paper (Keras 3's default of 0.001 hardly learns; lesson 08 shows it);
        batch 128, 10 epochs. ``gradio-cnn``: one convolution, Adam, batch 64, 10 epochs.
        ``flask-mlp``: two dense layers of 128, Adam, 13 epochs.

    Returns
    -------
    model : keras.Model
        Compiled as its tutorial meant it. Where that used categorical cross-entropy on one-hot
        labels, this uses its sparse twin: the same number from integer labels.

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
    return _compile(_classifier(name.replace("-", "_"), layers()), optimizer(learning_rate))


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


def _classifier(name: str, body: list[keras.Layer]) -> keras.Model:
    keras = import_keras()
    from mnistedu.layers import Dense

    head = Dense(10, activation="softmax", name="probabilities")
    return keras.Sequential([keras.Input((28, 28, 1)), *body, head], name=name)


def _compile(model: keras.Model, optimizer: keras.Optimizer) -> keras.Model:
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _dropout(rate: float) -> list[keras.Layer]:
    if not 0 <= rate < 1:
        raise ValueError(f"dropout must be in [0, 1), got {rate}")
    from mnistedu.layers import Dropout

    return [Dropout(rate)] if rate else []


def save_model(model: keras.Model, path: str | os.PathLike[str]) -> Path:
    """Write a model to a file, whole or not at all.

    Parameters
    ----------
    model : keras.Model
        The model, with its weights and its optimizer's state.
    path : str or path-like
        Where to. The suffix says how: ``.keras`` (Keras's own format: take this one), ``.h5`` (its
        old one, which comes back without the optimizer's state) or ``.pkl`` (a pickle, which the
        reader has to trust). An existing file is replaced.

    Returns
    -------
    path : pathlib.Path
        The file.

    Raises
    ------
    ValueError
        If the suffix is another one.

    Examples
    --------
    >>> import tempfile
    >>> path = save_model(build_mlp(), Path(tempfile.mkdtemp()) / "mlp.keras")
    >>> load_model(path).count_params()
    101770
    """
    suffix = _suffix(path)
    if model.compiled and not model.optimizer.built:
        # Keras would write the state of an unused optimizer in a form that it cannot read.
        model.optimizer.build(model.trainable_variables)
    with atomic_path(path) as temporary:
        if suffix == ".pkl":
            temporary.write_bytes(pickle.dumps(model))
        else:
            _quietly(model.save, temporary)
    return Path(path)


def load_model(path: str | os.PathLike[str], *, trust: bool = False) -> keras.Model:
    """Read a model that :func:`save_model` or Keras wrote.

    Parameters
    ----------
    path : str or path-like
        A ``.keras``, ``.h5`` or ``.pkl`` file.
    trust : bool, default=False
        Whether you know where the file comes from. Loading a pickle runs whatever code its writer
        put in, and so do ``Lambda`` layers in the other formats: both need ``trust=True``.

    Returns
    -------
    model : keras.Model

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    PermissionError
        If loading the file could run code and `trust` is False.
    ValueError
        If the suffix is unknown, or the file does not hold a Keras model.

    Examples
    --------
    >>> load_model("gone.keras")
    Traceback (most recent call last):
        ...
    FileNotFoundError: there is no file gone.keras
    """
    path, suffix = Path(path), _suffix(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    keras = import_keras()
    from mnistedu import layers

    # A file names Keras's own layers, so that it loads anywhere; here they become the fast ones.
    fast = {name: getattr(layers, name) for name in layers.__all__}
    with keras.utils.custom_object_scope(fast):
        model = _unpickle(path, trust) if suffix == ".pkl" else _read_keras(path, trust)
    if suffix == ".h5" and getattr(model, "compiled", False):
        # Keras 3.15 builds the optimizer of an .h5 file for no variables, and then cannot train.
        model.optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
    if not isinstance(model, keras.Model):
        raise ValueError(f"{path} holds a {type(model).__name__}, not a Keras model")
    return model


def _read_keras(path: Path, trust: bool) -> object:
    keras = import_keras()
    try:
        return _quietly(keras.saving.load_model, path, safe_mode=not trust)
    except Exception as error:
        if "safe_mode" in str(error) or "unsafe" in str(error):
            raise PermissionError(
                f"{path} holds code (a Lambda layer) that would run when it is loaded. If you "
                f"know where it comes from: load_model({str(path)!r}, trust=True)"
            ) from error
        raise ValueError(
            f"{path} could not be read as a Keras model: {error}. Is the file whole, and was it "
            "saved by Keras 3, with any classes of its own registered?"
        ) from error


def _unpickle(path: Path, trust: bool) -> object:
    if not trust:
        raise PermissionError(
            f"{path} is a pickle, and loading a pickle runs whatever code its writer put into it. "
            f"If you know where it comes from: load_model({str(path)!r}, trust=True); and better "
            "save it as .keras from then on."
        )
    try:
        return pickle.loads(path.read_bytes())
    except Exception as error:
        raise ValueError(f"{path} could not be read as a pickle: {error}") from error


def _suffix(path: str | os.PathLike[str]) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"a model's file must end in {', '.join(SUFFIXES)}, got {str(path)!r}")
    return suffix


def _quietly(call, *args, **options):
    """Call without Keras's remarks on the age of ``.h5``, which the learner asked for."""
    from absl import logging

    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*HDF5.*")
            return call(*args, **options)
    finally:
        logging.set_verbosity(verbosity)
