import tracemalloc

import numpy as np
import pytest

from mnistedu import to_input


def test_images_become_a_batch_with_one_channel():
    images = np.arange(3 * 784, dtype=np.int64).reshape(3, 28, 28).astype(np.uint8)
    x = to_input(images)
    assert x.shape == (3, 28, 28, 1)
    assert x.dtype == np.float32
    np.testing.assert_allclose(x[..., 0], images / 255, rtol=1e-6)
    np.testing.assert_array_equal(to_input(images[0]), x[:1])
    assert to_input(images[:0]).shape == (0, 28, 28, 1)


@pytest.mark.parametrize(
    "images",
    [np.zeros((28, 28)), np.zeros((2, 28, 27), np.uint8), np.zeros((1, 28, 28, 1), np.uint8), "7"],
)
def test_other_arrays_are_refused(images):
    with pytest.raises(ValueError, match="images must have shape"):
        to_input(images)


def test_the_floats_are_allocated_once():
    images = np.zeros((1000, 28, 28), np.uint8)
    tracemalloc.start()
    try:
        x = to_input(images)
        assert tracemalloc.get_traced_memory()[1] < 1.5 * x.nbytes
    finally:
        tracemalloc.stop()
