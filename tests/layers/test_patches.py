"""Convolution and max pooling by shifted views, against XLA's own."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mnistedu.layers import patches

RNG = np.random.default_rng(0)


def draw(*shape):
    return jnp.asarray(RNG.normal(size=shape), jnp.float32)


def test_windows_hold_the_pixels_that_lie_under_them():
    images = jnp.arange(2 * 4 * 6 * 3).reshape(2, 4, 6, 3)
    windows = patches.to_windows(images, (2, 3))
    assert windows.shape == (2, 2, 2, 6, 3)
    np.testing.assert_array_equal(windows[1, 1, 0], images[1, 2:4, 0:3].reshape(6, 3))


@pytest.mark.parametrize("shape", [(0, 4, 6, 3), (2, 0, 6, 3), (2, 4, 6, 0)])
def test_no_pixels_are_split_into_no_windows(shape):
    count, height, width, channels = shape
    windows = patches.to_windows(jnp.zeros(shape), (2, 3))
    assert windows.shape == (count, height // 2, width // 3, 6, channels)
    assert patches.max_over_window(windows).shape == (count, height // 2, width // 3, channels)


def test_shifted_views_are_those_of_a_sliding_window():
    images = draw(2, 7, 9, 3)
    views = jnp.stack(patches.shifted_views(images, (2, 3), (2, 1), (1, 2)), axis=-2)
    np.testing.assert_array_equal(views[1, 2, 3, 4], images[1, 4 + 1, 3 + 2])


@pytest.mark.parametrize("count", [0, 1, 24, 29])
def test_conv2d_in_chunks(count):
    images, kernel = draw(count, 28, 28, 32), draw(3, 3, 32, 4)

    def by_xla(images, kernel):
        return jax.lax.conv_general_dilated(
            images, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )

    def ours(images, kernel):
        return patches.conv2d(images, kernel, (1, 1), (1, 1))

    for function in (lambda f: f, lambda f: lambda *arrays: jax.jvp(f, arrays, arrays)[1]):
        np.testing.assert_allclose(
            function(ours)(images, kernel), function(by_xla)(images, kernel), rtol=1e-4, atol=1e-3
        )


def test_the_first_of_equal_maxima_gets_gradient_and_tangent():
    windows = jnp.asarray([2.0, 5.0, 5.0, 1.0]).reshape(4, 1)
    gradient = jax.grad(lambda windows: patches.max_over_window(windows).sum())(windows)
    np.testing.assert_array_equal(gradient[:, 0], [0, 1, 0, 0])
    _, tangent = jax.jvp(patches.max_over_window, (windows,), (jnp.arange(4.0).reshape(4, 1),))
    assert tangent == 1


def test_jacobians_of_the_maximum():
    windows = draw(3, 4, 2)
    jacobian = jax.jacfwd(patches.max_over_window)(windows)
    np.testing.assert_array_equal(jacobian, jax.jacrev(patches.max_over_window)(windows))
    np.testing.assert_array_equal(jacobian, jax.jacrev(lambda w: w.max(axis=-2))(windows))
    hessian = jax.hessian(lambda w: jnp.square(patches.max_over_window(w)).sum())(windows)
    expected = jax.hessian(lambda w: jnp.square(w.max(axis=-2)).sum())(windows)
    np.testing.assert_array_equal(hessian, expected)
