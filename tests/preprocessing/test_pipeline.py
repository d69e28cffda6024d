from __future__ import annotations

import numpy as np
import pytest

from mnistedu import normalize
from mnistedu.preprocessing import steps
from tests.preprocessing.pictures import EXPECTED, SEVEN, alike, draw_seven


def test_a_picture_and_its_ink_become_similar_images():
    assert alike(normalize(draw_seven(pen=28)), SEVEN.to_image()) > 0.9


@pytest.mark.parametrize("side", [28, 64, 140, 560, 1500, 8000])
def test_size_does_not_matter(side):
    assert alike(normalize(draw_seven(side)), EXPECTED) > 0.9


def test_position_does_not_matter():
    np.testing.assert_array_equal(normalize(np.pad(draw_seven(), ((0, 200), (90, 10)))), EXPECTED)


def test_mnist_images_hardly_change(mnist):
    images = mnist.validation.images[:300]
    changes = [np.abs(normalize(image).astype(int) - image).mean() for image in images]
    assert np.mean(changes) < 0.2


def test_normalizing_twice_changes_nothing(digits):
    for image in digits.test.images[:50]:
        once = normalize(image)
        assert alike(normalize(once), once) > 0.99


@pytest.mark.parametrize(
    "blank",
    [
        np.zeros((50, 50)),
        np.full((280, 280, 3), 255, np.uint8),
        np.zeros((1, 1)),
        np.ones((9, 400)),
    ],
)
def test_a_blank_picture_is_refused(blank):
    pictures = steps(blank)
    assert list(pictures) == ["grey", "ink", "image"]
    assert not pictures["image"].any()
    with pytest.raises(ValueError, match="the picture is blank: no ink was found"):
        normalize(blank)


def test_steps_are_in_order_and_end_with_the_image():
    pictures = steps(255 - draw_seven())
    assert list(pictures) == ["grey", "ink", "crop", "box", "image"]
    np.testing.assert_array_equal(pictures["image"], EXPECTED)
    assert max(pictures["box"].shape) == 20
    for name in ("grey", "ink", "crop", "box"):
        assert 0 <= pictures[name].min() <= pictures[name].max() <= 1


def test_a_small_digit_on_a_large_page_is_found():
    page = np.zeros((6000, 4000), np.uint8)
    page[5000:5064, 700:764] = draw_seven(64)
    assert alike(normalize(page), normalize(draw_seven(64))) > 0.95


def test_the_picture_is_not_changed():
    seven = draw_seven().copy()
    before = seven.copy()
    normalize(seven)
    np.testing.assert_array_equal(seven, before)
