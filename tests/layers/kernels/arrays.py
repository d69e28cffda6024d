"""Arrays for kernels, with guard values behind those that kernels write to."""

import math

import numpy as np

GUARD = 100  # floats


def draw(*shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def unwritten(*shape):
    """Make an array of NaN that is followed by guard values."""
    flat = np.full(math.prod(shape) + GUARD, np.nan, np.float32)
    return flat[:-GUARD].reshape(shape)


def assert_guard_is_untouched(array):
    assert np.isnan(array.base[-GUARD:]).all()
