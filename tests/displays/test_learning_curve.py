import numpy as np

from mnistedu.displays import LearningCurveDisplay
from mnistedu.evaluation import LearningCurve


def test_both_lines_and_the_interval_are_drawn():
    curve = LearningCurve((100, 1000), (1.0, 0.98), (0.8, 0.9), ((0.7, 0.85), (0.88, 0.92)))
    display = LearningCurveDisplay.from_learning_curve(curve).plot()
    training, validation = display.lines_
    np.testing.assert_array_equal(training.get_xydata(), [[100, 1.0], [1000, 0.98]])
    np.testing.assert_array_equal(validation.get_xydata(), [[100, 0.8], [1000, 0.9]])
    corners = {tuple(corner) for corner in display.band_.get_paths()[0].vertices}
    assert {(100, 0.7), (100, 0.85), (1000, 0.88), (1000, 0.92)} <= corners
    assert display.ax_.get_xscale() == "log"
    assert "from 80.0% to 90.0%" in display.alt_text
