import numpy as np
import pytest

from mnistedu import Split
from mnistedu.displays import PixelIntensityDisplay


def test_bars_are_the_fractions_of_the_levels():
    images = np.zeros((1, 28, 28), np.uint8)
    images[0, :7] = 255
    images[0, 7, :14] = 100
    display = PixelIntensityDisplay.from_split(Split(images, np.array([3]))).plot()
    heights = [bar.get_height() for bar in display.bars_]
    assert heights[15] == pytest.approx(0.25)
    assert heights[6] == pytest.approx(14 / 784)  # the levels from 96 to 111
    assert sum(heights) == pytest.approx(1)
    assert display.ax_.get_ylabel() == "pixels"
    assert "73% are background (0), 25% are full ink (240 to 255), and 2%" in display.alt_text


@pytest.mark.parametrize("counts", [np.ones(255), np.zeros(256)])
def test_rejects_other_shapes_and_zero_counts(counts):
    with pytest.raises(ValueError, match=r"counts must have shape \(256,\)"):
        PixelIntensityDisplay(counts)
