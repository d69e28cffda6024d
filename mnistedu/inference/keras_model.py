"""Prediction: what any Keras model says about many images."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

if TYPE_CHECKING:
    import keras

_IMAGES_PER_BATCH = 250

_programs: weakref.WeakKeyDictionary[keras.Model, Callable[..., jax.Array]]
_programs = weakref.WeakKeyDictionary()


def predict_probabilities(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Ask a model for the probability of each class, for each image.

    Parameters
    ----------
    model : keras.Model
        A model that takes float32 images of shape (n, 28, 28, 1) in [0, 1]; it need not be
        compiled. It may be training meanwhile: its weights are read once, at the start.
    images : ndarray of shape (n, 28, 28), dtype uint8
        Grey levels: 0 is background, 255 is full ink.

    Returns
    -------
    probabilities : ndarray of shape (n, classes), dtype float32

    Raises
    ------
    ValueError
        If the images have another shape or type.

    Examples
    --------
    >>> import mnistedu
    >>> digits = mnistedu.load_digits()
    >>> predict_probabilities(mnistedu.build_mlp(), digits.test.images).shape
    (400, 10)
    """
    images = np.asarray(images)
    if images.ndim != 3 or images.dtype != np.uint8:
        raise ValueError(
            f"images must be uint8 of shape (n, 28, 28), got {images.dtype} of shape {images.shape}"
        )
    weights = [
        [variable.value for variable in kind]
        for kind in (model.trainable_variables, model.non_trainable_variables)
    ]
    size = min(_IMAGES_PER_BATCH, max(1, len(images)))
    missing = -len(images) % size
    padded = np.pad(images, [(0, missing), (0, 0), (0, 0)])
    program = _program(model)
    answers = [
        program(weights, padded[start : start + size]) for start in range(0, len(padded), size)
    ]
    if not answers:
        return np.empty((0, model.output_shape[-1]), np.float32)
    return np.concatenate(answers)[: len(images)].astype(np.float32)


def _program(model: keras.Model) -> Callable[..., jax.Array]:
    """Give the compiled function of a model; made once, and gone with the model."""
    if model not in _programs:
        reference = weakref.ref(model)

        @jax.jit
        def probabilities(weights: list[list[jax.Array]], images: jax.Array) -> jax.Array:
            batch = images[..., None].astype(jnp.float32) / 255
            return reference().stateless_call(*weights, batch, training=False)[0]

        _programs[model] = probabilities
    return _programs[model]
