import numpy as np
import pytest

from mnistedu.displays import ReliabilityDisplay
from mnistedu.evaluation import ReliabilityBin, wilson_interval


def test_points_are_the_bins_and_bars_their_intervals():
    bins = [ReliabilityBin(0.6, 0.7, 10, 0.65, 0.5), ReliabilityBin(0.9, 1.0, 90, 0.97, 1.0)]
    display = ReliabilityDisplay(bins, calibration_error=0.042).plot()
    line, _, (bars,) = display.points_
    np.testing.assert_allclose(line.get_xydata(), [[0.65, 0.5], [0.97, 1.0]])
    lower = [segment[:, 1].tolist() for segment in bars.get_segments()]
    assert lower[0] == pytest.approx(list(wilson_interval(5, 10)))
    assert lower[1] == pytest.approx(list(wilson_interval(90, 90)))
    np.testing.assert_array_equal(display.diagonal_.get_xdata(), display.diagonal_.get_ydata())
    assert display.ax_.get_xlim()[0] <= 0.6
    assert "calibration error 4.20%" in display.ax_.get_title(loc="left")
    assert (
        "of 10 predictions with a confidence of 60% to 70%, 50.0% are correct" in display.alt_text
    )


def test_from_evaluation(result):
    display = ReliabilityDisplay.from_evaluation(result, bins=5)
    assert display.bins == result.reliability(bins=5)
    assert display.calibration_error == result.calibration_error


def test_rejects_no_bins():
    with pytest.raises(ValueError, match="at least one bin"):
        ReliabilityDisplay([], calibration_error=0.0)
