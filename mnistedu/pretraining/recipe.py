"""How long, on what and how each column of the shipped network is trained."""

from __future__ import annotations

from dataclasses import dataclass

import jax
import jax.numpy as jnp

from mnistedu.pretrained.architecture import DEEP, SHALLOW, Column
from mnistedu.training.augmentation import augment

_FARTHEST = 2  # whole pixels that a crisp image is moved along each axis


@dataclass(frozen=True)
class Cycle:
    """Some epochs in which the learning rate rises and falls once.

    Attributes
    ----------
    epochs : int
    rate : float
        The highest learning rate.
    crisp : float, default=0.0
        The share of images that are moved by whole pixels only, and so stay as sharp as they are.
        The others are bent.
    shift : float, default=1.5
        How far those that are bent are moved at the most, in pixels.
    rotate : float, default=12.0
        How far they are turned at the most, in degrees.
    elastic : float, default=0.8
        How strongly they are bent, as in :func:`mnistedu.training.augmentation.augment`.
    """

    epochs: int
    rate: float
    crisp: float = 0.0
    shift: float = 1.5
    rotate: float = 12.0
    elastic: float = 0.8

    def distort(self, key: jax.Array, images: jax.Array) -> jax.Array:
        """Show the images of a batch otherwise, each at random.

        Parameters
        ----------
        key : jax.Array
            A random key.
        images : jax.Array of shape (n, 28, 28)
            On a background of zeros, in any unit.

        Returns
        -------
        images : jax.Array of shape (n, 28, 28), dtype float32
        """
        chosen, moved, bent = jax.random.split(key, 3)
        bent_images = augment(
            bent,
            images,
            shift=self.shift,
            rotate=self.rotate,
            scale=0.12,
            shear=0.15,
            elastic=self.elastic,
        )
        if not self.crisp:
            return bent_images
        stays = jax.random.uniform(chosen, (len(images), 1, 1)) < self.crisp
        return jnp.where(stays, _move(moved, jnp.asarray(images, jnp.float32)), bent_images)


@dataclass(frozen=True)
class Recipe:
    """What a column is trained on, and how long.

    Attributes
    ----------
    column : Column
    plain : int
        How often each of MNIST's images is among the views as it is.
    times : float
        A factor on the number of the other views.
    weight_decay : float
    cycles : tuple of Cycle
        One after the other.
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


def _move(key: jax.Array, images: jax.Array) -> jax.Array:
    """Move each image by whole pixels."""
    _, height, width = images.shape
    margin = (_FARTHEST, _FARTHEST)
    padded = jnp.pad(images, ((0, 0), margin, margin))
    corners = jax.random.randint(key, (len(images), 2), 0, 2 * _FARTHEST + 1)
    return jax.vmap(lambda image, corner: jax.lax.dynamic_slice(image, corner, (height, width)))(
        padded, corners
    )
