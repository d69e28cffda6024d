"""Which pixels a prediction depends on, as pictures."""

import numpy as np
import pytest

from mnistedu.displays import OcclusionDisplay, SaliencyDisplay
from mnistedu.inspection import occlusion, saliency


@pytest.fixture
def image(digits):
    return digits.test.images[0]


def test_attributions_are_drawn_beside_their_image(mlp, image):
    for show, compute in ((SaliencyDisplay, saliency), (OcclusionDisplay, occlusion)):
        display = show.from_model(mlp, image, digit=4).plot()
        left, right = display.axes_.flat
        np.testing.assert_array_equal(left.images[0].get_array(), image)
        np.testing.assert_allclose(right.images[0].get_array(), compute(mlp, image, digit=4))
        assert left.get_title() == "read as 4"
        assert right.get_title() == show.meaning


def test_an_attribution_says_where():
    strength = np.zeros((28, 28))
    for place, words in (((2, 3), "upper left"), ((14, 14), "middle"), ((27, 14), "lower middle")):
        strength[:] = 0
        strength[place] = 1
        display = SaliencyDisplay(np.zeros((28, 28), np.uint8), strength, digit=7)
        assert display.alt_text.endswith(f"The strongest place is in the {words}.")
