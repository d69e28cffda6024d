"""The kernels of a convolution, for vectors of each width, against NumPy."""

import numpy as np
import pytest

from mnistedu.layers.kernels.conv2d import (
    Conv2DShape,
    build_conv2d,
    build_conv2d_input_grad,
    build_conv2d_kernel_grad,
)
from tests.layers.kernels.arrays import assert_guard_is_untouched, draw, unwritten

SHAPES = [
    Conv2DShape(12, 9, 5, 3, 2, 7),
    Conv2DShape(28, 28, 1, 3, 3, 28),
    Conv2DShape(7, 8, 3, 1, 1, 150),
    Conv2DShape(5, 5, 2, 5, 5, 1),
    Conv2DShape(13, 20, 4, 3, 3, 64),
]
N_TASKS = 3


def windows(images, shape):
    size = shape.kernel_height, shape.kernel_width
    return np.lib.stride_tricks.sliding_window_view(images.astype(float), size, (1, 2))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("relu", [False, True])
def test_conv2d(compile_kernel, shape, relu):
    images = draw(4, shape.height, shape.width, shape.channels)
    kernel = draw(shape.kernel_height, shape.kernel_width, shape.channels, shape.filters)
    biases = draw(shape.filters)
    outputs = unwritten(4, shape.rows, shape.columns, shape.filters)
    compile_kernel(build_conv2d, shape, relu=relu)(4, 4, images, kernel, biases, outputs)
    expected = np.einsum("nrcdhw,hwdf->nrcf", windows(images, shape), kernel) + biases
    if relu:
        expected = np.maximum(expected, 0)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-5)
    assert_guard_is_untouched(outputs)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("count", [1, 7])
@pytest.mark.parametrize("relu", [False, True])
def test_conv2d_kernel_grad(compile_kernel, shape, count, relu):
    images = draw(count, shape.height, shape.width, shape.channels)
    gradients, outputs = draw(2, count, shape.rows, shape.columns, shape.filters)
    sums = unwritten(N_TASKS, shape.kernel_size + shape.filters)
    workspaces = unwritten(N_TASKS, gradients[0].size)
    sources = [gradients, outputs] if relu else [gradients]
    compile_kernel(build_conv2d_kernel_grad, shape, n_tasks=N_TASKS, relu=relu)(
        N_TASKS, count, images, *sources, sums, workspaces
    )
    if relu:
        gradients = np.where(outputs > 0, gradients, 0)
    kernel = np.einsum("nrcdhw,nrcf->hwdf", windows(images, shape), gradients)
    expected = np.concatenate([kernel.ravel(), gradients.sum(axis=(0, 1, 2), dtype=float)])
    np.testing.assert_allclose(sums.sum(axis=0), expected, rtol=1e-5, atol=1e-4)
    assert_guard_is_untouched(sums)
    assert_guard_is_untouched(workspaces)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("count", [1, 7])
@pytest.mark.parametrize("relu", [False, True])
def test_conv2d_input_grad(compile_kernel, shape, count, relu):
    top, left = shape.kernel_height - 1, shape.kernel_width - 1
    gradients, outputs = draw(2, count, shape.rows, shape.columns, shape.filters)
    kernel = draw(shape.kernel_height, shape.kernel_width, shape.filters, shape.channels)
    results = unwritten(count, shape.height, shape.width, shape.channels)
    size = shape.height + top, shape.width + left, shape.filters
    padded_shape = Conv2DShape(*size, shape.kernel_height, shape.kernel_width, shape.channels)
    workspaces = unwritten(N_TASKS, *size)
    sources = [gradients, outputs] if relu else [gradients]
    compile_kernel(build_conv2d_input_grad, padded_shape, n_tasks=N_TASKS, relu=relu)(
        N_TASKS, count, *sources, kernel, results, workspaces
    )
    if relu:
        gradients = np.where(outputs > 0, gradients, 0)
    padded = np.pad(gradients, [(0, 0), (top, top), (left, left), (0, 0)])
    expected = np.einsum("nrcdhw,hwdf->nrcf", windows(padded, padded_shape), kernel)
    np.testing.assert_allclose(results, expected, rtol=1e-5, atol=1e-4)
    assert_guard_is_untouched(results)
    assert_guard_is_untouched(workspaces)
