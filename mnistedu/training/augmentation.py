"""Augmentation: the same digit as another hand, another pen or another camera would show it.

Everything here is compiled with the training step and runs on the device, on whole batches.

References
----------
Simard, P. Y., Steinkraus, D. and Platt, J. C. (2003). Best practices for convolutional neural
networks applied to visual document analysis. International Conference on Document Analysis and
Recognition.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.scipy.ndimage import map_coordinates

_KNOTS = 7  # the elastic field is drawn on a grid of 7x7 places and smooth in between


def augment(
    key: jax.Array,
    images: jax.Array,
    *,
    shift: float = 1.5,
    rotate: float = 8.0,
    scale: float = 0.08,
    shear: float = 0.08,
    elastic: float = 0.5,
) -> jax.Array:
    """Move, turn, stretch, slant and bend each image of a batch at random.

    Parameters
    ----------
    key : jax.Array
        A random key, as ``jax.random.key(seed)`` makes one. The same key gives the same images.
    images : jax.Array of shape (n, height, width)
        Images on a background of zeros, in any unit.
    shift : float, default=1.5
        The farthest move along each axis, in pixels.
    rotate : float, default=8.0
        The largest turn about the centre, in degrees.
    scale : float, default=0.08
        The largest change of height and of width, each by itself: 0.08 is 8 % up or down.
    shear : float, default=0.08
        The largest slant, in pixels to the side for each pixel up.
    elastic : float, default=0.5
        The typical (root mean square) move of a pixel when the image is bent, in pixels.

    Returns
    -------
    augmented : jax.Array of shape (n, height, width), dtype float32
        In the unit of `images`, sampled bilinearly.

    Examples
    --------
    >>> images = jnp.zeros((5, 28, 28)).at[:, 10:18, 10:18].set(255.0)
    >>> augment(jax.random.key(0), images).shape
    (5, 28, 28)

    With nothing to change, nothing changes:

    >>> still = augment(jax.random.key(0), images, shift=0, rotate=0, scale=0, shear=0, elastic=0)
    >>> bool(jnp.allclose(still, images, atol=1e-3))
    True
    """
    images = jnp.asarray(images, jnp.float32)
    affine_key, elastic_key = jax.random.split(key)
    places = _affine_places(
        affine_key, images.shape, shift=shift, rotate=rotate, scale=scale, shear=shear
    )
    if elastic:
        places += elastic * _smooth_noise(elastic_key, images.shape)
    return jax.vmap(lambda image, place: map_coordinates(image, list(place), order=1))(
        images, places
    )


def _affine_places(
    key: jax.Array,
    shape: tuple[int, int, int],
    *,
    shift: float,
    rotate: float,
    scale: float,
    shear: float,
) -> jax.Array:
    """Give where each pixel of the result comes from: rows and columns, (n, 2, height, width)."""
    count, height, width = shape
    largest = jnp.array([shift, shift, jnp.deg2rad(rotate), scale, scale, shear])
    down, right, angle, taller, wider, slant = largest[:, None] * jax.random.uniform(
        key, (6, count), minval=-1.0, maxval=1.0
    )
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    turn = jnp.stack([jnp.stack([cos, -sin]), jnp.stack([sin, cos])])
    stretch = jnp.stack([jnp.stack([1 + taller, jnp.zeros(count)]), jnp.stack([slant, 1 + wider])])
    matrices = jnp.einsum("ijn,jkn->nik", turn, stretch)
    centre = jnp.array([height - 1, width - 1])[:, None, None] / 2
    grid = jnp.stack(jnp.meshgrid(jnp.arange(height), jnp.arange(width), indexing="ij")) - centre
    offsets = jnp.stack([down, right], axis=1)[:, :, None, None]
    return jnp.einsum("nij,jhw->nihw", matrices, grid) + centre - offsets


def _smooth_noise(key: jax.Array, shape: tuple[int, int, int]) -> jax.Array:
    """Give random fields, smooth and of root mean square 1: (n, 2, height, width)."""
    count, height, width = shape
    knots = jax.random.normal(key, (count, 2, _KNOTS, _KNOTS))
    return jnp.einsum("hi,ncij,wj->nchw", _bumps(height), knots, _bumps(width))


def _bumps(size: int) -> jax.Array:
    """Give a Gaussian bump around each knot, (size, knots), their squares adding up to 1."""
    spacing = size / (_KNOTS - 1)
    distances = jnp.arange(size)[:, None] - spacing * jnp.arange(_KNOTS)
    bumps = jnp.exp(-0.5 * (distances / (0.7 * spacing)) ** 2)
    return bumps / jnp.linalg.norm(bumps, axis=1, keepdims=True)
