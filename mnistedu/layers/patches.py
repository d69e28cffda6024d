"""Convolution and max pooling by shifted views of images, as XLA runs them fast on a CPU.

XLA likes to fuse small operations into one loop. On a CPU it fuses too much here: it then computes
a value again wherever it is used, several times over. ``optimization_barrier`` marks which results
it is to keep, and the derivatives of the maximum are written by hand.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from functools import reduce

import jax
import jax.numpy as jnp
from jax.lax import optimization_barrier

from mnistedu.layers.autodiff import multilinear

Pair = Sequence[int]

_CACHE_SIZE = 4 << 20  # bytes


def pad(
    images: jax.Array, window: Pair, strides: Pair, dilation: Pair, padding: str, value: float
) -> jax.Array:
    """Pad images with a value, as XLA does.

    Parameters
    ----------
    images : jax.Array of shape (n, height, width, channels)
        The images.
    window, strides, dilation : sequence of int
        Height and width: of the window, of its steps, and of the steps between its pixels.
    padding : {"same", "valid"}
        Whether the outputs of a sliding window are as many as the pixels, or lie in the images.
    value : float
        The value of the padding.

    Returns
    -------
    padded : jax.Array
        The images with their padding.
    """
    extent = [(size - 1) * step + 1 for size, step in zip(window, dilation, strict=True)]
    margins = jax.lax.padtype_to_pads(images.shape[1:3], extent, strides, padding.upper())
    if not any(map(any, margins)):
        return images
    return jnp.pad(images, [(0, 0), *margins, (0, 0)], constant_values=value)


def shifted_views(
    images: jax.Array, window: Pair, strides: Pair = (1, 1), dilation: Pair = (1, 1)
) -> list[jax.Array]:
    """Return, for each pixel of a sliding window, the view of the images that falls on it.

    Parameters
    ----------
    images : jax.Array of shape (n, height, width, channels)
        The images.
    window, strides, dilation : sequence of int
        Height and width: of the window, of its steps, and of the steps between its pixels.

    Returns
    -------
    views : list of jax.Array of shape (n, rows, columns, channels)
        One for each pixel of the window.
    """
    offsets = [range(0, size * step, step) for size, step in zip(window, dilation, strict=True)]
    height, width = (
        size - along[-1] for size, along in zip(images.shape[1:3], offsets, strict=True)
    )
    return [
        images[:, top : top + height : strides[0], left : left + width : strides[1]]
        for top, left in itertools.product(*offsets)
    ]


def extract_patches(images: jax.Array, window: Pair, strides: Pair, dilation: Pair) -> jax.Array:
    """Return the pixels under each position of a sliding window.

    Parameters
    ----------
    images : jax.Array of shape (n, height, width, channels)
        The images.
    window, strides, dilation : sequence of int
        Height and width: of the window, of its steps, and of the steps between its pixels.

    Returns
    -------
    patches : jax.Array of shape (n, rows, columns, window[0] * window[1] * channels)
        The pixels row by row, each with its channels.
    """
    views = shifted_views(images, window, strides, dilation)
    return optimization_barrier(jnp.concatenate(views, axis=-1))


def conv2d(images: jax.Array, kernel: jax.Array, strides: Pair, dilation: Pair) -> jax.Array:
    """Convolve images without padding, as a matrix product of patches and kernel.

    All patches of a batch are many times the batch. They are extracted for a few images at a time,
    so that they stay in the processor's cache, and again for the gradient.

    Parameters
    ----------
    images : jax.Array of shape (n, height, width, channels)
        Padded, if padding is wanted.
    kernel : jax.Array of shape (kernel_height, kernel_width, channels, filters)
        Not larger than the images.
    strides, dilation : sequence of int
        For rows and columns.

    Returns
    -------
    outputs : jax.Array of shape (n, rows, columns, filters)
        The convolved images.
    """
    matrix = kernel.reshape(-1, kernel.shape[-1])

    def convolve(images: jax.Array) -> jax.Array:
        extracted = extract_patches(images, kernel.shape[:2], strides, dilation)
        products = optimization_barrier(extracted.reshape(-1, len(matrix)) @ matrix)
        return products.reshape(*extracted.shape[:-1], matrix.shape[1])

    size = math.prod(images.shape[1:3]) * len(matrix) * images.dtype.itemsize
    count = _count_chunks(len(images), max(1, _CACHE_SIZE // size))
    if count == 1:
        return convolve(images)
    chunks = images.reshape(count, len(images) // count, *images.shape[1:])
    outputs = jax.lax.map(jax.checkpoint(convolve), chunks)
    return outputs.reshape(len(images), *outputs.shape[2:])


def _count_chunks(length: int, longest: int) -> int:
    """Return the smallest number of equal chunks that are not too long."""
    return next(n for n in itertools.count(1) if length <= n * longest and length % n == 0)


def to_windows(images: jax.Array, size: Pair) -> jax.Array:
    """Split images into windows.

    Parameters
    ----------
    images : jax.Array of shape (n, height, width, channels)
        The images.
    size : sequence of int
        Height and width of a window, which divide those of the images.

    Returns
    -------
    windows : jax.Array of shape (n, rows, columns, size[0] * size[1], channels)
        The pixels of each window, row by row.
    """
    count, height, width, channels = images.shape
    p, q = size
    rows, columns = height // p, width // q
    windows = images.reshape(count, rows, p, columns, q, channels).transpose(0, 1, 3, 2, 4, 5)
    return windows.reshape(count, rows, columns, p * q, channels)


@jax.custom_jvp
def max_over_window(windows: jax.Array) -> jax.Array:
    """Compute the maximum over the pixels of each window.

    Parameters
    ----------
    windows : jax.Array of shape (..., pixels, channels)
        The windows.

    Returns
    -------
    maximum : jax.Array of shape (..., channels)
        Of equal maxima in a window the first one gets the gradient.
    """
    return optimization_barrier(reduce(jnp.maximum, _unstack(windows)))


@max_over_window.defjvp
def _max_over_window_jvp(primals: Sequence, tangents: Sequence) -> tuple[jax.Array, jax.Array]:
    maximum = max_over_window(*primals)
    return maximum, _tangent_of_maximum(*tangents, *primals, maximum)


def _compute_tangent(tangents: jax.Array, windows: jax.Array, maximum: jax.Array) -> jax.Array:
    chosen = zip(_first_maximum(windows, maximum), _unstack(tangents), strict=True)
    return reduce(jnp.add, (jnp.where(is_first, tangent, 0) for is_first, tangent in chosen))


def _compute_gradient(gradient: jax.Array, windows: jax.Array, maximum: jax.Array) -> jax.Array:
    gradient = optimization_barrier(gradient)
    parts = [jnp.where(is_first, gradient, 0) for is_first in _first_maximum(windows, maximum)]
    return optimization_barrier(jnp.stack(parts, axis=-2))


_tangent_of_maximum: Callable[..., jax.Array] = multilinear(
    _compute_tangent, lambda cotangent, _, *arrays: _gradient_of_maximum(cotangent, *arrays)
)
_gradient_of_maximum: Callable[..., jax.Array] = multilinear(
    _compute_gradient, lambda cotangent, _, *arrays: _tangent_of_maximum(cotangent, *arrays)
)


def _first_maximum(windows: jax.Array, maximum: jax.Array) -> list[jax.Array]:
    """Return, for each pixel of the windows, where it is the first that equals the maximum."""
    masks, is_free = [], jnp.ones_like(maximum, bool)
    for pixel in _unstack(windows):
        masks.append(is_free & (pixel == maximum))
        is_free &= ~masks[-1]
    return masks


def _unstack(windows: jax.Array) -> list[jax.Array]:
    return [windows[..., index, :] for index in range(windows.shape[-2])]
