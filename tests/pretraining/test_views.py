import numpy as np
import pytest

from mnistedu import Ink
from mnistedu.pretraining import sources, views


@pytest.mark.parametrize(
    "view", [views.vector_view, views.canvas_view, sources._coarse_ink, views.photo_view]
)
def test_views_of_ink_show_the_digit(view, rng, seven):
    image = np.mean([view(seven, rng) for _ in range(20)], axis=0)
    assert np.corrcoef(image.ravel(), seven.to_image().ravel())[0, 1] > 0.6


@pytest.mark.parametrize("view", [views.pasted_view, views.coarse_view])
def test_views_of_images_show_the_digit(view, rng, digits):
    for image in digits.test.images[:20]:
        changed = view(image, rng)
        assert np.corrcoef(changed.ravel(), image.ravel())[0, 1] > 0.6


def test_restyle_keeps_all_strokes(rng):
    ink = Ink([[(0, 0)], [(0, 0), (5, 9), (10, 10)]])
    assert [len(points) > 0 for points in views.restyle(ink, rng).strokes] == [True, True]
