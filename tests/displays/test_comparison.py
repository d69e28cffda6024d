import numpy as np
import pytest

from mnistedu.displays import ComparisonDisplay, LearningCurveDisplay
from mnistedu.evaluation import Comparison, Evaluation, LearningCurve, ModelReport


@pytest.fixture
def comparison(digits, result):
    perfect = Evaluation.from_predictions(digits.test, np.eye(10)[digits.test.labels])
    return Comparison(
        (ModelReport("best", 10, 1.0, perfect, 5.0, 100), ModelReport("3?", 9, 1.0, result, 5, 100))
    )


def test_the_best_model_is_on_top(comparison, result):
    display = ComparisonDisplay.from_comparison(comparison).plot()
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == ["3?", "best"]
    line, _, (bars,) = display.points_
    np.testing.assert_allclose(line.get_xydata(), [[result.accuracy, 0], [1, 1]])
    segment = bars.get_segments()[0]
    np.testing.assert_allclose(segment[:, 0], result.interval)
    assert [text.get_text() for text in display.ax_.texts] == [f"{result.accuracy:.2%}", "100.00%"]
    assert display.alt_text.startswith("Accuracy of 2 models, with 95 % intervals: best 100.00% (")


def test_a_learning_curve_has_both_lines_and_the_interval():
    curve = LearningCurve((100, 1000), (1.0, 0.98), (0.8, 0.9), ((0.7, 0.85), (0.88, 0.92)))
    display = LearningCurveDisplay.from_learning_curve(curve).plot()
    training, validation = display.lines_
    np.testing.assert_array_equal(training.get_xydata(), [[100, 1.0], [1000, 0.98]])
    np.testing.assert_array_equal(validation.get_xydata(), [[100, 0.8], [1000, 0.9]])
    corners = {tuple(corner) for corner in display.band_.get_paths()[0].vertices}
    assert {(100, 0.7), (100, 0.85), (1000, 0.88), (1000, 0.92)} <= corners
    assert display.ax_.get_xscale() == "log"
    assert "from 80.0% to 90.0%" in display.alt_text
