import numpy as np
import pytest

from mnistedu import Evaluation, Split
from mnistedu.displays import MistakesDisplay


def test_images_have_titles_with_the_true_and_the_predicted_digit(result):
    display = MistakesDisplay.from_evaluation(result, most=6).plot(columns=4)
    assert display.axes_.shape == display.bar_axes_.shape == (2, 4)
    assert display.axes_[0, 0].get_title() == "3 read as 5"
    assert "3 read as 5, 90% sure" in display.alt_text
    first = result.mistakes[0].index
    np.testing.assert_array_equal(
        display.axes_[0, 0].images[0].get_array(), result.split.images[first]
    )


def test_bars_show_the_three_most_probable_digits(result):
    display = MistakesDisplay.from_evaluation(result, most=1).plot()
    bars = display.bar_axes_[0, 0]
    assert [label.get_text() for label in bars.get_yticklabels()][:2] == ["5", "3"]
    widths = [bar.get_width() for bar in bars.patches]
    assert widths == pytest.approx([0.9, 0.1, 0])
    assert [text.get_text() for text in bars.texts] == ["90%", "10%", "0%"]
    predicted, true, other = (bar.get_facecolor() for bar in bars.patches)
    assert predicted == other != true


def test_label_errors_shows_the_labels_that_are_probably_wrong(digits):
    images, labels = digits.test
    wrong = labels.copy()
    wrong[7] = (labels[7] + 1) % 10
    result = Evaluation.from_predictions(Split(images, wrong), 0.9 * np.eye(10)[labels] + 0.01)
    display = MistakesDisplay.from_evaluation(result, label_errors=True)
    assert display.titles == [f"{wrong[7]} read as {labels[7]}"]


def test_rejects_an_evaluation_without_mistakes(digits):
    perfect = Evaluation.from_predictions(digits.test, np.eye(10)[digits.test.labels])
    with pytest.raises(ValueError, match="no mistake to show"):
        MistakesDisplay.from_evaluation(perfect)
    with pytest.raises(ValueError, match="no label looks wrong"):
        MistakesDisplay.from_evaluation(perfect, label_errors=True)


def test_rejects_different_lengths():
    with pytest.raises(ValueError, match="got 2, 1 and 2"):
        MistakesDisplay(np.zeros((2, 28, 28)), [3], np.zeros((2, 10)))
