"""Checks of the arguments of ``train``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from mnistedu._backend import is_keras_model
from mnistedu.data import Dataset
from mnistedu.inference.keras_model import image_shape

if TYPE_CHECKING:
    import keras

_MAX_STEPS = 2**31 - 1  # steps are counted in 32 bits


def check_arguments(
    model: keras.Model,
    data: Dataset,
    epochs: int,
    batch_size: int,
    augmentation: Callable | None,
    schedule: Callable | None,
    seed: int,
) -> None:
    """Check the arguments of :func:`mnistedu.train`.

    Parameters
    ----------
    model, data, epochs, batch_size, augmentation, schedule, seed : object
        See :func:`mnistedu.train`.

    Raises
    ------
    TypeError, ValueError
        As documented in :func:`mnistedu.train`.
    """
    if not is_keras_model(model):
        raise TypeError(f"model must be a keras.Model, got {type(model).__name__}")
    if not isinstance(data, Dataset):
        raise TypeError(
            "data must be a mnistedu.Dataset, which mnistedu.load_mnist() returns, got "
            f"{type(data).__name__}; build one from splits with "
            "mnistedu.Dataset(train, validation, test, name)"
        )
    for name, value in {"epochs": epochs, "batch_size": batch_size}.items():
        if not _is_whole(value) or value < 1:
            raise ValueError(f"{name} must be a positive whole number, got {value!r}")
    if not _is_whole(seed) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be a whole number from 0 to 2**32 - 1, got {seed!r}")
    if not len(data.train):
        raise ValueError("data.train must contain at least one image, got none")
    steps = epochs * -(-len(data.train) // batch_size)
    if steps > _MAX_STEPS:
        raise ValueError(f"{epochs} epochs are {steps} steps, more than the {_MAX_STEPS} allowed")
    _check_model(model, data.train.labels.max())
    images = jax.ShapeDtypeStruct((min(batch_size, len(data.train)), 28, 28), jnp.float32)
    key = jax.eval_shape(jax.random.key, 0)
    _check_function("augmentation", augmentation, key, images, shape=images.shape)
    _check_function("schedule", schedule, jax.ShapeDtypeStruct((), jnp.float32), shape=())


def count_outputs(model: keras.Model) -> int | None:
    """Return the number of values that a model returns for an image.

    Parameters
    ----------
    model : keras.Model
        Any model.

    Returns
    -------
    outputs : int or None
        None if the output shape is not known.
    """
    try:
        shape = model.output_shape
    except (AttributeError, ValueError):
        return None
    return shape[-1]


def _check_model(model: keras.Model, largest_label: int) -> None:
    if not model.compiled or model.optimizer is None:
        raise ValueError(
            "the model must be compiled; first call model.compile(optimizer='adam', "
            "loss='sparse_categorical_crossentropy', metrics=['accuracy'])"
        )
    image_shape(model)
    classes = count_outputs(model)
    if classes and 1 < classes <= largest_label:
        raise ValueError(
            f"the model has {classes} classes, but there are labels up to {largest_label}; its "
            f"last layer needs {largest_label + 1} units or more"
        )


def _check_function(
    name: str, function: Callable | None, *arguments: Any, shape: tuple[int, ...]
) -> None:
    """Trace a function of the user and check the shape and dtype of its result."""
    if function is None:
        return
    if not callable(function):
        raise TypeError(f"{name} must be a function or None, got {type(function).__name__}")
    try:
        result = jax.eval_shape(function, *arguments)
    except Exception as error:
        raise ValueError(f"{name} failed when it was traced by JAX: {error}") from error
    if getattr(result, "shape", None) != shape or not jnp.issubdtype(result.dtype, np.inexact):
        raise ValueError(
            f"{name} must return float values of shape {shape}, got "
            f"{getattr(result, 'dtype', type(result).__name__)} of shape "
            f"{getattr(result, 'shape', '?')}"
        )


def _is_whole(value: Any) -> bool:
    try:
        operator.index(value)
    except TypeError:
        return False
    return True
