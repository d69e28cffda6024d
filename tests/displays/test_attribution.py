"""Saliency and occlusion maps."""

import numpy as np
import pytest

from mnistedu.displays import OcclusionDisplay, SaliencyDisplay
from mnistedu.inspection import occlusion, saliency


@pytest.fixture
def image(digits):
    return digits.test.images[0]


def test_map_is_drawn_next_to_its_image(mlp, image):
    for cls, compute in ((SaliencyDisplay, saliency), (OcclusionDisplay, occlusion)):
        display = cls.from_model(mlp, image, digit=4).plot()
        left, right = display.axes_.flat
        np.testing.assert_array_equal(left.images[0].get_array(), image)
        np.testing.assert_allclose(right.images[0].get_array(), compute(mlp, image, digit=4))
        assert left.get_title() == "read as 4"
        assert right.get_title() == cls.meaning


def test_alt_text_names_the_position_of_the_largest_value():
    strength = np.zeros((28, 28))
    for index, position in (
        ((2, 3), "upper left"),
        ((14, 14), "middle"),
        ((27, 14), "lower middle"),
    ):
        strength[:] = 0
        strength[index] = 1
        display = SaliencyDisplay(np.zeros((28, 28), np.uint8), strength, digit=7)
        assert display.alt_text.endswith(f"The largest value is in the {position}.")
