"""The kernel of dropout, for vectors of each width, against JAX's random numbers."""

import jax
import numpy as np
import pytest

from mnistedu.layers.kernels.dropout import DropoutShape, build_dropout
from tests.layers.kernels.arrays import assert_guard_is_untouched, draw, unwritten

KEY = np.array([2026, 4_000_000_000], np.uint32)
SHAPES = [DropoutShape(1, 0.5), DropoutShape(37, 0.3), DropoutShape(160, 0.999)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("count", [1, 7])
def test_dropout_drops_what_jax_would_drop(compile_kernel, shape, count):
    images = draw(count, shape.size)
    outputs = unwritten(count, shape.size)
    compile_kernel(build_dropout, shape, n_tasks=3)(3, count, images, KEY, outputs)
    kept = np.asarray(jax.random.bernoulli(KEY, shape.keep_prob, images.shape))
    np.testing.assert_allclose(outputs, np.where(kept, images / shape.keep_prob, 0), rtol=1e-6)
    assert_guard_is_untouched(outputs)
