import numpy as np
import pytest

from mnistedu.preprocessing.ruled_lines import remove_ruled_lines


def page_with_stroke():
    page = np.zeros((200, 220), np.float32)
    page[40:160, 95:110] = 1
    return page


@pytest.mark.parametrize("slope", [0, 0.04, -0.08])
@pytest.mark.parametrize("transpose", [False, True])
def test_lines_across_the_page_are_removed_and_strokes_are_not(slope, transpose):
    stroke, ruled = page_with_stroke(), page_with_stroke()
    columns = np.arange(220)
    for row in (60, 100, 140):
        for thickness in range(2):
            rows = np.rint(row + slope * (columns - 110)).astype(int) + thickness
            ruled[rows, columns] = np.maximum(ruled[rows, columns], 0.6)
    if transpose:
        stroke, ruled = stroke.T, ruled.T
    cleaned = remove_ruled_lines(ruled)
    assert ((cleaned > 0) != (stroke > 0)).mean() < 0.002


def test_a_page_without_lines_is_not_changed():
    page = page_with_stroke()
    np.testing.assert_array_equal(remove_ruled_lines(page), page)


def test_a_thick_bar_is_not_a_ruled_line():
    page = page_with_stroke()
    page[90:110] = 1
    np.testing.assert_array_equal(remove_ruled_lines(page), page)
