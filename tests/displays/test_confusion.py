import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from mnistedu.displays import ConfusionDisplay


def test_cells_contain_counts_and_zeros_are_empty(result):
    display = ConfusionDisplay.from_evaluation(result).plot()
    threes = int((result.split.labels == 3).sum())
    assert display.text_[3, 5].get_text() == str(threes)
    assert display.text_[3, 3].get_text() == ""
    assert display.ax_.get_ylabel() == "true digit"
    assert display.ax_.get_xlabel() == "predicted digit"
    assert f"3 read as 5, {threes} times" in display.alt_text
    assert "frequent mistake" not in ConfusionDisplay(np.eye(10, dtype=int)).alt_text


def test_normalize_shows_percentages_of_each_true_digit():
    confusion = np.diag(np.full(10, 200))
    confusion[3, [3, 5]] = 150, 50
    display = ConfusionDisplay(confusion).plot(normalize=True)
    assert display.text_[3, 3].get_text() == "75.0"
    assert display.text_[3, 5].get_text() == "25.0"
    assert display.text_[4, 4].get_text() == "100"
    assert ", in %" in display.ax_.get_title(loc="left")


def test_errors_only_leaves_the_diagonal_empty():
    confusion = np.diag(np.full(10, 200))
    confusion[3, 5] = 7
    display = ConfusionDisplay(confusion).plot(errors_only=True)
    texts = {text.get_text() for text in display.text_.flat}
    assert texts == {"", "7"}
    assert display.ax_.get_title(loc="left") == "Which digit is misread as which"


@pytest.mark.parametrize("confusion", [np.zeros((10, 10), int), np.eye(10, dtype=int)])
@pytest.mark.parametrize("errors_only", [True, False])
@pytest.mark.parametrize("normalize", [True, False])
def test_matrix_may_be_nearly_empty(confusion, errors_only, normalize):
    display = ConfusionDisplay(confusion).plot(errors_only=errors_only, normalize=normalize)
    display.figure_.canvas.draw()
    shown = sum(bool(text.get_text()) for text in display.text_.flat)
    assert shown == (0 if errors_only else confusion.sum())


@pytest.mark.parametrize("style", ["default", "dark_background"])
@pytest.mark.parametrize("normalize", [True, False])
def test_numbers_have_enough_contrast(result, style, normalize):
    with plt.style.context(style):
        display = ConfusionDisplay.from_evaluation(result).plot(normalize=normalize)
    for text, cell in zip(display.text_.flat, display.im_.get_array().flat, strict=True):
        if text.get_text():
            background = np.array(display.im_.cmap(display.im_.norm(cell))[:3])
            foreground = np.array(mpl.colors.to_rgb(text.get_color()))
            assert contrast(background, foreground) > 4, cell


def contrast(one, two):
    """Compute the contrast ratio of two sRGB colours as defined by WCAG 2."""
    linear = [np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for c in (one, two)]
    low, high = sorted(float(c @ [0.2126, 0.7152, 0.0722]) for c in linear)
    return (high + 0.05) / (low + 0.05)


def test_rejects_a_matrix_of_another_shape():
    with pytest.raises(ValueError, match=r"\(10, 10\), got \(3, 3\)"):
        ConfusionDisplay(np.eye(3))
