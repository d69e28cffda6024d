import numpy as np
import pytest
from scipy import ndimage

from mnistedu.evaluation import corruptions
from mnistedu.evaluation.corruptions import CORRUPTIONS


@pytest.fixture
def images(digits):
    return digits.test.images[:20]


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture(params=CORRUPTIONS, ids=lambda corruption: corruption.name)
def corruption(request):
    return request.param


def test_the_harmless_strength_changes_nothing(corruption, images, rng):
    assert corruption.harmless in corruption.strengths
    np.testing.assert_array_equal(corruption.apply(images, corruption.harmless, rng), images)


def test_damage_increases_with_the_strength(corruption, images):
    strengths = list(corruption.strengths)
    assert strengths == sorted(strengths)
    corrupted = [corruption.apply(images, each, np.random.default_rng(1)) for each in strengths]
    assert all(each.dtype == np.uint8 and each.shape == images.shape for each in corrupted)
    damage = [np.abs(each.astype(float) - images).mean() for each in corrupted]
    neutral = strengths.index(corruption.harmless)
    assert damage[neutral:] == sorted(damage[neutral:])
    assert damage[: neutral + 1] == sorted(damage[: neutral + 1], reverse=True)


def test_the_same_seed_returns_the_same_images(corruption, images):
    strength = corruption.strengths[1]
    one, same = (corruption.apply(images, strength, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one, same)


def test_shift_moves_the_centre_of_mass_by_the_distance(images, rng):
    moved = corruptions.shift(images, 2.0, rng)
    for before, after in zip(images, moved, strict=True):
        offset = np.subtract(ndimage.center_of_mass(after), ndimage.center_of_mass(before))
        assert np.linalg.norm(offset) == pytest.approx(2, abs=0.1)


def test_rotate_equals_scipy(images, rng):
    rotated = corruptions.rotate(images, 30, rng)
    left, right = (
        ndimage.rotate(images.astype(float), angle, (1, 2), reshape=False, order=1)
        for angle in (30, -30)
    )
    for after, *either in zip(rotated, left, right, strict=True):
        assert min(np.abs(after - each).max() for each in either) <= 1


def test_scale_changes_the_area(images, rng):
    ink = images.sum(dtype=float)
    assert corruptions.scale(images, 0.5, rng).sum() / ink == pytest.approx(0.25, rel=0.05)


def test_pen_width_changes_the_width_of_a_line(rng):
    line = np.zeros((1, 28, 28), np.uint8)
    line[0, :, 13:16] = 255
    for change in (-1, -0.5, 0.5, 1, 2):
        width = corruptions.pen_width(line, change, rng)[0, 14].sum() / 255
        assert width == pytest.approx(3 + change, abs=0.02)


def test_occlude_erases_a_square(rng):
    white = np.full((50, 28, 28), 255, np.uint8)
    holes = (corruptions.occlude(white, 6, rng) == 0).sum(axis=(1, 2))
    assert (holes == 36).mean() > 0.5  # the others extend beyond the edge
    assert holes.max() == 36


def test_full_inversion_is_the_negative(images, rng):
    np.testing.assert_array_equal(corruptions.inversion(images, 1, rng), 255 - images)
