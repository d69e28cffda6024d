import numpy as np
import pytest

from mnistedu import Split
from mnistedu.displays import ClassAveragesDisplay


def test_averages_are_the_means_of_each_digit(digits):
    images, labels = digits.train
    display = ClassAveragesDisplay.from_split(digits.train).plot()
    for digit, ax in enumerate(display.axes_.flat):
        assert ax.get_title() == str(digit)
        np.testing.assert_allclose(
            ax.images[0].get_array(), images[labels == digit].mean(axis=0), rtol=1e-5
        )
    counts = np.bincount(labels)
    assert f"{counts.min()} to {counts.max()} images" in display.alt_text


def test_rejects_a_split_without_some_digit():
    with pytest.raises(ValueError, match="got none of 1"):
        ClassAveragesDisplay.from_split(Split(np.zeros((1, 28, 28), np.uint8), np.array([0])))
