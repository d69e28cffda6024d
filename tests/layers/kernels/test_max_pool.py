"""The kernels of max pooling, for vectors of each width, against NumPy."""

import numpy as np
import pytest

from mnistedu.layers.kernels.max_pool import MaxPoolShape, build_max_pool, build_max_pool_grad


@pytest.mark.parametrize(
    "shape", [MaxPoolShape(3, 2, 7, 2, 2), MaxPoolShape(2, 3, 32, 3, 1)], ids=str
)
def test_max_pool_and_its_gradient(compile_kernel, shape):
    rows, columns, channels, height, width = shape
    rng = np.random.default_rng(0)
    size = 4, rows, height, columns, width, channels
    images = rng.integers(-3, 3, size).astype(np.float32)  # some of them equal
    outputs = np.full((4, rows, columns, channels), np.nan, np.float32)
    compile_kernel(build_max_pool, shape)(4, 4, images, outputs)
    np.testing.assert_array_equal(outputs, images.max(axis=(2, 4)))

    gradients = rng.normal(size=outputs.shape).astype(np.float32)
    results = np.full_like(images, np.nan)
    compile_kernel(build_max_pool_grad, shape)(4, 4, images, outputs, gradients, results)
    windows = images.transpose(0, 1, 3, 5, 2, 4).reshape(-1, height * width)
    expected = np.eye(height * width)[windows.argmax(axis=1)] * gradients.reshape(-1, 1)
    got = results.transpose(0, 1, 3, 5, 2, 4).reshape(-1, height * width)
    np.testing.assert_allclose(got, expected, rtol=1e-6)
