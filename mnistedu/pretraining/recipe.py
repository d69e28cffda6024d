"""The training recipe of each column of the pretrained network."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp

from mnistedu.pretrained.architecture import DEEP, SHALLOW, Column
from mnistedu.training.augmentation import augment

_MAX_SHIFT = 2  # of crisp images, in whole pixels along each axis


@dataclass(frozen=True)
class Cycle:
    """A number of epochs with one cycle of the learning rate.

    Attributes
    ----------
    epochs : int
        Number of epochs.
    rate : float
        Maximum learning rate.
    crisp : float, default=0.0
        Fraction of images that are only shifted by whole pixels, and therefore remain as sharp as
        they are. The others are distorted.
    shift : float, default=1.5
        Maximum shift of the distorted images, in pixels.
    rotate : float, default=12.0
        Their maximum rotation, in degrees.
    elastic : float, default=0.8
        Their elastic distortion; see :func:`mnistedu.training.augmentation.augment`.
    """

    epochs: int
    rate: float
    crisp: float = 0.0
    shift: float = 1.5
    rotate: float = 12.0
    elastic: float = 0.8

    def distort(self, key: jax.Array, images: jax.Array) -> jax.Array:
        """Augment the images of a batch at random.

        Parameters
        ----------
        key : jax.Array
            A random key.
        images : jax.Array of shape (n, 28, 28)
            Images with a background of 0, in any unit.

        Returns
        -------
        images : jax.Array of shape (n, 28, 28), dtype float32
            The augmented images, in the same unit.
        """
        choice_key, shift_key, distortion_key = jax.random.split(key, 3)
        distorted = augment(
            distortion_key,
            images,
            shift=self.shift,
            rotate=self.rotate,
            scale=0.12,
            shear=0.15,
            elastic=self.elastic,
        )
        if not self.crisp:
            return distorted
        is_crisp = jax.random.uniform(choice_key, (len(images), 1, 1)) < self.crisp
        shifted = _shift(shift_key, jnp.asarray(images, jnp.float32))
        return jnp.where(is_crisp, shifted, distorted)


@dataclass(frozen=True)
class Recipe:
    """Training data and hyperparameters of a column.

    Attributes
    ----------
    column : Column
        The column to train.
    plain : int
        Number of unchanged copies of each MNIST image among the views.
    times : float
        Factor on the number of the other views.
    weight_decay : float
        Weight decay of AdamW.
    cycles : tuple of Cycle
        The cycles of the training, in order.
    """

    column: Column
    plain: int
    times: float
    weight_decay: float
    cycles: tuple[Cycle, ...]


RECIPES = (
    Recipe(SHALLOW, plain=1, times=1.0, weight_decay=0.01, cycles=(Cycle(17, 3e-3),)),
    Recipe(
        DEEP,
        plain=4,
        times=2.0,
        weight_decay=0.02,
        cycles=(
            Cycle(12, 3e-3),
            Cycle(12, 2e-3, crisp=0.3),
            Cycle(4, 1e-3, crisp=0.3, shift=3.0, rotate=15.0, elastic=0.5),
        ),
    ),
)


def _shift(key: jax.Array, images: jax.Array) -> jax.Array:
    """Shift each image by whole pixels."""
    _, height, width = images.shape
    margin = (_MAX_SHIFT, _MAX_SHIFT)
    padded = jnp.pad(images, ((0, 0), margin, margin))
    corners = jax.random.randint(key, (len(images), 2), 0, 2 * _MAX_SHIFT + 1)
    return jax.vmap(lambda image, corner: jax.lax.dynamic_slice(image, corner, (height, width)))(
        padded, corners
    )
