"""The compiled kernels as functions of JAX, with gradients of any order."""

from __future__ import annotations

import functools
import math

import jax
import jax.numpy as jnp

from mnistedu.layers import patches
from mnistedu.layers.kernels import conv2d, dropout, matmul, max_pool
from mnistedu.layers.kernels.registry import CORES, SHARES, call
from mnistedu.layers.kernels.target import registers


@functools.partial(jax.custom_vjp, nondiff_argnums=(3,))
def convolve(
    images: jax.Array, kernel: jax.Array, biases: jax.Array, rectify: bool = False
) -> jax.Array:
    """Convolve images without a border, add the biases, and make what is negative 0 if wanted.

    All is float32: the images of shape (n, height, width, channels), the kernel (height, width,
    channels, filters) and no larger than they, the biases (filters,).
    """
    shape = conv2d.Shape(*images.shape[1:], *kernel.shape[:2], kernel.shape[3])
    result = len(images), shape.rows, shape.columns, shape.filters
    kind = "convolve_and_rectify" if rectify else "convolve"
    (outputs,) = call(kind, shape, [result], images, kernel, biases)
    return outputs


@jax.custom_vjp
def images_gradient(
    gradients: jax.Array, kernel: jax.Array, outputs: jax.Array | None
) -> jax.Array:
    """Give the gradient of the images for that of the outputs; with a rectifier give these, too."""
    height, width, channels, filters = kernel.shape
    rows, columns = (
        size + 2 * (extent - 1)
        for size, extent in zip(gradients.shape[1:3], kernel.shape[:2], strict=True)
    )
    shape = conv2d.Shape(rows, columns, filters, height, width, channels)
    result = len(gradients), shape.rows, shape.columns, channels
    room = SHARES, rows * columns * filters
    turned = kernel[::-1, ::-1].swapaxes(2, 3)
    sources = [gradients] if outputs is None else [gradients, outputs]
    kind = "images_gradient" if outputs is None else "rectified_images_gradient"
    return call(kind, shape, [result, room], *sources, turned)[0]


@jax.custom_vjp
def weights_gradient(
    images: jax.Array, gradients: jax.Array, outputs: jax.Array | None
) -> tuple[jax.Array, jax.Array]:
    """Give the gradients of kernel and biases; with a rectifier give the outputs, too."""
    (_, height, width, channels), (_, rows, columns, filters) = images.shape, gradients.shape
    shape = conv2d.Shape(height, width, channels, height - rows + 1, width - columns + 1, filters)
    result, room = (CORES, shape.weights + filters), (CORES, rows * columns * filters)
    sources = [gradients] if outputs is None else [gradients, outputs]
    kind = "weights_gradient" if outputs is None else "rectified_weights_gradient"
    sums, _ = call(kind, shape, [result, room], images, *sources)
    kernel, biases = jnp.split(sums.sum(axis=0), [shape.weights])
    return kernel.reshape(shape.kernel_height, shape.kernel_width, channels, filters), biases


def _convolve_forward(
    images: jax.Array, kernel: jax.Array, biases: jax.Array, rectify: bool
) -> tuple[jax.Array, tuple]:
    outputs = convolve(images, kernel, biases, rectify)
    return outputs, (images, kernel, outputs if rectify else None)


def _convolve_backward(rectify: bool, kept: tuple, gradients: jax.Array) -> tuple:
    images, kernel, outputs = kept
    return (
        images_gradient(gradients, kernel, outputs),
        *weights_gradient(images, gradients, outputs),
    )


def _images_gradient_backward(kept: tuple, moves: jax.Array) -> tuple:
    gradients, kernel, outputs = kept
    seen = convolve(moves, kernel, jnp.zeros(kernel.shape[3], jnp.float32))
    weights, _ = weights_gradient(moves, gradients, outputs)
    return _rectify(seen, outputs), weights, _nothing(outputs)


def _weights_gradient_backward(kept: tuple, moves: tuple[jax.Array, jax.Array]) -> tuple:
    images, gradients, outputs = kept
    seen = convolve(images, *moves)
    return (
        images_gradient(gradients, moves[0], outputs),
        _rectify(seen, outputs),
        _nothing(outputs),
    )


def _rectify(values: jax.Array, outputs: jax.Array | None) -> jax.Array:
    return values if outputs is None else jnp.where(outputs > 0, values, 0)


def _nothing(outputs: jax.Array | None) -> jax.Array | None:
    """Give the gradient of outputs that decide only where a gradient passes."""
    return None if outputs is None else jnp.zeros_like(outputs)


convolve.defvjp(_convolve_forward, _convolve_backward)
images_gradient.defvjp(
    lambda *inputs: (images_gradient(*inputs), inputs), _images_gradient_backward
)
weights_gradient.defvjp(
    lambda *inputs: (weights_gradient(*inputs), inputs), _weights_gradient_backward
)


@functools.partial(jax.custom_vjp, nondiff_argnums=(1,))
def pool(images: jax.Array, window: tuple[int, int]) -> jax.Array:
    """Give the largest value of each window, for each channel.

    The images are float32 of shape (n, height, width, channels), and the windows fill them.
    """
    shape = _pooling_shape(images, window)
    return call("pool", shape, [(len(images), *shape[:3])], images)[0]


@functools.partial(jax.custom_vjp, nondiff_argnums=(3,))
def unpool(
    images: jax.Array, outputs: jax.Array, gradients: jax.Array, window: tuple[int, int]
) -> jax.Array:
    """Give the gradient of the images for that of the outputs: it goes to the first of equals."""
    shape = _pooling_shape(images, window)
    return call("unpool", shape, [images.shape], images, outputs, gradients)[0]


def _unpool_backward(window: tuple[int, int], kept: tuple, moves: jax.Array) -> tuple:
    images, outputs = kept
    chosen = unpool(images, outputs, jnp.ones_like(outputs), window) * moves
    return (
        jnp.zeros_like(images),
        jnp.zeros_like(outputs),
        patches.to_blocks(chosen, window).sum(axis=-2),
    )


def _pool_forward(images: jax.Array, window: tuple[int, int]) -> tuple[jax.Array, tuple]:
    outputs = pool(images, window)
    return outputs, (images, outputs)


pool.defvjp(_pool_forward, lambda window, kept, gradients: (unpool(*kept, gradients, window),))
unpool.defvjp(
    lambda images, outputs, gradients, window: (
        unpool(images, outputs, gradients, window),
        (images, outputs),
    ),
    _unpool_backward,
)


def _pooling_shape(images: jax.Array, window: tuple[int, int]) -> max_pool.Shape:
    _, height, width, channels = images.shape
    return max_pool.Shape(height // window[0], width // window[1], channels, *window)


@jax.custom_vjp
def multiply(left: jax.Array, right: jax.Array) -> jax.Array:
    """Give left @ right: float32 matrices."""
    terms = left.shape[1]
    parts = min(CORES, -(-terms // matmul.SHORTEST_PART))
    shape = matmul.Shape(len(left), terms, right.shape[1], parts)
    (results,) = call("multiply", shape, [(parts, shape.rows, shape.columns)], left, right)
    return functools.reduce(jnp.add, results)  # XLA's sum would wait for threads of its own


@jax.custom_vjp
def multiply_transposed_left(left: jax.Array, right: jax.Array) -> jax.Array:
    """Give left.T @ right: float32 matrices."""
    shape = matmul.Shape(left.shape[1], *right.shape)
    result = shape.rows, shape.columns
    return call("multiply_transposed_left", shape, [result], left, right)[0]


@jax.custom_vjp
def multiply_transposed_right(left: jax.Array, right: jax.Array) -> jax.Array:
    """Give left @ right.T: float32 matrices."""
    shape = matmul.Shape(*left.shape, right.shape[0])
    results = [(shape.rows, shape.columns), (SHARES, matmul.room(shape, registers()))]
    return call("multiply_transposed_right", shape, results, left, right)[0]


multiply.defvjp(
    lambda left, right: (multiply(left, right), (left, right)),
    lambda kept, gradients: (
        multiply_transposed_right(gradients, kept[1]),
        multiply_transposed_left(kept[0], gradients),
    ),
)
multiply_transposed_left.defvjp(
    lambda left, right: (multiply_transposed_left(left, right), (left, right)),
    lambda kept, gradients: (
        multiply_transposed_right(kept[1], gradients),
        multiply(kept[0], gradients),
    ),
)
multiply_transposed_right.defvjp(
    lambda left, right: (multiply_transposed_right(left, right), (left, right)),
    lambda kept, gradients: (
        multiply(gradients, kept[1]),
        multiply_transposed_left(gradients, kept[0]),
    ),
)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def drop(images: jax.Array, key: jax.Array, rate: float) -> jax.Array:
    """Set a share of float32 numbers to 0 and divide the others by the share of these.

    The first axis is that of the images; the key are two integers, uint32.
    """
    shape = dropout.Shape(math.prod(images.shape[1:]), 1 - rate)
    return call("drop", shape, [images.shape], images, key)[0]


drop.defvjp(
    lambda images, key, rate: (drop(images, key, rate), key),
    lambda rate, key, gradients: (drop(gradients, key, rate), None),
)
