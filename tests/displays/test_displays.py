import base64
import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from mnistedu import Evaluation, load_digits
from mnistedu.displays import ConfusionDisplay, DigitsDisplay, HistoryDisplay, MistakesDisplay

mpl.use("agg")


@pytest.fixture(autouse=True)
def no_figure_is_left():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def result():
    """Every 3 of the test digits is read as 5, at 90 %; the rest is right."""
    test = load_digits().test
    answers = np.where(test.labels == 3, 5, test.labels)
    probabilities = 0.9 * np.eye(10)[answers] + 0.1 * np.eye(10)[test.labels]
    return Evaluation.from_predictions(test, probabilities)


HISTORY = {
    "loss": [0.5, 0.2, 0.1],
    "val_loss": [0.4, 0.3, 0.3],
    "accuracy": [0.8, 0.9, 0.95],
    "val_accuracy": [0.85, 0.9, 0.91],
}


def test_a_history_has_a_curve_for_each_part():
    display = HistoryDisplay(HISTORY).plot()
    training, validation = display.lines_
    assert list(training.get_ydata()) == HISTORY["accuracy"]
    assert list(validation.get_ydata()) == HISTORY["val_accuracy"]
    assert list(training.get_xdata()) == [1, 2, 3]
    assert display.ax_.get_xlabel() == "epoch"
    assert display.ax_.get_ylabel() == "accuracy"
    assert display.ax_.get_title(loc="left") == "Accuracy by epoch"
    assert display.alt_text == (
        "Line chart of the accuracy over 3 epochs: on the training images from 0.8000 to 0.9500, "
        "on the validation images from 0.8500 to 0.9100."
    )


def test_a_history_shows_another_metric_and_goes_without_validation():
    display = HistoryDisplay({"loss": [0.5, 0.2]}).plot(metric="loss")
    assert len(display.lines_) == 1
    assert "validation" not in display.alt_text
    with pytest.raises(ValueError, match="metric must be one of loss, got 'accuracy'"):
        HistoryDisplay({"loss": [0.5, 0.2]}).plot()


def test_a_display_draws_on_the_axes_it_is_given():
    figure, (left, right) = plt.subplots(ncols=2)
    display = HistoryDisplay(HISTORY).plot(ax=right)
    assert display.ax_ is right
    assert not left.lines
    bundle, _ = display._repr_mimebundle_()
    assert "image/png" not in bundle  # the figure is the caller's to show
    assert plt.fignum_exists(figure.number)


def test_a_confusion_matrix_has_its_counts_and_leaves_zeros_empty(result):
    display = ConfusionDisplay.from_evaluation(result).plot()
    threes = int((result.split.labels == 3).sum())
    assert display.text_[3, 5].get_text() == str(threes)
    assert display.text_[3, 3].get_text() == ""
    assert display.ax_.get_ylabel() == "true digit"
    assert display.ax_.get_xlabel() == "answer"
    assert f"3 read as 5, {threes} times" in display.alt_text
    assert "frequent mistake" not in ConfusionDisplay(np.eye(10, dtype=int)).alt_text


def test_a_confusion_matrix_keeps_its_text_readable(result):
    display = ConfusionDisplay.from_evaluation(result).plot()
    for text, count in zip(display.text_.flat, result.confusion.flat, strict=True):
        if count:
            ground = np.array(display.im_.cmap(display.im_.norm(count))[:3])
            ink = np.array(mpl.colors.to_rgb(text.get_color()))
            assert contrast(ground, ink) > 3, count


def contrast(one, two):
    """WCAG 2's contrast ratio of two sRGB colours."""
    linear = [np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for c in (one, two)]
    low, high = sorted(float(c @ [0.2126, 0.7152, 0.0722]) for c in linear)
    return (high + 0.05) / (low + 0.05)


def test_a_wrong_confusion_matrix():
    with pytest.raises(ValueError, match=r"\(10, 10\), got \(3, 3\)"):
        ConfusionDisplay(np.eye(3))


def test_digits_stand_in_a_grid_with_their_titles(digits):
    images, labels = digits.test[:7]
    display = DigitsDisplay(images, labels).plot(columns=5)
    assert display.axes_.shape == (2, 5)
    titles = [ax.get_title() for ax in display.axes_.flat]
    assert titles == [*map(str, labels), "", "", ""]
    np.testing.assert_array_equal(display.axes_[1, 1].images[0].get_array(), images[6])
    assert display.alt_text.startswith("7 images of handwritten digits, titled 4, 4, 7")


@pytest.mark.parametrize(
    ("images", "titles", "message"),
    [
        (np.zeros((28, 28)), None, r"\(n, 28, 28\), n at least 1, got \(28, 28\)"),
        (np.zeros((0, 28, 28)), None, "n at least 1"),
        (np.zeros((2, 28, 28)), ["a"], "one for each of the 2 images, got 1"),
    ],
)
def test_digits_that_cannot_be_shown(images, titles, message):
    with pytest.raises(ValueError, match=message):
        DigitsDisplay(images, titles)


def test_the_mistakes_tell_their_story(result):
    display = MistakesDisplay.from_evaluation(result, most=6).plot()
    assert len(display.titles) == 6
    assert display.axes_[0, 0].get_title() == "3 read as 5\n90% sure"
    assert "3 read as 5, 90% sure" in display.alt_text
    first = result.mistakes[0].index
    np.testing.assert_array_equal(
        display.axes_[0, 0].images[0].get_array(), result.split.images[first]
    )


def test_no_mistakes(digits):
    perfect = Evaluation.from_predictions(digits.test, np.eye(10)[digits.test.labels])
    with pytest.raises(ValueError, match="no mistake to show"):
        MistakesDisplay.from_evaluation(perfect)


def test_a_display_shows_itself_once_and_with_its_text(result):
    display = ConfusionDisplay.from_evaluation(result).plot()
    bundle, metadata = display._repr_mimebundle_()
    content = bundle["image/png"]
    image = Image.open(
        io.BytesIO(content if isinstance(content, bytes) else base64.b64decode(content))
    )
    assert image.width > 300
    assert metadata["image/png"]["alt"] == display.alt_text
    assert not plt.get_fignums()
