"""The kernels, for vectors of each width, against NumPy."""

import numpy as np
import pytest

from mnistedu.layers.kernels import conv2d
from mnistedu.layers.kernels.conv2d import Shape
from tests.layers.kernels.arrays import assert_nothing_beyond, draw, unwritten

SHAPES = [
    Shape(12, 9, 5, 3, 2, 7),
    Shape(28, 28, 1, 3, 3, 28),
    Shape(7, 8, 3, 1, 1, 150),
    Shape(5, 5, 2, 5, 5, 1),
    Shape(13, 20, 4, 3, 3, 64),
]
PIECES = 3


def windows(images, shape):
    size = shape.kernel_height, shape.kernel_width
    return np.lib.stride_tricks.sliding_window_view(images.astype(float), size, (1, 2))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("rectify", [False, True])
def test_convolve(compile_kernel, shape, rectify):
    images = draw(4, shape.height, shape.width, shape.channels)
    kernel = draw(shape.kernel_height, shape.kernel_width, shape.channels, shape.filters)
    biases = draw(shape.filters)
    outputs = unwritten(4, shape.rows, shape.columns, shape.filters)
    compile_kernel(conv2d.convolve, shape, rectify=rectify)(4, 4, images, kernel, biases, outputs)
    expected = np.einsum("nrcdhw,hwdf->nrcf", windows(images, shape), kernel) + biases
    if rectify:
        expected = np.maximum(expected, 0)
    np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-5)
    assert_nothing_beyond(outputs)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("count", [1, 7])
@pytest.mark.parametrize("rectify", [False, True])
def test_weights_gradient(compile_kernel, shape, count, rectify):
    images = draw(count, shape.height, shape.width, shape.channels)
    gradients, outputs = draw(2, count, shape.rows, shape.columns, shape.filters)
    sums = unwritten(PIECES, shape.weights + shape.filters)
    room = unwritten(PIECES, gradients[0].size)
    sources = [gradients, outputs] if rectify else [gradients]
    compile_kernel(conv2d.weights_gradient, shape, pieces=PIECES, rectify=rectify)(
        PIECES, count, images, *sources, sums, room
    )
    if rectify:
        gradients = np.where(outputs > 0, gradients, 0)
    kernel = np.einsum("nrcdhw,nrcf->hwdf", windows(images, shape), gradients)
    expected = np.concatenate([kernel.ravel(), gradients.sum(axis=(0, 1, 2), dtype=float)])
    np.testing.assert_allclose(sums.sum(axis=0), expected, rtol=1e-5, atol=1e-4)
    assert_nothing_beyond(sums)
    assert_nothing_beyond(room)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("count", [1, 7])
@pytest.mark.parametrize("rectify", [False, True])
def test_images_gradient(compile_kernel, shape, count, rectify):
    top, left = shape.kernel_height - 1, shape.kernel_width - 1
    gradients, outputs = draw(2, count, shape.rows, shape.columns, shape.filters)
    kernel = draw(shape.kernel_height, shape.kernel_width, shape.filters, shape.channels)
    results = unwritten(count, shape.height, shape.width, shape.channels)
    size = shape.height + top, shape.width + left, shape.filters
    back = Shape(*size, shape.kernel_height, shape.kernel_width, shape.channels)
    room = unwritten(PIECES, *size)
    sources = [gradients, outputs] if rectify else [gradients]
    compile_kernel(conv2d.images_gradient, back, pieces=PIECES, rectify=rectify)(
        PIECES, count, *sources, kernel, results, room
    )
    if rectify:
        gradients = np.where(outputs > 0, gradients, 0)
    framed = np.pad(gradients, [(0, 0), (top, top), (left, left), (0, 0)])
    expected = np.einsum("nrcdhw,hwdf->nrcf", windows(framed, back), kernel)
    np.testing.assert_allclose(results, expected, rtol=1e-5, atol=1e-4)
    assert_nothing_beyond(results)
    assert_nothing_beyond(room)
