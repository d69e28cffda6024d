"""Dropout, for vectors of each width, against JAX's random numbers."""

import jax
import numpy as np
import pytest

from mnistedu.layers.kernels import dropout
from mnistedu.layers.kernels.dropout import Shape
from tests.layers.kernels.arrays import assert_nothing_beyond, draw, unwritten

KEY = np.array([2026, 4_000_000_000], np.uint32)


@pytest.mark.parametrize("shape", [Shape(1, 0.5), Shape(37, 0.3), Shape(160, 0.999)], ids=str)
@pytest.mark.parametrize("count", [1, 7])
def test_what_is_dropped(compile_kernel, shape, count):
    images = draw(count, shape.size)
    outputs = unwritten(count, shape.size)
    compile_kernel(dropout.drop, shape, pieces=3)(3, count, images, KEY, outputs)
    chosen = np.asarray(jax.random.bernoulli(KEY, shape.kept, images.shape))
    np.testing.assert_allclose(outputs, np.where(chosen, images / shape.kept, 0), rtol=1e-6)
    assert_nothing_beyond(outputs)
