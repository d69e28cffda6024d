from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnistedu import Ink
from mnistedu.ink import BOX, PEN, centre_by_mass
from tests.ink.examples import SEVEN, few, strokes

ROUNDING = 6  # of 255, on average: a fifth of a pixel at the edge of the line


def extent(image: np.ndarray) -> tuple[int, int]:
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def centre_of_mass(image: np.ndarray) -> np.ndarray:
    return np.array([np.average(index, weights=image) for index in np.indices(image.shape)])


@few
@given(strokes)
def test_every_drawing_becomes_an_mnist_image(strokes):
    image = Ink(strokes).to_image()
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.max() >= 200
    assert max(extent(image)) <= BOX + 2


@few
@given(strokes, st.floats(0.05, 50), st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_size_and_position_do_not_matter(strokes, scale, right, down):
    moved = [np.array(points) * scale + [right, down] for points in strokes]
    difference = Ink(strokes).to_image().astype(int) - Ink(moved).to_image()
    assert np.abs(difference).mean() < ROUNDING


@few
@given(strokes)
def test_direction_and_order_of_strokes_do_not_matter(strokes):
    backwards = [points[::-1] for points in strokes[::-1]]
    difference = Ink(strokes).to_image().astype(int) - Ink(backwards).to_image()
    assert np.abs(difference).mean() < ROUNDING


@few
@given(strokes)
def test_repeated_points_change_nothing(strokes):
    repeated = [np.repeat(points, 3, axis=0) for points in strokes]
    np.testing.assert_array_equal(Ink(strokes).to_image(), Ink(repeated).to_image())


def test_the_line_width_does_not_depend_on_the_size():
    assert Ink(SEVEN).to_image().sum() == pytest.approx(
        Ink([np.array(points) * 30 for points in SEVEN]).to_image().sum(), rel=0.02
    )


def test_the_longer_side_fills_the_box():
    for box in (16, 20):  # pixels, or parts of one more: the place is finer than a pixel
        assert box <= max(extent(Ink(SEVEN).to_image(box=box))) <= box + 1


def test_the_centre_of_mass_is_that_of_mnist():
    np.testing.assert_allclose(centre_of_mass(Ink(SEVEN).to_image()), 14, atol=0.2)


def test_a_line_is_as_wide_as_the_pen():
    vertical = Ink([[(0, 0), (0, 100)]]).to_image()
    assert vertical[14].sum() / 255 == pytest.approx(PEN, abs=0.4)
    assert BOX <= extent(vertical)[0] <= BOX + 1


def test_a_single_point_is_a_dot():
    for dot in ([(5, 5)], [(5, 5)] * 10):
        image = Ink([dot]).to_image()
        assert extent(image) == (3, 3)
        assert image[14, 14] == 255


def test_a_long_stroke_gives_the_same_image_as_a_short_one():
    angles = np.linspace(0, 2 * np.pi, 10_001)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1) * 1000
    difference = Ink([ring]).to_image().astype(int) - Ink([ring[::100]]).to_image()
    assert np.abs(difference).mean() < ROUNDING


@pytest.mark.parametrize(("box", "pen"), [(29, 2), (20, 0), (20, 20), (20, -1), (float("nan"), 2)])
def test_a_box_or_pen_that_does_not_fit_is_refused(box, pen):
    with pytest.raises(ValueError, match="thinner than the box"):
        Ink(SEVEN).to_image(box=box, pen=pen)


def test_many_points_take_little_memory():
    points = np.random.default_rng(0).normal(size=(200_000, 2))
    ink = Ink([points])
    tracemalloc.start()
    ink.to_image()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * points.nbytes / 2


def test_mnist_images_are_centred_by_mass(mnist):
    for image in mnist.validation.images[:200]:
        rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
        digit = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        np.testing.assert_array_equal(centre_by_mass(digit / 255), image)
