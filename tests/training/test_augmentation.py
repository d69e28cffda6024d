import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mnistedu.training.augmentation import augment

NO_DISTORTION = {"shift": 0, "rotate": 0, "scale": 0, "shear": 0, "elastic": 0}


def make_bars(count=200):
    """Return images of a horizontal bar."""
    return jnp.zeros((count, 28, 28)).at[:, 11:17, 6:22].set(1.0)


def moments(images):
    """Compute the centre (row, column) and the covariance matrix of the ink of each image."""
    images = np.asarray(images, float)
    rows, columns = np.mgrid[:28, :28]
    mass = images.sum((1, 2))
    centre = np.stack([(images * axis).sum((1, 2)) / mass for axis in (rows, columns)], 1)
    offsets = [axis - centre[:, i, None, None] for i, axis in enumerate((rows, columns))]
    spread = [[(images * a * b).sum((1, 2)) / mass for b in offsets] for a in offsets]
    return centre, np.array(spread).transpose(2, 0, 1)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_images_are_unchanged_without_distortions(dtype):
    images = (np.random.default_rng(0).random((3, 28, 28)) * 255).astype(dtype)
    augmented = augment(jax.random.key(0), images, **NO_DISTORTION)
    assert augmented.dtype == jnp.float32
    np.testing.assert_allclose(augmented, images, atol=1e-3)


def test_the_key_determines_the_images():
    first, again, other = (augment(jax.random.key(seed), make_bars(3)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_every_image_is_distorted_differently():
    images = np.asarray(augment(jax.random.key(0), make_bars(20)))
    assert len(np.unique(images.reshape(20, -1), axis=0)) == 20


def test_compiled_augmentation_returns_the_same():
    images = make_bars(4)
    np.testing.assert_allclose(
        jax.jit(augment)(jax.random.key(3), images), augment(jax.random.key(3), images), atol=1e-5
    )


def test_shift_is_limited_along_each_axis():
    centre, spread = moments(
        augment(jax.random.key(0), make_bars(), **NO_DISTORTION | {"shift": 3.0})
    )
    moved = centre - moments(make_bars(1))[0]
    assert abs(moved).max() <= 3.001
    np.testing.assert_array_less(2.5, np.ptp(moved, axis=0) / 2)
    np.testing.assert_allclose(spread[:, 0, 1], 0, atol=1e-3)


def test_rotation_is_limited():
    centre, spread = moments(
        augment(jax.random.key(0), make_bars(), **NO_DISTORTION | {"rotate": 30.0})
    )
    np.testing.assert_allclose(
        centre, np.broadcast_to(moments(make_bars(1))[0], centre.shape), atol=0.2
    )
    angles = 0.5 * np.arctan2(2 * spread[:, 0, 1], spread[:, 1, 1] - spread[:, 0, 0])
    assert 25 < np.rad2deg(abs(angles)).max() < 31
    assert angles.min() < 0 < angles.max()


def test_height_and_width_are_scaled_independently():
    before = moments(make_bars(1))[1]
    after = moments(augment(jax.random.key(0), make_bars(), **NO_DISTORTION | {"scale": 0.2}))[1]
    height, width = (np.sqrt(after[:, i, i] / before[:, i, i]) for i in (0, 1))
    for size in (height, width):
        assert 0.78 < size.min() < 0.9
        assert 1.1 < size.max() < 1.3
    assert abs(np.corrcoef(height, width)[0, 1]) < 0.3


def test_shear_keeps_the_height():
    before = moments(make_bars(1))[1][0]
    after = moments(augment(jax.random.key(0), make_bars(), **NO_DISTORTION | {"shear": 0.3}))[1]
    slant = after[:, 0, 1] / after[:, 0, 0]
    assert 0.2 < slant.max() < 0.35
    assert -0.35 < slant.min() < -0.2
    np.testing.assert_allclose(after[:, 0, 0], before[0, 0], rtol=0.05)


def test_elastic_displacement_has_the_given_root_mean_square():
    ramp = jnp.broadcast_to(jnp.arange(28.0), (200, 28, 28))
    moved = augment(jax.random.key(0), ramp, **NO_DISTORTION | {"elastic": 0.5}) - ramp
    assert np.sqrt((moved[:, 8:20, 8:20] ** 2).mean()) == pytest.approx(0.5, rel=0.1)
    steps = jnp.diff(moved[:, 8:20, 8:20], axis=2)
    assert np.sqrt((steps**2).mean()) < 0.2  # neighbours are displaced similarly
