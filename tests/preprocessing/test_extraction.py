from __future__ import annotations

import numpy as np
import pytest

from mnistedu import normalize
from tests.preprocessing.pictures import EXPECTED, alike, draw_seven, photograph


@pytest.mark.parametrize("ruled", [False, True])
@pytest.mark.parametrize("chalk", [False, True])
def test_light_ruled_lines_and_noise_do_not_matter(ruled, chalk):
    photo = photograph(draw_seven(560) / 255, ruled=ruled)
    assert alike(normalize(255 - photo if chalk else photo), EXPECTED) > 0.9


def test_a_shadow_does_not_matter():
    photo = photograph(draw_seven(560) / 255)
    photo[:, 300:] //= 2
    assert alike(normalize(photo), EXPECTED) > 0.9


def test_specks_do_not_matter():
    speckled = np.pad(draw_seven(), 100)
    speckled[::67, ::71] = 255
    assert alike(normalize(speckled), EXPECTED) > 0.98


@pytest.mark.parametrize("polarity", [0, 255])
def test_thick_ink_on_a_small_canvas_is_not_the_background(polarity):
    canvas = np.zeros((100, 100), np.uint8)
    canvas[12:88, 12:88] = 255
    canvas[30:34, 20:90] = 100
    image = normalize(np.abs(polarity - canvas.astype(int)))
    assert image[14, 14] == 255
    assert image[:4].max() == 0


def test_a_photo_of_blank_paper_is_refused():
    with pytest.raises(ValueError, match="the picture is blank"):
        normalize(photograph(np.zeros((300, 300))))
