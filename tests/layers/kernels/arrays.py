"""What kernels are given: arrays, with some room behind those that they write."""

import math

import numpy as np

BEYOND = 100  # floats


def draw(*shape):
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def unwritten(*shape):
    """Make an array with some room behind it, which must not be written to."""
    flat = np.full(math.prod(shape) + BEYOND, np.nan, np.float32)
    return flat[:-BEYOND].reshape(shape)


def assert_nothing_beyond(array):
    assert np.isnan(array.base[-BEYOND:]).all()
