import matplotlib.pyplot as plt
import numpy as np
import pytest

from mnistedu.displays import DigitsDisplay


def test_images_are_drawn_in_a_grid_with_titles(digits):
    images, labels = digits.test[:7]
    display = DigitsDisplay(images, labels).plot(columns=5)
    assert display.axes_.shape == (2, 5)
    titles = [ax.get_title() for ax in display.axes_.flat]
    assert titles == [*map(str, labels), "", "", ""]
    np.testing.assert_array_equal(display.axes_[1, 1].images[0].get_array(), images[6])
    assert display.alt_text.startswith("7 images of handwritten digits, titled 4, 4, 7")


def test_alt_text_of_a_single_image_with_a_title_of_two_lines(digits):
    display = DigitsDisplay(digits.test.images[:1], ["a four\nby hand"])
    assert display.alt_text == "1 image of handwritten digits, titled a four by hand."


@pytest.mark.parametrize("page", ["default", "dark_background"])
def test_by_default_ink_stands_out_from_the_page(page):
    with plt.style.context(page):
        images = [np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8)]
        display = DigitsDisplay(images).plot()
    page = np.mean(display.figure_.get_facecolor()[:3])
    background, ink = (
        ax.images[0].make_image(None, unsampled=True)[0][0, 0, 0] / 255 for ax in display.axes_.flat
    )
    assert abs(background - page) < 0.1
    assert abs(ink - page) > 0.9


@pytest.mark.parametrize("page", ["default", "dark_background"])
def test_pixels_as_they_are_look_the_same_on_every_page(page):
    images = [np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8)]
    with plt.style.context(page):
        display = DigitsDisplay(images).plot(columns=2, cmap="gray")
    black, white = (ax.images[0].make_image(None, unsampled=True)[0] for ax in display.axes_.flat)
    assert (black[..., :3] == 0).all()
    assert (white[..., :3] == 255).all()
    assert len(colours(display.figure_)) >= 3  # a frame where an image has the page's colour


def test_an_unused_position_of_the_grid_has_no_frame():
    display = DigitsDisplay(np.zeros((3, 28, 28), np.uint8)).plot(columns=2, cmap="gray")
    assert [ax.axison for ax in display.axes_.flat] == [True, True, True, False]


def colours(figure):
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba()).reshape(-1, 4)
    return np.unique(pixels, axis=0)


def test_long_titles_do_not_overlap(digits):
    titles = ["a seven as we wrote it", "a seven from the data"]
    display = DigitsDisplay(digits.test.images[:2], titles).plot()
    display.figure_.canvas.draw()
    one, other = (ax.title.get_window_extent() for ax in display.axes_.flat)
    assert not one.overlaps(other)


@pytest.mark.parametrize(
    ("images", "titles", "message"),
    [
        (np.zeros((28, 28)), None, r"\(n, 28, 28\), n at least 1, got \(28, 28\)"),
        (np.zeros((0, 28, 28)), None, "n at least 1"),
        (np.zeros((2, 28, 28)), ["a"], "one title for each of the 2 images, got 1"),
    ],
)
def test_rejects_other_shapes_and_numbers_of_titles(images, titles, message):
    with pytest.raises(ValueError, match=message):
        DigitsDisplay(images, titles)
