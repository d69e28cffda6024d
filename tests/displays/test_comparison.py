import numpy as np
import pytest

from mnistedu.displays import ComparisonDisplay
from mnistedu.evaluation import Comparison, Evaluation, ModelReport


@pytest.fixture
def comparison(digits, result):
    perfect = Evaluation.from_predictions(digits.test, np.eye(10)[digits.test.labels])
    return Comparison(
        (ModelReport("best", 10, 1.0, perfect, 5.0, 100), ModelReport("3?", 9, 1.0, result, 5, 100))
    )


def test_best_model_is_on_top(comparison, result):
    display = ComparisonDisplay.from_comparison(comparison).plot()
    assert [label.get_text() for label in display.ax_.get_yticklabels()] == ["3?", "best"]
    line, _, (bars,) = display.points_
    np.testing.assert_allclose(line.get_xydata(), [[result.accuracy, 0], [1, 1]])
    segment = bars.get_segments()[0]
    np.testing.assert_allclose(segment[:, 0], result.interval)
    assert [text.get_text() for text in display.ax_.texts] == [f"{result.accuracy:.2%}", "100.00%"]
    assert display.alt_text.startswith("Accuracy of 2 models, with 95 % intervals: best 100.00% (")
