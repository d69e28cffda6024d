import matplotlib.pyplot as plt
import numpy as np
import pytest

from mnistedu.displays import PixelValuesDisplay


@pytest.fixture
def image(digits):
    return digits.test.images[0]


def test_each_value_is_written_in_its_pixel(image):
    display = PixelValuesDisplay(image, rows=(8, 16), columns=(6, 20)).plot()
    part = image[8:16, 6:20]
    assert [int(text.get_text()) for text in display.texts_] == part.ravel().tolist()
    _, enlarged = display.axes_.flat
    np.testing.assert_array_equal(enlarged.images[0].get_array(), part)
    for text in display.texts_:
        column, row = text.get_position()
        assert int(text.get_text()) == part[row, column]
    assert f"from {part.min()} to {part.max()}" in display.alt_text


def test_the_part_is_framed_in_the_whole_image(image):
    whole, _ = PixelValuesDisplay(image, rows=(8, 16), columns=(6, 20)).plot().axes_.flat
    np.testing.assert_array_equal(whole.images[0].get_array(), image)
    (frame,) = whole.patches
    assert frame.get_bbox().bounds == (5.5, 7.5, 14, 8)


@pytest.mark.parametrize("page", ["default", "dark_background"])
def test_values_stand_out_from_their_pixels(page):
    with plt.style.context(page):
        display = PixelValuesDisplay(
            np.array([[0, 255]], np.uint8), rows=(0, 1), columns=(0, 2)
        ).plot()
    background, ink = (text.get_color() for text in display.texts_)
    assert (background == "white") == (page == "dark_background")
    assert background != ink


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        ((8, 30), (8, 20), r"rows .* from 0 to 28.* got \(8, 30\)"),
        ((8, 8), (8, 20), "rows"),
        ((8, 16), (8, 23), "columns .* at most 14 apart"),
        ((8, 16), (-1, 5), "columns"),
        ((8, 16, 20), (8, 20), "rows must be two numbers"),
    ],
)
def test_a_part_that_cannot_be_shown(image, rows, columns, message):
    with pytest.raises(ValueError, match=message):
        PixelValuesDisplay(image, rows=rows, columns=columns)


def test_a_batch_is_not_an_image(digits):
    with pytest.raises(ValueError, match=r"\(height, width\), got \(2, 28, 28\)"):
        PixelValuesDisplay(digits.test.images[:2], rows=(0, 5), columns=(0, 5))
