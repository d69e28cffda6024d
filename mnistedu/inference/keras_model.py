"""Keras models: the shape of their images, and their outputs for many images."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from mnistedu._backend import import_keras, release_memory, without_distribution
from mnistedu.ink import SIZE

if TYPE_CHECKING:
    import jax
    import keras

CLASSES = 10
_IMAGES_PER_BATCH = 250

_programs: weakref.WeakKeyDictionary[keras.Model, Callable[..., jax.Array]]
_programs = weakref.WeakKeyDictionary()


def image_shape(model: keras.Model) -> tuple[int, ...]:
    """Return the shape of an image in the input of a model.

    Parameters
    ----------
    model : keras.Model
        A model, which is built if necessary.

    Returns
    -------
    shape : tuple of int
        ``(28, 28, 1)``, ``(28, 28)``, ``(784,)`` or another shape with 784 values. For a subclassed
        model, whose input shape is unknown, ``(28, 28, 1)``.

    Raises
    ------
    ValueError
        If the model takes other images, or has several inputs.

    Examples
    --------
    >>> import mnistedu
    >>> image_shape(mnistedu.build_mlp())
    (28, 28, 1)
    """
    try:
        if not model.built and isinstance(model, import_keras().Sequential):
            model.build((None, SIZE, SIZE, 1))
        shape = model.input_shape
    except AttributeError:
        return SIZE, SIZE, 1
    if isinstance(shape, list | dict):
        raise ValueError(f"the model must have one input, the images, but it has {len(shape)}")
    sides = tuple(side or SIZE for side in shape[1:])
    if math.prod(sides) != SIZE**2:
        raise ValueError(
            f"the model must take images of shape ({SIZE}, {SIZE}, 1), ({SIZE}, {SIZE}) or "
            f"({SIZE**2},), but it takes {tuple(shape[1:])}"
        )
    return sides


def check_classes(model: keras.Model) -> None:
    """Check that a model takes 28x28 images and returns ten values for each.

    Parameters
    ----------
    model : keras.Model
        The model to check.

    Raises
    ------
    ValueError
        If it takes images of another size, or returns another number of values.

    Examples
    --------
    >>> import mnistedu
    >>> check_classes(mnistedu.build_mlp())
    """
    image_shape(model)
    try:
        shape = model.output_shape
    except AttributeError:
        return
    if isinstance(shape, list | dict) or tuple(shape[1:]) != (CLASSES,):
        returned = tuple(shape[1:]) if isinstance(shape, tuple) else shape
        raise ValueError(
            f"the model must return {CLASSES} probabilities for each image, but it returns "
            f"{returned}; end it with keras.layers.Dense({CLASSES}, 'softmax')"
        )


def predict(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Compute the outputs of a model for the images of a data set, like ``model.predict``.

    Parameters
    ----------
    model : keras.Model
        A model of float32 images in [0, 1], in any of the shapes of :func:`image_shape`. It need
        not be compiled. It may be training at the same time: its weights are read once, at the
        start.
    images : ndarray of shape (n, 28, 28), dtype uint8
        Grey levels, 0 for background.

    Returns
    -------
    outputs : ndarray of shape (n, ...), dtype float32
        Outputs for each image.

    Raises
    ------
    ValueError
        If the images have another shape or dtype, or the model takes images of another size.

    Examples
    --------
    >>> import mnistedu
    >>> digits = mnistedu.load_digits()
    >>> predict(mnistedu.build_mlp(), digits.test.images).shape
    (400, 10)
    """
    images = np.asarray(images)
    if images.shape[1:] != (SIZE, SIZE) or images.dtype != np.uint8:
        raise ValueError(
            f"images must be uint8 of shape (n, 28, 28), got {images.dtype} of shape {images.shape}"
        )
    is_new = model not in _programs
    program = _program(model)
    weights = [
        [_local(variable.value) for variable in kind]
        for kind in (model.trainable_variables, model.non_trainable_variables)
    ]
    size = min(_IMAGES_PER_BATCH, max(1, len(images)))
    outputs = []
    with without_distribution():  # so that a process of several can predict by itself
        for start in range(0, max(1, len(images)), size):
            batch = images[start : start + size]
            filled = np.pad(batch, [(0, size - len(batch)), (0, 0), (0, 0)])  # one program for all
            outputs.append(program(weights, filled))
    probabilities = np.concatenate(outputs)[: len(images)].astype(np.float32)
    if is_new:  # it has been compiled
        release_memory()
    return probabilities


def _local(weights: jax.Array) -> jax.Array:
    """Return weights that every device has as an array on a single device of this process."""
    is_copied = weights.is_fully_replicated and weights.sharding.num_devices > 1
    return weights.addressable_data(0) if is_copied else weights


def _program(model: keras.Model) -> Callable[..., jax.Array]:
    """Return the compiled function of a model, which is cached as long as the model exists."""
    if model not in _programs:
        import jax
        import jax.numpy as jnp

        reference: Callable[[], keras.Model] = weakref.ref(model)  # alive when it is traced
        shape = image_shape(model)

        @jax.jit
        def outputs(weights: list[list[jax.Array]], images: jax.Array) -> jax.Array:
            batch = images.reshape(-1, *shape).astype(jnp.float32) / 255
            return reference().stateless_call(*weights, batch, training=False)[0]

        _programs[model] = outputs
    return _programs[model]
