"""The kernels, for vectors of each width, against NumPy."""

import numpy as np
import pytest

from mnistedu._kernels import convolution
from mnistedu._kernels.convolution import Shape

SHAPES = [
    Shape(12, 9, 5, 3, 2, 7),
    Shape(28, 28, 1, 3, 3, 28),
    Shape(7, 8, 3, 1, 1, 150),
    Shape(5, 5, 2, 5, 5, 1),
    Shape(13, 20, 4, 3, 3, 64),
]
PIECES = 3


def draw(*shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def windows(images, shape):
    size = shape.kernel_height, shape.kernel_width
    return np.lib.stride_tricks.sliding_window_view(images.astype(float), size, (1, 2))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("rectify", [False, True])
def test_convolve(compile_kernel, shape, rectify):
    images = draw(4, shape.height, shape.width, shape.channels)
    kernel = draw(shape.kernel_height, shape.kernel_width, shape.channels, shape.filters)
    biases = draw(shape.filters)
    beyond = 100  # floats that must not be written to
    outputs = np.full(4 * shape.rows * shape.columns * shape.filters + beyond, np.pi, np.float32)
    compile_kernel(convolution.convolve, shape, rectify=rectify)(
        4, 4, images, kernel, biases, outputs
    )
    expected = np.einsum("nrcdhw,hwdf->nrcf", windows(images, shape), kernel) + biases
    if rectify:
        expected = np.maximum(expected, 0)
    np.testing.assert_allclose(outputs[:-beyond], expected.ravel(), rtol=1e-5, atol=1e-5)
    assert (outputs[-beyond:] == np.float32(np.pi)).all()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("count", [1, 7])
def test_gradient(compile_kernel, shape, count):
    images = draw(count, shape.height, shape.width, shape.channels)
    gradients = draw(count, shape.rows, shape.columns, shape.filters)
    sums = np.full((PIECES, shape.weights + shape.filters), np.nan, np.float32)
    compile_kernel(convolution.gradient, shape, pieces=PIECES)(
        PIECES, count, images, gradients, sums
    )
    kernel = np.einsum("nrcdhw,nrcf->hwdf", windows(images, shape), gradients)
    expected = np.concatenate([kernel.ravel(), gradients.sum(axis=(0, 1, 2), dtype=float)])
    np.testing.assert_allclose(sums.sum(axis=0), expected, rtol=1e-5, atol=1e-4)
