"""Sliding windows on batches of images, as XLA runs them fast on a CPU.

XLA likes to merge small operations into one loop. On a CPU it merges too much here: it then works
out a value again at each place that needs it, several times over. ``settle`` marks where a result
is to be kept, and the gradient of the largest value is written by hand.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import reduce

import jax
import jax.numpy as jnp

Pair = Sequence[int]

_CACHE = 4 << 20  # bytes

settle = jax.lax.optimization_barrier


def pad(
    images: jax.Array, window: Pair, strides: Pair, dilation: Pair, padding: str, value: float
) -> jax.Array:
    """Pad images as XLA does for ``padding``, "same" or "valid"."""
    extent = [(size - 1) * step + 1 for size, step in zip(window, dilation, strict=True)]
    margins = jax.lax.padtype_to_pads(images.shape[1:3], extent, strides, padding.upper())
    if not any(map(any, margins)):
        return images
    return jnp.pad(images, [(0, 0), *margins, (0, 0)], constant_values=value)


def views(
    images: jax.Array, window: Pair, strides: Pair = (1, 1), dilation: Pair = (1, 1)
) -> list[jax.Array]:
    """Give, for each place of a sliding window in turn, the pixels that fall on it."""
    starts = [range(0, size * step, step) for size, step in zip(window, dilation, strict=True)]
    reach = [places[-1] for places in starts]
    height, width = (size - last for size, last in zip(images.shape[1:3], reach, strict=True))
    return [
        images[:, top : top + height : strides[0], left : left + width : strides[1]]
        for top in starts[0]
        for left in starts[1]
    ]


def patches(images: jax.Array, window: Pair, strides: Pair, dilation: Pair) -> jax.Array:
    """Give what each window sees: (n, rows, columns, window height * width * channels)."""
    return settle(jnp.concatenate(views(images, window, strides, dilation), axis=-1))


def convolve(images: jax.Array, matrix: jax.Array, *geometry: Pair) -> jax.Array:
    """Multiply what each window sees with a matrix.

    All patches of a batch are many times the batch. They are made for a few images at a time, so
    that they stay in the processor's cache, and made again for the gradient.
    """

    def convolve_piece(piece: jax.Array) -> jax.Array:
        return multiply(patches(piece, *geometry), matrix)

    size = math.prod(images.shape[1:3]) * len(matrix) * images.dtype.itemsize
    count = _pieces(len(images), max(1, _CACHE // size))
    if count == 1:
        return convolve_piece(images)
    pieces = images.reshape(count, len(images) // count, *images.shape[1:])
    outputs = jax.lax.map(jax.checkpoint(convolve_piece), pieces)
    return outputs.reshape(len(images), *outputs.shape[2:])


def _pieces(length: int, longest: int) -> int:
    """Give into how many equal pieces to cut so many images."""
    return next(n for n in itertools.count(1) if length <= n * longest and length % n == 0)


def multiply(seen: jax.Array, matrix: jax.Array) -> jax.Array:
    """Multiply the last axis of patches with a matrix."""
    return settle(seen.reshape(-1, len(matrix)) @ matrix).reshape(*seen.shape[:-1], matrix.shape[1])


def to_blocks(images: jax.Array, size: Pair) -> jax.Array:
    """Cut images (n, h * p, w * q, c) into blocks of p by q pixels: (n, h, w, p * q, c)."""
    count, height, width, channels = images.shape
    p, q = size
    blocks = images.reshape(count, height // p, p, width // q, q, channels)
    return blocks.transpose(0, 1, 3, 2, 4, 5).reshape(*blocks.shape[:2], width // q, p * q, -1)


@jax.custom_vjp
def largest(places: jax.Array) -> jax.Array:
    """Give the largest value over the last axis but one; the first of equals gets the gradient."""
    return _largest(places)[0]


def _largest(places: jax.Array) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    maximum = settle(reduce(jnp.maximum, _along(places)))
    return maximum, (places, maximum)


def _gradient_of_largest(
    kept: tuple[jax.Array, jax.Array], gradient: jax.Array
) -> tuple[jax.Array]:
    places, maximum = kept
    gradient = settle(gradient)
    free = jnp.ones_like(maximum, bool)
    shares = []
    for place in _along(places):
        found = free & (place == maximum)
        free &= ~found
        shares.append(jnp.where(found, gradient, 0))
    return (settle(jnp.stack(shares, axis=-2)),)


largest.defvjp(_largest, _gradient_of_largest)


def _along(places: jax.Array) -> list[jax.Array]:
    return [places[..., place, :] for place in range(places.shape[-2])]
