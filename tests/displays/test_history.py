import pytest

from mnistedu.displays import HistoryDisplay

HISTORY = {
    "loss": [0.5, 0.2, 0.1],
    "val_loss": [0.4, 0.3, 0.3],
    "accuracy": [0.8, 0.9, 0.95],
    "val_accuracy": [0.85, 0.9, 0.91],
}


def test_training_and_validation_have_a_curve_each():
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


def test_other_metrics_without_validation():
    display = HistoryDisplay({"loss": [0.5, 0.2]}).plot(metric="loss")
    assert len(display.lines_) == 1
    assert "validation" not in display.alt_text
    with pytest.raises(ValueError, match="metric must be one of loss, got 'accuracy'"):
        HistoryDisplay({"loss": [0.5, 0.2]}).plot()
