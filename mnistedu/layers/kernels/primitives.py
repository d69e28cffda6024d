"""The kernels as functions of JAX, with derivatives of any order in forward and reverse mode.

All arrays are float32. The first axis is that of the images, whose number may be 0.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
from jax.interpreters import ad

from mnistedu.layers import patches
from mnistedu.layers.autodiff import add, multilinear, primitive
from mnistedu.layers.kernels.conv2d import Conv2DShape
from mnistedu.layers.kernels.dropout import DropoutShape
from mnistedu.layers.kernels.matmul import MIN_TERMS, MatmulShape, workspace_size
from mnistedu.layers.kernels.max_pool import MaxPoolShape
from mnistedu.layers.kernels.registry import N_CORES, N_TASKS, call
from mnistedu.layers.kernels.target import registers


def conv2d(
    images: jax.Array, kernel: jax.Array, biases: jax.Array, *, relu: bool = False
) -> jax.Array:
    """Convolve images without padding, add the biases, and apply ReLU if wanted.

    Parameters
    ----------
    images : jax.Array of shape (n, height, width, channels)
        Padded, if padding is wanted.
    kernel : jax.Array of shape (kernel_height, kernel_width, channels, filters)
        Not larger than the images.
    biases : jax.Array of shape (filters,)
        One for each filter.
    relu : bool, default=False
        Whether to apply ReLU.

    Returns
    -------
    outputs : jax.Array of shape (n, height - kernel_height + 1, width - kernel_width + 1, filters)
        The convolved images.
    """
    return _conv2d(images, kernel, biases, relu=relu)[0]


# The functions below also take the outputs of ReLU, if there is one: the gradient of what is before
# ReLU is 0 where they are not positive. They have no gradient with respect to these.


def _compute_conv2d(
    images: jax.Array, kernel: jax.Array, biases: jax.Array, *relu_outputs: jax.Array, relu: bool
) -> Sequence[jax.Array]:
    (count, height, width, channels), (*kernel_size, _, filters) = images.shape, kernel.shape
    shape = Conv2DShape(height, width, channels, kernel_size[0], kernel_size[1], filters)
    result = count, shape.rows, shape.columns, filters
    outputs = call("conv2d_relu" if relu else "conv2d", shape, [result], images, kernel, biases)
    return [jnp.where(mask > 0, outputs[0], 0) for mask in relu_outputs] or outputs


def _conv2d_jvp(
    primals: Sequence, tangents: Sequence, *, relu: bool
) -> tuple[Sequence[jax.Array], list]:
    images, kernel, biases, *relu_outputs = primals
    outputs = _conv2d(*primals, relu=relu)
    mask = outputs if relu else relu_outputs
    terms = []
    if type(tangents[0]) is not ad.Zero:
        terms += _conv2d(tangents[0], kernel, jnp.zeros_like(biases), *mask, relu=False)
    if not all(type(tangent) is ad.Zero for tangent in tangents[1:3]):
        kernel_and_biases = map(ad.instantiate_zeros, tangents[1:3])
        terms += _conv2d(images, *kernel_and_biases, *mask, relu=False)
    return outputs, [add(terms, outputs[0])]


def _conv2d_transpose(cotangents: Sequence, images: object, *others: object, relu: bool) -> list:
    (cotangent,), (kernel, _, *relu_outputs) = cotangents, others
    if ad.is_undefined_primal(images):
        images_cotangent = _conv2d_input_grad(cotangent, kernel, *relu_outputs)
        return [images_cotangent, *[None] * len(others)]
    gradients = _conv2d_kernel_grad(images, cotangent, *relu_outputs)
    unknown = map(ad.is_undefined_primal, others)
    cotangents = [*gradients, *[None] * len(relu_outputs)]
    return [None, *(ct if wanted else None for ct, wanted in zip(cotangents, unknown, strict=True))]


def _compute_conv2d_input_grad(
    gradients: jax.Array, kernel: jax.Array, *relu_outputs: jax.Array
) -> jax.Array:
    """Compute the gradient of the images from that of the outputs."""
    height, width, channels, filters = kernel.shape
    rows, columns = (
        size + 2 * (extent - 1)
        for size, extent in zip(gradients.shape[1:3], kernel.shape[:2], strict=True)
    )
    shape = Conv2DShape(rows, columns, filters, height, width, channels)
    result = len(gradients), shape.rows, shape.columns, channels
    workspaces = N_TASKS, shape.image_size
    rotated = kernel[::-1, ::-1].swapaxes(2, 3)
    name = "conv2d_relu_input_grad" if relu_outputs else "conv2d_input_grad"
    return call(name, shape, [result, workspaces], gradients, *relu_outputs, rotated)[0]


def _compute_conv2d_kernel_grad(
    images: jax.Array, gradients: jax.Array, *relu_outputs: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Compute the gradients of kernel and biases from that of the outputs."""
    (_, height, width, channels), (_, rows, columns, filters) = images.shape, gradients.shape
    shape = Conv2DShape(height, width, channels, height - rows + 1, width - columns + 1, filters)
    result, workspaces = (N_CORES, shape.kernel_size + filters), (N_CORES, shape.output_size)
    name = "conv2d_relu_kernel_grad" if relu_outputs else "conv2d_kernel_grad"
    sums, _ = call(name, shape, [result, workspaces], images, gradients, *relu_outputs)
    kernel, biases = jnp.split(sums.sum(axis=0), [shape.kernel_size])
    return kernel.reshape(shape.kernel_height, shape.kernel_width, channels, filters), biases


def _conv2d_kernel_grad_jvp(primals: Sequence, tangents: Sequence) -> tuple[list, list]:
    images, gradients, *relu_outputs = primals
    outputs = _conv2d_kernel_grad(*primals)
    kernel_terms, bias_terms = [], []
    if type(tangents[0]) is not ad.Zero:  # the gradient of the biases does not depend on images
        kernel_terms += _conv2d_kernel_grad(tangents[0], gradients, *relu_outputs)[:1]
    if type(tangents[1]) is not ad.Zero:
        kernel_term, bias_term = _conv2d_kernel_grad(images, tangents[1], *relu_outputs)
        kernel_terms, bias_terms = [*kernel_terms, kernel_term], [bias_term]
    return outputs, [add(kernel_terms, outputs[0]), add(bias_terms, outputs[1])]


def _conv2d_kernel_grad_transpose(
    cotangents: Sequence, images: object, gradients: object, *relu_outputs: jax.Array
) -> list:
    kernel, biases = map(ad.instantiate_zeros, cotangents)
    unused = [None] * len(relu_outputs)
    if ad.is_undefined_primal(images):
        return [_conv2d_input_grad(gradients, kernel, *relu_outputs), None, *unused]
    return [None, *_conv2d(images, kernel, biases, *relu_outputs, relu=False), *unused]


_conv2d: Callable[..., list[jax.Array]] = primitive(_compute_conv2d, _conv2d_jvp, _conv2d_transpose)
_conv2d_input_grad: Callable[..., jax.Array] = multilinear(
    _compute_conv2d_input_grad,
    lambda cotangent, _, kernel, *relu_outputs: _conv2d(
        cotangent, kernel, jnp.zeros(kernel.shape[3], jnp.float32), *relu_outputs, relu=False
    )[0],
    lambda cotangent, gradients, _, *relu_outputs: _conv2d_kernel_grad(
        cotangent, gradients, *relu_outputs
    )[0],
)
_conv2d_kernel_grad: Callable[..., list[jax.Array]] = primitive(
    _compute_conv2d_kernel_grad, _conv2d_kernel_grad_jvp, _conv2d_kernel_grad_transpose
)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def max_pool(images: jax.Array, window: tuple[int, int]) -> jax.Array:
    """Compute the maximum of each window, for each channel.

    Parameters
    ----------
    images : jax.Array of shape (n, height, width, channels)
        Padded, if padding is wanted.
    window : tuple of int
        Height and width, which divide those of the images.

    Returns
    -------
    outputs : jax.Array of shape (n, height // window[0], width // window[1], channels)
        Of equal maxima in a window the first one gets the gradient.
    """
    shape = _max_pool_shape(images, window)
    return call("max_pool", shape, [(len(images), *shape[:3])], images)[0]


@max_pool.defjvp
def _max_pool_jvp(
    window: tuple[int, int], primals: Sequence, tangents: Sequence
) -> tuple[jax.Array, jax.Array]:
    outputs = max_pool(*primals, window)
    return outputs, _max_pool_tangent(*tangents, *primals, outputs, window=window)


def _compute_max_pool_tangent(
    tangents: jax.Array, images: jax.Array, outputs: jax.Array, *, window: tuple[int, int]
) -> jax.Array:
    """Return the tangent of the element that is the maximum of each window."""
    chosen = _max_pool_grad(jnp.ones_like(outputs), images, outputs, window=window) * tangents
    return patches.to_windows(chosen, window).sum(axis=-2)


def _compute_max_pool_grad(
    gradients: jax.Array, images: jax.Array, outputs: jax.Array, *, window: tuple[int, int]
) -> jax.Array:
    """Compute the gradient of the images from that of the outputs."""
    shape = _max_pool_shape(images, window)
    return call("max_pool_grad", shape, [images.shape], images, outputs, gradients)[0]


def _max_pool_shape(images: jax.Array, window: tuple[int, int]) -> MaxPoolShape:
    _, height, width, channels = images.shape
    return MaxPoolShape(height // window[0], width // window[1], channels, *window)


_max_pool_tangent: Callable[..., jax.Array] = multilinear(
    _compute_max_pool_tangent,
    lambda cotangent, _, *arrays, window: _max_pool_grad(cotangent, *arrays, window=window),
)
_max_pool_grad: Callable[..., jax.Array] = multilinear(
    _compute_max_pool_grad,
    lambda cotangent, _, *arrays, window: _max_pool_tangent(cotangent, *arrays, window=window),
)


def _compute_matmul(left: jax.Array, right: jax.Array) -> jax.Array:
    """Compute left @ right."""
    terms = left.shape[1]
    parts = min(N_CORES, -(-terms // MIN_TERMS))
    shape = MatmulShape(len(left), terms, right.shape[1], parts)
    (results,) = call("matmul", shape, [(parts, shape.rows, shape.columns)], left, right)
    return functools.reduce(jnp.add, results)  # XLA's sum would wait for threads of its own


def _compute_matmul_tn(left: jax.Array, right: jax.Array) -> jax.Array:
    """Compute left.T @ right."""
    shape = MatmulShape(left.shape[1], len(left), right.shape[1])
    return call("matmul_tn", shape, [(shape.rows, shape.columns)], left, right)[0]


def _compute_matmul_nt(left: jax.Array, right: jax.Array) -> jax.Array:
    """Compute left @ right.T."""
    shape = MatmulShape(len(left), left.shape[1], len(right))
    results = [(shape.rows, shape.columns), (N_TASKS, workspace_size(shape, registers()))]
    return call("matmul_nt", shape, results, left, right)[0]


matmul: Callable[..., jax.Array] = multilinear(
    _compute_matmul,
    lambda cotangent, _, right: matmul_nt(cotangent, right),
    lambda cotangent, left, _: matmul_tn(left, cotangent),
)
matmul_tn: Callable[..., jax.Array] = multilinear(
    _compute_matmul_tn,
    lambda cotangent, _, right: matmul_nt(right, cotangent),
    lambda cotangent, left, _: matmul(left, cotangent),
)
matmul_nt: Callable[..., jax.Array] = multilinear(
    _compute_matmul_nt,
    lambda cotangent, _, right: matmul(cotangent, right),
    lambda cotangent, left, _: matmul_tn(cotangent, left),
)


def dropout(images: jax.Array, key: jax.Array, rate: float) -> jax.Array:
    """Set a fraction of the elements to 0 and scale the others, so that their sum is kept.

    Parameters
    ----------
    images : jax.Array of shape (n, ...)
        Any arrays, one for each image.
    key : jax.Array of shape (2,)
        A key of JAX's random numbers, uint32.
    rate : float
        The fraction to drop, in (0, 1).

    Returns
    -------
    outputs : jax.Array of shape (n, ...)
        The elements that are kept, divided by ``1 - rate``, and zeros.
    """
    return _dropout(images, key, rate=rate)


def _compute_dropout(images: jax.Array, key: jax.Array, *, rate: float) -> jax.Array:
    shape = DropoutShape(math.prod(images.shape[1:]), 1 - rate)
    return call("dropout", shape, [images.shape], images, key)[0]


_dropout: Callable[..., jax.Array] = multilinear(
    _compute_dropout, lambda cotangent, _, key, *, rate: _dropout(cotangent, key, rate=rate)
)
