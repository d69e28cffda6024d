import numpy as np
import pytest

from mnistedu import normalize
from mnistedu.preprocessing.cropping import crop, fit_box, shrink
from tests.preprocessing.pictures import draw_seven


@pytest.mark.parametrize(
    ("shape", "box"), [((3, 3), (20, 20)), ((90, 30), (20, 7)), ((1, 50), (1, 20))]
)
def test_the_longer_side_becomes_that_of_the_box(shape, box):
    assert fit_box(np.ones(shape)).shape == box


def test_faint_edges_are_cropped():
    picture = np.zeros((9, 9))
    picture[2:5, 3:7] = 1
    picture[0] = 0.1
    np.testing.assert_array_equal(crop(picture), np.ones((3, 4)))


def test_large_pictures_shrink_to_means():
    picture = np.kron([[0, 1], [1, 0]], np.ones((600, 600)))
    small = shrink(picture)
    assert small.shape == (600, 600)
    np.testing.assert_array_equal(small, np.kron([[0, 1], [1, 0]], np.ones((300, 300))))
    assert shrink(small) is small


def test_thin_lines_do_not_fade():
    assert normalize(draw_seven(pen=2)).max() == 255
