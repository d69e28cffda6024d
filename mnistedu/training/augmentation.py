"""Augmentation of images: random affine and elastic distortions.

It is compiled with the training step and runs on the device, on whole batches.

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

_KNOTS = 7  # the elastic field is random on a grid of 7x7 knots and smooth in between


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
    """Shift, rotate, scale, shear and elastically distort each image of a batch at random.

    Parameters
    ----------
    key : jax.Array
        A random key, such as ``jax.random.key(seed)``. The same key returns the same images.
    images : jax.Array of shape (n, height, width)
        Images with a background of 0, in any unit.
    shift : float, default=1.5
        Maximum shift along each axis, in pixels.
    rotate : float, default=8.0
        Maximum rotation about the centre, in degrees.
    scale : float, default=0.08
        Maximum relative change of height and of width, which are independent: 0.08 is ±8 %.
    shear : float, default=0.08
        Maximum shear, in pixels to the side per row.
    elastic : float, default=0.5
        Root mean square displacement of the elastic distortion, in pixels.

    Returns
    -------
    augmented : jax.Array of shape (n, height, width), dtype float32
        The distorted images, sampled bilinearly, in the unit of `images`.

    Examples
    --------
    >>> images = jnp.zeros((5, 28, 28)).at[:, 10:18, 10:18].set(255.0)
    >>> augment(jax.random.key(0), images).shape
    (5, 28, 28)

    Without any distortion, the images are unchanged:

    >>> same = augment(jax.random.key(0), images, shift=0, rotate=0, scale=0, shear=0, elastic=0)
    >>> bool(jnp.allclose(same, images, atol=1e-3))
    True
    """
    images = jnp.asarray(images, jnp.float32)
    count, height, width = images.shape
    affine_key, elastic_key = jax.random.split(key)
    points = _affine_points(
        affine_key,
        (count, height, width),
        shift=shift,
        rotate=rotate,
        scale=scale,
        shear=shear,
    )
    if elastic:
        points += elastic * _smooth_noise(elastic_key, (count, height, width))
    return jax.vmap(lambda image, point: map_coordinates(image, list(point), order=1))(
        images, points
    )


def _affine_points(
    key: jax.Array,
    shape: tuple[int, int, int],
    *,
    shift: float,
    rotate: float,
    scale: float,
    shear: float,
) -> jax.Array:
    """Return the rows and columns to sample each pixel from, of shape (n, 2, height, width)."""
    count, height, width = shape
    maxima = jnp.array([shift, shift, jnp.deg2rad(rotate), scale, scale, shear])
    down, right, angle, taller, wider, slant = maxima[:, None] * jax.random.uniform(
        key, (6, count), minval=-1.0, maxval=1.0
    )
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    rotation = jnp.stack([jnp.stack([cos, -sin]), jnp.stack([sin, cos])])
    stretch = jnp.stack([jnp.stack([1 + taller, jnp.zeros(count)]), jnp.stack([slant, 1 + wider])])
    matrices = jnp.einsum("ijn,jkn->nik", rotation, stretch)
    centre = jnp.array([height - 1, width - 1])[:, None, None] / 2
    grid = jnp.stack(jnp.meshgrid(jnp.arange(height), jnp.arange(width), indexing="ij")) - centre
    offsets = jnp.stack([down, right], axis=1)[:, :, None, None]
    return jnp.einsum("nij,jhw->nihw", matrices, grid) + centre - offsets


def _smooth_noise(key: jax.Array, shape: tuple[int, int, int]) -> jax.Array:
    """Return smooth random fields with a root mean square of 1, of shape (n, 2, height, width)."""
    count, height, width = shape
    knots = jax.random.normal(key, (count, 2, _KNOTS, _KNOTS))
    return jnp.einsum("hi,ncij,wj->nchw", _bumps(height), knots, _bumps(width))


def _bumps(size: int) -> jax.Array:
    """Return a Gaussian bump for each knot, of shape (size, knots), with a sum of squares of 1."""
    spacing = size / (_KNOTS - 1)
    distances = jnp.arange(size)[:, None] - spacing * jnp.arange(_KNOTS)
    bumps = jnp.exp(-0.5 * (distances / (0.7 * spacing)) ** 2)
    return bumps / jnp.linalg.norm(bumps, axis=1, keepdims=True)
